"""The parts of the page that know nothing of each other: layout, time steps, style, pyvis network, notebook frame."""

from __future__ import annotations

import html
import re
import tomllib
from pathlib import Path

import pytest

from kg.terms import KG
from kg.view.layout import GAP, positions
from kg.view.network import PageNetwork
from kg.view.notebook import repr_html
from kg.view.page import render
from kg.view.projection import page_data
from kg.view.style import Style, built_in, class_names, spaced
from kg.view.timeline import bins
from tests.test_view import sample


def test_places_are_apart_and_repeatable() -> None:
    pairs = [(0, n) for n in range(1, 60)] + [(n, n + 1) for n in range(1, 40)]
    sizes = [30.0] + [8.0] * 64
    places = positions(pairs, sizes)
    assert places == positions(pairs, sizes) and len(places) == 65
    for one in range(65):
        for other in range(one):
            distance = ((places[one][0] - places[other][0]) ** 2 + (places[one][1] - places[other][1]) ** 2) ** 0.5
            assert distance > sizes[one] + sizes[other] + GAP / 2, (one, other)
    assert positions([], []) == [] and positions([], [5.0]) == [(0, 0)]


def test_steps_of_time() -> None:
    assert bins([]) == bins([("", ""), ("soon", "")]) == []
    many = [(f"2018-{month:02}-01", "") for month in range(1, 13)]
    steps = bins([("1950", ""), ("1953-07", ""), *many, ("2019-02", "")])
    assert [step["at"] for step in steps] == ["1950", "1951", "1952", "1953", "1954", *(f"2018-{m:02}" for m in range(1, 13)), "2019"]
    assert steps[4] == {"at": "1954", "to": "2017", "count": 0}
    assert sum(step["count"] for step in steps) == 15


def test_style_takes_what_it_can_use() -> None:
    style = Style(
        {
            "node": {"State": {"colour": "red;}", "shape": "image"}, "Summit": {"colour": "#123456", "label_de": "Gipfel"}, "Bad": 3},
            "edge": [],
        }
    )
    own = built_in()["node"]["State"]
    assert style.nodes["State"] == own
    assert style.nodes["Summit"]["colour_dark"] == "#123456"
    assert style.node_group("event", "Summit", ("Event", "Consult", "VerbalCooperation")) == "Summit"
    assert style.node_group("event", "Meeting", ("Event", "Consult", "VerbalCooperation")) == "VerbalCooperation"
    assert style.node_group("organisation", "", ()) == "Organisation" and style.node_group("", "", ()) == "Thing"
    assert spaced("MissileTest") == "Missile test" and style.class_label("SomethingNew") == {"en": "Something new", "de": "Something new"}
    assert [look["key"] for look in style.legend_nodes(["Place", "Summit", "State"])] == ["State", "Place", "Summit"]


def test_a_mirror_may_name_its_classes() -> None:
    mirror = sample()
    mirror.graph["class_labels"] = {"Summit": {"en": "Top meeting", "de": "Spitzentreffen"}}
    assert page_data(mirror, {}, 1000)["classes"]["Summit"] == {"en": "Top meeting", "de": "Spitzentreffen"}


def test_the_built_in_class_names_are_those_of_the_schema() -> None:
    folder = Path(__file__).parent.parent / "ontology" / "schema"
    if not folder.is_dir() or not list(folder.glob("*.ttl")):
        pytest.skip("no schema beside the package")
    rdflib = pytest.importorskip("rdflib")
    graph = rdflib.Graph()
    for file in sorted(folder.glob("*.ttl")):
        graph.parse(file)
    names = class_names()
    assert len(names) > 60
    for name, label in names.items():
        told = {text.language: str(text) for text in graph.objects(rdflib.URIRef(KG + name), rdflib.RDFS.label)}
        assert {"en": told.get("en"), "de": told.get("de")} == label, name


def test_the_network_keeps_parallel_edges() -> None:
    network = PageNetwork()
    network.add_node(1, label={"en": "a"}, extra=1)
    network.add_node(2)
    network.add_node(1, label="again")
    network.add_edge(1, 2, held=True)
    network.add_edge(1, 2, held=False)
    data = network.vis_data()
    assert [node["id"] for node in data["nodes"]] == [1, 2] and data["nodes"][0]["label"] == {"en": "a"}
    assert len(data["edges"]) == 2 and data["options"]["physics"] == {"enabled": False}
    with pytest.raises(ValueError, match="no node 3"):
        network.add_edge(1, 3)


def test_the_frame_for_a_notebook_holds_the_whole_page() -> None:
    page = render(sample(), title="t", style={})
    frame = repr_html(page)
    assert frame.startswith("<iframe") and frame.count("<") == 2
    assert html.unescape(re.search(r'srcdoc="([^"]*)"', frame).group(1)) == page  # type: ignore[union-attr]  # it is there, or the test fails
    assert "allow-same-origin" not in frame


def test_the_style_file_of_the_dossier() -> None:
    file = Path(__file__).parent.parent / "ontology" / "style.toml"
    if not file.is_file():
        pytest.skip("no dossier beside the package")
    style = tomllib.loads(file.read_text(encoding="utf-8"))
    data = page_data(sample(), style, 1000)
    assert {look["key"]: look["colour"] for look in data["legend"]["nodes"]}["State"] == style["node"]["State"]["colour"]
