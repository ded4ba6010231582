"""The log of decisions on claims: one JSON object a line, appended and never changed, replayed at every build.

    {"claim": "9c41…", "decision": "accept", "by": "A. Curator", "at": "2026-11-24", "note": ""}

`claim` is the claim's IRI or the last part of it; the last decision on a claim counts, the earlier ones stay in the log.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.errors import DossierError
from kg.model import Quad
from kg.terms import DCTERMS, KG, RDF_TYPE, XSD, Names

DECISIONS = {"accept": KG + "Accepted", "reject": KG + "Rejected", "withdraw": KG + "Unreviewed"}


@dataclass(frozen=True, slots=True)
class Review:
    """A decision on a claim; `at` is an ISO 8601 date or time."""

    claim: str
    decision: str
    by: str
    at: str
    note: str = ""


def parse(file: Path, text: str, names: Names) -> tuple[Review, ...]:
    """Read the log.

    Raises
    ------
    DossierError
        With the line, if one is not as it should be.
    """
    reviews = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            claim, decision = str(record["claim"]), str(record["decision"])
            by, at = str(record["by"]), str(record["at"])
            iri = claim if claim.startswith(names.base) else names.thing("claim", claim)
        except (ValueError, KeyError, TypeError) as error:
            hint = 'a line reads {"claim": …, "decision": "accept", "by": …, "at": …}'
            raise DossierError("this line is no review", file=file, line=number, hint=hint) from error
        if decision not in DECISIONS:
            raise DossierError(f"unknown decision {decision!r}", file=file, line=number, hint=f"one of {', '.join(DECISIONS)}")
        reviews.append(Review(iri, decision, by, at, str(record.get("note", ""))))
    return tuple(reviews)


def standing(reviews: Iterable[Review]) -> dict[str, str]:
    """The review state that each claim has after all decisions, as IRIs."""
    return {review.claim: DECISIONS[review.decision] for review in reviews}


def quads(reviews: Iterable[Review], names: Names) -> Iterator[Quad]:
    """The log as statements in the reviews graph."""
    graph = names.graph("reviews")
    for review in reviews:
        iri = names.mint("review", review.claim, review.decision, review.by, review.at, review.note)
        yield Quad(iri, RDF_TYPE, KG + "Review", graph)
        yield Quad(iri, KG + "reviews", review.claim, graph)
        yield Quad(iri, KG + "decision", DECISIONS[review.decision], graph)
        yield Quad(iri, DCTERMS + "creator", review.by, graph, XSD + "string")
        yield Quad(iri, DCTERMS + "date", review.at, graph, XSD + ("date" if len(review.at) == 10 else "dateTime"))
        if review.note:
            yield Quad(iri, KG + "remark", review.note, graph, XSD + "string")
