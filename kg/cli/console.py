"""What the commands share: options, progress, and how a table is printed."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from kg.cli.table import printable as printable  # most commands need no more of it
from kg.cli.table import table
from kg.errors import StoreError
from kg.store.access import Address

F = TypeVar("F", bound=Callable[..., Any])
PATH = click.Path(path_type=Path, readable=False)  # who reads the file says why it cannot, with exit code 1
STAGES = {
    "facts": "Reading facts",
    "extraction": "Extracting",
    "rules": "Applying rules",
    "validation": "Validating",
    "store": "Writing the store",
    "move": "Putting it in place",
    "layout": "Laying out the page",
}


class StoreType(click.ParamType):  # type: ignore[type-arg] # generic since click 8.4 only
    """A folder, or the address of a SPARQL endpoint."""

    name = "store"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | Address:
        """A path, or an address where the text begins as one."""
        if not isinstance(value, str):
            return value  # type: ignore[no-any-return] # click hands a converted value in again
        if not re.match(r"https?:", value, re.IGNORECASE):
            return Path(value)
        try:
            return Address.parse(value)
        except StoreError as error:
            self.fail(str(error), param, ctx)


def default_store() -> str:
    """Where graphs are kept: `$KG_STORE`, else `.kg/store` in this folder."""
    return os.environ.get("KG_STORE") or ".kg/store"


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
        "-s",
        "--store",
        type=StoreType(),
        default=default_store,
        metavar="DIR|URL",
        help="The built graph: a folder, or a SPARQL endpoint [default: $KG_STORE, else .kg/store].",
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
