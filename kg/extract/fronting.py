"""Fronting: German main clauses that begin with their object ("Kritik übte auch Berlin")."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Final

from kg.extract.chunks import Chunk
from kg.extract.clauses import Clause
from kg.extract.tokens import Token

_ABSTRACT: Final = ("ung", "ungen", "heit", "keit", "tät", "nis", "ismus")
"""Endings of German nouns that name no one who acts."""
_BODIES: Final = ("regierung", "führung", "zeitung", "bewegung", "verwaltung", "vereinigung", "leitung", "stiftung", "abteilung")


def subject_of(
    tokens: Sequence[Token],
    chunks: Sequence[Chunk],
    clause: Clause,
    bare: Sequence[int],
    deeds: frozenset[str],
    persons: Set[int],
    minded: bool,
) -> int:
    """The subject among the chunks of a German clause that can be one: the second, behind the verb, where the first is an object.

    The first is taken for one if it is only "dies" or "das", or one of `deeds`: what somebody says or does to somebody.
    `persons` are the places of phrases that are the name of a person; `minded` says that only somebody with a will does such a thing.
    """
    bare = [place for place in bare if agrees(tokens, chunks, clause, place, persons)] or bare
    first = chunks[bare[0]]
    if len(bare) < 2 or clause.finite < 0 or clause.kind != "main" or first.heads or first.case == "nom" or first.head > clause.finite:
        return bare[0]
    head, second = tokens[first.head], chunks[bare[1]]
    thing = head.kind == "N" and any(head.lemma.casefold().endswith(item) for item in deeds if len(item) > 3)
    thing = thing or (minded and head.kind == "N" and head.lower.endswith(_ABSTRACT) and not head.lower.endswith(_BODIES))
    if not (head.lower in ("dies", "das", "dieses") and head.kind in "OD") and not thing:
        return bare[0]
    article = tokens[second.start].lower
    named = bool(second.heads or article == "ein") and second.case not in ("acc", "dat", "gen")
    return bare[1] if named and all(token.kind in "RO" for token in tokens[clause.finite + 1 : second.start]) else bare[0]


def agrees(tokens: Sequence[Token], chunks: Sequence[Chunk], clause: Clause, place: int, persons: Set[int]) -> bool:
    """Whether a phrase can be the subject in number: one person cannot, beside a verb in the plural ("Novak *drohen* Jahre Haft")."""
    chunk = chunks[place]
    if clause.finite < 0 or len(chunk.heads) != 1 or any(other.group == chunk.group for other in chunks if other is not chunk):
        return True
    token, name = tokens[clause.finite], chunk.heads[0].mention
    plural = token.lower.endswith("n") and token.form == "fin"
    person = name.kind in ("name", "alias") and place in persons
    return not (plural and (person or tokens[chunk.head].lower in ("er", "es")))
