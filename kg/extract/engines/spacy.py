"""The spaCy engine: the lexicon's frames over the parse and the names of any installed spaCy pipeline.

What the facts know, the frames, speech, status and dates stay as in the default engine. The pipeline gives what that engine guesses
from positions: parts of speech, lemmas, clauses, who is subject or object, what hangs on what, and names that the facts do not know.
A pipeline without a parser, a tagger or a name recogniser is used for what it has.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from kg.errors import ExtractionError
from kg.extract.engines.lexicon import LexiconEngine
from kg.extract.gazetteer import Knowledge
from kg.extract.lexicon import Lexicon
from kg.extract.mentions import Found
from kg.extract.parses import Parse, Reading
from kg.extract.tokens import Token, split_words, tokenize
from kg.model import Document, Extraction, Mention, Sentence

EXTRA: Final = "pip install 'peninsula-kg[spacy]'"
NAMES: Final = {
    "PER": "person",
    "PERSON": "person",
    "ORG": "organisation",
    "LOC": "place",
    "GPE": "place",
}
"""The entity labels that are used, with the kind of thing; all others (dates, amounts, MISC) are passed over."""

_KINDS: Final = {
    "NOUN": "N", "PROPN": "E", "VERB": "V", "AUX": "A", "ADJ": "J", "ADV": "R", "ADP": "P", "DET": "D", "PRON": "O", "NUM": "K",
    "SCONJ": "S", "CCONJ": "C", "CONJ": "C", "INTJ": "R", "PUNCT": ".", "X": "E", "PART": "R",
}  # fmt: skip
_TAGS: Final = {
    "KOKOM": "L", "PTKVZ": "T", "RP": "T", "PTKZU": "Z", "TO": "Z", "PTKNEG": "X", "POS": "G", "PRELS": "W", "PRELAT": "W", "PWS": "W",
    "PWAV": "W", "PWAT": "W", "WP": "W", "WP$": "W", "WDT": "W", "WRB": "W", "KOUI": "S", "KOUS": "S", "MD": "M", "PROAV": "R",
    "PAV": "R", "APPO": "R", "APZR": "R", "ADJD": "R", "PPOSAT": "D", "PRP$": "D", "EX": "O",
}  # fmt: skip
"""Tags of STTS and the Penn Treebank that tell more than the universal part of speech."""
_PLAIN_TAGS: Final = {
    "NN": "N", "NNS": "N", "TRUNC": "N", "NE": "E", "NNP": "E", "NNPS": "E", "FM": "E", "XY": "E", "ADJA": "J", "JJ": "J", "JJR": "J",
    "JJS": "J", "ADV": "R", "RB": "R", "RBR": "R", "RBS": "R", "ART": "D", "DT": "D", "PDT": "D", "PDAT": "D", "PIAT": "D", "APPR": "P",
    "APPRART": "P", "IN": "P", "KON": "C", "CC": "C", "CARD": "K", "CD": "K", "PPER": "O", "PRF": "O", "PDS": "O", "PIS": "O", "PRP": "O",
}  # fmt: skip
"""What stands in for the universal part of speech where a pipeline gives only tags."""
_FORMS: Final = {
    "FIN": "fin", "IMP": "fin", "INF": "inf", "IZU": "izu", "PP": "pp",
    "VBD": "fin", "VBP": "fin", "VBZ": "fin", "MD": "fin", "VB": "inf", "VBN": "pp", "VBG": "ing",
}  # fmt: skip
_MODALS: Final = frozenset("dürfen können mögen müssen sollen wollen can could may might must shall should will would".split())
_NEGATIONS: Final = frozenset("not n't n’t never nicht".split())
_TO: Final = frozenset(("to", "zu"))
_HANTA: Final = {"VBZ": "VVZ", "VBP": "VVB", "VBD": "VVD", "VBN": "VVN", "VBG": "VVG", "VB": "VVI", "NNS": "NN2", "NN": "NN1"}
"""The tags of the default tagger to which the stages behind this one look."""


class SpacyEngine(LexiconEngine):
    """Extraction over the parses of spaCy pipelines.

    Parameters
    ----------
    knowledge : Knowledge
        The dossier's facts.
    lexicon : Lexicon
        The dossier's lexicons.
    model : str
        The name of an installed pipeline (`de_core_news_md`) or the path of one; several with commas between, one a language.
        A document in another language is read as the default engine reads it, and a note says so.

    Raises
    ------
    ExtractionError
        If spaCy or a pipeline is missing or cannot be loaded, or two pipelines are for one language.
    """

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon, model: str) -> None:
        super().__init__(knowledge, lexicon)
        self.model = model
        self._pipelines: dict[str, Any] = {}
        for name in filter(None, (part.strip() for part in model.split(","))):
            pipeline = load_pipeline(name)
            if pipeline.lang in self._pipelines:
                raise ExtractionError(f"two pipelines for the language {pipeline.lang!r} in {model!r}", hint="name one a language")
            self._pipelines[pipeline.lang] = pipeline
        if not self._pipelines:
            raise ExtractionError("the engine spacy needs the name of a pipeline", hint="for example --model de_core_news_md")

    def extract(self, document: Document) -> Extraction:
        """All sentences, links and claims of a document.

        Returns
        -------
        Extraction
            Empty but for a note where the document's language has no lexicon; with a note where it has no pipeline.
        """
        made = super().extract(document)
        if document.language not in self.lexicon.languages or self._pipeline(document.language) is not None:
            return made
        note = f"no spaCy pipeline for {document.language!r} was named ({self.model} does not read it): read by the default engine"
        return Extraction(made.document, made.sentences, made.links, made.claims, (*made.notes, note))

    def readings(self, sentences: Sequence[Sentence], language: str) -> Iterable[Reading]:
        """Tokens, parse and names of each sentence.

        Raises
        ------
        ExtractionError
            If the pipeline fails on a sentence.
        """
        pipeline = self._pipeline(language)
        if pipeline is None:
            return super().readings(sentences, language)
        return self._read(pipeline, sentences, language)

    def _pipeline(self, language: str) -> Any:
        """The pipeline for a language, or one for all languages, or none."""
        return self._pipelines.get(language) or self._pipelines.get("xx")

    def _read(self, pipeline: Any, sentences: Sequence[Sentence], language: str) -> Iterator[Reading]:
        zone = getattr(pipeline, "memory_zone", contextlib.nullcontext)  # since spaCy 3.8: forget the words of a document after it
        with zone():
            docs = pipeline.pipe(sentence.text for sentence in sentences)
            for sentence in sentences:
                try:
                    doc = next(docs)
                except (ValueError, TypeError, KeyError, RuntimeError, StopIteration) as error:
                    raise ExtractionError(f"the spaCy pipeline {self.model} failed: {error}", hint="is it trained and complete?") from error
                if doc.text != sentence.text:
                    raise ExtractionError(f"the spaCy pipeline {self.model} gives another text than it got")
                yield read_doc(doc, sentence, language)


def load_pipeline(model: str) -> Any:
    """The spaCy pipeline of a name or a path.

    Raises
    ------
    ExtractionError
        If spaCy is not installed, there is no such pipeline, or it cannot be loaded.
    """
    try:
        spacy = importlib.import_module("spacy")
    except ImportError as error:
        raise ExtractionError("the engine spacy needs the package spaCy", hint=EXTRA) from error
    try:
        return spacy.load(model)
    except OSError as error:
        hint = f"python -m spacy download {model}" if model.isidentifier() else "give a pipeline's name or its folder"
        raise ExtractionError(f"there is no spaCy pipeline {model!r} here", hint=hint) from error
    except (ImportError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ExtractionError(f"the spaCy pipeline {model!r} cannot be loaded: {error}", hint="does it fit this spaCy?") from error


def read_doc(doc: Any, sentence: Sentence, language: str) -> Reading:
    """What a spaCy `Doc` says of a sentence, told for this package's own tokens.

    Where spaCy cuts a word more finely ("US", "-", "South"), the part that is nearest to the root speaks for it; where it cuts more
    coarsely, the later words hang on the first.

    Parameters
    ----------
    doc : spacy.tokens.Doc
        Of the sentence's text, character for character.
    sentence : Sentence
        The sentence; offsets of the tokens count in the same text.
    """
    spans = _spans(sentence.text)
    parts = _aligned(spans, doc)
    tagged, lemmas = doc.has_annotation("POS") or doc.has_annotation("TAG"), doc.has_annotation("LEMMA")
    plain = tokenize(sentence, language) if not (tagged and lemmas) else ()
    depths = [_depth(token) for token in doc]
    chosen = [min(own, key=lambda token: (depths[token.i], token.i)) for own in parts]
    owner: dict[int, int] = {}
    for place, own in enumerate(parts):
        for token in own:
            owner.setdefault(token.i, place)
    tokens = []
    for place, (start, end) in enumerate(spans):
        word = sentence.text[start:end]
        made = plain[place] if plain else Token(sentence.start + start, sentence.start + end, word, word, "", "")
        if tagged:
            made = _tagged(made, parts[place], chosen[place], lemmas, language)
        elif lemmas and chosen[place].lemma_:
            made = replace(made, lemma=chosen[place].lemma_)
        tokens.append(made)
    parse = _parse(chosen, owner) if doc.has_annotation("DEP") else None
    return Reading(tuple(tokens), parse, _names(doc, spans, sentence))


def _spans(text: str) -> list[tuple[int, int]]:
    spans, place = [], 0
    for word in split_words(text):
        start = text.index(word, place)
        place = start + len(word)
        spans.append((start, place))
    return spans


def _aligned(spans: Sequence[tuple[int, int]], doc: Any) -> list[list[Any]]:
    """For each of our tokens the spaCy tokens that share a character with it, never none."""
    words = [token for token in doc if not token.is_space]
    parts: list[list[Any]] = []
    first = 0
    for start, end in spans:
        while first + 1 < len(words) and words[first].idx + len(words[first]) <= start:
            first += 1
        last = first
        while last < len(words) and words[last].idx < end:
            last += 1
        parts.append(words[first : max(last, first + 1)])
    return parts


def _depth(token: Any) -> int:
    depth = 0
    while token.head.i != token.i:
        token = token.head
        depth += 1
    return depth


def _parse(chosen: Sequence[Any], owner: dict[int, int]) -> Parse:
    heads, labels = [], []
    for place, token in enumerate(chosen):
        if owner[token.i] != place:
            heads.append(owner[token.i])  # a later piece of a word that spaCy does not cut
            labels.append("nk")
            continue
        above = token.head
        while above.head.i != above.i and owner.get(above.i, place) == place:
            above = above.head
        other = owner.get(above.i, place)
        heads.append(-1 if other == place else other)
        labels.append(token.dep_)
    return Parse.of(heads, labels)


def _tagged(token: Token, parts: Sequence[Any], chosen: Any, lemmas: bool, language: str) -> Token:
    """A token with the pipeline's part of speech and lemma, in the letters and tags that the stages behind it know."""
    if not any(character.isalnum() for character in token.text):
        return replace(token, pos=chosen.tag_, kind=".", form="")
    lemma = chosen.lemma_ if lemmas and chosen.lemma_ else token.lemma
    kind = _kind(chosen, token, lemma.casefold())
    if len(parts) > 1 and "-" in token.text:
        lemma = parts[-1].lemma_ if lemmas and parts[-1].lemma_ else token.lemma
        kind = kind if kind in "NEJK" else "N"
    form = _form(chosen) if kind in "VAM" else ""
    return replace(token, lemma=lemma, pos=_pos(chosen, kind, form, language), kind=kind, form=form)


def _kind(chosen: Any, token: Token, lemma: str) -> str:
    tag, lower = chosen.tag_, token.lower
    by_tag = _PLAIN_TAGS.get(tag) or {"VV": "V", "VA": "A", "VM": "M", "VB": "V"}.get(tag[:2])
    kind = _TAGS.get(tag) or _KINDS.get(chosen.pos_) or by_tag or ("N" if token.text[0].isupper() else "R")
    if lower in _NEGATIONS:
        return "X"
    if kind in "VA":
        if chosen.dep_.casefold() in ("nk", "amod", "compound"):
            return "J"  # "the planned talks"
        return "M" if tag.startswith("VM") or (chosen.pos_ == "AUX" and lemma in _MODALS) else kind
    if kind in "OD" and not tag and {"Rel", "Int"} & set(chosen.morph.get("PronType")):
        return "W"
    if not tag and chosen.pos_ == "PART":
        return "Z" if lower in _TO else "G" if lower in ("'s", "’s") else kind
    return kind


def _form(chosen: Any) -> str:
    """The form of a verb, by its tag or else by its features."""
    tag = chosen.tag_
    known = _FORMS.get(tag) or (_FORMS.get(tag[2:]) if tag[:2] in ("VV", "VA", "VM") else None)
    if known:
        return known
    form = next(iter(chosen.morph.get("VerbForm")), "Fin")
    if form == "Part":
        return "ing" if chosen.text.casefold().endswith("ing") else "pp"
    return {"Inf": "inf", "Ger": "ing"}.get(form, "fin")


def _pos(chosen: Any, kind: str, form: str, language: str) -> str:
    """The tag as the default tagger would spell it, where a stage behind this one looks at it."""
    tag = str(chosen.tag_)
    if language == "en":
        if not tag and form == "fin":
            tag = "VBD" if "Past" in chosen.morph.get("Tense") else "VBZ"
        return _HANTA.get(tag, tag)
    if kind in "VAM":
        return f"V{kind}({form.upper()})"
    return tag.replace("ADJA", "ADJ(A)").replace("ADJD", "ADJ(D)")


def _names(doc: Any, spans: Sequence[tuple[int, int]], sentence: Sentence) -> tuple[tuple[Found, str], ...]:
    """The names in a `Doc`, cut to whole tokens."""
    found: list[tuple[Found, str]] = []
    for entity in doc.ents:
        kind = NAMES.get(entity.label_)
        places = [place for place, (start, end) in enumerate(spans) if start < entity.end_char and entity.start_char < end]
        if kind is None or not places or (found and found[-1][0].last >= places[0]):
            continue
        start, end = spans[places[0]][0], spans[places[-1]][1]
        mention = Mention(sentence.start + start, sentence.start + end, sentence.text[start:end], "name")
        found.append((Found(mention, (), places[0], places[-1]), kind))
    return tuple(found)
