"""Write what follows from the schema: docs/vocabulary.md and ontology/context.jsonld. Run `python -m tests.write_vocabulary`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rdflib import OWL, RDF, RDFS, SKOS, XSD, Graph, URIRef
from rdflib.namespace import Namespace

from kg.terms import KG, Names, shorten

ROOT = Path(__file__).parent.parent
ONTOLOGY = ROOT / "ontology"
PAGE = ROOT / "docs" / "vocabulary.md"
CONTEXT = ONTOLOGY / "context.jsonld"

PREFIXES = Names().prefixes
SCHEMA_ORG = Namespace("https://schema.org/")
CODES = (KG + "cameo-", KG + "plover-")

PARTIAL_DATES = "date start end founded dissolved birthDate deathDate entryIntoForce".split()
"""Properties whose plain text in JSON-LD is a full date; a month or a year is written with its datatype."""
FOREIGN_DATES = "dcterms:date dcterms:issued".split()
LANGUAGE_MAPS = "rdfs:label rdfs:comment skos:altLabel skos:note skos:editorialNote".split()
LINKS = (
    "dcterms:source prov:wasDerivedFrom prov:wasGeneratedBy org:member org:organization org:postIn oa:hasTarget oa:hasSource "
    "oa:hasSelector skos:exactMatch skos:closeMatch skos:broader skos:related rdf:subject rdf:predicate"
).split()
NUMBERS = {"geo:lat": "xsd:decimal", "geo:long": "xsd:decimal", "oa:start": "xsd:integer", "oa:end": "xsd:integer"}

MATCHES = {
    RDFS.subClassOf: "below",
    RDFS.subPropertyOf: "below",
    SKOS.exactMatch: "same as",
    SKOS.closeMatch: "close to",
    SKOS.broadMatch: "narrower than",
    SKOS.narrowMatch: "wider than",
    SKOS.relatedMatch: "related to",
}


def schema_graph() -> Graph:
    """All files of ontology/schema in one graph."""
    graph = Graph()
    for file in sorted((ONTOLOGY / "schema").glob("*.ttl")):
        graph.parse(file)
    return graph


def terms(graph: Graph, *types: URIRef) -> list[URIRef]:
    """The own terms of any of the types, in alphabetical order."""
    found = {term for kind in types for term in graph.subjects(RDF.type, kind) if isinstance(term, URIRef) and term.startswith(KG)}
    return sorted(found)


def text(graph: Graph, term: URIRef, predicate: URIRef, language: str) -> str:
    """The first text of a term in a language, or an empty one."""
    return min((str(value) for value in graph.objects(term, predicate) if getattr(value, "language", None) == language), default="")


def short(term: URIRef) -> str:
    """A term in its prefixed form."""
    return shorten(str(term), PREFIXES)


def page(graph: Graph) -> str:
    """The text of docs/vocabulary.md."""
    lines = [
        "# Vocabulary",
        "",
        "Every term of the namespace `kg:` (`"
        + KG
        + "`), as declared in `ontology/schema/`. Written by `python -m tests.write_vocabulary`; do not edit.",
        "How the terms go together is told in [model.md](model.md).",
    ]
    lines += [
        "",
        "## Classes",
        "",
        "| term | English | German | meaning | Bedeutung | place and alignment |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [_row(graph, term, _alignment(graph, term)) for term in terms(graph, OWL.Class)]
    lines += ["", "## Properties", "", "| term | English | German | meaning | Bedeutung | on → values | place and alignment |"]
    lines.append("| --- | --- | --- | --- | --- | --- | --- |")
    properties = terms(graph, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    lines += [_row(graph, term, _ends(graph, term), _alignment(graph, term)) for term in properties]
    lines += [
        "",
        "## Fixed values",
        "",
        "| term | English | German | meaning | Bedeutung | class |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    fixed = [term for term in terms(graph, OWL.NamedIndividual) if not str(term).startswith(CODES)]
    lines += [_row(graph, term, _classes(graph, term)) for term in fixed]
    lines += ["", "## Codes of other schemes", "", "| term | code | English | German | alignment |", "| --- | --- | --- | --- | --- |"]
    for term in (term for term in terms(graph, SKOS.Concept) if str(term).startswith(CODES)):
        code = next((str(value) for value in graph.objects(term, SKOS.notation)), "")
        labels = (text(graph, term, RDFS.label, "en"), text(graph, term, RDFS.label, "de"))
        lines.append(f"| `{short(term)}` | {code} | {labels[0]} | {labels[1]} | {_alignment(graph, term)} |")
    return "\n".join(lines) + "\n"


def context(graph: Graph) -> str:
    """The text of ontology/context.jsonld: all prefixes, and how each property's values are read."""
    table: dict[str, Any] = {"@version": 1.1, "id": "@id", "type": "@type", **PREFIXES}
    for name in LINKS:
        table[name] = {"@type": "@id"}
    for name in LANGUAGE_MAPS:
        table[name] = {"@container": "@language"}
    for name in FOREIGN_DATES:
        table[name] = {"@type": "xsd:date"}
    table |= {name: {"@type": kind} for name, kind in NUMBERS.items()}
    for term in terms(graph, OWL.ObjectProperty):
        table[short(term)] = {"@type": "@id"}
    for term in terms(graph, OWL.DatatypeProperty):
        table[short(term)] = _literal(graph, term)
    return json.dumps({"@context": table}, ensure_ascii=False, indent=2) + "\n"


def _literal(graph: Graph, term: URIRef) -> dict[str, str]:
    if term.removeprefix(KG) in PARTIAL_DATES:
        return {"@type": "xsd:date"}
    kind = graph.value(term, RDFS.range)
    if kind == RDF.langString:
        return {"@container": "@language"}
    return {"@id": short(term)} if kind in (None, XSD.string) else {"@type": short(URIRef(str(kind)))}


def _row(graph: Graph, term: URIRef, *more: str) -> str:
    cells = [f"`{short(term)}`"]
    cells += [text(graph, term, predicate, language) for predicate in (RDFS.label, RDFS.comment) for language in ("en", "de")]
    return "| " + " | ".join([*cells, *more]) + " |"


def _alignment(graph: Graph, term: URIRef) -> str:
    parts = []
    for predicate, words in MATCHES.items():
        found = sorted(short(value) for value in graph.objects(term, predicate) if isinstance(value, URIRef))
        if found:
            parts.append(f"{words} " + ", ".join(f"`{name}`" for name in found))
    parts += [f"inverse of `{short(URIRef(value))}`" for value in sorted(map(str, graph.objects(term, OWL.inverseOf)))]
    for kind, words in (
        (OWL.SymmetricProperty, "symmetric"),
        (OWL.TransitiveProperty, "transitive"),
        (OWL.FunctionalProperty, "one value"),
    ):
        if (term, RDF.type, kind) in graph:
            parts.append(words)
    return "; ".join(parts)


def _ends(graph: Graph, term: URIRef) -> str:
    sides = []
    for exact, loose in ((RDFS.domain, SCHEMA_ORG.domainIncludes), (RDFS.range, SCHEMA_ORG.rangeIncludes)):
        found = sorted({short(URIRef(str(value))) for predicate in (exact, loose) for value in graph.objects(term, predicate)})
        sides.append(" or ".join(f"`{name}`" for name in found) or "anything")
    if term.removeprefix(KG) in PARTIAL_DATES:
        sides[1] = "`xsd:date` or `xsd:gYearMonth` or `xsd:gYear`"
    return " → ".join(sides)


def _classes(graph: Graph, term: URIRef) -> str:
    found = sorted(str(kind) for kind in graph.objects(term, RDF.type) if kind != OWL.NamedIndividual)
    return ", ".join(f"`{short(URIRef(kind))}`" for kind in found)


def main() -> None:
    """Write both files."""
    graph = schema_graph()
    PAGE.write_text(page(graph), encoding="utf-8", newline="\n")
    CONTEXT.write_text(context(graph), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
