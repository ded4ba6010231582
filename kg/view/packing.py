"""The page's data in less space: repeated texts once, edges as rows, IRIs without their common beginning. `core.js` reads it back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

ROW: Final = ("from", "to", "label", "group", "held", "claims", "role", "bend", "start", "end", "via", "note")
"""The columns of an edge; what is missing at the end of a row is empty, and its number is its place."""
WORDS: Final = frozenset({"label", "group", "role", "via", "note"})
"""Columns that hold a number in the list of `words`."""
AS_FROM, AS_TO = 1, 2
"""In the column `claims`: the claims are those of the node at this end. 0 is none."""
USUAL: Final = {"status": "occurred", "review": "accepted", "confidence": "1.0"}
"""What most claims say, as curated ones do; it is left out of them."""
DROPPED: Final = frozenset({"shape"})
"""Fields of nodes that the page finds elsewhere: the shape by the legend."""


def pack(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data with packed `nodes`, `edges` and `claims`, and with `base` and `words` to read them by.

    Parameters
    ----------
    data : mapping
        As from `kg.view.projection.page_data`; it is not changed.
    """
    base = _base(node["iri"] for node in data["nodes"])
    words, number = _words(data["edges"], base)
    nodes = [{**{k: v for k, v in node.items() if k not in DROPPED}, "iri": _short(node["iri"], base)} for node in data["nodes"]]
    claims = {key: _claim(claim) for key, claim in data["claims"].items()}
    claims_of = {node["id"]: node.get("claims", []) for node in data["nodes"]}
    rows = [_row(edge, claims_of, number, base) for edge in data["edges"]]
    return {**data, "base": base, "usual": USUAL, "words": words, "row": list(ROW), "nodes": nodes, "edges": rows, "claims": claims}


def _claim(claim: Mapping[str, Any]) -> dict[str, Any]:
    """The claim without what is usual and without its IRI, which the page does not show; empty where it lacks what is usual."""
    told = {name: claim.get(name, "") for name in USUAL}
    return {name: value for name, value in {**claim, **told}.items() if name != "iri" and value != USUAL.get(name)}


def _base(iris: Iterable[str]) -> str:
    """The beginning up to `/id/` that most nodes share, or empty."""
    found = Counter(iri[: iri.index("/id/") + 4] for iri in iris if "/id/" in iri)
    return min(found, key=lambda base: (-found[base], base), default="")


def _short(iri: str, base: str) -> str:
    """The IRI with `~` in place of the base."""
    return f"~{iri[len(base) :]}" if base and iri.startswith(base) else iri


def _words(edges: Sequence[Mapping[str, Any]], base: str) -> tuple[list[Any], dict[str, int]]:
    """All that stands in the columns `WORDS`, the most frequent first, and its number by its JSON text."""
    found = Counter(_key(value, base) for edge in edges for name, value in edge.items() if name in WORDS and value)
    ordered = sorted(found, key=lambda key: (-found[key], key))
    return [json.loads(key) for key in ordered], {key: place for place, key in enumerate(ordered)}


def _key(value: Any, base: str) -> str:
    return json.dumps(_short(value, base) if isinstance(value, str) else value, ensure_ascii=False, sort_keys=True)


def _row(edge: Mapping[str, Any], claims_of: Mapping[int, list[int]], number: Mapping[str, int], base: str) -> list[Any]:
    row: list[Any] = []
    for name in ROW:
        value = edge.get(name, "")
        if name in WORDS:
            row.append(number[_key(value, base)] if value else -1)
        elif name == "claims":
            row.append(_claims(value, claims_of[edge["from"]], claims_of[edge["to"]]))
        else:
            row.append(int(value) if isinstance(value, bool) else value or (0 if name in {"bend", "from", "to"} else ""))
    while row and row[-1] in ("", -1, 0) and len(row) > 2:
        row.pop()
    return row


def _claims(claims: Sequence[int], of_from: Sequence[int], of_to: Sequence[int]) -> int | list[int]:
    if not claims:
        return 0
    if list(claims) == list(of_from):
        return AS_FROM
    return AS_TO if list(claims) == list(of_to) else list(claims)
