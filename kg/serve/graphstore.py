"""SPARQL 1.1 Graph Store HTTP Protocol: which graph a request names, and what it does with it."""

from __future__ import annotations

import email.parser
import email.policy
import re
import uuid
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

from kg.serve import negotiation
from kg.serve.jobs import Job
from kg.serve.requests import body_of, media_type, pairs
from kg.serve.settings import HttpError, Settings

METHODS: Final = ("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS")
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]*")


def graph_of(request: Request) -> tuple[str | None, bool]:
    """The graph that a request names, and whether it names one at all; the default graph is None.

    Indirectly with `?graph=IRI` or `?default`, directly by the address itself below `/store/`.

    Raises
    ------
    HttpError
        400 where it names several, or what is no absolute IRI.
    """
    given = pairs(request.url.query)
    graphs = [value for name, value in given if name == "graph"]
    default = [name for name, _ in given if name == "default"]
    path = request.url.path
    direct = path.rstrip("/") != "/store"
    if len(graphs) + len(default) > 1 or (direct and (graphs or default)):
        raise HttpError(400, "name one graph: ?graph=IRI, ?default, or its own address")
    if default:
        return None, True
    if direct:
        return str(request.url.replace(query="", fragment="")), True
    if not graphs:
        return None, False
    if not _IRI.fullmatch(graphs[0]) or not urlsplit(graphs[0]).scheme:
        raise HttpError(400, f"this is no absolute IRI: {graphs[0]!r}")
    return graphs[0], True


async def read(request: Request, settings: Settings) -> Job:
    """The job that a request asks for.

    Raises
    ------
    HttpError
        400, 405, 406, 413 or 415.
    """
    graph, named = graph_of(request)
    method = request.method
    if method in ("GET", "HEAD"):
        if not named:
            raise HttpError(400, "name a graph: ?graph=IRI or ?default")
        forms = negotiation.forms(request.headers.get("accept", ""), next((v for n, v in pairs(request.url.query) if n == "format"), ""))
        if "graph" not in forms:
            raise HttpError(406, f"a graph can be given as {negotiation.listing(negotiation.BODIES)}")
        return Job("get" if method == "GET" else "head", formats={"graph": forms["graph"][1]}, graph=graph)
    if method == "DELETE":
        if not named:
            raise HttpError(400, "name a graph: ?graph=IRI or ?default")
        return Job("delete", graph=graph)
    if method not in ("PUT", "POST"):
        raise HttpError(405, f"{method} does nothing here", {"Allow": ", ".join(METHODS)})
    if not named:
        if method == "PUT":
            raise HttpError(400, "name a graph: ?graph=IRI or ?default")
        graph = f"{str(request.url.replace(query='', fragment='')).rstrip('/')}/{uuid.uuid4()}"
    return Job("put" if method == "PUT" else "post", graph=graph, parts=await parts_of(request, settings), base=graph or str(request.url))


async def parts_of(request: Request, settings: Settings) -> tuple[tuple[bytes, str], ...]:
    """The RDF documents in a request's body, each with our name of its syntax; several where it is `multipart/form-data`.

    Raises
    ------
    HttpError
        400 for a body that is no such thing, 415 for a type that is not read.
    """
    kind, charset = media_type(request)
    if charset not in ("", "utf-8", "utf8"):
        raise HttpError(415, f"the charset {charset!r} is not read; send UTF-8")
    data = await body_of(request, settings.body_bytes, settings.header_seconds)
    if kind != "multipart/form-data":
        return ((data, _form(kind)),)
    header = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode("latin-1")
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(header + data)
    if not message.is_multipart():
        raise HttpError(400, "the multipart body has no parts, or no boundary")
    found = []
    for part in message.iter_parts():
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            found.append((payload, _form(part.get_content_type())))
    return tuple(found)


def _form(kind: str) -> str:
    """Our name of a media type; the protocol takes RDF/XML where none is given (section 5.3)."""
    form = negotiation.BODIES.get(kind or "application/rdf+xml")
    if form is None:
        raise HttpError(415, f"{kind!r} is not read; use {negotiation.listing(negotiation.BODIES)}")
    return form
