"""The shell of `kg query`: questions typed one after another, with history and completion."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from prompt_toolkit import PromptSession
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import ThreadedCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from kg.cli.asking import FORMATS, Ask
from kg.cli.completion import COMMANDS, SparqlCompleter
from kg.cli.query import listed, show_query
from kg.cli.table import table
from kg.cli.watch import QUIET, Line
from kg.cli.worker import Source, Worker
from kg.errors import KgError, QueryError
from kg.ontology import Dossier
from kg.queries import is_date
from kg.sparql import QUERIES, UPDATES, tokens
from kg.store.access import Address

BANNER = """\
{size}. A query ends with an empty line, or with ; behind its last bracket.
NAME or NAME key=value asks a prepared query. \\l lists them, \\? helps, \\q leaves."""
HELP = """\
SELECT … ASK … CONSTRUCT … DESCRIBE …   SPARQL, over several lines; ends with an empty line, or ; behind its last bracket
NAME key=value …      ask a prepared query; a value with spaces in quotation marks
\\l                    the prepared queries            \\about NAME        one of them, with its text
\\r NAME key=value …   ask a prepared query            \\e SPARQL or NAME  what a query means, as a tree
\\p                    the prefixes                    \\f FORMAT          table md csv tsv json xml, ttl nt trig nq jsonld rdfxml
\\at DATE              what was so then; - for now     \\known DATE        what had been said by then; - for all
\\limit ROWS           so many at the most; 0 = all    \\timeout SECONDS   give up then; 0 = never
\\iris                 IRIs or labels                  \\lang en           labels in English (en) or German (de)
\\reload                open the graph anew, after a build
\\?                    this help                       \\q or Ctrl-D       leave
Tab completes prefixes, classes, properties, things and names. Ctrl-C drops the line, or stops the query
that runs. The arrow keys recall what was asked."""


@dataclass(slots=True)
class Setup:
    """How the shell asks; what the options of `kg query` say, and then its own commands."""

    store: Path | Address
    dossier: Path
    language: str = "en"
    at: str | None = None
    known_by: str | None = None
    timeout: float = 30
    limit: int = 0
    iris: bool = False
    allow_service: bool = False
    format: str = "table"

    @property
    def source(self) -> Source:
        """The graph, as of the days that are set."""
        return Source(self.store, self.dossier, self.at, self.known_by)


def run(setup: Setup) -> None:
    """Read questions and answer them until the user leaves.

    Raises
    ------
    StoreError
        If there is no graph.
    """
    dossier = Dossier.load(setup.dossier)
    worker = Worker(setup.source)
    try:
        Shell(setup, dossier, worker).loop()
    finally:
        worker.close()


def history() -> History:
    """What was asked before, from the user's state folder; of this session only, where there is no such folder to write to."""
    base = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA") or ""
    folder = (Path(base) if base and Path(base).is_absolute() else Path.home() / ".local" / "state") / "kg"
    file = folder / "query_history"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("ab"):
            pass
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(file))


def complete(text: str, names: frozenset[str]) -> bool:
    """Whether Enter behind a text asks it: a command, a prepared query, an empty last line, or `;` where every bracket is closed."""
    stripped = text.strip()
    if not stripped or stripped.startswith("\\") or stripped.split()[0] in names:
        return True
    if text.endswith("\n") or not text.splitlines()[-1].strip():
        return True
    words = tokens(stripped)
    if len(words) == 1:
        return not words[0].says(*QUERIES, *UPDATES, "PREFIX", "BASE")
    depth = sum((word.text in "{(") - (word.text in "})") for word in words if word.kind == "mark")
    return words[-1].text == ";" and depth <= 0


class Shell:
    """The loop, its commands, and how answers are shown."""

    def __init__(self, setup: Setup, dossier: Dossier, worker: Worker) -> None:
        self.setup = setup
        self.dossier = dossier
        self.worker = worker
        self.names = frozenset(dossier.queries)
        self.leaving = False
        self.completer = SparqlCompleter(worker.vocabulary, dossier, lambda: setup.language)
        self.session: PromptSession[str] = PromptSession(
            history=history(),
            completer=ThreadedCompleter(self.completer),
            complete_while_typing=False,
            multiline=True,
            key_bindings=self.keys(),
            prompt_continuation="  … ",
            enable_history_search=True,
        )

    def keys(self) -> KeyBindings:
        """Enter asks where the text is complete, and begins a line where it is not."""
        bindings = KeyBindings()

        @bindings.add("enter")
        def _(event: KeyPressEvent) -> None:
            buffer: Buffer = event.current_buffer
            document: Document = buffer.document
            if complete(document.text, self.names) and document.is_cursor_at_the_end:
                buffer.validate_and_handle()
            else:
                buffer.newline(copy_margin=False)

        return bindings

    def loop(self) -> None:
        """Read, answer, and read again."""
        click.echo(BANNER.format(size=f"{len(self.worker.vocabulary.terms):,} names, {len(self.names)} prepared queries"))
        while not self.leaving:
            try:
                given = self.session.prompt(self.prompt()).strip()
            except KeyboardInterrupt:
                continue
            except EOFError:
                return
            try:
                self.handle(given)
            except KgError as error:
                click.echo(f"Error: {error}", err=True)
                for line in getattr(error, "excerpt", ()):
                    click.echo(f"  {line}", err=True)
            except KeyboardInterrupt:
                click.echo("Stopped.", err=True)

    def prompt(self) -> str:
        """The prompt says as of when the graph is looked at."""
        days = [f"at {self.setup.at}"] if self.setup.at else []
        days += [f"known by {self.setup.known_by}"] if self.setup.known_by else []
        return f"kg ({', '.join(days)})> " if days else "kg> "

    def handle(self, given: str) -> None:
        """One line or query.

        Raises
        ------
        KgError
            What is wrong with it.
        """
        given = given.removesuffix(";").strip() if not given.startswith("\\") else given.rstrip("; ")
        if not given:
            return
        if given.startswith("\\"):
            name, _, rest = given[1:].partition(" ")
            self.command(name, rest.strip())
        elif given.split()[0] in self.names:
            self.prepared(given)
        else:
            self.ask(given, {})

    def command(self, name: str, rest: str) -> None:
        """A command of the shell; see `HELP`."""
        commands: dict[str, Callable[[str], None]] = {
            "l": self.list,
            "r": self.prepared,
            "about": lambda rest: show_query(self.dossier, rest, self.setup.language),
            "e": self.explain,
            "p": self.prefixes,
            "reload": self.reload,
            "?": lambda rest: click.echo(HELP),
            "q": self.leave,
        }
        if name in commands:
            commands[name](rest)
        elif name in ("f", "lang", "at", "known", "limit", "timeout", "iris"):
            self.set(name, rest)
        else:
            raise QueryError(f"there is no command \\{name}", hint=f"commands: {' '.join(f'{chr(92)}{known}' for known in COMMANDS)}")

    def reload(self, rest: str) -> None:
        """Open the graph anew."""
        self.worker.reload()
        self.completer.vocabulary = self.worker.vocabulary
        click.echo(f"{len(self.worker.vocabulary.terms):,} names")

    def leave(self, rest: str) -> None:
        """Leave the shell."""
        self.leaving = True

    def list(self, rest: str) -> None:
        """The prepared queries."""
        rows = [row for row in listed(self.dossier, self.setup.language) if rest.casefold() in " ".join(row).casefold()]
        self.show(table(("name", "answers", "parameters"), rows, width(), sys.stdout.isatty()).encode())

    def prefixes(self, rest: str) -> None:
        """The prefixes that need no declaration."""
        rows = sorted((f"{prefix}:", space) for prefix, space in self.worker.vocabulary.prefixes.items())
        self.show(table(("prefix", "namespace"), rows, width(), sys.stdout.isatty()).encode())

    def prepared(self, given: str) -> None:
        """A prepared query with its values."""
        try:
            name, *pairs = shlex.split(given)
        except ValueError as error:
            raise QueryError(
                f"a quotation mark is not closed: {given}" if given else "a name is needed", hint="\\l lists the names"
            ) from error
        values = {}
        for pair in pairs:
            key, equals, value = pair.removeprefix("-p").partition("=")
            if not equals or not key:
                raise QueryError(f"{pair!r} is not NAME=VALUE")
            if key in values:
                raise QueryError(f"{key!r} is given twice")
            values[key] = value
        self.ask(name, values)

    def explain(self, given: str) -> None:
        """What a query means."""
        self.ask(given, {}, explain=True)

    def ask(self, query: str, values: dict[str, str], explain: bool = False) -> None:
        """Ask, and show the answer; after a second a line says that it is at work."""
        s = self.setup
        form = None if s.format == "table" else s.format
        ask = Ask(query, values, form, s.limit, s.iris, s.language, width(), sys.stdout.isatty(), s.allow_service, s.at or s.known_by)
        line = Line() if sys.stderr.isatty() else None
        try:
            found = self.worker.ask(
                ask, s.source, s.timeout, explain, lambda passed: line.show(passed, s.timeout) if line and passed > QUIET else None
            )
        finally:
            if line:
                line.clear()
        self.show(found.data)
        for note in found.notes:
            click.echo(f"Note: {note}", err=True)
        click.echo(found.summary, err=True)

    def show(self, data: bytes) -> None:
        """Write an answer, with an end of line behind it."""
        text = data.decode()
        click.echo(text, nl=bool(text) and not text.endswith("\n"))

    def set(self, name: str, value: str) -> None:
        """Change how the shell asks.

        Raises
        ------
        QueryError
            If the value is none that there is.
        """
        changes: dict[str, object] = {}
        if name in ("at", "known"):
            if value not in ("", "-") and not is_date(value):
                raise QueryError(f"a date is needed, not {value!r}", hint="YYYY-MM-DD, YYYY-MM or YYYY; - for none")
            changes["known_by" if name == "known" else "at"] = value if value not in ("", "-") else None
        elif name == "f" and value in FORMATS:
            changes["format"] = value
        elif name == "lang" and value in ("en", "de"):
            changes["language"] = value
        elif name == "iris":
            changes["iris"] = not self.setup.iris
        elif name in ("limit", "timeout") and value.isascii() and value.isdigit():
            changes[name] = int(value)
        else:
            takes = {"f": ", ".join(FORMATS), "lang": "en, de"}.get(name, "a whole number; 0 for none")
            raise QueryError(f"\\{name} takes: {takes}")
        for key, new in changes.items():
            setattr(self.setup, key, new)
            click.echo(f"{key.replace('_', ' ')}: {new if new is not None else 'any'}")


def width() -> int:
    """The columns of the terminal."""
    return shutil.get_terminal_size((80, 24)).columns
