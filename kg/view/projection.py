"""From the mirror to the data of the page: what is drawn, where it stands, and the evidence behind it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from kg.terms import DCTERMS, KG, ORG, local_name
from kg.view.drawing import DRAWN, Edge, class_label, drawn_edges
from kg.view.evidence import Evidence
from kg.view.layout import positions
from kg.view.reading import Mirror, end, ends, kind, labels, names, pair, span, text, texts
from kg.view.style import Style
from kg.view.timeline import bins

FACTS: Final = (
    "description officialName outcome commitment symbol vote instrumentStatus triggerText signatoryName placeType birthDate deathDate "
    "founded dissolved"
).split()
"""Literals that the details show, in this order."""
MINTED: Final = re.compile("[0-9a-f]{16}")
"""The name of a thing that was made by the extractor or a rule."""
LARGEST: Final = 34.0
"""The radius of the node with the most edges, in pixels at a zoom of one; the least is `SMALLEST`."""
SMALLEST: Final = 7.0


def page_data(mirror: Mirror, style: Mapping[str, Any], limit: int) -> dict[str, Any]:
    """The data of the page, ready to be written as JSON.

    Parameters
    ----------
    mirror : networkx.MultiDiGraph
        The mirror of the graph; it is not changed.
    style : mapping
        The dossier's `style.toml`; see `kg.view.style.Style`.
    limit : int
        The most nodes to draw. Those with the most edges are kept.

    Returns
    -------
    dict
        `nodes` (id, iri, kind, label by language, names, class, group, shape, size, degree, x, y, start, end, claimed, posts, facts,
        measures, doubts, sources, claims), `edges` (id, from, to, label by language, role, group, held, claims, start, end, via, note,
        bend), `claims` by number, `documents`, `classes` by name, `legend` (nodes, edges), `bins` of the time range, `shown`, `total`.
        What is empty is left out.

    Raises
    ------
    ValueError
        If the limit is below one.
    """
    if limit < 1:
        raise ValueError(f"a page shows at least one node, not {limit}")
    looks = Style(style)
    edges = drawn_edges(mirror, looks)
    every = sorted(node for node in mirror if kind(mirror, node) in DRAWN)
    kept = _best(every, edges, limit)
    edges = [edge for edge in edges if edge.source in kept and edge.target in kept]
    drawn = {node: number for number, node in enumerate(sorted(kept))}
    degree = Counter(end for edge in edges for end in (edge.source, edge.target))
    evidence = Evidence(mirror)
    nodes = [_node(mirror, looks, evidence, drawn, node, degree[node]) for node in drawn]
    _held(nodes, edges, drawn)
    _place(nodes, [(drawn[edge.source], drawn[edge.target]) for edge in edges])
    spans = {record["iri"]: (record.get("start", ""), record.get("end", "")) for record in nodes}
    records = _edges(evidence, edges, drawn, spans)
    used = {number for record in (*nodes, *records) for number in record.get("claims", ())}
    claims = evidence.records(used, drawn)
    return {
        "nodes": nodes,
        "edges": records,
        "claims": claims,
        "documents": evidence.documents(),
        "classes": {name: class_label(mirror, looks, name) for name in sorted({record["class"] for record in nodes})},
        "legend": {
            "nodes": looks.legend_nodes(record["group"] for record in nodes),
            "edges": looks.legend_edges(record["group"] for record in records),
        },
        "bins": bins((record.get("start", ""), record.get("end", "")) for record in nodes if record["kind"] in {"event", "instrument"}),
        "shown": len(nodes),
        "total": len(every),
    }


def _best(every: Sequence[str], edges: Iterable[Edge], limit: int) -> set[str]:
    """The nodes with the most edges, at most `limit`."""
    if len(every) <= limit:
        return set(every)
    degree = Counter(end for edge in edges for end in (edge.source, edge.target))
    return set(sorted(every, key=lambda node: (-degree[node], node))[:limit])


def _node(mirror: Mirror, looks: Style, evidence: Evidence, drawn: Mapping[str, int], node: str, degree: int) -> dict[str, Any]:
    data = mirror.nodes[node]
    category = str(data.get("category") or "")
    group = looks.node_group(kind(mirror, node), category, data.get("classes") or ())
    start, stop = _dates(mirror, node)
    checked = end(mirror, node, KG + "verification") or text(mirror, node, KG + "verification")
    record: dict[str, Any] = {
        "id": drawn[node],
        "iri": node,
        "kind": kind(mirror, node),
        "label": _label(mirror, looks, node, category, start),
        "names": names(mirror, node),
        "class": category or group,
        "group": group,
        "shape": looks.shape(group),
        "degree": degree,
        "start": start,
        "end": stop,
        "unchecked": checked.endswith("Unchecked"),
        "facts": _facts(mirror, node),
        "doubts": [value for value, _ in texts(mirror, node, "http://www.w3.org/2004/02/skos/core#editorialNote")],
        "posts": _posts(mirror, evidence, drawn, node),
        "measures": _measures(mirror, evidence, node),
        "sources": [evidence.document(source) for source in ends(mirror, node, DCTERMS + "source")],
        "claims": evidence.about(node),
    }
    return {key: value for key, value in record.items() if value not in ("", [], False) or key in {"id", "degree"}}


def _label(mirror: Mirror, looks: Style, node: str, category: str, start: str) -> dict[str, str]:
    """The labels of a node.

    An event that no curator named, with no label or with an extractor's in one language only, is named after its class and who takes part.
    """
    told = labels(mirror, node)
    if kind(mirror, node) != "event" or (mirror.nodes[node].get("label") and ("de" in told or not MINTED.fullmatch(local_name(node)))):
        return told
    kinds = class_label(mirror, looks, category or "Event")
    actors = [labels(mirror, actor) for actor in ends(mirror, node, KG + "actor")]
    recipients = [labels(mirror, actor) for actor in ends(mirror, node, KG + "recipient")]
    made = {}
    for language in ("en", "de"):
        parts = [", ".join(sorted(who.get(language, who["en"]) for who in side)) for side in (actors, recipients)]
        who = " → ".join(part for part in parts if part)
        name = kinds.get(language, kinds["en"])
        made[language] = f"{name}: {who}" if who else f"{name} {start}".strip()
    return pair(made["en"], made["de"])


def _dates(mirror: Mirror, node: str) -> tuple[str, str]:
    start, stop = span(mirror.nodes[node])
    return start or text(mirror, node, KG + "date") or text(mirror, node, KG + "start"), stop or text(mirror, node, KG + "end")


def _facts(mirror: Mirror, node: str) -> list[list[str]]:
    """What the details show of a node's literals: [property, text, language], in the order of `FACTS`."""
    return [[name, value, language] for name in FACTS for value, language in texts(mirror, node, KG + name)]


def _posts(mirror: Mirror, evidence: Evidence, drawn: Mapping[str, int], person: str) -> list[dict[str, Any]]:
    """The tenures of a person by time, or of a body by time."""
    found = []
    for tenure, _, predicate in sorted(mirror.in_edges(person, keys=True)):
        if kind(mirror, tenure) != "tenure" or predicate not in {ORG + "member", ORG + "organization"}:
            continue
        post = end(mirror, tenure, KG + "post")
        others = ends(mirror, tenure, ORG + ("organization" if predicate == ORG + "member" else "member"))
        start, stop = span(mirror.nodes[tenure])
        record: dict[str, Any] = {"label": labels(mirror, post or tenure), "start": start, "end": stop, "claims": evidence.about(tenure)}
        if others:
            record["with"] = {"label": labels(mirror, others[0]), **({"node": drawn[others[0]]} if others[0] in drawn else {})}
        found.append({key: value for key, value in record.items() if value not in ("", [])})
    return sorted(found, key=lambda record: (record.get("start", ""), record["label"]["en"]))


def _measures(mirror: Mirror, evidence: Evidence, instrument: str) -> list[dict[str, Any]]:
    """The sanction measures that an instrument imposes."""
    found = []
    for measure in sorted({source for source, _, predicate in mirror.in_edges(instrument, keys=True) if predicate == KG + "imposedBy"}):
        category = end(mirror, measure, KG + "category")
        cap = " ".join(text(mirror, measure, KG + name) for name in ("capAmount", "capUnit"))
        period = text(mirror, measure, KG + "capPeriod")
        record = {
            "label": labels(mirror, category or measure),
            "text": text(mirror, measure, KG + "provision"),
            "cap": f"{cap} / {period}" if cap.strip() and period else cap.strip(),
            "claims": evidence.about(measure),
        }
        found.append({key: value for key, value in record.items() if value not in ("", [])})
    return found


def _held(nodes: Sequence[dict[str, Any]], edges: Iterable[Edge], drawn: Mapping[str, int]) -> None:
    """Marks the events that no curator entered or accepted: none of their edges is held."""
    held = {end for edge in edges if edge.held for end in (drawn[edge.source], drawn[edge.target])}
    for record in nodes:
        if record["kind"] in {"event", "candidate"} and record["degree"] and record["id"] not in held:
            record["claimed"] = True


def _place(nodes: Sequence[dict[str, Any]], pairs: Sequence[tuple[int, int]]) -> None:
    most = max((record["degree"] for record in nodes), default=0)
    for record in nodes:
        share = (record["degree"] / most) ** 0.5 if most else 0.0
        record["size"] = round(SMALLEST + (LARGEST - SMALLEST) * share, 1)
    for record, (x, y) in zip(nodes, positions(pairs, [record["size"] for record in nodes]), strict=True):
        record["x"], record["y"] = x, y


def _edges(
    evidence: Evidence, edges: Sequence[Edge], drawn: Mapping[str, int], spans: Mapping[str, tuple[str, str]]
) -> list[dict[str, Any]]:
    """The edges as records; parallel ones are bent apart, `bend` being positive to one side of the direction from source to target.

    An edge carries no dates that are only those of the event at one of its ends.
    """
    parallel = Counter(frozenset((edge.source, edge.target)) for edge in edges)
    seen: Counter[frozenset[str]] = Counter()
    records = []
    for number, edge in enumerate(edges):
        ends_ = frozenset((edge.source, edge.target))
        offset = seen[ends_] - (parallel[ends_] - 1) / 2
        seen[ends_] += 1
        own = evidence.about(edge.via) if edge.via else []
        dated = edge.start, edge.end
        start, stop = ("", "") if dated in (spans[edge.source], spans[edge.target]) and not edge.via else dated
        record: dict[str, Any] = {
            "id": number,
            "from": drawn[edge.source],
            "to": drawn[edge.target],
            "label": edge.label,
            "role": edge.predicate.removeprefix(KG) if edge.predicate.startswith(KG) and not edge.via else "",
            "group": edge.group,
            "held": edge.held,
            "claims": sorted({*evidence.numbers(edge.claims), *own}),
            "start": start,
            "end": stop,
            "via": edge.via,
            "note": edge.note if edge.note and edge.note["en"] != edge.label["en"] else "",
            "bend": round(offset * 0.16 * (1 if edge.source < edge.target else -1), 3),
        }
        records.append({key: value for key, value in record.items() if value not in ("", [], 0.0) or key in {"id", "from", "to", "held"}})
    return records
