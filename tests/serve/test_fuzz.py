"""Any request gets an answer that HTTP has a reason for: hypothesis looks for one that makes the server fail."""

from __future__ import annotations

import http.client
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.serve.live import TOKEN, Server

PATHS = (
    "/",
    "/sparql",
    "/sparql/",
    "/update",
    "/store",
    "/store/a",
    "/resource",
    "/id/state/x",
    "/ontology",
    "/healthz",
    "/metrics",
    "/.well-known/void",
)
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
TYPES = (
    "application/sparql-query application/sparql-update application/x-www-form-urlencoded text/turtle application/n-triples "
    "application/rdf+xml application/ld+json multipart/form-data;boundary=x multipart/form-data text/plain application/json ; /"
).split()
WORDS = (
    "SELECT ASK CONSTRUCT DESCRIBE INSERT DELETE DATA WHERE FROM NAMED GRAPH OPTIONAL UNION MINUS FILTER BIND VALUES ORDER BY LIMIT 1 -1 "
    "OFFSET { } ( ) . ; , * ?s ?p ?o <a> <http://x.example/a> a kg:State :x _:b 'text' \"t\"@en true 1.5e3 COUNT DISTINCT CLEAR ALL "
    "DROP SILENT DEFAULT PREFIX BASE USING WITH SERVICE LOAD # \\u0041 \\uD800 ' \" <<"
).split()
texts = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join),
    st.sampled_from(
        ["ASK {}", "SELECT * { ?s ?p ?o } LIMIT 3", "DESCRIBE <http://x.example/a>", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"]
    ),
    st.text(max_size=30),
)
names = st.sampled_from(
    "query update graph default iri format lang default-graph-uri named-graph-uri using-graph-uri using-named-graph-uri x".split()
)
values = st.one_of(texts, st.sampled_from(["http://x.example/g", "relative", "", "csv", "html", "de", "ttl", "text/turtle", "urn:x:y"]))
accepts = st.one_of(
    st.sampled_from(["*/*", "text/html", "text/turtle;q=0.3, */*;q=0.1", "application/json", "text/csv", "image/*", "", ";;;", "a/b;q=x"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30),
)
bodies = st.one_of(st.just(b""), texts.map(str.encode), st.binary(max_size=60), st.just(b"<http://x.example/a> <http://x.example/p> 1 ."))


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(METHODS),
    st.sampled_from(PATHS),
    st.lists(st.tuples(names, values), max_size=4),
    accepts,
    st.sampled_from(TYPES),
    bodies,
    st.booleans(),
)
def test_no_request_makes_the_server_fail(
    writer: Server, method: str, path: str, given: list[tuple[str, str]], accept: str, kind: str, body: bytes, known: bool
) -> None:
    target = (
        path
        + ("?" if given else "")
        + "&".join(f"{name}={quote(value.encode('utf-8', 'surrogatepass'), safe='')}" for name, value in given)
    )
    headers = {"Accept": accept, "Content-Type": kind} | ({"Authorization": f"Bearer {TOKEN}"} if known else {})
    connection = http.client.HTTPConnection(writer.host, writer.port, timeout=60)
    try:
        connection.request(method, target, body if method in ("POST", "PUT", "PATCH") else None, headers)
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
    finally:
        connection.close()
    assert response.status < 500, (response.status, text)
    if response.status >= 400 and method != "HEAD":
        assert text.strip(), "an error says what was wrong"
        assert "Traceback" not in text
