"""The command line: parse, call one function, print. Commands are loaded when they are called, so that `kg --help` is quick."""

from __future__ import annotations

import errno
import importlib
import io
import os
import sys
from collections.abc import Mapping

import click

COMMANDS: Mapping[str, tuple[str, str]] = {
    "build": ("kg.cli.build", "Build the graph: facts, documents, rules, validation."),
    "query": ("kg.cli.query", "Ask in SPARQL, or by the name of a prepared query."),
    "show": ("kg.cli.show", "Show all that is known of one thing, with who says so."),
    "view": ("kg.cli.view", "Write the interactive page."),
    "serve": ("kg.cli.serve", "Serve the graph as a SPARQL endpoint, with an editor."),
    "export": ("kg.cli.export", "Write the graph as Turtle, TriG, GraphML, CSV …"),
    "extract": ("kg.cli.extract", "Show the claims of documents that are in no dossier."),
    "add": ("kg.cli.add", "Put an article into a dossier."),
    "review": ("kg.cli.review", "Accept, reject or mend claims, least certain first."),
    "validate": ("kg.cli.validate", "Check the dossier; exit code 1 if it does not conform."),
    "init": ("kg.cli.init", "Make a new dossier to edit."),
}

EPILOG = """\b
Begin here:
  kg build                          build the packaged dossier
  kg show "Kim Jong Un"             a card; any name in any language
  kg query --list                   the prepared queries
  kg query summits -p from=2018
  kg view -o graph.html --open      the interactive page
  kg extract article.txt            what an article of yours claims

A dossier is the folder of files that a graph is built from. kg takes the one in
this folder (./ontology or ./), else the packaged one; --dossier names another.
"""


class LazyGroup(click.Group):
    """A group whose commands live in modules of their own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which a person needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a suggestion for a mistyped command."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1, cutoff=0.5)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the table above: nothing is loaded for it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="peninsula-kg", prog_name="kg", message="%(prog)s %(version)s")
def cli() -> None:
    """Who said what about diplomacy on the Korean peninsula, as a graph.

    kg builds a knowledge graph from curated facts and from German and English
    articles: each statement with who makes it, as reported by whom, since when,
    and with the sentence that says so.
    """


def main(argv: list[str] | None = None) -> None:
    """Run the command line; every error that a user can make is one line, and no traceback is shown."""
    _mend_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    given = sys.argv[1:] if argv is None else argv
    try:
        code = cli.main(args=[os.fsencode(text).decode("utf-8", "replace") for text in given], standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        sys.exit(_fail(error))
    sys.exit(code if isinstance(code, int) else 0)


def _mend_streams() -> None:
    """Put something in the place of stdout and stderr where the caller closed them (`kg … >&-`).

    Else the next file that is opened would get their number. What is written to such a stdout is an error, as it is for any program.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR if number == 2 else os.O_RDONLY)  # takes the lowest free number, which is this one
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w", closefd=False)), write_through=True)
    if sys.stderr is None:
        sys.stderr = io.TextIOWrapper(io.BufferedWriter(io.FileIO(2, "w", closefd=False)), write_through=True)


def _fail(error: Exception) -> int:
    from kg.errors import KgError

    if os.environ.get("KG_DEBUG"):
        raise error
    if isinstance(error, KgError):
        text = str(error)
    elif isinstance(error, OSError):
        text = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        if error.errno == errno.EBADF and not error.filename:
            text = "there is nowhere to write: standard output is closed"
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still to be written there goes nowhere, without another complaint
    else:
        text = f"something went wrong inside kg: {type(error).__name__}: {error} (KG_DEBUG=1 shows where)"
    click.echo(f"Error: {' '.join(text.split())}", err=True)
    for line in getattr(error, "excerpt", ()):
        click.echo(f"  {line}", err=True)
    return 1
