"""A question to the graph and its answer, whole: what `kg query` and its shell share."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from kg import queries
from kg.cli.table import printable, table
from kg.errors import QueryError
from kg.export.results import Cell, markdown, results, truth
from kg.graph import KnowledgeGraph
from kg.model import Quad
from kg.sparql import first_word, names, tokens
from kg.store.base import Result
from kg.store.lexical import reaches_out
from kg.store.names import labels
from kg.store.oxigraph import open_memory
from kg.store.spelling import known, unknown_names
from kg.terms import shorten

T = TypeVar("T")
TABLES = ("csv", "tsv", "json", "xml")
GRAPHS = {"ttl": "turtle", "turtle": "turtle", "nt": "nt", "trig": "trig", "nq": "nq", "jsonld": "jsonld", "rdfxml": "rdfxml"}
FORMATS = ["table", "md", *TABLES, *GRAPHS]
WORDS = {"en": ("no", "yes"), "de": ("nein", "ja")}


@dataclass(frozen=True, slots=True)
class Ask:
    """A question.

    Attributes
    ----------
    query : str
        SPARQL text, or the name of a named query.
    values : mapping
        Its parameters.
    format : str, optional
        One of `FORMATS`; by default a table, and Turtle for CONSTRUCT and DESCRIBE.
    limit : int
        The most rows or triples to give; 0 for all.
    width : int
        The columns that a table may fill.
    """

    query: str
    values: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None
    limit: int = 0
    iris: bool = False
    language: str = "en"
    width: int = 80
    colour: bool = False
    allow_service: bool = False
    day: str | None = None
    """The day as of which the graph is looked at: what a prepared query has for its parameter `date`, where it is not told another."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: what to write, and what to say beside it."""

    data: bytes
    notes: tuple[str, ...] = ()
    summary: str = ""
    form: str = "table"


def sparql(graph: KnowledgeGraph, ask: Ask) -> str:
    """The SPARQL text of a question.

    Raises
    ------
    QueryError
        If it names no query, lacks a value, has one too many, or asks another server without leave.
    """
    given = ask.query
    if not given.strip():
        raise QueryError("the query is empty")
    values = dict(ask.values)
    named = graph.named(given.strip())
    if named and any(parameter.name == "language" for parameter in named.parameters):
        values.setdefault("language", ask.language)
    if named and ask.day and any(parameter.name == "date" and parameter.type == "date" for parameter in named.parameters):
        values.setdefault("date", ask.day)
    if named is None and any(line.startswith("# param:") for line in given.splitlines()):
        from pathlib import Path  # a file with a header of its own, not one of the dossier's

        text = queries.fill(queries.parse(Path("query.rq"), given), values, graph.resolve)
    else:
        text = graph.text(given.strip() if named else given, values)
    if reaches_out(text) and not ask.allow_service:
        raise QueryError("the query asks another server (SERVICE), and kg works offline", hint="--allow-service lets it")
    return text


def answer(graph: KnowledgeGraph, ask: Ask, whole: KnowledgeGraph | None = None) -> Answer:
    """Ask the graph. Nothing is written; an answer comes whole or as an error.

    Parameters
    ----------
    whole : KnowledgeGraph, optional
        The graph that `graph` is a view of; names are looked up in it.

    Raises
    ------
    QueryError, ExportError
        If the question cannot be parsed or run, or the format does not fit it.
    """
    whole = whole or graph
    text = sparql(whole, ask)
    begin = time.perf_counter()
    result = graph.store.query(text)
    form = ask.format or ("turtle" if result.kind == "graph" else "table")
    if result.kind == "ask":
        found = _truth(bool(result), form, ask, begin)
    elif result.kind == "graph":
        found = _graph(graph, result, form, ask, begin)
    else:
        found = _rows(graph, result, form, ask, begin)
    return replace(found, notes=(*found.notes, *_notes(graph, whole, text, found)))


def _truth(value: bool, form: str, ask: Ask, begin: float) -> Answer:
    summary = f"answered in {_ms(begin)} ms"
    if form in ("table", "md"):
        return Answer(f"{WORDS[ask.language][value]}\n".encode(), (), summary, form)
    notes = ("the W3C's CSV and TSV have no form for yes or no; this is the bare word",) if form in ("csv", "tsv") else ()
    return Answer(truth(value, form), notes, summary, form)


def _rows(graph: KnowledgeGraph, result: Result, form: str, ask: Ask, begin: float) -> Answer:
    if form in GRAPHS:
        raise QueryError(f"rows cannot be written as {GRAPHS[form]}", hint=f"formats: table, md, {', '.join(TABLES)}")
    rows, more = _first(result.cells(), ask.limit)
    summary = _summary(len(rows), "result", more, begin)
    if form in TABLES:
        return Answer(results(result.variables, rows, form), (), summary, form)
    return Answer(_table(graph, result.variables, rows, form, ask), (), summary, form)


def _graph(graph: KnowledgeGraph, result: Result, form: str, ask: Ask, begin: float) -> Answer:
    if form in TABLES:
        raise QueryError(f"triples cannot be written as {form}", hint=f"formats: {', '.join(GRAPHS)}, table, md")
    triples, more = _first(iter(dict.fromkeys(result.quads())), ask.limit)
    summary = _summary(len(triples), "triple", more, begin)
    if form in GRAPHS:
        store = open_memory(graph.prefixes)
        store.extend(triples)
        return Answer(store.dump(GRAPHS[form]), (), summary, form)
    rows = [(_iri(quad.subject), _iri(quad.predicate), quad) for quad in sorted(triples)]
    return Answer(_table(graph, ("subject", "predicate", "object"), rows, form, ask), (), summary, form)


def _iri(text: str) -> Quad:
    return Quad("", "", text, "")


def _first(found: Iterator[T], limit: int) -> tuple[list[T], bool]:
    """The first of what is found, all where the limit is 0, and whether there is more."""
    taken = list(itertools.islice(found, limit + 1)) if limit else list(found)
    return (taken[:limit], len(taken) > limit) if limit else (taken, False)


def _table(graph: KnowledgeGraph, columns: Sequence[str], rows: Sequence[Sequence[Cell]], form: str, ask: Ask) -> bytes:
    shown = list(readable(graph, rows, ask.language, ask.iris))
    if form == "md":
        return markdown(columns, ([printable(cell) for cell in row] for row in shown))
    return table(columns, shown, ask.width, ask.colour).encode() if shown else b""


def readable(graph: KnowledgeGraph, rows: Sequence[Sequence[Cell]], language: str, iris: bool) -> Iterator[list[str]]:
    """Rows as texts: literals as they are, IRIs as labels where there are any, else in their shortest form."""
    found = {cell.object for row in rows for cell in row if cell is not None and not cell.datatype}
    named = {} if iris else labels(graph.store, sorted(found), language)
    texts = {iri: named.get(iri) or (iri if iri.startswith("_:") else shorten(iri, graph.prefixes)) for iri in found}
    for row in rows:
        yield ["" if cell is None else cell.object if cell.datatype else texts[cell.object] for cell in row]


def _summary(count: int, noun: str, more: bool, begin: float) -> str:
    nouns = noun if count == 1 else f"{noun}s"
    return f"first {count} {nouns} in {_ms(begin)} ms (more exist)" if more else f"{count} {nouns} in {_ms(begin)} ms"


def _ms(begin: float) -> str:
    return f"{(time.perf_counter() - begin) * 1000:.0f}"


def _notes(graph: KnowledgeGraph, whole: KnowledgeGraph, text: str, found: Answer) -> Iterator[str]:
    """What the graph does not know of what a question names."""
    unknown = unknown_names(whole.store, text)
    yield from map(str, unknown)
    told = {name.text for name in unknown}
    first = first_word(tokens(text))
    nothing = first is not None and first.says("DESCRIBE") and found.summary.startswith("0 ")
    if whole is graph and not nothing:
        return
    for written, iri in dict.fromkeys((name.text, name.iri) for name in names(text, graph.prefixes)):
        if ":" not in iri or written in told or known(graph.store, iri):
            continue
        if known(whole.store, iri):
            yield f"{written} is not in the graph as of that day"
        elif nothing:
            yield f"this graph has no {written}"
