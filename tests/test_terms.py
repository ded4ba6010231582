from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import terms
from kg.terms import Names


def test_things_and_graphs_stand_under_the_base() -> None:
    names = Names("https://example.org/x/")
    assert names.thing("state", "north-korea") == "https://example.org/x/id/state/north-korea"
    assert names.graph("facts/events") == "https://example.org/x/graph/facts/events"
    assert names.kind("https://example.org/x/id/state/north-korea") == "state"
    assert names.kind("https://elsewhere.org/id/state/north-korea") == ""
    assert names.prefixes["state"] == "https://example.org/x/id/state/"


@pytest.mark.parametrize("base", ["", "x", "ftp://example.org/", "https://example.org", "https://exa mple.org/", "https://e.org/<a>/"])
def test_a_base_that_is_no_iri_is_refused(base: str) -> None:
    with pytest.raises(ValueError, match="base IRI"):
        Names(base)


@pytest.mark.parametrize(("kind", "name"), [("nation", "x"), ("state", ""), ("state", "a b"), ("state", "a<b"), ("state", 'a"b')])
def test_names_that_no_iri_can_hold_are_refused(kind: str, name: str) -> None:
    with pytest.raises(ValueError, match=r"kind|name"):
        Names().thing(kind, name)


@given(st.lists(st.text()), st.lists(st.text()))
def test_a_hash_tells_different_parts_apart(one: list[str], other: list[str]) -> None:
    import unicodedata

    same = [unicodedata.normalize("NFC", part) for part in one] == [unicodedata.normalize("NFC", part) for part in other]
    assert (terms.content_hash(one) == terms.content_hash(other)) == same


def test_a_hash_is_the_same_everywhere() -> None:
    assert Names().mint("event", "Summit", "a|b") == Names().base + "id/event/" + terms.content_hash(("event", "Summit", "a|b"))
    assert terms.content_hash(("a", "b")) == "3c9d591045bc8876"


@pytest.mark.parametrize(
    ("text", "slug"), [("Pjöngjang & Seoul", "pjongjang-seoul"), ("Straße", "strasse"), ("북한", ""), ("  U.S.–DPRK ", "u-s-dprk")]
)
def test_slugs(text: str, slug: str) -> None:
    assert terms.slug(text) == slug


def test_the_shortest_prefixed_form() -> None:
    prefixes = {"a": "http://x/", "bb": "http://x/y/"}
    assert terms.shorten("http://x/y/z", prefixes) == "bb:z"
    assert terms.shorten("http://x/q", prefixes) == "a:q"
    assert terms.shorten("http://x/y/z/", prefixes) == "<http://x/y/z/>"
    assert terms.shorten("http://other/", prefixes) == "<http://other/>"


def test_sixteen_event_types_in_four_classes() -> None:
    assert len(terms.EVENT_TYPES) == len(set(terms.EVENT_TYPES)) == 16
    assert set(terms.EVENT_TYPES).isdisjoint(terms.RELATION_TYPES)
