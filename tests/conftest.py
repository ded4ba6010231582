"""What several test modules share."""

from __future__ import annotations

import pytest

import kg
from kg.graph import KnowledgeGraph
from kg.ontology import packaged


@pytest.fixture(scope="session")
def built() -> KnowledgeGraph:
    """The packaged dossier, built in memory once; read it only."""
    graph: KnowledgeGraph = kg.build(packaged())
    return graph
