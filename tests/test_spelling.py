from __future__ import annotations

import time

import pytest

from kg.graph import KnowledgeGraph
from kg.store.spelling import unknown_names


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?s a kg:Sumit", ["kg:Sumit is no term of this graph; did you mean kg:Summit?"]),
        ("?s kg:acter ?o", ["kg:acter is no term of this graph; did you mean kg:actor, kg:Actor?"]),
        ("?s rdfs:lable ?o ; skos:altLabl ?x", ["did you mean rdfs:label?", "did you mean skos:altLabel?"]),
        ("?s kg:actor state:nort-korea", ["this graph has no state:nort-korea; did you mean state:north-korea?"]),
        ("?s kg:actor person:north-korea", ["did you mean state:north-korea?"]),
        ("?s ?p <https://w3id.org/peninsula-kg/id/state/nort-korea>", ["this graph has no state:nort-korea"]),
        ("?s kg:xyzzyplugh ?o", ["kg:xyzzyplugh is no term of this graph"]),
        ("?s a kg:Summit ; kg:date ?d ; kg:place place:singapore . # kg:Sumit\n FILTER(?d != 'kg:Sumit')", []),
        ("?s a <http://elsewhere/Thing> ; owl:Ontology ?x", []),
        ("FILTER(xsd:integer(?x) = '1'^^xsd:nothing)", []),
        ("GRAPH graph:schema { ?s ?p ?o }", []),
    ],
)
def test_what_the_graph_does_not_know(built: KnowledgeGraph, query: str, said: list[str]) -> None:
    found = [str(unknown) for unknown in unknown_names(built.store, f"SELECT * {{ {query} }}")]
    assert len(found) == len(said)
    for text, part in zip(found, said, strict=True):
        assert part in text


def test_a_template_may_have_new_terms(built: KnowledgeGraph) -> None:
    assert unknown_names(built.store, "CONSTRUCT { ?s foaf:knows kg:New } WHERE { ?s kg:metWith ?o }") == []


def test_named_queries_use_known_names_only(built: KnowledgeGraph) -> None:
    assert built.dossier is not None
    for query in built.dossier.queries:
        assert [str(unknown) for unknown in unknown_names(built.store, built.text(query, {}))] == [], query


def test_it_is_cheap(built: KnowledgeGraph) -> None:
    begin = time.perf_counter()
    unknown_names(built.store, "SELECT * { ?s a kg:Summit ; kg:actor state:north-korea }")
    assert time.perf_counter() - begin < 0.1
