"""The language-model engine before a server that is slow, broken, choosy or not there."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

from kg.errors import ExtractionError
from kg.extract.engines.llm_client import ChatClient, LlmSettings
from kg.extract.engines.llm_prompt import SCHEMA, messages
from tests.llm_support import (
    KEY,
    TEXT,
    THREAT,
    World,
    breaks_off,
    document,
    good,
    hangs,
    hangs_up,
    serving,
    status,
    text,
)

# ---- a server in trouble


def test_a_slow_server_gets_another_try() -> None:
    with serving(hangs, good(THREAT)) as server:
        world = World(server.url, timeout=0.2)
        assert len(world.engine.extract(document()).claims) == 1
    assert world.slept == [1.0]
    assert world.engine.usage.retries == 1


@pytest.mark.parametrize(
    "trouble", [breaks_off, hangs_up, status(500), status(503), status(408), lambda handler: handler.say(200, b"<html>")]
)
def test_trouble_that_passes(trouble: Any) -> None:
    with serving(trouble, trouble, good(THREAT)) as server:
        world = World(server.url)
        assert len(world.engine.extract(document()).claims) == 1
    assert world.slept == [1.0, 2.0]
    assert (world.engine.usage.requests, world.engine.usage.answers) == (3, 1)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry_After": "7"}, 7.0),
        ({"Retry_After": "0"}, 0.0),
        ({"Retry_After": "86400"}, 60.0),
        ({"Retry_After": "soon"}, 1.0),
        ({"Retry_After": "-3"}, 1.0),
        ({"Retry_After": "Wed, 21 Oct 2099 07:28:00 GMT"}, 60.0),
        ({}, 1.0),
    ],
)
def test_a_server_may_say_how_long_to_wait(headers: dict[str, str], wait: float) -> None:
    with serving(status(429, "slow down", **headers), good(THREAT)) as server:
        world = World(server.url)
        assert world.engine.extract(document()).claims
    assert world.slept == [wait]


def test_it_gives_up_with_one_line() -> None:
    with serving(status(500, f"backend\nlost {KEY}")) as server:
        world = World(server.url)
        with pytest.raises(ExtractionError) as caught:
            world.engine.extract(document())
        assert len(server.requests) == 5
    assert world.slept == [1.0, 2.0, 4.0, 8.0]
    assert str(caught.value).startswith(f"no answer from the language model's server {server.server_address[0]}:")
    assert "after 5 attempts: HTTP 500, backend lost …" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (breaks_off, r"the answer breaks off after \d+ of \d+ bytes"),
        (hangs_up, "RemoteDisconnected"),
        (hangs, r"no answer within 0\.1 seconds"),
        (status(503), "HTTP 503$"),
        (lambda handler: handler.say(200, b'{"choices": []}'), "the answer is not of the chat protocol's form"),
    ],
)
def test_what_went_wrong_is_said(trouble: Any, said: str) -> None:
    with serving(trouble) as server, pytest.raises(ExtractionError) as caught:
        World(server.url, attempts=1, timeout=0.1 if trouble is hangs else 5.0).engine.extract(document())
    assert re.search(f"after 1 attempt: {said}", caught.value.message)


def test_nobody_listens() -> None:
    with serving(good()) as server:
        url = server.url
    with pytest.raises(ExtractionError, match="after 2 attempts: ConnectionRefused"):
        World(url, attempts=2).engine.extract(document())


def test_an_answer_without_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.extract.engines.llm_client.MAX_ANSWER", 1000)
    with serving(text("x" * 5000)) as server, pytest.raises(ExtractionError, match="more than 1,000 bytes"):
        World(server.url, attempts=1).engine.extract(document())


def test_an_answer_that_trickles_in_for_ever_is_given_up() -> None:
    ticks = itertools.count(0, 100)
    with serving(text("{}")) as server:
        client = ChatClient(LlmSettings(server.url, "m", attempts=2, timeout=50), sleep=lambda _: None, clock=lambda: float(next(ticks)))
        with pytest.raises(ExtractionError, match="after 2 attempts: no answer within 50 seconds"):
            client.ask(messages("a", "", (), "", "en"), SCHEMA)


@pytest.mark.parametrize(("code", "hint"), [(401, "KG_LLM_KEY"), (403, "KG_LLM_KEY"), (404, "KG_LLM_URL"), (402, "KG_LLM_MODEL")])
def test_a_refusal_is_told_at_once(code: int, hint: str) -> None:
    with serving(status(code, f"Incorrect API key provided: {KEY}")) as server:
        world = World(server.url)
        with pytest.raises(ExtractionError, match=f"answers {code}: Incorrect API key provided: ….*{hint}") as caught:
            world.engine.extract(document())
        assert len(server.requests) == 1
    assert KEY not in f"{caught.value} {caught.value!r} {world.settings!r}"
    assert caught.value.__cause__ is None


def test_a_redirect_does_not_take_the_key_elsewhere() -> None:
    with serving(good(THREAT)) as other, serving(status(307, Location=other.url)) as server:
        with pytest.raises(ExtractionError, match=r"307.*redirects are not followed"):
            World(server.url).engine.extract(document())
        assert other.requests == []


# ---- the form asked for


def refuses(*names: str) -> Any:
    """A server that refuses a request for what it holds, else answers well."""

    def behave(handler: Any) -> None:
        body = handler.server.requests[-1]["body"]
        form = body.get("response_format", {}).get("type")
        for name in names:
            if name in body:
                return status(400, f"Unsupported parameter: '{name}'" + (", use 'max_completion_tokens'" if name == "max_tokens" else ""))(
                    handler
                )
            if name == form:
                return status(400, "this form of answer is not offered here")(handler)
        return good(THREAT)(handler)

    return behave


@pytest.mark.parametrize(
    ("refused", "forms"),
    [
        ((), ["json_schema"]),
        (("json_schema",), ["json_schema", "json_object"]),
        (("json_schema", "json_object"), ["json_schema", "json_object", None]),
    ],
)
def test_a_plainer_form_is_asked_for_where_one_is_refused(refused: tuple[str, ...], forms: list[str | None]) -> None:
    with serving(refuses(*refused)) as server:
        world = World(server.url)
        assert len(world.engine.extract(document()).claims) == 1
        world.engine.extract(document(f"{TEXT} More."))
        asked = [request["body"].get("response_format", {}).get("type") for request in server.requests]
    assert asked == [*forms, forms[-1]]
    assert world.slept == []


def test_parameters_that_a_server_does_not_know_are_left_out() -> None:
    with serving(refuses("temperature", "max_tokens")) as server:
        assert World(server.url).engine.extract(document()).claims
        body = server.requests[-1]["body"]
    assert "temperature" not in body
    assert "max_tokens" not in body
    assert body["max_completion_tokens"] == 8192
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert server.requests[0]["path"] == "/v1/chat/completions"
    assert server.requests[0]["headers"]["Authorization"] == f"Bearer {KEY}"


def test_a_server_that_refuses_everything_is_left() -> None:
    with serving(status(400, "context too long")) as server:
        with pytest.raises(ExtractionError, match="400: context too long"):
            World(server.url).engine.extract(document())
        assert len(server.requests) == 3
