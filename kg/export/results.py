"""Rows of a query as the W3C result documents, and as a table in Markdown.

SPARQL 1.1 Query Results CSV and TSV Formats (https://www.w3.org/TR/sparql11-results-csv-tsv/), JSON Format
(https://www.w3.org/TR/sparql11-results-json/), XML Format (https://www.w3.org/TR/rdf-sparql-XMLres/).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from kg.errors import ExportError
from kg.model import Quad
from kg.store.convert import STRING
from kg.terms import XSD

Cell = Quad | None
"""A term, of which object, datatype and language count, or None where a variable is unbound."""

BARE = {
    XSD + "integer": re.compile(r"[+-]?\d+"),
    XSD + "decimal": re.compile(r"[+-]?\d*\.\d+"),
    XSD + "double": re.compile(r"[+-]?(\d+\.\d*|\.\d+|\d+)[eE][+-]?\d+"),
    XSD + "boolean": re.compile(r"true|false"),
}
"""Literals that Turtle, and so TSV, writes without quotation marks, where their spelling is of this form."""
XML_HEAD = '<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head>'


def results(variables: Sequence[str], rows: Iterable[Sequence[Cell]], format: str) -> bytes:
    """Rows as a W3C result document.

    Parameters
    ----------
    format : str
        `csv` (values only, CRLF), `tsv` (terms as in Turtle), `json` or `xml`.

    Raises
    ------
    ExportError
        For another format.
    """
    if format == "csv":
        return "".join(f"{','.join(line)}\r\n" for line in (variables, *([_csv(cell) for cell in row] for row in rows))).encode()
    if format == "tsv":
        titles = [f"?{name}" for name in variables]
        return "".join("\t".join(line) + "\n" for line in (titles, *([_tsv(cell) for cell in row] for row in rows))).encode()
    if format == "json":
        bindings = [{name: _json(cell) for name, cell in zip(variables, row, strict=True) if cell is not None} for row in rows]
        return _dump({"head": {"vars": list(variables)}, "results": {"bindings": bindings}})
    if format == "xml":
        head = "".join(f'<variable name="{name}"/>' for name in variables)
        body = "".join(f"<result>{''.join(_xml(*pair) for pair in zip(variables, row, strict=True))}</result>" for row in rows)
        return f"{XML_HEAD}{head}</head><results>{body}</results></sparql>".encode()
    raise ExportError(f"a table cannot be written as {format}", hint="formats: csv, tsv, json, xml, md")


def truth(value: bool, format: str) -> bytes:
    """A yes or no as a W3C result document; CSV and TSV define none, and get the bare word.

    Raises
    ------
    ExportError
        For another format.
    """
    word = "true" if value else "false"
    if format in ("csv", "tsv"):
        return f"{word}\n".encode()
    if format == "json":
        return _dump({"head": {}, "boolean": value})
    if format == "xml":
        return f"{XML_HEAD}</head><boolean>{word}</boolean></sparql>".encode()
    raise ExportError(f"yes or no cannot be written as {format}", hint="formats: csv, tsv, json, xml, md")


def markdown(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table in Markdown (GitHub's dialect)."""

    def line(cells: Sequence[str]) -> str:
        escaped = (" ".join(cell.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").split()) for cell in cells)
        return f"| {' | '.join(escaped)} |\n"

    return "".join([line(columns), line(["---"] * len(columns)), *(line(row) for row in rows)]).encode()


def _dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _blank(cell: Quad) -> bool:
    return not cell.datatype and cell.object.startswith("_:")


def _csv(cell: Cell) -> str:
    if cell is None:
        return ""
    text = cell.object
    return '"' + text.replace('"', '""') + '"' if any(char in text for char in '",\r\n') else text


def _tsv(cell: Cell) -> str:
    if cell is None:
        return ""
    if not cell.datatype:
        return cell.object if _blank(cell) else f"<{cell.object}>"
    if (bare := BARE.get(cell.datatype)) and bare.fullmatch(cell.object):
        return cell.object
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    quoted = '"' + "".join(escapes.get(char, char) for char in cell.object) + '"'
    if cell.language:
        return f"{quoted}@{cell.language}"
    return quoted if cell.datatype == STRING else f"{quoted}^^<{cell.datatype}>"


def _json(cell: Quad) -> dict[str, str]:
    if not cell.datatype:
        return {"type": "bnode", "value": cell.object[2:]} if _blank(cell) else {"type": "uri", "value": cell.object}
    term = {"type": "literal", "value": cell.object}
    if cell.language:
        return {**term, "xml:lang": cell.language}
    return term if cell.datatype == STRING else {**term, "datatype": cell.datatype}


def _xml(name: str, cell: Cell) -> str:
    if cell is None:
        return ""
    if not cell.datatype:
        term = f"<bnode>{_escape(cell.object[2:])}</bnode>" if _blank(cell) else f"<uri>{_escape(cell.object)}</uri>"
    elif cell.language:
        term = f'<literal xml:lang="{_escape(cell.language)}">{_escape(cell.object)}</literal>'
    elif cell.datatype == STRING:
        term = f"<literal>{_escape(cell.object)}</literal>"
    else:
        term = f'<literal datatype="{_escape(cell.datatype)}">{_escape(cell.object)}</literal>'
    return f'<binding name="{name}">{term}</binding>'


def _escape(text: str) -> str:
    """A text within XML: a carriage return and space at the ends survive a reader, what XML cannot hold becomes U+FFFD."""
    entities = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\r": "&#13;"}
    kept = re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)
    body = "".join(entities.get(char, char) for char in kept)
    return re.sub(r"^[ \t\n]|[ \t\n]$", lambda found: f"&#{ord(found[0])};", body)
