"""pyvis's `Network` as the holder of nodes, edges and options; the page is made from its data by a template of our own."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, Final

from pyvis.edge import Edge
from pyvis.network import Network
from pyvis.node import Node

from kg.errors import ExportError

LIBRARY: Final = ("templates/lib/vis-9.1.2/vis-network.min.js", "lib/vis-9.1.2/vis-network.min.js")
"""Where pyvis 0.3.2 keeps vis-network; the two files are the same."""
OPTIONS: Final[dict[str, Any]] = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "interaction": {"hover": True, "multiselect": False, "selectConnectedEdges": False, "hoverConnectedEdges": False},
    "nodes": {"borderWidth": 1, "borderWidthSelected": 2},
    "edges": {"selectionWidth": 1, "hoverWidth": 0.5, "smooth": False},
}
"""What the page tells vis-network beside colours and fonts: nothing moves by itself, as the places are computed beforehand."""


class PageNetwork(Network):  # type: ignore[misc]  # pyvis is untyped
    """A directed network whose parts carry the page's own fields beside those of vis-network.

    It differs from its parent in that adding takes constant time, parallel edges are kept, and nothing is ever written by it.
    """

    def __init__(self) -> None:
        super().__init__(directed=True, cdn_resources="in_line")
        self.options = json.loads(json.dumps(OPTIONS))

    def add_node(self, n_id: int, label: Any = None, shape: str = "dot", color: str = "", **options: Any) -> None:
        """Adds a node unless there is one with this id; no colour is kept, as the page takes colours from its legend."""
        if n_id not in self.node_map:
            node = Node(n_id, shape, label, **options)
            self.nodes.append(node.options)
            self.node_ids.append(n_id)
            self.node_map[n_id] = node.options

    def add_edge(self, source: int, to: int, **options: Any) -> None:
        """Adds an edge; further ones between the same nodes are kept.

        Raises
        ------
        ValueError
            If one of the two nodes is not there.
        """
        for node in (source, to):
            if node not in self.node_map:
                raise ValueError(f"an edge needs its nodes first; there is no node {node!r}")
        self.edges.append(Edge(source, to, directed=False, **options).options)  # the page sets the arrows

    def vis_data(self) -> dict[str, Any]:
        """The `nodes`, `edges` and `options` for vis-network."""
        nodes, edges, _, _, _, options = self.get_network_data()
        return {"nodes": nodes, "edges": edges, "options": json.loads(options)}


def library() -> str:
    """The text of vis-network as pyvis brings it, without the line that would make a browser ask for its source map.

    Raises
    ------
    ExportError
        If the installed pyvis has no such file.
    """
    root = files("pyvis")
    for name in LIBRARY:
        if (root / name).is_file():  # split at \n only: the library holds other line separators inside strings
            lines = (root / name).read_text(encoding="utf-8").split("\n")
            return "\n".join(line for line in lines if not line.startswith("//# sourceMappingURL="))
    raise ExportError("pyvis brings no vis-network 9.1.2", hint="install pyvis 0.3.2")
