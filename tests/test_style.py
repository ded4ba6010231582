"""The looks of classes: that they are whole, and that eyes of all kinds can tell them apart."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rdflib import OWL, RDF, URIRef

from kg.terms import KG, QUAD_CLASSES
from tests.write_vocabulary import schema_graph

STYLE: dict[str, Any] = tomllib.loads((Path(__file__).resolve().parent.parent / "ontology" / "style.toml").read_text(encoding="utf-8"))
GROUNDS = {"colour": "#FFFFFF", "colour_dark": "#14171C"}
SHAPES = {"dot", "square", "diamond", "triangle", "triangleDown", "star", "hexagon"}
FAMILIES = "State Person Organisation Event Instrument SanctionMeasure Place Topic Programme Document".split()
# Full deuteranopia, protanopia and tritanopia in linear RGB, after Machado, Oliveira and Fernandes (2009).
SIGHT = {
    "normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
CONTRAST = 3.0
"""What WCAG 2.1 asks of graphical objects."""
FAR = 12.0
"""CIE76 distance in Lab from which two areas of one shape are taken as plainly different; 2.3 is just noticeable."""


def linear(colour: str) -> tuple[float, ...]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return tuple(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)


def luminance(colour: str) -> float:
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(colour: str, sight: str) -> tuple[float, float, float]:
    rgb = mapped(SIGHT[sight], linear(colour))
    to_xyz = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    x, y, z = (
        value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116
        for value in (part / white for part, white in zip(mapped(to_xyz, rgb), (0.9505, 1.0, 1.089), strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def mapped(matrix: Sequence[Sequence[float]], vector: Sequence[float]) -> tuple[float, ...]:
    return tuple(min(1.0, max(0.0, sum(a * b for a, b in zip(row, vector, strict=True)))) for row in matrix)


def distance(one: str, other: str, sight: str) -> float:
    return float(sum((a - b) ** 2 for a, b in zip(lab(one, sight), lab(other, sight), strict=True)) ** 0.5)


def test_the_measures_measure() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert distance("#FF0000", "#00FF00", "normal") > 2 * distance("#FF0000", "#00A000", "deutan")
    assert distance("#123456", "#123456", "tritan") == 0
    assert lab("#FFFFFF", "normal")[0] == pytest.approx(100, abs=0.1)


def test_every_family_has_a_look_and_every_look_a_class() -> None:
    declared = {str(term).removeprefix(KG) for term in schema_graph().subjects(RDF.type, OWL.Class) if isinstance(term, URIRef)}
    assert set(STYLE["node"]) >= {*FAMILIES, *QUAD_CLASSES}
    assert set(STYLE["node"]) <= declared
    assert set(STYLE["edge"]) >= set(QUAD_CLASSES)
    assert set(STYLE) == {"node", "edge"}


def test_every_look_is_whole() -> None:
    for table in STYLE.values():
        for name, look in table.items():
            assert all(re.fullmatch(r"#[0-9A-F]{6}", look[key]) for key in GROUNDS), name
            assert look["label_en"] and look["label_de"], name
    assert {look["shape"] for look in STYLE["node"].values()} <= SHAPES
    assert {look["colour"] for look in STYLE["edge"].values()} <= {look["colour"] for look in STYLE["node"].values()}
    labels = [look[key] for look in STYLE["node"].values() for key in ("label_en",)]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("ground", sorted(GROUNDS))
def test_every_colour_stands_out_from_its_ground(ground: str) -> None:
    looks = [*STYLE["node"].items(), *STYLE["edge"].items()]
    assert not [(name, look[ground]) for name, look in looks if contrast(look[ground], GROUNDS[ground]) < CONTRAST]


@pytest.mark.parametrize("ground", sorted(GROUNDS))
@pytest.mark.parametrize("sight", sorted(SIGHT))
def test_things_of_one_shape_differ_in_colour_for_every_eye(ground: str, sight: str) -> None:
    pairs = itertools.combinations(sorted(STYLE["node"].items()), 2)
    near = [(a, b, round(distance(x[ground], y[ground], sight))) for (a, x), (b, y) in pairs if x["shape"] == y["shape"]]
    assert [pair for pair in near if pair[2] < FAR] == []
    assert len(near) >= 6


@pytest.mark.parametrize("ground", sorted(GROUNDS))
@pytest.mark.parametrize("sight", sorted(SIGHT))
def test_lines_of_the_quad_classes_differ_for_every_eye(ground: str, sight: str) -> None:
    pairs = itertools.combinations(QUAD_CLASSES, 2)
    near = [(a, b, round(distance(STYLE["edge"][a][ground], STYLE["edge"][b][ground], sight))) for a, b in pairs]
    assert [pair for pair in near if pair[2] < FAR] == []
