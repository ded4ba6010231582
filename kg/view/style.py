"""Colour, shape and name per class: the dossier's `style.toml` over the built-in one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any, Final

from kg.terms import EVENT_TYPES, QUAD_CLASSES

SHAPES: Final = frozenset("dot square diamond triangle triangleDown star hexagon".split())
"""The shapes of vis-network whose label stands outside, all of which the legend can draw too."""
NODE_ORDER: Final = (
    "State Organisation Person Candidate VerbalCooperation MaterialCooperation VerbalConflict MaterialConflict "
    "Event Instrument Programme Topic Place Thing"
).split()
"""The families of nodes in the order of the legend."""
EDGE_ORDER: Final = (*QUAD_CLASSES, "Other", "Relation", "Structure")
"""The groups of relations in the order of the legend."""
COLOUR: Final = re.compile(r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")
SPARE: Final = {"colour": "#6B7280", "colour_dark": "#A6AEBB", "shape": "dot"}
KIND_CLASSES: Final = {
    "state": "State",
    "organisation": "Organisation",
    "person": "Person",
    "candidate": "Candidate",
    "event": "Event",
    "instrument": "Instrument",
    "programme": "Programme",
    "topic": "Topic",
    "place": "Place",
}
"""The family of a kind, for nodes that say no class."""


def built_in() -> dict[str, Any]:
    """The style that comes with the package, in the form of `style.toml`."""
    return tomllib.loads((files("kg.view") / "static" / "style.toml").read_text(encoding="utf-8"))


def class_names() -> dict[str, dict[str, str]]:
    """What the classes of the packaged schema are called, by local name and language."""
    table = tomllib.loads((files("kg.view") / "static" / "classes.toml").read_text(encoding="utf-8"))
    return {name: {"en": english, "de": german} for name, (english, german) in table.items()}


def spaced(name: str) -> str:
    """A class name as words: `MissileTest` becomes `Missile test`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).split()
    return " ".join([*words[:1], *(word if word.isupper() else word.lower() for word in words[1:])])


class Style:
    """Looks up how a class is drawn and named.

    Parameters
    ----------
    table : mapping
        As parsed from `style.toml`: `node.<Class>` and `edge.<QuadClass>` with `colour`, `colour_dark`, `shape`, `label_en`, `label_de`.
        Whatever is missing or unusable comes from the built-in style.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        own = built_in()
        self.nodes = _merged(own["node"], table.get("node"))
        self.edges = _merged(own["edge"], table.get("edge"))
        self._names = class_names()

    def node_group(self, kind: str, category: str, classes: Iterable[str]) -> str:
        """The finest class of a node that has a look of its own; nodes of one group share a row of the legend."""
        styled = sorted({name for name in (category, *classes) if name in self.nodes}, key=lambda name: (_breadth(name, category), name))
        if styled:
            return styled[0]
        return KIND_CLASSES.get(kind, "Thing")

    def legend_nodes(self, groups: Iterable[str]) -> list[dict[str, str]]:
        """The looks of the groups given, in the legend's order."""
        return [self._look(self.nodes, name) for name in _ordered(groups, NODE_ORDER)]

    def legend_edges(self, groups: Iterable[str]) -> list[dict[str, str]]:
        """The looks of the relation groups given, in the legend's order."""
        return [self._look(self.edges, name) for name in _ordered(groups, EDGE_ORDER)]

    def class_label(self, name: str) -> dict[str, str]:
        """What a class is called in English and German: by the schema, else by the style, else its name as words."""
        if name in self._names:
            return dict(self._names[name])
        look = self.nodes.get(name, {})
        english = look.get("label_en") or spaced(name)
        return {"en": english, "de": look.get("label_de") or english}

    def shape(self, group: str) -> str:
        """The shape of a group of nodes, one of `SHAPES`."""
        return self._look(self.nodes, group)["shape"]

    def _look(self, table: Mapping[str, Mapping[str, str]], name: str) -> dict[str, str]:
        look = {**SPARE, **table.get(name, {})}
        english = look.get("label_en") or spaced(name)
        return {
            "key": name,
            "colour": look["colour"],
            "dark": look["colour_dark"],
            "shape": look["shape"],
            "en": english,
            "de": look.get("label_de") or english,
        }


def _merged(own: Mapping[str, Mapping[str, str]], given: object) -> dict[str, dict[str, str]]:
    """The built-in looks with those of the dossier on top, as far as these can be used."""
    looks = {name: dict(look) for name, look in own.items()}
    if not isinstance(given, Mapping):
        return looks
    for name, look in given.items():
        if not isinstance(look, Mapping):
            continue
        usable = {key: str(value) for key, value in look.items() if _usable(str(key), str(value))}
        if usable:
            if "colour" in usable and "colour_dark" not in usable:
                usable["colour_dark"] = usable["colour"]
            looks.setdefault(str(name), {}).update(usable)
    return looks


def _usable(key: str, value: str) -> bool:
    if key in {"colour", "colour_dark"}:
        return COLOUR.fullmatch(value) is not None
    if key == "shape":
        return value in SHAPES
    return key in {"label_en", "label_de"} and bool(value.strip())


def _breadth(name: str, category: str) -> int:
    """How general a class is: the node's own category first, then what is unknown here, event types, quad classes, families."""
    if name == category:
        return 0
    if name in {"Event", "Actor", "Thing"}:
        return 5
    if name in QUAD_CLASSES:
        return 3
    if name in NODE_ORDER:
        return 4
    return 2 if name in EVENT_TYPES else 1


def _ordered(groups: Iterable[str], order: Iterable[str]) -> list[str]:
    places = {name: place for place, name in enumerate(order)}
    return sorted(set(groups), key=lambda name: (places.get(name, len(places)), name))
