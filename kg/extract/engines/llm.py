"""The engine that asks a language model: chunks of a document go to a server, and what its answers say is kept only if the text says it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from kg.errors import ExtractionError
from kg.extract.claims import MAX_TOKENS, in_order
from kg.extract.engines.lexicon import LexiconEngine
from kg.extract.engines.llm_cache import AnswerCache
from kg.extract.engines.llm_client import Answer, ChatClient, LlmSettings, estimated_tokens
from kg.extract.engines.llm_grounding import Grounder, Passage
from kg.extract.engines.llm_participants import Participants
from kg.extract.engines.llm_prompt import PROMPT_VERSION, SCHEMA, messages, parse
from kg.extract.gazetteer import ACTOR_KINDS, Knowledge
from kg.extract.known import KnownEvents
from kg.extract.lexicon import LanguageLexicon, Lexicon
from kg.extract.tokens import MODELS
from kg.model import Claim, Document, Extraction, Link, Sentence
from kg.terms import Names, content_hash

BEFORE: Final = 2
"""Sentences before a chunk that go with it, so that its pronouns can be understood."""
MAX_NAMES: Final = 60
"""Names offered with a chunk."""
MAX_ENTRIES: Final = 400
"""Entries of one answer that are looked at."""
TOKENS_A_SENTENCE: Final = 160
"""What an estimate reckons for the answer to a sentence: about one claim."""
NO_ANSWER: Final = "unusable answer"


@dataclass(frozen=True, slots=True)
class LlmUsage:
    """What was spent so far.

    Attributes
    ----------
    requests, retries : int
        Requests sent, and how many of them were repetitions.
    answers, cached : int
        Chunks answered by the server, and from the cache.
    tokens_in, tokens_out : int
        Tokens sent and received; nothing is spent on a cached answer.
    counted : bool
        Whether the server told all tokens; else some are estimated.
    cost : Decimal or None
        In the currency of the prices set; none where there are none.
    """

    requests: int = 0
    retries: int = 0
    answers: int = 0
    cached: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    counted: bool = True
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LlmProgress:
    """How far a document is: `done` of `chunks` chunks, and what the engine has spent on all documents so far."""

    document: str
    done: int
    chunks: int
    usage: LlmUsage


@dataclass(frozen=True, slots=True)
class Estimate:
    """What asking about a document would take; nothing is sent for it.

    Attributes
    ----------
    chunks, cached : int
        Chunks in all, and those already answered, which cost nothing.
    characters : int
        Characters that would be sent, prompts included; `text_characters` of them are the document's.
    tokens_in, tokens_out : int
        Estimated from the characters and the number of sentences.
    cost : Decimal or None
        None where no price is set.
    """

    chunks: int
    cached: int
    characters: int
    text_characters: int
    tokens_in: int
    tokens_out: int
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive sentences that are asked about together.

    Attributes
    ----------
    passage : Passage
        Their places in the document.
    text : str
        `document.text` from the first one's start to the last one's end.
    asked : tuple of dict
        The messages.
    key : str
        What the answer is kept under: a hash of model, version of the prompt, and messages.
    """

    passage: Passage
    text: str
    asked: tuple[dict[str, str], ...]
    key: str


def _silent(progress: LlmProgress) -> None:
    """Tells nobody."""


class LlmEngine:
    """Extraction by a language model behind any server that speaks OpenAI's chat protocol.

    Parameters
    ----------
    knowledge : Knowledge
        The dossier's facts, whose names the participants are linked by.
    names : Names
        The dossier's IRIs, for candidates.
    settings : LlmSettings
        Server, model, prices and limits.
    cache : Path or None
        Folder of the answers kept; none keeps nothing.
    tell : callable
        Told after each chunk how far it is.
    lexicon : Lexicon, optional
        The dossier's lexicons: with them, titles, collective nouns, pronouns and dates are linked as the default engine does.
    client : ChatClient, optional
        Replaced in tests.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        names: Names,
        settings: LlmSettings,
        cache: Path | None,
        tell: Callable[[LlmProgress], None] = _silent,
        *,
        lexicon: Lexicon | None = None,
        client: ChatClient | None = None,
    ) -> None:
        self.knowledge = knowledge
        self.names = names
        self.settings = settings
        self.cache = AnswerCache(cache)
        self.tell = tell
        self.lexicon = lexicon or Lexicon({language: LanguageLexicon(language) for language in sorted(MODELS)})
        self.client = client or ChatClient(settings)
        self._reader = LexiconEngine(knowledge, self.lexicon)
        self._known = KnownEvents(knowledge)
        self._spent = LlmUsage()

    @property
    def usage(self) -> LlmUsage:
        """What this engine has spent so far, on all documents."""
        cost = self.settings.cost(self._spent.tokens_in, self._spent.tokens_out)
        return replace(self._spent, requests=self.client.requests, retries=self.client.retries, cost=cost)

    def extract(self, document: Document) -> Extraction:
        """All sentences, links and claims of a document; the links are the gazetteer's, with the candidates of the claims.

        Returns
        -------
        Extraction
            Its notes say how many of the model's entries were left out, and why.

        Raises
        ------
        ExtractionError
            If the server refuses or cannot be reached, or none of its answers can be used. Answers that came before are in the cache.
        """
        read, sentences = self._read(document)
        if not sentences:
            return read
        people = Participants(document, self.knowledge, self.names, sentences, read.links)
        grounder = Grounder(people, self.knowledge, self._known, self.lexicon.languages[document.language])
        chunks = self._chunks(document, sentences, read.links)
        claims: list[Claim] = []
        unusable = 0
        unwritten = self.cache.unwritten
        self.tell(LlmProgress(document.name, 0, len(chunks), self.usage))
        for number, chunk in enumerate(chunks, start=1):
            answered = 0
            for part, entries in self._entries(document, sentences, read.links, chunk):
                if entries is None:
                    grounder.rejected[NO_ANSWER] += 1
                    continue
                answered += 1
                for entry in entries[:MAX_ENTRIES]:
                    claim = grounder.claim(entry, part.passage)
                    if claim is not None:
                        claims.append(claim)
            unusable += not answered
            self.tell(LlmProgress(document.name, number, len(chunks), self.usage))
        if unusable == len(chunks):
            hint = "its answers are no JSON of the form asked for, or are cut off; try another model"
            raise ExtractionError(f"no answer of the model {self.settings.model!r} about {document.name!r} can be used", hint=hint)
        found = in_order(claims)
        links = {*read.links, *(link for claim in found for link in _participants(claim) if self.names.kind(link.entity) == "candidate")}
        ordered = sorted(links, key=lambda link: (link.mention.start, link.mention.end, link.entity, link.mention.kind))
        notes = [*read.notes, *_notes(grounder.rejected, people.dropped)]
        if self.cache.unwritten > unwritten:
            notes.append("the answers could not be kept in the cache; the next run pays for them again")
        return Extraction(document, read.sentences, tuple(ordered), found, tuple(notes))

    def estimate(self, document: Document) -> Estimate:
        """What extracting from a document would take; nothing is sent."""
        read, sentences = self._read(document)
        chunks = self._chunks(document, sentences, read.links)
        open_chunks = [chunk for chunk in chunks if self.cache.get(chunk.key) is None]
        sent = [message["content"] for chunk in open_chunks for message in chunk.asked]
        tokens_in = sum(estimated_tokens(text, document.language) for text in sent)
        tokens_out = sum((chunk.passage.last - chunk.passage.first + 1) * TOKENS_A_SENTENCE for chunk in open_chunks)
        return Estimate(
            len(chunks),
            len(chunks) - len(open_chunks),
            sum(map(len, sent)),
            sum(len(chunk.text) for chunk in open_chunks),
            tokens_in,
            tokens_out,
            self.settings.cost(tokens_in, tokens_out),
        )

    # ---- asking

    def _read(self, document: Document) -> tuple[Extraction, tuple[Sentence, ...]]:
        """What the gazetteer finds in a document, and those of its sentences that are prose."""
        read = replace(self._reader.extract(document), claims=())
        return read, tuple(sentence for sentence in read.sentences if len(sentence.text) <= 12 * MAX_TOKENS)

    def _chunks(self, document: Document, sentences: Sequence[Sentence], links: Sequence[Link]) -> list[Chunk]:
        """The document in chunks of whole paragraphs, or of whole sentences where a paragraph alone is too long."""
        return [self._chunk(document, sentences, links, passage) for passage in passages(sentences, self.settings.characters)]

    def _chunk(self, document: Document, sentences: Sequence[Sentence], links: Sequence[Link], passage: Passage) -> Chunk:
        start, end = sentences[passage.first].start, sentences[passage.last].end
        earlier = max(0, passage.first - BEFORE)
        before = document.text[sentences[earlier].start : sentences[passage.first - 1].end] if passage.first else ""
        near = [link for link in links if sentences[earlier].start <= link.mention.start < end and self._acts(link)]
        offered = list(dict.fromkeys(link.label for link in sorted(near, key=lambda link: (link.mention.start, link.entity))))[:MAX_NAMES]
        text = document.text[start:end]
        asked = messages(text, before if len(before) <= self.settings.characters else "", offered, document.published, document.language)
        key = content_hash((self.settings.model, PROMPT_VERSION, *(message["content"] for message in asked)), 40)
        return Chunk(passage, text, asked, key)

    def _acts(self, link: Link) -> bool:
        """Whether a link's name is offered to the model: an actor's of the graph, never one that only the document gives."""
        entity = self.knowledge.entities.get(link.entity)
        return entity is not None and entity.kind in ACTOR_KINDS

    def _entries(
        self, document: Document, sentences: Sequence[Sentence], links: Sequence[Link], chunk: Chunk
    ) -> Iterator[tuple[Chunk, list[object] | None]]:
        """The entries of a chunk's answer; where that is cut off, those of its halves. None for an answer that cannot be used."""
        answer = self._answer(chunk)
        if answer.cut and chunk.passage.last > chunk.passage.first:
            middle = (chunk.passage.first + chunk.passage.last) // 2
            for half in (Passage(chunk.passage.first, middle), Passage(middle + 1, chunk.passage.last)):
                yield from self._entries(document, sentences, links, self._chunk(document, sentences, links, half))
            return
        yield chunk, parse(answer.text)

    def _answer(self, chunk: Chunk) -> Answer:
        """The answer about a chunk, from the cache or from the server; an unusable one is asked for once more and not kept."""
        kept = self.cache.get(chunk.key)
        if kept is None:
            with self.cache.turn(chunk.key):
                kept = self.cache.get(chunk.key)
                if kept is None:
                    halves = chunk.passage.last > chunk.passage.first
                    answer = self._ask(chunk)
                    if not answer.cut and parse(answer.text) is None:
                        answer = self._ask(chunk)
                    if (answer.cut and halves) or parse(answer.text) is not None:
                        self.cache.put(chunk.key, answer, self.settings.model)
                    self._spent = replace(self._spent, answers=self._spent.answers + 1)
                    return answer
        self._spent = replace(self._spent, cached=self._spent.cached + 1)
        return kept

    def _ask(self, chunk: Chunk) -> Answer:
        answer = self.client.ask(chunk.asked, SCHEMA)
        spent = self._spent
        self._spent = replace(
            spent,
            tokens_in=spent.tokens_in + answer.tokens_in,
            tokens_out=spent.tokens_out + answer.tokens_out,
            counted=spent.counted and answer.counted,
        )
        return answer


def passages(sentences: Sequence[Sentence], characters: int) -> tuple[Passage, ...]:
    """Consecutive sentences in groups of at most so many characters of text.

    A paragraph stays whole if it fits; a sentence is never split, so that one which is longer is a group of its own.
    """
    found: list[Passage] = []
    paragraphs: list[Passage] = []
    for place, sentence in enumerate(sentences):
        if paragraphs and sentences[paragraphs[-1].last].paragraph == sentence.paragraph:
            paragraphs[-1] = Passage(paragraphs[-1].first, place)
        else:
            paragraphs.append(Passage(place, place))

    def length(first: int, last: int) -> int:
        return sentences[last].end - sentences[first].start

    for paragraph in paragraphs:
        whole = length(paragraph.first, paragraph.last) <= characters
        for piece in [paragraph] if whole else [Passage(place, place) for place in range(paragraph.first, paragraph.last + 1)]:
            if found and length(found[-1].first, piece.last) <= characters:
                found[-1] = Passage(found[-1].first, piece.last)
            else:
                found.append(piece)
    return tuple(found)


def _participants(claim: Claim) -> tuple[Link, ...]:
    return (*claim.event.actors, *claim.event.recipients, *claim.speakers)


def _notes(rejected: Counter[str], dropped: Counter[str]) -> Iterator[str]:
    """A line each on the entries and the participants left out."""
    rejected = Counter(rejected)
    unusable = rejected.pop(NO_ANSWER, 0)
    if unusable:
        yield f"{unusable} of the model's answers could not be used: cut off, or not the JSON asked for"
    for counts, what in ((rejected, "claims"), (dropped, "participants")):
        if counts:
            reasons = "; ".join(f"{number} × {reason}" for reason, number in sorted(counts.items()))
            yield f"of the model's {what}, {sum(counts.values())} left out: {reasons}"
