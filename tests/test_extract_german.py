"""Rules of German that decide who does what to whom, each with sentences on subjects of their own."""

from __future__ import annotations

import pytest

from kg.extract.attributes import find_attributes
from kg.extract.tokens import participle_lemma, tokenize
from kg.model import Document, Sentence
from tests.extract_support import full_engine

CASES = [
    # datelines, speakers before a colon, sources behind quotation marks
    ("OSLO (Reuters) – Norwegen hat Schweden am Montag kritisiert.", ("Accuse", "Norway", "Sweden", "occurred", "")),
    ("Merkel: Norwegen hat Schweden kritisiert und Dänemark gelobt", ("Accuse", "Norway", "Sweden", "occurred", "Angela Merkel")),
    ("Der Zeitung „Le Monde“ zufolge hat Frankreich Waffen an Libyen geliefert.", ("Aid", "France", "Libya", "occurred", "Le Monde")),
    # attributes with a doer
    ("Die von Kenia befehligte Truppe hat Somalia angegriffen.", ("Assault", "Kenya", "Somalia", "occurred", "")),
    ("Der vom Sudan gelobte Tschad schwieg.", ("Support", "Sudan", "Chad", "ongoing", "")),
    ("Die von Kanada gegen Peru verhängten Sanktionen bleiben.", ("Sanction", "Canada", "", "occurred", "")),
    ("Das von Marokko besetzte Gebiet wurde von Algerien angegriffen.", ("Assault", "Algeria", "", "occurred", "")),
    # coordination, open brackets, participles that may be finite
    ("Sowohl Merkel als auch Macron kritisierten Ungarn.", ("Accuse", "Angela Merkel", "Hungary", "occurred", "")),
    ("Beim Zoll sollen Nepal und die Mongolei kooperieren.", ("Cooperate", "Nepal", "Mongolia", "occurred", "")),
    ("Brasilien habe sich mit Peru und Chile geeinigt.", ("Agree", "Brazil", "Peru", "occurred", "")),
    ("Es heißt, dass Katar die Türkei unterstützt.", ("Support", "Qatar", "Turkey", "occurred", "")),
    # what stands first is not always the subject
    ("Kritik an der Entscheidung Washingtons übte auch Norwegen.", ("Accuse", "Norway", "United States", "occurred", "")),
    ("Das erfuhr Merkel beim Telefonat mit Macron.", ("Consult", "Angela Merkel", "Emmanuel Macron", "occurred", "")),
    ("Das ist ein Schritt, den Israel lange abgelehnt hatte.", ("Reject", "Israel", "", "occurred", "")),
    ("Man werde Belgien nicht unterstützen, sagte Macron.", ("Support", "Emmanuel Macron", "Belgium", "negated", "")),
    # verbs with a particle and a preposition, light verbs, nouns of doing with what they concern
    ("Island setzte sich für Grönland ein.", ("Support", "Iceland", "Greenland", "occurred", "")),
    ("Merkel sprach sich gegen einen Beitritt der Türkei aus.", ("Reject", "Angela Merkel", "Turkey", "occurred", "")),
    ("Nigeria hat zwei Diplomaten aus Ghana des Landes verwiesen.", ("Sanction", "Nigeria", "", "occurred", "")),
    ("Die Aufhebung der Sanktionen gegen Belarus durch Kanada begann.", ("Retreat", "Canada", "Belarus", "occurred", "")),
    ("Estland hat die Ausweisung finnischer Diplomaten beschlossen.", ("Sanction", "Estonia", "Finland", "ongoing", "")),
    ("Malaysia und Thailand haben ihren Grenzstreit beigelegt.", ("Agree", "Malaysia", "Thailand", "occurred", "")),
    # each other; whom an accusation is aimed at; what is denied
    ("Indien und Pakistan beschossen einander.", ("Assault", "India", "Pakistan", "occurred", "")),
    ("Norwegen verurteilte die Verhaftung von Mönchen durch Myanmar.", ("Accuse", "Norway", "Myanmar", "occurred", "")),
    ("Es gebe keine Beweise für eine Einmischung Russlands, sagte Macron.", ("Coerce", "Russia", "", "negated", "Emmanuel Macron")),
    # numbers, nouns made of adjectives, participles that open a sentence or close a headline
    ("Malta nahm 50 Flüchtlinge auf, die Italien abgewiesen hatte.", ("Reject", "Italy", "refugees", "occurred", "")),
    ("Lettland, ein enger Verbündeter Polens, schwieg.", ("AllyOf", "Latvia", "Poland", "ongoing", "")),
    ("Unterstützt von Uganda griffen Rebellen die Stadt an.", ("Support", "Uganda", "rebels", "ongoing", "")),
    ("Malische Journalistin in Niger verhaftet\n\nMehr ist nicht bekannt.", ("Coerce", "Niger", "", "occurred", "")),
    ("Eine Beteiligung lehnte Ungarn ab.", ("Reject", "Hungary", "", "occurred", "")),
    # who stands behind a noun, and between whom it is
    ("Zwischen Ghana und Togo kam es zu Gefechten.", ("Assault", "Ghana", "Togo", "occurred", "")),
    (
        "Novak wurde bei einem Angriff der malischen Armee getötet. Pavel Novak war Arzt.",
        ("Assault", "Mali", "Pavel Novak", "occurred", ""),
    ),
    ("Kritik kam auch aus Schweden.", ("Accuse", "Sweden", "", "occurred", "")),
    ("Der Präsident lehnte Gespräche ab. Ghana weigert sich, mit den Rebellen zu reden.", ("Reject", "Ghana", "rebels", "ongoing", "")),
    ("Ghana setzte die Gespräche mit Togo fort.", ("Consult", "Ghana", "Togo", "occurred", "")),
    # auxiliaries that wait for their verb behind a conjunction
    ("Ghana hat Togo und den Tschad angegriffen.", ("Assault", "Ghana", "Togo", "occurred", "")),
    # reported speech: its verb forms, its sources, its pronouns, and what it accuses of
    ("Togo habe ein Dorf in Benin beschossen, erklärte Ghana.", ("Accuse", "Ghana", "Togo", "occurred", "")),
    ("Die Rebellen hätten die Waffenruhe verletzt, so der malische Außenminister.", ("Accuse", "Mali", "rebels", "occurred", "")),
    ("Peru werde angreifen, sagte Pavel Novak über Jan Kowal. Er kritisierte Peru.", ("Accuse", "Pavel Novak", "Peru", "occurred", "")),
    ("Jan Kowal warf Pavel Novak vor, er unterstütze Rebellen.", ("Support", "Pavel Novak", "rebels", "occurred", "Jan Kowal")),
    # names: the family name first, short names of parties, given names that look like verbs
    ("Kowal kritisiert Peru\n\nJan Kowal war gestern in Oslo.", ("Accuse", "Jan Kowal", "Peru", "occurred", "")),
    ("DPK-Chef Jan Kowal schwieg.", ("HoldsPosition", "Jan Kowal", "DPK", "ongoing", "")),
    ("Der Chef der Oppositionspartei DPK, Jan Kowal, schwieg.", ("HoldsPosition", "Jan Kowal", "DPK", "ongoing", "")),
]


def told(text: str) -> list[tuple[str, str, str, str, str]]:
    """Type, first actor, first recipient, status and first speaker of each claim of a text."""
    return [
        (
            claim.event.type,
            next((link.label for link in claim.event.actors), ""),
            next((link.label for link in claim.event.recipients), ""),
            claim.status,
            next((link.label for link in claim.speakers), ""),
        )
        for claim in full_engine().extract(Document("case", text, "de", published="2018-09-29")).claims
    ]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text[:40] for text, _ in CASES])
def test_rule(text: str, expected: tuple[str, ...]) -> None:
    found = told(text)
    wanted = [item for item in found if (item[0], item[1], item[3], item[4]) == (expected[0], expected[1], *expected[3:])]
    assert any(expected[2] in ("", item[2]) for item in wanted), found


def test_the_noun_of_talks_stands_for_the_parties_told_of_before() -> None:
    found = told("Merkel traf Macron am Dienstag in Paris. Das Gespräch drehte sich um Fischerei.")
    assert [item[:3] for item in found if item[0] == "Consult"] == [("Consult", "Angela Merkel", "Emmanuel Macron")] * 2


def test_the_other_side_is_one_with_which_the_text_told_of_a_deed() -> None:
    alone = told("Das Wetter in Peru ist gut. Chile lehnt das ab.")
    assert ("Reject", "Chile", "") in [item[:3] for item in alone]
    partners = told("Peru kritisierte Chile. Chile lehnt das ab.")
    assert ("Reject", "Chile", "Peru") in [item[:3] for item in partners]


@pytest.mark.parametrize(
    "text",
    [
        "Die Beziehungen zwischen Norwegen und Schweden sind angespannt.",
        "Der Besuch begann.",
        "Trotz der Proteste hält Polen an der Reform fest.",
        "Angola hat eine Ankündigung gemacht.",
    ],
)
def test_nothing_is_claimed(text: str) -> None:
    assert told(text) == []


def test_offsets_of_attributes_and_their_verbs() -> None:
    text = "Die von der Regierung in Wien seit langem geforderte Reform kam."
    tokens = tokenize(Sentence(0, len(text), text, 0), "de")
    (found,) = find_attributes(tokens)
    assert (tokens[found.article].text, tokens[found.last].text, found.verb) == ("Die", "geforderte", "fordern")
    assert [participle_lemma(word) for word in ("geführte", "angegriffenen", "wichtige")] == ["führen", "angreifen", ""]
