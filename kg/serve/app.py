"""The application: which path does what. `make` gives it for a store and settings; an ASGI server runs it."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from kg.errors import KgError
from kg.serve import describing, editor, graphstore, negotiation, requests
from kg.serve.answers import Answers, Current, tag_of
from kg.serve.guard import Guard
from kg.serve.jobs import Job, Outcome
from kg.serve.metrics import Metrics
from kg.serve.pool import Pool
from kg.serve.settings import HttpError, Settings
from kg.serve.worker import WRITES, named

ALL: Final = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"]
RETRY: Final = {"Retry-After": "5"}
MEDIA: Final = {form: media for media, form in reversed([*negotiation.RESULTS.items()])}
GRAPH_MEDIA: Final = {form: media for media, form in reversed([*negotiation.GRAPHS.items()])}


class Endpoint:
    """The handlers of all paths."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.current = Current(settings.store)
        self.answers = Answers()
        self.folder = Path(tempfile.mkdtemp(prefix="kg-serve-"))
        self.pool = Pool(settings, self.folder)

    @contextlib.asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        """Workers are there while the server runs, and nothing is left behind."""
        try:
            await self.pool.start()
            yield
        finally:
            await self.pool.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    # ---- paths

    async def sparql(self, request: Request) -> Response:
        """`/sparql`: queries; without one the service description, or the editor for people."""
        if request.method == "OPTIONS":
            return options("GET, HEAD, POST, OPTIONS")
        if request.method in ("GET", "HEAD") and not request.url.query:
            return await self.description(request)
        job = await requests.read(request, self.settings, "any" if self.settings.writable else "query")
        if job.action == "update":
            self.authorize(request)
        return await self.answer(request, job)

    async def update(self, request: Request) -> Response:
        """`/update`: updates, where they are allowed."""
        if request.method == "OPTIONS":
            return options("POST, OPTIONS")
        if request.method != "POST":
            raise HttpError(405, "an update is sent by POST", {"Allow": "POST, OPTIONS"})
        self.authorize(request)
        return await self.answer(request, await requests.read(request, self.settings, "update"))

    async def store(self, request: Request) -> Response:
        """`/store`: whole graphs."""
        allowed = ", ".join(graphstore.METHODS if self.settings.writable else ("GET", "HEAD", "OPTIONS"))
        if request.method == "OPTIONS":
            return options(allowed)
        if request.method not in ("GET", "HEAD"):
            if request.method not in graphstore.METHODS:
                raise HttpError(405, f"{request.method} does nothing here", {"Allow": allowed})
            self.authorize(request)
        elif request.url.path.rstrip("/") == "/store" and not request.url.query:
            return await self.description(request)
        job = await graphstore.read(request, self.settings)
        response = await self.answer(request, job)
        if response.status_code == 201 and job.graph:
            response.headers["Location"] = job.graph
        return response

    async def resource(self, request: Request) -> Response:
        """`/resource?iri=…`, and every path that is an IRI of the dossier: what the graph says of one thing."""
        if request.method == "OPTIONS":
            return options("GET, HEAD, OPTIONS")
        if request.method not in ("GET", "HEAD"):
            raise HttpError(405, f"{request.method} does nothing here", {"Allow": "GET, HEAD, OPTIONS"})
        names, _ = named(self.current())
        iri, form = describing.subject(request, names)
        header = negotiation.SHORT.get(form, form) if form else request.headers.get("accept", "")
        media = negotiation.choose(
            header, [negotiation.HTML, *negotiation.GRAPHS] if "html" in header else [*negotiation.GRAPHS, negotiation.HTML]
        )
        if not media:
            raise HttpError(406, f"a thing is described as {negotiation.HTML} or {negotiation.listing(negotiation.BODIES)}")
        wanted = "html" if media == negotiation.HTML else negotiation.GRAPHS[media]
        job = Job("resource", iri, formats={"graph": wanted}, language=describing.language(request))
        return await self.answer(request, job)

    async def description(self, request: Request) -> Response:
        """What this service is and can, as RDF; or the editor, for a browser."""
        header = request.headers.get("accept", "")
        offers = (
            [*negotiation.BODIES, negotiation.HTML]
            if not header or "*/*" in header.split(",")[0]
            else [negotiation.HTML, *negotiation.BODIES]
        )
        media = negotiation.choose(header, offers)
        if not media:
            raise HttpError(406, f"without a query there is a service description: {negotiation.listing(negotiation.BODIES)}")
        if media == negotiation.HTML:
            return editor.page(request, self.settings, self.current())
        graphs = await self.pool.do(Job("graphs"))
        text = describing.service(request, self.settings, self.current(), graphs.body.decode().split())
        return Response(describing.serialize(text, negotiation.BODIES[media]), media_type=negotiation.content_type(media))

    async def void(self, request: Request) -> Response:
        """`/.well-known/void`: the dataset, described with VoID and DCAT."""
        media = negotiation.choose(request.headers.get("accept", ""), list(negotiation.BODIES))
        if not media:
            raise HttpError(406, f"the dataset is described as {negotiation.listing(negotiation.BODIES)}")
        names, _ = named(self.current())
        found = await self.pool.do(Job("query", describing.dataset_query(names), formats={"graph": "nt"}))
        graph = describing.dataset(request, names, found.body if found.status == 200 else b"", self.current())
        return Response(describing.serialize(graph, negotiation.BODIES[media]), media_type=negotiation.content_type(media))

    async def healthz(self, request: Request) -> Response:
        """`/healthz`: 200 while there is a graph and a worker can be asked."""
        outcome = await self.pool.do(Job("head", graph=None, formats={"graph": "nt"}))
        return PlainTextResponse("ok\n" if outcome.status == 200 else f"{outcome.body.decode()}\n", 200 if outcome.status == 200 else 503)

    async def figures(self, request: Request) -> Response:
        """`/metrics`: figures for Prometheus."""
        noted = self.current().notes.get("statements", 0)
        text = self.metrics.text(self.pool.figures, noted if isinstance(noted, int) else 0)
        return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")

    # ---- answers

    def authorize(self, request: Request) -> None:
        """Let a writer pass.

        Raises
        ------
        HttpError
            403 on a server that only reads, 401 without the right token.
        """
        if not self.settings.writable:
            raise HttpError(403, "this server only reads; 'kg serve --writable' takes updates")
        if self.settings.open_writes:
            return
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.casefold() != "bearer" or not hmac.compare_digest(token.strip().encode(), self.settings.token.encode()):
            raise HttpError(
                401, "a write needs the header 'Authorization: Bearer …' with the server's token", {"WWW-Authenticate": 'Bearer realm="kg"'}
            )

    async def answer(self, request: Request, job: Job) -> Response:
        """Run a job and give what came of it."""
        if job.action in WRITES:
            outcome = await self.run(request, job)
            if outcome.status >= 400:
                raise problem(outcome)
            return Response(status_code=outcome.status, headers={"ETag": f'W/"{outcome.generation}"'})
        tag = tag_of(self.current().folder.name, job)
        etag = f'W/"{tag}"'
        if request.method in ("GET", "HEAD") and etag in [item.strip() for item in request.headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers={"ETag": etag})
        outcome_or_none = self.answers.get(tag)
        if outcome_or_none is None:
            outcome_or_none = await self.run(request, job)
            if outcome_or_none.generation == self.current().folder.name:
                self.answers.keep(tag, job, outcome_or_none)
            else:
                etag = ""
        else:
            self.metrics.cached += 1
        return respond(request, job, outcome_or_none, {"ETag": etag, "Cache-Control": "no-cache"} if etag else {})

    async def run(self, request: Request, job: Job) -> Outcome:
        """The outcome of a job; when the client goes, the job ends."""
        working = asyncio.ensure_future(self.pool.do(job))
        leaving = asyncio.ensure_future(_gone(request))
        try:
            await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done() and job.action not in WRITES:
                raise ClientDisconnect
            return await working
        finally:
            leaving.cancel()
            if not working.done():
                working.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def respond(request: Request, job: Job, outcome: Outcome, headers: dict[str, str]) -> Response:
    """The response for what a worker gave."""
    if outcome.status >= 400:
        raise problem(outcome)
    media = negotiation.HTML if outcome.form == "html" else (GRAPH_MEDIA if outcome.kind == "graph" else MEDIA).get(outcome.form, "")
    if job.action == "query":
        media = _asked(request, outcome, media)
    if outcome.file:
        remove = BackgroundTask(Path(outcome.file).unlink, missing_ok=True)
        return FileResponse(outcome.file, media_type=negotiation.content_type(media), headers=headers, background=remove)
    return Response(outcome.body, headers=headers, media_type=negotiation.content_type(media))


def _asked(request: Request, outcome: Outcome, media: str) -> str:
    """The media type under which the client asked for the form ("application/json" is taken for the results in JSON)."""
    offers = negotiation.GRAPHS if outcome.kind == "graph" else negotiation.RESULTS
    named = next((value for name, value in requests.pairs(request.url.query) if name in ("format", "output")), "")
    best = negotiation.choose("" if named else request.headers.get("accept", ""), list(offers))
    return best if best and offers[best] == outcome.form else media


def problem(outcome: Outcome) -> HttpError:
    """The error for a failed outcome."""
    return HttpError(outcome.status, outcome.body.decode("utf-8", "replace"), RETRY if outcome.status == 503 else None)


def options(allowed: str) -> Response:
    """The answer to OPTIONS, also to a browser that asks before it sends."""
    headers = {
        "Allow": allowed,
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": allowed,
        "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
        "Access-Control-Max-Age": "86400",
    }
    return Response(status_code=204, headers=headers)


def plainly(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """The handler, with its errors as plain text."""

    async def handled(request: Request) -> Response:
        try:
            return await handler(request)
        except HttpError as error:
            return PlainTextResponse(f"{error.message}\n", error.status, error.headers)
        except ClientDisconnect:
            return Response(status_code=499)
        except KgError as error:
            return PlainTextResponse(f"{error}\n", 503, RETRY)

    return handled


async def _error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return PlainTextResponse(f"{error.detail}\n", error.status_code, error.headers)


def make(settings: Settings) -> Starlette:
    """The application over one store."""
    endpoint = Endpoint(settings)
    paths = {
        "/sparql": endpoint.sparql,
        "/sparql/": endpoint.sparql,
        "/update": endpoint.update,
        "/update/": endpoint.update,
        "/store": endpoint.store,
        "/store/{path:path}": endpoint.store,
        "/.well-known/void": endpoint.void,
        "/healthz": endpoint.healthz,
        "/metrics": endpoint.figures,
        "/": endpoint.description,
        "/{path:path}": endpoint.resource,
    }
    routes = [Route(path, plainly(handler), methods=ALL) for path, handler in paths.items()]
    middleware = [
        Middleware(Guard, settings=settings, metrics=endpoint.metrics),
        Middleware(GZipMiddleware, minimum_size=1000, compresslevel=4),
    ]
    app = Starlette(routes=routes, middleware=middleware, lifespan=endpoint.lifespan, exception_handlers={HTTPException: _error})
    app.router.redirect_slashes = False
    app.state.endpoint = endpoint
    return app
