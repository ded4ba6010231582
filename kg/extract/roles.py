"""Roles: who is subject, object or partner of a verb or a noun, by position, case and preposition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from kg.extract.attributes import as_adjectives, find_attributes
from kg.extract.chunks import Chunk, find_chunks, without_opener
from kg.extract.clauses import Clause, find_clauses
from kg.extract.control import Control
from kg.extract.datelines import prose
from kg.extract.fronting import subject_of
from kg.extract.gazetteer import Entity
from kg.extract.lexicon import LanguageLexicon
from kg.extract.parses import Parse
from kg.extract.shapes import shape_of
from kg.extract.titles import Position
from kg.extract.tokens import Token
from kg.extract.verbs import with_lemmas
from kg.model import Link, Sentence

_ABOUT: Final = frozenset(("discuss", "consider", "welcome", "oppose", "reject", "beraten", "besprechen", "begrüßen", "ablehnen"))
"""Verbs that speak of a decision of somebody else."""
_NO_BRIDGE: Final = frozenset(("auf", "als", "laut", "trotz", "wegen"))
"""Prepositions behind which a noun's further phrases hang on another noun ("pochte in Rom *auf den Frieden* zwischen Mali und Tschad")."""
_SUBJECT_RELATIVES: Final = frozenset(("der", "who"))
_OBJECT_RELATIVES: Final = frozenset(("den", "dem", "whom", "dessen", "deren", "whose", "denen"))


@dataclass(slots=True)
class SentenceView(Control):
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
    minded: frozenset[str] = frozenset()
    place_names: frozenset[str] = frozenset()
    forces: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()
    deeds: frozenset[str] = frozenset()
    leading: tuple[Link, ...] = ()
    doing: frozenset[str] = frozenset()
    undergone: frozenset[str] = frozenset()
    drawing: frozenset[str] = frozenset()
    papers: frozenset[str] = frozenset()
    undergoing: frozenset[str] = frozenset()
    averting: frozenset[str] = frozenset()
    chunks: tuple[Chunk, ...] = ()
    clauses: list[Clause] = field(default_factory=list)
    clause_of: dict[int, int] = field(default_factory=dict)
    chunk_of: dict[int, int] = field(default_factory=dict)
    subjects: dict[int, int | None] = field(default_factory=dict)
    antecedents: dict[int, int] = field(default_factory=dict)
    relative_objects: set[int] = field(default_factory=set)
    asides: set[int] = field(default_factory=set)
    partners: frozenset[frozenset[str]] = frozenset()  # pairs of states of which earlier sentences have told a deed

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
        parse: Parse | None = None,
    ) -> SentenceView:
        """The view of a sentence; linear in its length but for its clauses' nesting. Clauses and roles are the parse's, if there is one."""
        tokens, links, leading = prose(tokens, links, entities)
        attributes = find_attributes(tokens) if lexicon.language == "de" and parse is None else ()
        tokens = as_adjectives(tokens, attributes)
        tokens = with_lemmas(tokens, lexicon.inflected) if lexicon.inflected else tokens
        view = cls(sentence, tokens, links, positions, lexicon.language, entities, subjects, lexicon.words("words.collectives"))
        view.control = frozenset(
            verb for frame in lexicon.frames if frame.type in ("Request", "Accuse") and not frame.objects for verb in frame.verbs
        )
        view.accusing = frozenset(verb for frame in lexicon.frames if frame.type == "Accuse" and not frame.objects for verb in frame.verbs)
        spoken = ("Accuse", "Reject", "Request", "Support", "Concede", "Threaten")
        view.minded = frozenset(verb for frame in lexicon.frames if frame.type in spoken and not frame.objects for verb in frame.verbs)
        view.event_nouns, view.place_names = lexicon.words("relations.located") | lexicon.words("words.named_after"), place_names
        view.leading, view.doing = leading, lexicon.words("words.doing")
        view.undergone = lexicon.words("words.undergone") | {
            noun for frame in lexicon.frames if "objective" in frame.noun_recipient and frame.type != "Support" for noun in frame.nouns
        }
        view.deeds = lexicon.words("words.decisions") | {
            noun for frame in lexicon.frames if frame.type in ("Accuse", "Reject", "Request", "Support", "Concede") for noun in frame.nouns
        }
        view.deeds |= {act for frame in lexicon.frames for act in frame.acts} if lexicon.language == "de" else set()
        view.forces, view.decisions = lexicon.words("words.forces"), lexicon.words("words.decisions")
        view.drawing, view.papers = lexicon.words("words.drawing"), lexicon.words("words.papers")
        view.undergoing, view.averting = lexicon.words("words.undergoing"), lexicon.words("words.averting")
        quantities = lexicon.words("words.quantities")
        view.chunks = find_chunks(tokens, links, lexicon.language, frozenset(lexicon.titles), attributes, quantities)
        if parse is None:
            view.clauses = find_clauses(tokens, lexicon.language)
            openers = {clause.tokens[0]: clause.opener for clause in view.clauses if clause.kind in ("sub", "rel")}
            view.chunks = tuple(without_opener(chunk, openers.get(chunk.start, ""), tokens) for chunk in view.chunks)
        else:
            shape = shape_of(tokens, view.chunks, parse, lexicon.language)
            view.chunks, view.clauses, view.subjects = tuple(shape.chunks), shape.clauses, shape.subjects
            view.antecedents, view.relative_objects, view.asides = shape.antecedents, shape.relative_objects, shape.asides
        for number, clause in enumerate(view.clauses):
            for place in clause.tokens:
                view.clause_of[place] = number
        for number, chunk in enumerate(view.chunks):
            for place in range(chunk.start, chunk.end):
                view.chunk_of.setdefault(place, number)
        return view

    # ---- chunks

    def heads(self, number: int) -> tuple[Link, ...]:
        """The participants that a chunk and those coordinated with it stand for."""
        group = self.chunks[number].group
        return self.actors(
            link for place, chunk in enumerate(self.chunks) if chunk.group == group for link in (*self._beside(place), *chunk.heads)
        )

    def _beside(self, number: int) -> tuple[Link, ...]:
        """The states joined to the one whose officials a chunk stands for ("*Syrian* and Russian officials")."""
        chunk = self.chunks[number]
        if not chunk.heads or chunk.heads[0].mention.kind != "role":
            return ()
        start = chunk.heads[0].mention.start
        found = []
        for link in chunk.mods:
            between = [token for token in self.tokens if link.mention.end <= token.start < start]
            if link.mention.kind in ("adjective", "demonym") and len(between) == 1 and between[0].kind == "C":
                entity = self.entities.get(self.state(link))
                found += [Link(link.mention, entity.iri, entity.label, entity.names, 0.7)] if entity is not None else []
        return tuple(found)

    def owners(self, number: int) -> tuple[Link, ...]:
        """The participants that modify a chunk: adjective, genitive, compound's first part."""
        found = list(self.chunks[number].mods)
        for child, chunk in enumerate(self.chunks):
            if chunk.parent == number and chunk.genitive and child != number:
                found += self.heads(child) or list(chunk.mods)
        return self.actors(found)

    def possessors(self, number: int) -> tuple[Link, ...]:
        """The participants that modify a chunk and stand before its noun: "Turkey's detention", "das US-Embargo"."""
        return self.actors(self.chunks[number].mods)

    def patients(self, number: int) -> tuple[Link, ...]:
        """The participants in the genitive behind a noun of doing, to whom it is done: "the arrest of two Americans"."""
        found: list[Link] = []
        for child, chunk in enumerate(self.chunks):
            if chunk.parent == number and chunk.genitive and child != number:
                found += self.heads(child) or list(chunk.mods)
        return self.actors(found)

    def phrases(self, number: int, preposition: str, direct: bool = False) -> tuple[Link, ...]:
        """The participants in a prepositional phrase that hangs on a chunk, directly or (unless `direct`) behind another one."""
        hanging = {number}
        found: list[Link] = []
        for child in range(number + 1, len(self.chunks)):
            chunk = self.chunks[child]
            if chunk.inner is not None or (chunk.prep in _NO_BRIDGE and chunk.prep != preposition):
                continue
            if chunk.parent not in hanging and chunk.group not in hanging:
                if chunk.start > self.chunks[max(hanging)].end + 1:
                    break
                continue
            hanging.add(child)
            if chunk.prep == preposition and not (direct and number not in (chunk.parent, self.chunks[chunk.group].parent)):
                found += self.heads(child) or self.owners(child)
        return self.actors(found)

    # ---- clauses

    def clause_chunks(self, number: int) -> list[int]:
        """The chunks whose head lies in a clause."""
        return [place for place, chunk in enumerate(self.chunks) if self.clause_of.get(chunk.head) == number and chunk.inner is None]

    def bare(self, number: int) -> list[int]:
        """The chunks of a clause that can be subject or object."""
        found = []
        for place in self.clause_chunks(number):
            chunk = self.chunks[place]
            token = self.tokens[chunk.head]
            if self.is_source(place, frozenset(("zufolge",))) or place in self.asides or self.is_apposition(place):
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
        end = chunk.end
        for behind in self.chunks[number + 1 :]:  # "an ally *of Chad*"
            if behind.start != end or not behind.genitive:
                break
            end = behind.end
        return (
            before is not None
            and (bool(before.heads and not chunk.heads) or self._names_holder(before, chunk) or self._tells_of(before, chunk))
            and before.end < chunk.start <= before.end + 2
            and self.tokens[before.end].text == ","
            and (chunk.start == before.end + 1 or self.tokens[chunk.start - 1].lower in ("once", "long", "now", "formerly", "itself"))
            and end < len(self.tokens)
            and self.tokens[end].text == ","
        )

    def _names_holder(self, before: Chunk, chunk: Chunk) -> bool:
        """Whether a chunk gives the name of who holds the English office before it ("Oman's envoy, *Ali Said*, …")."""
        titles = [held.title for held in self.positions if chunk.heads and held.person.entity == chunk.heads[0].entity]
        return self.language == "en" and any(before.start <= self._place(title) < before.end for title in titles)

    def _tells_of(self, before: Chunk, chunk: Chunk) -> bool:
        """Whether a chunk tells what an English name before it is to somebody ("Chad, *Oman's main partner*, …")."""
        named = self.language == "en" and bool(before.heads and chunk.heads) and before.heads[0].mention.kind in ("name", "metonym")
        return named and chunk.heads[0].mention.kind == "role" and any(token.kind == "G" for token in self.tokens[chunk.start : chunk.head])

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
            if not named or (
                plain and len(named) == 1 and len(bare) == 1 and self.antecedent(number) and not self.is_relative_object(number)
            ):
                return -1
        joined = clause.kind == "main" and number > 0 and len(clause.tokens) > 1 and self.tokens[clause.tokens[0]].kind == "C"
        if joined and clause.tokens[1] == verb and not any(self.chunks[place].case == "nom" for place in bare):
            return None
        if clause.finite < 0 and clause.kind == "main" and number > 0 and self.tokens[clause.verb].form in ("pp", "inf"):
            return None
        persons = {place for place in bare if len(self.chunks[place].heads) == 1 and self.is_person(self.chunks[place].heads[0])}
        return subject_of(self.tokens, self.chunks, clause, bare, self.deeds, persons, clause.lemma in self.minded) if bare else None

    def subject(self, number: int, depth: int = 0) -> tuple[Link, ...]:
        """The participants that a clause's subject stands for: its own, the antecedent's, or the governing clause's."""
        if number < 0 or depth > 6:
            return ()
        clause = self.clauses[number]
        chunk = self.subject_chunk(number)
        if chunk == -1:
            return self.act_of(number, depth) or self.antecedent(number)
        if chunk is not None:
            own = self.heads(chunk) or self.named_behind(chunk) or self.collective(chunk) or self.force(chunk) or self.sent_by(chunk)
            paper = self.language == "de" and self.tokens[self.chunks[chunk].head].lemma.casefold() in self.papers
            own = own or (self.owners(chunk) if paper else ())
            if own or self.tokens[self.chunks[chunk].head].lower in ("es", "it", "there", "man"):
                return own
            return self.led(number)
        if clause.kind in ("inf", "part"):
            parent = clause.parent
            if clause.kind == "inf" and self.is_nobodys(number) and not self.decider(number):
                return ()
            own = self.told_of(number) or self.for_subject(number) or self.decider(number) or self.author(number)
            if own:
                return own
            if parent >= 0 and self.is_accusation(number):
                accused = [link for place in self.objects(parent) for link in self.heads(place) or self.collective(place)]
                if self.clauses[parent].passive:
                    accused = list(self.subject(parent, depth + 1))
                return tuple(accused[:1])
            if parent >= 0 and clause.kind == "inf" and self.clauses[parent].lemma in self.control:
                controlled = [link for place in self.objects(parent) for link in self.heads(place)]
                if controlled:
                    return tuple(controlled[:1])
            return self.subject(parent, depth + 1) if parent >= 0 else ()
        ahead = self.leads_up(number)
        if ahead >= 0:
            return self.subject(ahead, depth + 1)
        if self.language == "en" and self.continues(number):
            return self.subject(number - 1, depth + 1)
        for earlier in range(number - 1, -1, -1):
            if (self.clauses[earlier].kind in ("main", "sub") and self.clauses[earlier].kind == clause.kind) or earlier == 0:
                return self.subject(earlier, depth + 1)
        return ()

    def led(self, number: int) -> tuple[Link, ...]:
        """Who leads the group without a name that an English clause has for its subject ("a delegation *led by Novak* arrived")."""
        below = number + 1
        if self.language != "en" or below >= len(self.clauses) or self.clauses[below].parent != number:
            return ()
        return self.agent(below) if self.clauses[below].lemma in ("lead", "head") and self.clauses[below].passive else ()

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

    def decider(self, number: int) -> tuple[Link, ...]:
        """Whose an infinitive is that hangs on a noun ("the U.S. decision to expel", "die Weigerung Pekings, … zu"): the noun's owner's."""
        if self.clauses[number].kind != "inf":
            return ()
        first = self.clauses[number].tokens[0]
        place = next((place for place in range(len(self.chunks) - 1, -1, -1) if self.chunks[place].end <= first), -1)
        if place < 0 or first - self.chunks[place].end > 1:
            return ()
        while place >= 0:
            if self.tokens[self.chunks[place].head].lemma.casefold() in self.decisions:
                return self.owners(place) or self.phrases(place, "by") or self.phrases(place, "durch")
            place = self.chunks[place].parent
        return ()

    def author(self, number: int) -> tuple[Link, ...]:
        """Whose a paper is that a participle tells more of ("a Canadian statement demanding …")."""
        first = self.clauses[number].tokens[0]
        near = next((place for place, chunk in enumerate(self.chunks) if chunk.end == first), -1)
        if self.clauses[number].kind != "part" or near < 0 or self.tokens[self.chunks[near].head].lemma.casefold() not in self.papers:
            return ()
        return self.owners(near)

    def is_nobodys(self, number: int) -> bool:
        """Whether an infinitive hangs on a decision of nobody named that is only spoken of ("discuss recent decisions to cut ties")."""
        parent = self.clauses[number].parent
        if parent < 0 or self.clauses[parent].lemma not in self.accusing | _ABOUT:
            return False
        first = self.clauses[number].tokens[0]
        near = [chunk for chunk in self.chunks if chunk.end in (first, first - 1)]
        return any(self.tokens[chunk.head].lemma.casefold() in self.decisions for chunk in near)

    def is_accusation(self, number: int) -> bool:
        """Whether a clause is what somebody is accused of ("accused Iran of breaking …")."""
        parent = self.clauses[number].parent
        first = self.clauses[number].tokens[0]
        gerund = self.language == "en" and self.clauses[number].kind == "part" and first > 0 and self.tokens[first - 1].lower == "for"
        if gerund and parent >= 0 and (self.clauses[parent].passive or any(self.heads(place) for place in self.objects(parent))):
            return True  # "thanked Oman *for hosting* …", "was fined *for breaking* …"
        if parent < 0 or self.clauses[parent].lemma not in self.accusing:
            return False
        return self.language == "de" or (first > 0 and self.tokens[first - 1].lower in ("of", "for", "over"))

    def for_subject(self, number: int) -> tuple[Link, ...]:
        """English "for X to do", "with X doing": the subject of an infinitive or participle behind the preposition."""
        first = self.clauses[number].tokens[0]
        if self.language != "en":
            return ()
        for place in self.clause_chunks(number):
            if (
                self.chunks[place].prep == "for"
                and self.chunks[place].head < self.clauses[number].verb
                and self.clauses[number].kind == "inf"
            ):
                return self.heads(place)
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
        """What a relative clause hangs on: what its parse says, else the last phrase before it."""
        if number in self.antecedents:
            return self.heads(self.antecedents[number])
        first = self.clauses[number].tokens[0]
        for place in range(len(self.chunks) - 1, -1, -1):
            if self.chunks[place].end <= first and self.chunks[place].head < first:
                own = self.actors(self.chunks[place].heads) if self.chunks[place].prep and self.language == "en" else ()
                found = own or self.heads(place) or self.explained(place)  # "between Oman and *the rebels, who* seized …"
                if found or not self.chunks[place].prep:
                    return found
        return ()

    def objects(self, number: int) -> list[int]:
        """The chunks of a clause that are its objects, dative ones included."""
        subject = self.subject_chunk(number)
        clause = self.clauses[number]
        verb = clause.verb
        found = [self.antecedents[number]] if number in self.relative_objects else []
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
        """Who does it in a passive clause: behind `von`, `durch` or `by`, else the body in which it is done ("ratified in the Senate")."""
        for preposition in ("von", "durch", "by", "in"):
            for place in self.with_preposition(number, preposition):
                if self.language == "en" and self.chunks[place].start < self.clauses[number].verb:
                    continue  # it hangs on the subject ("the arrest of Ali *by Oman* was welcomed by Chad")
                if self.language == "de" and self.chunks[place].parent >= 0 and self.chunks[place].head < self.clauses[number].finite:
                    continue  # "*im Beisein von* Annan wurde …"
                found = self.heads(place) or (self.owners(place) if preposition == "by" else ())  # "by Libyan fire"
                if preposition == "in":
                    found = tuple(link for link in found if (entity := self.entities.get(link.entity)) and entity.kind == "organisation")
                if found:
                    return found
        return ()
