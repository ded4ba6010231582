"""Where engines differ from the standard or from each other; what was seen of each is told in docs/scaling.md."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from kg.errors import QueryError
from kg.store.convert import STRING
from kg.terms import XSD

SUSPICIOUS: Final = 1000
"""Triples of an answer from which it is looked whether the server has left some out without saying so."""
BOOLEAN: Final = XSD + "boolean"


def is_virtuoso(server: str) -> bool:
    """Whether a server calls itself Virtuoso."""
    return "virtuoso" in server.casefold()


def is_atomic(server: str) -> bool:
    """Whether an update request of several operations happens as one, also for those who read meanwhile."""
    return "oxigraph" in server.casefold()


def virtuoso_dataset(graphs: Sequence[str]) -> str:
    """The dataset of a query in Virtuoso's pragmas: it echoes `default-graph-uri` in headers, more of them than clients read."""
    return "".join(f"define input:default-graph-uri <{graph}> define input:named-graph-uri <{graph}> " for graph in graphs)


def row_limit(headers: Mapping[str, str]) -> int:
    """The number of rows that a server cuts its answers off at, where it says so and this answer has as many; else 0."""
    given = headers.get("x-sparql-maxrows", "")
    return int(given) if given.isdigit() else 0


def complete(status: int, headers: Mapping[str, str]) -> None:
    """Refuse an answer that the server says is a part.

    Raises
    ------
    QueryError
        For a 206, and for what Virtuoso calls an anytime query.
    """
    if status == 206 or headers.get("x-sql-state", "") == "S1TAT":
        raise QueryError("the server gave up at its time limit, with a part of the answer", hint="ask for less, or raise its limit")


def mend(cell: dict[str, Any]) -> None:
    """Make a term of a JSON result one that the standard knows: `typed-literal`, booleans as 0 and 1, Virtuoso's blank nodes."""
    if cell["type"] == "typed-literal":
        cell["type"] = "literal"
    if cell.get("datatype") == BOOLEAN:
        cell["value"] = {"0": "false", "1": "true"}.get(cell["value"], cell["value"])
    elif cell.get("datatype") == STRING:
        del cell["datatype"]
    if cell["type"] == "bnode":
        cell["value"] = re.sub(r"[^A-Za-z0-9]", "", cell["value"].removeprefix("nodeID://"))
