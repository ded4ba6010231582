"""Parties: unnamed groups that act or are acted on ("the rebels", "Demonstranten"), each a candidate under its own noun."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kg.extract.gazetteer import Entity
from kg.extract.lexicon import LanguageLexicon
from kg.extract.pronouns import CONFIDENCE, Placed, span
from kg.extract.titles import Position, Titles
from kg.extract.tokens import Token
from kg.model import Link
from kg.terms import Names

GROUP: Final = "Group"
"""The class of a group that is named by a noun alone; it belongs to no state, so that no event is taken to be between it and one."""
PEOPLE: Final = "People"
"""The class of a people or a faith: not every group that it describes is all of it ("Kurdish rebels")."""
_TRUST: Final = 0.45


class Parties:
    """Links a document's unnamed groups, sentence by sentence: the same noun is the same group, with the state it was first named with."""

    def __init__(self, lexicon: LanguageLexicon, names: Names, titles: Titles, entities: dict[str, Entity]) -> None:
        self.lexicon = lexicon
        self.names = names
        self.titles = titles
        self.entities = entities
        self.known: dict[str, Entity] = {}

    def resolve(self, tokens: Sequence[Token], placed: Placed, positions: list[Position]) -> None:
        """Link the groups of a sentence into `placed`; a group of an organisation is the organisation ("Hamas fighters").

        Who is said to lead a band is added to `positions`.
        """
        if not self.lexicon.parties:
            return
        self.leaders(tokens, placed, positions)
        covered = {place for first, (last, made) in placed.items() if made.mention.kind != "adjective" for place in range(first, last + 1)}
        for place in range(len(tokens)):
            label, begin = self.group_at(tokens, place)
            if not label or covered & set(range(begin, place + 1)) or self.explains(tokens, placed, place):
                continue
            if self.describes(tokens, place):
                if self.acts(tokens, place) and place not in placed:  # "*rebel* attacks"
                    entity = self.group(label, None)
                    placed[place] = place, Link(span(tokens, place, place, "adjective"), entity.iri, entity.label, entity.names, _TRUST)
                continue
            modifier = self.titles.modifier(tokens, placed, begin, place)
            if modifier is not None and modifier[2] > place:
                modifier = None  # "rebels in Syria": the name stays one of its own
            if modifier is None and place in placed:
                modifier = placed[place][1], place, place  # "Farc-Rebellen"
            first = min(begin, modifier[1]) if modifier else begin
            if modifier is not None and self.is_body(modifier[0]):
                entity = self.known[label] = self.entities[modifier[0].entity]
                confidence = CONFIDENCE["role"]
            else:
                entity = self.group(label, modifier[0] if modifier else None)
                confidence = _TRUST
            for inner in range(first, place + 1):
                placed.pop(inner, None)
            placed[first] = (place, Link(span(tokens, first, place, "role"), entity.iri, entity.label, entity.names, confidence))

    def leaders(self, tokens: Sequence[Token], placed: Placed, positions: list[Position]) -> None:
        """Add who leads a band without a name ("rebel leader Juan Ortega"): he holds his post with it, not with the state."""
        for first, (_, made) in sorted(placed.items()):
            if made.mention.kind not in ("name", "alias") or self.titles.entity_kind(made.entity) not in ("person", "candidate"):
                continue
            title = next(
                (place for place in range(max(0, first - 3), first) if self.titles.title_at(tokens, place)[1] == first - place), -1
            )
            if title < 0 or not self.titles.title_at(tokens, title)[0]:
                continue
            label, noun = self.titles.band_at(tokens, title, first - 1)
            if not label:
                continue
            modifier = self.titles.modifier(tokens, placed, noun, noun)
            entity = self.group(label, modifier[0] if modifier else None)
            body = Link(span(tokens, noun, noun, "role"), entity.iri, entity.label, entity.names, _TRUST)
            office = self.titles.title_at(tokens, title)[0]
            positions.append(Position(made, body, span(tokens, min(noun, title), first - 1, "title"), office))

    def group_at(self, tokens: Sequence[Token], place: int) -> tuple[str, int]:
        """The English name of the group whose noun stands at a place, and where it begins; empty for none."""
        token = tokens[place]
        if token.kind not in "NEJV" or not token.text[-1].isalpha() or (self.lexicon.language == "de" and token.text[0].islower()):
            return "", place
        before = tokens[place - 1] if place else None
        if before is not None and before.kind in "NJVE":
            for word in (token.lemma.casefold(), token.lower):
                label = self.lexicon.party_of(f"{before.lower} {word}")
                if label:
                    return label, place - 1
        if token.kind == "V":
            return "", place
        return self.lexicon.party_of(token.lemma) or self.lexicon.party_of(token.lower), place

    def describes(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether the noun only describes another one or a person behind it ("rebel leader", "activist Jane Roe")."""
        follower = tokens[place + 1] if place + 1 < len(tokens) else None
        if follower is None:
            return False
        noun = next((token for token in tokens[place + 1 :] if token.kind != "J"), follower)
        if self.lexicon.language == "en" and noun.kind == "N" and tokens[place].pos != "NN2":
            return True
        return follower.kind == "E" and not tokens[place].lower.endswith(("s", "n")) and follower.text[0].isupper()

    def acts(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether an English noun has a group for its owner: a deed ("*student* protests"), or any noun a band ("*rebel* bases")."""
        if self.lexicon.language == "en" and self.group_at(tokens, place)[0] in self.lexicon.words("words.bands"):
            noun = next((other for other in range(place + 1, len(tokens)) if tokens[other].kind != "J"), place)
            return not self.titles.title_at(tokens, noun)[0]
        frame = self.lexicon.noun_frame(tokens[place + 1].lemma) if self.lexicon.language == "en" else None
        return frame is not None and frame.type in ("Assault", "Protest") and "genitive" in frame.noun_actor

    def explains(self, tokens: Sequence[Token], placed: Placed, place: int) -> bool:
        """Whether a German noun only says what the body named right behind it is ("die *Terrorgruppe* Al-Kaida")."""
        behind = placed.get(place + 1)
        if self.lexicon.language != "de" or behind is None or behind[1].mention.kind not in ("name", "alias"):
            return False
        entity = self.entities.get(behind[1].entity)
        if entity is None:
            return behind[1].mention.text.isupper()
        return entity.kind == "organisation" and behind[1].mention.text in entity.names

    def is_body(self, link: Link) -> bool:
        """Whether a group's modifier is a body that the group acts for."""
        entity = self.entities.get(link.entity)
        return entity is not None and entity.kind == "organisation" and not {PEOPLE, "Medium"} & set(entity.classes)

    def group(self, label: str, owner: Link | None) -> Entity:
        """The candidate of a group; with an owner its own, and the one that the noun alone stands for afterwards."""
        holder = self.entities.get(owner.entity) if owner else None
        if holder is None or GROUP in holder.classes:
            made = self.known.get(label)
            return made or self.candidate(label, label)
        home = self.entities.get(holder.state, holder)
        return self.candidate(label, f"{label} ({home.label})")

    def candidate(self, label: str, whole: str) -> Entity:
        """The entity of a group, which its noun alone stands for from now on."""
        iri = self.names.mint("candidate", whole)
        names = tuple(sorted({label, whole}))
        made = self.entities.setdefault(iri, Entity(iri, "candidate", whole, names, ("Candidate", GROUP)))
        self.known[label] = made
        return made
