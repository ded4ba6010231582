"""Claims: what one sentence says happened, with status, speakers, subject, place and date, out of the drafts of its events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from kg.extract.drafts import Draft
from kg.extract.events import draft
from kg.extract.gazetteer import SUBJECT_KINDS, Knowledge, KnownEvent
from kg.extract.known import KnownEvents, type_of
from kg.extract.lexicon import LanguageLexicon
from kg.extract.relations import find_relations
from kg.extract.roles import SentenceView
from kg.extract.speech import Said, SpeechTracker, chain, spoken_of
from kg.extract.times import dates
from kg.extract.triggers import TEMPORAL, Trigger, find_triggers
from kg.model import Claim, Document, Event, Link, Mention

VERBAL: Final = frozenset(("Reject", "Accuse", "Threaten", "Request", "Concede", "Support", "Agree"))
"""Types that are done by speaking: who is said to do it is no further speaker of it."""
MAX_TOKENS: Final = 300
"""A longer "sentence" is no prose (a table, a list); nothing is claimed of it."""


class ClaimMaker:
    """Makes the claims of a document, sentence by sentence in order, since speakers and counterparts carry over."""

    def __init__(self, document: Document, knowledge: Knowledge, lexicon: LanguageLexicon, known: KnownEvents) -> None:
        self.document = document
        self.knowledge = knowledge
        self.lexicon = lexicon
        self.known = known
        self.speech = SpeechTracker(lexicon)
        self.context: list[Link] = []
        self.said = Said()
        self.spoken_of: set[str] = set()
        self.sanctions: tuple[Link, ...] = ()
        self.partners: set[frozenset[str]] = set()
        self.talks: tuple[Link, ...] = ()

    def claims(self, view: SentenceView) -> list[Claim]:
        """The claims of the next sentence, in the order of their triggers."""
        said = self.said = self.speech.read(view)
        view.partners = frozenset(self.partners)
        words = [token.lower for token in view.tokens]
        stated = dates(view.tokens, self.document.published, self.lexicon)

        def parties(trigger: Trigger) -> tuple[Link, ...]:
            event = self.named(view, words, trigger)
            return self.sides(event, view, trigger) if event else self.usual(view, trigger)

        drafts = draft(view, find_triggers(view, self.lexicon), said, self.lexicon, tuple(self.context), parties)
        drafts = [self.aimed(view, item) for item in drafts]
        made = [self.claim(view, said, item, words, stated) for item in drafts]
        for relation in find_relations(view, self.lexicon, self.knowledge.names):
            event = Event(relation.type, relation.type, (relation.subject,), (relation.object,), scope=self.document.name)
            speakers = (
                () if relation.type == "HoldsPosition" else self.speakers(view, said, relation.clause, relation.type, (relation.subject,))
            )
            made.append(self.build(view, event, relation.mention, "ongoing", speakers, relation.confidence))
        self.remember(view)
        for item in drafts:
            if not item.implied:
                self.partners |= {
                    frozenset((view.state(one), view.state(other))) for one in item.actors[:1] for other in item.recipients[:1]
                }
            if item.type == "Consult" and item.recipients and not item.implied:
                self.talks = (_again(item.actors[0]), _again(item.recipients[0]))
            if item.type == "Sanction" and item.recipients and not item.implied:
                self.sanctions = (_again(item.actors[0]), _again(item.recipients[0]))
        return sorted(made, key=lambda claim: (claim.trigger.start, claim.event.type, claim.key))

    def claim(self, view: SentenceView, said: Said, item: Draft, words: Sequence[str], stated: tuple[tuple[int, str], ...]) -> Claim:
        """The claim that a draft makes, dated, placed and matched with the known events."""
        named = self.named(view, words, item.trigger)
        event = Event(
            item.type,
            item.category,
            item.actors,
            item.recipients,
            self.about(view, item),
            self.place(view, item.trigger),
            self.date(view, item.trigger, stated),
            scope=self.document.name,
        )
        if named is None and item.status != "planned":
            people = [link.entity for link in item.actors + item.recipients]
            named = self.known.match(event, event.place, self.document.published, people)
        if named is not None:
            event = replace(event, known=named.iri)
        confidence = min(0.95, item.confidence + 0.1) if named else item.confidence
        status = item.status
        if status in ("occurred", "ongoing") and event.date and self.document.published and event.date > f"{self.document.published}~":
            if item.trigger.verb:  # the date belongs to something else that the clause names
                event = replace(event, date="")
            else:
                status = "planned"
        speakers = self.speakers(view, said, item.trigger.clause, item.type, item.actors)
        speakers = speakers if item.trigger.verb else (spoken_of(view, item.trigger.place, self.lexicon) or speakers)
        speakers = () if item.matter >= 0 else speakers  # what was announced before is told by the document itself
        speakers = (*item.teller, *(link for link in speakers if link.entity not in {teller.entity for teller in item.teller}))
        return self.build(view, event, item.mention, status, speakers, round(confidence, 3))

    def aimed(self, view: SentenceView, item: Draft) -> Draft:
        """Sanctions whose target is only guessed: at whom the document's sanctions were said to be aimed before."""
        if item.type != "Sanction" or not item.implied or not self.sanctions:
            return item
        target = self.sanctions[1]
        return item if view.state(target) in {view.state(actor) for actor in item.actors} else replace(item, recipients=(target,))

    def build(
        self, view: SentenceView, event: Event, trigger: Mention, status: str, speakers: tuple[Link, ...], confidence: float
    ) -> Claim:
        """A claim of the sentence."""
        sentence = view.sentence
        return Claim(self.document.name, sentence.start, sentence.end, sentence.text, event, trigger, status, speakers, confidence)

    def speakers(self, view: SentenceView, said: Said, clause: int, event_type: str, actors: tuple[Link, ...]) -> tuple[Link, ...]:
        """The chain of speakers; who does a thing by speaking is not named again as its speaker."""
        found = chain(view, said, clause)
        if event_type not in VERBAL or not found:
            return found
        same = found[0].entity in {actor.entity for actor in actors}
        verb = view.clauses[clause].verb if clause >= 0 else -1
        deed = event_type == "Concede" and verb >= 0 and view.tokens[verb].form in ("pp", "ing") and not view.clauses[clause].passive
        kin = event_type != "Request" and not deed and view.state(found[0]) in {view.state(actor) for actor in actors}
        return found[1:] if same or kin else found

    def named(self, view: SentenceView, words: Sequence[str], trigger: Trigger) -> KnownEvent | None:
        """The curated event that the words at a trigger name, or that its place tells apart ("das Treffen in Singapur")."""
        for noun in sorted(trigger.used) if trigger.verb else (trigger.place,):  # "sent *a letter to Pompeo*"
            event = self.known.named(words, noun)
            if event is not None and (not trigger.verb or type_of(event.category) == trigger.frame.type):
                return event
        if trigger.verb:
            return None
        if trigger.frame.category not in ("Summit", "Meeting"):
            return None
        place = self.place(view, trigger)
        if not place:
            return None
        probe = Event(trigger.frame.type, "Summit", place=place)
        return self.known.match(probe, place, self.document.published, ())

    def sides(self, event: KnownEvent, view: SentenceView, trigger: Trigger) -> tuple[Link, ...]:
        """The two sides of a curated meeting: the persons if it names one of each side, else the states."""
        token = view.tokens[trigger.place]
        mention = Mention(token.start, token.end, token.text, "role")
        found: dict[str, Link] = {}
        for kind in ("person", "state"):
            for iri in sorted(event.participants):
                entity = self.knowledge.entities.get(iri)
                if entity is not None and entity.kind == kind and (entity.state or iri) not in found:
                    found[entity.state or iri] = Link(mention, iri, entity.label, entity.names, 0.7)
            if len(found) == 2:
                return tuple(found.values())
        return ()

    def usual(self, view: SentenceView, trigger: Trigger) -> tuple[Link, ...]:
        """The two parties of a noun that names none or one: those of the talks told of before, or the usual ones of an exercise."""
        if trigger.frame.type == "Consult":
            number = view.chunk_of.get(trigger.place, -1)
            past = number < 0 or view.chunks[number].genitive or view.chunks[number].prep in TEMPORAL - {"bei", "während", "during", "at"}
            return self.talks if view.is_definite(trigger.place) and not past else ()
        if trigger.frame.type == "Sanction":
            chunk = view.chunk_of.get(trigger.place)
            plain = chunk is not None and view.chunks[chunk].prep in ("", "by", "durch")
            return (self.sanctions or self.complained(view, trigger)) if plain else ()
        if trigger.frame.category != "MilitaryExercise":
            return ()
        states = self.known.usual(trigger.frame.category)
        near = {view.state(link) for link in (*view.actors(view.links), *self.context)}
        token = view.tokens[trigger.place]
        mention = Mention(token.start, token.end, token.text, "role")
        entities = [self.knowledge.entities[iri] for iri in sorted(states, key=lambda iri: (iri not in near, iri), reverse=True)]
        spoken = near & set(states) and set(states) <= self.spoken_of | near
        return tuple(Link(mention, item.iri, item.label, item.names, 0.6) for item in entities) if spoken else ()

    def complained(self, view: SentenceView, trigger: Trigger) -> tuple[Link, ...]:
        """The sides of sanctions that somebody only speaks of: the other side of the text before, and the speaker's own."""
        speakers = view.actors(chain(view, self.said, trigger.clause)[:1])
        if not speakers or not view.has_state(speakers[0]) or view.is_medium(speakers[0]):
            return ()
        target = view.side(speakers[0])
        near = (*view.actors(view.links), *self.context)
        others = [view.side(link) for link in near if view.has_state(link) and view.state(link) != view.state(target)]
        return (_again(others[0]), _again(target)) if others else ()

    def about(self, view: SentenceView, item: Draft) -> tuple[str, ...]:
        """The topics, instruments and programmes named in the event's clause or in those that hang on it, and those that go with its class.

        A programme counts only for an event in which the state that runs it takes part.
        """
        clauses = {
            item.matter,
            item.trigger.clause,
            *(number for number, clause in enumerate(view.clauses) if clause.parent == item.trigger.clause),
        }
        places = {place for place, number in view.clause_of.items() if number in clauses}
        states = {view.state(link) for link in item.actors + item.recipients}
        around = states | {view.state(other) for other in (*view.actors(view.links), *self.context)}
        hinted = (iri for iri in map(self.hint, item.trigger.frame.about) if iri)
        found = {iri for iri in hinted if self.concerns(self.knowledge.entities[iri].label, around)}
        for link in view.subjects_named:
            inside = any(view.tokens[place].start < link.mention.end and link.mention.start < view.tokens[place].end for place in places)
            if not inside or (self.kind(link.entity) == "programme" and self.knowledge.state_of(link.entity) not in states):
                continue
            if self.concerns(link.label, around):
                found.add(link.entity)
        return tuple(sorted(found))

    def concerns(self, label: str, states: set[str]) -> bool:
        """Whether a subject whose label names a country ("Sanctions on North Korea") fits: that country must be spoken of."""
        return self.known.concerns(label, states)

    def hint(self, name: str) -> str:
        """The IRI of a subject that a frame names as `kind:name`, if the facts know it."""
        kind, _, rest = name.partition(":")
        iri = self.knowledge.names.thing(kind, rest) if kind in SUBJECT_KINDS and rest else ""
        return iri if iri in self.knowledge.entities else ""

    def kind(self, iri: str) -> str:
        """The kind of a known entity, or empty."""
        entity = self.knowledge.entities.get(iri)
        return entity.kind if entity else ""

    def place(self, view: SentenceView, trigger: Trigger) -> str:
        """Where an event took place: the place behind `in`, `at` or in a compound, in the trigger's clause."""
        token = view.tokens[trigger.place]
        for link in view.links:
            inside = token.start <= link.mention.start and link.mention.end <= token.end
            before = next((other.lower for other in reversed(view.tokens) if other.end <= link.mention.start), "")
            if (inside and link.mention.end < token.end) or (before in ("in", "at", "nach") and self.near(view, trigger, link)):
                where = self.where(link.entity)
                if where:
                    return where
        return ""

    def near(self, view: SentenceView, trigger: Trigger, link: Link) -> bool:
        """Whether a place stands in a verb's clause, or shortly behind a noun."""
        here = next((number for number, token in enumerate(view.tokens) if token.start <= link.mention.start < token.end), -1)
        if here < 0 or view.clause_of.get(here) != trigger.clause:
            return False
        return trigger.verb or 0 < here - trigger.place <= 6

    def where(self, iri: str) -> str:
        """A place's IRI, or that of the place which has a state's name (a city state)."""
        entity = self.knowledge.entities.get(iri)
        if entity is None:
            return ""
        if entity.kind == "place":
            return iri
        for other in self.known.places_of(entity.label):
            return other
        return ""

    def date(self, view: SentenceView, trigger: Trigger, stated: tuple[tuple[int, str], ...]) -> str:
        """The date nearest to the trigger in its clause."""
        own = [
            (abs(place - trigger.place), value)
            for place, value in stated
            if view.clause_of.get(place) == trigger.clause and (trigger.verb or abs(place - trigger.place) <= 6)
        ]
        return min(own)[1] if own else ""

    def remember(self, view: SentenceView) -> None:
        """Keep the sentence's participants, the last ones first, as counterparts for the sentences after it."""
        self.spoken_of |= {view.state(link) for link in view.links}
        fresh = list(view.actors(link for link in view.links if link.mention.kind != "adjective" and not view.names_event(link)))
        names = {link.entity for link in fresh}
        self.context = [*fresh, *(link for link in self.context if link.entity not in names)][:8]


def _again(link: Link) -> Link:
    """A participant of an earlier sentence, with less trust and no place of its own."""
    return replace(link, mention=replace(link.mention, kind="role"), confidence=round(min(link.confidence, 0.9) * 0.7, 3))


def in_order(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """The claims by sentence, trigger and key, each once."""
    unique = {claim.key: claim for claim in claims}
    return tuple(sorted(unique.values(), key=lambda claim: (claim.start, claim.trigger.start, claim.event.type, claim.key)))
