"""Coordination: which noun phrases of a sentence are joined to one ("Oman, Chad and Mali", "Rome's premier, Jan Roth, and his guest")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.extract.tokens import Token

if TYPE_CHECKING:
    from kg.extract.chunks import Chunk


def coordinated(found: Sequence[Chunk], tokens: Sequence[Token]) -> tuple[Chunk, ...]:
    """The chunks with their coordination; a later part takes over preposition, parent and case of the first."""
    result: list[Chunk] = []
    for position, chunk in enumerate(found):
        group = position
        if result:
            before = result[-1]
            between = tokens[before.end : chunk.start]
            joined = len(between) == 1 and (between[0].kind == "C" and between[0].lower not in ("aber", "but", "sondern", "doch", "denn"))
            joined = joined or [token.lower for token in between] in (["als", "auch"], ["wie", "auch"])
            listed = (
                len(between) == 1
                and between[0].text == ","
                and bool(chunk.heads and before.heads)
                and (_list_goes_on(found, position, tokens) or _heads_line(found, position, tokens))
            )
            same = not chunk.prep or chunk.prep == before.prep
            if _comma_and(between) and before.heads and not chunk.prep and (chunk.heads or chunk.mods):
                explained = len(result) > 1 and _explains(result[-2], before, tokens)
                before = result[-2] if explained else before
                listed = explained or (bool(chunk.heads) and before.group != position - 1)
            if (joined or listed) and same and not chunk.time and not before.time:
                group = before.group
                if not chunk.prep:
                    chunk = replace(chunk, prep=before.prep, parent=before.parent, genitive=before.genitive, case=chunk.case or before.case)
        result.append(replace(chunk, group=group))
    return tuple(result)


def _comma_and(between: Sequence[Token]) -> bool:
    """Whether a comma and an `and` stand between two phrases."""
    return len(between) == 2 and between[0].text == "," and between[1].lower == "and"


def _explains(named: Chunk, before: Chunk, tokens: Sequence[Token]) -> bool:
    """Whether a phrase only gives the name of the office before it ("Rome's premier, *Jan Roth*, and …")."""
    comma = before.start == named.end + 1 and tokens[named.end].text == ","
    titled = named.heads[0].mention.kind in ("role", "title") if named.heads else bool(named.mods)
    return comma and titled and bool(before.heads) and before.heads[0].mention.kind in ("name", "alias")


def _heads_line(found: Sequence[Chunk], position: int, tokens: Sequence[Token]) -> bool:
    """Whether two names with only a comma between them are the subject of an English headline ("Oman, Chad discuss trade")."""
    stop = found[position].end
    return (
        position == 1
        and found[0].start == 0
        and stop < len(tokens)
        and tokens[stop].kind in "VZ"
        and (tokens[stop].kind == "Z" or tokens[stop].form == "inf" or (tokens[stop].form == "fin" and tokens[-1].text != "."))
    )


def _list_goes_on(found: Sequence[Chunk], position: int, tokens: Sequence[Token]) -> bool:
    """Whether a list of names that goes on with this chunk comes to an `and`."""
    for here, following in zip(found[position:], found[position + 1 :], strict=False):
        between = tokens[here.end : following.start]
        if ((len(between) == 1 and between[0].kind == "C") or _comma_and(between)) and following.heads:
            return True
        if not (len(between) == 1 and between[0].text == "," and following.heads):
            return False
    return False
