"""`kg validate`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kg.cli.console import StoreType, dossier_option, language_option, progress, terminal_width, write_bytes
from kg.export.table import table_csv
from kg.graph import open_graph
from kg.ontology import Dossier, locate
from kg.pipeline import build, check
from kg.store.access import Address


@click.command("validate")
@dossier_option
@click.option("-s", "--store", type=StoreType(), metavar="DIR|URL", help="Check this built graph instead of building the dossier anew.")
@click.option("-f", "--format", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
@language_option
def command(dossier: Path | None, store: Path | Address | None, format: str, lang: str) -> None:
    """Check the dossier against its shapes and checks; exit code 1 if it does not conform.

    The dossier is built in memory as it is now; no store is touched.
    """
    with progress() as tell:
        graph = build(dossier, progress=tell) if store is None else open_graph(store, Dossier.load(locate(dossier)))
        report = check(graph, tell)
    rows = report.as_rows()
    if format == "json":
        click.echo(json.dumps({"conforms": report.conforms, "results": rows}, ensure_ascii=False, indent=1))
    elif format == "csv":
        columns = list(rows[0]) if rows else ["severity"]
        write_bytes(table_csv(columns, [[str(row[column]) for column in columns] for row in rows]), None)
    else:
        click.echo(report.text(lang, terminal_width()))
    if not report.conforms:
        raise SystemExit(1)
