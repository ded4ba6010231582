"""The server: uvicorn around the application, with limits on the size of a request's head and the time to send it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Iterator
from typing import Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kg.errors import KgError
from kg.serve.app import make
from kg.serve.settings import Settings

LARGEST_HEAD: Final = 64_000
"""Bytes of a request's line and headers."""


def protocol(settings: Settings) -> type[asyncio.Protocol]:
    """uvicorn's HTTP protocol, which closes a connection whose head is too long or does not arrive in time (a "slow loris")."""

    class Timed(HttpToolsProtocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn declares it
            super().connection_made(transport)
            self._head = 0
            self._waiting: asyncio.TimerHandle | None = None
            self._wait()

        def data_received(self, data: bytes) -> None:
            if self._waiting is None and self.cycle is not None and self.cycle.response_complete:
                self._wait()  # the first bytes of another request
            before = self._waiting
            self._head += len(data) if before is not None else 0
            super().data_received(data)
            if before is not None and self._waiting is before and self._head > LARGEST_HEAD:
                self._refuse(b"431 Request Header Fields Too Large")

        def on_headers_complete(self) -> None:
            self._done()
            super().on_headers_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self._done()
            super().connection_lost(exc)

        def _wait(self) -> None:
            self._head = 0
            self._waiting = self.loop.call_later(settings.header_seconds, self._refuse, b"408 Request Timeout")

        def _done(self) -> None:
            if self._waiting is not None:
                self._waiting.cancel()
                self._waiting = None

        def _refuse(self, status: bytes) -> None:
            self._done()
            if not self.transport.is_closing():
                self.transport.write(b"HTTP/1.1 " + status + b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                self.transport.close()

    return Timed


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 picks a free one.

    Raises
    ------
    KgError
        If the address cannot be used.
    """
    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        made = socket.socket(family, kind, number)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
    except OSError as error:
        hint = "another program has it; choose another --port, or 0 for any free one" if port else "choose another --host"
        raise KgError(f"{host}:{port} cannot be used: {error.strerror or error}", hint=hint) from error
    made.set_inheritable(False)
    return made


def serve(settings: Settings, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Run until a signal says stop; open requests are finished first.

    Parameters
    ----------
    ready : callable
        Called once requests are taken.
    """
    config = uvicorn.Config(
        make(settings),
        http=protocol(settings),
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=settings.connections,
        timeout_keep_alive=int(settings.idle_seconds),
        timeout_graceful_shutdown=int(settings.timeout),
    )
    server = _Server(config, ready)
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    if server.failed:
        raise KgError("the server did not start", hint="is there memory for its worker processes?")


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self.failed = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.failed = self.should_exit
        if not self.should_exit:
            self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        try:
            with super().capture_signals():
                yield
        except KeyboardInterrupt:
            pass
