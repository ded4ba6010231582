"""What the dossier's facts say about names: entities, offices and known events."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from kg.model import Quad
from kg.terms import DCTERMS, KG, ORG, RDF_TYPE, RDFS_LABEL, SKOS, Names, local_name

NAME_KINDS: Final = {
    RDFS_LABEL: "name",
    KG + "officialName": "alias",
    SKOS + "altLabel": "alias",
    SKOS + "prefLabel": "name",
    KG + "metonym": "metonym",
    KG + "demonym": "demonym",
    KG + "adjective": "adjective",
    KG + "roleReference": "role",
}
"""The properties that hold a name, with the kind of mention it makes."""
ACTOR_KINDS: Final = frozenset(("state", "organisation", "person", "candidate"))
SUBJECT_KINDS: Final = frozenset(("topic", "instrument", "programme"))
"""What an event can be about."""
FAMILY_NAME_FIRST: Final = frozenset(("north-korea", "south-korea", "china", "vietnam"))
"""The states whose people's names begin with the family name (local names of the states' IRIs)."""


DEPUTY: Final = re.compile(r"\b(?:vice|deputy|acting|first|stellvertretend\w*|vize\w*|kommissarisch\w*|assistant)\b")
"""A post of this kind is not meant by the bare title."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing that a text can name.

    Attributes
    ----------
    kind : str
        The kind in its IRI: `state`, `person`, `topic` …
    label : str
        The English label (another language's where there is none).
    names : tuple of str
        Every name in every language, sorted; what a record lists. No demonyms, adjectives or role phrases.
    state : str
        The IRI of the state it belongs to or lies in; a state's own IRI.
    """

    iri: str
    kind: str
    label: str
    names: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    state: str = ""
    gender: str = ""


@dataclass(frozen=True, slots=True)
class Tenure:
    """That a person held a post; `titles` are the post's names and titles in lower case."""

    person: str
    post: str
    state: str
    start: str
    end: str
    leads: bool
    titles: tuple[str, ...]
    body: str = ""

    def holds_at(self, date: str) -> bool:
        """Whether it covers a (partial) date; an empty date is taken for the present of an open tenure."""
        if not date:
            return not self.end
        return self.start[: len(date)] <= date and (not self.end or f"{self.end}~" >= date)


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """A curated event, with what it can be recognised by."""

    iri: str
    category: str
    participants: frozenset[str]
    place: str
    start: str
    end: str
    names: tuple[str, ...]
    about: tuple[str, ...] = ()
    status: str = ""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The facts that extraction uses, read once from the graph.

    Attributes
    ----------
    entities : mapping of str to Entity
        By IRI.
    phrases : tuple of (str, str, str, str)
        Name, language, kind of mention, IRI; sorted.
    titles : mapping of str to tuple of str
        A person's titles in lower case.
    """

    names: Names
    entities: Mapping[str, Entity] = field(default_factory=dict)
    phrases: tuple[tuple[str, str, str, str], ...] = ()
    titles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tenures: tuple[Tenure, ...] = ()
    events: tuple[KnownEvent, ...] = ()

    @classmethod
    def from_quads(cls, quads: Iterable[Quad], names: Names) -> Knowledge:
        """The knowledge in a graph of facts.

        Parameters
        ----------
        quads : iterable of Quad
            Statements shaped as `docs/model.md` says; read once, in any order.
        names : Names
            The dossier's IRIs.
        """
        return _Reader(quads, names).knowledge()

    def state_of(self, iri: str) -> str:
        """The state that an entity is, belongs to or lies in; empty where none is known."""
        entity = self.entities.get(iri)
        return entity.state if entity else ""

    def labels(self, language: str) -> dict[str, str]:
        """The labels in one language, by IRI; of several the first in order."""
        found: dict[str, str] = {}
        for phrase, tag, kind, iri in self.phrases:
            if kind == "name" and tag == language:
                found.setdefault(iri, phrase)
        return found

    def holder(self, state: str, titles: Iterable[str], date: str, named: frozenset[str] = frozenset()) -> str:
        """The person who holds a post of a state at a date, by the post's title; a post that leads the state comes first.

        Without a date, whoever of the persons `named` in the document held it at any time.
        Returns the person's IRI, or empty where nobody or more than one person fits.
        """
        wanted = re.compile("|".join(rf"\b{re.escape(title.casefold())}\b" for title in sorted(titles)) or r"(?!)")
        fitting = [
            tenure
            for tenure in self.tenures
            if tenure.state == state
            and (tenure.holds_at(date) if date else tenure.person in named)
            and any(wanted.search(title) and not DEPUTY.search(title) for title in tenure.titles)
        ]
        leading = {tenure.person for tenure in fitting if tenure.leads}
        people = leading or {tenure.person for tenure in fitting}
        return next(iter(people)) if len(people) == 1 else ""

    def leader(self, state: str, date: str, named: frozenset[str] = frozenset()) -> str:
        """The person who leads a state at a date, without one whoever of those `named` ever did; empty where not just one fits."""
        leading = [tenure for tenure in self.tenures if tenure.state == state and tenure.leads]
        people = {tenure.person for tenure in leading if (tenure.holds_at(date) if date else tenure.person in named)}
        return next(iter(people)) if len(people) == 1 else ""


class _Reader:
    """Gathers the statements by subject, then makes the values."""

    def __init__(self, quads: Iterable[Quad], names: Names) -> None:
        self.names = names
        self.facts: dict[str, dict[str, list[tuple[str, str]]]] = {}
        for quad in quads:
            self.facts.setdefault(quad.subject, {}).setdefault(quad.predicate, []).append((quad.object, quad.language))

    def one(self, iri: str, predicate: str) -> str:
        """The first value in order, or empty."""
        return min((value for value, _ in self.facts.get(iri, {}).get(predicate, ())), default="")

    def all(self, iri: str, *predicates: str) -> tuple[str, ...]:
        facts = self.facts.get(iri, {})
        return tuple(sorted({value for predicate in predicates for value, _ in facts.get(predicate, ())}))

    def label(self, iri: str) -> str:
        labels = sorted(self.facts.get(iri, {}).get(RDFS_LABEL, ()), key=lambda item: (item[1] != "en", item[1], item[0]))
        return labels[0][0] if labels else local_name(iri)

    def state(self, iri: str, depth: int = 0) -> str:
        if self.names.kind(iri) == "state" or depth > 5:
            return iri if self.names.kind(iri) == "state" else ""
        direct = self.one(iri, KG + "ofState") or self.one(iri, KG + "inState") or self.one(iri, KG + "runBy")
        if direct:
            return direct
        parent = self.one(iri, KG + "partOfBody")
        return self.state(parent, depth + 1) if parent else ""

    def knowledge(self) -> Knowledge:
        entities: dict[str, Entity] = {}
        phrases: set[tuple[str, str, str, str]] = set()
        titles: dict[str, tuple[str, ...]] = {}
        for iri in sorted(self.facts):
            kind = self.names.kind(iri)
            if kind not in ACTOR_KINDS | SUBJECT_KINDS | {"place"}:
                continue
            for predicate, mention in NAME_KINDS.items():
                for value, language in self.facts[iri].get(predicate, ()):
                    phrases.add((value.strip(), language, mention, iri))
            listed = self.all(iri, RDFS_LABEL, KG + "officialName", SKOS + "altLabel", KG + "metonym")
            classes = tuple(sorted(local_name(value) for value in self.all(iri, RDF_TYPE)))
            entities[iri] = Entity(iri, kind, self.label(iri), listed, classes, self.state(iri), self.one(iri, KG + "gender"))
            if kind == "person":
                titles[iri] = tuple(sorted({value.casefold() for value in self.all(iri, KG + "title")}))
        return Knowledge(self.names, entities, tuple(sorted(phrases)), titles, self.tenures(), self.events())

    def tenures(self) -> tuple[Tenure, ...]:
        found = []
        for iri in sorted(self.facts):
            person, post = self.one(iri, ORG + "member"), self.one(iri, KG + "post")
            if self.names.kind(iri) != "tenure" or not person:
                continue
            led = self.one(post, KG + "leadsState")
            body = self.one(iri, ORG + "organization") or self.one(post, ORG + "postIn")
            state = led or self.state(body) or self.state(person)
            labels = {value.casefold() for value in self.all(post, RDFS_LABEL, SKOS + "altLabel", KG + "title")}
            found.append(
                Tenure(person, post, state, self.one(iri, KG + "start"), self.one(iri, KG + "end"), bool(led), tuple(sorted(labels)), body)
            )
        return tuple(found)

    def events(self) -> tuple[KnownEvent, ...]:
        found = []
        for iri in sorted(self.facts):
            if self.names.kind(iri) != "event":
                continue
            people = self.all(iri, KG + "actor", KG + "recipient", KG + "participant")
            states = {self.state(person) for person in people}
            start = self.one(iri, KG + "date") or self.one(iri, KG + "start")
            found.append(
                KnownEvent(
                    iri,
                    next(
                        (local_name(value) for value in self.all(iri, RDF_TYPE) if value.startswith(KG) and value != KG + "Event"), "Event"
                    ),
                    frozenset({*people, *states} - {""}),
                    self.one(iri, KG + "place"),
                    start,
                    self.one(iri, KG + "end") or start,
                    self.all(iri, RDFS_LABEL, SKOS + "altLabel", DCTERMS + "title"),
                    self.all(iri, KG + "about"),
                    local_name(self.one(iri, KG + "status")) if self.one(iri, KG + "status") else "",
                )
            )
        return tuple(found)


def short_names(entity: Entity) -> tuple[str, ...]:
    """A person's family name, in each spelling that the entity lists."""
    state = local_name(entity.state) if entity.state else ""
    found = set()
    for name in entity.names:
        parts = name.split()
        if len(parts) < 2 or not all(part[0].isupper() for part in parts) or (not name.isascii() and not parts[-1][0].isascii()):
            continue
        eastern = state in FAMILY_NAME_FIRST and max(len(part) for part in parts) <= 9 and len(parts[0]) <= 5
        found.add(parts[0] if eastern else parts[-1])
    return tuple(sorted(name for name in found if len(name) > 1))
