"""Grounding: of what a language model says, only that which stands in the text, linked by the graph's own names.

A quote, a mention, a place or a date counts if its words are in the text; white space may differ, nothing else. What is stored are the
text's own words at that place. No IRI comes from the model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from kg.extract.claims import VERBAL
from kg.extract.engines.llm_participants import Participants
from kg.extract.engines.llm_prompt import CATEGORIES, PEOPLE, TYPES
from kg.extract.engines.llm_text import Span
from kg.extract.gazetteer import SUBJECT_KINDS, Knowledge
from kg.extract.known import FAMILIES, KnownEvents, type_of
from kg.extract.lexicon import LanguageLexicon
from kg.extract.times import dates
from kg.model import Claim, Document, Event, Link, Mention, Sentence
from kg.terms import RELATION_TYPES, STATUSES

FORM: Final = "not of the form asked for"
NO_QUOTE: Final = "the quote is not in the passage"
SHORT_QUOTE: Final = "the quote is no sentence"
NO_TYPE: Final = "unknown type"
NO_STATUS: Final = "unknown status"
NO_ACTOR: Final = "no actor that the text names"
NO_SPEAKER: Final = "a speaker is not in the text"
ONE_SIDED: Final = "a relation without its second side"

TRUST: Final = 0.75
"""How sure a claim is whose participants are all named outright."""
UNNAMED_SPEAKER: Final = 0.7
"""Factor for a claim that rests on the word of somebody who is not named ("experts say")."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The sentences of a chunk, by their places in the document."""

    first: int
    last: int


class Grounder:
    """Makes claims of a model's entries about one document, and counts what it leaves out.

    Parameters
    ----------
    people : Participants
        The document's text, sentences and links.
    knowledge, known : Knowledge, KnownEvents
        The facts, and the curated events among them.
    lexicon : LanguageLexicon
        For the words of dates.

    Attributes
    ----------
    rejected : Counter of str
        Entries that gave no claim, by reason.
    """

    def __init__(self, people: Participants, knowledge: Knowledge, known: KnownEvents, lexicon: LanguageLexicon) -> None:
        self.people = people
        self.document: Document = people.document
        self.sentences = people.sentences
        self.text = people.text
        self.knowledge = knowledge
        self.known = known
        self.lexicon = lexicon
        self.rejected: Counter[str] = Counter()

    def claim(self, entry: object, passage: Passage) -> Claim | None:
        """The claim that an entry of the model's answer makes of a passage, or none, with the reason counted."""
        made = self._claim(entry, passage)
        if isinstance(made, Claim):
            return made
        self.rejected[made] += 1
        return None

    def _claim(self, entry: object, passage: Passage) -> Claim | str:
        if not isinstance(entry, Mapping) or not isinstance(entry.get("quote"), str):
            return FORM
        sides = {side: _people(entry.get(side)) for side in PEOPLE}
        if any(people is None for people in sides.values()):
            return FORM
        kind, status = entry.get("type"), entry.get("status")
        if kind not in TYPES:
            return NO_TYPE
        if status not in STATUSES:
            return NO_STATUS
        quote = self.text.find(entry["quote"], self.sentences[passage.first].start, self.sentences[passage.last].end)
        if quote is None:
            return NO_QUOTE
        covered = [
            place
            for place in range(self.people.sentence_at(quote.start), self.people.sentence_at(quote.end - 1) + 1)
            if self.sentences[place].end > quote.start
        ]
        if not covered or (
            len(entry["quote"].split()) < 3 and quote != Span(self.sentences[covered[0]].start, self.sentences[covered[0]].end)
        ):
            return SHORT_QUOTE
        trigger = self.text.find(_string(entry, "trigger"), quote.start, quote.end, inflected=True) or quote
        here = self.people.sentence_at(trigger.start) if self.people.sentence_at(trigger.start) in covered else covered[0]
        around = [here, *(place for place in covered if place != here)]
        actors = self.people.side(sides["actors"] or (), around, kind)
        if not actors:
            return NO_ACTOR
        taken = {link.entity for link in actors}
        holders = actors if kind == "HoldsPosition" else ()
        others = self.people.side(sides["recipients"] or (), around, kind, holders)
        recipients = tuple(link for link in others if link.entity not in taken)
        if kind in RELATION_TYPES and not recipients:
            return ONE_SIDED
        speakers = self.people.speakers(sides["speakers"] or (), around)
        if speakers is None:
            return NO_SPEAKER
        told, unnamed = speakers
        if kind in VERBAL and told and told[0].entity in taken:
            told = told[1:]
        event = self.event(entry, kind, status, actors, recipients, here, trigger)
        sure = TRUST * min(link.confidence for link in (*actors, *recipients, *told)) * (UNNAMED_SPEAKER if unnamed else 1)
        sure = round(min(0.95, sure + 0.1) if event.known else sure, 3)
        sentence = self.sentences[here]
        return Claim(
            self.document.name, sentence.start, sentence.end, sentence.text, event, self.words(trigger, sentence), status, told, sure
        )

    def words(self, span: Span, sentence: Sentence) -> Mention:
        """The trigger as the text has it, within the claim's sentence."""
        start, end = max(span.start, sentence.start), min(span.end, sentence.end)
        return Mention(start, end, self.document.text[start:end], "name")

    def event(
        self,
        entry: Mapping[str, object],
        kind: str,
        status: str,
        actors: tuple[Link, ...],
        recipients: tuple[Link, ...],
        here: int,
        trigger: Span,
    ) -> Event:
        """The event of an entry, with what of its subject, place and time stands in the sentence; the curated one where it is that."""
        finer = _string(entry, "category")
        category = finer if finer in CATEGORIES and FAMILIES.get(finer) == kind else kind
        if kind in RELATION_TYPES:
            return Event(kind, kind, actors, recipients, scope=self.document.name)
        date = self.date(_string(entry, "when"), here)
        published = self.document.published
        if status in ("occurred", "ongoing") and published and date > f"{published}~":
            date = ""
        subjects = self.subjects(entry.get("about"), here)
        event = Event(
            kind, category, actors, recipients, subjects, self.place(_string(entry, "place"), here), date, scope=self.document.name
        )
        if status == "planned":
            return event
        tokens = self.people.tokens(here)
        at = next((place for place, token in enumerate(tokens) if token.start <= trigger.start < token.end), None)
        found = None
        if at is not None and tokens[at].kind not in "VAM":
            found = self.known.named([token.lower for token in tokens], at)
            found = found if found is not None and type_of(found.category) == kind else None
        if found is None:
            people = [link.entity for link in (*actors, *recipients)]
            found = self.known.match(event, event.place, published, people)
        return replace(event, known=found.iri) if found is not None else event

    def date(self, words: str, here: int) -> str:
        """The date that some words of a sentence give, or empty."""
        sentence, tokens = self.sentences[here], self.people.tokens(here)
        span = self.text.find(words, sentence.start, sentence.end)
        if span is None:
            return ""
        stated = dates(tokens, self.document.published, self.lexicon)
        return next((value for place, value in stated if tokens[place].start < span.end and span.start < tokens[place].end), "")

    def place(self, words: str, here: int) -> str:
        """The place that some words of a sentence name, or empty; a city state counts as its city."""
        for link in self.people.under(words, here):
            entity = self.knowledge.entities.get(link.entity)
            if entity is not None:
                places = (entity.iri,) if entity.kind == "place" else self.known.places_of(entity.label)
                if places:
                    return places[0]
        return ""

    def subjects(self, told: object, here: int) -> tuple[str, ...]:
        """The topics, instruments and programmes that some phrases of a sentence name."""
        phrases = [item for item in told if isinstance(item, str)] if isinstance(told, list) else []
        found = {link.entity for words in phrases for link in self.people.under(words, here)}
        return tuple(sorted(iri for iri in found if self.people.kind(iri) in SUBJECT_KINDS))


def _people(told: object) -> list[tuple[str, str]] | None:
    """Mention and name of each participant of a side; none where it has another form."""
    if told is None:
        return []
    if not isinstance(told, list):
        return None
    found = []
    for item in told:
        if not isinstance(item, Mapping) or not isinstance(item.get("mention"), str) or not isinstance(item.get("name", ""), str):
            return None
        found.append((item["mention"], item.get("name", "")))
    return found


def _string(entry: Mapping[str, object], key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else ""
