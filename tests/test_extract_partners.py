"""English: partners, owners and targets that stand apart from their verb: in a list, an apposition, a pronoun, or a sentence before."""

from __future__ import annotations

import pytest

from kg.model import Document, Extraction
from tests.extract_support import full_engine

CASES = [
    ("Oman, Chad sign trade pact.", ("Agree", "Oman", "Chad", "occurred")),
    ("Omani president, Yemeni rebels sign peace deal.", ("Agree", "rebels (Yemen)", "Oman", "occurred")),
    ("Oman, Chad to hold talks on refugees.", ("Consult", "Oman", "Chad", "planned")),
    ("Oman, Chad, and Mali signed a treaty.", ("Agree", "Oman", "Chad", "occurred")),
    ("Chad and Oman agreed after talks to reopen the border.", ("Consult", "Chad", "Oman", "occurred")),
    ("Oman and Chad traded fire in the hills.", ("Assault", "Oman", "Chad", "occurred")),
    ("Fighting between rebels and Chadian troops killed 20 people.", ("Assault", "rebels", "Chad", "occurred")),
    ("Chad and Oman are to exchange prisoners.", ("Cooperate", "Chad", "Oman", "planned")),
    ("Oman's envoy, Ali Said, and Chad's premier, Omar Sadiq, met in Cairo.", ("Consult", "Ali Said", "Omar Sadiq", "occurred")),
    ("Oman, Chad's largest partner, imposed an embargo on Chad.", ("Sanction", "Oman", "Chad", "occurred")),
    ("After meeting Chad's president, Oman's premier condemned Mali.", ("Consult", "Oman", "Chad", "occurred")),
    ("Chad, angered by Oman's remarks, closed its border.", ("Accuse", "Chad", "Oman", "occurred")),
    ("The treaty does not rule out guerrilla attacks on Chadian troops.", ("Assault", "rebels", "Chad", "negated")),
    ("Omani jets bombed rebel positions in the north.", ("Assault", "Oman", "rebels", "occurred")),
    ("Two Chadian soldiers were killed by Omani fire.", ("Assault", "Oman", "Chad", "occurred")),
    ("Two Chadian villagers were wounded in an Omani air raid.", ("Assault", "Oman", "Chad", "occurred")),
    ("Oman expects a visit by Chad's foreign minister.", ("Consult", "Chad", "Oman", "possible")),
    ("Sanctions imposed on Oman by Chad remain in force.", ("Sanction", "Chad", "Oman", "ongoing")),
    ("Chad said it would not hold talks with Oman.", ("Reject", "Chad", "Oman", "occurred")),
    ("The European Union is considering sanctions against Belarus.", ("Sanction", "European Union", "Belarus", "possible")),
    ("Oman's stepped up military support for Mali is a mistake.", ("Support", "Oman", "Mali", "occurred")),
    ("Rebel military leader Omar Sadiq praised Chad.", ("HoldsPosition", "Omar Sadiq", "rebels", "ongoing")),
    ("Chad's premier, on a visit to Oman, called on Mali to make peace.", ("Request", "Chad", "Mali", "occurred")),
    ("Ali Said of Chad said he and Omar Sadiq signed a package of deals.", ("Agree", "Ali Said", "Omar Sadiq", "occurred")),
    ("Cuba met Chad. The island nation accused Chad of spying.", ("Accuse", "Cuba", "Chad", "occurred")),
    ("Hezbollah hit Israel. The Jewish state attacked the Shiite group.", ("Assault", "Israel", "Hezbollah", "occurred")),
    ("Oman met Chad. They are also to sign a protocol on culture.", ("Agree", "Oman", "Chad", "planned")),
    ("Oman met Chad. Officials from both sides are due to meet in May.", ("Consult", "Chad", "Oman", "planned")),
    ("A senior Omani official, speaking in Cairo, accused Chad of arming rebels.", ("Aid", "Chad", "rebels", "occurred")),
]


def extract(text: str) -> Extraction:
    """What the engine finds in a few English sentences."""
    return full_engine().extract(Document("case", text, "en", "2018-06-01"))


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text[:40] for text, _ in CASES])
def test_case(text: str, expected: tuple[str, str, str, str]) -> None:
    kind, actor, recipient, status = expected
    found = [
        (
            claim.event.type,
            next((link.label for link in claim.event.actors), ""),
            next((link.label for link in claim.event.recipients), ""),
            claim.status,
        )
        for claim in extract(text).claims
    ]
    turned = (kind, recipient, actor, status)
    assert expected in found or (kind in ("Agree", "Consult", "Assault") and turned in found and " between " not in text), found


def test_a_denied_deed_has_no_implied_target() -> None:
    made = extract("Oman met Chad. Oman is no longer a threat.").claims
    assert all(not claim.event.recipients for claim in made if claim.status == "negated")
