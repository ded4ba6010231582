"""Constructions of language that decide who does what to whom, one sentence each, with the packaged facts and lexicons."""

from __future__ import annotations

import re

import pytest

from kg.extract.triples import GERMAN, german_label, quads
from kg.model import Document, Extraction
from kg.terms import EVENT_TYPES, RDFS_LABEL, Names
from tests.extract_support import ROOT, full_engine, words

CASES = [
    ("en", "Cuba denounced the U.S. decision to expel 15 diplomats.", ("Sanction", "United States", "Cuba", "occurred", "Cuba")),
    (
        "en",
        "The decision by Managua to expel the U.N. team drew criticism from Washington.",
        ("Accuse", "United States", "Nicaragua", "occurred", ""),
    ),
    (
        "de",
        "Die Entscheidung Managuas, das UN-Team auszuweisen, stieß in Washington auf Kritik.",
        ("Accuse", "United States", "Nicaragua", "occurred", ""),
    ),
    ("en", "Ukraine accused Russia of shelling a village.", ("Assault", "Russia", "", "occurred", "Ukraine")),
    (
        "en",
        "The European Commission told Rome on Friday to revise its budget.",
        ("Request", "European Commission", "Italy", "occurred", ""),
    ),
    ("en", "Erdogan vowed not to give in to Washington.", ("Reject", "Recep Tayyip Erdogan", "United States", "occurred", "")),
    ("en", "China vowed to retaliate against the United States.", ("Threaten", "China", "United States", "occurred", "")),
    ("de", "Bolton sagte, der Iran müsse mit ernsten Konsequenzen rechnen.", ("Threaten", "John Bolton", "Iran", "occurred", "")),
    ("de", "Der Iran berief seinen Botschafter aus Den Haag zurück.", ("Sanction", "Iran", "", "occurred", "")),
    ("de", "Israelische Kampfjets griffen iranische Ziele an.", ("Assault", "Israel", "Iran", "occurred", "")),
    ("en", "Washington withdrew after Turkey detained an American pastor.", ("Coerce", "Turkey", "United States", "occurred", "")),
    (
        "de",
        "Die Verhandlungen zwischen Brüssel und London sind ins Stocken geraten.",
        ("Consult", "European Union", "United Kingdom", "ongoing", ""),
    ),
    ("en", "The summit between Trump and Putin was held in Helsinki.", ("LocatedIn", "summit in Helsinki", "Finland", "ongoing", "")),
    ("en", "The pact was ratified in the U.S. Senate in May.", ("Agree", "United States Senate", "", "occurred", "")),
    (
        "de",
        "Teheran will die Anreicherung nicht aussetzen, wie es Präsident Hassan Ruhani in Wien zugesagt hatte.",
        ("Concede", "Hassan Rouhani", "", "occurred", ""),
    ),
    ("en", "Tehran did not suspend enrichment, as pledged by Hassan Rouhani.", ("Concede", "Hassan Rouhani", "", "occurred", "")),
    ("de", "Die IAEA hat ihren Sitz in Wien.", ("LocatedIn", "International Atomic Energy Agency", "Vienna", "ongoing", "")),
    (
        "en",
        "The U.S. ambassador to the United Nations, Nikki Haley, spoke.",
        ("HoldsPosition", "Nikki Haley", "United States", "ongoing", ""),
    ),
    ("en", "Tehran will wait, foreign ministry spokesman Bahram Qasemi said.", ("HoldsPosition", "Bahram Qasemi", "Iran", "ongoing", "")),
    (
        "en",
        "Canada and five Latin American countries asked the International Criminal Court for help.",
        ("Request", "Canada", "International Criminal Court", "occurred", ""),
    ),
]


def extract(language: str, text: str) -> Extraction:
    return full_engine().extract(Document("case", text, language, published="2018-09-29"))


@pytest.mark.parametrize(("language", "text", "expected"), CASES, ids=[text[:40] for _, text, _ in CASES])
def test_construction(language: str, text: str, expected: tuple[str, ...]) -> None:
    found = [
        (
            claim.event.type,
            next((link.label for link in claim.event.actors), ""),
            next((link.label for link in claim.event.recipients), ""),
            claim.status,
            next((link.label for link in claim.speakers), ""),
        )
        for claim in extract(language, text).claims
    ]
    kind, actor, recipient, status, speaker = expected
    assert any(
        item[0] == kind and item[1] == actor and recipient in ("", item[2]) and item[3] == status and item[4] == speaker for item in found
    ), found


def test_an_office_in_a_document_without_date_is_held_by_whom_it_names() -> None:
    text = "The U.S. president met Vladimir Putin. Barack Obama praised the talks."
    undated = full_engine().extract(Document("case", text, "en"))
    assert "Barack Obama" in {link.label for claim in undated.claims for link in claim.event.actors if claim.event.type == "Consult"}
    nobody = full_engine().extract(Document("case", "The U.S. president met Vladimir Putin.", "en"))
    assert {link.label for claim in nobody.claims for link in claim.event.actors if claim.event.type == "Consult"} == {"United States"}


def test_a_promise_spoken_of_is_about_what_was_promised() -> None:
    text = "Washington setzt die gemeinsamen Manöver mit Südkorea nicht aus, wie es Donald Trump angekündigt hatte."
    (pledge,) = [claim for claim in extract("de", text).claims if claim.event.category == "Pledge"]
    assert {iri.rsplit("/", 1)[1] for iri in pledge.event.about} == {"joint-exercises"}


def test_a_region_is_no_participant() -> None:
    made = extract("en", "Three Latin American states condemned Venezuela.")
    assert "United States" not in {link.label for claim in made.claims for link in claim.event.actors}


def test_names_beyond_the_facts_are_one_thing_in_both_languages() -> None:
    def named(language: str) -> set[tuple[str, str]]:
        return {(name.kind, name.label) for name in words(language).names}

    assert named("de") == named("en")
    german = {link.entity for link in extract("de", "Baschar al-Assad traf Rohani in Damaskus.").links}
    assert german == {link.entity for link in extract("en", "Bashar al-Assad met Rouhani in Damascus.").links}


def test_states_of_persons_and_bodies_are_listed() -> None:
    for language in ("de", "en"):
        names = words(language).names
        states = {name.label for name in names if name.kind == "state"}
        others = {name.state for name in names if name.kind == "person" and name.state}
        bodies = {name.label for name in names if name.kind == "organisation"} | {"NATO", "European Union", "United Nations"}
        assert others <= states | bodies | {"United States"}
        assert len(states) >= 190


def test_events_have_a_label_in_german() -> None:
    engine = full_engine()
    made = extract("de", "Trump traf Kim Jong Un in Hanoi.")
    german = engine.knowledge.labels("de")
    labels = {quad.object for quad in quads(made, Names(), "urn:run", german) if quad.predicate == RDFS_LABEL and quad.language == "de"}
    event = next(claim.event for claim in made.claims if claim.event.type == "Consult")
    assert german_label(event, german).startswith("Treffen: ")
    assert german_label(event, german) in labels or event.known
    assert german_label(event, {}).startswith("Treffen: ")


def test_german_class_names_are_those_of_the_vocabulary() -> None:
    schema = (ROOT / "ontology" / "schema" / "events.ttl").read_text("utf-8")
    for name, label in GERMAN.items():
        found = re.search(rf'^kg:{name}\s+a\s+owl:Class.*?rdfs:label "[^"]*"@en , "([^"]*)"@de', schema, re.M | re.S)
        assert found is not None, name
        assert found[1] == label
    assert set(EVENT_TYPES) <= set(GERMAN)


def test_a_verb_and_its_object_name_the_curated_event() -> None:
    text = "In August North Korea sent Kim Yong Chol's letter to Pompeo, the White House said."
    found = [claim.event.known for claim in extract("en", text).claims if claim.event.category == "Letter"]
    assert [iri.rsplit("/", 1)[1] for iri in found] == ["kim-yong-chol-letter-to-pompeo-2018"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Die Nachrichtenagentur TASS bestätigte das Gespräch. Demnach habe Lawrow dem Iran mit Sanktionen gedroht."),
        ("de", "Die Agentur TASS meldete einen Streit. Der Meldung zufolge drohte Lawrow dem Iran mit Sanktionen."),
    ],
)
def test_who_told_before_is_who_says_it_now(language: str, text: str) -> None:
    (threat,) = [claim for claim in extract(language, text).claims if claim.event.type == "Threaten"]
    assert [link.label for link in threat.speakers] == ["TASS"]
