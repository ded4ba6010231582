"""Content negotiation: which of the forms that a server has a client's Accept header prefers (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from kg.store.base import ResultKind

JSON: Final = "application/sparql-results+json"
XML: Final = "application/sparql-results+xml"
HTML: Final = "text/html"

RESULTS: Final[dict[str, str]] = {
    JSON: "json",
    XML: "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
"""Media types of rows and of yes or no, with our name of the form; the first one is the default."""
GRAPHS: Final[dict[str, str]] = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "rdfxml",
    "application/ld+json": "jsonld",
    "text/plain": "nt",
    "application/x-turtle": "turtle",
    "application/json": "jsonld",
    "application/xml": "rdfxml",
}
"""Media types of triples."""
BODIES: Final[dict[str, str]] = {
    "text/turtle": "turtle",
    "application/x-turtle": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "rdfxml",
    "application/ld+json": "jsonld",
}
"""Media types of triples that are taken in."""
DATASETS: Final[dict[str, str]] = {"application/trig": "trig", "application/n-quads": "nq"}
"""Media types that hold graphs."""
SHORT: Final = {"json": JSON, "xml": XML, "csv": "text/csv", "tsv": "text/tab-separated-values", "ttl": "text/turtle"} | {
    "turtle": "text/turtle",
    "nt": "application/n-triples",
    "rdfxml": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "html": HTML,
}
"""Values of the parameter `format`, for people who cannot set a header."""


def accepted(header: str) -> list[tuple[str, float]]:
    """The media ranges of an Accept header with their weights, parameters dropped; an empty header accepts anything."""
    found = []
    for item in header.split(","):
        kind, *parameters = [part.strip() for part in item.split(";")]
        if not re.fullmatch(r"[\w!#$&^.+*-]+/[\w!#$&^.+*-]+", kind):
            continue
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip().casefold() == "q":
                try:
                    weight = min(1.0, max(0.0, float(value.strip())))
                except ValueError:
                    weight = 0.0
        found.append((kind.casefold(), weight))
    return found if header.strip() else [("*/*", 1.0)]


def choose(header: str, offers: Sequence[str]) -> str:
    """The offer that a client likes best, the earlier of two it likes alike; empty where it accepts none.

    The most specific range that fits an offer decides its weight.
    """
    ranges = accepted(header)
    best, top = "", 0.0
    for offer in offers:
        fitting = [(_precision(kind), weight) for kind, weight in ranges if _fits(kind, offer)]
        weight = max(fitting)[1] if fitting else 0.0
        if weight > top:
            best, top = offer, weight
    return best


def forms(header: str, named: str = "") -> dict[ResultKind, tuple[str, str]]:
    """For each kind of answer that has an acceptable one, the media type and our name of the form.

    Parameters
    ----------
    named : str
        The request's `format` parameter: a short name or a media type, which then stands for the header.
    """
    header = SHORT.get(named.casefold(), named) if named else header
    found: dict[ResultKind, tuple[str, str]] = {}
    if media := choose(header, list(RESULTS)):
        found["select"] = (media, RESULTS[media])
    if media := choose(header, [media for media, form in RESULTS.items() if form in ("json", "xml")]):
        found["ask"] = (media, RESULTS[media])
    if media := choose(header, list(GRAPHS)):
        found["graph"] = (media, GRAPHS[media])
    return found


def content_type(media: str) -> str:
    """The media type as it goes into a header: text in UTF-8 says so."""
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


def listing(offers: Mapping[str, str]) -> str:
    """Media types in a sentence."""
    return ", ".join(offers)


def _fits(wanted: str, offer: str) -> bool:
    return wanted in (offer, "*/*") or (wanted.endswith("/*") and offer.startswith(wanted[:-1]))


def _precision(wanted: str) -> int:
    return 0 if wanted == "*/*" else 1 if wanted.endswith("/*") else 2
