"""GraphML and GEXF for Gephi, Cytoscape and others: lists joined to texts, dates as texts, parallel edges kept."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import networkx as nx

from kg.terms import content_hash, local_name

NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""


def graphml(mirror: nx.MultiDiGraph[str]) -> bytes:
    """The mirror as GraphML. An edge's id is a hash of subject, predicate and object: parallel edges stay apart, and ids stay put."""
    return "\n".join(nx.generate_graphml(plain(mirror), named_key_ids=True, edge_id_from_attribute="id")).encode() + b"\n"


def gexf(mirror: nx.MultiDiGraph[str]) -> bytes:
    """The mirror as GEXF 1.2."""
    flat = plain(mirror)
    writer = nx.readwrite.gexf.GEXFWriter(encoding="utf-8", prettyprint=True, version="1.2draft")
    writer.add_graph(flat)
    root = writer.xml
    for meta in root.findall("{http://www.gexf.net/1.2draft}meta") + root.findall("meta"):
        root.remove(meta)  # it holds today's date, and an export depends on the graph alone
    body: bytes = ElementTree.tostring(root, encoding="utf-8")
    return b"<?xml version='1.0' encoding='utf-8'?>\n" + body + b"\n"


def plain(mirror: nx.MultiDiGraph[str]) -> nx.MultiDiGraph[str]:
    """A copy whose attributes are texts, numbers and truth values only, as the file formats ask."""
    flat: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for iri, data in mirror.nodes(data=True):
        texts = {name: clean(value) for name, value in data.items() if name not in ("literals", "classes")}
        for predicate, values in data["literals"].items():
            texts.setdefault(local_name(predicate), clean(" | ".join(dict.fromkeys(text for text, _ in values))))
        flat.add_node(clean(iri), **texts, classes=" ".join(data["classes"]))
    for s, o, p, data in mirror.edges(keys=True, data=True):
        flat.add_edge(
            clean(s),
            clean(o),
            key=clean(p),
            id=content_hash((s, p, o)),
            label=clean(data["label"]),
            label_de=clean(data["label_de"]),
            predicate=clean(p),
            graphs=" ".join(data["graphs"]),
            claims=" ".join(data["claims"]),
            held=data["held"],
            start=data["start"],
            end=data["end"],
        )
    return flat


def clean(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return NOT_IN_XML.sub("\ufffd", text)
