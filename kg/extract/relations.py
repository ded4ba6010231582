"""Relations that a sentence states beside its events: who holds a position, who belongs to what, and who is allied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kg.extract.lexicon import LanguageLexicon
from kg.extract.roles import SentenceView
from kg.extract.status import is_negated
from kg.model import Link, Mention
from kg.terms import Names

_INTRANSITIVE: Final = frozenset(("stattfinden", "tagen", "take", "convene"))


@dataclass(frozen=True, slots=True)
class Relation:
    """A plain relation between two participants, with the words that state it and the clause in which they stand."""

    type: str
    subject: Link
    object: Link
    mention: Mention
    clause: int
    confidence: float


def find_relations(view: SentenceView, lexicon: LanguageLexicon, names: Names) -> list[Relation]:
    """The relations of a sentence, each pair once; `names` makes the IRI of a meeting that is only placed."""
    found: dict[tuple[str, str, str], Relation] = {}
    for relation in (
        *_positions(view),
        *_alliances(view, lexicon),
        *_memberships(view, lexicon),
        *_joinings(view, lexicon),
        *_contained(view, lexicon.words("relations.member")),
        *_locations(view, lexicon, names),
    ):
        found.setdefault((relation.type, relation.subject.entity, relation.object.entity), relation)
    return list(found.values())


def _positions(view: SentenceView) -> Iterator[Relation]:
    for item in view.positions:
        place = _place_at(view, item.title.start)
        confidence = round(0.85 * (0.6 + 0.4 * min(item.person.confidence, item.body.confidence)), 3)
        yield Relation("HoldsPosition", item.person, item.body, item.title, view.clause_of.get(place, 0), confidence)


def _alliances(view: SentenceView, lexicon: LanguageLexicon) -> Iterator[Relation]:
    words = lexicon.words("relations.ally")
    for place, token in enumerate(view.tokens):
        if token.kind not in "NJE" or (
            token.lemma.casefold() not in words and token.lower not in words and token.parts[-1].casefold() not in words
        ):
            continue
        chunk = view.chunk_of.get(place)
        if chunk is None:
            continue
        owners = view.owners(chunk) or view.phrases(chunk, "von")
        others = [link for link in view.heads(chunk) if link.entity not in {owner.entity for owner in owners}]
        if (
            not others
            and chunk + 1 < len(view.chunks)
            and view.chunks[chunk + 1].start - view.chunks[chunk].end <= 1
            and not view.chunks[chunk + 1].prep
        ):
            others = list(view.heads(chunk + 1))
        if not others and chunk and view.chunks[chunk].start - view.chunks[chunk - 1].end == 1:
            others = list(view.heads(chunk - 1))
        if not others and owners:
            clause = view.clause_of.get(place, -1)
            others = list(view.subject(clause)) if clause >= 0 and view.subject_chunk(clause) != chunk else []
        if owners and others and view.state(owners[0]) != view.state(others[0]):
            mention = Mention(token.start, token.end, token.text, "name")
            yield Relation("AllyOf", view.side(others[0]), owners[0], mention, view.clause_of.get(place, 0), 0.75)


def _memberships(view: SentenceView, lexicon: LanguageLexicon) -> Iterator[Relation]:
    words = lexicon.words("relations.member")
    for place, token in enumerate(view.tokens):
        if token.kind not in "NE" or (token.lemma.casefold() not in words and token.lower not in words):
            continue
        chunk = view.chunk_of.get(place)
        if chunk is None:
            continue
        inside = [link for link in view.chunks[chunk].heads if link.mention.start > token.start]  # "a member of the Arab League"
        bodies = [link for link in (*view.owners(chunk), *view.phrases(chunk, "of"), *inside) if _is_body(view, link)]
        if not bodies:
            continue
        behind = [
            link
            for link in view.actors(link for link in view.links if 0 <= link.mention.start - token.end <= 40)
            if link.entity != bodies[0].entity
        ]
        close = [link for link in behind if _between(view, token.end, link.mention.start, bodies[0])]
        if not close and chunk and not view.chunks[chunk].prep and view.tokens[view.chunks[chunk].start - 1].text == ",":
            close = [link for link in view.heads(chunk - 1) if view.chunks[chunk].start - view.chunks[chunk - 1].end == 1]
        if not close:
            clause = view.clause_of.get(place, -1)
            close = list(view.subject(clause)) if clause >= 0 and view.subject_chunk(clause) != chunk else []
        if close and close[0].entity != bodies[0].entity:
            mention = Mention(token.start, token.end, token.text, "name")
            yield Relation("MemberOf", close[0], bodies[0], mention, view.clause_of.get(place, 0), 0.7)


def _joinings(view: SentenceView, lexicon: LanguageLexicon) -> Iterator[Relation]:
    """Who joins or belongs to a body ("Polens Beitritt zur EU", "Montenegro's accession to NATO", "Kroatien trat der EU bei")."""
    words = lexicon.words("relations.joined")
    for place, token in enumerate(view.tokens):
        chunk = view.chunk_of.get(place)
        if token.kind not in "NE" or chunk is None or not words & {token.parts[-1].casefold(), token.lemma.casefold()}:
            continue
        bodies = [link for preposition in ("zu", "in", "to", "of") for link in view.phrases(chunk, preposition) if _is_body(view, link)]
        own = [link for link in view.owners(chunk) if link.entity not in {body.entity for body in bodies[:1]}]
        if bodies and own and not view.is_medium(bodies[0]):
            mention = Mention(token.start, token.end, token.text, "name")
            yield Relation("MemberOf", own[0], bodies[0], mention, view.clause_of.get(place, 0), 0.6)
    for number, clause in enumerate(view.clauses):
        if clause.verb < 0 or clause.lemma not in words or is_negated(view, number, lexicon):
            continue
        who, bodies = view.subject(number), [link for place in view.objects(number) for link in view.heads(place) if _is_body(view, link)]
        if who and bodies and not view.is_medium(bodies[0]) and who[0].entity != bodies[0].entity and not clause.modal:
            token = view.tokens[clause.verb]
            yield Relation("MemberOf", who[0], bodies[0], Mention(token.start, token.end, token.text, "name"), number, 0.6)


def _contained(view: SentenceView, words: frozenset[str]) -> Iterator[Relation]:
    """A name that itself says to what the body belongs ("die Atombehörde der Vereinten Nationen")."""
    for link in view.actors(view.links):
        if not _is_body(view, link) or not any(word.casefold() in words for word in link.mention.text.split()):
            continue
        for _, entity in sorted(view.entities.items()):
            if entity.kind != "organisation":
                continue
            name = next(
                (name for name in entity.names if len(name) > 3 and _stem(name) in _stem(link.mention.text) and entity.iri != link.entity),
                None,
            )
            if name is not None:
                whole = Link(link.mention, entity.iri, entity.label, entity.names, 0.8)
                place = _place_at(view, link.mention.start)
                yield Relation("MemberOf", link, whole, link.mention, view.clause_of.get(place, 0), 0.6)
                break


def _locations(view: SentenceView, lexicon: LanguageLexicon, names: Names) -> Iterator[Relation]:
    """Where a body has its seat, or a meeting is said to be held: subject and place of a verb of taking place or being based."""
    words, seated = lexicon.words("relations.located"), lexicon.words("relations.seated")
    for number, clause in enumerate(view.clauses):
        lemmas = {clause.lemma, *(view.tokens[place].lemma.casefold() for place in clause.tokens if view.tokens[place].kind in "VNJR")}
        chunk = view.subject_chunk(number)
        if clause.verb < 0 or chunk is None or chunk < 0 or not (lemmas | _pairs(view, clause.verb)) & seated:
            continue
        head = view.tokens[view.chunks[chunk].head]
        bodies = [link for link in view.chunks[chunk].heads if _is_body(view, link)]
        event = head.lemma.casefold() in words or any(head.lower.endswith(word) for word in words if len(word) > 5)
        where = next((link for link in view.links if view.preposition(link) == "in" and _within(view, link, number)), None)
        if where is None or not (bodies or event) or (event and not bodies and not (clause.passive or clause.lemma in _INTRANSITIVE)):
            continue
        mention = Mention(head.start, head.end, head.text, "name")
        name = f"{head.lemma} in {where.mention.text}"
        known = tuple(sorted({name, head.text, head.lemma.casefold()}))
        subject = bodies[0] if bodies else Link(mention, names.mint("candidate", name), name, known, 0.5)
        yield Relation("LocatedIn", subject, where, mention, number, 0.5)


def _pairs(view: SentenceView, verb: int) -> set[str]:
    """A verb with the word behind it ("take place")."""
    return {f"{view.tokens[verb].lemma.casefold()} {token.lower}" for token in view.tokens[verb + 1 : verb + 2]}


def _within(view: SentenceView, link: Link, number: int) -> bool:
    """Whether a place's name stands in a clause."""
    entity = view.entities.get(link.entity)
    named = entity is not None and (
        entity.kind == "place" or (entity.kind == "state" and link.mention.kind in ("name", "alias", "metonym"))
    )
    return named and view.clause_of.get(_place_at(view, link.mention.start)) == number


def _stem(name: str) -> str:
    """A name without the endings that adjectives take in German."""
    return " ".join(re.sub(r"(?<=\w{4})(?:e[nrsm]?)$", "", word) for word in name.split())


def _is_body(view: SentenceView, link: Link) -> bool:
    entity = view.entities.get(link.entity)
    return entity is not None and entity.kind == "organisation"


def _between(view: SentenceView, start: int, end: int, body: Link) -> bool:
    """Whether nothing but the body's own name, articles and brackets stands between two offsets."""
    for token in view.tokens:
        if (
            start <= token.start < end
            and not (body.mention.start <= token.start < body.mention.end)
            and token.kind not in "DP."
            and token.text not in ("(", ",")
        ):
            return False
    return True


def _place_at(view: SentenceView, start: int) -> int:
    return next((place for place, token in enumerate(view.tokens) if token.start <= start < token.end), 0)
