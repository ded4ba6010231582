"""Verbs: what a clause is, and which of its words are its main verb, its auxiliaries and its particle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.extract.tokens import Token

REDUCED = "*"
"""The opener of a relative clause that is only a participle ("the men *held in Kabul*")."""


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


def counts(tokens: Sequence[Token], place: int) -> bool:
    """Whether a token is a verb that makes its segment a clause: an attribute before a noun does not."""
    token = tokens[place]
    if token.kind not in "VAM":
        return False
    attribute = token.form in ("pp", "ing") and place > 0 and tokens[place - 1].kind in "DJP"
    behind = tokens[place + 1].kind if place + 1 < len(tokens) else "."
    gerund = token.form == "ing" and place > 0 and tokens[place - 1].kind == "P" and behind == "E"
    return gerund or not (attribute and behind in "NEJ")


def is_finite(token: Token) -> bool:
    """Whether a token is a finite verb."""
    return token.kind in "VAM" and token.form == "fin"


def describe_verbs(tokens: Sequence[Token], clause: Clause, language: str, verbs: Sequence[int] | None = None) -> None:
    """Enter a clause's main verb, auxiliaries, particle, voice, tense and mood.

    Parameters
    ----------
    verbs : sequence of int, optional
        The places of the clause's verbs, ascending; by default those of its verbs that are no attributes.
    """
    if verbs is None:
        verbs = [place for place in clause.tokens if counts(tokens, place)]
    clause.verbs = tuple(verbs)
    if not verbs:
        return
    clause.finite = next((place for place in verbs if is_finite(tokens[place])), -1)
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
        clause.passive = main.form == "pp" and (be or clause.opener == REDUCED)
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
