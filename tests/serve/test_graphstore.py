"""SPARQL 1.1 Graph Store HTTP Protocol, from the recommendation (https://www.w3.org/TR/sparql11-http-rdf-update/)."""

from __future__ import annotations

import pytest
from rdflib import RDF, Graph, URIRef

from tests.serve.live import TOKEN, Server, graph_path

JOHN = '<#me> a <http://xmlns.com/foaf/0.1/Person> ; <http://xmlns.com/foaf/0.1/name> "Jean" .'
G = "http://x.example/graph-store/"
TURTLE = {"Content-Type": "text/turtle"}


def test_put_makes_and_replaces(writer: Server) -> None:
    assert writer.put(G + "put", JOHN).status == 201
    assert b"Jean" in writer.graph(G + "put").body
    assert writer.put(G + "put", '<#me> <http://x.example/p> "other" .').status == 204
    body = writer.graph(G + "put").body
    assert b"other" in body
    assert b"Jean" not in body
    assert f"<{G}put#me>".encode() in body, "relative names count from the graph's own"


def test_post_adds(writer: Server) -> None:
    writer.put(G + "post", JOHN)
    assert writer.put(G + "post", '<#me> <http://x.example/p> "more" .', "POST").status == 204
    assert {b"Jean", b"more"} <= set(writer.graph(G + "post").body.replace(b'"', b" ").split())
    assert writer.put(G + "post-new", JOHN, "POST").status == 201


def test_post_to_the_store_makes_a_graph_and_says_where(writer: Server) -> None:
    answer = writer.ask("POST", "/store", JOHN, TURTLE, token=TOKEN)
    assert answer.status == 201
    where = answer.headers["location"]
    assert where.startswith(writer.address + "/store/")
    assert b"Jean" in writer.ask("GET", where.removeprefix(writer.address)).body
    assert b"Jean" in writer.graph(where).body


def test_post_of_several_parts(writer: Server) -> None:
    writer.put(G + "parts", "")
    parts = [("text/turtle", JOHN), ("application/n-triples", "<http://x.example/s> <http://x.example/p> <http://x.example/o> .\n")]
    body = "".join(
        f'--cut\r\nContent-Disposition: form-data; name="f{n}"; filename="f{n}"\r\nContent-Type: {kind}\r\n\r\n{text}\r\n'
        for n, (kind, text) in enumerate(parts)
    )
    answer = writer.ask(
        "POST", graph_path(G + "parts"), body + "--cut--\r\n", {"Content-Type": "multipart/form-data; boundary=cut"}, token=TOKEN
    )
    assert answer.status == 204
    assert writer.graph(G + "parts").body.count(b"\n") == 3


def test_the_default_graph(writer: Server) -> None:
    assert writer.put("", "<http://x.example/d> <http://x.example/p> 1 .").status == 204
    assert b"x.example/d" in writer.graph("").body
    assert writer.get("ASK { <http://x.example/d> ?p 1 }").json["boolean"] is True
    assert writer.ask("DELETE", "/store?default", token=TOKEN).status == 204
    assert writer.graph("").body == b""
    assert writer.graph("").status == 200


def test_an_empty_graph_is_there(writer: Server) -> None:
    assert writer.put(G + "empty", "").status == 201
    answer = writer.graph(G + "empty")
    assert (answer.status, answer.body) == (200, b"")


def test_delete_and_what_is_not_there(writer: Server) -> None:
    writer.put(G + "gone", JOHN)
    assert writer.ask("HEAD", graph_path(G + "gone")).status == 200
    assert writer.ask("DELETE", graph_path(G + "gone"), token=TOKEN).status == 204
    assert writer.graph(G + "gone").status == 404
    assert writer.ask("HEAD", graph_path(G + "gone")).status == 404
    assert writer.ask("DELETE", graph_path(G + "gone"), token=TOKEN).status == 404


def test_directly_by_the_graphs_own_address(writer: Server) -> None:
    assert writer.ask("PUT", "/store/person/1.ttl", JOHN, TURTLE, token=TOKEN).status == 201
    answer = writer.ask("GET", "/store/person/1.ttl", headers={"Accept": "application/n-triples"})
    assert f"<{writer.address}/store/person/1.ttl#me>" in answer.text
    assert writer.graph(f"{writer.address}/store/person/1.ttl").body == answer.body
    assert writer.ask("DELETE", "/store/person/1.ttl", token=TOKEN).status == 204


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("", "text/turtle"),
        ("application/n-triples", "application/n-triples"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/ld+json;q=0.8, text/turtle;q=0.2", "application/ld+json"),
    ],
)
def test_forms(writer: Server, accept: str, given: str) -> None:
    writer.put(G + "forms", JOHN)
    answer = writer.graph(G + "forms", accept)
    assert (answer.status, answer.type) == (200, given)
    assert b"Jean" in answer.body


@pytest.mark.parametrize(
    ("method", "target", "body", "kind", "status"),
    [
        ("PUT", "/store", JOHN, "text/turtle", 400),
        ("PUT", "/store?graph=relative", JOHN, "text/turtle", 400),
        ("PUT", "/store?graph=http://a/&default", JOHN, "text/turtle", 400),
        ("PUT", "/store?graph=http://a/&graph=http://b/", JOHN, "text/turtle", 400),
        ("PUT", "/store/person?graph=http://a/", JOHN, "text/turtle", 400),
        ("PUT", "/store?graph=http://a/", JOHN, "application/rdf+xml", 400),
        ("PUT", "/store?graph=http://a/", "<a> <b", "text/turtle", 400),
        ("PUT", "/store?graph=http://a/", JOHN, "image/png", 415),
        ("POST", "/store?graph=http://a/", "no parts", "multipart/form-data; boundary=x", 400),
        ("POST", "/store?graph=http://a/", JOHN, "text/turtle; charset=utf-16", 415),
        ("PATCH", "/store?graph=http://a/", JOHN, "text/turtle", 405),
        ("DELETE", "/store", None, "", 400),
        ("GET", "/store?nothing", None, "", 400),
    ],
)
def test_bad_requests(writer: Server, method: str, target: str, body: str | None, kind: str, status: int) -> None:
    answer = writer.ask(method, target, body, {"Content-Type": kind} if kind else {}, token=TOKEN)
    assert answer.status == status, answer.text
    assert writer.graph("http://a/").status == 404, "nothing is half-written"


def test_a_graph_of_the_build(reader: Server) -> None:
    graph = "https://w3id.org/peninsula-kg/graph/facts/states"
    answer = reader.graph(graph, "text/turtle")
    assert answer.status == 200
    state = URIRef("https://w3id.org/peninsula-kg/id/state/north-korea")
    assert (state, RDF.type, URIRef("https://w3id.org/peninsula-kg/ontology#State")) in Graph().parse(data=answer.text)
    assert "@prefix foaf:" not in answer.text, "only prefixes that are used"
    assert reader.graph("", "application/n-triples").body == b"", "a built graph has all in named graphs"
    assert reader.ask("DELETE", graph_path(graph), token=TOKEN).status == 403
