"""Which statements of the mirror become an edge of the drawing, and in which group of relations each belongs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from kg.terms import KG, ORG, QUAD_CLASSES, local_name
from kg.view.reading import Mirror, edges, end, ends, kind, labels, out_edges, pair, span
from kg.view.style import Style

ACTORS: Final = frozenset({"state", "organisation", "person", "candidate"})
DRAWN: Final = ACTORS | {"event", "instrument", "place", "programme", "topic"}
"""The kinds that are nodes of the drawing; all others are evidence, details or edges."""
ROLES: Final[dict[str, dict[str, bool]]] = {
    "event": {"actor": False, "recipient": True, "participant": False, "about": True, "place": True},
    "instrument": {"issuer": False, "party": False, "signatory": False, "target": True, "trigger": False, "place": True},
}
"""The roles drawn per kind; true where the arrow leaves the event or instrument, false where it comes in."""
STRUCTURE: Final = frozenset(KG + name for name in ("ofState", "partOfBody", "inState", "runBy", "partOf", "resultedIn"))
SHORTCUTS: Final = {
    "metWith": "VerbalCooperation",
    "visited": "VerbalCooperation",
    "talkedWith": "VerbalCooperation",
    "wroteTo": "VerbalCooperation",
    "supports": "VerbalCooperation",
    "threatens": "VerbalConflict",
    "accuses": "VerbalConflict",
    "sanctions": "MaterialConflict",
    "sanctionedBy": "MaterialConflict",
    "fought": "MaterialConflict",
    "participatedIn": "Other",
    "alliedWith": "Relation",
    "diplomaticRelationsWith": "Relation",
    "inDisputeWith": "Relation",
    "relatedTo": "Relation",
}
"""The group of a shortcut property; any other between two actors belongs to the structure."""
NO_SHORTCUT: Final = frozenset(
    KG + name for role in ROLES.values() for name in (*role, "capital", "seat", "basis", "subject", "object", "refersTo", "leadsState")
)


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge of the drawing.

    Attributes
    ----------
    source, target : str
        IRIs; the arrow points to `target`.
    group : str
        The group of relations: a quad class, `Other`, `Relation` or `Structure`.
    via : str
        The IRI of the relation or tenure that the edge stands for, or empty.
    note : mapping
        What the edge is called in full, by language, where that says more than `label`.
    """

    source: str
    target: str
    label: dict[str, str]
    group: str
    held: bool
    claims: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    via: str = ""
    note: dict[str, str] | None = None
    predicate: str = ""


def drawn_edges(mirror: Mirror, style: Style) -> list[Edge]:
    """All edges that can be drawn, sorted: roles, lasting relations, tenures, structure, and shortcuts that add something."""
    found = [*_roles_and_structure(mirror), *_relations(mirror, style), *_tenures(mirror)]
    found += _shortcuts(mirror, found)
    return sorted(found, key=lambda edge: (edge.source, edge.target, edge.predicate, edge.via, edge.start, edge.end))


def quad_class(classes: Iterable[str]) -> str:
    """The quad class among the classes of an event, or `Other`."""
    known = set(classes)
    return next((name for name, types in QUAD_CLASSES.items() if name in known or known & set(types)), "Other")


def group_of(mirror: Mirror, node: str) -> str:
    """The group of the edges of an event or instrument: an event's quad class; the structure for an instrument."""
    if kind(mirror, node) != "event":
        return "Structure"
    data = mirror.nodes[node]
    return quad_class((str(data.get("category") or ""), *data.get("classes", ())))


def _edge(source: str, target: str, predicate: str, data: dict[str, Any], group: str) -> Edge:
    name = local_name(predicate)
    start, stop = span(data)
    return Edge(
        source=source,
        target=target,
        label=pair(str(data.get("label") or name), str(data.get("label_de") or "")),
        group=group,
        held=bool(data.get("held", True)),
        claims=tuple(data.get("claims") or ()),
        start=start,
        end=stop,
        predicate=predicate,
    )


def _roles_and_structure(mirror: Mirror) -> Iterator[Edge]:
    found: dict[tuple[str, str], list[Edge]] = {}
    for subject, target, predicate, data in edges(mirror):
        if subject == target or kind(mirror, target) not in DRAWN or kind(mirror, subject) not in DRAWN:
            continue
        outward = ROLES.get(kind(mirror, subject), {}).get(predicate.removeprefix(KG)) if predicate.startswith(KG) else None
        if outward is not None:
            ordered = (subject, target) if outward else (target, subject)
            found.setdefault((subject, target), []).append(_edge(*ordered, predicate, data, group_of(mirror, subject)))
        elif predicate in STRUCTURE and not _inferred(data):
            yield _edge(subject, target, predicate, data, "Structure")
    for roles in found.values():
        finer = [role for role in roles if role.predicate in {KG + "actor", KG + "recipient", KG + "issuer", KG + "target"}]
        general = {KG + "participant", KG + "party", KG + "about"} if finer else set()
        yield from (role for role in roles if role.predicate not in general)


def _inferred(data: dict[str, Any]) -> bool:
    """Whether only rules say so: of a chain of bodies or places the drawing needs the links, not the shortcuts across."""
    graphs = data.get("graphs") or ()
    return bool(graphs) and all(str(graph).endswith("graph/inferred") for graph in graphs)


def _relations(mirror: Mirror, style: Style) -> Iterator[Edge]:
    """A lasting relation is a node between two actors; in the drawing it is one edge."""
    for node in sorted(n for n in mirror if kind(mirror, n) == "relation"):
        category = str(mirror.nodes[node].get("category") or "") or "Relation"
        start, stop = span(mirror.nodes[node])
        for subject in ends(mirror, node, KG + "subject"):
            for target in ends(mirror, node, KG + "object"):
                if subject == target or kind(mirror, subject) not in DRAWN or kind(mirror, target) not in DRAWN:
                    continue
                base = _edge(subject, target, KG + "subject", _between(mirror, node, (subject, target)), "Relation")
                yield replace(base, label=class_label(mirror, style, category), start=start, end=stop, via=node, note=labels(mirror, node))


def _tenures(mirror: Mirror) -> Iterator[Edge]:
    """A tenure joins a person to the body of the post, and is labelled with the post."""
    for node in sorted(n for n in mirror if kind(mirror, n) == "tenure"):
        post = end(mirror, node, KG + "post")
        people, bodies = ends(mirror, node, ORG + "member"), ends(mirror, node, ORG + "organization")
        bodies = bodies or (ends(mirror, post, ORG + "postIn") + ends(mirror, post, KG + "leadsState"))[:1]
        start, stop = span(mirror.nodes[node])
        for person in people:
            for body in bodies:
                if person == body or kind(mirror, person) not in DRAWN or kind(mirror, body) not in DRAWN:
                    continue
                base = _edge(person, body, ORG + "member", _between(mirror, node, (person, body)), "Structure")
                yield replace(base, label=labels(mirror, post or node), start=start, end=stop, via=node)


def _between(mirror: Mirror, node: str, targets: tuple[str, str]) -> dict[str, Any]:
    """The claims behind the edges from a relation or tenure to its two ends; held where every one of these is."""
    data = [edge for _, target, _, edge in out_edges(mirror, node) if target in targets]
    return {
        "claims": sorted({claim for edge in data for claim in edge.get("claims") or ()}),
        "held": all(edge.get("held", True) for edge in data),
    }


def class_label(mirror: Mirror, style: Style, category: str) -> dict[str, str]:
    """What a class is called, by language.

    The mirror may say it, as `class_labels` among its own attributes (local name to labels by language) or by a node for the term;
    else `kg.view.style.Style.class_label` does.
    """
    told = mirror.graph.get("class_labels", {}).get(category, {})
    if told.get("en"):
        return pair(str(told["en"]), str(told.get("de") or ""))
    term = KG + category
    return labels(mirror, term) if term in mirror and mirror.nodes[term].get("label") else style.class_label(category)


def _shortcuts(mirror: Mirror, present: Iterable[Edge]) -> list[Edge]:
    """Shortcut properties between things that nothing else joins, neither an edge nor an event that both take part in."""
    near: dict[str, set[str]] = {}
    for edge in present:
        near.setdefault(edge.source, set()).add(edge.target)
        near.setdefault(edge.target, set()).add(edge.source)
    found: list[Edge] = []
    for subject, target, predicate, data in edges(mirror):
        if subject == target or not predicate.startswith(KG) or predicate in NO_SHORTCUT or predicate in STRUCTURE:
            continue
        if kind(mirror, subject) not in ACTORS or kind(mirror, target) not in DRAWN - {"topic", "place"}:
            continue
        here, there = near.get(subject, set()), near.get(target, set())
        if target in here or any(kind(mirror, node) in ROLES for node in here & there):
            continue
        name = predicate.removeprefix(KG)
        found.append(_edge(subject, target, predicate, data, SHORTCUTS.get(name, "Structure")))
        near.setdefault(subject, set()).add(target)
        near.setdefault(target, set()).add(subject)
    return found
