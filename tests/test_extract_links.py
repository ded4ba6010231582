"""The gazetteer, mentions and links."""

from __future__ import annotations

import pytest

from kg.extract.gazetteer import Knowledge, Tenure
from kg.extract.nameindex import NameIndex
from kg.extract.tokens import split_words
from tests.extract_support import NAMES, extract, small_world, thing


def linked(text: str, language: str = "de", published: str = "2018-08-29") -> list[tuple[str, str, str]]:
    return [(link.mention.text, link.mention.kind, link.label) for link in extract(text, language, published).links]


def test_knowledge_from_quads() -> None:
    knowledge = Knowledge.from_quads(small_world(), NAMES)
    assert knowledge.entities[thing("person:kim-jong-un")].state == thing("state:north-korea")
    assert knowledge.leader(thing("state:united-states"), "2018-08-29") == thing("person:donald-trump")
    assert knowledge.leader(thing("state:united-states"), "2016-08") == thing("person:barack-obama")
    assert knowledge.holder(thing("state:united-states"), ["Außenminister"], "2018-08") == thing("person:mike-pompeo")
    assert knowledge.holder(thing("state:united-states"), ["Außenminister"], "2018-01") == ""
    assert len(knowledge.events) == 2


@pytest.mark.parametrize(("date", "holds"), [("2017-01-20", True), ("2017-01-21", False), ("2009", True), ("2008-12", False), ("", False)])
def test_a_tenure_covers_partial_dates(date: str, holds: bool) -> None:
    assert Tenure("p", "post", "s", "2009-01-20", "2017-01-20", True, ()).holds_at(date) is holds


@pytest.mark.parametrize(
    "form", ["nordkoreanischen", "nordkoreanischer", "nordkoreanisch", "Vereinten Nationen", "Vereinte Nationen", "Trumps", "Nordkoreas"]
)
def test_german_inflection(form: str) -> None:
    index = NameIndex("de")
    index.add("nordkoreanisch", "nk", "adjective")
    index.add("Vereinte Nationen", "un", "name")
    index.add("Trump", "t", "alias")
    index.add("Nordkorea", "nk", "name")
    words = split_words(form)
    assert index.longest(words, 0)[0] == len(words)


def test_names_that_share_a_first_word_are_all_found() -> None:
    index = NameIndex("de")
    index.add("nordkoreanische Seite", "a", "role")
    index.add("nordkoreanisch", "b", "adjective")
    assert index.longest(["nordkoreanische", "Raketen"], 0)[1][0].iri == "b"
    assert index.longest(["nordkoreanischen", "Seite"], 0)[0] == 2


def test_the_longest_name_comes_first_and_small_words_are_no_names() -> None:
    assert linked("Kim Yo Jong traf uns in den USA.") == [("Kim Yo Jong", "name", "Kim Yo Jong"), ("USA", "alias", "United States")]


def test_a_family_name_after_the_full_name() -> None:
    assert linked("Kim Yo Jong kam. Kim ging.")[1][2] == "Kim Yo Jong"


def test_a_compound_names_its_first_part() -> None:
    assert ("US", "adjective", "United States") in linked("Der US-Kongress tagte.")


def test_titles_are_resolved_at_the_documents_date() -> None:
    assert linked("Der US-Präsident schwieg.")[0] == ("US-Präsident", "title", "Donald Trump")
    assert linked("Der US-Präsident schwieg.", published="2016-05-01")[0][2] == "Barack Obama"
    assert linked("The American president was silent.", "en")[0][2] == "Donald Trump"
    assert linked("Der amerikanische Außenminister kam.")[0][2] == "Mike Pompeo"


def test_a_collective_stands_for_its_state() -> None:
    assert linked("Die nordkoreanische Führung schwieg.")[0][1:] == ("role", "North Korea")
    assert linked("Die Führung in Pjöngjang schwieg.")[0][2] == "North Korea"
    assert linked("The North Korean leadership was silent.", "en")[0] == ("North Korean leadership", "role", "North Korea")


def test_a_role_needs_its_article() -> None:
    assert linked("Der Norden schwieg.")[0][2] == "North Korea"
    assert linked("Norden liegt an der Nordsee.") == []


def test_pronouns_take_the_last_fitting_antecedent() -> None:
    assert linked("Trump kam aus Washington. Er lobte Kim.")[2][1:] == ("pronoun", "Donald Trump")
    assert linked("Trump met Kim Yo Jong. She left.", "en")[-1][2] == "Kim Yo Jong"
    assert linked("„Wir rüsten nicht ab“, sagte Kim Jong Un.")[0][1:] == ("pronoun", "North Korea")


def test_unknown_names_become_candidates() -> None:
    found = extract("Präsident Peter Hartmann traf Trump. Hartmann lächelte.").links
    candidates = [link for link in found if NAMES.kind(link.entity) == "candidate"]
    assert [link.mention.text for link in candidates] == ["Peter Hartmann", "Hartmann"]
    assert len({link.entity for link in candidates}) == 1
    assert all(link.confidence <= 0.5 for link in candidates)


def test_a_state_of_the_lexicon_is_a_candidate_with_all_its_names() -> None:
    link = extract("Teheran lehnt das ab.").links[0]
    assert (link.label, NAMES.kind(link.entity)) == ("Iran", "candidate")
    assert {"Iran", "Teheran"} <= set(link.names)


def test_mentions_are_exact_across_line_ends() -> None:
    text = "Gestern traf Kim Jong\nUn den Gast, und beide sprachen\nlange. Danach reiste\nTrump ab.\n"
    for link in extract(text).links:
        assert text[link.mention.start : link.mention.end] == link.mention.text


def test_topics_do_not_hide_names() -> None:
    found = linked("Die Manöver mit Südkorea gehen weiter.")
    assert ("Manöver", "alias", "Joint exercises") in found
    assert ("Südkorea", "name", "South Korea") in found
