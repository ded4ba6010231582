"""The language-model engine: the cache, what answers cost, chunks and settings."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import ExtractionError
from kg.extract.engines.llm import passages
from kg.extract.engines.llm_cache import AnswerCache, cache_folder
from kg.extract.engines.llm_client import Answer, LlmSettings
from kg.extract.engines.llm_prompt import messages, parse
from kg.extract.engines.llm_text import FoldedText, Span
from kg.extract.sentences import split_sentences
from tests.extract_support import ROOT
from tests.llm_support import (
    ANSWER,
    FIRST,
    KEY,
    MEETING,
    NK,
    PRAISE,
    SECOND,
    SK,
    TEXT,
    THIRD,
    THREAT,
    FakeServer,
    Handler,
    World,
    document,
    entry,
    envelope,
    good,
    run,
    serving,
    status,
)

# ---- the cache


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_kept_answer_sends_nothing_and_the_key_is_in_no_file(tmp_path: Path) -> None:
    leaky = {**THREAT, "note": f"your key is {KEY}"}
    with serving(good(leaky)) as server:
        first = World(server.url, tmp_path).engine.extract(document())
        world = World(server.url, tmp_path)
        assert world.engine.extract(document()) == first
        assert len(server.requests) == 1
        assert (world.engine.usage.cached, world.engine.usage.requests, world.engine.usage.tokens_in) == (1, 0, 0)
        World(server.url, tmp_path).engine.extract(document(published="2018-08-31"))
        assert len(server.requests) == 2
    assert [file.suffix for file in files(tmp_path)] == [".json", ".json"]
    assert not any(KEY in file.read_text("utf-8") or KEY in file.name for file in files(tmp_path))


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"key": "x", "text": "{}"}', "\x00"])
def test_a_damaged_file_of_the_cache_is_replaced(content: str, tmp_path: Path) -> None:
    with serving(good(THREAT)) as server:
        World(server.url, tmp_path).engine.extract(document())
        (file,) = files(tmp_path)
        whole = file.read_text("utf-8")
        file.write_text(content, "utf-8")
        assert World(server.url, tmp_path).engine.extract(document()).claims
        assert len(server.requests) == 2
    assert file.read_text("utf-8") == whole


def test_a_cache_that_cannot_be_made_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with serving(good(THREAT)) as server:
        with pytest.raises(ExtractionError, match="KG_CACHE"):
            World(server.url, tmp_path / "file").engine.extract(document())
        assert server.requests == []


def test_an_answer_that_cannot_be_kept_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kg.extract.engines.llm_cache.tempfile.mkstemp", full)
    with serving(good(THREAT)) as server:
        found = World(server.url, tmp_path).engine.extract(document())
    assert len(found.claims) == 1
    assert "could not be kept" in found.notes[0]


def test_the_answers_before_a_failure_are_kept(tmp_path: Path) -> None:
    with serving(good(THREAT), status(500)) as server, pytest.raises(ExtractionError):
        World(server.url, tmp_path, characters=70, attempts=2).engine.extract(document())
    with serving(good(MEETING)) as server:
        found = World(server.url, tmp_path, characters=70).engine.extract(document())
        assert "threatened" not in server.requests[0]["body"]["messages"][1]["content"].rpartition("<<<")[2]
    assert [claim.quote for claim in found.claims] == [FIRST, SECOND]


def test_the_cache_lies_where_the_environment_says() -> None:
    assert cache_folder({}) == Path(".kg/cache/llm")
    assert cache_folder({"KG_CACHE": "/somewhere"}) == Path("/somewhere/llm")


PROCESS = """
import json, sys
from pathlib import Path
from kg.extract.records import records
from tests.llm_support import World, document
world = World(sys.argv[1], Path(sys.argv[2]), characters=90)
print(json.dumps(records(world.engine.extract(document()))), world.engine.usage.answers + world.engine.usage.cached)
"""


def test_two_processes_at_once_pay_once(tmp_path: Path) -> None:
    def run_two(server: FakeServer) -> list[str]:
        command = [sys.executable, "-c", PROCESS, server.url, str(tmp_path)]
        pair = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8") for _ in range(2)]
        outputs = [process.communicate(timeout=60)[0] for process in pair]
        assert [process.returncode for process in pair] == [0, 0]
        return outputs

    def slowly(handler: Handler) -> None:
        handler.server.released.wait(0.4)  # long enough for the other process to come and ask the same
        good(THREAT, MEETING, PRAISE)(handler)

    with serving(slowly) as server:
        one, other = run_two(server)
        assert len(server.requests) == 2
    assert one == other
    assert SECOND in one
    assert [file.suffix for file in files(tmp_path)] == [".json", ".json"]


# ---- what it costs


def test_usage_and_progress() -> None:
    prices = {"price_in": Decimal("0.15"), "price_out": Decimal("0.60")}
    with serving(good(THREAT, MEETING, PRAISE)) as server:
        world = World(server.url, characters=90, **prices)
        world.engine.extract(document())
    usage = world.engine.usage
    assert (usage.tokens_in, usage.tokens_out, usage.answers, usage.counted) == (2000, 200, 2, True)
    assert usage.cost == Decimal("0.00042")
    assert [(step.done, step.chunks, step.usage.answers) for step in world.told] == [(0, 2, 0), (1, 2, 1), (2, 2, 2)]


def test_tokens_are_estimated_where_the_server_tells_none() -> None:
    with serving(lambda handler: handler.say(200, envelope(ANSWER))) as server:
        world = World(server.url)
        world.engine.extract(document())
    assert world.engine.usage.tokens_in > 500
    assert world.engine.usage.counted is False


def test_a_dry_run_sends_nothing(tmp_path: Path) -> None:
    with serving(good(THREAT)) as server:
        world = World(server.url, tmp_path, characters=90, price_in=Decimal(1), price_out=Decimal(2))
        before = world.engine.estimate(document())
        assert server.requests == []
        assert world.engine.usage.requests == 0
        assert files(tmp_path) == []
        world.engine.extract(document())
        after = world.engine.estimate(document())
        sent = sum(len(message["content"]) for request in server.requests for message in request["body"]["messages"])
    assert (before.chunks, before.cached, before.characters) == (2, 0, sent)
    assert before.text_characters == len(FIRST) + len(f"{SECOND} {THIRD}")
    assert before.characters / 5 < before.tokens_in < before.characters / 3
    assert before.cost == (before.tokens_in + 2 * before.tokens_out) / Decimal(1_000_000)
    assert (after.chunks, after.cached, after.characters, after.cost) == (2, 2, 0, 0)
    assert World("http://localhost/v1").engine.estimate(document()).cost is None


# ---- chunks and words


@given(
    st.lists(st.lists(st.sampled_from([FIRST, SECOND, THIRD, f"{NK} and {SK} agreed {'again and ' * 30}again."]), min_size=1), min_size=1),
    st.integers(1, 400),
)
def test_chunks_hold_every_sentence_once_and_whole(paragraphs: list[list[str]], characters: int) -> None:
    content = "\n\n".join(" ".join(sentences) for sentences in paragraphs)
    sentences = split_sentences(content, "en")
    found = passages(sentences, characters)
    assert [place for item in found for place in range(item.first, item.last + 1)] == list(range(len(sentences)))
    for item in found:
        assert item.first == item.last or sentences[item.last].end - sentences[item.first].start <= characters


def test_a_paragraph_that_fits_stays_whole() -> None:
    sentences = split_sentences(f"{FIRST}\n\n{SECOND} {THIRD}\n\n{THIRD}", "en")
    assert [(item.first, item.last) for item in passages(sentences, 100)] == [(0, 0), (1, 2), (3, 3)]
    assert [(item.first, item.last) for item in passages(sentences, 120)] == [(0, 0), (1, 3)]


def test_offsets_in_later_chunks_are_the_documents() -> None:
    content = "\n\n".join([TEXT] * 4 + ["South Korea praised North Korea for the talks."])
    found = run(entry("South Korea praised North Korea for the talks.", "Support", SK, NK), THREAT, doc=document(content), characters=200)
    assert len(found.claims) == 5
    assert all(content[claim.start : claim.end] == claim.quote for claim in found.claims)
    assert len({claim.start for claim in found.claims}) == 5


@given(st.text(alphabet="ab \n\u00a0\tä", max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_words_are_found_where_they_stand(content: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(content)), min(other, len(content))))
    span = FoldedText(content).find(content[start:end], 0, len(content))
    if span is not None:
        assert content[span.start : span.end].split() == content[start:end].split()
    bounded = not (content[:start][-1:].isalnum() or content[end:][:1].isalnum())
    assert (span is not None) >= (bool(content[start:end].split()) and bounded)


def test_an_inflected_word_is_taken_whole_and_a_part_of_a_word_not_at_all() -> None:
    words = FoldedText("Nordkoreas Austausch mit USA")
    assert words.find("Nordkorea", 0, 28, inflected=True) == Span(0, 10)
    assert words.find("Nordkorea", 0, 28) is None
    assert words.find("US", 0, 28, inflected=True) == Span(25, 28)
    assert words.find("tausch", 0, 28, inflected=True) is None


def test_reading_an_answer() -> None:
    assert parse('{"x": {"claims": [1]}}') == [1]
    assert parse("nothing") is None


def test_the_block_of_a_text_cannot_be_closed_from_within() -> None:
    marks = {messages(content, "", (), "", "en")[1]["content"].rpartition("\n")[2] for content in ("a", "b", "<<<x\na\nx>>>")}
    assert len(marks) == 3


# ---- settings


def test_settings_from_the_environment() -> None:
    whole = {"KG_LLM_URL": "https://example.org/v1/chat/completions", "KG_LLM_MODEL": "m"}
    assert LlmSettings.from_environment(whole).url == "https://example.org/v1"
    environ = {
        "KG_LLM_URL": "https://example.org/v1/",
        "KG_LLM_MODEL": "m",
        "KG_LLM_KEY": KEY,
        "KG_LLM_PRICE_IN": "0.15",
        "KG_LLM_PRICE_OUT": "1",
    }
    settings = LlmSettings.from_environment(environ)
    assert (settings.url, settings.model, settings.key) == ("https://example.org/v1", "m", KEY)
    assert settings.cost(1_000_000, 2_000_000) == Decimal("2.15")
    assert KEY not in repr(settings)
    assert LlmSettings.from_environment({"KG_LLM_URL": "http://localhost:1/v1", "KG_LLM_MODEL": "m"}).cost(1, 1) is None


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({}, "needs KG_LLM_URL .*http://localhost"),
        ({"KG_LLM_URL": "http://x/v1"}, "needs KG_LLM_MODEL .*KG_LLM_MODEL="),
        ({"KG_LLM_URL": "file:///etc/passwd", "KG_LLM_MODEL": "m"}, "KG_LLM_URL is no address"),
        ({"KG_LLM_URL": "ftp://x/v1", "KG_LLM_MODEL": "m"}, "KG_LLM_URL is no address"),
        ({"KG_LLM_URL": f"https://me:{KEY}@x/v1", "KG_LLM_MODEL": "m"}, "KG_LLM_URL is no address"),
        ({"KG_LLM_URL": "https://x/v1\r\nX-Evil: 1", "KG_LLM_MODEL": "m"}, "KG_LLM_URL is no address"),
        ({"KG_LLM_URL": "https://x/v1", "KG_LLM_MODEL": "m", "KG_LLM_KEY": f"{KEY}\r\nX: 1"}, "KG_LLM_KEY"),
        (
            {"KG_LLM_URL": "https://x/v1", "KG_LLM_MODEL": "m", "KG_LLM_PRICE_IN": "cheap", "KG_LLM_PRICE_OUT": "1"},
            "KG_LLM_PRICE_IN is no number",
        ),
        ({"KG_LLM_URL": "https://x/v1", "KG_LLM_MODEL": "m", "KG_LLM_PRICE_OUT": "1"}, "costs need KG_LLM_PRICE_IN"),
        ({"KG_LLM_URL": "https://x/v1", "KG_LLM_MODEL": "m", "KG_LLM_TIMEOUT": "0"}, "KG_LLM_TIMEOUT"),
    ],
)
def test_settings_that_do_not_do(environ: dict[str, str], says: str) -> None:
    with pytest.raises(ExtractionError, match=says) as caught:
        LlmSettings.from_environment(environ)
    assert KEY not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_cache_keeps_nothing() -> None:
    cache = AnswerCache(None)
    cache.put("k", Answer("x", False, 1, 1), "m")
    assert cache.get("k") is None
