"""What people ask endpoints with: SPARQLWrapper, rdflib's SPARQLStore and SPARQLUpdateStore, curl."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore
from SPARQLWrapper import CSV, JSON, POST, TURTLE, SPARQLWrapper

from kg.terms import BASE, RDFS_LABEL
from tests.serve.live import TOKEN, Server

SUMMITS = "SELECT ?s ?l { ?s a kg:Summit ; rdfs:label ?l FILTER(LANG(?l) = 'en') } ORDER BY ?s LIMIT 3"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def test_sparqlwrapper(reader: Server) -> None:
    wrapper = SPARQLWrapper(f"{reader.address}/sparql")
    wrapper.setQuery(SUMMITS)
    wrapper.setReturnFormat(JSON)
    assert len(wrapper.query().convert()["results"]["bindings"]) == 3
    wrapper.setMethod(POST)
    wrapper.setReturnFormat(CSV)
    assert wrapper.query().convert().decode().startswith("s,l\r\n")
    wrapper.setQuery("CONSTRUCT { ?s a kg:State } WHERE { ?s a kg:State }")
    wrapper.setReturnFormat(TURTLE)
    assert len(Graph().parse(data=wrapper.query().convert())) > 10


def test_rdflib_reads(reader: Server) -> None:
    graph = Graph(SPARQLStore(f"{reader.address}/sparql"))
    label = URIRef(RDFS_LABEL)
    names = set(graph.objects(URIRef(BASE + "id/state/north-korea"), label))
    assert Literal("Nordkorea", lang="de") in names


def test_rdflib_writes(writer: Server) -> None:
    store = SPARQLUpdateStore(f"{writer.address}/sparql", f"{writer.address}/update", headers={"Authorization": f"Bearer {TOKEN}"})
    graph = Graph(store, URIRef("http://x.example/rdflib"))
    triple = (URIRef("http://x.example/s"), URIRef("http://x.example/p"), Literal("ä\n\"'"))
    graph.add(triple)
    assert triple in graph
    assert len(graph) == 1
    graph.remove(triple)
    assert triple not in graph


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl(reader: Server) -> None:
    command = ["curl", "-sS", "--noproxy", "*", f"{reader.address}/sparql", "--data-urlencode", f"query={SUMMITS}"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert len(json.loads(done.stdout)["results"]["bindings"]) == 3
