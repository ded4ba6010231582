"""The servers that the tests ask: one over the packaged graph, one that starts empty and takes updates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.ontology import packaged
from kg.pipeline import build
from tests.serve.live import Server, serving


@pytest.fixture(scope="session", name="graph_store")
def _graph_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("serve") / "store"
    build(packaged(), store=store)
    return store


@pytest.fixture(scope="package", name="reader")
def _reader(graph_store: Path) -> Iterator[Server]:
    with serving(graph_store, "--timeout", "3", "--max-result", "4", "--max-body", "1") as server:
        yield server


@pytest.fixture(scope="package", name="writer")
def _writer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("writer") / "store", "--writable", "--timeout", "5") as server:
        yield server
