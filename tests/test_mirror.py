from __future__ import annotations

import pytest

from kg.mirror import actor_network, actors_and_events, mirror, speaker_network
from kg.model import Quad
from kg.terms import KG, OA, OWL, PROV, RDF, RDFS, XSD, Names

N = Names()
KP, US, CNN = N.thing("state", "kp"), N.thing("state", "us"), N.thing("organisation", "cnn")
E1, E2, E3 = (N.thing("event", name) for name in ("e1", "e2", "e3"))
C1, C2, DOC, TRACE = N.thing("claim", "c1"), N.thing("claim", "c2"), N.thing("document", "d"), N.thing("statement", "t")
SCHEMA, FACTS, DRAWN, INFERRED = N.graph("schema"), N.graph("facts/x"), N.graph("document/d"), N.graph("inferred")


def iri(s: str, p: str, o: str, g: str) -> Quad:
    return Quad(s, p, o, g)


def text(s: str, p: str, o: str, g: str, language: str = "") -> Quad:
    return Quad(s, p, o, g, RDF + "langString" if language else XSD + "string", language)


QUADS = [
    iri(KG + "Threaten", RDFS + "subClassOf", KG + "Event", SCHEMA),
    iri(KG + "Threaten", RDF + "type", OWL + "Class", SCHEMA),
    text(KG + "Threaten", RDFS + "label", "Drohen", SCHEMA, "de"),
    text(KG + "actor", RDFS + "label", "actor", SCHEMA, "en"),
    text(KG + "actor", RDFS + "label", "Akteur", SCHEMA, "de"),
    iri(KP, RDF + "type", KG + "State", FACTS),
    text(KP, RDFS + "label", "North Korea", FACTS, "en"),
    text(KP, RDFS + "label", "Nordkorea", FACTS, "de"),
    text(KP, RDFS + "label", "북한", FACTS, "ko"),
    iri(US, RDF + "type", KG + "State", FACTS),
    iri(CNN, RDF + "type", KG + "Organisation", FACTS),
    iri(E1, RDF + "type", KG + "Threaten", DRAWN),
    iri(E1, RDF + "type", KG + "Event", INFERRED),
    iri(E1, KG + "actor", KP, DRAWN),
    iri(E1, KG + "recipient", US, DRAWN),
    Quad(E1, KG + "date", "2018-08", DRAWN, XSD + "gYearMonth"),
    iri(E2, RDF + "type", KG + "Summit", FACTS),
    iri(E2, KG + "actor", KP, FACTS),
    iri(E2, KG + "actor", US, FACTS),
    iri(E2, KG + "participant", US, INFERRED),
    iri(E3, RDF + "type", KG + "Threaten", FACTS),
    iri(E3, KG + "actor", US, FACTS),
    iri(E3, KG + "recipient", KP, FACTS),
    iri(C1, KG + "states", E1, DRAWN),
    iri(C1, KG + "speaker", CNN, DRAWN),
    iri(C1, KG + "status", KG + "Occurred", DRAWN),
    iri(C1, KG + "reviewState", KG + "Unreviewed", DRAWN),
    iri(C2, KG + "states", E3, INFERRED),
    iri(C2, KG + "reviewState", KG + "Accepted", INFERRED),
    iri(C2, PROV + "wasDerivedFrom", DOC, INFERRED),
    iri(US, KG + "threatens", KP, INFERRED),
    iri(TRACE, RDF + "type", RDF + "Statement", INFERRED),
    iri(TRACE, RDF + "subject", US, INFERRED),
    iri(TRACE, RDF + "predicate", KG + "threatens", INFERRED),
    iri(TRACE, RDF + "object", KP, INFERRED),
    iri(TRACE, PROV + "wasDerivedFrom", E3, INFERRED),
    text(C1, OA + "exact", "…", DRAWN),
]


@pytest.fixture(name="graph")
def _graph():  # type: ignore[no-untyped-def] # networkx's generic graph
    return mirror(QUADS, N)


def test_nodes_carry_labels_classes_and_dates(graph) -> None:  # type: ignore[no-untyped-def] # as above
    assert graph.nodes[KP]["label"] == "North Korea"
    assert (graph.nodes[KP]["label_de"], graph.nodes[KP]["label_ko"], graph.nodes[KP]["kind"]) == ("Nordkorea", "북한", "state")
    assert graph.nodes[E1]["category"] == "Threaten", "the finest class, though Event is there too"
    assert graph.nodes[E1]["classes"] == ("Event", "Threaten")
    assert (graph.nodes[E1]["start"], graph.nodes[E1]["end"]) == ("2018-08", "2018-08")
    assert graph.nodes[E1]["literals"][KG + "date"] == (("2018-08", ""),)


def test_classes_keep_the_labels_of_the_schema(graph) -> None:  # type: ignore[no-untyped-def] # as above
    assert graph.graph["class_labels"] == {"Threaten": {"de": "Drohen"}}


def test_parallel_edges_stay_apart(graph) -> None:  # type: ignore[no-untyped-def] # as above
    assert set(graph[E2][US]) == {KG + "actor", KG + "participant"}
    expected = {(q.subject, q.object, q.predicate) for q in QUADS if not q.datatype and q.graph != SCHEMA}
    expected = {edge for edge in expected if edge[2] != RDF + "type" and edge[0] != TRACE}
    assert set(graph.edges(keys=True)) == expected


def test_edges_carry_their_claims_and_whether_they_are_held(graph) -> None:  # type: ignore[no-untyped-def] # as above
    edge = graph.edges[E1, KP, KG + "actor"]
    assert (edge["label"], edge["label_de"], edge["claims"], edge["held"]) == ("actor", "Akteur", (C1,), False)
    assert graph.edges[E3, KP, KG + "recipient"]["held"] is True
    shortcut = graph.edges[US, KP, KG + "threatens"]
    assert (shortcut["claims"], shortcut["held"]) == ((C2,), True), "a rule's statement leads back to the claims behind it"


def test_the_mirror_does_not_depend_on_order(graph) -> None:  # type: ignore[no-untyped-def] # as above
    again = mirror(reversed(QUADS), N)
    assert list(again.nodes(data=True)) == list(graph.nodes(data=True))
    assert list(again.edges(keys=True, data=True)) == list(graph.edges(keys=True, data=True))


def test_actors_by_event(graph) -> None:  # type: ignore[no-untyped-def] # as above
    assert set(actor_network(graph).edges(keys=True)) == {(KP, US, E1), (KP, US, E2), (US, KP, E2), (US, KP, E3)}
    assert set(actor_network(graph, ["Threaten"]).edges(keys=True)) == {(KP, US, E1), (US, KP, E3)}
    assert set(actor_network(graph, ["Event"]).edges(keys=True)) == {(KP, US, E1)}
    assert len(actor_network(graph, ["Aid"])) == 0


def test_actors_and_events_is_bipartite(graph) -> None:  # type: ignore[no-untyped-def] # as above
    both = actors_and_events(graph)
    sides = {node: data["bipartite"] for node, data in both.nodes(data=True)}
    assert all(sides[a] != sides[b] for a, b in both.edges)
    assert both.edges[US, E2]["roles"] == ("actor",)


def test_who_speaks_of_whom(graph) -> None:  # type: ignore[no-untyped-def] # as above
    edges = set(speaker_network(graph).edges(keys=True))
    assert edges == {(CNN, KP, C1), (CNN, US, C1), (DOC, KP, C2), (DOC, US, C2)}
