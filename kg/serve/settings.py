"""What an endpoint allows, and the errors it answers with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """How an endpoint is run.

    Attributes
    ----------
    store : Path
        The folder of the built graph.
    timeout : float
        Seconds a query or update may take, waiting included.
    workers : int
        Processes that run queries.
    memory, result_bytes, body_bytes : int
        Bytes: of a worker's memory, of one answer, of one request.
    rows : int
        Rows or triples of one answer; 0 is no limit.
    url_bytes : int
        Bytes of a request's target.
    token : str
        What a writer must show; empty where `open_writes` says that nobody needs to.
    services : frozenset of str
        Addresses that SERVICE and LOAD may reach.
    hosts : frozenset of str
        Host names that requests may be sent to, in lower case and without port; empty for any.
    """

    store: Path
    writable: bool = False
    open_writes: bool = False
    token: str = ""
    timeout: float = 30.0
    workers: int = field(default_factory=lambda: max(4, 4 * (os.cpu_count() or 1)))
    memory: int = 4 << 30
    result_bytes: int = 2 << 30
    rows: int = 0
    body_bytes: int = 64 << 20
    url_bytes: int = 16_000
    connections: int = 1000
    header_seconds: float = 10.0
    idle_seconds: float = 20.0
    services: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()


class HttpError(Exception):
    """A request that is answered with an error.

    Parameters
    ----------
    status : int
        The HTTP status.
    message : str
        What was wrong and what to do, in one line or a few.
    headers : mapping, optional
        Headers that go with the status, such as `Allow`.
    """

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})
