"""A store on a server: `kg.store.base.QuadStore` over the SPARQL 1.1 Protocol. How engines differ is in `dialect`, and in docs/scaling.md.

Statements come from the server as N-Triples and rows as JSON; both are read by the embedded engine, so that terms, result documents
and dumps are the same bytes as from the embedded store.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from rdflib import Dataset

from kg.errors import QueryError, StoreError
from kg.model import Quad
from kg.queries import names_dataset
from kg.store import dialect, lexical
from kg.store.access import Address, Credentials
from kg.store.http import Answer, Client
from kg.store.operations import read_graph, read_results
from kg.store.oxigraph import MemoryStore, OxigraphResult, open_memory
from kg.terms import Names

CHUNK: Final = 10_000
"""Statements of one request when whole graphs are written."""
CHUNK_BYTES: Final = 4_000_000
INSERTED: Final = 1_000
"""Statements of one INSERT DATA; Virtuoso compiles the text, and refuses long ones."""
LISTED: Final = 1_000
"""Up to so many graphs are named in every query; above it the default graph is what the server takes for it."""
TOGETHER: Final = 400
"""Graphs that are counted in one query."""
TABLE: Final = "application/sparql-results+json"
TRIPLES: Final = "application/n-triples"


class SparqlStore:
    """A store behind a query endpoint and, where it is written to, an update endpoint or a graph store.

    Parameters
    ----------
    address : Address
        Where it is.
    credentials : Credentials
        Who asks.
    prefixes : mapping, optional
        Prefixes that queries need not declare.
    graphs : sequence of str, optional
        The graphs that make it up; others on the server are not seen.
    under : str
        Without `graphs`: the graphs whose names begin so, asked for when they are needed. Empty: all there are.
    watch : callable, optional
        Called after each answer; it raises where the answer must not be used.
    """

    def __init__(
        self,
        address: Address,
        credentials: Credentials | None = None,
        prefixes: Mapping[str, str] | None = None,
        *,
        graphs: Sequence[str] | None = None,
        under: str = "",
        watch: Callable[[], None] = lambda: None,
    ) -> None:
        self.prefixes = dict(prefixes if prefixes is not None else Names().prefixes)
        self.address = address
        self._client = Client(credentials or Credentials.from_environment())
        self._fixed = sorted(graphs) if graphs is not None else None
        self._under = under
        self._known: list[str] | None = None
        self.watch = watch

    def __len__(self) -> int:
        return sum(self.counts(self.graphs()).values())

    def __bool__(self) -> bool:
        return True

    def narrowed(self, prefixes: Mapping[str, str], graphs: Sequence[str], watch: Callable[[], None]) -> SparqlStore:
        """The same server over the same connections, of which only some graphs are seen."""
        other = SparqlStore(self.address, Credentials(), prefixes, graphs=graphs, watch=watch)
        other._client = self._client
        return other

    @property
    def engine(self) -> str:
        """The name that the server gives itself, e.g. `Oxigraph/0.5.6`; empty where it gives none."""
        if not self._client.server:
            self.ask("ASK { }", TABLE)
        return self._client.server

    def query(self, sparql: str) -> OxigraphResult:
        """Run a query over the union of the store's graphs; see `QuadStore.query`.

        Raises
        ------
        StoreError
            If the server cannot be reached, or gives no complete answer.
        """
        if not sparql.strip():
            raise QueryError("the query is empty")
        kind = lexical.kind(sparql)
        text = self._with_prefixes(sparql)
        graphs = None if names_dataset(sparql) else self._dataset()
        try:
            answer = self.ask(text, TRIPLES if kind in ("CONSTRUCT", "DESCRIBE") else TABLE, graphs)
        except QueryError as error:
            self._parse(sparql, error)
            raise
        result = self._graph(text, answer, graphs) if kind in ("CONSTRUCT", "DESCRIBE") else self._table(text, answer, graphs)
        self.watch()
        return result

    def check(self, sparql: str) -> None:
        """Look whether a query can be parsed, without running it: by the embedded engine, which tells the place."""
        open_memory(self.prefixes).check(sparql)

    def select(self, sparql: str) -> Iterator[tuple[str, ...]]:
        """Run a SELECT; each row as lexical values, empty for unbound."""
        found = self.query(sparql)
        if found.kind != "select":
            raise QueryError("this is not a SELECT")
        for row in found.cells():
            yield tuple("" if cell is None else cell.object for cell in row)

    def construct(self, sparql: str) -> Iterator[Quad]:
        """Run a CONSTRUCT; the graph of its quads is empty."""
        yield from self.query(sparql).quads()

    def update(self, sparql: str, *, timeout: float | None = None) -> None:
        """Run a SPARQL update. It is sent again only where the server has surely not carried it out."""
        if not self.address.update:
            raise StoreError("it is not said where this store takes updates", hint="--update-url")
        headers = {"Content-Type": "application/sparql-update; charset=utf-8", "Accept": "*/*"}
        body = self._with_prefixes(sparql).encode()
        self._known = None
        try:
            answer = self._client.send("POST", self.address.update, body, headers, repeatable=False, timeout=timeout)
        except QueryError as error:
            self._parse(sparql, error, update=True)
            raise
        if answer.status == 404:
            raise StoreError(f"{self.address.update} takes no updates (404)", hint="check --update-url")

    def extend(self, quads: Iterable[Quad]) -> None:
        """Add quads, in requests of `CHUNK` statements; those already there change nothing, and each request may be repeated."""
        given = open_memory(self.prefixes)
        given.extend(quads)
        graphs = {graph: given.dump("nt", graph).splitlines(keepends=True) for graph in given.graphs()}
        if sum(map(len, graphs.values())) != len(given):
            raise StoreError("a statement without a graph cannot be kept on a server", hint="name its graph")
        for graph, lines in graphs.items():
            for part in chunks(lines):
                self.add(graph, part)

    def load(self, source: bytes | Path, format: str, graph: str | None = None) -> None:
        """Add the content of a file or of bytes; it is parsed before anything is sent, and then added as by `extend`."""
        given = open_memory(self.prefixes)
        given.load(source, format, graph)
        self.extend(given.quads())

    def add(self, graph: str, lines: Sequence[bytes]) -> None:
        """Add lines of N-Triples to a graph: through the graph store where its address is known, else by updates."""
        self._known = None
        if not self.address.graphs:
            for at in range(0, len(lines), INSERTED):
                text = b" ".join(line.rstrip(b"\n") for line in lines[at : at + INSERTED]).decode()
                self._insert(f"INSERT DATA {{ GRAPH <{graph}> {{ {text} }} }}")
            return
        target = f"{self.address.graphs}{'&' if '?' in self.address.graphs else '?'}graph={quote(graph, safe='')}"
        answer = self._client.send("POST", target, b"".join(lines), {"Content-Type": TRIPLES, "Accept": "*/*"})
        if answer.status == 404:
            raise StoreError(f"{self.address.graphs} takes no graphs (404)", hint="check --gsp-url")

    def _insert(self, text: str) -> None:
        if not self.address.update:
            raise StoreError("it is not said where this store takes statements", hint="--update-url or --gsp-url")
        headers = {"Content-Type": "application/sparql-update; charset=utf-8", "Accept": "*/*"}
        self._client.send("POST", self.address.update, text.encode(), headers)

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """All quads, or those of one graph: each graph is fetched whole, and its statements are counted."""
        wanted = self.graphs() if graph is None else [graph]
        yield from self._copy(wanted).quads()

    def graphs(self) -> list[str]:
        """The named graphs that are not empty, sorted."""
        if self._fixed is not None:
            return list(self._fixed)
        if self._known is None:
            # not SELECT DISTINCT, which takes Virtuoso a minute where many statements were removed
            found = self._rows("SELECT ?g WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g", None)
            self._known = sorted(row["g"]["value"] for row in found if row["g"]["value"].startswith(self._under))
        return list(self._known)

    def counts(self, graphs: Sequence[str]) -> dict[str, int]:
        """How many statements each of some graphs holds; empty ones are left out."""
        found: dict[str, int] = {}
        if dialect.is_virtuoso(self.engine):  # it counts a graph in its index, and several by reading all of them
            for graph in graphs:
                (row,) = self._rows(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}", None)
                if number := int(row["n"]["value"]):
                    found[graph] = number
            return found
        for at in range(0, len(graphs), TOGETHER):
            some = graphs[at : at + TOGETHER]
            for row in self._rows("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g", some):
                found[row["g"]["value"]] = int(row["n"]["value"])
        return found

    def dump(self, format: str, graph: str | None = None, *, graphs: Sequence[str] | None = None) -> bytes:
        """All quads in an RDF syntax: the same bytes as the embedded store gives; see `QuadStore.dump`. All of them are held in memory."""
        wanted = [graph] if graph is not None else list(graphs) if graphs is not None else self.graphs()
        return self._copy(wanted).dump(format, graph, graphs=graphs)

    @property
    def dataset(self) -> Dataset:
        """An rdflib copy of what is there now; its default graph is the union."""
        return self._copy(self.graphs()).dataset

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def lines(self, graph: str, count: int | None = None) -> set[bytes]:
        """The statements of a graph as lines of N-Triples, all of them also where the server gives a part at a time.

        Raises
        ------
        StoreError
            If their number is not the one that the server counts.
        """
        wanted = self.counts([graph]).get(graph, 0) if count is None else count
        pattern = f"GRAPH <{graph}> {{ ?s ?p ?o }}"
        found = _lines(self.ask(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}", TRIPLES))
        step = len(found)
        for order in ("", " ORDER BY ?s ?p ?o"):  # by offset alone if that gives all, for sorting costs
            for at in range(step, wanted, max(step, 1)):
                if len(found) >= wanted:
                    break
                inner = f"SELECT ?s ?p ?o WHERE {{ {pattern} }}{order}"
                page = f"SELECT ?s ?p ?o WHERE {{ {{ {inner} }} }} LIMIT {step} OFFSET {at}"
                found |= _lines(self.ask(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {{ {page} }} }}", TRIPLES))
        if len(found) != wanted:
            raise StoreError(
                f"the server gives {len(found):,} of the {wanted:,} statements of <{graph}>", hint="was it changed meanwhile? try again"
            )
        return found

    def ask(self, text: str, accept: str, graphs: Sequence[str] | None = None) -> Answer:
        """Send a query with all its prefixes.

        Parameters
        ----------
        graphs : sequence of str, optional
            The graphs that it is about, together as default graph and each by name.

        Raises
        ------
        StoreError
            If the answer is not what was asked for, or only a part of it.
        """
        fields = [("query", text)]
        if graphs is None:
            fields.append(("union-default-graph", "true"))  # Oxigraph's; others do so anyway or do not know it
        elif dialect.is_virtuoso(self.engine):
            fields = [("query", dialect.virtuoso_dataset(graphs) + text)]
        else:
            fields += [("default-graph-uri", graph) for graph in graphs] + [("named-graph-uri", graph) for graph in graphs]
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
        answer = self._client.send("POST", self.address.query, urlencode(fields).encode(), headers)
        if answer.status == 404:
            raise StoreError(f"{self.address.query} answers queries with 404", hint="check the address: it often ends in /sparql or /query")
        dialect.complete(answer.status, answer.headers)
        known = (TRIPLES, "text/plain") if accept == TRIPLES else (TABLE, "application/json")
        if answer.type not in known:
            raise StoreError(
                f"{self.address.query} answers with {answer.type or 'nothing known'}, not as a SPARQL endpoint does",
                hint="check the address",
            )
        return answer

    def _table(self, text: str, answer: Answer, graphs: Sequence[str] | None) -> OxigraphResult:
        limit = dialect.row_limit(answer.headers)
        if limit or dialect.is_virtuoso(self._client.server):
            document = self._document(answer)
            rows = document.get("results", {}).get("bindings", [])
            if limit and len(rows) >= limit:
                document["results"]["bindings"] = self._all_rows(text, rows, document["head"]["vars"], limit, graphs)
            return read_results(io.BytesIO(json.dumps(document).encode()), self.prefixes)
        return read_results(io.BytesIO(answer.body), self.prefixes)

    def _all_rows(self, text: str, rows: list[Any], names: Sequence[str], limit: int, graphs: Sequence[str] | None) -> list[Any]:
        if names_dataset(lexical.unescape(text)):
            raise QueryError(
                f"the server gives no more than {limit:,} rows of an answer", hint="ask for a part with LIMIT, or raise its limit"
            )
        head, body = lexical.prologue(text)
        (counted,) = self._rows(f"{head}SELECT (COUNT(*) AS ?n) WHERE {{ {{ {body}\n}} }}", graphs)
        total = int(counted["n"]["value"])
        if total == len(rows):
            return rows
        if not any(word.text == "ORDER" and word.depth == 0 for word in lexical.words(body)):
            body = f"SELECT * WHERE {{ {{ {body}\n}} }} ORDER BY {' '.join(f'?{name}' for name in names)}"
        found: list[Any] = []
        while len(found) < total:
            page = self._rows(f"{head}SELECT * WHERE {{ {{ {body}\n}} }} LIMIT {limit} OFFSET {len(found)}", graphs)
            if not page:
                break
            found += page
        if len(found) != total:
            raise QueryError(f"the server gives {len(found):,} of {total:,} rows", hint="was it changed meanwhile? try again")
        return found

    def _rows(self, text: str, graphs: Sequence[str] | None) -> list[Any]:
        found = self._document(self.ask(text, TABLE, graphs))
        rows: list[Any] = found.get("results", {}).get("bindings", [])
        return rows

    def _document(self, answer: Answer) -> dict[str, Any]:
        try:
            document: dict[str, Any] = json.loads(answer.body)
            for row in document.get("results", {}).get("bindings", []):
                for cell in row.values():
                    dialect.mend(cell)
        except (ValueError, AttributeError, KeyError, TypeError) as error:
            raise QueryError(f"the answer is no SPARQL result: {error}") from error
        return document

    def _graph(self, text: str, answer: Answer, graphs: Sequence[str] | None) -> OxigraphResult:
        data = answer.body
        if (
            dialect.is_virtuoso(self._client.server)
            and data.count(b"\n") >= dialect.SUSPICIOUS
            and (rows := lexical.rows_of_construct(text))
        ):
            limit = dialect.row_limit(self.ask(rows, TABLE, graphs).headers)
            if limit:
                raise QueryError(
                    f"the server makes a graph of no more than {limit:,} solutions",
                    hint="ask for a part with LIMIT, or raise ResultSetMaxRows",
                )
        return read_graph(data, self.prefixes)

    def _copy(self, graphs: Sequence[str]) -> MemoryStore:
        copy = open_memory(self.prefixes)
        counted = self.counts(graphs)
        for graph in graphs:
            if number := counted.get(graph):
                copy.load(b"".join(self.lines(graph, number)), "nt", graph)
        self.watch()
        return copy

    def _dataset(self) -> list[str] | None:
        if self._fixed is None and not self._under:
            return None
        graphs = self.graphs()
        return graphs if 0 < len(graphs) <= LISTED else None

    def _with_prefixes(self, sparql: str) -> str:
        """The text with the prefixes that it lacks, on its first line, so that the server counts lines as the author does."""
        missing = sorted(lexical.missing_prefixes(sparql) & self.prefixes.keys())
        return "".join(f"PREFIX {name}: <{self.prefixes[name]}> " for name in missing) + sparql

    def _parse(self, sparql: str, error: QueryError, *, update: bool = False) -> None:
        """Say what the embedded engine says to a text that the server has refused: it names line and column, in the same words for all."""
        if lexical.reaches_out(sparql):
            return
        local = open_memory(self.prefixes)
        try:
            if update:
                local.update(sparql)
            else:
                local.query(sparql)
        except QueryError as better:
            if better.line is not None:
                raise better from error


def chunks(lines: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Lines in parts of at most `CHUNK` lines and about `CHUNK_BYTES` bytes."""
    part: list[bytes] = []
    size = 0
    for line in lines:
        if part and (len(part) >= CHUNK or size + len(line) > CHUNK_BYTES):
            yield part
            part, size = [], 0
        part.append(line)
        size += len(line)
    if part:
        yield part


def _lines(answer: Answer) -> set[bytes]:
    return {line + b"\n" for line in answer.body.split(b"\n") if line and not line.startswith(b"#")}
