"""German attributes with phrases of their own before the noun: "die *von Nairobi befehligte* Truppe", "der *für Europa wichtige* Pakt"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from kg.extract.tokens import Token, participle_lemma

REACH: Final = 14
"""How many words such an attribute has at most."""
_ARTICLES: Final = frozenset(("der", "die", "das", "den", "dem", "des"))
_FUSED: Final = frozenset(("im", "am", "zum", "zur", "beim", "vom", "ins", "ans"))


@dataclass(frozen=True, slots=True)
class Attribute:
    """The places of an article, of the participle or adjective before the noun, and the participle's verb, or empty."""

    article: int
    last: int
    verb: str


def find_attributes(tokens: Sequence[Token]) -> tuple[Attribute, ...]:
    """The attributes of a German sentence, from left to right; none lies inside another."""
    found: list[Attribute] = []
    place = 0
    while place < len(tokens) - 3:
        word = tokens[place]
        article = word.kind == "D" or (word.kind == "W" and word.lower in _ARTICLES and (not place or tokens[place - 1].text != ","))
        last = _last(tokens, place) if article or word.lower in _FUSED else -1
        if last > 0:
            found.append(Attribute(place, last, participle_lemma(tokens[last].text)))
        place = max(last, place) + 1
    return tuple(found)


def _last(tokens: Sequence[Token], article: int) -> int:
    """The place of the participle or adjective that an attribute ends in, or -1 where none begins behind the article."""
    place = article + 1
    while place < len(tokens) and tokens[place].kind == "R":
        place += 1
    if place >= len(tokens) or tokens[place].kind != "P":
        return -1
    waits = True  # for the noun that a preposition or an article asks for
    for here in range(place + 1, min(len(tokens) - 1, article + REACH)):
        token, behind = tokens[here], tokens[here + 1]
        if token.kind in "PD":
            waits = True
        elif token.kind in "NEOK" and (behind.kind not in "NE" or token.kind == "E"):
            waits = False
        elif token.kind == "J" or (token.kind == "V" and token.form in ("fin", "pp") and token.text.islower()):
            if not waits and behind.kind in "NEJ" and token.text.endswith(("e", "en", "er", "es", "em")):
                return here
            if token.kind == "V":
                return -1
            if waits and tokens[here - 1].kind == "P" and token.text.endswith("em") and behind.kind in "JV":
                waits = False  # "seit langem"
        elif token.kind in "SWZXTAM" or (token.kind == "." and token.text not in "/-"):
            return -1
    return -1


def as_adjectives(tokens: Sequence[Token], attributes: Sequence[Attribute]) -> Sequence[Token]:
    """The tokens, with what the tagger took for verbs and relative pronouns as the attributes' participles and articles."""
    kinds = {item.last: "J" for item in attributes if tokens[item.last].kind == "V"}
    kinds |= {item.article: "D" for item in attributes if tokens[item.article].kind == "W"}
    if not kinds:
        return tokens
    return [replace(token, kind=kinds[place], form="") if place in kinds else token for place, token in enumerate(tokens)]


def is_nominal(tokens: Sequence[Token], position: int) -> bool:
    """Whether a German adjective stands for a noun ("ein *Verbündeter* Polens", "die *Aufständischen* in Mali"), no noun behind it."""
    token, behind = tokens[position], tokens[position + 1] if position + 1 < len(tokens) else None
    capital = token.kind == "J" and position > 0 and token.text[0].isupper() and tokens[position - 1].kind in "DJKPRV"
    return capital and (behind is None or behind.kind not in "NEJ" or (behind.kind == "E" and behind.text[-1] == "s"))
