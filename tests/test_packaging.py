"""A wheel holds the dossier and works from any folder; the committed exports are what the dossier gives; the public names are these."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import kg
from kg.export.formats import export, guess
from kg.graph import KnowledgeGraph

ROOT = Path(__file__).parent.parent
PUBLIC = ("Claim Document Dossier Event Extraction KgError KnowledgeGraph Link Mention Names Quad Sentence build open").split()


def test_the_public_names_are_these() -> None:
    assert kg.__all__ == PUBLIC
    for name in PUBLIC:
        assert getattr(kg, name) is not None
    with pytest.raises(AttributeError):
        _ = kg.nothing


def test_importing_kg_loads_nothing() -> None:
    code = "import sys, kg; print([m for m in sys.modules if m.startswith('kg.') or m in ('rdflib', 'networkx', 'click')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("name", ["graph.ttl", "graph.trig", "graph.graphml"])
def test_the_committed_exports_are_current(built: KnowledgeGraph, name: str) -> None:
    file = ROOT / "exports" / name
    assert file.is_file(), "make exports"
    fresh = export(built.store, built.names, guess(file))
    assert file.read_bytes() == fresh, f"exports/{name} is stale: run 'make exports' and commit it"


def test_a_wheel_works_elsewhere(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path / "dist"), str(ROOT)]
    made = subprocess.run(pip, capture_output=True, text=True, check=False, timeout=300)
    assert made.returncode == 0, made.stderr
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "site")
    for part in ("dossier.toml", "facts/events.ttl", "sources/brief-de-1.md", "lexicon/de.toml", "rules/leads.rq", "style.toml"):
        assert f"kg/_dossier/{part}" in names
    assert any(name.endswith(".html") and name.startswith("kg/view/templates/") for name in names)
    assert not [name for name in names if name.startswith("tests/")]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    code = "import kg, pathlib; print(pathlib.Path(kg.__file__).parent.parent); g = kg.build(); print(g.report.dossier, len(g) > 20000)"
    done = subprocess.run([sys.executable, "-c", code], cwd=elsewhere, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.splitlines() == [str(tmp_path / "site"), f"{tmp_path / 'site' / 'kg' / '_dossier'} True"], done.stderr
    for args in (["build", "-q"], ["query", "ASK { state:north-korea a kg:State }"], ["view"]):
        done = subprocess.run(
            [sys.executable, "-m", "kg", *args], cwd=elsewhere, env=env, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
    assert (elsewhere / "graph.html").is_file()
