"""What several test modules share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import kg
from kg.graph import KnowledgeGraph
from kg.ontology import packaged
from tests import servers


@pytest.fixture(scope="session")
def built() -> KnowledgeGraph:
    """The packaged dossier, built in memory once; read it only."""
    graph: KnowledgeGraph = kg.build(packaged())
    return graph


@pytest.fixture(scope="session")
def oxigraph_server() -> Iterator[servers.Running]:
    """`oxigraph serve`; a test that uses it takes away what it put there."""
    with servers.oxigraph() as running:
        yield running


@pytest.fixture(scope="session")
def virtuoso_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Running]:
    """Virtuoso, where it is installed; a test that uses it takes away what it put there."""
    if servers.VIRTUOSO is None:
        pytest.skip("Virtuoso is not installed (apt-get install virtuoso-opensource-7-bin)")
    with servers.virtuoso(tmp_path_factory.mktemp("virtuoso")) as running:
        yield running
