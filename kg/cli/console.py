"""What the commands share: options, progress, and how a table is printed."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from kg.cli.table import printable as printable  # most commands need no more of it
from kg.cli.table import table

F = TypeVar("F", bound=Callable[..., Any])
PATH = click.Path(path_type=Path, readable=False)  # who reads the file says why it cannot, with exit code 1
STAGES = {
    "facts": "Reading facts",
    "extraction": "Extracting",
    "rules": "Applying rules",
    "validation": "Validating",
    "store": "Writing the store",
    "layout": "Laying out the page",
}


def default_store() -> Path:
    """Where graphs are kept: `$KG_STORE`, else `.kg/store` in this folder."""
    return Path(os.environ.get("KG_STORE") or ".kg/store")


def dossier_option(function: F) -> F:
    """The option `--dossier`."""
    return click.option(
        "-d",
        "--dossier",
        type=PATH,
        metavar="DIR",
        help="The dossier [default: $KG_DOSSIER, the one of this folder, else the packaged one].",
    )(function)


def store_option(function: F) -> F:
    """The option `--store`."""
    return click.option(
        "-s", "--store", type=PATH, default=default_store, metavar="DIR", help="The built graph [default: $KG_STORE, else .kg/store]."
    )(function)


def language_option(function: F) -> F:
    """The option `--lang`."""
    return click.option(
        "--lang", type=click.Choice(["en", "de"]), envvar="KG_LANG", default="en", show_default=True, help="Language of labels."
    )(function)


@contextmanager
def progress(quiet: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """A progress line on stderr that goes away; silent when stderr is no terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda stage, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(stage: str, done: int, total: int) -> None:
            bar.update(task, description=STAGES.get(stage, stage), completed=done, total=total)

        yield tell


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table that fits the terminal; see `kg.cli.table.table`."""
    click.echo(table(columns, rows, table_width(), sys.stdout.isatty()), nl=False)


def table_width() -> int:
    """The columns that a table may fill: all of a terminal's; for a pipe see `terminal_width`."""
    return shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else terminal_width()


def terminal_width() -> int:
    """The columns that text fills: the terminal's, 100 at the most; `$COLUMNS` counts for a pipe too, which else has 80."""
    return max(40, min(shutil.get_terminal_size((80, 24)).columns, 100))


def write_bytes(data: bytes, output: Path | None) -> None:
    """Write to a file, whole or not at all, or to stdout."""
    if output is None or str(output) == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    from kg.export.formats import save

    save(data, output)
