"""Clauses: a sentence cut at commas, conjunctions, relative pronouns and infinitives, with the verbs of each clause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kg.extract.reduced import (
    BREAKS,
    RELATIVE_EN,
    ends_aside,
    is_aux_before,
    is_noun_infinitive,
    is_reduced,
    noun_infinitive,
    reduces,
    resumes,
)
from kg.extract.tokens import SAYING, Token
from kg.extract.verbs import NOMINATIVE, REDUCED, counts, is_finite, subordinate_first
from kg.extract.verbs import Clause as Clause
from kg.extract.verbs import describe_verbs as describe_verbs

QUOTES: Final = frozenset('"„“”«»‟')
_SUBORDINATORS: Final = frozenset(
    "dass daß wenn falls weil da obwohl während nachdem bevor ob sodass damit bis sofern solange indem als wie seit sobald um ohne anstatt "
    "statt that if because although though while when after before until since unless whether whereas as where how why".split()
)
_BEFORE_GERUND: Final = frozenset(("of", "for", "by", "after", "before", "without", "against", "over", "despite", "from"))
_BEFORE_CLAUSE: Final = frozenset(("after", "before", "since", "until", "as"))
"""English words that the tagger takes for prepositions also where a clause follows."""


def find_clauses(tokens: Sequence[Token], language: str) -> list[Clause]:
    """The clauses of a sentence in the order in which they begin.

    Every token that is no break belongs to exactly one clause.
    """
    segments = _segments(tokens, language)
    clauses: list[Clause] = []
    waiting: list[int] = []
    for segment in segments:
        kind, opener = _opening(tokens, segment, language, bool(clauses) or bool(waiting))
        verbal = any(counts(tokens, place) for place in segment)
        bare = language == "en" and kind == "main" and clauses and not waiting and segment[0] == clauses[-1].tokens[-1] + 1
        if bare and (clauses[-1].kind in ("rel", "inf") or clauses[-1].opener == "that") and tokens[segment[0]].kind in "VAM":
            bare = False  # the verb of a subject that was set aside
        if bare and verbal and tokens[segment[0]].kind != "C":
            kind = "sub"  # "said North Korea would …"
        if not verbal and kind in ("main", "inf", "part"):
            target = _open_clause(clauses)
            if (target is not None and clauses[-1] is not target) or (
                target is not None and not waiting and language == "de" and len(clauses) > 0
            ):
                target.tokens.extend(segment)
            else:
                waiting.extend(segment)
            continue
        if language == "de" and kind == "main" and not waiting and not any(is_finite(tokens[place]) for place in segment):
            target = _open_clause(clauses)
            if target is not None and _waits(tokens, target.tokens):
                target.tokens.extend(segment)
                continue
        if (waiting or (language == "en" and clauses)) and kind == "main" and _is_participle(tokens, segment, language):
            reduced = language == "en" and len(segment) > 1 and tokens[segment[1]].kind == "P"
            if waiting or reduced:
                parent = len(clauses) if waiting else len(clauses) - 1
                clauses.append(Clause(list(segment), "rel", REDUCED, parent) if reduced else Clause(list(segment), "part"))
                continue
        aside = bool(clauses) and (
            clauses[-1].kind in ("rel", "sub")
            or (
                (clauses[-1].kind == "inf" or (clauses[-1].kind == "part" and language == "en"))
                and len(clauses) > 1
                and not any(counts(tokens, place) for place in clauses[-2].tokens)
            )
            or (language == "en" and len(clauses) > 1 and clauses[-1].kind == "inf" and clauses[-2].kind == "rel")
        )
        joined = kind == "main" and aside and not waiting
        if joined and language == "en" and (_has_subject(tokens, segment) or _goes_on(tokens, segment, clauses)):
            joined = False
        if joined and (target := _open_clause(clauses[:-1])) is not None and not any(is_finite(tokens[place]) for place in target.tokens):
            target.tokens.extend(segment)
            continue
        if language == "en" and kind == "inf" and waiting and clauses:
            clauses[-1].tokens.extend(waiting)  # "met three guests – Ali, Omar and Jan – *to discuss* …"
            waiting.clear()
        if kind in ("rel", "sub", "inf", "part") and waiting:
            clauses.append(Clause(list(waiting), "main"))
            waiting.clear()
        clause = Clause([*waiting, *segment], kind, opener)
        waiting.clear()
        clause.parent = _parent(clauses, kind)
        if (
            language == "en" and clause.parent > 0
        ):  # behind an aside it hangs on the clause that went on ("who, asked in Rome, vowed *to stay*")
            around = (number for number, other in enumerate(clauses) if segment[0] - 1 in other.tokens)
            clause.parent = next(around, clause.parent)
        clauses.append(clause)
    if waiting:
        if clauses:
            clauses[-1].tokens.extend(waiting)
        else:
            clauses.append(Clause(waiting))
    for clause in clauses:
        clause.tokens.sort()
    if language == "en":
        subordinate_first(tokens, clauses)
    for clause in clauses:
        describe_verbs(tokens, clause, language)
    return clauses


def _has_subject(tokens: Sequence[Token], segment: list[int]) -> bool:
    """Whether an English segment is a short clause of saying with its own subject ("Rouhani said in comments")."""
    verb = next((number for number, place in enumerate(segment) if tokens[place].kind in "VAM"), 0)
    return verb > 0 and tokens[segment[verb]].lemma in SAYING and tokens[segment[verb - 1]].kind in "NEO"


def _goes_on(tokens: Sequence[Token], segment: list[int], clauses: list[Clause]) -> bool:
    """Whether an English "and …" goes on with what a participle says ("saying the army had come *and seized* the port")."""
    verb = len(segment) > 1 and tokens[segment[0]].kind == "C" and is_finite(tokens[segment[1]])
    return verb and len(clauses) > 1 and clauses[-1].kind == "sub" and clauses[-2].kind == "part" and clauses[-1].opener in ("", "that")


def _is_participle(tokens: Sequence[Token], segment: list[int], language: str) -> bool:
    """Whether a segment between commas is only a participle with what belongs to it ("für diese Woche angesetzt")."""
    verbs = [tokens[place] for place in segment if counts(tokens, place)]
    first = tokens[segment[0]]
    if language == "en":
        return len(verbs) == 1 and first is verbs[0] and first.form == "pp"
    return len(verbs) == 1 and verbs[0].form == "pp" and tokens[segment[-1]] is verbs[0] and first.kind in "PRJ"


def _segments(tokens: Sequence[Token], language: str) -> list[list[int]]:
    """Places of tokens between the breaks; quotation marks are left out."""
    segments: list[list[int]] = []
    current: list[int] = []
    for place, token in enumerate(tokens):
        if token.text in BREAKS:
            if current:
                segments.append(current)
            current = []
            continue
        if token.kind == ".":
            continue
        if current and _breaks_before(tokens, place, current, language):
            segments.append(current)
            current = []
        current.append(place)
    if current:
        segments.append(current)
    return segments


def _breaks_before(tokens: Sequence[Token], place: int, current: list[int], language: str) -> bool:
    """Whether a clause begins at a place without a comma before it."""
    token = tokens[place]
    seen = any(counts(tokens, position) for position in current)
    if token.kind == "C" and token.lower in ("und", "and", "aber", "but", "or", "oder", "sondern"):
        if language == "en" and tokens[place - 1].lower in NOMINATIVE:
            return False  # "he *and* Ortega agreed"
        return seen and _conjoins(tokens, place, language) and not (language == "de" and _is_open(tokens, place, current))
    if language == "de":
        return token.kind == "S" and token.lower in ("dass", "ob", "weil", "wenn") and seen
    if token.kind == "P" and token.lower in _BEFORE_CLAUSE and (seen or (token.lower == "since" and current)):
        return _strictly_finite_ahead(tokens, place, 9)
    if token.kind in "SW" and token.lower in _SUBORDINATORS | RELATIVE_EN:
        if token.lower == "as" and not _verb_ahead(tokens, place, 6):
            return False
        return (seen and _verb_ahead(tokens, place, 14)) or (
            token.lower in RELATIVE_EN and tokens[place - 1].kind in "NE" and _verb_ahead(tokens, place, 10)
        )
    if token.kind == "Z" and not seen and (noun_infinitive(tokens, place) or ends_aside(tokens, place, current)):
        return True
    if token.kind in "VAM" and token.form in ("fin", "pp") and is_noun_infinitive(tokens, current):
        return True
    if token.kind in "VAM" and token.form in ("fin", "pp") and is_reduced(tokens, current):
        return True
    if token.kind in "VAM" and token.form == "fin" and resumes(tokens, place, current):
        return True
    if token.kind == "V" and token.form == "pp" and reduces(tokens, place, current):
        return True
    if (
        token.kind == "Z"
        and seen
        and place + 1 < len(tokens)
        and tokens[place + 1].kind in "VAR"
        and tokens[place - 1].lower not in ("have", "has", "had")
    ):
        return True
    if token.kind == "V" and token.form == "ing" and seen and tokens[place - 1].lower in _BEFORE_GERUND and len(current) > 1:
        return not (place + 1 < len(tokens) and tokens[place + 1].kind == "P" and tokens[place + 1].lower == "of")
    if token.kind == "V" and token.form == "ing" and seen and tokens[place - 1].kind in "NEKRT" and not is_aux_before(tokens, place):
        return True
    return _bare_complement(tokens, place, current)


def _is_open(tokens: Sequence[Token], place: int, current: list[int]) -> bool:
    """Whether a German auxiliary before a conjunction still waits for its verb behind it ("kann Oslo *und* Lima … helfen")."""
    if not _waits(tokens, current):
        return False
    following = list(tokens[place + 1 : place + 25])
    stop = next((position for position, token in enumerate(following) if token.text in BREAKS), len(following))
    later = [token for token in following[:stop] if token.kind in "VAM"]
    return bool(later) and not is_finite(later[0])


def _waits(tokens: Sequence[Token], places: Sequence[int]) -> bool:
    """Whether a German clause has only an auxiliary yet, whose verb is still to come."""
    verbs = [tokens[place] for place in places if tokens[place].kind in "VAM"]
    return bool(verbs) and all(token.kind in "AM" and token.form == "fin" for token in verbs)


def _bare_complement(tokens: Sequence[Token], place: int, current: list[int]) -> bool:
    """English "said North Korea would …": whether the clause that is said begins here, with no conjunction."""
    previous = tokens[place - 1]
    if tokens[place].kind not in "NEODJK" or previous.kind in "DJPGCK":
        return False
    said = [
        position
        for position in current
        if tokens[position].kind == "V" and tokens[position].lemma in SAYING and tokens[position].form != "inf"
    ]
    if not said or place - said[-1] > 9:
        return False
    if previous.kind == "V" and tokens[place - 1].lemma == "tell":
        return False
    weekday = previous.lower.endswith("day")  # "said on *Monday* Oman would …"
    if (tokens[place].kind in "E" and previous.kind == "E" and not weekday) or (
        tokens[place].kind == "N" and previous.kind in "NE" and tokens[place].pos != "NN2"
    ):
        return False
    ahead = tokens[place].lower in NOMINATIVE or _finite_ahead(tokens, place, 8)
    return ahead and not any(tokens[position].kind in "VAM" for position in range(said[-1] + 1, place))


def _verb_ahead(tokens: Sequence[Token], place: int, reach: int) -> bool:
    for position in range(place + 1, min(len(tokens), place + 1 + reach)):
        if tokens[position].text in BREAKS:
            return False
        if tokens[position].kind in "VAM" and tokens[position].form in ("fin", "pp", "ing", "inf", "izu"):
            return True
    return False


def _finite_ahead(tokens: Sequence[Token], place: int, reach: int) -> bool:
    """Whether the next verb is a finite one."""
    for position in range(place + 1, min(len(tokens), place + 1 + reach)):
        if tokens[position].text in BREAKS or tokens[position].kind == "Z":
            return False
        if tokens[position].kind in "VAM":
            return tokens[position].form == "fin" or tokens[position].kind in "AM" or tokens[position].form == "pp"
    return False


def _strictly_finite_ahead(tokens: Sequence[Token], place: int, reach: int) -> bool:
    """Whether the first verb behind a place, before any break, is a finite one with a subject before it."""
    for position in range(place + 1, min(len(tokens), place + 1 + reach)):
        token = tokens[position]
        if token.kind == "C" and token.lower == "and" and tokens[position - 1].kind in "NEO" and position < place + 6:
            continue  # "since Oman and Chad agreed"
        if token.text in BREAKS or token.kind in "ZC" or (token.kind == "P" and tokens[position].lower in _BEFORE_CLAUSE):
            return False
        if token.kind in "VAM":
            return position > place + 1 and token.form == "fin"
    return False


def _conjoins(tokens: Sequence[Token], place: int, language: str) -> bool:
    """Whether a conjunction joins clauses and not phrases: a verb follows before the next break, with its own subject or at once."""
    following = list(tokens[place + 1 : place + 25])
    stop = next((position for position, token in enumerate(following) if token.text in BREAKS or token.kind in "CS"), len(following))
    verbs = [position for position, token in enumerate(following[:stop]) if token.kind in "VAM"]
    if not verbs:
        return False
    if language == "en" and verbs[0] > 1 and following[verbs[0] - 1].kind == "Z":
        return False
    if language == "en" or verbs[0] <= 1:
        return verbs[0] <= 8
    return any(is_finite(following[position]) or following[position].form in ("pp", "izu", "inf") for position in verbs)


def _opening(tokens: Sequence[Token], segment: list[int], language: str, inside: bool) -> tuple[str, str]:
    """The kind of clause that a segment begins, and its opener."""
    begin = 0
    while begin < len(segment) and tokens[segment[begin]].kind in "C":
        begin += 1
    if begin >= len(segment):
        return "main", ""
    token = tokens[segment[begin]]
    after = tokens[segment[begin + 1]] if begin + 1 < len(segment) else None
    finite_last = (
        is_finite(tokens[segment[-1]])
        or (language == "de" and _is_lone(tokens, segment))
        or (len(segment) > 1 and is_finite(tokens[segment[-2]]))
        or _plural_last(tokens, segment)
    )
    if language == "de":
        if (
            len(segment) > 2
            and tokens[segment[-2]].kind == "Z"
            and token.kind in "DR"
            and not any(is_finite(tokens[place]) for place in segment[:-1])
        ):
            return "inf", ""  # "… aussetzen zu wollen"
        if (
            (token.kind == "W" and inside)
            or (token.lower in ("der", "die", "das", "den", "dem", "dessen", "deren", "denen") and inside and finite_last)
        ) and (token.kind == "W" or not (len(segment) > 2 and is_finite(tokens[segment[min(2, len(segment) - 1)]]) and not finite_last)):
            return "rel", token.lower
        if token.kind == "P" and after is not None and after.kind == "W" and inside:
            return "rel", after.lower
        if token.lower in _SUBORDINATORS and (token.kind in "SLPW" or token.lower in ("als", "wie")) and finite_last:
            return "sub", token.lower
        if token.lower in ("um", "ohne", "statt", "anstatt") or not any(is_finite(tokens[place]) for place in segment):
            infinite = any(tokens[place].kind == "Z" or tokens[place].form == "izu" for place in segment)
            if infinite:
                return "inf", token.lower if token.kind == "S" else ""
        return "main", ""
    if (
        token.lower in RELATIVE_EN
        and inside
        and tokens[segment[begin] - 1].kind not in "V"
        and (token.lower != "that" or (after is not None and after.kind in "VAM"))
    ):
        return "rel", token.lower
    if token.kind in "SW" and token.lower in _SUBORDINATORS:
        return "sub", token.lower
    if token.kind == "P" and token.lower in _BEFORE_CLAUSE and _strictly_finite_ahead(tokens, segment[begin], 9):
        return "sub", token.lower
    if token.kind == "P" and after is not None and after.lower in RELATIVE_EN:
        return "rel", after.lower
    if token.kind == "Z" or _for_to(tokens, segment[begin:]):
        return "inf", ""
    if (
        inside
        and [tokens[place].lower for place in segment[:2]] == ["such", "as"]
        and tokens[segment[min(2, len(segment) - 1)]].form == "ing"
    ):
        return "part", ""
    if token.kind == "V" and token.form == "ing" and inside:
        return "part", ""
    if token.kind == "V" and token.form == "pp" and begin == 0 and inside and reduces(tokens, segment[0], None):
        return "rel", REDUCED
    return "main", ""


def _for_to(tokens: Sequence[Token], segment: list[int]) -> bool:
    """Whether an English segment is an infinitive with a subject of its own ("only for Iran to refuse")."""
    words = [tokens[place].lower for place in segment[:2]]
    if "for" not in words:
        return False
    verb = next((number for number, place in enumerate(segment) if tokens[place].kind in "VAM"), 0)
    return verb > 0 and tokens[segment[verb - 1]].kind == "Z"


def _is_lone(tokens: Sequence[Token], segment: list[int]) -> bool:
    """Whether a segment's only verb stands at its end and may be a finite form as well as a participle ("dass er ihn *unterstützt*")."""
    verbs = [tokens[place] for place in segment if tokens[place].kind in "VAM"]
    return len(verbs) == 1 and tokens[segment[-1]] is verbs[0] and verbs[0].form == "pp" and verbs[0].text.endswith("t")


def _plural_last(tokens: Sequence[Token], segment: list[int]) -> bool:
    """Whether a German segment ends in a finite plural that looks like an infinitive ("gesagt haben")."""
    last = tokens[segment[-1]]
    others = [tokens[place] for place in segment]
    return (
        last.kind in "VAM"
        and last.form == "inf"
        and not any(is_finite(token) or token.kind == "Z" or token.form == "izu" for token in others)
    )


def _open_clause(clauses: list[Clause]) -> Clause | None:
    """The clause that a segment without a verb goes on with: the last one that no relative clause closed off."""
    for clause in reversed(clauses):
        if clause.kind != "rel":
            return clause
    return clauses[-1] if clauses else None


def _parent(clauses: list[Clause], kind: str) -> int:
    if not clauses:
        return -1
    if kind == "main":
        return -1
    return len(clauses) - 1
