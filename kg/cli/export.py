"""`kg export`."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.console import PATH, store_option, write_bytes
from kg.export.formats import FORMATS, export, guess
from kg.graph import open_graph
from kg.store.access import Address
from kg.store.names import expand


@click.command("export")
@click.argument("format", required=False, type=click.Choice(FORMATS), metavar="[FORMAT]")
@click.option("-o", "--output", type=PATH, metavar="FILE", help="Where to write; without it, stdout.")
@click.option("-g", "--graph", metavar="NAME", help="Only this named graph, e.g. facts/events, document/brief-en-1, inferred.")
@store_option
def command(format: str | None, output: Path | None, graph: str | None, store: Path | Address) -> None:
    """Write the graph in a format: turtle, trig, nt, nq, jsonld, rdfxml, graphml, gexf, csv.

    Without FORMAT it is guessed from the suffix of the file. The same graph gives
    the same bytes. Formats without named graphs get the union of all graphs.
    """
    if format is None and output is None:
        raise click.UsageError("Name a format, or a file with -o whose suffix says it.")
    opened = open_graph(store)
    name = None if graph is None else expand(graph, opened.prefixes) or opened.names.graph(graph)
    write_bytes(export(opened.store, opened.names, format or guess(output or Path()), name), output)
    if output is not None and str(output) != "-":
        click.echo(f"{output}  ({output.stat().st_size:,} bytes)", err=True)
