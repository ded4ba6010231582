from __future__ import annotations

import networkx as nx
import pytest
import rdflib

from kg.errors import NotFoundError, QueryError
from kg.graph import KnowledgeGraph
from kg.store.names import expand, fold


def test_results_are_rdflib_terms(built: KnowledgeGraph) -> None:
    rows = {str(row.state).rsplit("/", 1)[1]: row for row in built.query("leaders", date="2018-06-12")}
    assert rows["north-korea"].leader == rdflib.URIRef(built.names.thing("person", "kim-jong-un"))
    assert isinstance(rows["south-korea"]["since"], rdflib.Literal)


def test_networkx_dataset_and_pandas(built: KnowledgeGraph) -> None:
    network = built.to_networkx()
    assert isinstance(network, nx.MultiDiGraph)
    assert network.nodes[built.names.thing("person", "kim-jong-un")]["label_ko"] == "김정은"
    assert len(built.dataset) > 20_000
    frame = built.query("SELECT ?s { ?s a kg:State }").to_pandas()  # type: ignore[attr-defined] # the protocol leaves it to the backend
    assert len(frame) == 15


def test_a_notebook_shows_the_page_in_a_frame(built: KnowledgeGraph) -> None:
    html = built._repr_html_()
    assert html.startswith("<iframe")
    assert "sandbox" in html


@pytest.mark.parametrize(
    ("name", "kind", "slug"),
    [
        ("Kim Jong Un", "person", "kim-jong-un"),
        ("kim jong-un", "person", "kim-jong-un"),
        ("김정은", "person", "kim-jong-un"),
        ("NORDKOREA", "state", "north-korea"),
        ("DPRK", "state", "north-korea"),
        ("state:china", "state", "china"),
        ("IAEO", "organisation", "iaea"),
        ("Singapur-Gipfel", "event", "singapore-summit-2018"),
        ("S/RES/2371 (2017)", "instrument", "unscr-2371"),
    ],
)
def test_any_name_is_found(built: KnowledgeGraph, name: str, kind: str, slug: str) -> None:
    assert built.find(name) == built.names.thing(kind, slug)


@pytest.mark.parametrize(
    ("name", "suggestion"), [("Kim Jongun", "Kim Jong"), ("Nordkorra", "Nordkorea"), ("Pompeio", "Pompeo"), ("Singapur Gipfl", "Singapur")]
)
def test_a_near_name_is_suggested(built: KnowledgeGraph, name: str, suggestion: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        built.find(name)
    assert any(suggestion in near for near in caught.value.suggestions), caught.value.suggestions


@pytest.mark.parametrize("name", ["", "   ", "zzzzqqqq", "x" * 5000, "state:none", "<http://none/>"])
def test_nonsense_finds_nothing_and_breaks_nothing(built: KnowledgeGraph, name: str) -> None:
    with pytest.raises(NotFoundError):
        built.find(name)


def test_unknown_queries_and_values_say_so(built: KnowledgeGraph) -> None:
    with pytest.raises(QueryError, match="did you mean leaders"):
        built.query("leaders2")
    with pytest.raises(QueryError, match="named query only"):
        built.query("ASK {}", date="2018")


def test_a_value_cannot_become_syntax(built: KnowledgeGraph) -> None:
    evil = 'coal" } DROP ALL #'
    with pytest.raises(NotFoundError):
        built.query("sanctions-on", category=evil)
    assert len(built) > 20_000


def test_a_card_in_both_languages(built: KnowledgeGraph) -> None:
    english, german = built.card("Kim Jong Un"), built.card("Kim Jong Un", "de")
    assert english.iri == german.iri
    assert "Supreme Leader of North Korea" in {post.post for post in english.posts}
    assert "Oberster Führer Nordkoreas" in {post.post for post in german.posts}
    dates = [h.date for h in english.happenings if h.date]
    assert dates == sorted(dates)
    assert all(evidence.quote and evidence.document for evidence in english.evidence)


@pytest.mark.parametrize(
    ("one", "other"), [("Pjöngjang", "pjongjang"), ("Kim Jong-un", "KIM JONG UN"), ("U.S.", "u s"), ("Weißes Haus", "weisses haus")]
)
def test_spellings_fold_together(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_expand() -> None:
    prefixes = {"a": "http://x/"}
    assert [expand(t, prefixes) for t in ("a:b", "<http://y>", "http://y", "b:c", "a b", "a:b c")] == [
        "http://x/b",
        "http://y",
        "http://y",
        "",
        "",
        "",
    ]
