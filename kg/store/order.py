"""The order of statements in what is written out: by subject, a subject's type and label first, the rest by predicate and object.

Sorting is done on lines of N-Triples and N-Quads: a line is its own key, and bytes compare quickly.
"""

from __future__ import annotations

from collections.abc import Iterable

from kg.terms import RDF_TYPE, RDFS_LABEL

TYPE = f" <{RDF_TYPE}> ".encode()
LABEL = f" <{RDFS_LABEL}> ".encode()


def triple_lines(parts: Iterable[bytes]) -> list[bytes]:
    """The lines of some N-Triples texts in order, each once."""
    lines: set[bytes] = set()
    for part in parts:
        lines.update(part.split(b"\n"))
    lines.discard(b"")
    return sorted(lines, key=_key)


def quad_lines(quads: bytes) -> list[bytes]:
    """The lines of an N-Quads text, graph by graph, and in order within each."""
    groups: dict[bytes, list[bytes]] = {}
    for line in quads.split(b"\n"):
        if line:
            groups.setdefault(line.rsplit(b" ", 2)[1], []).append(line)
    return [line for name in sorted(groups) for line in sorted(groups[name], key=_key)]


def _key(line: bytes) -> bytes:
    if TYPE in line:
        return line.replace(TYPE, b" \x00 ", 1)
    return line.replace(LABEL, b" \x01 ", 1) if LABEL in line else line
