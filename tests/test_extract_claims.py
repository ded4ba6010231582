"""Events, status, speakers, relations and known events, on sentences of our own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extract import records, triples
from kg.extract.documents import read
from kg.model import Document
from kg.terms import KG, OA, RDF, RDF_TYPE, RDFS_LABEL, STATUSES, Names
from tests.extract_support import CASES, NAMES, claims, extract, full_engine, small_engine, thing, told

NK, US, SK = "North Korea", "United States", "South Korea"
RUN = NAMES.thing("run", "test")


@pytest.mark.parametrize(
    ("language", "text", "claim"),
    [
        ("de", "Nordkorea drohte den USA mit einem Abbruch der Gespräche.", ("Threaten", [NK], [US], "occurred", [])),
        ("de", "Die USA wurden von Nordkorea kritisiert.", ("Accuse", [NK], [US], "occurred", [])),
        ("de", "Trump lehnte die Forderungen Nordkoreas ab.", ("Reject", ["Donald Trump"], [NK], "occurred", [])),
        ("de", "Nordkorea hat seine Atomtests nicht gestoppt.", ("Retreat", [NK], [], "negated", [])),
        ("de", "Trump wird Kim Jong Un treffen.", ("Consult", ["Donald Trump"], ["Kim Jong Un"], "planned", [])),
        ("de", "Nordkorea könnte neue Raketen bauen.", ("Mobilize", [NK], [], "possible", [])),
        (
            "de",
            "Trump, der Kim Jong Un im Mai gelobt hatte, verurteilte Südkorea.",
            ("Support", ["Donald Trump"], ["Kim Jong Un"], "occurred", []),
        ),
        ("de", "Nordkorea will nicht abrüsten, sagte Kim Jong Un in Richtung der USA.", ("Reject", [NK], [US], "occurred", [])),
        ("en", "The United States accused North Korea of breaking the agreement.", ("Accuse", [US], [NK], "occurred", [])),
        ("en", "North Korea was warned by the United States.", ("Threaten", [US], [NK], "occurred", [])),
        ("en", "Trump did not meet Kim Jong Un.", ("Consult", ["Donald Trump"], ["Kim Jong Un"], "negated", [])),
        ("en", "Trump called off Pompeo's trip to Pyongyang.", ("Consult", ["Mike Pompeo"], [NK], "cancelled", [])),
        ("en", "Trump may lift sanctions on North Korea.", ("Retreat", ["Donald Trump"], [NK], "possible", [])),
        ("en", "Trump and Kim Jong Un plan a summit.", ("Consult", ["Donald Trump"], ["Kim Jong Un"], "planned", [])),
    ],
)
def test_who_does_what_to_whom(language: str, text: str, claim: tuple[object, ...]) -> None:
    assert claim in claims(text, language)


def test_what_a_threat_is_about_is_no_event_of_its_own() -> None:
    assert [claim[0] for claim in claims("Nordkorea drohte den USA mit einem Abbruch der Gespräche.")] == ["Threaten"]
    assert [claim[0] for claim in claims("North Korea urged the United States to lift sanctions.", "en")] == ["Request"]


@pytest.mark.parametrize(
    ("language", "text", "speakers"),
    [
        ("de", "CNN berichtet, Nordkorea baue neue Raketen.", ["CNN"]),
        ("de", "Laut CNN baut Nordkorea neue Raketen.", ["CNN"]),
        ("de", "Nach Angaben der IAEA baut Nordkorea neue Raketen.", ["International Atomic Energy Agency"]),
        ("de", "Nordkorea baut neue Raketen, sagte Trump.", ["Donald Trump"]),
        ("de", "CNN meldete das. Nordkorea baue neue Raketen.", ["CNN"]),
        ("de", "CNN meldete das. Nordkorea baut neue Raketen.", []),
        ("de", "Trump sagte, dass er gehe. Nordkorea habe neue Raketen gebaut.", ["Donald Trump"]),
        ("de", "Nordkorea baut neue Raketen, sagte Trump, wie CNN berichtet.", ["Donald Trump", "CNN"]),
        ("en", "According to the IAEA, North Korea is building new missiles.", ["International Atomic Energy Agency"]),
        ("en", "North Korea is building new missiles, Trump said.", ["Donald Trump"]),
        ("en", "Trump said North Korea had built new missiles, CNN reported.", ["Donald Trump", "CNN"]),
        ("en", "North Korea is building new missiles.", []),
    ],
)
def test_speakers_are_innermost_first(language: str, text: str, speakers: list[str]) -> None:
    found = [claim[4] for claim in claims(text, language) if claim[0] == "Mobilize"]
    assert found == [speakers]


def test_a_quotation_goes_on_in_the_next_sentence() -> None:
    found = claims("„Nordkorea baut Raketen“, sagte Trump. „Nordkorea entwickelt Atomwaffen.“")
    assert [claim[4] for claim in found if claim[0] == "Mobilize"] == [["Donald Trump"], ["Donald Trump"]]


def test_the_other_clause_of_an_accusation_has_the_accuser_as_speaker() -> None:
    found = claims("Nordkorea warf den USA vor, mit Südkorea zu üben.")
    assert ("Mobilize", [US], [SK], "occurred", [NK]) in found


def test_conditions_and_duties_are_demands() -> None:
    assert ("Request", [NK], [US], "occurred", []) in claims("Nordkorea versprach abzurüsten, wenn die USA Garantien geben.")
    assert ("Request", ["Donald Trump"], [NK], "occurred", []) in claims("Trump said North Korea must give up its weapons.", "en")


def test_an_exercise_that_is_not_suspended_goes_on() -> None:
    found = claims("Die USA setzen die Manöver mit Südkorea nicht aus.")
    assert ("Retreat", [US], [], "negated", []) in found
    assert ("Mobilize", [US], [SK], "ongoing", []) in found


def test_relations() -> None:
    assert ("HoldsPosition", ["Donald Trump"], [US], "ongoing", []) in claims("US-Präsident Donald Trump schwieg.")
    assert ("HoldsPosition", ["Donald Trump"], [US], "ongoing", []) in claims("President Donald Trump was silent.", "en")
    assert ("AllyOf", [US], [SK], "ongoing", []) in claims("Südkoreas Verbündeter USA schwieg.")


def test_known_events_are_recognised_by_name_and_by_place() -> None:
    for text, language in (
        ("Nach dem Singapur-Gipfel stockten die Gespräche mit Nordkorea.", "de"),
        ("The Singapore summit was short.", "en"),
    ):
        assert thing("event:singapore-summit") in {claim.event.known for claim in extract(text, language).claims}
    other = extract("Trump met Kim Jong Un in Pyongyang on June 12.", "en").claims
    assert {claim.event.known for claim in other} == {""}


def test_the_topic_of_an_exercise_comes_from_the_lexicon() -> None:
    claim = next(claim for claim in extract("Die USA begannen ein Manöver mit Südkorea.").claims if claim.event.type == "Mobilize")
    assert claim.event.about == (thing("topic:joint-exercises"),)


def test_a_language_that_is_not_known_gives_a_note() -> None:
    found = small_engine().extract(Document("a", "Les pourparlers.", "und"))
    assert found.claims == ()
    assert "und" in found.notes[0]


TEXTS = st.lists(
    st.sampled_from(
        'Trump Kim Nordkorea USA Pjöngjang Washington traf drohte sagte dass , . „ “ " und nicht Manöver mit die der '
        "North Korea said that met "
        "threatened sanctions on if will he it er es wir \n Gipfel wurde von by ( ) : ; – kritisiert müsse 12. Juni".split(" ")
    ),
    max_size=60,
).map(" ".join)


@given(TEXTS | st.text(st.characters(exclude_categories=["Cs"]), max_size=200), st.sampled_from(["de", "en"]))
@settings(max_examples=150, deadline=None)
def test_invariants_on_any_text(text: str, language: str) -> None:
    found = extract(text, language)
    for link in found.links:
        assert text[link.mention.start : link.mention.end] == link.mention.text
        assert 0 < link.confidence <= 1
    for claim in found.claims:
        assert text[claim.start : claim.end] == claim.quote
        assert claim.start <= claim.trigger.start < claim.trigger.end <= claim.end
        assert text[claim.trigger.start : claim.trigger.end] == claim.trigger.text
        assert claim.status in STATUSES
        assert claim.event.actors
        assert 0 < claim.confidence < 1
    assert extract(text, language) == found
    assert list(triples.quads(found, NAMES, RUN)) == list(triples.quads(extract(text, language), NAMES, RUN))


# ---- triples and records


def test_triples_have_the_shape_of_the_model() -> None:
    found = extract("Laut CNN sagte Trump, Nordkorea baue neue Raketen. Der Iran lehnt das ab.")
    quads = list(triples.quads(found, NAMES, RUN))
    assert len(quads) == len(set(quads))
    assert {quad.graph for quad in quads} == {NAMES.graph("document/test")}
    assert not any(quad.subject.startswith("_:") or quad.object.startswith("_:") for quad in quads)
    claim = next(item for item in found.claims if item.event.type == "Mobilize")
    iri = NAMES.thing("claim", claim.key)
    about = {quad.predicate: quad.object for quad in quads if quad.subject == iri}
    assert about[KG + "speaker"] == thing("person:donald-trump")
    assert about[KG + "reportedBy"] == thing("organisation:cnn")
    chain, members = about[KG + "speakerChain"], []
    cells = {(quad.subject, quad.predicate): quad.object for quad in quads}
    while chain != RDF + "nil":
        members.append(cells[chain, RDF + "first"])
        chain = cells[chain, RDF + "rest"]
    assert members == [thing("person:donald-trump"), thing("organisation:cnn")]
    exact = {quad.object for quad in quads if quad.predicate == OA + "exact"}
    assert claim.quote in exact
    candidates = {quad.subject for quad in quads if quad.object == KG + "Candidate"}
    assert [quad.object for quad in quads if quad.subject in candidates and quad.predicate == RDFS_LABEL] == ["Iran"]


def test_a_known_event_is_only_pointed_at() -> None:
    quads = list(triples.quads(extract("The Singapore summit was short.", "en"), NAMES, RUN))
    event = thing("event:singapore-summit")
    assert any(quad.predicate == KG + "states" and quad.object == event for quad in quads)
    assert not any(quad.subject == event for quad in quads)


def test_dates_keep_their_precision() -> None:
    quads = list(triples.quads(extract("Trump met Kim Jong Un in July.", "en"), NAMES, RUN))
    dated = {(quad.object, quad.datatype.rsplit("#", 1)[1]) for quad in quads if quad.predicate == KG + "date"}
    assert dated == {("2018-07", "gYearMonth")}


def test_a_relation_is_a_claim_about_a_plain_triple() -> None:
    quads = list(triples.quads(extract("US-Präsident Donald Trump schwieg."), NAMES, RUN))
    assert any(quad.predicate == RDF + "object" and quad.object == thing("state:united-states") for quad in quads)
    assert not any(quad.predicate == RDF_TYPE and quad.object == KG + "HoldsPosition" for quad in quads)


def test_records_and_writing(tmp_path: Path) -> None:
    found = extract("Nordkorea drohte den USA.")
    record = records.records(found, NAMES)[0]
    assert {"start", "end", "type", "status", "confidence", "actors", "recipients", "speakers", "id", "quote", "event"} <= set(record)
    actors = record["actors"]
    assert isinstance(actors, list)
    assert actors[0]["label"] == NK
    assert "Nordkorea" in actors[0]["names"]
    file = tmp_path / "a.jsonl"
    records.write(records.records(found), file)
    assert [json.loads(line)["type"] for line in file.read_text("utf-8").splitlines()] == ["Threaten"]
    assert list(tmp_path.iterdir()) == [file]


# ---- golden cases


CASE_NAMES = sorted(folder.name for folder in CASES.iterdir() if (folder / "expected.jsonl").is_file())


def test_there_are_cases() -> None:
    assert len(CASE_NAMES) >= 4


@pytest.mark.parametrize("name", CASE_NAMES)
def test_case(name: str) -> None:
    extraction = full_engine().extract(read(CASES / name / "document.md"))
    found = [(claim.quote, told(claim)) for claim in extraction.claims]
    expected = [json.loads(line) for line in (CASES / name / "expected.jsonl").read_text("utf-8").splitlines()]
    assert len(expected) >= 12
    for item in expected:
        wanted = (item["type"], item["actors"], item["recipients"], item["status"], item["speakers"])
        there = [claim for quote, claim in found if item["quote"] in quote]
        assert wanted in there, f"{item['quote']}: {wanted} is not among {there}"


def test_nothing_in_a_case_is_outside_the_names(tmp_path: Path) -> None:
    """Every claim of the briefs points to things of the dossier, or to candidates."""
    names = Names()
    for name in CASE_NAMES:
        for claim in full_engine().extract(read(CASES / name / "document.md")).claims:
            for link in (*claim.event.actors, *claim.event.recipients, *claim.speakers):
                assert names.kind(link.entity) in ("state", "organisation", "person", "candidate")
