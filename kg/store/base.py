"""What every store can do, whatever engine is behind it.

A query's default graph is the union of all named graphs. Terms cross this border as plain text (`kg.model.Quad`, tuples of
lexical values) where speed counts and as rdflib terms where people work with them.
"""

from __future__ import annotations

import typing
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias, overload, runtime_checkable

from rdflib import Dataset, Graph, Literal
from rdflib.term import Identifier

from kg.errors import KgError, MissingExtraError
from kg.model import Quad
from kg.store.convert import identifier, node

ResultKind: TypeAlias = typing.Literal["select", "ask", "graph"]


class Row(Sequence[Identifier | None]):
    """One solution: rdflib terms by position, by variable name (`row["s"]`) or as attribute (`row.s`).

    Terms are made when they are asked for, so that a loop over many rows costs what the engine costs.
    """

    __slots__ = ("_labels",)

    def __init__(self, labels: Mapping[str, int]) -> None:
        self._labels = labels

    @abstractmethod
    def term(self, index: int) -> Identifier | None:
        """The term at a position counted from 0, or None where the variable is unbound."""

    def __len__(self) -> int:
        return len(self._labels)

    @overload
    def __getitem__(self, key: int | str) -> Identifier | None: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Identifier | None, ...]: ...
    def __getitem__(self, key: int | str | slice) -> Identifier | tuple[Identifier | None, ...] | None:
        if isinstance(key, slice):
            return tuple(self.term(i) for i in range(*key.indices(len(self))))
        if isinstance(key, str):
            return self.term(self._labels[key.lstrip("?$")])
        if not -len(self) <= key < len(self):
            raise IndexError(key)
        return self.term(key % len(self))

    def __getattr__(self, name: str) -> Identifier | None:
        try:
            return self.term(self._labels[name])
        except KeyError:
            raise AttributeError(name) from None

    def asdict(self) -> dict[str, Identifier]:
        """The bound variables with their terms."""
        return {name: term for name, i in self._labels.items() if (term := self.term(i)) is not None}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Row({', '.join(f'{name}={self.term(i)!r}' for name, i in self._labels.items())})"


class Result(Protocol):
    """The answer to a query. It can be gone through, or written out, once."""

    @property
    def kind(self) -> ResultKind:
        """`select`, `ask`, or `graph` for CONSTRUCT and DESCRIBE."""

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the columns, without `?`; empty unless the kind is `select`."""

    def __iter__(self) -> Iterator[Row]:
        """The rows of a `select`; of a `graph`, its triples as rows `s`, `p`, `o`.

        Raises
        ------
        QueryError
            If the query failed while running, or asks yes or no.
        """

    def __bool__(self) -> bool:
        """The answer of an `ask`; else whether anything was found."""

    def quads(self) -> Iterator[Quad]:
        """The triples of a `graph`, as quads whose graph is empty."""

    def cells(self) -> Iterator[tuple[Quad | None, ...]]:
        """The rows of a `select` as plain values: a quad of which only object, datatype and language count, or None."""

    def serialize(self, format: str) -> bytes:
        """The answer as a W3C result document (`json`, `xml`, `csv`, `tsv`) or, for a graph, in an RDF syntax.

        Raises
        ------
        QueryError
            If the format does not fit the kind of answer, or the query failed while running.
        """

    def to_pandas(self) -> typing.Any:
        """A pandas data frame of the rows; see `to_pandas`."""


@runtime_checkable
class QuadStore(Protocol):
    """A set of quads in named graphs that can be queried."""

    prefixes: dict[str, str]
    """Prefixes that queries and updates may use without declaring them."""

    def __len__(self) -> int: ...

    def extend(self, quads: Iterable[Quad]) -> None:
        """Add quads; those already there change nothing."""

    def load(self, source: bytes | Path, format: str, graph: str | None = None) -> None:
        """Add the content of a file or of bytes: all of it or, on an error, nothing.

        Parameters
        ----------
        format : str
            `turtle`, `trig`, `nt`, `nq`, `jsonld` or `rdfxml`.
        graph : str, optional
            The graph that triples of a format without graphs go to.

        Raises
        ------
        StoreError
            With file and line, if it cannot be parsed.
        """

    def query(self, sparql: str) -> Result:
        """Run a query over the union of all graphs.

        Raises
        ------
        QueryError
            With the line, if it cannot be parsed.
        """

    def check(self, sparql: str) -> None:
        """Look whether a query can be parsed, without running it.

        Raises
        ------
        QueryError
            With the line, if it cannot be parsed.
        """

    def select(self, sparql: str) -> Iterator[tuple[str, ...]]:
        """Run a SELECT; each row as lexical values, empty for unbound."""

    def construct(self, sparql: str) -> Iterator[Quad]:
        """Run a CONSTRUCT; the graph of its quads is empty."""

    def update(self, sparql: str) -> None:
        """Run a SPARQL update."""

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """All quads, or those of one graph, in no particular order."""

    def graphs(self) -> list[str]:
        """The named graphs, sorted."""

    def dump(self, format: str, graph: str | None = None, *, graphs: Sequence[str] | None = None) -> bytes:
        """All quads in an RDF syntax: the same bytes for the same quads, in whatever order they came.

        A syntax without graphs gives the union of the graphs asked for. `graph` asks for one, `graphs` for several, neither for all.
        """

    @property
    def dataset(self) -> Dataset:
        """A live rdflib view for reading."""

    def close(self) -> None:
        """Let go of files and locks."""


def rdflib_graph(quads: Iterable[Quad]) -> Graph:
    """An rdflib graph in memory of the triples of some quads."""
    graph = Graph()
    for quad in quads:
        graph.add((node(quad.subject), node(quad.predicate), identifier(quad)))
    return graph


def to_pandas(result: Result) -> object:
    """A pandas data frame of a `select`: one column a variable, Python values where a literal has one, IRIs as text.

    Raises
    ------
    MissingExtraError
        Where pandas is not installed.
    """
    try:
        import pandas
    except ImportError as error:
        raise MissingExtraError("a data frame", "pandas") from error
    if result.kind == "ask":
        raise KgError("a yes-or-no answer makes no table", hint="use bool(result)")
    columns = list(result.variables) if result.kind == "select" else ["s", "p", "o"]
    return pandas.DataFrame([[_python(term) for term in row] for row in result], columns=columns)


def _python(term: Identifier | None) -> object:
    if isinstance(term, Literal):
        value = term.toPython()
        return str(value) if isinstance(value, Literal) else value
    return None if term is None else str(term)
