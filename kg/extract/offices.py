"""Offices: what a document itself says of who holds which office in which state, and which state it is mostly about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from kg.extract.gazetteer import Entity
from kg.extract.lexicon import LanguageLexicon
from kg.extract.tokens import Token
from kg.model import Link

PRECISE: Final = frozenset(("adviser", "politician", "minister", "envoy", "speaker"))
"""Classes of offices that many hold at once: there the very word counts."""


@dataclass(frozen=True, slots=True)
class Held:
    """That a document gives a person an office of a state or body, under a title in lower case."""

    person: Link
    body: str
    office: str
    title: str
    former: bool = False
    sure: bool = True
    """Whether the document names the state or body together with the office."""

    def fits(self, office: str, title: str) -> bool:
        """Whether a title means this office: a leader's or foreign minister's by any word for it, another one's by this very word."""
        return not self.former and (self.title == title if office in PRECISE else self.office == office)


@dataclass(slots=True)
class Offices:
    """A document's own account of offices, gathered in a first reading and used in a second one."""

    held: list[Held] = field(default_factory=list)
    homes: dict[str, Entity] = field(default_factory=dict)
    states: Counter[str] = field(default_factory=Counter)

    def learn(self, item: Held) -> None:
        """Remember an office once."""
        if item not in self.held:
            self.held.append(item)

    def count(self, links: Iterable[Link], entities: Mapping[str, Entity]) -> None:
        """Count the states that a sentence names."""
        self.states.update({entity.state for link in links if (entity := entities.get(link.entity)) is not None and entity.state})

    def topic(self) -> str:
        """The state that the document names most often; empty where two are named as often."""
        first, second = (*self.states.most_common(2), ("", 0), ("", 0))[:2]
        return first[0] if first[1] > second[1] else ""

    def holder(self, body: str, office: str, title: str) -> Link | None:
        """Who holds an office of a state or body, as the document says; none where it names two."""
        found = {item.person.entity: item.person for item in self.held if item.sure and item.body == body and item.fits(office, title)}
        return next(iter(found.values())) if len(found) == 1 else None

    def has(self, person: str, office: str, title: str) -> bool:
        """Whether the document gives a person the office that a title means."""
        return any(item.person.entity == person and item.fits(office, title) for item in self.held)

    def taken(self, title: str, person: str) -> frozenset[str]:
        """The states and bodies in which somebody else has this very title."""
        bare = title.removesuffix("in")
        return frozenset(
            item.body
            for item in self.held
            if item.title.removesuffix("in") == bare and item.sure and not item.former and item.person.entity != person
        )


def is_former(tokens: Sequence[Token], place: int, lexicon: LanguageLexicon) -> bool:
    """Whether the title at a place is one that somebody no longer holds ("former", "ehemalig", "Ex-")."""
    words = lexicon.words("words.former")
    for token in reversed(tokens[max(0, place - 9) : place]):
        if token.lower in ("was", "war"):
            return True  # "Novak war bis 2012 Außenminister"
        if token.kind in ".EV" and not token.text.isdigit():
            break
    near = tokens[max(0, place - 3) : place]
    return any(token.lemma.casefold() in words or token.lower in words for token in near) or any(
        tokens[place].lower.startswith(f"{word}-") for word in words
    )


def gender_of(tokens: Sequence[Token], first: int, last: int, lexicon: LanguageLexicon) -> str:
    """The gender that a title tells: German names women in -in, English in words of its own; empty where it tells none."""
    words = [tokens[place].lower.rpartition("-")[2] for place in range(max(0, first), last + 1)]
    if any(word in lexicon.words("words.female") for word in words):
        return "female"
    if any(word in lexicon.words("words.male") for word in words):
        return "male"
    if lexicon.language != "de":
        return ""
    head = words[-1].removesuffix("nen") if words[-1].endswith("innen") else words[-1]
    if head.endswith("in") and lexicon.title_of(head):
        return "female"
    return "" if head.endswith(("te", "de")) else "male"


def is_plural(tokens: Sequence[Token], first: int, last: int, lexicon: LanguageLexicon) -> bool:
    """Whether a title names several holders ("the leaders of France and Britain", "die Präsidenten")."""
    if lexicon.language == "en":
        return any(token.pos == "NN2" for token in tokens[first : last + 1])
    opened = {token.lower for token in tokens[max(0, first - 1) : last]}
    return bool(opened & {"beide", "beiden", "mehrere", "viele", "einige", "zwei"}) or (
        "die" in opened and gender_of(tokens, last, last, lexicon) == "male"
    )


def is_of_somebody(tokens: Sequence[Token], last: int) -> bool:
    """Whether a title goes on with whom its holder serves, be that linked or not ("Sprecher der Rebellen", "head of the family")."""
    follower = tokens[last + 1] if last + 1 < len(tokens) else None
    return follower is not None and follower.lower in ("of", "des", "der", "von", "eines", "einer")
