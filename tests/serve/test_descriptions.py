"""Service description, VoID, linked data, the editor, health and figures."""

from __future__ import annotations

import re

import pytest
from rdflib import DCAT, RDF, VOID, Graph, Literal, Namespace, URIRef

from kg.terms import BASE
from tests.serve.live import Server

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
STATE = BASE + "id/state/north-korea"


def graph(text: bytes, form: str = "turtle") -> Graph:
    return Graph().parse(data=text, format=form)


@pytest.mark.parametrize(("accept", "form"), [("", "turtle"), ("application/rdf+xml", "xml"), ("application/ld+json", "json-ld")])
def test_service_description(reader: Server, accept: str, form: str) -> None:
    answer = reader.ask("GET", "/sparql", headers={"Accept": accept} if accept else {})
    found = graph(answer.body, form)
    (service,) = found.subjects(RDF.type, SD.Service)
    assert str(found.value(service, SD.endpoint)) == f"{reader.address}/sparql"
    assert SD.UnionDefaultGraph in set(found.objects(service, SD.feature))
    assert set(found.objects(service, SD.supportedLanguage)) == {SD.SPARQL11Query}
    names = {str(name) for name in found.objects(None, SD.name)}
    assert BASE + "graph/schema" in names
    rows = reader.get("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").rows
    assert names == {row["g"] for row in rows}


def test_a_writable_service_says_so(writer: Server) -> None:
    found = graph(writer.ask("GET", "/sparql").body)
    (service,) = found.subjects(RDF.type, SD.Service)
    assert SD.SPARQL11Update in set(found.objects(service, SD.supportedLanguage))
    assert SD.UnionDefaultGraph not in set(found.objects(service, SD.feature)), "not the union: no build made it"


def test_void_and_dcat(reader: Server) -> None:
    found = graph(reader.ask("GET", "/.well-known/void").body)
    me = URIRef(BASE)
    assert {VOID.Dataset, DCAT.Dataset} <= set(found.objects(me, RDF.type))
    assert found.value(me, VOID.sparqlEndpoint) == URIRef(f"{reader.address}/sparql")
    number = found.value(me, VOID.triples)
    assert isinstance(number, Literal)
    assert int(number) > 10_000


@pytest.mark.parametrize("path", ["/id/state/north-korea", "/peninsula-kg/id/state/north-korea", f"/resource?iri={STATE}"])
def test_a_thing_at_its_path(reader: Server, path: str) -> None:
    answer = reader.ask("GET", path, headers={"Accept": "application/n-triples"})
    assert answer.status == 200
    assert f"<{STATE}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BASE}ontology#State>" in answer.text
    page = reader.ask("GET", path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "de-DE,de;q=0.9"})
    assert page.type == "text/html"
    assert "<h1>Nordkorea</h1>" in page.text
    assert reader.ask("GET", path).type == "text/turtle"


def test_forms_by_suffix_and_by_parameter(reader: Server) -> None:
    assert reader.ask("GET", "/id/state/north-korea.jsonld").type == "application/ld+json"
    assert reader.ask("GET", f"/resource?iri={STATE}&format=nt", headers={"Accept": "text/html"}).type == "application/n-triples"


def test_all_links_of_a_page_lead_somewhere(reader: Server) -> None:
    page = reader.ask("GET", f"/resource?iri={STATE}&format=html").text
    links = sorted(set(re.findall(r'href="(/[^"]+)"', page)))
    assert len(links) > 50
    for link in links[:: max(1, len(links) // 25)]:
        answer = reader.ask("GET", link.replace("&amp;", "&"), headers={"Accept": "text/html, text/turtle;q=0.5"})
        assert answer.status in (200, 404), link  # 404: a property of another vocabulary, of which the graph says nothing
        if BASE.replace(":", "%3A").replace("/", "%2F") in link:
            assert answer.status == 200, link


def test_the_vocabulary_and_what_is_unknown(reader: Server) -> None:
    assert "kg:Vocabulary" in reader.ask("GET", "/ontology").text or reader.ask("GET", "/ontology").status == 200
    unknown = reader.ask("GET", "/id/state/atlantis")
    assert (unknown.status, "says nothing of" in unknown.text) == (404, True)
    assert reader.ask("GET", "/resource").status == 400
    assert reader.ask("GET", "/resource?iri=state").status == 400
    assert reader.ask("POST", "/id/state/north-korea", "x").status == 405


def test_hostile_names_are_text_on_a_page(writer: Server) -> None:
    thing = "http://x.example/<script>".replace("<", "%3C").replace(">", "%3E")
    writer.put("http://x.example/html", f'<{thing}> <http://www.w3.org/2000/01/rdf-schema#label> "<script>alert(1)</script>" .')
    page = writer.ask("GET", f"/resource?iri={thing.replace('%', '%25')}", headers={"Accept": "text/html"})
    assert page.status == 200
    assert "<script>" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


def test_the_editor_asks_for_nothing_from_elsewhere(reader: Server) -> None:
    page = reader.ask("GET", "/sparql", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.type == "text/html"
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "kg:Summit" in page.text


def test_health_and_figures(reader: Server) -> None:
    assert reader.ask("GET", "/healthz").text == "ok\n"
    reader.get("ASK { ?s ?p 4711 }")
    text = reader.ask("GET", "/metrics").text
    sample = re.compile(r'[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+')
    lines = [line for line in text.splitlines() if not line.startswith("# ")]
    assert all(sample.fullmatch(line) for line in lines)
    assert any(line.startswith('kg_requests_total{route="sparql",method="GET",status="200"}') for line in lines)
