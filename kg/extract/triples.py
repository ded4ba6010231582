"""Triples: an extraction as quads in the graph of its document, shaped as `docs/model.md` says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from kg.model import Claim, Document, Event, Extraction, Link, Quad
from kg.terms import DCTERMS, KG, OA, PROV, RDF, RDF_TYPE, RDFS_LABEL, XSD, Names

LANG_STRING: Final = RDF + "langString"
MEETINGS: Final = frozenset(("Summit", "Meeting", "Talks", "Consult", "Agree", "Cooperate", "FamilyReunion", "MilitaryExercise"))
"""Classes in which all parties are `kg:actor`."""
PREDICATES: Final = {"HoldsPosition": KG + "worksFor", "MemberOf": KG + "memberOf", "AllyOf": KG + "alliedWith", "LocatedIn": KG + "place"}
"""The property of each relation type, for a claim about a plain triple."""


GERMAN: Final = {
    "Agree": "Zustimmen", "Consult": "Beraten", "Support": "Unterstützen", "Concede": "Einlenken", "Cooperate": "Zusammenarbeiten",
    "Aid": "Helfen", "Retreat": "Zurückweichen", "Request": "Fordern", "Accuse": "Beschuldigen", "Reject": "Ablehnen",
    "Threaten": "Drohen", "Protest": "Protestieren", "Sanction": "Sanktionieren", "Mobilize": "Aufrüsten und aufmarschieren",
    "Coerce": "Zwang ausüben", "Assault": "Angreifen", "Summit": "Gipfeltreffen", "Visit": "Besuch", "Letter": "Brief",
    "Meeting": "Treffen", "Talks": "Gespräche", "Pledge": "Zusicherung", "FamilyReunion": "Familienzusammenführung",
    "SanctionsRelief": "Sanktionslockerung", "Dismantlement": "Rückbau", "Suspension": "Aussetzung", "Release": "Freilassung",
    "TalksBreakdown": "Abbruch von Gesprächen", "SanctionsAdoption": "Verhängung von Sanktionen", "MilitaryExercise": "Militärmanöver",
    "MissileTest": "Raketentest", "NuclearTest": "Atomtest", "WeaponsDevelopment": "Waffenentwicklung", "War": "Krieg",
    "Statement": "Äußerung", "Publication": "Veröffentlichung", "Appointment": "Ernennung",
}  # fmt: skip
"""The German names of the classes of events, as the vocabulary has them."""


def quads(extraction: Extraction, names: Names, run: str, german: Mapping[str, str] | None = None) -> Iterator[Quad]:
    """The quads of an extraction, each once, in a fixed order.

    Parameters
    ----------
    extraction : Extraction
        What an engine made of a document.
    names : Names
        The dossier's names.
    run : str
        The IRI of the extraction run.
    german : mapping of str to str, optional
        German labels by IRI (`Knowledge.labels`), for the German labels of events; a participant without one keeps its English label.

    Yields
    ------
    Quad
        All in the graph `document/<name>`: the document, its linked mentions, events, claims and candidates. A claim about a known
        event points to it; nothing is added to the event.
    """
    seen: set[Quad] = set()
    for quad in _Writer(extraction.document, names, run, german or {}).all(extraction):
        if quad not in seen:
            seen.add(quad)
            yield quad


def typed_date(text: str) -> tuple[str, str]:
    """A partial date with its datatype: day, month or year."""
    return text, XSD + {4: "gYear", 7: "gYearMonth"}.get(len(text), "date")


class _Writer:
    """Writes one document's quads."""

    def __init__(self, document: Document, names: Names, run: str, german: Mapping[str, str]) -> None:
        self.german = german
        self.document = document
        self.names = names
        self.run = run
        self.iri = names.thing("document", document.name)
        self.graph = names.graph(f"document/{document.name}")

    def node(self, subject: str, predicate: str, target: str) -> Quad:
        return Quad(subject, predicate, target, self.graph)

    def value(self, subject: str, predicate: str, text: str, datatype: str = XSD + "string") -> Quad:
        return Quad(subject, predicate, text, self.graph, datatype)

    def text(self, subject: str, predicate: str, text: str, language: str) -> Quad:
        return Quad(subject, predicate, text, self.graph, LANG_STRING, language)

    def dated(self, subject: str, predicate: str, date: str) -> Quad:
        return self.value(subject, predicate, *typed_date(date))

    def all(self, extraction: Extraction) -> Iterator[Quad]:
        yield from self.metadata()
        for link in extraction.links:
            yield from self.mention(link)
        for claim in extraction.claims:
            yield from self.claim(claim)

    def metadata(self) -> Iterator[Quad]:
        document = self.document
        language = document.language or "und"
        yield self.node(self.iri, RDF_TYPE, KG + "Document")
        yield self.node(self.iri, RDF_TYPE, KG + "Article")
        title = document.title or document.name
        yield self.text(self.iri, RDFS_LABEL, title, language)
        yield self.text(self.iri, DCTERMS + "title", title, language)
        for predicate, text in (
            (DCTERMS + "publisher", document.publisher),
            (DCTERMS + "creator", document.author),
            (DCTERMS + "language", document.language),
            (DCTERMS + "license", document.licence),
            (DCTERMS + "identifier", document.checksum),
        ):
            if text:
                yield self.value(self.iri, predicate, text)
        if document.url:
            yield self.value(self.iri, DCTERMS + "source", document.url)
        if document.published:
            yield self.dated(self.iri, DCTERMS + "issued", document.published)

    def mention(self, link: Link) -> Iterator[Quad]:
        iri = self.mention_iri(link)
        yield self.node(iri, RDF_TYPE, KG + "Mention")
        yield self.node(iri, OA + "hasSource", self.iri)
        yield self.value(iri, OA + "start", str(link.mention.start), XSD + "integer")
        yield self.value(iri, OA + "end", str(link.mention.end), XSD + "integer")
        yield self.value(iri, OA + "exact", link.mention.text)
        yield self.node(iri, KG + "refersTo", link.entity)
        if self.names.kind(link.entity) == "candidate":
            yield self.node(link.entity, RDF_TYPE, KG + "Candidate")
            yield self.text(link.entity, RDFS_LABEL, link.label, self.document.language or "und")

    def mention_iri(self, link: Link) -> str:
        return self.names.mint("mention", self.document.name, str(link.mention.start), str(link.mention.end), link.entity)

    def claim(self, claim: Claim) -> Iterator[Quad]:
        iri = self.names.thing("claim", claim.key)
        yield self.node(iri, RDF_TYPE, KG + "Claim")
        if claim.event.type in PREDICATES:
            yield self.node(iri, RDF + "subject", claim.event.actors[0].entity)
            yield self.node(iri, RDF + "predicate", PREDICATES[claim.event.type])
            yield self.node(iri, RDF + "object", claim.event.recipients[0].entity)
        elif claim.event.known:
            yield self.node(iri, KG + "states", claim.event.known)
        else:
            event = self.names.thing("event", claim.event.key)
            yield self.node(iri, KG + "states", event)
            yield from self.event(event, claim.event)
        yield self.node(iri, KG + "status", KG + claim.status.capitalize())
        yield self.value(iri, KG + "confidence", _decimal(claim.confidence), XSD + "decimal")
        yield self.node(iri, KG + "reviewState", KG + "Unreviewed")
        yield self.node(iri, PROV + "wasDerivedFrom", self.iri)
        yield self.node(iri, PROV + "wasGeneratedBy", self.run)
        if self.document.published:
            yield self.dated(iri, DCTERMS + "date", self.document.published)
        yield from self.speakers(iri, claim)
        for link in (*claim.event.actors, *claim.event.recipients, *claim.speakers):
            yield self.node(iri, KG + "hasMention", self.mention_iri(link))
            yield from self.mention(link)
        yield from self.target(iri, claim)

    def event(self, iri: str, event: Event) -> Iterator[Quad]:
        yield self.node(iri, RDF_TYPE, KG + event.category)
        yield self.node(iri, RDF_TYPE, KG + event.type)
        for link in event.actors:
            yield self.node(iri, KG + "actor", link.entity)
        for link in event.recipients:
            yield self.node(iri, KG + ("actor" if event.category in MEETINGS else "recipient"), link.entity)
        for subject in event.about:
            yield self.node(iri, KG + "about", subject)
        if event.place:
            yield self.node(iri, KG + "place", event.place)
        for predicate, date in (("date", event.date), ("start", event.start), ("end", event.end)):
            if date:
                yield self.dated(iri, KG + predicate, date)
        yield self.text(iri, RDFS_LABEL, label(event), "en")
        yield self.text(iri, RDFS_LABEL, german_label(event, self.german), "de")

    def speakers(self, iri: str, claim: Claim) -> Iterator[Quad]:
        """The innermost speaker, the outer ones, and the whole chain as a list whose cells are named by what they hold."""
        if not claim.speakers:
            return
        yield self.node(iri, KG + "speaker", claim.speakers[0].entity)
        for link in claim.speakers[1:]:
            yield self.node(iri, KG + "reportedBy", link.entity)
        entities = [link.entity for link in claim.speakers]
        cells = [self.names.mint("chain", *entities[position:]) for position in range(len(entities))]
        yield self.node(iri, KG + "speakerChain", cells[0])
        for position, (cell, entity) in enumerate(zip(cells, entities, strict=True)):
            yield self.node(cell, RDF + "first", entity)
            yield self.node(cell, RDF + "rest", cells[position + 1] if position + 1 < len(cells) else RDF + "nil")

    def target(self, iri: str, claim: Claim) -> Iterator[Quad]:
        target = self.names.thing("target", claim.key)
        selector = self.names.mint("selector", self.document.name, str(claim.start), str(claim.end), claim.quote)
        yield self.node(iri, OA + "hasTarget", target)
        yield self.node(target, RDF_TYPE, OA + "SpecificResource")
        yield self.node(target, OA + "hasSource", self.iri)
        yield self.node(target, OA + "hasSelector", selector)
        yield self.node(selector, RDF_TYPE, OA + "TextPositionSelector")
        yield self.node(selector, RDF_TYPE, OA + "TextQuoteSelector")
        yield self.value(selector, OA + "start", str(claim.start), XSD + "integer")
        yield self.value(selector, OA + "end", str(claim.end), XSD + "integer")
        yield self.value(selector, OA + "exact", claim.quote)


def label(event: Event) -> str:
    """A short name of an event: its class and its sides, in their English labels."""
    sides = [", ".join(sorted({link.label for link in side})) for side in (event.actors, event.recipients) if side]
    return f"{event.category}: {' – '.join(sides)}" if sides else event.category


def german_label(event: Event, german: Mapping[str, str]) -> str:
    """The same in German: the class's German name, and each side's German label where there is one."""
    sides = (event.actors, event.recipients)
    named = [", ".join(sorted({german.get(link.entity, link.label) for link in side})) for side in sides if side]
    name = GERMAN.get(event.category, event.category)
    return f"{name}: {' – '.join(named)}" if named else name


def _decimal(value: float) -> str:
    """A number as a canonical `xsd:decimal`."""
    number = Decimal(repr(round(value, 3))).normalize()
    text = format(number, "f")
    return text if "." in text else text + ".0"
