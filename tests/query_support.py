"""The packaged graph on disk, and the command line over it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kg.graph import KnowledgeGraph
from kg.pipeline import save
from kg.store.oxigraph import MemoryStore

ENV = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1"}


def kg(*args: str | Path, stdin: str | None = "", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """`kg query` with these arguments."""
    command = [sys.executable, "-m", "kg", "query", *map(str, args)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, env={**ENV, **(env or {})}, timeout=120, check=False)


@pytest.fixture(scope="session", name="store")
def store_(built: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the store."""
    folder = tmp_path_factory.mktemp("query") / "store"
    assert isinstance(built.store, MemoryStore) and built.dossier is not None
    save(built.store, built.dossier, folder)
    return folder
