"""Rules: each against its own folder of given and expected statements, and what applying them promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import RuleError
from kg.reason import Rule, apply, parse_rule
from kg.store.oxigraph import MemoryStore, open_memory
from kg.terms import Names

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "rules"
NAMES = Names()
INFERRED = NAMES.graph("inferred")
GIVEN = NAMES.graph("facts/given")
FLOOR = 33
"""There were that many rules when this was written; a loader that finds fewer files finds too few."""


def rules() -> dict[str, Rule]:
    return {file.stem: parse_rule(file.stem, file.read_text(encoding="utf-8")) for file in sorted((ROOT / "ontology/rules").glob("*.rq"))}


def store_of(*files: Path) -> MemoryStore:
    store = open_memory()
    for file in files:
        store.load(file, "turtle", GIVEN)
    return store


def rule(construct: str, name: str = "example") -> Rule:
    return parse_rule(name, f"# What it means.\n# de: Was sie bedeutet.\n{construct}")


def test_every_rule_has_a_folder_and_no_folder_is_left_over() -> None:
    assert sorted(rules()) == sorted(folder.name for folder in CASES.iterdir())
    assert len(rules()) >= FLOOR


@pytest.mark.parametrize("name", sorted(folder.name for folder in CASES.iterdir()))
def test_a_rule_adds_exactly_what_its_folder_says(name: str) -> None:
    store = store_of(CASES / name / "given.ttl")
    before = set(store.quads(GIVEN))
    report = apply(store, [rules()[name]], INFERRED, NAMES.prefixes)
    expected = store_of(CASES / name / "then.ttl")
    assert {q._replace(graph="") for q in store.quads(INFERRED)} == {q._replace(graph="") for q in expected.quads()}
    assert report.total == len(expected) > 0
    assert set(store.quads(GIVEN)) == before
    assert store.graphs() == [GIVEN, INFERRED]


@pytest.mark.parametrize("name", sorted(folder.name for folder in CASES.iterdir()))
def test_what_is_asserted_elsewhere_is_not_repeated(name: str) -> None:
    store = store_of(CASES / name / "given.ttl", CASES / name / "then.ttl")
    report = apply(store, [rules()[name]], INFERRED, NAMES.prefixes)
    assert not list(store.quads(INFERRED))
    assert report.total == 0


def test_descriptions_are_sentences_in_two_languages() -> None:
    for one in rules().values():
        assert one.description[0].isupper() and one.description.endswith("."), one.name
        assert one.description_de[0].isupper() and one.description_de.endswith("."), one.name
        assert one.description != one.description_de


def test_the_order_of_rules_changes_nothing() -> None:
    files = sorted(CASES.glob("*/given.ttl"))
    ways = []
    for order in (list(rules().values()), list(rules().values())[::-1]):
        store = store_of(*files)
        report = apply(store, order, INFERRED, NAMES.prefixes)
        assert report.total == sum(report.added.values()) == len(list(store.quads(INFERRED)))
        ways.append(store.dump("nt", INFERRED))
    assert ways[0] == ways[1]


def test_a_second_run_gives_the_same_and_a_vanished_fact_takes_its_consequences_along() -> None:
    store = store_of(*sorted(CASES.glob("*/given.ttl")))
    every = list(rules().values())
    apply(store, every, INFERRED, NAMES.prefixes)
    first = store.dump("nt", INFERRED)
    apply(store, every, INFERRED, NAMES.prefixes)
    assert store.dump("nt", INFERRED) == first
    store.update(f"DROP GRAPH <{GIVEN}>")
    assert apply(store, every, INFERRED, NAMES.prefixes).total == 0
    assert len(store) == 0


def test_rules_feed_each_other_from_an_act_to_its_shortcut_and_back_by_the_trace() -> None:
    act = (
        b"instrument:r a kg:Resolution ; kg:issuer organisation:c ; kg:target state:a ; kg:date '2017-08-05' ; kg:verification kg:Checked ."
        b" kg:Resolution rdfs:subClassOf kg:Instrument . kg:SanctionsAdoption rdfs:subClassOf kg:Sanction ."
        b" kg:Sanction rdfs:subClassOf kg:Event ."
    )
    store = open_memory()
    store.load("".join(f"@prefix {p}: <{i}> .\n" for p, i in NAMES.prefixes.items()).encode() + act, "turtle", GIVEN)
    report = apply(store, list(rules().values()), INFERRED, NAMES.prefixes)
    back = store.select(
        "SELECT ?act WHERE { organisation:c kg:sanctions state:a . ?t rdf:subject organisation:c ; rdf:predicate kg:sanctions ;"
        " rdf:object state:a ; prov:wasDerivedFrom/prov:wasDerivedFrom ?act }"
    )
    assert list(back) == [(NAMES.thing("instrument", "r"),)]
    assert report.added["sanctions-adoption"] > 0
    assert report.added["sanctions"] == 6
    assert report.rounds >= 2


def test_every_shortcut_can_be_traced() -> None:
    store = store_of(*sorted(CASES.glob("*/given.ttl")))
    apply(store, list(rules().values()), INFERRED, NAMES.prefixes)
    shortcuts = {one.name for one in rules().values() if "rdf:Statement" in one.construct}
    assert len(shortcuts) >= 15
    untraced = store.select(
        "SELECT ?s ?p ?o WHERE { VALUES ?p { kg:leads kg:holdsPost kg:worksFor kg:alliedWith kg:memberOf kg:hasDiplomaticRelationsWith"
        " kg:disputesWith kg:metWith kg:exercisesWith kg:visited kg:threatens kg:accuses kg:sanctions kg:participatedIn kg:signed"
        f" kg:brokenBy kg:keptBy }} GRAPH <{INFERRED}> {{ ?s ?p ?o }}"
        " MINUS { ?t a rdf:Statement ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; prov:wasDerivedFrom ?from } }"
    )
    assert list(untraced) == []


def test_rules_that_never_end_are_stopped_and_named() -> None:
    endless = rule("CONSTRUCT { ?next kg:partOf ?e } WHERE { ?e a kg:Event BIND(IRI(CONCAT(STR(?e), 'x')) AS ?next) }", "fine")
    looping = rule("CONSTRUCT { ?next a kg:Event } WHERE { ?e a kg:Event BIND(IRI(CONCAT(STR(?e), 'x')) AS ?next) }", "looping")
    calm = rule("CONSTRUCT { ?e kg:status kg:Occurred } WHERE { ?e a kg:War }", "calm")
    store = open_memory()
    store.load(f"<{NAMES.thing('event', 'e')}> a <{NAMES.prefixes['kg']}Event> .".encode(), "turtle", GIVEN)
    with pytest.raises(RuleError, match=r"5 rounds; still adding: fine, looping") as caught:
        apply(store, [calm, endless, looping], INFERRED, NAMES.prefixes, bound=5)
    assert "calm" not in str(caught.value)


@pytest.mark.parametrize(
    "construct",
    [
        "CONSTRUCT { [] kg:about ?e } WHERE { ?e a kg:Event }",
        "CONSTRUCT { _:x kg:about ?e } WHERE { ?e a kg:Event }",
        "CONSTRUCT { ?e kg:about [ kg:date ?d ] } WHERE { ?e kg:date ?d }",
        "CONSTRUCT { ?b kg:about ?e } WHERE { ?e a kg:Event BIND(BNODE() AS ?b) }",
        "construct { ?b kg:about ?e } where { ?e a kg:Event bind(bnode(str(?e)) as ?b) }",
    ],
)
def test_rules_that_would_make_blank_nodes_are_refused(construct: str) -> None:
    with pytest.raises(RuleError, match="blank node"):
        rule(construct)


def test_a_blank_node_out_of_the_data_is_refused_too() -> None:
    store = open_memory()
    store.load(f"[] a <{NAMES.prefixes['kg']}Event> .".encode(), "turtle", GIVEN)
    with pytest.raises(RuleError, match="'example' made a blank node"):
        apply(store, [rule("CONSTRUCT { ?e kg:status kg:Occurred } WHERE { ?e a kg:Event }")], INFERRED, NAMES.prefixes)


def test_brackets_in_comments_and_texts_are_no_blank_nodes() -> None:
    harmless = rule("# [ ] and _:x\nCONSTRUCT { ?e kg:reason ?r } WHERE { ?e a kg:Event BIND('# [no comment]' AS ?r) }")
    store = open_memory()
    store.load(f"<{NAMES.thing('event', 'e')}> a <{NAMES.prefixes['kg']}Event> .".encode(), "turtle", GIVEN)
    assert apply(store, [harmless], INFERRED, NAMES.prefixes).added == {"example": 1}
    assert next(store.quads(INFERRED)).object == "# [no comment]"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "does not say what it means"),
        ("# English only.\nCONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "does not say what it means"),
        ("# English.\n# de: Deutsch.\nSELECT * WHERE { ?s ?p ?o }", "has no CONSTRUCT"),
    ],
)
def test_a_rule_file_that_lacks_a_part_is_refused(text: str, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        parse_rule("odd", text)


def test_a_rule_that_cannot_be_parsed_is_named_with_its_line() -> None:
    with pytest.raises(RuleError, match="'broken' cannot be run") as caught:
        apply(open_memory(), [rule("CONSTRUCT { ?s a ?o }\nWHERE { ?s a ?o", "broken")], INFERRED, NAMES.prefixes)
    assert caught.value.line is None or caught.value.line >= 3


def test_line_ends_of_windows_are_read() -> None:
    assert parse_rule("w", "# One.\r\n# de: Eins.\r\nCONSTRUCT { ?s a ?o }\r\nWHERE { ?s a ?o }\r\n").description_de == "Eins."
