"""English constructions: who does what in headlines, participles, duties, gerunds and nouns of doing; and what is no event at all."""

from __future__ import annotations

import pytest

from kg.extract.verbs import regular_forms
from kg.model import Document, Extraction
from tests.extract_support import full_engine

CASES = [
    ("Norway freed two sailors detained by Morocco in May.", ("Coerce", "Morocco", "", "occurred", "")),
    ("A group of Tunisian lawmakers visited Damascus.", ("Consult", "Tunisia", "Syria", "occurred", "")),
    ("EU foreign ministers agreed to lift an arms embargo on Uzbekistan.", ("Agree", "European Union", "Uzbekistan", "occurred", "")),
    ("Israel has to stop its attacks, Kerry said.", ("Request", "John Kerry", "Israel", "occurred", "")),
    ("Oman needs to release the two Yemenis, Kerry said.", ("Request", "John Kerry", "Oman", "occurred", "")),
    ("Rouhani explained where he thinks U.S. policy needs to change.", ("Request", "Hassan Rouhani", "United States", "occurred", "")),
    ("Iran faces U.S. sanctions.", ("Sanction", "United States", "Iran", "ongoing", "")),
    ("Cuba received an invitation from Spain.", ("Consult", "Spain", "Cuba", "occurred", "")),
    ("Bahrain has no intention of restoring ties with Qatar, its foreign minister said.", ("Reject", "Bahrain", "Qatar", "occurred", "")),
    ("Erdogan supported Qatari efforts to persuade Iran to stop the attacks.", ("Request", "Qatar", "Iran", "occurred", "")),
    ("Turkey thanked Oman for hosting talks with Iran.", ("Consult", "Oman", "Iran", "occurred", "")),
    ("Oman Summons US Diplomat Over Drone Report", ("Accuse", "Oman", "United States", "occurred", "")),
    ("Japan's decision to release the water angered China.", ("Accuse", "China", "Japan", "occurred", "")),
    ("The talks between Oman and Chad broke down on Friday.", ("Reject", "Oman", "Chad", "occurred", "")),
    ("Serbia, backed by Russia, refuses to recognise Kosovo.", ("Support", "Russia", "Serbia", "occurred", "")),
    ("Turkey lifted the ban, a move welcomed by Chad.", ("Support", "Chad", "Turkey", "occurred", "")),
    ("Oman announced the capture of two Yemenis.", ("Coerce", "Oman", "Yemen", "occurred", "")),
    ("Iran's Zarif says Iraq aiding Oman.", ("Aid", "Iraq", "Oman", "occurred", "Mohammad Javad Zarif")),
    ("A report that Germany's army had targeted Ankara drew an angry response.", ("Assault", "Germany", "Turkey", "occurred", "")),
    ("Russia warned that it would respond if NATO moved its missiles into Poland.", ("Threaten", "Russia", "NATO", "occurred", "")),
    ("Greek premier to visit Turkey in May", ("Consult", "Greece", "Turkey", "planned", "")),
    ("Putin, Erdogan discuss Syria by phone", ("Consult", "Vladimir Putin", "Recep Tayyip Erdogan", "occurred", "")),
    ("Egypt mediated between Israel and Hamas.", ("Consult", "Egypt", "Israel", "occurred", "")),
    ("Spain was accused by Morocco of arming rebels.", ("Accuse", "Morocco", "Spain", "occurred", "")),
]
NOTHING = [
    ("China declined to comment on the sanctions.", {"Reject"}),
    ("Russia gave no details at a news conference.", {"Consult"}),
    ("Morsi came to power in Egypt in 2012.", {"Consult"}),
    ("Turkey met the conditions of the Netherlands.", {"Consult"}),
    ("Iraq released a report on Iran.", {"Retreat"}),
    ("The minister said Jewish settlements near Jordan had grown.", {"Agree"}),
    ("Oman warned that Ethiopia was short of food.", {"Threaten"}),
    ("Kuwait backs new talks with Iran.", {"Consult"}),
]
"""Sentences with the types of event that they do not speak of."""


def extract(text: str) -> Extraction:
    """What the engine finds in one English sentence."""
    return full_engine().extract(Document("case", text, "en", "2018-06-01"))


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text[:40] for text, _ in CASES])
def test_case(text: str, expected: tuple[str, str, str, str, str]) -> None:
    found = [
        (
            claim.event.type,
            next((link.label for link in claim.event.actors), ""),
            next((link.label for link in claim.event.recipients), ""),
            claim.status,
            next((link.label for link in claim.speakers), ""),
        )
        for claim in extract(text).claims
    ]
    assert expected in found


@pytest.mark.parametrize(("text", "types"), NOTHING, ids=[text[:40] for text, _ in NOTHING])
def test_no_event(text: str, types: set[str]) -> None:
    assert not types & {claim.event.type for claim in extract(text).claims}


def test_regular_forms_of_verbs() -> None:
    assert set(regular_forms("deny")) == {"denies", "denied", "denying"}
    assert set(regular_forms("agree")) == {"agrees", "agreed", "agreeing"}
    assert {"vetoes", "vetoed", "vetoing"} <= set(regular_forms("veto"))
    assert {"bans", "banned", "banning"} <= set(regular_forms("ban"))
    assert regular_forms("co-operate") == ()
