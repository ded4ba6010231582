"""What the README says is run, in order, as it says it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARTICLE = """Talks on hold

North Korea accused the United States of breaking a promise, the foreign ministry in Pyongyang said on Tuesday.

Secretary of State Mike Pompeo will visit Pyongyang next month, according to the State Department.
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    return [line for block in blocks("bash")[1:] for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readme")
    (folder / "article.txt").write_text(ARTICLE, encoding="utf-8")
    binary = folder / "bin"
    binary.mkdir()
    (binary / "kg").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kg "$@"\n', encoding="utf-8")
    (binary / "kg").chmod(0o755)
    return folder


@pytest.mark.skipif(shutil.which("bash") is None, reason="the README's commands are for a shell")
def test_every_command_works_in_the_order_of_the_page(folder: Path) -> None:
    env = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "COLUMNS": "80"}
    env.pop("KG_STORE", None)
    lines = commands()
    assert len(lines) >= 20
    port = free_port()
    server: subprocess.Popen[str] | None = None
    for line in (line.replace("8030", str(port)) for line in lines):
        if line == "kg serve &":
            server = subprocess.Popen(["kg", "serve", "--port", str(port)], cwd=folder, stdout=subprocess.PIPE, text=True, env=env)
            assert server.stdout is not None
            assert f":{port}/sparql" in server.stdout.readline()
            continue
        done = subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, text=True, env=env, timeout=120, check=False)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        assert done.stdout.strip() or done.stderr.strip() or "-o" in line, f"{line} says nothing"
    assert server is not None
    server.terminate()
    server.communicate(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_python_example_works(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = blocks("python")
    space: dict[str, object] = {}
    exec(code, space)  # the README's own text
    assert "kim-jong-un" in capsys.readouterr().out
    assert space["network"].number_of_nodes() > 1000  # type: ignore[attr-defined] # a networkx graph
    assert len(space["dataset"]) > 10_000  # type: ignore[arg-type] # an rdflib Dataset


def test_the_make_targets_exist() -> None:
    named = set(re.findall(r"`?make ([a-z]+)", README))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {"demo", "test", "bench", "exports"} <= named
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")
def test_make_demo_builds_and_says_where_the_page_is(tmp_path: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout, so it is not known which files belong to it")
    for name in listed.stdout.split("\0"):
        if name and (ROOT / name).is_file() and not name.startswith("tests/"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tmp_path / name)
    venv = Path(sys.executable).parent.parent
    command = ["make", "-o", f"{venv}/.demo", "demo", f"VENV={venv}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "Validation   conforms" in done.stdout
    assert f"file://{tmp_path}/exports/graph.html" in done.stdout
    for suffix in ("html", "ttl", "trig", "graphml"):
        assert (tmp_path / "exports" / f"graph.{suffix}").stat().st_size > 100_000
