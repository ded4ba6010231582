"""Reading the mirror: labels, literals and the ends of edges, always in the same order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import networkx as nx

from kg.terms import KG, SKOS, is_web_address, local_name

Mirror: TypeAlias = "nx.MultiDiGraph[str]"
"""IRIs as nodes, predicate IRIs as edge keys; see the attributes in `docs/model.md` and `kg.mirror`."""

NAMES: Final = tuple(SKOS + name for name in ("altLabel", "prefLabel")) + tuple(KG + name for name in ("officialName", "metonym", "symbol"))
"""Literals that a thing can be found by, beside its labels."""
LONGEST: Final = 600
"""Characters of a literal that go into the page."""


def kind(mirror: Mirror, node: str) -> str:
    """The kind of a node, or empty."""
    return str(mirror.nodes[node].get("kind") or "") if node in mirror else ""


def text(mirror: Mirror, node: str, predicate: str) -> str:
    """The first literal of a node under a predicate, or empty."""
    found = texts(mirror, node, predicate)
    return found[0][0] if found else ""


def texts(mirror: Mirror, node: str, predicate: str) -> list[tuple[str, str]]:
    """All literals of a node under a predicate as (text, language), cut to `LONGEST` characters."""
    if node not in mirror:
        return []
    literals = mirror.nodes[node].get("literals") or {}
    return [(clip(str(value)), str(language or "")) for value, language in literals.get(predicate, ())]


def clip(value: str) -> str:
    """The text, cut to `LONGEST` characters with an ellipsis."""
    return value if len(value) <= LONGEST else value[: LONGEST - 1].rstrip() + "…"


def ends(mirror: Mirror, node: str, predicate: str) -> list[str]:
    """The nodes that a node points to with a predicate, sorted."""
    if node not in mirror:
        return []
    return sorted(target for _, target, key in mirror.out_edges(node, keys=True) if key == predicate)


def end(mirror: Mirror, node: str, predicate: str) -> str:
    """The first node that a node points to with a predicate, or empty."""
    found = ends(mirror, node, predicate)
    return found[0] if found else ""


def edges(mirror: Mirror) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """All edges as (subject, object, predicate, attributes), sorted."""
    yield from sorted(mirror.edges(keys=True, data=True), key=lambda edge: (str(edge[0]), str(edge[1]), str(edge[2])))


def out_edges(mirror: Mirror, node: str) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """The edges from a node as (subject, object, predicate, attributes), sorted."""
    yield from sorted(mirror.out_edges(node, keys=True, data=True), key=lambda edge: (str(edge[1]), str(edge[2])))


def labels(mirror: Mirror, node: str) -> dict[str, str]:
    """The labels of a node by language; `en` is always there, `de` and `ko` only where they say something else."""
    data = mirror.nodes[node] if node in mirror else {}
    english = str(data.get("label") or "") or local_name(node)
    found = {"en": english}
    for language in ("de", "ko"):
        other = str(data.get(f"label_{language}") or "")
        if other and other != english:
            found[language] = other
    return found


def pair(english: str, german: str) -> dict[str, str]:
    """A label of an edge by language, in the form of `labels`."""
    return {"en": english, "de": german} if german and german != english else {"en": english}


def names(mirror: Mirror, node: str) -> list[str]:
    """The further names of a node in any language, without those that are its labels."""
    known = set(labels(mirror, node).values())
    return sorted({value for predicate in NAMES for value, _ in texts(mirror, node, predicate)} - known)


def span(data: dict[str, Any]) -> tuple[str, str]:
    """The start and the end in a node's or an edge's attributes, each an ISO date, maybe partial, or empty."""
    return str(data.get("start") or ""), str(data.get("end") or "")


def web(address: str) -> str:
    """The address if it is an http(s) one, else empty: nothing else may become a link."""
    return address if is_web_address(address) else ""
