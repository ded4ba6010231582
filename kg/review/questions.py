"""The claims that a built graph holds, as a reviewer needs to see them: with the sentence, its neighbours and the names in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.extract import triples
from kg.extract.replay import Known
from kg.extract.reviews import Edit
from kg.extract.sentences import split_sentences
from kg.model import Document
from kg.store.base import QuadStore
from kg.terms import KG, RDF, local_name

RELATIONS = {predicate: name for name, predicate in triples.PREDICATES.items()}
TOP = 200
"""The longest neighbouring sentence that is shown whole, in characters."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What a reviewer can correct: the finest class or the relation, IRIs of who is involved, and the status."""

    type: str
    actors: tuple[str, ...]
    recipients: tuple[str, ...]
    status: str
    speakers: tuple[str, ...]

    def edited(self, edit: Edit) -> Fields:
        """The fields with an edit applied."""
        return dataclasses.replace(self, **edit.fields)  # type: ignore[arg-type] # an edit has the same fields

    def edit_to(self, other: Fields) -> Edit:
        """The edit that leads to other fields; empty where nothing differs.

        Class and both sides go together: where all parties of a meeting are actors, a correction of one side says what the other is.
        """
        event = (self.type, self.actors, self.recipients) != (other.type, other.actors, other.recipients)
        return Edit(
            type=other.type if other.type != self.type else None,
            actors=other.actors if event else None,
            recipients=other.recipients if event else None,
            status=other.status if other.status != self.status else None,
            speakers=other.speakers if other.speakers != self.speakers else None,
        )


@dataclass(frozen=True, slots=True)
class Question:
    """A claim that the machine drew out of a document.

    Attributes
    ----------
    claim, key : str
        Its IRI and its content key.
    start, end : int
        The sentence's offsets in the document.
    mentions : tuple of (int, int, str)
        Where in the sentence a name stands (offsets from the sentence's start) and the entity's IRI, in order, none inside another.
    fields : Fields
        What it says, as the machine has it.
    about, places : tuple of str
        IRIs.
    when : str
        A partial date, or empty.
    before, after : str
        The neighbouring sentences, where the document's text is at hand.
    """

    claim: str
    key: str
    document: str
    published: str
    start: int
    end: int
    quote: str
    confidence: float
    fields: Fields
    about: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    when: str = ""
    mentions: tuple[tuple[int, int, str], ...] = ()
    before: str = ""
    after: str = ""

    @property
    def people(self) -> tuple[str, ...]:
        """All who are involved: actors, recipients, speakers."""
        return tuple(dict.fromkeys((*self.fields.actors, *self.fields.recipients, *self.fields.speakers)))


def questions(store: QuadStore, known: Known, documents: Mapping[str, Document]) -> list[Question]:
    """All claims drawn from documents, the least certain first.

    Parameters
    ----------
    store : QuadStore
        A built graph.
    known : Known
        Its classes.
    documents : mapping of str to Document
        The texts at hand, by name, for the neighbouring sentences.
    """
    rows = list(
        store.select("""
        SELECT ?claim ?key ?document ?issued ?start ?end ?quote ?confidence ?status ?event ?subject ?predicate ?object WHERE {
          ?claim kg:contentKey ?key ; kg:status ?status ; kg:confidence ?confidence ; prov:wasDerivedFrom ?document ;
            oa:hasTarget/oa:hasSelector ?selector .
          ?selector oa:start ?start ; oa:end ?end ; oa:exact ?quote .
          OPTIONAL { ?document dcterms:issued ?issued }
          OPTIONAL { ?claim kg:states ?event }
          OPTIONAL { ?claim rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object }
        }""")
    )
    events = _events(store, {row[9] for row in rows if row[9]}, known)
    chains = _chains(store)
    named = _mentions(store)
    neighbours = {name: _neighbours(document) for name, document in documents.items()}
    found: dict[str, Question] = {}
    for claim, key, document, issued, start, end, quote, confidence, status, event, subject, predicate, object_ in rows:
        what = events.get(event) or _Event(RELATIONS.get(predicate, "Event"), {"actor": (subject,), "recipient": (object_,)})
        name, first, last = local_name(document), int(start), int(end)
        text = documents[name].text if name in documents else ""
        before, after = neighbours[name].get((first, last), ("", "")) if text[first:last] == quote else ("", "")
        found[claim] = Question(
            claim,
            key,
            name,
            issued,
            first,
            last,
            quote,
            float(confidence),
            Fields(
                what.type, what.sides.get("actor", ()), what.sides.get("recipient", ()), local_name(status).lower(), chains.get(claim, ())
            ),
            what.sides.get("about", ()),
            what.sides.get("place", ()),
            what.when,
            _outermost((a - first, b - first, iri) for a, b, iri in named.get(document, ()) if first <= a and b <= last),
            before,
            after,
        )
    return sorted(found.values(), key=lambda q: (q.confidence, q.document, q.start, q.key, q.claim))


@dataclass(frozen=True, slots=True)
class _Event:
    type: str
    sides: Mapping[str, tuple[str, ...]]
    when: str = ""


def _events(store: QuadStore, wanted: set[str], known: Known) -> dict[str, _Event]:
    """What each event is, who takes part and when; of several classes the one furthest down."""
    values = " ".join(f"<{iri}>" for iri in sorted(wanted))
    sides: dict[str, dict[str, list[str]]] = {iri: {} for iri in wanted}
    rows = store.select(f"""
        SELECT DISTINCT ?event ?role ?thing WHERE {{
          VALUES ?event {{ {values} }} VALUES ?role {{ rdf:type kg:actor kg:recipient kg:about kg:place kg:date kg:start kg:end }}
          ?event ?role ?thing
        }} ORDER BY ?event ?role ?thing""")
    for event, role, thing in rows:
        sides[event].setdefault(local_name(role), []).append(thing)
    found = {}
    for iri, roles in sides.items():
        names = [name.removeprefix(KG) for name in roles.get("type", ()) if name.startswith(KG)]
        finest = max(sorted(names), key=lambda name: _depth(name, known), default="Event")
        when = "".join(roles.get("date", ())[:1]) or " – ".join(part for role in ("start", "end") for part in roles.get(role, ())[:1])
        found[iri] = _Event(finest, {role: tuple(things) for role, things in roles.items()}, when)
    return found


def _depth(name: str, known: Known) -> int:
    above = known.parents.get(name, frozenset())
    return 1 + max((_depth(parent, known) for parent in above), default=0)


def _chains(store: QuadStore) -> dict[str, tuple[str, ...]]:
    """The speakers of each claim, innermost first."""
    cells = {cell: (first, rest) for cell, first, rest in store.select("SELECT ?c ?f ?r WHERE { ?c rdf:first ?f ; rdf:rest ?r }")}
    chains = {}
    for claim, cell in store.select("SELECT ?c ?h WHERE { ?c kg:speakerChain ?h }"):
        speakers, seen = [], set()
        while cell in cells and cell not in seen and cell != RDF + "nil":
            seen.add(cell)
            speakers.append(cells[cell][0])
            cell = cells[cell][1]
        chains[claim] = tuple(speakers)
    return chains


def _mentions(store: QuadStore) -> dict[str, list[tuple[int, int, str]]]:
    found: dict[str, list[tuple[int, int, str]]] = {}
    rows = store.select("SELECT ?d ?s ?e ?t WHERE { ?m a kg:Mention ; oa:hasSource ?d ; oa:start ?s ; oa:end ?e ; kg:refersTo ?t }")
    for document, start, end, entity in rows:
        found.setdefault(document, []).append((int(start), int(end), entity))
    return found


def _outermost(mentions: Iterable[tuple[int, int, str]]) -> tuple[tuple[int, int, str], ...]:
    """The mentions in order, without those that begin inside another."""
    kept: list[tuple[int, int, str]] = []
    for mention in sorted(mentions, key=lambda m: (m[0], -m[1], m[2])):
        if not kept or mention[0] >= kept[-1][1]:
            kept.append(mention)
    return tuple(kept)


def _neighbours(document: Document) -> dict[tuple[int, int], tuple[str, str]]:
    sentences = split_sentences(document.text, document.language)
    texts = ["", *(" ".join(sentence.text.split()) for sentence in sentences), ""]
    return {(s.start, s.end): (_tail(texts[i]), _head(texts[i + 2])) for i, s in enumerate(sentences)}


def _tail(text: str) -> str:
    return text if len(text) <= TOP else "… " + text[-TOP:].split(" ", 1)[-1]


def _head(text: str) -> str:
    return text if len(text) <= TOP else text[:TOP].rsplit(" ", 1)[0] + " …"
