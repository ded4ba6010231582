"""Verbs: what a clause is, and which of its words are its main verb, its auxiliaries and its particle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kg.extract.tokens import Token

_BEFORE_GERUND = frozenset("of for by from against after before without despite".split())
_ATTRIBUTIVE = frozenset(
    "rising growing mounting falling increasing continuing ongoing remaining existing leading neighbouring neighboring visiting ruling "
    "warring surrounding following including regarding concerning working fighting declining escalating pending coming outgoing incoming "
    "conflicting opposing competing developing missing living dying simmering lasting underlying sweeping crippling intervening".split()
)
"""English participles that describe the noun behind them also where a preposition stands before."""
_INTRANSITIVE = frozenset("stand abide pass stop rise fall drop increase end start respond react retaliate follow".split())
NOMINATIVE = frozenset(("he", "she", "they", "we"))
"""English pronouns that are subjects wherever they stand."""
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
    gerund = (
        token.form == "ing"
        and place > 0
        and tokens[place - 1].kind == "P"
        and (behind == "E" or (tokens[place - 1].lower in _BEFORE_GERUND and token.lower not in _ATTRIBUTIVE))
    )
    return gerund or not (attribute and behind in "NEJ")


def is_finite(token: Token) -> bool:
    """Whether a token is a finite verb."""
    return token.kind in "VAM" and token.form == "fin"


def is_told(tokens: Sequence[Token], place: int) -> bool:
    """Whether a German finite verb has the form of reported speech: the bare stem with -e, beside no "ich" ("er *schüre* den Streit")."""
    token, lemma = tokens[place], tokens[place].lemma.casefold()
    told = token.kind == "V" and token.form == "fin" and len(lemma) > 4 and token.lower == lemma.removesuffix("n") and lemma.endswith("en")
    return told and token.text[0].islower() and not any(other.lower == "ich" for other in tokens[max(0, place - 3) : place + 3])


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
    if clause.finite < 0 and clause.kind in ("sub", "rel") and language == "de" and tokens[verbs[-1]].form in ("inf", "pp"):
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
        clause.subjunctive = clause.subjunctive or (clause.finite >= 0 and is_told(tokens, clause.finite))
        clause.lemma = _with_particle(tokens, clause, main)
    else:
        be = any(
            tokens[place].lemma == "be" or tokens[place].lower in ("is", "are", "was", "were", "be", "been", "being")
            for place in verbs
            if tokens[place].kind == "A"
        )
        clause.passive = (main.form == "pp" and (be or clause.opener == REDUCED)) or _is_bare_passive(tokens, clause, be)
        clause.perfect = main.form == "pp" and bool({tokens[place].lower for place in verbs} & {"have", "has", "had", "having"})
        if not clause.modal and any(_obliges(tokens, place) for place in verbs):
            clause.modal = "must"
        clause.future = bool(texts & {"will", "would", "'ll", "’ll", "shall"})
        clause.lemma = _with_particle(tokens, clause, main)


def _is_bare_passive(tokens: Sequence[Token], clause: Clause, be: bool) -> bool:
    """Whether an English headline leaves out the auxiliary of a passive ("Syria accused of shelling …", "Two freed by Oman")."""
    main, behind = tokens[clause.verb], tokens[clause.verb + 1 : clause.verb + 3]
    if be or len(behind) < 2 or not main.lower.endswith("ed"):
        return False
    if any(tokens[place].kind in "AM" for place in clause.verbs if place < clause.verb):
        return False
    if behind[0].lower == "of":
        return main.lemma in ("accuse", "suspect", "convict")
    return behind[0].lower == "by" and behind[1].form != "ing" and main.lemma not in _INTRANSITIVE


def _obliges(tokens: Sequence[Token], place: int) -> bool:
    """Whether a verb is the English "has to", "have to" of an obligation."""
    following = tokens[place + 1 : place + 3]
    return tokens[place].lower in ("has", "have") and len(following) == 2 and following[0].kind == "Z" and following[1].kind in "VA"


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


def regular_forms(verb: str) -> tuple[str, ...]:
    """The forms that an English verb has if it is regular: "-s", "-ed", "-ing", with a doubled consonant as well where it can be."""
    if len(verb) < 3 or not verb.isalpha():
        return ()
    vowels = "aeiou"
    if verb.endswith("e"):
        stem = verb if verb[-2] in "eoy" else verb[:-1]
        return f"{verb}s", f"{verb}d", f"{stem}ing"
    if verb.endswith("y") and verb[-2] not in vowels:
        return f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"
    plural = f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "o")) else f"{verb}s"
    stems = [verb]
    if verb[-1] not in vowels + "wxyh" and verb[-2] in vowels and verb[-3] not in vowels:
        stems.append(verb + verb[-1])
    return (plural, *(f"{stem}{ending}" for stem in stems for ending in ("ed", "ing")))


def with_lemmas(tokens: Sequence[Token], inflected: Mapping[str, str]) -> Sequence[Token]:
    """The tokens with the lemmas of known verbs where the tagger did not find them ("downgrading": downgrade)."""
    if not any(token.kind == "V" and inflected.get(token.lower, token.lemma) != token.lemma for token in tokens):
        return tokens
    return tuple(
        replace(token, lemma=inflected[token.lower]) if token.kind == "V" and token.lower in inflected else token for token in tokens
    )


def subordinate_first(tokens: Sequence[Token], clauses: list[Clause]) -> None:
    """An English participle that opens the sentence hangs on its main clause ("*Denying any role*, Damascus …", "*Accused of* …")."""
    first = clauses[0] if clauses else None
    if first is None or first.kind != "main" or any(is_finite(tokens[place]) for place in first.tokens):
        return
    opener, behind = tokens[first.tokens[0]], tokens[first.tokens[1]] if len(first.tokens) > 1 else None
    reduced = opener.form == "pp" and behind is not None and behind.kind == "P"
    if opener.kind != "V" or not (opener.form == "ing" or reduced):
        return
    for number, clause in enumerate(clauses[1:], 1):
        if clause.kind == "main" and any(is_finite(tokens[place]) for place in clause.tokens):
            first.kind, first.opener, first.parent = "part", REDUCED if reduced else "", number
            return
