"""The values that flow from one stage to the next: frozen, slotted, and identified by their content.

Offsets everywhere count Unicode characters of `Document.text`, start inclusive and end exclusive, so that
`document.text[start:end] == quote` holds for every sentence, mention and claim.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from kg.terms import content_hash


@dataclass(frozen=True, slots=True)
class Document:
    """A text with what is known of its origin.

    Attributes
    ----------
    name : str
        The file's stem; with the base IRI it makes the document's IRI.
    text : str
        The text that offsets count in; a metadata header is no part of it.
    language : str
        `de` or `en`; another BCP 47 tag or `und` is not extracted from.
    published : str
        `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, or empty where it is not known.
    """

    name: str
    text: str
    language: str
    title: str = ""
    published: str = ""
    publisher: str = ""
    author: str = ""
    url: str = ""
    licence: str = ""
    retrieved: str = ""

    @property
    def checksum(self) -> str:
        """The first 16 hexadecimal digits of the text's hash."""
        return content_hash((self.text,))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence (or a headline) of a document; `paragraph` counts from 0."""

    start: int
    end: int
    text: str
    paragraph: int = 0
    headline: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of text that names something.

    Attributes
    ----------
    kind : str
        How it names it: `name`, `alias`, `metonym`, `demonym`, `adjective`, `title`, `role` or `pronoun`.
    """

    start: int
    end: int
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Link:
    """A mention with the entity it stands for.

    Attributes
    ----------
    entity : str
        The entity's IRI; `id/candidate/…` where the graph does not know it.
    label : str
        The entity's English label, or the mention's own text for a candidate.
    names : tuple of str
        All names of the entity in any language, sorted.
    confidence : float
        Between 0 and 1.
    """

    mention: Mention
    entity: str
    label: str
    names: tuple[str, ...]
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Event:
    """What is spoken of: an event, or a plain relation between two participants.

    Attributes
    ----------
    type : str
        One of the sixteen event types or of the four relation types (`kg.terms.EVENT_TYPES`, `RELATION_TYPES`).
    category : str
        The finest class known, e.g. `Summit`; the type itself where nothing finer is known.
    about : tuple of str
        IRIs of topics, instruments, programmes or other events.
    date, start, end : str
        Partial dates stay partial; empty where not stated.
    known : str
        The IRI of the curated event that this is, or empty.
    """

    type: str
    category: str
    actors: tuple[Link, ...] = ()
    recipients: tuple[Link, ...] = ()
    about: tuple[str, ...] = ()
    place: str = ""
    date: str = ""
    start: str = ""
    end: str = ""
    known: str = ""
    scope: str = ""
    """Where nothing dates the event, the document it is drawn from: undated events of two documents are two."""

    @property
    def key(self) -> str:
        """What identifies the event: the IRI of the known event, or a hash of category, participants, subject, place and date."""
        when = self.date or self.start
        return self.known or content_hash(
            (
                "event",
                self.category,
                "|".join(sorted(link.entity for link in self.actors)),
                "|".join(sorted(link.entity for link in self.recipients)),
                "|".join(sorted(self.about)),
                self.place,
                when,
                "" if when else self.scope,
            )
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """That somebody says so, in one sentence of one document.

    Attributes
    ----------
    start, end : int
        Offsets of the sentence.
    quote : str
        The sentence: `document.text[start:end]`.
    trigger : Mention
        The words that speak of the event.
    status : str
        One of `kg.terms.STATUSES`.
    speakers : tuple of Link
        Who is said to claim it, innermost first; empty where the document says it in its own voice.
    """

    document: str
    start: int
    end: int
    quote: str
    event: Event
    trigger: Mention
    status: str
    speakers: tuple[Link, ...] = ()
    confidence: float = 0.5

    @property
    def key(self) -> str:
        """What identifies the claim: a hash of document, sentence, trigger, event, status and speakers."""
        speakers = "|".join(link.entity for link in self.speakers)
        where = (self.document, str(self.start), str(self.end), str(self.trigger.start))
        return content_hash(("claim", *where, self.event.key, self.status, speakers))


class Quad(NamedTuple):
    """A statement in a named graph, as plain text.

    Attributes
    ----------
    subject, predicate, graph : str
        IRIs without brackets.
    object : str
        An IRI, or a literal's text.
    datatype : str
        Empty where the object is an IRI; else the literal's datatype, `rdf:langString` for a text in a language.
    language : str
        The literal's language tag, or empty.
    """

    subject: str
    predicate: str
    object: str
    graph: str
    datatype: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that one document gave."""

    document: Document
    sentences: tuple[Sentence, ...] = ()
    links: tuple[Link, ...] = ()
    claims: tuple[Claim, ...] = ()
    notes: tuple[str, ...] = field(default=())
    """One line each on what was left out and why, e.g. a language that is not known."""
