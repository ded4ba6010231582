"""Collectives: whom "both sides", "the agency", "die Behörden" or "die nordkoreanische Führung" stands for."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Final

from kg.extract.gazetteer import Entity
from kg.extract.lexicon import LanguageLexicon
from kg.extract.offices import Offices
from kg.extract.pronouns import CONFIDENCE, Placed, Seen, span
from kg.extract.tokens import Token
from kg.model import Link, Mention

DEFINITE: Final = frozenset("der die das den dem des the this diese dieser dieses diesem".split())
BOTH: Final = frozenset("two both beide beiden beider zwei zweier".split())
_INDEFINITE: Final = frozenset("a an ein eine einer eines einem einen no kein keine another any some".split())


class Collectives:
    """Links the collective nouns of a document over what it has named so far."""

    def __init__(self, lexicon: LanguageLexicon, entities: dict[str, Entity], seen: Seen, offices: Offices) -> None:
        self.lexicon = lexicon
        self.entities = entities
        self.seen = seen
        self.offices = offices

    def make(self, iri: str, mention: Mention, confidence: float) -> Link:
        """The link of a mention to a known entity."""
        entity = self.entities[iri]
        return Link(mention, iri, entity.label, entity.names, round(confidence, 3))

    def kind(self, iri: str) -> str:
        """The kind of an entity, or empty."""
        entity = self.entities.get(iri)
        return entity.kind if entity else ""

    def home_of(self, iri: str) -> str:
        """The state that an entity is, lies in or works for; empty for anything else."""
        entity = self.entities.get(iri)
        fitting = entity is not None and (
            entity.kind in ("state", "place") or (entity.kind == "organisation" and "Medium" not in entity.classes)
        )
        return entity.state if entity is not None and fitting and entity.state in self.entities else ""

    def served(self, made: Link) -> str:
        """The state that a person in office serves, in English ("the premier … . The army …"); empty for anybody else."""
        entity = self.entities.get(made.entity)
        told = entity is not None and entity.kind == "person" and made.mention.kind == "title" and self.lexicon.language == "en"
        return entity.state if entity is not None and told and entity.state in self.entities else ""

    def is_government(self, tokens: Sequence[Token], placed: Placed, place: int) -> bool:
        """Whether a noun stands for the government of the state that the text speaks of ("the government", "die Behörden")."""
        token = tokens[place]
        words = self.lexicon.words("words.governments")
        if (token.lemma.casefold() not in words and token.lower not in words) or place in placed:
            return False
        before = tokens[place - 1] if place else None
        follower = tokens[place + 1] if place + 1 < len(tokens) else None
        beyond = place + 2 < len(tokens) and place + 2 not in placed and tokens[place + 2].text[0].isupper()
        named = "E" if self.lexicon.language == "de" and before is not None and before.lower in DEFINITE else "NE"
        of_one = follower is not None and follower.lower in ("of", "in") and not (follower.lower == "of" and beyond)
        if follower is not None and (follower.kind in named or of_one):
            return False
        if before is not None and (before.lower in DEFINITE or (before.kind in "CP" and self.lexicon.language == "de")):
            return True
        plural = token.lower in self.lexicon.words("words.forces_alone")
        return plural and (before is None or (before.lower not in _INDEFINITE and before.kind not in "JNEG"))

    def around(self, placed: Placed, place: int, barred: Set[str] = frozenset(), tokens: Sequence[Token] = ()) -> Link | None:
        """The state that a word without one belongs to: the nearest one named before it, in the sentences before, else the document's.

        Parameters
        ----------
        barred : set of str
            States that cannot be meant; where one of them is the nearest, none is.
        tokens : sequence of Token
            The sentence's tokens, where a name behind a preposition ("sent arms *to Kyiv*, President Novak said") is to come last.
        """

        def governed(first: int) -> bool:
            back = first - 1
            while 0 < back < len(tokens) and tokens[back].kind in "DJ":
                back -= 1
            return 0 <= back < len(tokens) and tokens[back].kind == "P"

        before = [first for first in sorted(placed, reverse=True) if first < place]
        aside = 0 < place <= len(tokens) and tokens[place - 1].kind == "."
        here = [placed[first][1] for first in (sorted(before, key=governed) if aside else before)]
        behind = [placed[first][1] for first in sorted(placed) if first > place and not governed(first)]
        for group in (here, *reversed(self.seen.sentences[-3:])):
            for made in group:
                state = self.home_of(made.entity) or self.served(made)
                if state:
                    return None if state in barred else self.make(state, made.mention, 0.5)
        topic = self.offices.topic()
        if topic in self.entities and self.kind(topic) == "state" and topic not in barred:
            mention = next((made.mention for made in (*here, *behind)), None)
            if mention is not None:
                return self.make(topic, mention, 0.45)
        return next(
            (
                self.make(made.entity, made.mention, 0.45)
                for made in behind
                if self.kind(made.entity) == "state" and made.entity not in barred
            ),
            None,
        )

    def pairs(self, tokens: Sequence[Token], placed: Placed) -> None:
        """ "the two leaders", "beide Seiten": the last two states or persons of two states, one link on each of the two words."""
        nouns, people = self.lexicon.words("words.pairs"), self.lexicon.words("words.persons")
        for place in range(1, len(tokens)):
            noun = tokens[place]
            named = {noun.lemma.casefold(), noun.lower}
            if not (named & (nouns | people)) or tokens[place - 1].lower not in BOTH or place in placed:
                continue
            wanted = "person" if self.lexicon.title_of(noun.lemma) or named & people else "state"
            if wanted == "state" and self.seen.pair is not None:
                for where, made in zip((place - 1, place), self.seen.pair, strict=True):
                    placed[where] = (where, Link(span(tokens, where, where, "role"), made.entity, made.label, made.names, 0.55))
                continue
            sides: dict[str, Link] = {}
            here = [placed[first][1] for first in sorted(placed, reverse=True) if first < place - 1]
            for made in (*here, *(made for links in reversed(self.seen.sentences[-3:]) for made in reversed(links))):
                entity = self.entities.get(made.entity)
                if entity is None or entity.kind not in ("person", "state") or entity.state not in self.entities:
                    continue
                if named & people and entity.kind != "person":
                    continue
                if wanted in (entity.kind, "state"):
                    sides.setdefault(entity.state, made)
            if len(sides) < 2:
                continue
            for where, (state, made) in zip((place - 1, place), list(sides.items())[:2], strict=True):
                iri = made.entity if wanted == "person" else state
                placed[where] = (where, self.make(iri, span(tokens, where, where, "role"), 0.55))

    def join(self, tokens: Sequence[Token], placed: Placed) -> None:
        """Remember the last two states, bodies or groups that a sentence names together ("the government and the rebels")."""
        before: tuple[int, Link] | None = None
        for first in sorted(placed):
            last, made = placed[first]
            entity = self.entities.get(made.entity)
            fitting = (
                entity is not None
                and made.mention.kind != "adjective"
                and (
                    entity.kind == "state"
                    or "Group" in entity.classes
                    or (entity.kind == "organisation" and "Medium" not in entity.classes)
                )
            )
            between = tokens[before[0] + 1 : first] if before is not None else ()
            joined = any(token.kind == "C" for token in between) and all(token.kind in "CDJR" for token in between)
            if fitting and before is not None and joined and before[1].entity != made.entity:
                self.seen.pair = before[1], made
            before = (last, made) if fitting else None

    def is_taken_up(self, tokens: Sequence[Token], placed: Placed, place: int) -> bool:
        """Whether a noun takes up a body or state that was named before: "the group", in English also "the Gulf state"."""
        back = place - 1
        while self.lexicon.language == "en" and back > 0 and tokens[back].kind in "JNE" and place - back < 3:
            people = self.entities.get(placed[back][1].entity) if back in placed else None
            if back in placed and not (people is not None and "People" in people.classes):
                break
            back -= 1
        follower = tokens[place + 1] if place + 1 < len(tokens) else None
        alone = follower is None or (follower.kind not in "NEG" and follower.lower not in ("of", "in"))
        plain = back == place - 1 and tokens[place].lemma.casefold() in self.lexicon.words("words.bodies")
        return back >= 0 and tokens[back].lower in DEFINITE and (plain or (alone and back < place - 1))

    def body_again(self, tokens: Sequence[Token], placed: Placed, place: int) -> None:
        """ "the agency", "das Land": the last organisation or state named before."""
        state = tokens[place].lemma.casefold() in self.lexicon.words("words.countries")
        wanted = ("state",) if state else ("organisation",)
        plain = tokens[place - 1].lower in DEFINITE
        here = [placed[first][1] for first in sorted(placed, reverse=True) if first < place] if plain else []
        named = set() if plain else {made.entity for _, made in placed.values()}
        for group in (here, *(tuple(reversed(links)) for links in reversed(self.seen.sentences[-2:]))):
            for made in group:
                entity = self.entities.get(made.entity)
                if made.entity in named:
                    continue  # "accused *the island nation* of …" speaks of another one
                if (
                    entity is None
                    or entity.kind not in wanted
                    or made.mention.kind == "adjective"
                    or {"Medium", "People"} & set(entity.classes)
                ):
                    continue
                first = place
                while not plain and tokens[first - 1].lower not in DEFINITE:
                    first -= 1  # "the *Jewish* state"
                    placed.pop(first, None)
                placed[first] = (place, self.make(entity.iri, span(tokens, first, place, "role"), 0.6))
                return

    def stand_in(self, tokens: Sequence[Token], place: int, last: int, state: tuple[Link, int, int]) -> Link | None:
        """A collective noun with a state ("die nordkoreanische Seite", "Führung in Peking"): the state."""
        entity = self.entities.get(state[0].entity)
        iri = entity.state if entity is not None and entity.state in self.entities else ""
        if entity is not None and entity.kind == "organisation":
            iri = entity.iri
        if not iri:
            return None
        return self.make(iri, span(tokens, min(place, state[1]), max(last, state[2]), "role"), CONFIDENCE["role"])
