"""The claims behind what is drawn: who says so, as reported by whom, in which words, how sure, and what the review said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from kg.terms import DCTERMS, KG, OA, PROV, RDF, local_name
from kg.view.reading import Mirror, end, ends, kind, labels, out_edges, pair, text, texts, web

LINKS_APART: Final = frozenset(
    KG + name
    for name in (
        "states",
        "status",
        "speaker",
        "reportedBy",
        "speakerChain",
        "reviewState",
        "reviewer",
        "hasMention",
    )
)
"""Edges of a claim that are read one by one; other `kg:` edges to a claim are links such as a contradiction."""


class Evidence:
    """Collects claims and documents as they are asked for, and numbers them in the order of their IRIs.

    Parameters
    ----------
    mirror : networkx.MultiDiGraph
        The mirror of the graph.
    """

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._claims = sorted(node for node in mirror if kind(mirror, node) == "claim")
        self._number = {claim: number for number, claim in enumerate(self._claims)}
        self._by_thing: dict[str, list[int]] = {}
        for claim in self._claims:
            for thing in {*ends(mirror, claim, KG + "states"), *ends(mirror, claim, RDF + "subject")}:
                self._by_thing.setdefault(thing, []).append(self._number[claim])
        self._documents: dict[str, int] = {}
        self._document_records: list[dict[str, Any]] = []

    def about(self, thing: str) -> list[int]:
        """The numbers of the claims that state a thing or one of its statements."""
        return self._by_thing.get(thing, [])

    def numbers(self, claims: Iterable[str]) -> list[int]:
        """The numbers of the claims given; what is no claim of the mirror is left out."""
        return sorted({self._number[claim] for claim in claims if claim in self._number})

    def document(self, node: str) -> int:
        """The number of a document, which is read at its first mention."""
        if node not in self._documents:
            self._documents[node] = len(self._document_records)
            self._document_records.append(self._read_document(node))
        return self._documents[node]

    def documents(self) -> list[dict[str, Any]]:
        """The documents read so far, by number."""
        return self._document_records

    def records(self, used: Iterable[int], drawn: dict[str, int]) -> dict[str, dict[str, Any]]:
        """The claims with these numbers, by number as text.

        Parameters
        ----------
        used : iterable of int
            Numbers of claims.
        drawn : dict of str to int
            The numbers of the nodes that are on the page, by IRI.
        """
        return {str(number): self._read_claim(self._claims[number], drawn) for number in sorted(set(used))}

    def _read_claim(self, claim: str, drawn: dict[str, int]) -> dict[str, Any]:
        mirror = self._mirror
        speaker = end(mirror, claim, KG + "speaker")
        outer = self._outer(claim, speaker)
        record: dict[str, Any] = {
            "iri": claim,
            "speaker": self._who(speaker, drawn) if speaker else None,
            "by": [self._who(node, drawn) for node in outer],
            "status": self._choice(claim, "status"),
            "review": self._choice(claim, "reviewState"),
            "quotes": self._quotes(claim),
            "docs": [self.document(node) for node in ends(mirror, claim, PROV + "wasDerivedFrom")],
            "date": text(mirror, claim, DCTERMS + "date"),
            "confidence": text(mirror, claim, KG + "confidence"),
            "value": self._value(claim),
            "links": self._links(claim),
        }
        return {key: value for key, value in record.items() if value not in (None, "", [])}

    def _who(self, node: str, drawn: dict[str, int]) -> dict[str, Any]:
        record: dict[str, Any] = {"label": labels(self._mirror, node)}
        if node in drawn:
            record["node"] = drawn[node]
        return record

    def _outer(self, claim: str, speaker: str) -> list[str]:
        """Those who report the speaker, innermost first: by the chain where there is one."""
        mirror, chain, seen = self._mirror, [], set()
        cell = end(mirror, claim, KG + "speakerChain")
        while cell and cell not in seen:
            seen.add(cell)
            chain += ends(mirror, cell, RDF + "first")
            cell = end(mirror, cell, RDF + "rest")
        reporters = ends(mirror, claim, KG + "reportedBy")
        ordered = [node for node in chain if node != speaker]
        return ordered + [node for node in reporters if node not in ordered]

    def _choice(self, claim: str, name: str) -> str:
        """A status or a review state in lower case, whether it is an edge to a term or a literal."""
        found = end(self._mirror, claim, KG + name) or text(self._mirror, claim, KG + name)
        return local_name(found).lower() if found else ""

    def _quotes(self, claim: str) -> list[str]:
        mirror = self._mirror
        found = [
            value
            for target in ends(mirror, claim, OA + "hasTarget")
            for selector in ends(mirror, target, OA + "hasSelector")
            for value, _ in texts(mirror, selector, OA + "exact")
        ]
        return list(dict.fromkeys(found))

    def _value(self, claim: str) -> dict[str, Any] | None:
        """The plain statement that a claim makes, e.g. another date than the one held."""
        mirror = self._mirror
        predicate = end(mirror, claim, RDF + "predicate")
        if not predicate:
            return None
        target = end(mirror, claim, RDF + "object")
        literal = text(mirror, claim, RDF + "object")
        value: dict[str, Any] = {"property": labels(mirror, predicate)}
        return {**value, "object": labels(mirror, target) if target else {"en": literal}}

    def _links(self, claim: str) -> list[dict[str, Any]]:
        """Links to other claims, such as one that contradicts this one: the link's label and the other claim's first words."""
        found: list[dict[str, Any]] = []
        for _, other, key, data in out_edges(self._mirror, claim):
            if other in self._number and key.startswith(KG) and key not in LINKS_APART:
                label = pair(str(data.get("label") or local_name(key)), str(data.get("label_de") or ""))
                speaker = end(self._mirror, other, KG + "speaker")
                who = labels(self._mirror, speaker) if speaker else {}
                link = {"label": label, "quote": next(iter(self._quotes(other)), ""), "who": who}
                if link not in found:
                    found.append(link)
        return found

    def _read_document(self, node: str) -> dict[str, Any]:
        mirror = self._mirror
        own = kind(mirror, node) == "document"
        publisher = end(mirror, node, DCTERMS + "publisher")
        addresses = [web(found) for found in (*ends(mirror, node, DCTERMS + "source"), text(mirror, node, DCTERMS + "source"))]
        addresses += [web(text(mirror, node, DCTERMS + "identifier")), "" if own else web(node)]
        title = text(mirror, node, DCTERMS + "title") or (labels(mirror, node)["en"] if own else node)
        record = {
            "title": title,
            "publisher": labels(mirror, publisher)["en"] if publisher else text(mirror, node, DCTERMS + "publisher"),
            "date": text(mirror, node, DCTERMS + "issued"),
            "url": next((address for address in addresses if address), ""),
        }
        return {key: value for key, value in record.items() if value}
