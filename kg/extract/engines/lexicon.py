"""The default engine: the lexicon's frames over HanTa's tags and the facts' names; German and English, nothing to download."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.extract.claims import MAX_TOKENS, ClaimMaker, in_order
from kg.extract.gazetteer import Entity, Knowledge
from kg.extract.known import KnownEvents
from kg.extract.lexicon import LanguageLexicon, Lexicon
from kg.extract.linking import link, link_subjects
from kg.extract.mentions import Found, Indexes, bodies_heard, build_indexes, find_mentions, find_subjects, last_words, not_meant
from kg.extract.parses import Reading, candidates, with_names
from kg.extract.roles import SentenceView
from kg.extract.sentences import split_sentences
from kg.extract.tokens import MODELS, Token, split_words, tokenize
from kg.model import Claim, Document, Extraction, Link, Sentence


class LexiconEngine:
    """Extraction by rules of language that the dossier's lexicon holds as data.

    Parameters
    ----------
    knowledge : Knowledge
        The dossier's facts.
    lexicon : Lexicon
        The dossier's lexicons.
    """

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        self.knowledge = knowledge
        self.lexicon = lexicon
        self._known = KnownEvents(knowledge)
        self._places = frozenset(name for entity in knowledge.entities.values() if entity.kind == "place" for name in entity.names)
        self._indexes: dict[str, Indexes] = {}

    def extract(self, document: Document) -> Extraction:
        """All sentences, links and claims of a document.

        Returns
        -------
        Extraction
            Empty but for a note where the document's language has no lexicon.
        """
        language = document.language
        lexicon = self.lexicon.languages.get(language)
        if lexicon is None or language not in MODELS:
            shown = language or "und"
            return Extraction(document, notes=(f"nothing is extracted from a document in {shown!r}: there is no lexicon for it",))
        indexes = self._index(language, lexicon)
        sentences = split_sentences(document.text, language)
        short = [sentence for sentence in sentences if _is_prose(sentence)]
        kept = list(zip(short, self.readings(short, language), strict=True))
        notes = (
            [] if len(kept) == len(sentences) else [f"{len(sentences) - len(kept)} sentences of more than {MAX_TOKENS} words were left out"]
        )
        if not document.published:
            notes.append("the document has no date: offices count by the names in it, relative dates not at all")
        found: list[tuple[tuple[Token, ...], tuple[Found, ...]]] = []
        heard: set[str] = set()
        entities = {**self.knowledge.entities, **indexes.extra}
        barred = not_meant(self.knowledge, document)
        for _, reading in kept:
            mentions = find_mentions(reading.tokens, indexes.names, lexicon, heard, barred)
            found.append((reading.tokens, with_names(mentions, [name for name, _ in reading.names])))
            heard |= last_words(found[-1][1], entities)
        heard |= bodies_heard([reading.tokens for _, reading in kept], lexicon)
        for number, (_, reading) in enumerate(kept):  # a headline names nobody in full: once more, with what the whole text has told
            if any({token.text, token.text[:-1], token.parts[0]} & heard for token in reading.tokens):
                mentions = find_mentions(reading.tokens, indexes.names, lexicon, heard, barred)
                found[number] = reading.tokens, with_names(mentions, [name for name, _ in reading.names])
        extra = {**indexes.extra, **candidates((name for _, reading in kept for name in reading.names), self.knowledge.names)}
        linked = link(found, document, self.knowledge, lexicon, extra)
        entities = {**self.knowledge.entities, **extra}
        maker = ClaimMaker(document, self.knowledge, lexicon, self._known)
        claims: list[Claim] = []
        present = {entity.state for item in linked for made in item.links if (entity := entities.get(made.entity)) is not None}

        def fits(entity: Entity) -> bool:
            return self._known.concerns(entity.label, present) and (not entity.state or entity.state in present)

        links: list[Link] = []
        for (sentence, reading), item in zip(kept, linked, strict=True):
            for held in item.positions:
                if held.person.entity not in entities:
                    state = entities[held.body.entity].state if held.body.entity in entities else ""
                    entities[held.person.entity] = Entity(
                        held.person.entity, "person", held.person.label, held.person.names, ("Candidate",), state
                    )
            subjects = link_subjects(find_subjects(reading.tokens, indexes.subjects), document, self.knowledge, fits)
            view = SentenceView.build(
                sentence, reading.tokens, item.links, item.positions, lexicon, entities, subjects, self._places, reading.parse
            )
            claims.extend(maker.claims(view))
            links += sorted((*item.links, *subjects), key=lambda made: (made.mention.start, made.mention.end, made.entity))
        return Extraction(document, sentences, tuple(links), in_order(claims), tuple(notes))

    def readings(self, sentences: Sequence[Sentence], language: str) -> Iterable[Reading]:
        """How each sentence of a document is read; another engine may know more of it than its tokens."""
        return (Reading(tokenize(sentence, language)) for sentence in sentences)

    def _index(self, language: str, lexicon: LanguageLexicon) -> Indexes:
        """The language's indexes of names, built when first needed."""
        if language not in self._indexes:
            self._indexes[language] = build_indexes(self.knowledge, lexicon)
        return self._indexes[language]


def _is_prose(sentence: Sentence) -> bool:
    """Whether a sentence has no more words than prose has; told before anything is spent on it."""
    length = len(sentence.text)
    return length <= MAX_TOKENS or (length <= 12 * MAX_TOKENS and len(split_words(sentence.text)) <= MAX_TOKENS)
