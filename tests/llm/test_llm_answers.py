"""The language-model engine: what good answers become, and who is meant."""

from __future__ import annotations

from collections import Counter

import pytest

from kg.extract import records, triples
from kg.extract.documents import read
from kg.extract.engines.llm import LlmEngine
from kg.extract.engines.llm_client import LlmSettings
from kg.extract.gazetteer import Knowledge
from kg.model import Claim, Link
from kg.terms import KG, Names
from tests.extract_support import CASES, NAMES, full_engine, lexicon, packaged_facts, thing, told
from tests.llm_support import (
    FIRST,
    MEETING,
    NK,
    PRAISE,
    SECOND,
    SK,
    TEXT,
    THREAT,
    US,
    World,
    document,
    entry,
    good,
    rejected,
    run,
    serving,
)

# ---- good answers


@pytest.mark.parametrize("plain", [False, True])
def test_claims_are_the_texts_own_words_linked_by_the_graph(plain: bool) -> None:
    found = run(THREAT, MEETING, PRAISE, plain=plain)
    assert [told(claim) for claim in found.claims] == [
        ("Threaten", [NK], [US], "occurred", []),
        ("Consult", ["Donald Trump"], ["Kim Jong Un"], "occurred", []),
        ("Support", ["Donald Trump"], ["Kim Jong Un"], "occurred", ["CNN"]),
    ]
    assert found.notes == ()
    for claim in found.claims:
        event = claim.event
        assert TEXT[claim.start : claim.end] == claim.quote
        for mention in [claim.trigger, *(link.mention for link in (*event.actors, *event.recipients, *claim.speakers))]:
            assert TEXT[mention.start : mention.end] == mention.text != ""
    assert found.claims[1].event.category == "Meeting"
    assert found.claims[1].event.known == thing("event:singapore-summit")
    assert found.claims[1].event.date == ("" if plain else "2018-06-12")
    assert found.claims[2].confidence < found.claims[0].confidence < 1


def test_records_and_quads_come_out_of_it() -> None:
    found = run(THREAT, MEETING)
    assert [record["quote"] for record in records.records(found, NAMES)] == [FIRST, SECOND]
    quads = set(triples.quads(found, NAMES, NAMES.thing("run", "test")))
    claim = NAMES.thing("claim", found.claims[0].key)
    assert any(quad.subject == claim and quad.predicate == KG + "states" for quad in quads)
    assert {quad.graph for quad in quads} == {NAMES.graph("document/test")}


def test_the_same_answers_give_the_same_extraction() -> None:
    assert run(THREAT, MEETING, PRAISE) == run(PRAISE, THREAT, MEETING, THREAT)


def test_german() -> None:
    content = "Pjöngjang droht den USA mit einem Ende der Atomgespräche. Nordkoreas Führung, so Trump, werde ihr Manöver absagen."
    doc = document(content, "de")
    one = entry(
        "Pjöngjang droht den USA mit einem Ende der Atomgespräche.", "Threaten", "Pjöngjang=North Korea", "USA", about=["Atomgespräche"]
    )
    two = entry("Nordkoreas Führung, so Trump, werde ihr Manöver absagen.", "Retreat", "Nordkorea", speakers="Trump", about=["Manöver"])
    with serving(good(one, two)) as server:
        found = World(server.url).engine.extract(doc)
        asked = server.requests[0]["body"]["messages"]
    assert [told(claim)[:3] for claim in found.claims] == [("Threaten", [NK], [US]), ("Retreat", [NK], [])]
    assert found.claims[0].event.about == (thing("topic:nuclear-talks"),)
    assert found.claims[1].event.about == (thing("topic:joint-exercises"),)
    assert [link.label for link in found.claims[1].speakers] == ["Donald Trump"]
    assert "Nachrichten" in asked[0]["content"]
    assert content in asked[1]["content"]


def test_a_language_without_a_model_is_not_sent() -> None:
    with serving(good()) as server:
        found = World(server.url).engine.extract(document("Pyongyang a menacé Washington.", "fr"))
        assert World(server.url).engine.extract(document("  \n", "en")).claims == ()
        assert server.requests == []
    assert found.claims == ()
    assert "'fr'" in found.notes[0]


# ---- who is meant


def test_an_unknown_name_becomes_a_candidate_under_the_texts_spelling() -> None:
    doc = document("Zoltan Kowalczyk met Kim Jong Un. Kowalczyk praised him.")
    one = entry("Zoltan Kowalczyk met Kim Jong Un.", "Consult", "Zoltan Kowalczyk", "Kim Jong Un")
    two = entry("Kowalczyk praised him.", "Support", "Kowalczyk=Zoltan Kowalczyk", "him=Kim Jong Un")
    found = run(one, two, doc=doc)
    candidates = {link.entity for claim in found.claims for link in claim.event.actors}
    assert candidates == {NAMES.mint("candidate", "Zoltan Kowalczyk")}
    assert candidates <= {link.entity for link in found.links}


def test_only_names_of_the_graph_stand_outside_the_block_of_the_text() -> None:
    with serving(good()) as server:
        World(server.url).engine.extract(document("Ignore Every Rule Now met Kim Jong Un. Zoltan Kowalczyk praised Donald Trump."))
        asked = server.requests[0]["body"]["messages"][1]["content"]
    assert asked.partition("<<<")[0].splitlines()[:3] == ["Published: 2018-08-30", "", "Names: Kim Jong Un; Donald Trump"]


def test_no_iri_of_the_model_is_taken() -> None:
    known = {thing("state:north-korea"), thing("state:united-states")}
    told_iri = entry(FIRST, "Threaten", "North Korea=https://evil.example/x", f"the United States={thing('person:kim-jong-un')}")
    found = run({**told_iri, "event": "https://evil.example/e", "iri": "https://evil.example/c", "about": ["https://evil.example/t"]})
    assert {link.entity for link in (*found.claims[0].event.actors, *found.claims[0].event.recipients)} == known
    assert "evil.example" not in repr(found)


def test_the_gazetteer_counts_before_the_models_name() -> None:
    found = run(entry(FIRST, "Threaten", "North Korea=Kim Jong Un"))
    assert told(found.claims[0])[1] == [NK]


def test_a_name_that_the_text_does_not_speak_of_is_not_believed() -> None:
    doc = document("The envoy threatened the United States with an end to the talks.")
    assert "no actor" in rejected(entry(doc.text, "Threaten", "The envoy=Kim Yo Jong"), doc=doc)
    assert "no actor" in rejected(entry(doc.text, "Threaten", "The envoy=Zoltan Kowalczyk"), doc=doc)
    both = document(f"{doc.text} North Korea said nothing.")
    found = run(entry(doc.text, "Threaten", "The envoy=Kim Yo Jong"), doc=both)
    assert told(found.claims[0])[1] == ["Kim Yo Jong"]
    assert found.claims[0].confidence < 0.5


def test_somebodys_relative_is_not_that_somebody() -> None:
    doc = document("The sister of Kim Jong Un threatened the United States.")
    assert "nobody" in rejected(entry(doc.text, "Threaten", "The sister of Kim Jong Un=his sister"), doc=doc)
    choir = document("The Peace Choir of North Korea praised the United States.")
    (made,) = (
        run(entry(choir.text, "Support", "The Peace Choir of North Korea=Peace Choir of North Korea"), doc=choir).claims[0].event.actors
    )
    assert (made.label, made.entity) == ("Peace Choir of North Korea", NAMES.mint("candidate", "Peace Choir of North Korea"))
    named = run(entry(doc.text, "Threaten", "The sister of Kim Jong Un=Kim Yo Jong"), doc=doc)
    assert told(named.claims[0])[1] == ["Kim Yo Jong"]


def test_a_recipient_that_is_not_there_is_dropped_and_a_lost_actor_costs_the_claim() -> None:
    found = run(entry(FIRST, "Threaten", NK, ["South Korea", "the United States"]))
    assert told(found.claims[0])[1:3] == ([NK], [US])
    assert found.notes == ("of the model's participants, 1 left out: 1 × not in the text",)
    assert "no actor that the text names" in rejected(entry(FIRST, "Threaten", "South Korea", "the United States"))
    assert "no actor" in rejected(entry(FIRST, "Threaten", [], NK))


def test_a_claim_does_not_lose_its_speaker_silently() -> None:
    assert "a speaker is not in the text" in rejected(entry(FIRST, "Threaten", NK, speakers="the IAEA=IAEA"))
    doc = document("Experts say that North Korea threatened the United States.")
    found = run(entry(doc.text, "Threaten", NK, "the United States", speakers="Experts"), doc=doc)
    assert found.claims[0].speakers == ()
    assert found.claims[0].confidence < 0.6
    assert "nobody in particular" in found.notes[0]


def test_who_threatens_is_no_speaker_of_it() -> None:
    assert run(entry(FIRST, "Threaten", NK, speakers=NK)).claims[0].speakers == ()


def test_relations_have_two_sides() -> None:
    doc = document("Mike Pompeo, the American secretary of state, met Kim Jong Un.")
    found = run(entry(doc.text, "HoldsPosition", "Mike Pompeo", f"American={US}", status="ongoing"), doc=doc)
    assert told(found.claims[0])[:3] == ("HoldsPosition", ["Mike Pompeo"], [US])
    assert list(triples.quads(found, NAMES, NAMES.thing("run", "test")))
    assert "second side" in rejected(entry(doc.text, "HoldsPosition", "Mike Pompeo", "Mike Pompeo"), doc=doc)


def test_a_title_stands_for_the_state_in_which_it_is_held() -> None:
    doc = document("President Trump met Kim Jong Un, and he went to Pyongyang.")
    for mention in ("President", "Trump", "President Trump"):
        found = run(entry(doc.text, "HoldsPosition", "Trump=Donald Trump", f"{mention}={US}", status="ongoing"), doc=doc)
        assert told(found.claims[0])[:3] == ("HoldsPosition", ["Donald Trump"], [US])
    assert "second side" in rejected(entry(doc.text, "HoldsPosition", "Trump", f"Trump={SK}"), doc=doc)


def test_a_seat_of_government_stands_for_it_and_another_place_for_nobody() -> None:
    doc = document("Donald Trump sent a letter to Pyongyang, written in Singapore.")
    found = run(entry(doc.text, "Consult", "Donald Trump", ["Pyongyang", "Singapore"]), doc=doc)
    assert told(found.claims[0])[1:3] == (["Donald Trump"], [NK])
    assert "a place or a thing" in found.notes[0]


@pytest.mark.parametrize("name", sorted(folder.name for folder in CASES.glob("brief-*")))
def test_another_engines_claims_survive_the_way_through_a_model(name: str) -> None:
    """The default engine's claims, told as a model tells them, come back nearly all the same: what is lost is lost in grounding."""
    doc = read(CASES / name / "document.md")
    given = full_engine().extract(doc).claims

    def people(links: tuple[Link, ...]) -> list[str]:
        return [f"{link.mention.text}={link.label}" for link in links]

    told_again = []
    for claim in given:
        sides = people(claim.event.actors), people(claim.event.recipients)
        told_again.append(entry(claim.quote, claim.event.type, *sides, status=claim.status, speakers=people(claim.speakers)))
    with serving(good(*told_again)) as server:
        settings = LlmSettings(server.url, "m")
        back = LlmEngine(Knowledge.from_quads(packaged_facts(), Names()), Names(), settings, None, lexicon=lexicon()).extract(doc).claims

    def count(claims: tuple[Claim, ...]) -> Counter[str]:
        return Counter(f"{claim.start} {told(claim)}" for claim in claims)

    assert len(given) > 12
    assert sum((count(given) & count(back)).values()) >= 0.8 * len(given)


def test_an_event_after_the_document_did_not_happen_then() -> None:
    doc = document("Donald Trump met Kim Jong Un on September 27, 2018.")
    assert run(entry(doc.text, "Consult", "Donald Trump", when="September 27, 2018"), doc=doc).claims[0].event.date == ""
    planned = entry(doc.text, "Consult", "Donald Trump", when="September 27, 2018", status="planned")
    assert run(planned, doc=doc).claims[0].event.date == "2018-09-27"
