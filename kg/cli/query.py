"""`kg query`."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import click

from kg.cli.asking import FORMATS, Ask, answer, sparql
from kg.cli.console import dossier_option, language_option, print_table, store_option, table_width, write_bytes
from kg.cli.watch import watch
from kg.errors import QueryError
from kg.graph import open_graph
from kg.ontology import Dossier, locate, read_text
from kg.queries import is_date
from kg.store.access import Address

SUFFIXES = {"rdf": "rdfxml", "markdown": "md", "srj": "json", "srx": "xml"}
EXPLAINED = "The SPARQL algebra: what is computed, from the outside in. Oxigraph shows no plan to Python, and may take another way."
NOTHING = "Say what to ask: SPARQL, a file, the name of a prepared query (--list), or - for stdin."


def _date(ctx: click.Context, option: click.Parameter, value: str | None) -> str | None:
    if value is not None and not is_date(value):
        raise click.BadParameter(f"{value!r} is no date; write YYYY-MM-DD, YYYY-MM or YYYY")
    return value


def _file(ctx: click.Context, option: click.Parameter, value: str | None) -> Path | None:
    if value is not None and not value.strip():
        raise click.BadParameter("a file needs a name; leave -o out for the screen")
    return None if value is None else Path(value)


def _pairs(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in values:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise click.BadParameter(f"{text!r} is not NAME=VALUE")
        if name in found:
            raise click.BadParameter(f"{name!r} is given twice")
        found[name] = value
    return found


@click.command("query")
@click.argument("query", required=False)
@click.option(
    "-p", "--param", "values", multiple=True, callback=_pairs, metavar="NAME=VALUE", help="A parameter of a prepared query; repeatable."
)
@click.option("-f", "--format", type=click.Choice(FORMATS), help="Default: by the suffix of FILE, else table or ttl.", metavar="FORMAT")
@click.option("-o", "--output", callback=_file, metavar="FILE", help="Where to write; without it, stdout.")
@click.option("--at", callback=_date, metavar="DATE", help="Ask the graph of what was so on a day.")
@click.option("--known-by", callback=_date, metavar="DATE", help="Ask the graph of what had been said by a day.")
@click.option("--limit", type=click.IntRange(min=1), metavar="ROWS", help="Give so many rows at the most.")
@click.option("--timeout", type=click.FloatRange(min=0), default=30, show_default=True, metavar="SECONDS", help="Give up then; 0 = never.")
@click.option("-l", "--list", "list_", is_flag=True, help="List the prepared queries.")
@click.option("--about", metavar="NAME", help="Show a prepared query: what it answers, its parameters, its text.")
@click.option("--explain", is_flag=True, help="Show what the query means, as a tree, instead of asking it.")
@click.option("--iris", is_flag=True, help="Show IRIs instead of labels in tables.")
@click.option("--allow-service", is_flag=True, help="Let the query ask other servers (SERVICE).")
@store_option
@dossier_option
@language_option
def command(
    query: str | None,
    values: dict[str, str],
    format: str | None,
    output: Path | None,
    at: str | None,
    known_by: str | None,
    limit: int | None,
    timeout: float,
    list_: bool,
    about: str | None,
    explain: bool,
    iris: bool,
    allow_service: bool,
    store: Path | Address,
    dossier: Path | None,
    lang: str,
) -> None:
    """Ask the graph: SPARQL text, a FILE.rq, the NAME of a prepared query, or - for stdin.

    Without any of these, on a terminal, a shell opens: \\? in it helps.

    All prefixes of the dossier are known. A parameter takes any name of a thing:
    -p actor=Nordkorea. FORMAT: table, md, csv, tsv, json, xml for rows and
    yes-or-no; ttl, nt, trig, nq, jsonld, rdfxml, table, md for CONSTRUCT and
    DESCRIBE.

    DATE is a day, or a month or year, which stand for their last day. --at
    leaves out posts, ties and measures not in force and events yet to come;
    --known-by leaves out documents, claims and curated facts of later date.
    docs/time.md has it all. A query stays within the graph: SERVICE is refused.
    """
    loaded = Dossier.load(locate(dossier))
    if list_:
        show_list(loaded, lang)
        return
    if about is not None:
        show_query(loaded, about, lang)
        return
    alone = query is None and not values and output is None and not explain
    if alone and sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty():
        from kg.cli.shell import Setup, run  # prompt_toolkit takes 0.2 s to import; only a shell needs it

        run(Setup(store, loaded.folder, lang, at, known_by, timeout, limit or 0, iris, allow_service, format or "table"))
        return
    given = read_query(query)
    graph = open_graph(store, loaded)
    ask = Ask(
        given,
        values,
        format or by_suffix(output),
        limit or 0,
        iris,
        lang,
        table_width(),
        sys.stdout.isatty(),
        allow_service,
        at or known_by,
    )
    if explain:
        from kg.store.algebra import explain as tree  # rdflib's parser takes 0.1 s to import

        text = sparql(graph, ask)
        graph.store.check(text)  # says what is wrong with it better than rdflib does
        click.echo(f"{EXPLAINED}\n\n{tree(text, graph.prefixes)}", nl=False)
        return
    with watch(timeout):
        found = answer(graph.view(at, known_by), ask, graph)
    if found.form == "table" and output is not None:
        raise click.UsageError("A table goes to the screen; choose another format with -f for a file.")
    write_bytes(found.data, output)
    if output is None and sys.stdout.isatty() and found.data and not found.data.endswith(b"\n"):
        click.echo()  # JSON and XML end without a line end, which a terminal wants
    for note in found.notes:
        click.echo(f"Note: {note}", err=True)
    click.echo(found.summary, err=True)


def by_suffix(output: Path | None) -> str | None:
    """The format that a file's name asks for, or None."""
    suffix = output.suffix.lstrip(".").lower() if output else ""
    return SUFFIXES.get(suffix, suffix if suffix in FORMATS else None)


def read_query(given: str | None) -> str:
    """What was given as text: itself, the content of a file, or stdin where it is `-` or nothing.

    Raises
    ------
    QueryError
        If there is no such file.
    click.UsageError
        If there is nothing.
    """
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    if given is None:
        piped = sys.stdin is not None and not sys.stdin.isatty()
        given = sys.stdin.read() if piped else ""
        if not given.strip():
            raise click.UsageError(NOTHING)
    elif given == "-":
        given = sys.stdin.read() if sys.stdin is not None else ""
    elif given.endswith((".rq", ".sparql")) and "{" not in given:
        if not Path(given).is_file():
            raise QueryError("there is no such file", file=Path(given))
        given = read_text(Path(given))
    return given.removeprefix("\ufeff")


def show_list(dossier: Dossier, language: str) -> None:
    """The prepared queries with their parameters."""
    rows = listed(dossier, language)
    if not rows:
        click.echo("This dossier has no prepared queries (queries/*.rq).")
        return
    print_table({"en": ("name", "answers", "parameters"), "de": ("Name", "beantwortet", "Parameter")}[language], rows)


def listed(dossier: Dossier, language: str) -> list[tuple[str, str, str]]:
    """Name, title and parameters of each prepared query."""
    return [
        (
            query.name,
            query.title_de if language == "de" else query.title,
            " ".join(f"{p.name}={p.default}" if p.default is not None else f"{p.name}=…" for p in query.parameters),
        )
        for query in dossier.queries.values()
    ]


def show_query(dossier: Dossier, name: str, language: str) -> None:
    """One prepared query.

    Raises
    ------
    QueryError
        If there is none of that name.
    """
    query = dossier.queries.get(name)
    if query is None:
        raise QueryError(f"no query is called {name!r}", hint="see 'kg query --list'")
    german = language == "de"
    click.echo(f"{query.title_de if german else query.title}\n{query.description_de if german else query.description}\n")
    for parameter in query.parameters:
        default = "" if parameter.default is None else f" [{parameter.default}]"
        click.echo(f"  -p {parameter.name}=<{parameter.type}>  {parameter.label_de if german else parameter.label}{default}")
    click.echo("\n" + "\n".join(line for line in query.text.splitlines() if not line.startswith("#")).strip())
