"""`kg init`."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from kg.cli.console import PATH
from kg.ontology import create


@click.command("init")
@click.argument("folder", type=PATH, metavar="DIR")
@click.option("--title", default="My dossier", show_default=True)
@click.option(
    "--base",
    metavar="IRI",
    default="https://example.org/my-dossier/",
    show_default=True,
    help="Where the IRIs of its things begin; ends in /.",
)
def command(folder: Path, title: str, base: str) -> None:
    """Make a new dossier to edit: schema, shapes, rules, lexicons, queries, and an example fact and document."""
    create(folder, title, base)
    click.echo(f"{folder}  – edit facts/example.ttl and sources/example.md, then:\n  kg build -d {shlex.quote(str(folder))}")
