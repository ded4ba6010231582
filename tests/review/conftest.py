"""A small dossier to review, built once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kg.graph import KnowledgeGraph
from kg.pipeline import build
from kg.review.desk import Desk
from tests.review_support import desk_of, dossier


@pytest.fixture(scope="package", name="model")
def _model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dossier(tmp_path_factory.mktemp("review") / "model")


@pytest.fixture(scope="package", name="first")
def _first(model: Path) -> KnowledgeGraph:
    return build(model)


@pytest.fixture(name="folder")
def _folder(model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model, tmp_path / "dossier"))


@pytest.fixture(name="desk")
def _desk(first: KnowledgeGraph, folder: Path) -> Desk:
    return desk_of(first, folder)
