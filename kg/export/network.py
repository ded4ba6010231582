"""GraphML and GEXF for Gephi, Cytoscape and others: lists joined to texts, dates as texts, parallel edges kept."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from collections.abc import Mapping

import networkx as nx

from kg.terms import DCTERMS, KG, OA, content_hash, local_name, shorten

NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""
EVIDENCE = ("target", "selector", "mention", "chain", "statement", "review", "run", "agent")
"""Kinds of thing that only carry evidence: they are folded into the claim, or into the edge that they back."""

EDGE_ID = 12
"""Characters of an edge's id: enough for a million edges to differ."""


def graphml(mirror: nx.MultiDiGraph[str], prefixes: Mapping[str, str]) -> bytes:
    """The network as GraphML. An edge's id is a hash of what it says: parallel edges stay apart, and ids stay put."""
    lines = nx.generate_graphml(network(mirror, prefixes), named_key_ids=True)
    return "".join(f"{line.lstrip()}\n" for line in lines).encode()


def gexf(mirror: nx.MultiDiGraph[str], prefixes: Mapping[str, str]) -> bytes:
    """The network as GEXF 1.2."""
    writer = nx.readwrite.gexf.GEXFWriter(encoding="utf-8", prettyprint=True, version="1.2draft")
    writer.add_graph(network(mirror, prefixes))
    root = writer.xml
    for meta in root.findall("{http://www.gexf.net/1.2draft}meta") + root.findall("meta"):
        root.remove(meta)  # it holds today's date, and an export depends on the graph alone
    body: bytes = ElementTree.tostring(root, encoding="utf-8")
    return b"<?xml version='1.0' encoding='utf-8'?>\n" + body + b"\n"


def network(mirror: nx.MultiDiGraph[str], prefixes: Mapping[str, str]) -> nx.MultiDiGraph[str]:
    """The things of the graph and what links them, with texts, numbers and truth values only, as the file formats ask.

    Nodes are named by prefix (`event:singapore-summit-2018`) and carry their `iri`. Claims are nodes with their `quote`; what
    only carries evidence is folded into them. Links to things outside (sources, status, identifiers elsewhere) become
    attributes. A link that a rule made is left out where the two are linked by a stated one, and so is the claim that stands for
    a curated fact: the fact itself is there, with `held`.
    """
    drawn = {claim for claim, _, p in mirror.edges(keys=True) if p == OA + "hasTarget"}
    kept = {
        iri: shorten(iri, prefixes)
        for iri, data in mirror.nodes(data=True)
        if data["kind"] and data["kind"] not in EVIDENCE and (data["kind"] != "claim" or iri in drawn)
    }
    flat: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    flat.graph["edge_default"] = {"held": True}
    for iri, short in kept.items():
        flat.add_node(clean(short), **_attributes(mirror, iri, kept, prefixes))
    stated = {frozenset((s, o)) for s, o, data in mirror.edges(data=True) if not _only_inferred(data["graphs"])}
    for s, o, p, data in mirror.edges(keys=True, data=True):
        if s not in kept or o not in kept or (_only_inferred(data["graphs"]) and frozenset((s, o)) in stated):
            continue
        flat.add_edge(
            clean(kept[s]),
            clean(kept[o]),
            key=content_hash((s, p, o))[:EDGE_ID],
            label=clean(data["label"]),
            predicate=shorten(p, prefixes),
            **({} if data["held"] else {"held": False}),
            **({"claims": " ".join(local_name(claim) for claim in data["claims"] if claim in drawn)} if drawn & {*data["claims"]} else {}),
        )
    return flat


def _only_inferred(graphs: tuple[str, ...]) -> bool:
    return all(name.endswith("/graph/inferred") for name in graphs)


def _attributes(mirror: nx.MultiDiGraph[str], iri: str, kept: Mapping[str, str], prefixes: Mapping[str, str]) -> dict[str, str]:
    data = mirror.nodes[iri]
    texts = {name: data[name] for name in ("label", "label_de", "label_ko", "category", "start", "end") if data[name]}
    if data["label_de"] == data["label"]:
        del texts["label_de"]
    texts["iri"] = iri
    for predicate, values in data["literals"].items():
        if predicate in (KG + "date", KG + "contentKey"):
            continue  # the one is `start` and `end`, the other is for the replay of reviews
        texts.setdefault(local_name(predicate), " | ".join(dict.fromkeys(text for text, _ in values)))
    outside: dict[str, list[str]] = defaultdict(list)
    for _, o, p in mirror.out_edges(iri, keys=True):
        if o not in kept and mirror.nodes[o]["kind"] not in EVIDENCE:
            outside["source" if p == DCTERMS + "source" else local_name(p)].append(shorten(o, prefixes).strip("<>"))
        elif p == OA + "hasTarget":
            texts["quote"] = _quote(mirror, o)
    texts.update((name, " | ".join(values)) for name, values in sorted(outside.items()) if name not in texts)
    return {name: clean(text) for name, text in texts.items() if text}


def _quote(mirror: nx.MultiDiGraph[str], target: str) -> str:
    for _, selector, p in mirror.out_edges(target, keys=True):
        if p == OA + "hasSelector":
            exact = mirror.nodes[selector]["literals"].get(OA + "exact", ())
            return " ".join(text for text, _ in exact)
    return ""


def clean(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return NOT_IN_XML.sub("\ufffd", text)
