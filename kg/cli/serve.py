"""`kg serve`."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys
import webbrowser
from pathlib import Path

import click

from kg.cli.console import store_option
from kg.errors import StoreError
from kg.store import generations
from kg.store.access import Address

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="HOST", help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8030, show_default=True, help="The port; 0 picks a free one.")
@store_option
@click.option("--open", "open_", is_flag=True, help="Open the editor in the browser.")
@click.option(
    "--writable", is_flag=True, help="Take updates from whoever sends the token in $KG_TOKEN. An empty store is made where none is."
)
@click.option("--no-auth", is_flag=True, help="With --writable: take updates from anybody on this machine.")
@click.option(
    "--timeout", type=click.FloatRange(0.1, 86400), default=30.0, show_default=True, metavar="SECONDS", help="The most a query may take."
)
@click.option("--max-rows", type=click.IntRange(0), default=0, metavar="N", help="The most rows of an answer [default: no limit].")
@click.option("--max-result", type=click.IntRange(1), default=2048, show_default=True, metavar="MB", help="The largest answer.")
@click.option("--max-body", type=click.IntRange(1), default=64, show_default=True, metavar="MB", help="The largest request.")
@click.option("--memory", type=click.IntRange(256), default=4096, show_default=True, metavar="MB", help="The most memory of a query.")
@click.option("--workers", type=click.IntRange(1, 256), metavar="N", help="Short queries at once [default: 4 a core].")
@click.option("--allow-service", "services", multiple=True, metavar="URL", help="An address that SERVICE and LOAD may call; repeatable.")
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME", help="Another name of this server in the Host header; repeatable.")
@click.option("--quiet", "-q", is_flag=True, help="Write no access log.")
def command(
    host: str,
    port: int,
    store: Path | Address,
    open_: bool,
    writable: bool,
    no_auth: bool,
    timeout: float,
    max_rows: int,
    max_result: int,
    max_body: int,
    memory: int,
    workers: int | None,
    services: tuple[str, ...],
    hosts: tuple[str, ...],
    quiet: bool,
) -> None:
    """Serve the graph: a SPARQL 1.1 endpoint, whole graphs, and a page for each thing.

    \b
    /sparql   queries, and an editor for people      /resource?iri=…   one thing
    /update   updates (--writable)                   /metrics /healthz
    /store    whole graphs                           /.well-known/void

    A build into the same store is served from then on; the server need not be
    started again. The access log goes to stderr.
    """
    from kg.serve.server import bind, serve  # with the server that they bring they take half a second to import
    from kg.serve.settings import Settings
    from kg.serve.worker import create_empty

    if isinstance(store, Address):
        raise StoreError(
            "'kg serve' serves a folder, not another server",
            hint="that server answers SPARQL itself; build into a folder with --store DIR to serve it",
        )
    token = os.environ.get("KG_TOKEN", "")
    if no_auth and not writable:
        raise click.UsageError("--no-auth goes with --writable.")
    if no_auth and host not in LOOPBACK:
        raise click.UsageError(f"--no-auth is for this machine alone, not for {host}: set KG_TOKEN instead.")
    if writable and not no_auth and not token:
        raise click.UsageError("--writable needs a token: set KG_TOKEN, or use --no-auth on this machine.")
    try:
        generations.current(store)
    except StoreError:
        if not writable or (store / generations.CURRENT).exists():
            raise
        create_empty(store)
    settings = Settings(
        store=store.absolute(),
        writable=writable,
        open_writes=no_auth,
        token=token,
        timeout=timeout,
        memory=memory << 20,
        result_bytes=max_result << 20,
        rows=max_rows,
        body_bytes=max_body << 20,
        services=frozenset(services),
        hosts=known_hosts(host, hosts),
        **({} if workers is None else {"workers": workers}),
    )
    listening = bind(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}"
    log(quiet)

    def ready() -> None:
        click.echo(f"{address}/sparql{'  (writable)' if writable else ''}  Ctrl-C stops")
        sys.stdout.flush()
        if open_:
            webbrowser.open(f"{address}/sparql")

    with listening:
        serve(settings, listening, ready)
    click.echo("Stopped.", err=True)


def known_hosts(host: str, more: tuple[str, ...]) -> frozenset[str]:
    """The names that a Host header may give: of loopback, or of the address and this machine."""
    names = {"localhost", "127.0.0.1", "[::1]", *(name.casefold() for name in more)}
    if host not in LOOPBACK:
        own = [host, socket.gethostname(), socket.getfqdn()]
        with contextlib.suppress(OSError):
            own += [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None)]
        names |= {f"[{name}]" if ":" in name else name.casefold() for name in own}
    return frozenset(names)


def log(quiet: bool) -> None:
    """The access log on stderr, one line a request."""
    logger = logging.getLogger("kg.access")
    logger.propagate = False
    logger.setLevel(logging.CRITICAL if quiet else logging.INFO)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%S"))
    logger.handlers = [handler]
