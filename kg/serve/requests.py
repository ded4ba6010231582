"""What a request of the SPARQL 1.1 Protocol asks for: the text, the dataset and the forms, or the error it is answered with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from kg.errors import QueryError
from kg.serve import negotiation
from kg.serve.jobs import Job
from kg.serve.settings import HttpError, Settings
from kg.store.lexical import nesting, reaches_out
from kg.store.operations import DatasetChoice

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
DEEPEST: Final = 200
"""Brackets within brackets that are passed on to the engine."""
_GRAPHS: Final = {"query": ("default-graph-uri", "named-graph-uri"), "update": ("using-graph-uri", "using-named-graph-uri")}
_KNOWN: Final = frozenset(("query", "update", "format", "output", "timeout", *_GRAPHS["query"], *_GRAPHS["update"]))


async def body_of(request: Request, limit: int, seconds: float) -> bytes:
    """A request's body.

    Raises
    ------
    HttpError
        413 where it is larger than allowed, 408 where it does not come in time, 415 where it is compressed.
    """
    import asyncio

    if request.headers.get("content-encoding", "identity").casefold() not in ("identity", ""):
        raise HttpError(415, "a compressed body is not read; send it as it is")
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise HttpError(413, f"the body has {int(declared):,} bytes; at most {limit:,} are read", {"Connection": "close"})
    parts: list[bytes] = []
    size = 0
    stream = request.stream()
    try:
        while True:
            part = await asyncio.wait_for(anext(stream), seconds)
            size += len(part)
            if size > limit:
                raise HttpError(413, f"the body has more than {limit:,} bytes", {"Connection": "close"})
            parts.append(part)
    except StopAsyncIteration:
        return b"".join(parts)
    except TimeoutError:
        raise HttpError(408, f"no part of the body came for {seconds:g} s", {"Connection": "close"}) from None


def media_type(request: Request) -> tuple[str, str]:
    """The media type of a request's body and its charset, in lower case; empty where not given."""
    header = request.headers.get("content-type", "")
    kind, *parameters = [part.strip() for part in header.split(";")]
    charset = next(
        (value.strip(" \"'") for name, _, value in (p.partition("=") for p in parameters) if name.strip().casefold() == "charset"), ""
    )
    return kind.casefold(), charset.casefold()


async def read(request: Request, settings: Settings, wanted: str) -> Job:
    """The job that a request asks for.

    Parameters
    ----------
    wanted : str
        `query`, `update`, or `any` where both are taken at this address.

    Raises
    ------
    HttpError
        With the status that the protocol or HTTP gives the fault.
    """
    given = pairs(request.url.query)
    action = ""
    if request.method in ("GET", "HEAD"):
        if wanted == "update" or any(name == "update" for name, _ in given):
            raise HttpError(
                405 if wanted == "update" else 400, "an update is sent by POST", {"Allow": "POST, OPTIONS"} if wanted == "update" else None
            )
        action = "query"
    elif request.method == "POST":
        kind, charset = media_type(request)
        if kind not in (FORM, QUERY, UPDATE):
            shown = kind or "none"
            raise HttpError(415, f"the content type {shown!r} is not read here; use {FORM}, {QUERY} or {UPDATE}")
        if charset not in ("", "utf-8", "utf8"):
            raise HttpError(415, f"the charset {charset!r} is not read; send UTF-8")
        text = decode(await body_of(request, settings.body_bytes, settings.header_seconds))
        if kind == FORM:
            given += pairs(text)
        else:
            action = "query" if kind == QUERY else "update"
            if any(name == action for name, _ in given):
                raise HttpError(400, f"there are two: a {action} in the address and one in the body")
            given.append((action, text))
    else:
        raise HttpError(405, f"{request.method} does nothing here; use GET or POST", {"Allow": "GET, HEAD, POST, OPTIONS"})
    return job(request, given, settings, wanted)


def job(request: Request, given: Sequence[tuple[str, str]], settings: Settings, wanted: str) -> Job:
    """The job that a request's parameters describe; see `read`."""
    texts = {action: [value for name, value in given if name == action] for action in ("query", "update")}
    if texts["query"] and texts["update"]:
        raise HttpError(400, "there are a query and an update; send one of them")
    action = "update" if texts["update"] or (wanted == "update" and not texts["query"]) else "query"
    if wanted not in (action, "any"):
        raise HttpError(400, f"a {action} is not taken here; send it to {'/update' if action == 'update' else '/sparql'}")
    if len(texts[action]) != 1:
        raise HttpError(400, f"{'no' if not texts[action] else 'more than one'} {action}; send exactly one")
    text = texts[action][0]
    if not text.strip():
        raise HttpError(400, f"the {action} is empty")
    other = _GRAPHS["update" if action == "query" else "query"]
    if clash := next((name for name, _ in given if name in other), ""):
        raise HttpError(400, f"{clash} does not go with a {action}; use {' and '.join(_GRAPHS[action])}")
    default, named = (tuple(value for name, value in given if name == key) for key in _GRAPHS[action])
    for iri in (*default, *named):
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]*", iri):
            raise HttpError(400, f"this is no absolute IRI of a graph: {iri!r}")
    check(text, settings)
    formats = {}
    if action == "query":
        named_form = next((value for name, value in given if name in ("format", "output")), "")
        forms = negotiation.forms(request.headers.get("accept", ""), named_form)
        if not forms:
            offers = negotiation.listing({**negotiation.RESULTS, **negotiation.GRAPHS})
            raise HttpError(406, f"none of the forms asked for can be given; there are {offers}")
        formats = {kind: form for kind, (_, form) in forms.items()}
    base = str(request.url.replace(query="", fragment=""))
    return Job("update" if action == "update" else "query", text, DatasetChoice(default, named), formats, base=base)


def check(text: str, settings: Settings) -> None:
    """Refuse what would reach other servers or overwhelm the parser.

    Raises
    ------
    HttpError
        400 for a text that nests too deep, 403 for SERVICE or LOAD.
    """
    if nesting(text) > DEEPEST:
        raise HttpError(400, f"this nests deeper than {DEEPEST} levels")
    try:
        keyword = reaches_out(text)
    except QueryError as error:
        raise HttpError(400, str(error)) from None
    if keyword and not settings.services:
        raise HttpError(403, f"{keyword} is not allowed here: this server calls no other one")
    if keyword:
        named = set(re.findall(rf"(?i){keyword}\s*(?:SILENT\s*)?<([^>]*)>", text))
        calls = len(re.findall(rf"(?i){keyword}", text))
        if len(re.findall(rf"(?i){keyword}\s*(?:SILENT\s*)?<", text)) != calls or not named <= settings.services:
            raise HttpError(
                403, f"{keyword} may call only {', '.join(sorted(settings.services))}, each named in the text with its full address"
            )


def pairs(text: str) -> list[tuple[str, str]]:
    """The parameters of a query string or form, in order; bytes that are no UTF-8 are refused.

    Raises
    ------
    HttpError
        400.
    """
    try:
        return parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=1000)
    except (UnicodeDecodeError, ValueError):
        raise HttpError(400, "the parameters are not UTF-8, or too many") from None


def decode(data: bytes) -> str:
    """A body as text.

    Raises
    ------
    HttpError
        400 where it is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise HttpError(400, f"the body is not UTF-8: byte {error.start} is 0x{data[error.start]:02x}") from None
