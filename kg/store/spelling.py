"""Names in a query that mean nothing in the graph, with those that were perhaps meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from kg.sparql import names
from kg.store.base import QuadStore
from kg.terms import KINDS, VOCABULARIES, XSD, shorten

NEAR = 70.0
"""The least similarity (0 to 100) of a name that is suggested."""
LIMIT = 3


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name in a query that no statement of the graph uses.

    Attributes
    ----------
    text : str
        As the query has it.
    near : tuple of str
        The names most like it that the graph uses, best first, in prefixed form.
    term : bool
        Whether it is of a vocabulary, and not a thing.
    """

    text: str
    near: tuple[str, ...]
    term: bool

    def __str__(self) -> str:
        known = f"{self.text} is no term of this graph" if self.term else f"this graph has no {self.text}"
        return f"{known}; did you mean {', '.join(self.near)}?" if self.near else known


def unknown_names(store: QuadStore, sparql: str) -> list[Unknown]:
    """The names of known prefixes in a query that the graph does not use anywhere, in the order of the text.

    A look-up costs some microseconds a name; only where one is unknown are the names of its prefix gone through.
    """
    found: dict[str, Unknown] = {}
    all_: list[str] = []
    for name in names(sparql, store.prefixes):
        space = max((space for space in store.prefixes.values() if name.iri.startswith(space)), key=len, default="")
        if not space or name.iri == space or space == XSD or name.iri in found or known(store, name.iri):
            continue
        term = space in VOCABULARIES.values() and space != VOCABULARIES["wd"]
        all_ = all_ or used(store)
        shown = name.text if not name.text.startswith("<") else shorten(name.iri, store.prefixes)
        found[name.iri] = Unknown(shown, tuple(nearest(store, name.iri, space, all_)), term)
    return list(found.values())


def known(store: QuadStore, iri: str) -> bool:
    """Whether any statement has the IRI at any of its places."""
    places = (f"<{iri}> ?p ?o", f"?s ?p <{iri}>", f"?s <{iri}> ?o", f"GRAPH <{iri}> {{ ?s ?p ?o }}")
    return any(next(store.select(f"SELECT ?p {{ {place} }} LIMIT 1"), None) is not None for place in places)


def nearest(store: QuadStore, iri: str, space: str, all_: Sequence[str]) -> Iterator[str]:
    """The names that come nearest to an IRI, best first: the same name of another kind, else those of its own that are spelled alike."""
    local = iri[len(space) :]
    kinds = {store.prefixes[kind]: kind for kind in KINDS if kind in store.prefixes and store.prefixes[kind] != space}
    same = [other for other in all_ if other.endswith("/" + local) and other[: -len(local)] in kinds]
    if same and space in store.prefixes.values() and space not in VOCABULARIES.values():
        yield from (shorten(other, store.prefixes) for other in same[:LIMIT])
        return
    names_ = {other[len(space) :]: other for other in all_ if other.startswith(space)}
    hits = process.extract(local, list(names_), scorer=_alike, limit=LIMIT, score_cutoff=NEAR)
    best = hits[0][1] if hits else 0.0
    yield from (shorten(names_[spelling], store.prefixes) for spelling, score, _ in hits if score > best - 10)


def _alike(one: str, other: str, *, score_cutoff: float | None = None) -> float:
    """How like two spellings are, 0 to 100: case counts only where nothing else tells two names apart, as in `kg:Actor` and `kg:actor`."""
    folded = fuzz.ratio(one.casefold(), other.casefold(), score_cutoff=score_cutoff)
    return folded - (1.0 if one[:1].isupper() != other[:1].isupper() else 0.0) if folded else 0.0


def used(store: QuadStore) -> list[str]:
    """All IRIs that are subject, property, class or graph somewhere in the store: 80 ms for 32,000 statements."""
    places = ("?t ?p ?o", "?s ?t ?o", "?s a ?t", "GRAPH ?t { ?s ?p ?o }")
    return sorted({row[0] for place in places for row in store.select(f"SELECT DISTINCT ?t {{ {place} }}")})
