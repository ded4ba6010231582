"""Documents: a text with a TOML front matter between two lines `+++`, read and written without changing a character of the text.

Offsets everywhere count characters from the first one after the front matter's closing line; a document without a front matter
counts from the file's first character. Line ends stay as they are.
"""

from __future__ import annotations

import calendar
import datetime
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Final

from kg.errors import DocumentError
from kg.model import Document
from kg.terms import UNUSABLE, content_hash, slug

MAX_BYTES: Final = 20_000_000
"""The largest file that is read."""
KEYS: Final = ("title", "language", "published", "publisher", "author", "url", "licence", "retrieved")
"""What a front matter may say."""
DATES: Final = ("published", "retrieved")
FENCE: Final = "+++"
BOM: Final = "\ufeff"

_FUNCTION_WORDS: Final = {
    "de": frozenset(
        (
            "der die das und ist nicht ein eine einen einem einer den dem des mit von zu im auf für sich auch als nach wie aus bei "
            "hat dass wird sind war am zum zur werden haben hatte sie er es wir ihr oder aber noch nur über vor wurde durch um"
        ).split()
    ),
    "en": frozenset(
        (
            "the and of to is that it with for as was on are by this be at from or have has had not but they his her which their were "
            "been will would who said its after he she we an if more than about into"
        ).split()
    ),
}
_DECISIVE: Final = 0.12
"""The share of function words below which a text is taken for neither language; running prose has 0.25 to 0.5."""

_SHORT: Final = 40
"""Up to this many words, two function words of one language and none of the other are enough."""


def usable_name(stem: str) -> str:
    """A document's name for its IRI: the file's stem where an IRI can hold it, else its slug, else a hash of it."""
    if stem and not UNUSABLE.search(stem) and not re.search(r"[/#?%\[\]]", stem):
        return stem
    return slug(stem) or f"document-{content_hash((stem,))}"


def detect_language(text: str) -> str:
    """`de`, `en`, or `und` where the text's function words point to neither (or to both alike)."""
    words = re.findall(r"[^\W\d_]+", text[:20_000].casefold())
    if not words:
        return "und"
    hits = {language: sum(word in known for word in words) for language, known in _FUNCTION_WORDS.items()}
    best, second = sorted(hits, key=lambda language: (-hits[language], language))
    if len(words) <= _SHORT and hits[best] >= 2 and not hits[second]:
        return best
    return best if hits[best] >= _DECISIVE * len(words) and hits[best] > 1.3 * hits[second] else "und"


def parse(text: str, name: str, *, file: Path | None = None, **overrides: str) -> Document:
    """The document that a file's text holds.

    Parameters
    ----------
    text : str
        The whole file, with or without a front matter.
    name : str
        The file's stem; made safe for an IRI by `usable_name`.
    file : Path, optional
        The file to name in an error.
    **overrides : str
        Values of `KEYS` that count before the front matter's.

    Raises
    ------
    DocumentError
        If the front matter is not closed, is no TOML, or has an unknown key, a value that is no text, or an impossible date.
    """
    header, body, opened = _split(text.removeprefix(BOM), file)
    values = _header_values(header, file) if opened else {}
    unknown = sorted(set(overrides) - set(KEYS))
    if unknown:
        raise DocumentError(f"a document has no field {unknown[0]!r}", file=file, hint=f"fields are {', '.join(KEYS)}")
    for key, value in overrides.items():
        values[key] = _checked(key, value, file, None)
    language = values.pop("language", "") or detect_language(body)
    return Document(name=usable_name(name), text=body, language=language.casefold().split("-")[0], **values)


def read(path: Path | str, **overrides: str) -> Document:
    """The document in a file.

    Parameters
    ----------
    path : Path or str
        A UTF-8 file of at most `MAX_BYTES` bytes; a byte order mark is taken off.
    **overrides : str
        As for `parse`.

    Raises
    ------
    DocumentError
        If there is no such file, it is a folder, empty, too large, binary or not UTF-8, or its front matter is wrong.
    """
    file = Path(path)
    return parse(decode(load_bytes(file), file), file.stem, file=file, **overrides)


def load_bytes(file: Path) -> bytes:
    """A file's bytes, with each usual failure told as a `DocumentError`."""
    try:
        if file.is_dir():
            raise DocumentError("is a folder, not a document", file=file, hint="name a file in it")
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)  # what a device or a pipe says of its size is not to be trusted
    except FileNotFoundError as error:
        raise DocumentError("no such document", file=file, hint="check the path") from error
    except OSError as error:
        raise DocumentError(f"cannot be read: {error.strerror or error}", file=file, hint="check its permissions") from error
    if len(data) > MAX_BYTES:
        raise DocumentError(f"has more than {MAX_BYTES:,} bytes, the most that is read", file=file, hint="split it into several documents")
    if not data.strip():
        raise DocumentError("is empty", file=file, hint="a document needs a text")
    return data


def decode(data: bytes, file: Path | None = None) -> str:
    """UTF-8 bytes as text, without a byte order mark.

    Raises
    ------
    DocumentError
        If the bytes hold a NUL or are not UTF-8; the message names the byte's position, counted from 0.
    """
    position = data.find(b"\x00")
    if position >= 0:
        hint = "save it as UTF-8; UTF-16 is not read" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "is it a binary file?"
        raise DocumentError(f"holds a NUL byte at position {position}", file=file, hint=hint)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = data[error.start]
        raise DocumentError(f"is not UTF-8: byte 0x{byte:02x} at position {error.start}", file=file, hint="save it as UTF-8") from error
    return text.removeprefix(BOM)


def render(document: Document) -> str:
    """The document as a file's text: the front matter with every value that is set, then the text.

    `parse(render(document), document.name)` is the document again.
    """
    known = {field.name: getattr(document, field.name) for field in fields(document) if field.name in KEYS}
    lines = [f"{key} = {_quoted(known[key])}" for key in KEYS if known[key]]
    return "\n".join([FENCE, *lines, FENCE]) + "\n" + document.text


def _split(text: str, file: Path | None) -> tuple[str, str, bool]:
    """Front matter, text, and whether there is a front matter at all."""
    first, newline, rest = text.partition("\n")
    if first.rstrip("\r ") != FENCE or not newline:
        return "", text, False
    closing = re.compile(r"^\+\+\+[ \r]*(?:\n|\Z)", re.MULTILINE).search(rest)
    if closing is None:
        raise DocumentError("its front matter has no closing line +++", file=file, line=1, hint="close it, or drop the first line")
    return rest[: closing.start()], rest[closing.end() :], True


def _header_values(header: str, file: Path | None) -> dict[str, str]:
    try:
        table = tomllib.loads(header.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found.group(1)) + 1 if found else None
        raise DocumentError(f"its front matter is no TOML: {error}", file=file, line=line) from error
    values: dict[str, str] = {}
    for key, value in table.items():
        line = _line_of(header, key)
        if key not in KEYS:
            raise DocumentError(f"unknown key {key!r} in the front matter", file=file, line=line, hint=f"keys are {', '.join(KEYS)}")
        values[key] = _checked(key, value, file, line)
    return values


def _line_of(header: str, key: str) -> int | None:
    """The file's line, counted from 1, in which the front matter sets a key."""
    for number, line in enumerate(header.splitlines(), start=2):
        if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.\]]", line) or line.strip().startswith(f"[{key}"):
            return number
    return None


def _checked(key: str, value: object, file: Path | None, line: int | None) -> str:
    if isinstance(value, datetime.datetime):
        value = value.date()
    if isinstance(value, datetime.date):
        value = value.isoformat()
    if isinstance(value, Mapping) or not isinstance(value, str):
        raise DocumentError(f"{key!r} must be a text", file=file, line=line, hint=f'write {key} = "…"')
    text = value.strip()
    if key in DATES and text and not is_partial_date(text):
        raise DocumentError(f"{key!r} is no date: {text!r}", file=file, line=line, hint="write YYYY-MM-DD, YYYY-MM or YYYY")
    return text


def is_partial_date(text: str) -> bool:
    """Whether a text is a day, a month or a year of the calendar in the form `YYYY-MM-DD`, `YYYY-MM` or `YYYY`."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text, re.ASCII)
    if not found or int(found[1]) == 0:
        return False
    if found[2] is None:
        return True
    year, month = int(found[1]), int(found[2])
    return 1 <= month <= 12 and (found[3] is None or 1 <= int(found[3]) <= calendar.monthrange(year, month)[1])


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04X}", escaped) + '"'
