"""The errors that kg raises on purpose. A user sees each as one line, `Error: …`, and exit code 1.

KgError
├── DossierError      a file of the dossier cannot be read or does not hold what it should
├── DocumentError     a document cannot be read, or has no usable metadata
├── ExtractionError   an engine is missing or failed
├── StoreError        a store cannot be opened, locked, read or written
├── QueryError        a query cannot be parsed or run, or a named query or a parameter of it is unknown
├── RuleError         a rule cannot be run, or rules do not come to an end
├── NotFoundError     no entity has that name
├── ExportError       an export cannot be written
└── MissingExtraError an optional package is not installed
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class KgError(Exception):
    """The root of all errors of kg.

    Parameters
    ----------
    message : str
        One sentence that says what is wrong.
    file : Path, optional
        The file at fault.
    line : int, optional
        The line in `file`, counted from 1.
    hint : str, optional
        What to do about it.
    """

    def __init__(self, message: str, *, file: Path | None = None, line: int | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.hint = hint

    def __str__(self) -> str:
        where = ""
        if self.file is not None:
            where = f"{self.file}:{self.line}: " if self.line is not None else f"{self.file}: "
        hint = f" ({self.hint})" if self.hint else ""
        return " ".join(f"{where}{self.message}{hint}".split())


class DossierError(KgError):
    """A file of the dossier cannot be read or does not hold what it should."""


class DocumentError(KgError):
    """A document cannot be read, or has no usable metadata."""


class ExtractionError(KgError):
    """An extraction engine is missing or failed."""


class StoreError(KgError):
    """A store cannot be opened, locked, read or written."""


class QueryError(KgError):
    """A query cannot be parsed or run, or a named query or one of its parameters is unknown.

    Parameters
    ----------
    excerpt : sequence of str
        Where a place in the query is at fault: its line, and a line with a caret under the place.
    """

    def __init__(
        self, message: str, *, file: Path | None = None, line: int | None = None, hint: str | None = None, excerpt: Sequence[str] = ()
    ) -> None:
        super().__init__(message, file=file, line=line, hint=hint)
        self.excerpt = tuple(excerpt)


class RuleError(KgError):
    """A rule cannot be run, or the rules do not come to an end."""


class NotFoundError(KgError):
    """No entity has that name.

    Parameters
    ----------
    name : str
        The name that was looked for.
    suggestions : sequence of str
        The names that come nearest, best first.
    """

    def __init__(self, name: str, suggestions: Sequence[str] = ()) -> None:
        hint = f"did you mean {', '.join(suggestions)}?" if suggestions else "try another spelling or language"
        super().__init__(f"nothing here is called {name!r}", hint=hint)
        self.name = name
        self.suggestions = tuple(suggestions)


class ExportError(KgError):
    """An export cannot be written."""


class MissingExtraError(KgError):
    """An optional package is not installed.

    Parameters
    ----------
    purpose : str
        What the package is needed for.
    extra : str
        The extra of this distribution that installs it.
    """

    def __init__(self, purpose: str, extra: str) -> None:
        super().__init__(f"{purpose} needs an optional package", hint=f"pip install 'peninsula-kg[{extra}]'")
        self.extra = extra
