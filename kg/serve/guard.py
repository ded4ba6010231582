"""What stands before every route: limits, the Host header, cross-origin rules, counting and the access log."""

from __future__ import annotations

import logging
import time
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.serve.metrics import Metrics
from kg.serve.settings import Settings

LOG: Final = logging.getLogger("kg.access")
ROUTES: Final = ("sparql", "update", "store", "resource", "healthz", "metrics", ".well-known")
HEADERS: Final = 32_000
"""Bytes of all headers of a request."""
_SAFE: Final = ("GET", "HEAD", "OPTIONS")
_EXPOSED: Final = "ETag, Location, Link"


class Guard:
    """An ASGI application around another one.

    It refuses requests whose address or headers are too long (414, 431), that name another host (421), or that would let a page of
    another site write (403); adds the headers of CORS for reading; and notes each request.
    """

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self.app = app
        self.settings = settings
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = time.perf_counter()
        headers = Headers(scope=scope)
        status, size = 0, 0

        async def noted(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                answer = MutableHeaders(raw=message["headers"])
                answer["X-Content-Type-Options"] = "nosniff"
                if "origin" in headers and self.may_read(headers):
                    answer["Access-Control-Allow-Origin"] = "*"
                    answer["Access-Control-Expose-Headers"] = _EXPOSED
                answer.add_vary_header("Accept")
            else:
                size += len(message.get("body", b""))
            await send(message)

        try:
            problem = self.problem(scope, headers)
            if problem is not None:
                await _plain(noted, *problem)
            else:
                await self.app(scope, receive, noted)
        finally:
            seconds = time.perf_counter() - begun
            first = str(scope["path"]).strip("/").split("/", 1)[0]
            self.metrics.note(first if first in ROUTES else "other", _method(scope), status, seconds)
            client = scope["client"][0] if scope.get("client") else "-"
            shown = _printable(scope.get("raw_path", b"")[:300].decode("latin-1"))
            LOG.info("%s %s %s %d %d %.0fms", client, _method(scope), shown, status, size, seconds * 1000)

    def problem(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        """What is wrong with a request before it is read, as status and message."""
        target = len(scope.get("raw_path", b"")) + len(scope.get("query_string", b""))
        if target > self.settings.url_bytes:
            return 414, f"the address has {target:,} bytes; send long queries by POST"
        if sum(len(name) + len(value) for name, value in scope["headers"]) > HEADERS:
            return 431, f"the headers have more than {HEADERS:,} bytes"
        if scope["http_version"] not in ("1.0", "1.1"):
            return 505, "this server speaks HTTP/1.1"
        if not self.knows(headers.get("host", "")):
            return 421, "this server does not answer for that host"
        if scope["method"] not in _SAFE and self.settings.open_writes and not self.own_origin(headers):
            return 403, "pages of other sites may not write here"
        return None

    def knows(self, host: str) -> bool:
        """Whether a Host header names this server."""
        if not self.settings.hosts:
            return True
        name = host[: host.rfind("]") + 1] if host.startswith("[") else host.partition(":")[0]
        return name.casefold() in self.settings.hosts

    def own_origin(self, headers: Headers) -> bool:
        """Whether a request comes from no page at all, or from one of this server."""
        origin = headers.get("origin")
        return origin is None or origin.partition("://")[2].casefold() == headers.get("host", "").casefold()

    def may_read(self, headers: Headers) -> bool:
        """Whether a page of another site may read the answer: what needs no password may be read by all."""
        return "authorization" not in headers


def _method(scope: Scope) -> str:
    method = str(scope["method"])
    return method if method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH") else "other"


def _printable(text: str) -> str:
    return "".join(char if 32 < ord(char) < 127 else f"%{ord(char):02X}" for char in text)


async def _plain(send: Send, status: int, message: str) -> None:
    body = f"{message}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
