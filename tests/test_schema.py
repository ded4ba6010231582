"""The vocabulary: that it loads, is whole in both languages, stays OWL 2 DL, and that everything in the dossier keeps to it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from rdflib import OWL, RDF, RDFS, BNode, Graph, Literal, URIRef

from kg.reason import apply, parse_rule
from kg.store.oxigraph import open_memory
from kg.terms import EVENT_TYPES, KG, QUAD_CLASSES, STATUSES, Names, shorten
from tests.write_vocabulary import schema_graph

ROOT = Path(__file__).resolve().parent.parent
ONTOLOGY = ROOT / "ontology"
SCHEMA = sorted((ONTOLOGY / "schema").glob("*.ttl"))
FACTS = sorted((ONTOLOGY / "facts").glob("*.ttl"))
PROLOGUE = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in Names().prefixes.items())
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)

NOT_USED_BY_NAME = {
    "ReviewState": "the class of the fixed values Unreviewed, Accepted and Rejected",
    "Status": "the class of the fixed values Occurred to Possible",
    "Verification": "the class of the fixed values Checked and Unchecked",
    "hasPart": "written by the rule for inverse properties, which finds it through owl:inverseOf",
    "imposes": "written by the rule for inverse properties, which finds it through owl:inverseOf",
}
"""Terms that nothing in the dossier or the code names, each with the reason why it is declared all the same."""

DECLARED = """
  FILTER(STRSTARTS(STR(?term), STR(kg:)))
  FILTER NOT EXISTS { GRAPH <urn:schema> { ?term a ?anything } }
"""
UNDECLARED = [
    f"SELECT DISTINCT ?term WHERE {{ GRAPH <urn:facts> {{ {pattern} }} {DECLARED} }}"
    for pattern in ("?s ?term ?o", "?s ?p ?term", "?term ?p ?o")
]
OUTSIDE_DOMAIN = """
SELECT ?thing ?property ?wanted WHERE {
  { SELECT ?property (GROUP_CONCAT(STR(?domain); separator=" ") AS ?wanted) WHERE {
      GRAPH <urn:schema> { ?property rdfs:domain|schema:domainIncludes ?domain } } GROUP BY ?property }
  GRAPH <urn:facts> { ?thing ?property ?value . ?thing a ?any }
  FILTER NOT EXISTS {
    GRAPH <urn:schema> { ?property rdfs:domain|schema:domainIncludes ?domain }
    GRAPH <urn:types> { ?thing a ?domain }
  }
}"""
OUTSIDE_RANGE = """
SELECT ?thing ?property ?value WHERE {
  { SELECT DISTINCT ?property WHERE { GRAPH <urn:schema> {
      ?property a owl:ObjectProperty ; rdfs:range|schema:rangeIncludes ?range . FILTER(STRSTARTS(STR(?range), STR(kg:))) } } }
  GRAPH <urn:facts> { ?thing ?property ?value }
  FILTER NOT EXISTS {
    GRAPH <urn:schema> { ?property rdfs:range|schema:rangeIncludes ?range }
    GRAPH <urn:types> { ?value a ?range }
  }
}"""
WRONG_VALUE = """
SELECT ?thing ?property ?value WHERE {
  GRAPH <urn:schema> { ?property a ?kind . FILTER(?kind IN (owl:ObjectProperty, owl:DatatypeProperty)) }
  GRAPH <urn:facts> { ?thing ?property ?value }
  FILTER(isLiteral(?value) = (?kind = owl:ObjectProperty))
}"""
WRONG_DATATYPE = """
SELECT ?thing ?property ?value WHERE {
  GRAPH <urn:schema> { ?property a owl:DatatypeProperty . OPTIONAL { ?property rdfs:range ?range } }
  FILTER(STRSTARTS(STR(?property), STR(kg:)))
  GRAPH <urn:facts> { ?thing ?property ?value }
  FILTER(IF(BOUND(?range), DATATYPE(?value) != ?range, DATATYPE(?value) NOT IN (xsd:date, xsd:gYearMonth, xsd:gYear, rdf:langString)))
}"""
IN_DISJOINT_CLASSES = """
SELECT DISTINCT ?thing ?one ?other WHERE {
  GRAPH <urn:schema> { ?one owl:disjointWith ?other }
  GRAPH <urn:types> { ?thing a ?one , ?other }
}"""
WITHOUT_TEXTS = """
SELECT ?term ?property ?language WHERE {
  GRAPH <urn:schema> { ?term a ?kind . FILTER(?kind IN (owl:Class, owl:ObjectProperty, owl:DatatypeProperty, owl:NamedIndividual))
    FILTER NOT EXISTS { ?term skos:inScheme ?scheme } }
  FILTER(STRSTARTS(STR(?term), STR(kg:)) || STRSTARTS(STR(?term), STR(agent:)))
  VALUES ?property { rdfs:label rdfs:comment }
  VALUES ?language { "en" "de" }
  OPTIONAL { GRAPH <urn:schema> { ?term ?property ?text } FILTER(LANG(?text) = ?language && STRLEN(?text) > 1) }
} GROUP BY ?term ?property ?language HAVING (COUNT(?text) != 1)"""
WITHOUT_LABEL = """
SELECT ?term ?language WHERE {
  { SELECT DISTINCT ?term WHERE { { GRAPH <urn:schema> { ?term a ?kind } } UNION { GRAPH <urn:facts> { ?s ?term ?o } } } }
  FILTER(!STRSTARTS(STR(?term), "https://w3id.org/peninsula-kg/id/"))
  VALUES ?language { "en" "de" }
  OPTIONAL { GRAPH <urn:schema> { ?term rdfs:label ?text } FILTER(LANG(?text) = ?language) }
} GROUP BY ?term ?language HAVING (COUNT(?text) != 1)"""
SAME_LABEL = """
SELECT ?one ?other ?text WHERE {
  VALUES (?kind ?other_kind) { (owl:Class owl:Class) (owl:ObjectProperty owl:ObjectProperty) (owl:DatatypeProperty owl:DatatypeProperty) }
  GRAPH <urn:schema> { ?one a ?kind ; rdfs:label ?text . ?other a ?other_kind ; rdfs:label ?text }
  FILTER(STR(?one) < STR(?other) && STRSTARTS(STR(?one), STR(kg:)) && STRSTARTS(STR(?other), STR(kg:)))
}"""
ALL_TYPES = """
INSERT { GRAPH <urn:types> { ?thing a ?above } }
WHERE { { GRAPH <urn:facts> { ?thing a ?class } } UNION { GRAPH <urn:schema> { ?thing a ?class } }
  GRAPH <urn:schema> { ?class rdfs:subClassOf* ?above } }"""
ABOVE_ITSELF = "SELECT ?term WHERE { GRAPH <urn:schema> { ?term (rdfs:subClassOf|rdfs:subPropertyOf)+ ?term } }"


def store(schema: list[Path], facts: list[Path], more: str = "", joins: str = "urn:facts") -> ox.Store:
    """Schema, facts and all types of things in three graphs of one store; `more` is Turtle that joins one of the first two."""
    made = ox.Store()
    for files, graph in ((schema, "urn:schema"), (facts, "urn:facts")):
        for file in files:
            made.load(path=file, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(graph))
    turtle = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in Names().prefixes.items()) + more
    made.load(turtle, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(joins))
    made.update(PROLOGUE + ALL_TYPES)
    return made


def rows(data: ox.Store, query: str) -> list[str]:
    """The result of a query, one line a row, sorted."""
    found = data.query(PROLOGUE + query)
    assert isinstance(found, ox.QuerySolutions)
    names = [variable.value for variable in found.variables]
    return sorted({" ".join(str(row[name]) for name in names) for row in found})


@pytest.fixture(scope="module")
def dossier() -> ox.Store:
    return store(SCHEMA, FACTS)


@pytest.fixture(scope="module")
def schema() -> Graph:
    return schema_graph()


def names_in_text() -> Iterator[tuple[Path, str]]:
    """Each kg: term that a rule, shape, query, example or Python file names, with the file."""
    for file in sorted([*ONTOLOGY.rglob("*.rq"), *ONTOLOGY.rglob("*.ttl")]):
        if "schema" not in file.relative_to(ONTOLOGY).parts[:1]:
            text = re.sub(r"<[^<>\s]*>", "", file.read_text(encoding="utf-8"))
            yield from ((file, name) for name in re.findall(r"\bkg:([A-Za-z][\w-]*)", text))
    for file in sorted((ROOT / "kg").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        yield from ((file, name) for name in re.findall(r'(?:\bkg:|\bKG \+ "|\{KG\})([A-Za-z][\w-]*)', text))


def foreign_names() -> Iterator[tuple[Path, str]]:
    """Each term of another vocabulary that a fact, a rule or a Python file names, with the file."""
    vocabularies = "dcat|dcterms|foaf|geo|oa|org|prov|schema|skos|void"
    for file in [*FACTS, *sorted((ONTOLOGY / "rules").glob("*.rq"))]:
        text = re.sub(r'<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"', "", file.read_text(encoding="utf-8"))
        yield from ((file, f"{prefix}:{name}") for prefix, name in re.findall(rf"\b({vocabularies}):([A-Za-z]\w*)", text))
    for file in sorted((ROOT / "kg").rglob("*.py")):
        found = re.findall(rf'\b({vocabularies.upper()}) \+ "([A-Za-z]\w*)"', file.read_text(encoding="utf-8"))
        yield from ((file, f"{prefix.lower()}:{name}") for prefix, name in found)


def strings_in_code() -> Iterator[str]:
    """Each string of the Python files that is no docstring."""
    for file in sorted((ROOT / "kg").rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                yield node.value


@pytest.mark.parametrize("file", SCHEMA, ids=lambda file: file.name)
def test_a_file_loads_in_both_libraries_alike_and_without_blank_nodes(file: Path) -> None:
    graph = Graph().parse(file)
    assert len(graph) == len(list(store([file], []).quads_for_pattern(None, None, None, ox.NamedNode("urn:schema")))) > 0
    assert not [term for triple in graph for term in triple if isinstance(term, BNode)]
    assert all(prefix in Names().prefixes for prefix in re.findall(r"^@prefix (\w+):", file.read_text(encoding="utf-8"), re.MULTILINE))


def test_there_are_at_least_the_files_and_terms_of_the_first_version(schema: Graph) -> None:
    assert {file.name for file in SCHEMA} >= {"agents.ttl", "claims.ttl", "codes.ttl", "core.ttl", "events.ttl", "foreign.ttl"}
    own = [term for term in schema.subjects(RDF.type) if str(term).startswith(KG)]
    assert len(own) > 200
    assert (URIRef(KG.rstrip("#")), RDF.type, OWL.Ontology) in schema


def test_every_event_type_of_the_code_stands_below_its_quad_class(schema: Graph) -> None:
    for quad_class, types in QUAD_CLASSES.items():
        assert set(schema.objects(URIRef(KG + quad_class), RDFS.subClassOf)) == {URIRef(KG + "Event")}
        for name in types:
            assert set(schema.objects(URIRef(KG + name), RDFS.subClassOf)) == {URIRef(KG + quad_class)}, name
    below = set(schema.subjects(RDFS.subClassOf, URIRef(KG + "VerbalConflict")))
    assert below == {URIRef(KG + name) for name in QUAD_CLASSES["VerbalConflict"]}
    assert len(EVENT_TYPES) == 16


def test_every_event_type_is_matched_to_its_plover_code(schema: Graph) -> None:
    found = rows(
        store(SCHEMA, []),
        "SELECT ?type ?code WHERE { GRAPH <urn:schema> { ?type skos:exactMatch ?c . ?c skos:inScheme kg:plover ; skos:notation ?code } }",
    )
    assert found == sorted(f'<{KG}{name}> "{name.upper()}"' for name in EVENT_TYPES)


def test_codes_agree_with_the_table_of_real_events(schema: Graph) -> None:
    table = ROOT.parent / "shared" / "events" / "icews_cameo.tsv"
    if not table.is_file():
        pytest.skip("the table of ICEWS codes lies beside the checkout of the developers only")
    pairs = {tuple(line.split("\t")[2:5:2]) for line in table.read_text(encoding="utf-8").splitlines()[1:]}
    roots = {row.split("\t")[3] for row in table.read_text(encoding="utf-8").splitlines()[1:]}
    query = """SELECT ?code ?type WHERE { GRAPH <urn:schema> {
      ?c skos:notation ?code ; skos:inScheme kg:cameo .
      ?p skos:exactMatch ?c ; skos:inScheme kg:plover ; skos:notation ?type } }"""
    matched = [row.replace('"', "").split() for row in rows(store(SCHEMA, []), query)]
    assert len(matched) >= 6
    for root, kind in matched:
        assert root in roots
        assert {plover for code, plover in pairs if code == root + "0"} <= {kind}, root


def test_every_status_of_the_code_is_declared(schema: Graph) -> None:
    declared = {str(term) for term in schema.subjects(RDF.type, URIRef(KG + "Status"))}
    assert declared == {KG + status.capitalize() for status in STATUSES}


SCHEMA_LINTS = {"texts": WITHOUT_TEXTS, "labels": WITHOUT_LABEL, "same": SAME_LABEL, "cycle": ABOVE_ITSELF}
SCHEMA_SLIPS = {
    "texts": 'kg:slip a owl:Class ; rdfs:label "Slip"@en , "Fehler"@de ; rdfs:comment "Only in English."@en .',
    "labels": 'foaf:slip a owl:ObjectProperty ; rdfs:label "one"@en , "two"@en , "eins"@de .',
    "same": 'kg:slip a owl:Class ; rdfs:label "Summit"@en .',
    "cycle": "kg:slip rdfs:subClassOf kg:Summit . kg:Summit rdfs:subClassOf kg:slip .",
}


@pytest.mark.parametrize("name", sorted(SCHEMA_LINTS))
def test_the_schema_is_whole(dossier: ox.Store, name: str) -> None:
    assert not rows(dossier, SCHEMA_LINTS[name])
    assert any("slip" in row for row in rows(store(SCHEMA, [], SCHEMA_SLIPS[name], "urn:schema"), SCHEMA_LINTS[name]))


FACT_LINTS = {
    "domain": OUTSIDE_DOMAIN,
    "range": OUTSIDE_RANGE,
    "value": WRONG_VALUE,
    "datatype": WRONG_DATATYPE,
    "disjoint": IN_DISJOINT_CLASSES,
}
SLIPS = {
    "domain": "event:slip a kg:Summit ; kg:leadsState state:slip .",
    "range": "event:slip a kg:Summit ; kg:place person:slip . person:slip a kg:Person .",
    "value": 'event:slip a kg:Summit ; kg:place "Seoul" .',
    "datatype": 'event:slip a kg:Summit ; kg:date "2018-06-12" .',
    "disjoint": "state:slip a kg:State , kg:Ministry .",
}


@pytest.mark.parametrize("name", sorted(FACT_LINTS))
def test_the_facts_keep_to_the_schema(dossier: ox.Store, name: str) -> None:
    assert not rows(dossier, FACT_LINTS[name])


@pytest.mark.parametrize("name", sorted(FACT_LINTS))
def test_a_slip_in_the_facts_is_found(name: str) -> None:
    assert any("slip" in row for row in rows(store(SCHEMA, [], SLIPS[name]), FACT_LINTS[name]))


def test_no_fact_uses_a_term_that_is_not_declared(dossier: ox.Store) -> None:
    assert not [row for query in UNDECLARED for row in rows(dossier, query)]
    slip = store(SCHEMA, [], "event:slip a kg:Sumit ; kg:actr state:slip .")
    assert [row for query in UNDECLARED for row in rows(slip, query)] == [f"<{KG}actr>", f"<{KG}Sumit>"]


def test_no_rule_shape_query_or_module_names_a_term_that_is_not_declared(schema: Graph) -> None:
    declared = {str(term).removeprefix(KG) for term in schema.subjects(RDF.type)}
    assert not sorted({f"{file.relative_to(ROOT)}: kg:{name}" for file, name in names_in_text() if name not in declared})


def test_every_foreign_term_in_use_is_declared_for_readers(schema: Graph) -> None:
    declared = {shorten(str(term), Names().prefixes) for term in schema.subjects(RDF.type)}
    used = set(foreign_names())
    assert len({name for _, name in used}) > 20
    assert not sorted({f"{file.relative_to(ROOT)}: {name}" for file, name in used if name not in declared})


def test_every_term_is_used_or_has_a_reason(schema: Graph) -> None:
    lexicon = [file.read_text(encoding="utf-8") for file in sorted((ONTOLOGY / "lexicon").glob("*.toml"))]
    used = {name for _, name in names_in_text()} | {word for text in [*strings_in_code(), *lexicon] for word in re.findall(r"\w+", text)}
    above = {str(term).removeprefix(KG) for term in schema.objects(None, RDFS.subClassOf)}
    declared = {str(term).removeprefix(KG) for kind in KINDS for term in schema.subjects(RDF.type, kind) if str(term).startswith(KG)}
    assert declared - used - above <= set(NOT_USED_BY_NAME) <= declared


def test_what_the_rules_add_keeps_to_the_schema() -> None:
    names, built = Names(), open_memory()
    for file in [*SCHEMA, *FACTS]:
        built.load(file, "turtle", names.graph("schema" if file in SCHEMA else "facts/all"))
    rules = [parse_rule(file.stem, file.read_text(encoding="utf-8")) for file in sorted((ONTOLOGY / "rules").glob("*.rq"))]
    assert apply(built, rules, names.graph("inferred"), names.prefixes).total > 1000
    data = store(SCHEMA, FACTS)
    for quad in ox.parse(built.dump("nq"), format=ox.RdfFormat.N_QUADS):
        if quad.graph_name == ox.NamedNode(names.graph("inferred")):
            data.add(ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode("urn:facts")))
    data.update(PROLOGUE + ALL_TYPES)
    assert not [row for query in (*FACT_LINTS.values(), *UNDECLARED) for row in rows(data, query)]


def issues(graph: Graph) -> list[str]:
    """What an OWL 2 library says is not OWL 2 DL about a graph."""
    owl: Any = pytest.importorskip("pyowl_core", reason="pyowl-core is in the extra for developers")
    from pyowl_core.model import validate_owl2_dl

    options = owl.LoadOptions(format=owl.DocumentFormat.TURTLE, imports=owl.ImportPolicy.IGNORE, backend=owl.BackendPreference.PYTHON)
    source = graph.serialize(format="nt").encode()
    snapshot = owl.load_snapshot(source, document_iri=KG.rstrip("#"), options=options)
    return sorted(issue.code for issue in validate_owl2_dl(snapshot.iter_axioms()).issues if issue.severity.value != "info")


def test_the_schema_is_owl_2_dl(schema: Graph) -> None:
    assert not issues(schema)


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "code"),
    [
        (KG + "Summit", RDFS.subClassOf, KG + "Nowhere", "OWL2DL_MISSING_DECLARATION"),
        (KG + "actor", RDF.type, OWL.DatatypeProperty, "OWL2DL_PROPERTY_PUNNING"),
        (KG + "partOf", RDF.type, OWL.IrreflexiveProperty, "OWL2DL_NON_SIMPLE_PROPERTY"),
    ],
)
def test_a_slip_in_the_schema_is_found(subject: str, predicate: URIRef, value: str, code: str) -> None:
    graph = schema_graph()
    graph.add((URIRef(subject), predicate, URIRef(value)))
    assert code in issues(graph)


def test_ranges_that_are_datatypes_are_in_the_owl_2_datatype_map(schema: Graph) -> None:
    ranges = {str(kind) for term in schema.subjects(RDF.type, OWL.DatatypeProperty) for kind in schema.objects(term, RDFS.range)}
    assert ranges == {str(RDF.langString), *(f"http://www.w3.org/2001/XMLSchema#{name}" for name in ("string", "decimal"))}
    assert not [value for value in schema.objects() if isinstance(value, Literal) and value.datatype is not None]
