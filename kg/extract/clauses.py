"""Clauses: a sentence cut at commas, conjunctions, relative pronouns and infinitives, with the verbs of each clause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kg.extract.tokens import Token

QUOTES: Final = frozenset('"„“”«»‟')
_BREAKS: Final = frozenset((",", ";", ":", "-", "–", "—", "(", ")", "--"))
_SUBORDINATORS: Final = frozenset(
    "dass daß wenn falls weil da obwohl während nachdem bevor ob sodass damit bis sofern solange indem als wie seit sobald um ohne anstatt "
    "statt that if because although though while when after before until since unless whether whereas as where how why".split()
)
_RELATIVE_EN: Final = frozenset(("who", "which", "whose", "whom", "that"))


@dataclass(slots=True)
class Clause:
    """A clause of a sentence.

    Attributes
    ----------
    tokens : list of int
        Places of its tokens, ascending; an embedded clause leaves a gap.
    kind : str
        `main`, `sub` (with a subordinator), `rel` (relative), `inf` (infinitive) or `part` (participle).
    opener : str
        The subordinator or relative pronoun, in lower case, or empty.
    parent : int
        The clause on which it hangs, or -1.
    verb : int
        The place of its main verb, or -1; `finite` that of its finite verb.
    lemma : str
        The main verb's lemma, with its separated particle.
    passive, modal, negated : bool or str
        Of the verb group; `modal` is the modal's lemma or empty.
    """

    tokens: list[int]
    kind: str = "main"
    opener: str = ""
    parent: int = -1
    verb: int = -1
    finite: int = -1
    lemma: str = ""
    passive: bool = False
    modal: str = ""
    perfect: bool = False
    future: bool = False
    subjunctive: bool = False
    verbs: tuple[int, ...] = ()


def find_clauses(tokens: Sequence[Token], language: str) -> list[Clause]:
    """The clauses of a sentence in the order in which they begin.

    Every token that is no break belongs to exactly one clause.
    """
    segments = _segments(tokens, language)
    clauses: list[Clause] = []
    waiting: list[int] = []
    for segment in segments:
        kind, opener = _opening(tokens, segment, language, bool(clauses) or bool(waiting))
        verbal = any(_counts(tokens, place) for place in segment)
        bare = language == "en" and kind == "main" and clauses and not waiting and segment[0] == clauses[-1].tokens[-1] + 1
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
        if waiting and kind == "main" and _is_participle(tokens, segment, language):
            clauses.append(Clause(list(segment), "part"))
            continue
        joined = kind == "main" and bool(clauses) and clauses[-1].kind in ("rel", "sub") and not waiting
        if joined and (target := _open_clause(clauses[:-1])) is not None and not any(_finite(tokens[place]) for place in target.tokens):
            target.tokens.extend(segment)
            continue
        if kind in ("rel", "sub", "inf", "part") and waiting:
            clauses.append(Clause(list(waiting), "main"))
            waiting.clear()
        clause = Clause([*waiting, *segment], kind, opener)
        waiting.clear()
        clause.parent = _parent(clauses, kind)
        clauses.append(clause)
    if waiting:
        if clauses:
            clauses[-1].tokens.extend(waiting)
        else:
            clauses.append(Clause(waiting))
    for clause in clauses:
        clause.tokens.sort()
        _verb_group(tokens, clause, language)
    return clauses


def _is_participle(tokens: Sequence[Token], segment: list[int], language: str) -> bool:
    """Whether a segment between commas is only a participle with what belongs to it ("für diese Woche angesetzt")."""
    verbs = [tokens[place] for place in segment if _counts(tokens, place)]
    first = tokens[segment[0]]
    if language == "en":
        return len(verbs) == 1 and first is verbs[0] and first.form == "pp"
    return len(verbs) == 1 and verbs[0].form == "pp" and tokens[segment[-1]] is verbs[0] and first.kind in "PRJ"


def _counts(tokens: Sequence[Token], place: int) -> bool:
    """Whether a token is a verb that makes its segment a clause: an attribute before a noun does not."""
    token = tokens[place]
    if token.kind not in "VAM":
        return False
    attribute = token.form in ("pp", "ing") and place > 0 and tokens[place - 1].kind in "DJP"
    return not (attribute and place + 1 < len(tokens) and tokens[place + 1].kind in "NEJ")


def _finite(token: Token) -> bool:
    return token.kind in "VAM" and token.form == "fin"


def _segments(tokens: Sequence[Token], language: str) -> list[list[int]]:
    """Places of tokens between the breaks; quotation marks are left out."""
    segments: list[list[int]] = []
    current: list[int] = []
    for place, token in enumerate(tokens):
        if token.text in _BREAKS:
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
    seen = any(_counts(tokens, position) for position in current)
    if token.kind == "C" and token.lower in ("und", "and", "aber", "but", "or", "oder", "sondern"):
        return seen and _conjoins(tokens, place, language)
    if language == "de":
        return token.kind == "S" and token.lower in ("dass", "ob", "weil", "wenn") and seen
    if token.kind in "SW" and token.lower in _SUBORDINATORS | _RELATIVE_EN:
        if token.lower == "as" and not _verb_ahead(tokens, place, 6):
            return False
        return (seen and _verb_ahead(tokens, place, 14)) or (
            token.lower in _RELATIVE_EN and tokens[place - 1].kind in "NE" and _verb_ahead(tokens, place, 10)
        )
    if (
        token.kind == "Z"
        and seen
        and place + 1 < len(tokens)
        and tokens[place + 1].kind in "VAR"
        and tokens[place - 1].lower not in ("have", "has", "had")
    ):
        return True
    if token.kind == "V" and token.form == "ing" and seen and tokens[place - 1].kind in "NEKRT" and not _is_aux_before(tokens, place):
        return True
    return _bare_complement(tokens, place, current)


def _is_aux_before(tokens: Sequence[Token], place: int) -> bool:
    return any(tokens[position].kind == "A" for position in range(max(0, place - 3), place))


_SAYING: Final = frozenset("say think believe tell argue claim add warn insist hope fear report declare announce state note know".split())


def _bare_complement(tokens: Sequence[Token], place: int, current: list[int]) -> bool:
    """English "said North Korea would …": whether the clause that is said begins here, with no conjunction."""
    previous = tokens[place - 1]
    if tokens[place].kind not in "NEODJ" or previous.kind in "DJPGC":
        return False
    said = [
        position
        for position in current
        if tokens[position].kind == "V" and tokens[position].lemma in _SAYING and tokens[position].form != "inf"
    ]
    if not said or place - said[-1] > 9:
        return False
    if previous.kind == "V" and tokens[place - 1].lemma == "tell":
        return False
    if (tokens[place].kind in "E" and previous.kind == "E") or (
        tokens[place].kind == "N" and previous.kind in "NE" and tokens[place].pos != "NN2"
    ):
        return False
    return _finite_ahead(tokens, place, 8) and not any(tokens[position].kind in "VAM" for position in range(said[-1] + 1, place))


def _verb_ahead(tokens: Sequence[Token], place: int, reach: int) -> bool:
    for position in range(place + 1, min(len(tokens), place + 1 + reach)):
        if tokens[position].text in _BREAKS:
            return False
        if tokens[position].kind in "VAM" and tokens[position].form in ("fin", "pp", "ing", "inf", "izu"):
            return True
    return False


def _finite_ahead(tokens: Sequence[Token], place: int, reach: int) -> bool:
    """Whether the next verb is a finite one."""
    for position in range(place + 1, min(len(tokens), place + 1 + reach)):
        if tokens[position].text in _BREAKS or tokens[position].kind == "Z":
            return False
        if tokens[position].kind in "VAM":
            return tokens[position].form == "fin" or tokens[position].kind in "AM" or tokens[position].form == "pp"
    return False


def _conjoins(tokens: Sequence[Token], place: int, language: str) -> bool:
    """Whether a conjunction joins clauses and not phrases: a verb follows before the next break, with its own subject or at once."""
    following = list(tokens[place + 1 : place + 25])
    stop = next((position for position, token in enumerate(following) if token.text in _BREAKS or token.kind in "CS"), len(following))
    verbs = [position for position, token in enumerate(following[:stop]) if token.kind in "VAM"]
    if not verbs:
        return False
    if language == "en" and verbs[0] > 1 and following[verbs[0] - 1].kind == "Z":
        return False
    if language == "en" or verbs[0] <= 1:
        return verbs[0] <= 8
    return any(_finite(following[position]) or following[position].form in ("pp", "izu", "inf") for position in verbs)


def _opening(tokens: Sequence[Token], segment: list[int], language: str, inside: bool) -> tuple[str, str]:
    """The kind of clause that a segment begins, and its opener."""
    begin = 0
    while begin < len(segment) and tokens[segment[begin]].kind in "C":
        begin += 1
    if begin >= len(segment):
        return "main", ""
    token = tokens[segment[begin]]
    after = tokens[segment[begin + 1]] if begin + 1 < len(segment) else None
    finite_last = _finite(tokens[segment[-1]]) or (len(segment) > 1 and _finite(tokens[segment[-2]])) or _plural_last(tokens, segment)
    if language == "de":
        if (
            (token.kind == "W" and inside)
            or (token.lower in ("der", "die", "das", "den", "dem", "dessen", "deren", "denen") and inside and finite_last)
        ) and (token.kind == "W" or not (len(segment) > 2 and _finite(tokens[segment[min(2, len(segment) - 1)]]) and not finite_last)):
            return "rel", token.lower
        if token.kind == "P" and after is not None and after.kind == "W" and inside:
            return "rel", after.lower
        if token.lower in _SUBORDINATORS and (token.kind in "SLPW" or token.lower in ("als", "wie")) and finite_last:
            return "sub", token.lower
        if token.lower in ("um", "ohne", "statt", "anstatt") or not any(_finite(tokens[place]) for place in segment):
            infinite = any(tokens[place].kind == "Z" or tokens[place].form == "izu" for place in segment)
            if infinite:
                return "inf", token.lower if token.kind == "S" else ""
        return "main", ""
    if (
        token.lower in _RELATIVE_EN
        and inside
        and tokens[segment[begin] - 1].kind not in "V"
        and (token.lower != "that" or (after is not None and after.kind in "VAM"))
    ):
        return "rel", token.lower
    if token.kind in "SW" and token.lower in _SUBORDINATORS:
        return "sub", token.lower
    if token.kind == "P" and after is not None and after.lower in _RELATIVE_EN:
        return "rel", after.lower
    if token.kind == "Z":
        return "inf", ""
    if token.kind == "V" and token.form == "ing" and inside:
        return "part", ""
    return "main", ""


def _plural_last(tokens: Sequence[Token], segment: list[int]) -> bool:
    """Whether a German segment ends in a finite plural that looks like an infinitive ("gesagt haben")."""
    last = tokens[segment[-1]]
    others = [tokens[place] for place in segment]
    return (
        last.kind in "VAM"
        and last.form == "inf"
        and not any(_finite(token) or token.kind == "Z" or token.form == "izu" for token in others)
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


def _verb_group(tokens: Sequence[Token], clause: Clause, language: str) -> None:
    """Main verb, auxiliaries and particle of a clause."""
    verbs = [place for place in clause.tokens if _counts(tokens, place)]
    clause.verbs = tuple(verbs)
    if not verbs:
        return
    clause.finite = next((place for place in verbs if _finite(tokens[place])), -1)
    if clause.finite < 0 and clause.kind in ("sub", "rel") and language == "de" and tokens[verbs[-1]].form == "inf":
        clause.finite = verbs[-1]
    full = [place for place in verbs if tokens[place].kind == "V"]
    clause.verb = _main_verb(tokens, full, clause, language) if full else verbs[-1]
    texts = {tokens[place].lower for place in verbs}
    lemmas = {tokens[place].lemma for place in verbs if tokens[place].kind in "AM"}
    main = tokens[clause.verb]
    clause.modal = next((tokens[place].lemma for place in verbs if tokens[place].kind == "M"), "")
    if language == "de":
        clause.passive = (
            main.form == "pp"
            and bool(texts & set("wird werden wurde wurden worden würde würden werde geworden wurde".split()))
            and not (clause.modal and "haben" in lemmas)
        )
        clause.perfect = main.form == "pp" and bool(lemmas & {"haben", "sein"})
        clause.future = main.form == "inf" and bool(texts & {"wird", "werden", "werde", "würde", "würden", "werdet"})
        clause.subjunctive = bool(
            texts & set("sei seien habe werde wolle müsse könne solle dürfe wisse gebe hätte hätten wäre wären gäbe".split())
        )
        clause.lemma = _with_particle(tokens, clause, main)
    else:
        be = any(
            tokens[place].lemma == "be" or tokens[place].lower in ("is", "are", "was", "were", "be", "been", "being")
            for place in verbs
            if tokens[place].kind == "A"
        )
        clause.passive = main.form == "pp" and be
        clause.perfect = main.form == "pp" and bool({tokens[place].lower for place in verbs} & {"have", "has", "had", "having"})
        clause.future = bool(texts & {"will", "would", "'ll", "’ll", "shall"})
        clause.lemma = _with_particle(tokens, clause, main)


def _main_verb(tokens: Sequence[Token], full: list[int], clause: Clause, language: str) -> int:
    if language == "en":
        return full[0]
    rest = [place for place in full if tokens[place].form != "fin"]
    light = {"lassen", "scheinen", "bleiben", "gehen"}
    if rest and tokens[full[0]].form == "fin" and tokens[full[0]].lemma in light:
        return rest[0]
    return full[0] if tokens[full[0]].form == "fin" or len(full) == 1 else full[-1] if tokens[full[-1]].lemma not in light else full[0]


def _with_particle(tokens: Sequence[Token], clause: Clause, main: Token) -> str:
    lemma = main.lemma.casefold()
    if main.form != "fin" and tokens[0].pos[:1] != "N" and not main.pos.startswith("VV(FIN)") and main.pos[:3] in ("VV("):
        return lemma
    behind = [place for place in clause.tokens if place > clause.verb]
    if main.pos.startswith("VV("):
        last = behind[-1] if behind else -1
        for place in behind:
            token = tokens[place]
            if token.kind == "T" or (place == last and token.kind == "P"):
                return token.lower + lemma
        return lemma
    for place in behind[:1]:
        if tokens[place].kind == "T" or tokens[place].lower in ("up", "off", "down", "out", "back", "away"):
            return f"{lemma} {tokens[place].lower}"
    return lemma
