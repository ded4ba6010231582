"""SPARQL servers of others, started for the tests on free ports: `oxigraph serve`, and Virtuoso where it is installed."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kg.store.access import Address, Credentials

VIRTUOSO = shutil.which("virtuoso-t")
ROWS = 10_000
"""Virtuoso's own limit of rows, as its packages set it."""


@dataclass(frozen=True)
class Running:
    """A server: where it is, and who may write."""

    name: str
    address: Address
    credentials: Credentials

    @property
    def env(self) -> dict[str, str]:
        """The environment in which `kg` may write there."""
        given = {"KG_STORE_USER": self.credentials.user, "KG_STORE_PASSWORD": self.credentials.password}
        return {**os.environ, **given, "no_proxy": "127.0.0.1"}

    @property
    def options(self) -> list[str]:
        """The options of `kg build`."""
        return ["--store", self.address.query, "--update-url", self.address.update, "--gsp-url", self.address.graphs]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 90) -> None:
    """Until a server answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {url}")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def oxigraph(location: Path | None = None) -> Iterator[Running]:
    """`oxigraph serve`, in memory or in a folder."""
    beside = Path(sys.executable).parent / "oxigraph"
    program = str(beside) if beside.exists() else shutil.which("oxigraph")
    assert program, "pip install oxigraph"
    url = f"http://127.0.0.1:{free_port()}"
    where = ["--location", str(location)] if location else []
    command = [program, "serve", *where, "--bind", url.removeprefix("http://")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(url, process)
            yield Running("oxigraph", Address(f"{url}/query", f"{url}/update", f"{url}/store"), Credentials(timeout=120, pause=0.05))
        finally:
            stop(process)


CONFIGURATION = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
ErrorLogLevel = 7
FileExtend = 200
MaxCheckpointRemap = 2000
Striping = 0
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
MaxCheckpointRemap = 2000
Striping = 0
[Parameters]
ServerPort = 127.0.0.1:{sql}
MaxClientConnections = 10
CheckpointInterval = 60
CaseMode = 2
DirsAllowed = {folder}
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
MaxQueryMem = 1G
ThreadsPerQuery = 2
AsyncQueueMaxThreads = 4
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
MaxClientConnections = 10
ServerThreads = 10
Charset = UTF-8
EnabledGzipContent = 1
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryCostEstimationTime = 400
MaxQueryExecutionTime = 60
[Plugins]
"""


@contextmanager
def virtuoso(folder: Path, rows: int = ROWS, buffers: int = 12_000) -> Iterator[Running]:
    """Virtuoso with a fresh database and the settings of its packages; its administrator is `dba`, the password `dba`."""
    assert VIRTUOSO
    folder.mkdir(parents=True, exist_ok=True)
    http = free_port()
    given = {"folder": folder, "sql": free_port(), "http": http, "rows": rows, "buffers": buffers, "dirty": buffers * 3 // 4}
    (folder / "virtuoso.ini").write_text(CONFIGURATION.format(**given), encoding="utf-8")
    command = [VIRTUOSO, "+foreground", "+configfile", str(folder / "virtuoso.ini")]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{http}"
            wait_for(f"{url}/sparql", process)
            address = Address(f"{url}/sparql", f"{url}/sparql-auth", f"{url}/sparql-graph-crud-auth")
            yield Running("virtuoso", address, Credentials("dba", "dba", timeout=120, pause=0.05))
        finally:
            stop(process)
            with contextlib.suppress(OSError):
                shutil.rmtree(folder)
