"""Reduced clauses: English participles and infinitives that hang on a noun, and where the clause around them goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kg.extract.tokens import SAYING, Token
from kg.extract.verbs import counts, is_finite

BREAKS: Final = frozenset((",", ";", ":", "-", "–", "—", "(", ")", "--"))
ACTS: Final = frozenset(("move", "step", "decision", "act", "action"))
"""English nouns by which a clause is taken up again (", *a move* that …")."""
RELATIVE_EN: Final = frozenset(("who", "which", "whose", "whom", "that"))


def ends_aside(tokens: Sequence[Token], place: int, current: list[int]) -> bool:
    """Whether an English infinitive follows a phrase behind a break ("– in the margins of the summit *to discuss* …")."""
    aside = bool(current) and current[0] > 0 and tokens[current[0]].kind == "P"
    return aside and place + 1 < len(tokens) and tokens[place + 1].form == "inf"


def noun_infinitive(tokens: Sequence[Token], place: int) -> bool:
    """Whether an English infinitive hangs on the subject ("the decision *to expel* them drew …"), a finite verb behind it."""
    following = tokens[place + 1 : place + 16]
    if not following or following[0].kind != "V" or tokens[place - 1].kind not in "NE":
        return False
    for token in following[1:]:
        if token.text in BREAKS or token.kind in "SWZ" or token.form == "ing":
            return False
        if token.kind in "VAM":
            return token.form in ("fin", "pp")
    return False


def is_noun_infinitive(tokens: Sequence[Token], current: list[int]) -> bool:
    """Whether a segment is such an infinitive, so that the finite verb behind it belongs to the subject again."""
    return len(current) > 2 and tokens[current[0]].kind == "Z" and current[0] > 0 and noun_infinitive(tokens, current[0])


def reduces(tokens: Sequence[Token], place: int, current: list[int] | None) -> bool:
    """Whether an English participle is a relative clause without its pronoun ("the men *held by Kabul* were freed", "those killed in …").

    A finite verb stands before it, or behind it and the phrases that hang on it.
    """
    before = tokens[place - 1] if place else None
    if before is None or not (before.kind in "NEK" or before.lower in ("those", "people")) or is_aux_before(tokens, place):
        return False
    follower = tokens[place + 1] if place + 1 < len(tokens) else None
    if follower is None or not (follower.kind == "P" or (follower.kind == "R" and follower.lower == "by")):
        return False
    if current is None or any(counts(tokens, position) and is_finite(tokens[position]) for position in current):
        return True
    if any(tokens[position].kind in "WS" for position in current):
        return False
    if before.lemma in ACTS and current and tokens[current[0]].kind == "D" and current[0] and tokens[current[0] - 1].text == ",":
        return True  # ", a move welcomed by Chad"
    for token in tokens[place + 1 : place + 15]:
        if token.text in BREAKS or token.kind in "SWZC" or token.form in ("ing", "inf"):
            return False
        if token.kind in "VAM":
            return token.form == "fin" or token.form == "pp"
    return False


def resumes(tokens: Sequence[Token], place: int, current: list[int]) -> bool:
    """Whether a finite verb goes on with the subject behind which a clause was put in ("a report that Oman had left *drew* …")."""
    first = current[0] if current else 0
    if not first or tokens[first].lower not in RELATIVE_EN or tokens[first - 1].kind not in "NE" or tokens[place - 1].kind in "AMRXZC":
        return False
    verbs = [position for position in current if tokens[position].kind in "VAM"]
    if not verbs or tokens[verbs[-1]].kind != "V" or any(tokens[position].lemma in SAYING for position in verbs):
        return False
    start = next((position + 1 for position in range(first - 1, -1, -1) if tokens[position].text in BREAKS), 0)
    return not any(tokens[position].kind in "VAM" for position in range(start, first))


def is_reduced(tokens: Sequence[Token], current: list[int]) -> bool:
    """Whether a segment is such a participle, so that the finite verb behind it belongs to the subject again."""
    return bool(current) and tokens[current[0]].form == "pp" and current[0] > 0 and reduces(tokens, current[0], [])


def is_aux_before(tokens: Sequence[Token], place: int) -> bool:
    """Whether an auxiliary stands shortly before a place."""
    return any(tokens[position].kind == "A" for position in range(max(0, place - 3), place))
