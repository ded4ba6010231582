"""Names beyond the facts: states, bodies, persons by their shape and title, unnamed groups, and offices as a document gives them."""

from __future__ import annotations

import pytest

from kg.extract.gazetteer import Entity
from kg.model import Document, Extraction
from tests.extract_support import full_engine


def extracted(language: str, text: str, published: str = "") -> Extraction:
    return full_engine().extract(Document("names", text, language, published=published))


def links(language: str, text: str, published: str = "") -> list[tuple[str, str]]:
    return [(link.mention.text, link.label) for link in extracted(language, text, published).links]


def held(language: str, text: str) -> list[tuple[str, str]]:
    return [
        (claim.event.actors[0].label, claim.event.recipients[0].label)
        for claim in extracted(language, text).claims
        if claim.event.type == "HoldsPosition"
    ]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "en",
            "ENVOY LEAVES BISSAU. The Zairean envoy flew home.",
            [("BISSAU", "Guinea-Bissau"), ("Zairean envoy", "Democratic Republic of the Congo")],
        ),
        ("en", "The West condemned the G7.", [("West", "West"), ("G7", "G7")]),
        ("en", "Uighur exiles left the Abkhaz capital.", [("Uighur", "Uighurs"), ("Abkhaz capital", "Abkhazia")]),
        ("de", "Die PKK griff Mossul an.", [("PKK", "Kurdistan Workers' Party"), ("Mossul", "Mosul")]),
        ("de", "Der Uno-Menschenrechtsrat rügte Aserbaidschan.", [("Uno-Menschenrechtsrat", "United Nations Human Rights Council")]),
        ("de", "Die Bundesregierung lobte Usbekistan.", [("Bundesregierung", "Government of Germany"), ("Usbekistan", "Uzbekistan")]),
    ],
)
def test_the_world_is_known(language: str, text: str, expected: list[tuple[str, str]]) -> None:
    found = links(language, text)
    assert all(item in found for item in expected), found


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "On Friday President Jack Straw visited Peru.", "Jack Straw"),
        ("en", "Prime Minister Mbuyi wa Kalala left Peru.", "Mbuyi wa Kalala"),
        ("en", "King Harald IV met Peru.", "Harald IV"),
        ("en", "Former president Ricardo Lagos left Peru.", "Ricardo Lagos"),
        ("en", "Foreign Minister Israel Kesten left Peru.", "Israel Kesten"),
        ("de", "Kanzler Alexander Schallenberg reiste nach Peru.", "Alexander Schallenberg"),
        ("de", "Präsident Lula da Costa reiste nach Peru.", "Lula da Costa"),
        ("de", "Außenministerin Annalena Baerbock reiste nach Peru.", "Annalena Baerbock"),
    ],
)
def test_a_name_is_never_cut(language: str, text: str, name: str) -> None:
    assert [label for _, label in links(language, text) if label != "Peru"] == [name]


@pytest.mark.parametrize(
    ("language", "text", "last"),
    [
        ("en", "Envoy Tariq Osmani met Peru. Osmani left.", ("Osmani", "Tariq Osmani")),
        ("en", "Peru praised Theresa May. Later May left.", ("May", "Theresa May")),
        ("de", "Botschafter Jan Solheim lobte Peru. Solheim reiste ab.", ("Solheim", "Jan Solheim")),
        ("de", "Schwedens Ministerin Karin Lund kritisierte Peru. Sie reiste ab.", ("Sie", "Karin Lund")),
        ("en", "The spokeswoman, Anna Berg, met envoy Ole Dahl in Peru. She left.", ("She", "Anna Berg")),
    ],
)
def test_a_person_comes_again(language: str, text: str, last: tuple[str, str]) -> None:
    assert last in links(language, text)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "The Maltese president, Eva Borg, left. The Maltese president signed a deal.", "Eva Borg"),
        ("en", "Maltese president Eva Borg left. The president signed a deal.", "Eva Borg"),
        ("de", "Der US-Präsident Barack Obama kam. Später sprach der US-Präsident.", "Barack Obama"),
        ("de", "Finnlands Außenministerin Eva Lund kam. Die Außenministerin sprach.", "Eva Lund"),
    ],
)
def test_an_office_is_held_by_whom_the_document_says(language: str, text: str, expected: str) -> None:
    assert links(language, text)[-1][1] == expected


def test_who_left_an_office_or_shares_it_does_not_hold_it_alone() -> None:
    former = "Former Maltese president Eva Borg left. The Maltese president signed a deal."
    assert links("en", former)[-1] == ("Maltese president", "Malta")
    assert ("leaders of Malta", "Eva Borg") not in links("en", "Maltese president Eva Borg left. The leaders of Malta and Peru met.")


def test_an_office_phrase_counts_only_at_its_time() -> None:
    assert ("US-Präsident", "Donald Trump") in links("de", "Der US-Präsident schwieg.", "2018-05-01")
    assert ("US-Präsident", "Donald Trump") not in links("de", "Der US-Präsident schwieg.", "2009-05-01")
    assert ("US-Präsident", "Donald Trump") not in links("de", "Der US-Präsident lobte Kenias Regierung.")


def test_a_part_of_a_country_is_not_korea() -> None:
    assert "North Korea" not in [label for _, label in links("de", "Im Norden Malis herrscht Krieg.")]
    text = "Die Regierung von Mali schwieg. " + "Der Krieg in dem Land dauert an. " * 15 + "Der Norden drohte den USA."
    assert "North Korea" not in [label for _, label in links("de", text)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "en",
            "Harald Berg, president of Norway and chairman of the African Union, left.",
            [("Harald Berg", "Norway"), ("Harald Berg", "African Union")],
        ),
        ("en", "The head of the African Union, Moussa Keita, left.", [("Moussa Keita", "African Union")]),
        ("en", "Peru left. Afterwards (Hamas leader) Omar Khalil came.", [("Omar Khalil", "Hamas")]),
        ("de", "Jan Novak, der frühere tschechische Außenminister, kam.", [("Jan Novak", "Czech Republic")]),
        ("de", "Novak kam. Jan Novak ist seit Mai tschechischer Außenminister.", [("Jan Novak", "Czech Republic")]),
        ("de", "Norwegen schwieg. Außenminister Ole Dahl reiste ab.", [("Ole Dahl", "Norway")]),
        ("de", "Norwegens Außenminister Ole Dahl traf Außenminister Jan Lund.", [("Ole Dahl", "Norway")]),
        ("de", "Norwegen schwieg. Der Sprecher der Rebellen, Ole Dahl, reiste ab.", []),
    ],
)
def test_posts(language: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert held(language, text) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Syrian rebels attacked Homs. The rebels fled.", [("Syrian rebels", "rebels (Syria)"), ("rebels", "rebels (Syria)")]),
        ("en", "Hamas fighters attacked Israel.", [("Hamas fighters", "Hamas")]),
        ("en", "Kurdish militants attacked Turkey.", [("Kurdish militants", "militants (Kurds)")]),
        ("en", "Protesters attacked Peru's embassy.", [("Protesters", "protesters")]),
        ("de", "Kolumbiens Rebellen griffen an. Die Aufständischen flohen.", [("Aufständischen", "rebels (Colombia)")]),
        ("de", "Demonstranten zogen durch Lima.", [("Demonstranten", "protesters")]),
        (
            "de",
            "Die Regierung von Mali griff an. Regierungstruppen töteten Separatisten.",
            [("Regierungstruppen", "Mali"), ("Separatisten", "separatists")],
        ),
    ],
)
def test_unnamed_groups(language: str, text: str, expected: list[tuple[str, str]]) -> None:
    found = links(language, text)
    assert all(item in found for item in expected), found


def test_a_word_before_a_name_or_noun_is_no_group() -> None:
    assert "rebels" not in [label for _, label in links("en", "The rebel leader Omar Khalil left Peru.")]
    assert "workers" not in [label for _, label in links("de", "Mitarbeiter verließen Peru.")]


def test_a_group_that_is_only_spoken_of_is_not_blamed() -> None:
    made = extracted("en", "The U.N. Security Council condemned the killing of migrants in Libya.").claims
    assert all("migrants" not in [link.label for link in claim.event.recipients] for claim in made if claim.event.type == "Accuse")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Polens Beitritt zur Europäischen Union dauerte Jahre."),
        ("de", "Polen trat der Europäischen Union bei."),
        ("en", "Poland joined the European Union."),
        ("en", "Poland's accession to the European Union took years."),
    ],
)
def test_who_joins_a_body_belongs_to_it(language: str, text: str) -> None:
    made = [claim.event for claim in extracted(language, text).claims if claim.event.type == "MemberOf"]
    assert [(event.actors[0].label, event.recipients[0].label) for event in made] == [("Poland", "European Union")]


def test_a_dateline_takes_no_part() -> None:
    assert links("en", "GENEVA (AP) — Peru left.") == [("Peru", "Peru")]
    assert links("de", "Wien/Genf – Peru ging.") == [("Peru", "Peru")]


def test_both_sides_are_who_was_named_together() -> None:
    text = "Talks between Yemen's government and Houthi rebels will resume. Envoy Ole Dahl of Norway urged both sides to stop."
    assert {label for mention, label in links("en", text) if mention in ("both", "sides")} == {"Yemen", "Houthis"}


def test_a_party_in_brackets_tells_a_minister_s_state() -> None:
    assert held("de", "Außenminister Guido Roth (CDU) rügte Israel.") == [("Guido Roth", "Germany")]


def test_a_given_name_tells_whom_she_means() -> None:
    text = "President Ernesto Vidal of Peru met senator Luisa Paredes. She left."
    assert ("She", "Luisa Paredes") in links("en", text)


def test_two_persons_are_both_politicians() -> None:
    text = "Norwegens Präsident Ole Dahl traf Perus Präsidentin Ana Rojas. Die beiden Politiker sprachen über Handel."
    assert {label for _, label in links("de", text)[-2:]} == {"Ole Dahl", "Ana Rojas"}


def test_a_group_has_no_state_of_its_own() -> None:
    engine = full_engine()
    extraction = engine.extract(Document("names", "Syrian rebels attacked Homs.", "en"))
    made = next(link for link in extraction.links if link.mention.text == "Syrian rebels")
    assert made.names == ("rebels", "rebels (Syria)")
    assert Entity(made.entity, "candidate", made.label).state == ""
