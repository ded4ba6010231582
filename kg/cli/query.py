"""`kg query`."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from kg import queries
from kg.cli.console import PATH, dossier_option, language_option, print_table, printable, store_option, write_bytes
from kg.errors import QueryError
from kg.graph import KnowledgeGraph, open_graph
from kg.model import Quad
from kg.ontology import Dossier, locate, read_text
from kg.store.access import Address
from kg.store.names import labels
from kg.terms import shorten

TABLES = {"csv": "csv", "tsv": "tsv", "json": "json", "xml": "xml"}
GRAPHS = {"ttl": "turtle", "turtle": "turtle", "nt": "nt", "trig": "trig", "nq": "nq", "jsonld": "jsonld", "rdfxml": "rdfxml"}
FORMATS = ["table", "md", *TABLES, *GRAPHS]


@click.command("query")
@click.argument("query", required=False)
@click.option("-p", "--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of a prepared query; repeatable.")
@click.option("-f", "--format", type=click.Choice(FORMATS), help="Default: table; Turtle for CONSTRUCT and DESCRIBE.", metavar="FORMAT")
@click.option("-o", "--output", type=PATH, metavar="FILE", help="Where to write; without it, stdout.")
@click.option("-l", "--list", "list_", is_flag=True, help="List the prepared queries.")
@click.option("--about", metavar="NAME", help="Show a prepared query: what it answers, its parameters, its text.")
@click.option("--iris", is_flag=True, help="Show IRIs instead of labels in tables.")
@store_option
@dossier_option
@language_option
def command(
    query: str | None,
    params: tuple[str, ...],
    format: str | None,
    output: Path | None,
    list_: bool,
    about: str | None,
    iris: bool,
    store: Path | Address,
    dossier: Path | None,
    lang: str,
) -> None:
    """Ask the graph: SPARQL text, a FILE.rq, the NAME of a prepared query, or - for stdin.

    All prefixes of the dossier are known. A parameter takes any name of a thing:
    -p actor=Nordkorea. FORMAT: table, md, csv, tsv, json, xml for rows and
    yes-or-no; ttl, nt, trig, nq, jsonld, rdfxml for CONSTRUCT and DESCRIBE.
    """
    loaded = Dossier.load(locate(dossier))
    if list_:
        show_list(loaded, lang)
        return
    if about is not None:
        show_query(loaded, about, lang)
        return
    if query is None:
        raise click.UsageError("Say what to ask: SPARQL, a file, the name of a prepared query (--list), or - for stdin.")
    values = dict(_pair(param) for param in params)
    graph = open_graph(store, loaded)
    if (named := graph.named(query)) and any(parameter.name == "language" for parameter in named.parameters):
        values.setdefault("language", lang)
    text = read_query(graph, query, values)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the engine runs outside Python, which would not hear of Ctrl-C until it is done
    start = time.perf_counter()
    result = graph.store.query(text)
    form = format or ("table" if result.kind != "graph" else "turtle")
    if form not in ("table", "md"):
        write_bytes(result.serialize({**TABLES, **GRAPHS}[form]), output)
        return
    if result.kind == "ask" and output is not None:
        raise click.UsageError("Yes or no goes to the screen; choose another format with -f for a file.")
    if result.kind == "ask":
        click.echo({"en": ("no", "yes"), "de": ("nein", "ja")}[lang][bool(result)])
        return
    if result.kind == "graph":
        raise QueryError("triples make no table", hint="-f ttl")
    cells = list(result.cells())
    rows = [[printable(cell) for cell in row] for row in readable(graph, cells, lang, iris)]
    if form == "md":
        write_bytes(markdown(result.variables, rows).encode(), output)
    elif output is not None:
        raise click.UsageError("A table goes to the screen; choose another format with -f for a file.")
    elif rows:
        print_table(result.variables, rows)
    click.echo(f"{len(rows)} result{'' if len(rows) == 1 else 's'} in {(time.perf_counter() - start) * 1000:.0f} ms", err=True)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="-p")
    return name.strip(), value


def read_query(graph: KnowledgeGraph, given: str, values: dict[str, str]) -> str:
    """The SPARQL text for what was given: text, a file, a name, or `-`.

    Raises
    ------
    QueryError
        If there is no such file or name.
    """
    if given == "-":
        given = sys.stdin.read()
    elif given.endswith((".rq", ".sparql")) and "{" not in given:
        if not Path(given).is_file():
            raise QueryError("there is no such file", file=Path(given))
        given = read_text(Path(given))
    if not given.strip():
        raise QueryError("the query is empty")
    if values and any(line.startswith("# param:") for line in given.splitlines()):
        return queries.fill(queries.parse(Path("query.rq"), given), values, graph.resolve)
    return graph.text(given, values)


def readable(graph: KnowledgeGraph, rows: Sequence[tuple[Quad | None, ...]], language: str, iris: bool) -> Iterator[list[str]]:
    """Rows as texts: literals as they are, IRIs as labels where there are any, else in their shortest form."""
    found = {cell.object for row in rows for cell in row if cell is not None and not cell.datatype}
    shown = {} if iris else labels(graph.store, sorted(found), language)
    for row in rows:
        yield [
            "" if cell is None else cell.object if cell.datatype else shown.get(cell.object) or shorten(cell.object, graph.prefixes)
            for cell in row
        ]


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown (GitHub's dialect)."""

    def line(cells: Sequence[str]) -> str:
        escaped = (" ".join(cell.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").split()) for cell in cells)
        return f"| {' | '.join(escaped)} |"

    return "\n".join([line(columns), line(["---"] * len(columns)), *(line(row) for row in rows)]) + "\n"


def show_list(dossier: Dossier, language: str) -> None:
    """The prepared queries with their parameters."""
    rows = []
    for query in dossier.queries.values():
        given = " ".join(f"{p.name}={p.default}" if p.default is not None else f"{p.name}=…" for p in query.parameters)
        rows.append((query.name, query.title_de if language == "de" else query.title, given))
    if not rows:
        click.echo("This dossier has no prepared queries (queries/*.rq).")
        return
    print_table({"en": ("name", "answers", "parameters"), "de": ("Name", "beantwortet", "Parameter")}[language], rows)


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
