"""Tokens with lemma and part of speech, by HanTa's models, which come with its package.

`Token.pos` is the model's own tag (STTS for German, the British National Corpus' C5 for English); `Token.kind` folds both sets
into one letter, and `Token.form` says which form a verb has, so that the stages after this one need no tag set.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from kg.model import Sentence

MODELS: Final = {"de": "morphmodel_ger.pgz", "en": "morphmodel_en.pgz"}
MAX_WORD: Final = 60
"""A longer word is not analysed (a number, an address, a string of characters)."""
WINDOW: Final = 150
"""Words that are tagged at once."""

_TOKEN: Final = re.compile(
    r"""
    https?://\S+
  | (?:[A-Za-zÄÖÜäöüß]\.){2,}                              # U.S., z.B.
  | \d{1,2}\.(?=\s+[a-zäöüA-ZÄÖÜ])                         # 12. (Juni)
  | \d+(?:[.,:]\d+)*(?:st|nd|rd|th)?\b                     # 1.500,20; 38th
  | (?:[A-Z]|Dr|Mr|Mrs|Ms|Gen|Lt|Col|Sen|Rep|St|Prof|Nr|No)\.(?=\s+[A-Z])  # initials and titles
  | [^\W_]+(?:['’](?!s\b)[^\W\d_]+)?(?:[-‑](?:[^\W_]+(?:['’](?!s\b)[^\W\d_]+)?))*[-‑]?
  | ['’]s\b
  | \.\.\.|--
  | \S
    """,
    re.VERBOSE,
)
_CONTRACTED: Final = re.compile(r"(?i)(.*)(n['’]t|['’](?:re|ve|ll|d|m))\Z")

_KINDS_DE: Final = {
    "NN": "N", "NNA": "N", "NNI": "N", "NE": "E", "FM": "E", "XY": "E", "TRUNC": "N", "ADJ(A)": "J", "ADJ(D)": "R", "ADV": "R",
    "APPR": "P", "APPRART": "P", "APPO": "R", "APZR": "R", "ART": "D", "CARD": "K", "ITJ": "R", "KOKOM": "L", "KON": "C", "KOUI": "S",
    "KOUS": "S", "PDAT": "D", "PDS": "O", "PIAT": "D", "PIS": "O", "PPER": "O", "PPOSAT": "D", "PPOSS": "O", "PRELAT": "W",
    "PRELS": "W", "PRF": "O", "PROAV": "R", "PTKA": "R", "PTKANT": "R", "PTKNEG": "X", "PTKVZ": "T", "PTKZU": "Z", "PWAT": "W",
    "PWAV": "W", "PWS": "W", "$.": ".", "$,": ".", "$(": ".",
}  # fmt: skip
_KINDS_EN: Final = {
    "AJ0": "J", "AJC": "J", "AJS": "J", "AT0": "D", "AV0": "R", "AVP": "T", "AVQ": "W", "CJC": "C", "CJS": "S", "CJT": "S", "CRD": "K",
    "DPS": "D", "DT0": "D", "DTQ": "W", "EX0": "O", "IN": "P", "ITJ": "R", "NN": "N", "NN0": "N", "NN1": "N", "NN2": "N", "NP0": "E",
    "ORD": "J", "PNI": "O", "PNP": "O", "PNQ": "W", "PNX": "O", "POS": "G", "PRF": "P", "PRP": "P", "PUL": ".", "PUN": ".", "PUQ": ".",
    "PUR": ".", "TO0": "Z", "UNC": "E", "VM0": "M", "XX0": "X", "ZZ0": "E",
}  # fmt: skip
_FORMS_EN: Final = {"B": "fin", "D": "fin", "Z": "fin", "I": "inf", "N": "pp", "G": "ing"}
_BE_HAVE_DO: Final = frozenset(
    "am is are was were be been being 's 're 'm has have had having 've 'd do does did don doesn didn isn wasn".split()
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a punctuation mark, with offsets in the document's text.

    Attributes
    ----------
    lemma : str
        The base form; that of the last part for a compound with hyphens.
    pos : str
        The model's tag.
    kind : str
        `V` verb, `A` auxiliary, `M` modal, `N` noun, `E` proper name, `J` adjective, `R` adverb, `P` preposition, `D` determiner,
        `O` pronoun, `W` relative or question word, `C` and `S` coordinating and subordinating conjunction, `L` particle of
        comparison, `K` number, `Z` to-particle, `T` verb particle, `X` negation, `G` genitive marker, `.` punctuation.
    form : str
        `fin`, `inf`, `izu` (German infinitive with zu inside), `pp`, `ing`; empty where it is no verb.
    """

    start: int
    end: int
    text: str
    lemma: str
    pos: str
    kind: str
    form: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of a compound with hyphens; the whole word alone where there is none."""
        return tuple(part for part in re.split(r"[-‑]", self.text) if part) or (self.text,)

    @property
    def lower(self) -> str:
        """The text in lower case."""
        return self.text.casefold()


@functools.cache
def _tagger(language: str) -> Any:
    """HanTa's tagger with the analysis of each word kept; loaded once, in about 0.2 s."""
    from HanTa import HanoverTagger

    class Remembering(HanoverTagger.HanoverTagger):  # type: ignore[misc]  # HanTa has no type hints
        """The tagger, with the two costly steps for a word remembered."""

        @functools.lru_cache(maxsize=60_000)  # noqa: B019  # the tagger lives as long as the process
        def analyze_forward(self, word: str) -> Any:
            return super().analyze_forward(word)

        @functools.lru_cache(maxsize=60_000)  # noqa: B019  # the tagger lives as long as the process
        def _analyze(self, word: str, pos: int, taglevel: int = 1) -> Any:
            return super()._analyze(word, pos, taglevel)

    return Remembering(MODELS[language])


def tokenize(sentence: Sentence, language: str) -> tuple[Token, ...]:
    """The tokens of a sentence.

    Parameters
    ----------
    sentence : Sentence
        Offsets of the tokens count in the same text as the sentence's.
    language : str
        `de` or `en`.

    Returns
    -------
    tuple of Token
        Ascending and disjoint; `sentence.text[t.start - sentence.start : t.end - sentence.start] == t.text`.
    """
    spans = list(_spans(sentence.text))
    words = [sentence.text[start:end] for start, end in spans]
    tagged: list[tuple[str, str]] = []
    for begin in range(0, len(words), WINDOW):
        tagged.extend(_tag(words[begin : begin + WINDOW], language))
    tokens = []
    for position, ((start, end), word, (lemma, pos)) in enumerate(zip(spans, words, tagged, strict=True)):
        kind, form = _classify(word, pos, language)
        previous = words[position - 1] if position else ""
        kind, form, lemma = _corrected(word, previous, kind, form, lemma, language)
        if kind == "V" and language == "en" and "-" in word[1:-1]:  # "test-fired"
            first, _, last = word.rpartition("-")
            lemma = f"{first}-{_tagger('en').analyze(last, pos=pos)[0]}"
        tokens.append(Token(sentence.start + start, sentence.start + end, word, lemma, pos, kind, form))
    return tuple(_with_a_verb(tokens, sentence.headline) if language == "de" else _with_verbs(_in_capitals(tokens)))


def _with_a_verb(tokens: list[Token], headline: bool) -> list[Token]:
    """German: where no word is a finite verb, a preterite that was taken for an adjective ("verhängte Sanktionen") is one."""
    if headline or any(token.kind in "VAM" and token.form == "fin" for token in tokens):
        return tokens
    for place in range(1, len(tokens)):
        token = tokens[place]
        if token.kind == "J" and token.text.islower() and token.text.endswith(("te", "ten")) and tokens[place - 1].kind in "NE":
            lemma, pos = _tagger("de").analyze(token.text, pos="VV(FIN)")
            return [*tokens[:place], replace(token, lemma=lemma, pos=pos, kind="V", form="fin"), *tokens[place + 1 :]]
    return tokens


@functools.lru_cache(maxsize=4096)
def participle_lemma(word: str) -> str:
    """The verb of a German past participle before a noun ("geführte"), in lower case; empty for another adjective."""
    for ending in ("en", "em", "er", "es", "e"):
        base = word.removesuffix(ending)
        if base != word and base.endswith(("t", "en")):
            lemma, pos = _tagger("de").analyze(base, pos="VV(PP)")
            return str(lemma).casefold() if pos == "VV(PP)" and str(lemma).endswith("n") else ""
    return ""


SAYING: Final = frozenset("say think believe tell argue claim add warn insist hope fear report declare announce state note know".split())
"""English verbs behind which what is said may follow without a conjunction."""
_TIMES: Final = frozenset(("since", "until", "before", "after"))
"""English words that are conjunctions before a clause and prepositions before a noun."""
_COMPOUND: Final = frozenset(
    "training trading meeting fighting working building living shooting voting visiting ruling mounting growing rising remaining leading "
    "warring neighbouring neighboring peacekeeping banking shipping mining manufacturing drilling".split()
)
"""English words in -ing that stand as the first part of a compound noun."""
_AFTER: Final = frozenset(("after", "before", "by", "for", "of", "without", "despite", "while", "from", "against"))
"""Words behind which an English word in -ing with an object is a verb."""


_ADJECTIVAL: Final = re.compile(r"(?:ian|ean|rican|xican|ish|ese|eli|qi|[aeu]ni|iti|ench|rman|Thai|Greek|Saudi|Swiss|Dutch)$")
"""Endings of adjectives of a country."""


def _in_capitals(tokens: list[Token]) -> list[Token]:
    """English headlines in capital letters ("Oman Recalls Envoy From Chad"): the first word that can be a finite verb."""
    words = [token for token in tokens if token.text.isalpha() and len(token.text) > 3]
    if len(words) < 4 or sum(token.text[0].isupper() for token in words) < 0.8 * len(words) or any(token.form == "fin" for token in tokens):
        return tokens
    if tokens[-1].text == "." or any(token.kind == "V" for token in tokens):
        return tokens
    for place, token in enumerate(tokens):
        pos = _tagger("en").analyze(token.lower)[1] if place and token.kind == "E" else ""
        if pos in ("PRP", "PRF", "CJC", "TO0", "AT0"):
            tokens[place] = replace(token, lemma=token.lower, pos=pos, kind=_KINDS_EN[pos], form="")
    for place in range(1, len(tokens) - 1):
        token, lower = tokens[place], tokens[place].lower
        if tokens[place - 1].kind not in "EN" or not token.text.isalpha() or len(lower) < 4 or tokens[place + 1].lower == "of":
            continue
        pos = _tagger("en").analyze(lower)[1]
        third = lower.endswith("s") and not lower.endswith(("ss", "us", "is")) and (pos in ("VVZ", "NN2") or lower == "summons")
        if third or pos == "VVD":
            tag = "VVZ" if third else "VVD"
            lemma = _tagger("en").analyze(lower, pos=tag)[0]
            return [*tokens[:place], replace(token, lemma=lemma, pos=tag, kind="V", form="fin"), *tokens[place + 1 :]]
    return tokens


def _of_headline(tokens: list[Token]) -> list[Token]:
    """English headlines with no verb that the tagger sees: "Chad and Oman *trade* blame", "Houthis *release* Saudi prisoners"."""
    if any(token.kind in "VAM" for token in tokens) or tokens[-1].text == ".":
        return tokens
    for place in range(1, len(tokens) - 1):
        token, before = tokens[place], tokens[place - 1]
        base = token.pos == "NN1" and token.text.islower() and before.kind in "NE" and before.lower.endswith("s")
        if base and tokens[place + 1].kind in "EJ" and place < 5:  # "Houthis *release* Saudi prisoners"
            tokens[place] = replace(token, lemma=token.lower, pos="VVB", kind="V", form="fin")
            return tokens
        future = before.lower == "to" and 1 < place < 6 and tokens[place - 2].kind in "EN" and token.text.islower()
        if future and token.kind in "NJR" and tokens[place + 1].kind in "EJDNPRT":  # "Kenya *to hand* over suspects"
            tokens[place - 1] = replace(before, pos="TO0", kind="Z")
            tokens[place] = replace(token, lemma=token.lower, pos="VVI", kind="V", form="inf")
            return tokens
    for place in range(3, len(tokens) - 1):
        pair = [token.kind for token in tokens[place - 3 : place]] == ["E", "C", "E"] and tokens[place - 2].lower == "and"
        if pair and tokens[place].kind in "NJ" and tokens[place].pos != "NN2" and tokens[place].text.islower():
            tokens[place] = replace(tokens[place], lemma=tokens[place].lower, pos="VVB", kind="V", form="fin")
            return tokens
    return tokens


def _with_verbs(tokens: list[Token]) -> list[Token]:
    """English: a gerund that was taken for an adjective ("after accusing Tehran"), a verb for a plural ("Britain suspects Moscow")."""
    if len(tokens) > 1 and tokens[0].form == "ing" and tokens[1].lower == "between":
        tokens[0] = replace(tokens[0], lemma=tokens[0].lower, pos="NN1", kind="N", form="")  # "*Fighting* between …"
    tokens = _of_headline(tokens) if tokens else tokens
    for place in range(1, len(tokens) - 1):
        token, before, behind = tokens[place], tokens[place - 1], tokens[place + 1]
        if (
            token.form == "inf"
            and before.lower == "and"
            and place > 1
            and tokens[place - 2].lower in ("he", "she")
            and behind.kind in "NJE"
        ):
            tokens[place] = replace(token, pos="AJ0", kind="J", form="")  # "he and *rebel* leader Juan Ortega"
        if token.kind == "S" and token.lower in _TIMES and not _clause_follows(tokens, place):
            tokens[place] = replace(token, pos="PRP", kind="P")  # "since the elections"
        if token.pos == "VVD" and before.kind in "NE" and behind.kind == "P" and _is_participle_of(tokens, place):
            tokens[place] = replace(token, pos="VVN", form="pp")  # "an accord *reached* with Oman angered Chad"
        beyond = tokens[place + 2] if place + 2 < len(tokens) else behind
        if token.form == "pp" and before.kind == "G" and (behind.kind in "JN" or (behind.lower in ("up", "down") and beyond.kind in "JN")):
            tokens[place] = replace(token, kind="J", form="")  # "Chad's *stepped up* support"
            if behind.kind not in "JN":
                tokens[place + 1] = replace(behind, kind="J")
        if token.form == "ing" and behind.lower == "between" and before.kind in "PDNJG":
            tokens[place] = replace(token, lemma=token.lower, pos="NN1", kind="N", form="")  # "days of *fighting* between …"
        infinitive = before.lower == "to" and token.lower in ("free", "open", "arm", "back", "aid") and behind.kind in "DEKJNO"
        bound = place > 1 and tokens[place - 2].kind == "A" and before.lower == "to" and token.pos == "NN1" and token.text.islower()
        infinitive = infinitive or (bound and _can_be_verb(token.text))  # "are to *exchange* prisoners"
        if infinitive and behind.lower not in ("trade", "market", "markets", "economy", "conflict", "control", "air"):
            tokens[place - 1] = replace(before, kind="Z")
            tokens[place] = replace(token, lemma=token.lower, pos="VVI", kind="V", form="inf")
        objects = behind.kind in "DO" or behind.kind == "E" or (behind.pos == "NN2" and token.lower not in _COMPOUND)
        if token.kind in "JN" and token.lower.endswith("ing") and before.lower in _AFTER and objects:
            tokens[place] = replace(token, lemma=_tagger("en").analyze(token.text, pos="VVG")[0], pos="VVG", kind="V", form="ing")
        perfect = before.lower in ("have", "having") and token.kind == "J" and token.lower.endswith("ed")
        if perfect and place > 1 and tokens[place - 2].kind in "MZV" and not token.lower.endswith("eed"):
            tokens[place] = replace(token, lemma=_tagger("en").analyze(token.text, pos="VVN")[0], pos="VVN", kind="V", form="pp")
        noun = token.form == "ing" and behind.kind in "PC." and place > 1 and tokens[place - 2].kind in "PDG"
        if noun and before.kind in "EJ" and _ADJECTIVAL.search(before.text):
            tokens[place] = replace(token, lemma=token.lower, pos="NN1", kind="N", form="")  # "in Indian *shelling* across …"
        if token.kind in "NJ" and token.lower.endswith("ed") and behind.lower == "by" and before.kind == "N":
            tokens[place] = replace(token, lemma=_tagger("en").analyze(token.text, pos="VVN")[0], pos="VVN", kind="V", form="pp")
        if token.form == "fin" and token.lower.endswith("ed") and before.text == "," and behind.lower == "by":
            tokens[place] = replace(token, pos="VVN", form="pp")  # "rebels, *backed by* Chad, …"
        if token.text == "State" and place > 1 and tokens[place - 2].lower.endswith("secretary") and before.lower == "of":
            tokens[place] = replace(token, lemma="state", kind="N")  # no part of the name behind it
        plural = token.pos == "NN2" and token.text.islower() and token.text.endswith("s")
        described = behind.kind in "JK" and place + 2 < len(tokens) and tokens[place + 2].kind in "NE"
        governs = behind.kind in "EDO" or described or behind.lower == "to"
        alone = place == 1 and before.pos == "NN1" and not any(other.form == "fin" for other in tokens)
        if plural and (before.kind == "E" or alone) and governs and not any(other.form == "fin" for other in tokens[:place]):
            tokens[place] = replace(token, lemma=_tagger("en").analyze(token.text, pos="VVZ")[0], pos="VVZ", kind="V", form="fin")
    return tokens if any(token.kind in "VAM" and token.form == "fin" for token in tokens) else _with_plural_verb(tokens)


def _with_plural_verb(tokens: list[Token]) -> list[Token]:
    """English, where no word is a finite verb: a noun behind a plural, or a participle behind a phrase between commas, that can be one."""
    for place in range(1, len(tokens) - 1):
        token, before, behind = tokens[place], tokens[place - 1], tokens[place + 1]
        several = before.pos == "NN2" or (before.kind == "E" and place > 2 and tokens[place - 2].text in (",", "and"))
        if token.pos != "NN1" or not token.text.islower() or not several or behind.kind not in "DJNEO":
            continue
        if _can_be_verb(token.text):
            # "Omani rebels *sign* peace deal"
            return [*tokens[:place], replace(token, lemma=token.lower, pos="VVB", kind="V", form="fin"), *tokens[place + 1 :]]
    for place in range(2, len(tokens)):
        past = tokens[place].pos in ("VVN", "VVD") and tokens[place].text.islower() and tokens[place - 1].text == ","
        if past and any(token.text == "," for token in tokens[: place - 1]):  # "Rome, on a visit to Oman, *called* for peace"
            return [*tokens[:place], replace(tokens[place], pos="VVD", form="fin"), *tokens[place + 1 :]]
    return tokens


def _clause_follows(tokens: list[Token], place: int) -> bool:
    """Whether a verb stands behind a place before the next break."""
    for token in tokens[place + 1 :]:
        if not token.text[0].isalnum() and token.kind != "G":
            return False
        if token.kind in "VAM":
            return True
    return False


def _is_participle_of(tokens: list[Token], place: int) -> bool:
    """Whether what looks like an English preterite is a participle: behind it and its phrases comes the finite verb."""
    if tokens[place].lemma in SAYING or any(token.kind in "VAM" for token in tokens[:place]):
        return False
    for number in range(place + 2, min(place + 14, len(tokens))):
        token = tokens[number]
        if token.kind in "CSWZOXL" or not token.text[0].isalnum() or token.form in ("ing", "inf"):
            return False
        if token.kind in "VAM":
            behind = tokens[number + 1] if number + 1 < len(tokens) else token
            return token.form == "fin" and tokens[number - 1].kind in "NEK" and (token.kind in "AM" or behind.kind != "P")
    return False


def _can_be_verb(word: str) -> bool:
    """Whether an English noun is as well the base form of a verb."""
    return any(tag in ("VVI", "VVB") for tag, _ in _tagger("en").tag_word(word)[:2])


def dateline(tokens: Sequence[Token]) -> int:
    """The number of tokens before a report that only say where it was written ("GENEVA (AP) —", "Wien/Genf –"); 0 for none."""
    for place, token in enumerate(tokens[:9]):
        if token.text in ("-", "–", "—", "--"):
            return place + 1 if place else 0
        name = token.text[0].isupper() and token.kind in "EN"
        if not (name or token.text in ",/()." or token.kind == "K" or (place and tokens[place - 1].text == "/")):
            return 0
    return 0


def split_words(text: str) -> tuple[str, ...]:
    """The words and marks of a text, cut as `tokenize` cuts them; without a model."""
    return tuple(text[start:end] for start, end in _spans(text))


def _spans(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for found in _TOKEN.finditer(text):
        split = _CONTRACTED.match(found.group()) if "'" in found.group() or "’" in found.group() else None
        if split and split.group(1):
            middle = found.start() + len(split.group(1))
            spans += [(found.start(), middle), (middle, found.end())]
        else:
            spans.append(found.span())
    return spans


def _tag(words: list[str], language: str) -> list[tuple[str, str]]:
    """Lemma and tag of each word; a compound with hyphens is looked up by its last part."""
    if not words:
        return []
    known = [word if len(word) <= MAX_WORD else "X" for word in words]
    known = [_head(word) for word in known]
    return [(lemma, pos) for _, lemma, pos in _tagger(language).tag_sent(known)]


def _head(word: str) -> str:
    """What the tagger is shown for a word: a German compound's last part with the compound's capital, else the word."""
    if "-" not in word.strip("-") or word[0].isdigit():
        return {"’s": "'s", "n’t": "n't", "“": '"', "”": '"', "„": '"', "‚": '"', "–": "-", "—": "-"}.get(word, word)
    last = word.rstrip("-").rsplit("-", 1)[-1]
    return last if last and last[0].isupper() and word[0].isupper() and len(last) > 3 else word


def _classify(word: str, pos: str, language: str) -> tuple[str, str]:
    if not any(character.isalnum() for character in word):
        return ".", ""
    if language == "de":
        if pos[:2] in ("VV", "VA", "VM"):
            form = pos[3:-1].casefold()
            return {"VV": "V", "VA": "A", "VM": "M"}[pos[:2]], "fin" if form == "imp" else form
        return _KINDS_DE.get(pos, "N" if word[0].isupper() else "R"), ""
    if pos[:2] in ("VV", "VB", "VD", "VH"):
        auxiliary = pos[1] in "BDH" and word.casefold().replace("’", "'") in _BE_HAVE_DO
        return "A" if auxiliary else "V", _FORMS_EN.get(pos[2:], "fin")
    return _KINDS_EN.get(pos, "N"), "fin" if pos == "VM0" else ""


_FIXED_DE: Final = {
    "dass": ("S", ""), "daß": ("S", ""), "laut": ("P", ""), "zufolge": ("R", ""), "sowie": ("C", ""), "werde": ("A", "fin"),
    "würde": ("A", "fin"), "würden": ("A", "fin"), "seien": ("A", "fin"), "sei": ("A", "fin"), "habe": ("A", "fin"), "worden": ("A", "pp"),
    "wird": ("A", "fin"), "kein": ("D", ""), "keine": ("D", ""), "keinen": ("D", ""), "nicht": ("X", ""), "weder": ("X", ""),
    "obwohl": ("S", ""), "während": ("S", ""), "nachdem": ("S", ""), "müsse": ("M", "fin"), "müssen": ("M", "fin"), "müssten": ("M", "fin"),
    "wolle": ("M", "fin"), "wollen": ("M", "fin"), "solle": ("M", "fin"), "sollen": ("M", "fin"), "könne": ("M", "fin"),
    "dürfe": ("M", "fin"),
}  # fmt: skip
_FIXED_EN: Final = {
    "that": ("S", ""), "who": ("W", ""), "which": ("W", ""), "whose": ("W", ""), "not": ("X", ""), "n't": ("X", ""), "n’t": ("X", ""),
    "'s": ("G", ""), "’s": ("G", ""), "never": ("X", ""), "will": ("M", "fin"), "would": ("M", "fin"), "must": ("M", "fin"),
    "should": ("M", "fin"), "may": ("M", "fin"), "might": ("M", "fin"), "could": ("M", "fin"), "can": ("M", "fin"),
}  # fmt: skip


def _corrected(word: str, previous: str, kind: str, form: str, lemma: str, language: str) -> tuple[str, str, str]:
    """What a closed list or the capital letter knows better than the model."""
    lower = word.casefold()
    inside = bool(previous) and previous[-1].isalnum()
    if language == "de":
        if lower in _FIXED_DE and not (word[0].isupper() and inside):
            kind, form = _FIXED_DE[lower]
        elif word[0].isupper() and inside and kind in "VAMJR" and len(word) > 2:
            kind, form, lemma = ("N" if kind != "J" else "J"), "", word if kind in "VAM" else lemma
    elif word == "I" and kind != ".":
        kind, form = "O", ""
    elif word == "US":
        kind, form, lemma = "E", "", word
    elif lower in _FIXED_EN:
        if not (lower == "may" and word[0].isupper() and inside) and not (lower == "will" and previous.casefold() in {"the", "a", "its"}):
            kind, form = _FIXED_EN[lower]
            lemma = {"'s": "'s", "’s": "'s", "n't": "not", "n’t": "not"}.get(lower, lower)
    elif word[0].isupper() and inside and kind in "VJ" and word.isalpha() and word not in {"I"}:
        kind, form, lemma = "E", "", word
    elif kind == "V" and form == "pp" and lower.endswith("ed") and previous.casefold() in {"the", "a", "an", "its", "his", "their"}:
        kind, form = "J", ""
    return kind, form, lemma
