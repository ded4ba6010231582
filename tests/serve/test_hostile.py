"""Hostile requests: each is refused with the right status, and the server goes on."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time

import pytest

from tests.serve.live import TOKEN, Server, serving

DIRECT = {"Content-Type": "application/sparql-query"}
BOMB = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(autouse=True)
def goes_on(reader: Server) -> object:
    """Whatever a test sends, the server answers the next one."""
    yield
    assert reader.get("ASK {}").json["boolean"] is True


def test_a_query_bomb_is_stopped_at_the_limit(reader: Server) -> None:
    begun = time.monotonic()
    answer = reader.get(BOMB)
    assert answer.status == 503
    assert "3 s" in answer.text
    assert answer.headers["retry-after"]
    assert time.monotonic() - begun < 6


def test_bombs_do_not_stop_cheap_queries(reader: Server) -> None:
    bombs = [threading.Thread(target=reader.get, args=(BOMB + f" # {n}",)) for n in range(12)]
    for thread in bombs:
        thread.start()
    time.sleep(0.7)
    begun = time.monotonic()
    assert reader.get("SELECT ?s { ?s a kg:State } LIMIT 3").status == 200
    assert time.monotonic() - begun < 2.5
    for thread in bombs:
        thread.join()


def test_an_answer_beyond_the_limit_is_no_200(reader: Server) -> None:
    answer = reader.get("SELECT * { ?s ?p ?o . ?s ?q ?r }")
    assert answer.status == 413
    assert "bytes" in answer.text


@pytest.mark.parametrize("what", ["{", "(", "[", "!", "-", "^"])
def test_deep_nesting(reader: Server, what: str) -> None:
    closing = {"{": "}", "(": ")", "[": "]"}.get(what, "")
    for query in (
        f"SELECT * {{ {what * 20_000} {closing * 20_000} }}",
        f"SELECT * {{ ?s ?p ?o FILTER({what * 20_000}1{closing * 20_000}) }}",
    ):
        answer = reader.ask("POST", "/sparql", query, DIRECT)
        assert answer.status == 400


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9999/> { ?s ?p ?o } }",
        "SELECT * { service silent <http://127.0.0.1:9999/> { ?s ?p ?o } }",
        "SELECT * { SERVICE ?where { ?s ?p ?o } }",
        "PREFIX ex: <http://127.0.0.1:9999/> SELECT * {SERVICEex:x{?s ?p ?o}}",
        "SELECT * {SERVICESILENT<http://127.0.0.1:9999/>{?s ?p ?o}}",
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:9999/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p 'a' . #\nSERVICE<http://127.0.0.1:9999/>{?s ?p ?o}}",
        "PREFIX : <http://127.0.0.1:9999/> SELECT * { SERVICE:x { ?s ?p ?o } }",
    ],
)
def test_no_other_server_is_called(reader: Server, query: str) -> None:
    assert reader.get(query).status == 403


def test_words_that_only_look_like_service(reader: Server) -> None:
    for query in (
        'SELECT * { ?service rdfs:label "SERVICE" } # SERVICE',
        "PREFIX service: <http://x.example/> SELECT * { GRAPH service:g { service:s ?p <http://x.example/SERVICE> } }",
    ):
        assert reader.get(query).status == 200


@pytest.mark.parametrize(
    "text", ["LOAD <http://127.0.0.1:9999/>", "LOAD SILENT <file:///etc/passwd>", "LOADex:x", "CLEAR ALL;load<http://a/>"]
)
def test_nothing_is_loaded_from_elsewhere(writer: Server, text: str) -> None:
    assert writer.update(text).status == 403


def test_files_are_only_names_of_graphs(reader: Server) -> None:
    for name in ("file:///etc/passwd", "http://127.0.0.1:9999/secret"):
        assert reader.get(f"SELECT * FROM <{name}> {{ ?s ?p ?o }}").rows == []
        assert reader.get("SELECT * { ?s ?p ?o }", **{"default-graph-uri": name}).rows == []


def test_large_bodies_and_addresses(reader: Server) -> None:
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        assert reader.ask("POST", "/sparql", b"x" * 100_000_000, DIRECT).status == 413
    assert reader.ask("GET", "/sparql?query=" + "x" * 20_000).status == 414
    connection = socket.create_connection((reader.host, reader.port), 10)
    connection.sendall(
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        for _ in range(40):
            connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
    with contextlib.suppress(ConnectionResetError):
        assert b" 413 " in connection.recv(100)
    connection.close()


@pytest.mark.parametrize(
    "raw",
    [
        b"GET /sparql HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET /sparql HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n",
        b"GET /sparql HTTP/1.1\r\n\r\n",
        b"GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET //etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /id/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /resource?iri=http://a/%0d%0aX-Injected:1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /sparql?query=%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /sparql?query=ASK HTTP/1.1\r\nHost: localhost\r\nAccept: \xff\xfe\r\n\r\n",
        b"GET /sparql?query=ASK{} HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\x00c\r\n\r\n",
        b"BREW /sparql HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /sparql HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET " + b"/" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 9\r\n\r\nabc",
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Type: application/sparql-query\r\n\r\nzz\r\n",
    ],
)
def test_odd_requests(reader: Server, raw: bytes) -> None:
    with socket.create_connection((reader.host, reader.port), 10) as connection:
        connection.sendall(raw)
        connection.settimeout(10)
        answer = b""
        with contextlib.suppress(ConnectionResetError, TimeoutError):
            answer = connection.recv(4000)
    status = int(answer.split(b" ")[1]) if answer.startswith(b"HTTP/") else 400
    assert 400 <= status < 500 or status == 505, answer[:200]
    assert b"X-Injected:1\r\n" not in answer
    assert b"root:" not in answer


def test_slow_clients_are_let_go_and_stop_nobody(graph_store: object) -> None:
    from pathlib import Path

    assert isinstance(graph_store, Path)
    with serving(graph_store) as server:
        slow = [socket.create_connection((server.host, server.port), 30) for _ in range(50)]
        for connection in slow:
            connection.sendall(b"GET /sparql?query=ASK%20%7B%7D HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        begun = time.monotonic()
        assert server.get("ASK {}").status == 200
        assert time.monotonic() - begun < 2
        for _ in range(11):
            time.sleep(1)
            for connection in slow:
                with contextlib.suppress(OSError):
                    connection.sendall(b"a")
        ended = 0
        for connection in slow:
            connection.settimeout(3)
            with contextlib.suppress(OSError):
                received = connection.recv(100)
                ended += received == b"" or b" 408 " in received
            connection.close()
        assert ended >= 45


def test_pages_of_other_sites_cannot_write(tmp_path_factory: pytest.TempPathFactory) -> None:
    with serving(tmp_path_factory.mktemp("open") / "store", "--writable", "--no-auth") as server:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        body = "update=INSERT%20DATA%20%7B%20%3Ca%3Ab%3E%20%3Ca%3Ac%3E%201%20%7D"
        assert server.ask("POST", "/update", body, {**headers, "Origin": "https://evil.example"}).status == 403
        assert server.get("ASK { ?s ?p ?o }").json["boolean"] is False
        assert server.ask("POST", "/update", body, {**headers, "Origin": server.address}).status == 204
        assert server.ask("POST", "/update", body, headers).status == 204


def test_a_client_that_goes_frees_its_worker(reader: Server) -> None:
    for number in range(3):
        connection = http.client.HTTPConnection(reader.host, reader.port)
        connection.request("POST", "/sparql", BOMB + f" # gone {number}", DIRECT)
        time.sleep(0.3)
        connection.close()
    time.sleep(0.5)
    text = reader.ask("GET", "/metrics").text
    assert "kg_queries_running 0" in text


def test_a_token_is_compared_as_a_whole(writer: Server) -> None:
    for header in ("Bearer", "Bearer ", f"Basic {TOKEN}", TOKEN, "Bearer \xff"):
        answer = writer.ask("POST", "/update", "CLEAR ALL", {"Content-Type": "application/sparql-update", "Authorization": header})
        assert answer.status == 401
