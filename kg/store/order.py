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
    return _ordered(line for part in parts for line in part.split(b"\n"))


def quad_lines(quads: bytes) -> list[bytes]:
    """The lines of an N-Quads text, graph by graph, and in order within each."""
    groups: dict[bytes, list[bytes]] = {}
    for line in quads.split(b"\n"):
        if line:
            groups.setdefault(line.rsplit(b" ", 2)[1], []).append(line)
    return [line for name in sorted(groups) for line in _ordered(groups[name])]


def _ordered(lines: Iterable[bytes]) -> list[bytes]:
    """Lines by subject and, within a subject, types, labels, and the rest, each sorted.

    Sorting many small groups costs half of sorting all lines at once: most lines share a long beginning.
    """
    kinds: tuple[dict[bytes, list[bytes]], ...] = ({}, {}, {})
    types, labels, others = kinds
    for line in lines:
        end = line.find(b" ")
        subject = line[:end]
        into = types if line.startswith(TYPE, end) else labels if line.startswith(LABEL, end) else others
        group = into.get(subject)
        if group is None:
            into[subject] = [line]
        else:
            group.append(line)
    others.pop(b"", None)
    ordered: list[bytes] = []
    for subject in sorted(types.keys() | labels.keys() | others.keys()):
        for kind in kinds:
            group = kind.get(subject)
            if group is not None:
                ordered += group if len(group) == 1 else sorted(set(group))
    return ordered
