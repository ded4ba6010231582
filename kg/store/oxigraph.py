"""The embedded store: Oxigraph in memory, or on disk for reading. The only file that imports pyoxigraph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from oxrdflib import OxigraphStore
from rdflib import Dataset
from rdflib.term import Identifier

from kg.errors import KgError, QueryError, StoreError
from kg.model import Quad
from kg.queries import names_dataset
from kg.sparql import spell_star, without_service
from kg.store.base import ResultKind, Row, to_pandas
from kg.store.convert import LANG_STRING, STRING, identifier, node
from kg.store.diagnosis import query_error
from kg.store.order import quad_lines, triple_lines
from kg.terms import Names

RDF_FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
"""RDF syntaxes by the name that kg gives them."""

_RESULTS = ox.QueryResultsFormat
RESULT_FORMATS = {"json": _RESULTS.JSON, "xml": _RESULTS.XML, "csv": _RESULTS.CSV, "tsv": _RESULTS.TSV}
"""W3C result formats by name."""

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
BOM = b"\xef\xbb\xbf"
SMALL = 1_000_000
"""Up to this many bytes an answer is searched for the prefixes that it uses; a larger one declares them all."""


def open_memory(prefixes: Mapping[str, str] | None = None) -> MemoryStore:
    """A new, empty store in memory."""
    return MemoryStore(ox.Store(), prefixes)


def open_disk(folder: Path, prefixes: Mapping[str, str] | None = None) -> MemoryStore:
    """A store on disk, for reading: it may be open in any number of processes.

    Raises
    ------
    StoreError
        If the folder holds no readable store.
    """
    try:
        return MemoryStore(ox.Store.read_only(str(folder)), prefixes)
    except (OSError, RuntimeError) as error:
        raise StoreError(f"this is no readable store: {_line(error)}", file=folder, hint="run 'kg build' again") from error


def write_disk(folder: Path, quads: bytes) -> None:
    """Write N-Quads into a new store on disk.

    Parameters
    ----------
    folder : Path
        A folder that does not exist or is empty.

    Raises
    ------
    StoreError
        If the disk is full or the folder cannot be written.
    """
    try:
        store = ox.Store(str(folder))
        store.bulk_load(quads, ox.RdfFormat.N_QUADS)
    except (OSError, RuntimeError) as error:
        raise StoreError(f"the store cannot be written: {_line(error)}", file=folder, hint="is the disk full?") from error


class MemoryStore:
    """A `kg.store.base.QuadStore` over Oxigraph.

    Parameters
    ----------
    store : pyoxigraph.Store
        The engine's own store.
    prefixes : mapping, optional
        Prefixes that queries need not declare; by default those of the packaged dossier's base.
    """

    def __init__(self, store: ox.Store, prefixes: Mapping[str, str] | None = None) -> None:
        self._store = store
        self.prefixes = dict(prefixes if prefixes is not None else Names().prefixes)

    def __len__(self) -> int:
        return len(self._store)

    def __bool__(self) -> bool:
        return True

    def extend(self, quads: Iterable[Quad]) -> None:
        """Add quads; those already there change nothing."""
        try:
            self._store.extend(_to_ox(quad) for quad in quads)
        except ValueError as error:
            raise StoreError(f"not a usable IRI or literal: {_line(error)}") from error
        except OSError as error:
            raise StoreError(f"the store cannot be written: {_line(error)}") from error

    def load(self, source: bytes | Path, format: str, graph: str | None = None) -> None:
        """Add the content of a file or of bytes: all of it or, on an error, nothing; see `QuadStore.load`."""
        file = source if isinstance(source, Path) else None
        target = ox.NamedNode(graph) if graph else None
        rdf = rdf_format(format)
        try:
            data = source.read_bytes() if isinstance(source, Path) else source
            load = self._store.bulk_load if not len(self._store) else self._store.load
            load(data, rdf, to_graph=target if not rdf.supports_datasets else None)
        except SyntaxError as error:
            raise StoreError(f"cannot be parsed: {_line(error)}", file=file, line=error.lineno) from error
        except (OSError, ValueError) as error:
            raise StoreError(f"cannot be loaded: {_line(error)}", file=file) from error

    def query(self, sparql: str) -> OxigraphResult:
        """Run a query over the union of all graphs; see `QuadStore.query`."""
        try:
            union = not names_dataset(sparql)  # FROM and FROM NAMED say themselves what is asked
            found = self._store.query(spell_star(sparql, self._columns), prefixes=self.prefixes, use_default_graph_as_union=union)
        except SyntaxError as error:
            raise query_error(sparql, self.prefixes, self._complaint) from error
        except (OSError, ValueError, RuntimeError) as error:
            raise QueryError(f"the query cannot be run: {_line(error)}") from error
        return OxigraphResult(found, self.prefixes)

    def _columns(self, sparql: str) -> tuple[str, ...]:
        """The columns of a query, which is parsed and finds nothing."""
        return OxigraphResult(ox.Store().query(without_service(sparql), prefixes=self.prefixes), {}).variables

    def _complaint(self, sparql: str) -> str:
        """What the parser says of a text; nothing where it is a query."""
        try:
            ox.Store().query(without_service(sparql), prefixes=self.prefixes)
        except (SyntaxError, ValueError, RuntimeError) as error:
            return str(error) if isinstance(error, SyntaxError) else ""
        return ""

    def check(self, sparql: str) -> None:
        """Raise a `QueryError` if a query cannot be parsed; it is not run."""
        if self._complaint(sparql):
            raise query_error(sparql, self.prefixes, self._complaint)

    def select(self, sparql: str) -> Iterator[tuple[str, ...]]:
        """Run a SELECT; each row as lexical values, empty for unbound."""
        found = self.query(sparql).raw
        if not isinstance(found, ox.QuerySolutions):
            raise QueryError("this is not a SELECT")
        width = len(found.variables)
        with _Running():
            for row in found:
                yield tuple(_text(row[i]) for i in range(width))

    def construct(self, sparql: str) -> Iterator[Quad]:
        """Run a CONSTRUCT; the graph of its quads is empty."""
        yield from self.query(sparql).quads()

    def update(self, sparql: str) -> None:
        """Run a SPARQL update."""
        try:
            self._store.update(sparql, prefixes=self.prefixes)
        except SyntaxError as error:
            raise QueryError(f"the update cannot be parsed: {_line(error)}") from error
        except (OSError, ValueError, RuntimeError) as error:
            raise QueryError(f"the update cannot be run: {_line(error)}") from error

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """All quads, or those of one graph, in no particular order."""
        name = ox.NamedNode(graph) if graph is not None else None
        for quad in self._store.quads_for_pattern(None, None, None, name):
            where = quad.graph_name
            yield _from_ox(quad, "" if isinstance(where, ox.DefaultGraph) else where.value)

    def graphs(self) -> list[str]:
        """The named graphs, sorted."""
        return sorted(graph.value for graph in self._store.named_graphs())

    def dump(self, format: str, graph: str | None = None, *, graphs: Sequence[str] | None = None) -> bytes:
        """All quads in an RDF syntax, the same bytes for the same quads; see `QuadStore.dump`."""
        wanted = [graph] if graph is not None else list(graphs) if graphs is not None else None
        every = [*self._store.named_graphs(), ox.DefaultGraph()] if wanted is None else [ox.NamedNode(name) for name in wanted]
        if rdf_format(format).supports_datasets:
            kept = (quad for name in every for quad in self._store.quads_for_pattern(None, None, None, name))
            nquads = ox.RdfFormat.N_QUADS
            data = self._store.dump(format=nquads) if wanted is None else ox.serialize(kept, format=nquads)
            return _serialize(quad_lines(data or b""), nquads, format, self.prefixes)
        parts = (self._store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=name) or b"" for name in every)
        return _serialize(triple_lines(parts), ox.RdfFormat.N_TRIPLES, format, self.prefixes)

    @property
    def dataset(self) -> Dataset:
        """A live rdflib view for reading; its default graph is the union."""
        dataset = Dataset(store=OxigraphStore(store=self._store), default_union=True)
        for prefix, namespace in self.prefixes.items():
            dataset.bind(prefix, namespace, replace=True)
        return dataset

    def close(self) -> None:
        """Let go of files and locks."""
        self._store = ox.Store()


class OxigraphResult:
    """A `kg.store.base.Result` over Oxigraph's iterators. It must be made and read in one thread."""

    def __init__(self, found: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, prefixes: Mapping[str, str]) -> None:
        self.raw = found
        self._prefixes = prefixes

    @property
    def kind(self) -> ResultKind:
        """`select`, `ask` or `graph`."""
        if isinstance(self.raw, ox.QueryBoolean):
            return "ask"
        return "select" if isinstance(self.raw, ox.QuerySolutions) else "graph"

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the columns, without `?`."""
        return tuple(variable.value for variable in self.raw.variables) if isinstance(self.raw, ox.QuerySolutions) else ()

    def __iter__(self) -> Iterator[Row]:
        if isinstance(self.raw, ox.QueryBoolean):
            raise QueryError("a yes-or-no answer has no rows", hint="use bool(result)")
        names = self.variables if isinstance(self.raw, ox.QuerySolutions) else ("s", "p", "o")
        labels = {name: i for i, name in enumerate(names)}
        with _Running():
            for found in self.raw:
                yield OxigraphRow(found, labels)

    def __bool__(self) -> bool:
        if isinstance(self.raw, ox.QueryBoolean):
            return bool(self.raw)
        return next(iter(self.raw), None) is not None

    def quads(self) -> Iterator[Quad]:
        """The triples of a CONSTRUCT or DESCRIBE."""
        if not isinstance(self.raw, ox.QueryTriples):
            raise QueryError("this query gives no triples", hint="use CONSTRUCT or DESCRIBE")
        with _Running():
            for triple in self.raw:
                yield _from_ox(triple, "")

    def cells(self) -> Iterator[tuple[Quad | None, ...]]:
        """The rows of a SELECT as plain values."""
        if not isinstance(self.raw, ox.QuerySolutions):
            raise QueryError("this query gives no table", hint="use SELECT")
        width = len(self.raw.variables)
        with _Running():
            for row in self.raw:
                yield tuple(None if (term := row[i]) is None else _cell(term) for i in range(width))

    def serialize(self, format: str) -> bytes:
        """The answer as a document; see `Result.serialize`."""
        with _Running():
            if isinstance(self.raw, ox.QueryTriples):
                if format not in RDF_FORMATS:
                    raise QueryError(f"a graph cannot be written as {format}", hint=f"formats: {', '.join(RDF_FORMATS)}")
                lines = triple_lines([ox.serialize(self.raw, format=ox.RdfFormat.N_TRIPLES) or b""])
                return _serialize(lines, ox.RdfFormat.N_TRIPLES, format, self._prefixes)
            if format not in RESULT_FORMATS:
                raise QueryError(f"a table cannot be written as {format}", hint=f"formats: {', '.join(RESULT_FORMATS)}")
            if isinstance(self.raw, ox.QueryBoolean) and format in ("csv", "tsv"):
                return b"true\n" if self.raw else b"false\n"
            return self.raw.serialize(format=RESULT_FORMATS[format]) or b""

    def to_pandas(self) -> Any:
        """A pandas data frame; see `kg.store.base.to_pandas`."""
        return to_pandas(self)


class OxigraphRow(Row):
    """A row whose terms are converted when asked for."""

    __slots__ = ("_found",)

    def __init__(self, found: ox.QuerySolution | ox.Triple, labels: Mapping[str, int]) -> None:
        self._found = found
        self._labels = labels

    def term(self, index: int) -> Identifier | None:
        """The term at a position counted from 0, or None."""
        term = self._found[index]
        if term is None:
            return None
        if isinstance(term, ox.NamedNode):
            return node(term.value)
        return identifier(_cell(term))


class _Running:
    """Turns what an engine raises while a result is read into a `QueryError`."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (OSError, ValueError, RuntimeError, SyntaxError)) and not isinstance(error, KgError):
            raise QueryError(f"the query failed while running: {_line(error)}") from error


def rdf_format(name: str) -> ox.RdfFormat:
    """The engine's format by our name.

    Raises
    ------
    StoreError
        For an unknown name.
    """
    try:
        return RDF_FORMATS[name]
    except KeyError:
        raise StoreError(f"unknown RDF format {name!r}", hint=f"formats: {', '.join(RDF_FORMATS)}") from None


def _serialize(lines: list[bytes], source: ox.RdfFormat, format: str, prefixes: Mapping[str, str]) -> bytes:
    target = rdf_format(format)
    data = b"\n".join([*lines, b""])
    if target == source:
        return data
    used = {prefix: space for prefix, space in prefixes.items() if prefix != "graph"}
    if len(data) < SMALL:
        used = {prefix: space for prefix, space in used.items() if space.encode() in data}
    if target == ox.RdfFormat.TURTLE:
        target = ox.RdfFormat.TRIG  # Turtle is TriG without graphs, and the engine passes parsed quads on without a detour
    parsed = ox.parse(data, source, lenient=True)  # the lines come from the engine itself
    if target.supports_datasets:
        return ox.serialize(parsed, format=target, prefixes=used) or b""
    return ox.serialize((quad.triple for quad in parsed), format=target, prefixes=used) or b""


def parse_file(file: Path, format: str = "turtle", graph: str = "") -> Iterator[Quad]:
    """The statements of an RDF file.

    Raises
    ------
    StoreError
        With file and line, if it cannot be read or parsed.
    """
    try:
        data = file.read_bytes().removeprefix(BOM)
        for quad in ox.parse(data, rdf_format(format)):
            where = quad.graph_name
            yield _from_ox(quad, graph if isinstance(where, ox.DefaultGraph) else where.value)
    except SyntaxError as error:
        raise StoreError(f"cannot be parsed: {_line(error)}", file=file, line=error.lineno) from error
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot be read: {_line(error)}", file=file) from error


def _to_ox(quad: Quad) -> ox.Quad:
    value: ox.NamedNode | ox.BlankNode | ox.Literal
    if not quad.datatype:
        value = _node(quad.object)
    elif quad.language:
        value = ox.Literal(quad.object, language=quad.language)
    elif quad.datatype in (STRING, LANG_STRING):
        value = ox.Literal(quad.object)
    else:
        value = ox.Literal(quad.object, datatype=ox.NamedNode(quad.datatype))
    graph = ox.NamedNode(quad.graph) if quad.graph else ox.DefaultGraph()
    return ox.Quad(_node(quad.subject), ox.NamedNode(quad.predicate), value, graph)


def _node(text: str) -> ox.NamedNode | ox.BlankNode:
    return ox.BlankNode(text[2:]) if text.startswith("_:") else ox.NamedNode(text)


def _from_ox(statement: ox.Quad | ox.Triple, graph: str) -> Quad:
    value = statement.object
    subject = _text(statement.subject)
    if isinstance(value, ox.Literal):
        language = value.language or ""
        return Quad(subject, statement.predicate.value, value.value, graph, LANG_STRING if language else value.datatype.value, language)
    return Quad(subject, statement.predicate.value, _text(value), graph)


def _cell(term: Term) -> Quad:
    if isinstance(term, ox.Literal):
        language = term.language or ""
        return Quad("", "", term.value, "", LANG_STRING if language else term.datatype.value, language)
    return Quad("", "", _text(term), "")


def _text(term: Term | None) -> str:
    if term is None:
        return ""
    if isinstance(term, (ox.NamedNode, ox.Literal)):
        return term.value
    return f"_:{term.value}" if isinstance(term, ox.BlankNode) else str(term)


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]
