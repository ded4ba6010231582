"""Roles: who is subject, object or partner of a verb or a noun, by position, case and preposition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from kg.extract.chunks import Chunk, find_chunks
from kg.extract.clauses import Clause, find_clauses
from kg.extract.gazetteer import ACTOR_KINDS, Entity
from kg.extract.lexicon import LanguageLexicon
from kg.extract.titles import Position
from kg.extract.tokens import Token
from kg.model import Link, Sentence

_SUBJECT_RELATIVES: Final = frozenset(("der", "who"))
_OBJECT_RELATIVES: Final = frozenset(("den", "dem", "whom", "dessen", "deren", "whose", "denen"))


@dataclass(slots=True)
class SentenceView:
    """A sentence with all that is known of its form: tokens, links, chunks and clauses, and questions about them."""

    sentence: Sentence
    tokens: Sequence[Token]
    links: tuple[Link, ...]
    positions: tuple[Position, ...]
    language: str
    entities: Mapping[str, Entity]
    subjects_named: tuple[Link, ...] = ()
    collectives: frozenset[str] = frozenset()
    event_nouns: frozenset[str] = frozenset()
    control: frozenset[str] = frozenset()
    accusing: frozenset[str] = frozenset()
    place_names: frozenset[str] = frozenset()
    chunks: tuple[Chunk, ...] = ()
    clauses: list[Clause] = field(default_factory=list)
    clause_of: dict[int, int] = field(default_factory=dict)
    chunk_of: dict[int, int] = field(default_factory=dict)
    subjects: dict[int, int | None] = field(default_factory=dict)

    @classmethod
    def build(
        cls,
        sentence: Sentence,
        tokens: Sequence[Token],
        links: tuple[Link, ...],
        positions: tuple[Position, ...],
        lexicon: LanguageLexicon,
        entities: Mapping[str, Entity],
        subjects: tuple[Link, ...] = (),
        place_names: frozenset[str] = frozenset(),
    ) -> SentenceView:
        """The view of a sentence; linear in its length but for its clauses' nesting."""
        view = cls(sentence, tokens, links, positions, lexicon.language, entities, subjects, lexicon.words("words.collectives"))
        view.control = frozenset(
            verb for frame in lexicon.frames if frame.type in ("Request", "Accuse") and not frame.objects for verb in frame.verbs
        )
        view.accusing = frozenset(verb for frame in lexicon.frames if frame.type == "Accuse" and not frame.objects for verb in frame.verbs)
        view.event_nouns, view.place_names = lexicon.words("relations.located"), place_names
        view.chunks = find_chunks(tokens, links, lexicon.language, frozenset(lexicon.titles))
        view.clauses = find_clauses(tokens, lexicon.language)
        for number, clause in enumerate(view.clauses):
            for place in clause.tokens:
                view.clause_of[place] = number
        for number, chunk in enumerate(view.chunks):
            for place in range(chunk.start, chunk.end):
                view.chunk_of.setdefault(place, number)
        return view

    # ---- entities as participants

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

    def is_place(self, link: Link) -> bool:
        """Whether a link stands for a place and not for the state around it."""
        entity = self.entities.get(link.entity)
        return entity is not None and entity.kind == "place"

    def has_state(self, link: Link) -> bool:
        """Whether a participant is a state or belongs to one."""
        entity = self.entities.get(link.entity)
        return entity is None or bool(entity.state)

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
        return follower in self.event_nouns and link.mention.text in self.place_names

    def state(self, link: Link) -> str:
        """The IRI of a participant's state; of the participant itself where it has none."""
        entity = self.entities.get(link.entity)
        return entity.state or entity.iri if entity else link.entity

    def heads(self, number: int) -> tuple[Link, ...]:
        """The participants that a chunk and those coordinated with it stand for."""
        group = self.chunks[number].group
        return self.actors(link for chunk in self.chunks if chunk.group == group for link in chunk.heads)

    def owners(self, number: int) -> tuple[Link, ...]:
        """The participants that modify a chunk: adjective, genitive, compound's first part."""
        found = list(self.chunks[number].mods)
        for child, chunk in enumerate(self.chunks):
            if chunk.parent == number and chunk.genitive and child != number:
                found += self.heads(child) or list(chunk.mods)
        return self.actors(found)

    def phrases(self, number: int, preposition: str) -> tuple[Link, ...]:
        """The participants in a prepositional phrase that hangs on a chunk, directly or behind another such phrase."""
        hanging = {number}
        found: list[Link] = []
        for child in range(number + 1, len(self.chunks)):
            chunk = self.chunks[child]
            if chunk.parent not in hanging and chunk.group not in hanging:
                if chunk.start > self.chunks[max(hanging)].end + 1:
                    break
                continue
            hanging.add(child)
            if chunk.prep == preposition:
                found += self.heads(child) or self.owners(child)
        return self.actors(found)

    # ---- clauses

    def clause_chunks(self, number: int) -> list[int]:
        """The chunks whose head lies in a clause."""
        return [place for place, chunk in enumerate(self.chunks) if self.clause_of.get(chunk.head) == number]

    def bare(self, number: int) -> list[int]:
        """The chunks of a clause that can be subject or object."""
        found = []
        for place in self.clause_chunks(number):
            chunk = self.chunks[place]
            token = self.tokens[chunk.head]
            source = chunk.end < len(self.tokens) and self.tokens[chunk.end].lower == "zufolge"
            if source or self.is_apposition(place):
                continue
            reflexive = (
                token.pos in ("PRF", "PNX") or token.kind == "W" or token.lower in ("sich", "himself", "itself", "themselves", "there")
            )
            if not chunk.prep and not chunk.genitive and not chunk.time and not reflexive and chunk.group == place:
                found.append(place)
        return found

    def is_apposition(self, number: int) -> bool:
        """Whether a chunk only explains the name before it, between two commas."""
        chunk = self.chunks[number]
        before = self.chunks[number - 1] if number else None
        return (
            before is not None
            and bool(before.heads)
            and not chunk.heads
            and chunk.start == before.end + 1
            and self.tokens[before.end].text == ","
            and chunk.end < len(self.tokens)
            and self.tokens[chunk.end].text == ","
        )

    def subject_chunk(self, number: int) -> int | None:
        """The chunk that is a clause's grammatical subject; -1 for a relative pronoun, none where the clause has no own subject."""
        if number not in self.subjects:
            self.subjects[number] = self._subject_chunk(number)
        return self.subjects[number]

    def _subject_chunk(self, number: int) -> int | None:
        clause = self.clauses[number]
        bare = [place for place in self.bare(number) if self.chunks[place].case in ("", "nom", "obl")]
        if clause.kind == "rel" and clause.opener in _SUBJECT_RELATIVES:
            return -1
        if clause.kind in ("inf", "part"):
            return None
        verb = clause.finite if clause.finite >= 0 else clause.verb
        if self.language == "en":
            before = [place for place in bare if self.chunks[place].head < verb or verb < 0]
            if before:
                return before[-1]
            if clause.kind == "rel" and clause.opener not in _OBJECT_RELATIVES:
                return -1
            behind = [place for place in bare if self.chunks[place].head > verb]
            opens = bool(clause.tokens) and clause.tokens[0] == verb
            return behind[0] if behind and opens and number > 0 else None
        if clause.kind == "rel" and clause.opener not in _OBJECT_RELATIVES:
            named = [place for place in bare if self.chunks[place].heads]
            plain = clause.opener in ("die", "das", "welche", "welches", "which", "that")
            if not named or (plain and len(named) == 1 and len(bare) == 1 and self.antecedent(number)):
                return -1
        joined = clause.kind == "main" and number > 0 and len(clause.tokens) > 1 and self.tokens[clause.tokens[0]].kind == "C"
        if joined and clause.tokens[1] == verb and not any(self.chunks[place].case == "nom" for place in bare):
            return None
        if clause.finite < 0 and clause.kind == "main" and number > 0 and self.tokens[clause.verb].form in ("pp", "inf"):
            return None
        return bare[0] if bare else None

    def subject(self, number: int, depth: int = 0) -> tuple[Link, ...]:
        """The participants that a clause's subject stands for: its own, the antecedent's, or the governing clause's."""
        if number < 0 or depth > 6:
            return ()
        clause = self.clauses[number]
        chunk = self.subject_chunk(number)
        if chunk == -1:
            return self.antecedent(number)
        if chunk is not None:
            own = self.heads(chunk) or self.collective(chunk)
            if own or self.tokens[self.chunks[chunk].head].lower in ("es", "it", "there", "man"):
                return own
            return ()
        if clause.kind in ("inf", "part"):
            parent = clause.parent
            own = self.for_subject(number)
            if own:
                return own
            if parent >= 0 and clause.kind == "inf" and self.clauses[parent].lemma in self.control:
                controlled = [link for place in self.objects(parent) for link in self.heads(place)]
                if controlled:
                    return tuple(controlled[:1])
            return self.subject(parent, depth + 1) if parent >= 0 else ()
        for earlier in range(number - 1, -1, -1):
            if (self.clauses[earlier].kind in ("main", "sub") and self.clauses[earlier].kind == clause.kind) or earlier == 0:
                return self.subject(earlier, depth + 1)
        return ()

    def collective(self, number: int) -> tuple[Link, ...]:
        """A collective noun with an owner ("seine Nation", "their government"): the owner's state."""
        head = self.tokens[self.chunks[number].head]
        if head.lemma.casefold() not in self.collectives and head.lower not in self.collectives:
            return ()
        owners = self.owners(number)
        states = [self.entities[state] for link in owners if (state := self.state(link)) in self.entities]
        if not states:
            return owners[:1]
        return tuple(Link(owners[0].mention, state.iri, state.label, state.names, 0.6) for state in states[:1])

    def for_subject(self, number: int) -> tuple[Link, ...]:
        """English "for X to do", "with X doing": the subject of an infinitive or participle behind the preposition."""
        first = self.clauses[number].tokens[0]
        if self.language != "en":
            return ()
        for place in range(len(self.chunks) - 1, -1, -1):
            chunk = self.chunks[place]
            if (
                chunk.prep in ("for", "with")
                and chunk.end <= first
                and first - chunk.end <= 3
                and self.clause_of.get(chunk.head) == self.clauses[number].parent
            ):
                return self.heads(place)
        return ()

    def antecedent(self, number: int) -> tuple[Link, ...]:
        """What a relative clause hangs on: the last phrase before it."""
        first = self.clauses[number].tokens[0]
        for place in range(len(self.chunks) - 1, -1, -1):
            if self.chunks[place].end <= first and self.chunks[place].head < first:
                found = self.heads(place)
                if found or not self.chunks[place].prep:
                    return found
        return ()

    def objects(self, number: int) -> list[int]:
        """The chunks of a clause that are its objects, dative ones included."""
        subject = self.subject_chunk(number)
        clause = self.clauses[number]
        verb = clause.verb
        found = []
        for place in self.bare(number):
            if place == subject or self.chunks[place].case == "nom":
                continue
            if self.language == "en" and self.chunks[place].head < verb:
                continue
            found.append(place)
        return found

    def with_preposition(self, number: int, preposition: str) -> list[int]:
        """The chunks of a clause behind a preposition."""
        return [place for place in self.clause_chunks(number) if self.chunks[place].prep == preposition]

    def agent(self, number: int) -> tuple[Link, ...]:
        """Who does it in a passive clause: behind `von`, `durch` or `by`."""
        for preposition in ("von", "durch", "by"):
            for place in self.with_preposition(number, preposition):
                found = self.heads(place)
                if found:
                    return found
        return ()
