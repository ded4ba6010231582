"""Known events: which curated event a text speaks of, by its name, or by class, participants, place and date together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from kg.extract.gazetteer import Knowledge, KnownEvent
from kg.extract.tokens import split_words
from kg.model import Event
from kg.terms import EVENT_TYPES

FAMILIES: Final[Mapping[str, str]] = {
    "Summit": "Consult", "Visit": "Consult", "Letter": "Consult", "Meeting": "Consult", "Talks": "Consult", "MilitaryExercise": "Mobilize",
    "MissileTest": "Mobilize", "NuclearTest": "Mobilize", "WeaponsDevelopment": "Mobilize", "SanctionsAdoption": "Sanction",
    "SanctionsRelief": "Retreat", "Dismantlement": "Retreat", "Suspension": "Retreat", "Release": "Retreat", "FamilyReunion": "Cooperate",
    "Pledge": "Concede", "War": "Assault", "TalksBreakdown": "Reject",
}  # fmt: skip
"""The event type above each finer class."""
_CLOSE: Final = {
    "Summit": ("Meeting", "Talks"),
    "Meeting": ("Summit", "Talks", "Visit"),
    "Visit": ("Meeting",),
    "Talks": ("Meeting",),
    "Concede": ("Pledge",),
    "Pledge": ("Concede", "Agree"),
}
_DIRECTIONS: Final = frozenset("North South East West New United States Kingdom Republic".split())
_DATED: Final = frozenset(
    ("Summit", "Visit", "Letter", "Meeting", "MissileTest", "NuclearTest", "Dismantlement", "SanctionsAdoption", "FamilyReunion")
)


class KnownEvents:
    """The curated events, by their names' words and by class."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.by_class: dict[str, list[KnownEvent]] = {}
        self.by_name: dict[tuple[str, ...], list[KnownEvent]] = {}
        for event in knowledge.events:
            self.by_class.setdefault(event.category, []).append(event)
            for name in event.names:
                words = tuple(
                    word.casefold()
                    for word in split_words(name)
                    if word[0].isalnum() and word.casefold() not in ("der", "die", "das", "the")
                )
                if words:
                    self.by_name.setdefault(words, []).append(event)
        states = [entity for _, entity in sorted(knowledge.entities.items()) if entity.kind == "state"]
        self.states = tuple((entity.iri, {word for word in entity.label.split() if word not in _DIRECTIONS}) for entity in states)
        self.longest = max((len(words) for words in self.by_name), default=0)

    def concerns(self, label: str, states: AbstractSet[str]) -> bool:
        """Whether a subject whose label names a country ("Sanctions on North Korea") fits: one such country is among the states."""
        words = set(label.replace("’s", "").replace("'s", "").split())
        named = {iri for iri, name in self.states if words & name}
        return not named or bool(named & states)

    def usual(self, category: str) -> tuple[str, ...]:
        """The two states that take part in every curated event of a class, if there are exactly two."""
        events = self.by_class.get(category, ())
        common = set.intersection(*(set(event.participants) for event in events)) if events else set()
        states = tuple(sorted(iri for iri in common if self.knowledge.names.kind(iri) == "state"))
        return states if len(states) == 2 else ()

    def places_of(self, label: str) -> tuple[str, ...]:
        """The places that have an English label."""
        return tuple(iri for iri, entity in sorted(self.knowledge.entities.items()) if entity.kind == "place" and entity.label == label)

    def named(self, words: Sequence[str], place: int) -> KnownEvent | None:
        """The event whose name covers the word at a place, if exactly one does."""
        for length in range(min(self.longest, 8), 0, -1):
            for begin in range(max(0, place - length + 1), place + 1):
                found = self.by_name.get(tuple(words[begin : begin + length]))
                if found and len(found) == 1 and begin + length > place:
                    return found[0]
        return None

    def match(self, event: Event, place: str, published: str, participants: Iterable[str]) -> KnownEvent | None:
        """The one curated event that an extracted one can only be: same class, no foreign participant, and the same place or date.

        An undated, placeless event is never matched: too many would fit.
        """
        classes = (event.category, *_CLOSE.get(event.category, ()))
        people = tuple(participants)
        states = {self.knowledge.state_of(iri) or iri for iri in people}
        when = event.date or event.start
        if not (place or when) or (event.category not in _DATED and not (place and when)):
            return None
        fitting = [
            candidate
            for name in classes
            for candidate in self.by_class.get(name, ())
            if self._fits(candidate, states, people, place, when, published)
        ]
        return fitting[0] if len(fitting) == 1 else None

    def _fits(self, candidate: KnownEvent, states: set[str], people: tuple[str, ...], place: str, when: str, published: str) -> bool:
        if states and not states <= candidate.participants:
            return False
        persons = [iri for iri in people if self.knowledge.names.kind(iri) == "person"]
        if any(self._rival(candidate, person) for person in persons):
            return False
        if place and candidate.place and place != candidate.place and self.knowledge.state_of(candidate.place) != place:
            return False
        if place and not candidate.place:
            return False
        if when and not ((candidate.start[: len(when)] <= when and when <= f"{candidate.end}~") or candidate.start.startswith(when)):
            return False
        return not (published and candidate.start > f"{published}~" and not when)

    def _rival(self, candidate: KnownEvent, person: str) -> bool:
        """Whether the curated event names another person for the same state."""
        if person in candidate.participants:
            return False
        state = self.knowledge.state_of(person)
        return any(
            iri != person and self.knowledge.names.kind(iri) == "person" and self.knowledge.state_of(iri) == state
            for iri in candidate.participants
        )


def type_of(category: str) -> str:
    """The event type of a class, or the class itself where it is one."""
    return category if category in EVENT_TYPES else FAMILIES.get(category, "")
