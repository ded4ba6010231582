"""A server on this machine that speaks OpenAI's chat protocol as a test tells it to, well or badly."""

from __future__ import annotations

import gc
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from kg.extract.engines.llm import LlmEngine, LlmProgress
from kg.extract.engines.llm_client import ChatClient, LlmSettings
from kg.extract.gazetteer import Knowledge
from kg.model import Document, Extraction
from tests.extract_support import NAMES, lexicon, small_world

KEY = "sk-never-to-be-seen-4711"
NK, US, SK = "North Korea", "United States", "South Korea"
TEXT = (
    "North Korea threatened the United States with an end to the talks.\n\n"
    "Donald Trump met Kim Jong Un in Singapore on June 12. He praised him, CNN reported."
)
FIRST = "North Korea threatened the United States with an end to the talks."
SECOND = "Donald Trump met Kim Jong Un in Singapore on June 12."
THIRD = "He praised him, CNN reported."

Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Notes each request and behaves as the next behaviour says; the last one goes on for ever."""

    server: FakeServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.guard:
            self.server.requests.append({"path": self.path, "headers": dict(self.headers), "body": json.loads(body)})
            behaviour = self.server.script.pop(0) if len(self.server.script) > 1 else self.server.script[0]
        behaviour(self)

    def say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


class FakeServer(ThreadingHTTPServer):
    """The server, with what it was asked."""

    daemon_threads = True

    def __init__(self, script: list[Behaviour]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script = script
        self.requests: list[dict[str, Any]] = []
        self.guard = threading.Lock()
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has hung up is part of the tests."""


@contextmanager
def serving(*script: Behaviour) -> Iterator[FakeServer]:
    """A running server with a script of behaviours."""
    gc.collect()  # what an earlier test left of the engine must not be dropped on the server's thread
    server = FakeServer(list(script))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def envelope(content: object, finish: str = "stop", **usage: int) -> bytes:
    """A response whose message has a content."""
    told: dict[str, Any] = {"choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content}}]}
    if usage:
        told["usage"] = usage
    return json.dumps(told).encode()


def text(content: object, finish: str = "stop", **usage: int) -> Behaviour:
    """Answers with a text."""
    return lambda handler: handler.say(200, envelope(content, finish, **(usage or {"prompt_tokens": 1000, "completion_tokens": 100})))


def good(*entries: dict[str, Any]) -> Behaviour:
    """Answers with claims; those about sentences that are not in what was asked are none of its business."""

    def behave(handler: Handler) -> None:
        asked = handler.server.requests[-1]["body"]["messages"][-1]["content"].rpartition("<<<")[2]
        fitting = [entry for entry in entries if entry["quote"] in asked]
        text(json.dumps({"claims": fitting}, ensure_ascii=False))(handler)

    return behave


def status(code: int, message: str = "", **headers: str) -> Behaviour:
    """Refuses."""
    return lambda handler: handler.say(code, json.dumps({"error": {"message": message}}).encode(), **headers)


def hangs(handler: Handler) -> None:
    """Does not answer until the test is over."""
    handler.server.released.wait(5)


def breaks_off(handler: Handler) -> None:
    """Sends half of what it announced."""
    body = envelope('{"claims": []}')
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


def hangs_up(handler: Handler) -> None:
    """Closes the connection without a word."""
    handler.close_connection = True


def entry(quote: str, kind: str, actors: str | Sequence[str], recipients: str | Sequence[str] = (), **more: Any) -> dict[str, Any]:
    """An entry as a model gives it; a participant is `mention` or `mention=name`."""

    def people(told: str | Sequence[str]) -> list[dict[str, str]]:
        names = [told] if isinstance(told, str) else told
        return [{"mention": item.partition("=")[0], "name": item.partition("=")[2]} for item in names]

    speakers = people(more.pop("speakers", ()))
    given = {"quote": quote, "trigger": "", "type": kind, "category": "", "status": "occurred", "about": [], "place": "", "when": ""}
    return {**given, "actors": people(actors), "recipients": people(recipients), "speakers": speakers, **more}


THREAT = entry(FIRST, "Threaten", NK, f"the United States={US}", trigger="threatened")
MEETING = entry(
    SECOND, "Consult", "Donald Trump", "Kim Jong Un", trigger="met", category="Meeting", place="in Singapore", when="on June 12"
)
PRAISE = entry(THIRD, "Support", "He=Donald Trump", "him=Kim Jong Un", trigger="praised", speakers="CNN")
ANSWER = json.dumps({"claims": [THREAT]})


class World:
    """An engine with the small world's facts before a server, with what it told and how long it would have slept."""

    def __init__(self, url: str, cache: Path | None = None, plain: bool = False, **settings: Any) -> None:
        self.slept: list[float] = []
        self.told: list[LlmProgress] = []
        self.settings = LlmSettings(url, "test-model", KEY, **{"timeout": 5.0, **settings})
        knowledge = Knowledge.from_quads(small_world(), NAMES)
        client = ChatClient(self.settings, sleep=self.slept.append)
        words = None if plain else lexicon()
        self.engine = LlmEngine(knowledge, NAMES, self.settings, cache, self.told.append, lexicon=words, client=client)


def document(content: str = TEXT, language: str = "en", published: str = "2018-08-30") -> Document:
    """A document of the tests."""
    return Document("test", content, language, published=published)


def run(*entries: dict[str, Any], doc: Document | None = None, **settings: Any) -> Extraction:
    """The extraction where the model answers with some entries."""
    with serving(good(*entries)) as server:
        return World(server.url, **settings).engine.extract(doc or document())


def rejected(*entries: dict[str, Any], doc: Document | None = None) -> str:
    """The notes on entries of which none gives a claim."""
    found = run(*entries, doc=doc)
    assert found.claims == ()
    return " | ".join(found.notes)
