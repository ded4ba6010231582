"""Servers that are slow, break off, refuse, send elsewhere or are none: each is one clear error, and no password goes astray."""

from __future__ import annotations

import base64
import gc
import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from kg.errors import KgError, QueryError, StoreError
from kg.store import dialect
from kg.store.access import Address, Credentials
from kg.store.digest import Challenge
from kg.store.sparql import SparqlStore, chunks

ROWS = json.dumps({"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"type": "uri", "value": "http://x/a"}}]}}).encode()
JSON = "application/sparql-results+json"
QUICK = Credentials(timeout=1.0, attempts=3, pause=0.01)
COSTLY = b"Virtuoso 42000 Error The time 900 (sec) exceeds the limit\n\nSPARQL query:\nSELECT"
QUERY = "SELECT ?s { ?s ?p ?o }"

Reply = Callable[[BaseHTTPRequestHandler, int], None]


@contextmanager
def server(reply: Reply) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server that does what `reply` says to the request of that number, and the headers of what it was sent."""
    gc.collect()
    gc.disable()  # an answer of the engine may be dropped on the thread that made it only, never on the server's
    seen: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            seen.append({"method": self.command, "path": self.path, **{k.lower(): v for k, v in self.headers.items()}})
            reply(self, len(seen))

        do_GET = do_POST

        def log_message(self, format: str, *args: Any) -> None:
            return None

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_address[1]}/sparql", seen
    finally:
        running.shutdown()
        running.server_close()
        thread.join()
        gc.enable()


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", kind: str = JSON, **headers: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def rows(url: str, credentials: Credentials = QUICK) -> list[tuple[str, ...]]:
    store = SparqlStore(Address(url, url, url), credentials)
    try:
        return list(store.select(QUERY))
    finally:
        store.close()


def fails(reply: Reply, kind: type[KgError], match: str, credentials: Credentials = QUICK) -> list[dict[str, str]]:
    with server(reply) as (url, seen):
        with pytest.raises(kind, match=match) as caught:
            rows(url, credentials)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 500
        assert not credentials.password or credentials.password not in str(caught.value)
        return seen


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again(status: int) -> None:
    with server(lambda h, n: send(h, status, b"busy", "text/plain") if n < 3 else send(h, 200, ROWS)) as (url, seen):
        assert rows(url) == [("http://x/a",)]
    assert len(seen) == 3


def test_a_server_that_stays_busy_is_an_error_with_its_words() -> None:
    seen = fails(
        lambda h, n: send(h, 503, b"<html><head><title>x</title></head><h1>Down for\nrepair</h1></html>", "text/html"),
        StoreError,
        "503: Down for repair",
    )
    assert len(seen) == QUICK.attempts


def test_it_waits_as_long_as_the_server_asks() -> None:
    start = time.monotonic()
    with server(lambda h, n: send(h, 429, Retry_After="1") if n == 1 else send(h, 200, ROWS)) as (url, _):
        rows(url)
    assert time.monotonic() - start >= 1.0


def test_an_update_is_not_repeated_where_it_may_have_been_carried_out() -> None:
    for reply, expected in ((lambda h, n: send(h, 504), 1), (lambda h, n: h.connection.close(), 1), (lambda h, n: send(h, 503), 3)):
        with server(reply) as (url, seen):
            with pytest.raises(StoreError):
                SparqlStore(Address(url, url), QUICK).update("CLEAR GRAPH <http://x/g>")
            assert len(seen) == expected


def test_a_connection_that_breaks_off_is_asked_again() -> None:
    def reply(handler: BaseHTTPRequestHandler, number: int) -> None:
        if number > 1:
            send(handler, 200, ROWS)
            return
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.send_header("Content-Length", str(len(ROWS)))
        handler.end_headers()
        handler.wfile.write(ROWS[:20])
        handler.wfile.flush()
        handler.close_connection = True

    with server(reply) as (url, seen):
        assert rows(url) == [("http://x/a",)]
    assert len(seen) == 2


def test_an_answer_that_always_breaks_off_is_an_error() -> None:
    def reply(handler: BaseHTTPRequestHandler, number: int) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"5\r\n{abc\n\r\n")
        handler.close_connection = True

    fails(reply, StoreError, "broke the connection off")


def test_a_server_that_says_nothing_is_given_up() -> None:
    seen = fails(lambda h, n: time.sleep(1.5), StoreError, "did not answer within 0.3 s", replace(QUICK, timeout=0.3))
    assert len(seen) == 1


def test_a_server_that_trickles_is_given_up() -> None:
    def reply(handler: BaseHTTPRequestHandler, number: int) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _ in range(40):
            try:
                handler.wfile.write(b" " * 10)
                time.sleep(0.1)
            except OSError:
                return

    start = time.monotonic()
    fails(reply, StoreError, "did not answer within|answers too slowly", replace(QUICK, timeout=0.5))
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("status", "body", "kind", "error", "match"),
    [
        (200, b"<html><body>Welcome</body></html>", "text/html", StoreError, "answers with text/html, not as a SPARQL endpoint"),
        (200, b"", "", StoreError, "answers with nothing known"),
        (200, b"{", JSON, QueryError, "no SPARQL result|failed while running"),
        (200, b"[]", JSON, QueryError, "no SPARQL result|failed while running"),
        (200, ROWS[:-3], JSON, QueryError, "failed while running|no SPARQL result"),
        (404, b"nothing here", "text/plain", StoreError, "404"),
        (401, b"", "text/plain", StoreError, "wants to know who asks .401.*KG_STORE_USER"),
        (403, b"", "text/plain", StoreError, "wants to know who asks .403"),
        (500, COSTLY, "text/plain", QueryError, "answers 500: Virtuoso 42000 Error The time 900 .sec. exceeds the limit$"),
        (400, b"bad \x1b[31m\x00 query", "text/plain", QueryError, "answers 400: bad .31m query"),
        (500, b"", "text/plain", QueryError, "answers 500: Internal Server Error"),
        (206, ROWS, JSON, QueryError, "with a part of the answer"),
    ],
)  # fmt: skip
def test_what_a_server_says_is_one_line(status: int, body: bytes, kind: str, error: type[KgError], match: str) -> None:
    seen = fails(lambda h, n: send(h, status, body, kind), error, match)
    assert len(seen) == 1


def test_a_redirect_to_another_host_is_not_followed_and_gets_no_password() -> None:
    credentials = replace(QUICK, user="me", password="secret-word")
    with server(lambda h, n: send(h, 200, ROWS)) as (other, there):
        seen = fails(lambda h, n: send(h, 307, Location=other), StoreError, "sends to another address", credentials)
        assert len(seen) == 1
        assert not there


def test_a_redirect_within_the_server_is_followed_and_one_in_circles_is_not() -> None:
    with server(lambda h, n: send(h, 308, Location="/other") if n == 1 else send(h, 200, ROWS)) as (url, seen):
        assert rows(url) == [("http://x/a",)]
        assert seen[1]["path"] == "/other"
    fails(lambda h, n: send(h, 307, Location=f"/{n}"), StoreError, "without end")


def test_nobody_listening_is_one_line() -> None:
    with server(lambda h, n: send(h, 200)) as (url, _):
        pass
    with pytest.raises(StoreError, match=r"cannot be reached.*is the address right"):
        rows(url)
    with pytest.raises(StoreError, match="cannot be reached"):
        rows("http://no-such-host.invalid/sparql")


def test_gzip_is_unpacked() -> None:
    with server(lambda h, n: send(h, 200, gzip.compress(ROWS), Content_Encoding="gzip")) as (url, seen):
        assert rows(url) == [("http://x/a",)]
        assert seen[0]["accept-encoding"] == "gzip"
    fails(lambda h, n: send(h, 200, b"no gzip", Content_Encoding="gzip"), StoreError, "broke the connection off")


def test_basic_and_token() -> None:
    def reply(handler: BaseHTTPRequestHandler, number: int) -> None:
        if "Authorization" in handler.headers:
            send(handler, 200, ROWS)
        else:
            send(handler, 401, WWW_Authenticate='Basic realm="x"')

    with server(reply) as (url, seen):
        store = SparqlStore(Address(url), replace(QUICK, user="me", password="ü:x"))
        assert len(list(store.select(QUERY))) == len(list(store.select(QUERY))) == 1
        assert len(seen) == 3
        assert base64.b64decode(seen[1]["authorization"].removeprefix("Basic ")).decode() == "me:ü:x"
    with server(reply) as (url, seen):
        assert rows(url, replace(QUICK, token="abc"))
        assert [request["authorization"] for request in seen] == ["Bearer abc"]


def test_digest_asks_once_and_again_where_the_nonce_is_old() -> None:
    def reply(handler: BaseHTTPRequestHandler, number: int) -> None:
        given = handler.headers.get("Authorization", "")
        nonce = "one" if number < 4 else "two"
        if f'nonce="{nonce}"' in given and "right" in given:
            send(handler, 200, ROWS)
        elif f'nonce="{nonce}"' in given:
            send(handler, 200, ROWS) if 'username="me"' in given else send(handler, 401)
        else:
            send(
                handler,
                401,
                WWW_Authenticate=f'Digest realm="SPARQL", nonce="{nonce}", opaque="o", stale="true", qop="auth", algorithm="MD5"',
            )

    with server(reply) as (url, seen):
        store = SparqlStore(Address(url), replace(QUICK, user="me", password="secret-word"))
        for _ in range(3):
            assert list(store.select(QUERY))
        counted = [request.get("authorization", "").partition("nc=")[2] for request in seen]
        assert counted == ["", "00000001", "00000002", "00000003", "00000001"]
        assert not any("secret-word" in request.get("authorization", "") for request in seen)


def test_a_wrong_password_is_said_once() -> None:
    challenge = 'Digest realm="SPARQL", nonce="same", qop="auth"'
    seen = fails(
        lambda h, n: send(h, 401, WWW_Authenticate=challenge),
        StoreError,
        "refuses these credentials",
        replace(QUICK, user="me", password="secret-word"),
    )
    assert len(seen) == 2


def test_digest_gives_the_answer_of_rfc_2617() -> None:
    challenge = Challenge.parse(
        'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
        'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    assert challenge
    answer = challenge.answer("Mufasa", "Circle Of Life", "GET", "/dir/index.html", "0a4f113b")
    assert 'response="6629fae49393a05397450978507c4ef1"' in answer
    challenge = Challenge.parse(
        'Digest realm="http-auth@example.org", qop="auth", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
        'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )
    assert challenge
    answer = challenge.answer("Mufasa", "Circle of Life", "GET", "/dir/index.html", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
    assert "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" in answer
    assert Challenge.parse('Digest realm="x", nonce="y", algorithm=UNKNOWN') is None
    assert Challenge.parse("Basic realm=x") is None


def test_a_password_does_not_go_over_a_plain_line_to_another_machine() -> None:
    with pytest.raises(StoreError, match=r"in plain text.*https"):
        rows("http://server.invalid/sparql", replace(QUICK, token="abc"))


def test_what_the_environment_says() -> None:
    given = {"KG_STORE_USER": "dba", "KG_STORE_PASSWORD": "geheim", "KG_STORE_TIMEOUT": "7"}
    found = Credentials.from_environment(given)
    assert (found.user, found.password, found.timeout) == ("dba", "geheim", 7.0)
    assert "geheim" not in repr(found)
    for wrong, match in (
        ({"KG_STORE_USER": "x"}, "go together"),
        ({"KG_STORE_TOKEN": "x", **given}, "exclude each other"),
        ({"KG_STORE_TIMEOUT": "soon"}, "no number of seconds"),
        ({"KG_STORE_TIMEOUT": "-1"}, "no number of seconds"),
        ({"KG_STORE_TOKEN": "a\nb"}, "no request can carry"),
    ):
        with pytest.raises(StoreError, match=match):
            Credentials.from_environment(wrong)


@pytest.mark.parametrize(
    "text", ["http://", "https://host:99999/x", "http://[::1/sparql", "https://me:word@host/sparql", "http://ho st/x", "http://höst/x"]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(StoreError, match=r"no address of a server|holds no password"):
        Address.parse(text)


def test_an_address_may_name_the_dossier() -> None:
    assert Address.parse("https://h/sparql#https://x/y/") == Address("https://h/sparql", base="https://x/y/")


def test_terms_that_only_virtuoso_writes() -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    cells: list[dict[str, Any]] = [
        {"type": "typed-literal", "datatype": xsd + "boolean", "value": "1"},
        {"type": "typed-literal", "datatype": xsd + "string", "value": "1"},
        {"type": "bnode", "value": "nodeID://b10"},
    ]
    for cell in cells:
        dialect.mend(cell)
    assert cells == [
        {"type": "literal", "datatype": xsd + "boolean", "value": "true"},
        {"type": "literal", "value": "1"},
        {"type": "bnode", "value": "b10"},
    ]


def test_chunks_have_a_limit_of_lines_and_bytes() -> None:
    assert [len(part) for part in chunks([b"x\n"] * 25_000)] == [10_000, 10_000, 5_000]
    assert [len(part) for part in chunks([b"x" * 3_000_000] * 3)] == [1, 1, 1]
    assert list(chunks([])) == []
