"""The built graph in one object: what `kg.build()` gives and `kg.open()` reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kg import queries
from kg.card import Card, card
from kg.errors import NotFoundError, QueryError, StoreError
from kg.ontology import Dossier
from kg.queries import NamedQuery
from kg.store import generations
from kg.store.access import Address
from kg.store.base import QuadStore, Result
from kg.store.generations import Generation
from kg.store.names import NameIndex, classes, expand, fold
from kg.store.oxigraph import MemoryStore, open_disk
from kg.store.timeview import view
from kg.terms import Names

if TYPE_CHECKING:
    import networkx as nx
    from rdflib import Dataset


@dataclass(slots=True)
class BuildReport:
    """What a build did."""

    dossier: Path
    seconds: dict[str, float] = field(default_factory=dict)
    statements: dict[str, int] = field(default_factory=dict)
    """Statements by named graph."""
    classes: dict[str, int] = field(default_factory=dict)
    """Things by class of the vocabulary (local name)."""
    claims: dict[str, int] = field(default_factory=dict)
    """Claims by document."""
    notes: list[str] = field(default_factory=list)
    rules: dict[str, int] = field(default_factory=dict)
    """Statements made, by rule."""
    store: Path | Address | None = None


class KnowledgeGraph:
    """A graph that can be queried, mirrored and shown.

    Parameters
    ----------
    store : QuadStore
        Where its quads are.
    names : Names
        How its IRIs are made.
    dossier : Dossier, optional
        The dossier that it was built from; it brings the named queries and the style of the page.
    report : BuildReport, optional
        What the build did, where it was just built.
    """

    def __init__(self, store: QuadStore, names: Names, dossier: Dossier | None = None, report: BuildReport | None = None) -> None:
        self.report = report
        self.store = store
        self.names = names
        self.dossier = dossier

    def __len__(self) -> int:
        return len(self.store)

    def __repr__(self) -> str:
        return f"<KnowledgeGraph of {len(self.store):,} statements under {self.names.base}>"

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that queries need not declare."""
        return self.store.prefixes

    @property
    def dataset(self) -> Dataset:
        """A live rdflib `Dataset` for reading; its default graph is the union of all graphs."""
        return self.store.dataset

    @cached_property
    def index(self) -> NameIndex:
        """All names in the graph."""
        return NameIndex.of(self.store, self.names)

    def query(self, query: str, **values: str) -> Result:
        """Run SPARQL, or a named query of the dossier.

        Parameters
        ----------
        query : str
            SPARQL text (the dossier's prefixes are known), or the name of a named query.
        **values : str
            Values for its parameters (`$name` in the text): a date, a number, a text, or anything by one of its names.

        Returns
        -------
        Result
            Iterates over rows of rdflib terms; `serialize`, `quads` and `to_pandas` give other forms.

        Raises
        ------
        QueryError
            If it cannot be parsed or run, or a parameter is wrong.
        """
        return self.store.query(self.text(query, values))

    def text(self, query: str, values: Mapping[str, str]) -> str:
        """The SPARQL text that `query` runs."""
        named = self.named(query)
        if named is not None:
            return queries.fill(named, values, self.resolve)
        if values:
            raise QueryError("values go with a named query only", hint="see 'kg query --list'")
        if not any(char in query for char in "{} \n"):
            known = list(self.dossier.queries) if self.dossier else []
            near = NameIndex({fold(n): (n,) for n in known}, {fold(n): n for n in known}).near(query)
            raise QueryError(f"no query is called {query!r}", hint=f"did you mean {', '.join(near)}?" if near else "see 'kg query --list'")
        return query

    def named(self, name: str) -> NamedQuery | None:
        """The named query of that name, or None."""
        return self.dossier.queries.get(name) if self.dossier else None

    def find(self, name: str) -> str:
        """The IRI of a thing by IRI, prefixed name, label or alias in any language.

        Raises
        ------
        NotFoundError
            With the nearest names.
        """
        iri = expand(name, self.prefixes)
        if iri:
            if next(self.store.select(f"SELECT ?p WHERE {{ <{iri}> ?p ?o }} LIMIT 1"), None) is None:
                raise NotFoundError(name, self.index.near(name.rsplit(":", 1)[-1].rsplit("/", 1)[-1].replace("-", " ")))
            return iri
        return self.index.find(name)[0]

    def resolve(self, type_: str, value: str) -> str:
        """The IRI for a parameter of type `entity` or `class`."""
        if type_ == "entity":
            return self.find(value)
        known = {fold(name): iri for name, iri in classes(self.store)}
        iri = expand(value, self.prefixes) or known.get(fold(value), "")
        if not iri:
            near = NameIndex({key: (i,) for key, i in known.items()}, {key: key for key in known}).near(value)
            raise NotFoundError(value, near)
        return iri

    def card(self, name: str, language: str = "en") -> Card:
        """All that the graph says of one thing, on a page; see `kg.card.card`."""
        return card(self.store, self.find(name), language)

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """A copy of the graph for networkx; see `kg.mirror.mirror`."""
        from kg.mirror import mirror  # networkx takes 0.2 s to import; a query does not need it

        return mirror(self.store.quads(), self.names)

    def to_html(self, language: str = "en") -> str:
        """The interactive page as one HTML text."""
        from kg.view.page import render  # pyvis takes 0.3 s to import

        title = "kg"
        style: Mapping[str, object] = {}
        if self.dossier:
            title = self.dossier.title.get(language) or self.dossier.title.get("en", title)
            style = self.dossier.style
        return render(self.to_networkx(), title=title, style=style, language=language)

    def _repr_html_(self) -> str:
        from kg.view.notebook import repr_html  # as above

        return repr_html(self.to_html())

    def view(self, at: str | None = None, known_by: str | None = None) -> KnowledgeGraph:
        """The graph as of a day, in memory: what was so then, what had been said by then, or both; see `kg.store.timeview`.

        Raises
        ------
        QueryError
            If a date is none.
        """
        return KnowledgeGraph(view(self.store, at, known_by), self.names, self.dossier) if at or known_by else self

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()


def open_graph(store: Path | Address, dossier: Dossier | None = None) -> KnowledgeGraph:
    """Open a graph that was built into a folder or onto a server, for reading.

    Parameters
    ----------
    store : Path or Address
        The folder, or the addresses of the server; who asks there is read from the environment (`kg.store.access.Credentials`).
    dossier : Dossier, optional
        Where named queries and style come from.

    Raises
    ------
    StoreError
        If there is none.
    """
    if isinstance(store, Address):
        from kg.store.publish import open_remote  # the client takes 0.1 s to import

        remote, notes = open_remote(store, prefer=dossier.names.base if dossier else "")
        return KnowledgeGraph(remote, Names(notes.base), dossier)
    generation, opened = _open_current(store)
    names = Names(str(generation.notes.get("base", Names().base)))
    noted = generation.notes.get("prefixes")
    prefixes = {str(k): str(v) for k, v in noted.items()} if isinstance(noted, dict) else names.prefixes
    opened.prefixes = prefixes
    return KnowledgeGraph(opened, names, dossier)


def _open_current(store: Path) -> tuple[Generation, MemoryStore]:
    """The generation in use, opened; once more where builds replaced it between reading its name and opening it."""
    while True:
        generation = generations.current(store)
        try:
            return generation, open_disk(generation.folder / "quads")
        except StoreError:
            if generations.current(store).folder == generation.folder:
                raise
