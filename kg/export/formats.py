"""The formats of an export, and one function that makes any of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from kg.errors import ExportError
from kg.export.table import statements_csv
from kg.store.base import QuadStore
from kg.store.generations import write_atomically
from kg.terms import Names

RDF = ("turtle", "trig", "nt", "nq", "jsonld", "rdfxml")
NETWORKS = ("graphml", "gexf")
FORMATS = (*RDF, *NETWORKS, "csv")
SUFFIXES: Mapping[str, str] = {
    ".ttl": "turtle",
    ".trig": "trig",
    ".nt": "nt",
    ".nq": "nq",
    ".jsonld": "jsonld",
    ".json": "jsonld",
    ".rdf": "rdfxml",
    ".xml": "rdfxml",
    ".owl": "rdfxml",
    ".graphml": "graphml",
    ".gexf": "gexf",
    ".csv": "csv",
}
"""The format that a file's suffix stands for."""


def export(store: QuadStore, names: Names, format: str, graph: str | None = None) -> bytes:
    """The graph in a format; the same bytes for the same statements.

    Parameters
    ----------
    format : str
        One of `FORMATS`. Formats without named graphs give the union of all graphs.
    graph : str, optional
        The named graph to give alone; for RDF formats and CSV.

    Raises
    ------
    ExportError
        For an unknown format, a graph that is not there, or one graph as a network.
    """
    if format not in FORMATS:
        raise ExportError(f"unknown format {format!r}", hint=f"formats: {', '.join(FORMATS)}")
    if graph is not None and graph not in store.graphs():
        raise ExportError(f"there is no graph {graph!r}", hint="'kg query graphs' lists them")
    if format in RDF:
        return store.dump(format, graph)
    if format == "csv":
        return statements_csv(store.quads(graph), store.prefixes)
    if graph is not None:
        raise ExportError("a network is made of all graphs together", hint="leave --graph out")
    from kg.export.network import gexf, graphml  # networkx takes 0.2 s to import
    from kg.mirror import mirror

    make: Callable[..., bytes] = graphml if format == "graphml" else gexf
    return make(mirror(store.quads(), names), store.prefixes)


def guess(file: Path) -> str:
    """The format for a file name.

    Raises
    ------
    ExportError
        Where the suffix is none of `SUFFIXES`.
    """
    try:
        return SUFFIXES[file.suffix.lower()]
    except KeyError:
        raise ExportError(f"the suffix {file.suffix!r} names no format", file=file, hint=f"suffixes: {', '.join(SUFFIXES)}") from None


def save(data: bytes, file: Path) -> None:
    """Write an export: the whole file or, on an error, none of it.

    Raises
    ------
    ExportError
        If it cannot be written.
    """
    try:
        if not file.parent.is_dir():
            raise ExportError("there is no such folder", file=file.parent)
        if file.is_dir():
            raise ExportError("this is a folder, not a file", file=file)
        if file.exists() and not file.is_file():
            file.write_bytes(data)
        else:
            write_atomically(file.resolve(), data)
    except OSError as error:
        raise ExportError(f"cannot be written: {error.strerror or error}", file=file) from error
