"""What stands beside the schema: the list of prefixes, the manifest, the JSON-LD context and the page of all terms."""

from __future__ import annotations

import json
import socket
import tomllib
from pathlib import Path
from typing import Any

import pytest
from rdflib import OWL, RDF, Graph, URIRef

from kg.ontology import Dossier
from kg.terms import BASE, KG, Names
from tests.write_vocabulary import CONTEXT, FOREIGN_DATES, LANGUAGE_MAPS, LINKS, NUMBERS, ONTOLOGY, PAGE, context, page, schema_graph, short

REWRITE = "run: python -m tests.write_vocabulary"
EXAMPLE = """{
  "id": "event:example-summit",
  "type": "kg:Summit",
  "rdfs:label": {"en": "Example summit", "de": ["Beispielgipfel", "Gipfel"]},
  "kg:actor": ["state:north-korea", "state:south-korea"],
  "kg:date": "2018-04-27",
  "kg:start": {"@value": "2018-04", "@type": "xsd:gYearMonth"},
  "kg:outcome": {"en": "A declaration."},
  "kg:status": "kg:Occurred",
  "kg:place": {"id": "place:panmunjom", "type": "kg:Place", "geo:lat": "37.956"},
  "dcterms:source": "https://example.org/report"
}"""


def turtle(text: str) -> Graph:
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in Names().prefixes.items())
    return Graph().parse(data=prefixes + text, format="turtle")


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object) -> None:
        raise AssertionError(f"a connection was tried: {given}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(schema_graph()), REWRITE


def test_the_page_has_a_row_for_every_term() -> None:
    schema, text = schema_graph(), PAGE.read_text(encoding="utf-8")
    own = [term for term in set(schema.subjects(RDF.type)) if isinstance(term, URIRef) and term.startswith(KG) and term != URIRef(KG[:-1])]
    schemes = {URIRef(KG + "cameo"), URIRef(KG + "plover")}
    assert sorted(term for term in own if text.count(f"\n| `{short(term)}` |") != 1 and term not in schemes) == []
    assert text.count("\n| `") >= len(own) - len(schemes)


def test_the_prefixes_are_those_of_the_code() -> None:
    lines = (ONTOLOGY / "prefixes.ttl").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith(("#", "@prefix "))] == []
    loaded = Dossier.load(ONTOLOGY)
    assert dict(loaded.prefixes) == loaded.names.prefixes == Names().prefixes
    assert list(loaded.prefixes) == list(Names().prefixes)
    assert (
        dict(Graph(bind_namespaces="none").parse(ONTOLOGY / "prefixes.ttl").namespaces()).items()
        >= {p: URIRef(i) for p, i in Names().prefixes.items()}.items()
    )


def test_the_manifest_says_what_the_dossier_is() -> None:
    loaded = Dossier.load(ONTOLOGY)
    manifest = tomllib.loads((ONTOLOGY / "dossier.toml").read_text(encoding="utf-8"))
    assert loaded.names == Names(BASE)
    assert set(loaded.title) == set(loaded.description) == set(manifest["interface_languages"]) == {"en", "de"}
    assert loaded.languages == ("en", "de", "ko")
    licence = manifest["licence"]
    assert f'license = "{licence}"' in (ONTOLOGY.parent / "pyproject.toml").read_text(encoding="utf-8")


def test_the_context_is_current() -> None:
    assert CONTEXT.read_text(encoding="utf-8") == context(schema_graph()), REWRITE


def test_the_context_knows_every_prefix_and_property() -> None:
    table: dict[str, Any] = json.loads(CONTEXT.read_text(encoding="utf-8"))["@context"]
    assert table["@version"] == 1.1
    assert {prefix: table[prefix] for prefix in Names().prefixes} == Names().prefixes
    schema = schema_graph()
    for kind, wanted in ((OWL.ObjectProperty, {"@id"}), (OWL.DatatypeProperty, {"xsd:date", "xsd:decimal", None})):
        for term in schema.subjects(RDF.type, kind):
            if str(term).startswith(KG):
                assert table[short(URIRef(str(term)))].get("@type") in wanted, term
    assert {name for name in table if ":" in name} >= {*FOREIGN_DATES, *LANGUAGE_MAPS, *LINKS, *NUMBERS}
    declared = {short(term) for term in schema.subjects(RDF.type) if isinstance(term, URIRef)} | {
        short(t) for t in schema.subjects() if isinstance(t, URIRef)
    }
    assert {name for name in table if ":" in name} <= declared


@pytest.mark.usefixtures("no_network")
def test_json_that_uses_the_context_says_what_turtle_says() -> None:
    document = json.loads(CONTEXT.read_text(encoding="utf-8")) | json.loads(EXAMPLE)
    expected = turtle(
        """event:example-summit a kg:Summit ; rdfs:label "Example summit"@en , "Beispielgipfel"@de , "Gipfel"@de ;
             kg:actor state:north-korea , state:south-korea ; kg:date "2018-04-27"^^xsd:date ; kg:start "2018-04"^^xsd:gYearMonth ;
             kg:outcome "A declaration."@en ; kg:status kg:Occurred ; kg:place place:panmunjom ;
             dcterms:source <https://example.org/report> .
           place:panmunjom a kg:Place ; geo:lat 37.956 ."""
    )
    assert set(Graph().parse(data=json.dumps(document), format="json-ld")) == set(expected)


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize(
    "file", sorted([*(ONTOLOGY / "schema").glob("*.ttl"), *(ONTOLOGY / "facts").glob("*.ttl")]), ids=lambda file: file.stem
)
def test_a_file_of_the_dossier_survives_the_way_through_json_ld(file: Path) -> None:
    graph = Graph().parse(file)
    table = json.loads(CONTEXT.read_text(encoding="utf-8"))["@context"]
    text = graph.serialize(format="json-ld", context=table)
    assert set(Graph().parse(data=text, format="json-ld")) == set(graph)
    assert '"@id": "https://w3id.org/peninsula-kg/id/' not in text
