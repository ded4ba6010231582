"""Linking: which entity each mention of a document stands for.

Order of trust: name, alias, metonym, demonym, adjective, title or role, pronoun. A title counts for whoever holds the office at the
document's date, or whoever the document names of those who held it; a pronoun for the last fitting antecedent. What the facts do not
know becomes a candidate, never a wrong entity.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kg.extract.gazetteer import Entity, Knowledge
from kg.extract.lexicon import LanguageLexicon
from kg.extract.mentions import Found
from kg.extract.nameindex import Entry
from kg.extract.offices import Offices
from kg.extract.parties import Parties
from kg.extract.pronouns import CONFIDENCE, Placed, Pronouns, Seen
from kg.extract.titles import Position, Titles, as_kind
from kg.extract.tokens import Token
from kg.model import Document, Link, Mention

SHORT: Final = 0.9
"""Trust in a family name alone."""
CANDIDATE: Final = 0.5
"""Trust in a name that the facts do not know."""
_KIND_ORDER: Final = ("state", "organisation", "person", "candidate", "programme", "instrument", "topic", "place")


@dataclass(frozen=True, slots=True)
class SentenceLinks:
    """The links of one sentence in order, and the posts named in it."""

    links: tuple[Link, ...] = ()
    positions: tuple[Position, ...] = ()


def link(
    sentences: Sequence[tuple[Sequence[Token], Sequence[Found]]],
    document: Document,
    knowledge: Knowledge,
    lexicon: LanguageLexicon,
    extra: dict[str, Entity],
) -> tuple[SentenceLinks, ...]:
    """The links of a document, sentence by sentence, in two readings: what the first one learns of offices serves the second.

    Parameters
    ----------
    sentences : sequence of (tokens, mentions)
        In the document's order.
    document : Document
        For its date, at which a title is resolved.
    knowledge : Knowledge
        The facts.
    lexicon : LanguageLexicon
        Titles, collective nouns and verbs of saying.
    extra : dict of str to Entity
        Candidates that the lexicon names (`build_indexes`); changed: the document's unnamed groups and holders of offices are added.
    """
    entries = [{entry.iri for entry in item.entries} for _, found in sentences for item in found]
    named = frozenset(iri for iris in entries if len(iris) == 1 for iri in iris)
    full = _full_names(found for _, found in sentences)
    first = _Linker(document, named, knowledge, lexicon, extra, Offices(), full)
    for tokens, found in sentences:
        first.sentence(tokens, found)
    extra.update(_servants(first.offices, knowledge))
    linker = _Linker(document, named, knowledge, lexicon, {**first.offices.homes, **extra}, first.offices, full)
    linked = tuple(linker.sentence(tokens, found) for tokens, found in sentences)
    extra.update((iri, entity) for iri, entity in linker.entities.items() if iri not in knowledge.entities)
    return linked


def _servants(offices: Offices, knowledge: Knowledge) -> dict[str, Entity]:
    """The known persons to whom a document gives an office in a body between states: there they stand for no state."""
    found: dict[str, Entity] = {}
    for item in offices.held:
        person, body = knowledge.entities.get(item.person.entity), knowledge.entities.get(item.body)
        if person is not None and body is not None and item.sure and not item.former and body.kind == "organisation" and not body.state:
            found[person.iri] = replace(person, state="")
    return found


def folded(word: str) -> str:
    """A word without its diacritics, as another line of a text may write it ("Erdoğan", "Erdogan")."""
    plain = unicodedata.normalize("NFKD", word.replace("ı", "i"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _full_names(sentences: Iterable[Sequence[Found]]) -> dict[str, str]:
    """The unknown names of several words by their last word, where a document has only one that ends in it."""
    ends: dict[str, dict[str, None]] = {}
    for found in sentences:
        for item in found:
            words = item.mention.text.split()
            if not item.entries and len(words) > 1:
                last = words[-1]
                ends.setdefault(folded(last), {}).setdefault(item.mention.text)
    return {last: next(iter(names)) for last, names in ends.items() if len({folded(name) for name in names}) == 1}


def link_subjects(found: Sequence[Found], document: Document, knowledge: Knowledge, fits: Callable[[Entity], bool]) -> tuple[Link, ...]:
    """The links of topics, instruments and programmes: of several with one name, the first by kind and IRI.

    Parameters
    ----------
    fits : callable
        Whether a subject can be meant in this document; "missile programme" is not North Korea's where only Iran is spoken of.
    """
    links = []
    for item in found:
        if not any(fits(knowledge.entities[entry.iri]) for entry in item.entries):
            continue
        entry = min(item.entries, key=lambda entry: (_KIND_ORDER.index(knowledge.entities[entry.iri].kind), entry.iri))
        entity = knowledge.entities[entry.iri]
        mention = Mention(item.mention.start, item.mention.end, document.text[item.mention.start : item.mention.end], entry.kind)
        links.append(Link(mention, entity.iri, entity.label, entity.names, CONFIDENCE[entry.kind]))
    return tuple(links)


class _Linker:
    """Links sentence after sentence and remembers what was named."""

    def __init__(
        self,
        document: Document,
        named: frozenset[str],
        knowledge: Knowledge,
        lexicon: LanguageLexicon,
        extra: dict[str, Entity],
        offices: Offices,
        full: Mapping[str, str],
    ) -> None:
        self.offices = offices
        self.full = full
        self.date = document.published
        self.text = document.text
        self.knowledge = knowledge
        self.lexicon = lexicon
        self.entities = {**knowledge.entities, **extra}
        self.seen = Seen()
        self.pronouns = Pronouns(self.entities, lexicon, knowledge.names, self.seen)
        self.titles = Titles(self.date, named, knowledge, lexicon, self.entities, self.seen, offices)
        self.parties = Parties(lexicon, knowledge.names, self.titles, self.entities)

    def sentence(self, tokens: Sequence[Token], found: Sequence[Found]) -> SentenceLinks:
        """Names first, then titles and collective nouns, then unnamed groups, then pronouns."""
        placed: Placed = {}
        for item in found:
            resolved = self.resolve(item, tokens)
            if resolved is not None:
                placed[item.first] = (item.last, resolved)
        positions: list[Position] = []
        self.titles.pairs(tokens, placed)
        for _ in range(2):  # a second time for titles that stand before a phrase the first pass made ("spokesman for the … ministry")
            self.titles.resolve(tokens, placed, positions)
        self.parties.resolve(tokens, placed, positions)
        self.titles.join(tokens, placed)
        self.pronouns.resolve(tokens, placed)
        self.remember(placed)
        self.offices.count((made for _, made in placed.values()), self.entities)
        links = tuple(self.exact(placed[place][1]) for place in sorted(placed))
        held = tuple(Position(self.exact(item.person), self.exact(item.body), self.slice(item.title), item.office) for item in positions)
        return SentenceLinks(links, held)

    def slice(self, mention: Mention) -> Mention:
        return Mention(mention.start, mention.end, self.text[mention.start : mention.end], mention.kind)

    def exact(self, made: Link) -> Link:
        """The link with its mention's text as the document has it, white space included."""
        return Link(self.slice(made.mention), made.entity, made.label, made.names, made.confidence)

    # ---- names

    def resolve(self, item: Found, tokens: Sequence[Token]) -> Link | None:
        """The link of a mention found by name, or none."""
        if not item.entries:
            return self.candidate(item, tokens)
        entries = item.entries
        people = {entry.iri for entry in entries if entry.short}
        others = [entry for entry in entries if not entry.short and entry.iri not in people]
        if people and not others:
            person = self.person(people, item)
            return None if person is None else self.titles.make(person, as_kind(item.mention, "alias"), SHORT)
        entry = self.best(others or entries, tokens, item)
        if item.last > item.first and self.entities[entry.iri].kind == "person" and entry.kind in ("name", "alias"):
            full = self.titles.make(entry.iri, item.mention, SHORT)
            self.seen.candidates.setdefault(folded(item.mention.text.split()[-1]), full)
        mention = as_kind(item.mention, "adjective" if item.part else entry.kind)
        if entry.kind == "demonym" and any(other.kind == "adjective" and other.iri == entry.iri for other in entries):
            follower = tokens[item.last + 1] if item.last + 1 < len(tokens) else None
            if follower is not None and follower.kind in "NEJ" and mention.text[-1] != "s":
                mention = as_kind(mention, "adjective")
        return self.titles.make(entry.iri, mention, CONFIDENCE[mention.kind])

    def best(self, entries: Sequence[Entry], tokens: Sequence[Token], item: Found) -> Entry:
        """The entry that the context speaks for: a place behind a preposition of movement or rest, else the actor."""
        before = tokens[item.first - 1].lower if item.first else ""
        place = before in ("in", "nach", "aus", "bei", "at") or (before in ("to", "from") and self.moves(tokens))

        def order(entry: Entry) -> tuple[int, int, int, str]:
            kind = self.entities[entry.iri].kind
            rank = _KIND_ORDER.index(kind) if kind in _KIND_ORDER else len(_KIND_ORDER)
            return (0 if place and kind == "place" else 1, list(CONFIDENCE).index(entry.kind) if kind != "place" else 9, rank, entry.iri)

        return min(entries, key=order)

    def moves(self, tokens: Sequence[Token]) -> bool:
        movement = self.lexicon.words("words.movement")
        return any(token.lemma.casefold() in movement for token in tokens)

    def person(self, people: set[str], item: Found) -> str | None:
        """Whom a family name alone stands for: who was named in full last, else who leads a state or holds a post, if only one does."""
        for iri, _ in reversed(self.seen.persons):
            if iri in people:
                return iri
        if len(people) == 1:
            return next(iter(people))
        leading = {
            tenure.person for tenure in self.knowledge.tenures if tenure.leads and tenure.person in people and tenure.holds_at(self.date)
        }
        if len(leading) == 1:
            return next(iter(leading))
        serving = {tenure.person for tenure in self.knowledge.tenures if tenure.person in people and tenure.holds_at(self.date)}
        return next(iter(serving)) if len(serving) == 1 else None

    def candidate(self, item: Found, tokens: Sequence[Token]) -> Link | None:
        """The link of an unknown name: the same candidate wherever the name or its last word comes again."""
        text = item.mention.text
        if self.lexicon.language == "en" and self.lexicon.party_of(text.casefold()):
            return None  # "Islamist"
        bare = text[:-1] if self.lexicon.language == "de" and text.endswith("s") and len(text) > 4 else text
        last = folded(text.split()[-1])
        known = self.seen.candidates.get(text) or self.seen.candidates.get(bare) or self.seen.candidates.get(last)
        if known is not None and known.entity in self.entities:
            return self.titles.make(known.entity, as_kind(item.mention, "alias"), CANDIDATE)
        full = "" if " " in text else self.full.get(folded(bare), "") or self.full.get(last, "")
        label = known.label if known else full or text
        names = known.names if known else tuple(sorted({label, *((bare,) if full else ())}))
        made = Link(item.mention, self.knowledge.names.mint("candidate", label), label, names, CANDIDATE)
        self.seen.candidates.setdefault(text, made)
        if " " in label:
            self.seen.candidates.setdefault(folded(label.split()[-1]), made)
        return made

    def remember(self, placed: Placed) -> None:
        ordered = [placed[place][1] for place in sorted(placed)]
        for made in ordered:
            if self.titles.entity_kind(made.entity) == "person" and made.mention.kind != "adjective":
                self.seen.persons.append((made.entity, made))
        if any(made.mention.kind != "adjective" for made in ordered):
            self.seen.sentences = [*self.seen.sentences[-3:], ordered]
        self.seen.persons = self.seen.persons[-200:]
