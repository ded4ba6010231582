"""What a SPARQL endpoint does with the embedded engine: queries over a dataset, updates, and whole graphs, written into open files.

Beside `kg.store.oxigraph` the only file that imports pyoxigraph. Nothing here is held in memory as a whole: results are written as they
are found. Updates work on a copy of the store's files (hard links), so that readers of the old one are not disturbed and a failure
leaves it as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import pyoxigraph as ox

from kg.errors import QueryError, StoreError
from kg.store.base import ResultKind
from kg.store.lexical import with_dataset
from kg.store.oxigraph import RDF_FORMATS, RESULT_FORMATS, OxigraphResult

KINDS: Final = ("select", "ask", "graph")


@dataclass(frozen=True, slots=True)
class DatasetChoice:
    """The graphs that a request says a query or update is about; both empty where it says nothing."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.default or self.named)


EVERYTHING: Final = DatasetChoice()
"""No choice: the dataset as it is."""


class NotAcceptableError(QueryError):
    """The kind of answer a query gives has no form that was asked for."""


class TooManyRowsError(QueryError):
    """A query gives more rows than are allowed."""


class Engine:
    """A store on disk, open for reading.

    Parameters
    ----------
    folder : Path
        The folder that `kg.store.oxigraph.write_disk` or `change` made.
    prefixes : mapping
        Prefixes that queries need not declare.
    union : bool
        Whether the default graph of a query that names no dataset is the union of all graphs.
    """

    def __init__(self, folder: Path, prefixes: Mapping[str, str], union: bool) -> None:
        try:
            self.store = ox.Store.read_only(str(folder))
        except (OSError, RuntimeError) as error:
            raise StoreError(f"this is no readable store: {_line(error)}", file=folder) from error
        self.prefixes = dict(prefixes)
        self.union = union

    def query(
        self,
        sparql: str,
        dataset: DatasetChoice,
        formats: Mapping[ResultKind, str],
        out: IO[bytes],
        *,
        base: str | None = None,
        names_dataset: bool = False,
        max_rows: int = 0,
    ) -> tuple[ResultKind, str]:
        """Run a query and write its answer.

        Parameters
        ----------
        formats : mapping
            The form wanted for each kind of answer; a kind that is missing is not acceptable.
        names_dataset : bool
            Whether the query has a FROM clause of its own.
        max_rows : int
            More rows or triples than so many are an error; 0 is no limit.

        Returns
        -------
        (str, str)
            The kind of the answer and the form it was written in.

        Raises
        ------
        QueryError
            If it cannot be parsed or run. `NotAcceptableError` and `TooManyRowsError` are told apart.
        """
        if max_rows:
            found = self._run(sparql, dataset, base, names_dataset)
            if not isinstance(found, ox.QueryBoolean):
                for number, _ in enumerate(found, 1):
                    if number > max_rows:
                        raise TooManyRowsError(f"the answer has more than {max_rows:,} rows", hint="ask for fewer with LIMIT")
        found = self._run(sparql, dataset, base, names_dataset)
        kind: ResultKind = "ask" if isinstance(found, ox.QueryBoolean) else "select" if isinstance(found, ox.QuerySolutions) else "graph"
        if kind not in formats:
            raise NotAcceptableError(f"this query's answer ({kind}) has no form that was asked for")
        form = formats[kind]
        try:
            if isinstance(found, ox.QueryTriples):
                ox.serialize(found, out, RDF_FORMATS[form], prefixes=self._bound() if form == "turtle" else None)
            else:
                found.serialize(out, RESULT_FORMATS[form])
        except (ValueError, RuntimeError) as error:
            raise QueryError(f"the query failed while running: {_line(error)}") from error
        return kind, form

    def _run(
        self, sparql: str, dataset: DatasetChoice, base: str | None, names_dataset: bool
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] | None = None
        named: list[ox.NamedNode | ox.BlankNode] | None = None
        try:
            if dataset:
                default = [ox.NamedNode(iri) for iri in dataset.default]
                named = [ox.NamedNode(iri) for iri in dataset.named]
            return self.store.query(
                sparql,
                base_iri=base,
                prefixes=self.prefixes,
                use_default_graph_as_union=self.union and not dataset and not names_dataset,
                default_graph=default,
                named_graphs=named,
            )
        except SyntaxError as error:
            raise QueryError(f"the query cannot be parsed: {_line(error)}") from error
        except (OSError, ValueError, RuntimeError) as error:
            raise QueryError(f"the query cannot be run: {_line(error)}") from error

    def graph_names(self) -> list[str]:
        """The named graphs, sorted."""
        return sorted(graph.value for graph in self.store.named_graphs())

    def has_graph(self, name: str | None) -> bool:
        """Whether there is a named graph; the default graph (None) is always there."""
        return name is None or self.store.contains_named_graph(ox.NamedNode(name))

    def write_graph(self, name: str | None, form: str, out: IO[bytes]) -> None:
        """Write one graph in an RDF syntax; None is the default graph."""
        graph = ox.DefaultGraph() if name is None else ox.NamedNode(name)
        triples = (quad.triple for quad in self.store.quads_for_pattern(None, None, None, graph))
        ox.serialize(triples, out, RDF_FORMATS[form], prefixes=self._bound() if form == "turtle" else None)

    def _bound(self) -> dict[str, str]:
        return {prefix: space for prefix, space in self.prefixes.items() if prefix != "graph"}


def read_results(document: IO[bytes], prefixes: Mapping[str, str]) -> OxigraphResult:
    """The answer to a SELECT or ASK from the JSON document that a server sent.

    Raises
    ------
    QueryError
        If it is no such document; what is wrong further down shows when the rows are read.
    """
    try:
        return OxigraphResult(ox.parse_query_results(document, ox.QueryResultsFormat.JSON), prefixes)
    except (SyntaxError, ValueError, OSError) as error:
        raise QueryError(f"the answer is cut off, or no SPARQL result: {_line(error)}") from error


def read_graph(ntriples: bytes, prefixes: Mapping[str, str]) -> OxigraphResult:
    """The answer to a CONSTRUCT or DESCRIBE from the N-Triples that a server sent.

    Raises
    ------
    QueryError
        If they cannot be parsed.
    """
    store = ox.Store()
    try:
        store.bulk_load(ntriples, ox.RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError, OSError) as error:
        raise QueryError(f"the answer is cut off, or no N-Triples: {_line(error)}") from error
    return OxigraphResult(store.query("CONSTRUCT WHERE { ?s ?p ?o }"), prefixes)


def copy(source: Path, target: Path) -> None:
    """A second store with the same content, at the cost of a few hard links.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    try:
        ox.Store.read_only(str(source)).backup(str(target))
    except (OSError, RuntimeError) as error:
        raise StoreError(f"the store cannot be copied: {_line(error)}", file=target, hint="is the disk full?") from error


class Changes:
    """A store on disk that is being changed; nobody else has it open."""

    def __init__(self, folder: Path) -> None:
        try:
            self.store = ox.Store(str(folder))
        except (OSError, RuntimeError) as error:
            raise StoreError(f"the store cannot be opened: {_line(error)}", file=folder) from error

    def update(self, sparql: str, dataset: DatasetChoice, prefixes: Mapping[str, str], base: str | None = None) -> None:
        """Run a SPARQL update.

        Raises
        ------
        QueryError
            If it cannot be parsed or run, or both the request and the update name a dataset.
        """
        text = with_dataset(sparql, dataset.default, dataset.named) if dataset else sparql
        try:
            self.store.update(text, prefixes=dict(prefixes), base_iri=base)
        except SyntaxError as error:
            raise QueryError(f"the update cannot be parsed: {_line(error)}") from error
        except (OSError, ValueError, RuntimeError) as error:
            raise QueryError(f"the update cannot be run: {_line(error)}") from error

    def put(self, name: str | None, parts: Sequence[tuple[bytes, str]], *, replace: bool, base: str | None = None) -> bool:
        """Put triples into a graph, in the place of its old ones or beside them.

        Parameters
        ----------
        parts : sequence of (bytes, str)
            Documents with the RDF syntax of each.

        Returns
        -------
        bool
            Whether the graph was there before.

        Raises
        ------
        QueryError
            If a document cannot be parsed.
        """
        graph = ox.DefaultGraph() if name is None else ox.NamedNode(name)
        there = name is None or self.store.contains_named_graph(graph)
        try:
            if isinstance(graph, ox.NamedNode):
                self.store.add_graph(graph)
            if replace:
                self.store.clear_graph(graph)
            for data, form in parts:
                self.store.load(data, RDF_FORMATS[form], base_iri=base, to_graph=graph)
        except SyntaxError as error:
            raise QueryError(f"the content cannot be parsed: {_line(error)}") from error
        except (OSError, ValueError, RuntimeError) as error:
            raise QueryError(f"the content cannot be loaded: {_line(error)}") from error
        return there

    def drop(self, name: str | None) -> bool:
        """Remove a graph; whether it was there. The default graph is emptied."""
        if name is None:
            self.store.clear_graph(ox.DefaultGraph())
            return True
        graph = ox.NamedNode(name)
        there = self.store.contains_named_graph(graph)
        self.store.remove_graph(graph)
        return there

    def __len__(self) -> int:
        return len(self.store)

    def close(self) -> None:
        """Write everything to the disk and let go of the files."""
        try:
            self.store.flush()
        except (OSError, RuntimeError) as error:
            raise StoreError(f"the store cannot be written: {_line(error)}", hint="is the disk full?") from error
        del self.store


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:500]
