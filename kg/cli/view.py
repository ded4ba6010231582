"""`kg view`."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from kg.cli.console import PATH, dossier_option, language_option, progress, store_option, write_bytes
from kg.graph import open_graph
from kg.ontology import Dossier, locate
from kg.store.access import Address


@click.command("view")
@click.option("-o", "--output", type=PATH, default=Path("graph.html"), show_default=True, metavar="FILE")
@click.option("--open", "open_", is_flag=True, help="Open it in the browser.")
@store_option
@dossier_option
@language_option
def command(output: Path, open_: bool, store: Path | Address, dossier: Path | None, lang: str) -> None:
    """Write the interactive page: one HTML file that works offline, from any folder."""
    with progress() as tell:
        graph = open_graph(store, Dossier.load(locate(dossier)))
        tell("layout", 0, 1)
        html = graph.to_html(lang)
    write_bytes(html.encode(), output)
    if str(output) != "-":
        click.echo(f"{output}  ({output.stat().st_size / 1024:,.0f} KiB)", err=True)
        if open_:
            webbrowser.open(output.resolve().as_uri())
