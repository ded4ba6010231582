"""Control: whose act a relative clause or a joined verb speaks of, where the clause names no subject of its own."""

from __future__ import annotations

from abc import abstractmethod
from typing import Final

from kg.extract.chunks import Chunk
from kg.extract.participants import Participants
from kg.extract.reduced import ACTS
from kg.extract.verbs import Clause
from kg.model import Link

_SAYING: Final = frozenset("say add tell call warn vow threaten deny declare insist announce claim note stress".split())


class Control(Participants):
    """Questions about the clauses of one sentence that have no subject; what it reads is what `SentenceView` holds."""

    __slots__ = ()
    chunks: tuple[Chunk, ...]
    clauses: list[Clause]
    control: frozenset[str]
    antecedents: dict[int, int]
    relative_objects: set[int]

    @abstractmethod
    def subject(self, number: int, depth: int = 0) -> tuple[Link, ...]:
        """The participants that a clause's subject stands for."""

    def act_of(self, number: int, depth: int) -> tuple[Link, ...]:
        """Whose act a relative clause tells more of ("lifted the ban, *a move* welcomed by Chad"): the subject's of the clause before."""
        first = self.clauses[number].tokens[0]
        near = next((chunk for chunk in reversed(self.chunks) if chunk.end <= first), None)
        if near is None or self.tokens[near.head].lemma.casefold() not in ACTS or near.mods:
            return ()
        parent = self.clauses[number].parent
        while parent > 0 and self.clauses[parent].verb < 0:
            parent -= 1
        return self.subject(parent, depth + 1) if parent >= 0 else ()

    def is_relative_object(self, number: int) -> bool:
        """Whether German "die" takes up several while the verb stands in the singular ("Männer, *die* Mali auslieferte")."""
        clause = self.clauses[number]
        place = next((place for place in range(len(self.chunks) - 1, -1, -1) if self.chunks[place].end <= clause.tokens[0]), -1)
        if (
            self.language != "de"
            or place < 0
            or clause.finite < 0
            or clause.opener != "die"
            or self.tokens[clause.tokens[0]].lower != "die"
        ):
            return False
        chunk, head = self.chunks[place], self.tokens[self.chunks[place].head]
        several = any(token.kind == "K" for token in self.tokens[chunk.start : chunk.head]) or head.lower != head.lemma.casefold()
        if head.kind == "N" and several and not self.tokens[clause.finite].lower.endswith("n"):
            self.antecedents[number] = place
            self.relative_objects.add(number)
            return True
        return False

    @abstractmethod
    def subject_chunk(self, number: int) -> int | None:
        """The chunk that is a clause's grammatical subject."""

    def explained(self, number: int) -> tuple[Link, ...]:
        """Whom an English apposition explains, a relative clause behind it ("Farhadi, *the U.S. envoy* who …")."""
        chunk = self.chunks[number]
        before = self.chunks[number - 1] if number else None
        if before is None or chunk.prep or chunk.heads or chunk.start != before.end + 1 or self.tokens[before.end].text != ",":
            return ()
        return self.actors(before.heads)

    def told_of(self, number: int) -> tuple[Link, ...]:
        """Of whom an English participle right behind a verb of saying tells ("says *Baghdad aiding* rebels")."""
        clause = self.clauses[number]
        first = clause.tokens[0]
        if (
            clause.kind != "part"
            or clause.parent < 0
            or self.tokens[first].form != "ing"
            or self.clauses[clause.parent].lemma not in _SAYING
        ):
            return ()
        near = next((chunk for chunk in reversed(self.chunks) if chunk.end == first), None)
        return self.actors(near.heads) if near is not None and not near.prep and near.start > self.clauses[clause.parent].verb else ()

    def leads_up(self, number: int) -> int:
        """The clause before which an English participle stands, whose subject is its own ("*After meeting Chad's envoy*, Rome said …")."""
        clause = self.clauses[number]
        form = self.tokens[clause.verb].form if clause.verb >= 0 else ""
        if clause.finite >= 0 or form not in ("ing", "pp") or clause.kind not in ("main", "sub"):
            return -1
        if clause.parent >= 0:
            return clause.parent
        first = clause.tokens[0]
        opens = number == 0 and clause.verb <= first + 1 and self.clauses[-1] is not clause
        return next((later for later in range(1, len(self.clauses)) if self.clauses[later].kind == "main"), -1) if opens else -1

    def continues(self, number: int) -> bool:
        """Whether an English "and …" goes on with what is said, not with the saying ("said Trump met Kim *and thanked* him")."""
        clause, before = self.clauses[number], self.clauses[number - 1]
        if len(clause.tokens) < 2 or self.tokens[clause.tokens[1]].kind not in "VAMRX":
            return False
        joined = clause.kind == "main" and self.tokens[clause.tokens[0]].lower == "and"
        if clause.finite >= 0 and self.tokens[clause.finite].lower in ("has", "is", "was", "does") and self._is_plural(number - 1):
            return False  # "Oman says the rebels attack it *and has sent* troops"
        return joined and before.kind == "sub" and before.opener in ("", "that") and clause.lemma not in self.control | _SAYING

    def _is_plural(self, number: int) -> bool:
        chunk = self.subject_chunk(number)
        return chunk is not None and chunk >= 0 and self.tokens[self.chunks[chunk].head].pos == "NN2"
