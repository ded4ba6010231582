"""Tables that fit a terminal: cells wrap, Korean and other wide characters count as two columns, data is never read as markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import click
from rich.cells import cell_len

NARROWEST = 10
"""Where a column would get fewer characters than this, each row is a block of lines instead."""
GAP = "  "
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\xa0\u202a\u202b\u202d\u202e\u2066\u2067\u2068\ufeff]")


def printable(text: str) -> str:
    """A text without the control characters that could steer a terminal."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char in "\n\t" or not (CONTROL.match(char) or _hidden(char)) else "\ufffd" for char in text)


def _hidden(char: str) -> bool:
    return not char.isprintable() and ord(char) <= 0xA0


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], width: int, colour: bool = False) -> str:
    """A table as text, each line ended, none wider than `width` columns of a terminal.

    Parameters
    ----------
    colour : bool
        Whether headings may be set off by the terminal's means.
    """
    shown = [[printable(cell).expandtabs(4) for cell in row] for row in rows]
    heads = [printable(column) for column in columns]
    if not heads:
        return "".join("(nothing is asked for)\n" for _ in shown)
    room = width - len(GAP) * (len(heads) - 1)
    natural = [max([cell_len(head), *map(_longest, cells)]) for head, *cells in zip(heads, *shown, strict=True)]
    widths = _shares(natural, room)
    if any(width_ < min(needed, NARROWEST) for width_, needed in zip(widths, natural, strict=True)):
        return "".join(_blocks(heads, shown, width, colour))
    lines = [_strong(line, colour) for line in _wrapped(heads, widths)]
    lines.append("─" * min(width, sum(widths) + len(GAP) * (len(widths) - 1)))
    for row in shown:
        lines += _wrapped(row, widths)
    return "".join(f"{line}\n" for line in lines)


def _longest(text: str) -> int:
    return cell_len(text) if "\n" not in text else max(map(cell_len, text.split("\n")))


def _shares(natural: Sequence[int], room: int) -> list[int]:
    """The width of each column: what it needs where that is little, and an equal share of the rest where it is much."""
    if sum(natural) <= room:
        return list(natural)
    widths = [0] * len(natural)
    left = room
    order = sorted(range(len(natural)), key=lambda i: natural[i])
    for done, i in enumerate(order):
        widths[i] = max(1, min(natural[i], left // (len(natural) - done)))
        left -= widths[i]
    return widths


def _strong(text: str, colour: bool) -> str:
    return click.style(text, bold=True) if colour else text


def _wrapped(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """The lines of a row."""
    if all("\n" not in cell and cell_len(cell) <= width for cell, width in zip(cells, widths, strict=True)):
        yield GAP.join(_fill(cell, width) for cell, width in zip(cells, widths, strict=True)).rstrip()
        return
    parts = [fold(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for at in range(max(map(len, parts))):
        line = (_fill(part[at] if at < len(part) else "", width) for part, width in zip(parts, widths, strict=True))
        yield GAP.join(line).rstrip()


def _fill(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def fold(text: str, width: int) -> list[str]:
    """A text in lines no wider than `width` columns: broken at spaces, and within a word that is wider by itself."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if cell_len(longer) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            line = word
            while cell_len(line) > width:
                head = _head(line, width)
                lines.append(head)
                line = line[len(head) :]
        lines.append(line)
    return lines


def _head(text: str, width: int) -> str:
    """The longest beginning that fits, one character at the least."""
    used = 0
    for at, char in enumerate(text):
        used += cell_len(char)
        if used > width and at:
            return text[:at]
    return text


def _blocks(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int, colour: bool) -> Iterator[str]:
    """Each row as a block of lines, a line for each cell that is not empty."""
    side = max(map(cell_len, heads))
    side = side if side <= width // 2 else width // 3
    for number, row in enumerate(rows, 1):
        yield f"─── {number} ".ljust(min(width, 40), "─") + "\n"
        for head, cell in zip(heads, row, strict=True):
            if cell:
                names, lines = fold(head, side), fold(cell, max(width - side - 2, 1))
                for at in range(max(len(names), len(lines))):
                    name = _fill(names[at] if at < len(names) else "", side)
                    yield f"{_strong(name, colour)}  {lines[at] if at < len(lines) else ''}".rstrip() + "\n"
