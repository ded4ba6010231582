"""SPARQL 1.1 Protocol: written from the recommendation (https://www.w3.org/TR/sparql11-protocol/), section by section."""

from __future__ import annotations

import gzip
from urllib.parse import urlencode

import pytest

from tests.serve.live import TOKEN, Server

ASK = "ASK { }"
SELECT = "SELECT ?s WHERE { ?s a kg:Summit } ORDER BY ?s LIMIT 2"
CONSTRUCT = "CONSTRUCT { ?s a kg:Summit } WHERE { ?s a kg:Summit } LIMIT 2"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}
UPDATE = {"Content-Type": "application/sparql-update"}


def test_query_by_get_by_form_and_directly(reader: Server) -> None:
    answers = [reader.get(SELECT), reader.form("/sparql", query=SELECT), reader.ask("POST", "/sparql", SELECT, DIRECT)]
    assert [answer.status for answer in answers] == [200] * 3
    assert len({answer.body for answer in answers}) == 1
    assert len(answers[0].rows) == 2
    assert answers[0].type == "application/sparql-results+json"


@pytest.mark.parametrize(
    ("query", "accept", "given"),
    [
        (SELECT, "application/sparql-results+xml", "application/sparql-results+xml"),
        (SELECT, "text/csv", "text/csv"),
        (SELECT, "text/tab-separated-values", "text/tab-separated-values"),
        (SELECT, "application/json", "application/json"),
        (SELECT, "application/sparql-results+xml;q=0.1, text/csv;q=0.5", "text/csv"),
        (SELECT, "text/*", "text/csv"),
        (SELECT, "text/html, application/sparql-results+xml;q=0.9, */*;q=0.1", "application/sparql-results+xml"),
        (ASK, "application/sparql-results+xml", "application/sparql-results+xml"),
        (ASK, "", "application/sparql-results+json"),
        (CONSTRUCT, "", "text/turtle"),
        (CONSTRUCT, "application/n-triples", "application/n-triples"),
        (CONSTRUCT, "application/rdf+xml", "application/rdf+xml"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"),
        ("DESCRIBE state:north-korea", "text/turtle, application/sparql-results+json;q=0.5", "text/turtle"),
    ],
)
def test_forms_by_accept_with_weights(reader: Server, query: str, accept: str, given: str) -> None:
    answer = reader.get(query, accept)
    assert (answer.status, answer.type) == (200, given)


@pytest.mark.parametrize(
    ("query", "accept"),
    [(SELECT, "text/turtle"), (CONSTRUCT, "text/csv"), (ASK, "text/csv"), (SELECT, "image/png"), (SELECT, "text/csv;q=0")],
)
def test_forms_that_cannot_be_given(reader: Server, query: str, accept: str) -> None:
    assert reader.get(query, accept).status == 406


@pytest.mark.parametrize(
    ("method", "target", "body", "headers", "status"),
    [
        ("PUT", "/sparql?query=ASK%20%7B%7D", None, {}, 405),
        ("DELETE", "/sparql", None, {}, 405),
        ("GET", "/sparql?query=ASK%20%7B%7D&query=SELECT%20*%20%7B%7D", None, {}, 400),
        ("GET", "/sparql?query=", None, {}, 400),
        ("GET", "/sparql?nothing=1", None, {}, 400),
        ("GET", "/sparql?query=SELECT%20nothing", None, {}, 400),
        ("GET", "/sparql?query=%FF%FE", None, {}, 400),
        ("GET", "/sparql?update=CLEAR%20ALL", None, {}, 400),
        ("GET", "/update?update=CLEAR%20ALL", None, {}, 405),
        ("POST", "/sparql", ASK, {"Content-Type": "text/plain"}, 415),
        ("POST", "/sparql", "query=ASK%20%7B%7D", {}, 415),
        ("POST", "/sparql", ASK, {}, 415),
        ("POST", "/sparql", ASK.encode("utf-16"), {"Content-Type": "application/sparql-query; charset=UTF-16"}, 415),
        ("POST", "/sparql", ASK.encode("utf-16"), DIRECT, 400),
        ("POST", "/sparql", "query=ASK%20%7B%7D&query=ASK%20%7B%7D", FORM, 400),
        ("POST", "/sparql", "SELECT nothing", DIRECT, 400),
        ("POST", "/sparql", "", DIRECT, 400),
        ("POST", "/sparql?query=ASK%20%7B%7D", ASK, DIRECT, 400),
        ("POST", "/sparql?default-graph-uri=relative", ASK, DIRECT, 400),
        ("POST", "/sparql?using-graph-uri=http://a/", ASK, DIRECT, 400),
        ("POST", "/sparql", ASK, {**DIRECT, "Content-Encoding": "gzip"}, 415),
    ],
)
def test_bad_queries(reader: Server, method: str, target: str, body: str | bytes | None, headers: dict[str, str], status: int) -> None:
    answer = reader.ask(method, target, body, headers)
    assert answer.status == status, answer.text
    assert answer.type == "text/plain"
    assert answer.text.strip().count("\n") == 0


@pytest.mark.parametrize(
    ("method", "target", "body", "headers", "status"),
    [
        ("GET", "/update?update=CLEAR%20ALL", None, {}, 405),
        ("POST", "/update", "CLEAR NAMED", {"Content-Type": "text/plain"}, 415),
        ("POST", "/update", "update=CLEAR%20NAMED", {}, 415),
        ("POST", "/update", "CLEAR NAMED".encode("utf-16"), {"Content-Type": "application/sparql-update; charset=UTF-16"}, 415),
        ("POST", "/update", "update=CLEAR%20NAMED&update=CLEAR%20DEFAULT", FORM, 400),
        ("POST", "/update", "CLEAR XYZ", UPDATE, 400),
        ("POST", "/update", "ASK {}", DIRECT, 400),
        ("POST", "/update?using-graph-uri=http%3A%2F%2Fa%2F", "INSERT { <a:b> <a:c> 1 } USING <http://b/> WHERE {}", UPDATE, 400),
        ("POST", "/update?using-named-graph-uri=http%3A%2F%2Fa%2F", "WITH <http://b/> DELETE { ?s ?p 1 } WHERE { ?s ?p 1 }", UPDATE, 400),
        ("POST", "/update?default-graph-uri=http%3A%2F%2Fa%2F", "CLEAR ALL", UPDATE, 400),
    ],
)
def test_bad_updates(writer: Server, method: str, target: str, body: str | bytes | None, headers: dict[str, str], status: int) -> None:
    writer.put("http://x.example/kept", "<http://x.example/s> <http://x.example/p> 1 .")
    answer = writer.ask(method, target, body, headers, token=TOKEN)
    assert answer.status == status, answer.text
    assert writer.get("ASK { GRAPH <http://x.example/kept> { ?s ?p 1 } }").json["boolean"] is True


def test_the_datasets_of_a_request(writer: Server) -> None:
    for name in "abc":
        writer.put(f"http://x.example/{name}", f"<http://x.example/{name}s> <http://x.example/p> '{name}' .")
    one = "SELECT ?o { ?s <http://x.example/p> ?o } ORDER BY ?o"
    graphs = ["http://x.example/a", "http://x.example/b"]
    assert [row["o"] for row in writer.get(one, **{"default-graph-uri": graphs}).rows] == ["a", "b"]
    assert writer.get(one, **{"named-graph-uri": graphs}).rows == []
    named = "SELECT ?g ?o { GRAPH ?g { ?s <http://x.example/p> ?o } } ORDER BY ?o"
    assert [row["o"] for row in writer.get(named, **{"named-graph-uri": graphs}).rows] == ["a", "b"]
    assert writer.get(named, **{"default-graph-uri": graphs}).rows == []
    both = "SELECT ?o ?n { ?s <http://x.example/p> ?o . GRAPH ?g { ?t <http://x.example/p> ?n } }"
    full = {"default-graph-uri": "http://x.example/a", "named-graph-uri": "http://x.example/c"}
    assert writer.form("/sparql", query=both, **full).rows == [{"o": "a", "n": "c"}]
    inside = "SELECT ?o FROM <http://x.example/a> { ?s <http://x.example/p> ?o }"
    assert [row["o"] for row in writer.get(inside).rows] == ["a"]
    assert [row["o"] for row in writer.get(inside, **{"default-graph-uri": "http://x.example/b"}).rows] == ["b"]


def test_the_datasets_of_an_update(writer: Server) -> None:
    for name in "ab":
        writer.put(f"http://x.example/{name}", f"<http://x.example/{name}s> <http://x.example/p> '{name}' .")
    text = "CLEAR SILENT GRAPH <http://x.example/to> ; INSERT { GRAPH <http://x.example/to> { ?s ?p ?o } } WHERE { %s }"

    def sent(pattern: str, **graphs: str | list[str]) -> list[str]:
        assert writer.form("/update", token=TOKEN, update=text % pattern, **graphs).status == 204
        rows = writer.get("SELECT ?o { GRAPH <http://x.example/to> { ?s <http://x.example/p> ?o } } ORDER BY ?o").rows
        return [row["o"] for row in rows]

    assert sent("?s ?p ?o", **{"using-graph-uri": ["http://x.example/a", "http://x.example/b"]}) == ["a", "b"]
    assert sent("GRAPH ?g { ?s ?p ?o }", **{"using-named-graph-uri": "http://x.example/b"}) == ["b"]
    assert sent("GRAPH ?g { ?s ?p ?o }", **{"using-graph-uri": "http://x.example/b"}) == []


def test_relative_names_count_from_the_address_of_the_request(writer: Server) -> None:
    text = "INSERT DATA { GRAPH <http://x.example/base> { <http://x.example/s> <http://x.example/p> <name> } }"
    assert writer.update(text).status == 204
    (row,) = writer.get("SELECT ?o { GRAPH <http://x.example/base> { ?s ?p ?o } }").rows
    assert row["o"] == f"{writer.address}/name"


def test_an_update_is_there_for_the_next_query_or_not_at_all(writer: Server) -> None:
    assert writer.update("INSERT DATA { GRAPH <http://x.example/u> { <http://x.example/s> <http://x.example/p> 1 } }").status == 204
    assert writer.get("ASK { GRAPH <http://x.example/u> { ?s ?p 1 } }").json["boolean"] is True
    text = "DELETE DATA { GRAPH <http://x.example/u> { <http://x.example/s> <http://x.example/p> 1 } } ; CREATE GRAPH <http://x.example/u>"
    assert writer.update(text).status == 400
    assert writer.get("ASK { GRAPH <http://x.example/u> { ?s ?p 1 } }").json["boolean"] is True


def test_a_server_that_only_reads(reader: Server) -> None:
    for answer in (
        reader.update("CLEAR ALL"),
        reader.form("/sparql", token=TOKEN, update="CLEAR ALL"),
        reader.put("http://x.example/g", "<http://x.example/s> <http://x.example/p> 1 ."),
    ):
        assert answer.status in (400, 403)


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x"])
def test_a_write_needs_the_token(writer: Server, token: str) -> None:
    answer = writer.form("/update", token=token, update="CLEAR ALL")
    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert writer.ask("DELETE", "/store?default", token=token).status == 401


def test_head_options_and_cors(reader: Server) -> None:
    head = reader.ask("HEAD", "/sparql?query=ASK%20%7B%7D")
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) > 10
    asked = reader.ask("OPTIONS", "/sparql", headers={"Origin": "https://yasgui.example", "Access-Control-Request-Method": "POST"})
    assert asked.status == 204
    assert "POST" in asked.headers["access-control-allow-methods"]
    assert "GET" in asked.headers["allow"]
    answer = reader.ask("GET", "/sparql?query=ASK%20%7B%7D", headers={"Origin": "https://yasgui.example"})
    assert answer.headers["access-control-allow-origin"] == "*"


def test_etag_of_the_build(reader: Server) -> None:
    first = reader.get(SELECT)
    again = reader.ask("GET", "/sparql?" + urlencode({"query": SELECT}), headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert reader.get(SELECT, "text/csv").headers["etag"] != first.headers["etag"]


def test_gzip(reader: Server) -> None:
    target = "/sparql?query=SELECT%20*%20%7B%20%3Fs%20a%20kg%3AState%20%7D"
    plain = reader.ask("GET", target)
    packed = reader.ask("GET", target, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
