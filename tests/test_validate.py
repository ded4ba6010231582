"""Shapes and checks: each against a folder that conforms and one that does not, and what the report promises."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, SH, Graph, URIRef
from rdflib import Literal as Text

from kg.errors import DossierError
from kg.reason import apply, parse_rule
from kg.store.base import rdflib_graph
from kg.store.oxigraph import MemoryStore, open_memory
from kg.terms import Names, local_name
from kg.validate import Check, Finding, ValidationReport, parse_check, validate

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "shapes"
NAMES = Names()
GRAPH = NAMES.graph("document/example")
SHAPES_FLOOR = 36
CHECKS_FLOOR = 13


def shapes() -> Graph:
    graph = Graph()
    for file in sorted((ROOT / "ontology/shapes").glob("*.ttl")):
        graph.parse(file)
    return graph


def checks() -> dict[str, Check]:
    return {f.stem: parse_check(f.stem, f.read_text(encoding="utf-8")) for f in sorted((ROOT / "ontology/shapes/checks").glob("*.rq"))}


def shape_names() -> list[str]:
    return sorted(local_name(str(shape)) for shape in shapes().subjects(RDF.type, SH.NodeShape))


def runner(store: MemoryStore) -> Callable[[str], Iterator[dict[str, str]]]:
    def run(sparql: str) -> Iterator[dict[str, str]]:
        result = store.query(sparql)
        for row in result:
            yield {name: str(term) for name, term in row.asdict().items()}

    return run


def report_on(file: Path, *, only_shapes: bool = False) -> ValidationReport:
    store = open_memory()
    store.load(file, "turtle", GRAPH)
    return validate(rdflib_graph(store.quads()), shapes(), [] if only_shapes else list(checks().values()), runner(store))


def finding(**more: object) -> Finding:
    fields: dict[str, object] = {
        "severity": "Violation",
        "focus": NAMES.thing("tenure", "t"),
        "label_en": "T",
        "label_de": "T (de)",
        "path": "",
        "value": "",
        "message_en": "Mend it.",
        "message_de": "Bessern Sie es aus.",
        "shape": "Tenure",
        "title_en": "Tenure",
        "title_de": "Amtszeit",
    }
    return Finding(**(fields | more))  # type: ignore[arg-type]  # the values come out of one mapping


def test_every_shape_and_check_has_a_folder_and_no_folder_is_left_over() -> None:
    expected = [*shape_names(), *(f"check-{name}" for name in checks())]
    assert sorted(folder.name for folder in CASES.iterdir()) == sorted(expected)
    assert len(shape_names()) >= SHAPES_FLOOR
    assert len(checks()) >= CHECKS_FLOOR


@pytest.mark.parametrize("name", shape_names())
def test_a_shape_accepts_its_valid_example_and_refuses_the_other_in_every_point(name: str) -> None:
    good = report_on(CASES / name / "valid.ttl", only_shapes=True)
    assert [f for f in good.results if f.shape == name] == []
    bad = {f.message_en for f in report_on(CASES / name / "invalid.ttl", only_shapes=True).results if f.shape == name}
    graph = shapes()
    shape = next(s for s in graph.subjects(RDF.type, SH.NodeShape) if local_name(str(s)) == name)
    sources = [shape, *graph.objects(shape, SH.property)]
    messages = {str(m) for source in sources for m in graph.objects(source, SH.message) if isinstance(m, Text) and m.language == "en"}
    assert messages
    assert bad == messages


@pytest.mark.parametrize("name", sorted(checks()))
def test_a_check_accepts_its_valid_example_and_refuses_the_other(name: str) -> None:
    def found(file: str) -> list[Finding]:
        return [f for f in report_on(CASES / f"check-{name}" / file).results if f.shape == f"check-{name}"]

    assert found("valid.ttl") == []
    bad = found("invalid.ttl")
    assert bad
    for f in bad:
        assert "{" not in f.message_en + f.message_de
        assert f.focus.startswith(NAMES.base)
        assert f.severity == checks()[name].severity


def test_every_class_of_things_has_a_shape_that_looks_at_it() -> None:
    targets = {local_name(str(t)) for t in shapes().objects(None, SH.targetClass)}
    kinds = (
        "State Organisation Person Place Post Tenure Instrument SanctionMeasure SanctionCategory Programme Topic Relation Event"
        " Document Article Claim Mention SpecificResource TextPositionSelector Candidate Statement Class"
    )
    assert set(kinds.split()) <= targets


def test_every_message_and_title_is_there_in_english_and_german() -> None:
    graph = shapes()
    speaking = set(graph.subjects(SH.message)) | set(graph.objects(None, SH.property)) - set(graph.objects(None, SH["or"]))
    for source in speaking:
        if any(graph.objects(source, SH.message)):
            assert {m.language for m in graph.objects(source, SH.message) if isinstance(m, Text)} == {"en", "de"}
    for shape in graph.subjects(RDF.type, SH.NodeShape):
        assert {t.language for t in graph.objects(shape, RDFS.label) if isinstance(t, Text)} == {"en", "de"}, shape
    for check in checks().values():
        holes = [set(re.findall(r"\{(\w+)\}", text)) for text in (check.message_en, check.message_de)]
        assert holes[0] == holes[1], check.name


def test_a_finding_names_the_thing_the_property_the_message_and_the_graph(tmp_path: Path) -> None:
    file = tmp_path / "t.ttl"
    prefixes = "".join(f"@prefix {p}: <{i}> .\n" for p, i in NAMES.prefixes.items())
    file.write_text(
        prefixes
        + 'tenure:t a kg:Tenure ; rdfs:label "Kim, leader"@en , "Kim, Führer"@de ; org:member state:a ; kg:start "2011"^^xsd:gYear .',
        encoding="utf-8",
    )
    report = report_on(file)
    one = next(f for f in report.results if f.shape == "Tenure" and f.value)
    assert one.focus == NAMES.thing("tenure", "t")
    assert (one.label_en, one.label_de) == ("Kim, leader", "Kim, Führer")
    assert one.path == NAMES.prefixes["org"] + "member"
    assert one.value == NAMES.thing("state", "a")
    assert "(org:member)" in one.message_en
    assert "(org:member)" in one.message_de
    assert one.graph == GRAPH
    assert not report.conforms
    english, german = report.text("en"), report.text("de")
    assert "Violations (" in english
    assert "Kim, leader (tenure:t)  org:member state:a  [document/example]" in english
    assert "Verstöße (" in german
    assert "Kim, Führer (tenure:t)" in german
    assert "Amtszeit: Eine Amtszeit braucht die eine Person" in german


def test_a_check_speaks_of_things_by_their_names() -> None:
    store = open_memory()
    prefixes = "".join(f"@prefix {p}: <{i}> .\n" for p, i in NAMES.prefixes.items())
    store.load(
        (
            prefixes
            + 'instrument:i rdfs:label "Resolution 1"@en , "Entschließung 1"@de ; kg:trigger event:t ; kg:date "2017-09-02"^^xsd:date .'
            ' event:t rdfs:label "Test"@en ; kg:date "2017-09-03"^^xsd:date .'
        ).encode(),
        "turtle",
        GRAPH,
    )
    report = validate(rdflib_graph(store.quads()), Graph(), [checks()["sanction-before-trigger"]], runner(store))
    assert len(report.results) == 1
    one = report.results[0]
    assert one.message_en.startswith("Resolution 1 is dated 2017-09-02, before its trigger Test of 2017-09-03;")
    assert one.message_de.startswith("Entschließung 1 trägt das Datum 2017-09-02 und liegt damit vor seinem Auslöser Test")


def test_warnings_alone_leave_the_graph_conforming() -> None:
    report = ValidationReport((finding(severity="Warning"),))
    assert report.conforms
    assert report.text().startswith("No violations.\n\nWarnings (1)")
    assert not ValidationReport((finding(),)).conforms
    assert ValidationReport(()).text("de") == "Der Graph erfüllt alle Formen und Prüfungen.\n"


def test_the_text_keeps_to_its_width_and_says_how_much_it_leaves_out() -> None:
    many = tuple(finding(focus=NAMES.thing("tenure", f"t{i:02}"), message_en="Mend it. " * 20) for i in range(30))
    text = ValidationReport(many).text(width=60, most=5)
    assert max(map(len, text.splitlines())) <= 60
    assert text.count("    - ") == 5
    assert "… and 25 more" in text


def test_rows_carry_every_finding_as_text() -> None:
    rows = ValidationReport((finding(value="x"),)).as_rows()
    assert rows[0]["severity"] == "Violation"
    assert rows[0]["message_de"] == "Bessern Sie es aus."
    assert all(isinstance(value, str) for value in rows[0].values())


def test_the_report_is_the_same_each_time_and_leaves_the_data_alone() -> None:
    store = open_memory()
    for file in sorted(CASES.glob("*/invalid.ttl")):
        store.load(file, "turtle", GRAPH)
    data = rdflib_graph(store.quads())
    before = set(data)
    first = validate(data, shapes(), list(checks().values()), runner(store))
    second = validate(data, shapes(), list(checks().values()), runner(store))
    assert first.results == second.results
    assert len(first.results) > 100
    assert set(data) == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT ?focus WHERE { ?focus ?p ?o }", "lacks its header"),
        ("# severity: Bad\n# en: {focus}.\n# de: {focus}.\nSELECT ?focus WHERE { ?focus ?p ?o }", "unknown severity 'Bad'"),
        ("# severity: Warning\n# en: {thing}.\n# de: {focus}.\nSELECT ?focus WHERE { ?focus ?p ?o }", r"speaks of \{thing\}"),
        ("# severity: Warning\n# en: Odd.\n# de: Komisch.\nSELECT ?s WHERE { ?s ?p ?o }", r"speaks of \{focus\}"),
    ],
)
def test_a_check_file_that_lacks_something_is_refused(text: str, message: str) -> None:
    with pytest.raises(DossierError, match=message):
        parse_check("odd", text)


def test_a_check_that_cannot_be_parsed_is_named() -> None:
    broken = Check("broken", "Warning", "x", "x", "SELECT ?focus WHERE { ?focus")
    with pytest.raises(DossierError, match="'broken' cannot be run"):
        validate(Graph(), Graph(), [broken], runner(open_memory()))


def test_a_shape_that_cannot_be_used_is_an_error_of_the_dossier() -> None:
    broken = Graph().parse(
        data="@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> a sh:NodeShape ; sh:targetNode <urn:x> ; sh:property <urn:nowhere> .",
        format="turtle",
    )
    data = Graph()
    data.add((URIRef("urn:x"), RDF.type, URIRef("urn:y")))
    with pytest.raises(DossierError, match="shapes cannot be used"):
        validate(data, broken, [], runner(open_memory()))


def test_the_packaged_dossier_conforms_without_a_warning() -> None:
    store = open_memory()
    for part in ("schema", "facts"):
        for file in sorted((ROOT / "ontology" / part).glob("*.ttl")):
            store.load(file, "turtle", NAMES.graph("schema" if part == "schema" else f"facts/{file.stem}"))
    rules = [parse_rule(file.stem, file.read_text(encoding="utf-8")) for file in sorted((ROOT / "ontology/rules").glob("*.rq"))]
    added = apply(store, rules, NAMES.graph("inferred"), NAMES.prefixes).added
    assert added["curated-claims"] > 3000
    data = rdflib_graph(store.quads())
    every = list(checks().values())
    report = validate(data, shapes(), every, runner(store))
    assert report.results == (), report.text()
    # the same data with one fact taken out is found at once: the shapes do look at it
    store.update("DELETE WHERE { GRAPH ?g { tenure:donald-trump-president-of-the-united-states-2017 org:member ?person } }")
    broken = validate(rdflib_graph(store.quads()), shapes(), every, runner(store))
    assert [f.shape for f in broken.results] == ["Tenure"]
    assert broken.results[0].graph == NAMES.graph("facts/tenures")
