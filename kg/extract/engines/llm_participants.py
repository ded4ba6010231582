"""Participants: whom the words of a text stand for that a model names as actor, recipient or speaker.

The gazetteer's own link of those words comes first. The name that the model gives helps with a title, a pronoun or a description, and only
where the text speaks of that thing or its state anyway. What the graph does not know becomes a candidate if the text has it as a name.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from kg.extract.engines.llm_text import FoldedText, Span, overlap
from kg.extract.gazetteer import ACTOR_KINDS, SUBJECT_KINDS, Knowledge
from kg.extract.linking import CANDIDATE
from kg.extract.nameindex import ARTICLES
from kg.extract.tokens import Token, tokenize
from kg.model import Document, Link, Mention, Sentence
from kg.terms import Names

NOT_THERE: Final = "not in the text"
NOBODY: Final = "names nobody in particular"
NO_PARTY: Final = "a place or a thing"

BY_NAME: Final = 0.6
"""Trust in a link that rests on the name that the model gave for a title, a pronoun or a description."""
ELSEWHERE: Final = 0.8
"""Factor for a mention that stands in another sentence than the claim's."""
_FIRM: Final = frozenset(("name", "alias", "metonym", "demonym", "adjective"))
_KIND_ORDER: Final = ("state", "organisation", "person", "candidate", "place")
_BACK: Final = 5
"""Sentences before the claim's own in which a mention is looked for."""
_AHEAD: Final = 2
_OF: Final = frozenset(("of", "von", "for", "für", "'s", "’s"))


class Participants:
    """Links the participants of one document's claims.

    Parameters
    ----------
    sentences : sequence of Sentence
        The document's sentences that were read.
    links : sequence of Link
        What the gazetteer found in them.

    Attributes
    ----------
    dropped : Counter of str
        Participants that could not be linked, by reason.
    """

    def __init__(
        self, document: Document, knowledge: Knowledge, names: Names, sentences: Sequence[Sentence], links: Sequence[Link]
    ) -> None:
        self.document = document
        self.knowledge = knowledge
        self.names = names
        self.sentences = sentences
        self.text = FoldedText(document.text)
        self.dropped: Counter[str] = Counter()
        self._starts = [sentence.start for sentence in sentences]
        self._links: dict[int, list[Link]] = {}
        for link in links:
            self._links.setdefault(self.sentence_at(link.mention.start), []).append(link)
        self._tokens: dict[int, tuple[Token, ...]] = {}
        self._present = {link.entity for link in links}
        self._states = {knowledge.state_of(iri) for iri in self._present} - {""}
        self._by_name = self._register(links)

    def _register(self, links: Sequence[Link]) -> dict[str, Link]:
        """The entity of each name that stands for one thing only, as a link without a place."""
        nowhere = Mention(0, 0, "", "role")
        found: dict[str, dict[str, Link]] = {}
        for entity in self.knowledge.entities.values():
            if entity.kind in ACTOR_KINDS | {"place"}:
                for name in {entity.label, *entity.names}:
                    found.setdefault(name.casefold(), {})[entity.iri] = Link(nowhere, entity.iri, entity.label, entity.names, BY_NAME)
        for link in links:
            if self.kind(link.entity) == "candidate":
                for name in {link.label, *link.names}:
                    found.setdefault(name.casefold(), {})[link.entity] = replace(link, mention=nowhere)
        single: dict[str, Link] = {}
        for name, choices in found.items():
            rank = min(_KIND_ORDER.index(self.kind(iri)) for iri in choices)
            best = [link for iri, link in choices.items() if _KIND_ORDER.index(self.kind(iri)) == rank]
            if len(best) == 1:
                single[name] = best[0]
        return single

    def kind(self, iri: str) -> str:
        """The kind of a known entity, or of an IRI of this dossier."""
        entity = self.knowledge.entities.get(iri)
        return entity.kind if entity else self.names.kind(iri)

    def sentence_at(self, offset: int) -> int:
        """The place of the sentence that begins last before an offset."""
        return max(0, bisect_left(self._starts, offset + 1) - 1)

    def tokens(self, place: int) -> tuple[Token, ...]:
        """A sentence's tokens."""
        if place not in self._tokens:
            self._tokens[place] = tokenize(self.sentences[place], self.document.language)
        return self._tokens[place]

    def under(self, words: str, here: int) -> list[Link]:
        """The gazetteer's links that lie under some words of a sentence."""
        sentence = self.sentences[here]
        span = self.text.find(words, sentence.start, sentence.end, inflected=True)
        return [] if span is None else [link for link in self._links.get(here, ()) if overlap(link, span)]

    def side(self, people: Sequence[tuple[str, str]], around: Sequence[int], kind: str, holders: Sequence[Link] = ()) -> tuple[Link, ...]:
        """The links of one side's participants, each entity once; who cannot be linked is dropped and counted.

        Parameters
        ----------
        kind : str
            The claim's type; only in `LocatedIn` a place can take part.
        holders : sequence of Link
            The holders of a post, beside whose own mention the model may name their state ("President Trump").
        """
        found: dict[str, Link] = {}
        for mention, name in people:
            link = self.link(mention, name, around)
            if isinstance(link, Link) and link.entity in {holder.entity for holder in holders}:
                link = self.named(link.mention, name, self.knowledge.state_of(link.entity)) or link
            if isinstance(link, Link) and self.kind(link.entity) not in ACTOR_KINDS and kind != "LocatedIn":
                link = self.government(link) or NO_PARTY
            if isinstance(link, Link):
                found.setdefault(link.entity, link)
            else:
                self.dropped[link] += 1
        return tuple(found.values())

    def speakers(self, people: Sequence[tuple[str, str]], around: Sequence[int]) -> tuple[tuple[Link, ...], bool] | None:
        """The speakers, and whether one of them is nobody in particular; none where the text does not have one of them.

        Without its speaker a claim would count as the document's own word, which is why such a one is not kept.
        """
        found: dict[str, Link] = {}
        unnamed = False
        for mention, name in people:
            link = self.link(mention, name, around)
            if link == NOT_THERE:
                return None
            if isinstance(link, Link) and self.kind(link.entity) in ACTOR_KINDS:
                found.setdefault(link.entity, link)
            else:
                unnamed = True
                self.dropped[NOBODY] += 1
        return tuple(found.values()), unnamed

    def link(self, mention: str, name: str, around: Sequence[int]) -> Link | str:
        """The link of a participant, or the reason why there is none."""
        last = min(len(self.sentences), max(around) + 1 + _AHEAD)
        near = [*around, *range(min(around) - 1, max(-1, min(around) - 1 - _BACK), -1), *range(max(around) + 1, last)]
        for place in near:
            sentence = self.sentences[place]
            span = self.text.find(mention, sentence.start, sentence.end, inflected=True)
            if span is not None:
                made = self.resolve(span, place, name)
                if isinstance(made, Link) and place not in around:
                    made = replace(made, confidence=round(made.confidence * ELSEWHERE, 3))
                return made
        return NOT_THERE

    def named(self, mention: Mention, name: str, iri: str) -> Link | None:
        """The link of a mention to the thing that the model names, if it is the one expected."""
        meant = self._by_name.get(" ".join(name.split()).casefold())
        return replace(meant, mention=replace(mention, kind="role")) if meant is not None and meant.entity == iri else None

    def government(self, link: Link) -> Link | None:
        """The state that a place stands for by its name ("Pyongyang"), if it is a seat of government."""
        state = self.knowledge.entities.get(self.knowledge.state_of(link.entity))
        if state is None or not set(link.names) & set(state.names):
            return None
        return Link(replace(link.mention, kind="metonym"), state.iri, state.label, state.names, BY_NAME)

    def resolve(self, span: Span, place: int, name: str) -> Link | str:
        """Whom a stretch of a sentence stands for: as the gazetteer links it, as the model names it, or a candidate."""
        text = self.document.text
        links = [link for link in self._links.get(place, ()) if overlap(link, span) and self.kind(link.entity) not in SUBJECT_KINDS]
        meant = self._by_name.get(" ".join(name.split()).casefold())
        links.sort(key=lambda link: (meant is None or link.entity != meant.entity, link.mention.start, link.mention.end))
        exact = [link for link in links if _same(text, link, span)]
        if exact and exact[0].mention.kind in _FIRM:
            return exact[0]  # by its name, whatever the model makes of it
        if meant is not None:
            if links and links[0].entity == meant.entity:
                return links[0]
            if meant.entity in self._present or self.knowledge.state_of(meant.entity) in self._states:
                kind = "name" if text[span.start : span.end] in meant.names else "role"
                return replace(meant, mention=Mention(span.start, span.end, text[span.start : span.end], kind), confidence=BY_NAME)
        within = [link for link in links if link.mention.start <= span.start and span.end <= link.mention.end]
        chosen = exact or within or [link for link in links if self.heads(link, span, place)]
        if chosen:
            return chosen[0]
        return self.candidate(span, place, name)

    def heads(self, link: Link, span: Span, place: int) -> bool:
        """Whether a link ends a mention and nothing before it makes somebody else of it ("the sister of Kim")."""
        if link.mention.end != span.end or link.mention.kind == "adjective":
            return False
        before = [token for token in self.tokens(place) if span.start <= token.start < link.mention.start]
        return not any(token.lower in _OF for token in before) and not any(token.kind == "D" for token in before[1:])

    def candidate(self, span: Span, place: int, name: str) -> Link | str:
        """A candidate for a name that the graph does not know, if the text has it as a name."""
        text = self.document.text
        whole = self.text.find(name, 0, len(text))
        for words, where in ((whole, self.sentence_at(whole.start) if whole else 0), (span, place)):
            if words is None or not self.is_name(words, where):
                continue
            label = " ".join(text[words.start : words.end].split())
            while label.partition(" ")[0].casefold() in ARTICLES and " " in label:
                label = label.partition(" ")[2]
            mention = Mention(span.start, span.end, text[span.start : span.end], "name" if words == span else "role")
            return Link(mention, self.names.mint("candidate", label), label, (label,), CANDIDATE)
        return NOBODY

    def is_name(self, span: Span, place: int) -> bool:
        """Whether a stretch of a sentence is a proper name; "sister of Kim Jong Un" only holds one, "Bank of China" is one."""
        sentence = self.sentences[place]
        if not (sentence.start <= span.start and span.end <= sentence.end):
            return False
        inside = [token for token in self.tokens(place) if span.start <= token.start < span.end]
        proper = [token.text[0].isupper() and (token.kind == "E" or (token.text.isupper() and len(token.text) > 1)) for token in inside]
        held = any(overlap(link, span) and link.mention.kind != "adjective" and self._known(link) for link in self._links.get(place, ()))
        if not held:
            return any(proper)
        capital = self.document.language == "en"
        return all(
            sure or token.kind in "PDGC." or (capital and token.text[0].isupper()) for token, sure in zip(inside, proper, strict=True)
        )

    def _known(self, link: Link) -> bool:
        return self.names.kind(link.entity) != "candidate"


def _same(text: str, link: Link, span: Span) -> bool:
    """Whether a link covers a stretch but for an article before it and a genitive behind it."""
    if not (span.start <= link.mention.start and link.mention.end <= span.end):
        return False
    before, after = text[span.start : link.mention.start].split(), text[link.mention.end : span.end].strip()
    return all(word.casefold() in ARTICLES for word in before) and after in ("", "'s", "’s", "'", "’")
