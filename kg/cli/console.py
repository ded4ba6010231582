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

from kg.errors import StoreError
from kg.store.access import Address

F = TypeVar("F", bound=Callable[..., Any])
PATH = click.Path(path_type=Path, readable=False)  # who reads the file says why it cannot, with exit code 1
NARROWEST = 11
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
    """A table that fits the terminal: cells wrap, wide characters count as two, no markup is read from data.

    Where a column would have fewer than `NARROWEST` characters, each row is a block of lines instead.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    width = shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else terminal_width()
    console = Console(width=width, highlight=False, soft_wrap=False)
    rows = [[printable(cell) for cell in row] for row in rows]
    if width // max(len(columns), 1) < NARROWEST:
        for number, row in enumerate(rows, 1):
            block = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
            block.add_column(style="dim", no_wrap=True, min_width=max(map(len, columns)))
            block.add_column(overflow="fold")
            for column, cell in zip(columns, row, strict=True):
                if cell:
                    block.add_row(column, Text(cell))
            console.print(Text(f"─── {number} ".ljust(min(width, 40), "─")), block, sep="\n")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)


def terminal_width() -> int:
    """The columns to fill: the terminal's, but 80 at the least and 100 at the most; `$COLUMNS` counts for a pipe too."""
    return max(80, min(shutil.get_terminal_size((80, 24)).columns, 100))


def printable(text: str) -> str:
    """A text without the control characters that could steer a terminal."""
    return "".join(
        char
        if char in "\n\t" or ((char.isprintable() or ord(char) > 0xA0) and char not in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
        else "\ufffd"
        for char in text
    )


def write_bytes(data: bytes, output: Path | None) -> None:
    """Write to a file, whole or not at all, or to stdout."""
    if output is None or str(output) == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    from kg.export.formats import save

    save(data, output)
