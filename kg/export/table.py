"""CSV that a spreadsheet opens without being told anything, and without doing anything that the data asks for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from kg.model import Quad
from kg.terms import RDFS_LABEL, shorten

COLUMNS = ("subject", "subject_label", "predicate", "predicate_label", "object", "object_label", "language", "graph")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def statements_csv(quads: Iterable[Quad], prefixes: Mapping[str, str]) -> bytes:
    """All statements, one a line, with labels in English where there are any; UTF-8 with a byte order mark, sorted."""
    quads = sorted(set(quads))
    labels: dict[str, str] = {}
    for quad in quads:
        if quad.predicate == RDFS_LABEL and (quad.language == "en" or quad.subject not in labels):
            labels[quad.subject] = quad.object
    short: dict[str, str] = {}

    def name(iri: str) -> str:
        if iri not in short:
            short[iri] = shorten(iri, prefixes).removeprefix("<").removesuffix(">")
        return short[iri]

    rows = (
        (
            name(quad.subject),
            labels.get(quad.subject, ""),
            name(quad.predicate),
            labels.get(quad.predicate, ""),
            quad.object if quad.datatype else name(quad.object),
            "" if quad.datatype else labels.get(quad.object, ""),
            quad.language,
            name(quad.graph),
        )
        for quad in quads
    )
    return table_csv(COLUMNS, rows)


def table_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table as CSV (RFC 4180), safe against formula injection (OWASP): a cell that a spreadsheet would run gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) and not is_number(cell) else cell for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def is_number(text: str) -> bool:
    """Whether a cell is a plain number, which may begin with a sign."""
    return text.lstrip("+-").replace(".", "", 1).isascii() and text.lstrip("+-").replace(".", "", 1).isdigit() and text[1:2] not in "+-"
