"""`kg serve` as a command: what it refuses, and that it follows a build and ends cleanly."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from kg.ontology import create
from kg.pipeline import build
from tests.browser import BROWSER, visit_address
from tests.serve.live import serving


def run(*options: str, token: str = "") -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "KG_TOKEN": token}
    return subprocess.run([sys.executable, "-m", "kg", "serve", *options], capture_output=True, text=True, env=env, timeout=60, check=False)


def test_no_graph_yet(tmp_path: Path) -> None:
    done = run("--store", str(tmp_path / "none"), "--port", "0")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "kg build" in done.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--writable",), "KG_TOKEN"),
        (("--no-auth",), "--writable"),
        (("--writable", "--no-auth", "--host", "0.0.0.0"), "this machine alone"),
        (("--port", "70000"), "65535"),
    ],
)
def test_wrong_use(graph_store: Path, options: tuple[str, ...], says: str) -> None:
    done = run("--store", str(graph_store), *options)
    assert done.returncode == 2
    assert says in done.stderr


def test_a_port_that_is_taken(graph_store: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("--store", str(graph_store), "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert re.fullmatch(r"Error: 127\.0\.0\.1:\d+ cannot be used: .*\n", done.stderr)


def test_a_build_is_served_from_then_on_and_a_damaged_store_is_told(tmp_path: Path) -> None:
    create(tmp_path / "mine", "Mine", "https://example.org/mine/")
    store = tmp_path / "store"
    build(tmp_path / "mine", store=store)
    query = "SELECT (COUNT(*) AS ?n) { ?s a kg:State }"
    with serving(store) as server:
        before = server.get(query)
        facts = "@prefix state: <https://example.org/mine/id/state/> .\n@prefix kg: <https://w3id.org/peninsula-kg/ontology#> .\n"
        (tmp_path / "mine" / "facts" / "more.ttl").write_text(facts + "state:atlantis a kg:State .\n", encoding="utf-8")
        build(tmp_path / "mine", store=store)
        after = server.get(query)
        assert int(after.rows[0]["n"]) == int(before.rows[0]["n"]) + 1
        assert after.headers["etag"] != before.headers["etag"]
        shutil.move(store / "CURRENT", store / "AWAY")
        assert server.get(query + " # anew").status == 503
        shutil.move(store / "AWAY", store / "CURRENT")
        assert server.get(query + " # again").status == 200


def test_ctrl_c_ends_it_and_leaves_nothing(graph_store: Path, tmp_path: Path) -> None:
    with serving(graph_store, env={"TMPDIR": str(tmp_path)}) as server:
        assert server.get("ASK {}").status == 200
        server.process.send_signal(signal.SIGINT)
        _, errors = server.process.communicate(timeout=20)
    assert errors.endswith("Stopped.\n")
    assert "Traceback" not in errors
    assert server.process.returncode == 0
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("kg-serve-")] == []


@pytest.mark.skipif(not BROWSER, reason="no chromium on the PATH")
def test_the_editor_in_a_browser(graph_store: Path) -> None:
    with serving(graph_store) as server, tempfile.TemporaryDirectory() as profile:
        query = "SELECT%20%3Fs%20%7B%20%3Fs%20a%20kg%3ASummit%20%7D%20ORDER%20BY%20%3Fs%20LIMIT%203"
        dom, console = visit_address(f"{server.address}/sparql#{query}", profile)
    assert console == []
    assert dom.count("<tr>") == 4
    assert "/resource?iri=https%3A%2F%2F" in dom
    assert "3 rows in" in dom
