"""The page: one HTML file that holds its data, its scripts and its style, and asks for nothing from anywhere."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from kg.view.network import PageNetwork, library
from kg.view.packing import pack
from kg.view.projection import page_data
from kg.view.reading import Mirror

SCRIPTS: Final = ("core.js", "paint.js", "graph.js", "evidence.js", "panel.js", "legend.js", "search.js", "timeline.js", "main.js")
"""Our own scripts in the order in which they run, after vis-network."""
LANGUAGES: Final = ("en", "de")


def render(mirror: Mirror, *, title: str, style: Mapping[str, Any], language: str = "en", limit: int = 1000) -> str:
    """The whole page as HTML in UTF-8.

    Parameters
    ----------
    mirror : networkx.MultiDiGraph
        The mirror of the graph; it is not changed.
    title : str
        Stands in the title bar.
    style : mapping
        The dossier's `style.toml`.
    language : {"en", "de"}
        The language the page opens in; it can be switched there.
    limit : int
        The most nodes to draw.

    Returns
    -------
    str
        The same text for the same input. About 0.55 MB of it are the library and the scripts.

    Raises
    ------
    ValueError
        If the language is not offered or the limit is below one.
    ExportError
        If the installed pyvis brings no vis-network.
    """
    if language not in LANGUAGES:
        raise ValueError(f"the page speaks {' and '.join(LANGUAGES)}, not {language!r}")
    texts = _texts()
    data = page_data(mirror, style, limit)
    network = PageNetwork()
    for node in data["nodes"]:
        network.add_node(node["id"], **{key: value for key, value in node.items() if key != "id"})
    for edge in data["edges"]:
        network.add_edge(edge["from"], edge["to"], **{key: value for key, value in edge.items() if key not in {"from", "to"}})
    block = {**pack({**data, **network.vis_data()}), "texts": texts, "language": language, "title": title}
    scripts = [library(), *(_static(name) for name in SCRIPTS)]
    sheet = _static("page.css")
    template = Environment(loader=PackageLoader("kg.view"), autoescape=True, undefined=StrictUndefined).get_template("page.html")
    return template.render(
        title=title,
        language=language,
        t=texts[language],
        policy=policy(scripts, [sheet]),
        sheet=Markup(sheet),
        scripts=[Markup(script) for script in scripts],
        data=Markup(json_block(block)),
    )


def json_block(value: object) -> str:
    """The value as JSON that can stand inside a script element: no character of it can end the element or a line of a script."""
    written = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
    for character in "<>&\u2028\u2029":
        written = written.replace(character, f"\\u{ord(character):04x}")
    return written


def policy(scripts: list[str], sheets: list[str]) -> str:
    """A Content-Security-Policy that lets exactly these scripts and style sheets run, and images only from the page itself."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(_hash(script) for script in scripts)}",
            f"style-src {' '.join(_hash(sheet) for sheet in sheets)}",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _static(name: str) -> str:
    return (files("kg.view") / "static" / name).read_text(encoding="utf-8")


def _texts() -> dict[str, dict[str, str]]:
    """What the page says, by language and key."""
    texts: dict[str, dict[str, str]] = json.loads(_static("texts.json"))
    return texts
