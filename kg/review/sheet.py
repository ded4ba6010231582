"""The review by way of a spreadsheet: claims as CSV, and what was changed in it read back as decisions."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from kg.errors import DossierError, NotFoundError
from kg.export.table import FORMULA, table_csv
from kg.extract.reviews import Review, plain
from kg.review.desk import ACTORS, SPEAKERS, Desk
from kg.review.questions import Fields, Question
from kg.review.session import decision_on

COLUMNS: Final = (
    "key",
    "decision",
    "type",
    "actors",
    "recipients",
    "status",
    "speakers",
    "confidence",
    "quote",
    "document",
    "date",
    "note",
)
CHOICES: Final = ("", "accept", "reject", "edit", "withdraw")
MAX_BYTES: Final = 50_000_000


def export(desk: Desk, document: str = "", limit: int | None = None) -> bytes:
    """The claims as CSV, the undecided first and the least certain before the others; UTF-8 with a byte order mark.

    Parameters
    ----------
    document : str
        Only those of this document.
    limit : int, optional
        At most so many rows.
    """
    chosen = sorted(desk.of(document), key=lambda question: desk.decided(question) is not None)
    return table_csv(COLUMNS, (tuple(_row(desk, question).values()) for question in chosen[:limit]))


def read(desk: Desk, file: Path, by: str, now: Callable[[], str]) -> list[Review]:
    """The decisions that a spreadsheet adds to the log: those rows in which something was changed.

    `decision` is accept, reject, edit or empty. Changed fields make an edit of a row; an emptied decision withdraws the one that stood.

    Raises
    ------
    DossierError
        With file and line, if a row is not as it should be; the decisions are then none at all.
    """
    known = {question.key: question for question in desk.all}
    seen: dict[str, int] = {}
    found = []
    for line, row in _rows(file):
        question = known.get(row["key"])
        if question is None:
            raise DossierError(
                f"no claim has the key {row['key'][:40]!r}", file=file, line=line, hint="its sentence has changed; export again"
            )
        if question.key in seen:
            raise DossierError(f"this claim stands in line {seen[question.key]} too", file=file, line=line)
        seen[question.key] = line
        review = _decision(desk, question, row, file, line, by, now)
        if review is not None:
            found.append(review)
    return found


def _row(desk: Desk, question: Question) -> dict[str, str]:
    review = desk.decided(question)
    fields = desk.fields(question)
    sides = ["; ".join(desk.name(iri) for iri in side) for side in (fields.actors, fields.recipients, fields.speakers)]
    values = (
        question.key,
        review.decision if review else "",
        fields.type,
        sides[0],
        sides[1],
        fields.status,
        sides[2],
        f"{question.confidence:.2f}",
        plain(question.quote),
        question.document,
        question.published,
        review.note if review else "",
    )
    return dict(zip(COLUMNS, values, strict=True))


def _decision(
    desk: Desk, question: Question, row: Mapping[str, str], file: Path, line: int, by: str, now: Callable[[], str]
) -> Review | None:
    before = _row(desk, question)
    fields = desk.fields(question)
    old, new = before["decision"], row["decision"].casefold()
    if new not in CHOICES:
        raise DossierError(f"unknown decision {row['decision'][:40]!r}", file=file, line=line, hint="accept, reject, edit or empty")
    if plain(row["quote"]) != _bare(before["quote"]):
        raise DossierError("the sentence was changed", file=file, line=line, hint="only decision, type, names, status and note can be")
    changed = [name for name in ("type", "actors", "recipients", "status", "speakers") if plain(row[name]) != plain(_bare(before[name]))]
    if changed:
        if new in ("reject", "withdraw"):
            raise DossierError(f"{changed[0]!r} was changed, yet the decision is {new}", file=file, line=line, hint="use edit")
        edit = desk.fields(question, edited=False).edit_to(_fields(desk, fields, row, changed, file, line))
        if edit.fields:
            return decision_on(question, "edit", by, now(), edit, row["note"])
        new = new if new != "edit" else "accept"
    if new == "withdraw" or (not new and old):
        return (
            decision_on(question, "withdraw", by, now(), note="" if row["note"] == _bare(before["note"]) else row["note"]) if old else None
        )
    if new == "edit" and old != "edit":
        raise DossierError("the decision is edit, yet nothing was changed", file=file, line=line, hint="change a field, or accept")
    if old == "edit" and not changed and new in ("accept", "edit"):
        if row["note"] == _bare(before["note"]):
            return None
        return decision_on(question, "edit", by, now(), desk.fields(question, edited=False).edit_to(fields), row["note"])
    if not new and row["note"]:
        raise DossierError("there is a note but no decision", file=file, line=line, hint="accept, reject, or take the note out")
    if not new or (new == old and row["note"] == _bare(before["note"])):
        return None
    return decision_on(question, new, by, now(), note=row["note"])


def _fields(desk: Desk, fields: Fields, row: Mapping[str, str], changed: list[str], file: Path, line: int) -> Fields:
    def names(column: str, old: tuple[str, ...], kinds: tuple[str, ...]) -> tuple[str, ...]:
        if column not in changed:
            return old
        return tuple(dict.fromkeys(desk.find(part.strip(), kinds) for part in row[column].split(";") if part.strip()))

    try:
        mended = Fields(
            desk.type_of(row["type"]) if "type" in changed else fields.type,
            names("actors", fields.actors, ACTORS),
            names("recipients", fields.recipients, ACTORS),
            row["status"].casefold(),
            names("speakers", fields.speakers, SPEAKERS),
        )
    except NotFoundError as error:
        raise DossierError(error.message, file=file, line=line, hint=error.hint) from error
    if wrong := desk.check(mended):
        raise DossierError(wrong, file=file, line=line)
    return mended


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows with the line that each begins in; a separator other than the comma is recognised by the header."""
    try:
        if file.stat().st_size > MAX_BYTES:
            raise DossierError(f"has more than {MAX_BYTES:,} bytes", file=file)
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DossierError("this file is not UTF-8", file=file, line=line, hint="save it as 'CSV UTF-8'") from error
    except OSError as error:
        raise DossierError(f"cannot be read: {error.strerror or error}", file=file) from error
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
    header: list[str] = []
    begin = 1
    try:
        for cells in reader:
            line, begin = begin, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = [cell.strip() for cell in cells]
                if missing := [name for name in COLUMNS if name not in header]:
                    raise DossierError(f"the column {missing[0]!r} is missing", file=file, line=line, hint=f"columns: {', '.join(COLUMNS)}")
                continue
            if len(cells) != len(header):
                raise DossierError(f"this row has {len(cells)} cells, the header {len(header)}", file=file, line=line)
            yield line, {name: _bare(cell) for name, cell in zip(header, cells, strict=True)}
    except csv.Error as error:
        raise DossierError(f"this row cannot be read: {error}", file=file, line=begin) from error
    if not header:
        raise DossierError("this file is empty", file=file, hint="'kg review --export FILE' writes one")


def _bare(cell: str) -> str:
    """A cell without the apostrophe that kept a spreadsheet from running it."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text
