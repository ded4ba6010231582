"""Datelines: "WIEN (dpa) –" or "BEIRUT, May 3 (Reuters) -" before a report tells where it was written, not what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from kg.extract.gazetteer import Entity
from kg.extract.tokens import Token
from kg.model import Link

_DASHES: Final = frozenset(("-", "–", "—", "--"))
_REACH: Final = 14
"""How many words and marks a dateline has at most."""
_LEAD: Final = 7
"""How many words a speaker before a colon has at most, the colon included."""
_REST: Final = 4
"""How many a sentence must have behind it."""


def prose(
    tokens: Sequence[Token], links: tuple[Link, ...], entities: Mapping[str, Entity]
) -> tuple[Sequence[Token], tuple[Link, ...], tuple[Link, ...]]:
    """Tokens and links of what a sentence says, without its dateline or the speaker before its colon; and that speaker."""
    tokens, links = without(as_names(tokens, links), links, dateline(tokens, links, entities))
    length, speaker = lead(tokens, links)
    return *without(tokens, links, length), speaker


def dateline(tokens: Sequence[Token], links: Sequence[Link], entities: Mapping[str, Entity]) -> int:
    """How many tokens at a sentence's beginning are a dateline, its dash included; none where a person is named before the dash."""
    dash = next((place for place, token in enumerate(tokens[:_REACH]) if token.text in _DASHES), -1)
    if dash < 1 or len(tokens) - dash <= _REST or not tokens[0].text[0].isupper():
        return 0
    if tokens[dash].start == tokens[dash - 1].end and tokens[dash].text != "—":
        return 0
    depth = 0
    for token in tokens[:dash]:
        depth += (token.text == "(") - (token.text == ")")
        word = token.text[0].isalpha() and not token.text[0].isupper() and depth == 0
        if token.kind in "DWZO" or word or token.text in ':;!?"„“”':
            return 0
    before = [link for link in links if link.mention.start < tokens[dash].start]
    others = ("role", "title", "pronoun", "adjective")
    if (not before and any(token.kind not in "EN." for token in tokens[:dash])) or any(
        link.mention.kind in others or _is_person(entities.get(link.entity), link) for link in before
    ):
        return 0
    return dash + 1


def _is_person(entity: Entity | None, link: Link) -> bool:
    return entity.kind == "person" if entity is not None else " " in link.mention.text


def lead(tokens: Sequence[Token], links: Sequence[Link]) -> tuple[int, tuple[Link, ...]]:
    """How many tokens name a sentence's speaker before a colon ("Merkel: Europa muss handeln"), the colon included, and that speaker."""
    colon = next((place for place, token in enumerate(tokens[:_LEAD]) if token.text == ":"), 0)
    words = tokens[:colon]
    if not colon or len(tokens) - colon <= _REST or any(token.kind in "VAMPCSWZ" or token.text in '",;' for token in words):
        return 0, ()
    named = tuple(link for link in links if link.mention.end <= tokens[colon].start and link.mention.kind != "adjective")
    whole = not links or links[0].mention.start > tokens[colon].start or (bool(named) and named[-1].mention.end == words[-1].end)
    return (colon + 1, named[-1:]) if whole else (0, ())


def without(tokens: Sequence[Token], links: tuple[Link, ...], length: int) -> tuple[Sequence[Token], tuple[Link, ...]]:
    """Tokens and links of a sentence with its dateline's words as mere marks and without its names."""
    if not length:
        return tokens, links
    end = tokens[length - 1].end
    marks = [replace(token, kind=".", form="") for token in tokens[:length]]
    return [*marks, *tokens[length:]], tuple(link for link in links if link.mention.start >= end)


def as_names(tokens: Sequence[Token], links: Sequence[Link]) -> Sequence[Token]:
    """The tokens with those as names that the tagger takes for verbs though a name covers them ("*Ri* sprach in New York")."""
    named = [link.mention for link in links if link.mention.kind in ("name", "alias", "metonym", "demonym")]
    return [
        replace(token, kind="E", form="")
        if token.kind in "VAM" and token.text[0].isupper() and any(name.start <= token.start and token.end <= name.end for name in named)
        else token
        for token in tokens
    ]
