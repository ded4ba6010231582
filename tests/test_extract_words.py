"""Sentences, tokens, chunks and clauses."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extract.clauses import find_clauses
from kg.extract.sentences import split_sentences
from kg.extract.times import dates
from kg.extract.tokens import tokenize
from kg.model import Sentence
from tests.extract_support import words

DE = [
    "Am 12. Juni traf Trump in Singapur Kim.",
    "Er sprach u. a. mit Dr. Müller, z. B. über 1.500 Soldaten.",
    "„Das geht nicht“, sagte er.",
    "„Das geht so nicht.“",
    "Bis zum 3. Oktober bleibt er!",
    "Wirklich …",
]
EN = [
    "Mr. Trump met the U.S. envoy on Jan. 5 at 3.30 p.m. in New York.",
    '"We will not."',
    "J. R. Smith said so.",
    "Did the U.N. agree?",
    "The U.S. did.",
]


@pytest.mark.parametrize(("language", "sentences"), [("de", DE), ("en", EN)])
def test_sentences(language: str, sentences: list[str]) -> None:
    assert [sentence.text for sentence in split_sentences(" ".join(sentences), language)] == sentences


def test_paragraphs_and_headlines() -> None:
    found = split_sentences("# Der Gipfel\n\nKim kam. Moon auch.\n\nStreit um Manöver\n\nDanach ging er.\n", "de")
    assert [(item.text, item.headline) for item in found] == [
        ("Der Gipfel", True), ("Kim kam.", False), ("Moon auch.", False), ("Streit um Manöver", True), ("Danach ging er.", False),
    ]  # fmt: skip
    assert [item.paragraph for item in found] == [0, 1, 1, 2, 3]


def test_hard_line_breaks_do_not_end_a_sentence() -> None:
    text = "Kim und Moon haben sich am Mittwoch in der Stadt\ngetroffen und lange miteinander über Frieden\n"
    text += "gesprochen. Danach\nreisten beide ab.\n"
    assert len(split_sentences(text, "de")) == 2


@given(
    st.text(alphabet=st.sampled_from("Ab c.!?\n\r„“\"'-1,#…") | st.characters(exclude_categories=["Cs"]), max_size=300),
    st.sampled_from(["de", "en"]),
)
@settings(max_examples=150, deadline=None)
def test_sentences_and_tokens_are_exact(text: str, language: str) -> None:
    last = 0
    for sentence in split_sentences(text, language):
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip() != ""
        assert sentence.start >= last
        last = sentence.end
        end = sentence.start
        for token in tokenize(sentence, language):
            assert text[token.start : token.end] == token.text
            assert token.start >= end
            end = token.end


def test_a_long_line_takes_linear_time() -> None:
    text = "Kim traf z. B. Moon am 12. Juni … und nicht? " * 60_000
    start = time.perf_counter()
    found = split_sentences(text, "de")
    assert len(found) >= 60_000
    assert time.perf_counter() - start < 20


def test_lemma_particle_and_compound() -> None:
    tokens = tokenize(Sentence(0, 52, "Der US-Außenminister lehnte die Forderungen rundum ab"), "de")
    assert tokens[1].parts == ("US", "Außenminister")
    assert tokens[1].lemma == "Außenminister"
    assert tokens[-1].kind == "T"
    assert find_clauses(tokens, "de")[0].lemma == "ablehnen"


@pytest.mark.parametrize(
    ("language", "text", "kinds"),
    [
        ("de", "Kim sagte, dass er komme, wenn Trump ihn einlade.", ["main", "sub", "sub"]),
        ("de", "Trump, der im Mai gedroht hatte, lobte Kim.", ["main", "rel"]),
        ("de", "Er bat ihn, die Tests zu stoppen.", ["main", "inf"]),
        ("en", "Kim said that he would come if Trump invited him.", ["main", "sub", "sub"]),
        ("en", "Trump urged Kim to stop the tests.", ["main", "inf"]),
        ("en", "Trump, who threatened Kim, left.", ["main", "rel"]),
    ],
)
def test_clauses(language: str, text: str, kinds: list[str]) -> None:
    found = find_clauses(tokenize(Sentence(0, len(text), text), language), language)
    assert sorted(clause.kind for clause in found) == sorted(kinds)


def test_passive_modal_and_future() -> None:
    passive = find_clauses(tokenize(Sentence(0, 40, "Die Reise wurde von Trump kurz abgesagt."), "de"), "de")[0]
    assert (passive.passive, passive.lemma) == (True, "absagen")
    future = find_clauses(tokenize(Sentence(0, 34, "Kim will visit Moscow next summer."), "en"), "en")[0]
    assert (future.future, future.lemma) == (True, "visit")


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("de", "Am 12. Juni traf er Kim.", ["2018-06-12"]),
        ("de", "Am Freitag kam er, im August ging er.", ["2018-08-24", "2018-08"]),
        ("de", "Im Januar 2017 war es soweit.", ["2017-01"]),
        ("de", "Im nächsten Jahr kommt er.", ["2019"]),
        ("en", "They met on June 12, 2018, and again in December.", ["2018-06-12", "2018-12"]),
        ("en", "Last month he left; he may come back.", ["2018-07"]),
        ("en", "He met her yesterday.", ["2018-08-28"]),
        ("de", "Am 31. Februar nicht.", ["2018-02"]),
    ],
)
def test_dates_stay_partial(language: str, text: str, found: list[str]) -> None:
    tokens = tokenize(Sentence(0, len(text), text), language)
    assert [date for _, date in dates(tokens, "2018-08-29", words(language))] == found


def test_no_dates_without_an_anchor() -> None:
    text = "Am Freitag, im Juni und im Mai 2018."
    assert [date for _, date in dates(tokenize(Sentence(0, len(text), text), "de"), "", words("de"))] == ["2018-05"]
