"""Participants: what a link stands for as a party of an event, and what kind of party it is."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from kg.extract.chunks import Chunk
from kg.extract.gazetteer import ACTOR_KINDS, Entity
from kg.extract.titles import Position
from kg.extract.tokens import Token
from kg.model import Link, Mention

_DEFINITE: Final = frozenset(
    "der die das dem den des dieser diese dieses diesem diesen beim vom zum zur im am the this these that those".split()
)


class Participants:
    """Questions about the links of one sentence; what it reads is what `SentenceView` holds."""

    __slots__ = ()
    tokens: Sequence[Token]
    entities: Mapping[str, Entity]
    event_nouns: frozenset[str]
    place_names: frozenset[str]
    clause_of: dict[int, int]
    chunks: tuple[Chunk, ...]
    chunk_of: dict[int, int]
    positions: tuple[Position, ...]
    forces: frozenset[str]
    collectives: frozenset[str]
    undergone: frozenset[str]
    language: str

    @abstractmethod
    def is_apposition(self, number: int) -> bool:
        """Whether a chunk only explains the name before it."""

    @abstractmethod
    def heads(self, number: int) -> tuple[Link, ...]:
        """The participants that a chunk stands for."""

    @abstractmethod
    def owners(self, number: int) -> tuple[Link, ...]:
        """The participants that modify a chunk."""

    def actor(self, link: Link) -> Link | None:
        """The link as a participant: a place and a government count as their state, a subject of talks as nobody."""
        entity = self.entities.get(link.entity)
        if entity is None:
            return link
        if entity.kind in ACTOR_KINDS and "Government" not in entity.classes:
            return link
        if entity.kind in ("place", "organisation") and entity.state in self.entities:
            state = self.entities[entity.state]
            return Link(link.mention, state.iri, state.label, state.names, link.confidence * 0.9)
        return None

    def side(self, link: Link) -> Link:
        """A person's state, for a matter between states; any other participant itself."""
        entity = self.entities.get(link.entity)
        if entity is None or entity.kind != "person" or entity.state not in self.entities:
            return link
        state = self.entities[entity.state]
        return Link(link.mention, state.iri, state.label, state.names, link.confidence * 0.8)

    def actors(self, links: Iterable[Link]) -> tuple[Link, ...]:
        """The participants among links, each entity once."""
        found: dict[str, Link] = {}
        for link in links:
            made = self.actor(link)
            if made is not None:
                found.setdefault(made.entity, made)
        return tuple(found.values())

    def is_medium(self, link: Link) -> bool:
        """Whether a participant is a newspaper, a broadcaster, or a mere collective such as "the media"."""
        entity = self.entities.get(link.entity)
        return entity is not None and bool({"Medium", "Collective"} & set(entity.classes))

    def is_person(self, link: Link) -> bool:
        """Whether a participant is a person; of unknown names those of several words."""
        entity = self.entities.get(link.entity)
        return entity.kind == "person" if entity is not None else " " in link.label

    def is_group(self, link: Link) -> bool:
        """Whether a participant is a group without a name ("the rebels")."""
        entity = self.entities.get(link.entity)
        return entity is not None and "Group" in entity.classes

    def is_matter(self, link: Link, place: int) -> bool:
        """Whether an unnamed group is only spoken of ("condemned the killing *of migrants*", "denied, to have shot civilians")."""
        if not self.is_group(link):
            return False
        before = [token for token in self.tokens[place + 1 :] if token.end <= link.mention.start]
        last = before[-1].lower if before else ""
        owned = self.preposition(link) in ("of", "von", "an") or (last in ("der", "des") and len(before) > 1 and before[-2].kind == "N")
        return owned or any(token.text == "," or token.kind in "Z" or token.form == "ing" for token in before)

    def is_aside(self, link: Link) -> bool:
        """Whether a name stands in an apposition between two commas, which only tells who somebody is."""
        number = self.chunk_of.get(self._place(link.mention), -1)
        return self.language == "de" and number > 0 and self.is_apposition(number)

    def is_place(self, link: Link) -> bool:
        """Whether a link stands for a place and not for the state around it."""
        entity = self.entities.get(link.entity)
        return entity is not None and entity.kind == "place"

    def served(self, persons: Iterable[Link]) -> set[str]:
        """The bodies in which a sentence says that some persons hold a post; they are no other side."""
        own = {link.entity for link in persons}
        return {held.body.entity for held in self.positions if held.person.entity in own}

    def has_state(self, link: Link) -> bool:
        """Whether a participant is a state or belongs to one."""
        entity = self.entities.get(link.entity)
        return entity is None or bool(entity.state)

    def is_party(self, link: Link) -> bool:
        """Whether a participant can be meant where a sentence does not say with whom: a state, one of its people, a known body."""
        entity = self.entities.get(link.entity)
        known = entity is not None and entity.kind == "organisation" and "Candidate" not in entity.classes
        return self.has_state(link) or known

    def preposition(self, link: Link) -> str:
        """The preposition right before a name, in lower case, or empty."""
        before = ""
        for token in self.tokens:
            if token.start >= link.mention.start:
                break
            before = token.lower if token.kind == "P" else "" if token.kind != "D" else before
        return before

    def clause_at(self, link: Link) -> int:
        """The clause in which a name stands, or -1."""
        place = next((number for number, token in enumerate(self.tokens) if token.start <= link.mention.start < token.end), -1)
        return self.clause_of.get(place, -1)

    def is_target(self, link: Link) -> bool:
        """Whether a name stands behind a preposition of hostility ("sanctions against Russia")."""
        return self.preposition(link) in ("against", "on", "gegen")

    def names_event(self, link: Link) -> bool:
        """Whether a name only tells which meeting is meant ("the Singapore summit", "der Hanoi-Gipfel")."""
        entity = self.entities.get(link.entity)
        if entity is None or entity.kind not in ("place", "state"):
            return False
        place = next(
            (number for number, token in enumerate(self.tokens) if token.start < link.mention.end and link.mention.start < token.end), -1
        )
        if place < 0:
            return False
        last = next((number for number in range(place, len(self.tokens)) if self.tokens[number].end >= link.mention.end), place)
        head = self.tokens[last]
        inside = head.end > link.mention.end
        follower = head.parts[-1].casefold() if inside else self.tokens[last + 1].lemma.casefold() if last + 1 < len(self.tokens) else ""
        town = link.mention.text in self.place_names or (inside and link.mention.kind == "metonym")
        return follower in self.event_nouns and town

    def state(self, link: Link) -> str:
        """The IRI of a participant's state; of the participant itself where it has none."""
        entity = self.entities.get(link.entity)
        return entity.state or entity.iri if entity else link.entity

    def doers(self, number: int) -> tuple[Link, ...]:
        """Who does what a participle before a chunk's noun says: "die *von Nairobi* befehligte Truppe"."""
        attribute = self.chunks[number].attribute
        for place, chunk in enumerate(self.chunks):
            if attribute is not None and chunk.inner is attribute and chunk.prep in ("von", "durch"):
                found = self.heads(place) or self.owners(place)
                if found:
                    return found
        return ()

    def is_definite(self, place: int) -> bool:
        """Whether a noun at a place bears a definite article or a demonstrative ("*the* talks", "*beim* Treffen")."""
        chunk = self.chunk_of.get(place)
        first = self.tokens[self.chunks[chunk].start : place] if chunk is not None else ()
        return any(token.lower in _DEFINITE for token in first)

    def is_source(self, number: int, postpositions: frozenset[str]) -> bool:
        """Whether a postposition ends the phrase that a chunk begins or is: "Der Zeitung „Le Monde“ *zufolge*"."""
        for token in self.tokens[self.chunks[number].end : self.chunks[number].end + 6]:
            if token.lower in postpositions:
                return True
            if token.kind not in "NE.":
                return False
        return False

    def is_undergone(self, number: int) -> bool:
        """Whether a chunk's noun names what is done to the one behind it ("die Haft *von Aktivisten*"), who is not to blame for it."""
        return self.tokens[self.chunks[number].head].lemma.casefold() in self.undergone

    def named_behind(self, number: int) -> tuple[Link, ...]:
        """Who is named behind a title and a comma: "der Präsident der Kommission, *Jean-Claude Juncker*, …"."""
        found: list[Link] = []
        for chunk in (chunk for chunk in self.chunks if chunk.group == self.chunks[number].group):
            for person in (held.person for held in self.positions if chunk.start <= self._place(held.title) < chunk.end):
                if person.mention.start > self.tokens[chunk.head].start:
                    found.append(person)
                    break
        return self.actors(found)

    def sent_by(self, number: int) -> tuple[Link, ...]:
        """The sides whose people an English chunk names ("*officials* from both sides")."""
        if self.tokens[self.chunks[number].head].lower not in self.collectives:
            return ()
        return tuple(
            link
            for place, chunk in enumerate(self.chunks)
            if chunk.parent == number and chunk.prep in ("from", "of", "to")
            for link in self.heads(place)
        )

    def _place(self, mention: Mention) -> int:
        return next((number for number, token in enumerate(self.tokens) if token.start <= mention.start < token.end), -1)

    def force(self, number: int) -> tuple[Link, ...]:
        """What acts for a state without being it ("Israeli jets", "Irans Revolutionsgarden"): the state beside it."""
        head = self.tokens[self.chunks[number].head]
        if not ({head.lemma.casefold(), head.lower, head.parts[-1].casefold()} & self.forces):
            return ()
        return tuple(
            Link(link.mention, state.iri, state.label, state.names, 0.6) if (state := self.entities.get(self.state(link))) else link
            for link in (self.owners(number) or self.doers(number))[:1]
        )
