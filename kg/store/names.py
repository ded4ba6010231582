"""Which thing a name means: every label, alias, metonym and official name in the graph, in any language and spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from kg.errors import NotFoundError
from kg.store.base import QuadStore
from kg.terms import VOCABULARIES, Names

NAMING = """
SELECT ?thing ?name ?rank WHERE {
  VALUES (?p ?rank) {
    (rdfs:label 0) (kg:officialName 1) (skos:altLabel 2) (dcterms:title 2) (kg:symbol 2) (kg:metonym 4) (kg:demonym 5)
  }
  ?thing ?p ?name .
}
"""
ORDER = ("state", "person", "organisation", "event", "instrument", "place", "programme", "topic", "document", "post", "category", "measure")
"""Where one name means several things, the kind that comes first is taken: `Seoul` the place loses to `Seoul`, short for a state."""
MANY = 200
"""So many labels are looked up at a time."""
NEAR = 78.0
"""The least similarity (0 to 100) of a name that is suggested."""


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Names by their folded spelling; each with the things it means, the likeliest first."""

    things: dict[str, tuple[str, ...]]
    spellings: dict[str, str]

    @classmethod
    def of(cls, store: QuadStore, names: Names) -> NameIndex:
        """Gather the names of a store; takes about 20 ms for 4,000 of them."""
        ranked: dict[str, dict[str, tuple[int, int, str]]] = {}
        spellings: dict[str, str] = {}
        for thing, name, rank in store.select(NAMING):
            kind = names.kind(thing)
            if kind not in ORDER:
                continue
            key = fold(name)
            place = (int(rank), ORDER.index(kind), thing)
            found = ranked.setdefault(key, {})
            found[thing] = min(found.get(thing, place), place)
            spellings[key] = min(spellings.get(key, name), name)
        things = {key: tuple(sorted(found, key=found.__getitem__)) for key, found in ranked.items()}
        return cls(things, spellings)

    def find(self, name: str) -> tuple[str, ...]:
        """The IRIs that a name means, the likeliest first.

        Raises
        ------
        NotFoundError
            With the nearest names, if it means nothing.
        """
        key = fold(name)
        if found := self.things.get(key):
            return found
        raise NotFoundError(name.strip()[:80], self.near(name))

    def near(self, name: str, limit: int = 3) -> tuple[str, ...]:
        """The names most like this one, best first, at most one for each thing."""
        key = fold(name)[:200]
        if not key:
            return ()
        hits = process.extract(key, self.things.keys(), scorer=fuzz.WRatio, limit=20, score_cutoff=NEAR)
        ranked = sorted(hits, key=lambda hit: (-hit[1], abs(len(hit[0]) - len(key)), hit[0]))
        chosen: dict[str, str] = {}
        for spelling, _, _ in ranked:
            chosen.setdefault(self.things[spelling][0], self.spellings[spelling])
        return tuple(chosen.values())[:limit]


def fold(text: str) -> str:
    """A spelling without case, accents, hyphens and doubled spaces, so that `Pjöngjang`, `PJONGJANG` and `pjöngjang` are one."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    marks = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(re.sub(r"[-‐‑–_.'’]", " ", unicodedata.normalize("NFC", marks)).casefold().split())


def expand(text: str, prefixes: dict[str, str]) -> str:
    """An IRI from `<iri>`, `iri` or `prefix:name`, or empty where the text is none of these."""
    bare = text.strip().removeprefix("<").removesuffix(">")
    if re.match(r"(https?|urn):", bare) and not re.search(r'[\s<>"{}|\\^`]', bare):
        return bare
    prefix, colon, rest = bare.partition(":")
    if colon and prefix in prefixes and re.fullmatch(r"[\w./%~-]+", rest):
        return prefixes[prefix] + rest
    return ""


def classes(store: QuadStore) -> Iterable[tuple[str, str]]:
    """The graph's own classes as (local name or label, IRI)."""
    for iri, label in store.select("SELECT ?c ?l WHERE { ?c a owl:Class . OPTIONAL { ?c rdfs:label ?l } }"):
        if iri.startswith(VOCABULARIES["kg"]):
            yield iri.removeprefix(VOCABULARIES["kg"]), iri
            if label:
                yield label, iri


def labels(store: QuadStore, iris: Sequence[str], language: str) -> dict[str, str]:
    """The labels or titles of some things in a language, or else in English or any; those without any are left out."""
    found: dict[str, tuple[int, str]] = {}
    order = {language: 0, "en": 1, "": 2}
    for at in range(0, len(iris), MANY):
        values = " ".join(f"<{iri}>" for iri in iris[at : at + MANY] if not iri.startswith("_:"))
        pattern = f"VALUES ?s {{ {values} }} ?s rdfs:label|dcterms:title ?l"
        for iri, label, tag in store.select(f"SELECT ?s ?l (LANG(?l) AS ?t) WHERE {{ {pattern} }}"):
            found[iri] = min(found.get(iri, (9, label)), (order.get(tag, 3), label))
    return {iri: label for iri, (_, label) in found.items()}
