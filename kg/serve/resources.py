"""What the graph says of one thing: as RDF, or as a page whose every name is a link."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from kg.serve.jobs import Job
from kg.serve.spool import Spool
from kg.store.base import ResultKind
from kg.store.generations import Generation
from kg.store.names import labels
from kg.terms import Names, local_name, shorten

if TYPE_CHECKING:
    from kg.store.oxigraph import MemoryStore

MOST: Final = 50
"""Values of one property that a page shows."""
INCOMING: Final = 2000
"""Statements about others in which a thing is named that its RDF description holds."""
TEXTS: Final = {
    "en": {
        "says": "What the graph says",
        "named": "Where it is named",
        "more": "{} more",
        "also": "Also as",
        "other": "Deutsch",
        "code": "de",
    },
    "de": {
        "says": "Was der Graph sagt",
        "named": "Wo es genannt wird",
        "more": "{} weitere",
        "also": "Auch als",
        "other": "English",
        "code": "en",
    },
}
FORMS: Final = {"Turtle": "turtle", "JSON-LD": "jsonld", "N-Triples": "nt", "RDF/XML": "rdfxml"}


@dataclass(frozen=True, slots=True)
class Value:
    """What a property leads to: a link with a label, or a text with its language or datatype."""

    text: str
    link: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A property with its values; `more` is the number of those not shown."""

    name: str
    link: str
    values: tuple[Value, ...]
    more: int


def describe(store: MemoryStore, generation: Generation, job: Job, spool: Spool) -> tuple[int, ResultKind, str]:
    """Write what a store says of the thing that a job names.

    Returns
    -------
    (int, str, str)
        The status (404 where the store says nothing), the kind of answer and its form: `html` or an RDF syntax.
    """
    iri, form = job.text, job.formats["graph"]
    if next(store.select(f"SELECT ?x WHERE {{ {{ <{iri}> ?p ?x }} UNION {{ ?x ?q <{iri}> }} }} LIMIT 1"), None) is None:
        return 404, "graph", form
    if form != "html":
        about = f"{{ <{iri}> ?p ?o }} UNION {{ SELECT ?s ?q {{ ?s ?q <{iri}> }} LIMIT {INCOMING} }}"
        spool.write(store.query(f"CONSTRUCT {{ <{iri}> ?p ?o . ?s ?q <{iri}> }} WHERE {{ {about} }}").serialize(form))
        return 200, "graph", form
    names = Names(str(generation.notes.get("base", Names().base)))
    spool.write(page(store, names, iri, job.language).encode())
    return 200, "graph", "html"


def page(store: MemoryStore, names: Names, iri: str, language: str) -> str:
    """The page on a thing."""
    outgoing: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
    for predicate, value, tag, literal in store.select(
        f"SELECT DISTINCT ?p ?o (IF(ISLITERAL(?o), CONCAT(LANG(?o), '|', STR(DATATYPE(?o))), '') AS ?t) (ISLITERAL(?o) AS ?l) "
        f"WHERE {{ <{iri}> ?p ?o }} ORDER BY ?p ?o"
    ):
        outgoing[predicate].append((value, tag, literal == "true"))
    counts = {p: int(n) for p, n in store.select(f"SELECT ?p (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s ?p <{iri}> }} GROUP BY ?p")}
    incoming = {
        predicate: [
            (s, "", False) for (s,) in store.select(f"SELECT DISTINCT ?s WHERE {{ ?s <{predicate}> <{iri}> }} ORDER BY ?s LIMIT {MOST}")
        ]
        for predicate in sorted(counts)
    }
    things = {value for values in (*outgoing.values(), *incoming.values()) for value, _, literal in values[:MOST] if not literal}
    shown = labels(store, sorted({iri, *outgoing, *incoming, *things}), language)

    def name(thing: str) -> str:
        return shown.get(thing) or shorten(thing, store.prefixes)

    def rows(found: dict[str, list[tuple[str, str, bool]]], totals: dict[str, int]) -> list[Row]:
        return [
            Row(
                name(predicate),
                address(predicate),
                tuple(Value(v, note=_note(tag)) if literal else Value(name(v), address(v)) for v, tag, literal in values[:MOST]),
                max(0, totals.get(predicate, len(values)) - MOST),
            )
            for predicate, values in sorted(found.items(), key=lambda item: name(item[0]).casefold())
        ]

    others = [(title, f"{address(iri)}&format={form}") for title, form in FORMS.items()]
    return _template().render(
        title=name(iri),
        iri=iri,
        language=language,
        texts=TEXTS[language],
        other=f"{address(iri)}&lang={TEXTS[language]['code']}",
        kinds=[name(kind) for kind, _, _ in outgoing.get("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", [])],
        outgoing=rows(outgoing, {}),
        incoming=rows(incoming, counts),
        forms=others,
        local=local_name(iri),
        own=iri.startswith(names.base),
    )


def address(iri: str) -> str:
    """Where this server describes a thing."""
    return f"/resource?iri={quote(iri, safe='')}"


def _note(tag: str) -> str:
    language, _, datatype = tag.partition("|")
    kind = datatype.rsplit("#", 1)[-1]
    return language or ("" if kind == "string" else kind)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("kg.serve"), autoescape=select_autoescape(), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("resource.html")
