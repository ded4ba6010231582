"""A live `kg serve` in a process of its own, and a client that says exactly what is sent."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

TOKEN = "let-me-write"
START = 60.0


@dataclass(frozen=True)
class Answer:
    """A response: status, headers by lower-case name, and body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0]

    @property
    def rows(self) -> list[dict[str, str]]:
        return [{name: cell["value"] for name, cell in row.items()} for row in self.json["results"]["bindings"]]


@dataclass(frozen=True)
class Server:
    """Where a server listens, and its process."""

    host: str
    port: int
    process: subprocess.Popen[str]

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"

    def ask(
        self,
        method: str,
        target: str,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        token: str = "",
        timeout: float = 60,
    ) -> Answer:
        """Send one request on a connection of its own."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        given = dict(headers or {})
        if token:
            given["Authorization"] = f"Bearer {token}"
        try:
            data = body.encode() if isinstance(body, str) else body
            connection.request(method, target, data, given)
            response = connection.getresponse()
            return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
        finally:
            connection.close()

    def get(self, query: str, accept: str = "", **parameters: str | list[str]) -> Answer:
        """A query by GET."""
        target = "/sparql?" + urlencode({"query": query, **parameters}, doseq=True)
        return self.ask("GET", target, headers={"Accept": accept} if accept else {})

    def form(self, path: str, accept: str = "", token: str = "", **parameters: str | list[str]) -> Answer:
        """A POST with a form."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"} | ({"Accept": accept} if accept else {})
        return self.ask("POST", path, urlencode(parameters, doseq=True), headers, token=token)

    def update(self, text: str) -> Answer:
        """An update with the token."""
        return self.ask("POST", "/update", text, {"Content-Type": "application/sparql-update"}, token=TOKEN)

    def put(self, graph: str, turtle: str, method: str = "PUT") -> Answer:
        """Put Turtle into a graph; the default one where its name is empty."""
        return self.ask(method, graph_path(graph), turtle, {"Content-Type": "text/turtle"}, token=TOKEN)

    def graph(self, graph: str, accept: str = "application/n-triples") -> Answer:
        """A graph's content."""
        return self.ask("GET", graph_path(graph), headers={"Accept": accept})


def graph_path(graph: str) -> str:
    """The indirect address of a graph; of the default one where the name is empty."""
    return f"/store?graph={quote(graph, safe='')}" if graph else "/store?default"


@contextmanager
def serving(store: Path, *options: str, env: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server over a store, until the end of the block; it must then stop by itself within ten seconds."""
    command = [sys.executable, "-m", "kg", "serve", "--port", "0", "--store", str(store), *options]
    environment = {**os.environ, "KG_TOKEN": TOKEN, "no_proxy": "127.0.0.1", **(env or {})}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.match(r"http://([^:]+):(\d+)/sparql", line)
            assert found, line + (process.stderr.read() if process.stderr else "")
            yield Server(found[1], int(found[2]), process)
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=20)
            assert "Traceback" not in errors, errors[-2000:]
        finally:
            if process.poll() is None:
                process.kill()
