"""`kg build`."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from kg.cli.console import PATH, dossier_option, printable, progress, store_option
from kg.graph import BuildReport
from kg.pipeline import build, check
from kg.store.access import Address


@click.command("build")
@dossier_option
@store_option
@click.option("--update-url", metavar="URL", envvar="KG_STORE_UPDATE_URL", help="With an endpoint: where it takes updates.")
@click.option("--gsp-url", metavar="URL", envvar="KG_STORE_GSP_URL", help="With an endpoint: its graph store, for quicker loading.")
@click.option("-a", "--article", "articles", type=PATH, multiple=True, metavar="FILE", help="Extract from this document too; repeatable.")
@click.option("--published", metavar="DATE", default="", help="The date of those documents.")
@click.option("--no-validate", is_flag=True, help="Leave validation out.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def command(
    dossier: Path | None,
    store: Path | Address,
    update_url: str | None,
    gsp_url: str | None,
    articles: tuple[Path, ...],
    published: str,
    no_validate: bool,
    quiet: bool,
) -> None:
    """Build the graph: curated facts, claims from the documents, rules, validation.

    The store is replaced as a whole at the end. Until then, and if anything goes
    wrong, the graph from before stays in use. An endpoint needs --update-url, and
    KG_STORE_USER and KG_STORE_PASSWORD or KG_STORE_TOKEN where it asks for them.
    """
    if isinstance(store, Address):
        if not update_url:
            raise click.UsageError("Say where that server takes updates: --update-url, and --gsp-url for its graph store.")
        store = Address.parse(f"{store.query}#{store.base}" if store.base else store.query, update_url, gsp_url or "")
    elif (
        click.get_current_context().get_parameter_source("update_url") == ParameterSource.COMMANDLINE
        or click.get_current_context().get_parameter_source("gsp_url") == ParameterSource.COMMANDLINE
    ):
        raise click.UsageError("--update-url and --gsp-url go with --store URL.")
    with progress(quiet) as tell:
        graph = build(dossier, store=store, articles=articles, published=published, progress=tell)
        report = graph.report or BuildReport(Path())
        validation = None if no_validate else check(graph, tell)
    if quiet:
        return
    click.echo(summary(report))
    if validation is not None:
        violations = sum(finding.severity == "Violation" for finding in validation.results)
        verdict = "conforms" if validation.conforms else f"does not conform: {violations} violations"
        click.echo(f"Validation   {verdict}, {len(validation.results) - violations} warnings")
        if not validation.conforms:
            click.echo("             'kg validate' lists what to mend")
    click.echo(f"Store        {store}  ({sum(report.statements.values()):,} statements, {sum(report.seconds.values()):.1f} s)")


def summary(report: BuildReport) -> str:
    """What a build did, for people."""
    shown = ("State", "Person", "Organisation", "Place", "Tenure", "Event", "Instrument", "SanctionMeasure", "Topic", "Claim", "Mention")
    classes = ", ".join(f"{report.classes[name]:,} {name}" for name in shown if report.classes.get(name))
    lines = [f"Dossier      {report.dossier}", f"Things       {classes}"]
    for number, (document, claims) in enumerate(report.claims.items()):
        lines.append(f"{'Claims' if number == 0 else '':12} {claims:4} from {printable(document)}")
    made = sum(report.rules.values())
    lines.append(f"Rules        {made:,} statements by {sum(1 for n in report.rules.values() if n)} of {len(report.rules)} rules")
    lines += [f"Note         {printable(note)}" for note in report.notes]
    return "\n".join(lines)
