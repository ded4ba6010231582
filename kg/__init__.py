"""kg: a knowledge graph of who said what, with the quote behind every edge.

    >>> import kg
    >>> graph = kg.build()                      # the packaged dossier, in memory
    >>> graph.query("summits", **{"from": "2018-01-01"})
    >>> graph.to_networkx()
    >>> graph.dataset                           # a live rdflib Dataset

Names are loaded when they are first used, so that `import kg` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import Any

__all__ = [
    "Claim",
    "Document",
    "Dossier",
    "Event",
    "Extraction",
    "KgError",
    "KnowledgeGraph",
    "Link",
    "Mention",
    "Names",
    "Quad",
    "Sentence",
    "build",
    "open",
]

_HOMES = {
    "build": ("kg.pipeline", "build"),
    "open": ("kg.graph", "open_graph"),
    "KnowledgeGraph": ("kg.graph", "KnowledgeGraph"),
    "Dossier": ("kg.ontology", "Dossier"),
    "KgError": ("kg.errors", "KgError"),
    "Names": ("kg.terms", "Names"),
    **{name: ("kg.model", name) for name in ("Claim", "Document", "Event", "Extraction", "Link", "Mention", "Quad", "Sentence")},
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        module, attribute = _HOMES[name]
        return getattr(importlib.import_module(module), attribute)
    raise AttributeError(f"module 'kg' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
