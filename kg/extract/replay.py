"""Replaying the log of decisions on what the machine drew out of a document: states, corrected claims, merged names."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg.errors import DossierError
from kg.extract import reviews, triples
from kg.extract.reviews import Edit, Log, Review
from kg.model import Claim, Event, Extraction, Link, Mention, Quad
from kg.store.base import QuadStore
from kg.terms import EVENT_TYPES, KG, PROV, QUAD_CLASSES, RELATION_TYPES, XSD, Names

NOT_CHOSEN = {"Event", *QUAD_CLASSES}
"""Classes too wide to be the type of an event."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision may name.

    Attributes
    ----------
    labels : mapping
        IRI to English label.
    parents : mapping
        Local name of a class to those of the classes right above it.
    """

    labels: Mapping[str, str]
    parents: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, store: QuadStore) -> Known:
        """What a store with facts and schema holds."""
        rows = store.select('SELECT ?s ?l WHERE { ?s rdfs:label ?l . FILTER(LANG(?l) = "en") } ORDER BY ?s DESC(?l)')
        labels = {iri: text for iri, text in rows}  # noqa: C416 # rows are tuples of any length to a type checker
        parents: dict[str, set[str]] = {}
        for name, above in store.select("SELECT ?c ?a WHERE { ?c rdfs:subClassOf ?a }"):
            if name.startswith(KG) and above.startswith(KG):
                parents.setdefault(name.removeprefix(KG), set()).add(above.removeprefix(KG))
        return cls(labels, {name: frozenset(above) for name, above in parents.items()})

    def event_type(self, category: str) -> str:
        """The type (`Consult`) of a class of events (`Summit`); the class itself if it is outside the sixteen, empty if it is none."""
        if category in RELATION_TYPES or category in EVENT_TYPES:
            return category
        level, seen = {category}, {category}
        while level:
            if found := sorted(level & set(EVENT_TYPES)):
                return found[0]
            level = {above for name in level for above in self.parents.get(name, ())} - seen
            seen |= level
        return category if "Event" in seen and category not in NOT_CHOSEN else ""

    @property
    def event_types(self) -> tuple[str, ...]:
        """Every class or relation that an edit may choose, sorted."""
        every = {*self.parents, *EVENT_TYPES, *RELATION_TYPES}
        return tuple(sorted(name for name in every if self.event_type(name)))


class Replayer:
    """Applies a log to one document after the other.

    Parameters
    ----------
    log : Log
        The decisions.
    known : Known
        What edits and merges may name.
    names : Names
        The dossier's names.
    german : mapping, optional
        The German labels of things, for the labels of events.

    Raises
    ------
    DossierError
        With file and line, if a merge names something that the dossier does not hold.
    """

    def __init__(self, log: Log, known: Known, names: Names, german: Mapping[str, str] | None = None) -> None:
        self.german = german
        self.log = log
        self.known = known
        self.names = names
        self.present: dict[int, str] = {}
        """Position in the log to the IRI of the claim that it was found to be about."""
        self._standing: dict[str, Review] = {}
        self._seen: set[str] = set()
        for candidate, entity in log.into.items():
            if entity not in known.labels and names.kind(entity) != "candidate":
                raise self._error(log.merged[candidate], f"{entity} is described nowhere")

    def document(self, extraction: Extraction, run: str) -> Iterator[Quad]:
        """The quads of an extraction, shaped as `kg.extract.triples.quads` shapes them, after all decisions on it.

        Raises
        ------
        DossierError
            With file and line, if an edit names a class or an entity that the dossier does not hold.
        """
        machine = reviews.keys(extraction.claims)
        merged = self._merged(extraction)
        keys: dict[str, str] = {}
        decided: dict[str, tuple[int, Review]] = {}
        for before, claim in zip(extraction.claims, merged.claims, strict=True):
            iri = self.names.thing("claim", claim.key)
            if iri in keys:
                continue
            keys[iri] = machine[before.key]
            numbers = self.log.on(self.names.thing("claim", before.key), keys[iri], claim.quote)
            numbers = sorted({*numbers, *self.log.on(iri, keys[iri], claim.quote)})
            self.present |= dict.fromkeys(numbers, iri)
            if numbers and self.log.reviews[numbers[-1]].decision != "withdraw":
                decided[iri] = numbers[-1], self.log.reviews[numbers[-1]]
        states = {iri: reviews.STATES[review.decision] for iri, (_, review) in decided.items()}
        written: list[Claim] = []
        revisions: list[tuple[str, str]] = []
        for claim in merged.claims:
            iri = self.names.thing("claim", claim.key)
            number, review = decided.get(iri, (-1, None))
            if review is None or review.decision != "edit" or any(iri == old for _, old in revisions):
                continue
            mended = self._mended(claim, review, merged)
            new = self.names.thing("claim", mended.key)
            if new == iri or (new in keys and decided.get(new, (-1,))[0] < number):
                states[new] = KG + "Accepted"
            if new not in keys:
                written.append(mended)
                states[new] = KG + "Accepted"
            if new != iri:
                revisions.append((new, iri))
            self._standing.setdefault(new, review)
        self._standing |= {iri: review for iri, (_, review) in decided.items()}
        self._seen |= set(keys)
        yield from self._stated(triples.quads(merged, self.names, run, self.german), states)
        yield from self._stated(self._without_made(Extraction(merged.document, claims=tuple(written)), run), states)
        graph = self.names.graph(f"document/{merged.document.name}")
        for iri, key in keys.items():
            yield Quad(iri, KG + "contentKey", key, graph, XSD + "string")
        for new, old in revisions:
            yield Quad(new, PROV + "wasRevisionOf", old, graph)

    def rest(self) -> Iterator[Quad]:
        """The log itself, once all documents are through."""
        yield from reviews.quads(self.log, self.names, self.present)
        for iri, review in sorted({**self.elsewhere, **self._standing}.items()):
            yield from reviews.reviewer(iri, review.by, self.names)

    @property
    def elsewhere(self) -> dict[str, Review]:
        """The decisions that stand on claims which no document gave: curated ones, or ones whose sentence is gone."""
        left = [review for number, review in enumerate(self.log.reviews) if number not in self.present and review.claim]
        last = {review.claim: review for review in left}
        return {iri: review for iri, review in sorted(last.items()) if review.decision in ("accept", "reject") and iri not in self._seen}

    # ---- parts

    def _merged(self, extraction: Extraction) -> Extraction:
        into = self.log.into
        if not into:
            return extraction

        def one(link: Link) -> Link:
            entity = into.get(link.entity)
            return link if entity is None else dataclasses.replace(link, entity=entity, label=self.known.labels.get(entity, link.label))

        def some(links: tuple[Link, ...]) -> tuple[Link, ...]:
            return tuple({made.entity: made for made in reversed([one(link) for link in links])}.values())[::-1]

        def claimed(claim: Claim) -> Claim:
            event = dataclasses.replace(claim.event, actors=some(claim.event.actors), recipients=some(claim.event.recipients))
            return dataclasses.replace(claim, event=event, speakers=some(claim.speakers))

        links = tuple(one(link) for link in extraction.links)
        return dataclasses.replace(extraction, links=links, claims=tuple(claimed(claim) for claim in extraction.claims))

    def _mended(self, claim: Claim, review: Review, extraction: Extraction) -> Claim:
        edit: Edit = review.edit
        event: Event = claim.event

        def links(iris: tuple[str, ...]) -> tuple[Link, ...]:
            return tuple(self._link(iri, claim, review, extraction) for iri in iris)

        if edit.event:
            category = edit.type or event.category
            kind = self.known.event_type(category) if edit.type else event.type
            if not kind:
                raise self._error(review, f"{category!r} is no class of events and no relation")
            actors = event.actors if edit.actors is None else links(edit.actors)
            recipients = event.recipients if edit.recipients is None else links(edit.recipients)
            if kind in RELATION_TYPES and not (len(actors) == len(recipients) == 1):
                raise self._error(review, f"{kind} is between one actor and one recipient")
            event = dataclasses.replace(event, type=kind, category=category, actors=actors, recipients=recipients, known="")
        speakers = claim.speakers if edit.speakers is None else links(edit.speakers)
        return dataclasses.replace(claim, event=event, status=edit.status or claim.status, speakers=speakers, confidence=1.0)

    def _link(self, iri: str, claim: Claim, review: Review, extraction: Extraction) -> Link:
        """The entity as the sentence names it, else with an empty mention, which is not written."""
        iri = self.log.into.get(iri, iri)
        inside = [link for link in extraction.links if link.entity == iri and claim.start <= link.mention.start < claim.end]
        said = [*claim.event.actors, *claim.event.recipients, *claim.speakers]
        for link in (*(link for link in said if link.entity == iri), *inside):
            return link
        label = self.known.labels.get(iri) or next((link.label for link in extraction.links if link.entity == iri), "")
        if not label:
            raise self._error(review, f"{iri} is described nowhere")
        return Link(Mention(claim.start, claim.start, "", "review"), iri, label, (label,))

    def _without_made(self, extraction: Extraction, run: str) -> Iterator[Quad]:
        made = set()
        for claim in extraction.claims:
            for link in (*claim.event.actors, *claim.event.recipients, *claim.speakers):
                if link.mention.start == link.mention.end:
                    place = (str(link.mention.start), str(link.mention.end))
                    made.add(self.names.mint("mention", extraction.document.name, *place, link.entity))
        if extraction.claims:
            for quad in triples.quads(extraction, self.names, run, self.german):
                if quad.subject not in made and quad.object not in made:
                    yield quad

    def _stated(self, quads: Iterator[Quad], states: Mapping[str, str]) -> Iterator[Quad]:
        for quad in quads:
            yield quad._replace(object=states.get(quad.subject, quad.object)) if quad.predicate == KG + "reviewState" else quad

    def _error(self, review: Review, message: str) -> DossierError:
        hint = "withdraw the decision with 'kg review', or add what it names"
        return DossierError(message, file=self.log.file, line=review.line or None, hint=hint)
