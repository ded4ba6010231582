"""The log of decisions: one JSON object a line, appended and never changed, replayed at every build.

    {"at": "2026-11-24T16:30:00Z", "by": "A. Curator", "claim": "9c41…", "decision": "accept", "key": "51ab…", "quote": "…"}
    {"at": "…", "by": "…", "claim": "…", "decision": "edit", "edit": {"status": "planned"}, "key": "…", "quote": "…"}
    {"at": "…", "by": "…", "decision": "merge", "into": "…id/person/x", "language": "en", "merge": "…id/candidate/…", "name": "X"}
    {"apart": "…id/candidate/…", "at": "…", "by": "…", "decision": "apart", "from": "…id/person/x"}
    {"at": "…", "by": "…", "claim": "…", "decision": "withdraw", "key": "…", "quote": "…"}

A claim is found again by its content key (`keys`), which stays the same when text around the sentence moves it; where that fails, by its
IRI, but only as long as the sentence reads as it did. The last decision on a claim counts; a withdrawal opens the claim again.
"""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kg.errors import DossierError
from kg.extract.triples import LANG_STRING
from kg.model import Claim, Quad
from kg.terms import DCTERMS, KG, PROV, RDF_TYPE, RDFS_LABEL, SKOS, STATUSES, XSD, Names, content_hash

STATES: Final = {"accept": KG + "Accepted", "reject": KG + "Rejected", "edit": KG + "Rejected", "withdraw": KG + "Unreviewed"}
"""The review state that each decision gives the claim as the machine made it; what an edit puts in its place is accepted."""
DECISIONS: Final = (*STATES, "merge", "apart")
ENTITIES: Final = ("actors", "recipients", "speakers")
EXAMPLE: Final = 'a line reads {"at": …, "by": …, "claim": …, "decision": "accept"}'


@dataclass(frozen=True, slots=True)
class Edit:
    """The corrected fields of a claim; None where the machine's value stays.

    Attributes
    ----------
    type : str, optional
        The finest class of the event (`Summit`) or a relation type (`MemberOf`).
    actors, recipients, speakers : tuple of str, optional
        IRIs of entities; speakers innermost first.
    status : str, optional
        One of `kg.terms.STATUSES`.
    """

    type: str | None = None
    actors: tuple[str, ...] | None = None
    recipients: tuple[str, ...] | None = None
    status: str | None = None
    speakers: tuple[str, ...] | None = None

    @property
    def fields(self) -> dict[str, str | tuple[str, ...]]:
        """The fields that are corrected, with their new values."""
        every = {name: getattr(self, name) for name in ("type", "actors", "recipients", "status", "speakers")}
        return {name: value for name, value in every.items() if value is not None}

    @property
    def event(self) -> bool:
        """Whether the event itself is corrected, and not only who speaks of it and how."""
        return not (self.type is None and self.actors is None and self.recipients is None)


@dataclass(frozen=True, slots=True)
class Review:
    """A decision on a claim, or on which entity a name stands for.

    Attributes
    ----------
    decision : str
        One of `DECISIONS`.
    by, at : str
        Who decided, and when: an ISO 8601 date or time.
    claim, key, quote : str
        The claim's IRI, its content key and its sentence; all empty for a decision on a name.
    candidate, entity : str
        For a decision on a name: the IRI of the candidate, and of the entity that it is (merge) or is not (apart).
        A withdrawal without an entity takes a merge back, one with an entity takes `apart` back.
    name, language : str
        The candidate's name, which becomes an alias of the entity.
    line : int
        Where it stands in the log, from 1; 0 for one that is not written yet.
    """

    decision: str
    by: str
    at: str
    claim: str = ""
    key: str = ""
    quote: str = ""
    edit: Edit = field(default=Edit())
    candidate: str = ""
    entity: str = ""
    name: str = ""
    language: str = ""
    note: str = ""
    line: int = field(default=0, compare=False)


def keys(claims: Sequence[Claim]) -> dict[str, str]:
    """The content key of each claim of a document, by `Claim.key`.

    It hashes document, sentence, type, participants, status and speakers, and no offsets; white space in the sentence does not count.
    Claims that agree in all of these are numbered in the order of the text.
    """
    found: dict[str, str] = {}
    count: Counter[str] = Counter()
    for claim in sorted(claims, key=lambda claim: (claim.start, claim.trigger.start, claim.key)):
        if claim.key in found:
            continue
        event = claim.event
        sides = ["|".join(sorted({link.entity for link in side})) for side in (event.actors, event.recipients)]
        speakers = "|".join(link.entity for link in claim.speakers)
        base = content_hash(("review", claim.document, plain(claim.quote), event.type, *sides, claim.status, speakers))
        count[base] += 1
        found[claim.key] = base if count[base] == 1 else content_hash((base, str(count[base])))
    return found


def plain(text: str) -> str:
    """A sentence on one line."""
    return " ".join(text.split())


class Log:
    """All decisions, and what stands after the last of them.

    Parameters
    ----------
    reviews : iterable of Review
        In the order of the log.
    file : Path, optional
        Named in errors.

    Raises
    ------
    DossierError
        With file and line, if merges go round in a circle.
    """

    def __init__(self, reviews: Iterable[Review], file: Path | None = None) -> None:
        self.file = file
        self.reviews = tuple(reviews)
        self._on: dict[str, list[int]] = {}
        self.merged: dict[str, Review] = {}
        """The merge that counts, by candidate."""
        self.apart: set[tuple[str, str]] = set()
        """Candidate and entity that are not the same."""
        for number, review in enumerate(self.reviews):
            for name in {review.claim, review.key} - {""}:
                self._on.setdefault(name, []).append(number)
            self._name(review)
        self.into = {candidate: self._end(candidate) for candidate in sorted(self.merged)}
        """What each merged candidate is, at the end of a chain of merges."""

    def _name(self, review: Review) -> None:
        pair = (review.candidate, review.entity)
        merged = self.merged.get(review.candidate)
        if review.decision == "merge":
            self.merged[review.candidate] = review
            self.apart.discard(pair)
        elif review.decision == "apart":
            self.apart.add(pair)
            if merged is not None and merged.entity == review.entity:
                del self.merged[review.candidate]
        elif review.candidate and review.entity:
            self.apart.discard(pair)
        elif review.candidate:
            self.merged.pop(review.candidate, None)

    def _end(self, candidate: str) -> str:
        seen = [candidate]
        while (review := self.merged.get(seen[-1])) is not None:
            if review.entity in seen:
                raise DossierError(
                    "this merge goes round in a circle", file=self.file, line=review.line or None, hint="withdraw one of them"
                )
            seen.append(review.entity)
        return seen[-1]

    def last(self, iri: str, key: str = "", quote: str = "") -> Review | None:
        """The decision that stands on a claim, or None where there is none or it was withdrawn."""
        numbers = self.on(iri, key, quote)
        last = self.reviews[numbers[-1]] if numbers else None
        return None if last is None or last.decision == "withdraw" else last

    def on(self, iri: str, key: str = "", quote: str = "") -> list[int]:
        """The positions in the log of all decisions on a claim, in order."""
        found = set(self._on.get(key, ())) if key else set()
        for number in self._on.get(iri, ()):
            said = self.reviews[number].quote
            if not said or not quote or plain(said) == plain(quote):
                found.add(number)
        return sorted(found)


def parse(file: Path, text: str, names: Names) -> tuple[Review, ...]:
    """Read the log.

    Raises
    ------
    DossierError
        With file and line, if a line is not as it should be.
    """
    reviews = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            if not isinstance(record, dict):
                raise TypeError("no object")
            reviews.append(_review(record, names, number))
        except KeyError as error:
            raise DossierError(f"this line is no review: it lacks {error.args[0]!r}", file=file, line=number, hint=EXAMPLE) from error
        except (ValueError, TypeError) as error:
            detail = "it is no JSON object" if isinstance(error, (json.JSONDecodeError, TypeError)) else str(error)
            raise DossierError(f"this line is no review: {detail}", file=file, line=number, hint=EXAMPLE) from error
    return tuple(reviews)


def _review(record: Mapping[str, object], names: Names, line: int) -> Review:
    decision, by, at = str(record["decision"]), str(record["by"]), str(record["at"])
    if decision not in DECISIONS:
        raise ValueError(f"unknown decision {decision!r}, not one of {', '.join(DECISIONS)}")
    if not by.strip():
        raise ValueError("it does not say who decided")
    datetime.datetime.fromisoformat(at)
    key, quote, called, language, note = (str(record.get(name, "")) for name in ("key", "quote", "name", "language", "note"))
    if decision in ("merge", "apart") or (decision == "withdraw" and "claim" not in record):
        kind = "apart" if "apart" in record else "merge"
        other = {"merge": "into", "apart": "from"}[kind]
        entity = _thing(record[other], names) if kind == "apart" or decision == "merge" else ""
        candidate = _thing(record[kind], names)
        return Review(decision, by, at, candidate=candidate, entity=entity, name=called, language=language, note=note, line=line)
    claim = str(record["claim"])
    iri = claim if claim.startswith(names.base) else names.thing("claim", claim)
    edit = _edit(record["edit"], names) if decision == "edit" else Edit()
    return Review(decision, by, at, iri, key, quote, edit, note=note, line=line)


def _edit(value: object, names: Names) -> Edit:
    if not isinstance(value, dict) or not value:
        raise ValueError("'edit' holds the corrected fields")
    if unknown := sorted(set(value) - {"type", "status", *ENTITIES}):
        raise ValueError(f"a claim has no field {unknown[0]!r}")
    if value.get("status", STATUSES[0]) not in STATUSES:
        raise ValueError(f"unknown status {value['status']!r}, not one of {', '.join(STATUSES)}")
    for name in ENTITIES:
        if name in value and not isinstance(value[name], list):
            raise ValueError(f"{name!r} is a list of IRIs")
    sides = {name: tuple(_thing(item, names) for item in value[name]) for name in ENTITIES if name in value}
    single = {name: str(value[name]) for name in ("type", "status") if name in value}
    return Edit(**single, **sides)  # type: ignore[arg-type] # the two mappings have keys of one kind each


def _thing(value: object, names: Names) -> str:
    text = str(value)
    kind, colon, name = text.partition(":")
    if text.startswith(names.base + "id/") and names.kind(text):
        return text
    if colon and not name.startswith("//"):
        return names.thing(kind, name)
    raise ValueError(f"{text!r} is no thing of this dossier")


def render(review: Review, names: Names) -> str:
    """A decision as a line of the log, with the line's end."""
    record: dict[str, object] = {"decision": review.decision, "by": review.by, "at": review.at}
    if review.claim:
        record["claim"] = review.claim.removeprefix(names.thing("claim", "x")[:-1])
        record |= {name: text for name, text in (("key", review.key), ("quote", plain(review.quote))) if text}
    elif review.decision == "apart" or (review.decision == "withdraw" and review.entity):
        record |= {"apart": review.candidate, "from": review.entity}
    else:
        record["merge"] = review.candidate
        record |= {name: text for name, text in (("into", review.entity), ("name", review.name), ("language", review.language)) if text}
    if review.decision == "edit":
        record["edit"] = review.edit.fields
    if review.note:
        record["note"] = review.note
    return json.dumps(record, ensure_ascii=False, sort_keys=True) + "\n"


def quads(log: Log, names: Names, present: Mapping[int, str]) -> Iterator[Quad]:
    """The log as statements in the reviews graph, with the aliases that merges give.

    Parameters
    ----------
    present : mapping of int to str
        Position in the log to the IRI that the claim has now, where it has one.
    """
    graph = names.graph("reviews")
    for number, review in enumerate(log.reviews):
        parts = (review.claim or review.candidate, review.decision, review.entity, *map(str, review.edit.fields.items()))
        iri = names.mint("review", *parts, review.by, review.at, review.note)
        yield Quad(iri, RDF_TYPE, KG + "Review", graph)
        yield Quad(iri, DCTERMS + "creator", review.by, graph, XSD + "string")
        yield Quad(iri, DCTERMS + "date", review.at, graph, XSD + ("date" if len(review.at) == 10 else "dateTime"))
        if review.note:
            yield Quad(iri, KG + "remark", review.note, graph, XSD + "string")
        if review.claim:
            yield Quad(iri, KG + "reviews", present.get(number, review.claim), graph)
            yield Quad(iri, KG + "decision", STATES[review.decision], graph)
        else:
            yield Quad(iri, KG + "namedCandidate", review.candidate, graph)
            if review.decision == "merge":
                yield Quad(iri, KG + "mergedInto", review.entity, graph)
            elif review.decision == "apart":
                yield Quad(iri, KG + "keptApartFrom", review.entity, graph)
    for candidate, review in sorted(log.merged.items()):
        if review.name:
            datatype = LANG_STRING if review.language else XSD + "string"
            yield Quad(log.into[candidate], SKOS + "altLabel", review.name, graph, datatype, review.language)


def reviewer(claim: str, by: str, names: Names) -> Iterator[Quad]:
    """That somebody's decision stands on a claim."""
    graph, agent = names.graph("reviews"), names.mint("agent", by)
    yield Quad(claim, KG + "reviewer", agent, graph)
    yield Quad(agent, RDF_TYPE, PROV + "Agent", graph)
    for language in ("de", "en"):
        yield Quad(agent, RDFS_LABEL, by, graph, LANG_STRING, language)
