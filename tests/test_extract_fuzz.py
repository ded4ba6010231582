"""Extraction from texts that nobody would write: it holds what it promises of offsets, identities and order, in bounded time and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kg.extract import records, triples
from kg.extract.documents import detect_language
from kg.extract.sentences import split_sentences
from kg.extract.tokens import tokenize
from kg.model import Document, Extraction
from kg.terms import STATUSES
from tests.extract_support import NAMES, small_engine

WORDS = (
    "Nordkorea Südkorea USA Washington Pjöngjang Pyongyang Seoul Trump Kim Jong Un Pompeo Obama CNN IAEA US-Außenminister Präsident "
    "President drohte droht traf treffen lehnte ab versprach, sagte sagt fordert warnt habe sei werde würde wurde worden nicht kein nie "
    "threatened met said that rejected pledged to has been invited by would not could never the and with between who which whose soll "
    "der die das den dem mit von zwischen dass ob und aber , . ; : - – ( ) ? ! „ “ \" ' ’s » « … zu um ohne "
    "Gipfel Gespräche Manöver Sanktionen Raketentest Brief summit talks sanctions missile test drills letter "
    "gestern am 12. Juni 2018 next week yesterday in Singapur Singapore laut zufolge according"
).split()
ODD = (
    "<p> </p> <b>Kim</b> <script>alert(1)</script> &amp; &nbsp; <!-- --> \x00 \x07 \x1b[0m \ufeff \u200b \u200e \u202e \u00ad \ufffd "
    "金正恩 北朝鮮 김정은 문재인 🇰🇵 👩‍👩‍👧 e\u0301 Z\u0335\u0321 ｋｉｍ Кім كيم \u2028 \u2029 NULL None null NaN Ã¤ PjÃ¶ngjang fÃ¼r â€œ "
    "’ …… --- ((( ))) [] {} \\ \\n %s {0} " + "x" * 300
).split(" ")
BETWEEN = [" ", "\n", "\t", "\r\n", "\n\n"]
TEXTS = st.one_of(
    st.text(max_size=300),
    st.text(st.characters(exclude_categories=()), max_size=120),  # lone surrogates too
    st.lists(st.sampled_from(WORDS), max_size=45).map(" ".join),
    st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(ODD)), max_size=45).map(" ".join),
    st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(ODD), st.sampled_from(BETWEEN)), max_size=60).map("".join),
)
COMMON = settings(deadline=None, max_examples=120, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def sound(made: Extraction) -> None:
    """What holds for every extraction."""
    text = made.document.text
    end = 0
    for sentence in made.sentences:
        assert end <= sentence.start < sentence.end <= len(text)
        assert text[sentence.start : sentence.end] == sentence.text
        assert sentence.text == sentence.text.strip()
        end = sentence.end
    for link in made.links:
        assert 0 <= link.mention.start < link.mention.end <= len(text)
        assert text[link.mention.start : link.mention.end] == link.mention.text
        assert 0.0 < link.confidence <= 1.0
    for claim in made.claims:
        assert text[claim.start : claim.end] == claim.quote
        assert claim.start <= claim.trigger.start < claim.trigger.end <= claim.end
        assert text[claim.trigger.start : claim.trigger.end] == claim.trigger.text
        assert claim.status in STATUSES
        assert 0.0 < claim.confidence <= 1.0
        assert claim.event.actors
    keys = [claim.key for claim in made.claims]
    assert len(keys) == len(set(keys))


def twice(document: Document) -> Extraction:
    """The extraction of a document, sound, and the same when made again."""
    made, again = small_engine().extract(document), small_engine().extract(document)
    sound(made)
    assert made == again
    first, second = records.records(made, NAMES), records.records(again, NAMES)
    assert json.dumps(first) == json.dumps(second)
    assert json.loads(json.dumps(first)) == first
    assert [record["id"] for record in first] == [NAMES.thing("claim", claim.key) for claim in made.claims]
    return made


@COMMON
@given(text=TEXTS, language=st.sampled_from(["de", "en"]), published=st.sampled_from(["", "2018", "2018-08", "2018-08-29"]))
@example(text="(" * 10_000, language="de", published="")
@example(text="Kim traf Trump" + ")" * 10_000 + " in Singapur.", language="de", published="2018")
@example(text="Trump traf Kim Jong Un\x00 in Singapur.", language="de", published="2018-08-29")
@example(text="Nordkorea\u0301 droht den USA.", language="de", published="")
@example(text="„" * 2_000 + "Kim droht.", language="de", published="")
@example(text="1. 2. 3. 4. z. B. u. a. . . . . ...", language="de", published="")
@example(text="\ud800 Kim met Trump.", language="en", published="")
def test_any_text(text: str, language: str, published: str) -> None:
    twice(Document("fuzz", text, language, published=published))


@COMMON
@given(before=st.lists(st.sampled_from([*WORDS, *ODD]), max_size=25), line=st.sampled_from(["\n\n", "\r\n\r\n", "\n \n"]))
def test_a_paragraph_before_moves_the_offsets_and_nothing_else(before: list[str], line: str) -> None:
    known = "Trump traf Kim Jong Un in Singapur."
    start = " ".join(before).replace("\u2028", " ").replace("\u2029", " ") + "." + line
    made = twice(Document("fuzz", start + known, "de", published="2018-08-29"))
    assert [sentence.text for sentence in made.sentences if sentence.start >= len(start)] == [known]
    met = [claim for claim in made.claims if claim.start == len(start) and claim.event.category == "Meeting"]
    assert [claim.trigger.text for claim in met] == ["traf"]


@COMMON
@given(text=st.text(max_size=200), language=st.sampled_from(["de", "en"]))
def test_tokens_cover_every_visible_character(text: str, language: str) -> None:
    for sentence in split_sentences(text, language):
        tokens = tokenize(sentence, language)
        assert all(text[token.start : token.end] == token.text for token in tokens)
        covered = {place for token in tokens for place in range(token.start, token.end)}
        assert sum(token.end - token.start for token in tokens) == len(covered)
        assert all(text[place].isspace() for place in range(sentence.start, sentence.end) if place not in covered)


@settings(COMMON, max_examples=40)
@given(text=TEXTS)
def test_what_comes_out_is_a_graph(text: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in text):
        return  # no UTF-8 file holds half a surrogate pair
    made = small_engine().extract(Document("fuzz", text, "de", published="2018-08-29"))
    quads = list(triples.quads(made, NAMES, NAMES.thing("run", "test")))
    assert len({quad.subject for quad in quads if "/id/claim/" in quad.subject}) == len(made.claims)
    assert all(quad.graph == NAMES.graph("document/fuzz") for quad in quads)


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "\t \r\n", "\ufeff", "."])
def test_nothing_in_it(text: str) -> None:
    made = twice(Document("empty", text, "de", published="2018-08-29"))
    assert (made.links, made.claims) == ((), ())


@pytest.mark.parametrize("language", ["fr", "ko", "und", "", "xx", "DE"])
def test_a_language_that_is_not_known_says_so(language: str) -> None:
    made = twice(Document("other", "Trump a rencontré Kim Jong Un à Singapour.", language))
    assert (made.sentences, made.links, made.claims) == ((), (), ())
    assert made.notes == (f"nothing is extracted from a document in {language or 'und'!r}: there is no lexicon for it",)


def test_mixed_scripts_do_not_hide_the_sentence() -> None:
    made = twice(
        Document(
            "mixed", "金正恩 (김정은, Ким Чен Ын) schweigt. 🇰🇵 Trump traf Kim Jong Un in Singapur. 🇺🇸 Ende.", "de", published="2018-08-29"
        )
    )
    assert [claim.event.category for claim in made.claims] == ["Meeting"]


def test_html_that_was_left_in() -> None:
    text = '<div class="a"><p>Trump traf <b>Kim Jong Un</b> in Singapur.</p>\n<script>var kim = "Nordkorea droht";</script></div>'
    made = twice(Document("html", text, "de", published="2018-08-29"))
    assert "Kim Jong Un" in [link.mention.text for link in made.links]


def test_null_bytes_and_control_characters() -> None:
    text = "Trump traf\x00 Kim Jong Un\x07 in\x1b Singapur.\n\x00\nNordkorea\x85 drohte den USA."
    made = twice(Document("null", text, "de", published="2018-08-29"))
    assert ("Threaten", "Nordkorea") in [(claim.event.type, claim.event.actors[0].mention.text) for claim in made.claims]


def test_mojibake() -> None:
    text = "PjÃ¶ngjang drohte den USA, sagte der sÃ¼dkoreanische PrÃ¤sident. Trump traf Kim Jong Un â€žin Singapurâ€œ."
    made = twice(Document("mojibake", text, "de", published="2018-08-29"))
    assert "Meeting" in [claim.event.category for claim in made.claims]
    assert detect_language(text) == "de"


LINES = {
    "words without an end": "Nordkorea Trump Kim und die USA drohen mit Sanktionen ",
    "one word": "a",
    "full stops": ".",
    "parentheses": "(",
    "quotation marks": '„"',
    "hyphens": "Kim-",
    "initials": "K.",
    "apostrophes": "n't'",
    "sentences too long to be prose": "Trump traf Kim Jong Un in Singapur und " * 60 + "Kim. ",
    "tags": "<p>Kim</p>",
    "digits": "1.234,",
    "marks on letters": "e\u0301\u0301\u0301",
}
RUN = """
import resource, sys, time
from kg.model import Document
from tests.extract_support import small_engine
from tests.test_extract_fuzz import LINES, sound
name, size = sys.argv[1], int(sys.argv[2])
engine = small_engine()
text = (LINES[name] * (size // len(LINES[name]) + 1))[:size]
start = time.monotonic()
made = engine.extract(Document("long", text, "de", published="2018-08-29"))
seconds = time.monotonic() - start
sound(made)
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, len(made.sentences))
"""
SIZE = 10_000_000


@pytest.mark.skipif(sys.platform == "win32", reason="the memory of a process is read in a POSIX way")
@pytest.mark.parametrize("name", sorted(LINES))
def test_ten_megabytes_on_one_line(name: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    run = subprocess.run(
        [sys.executable, "-c", RUN, name, str(SIZE)], capture_output=True, text=True, check=True, env=environment, timeout=120
    )
    seconds, megabytes, _ = run.stdout.split()
    assert float(seconds) < 60
    assert int(megabytes) < (700 if sys.platform != "darwin" else 700 * 1024)


def test_prose_on_one_line_takes_time_in_proportion_to_its_length() -> None:
    engine = small_engine()
    prose = "Trump traf Kim Jong Un in Singapur. Nordkorea habe den USA gedroht, sagte Pompeo. Obama lehnte das ab. "

    def seconds(times: int) -> float:
        document = Document("prose", prose * times, "de", published="2018-08-29")
        best = float("inf")
        for _ in range(2):
            start = time.process_time()
            made = engine.extract(document)
            best = min(best, time.process_time() - start)
            assert len(made.sentences) == 3 * times
        return best

    seconds(20)
    assert seconds(800) < 20 * seconds(80)  # ten times the text; twice as much is left for a busy machine
