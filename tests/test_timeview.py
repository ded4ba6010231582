"""The graph as of a day."""

from __future__ import annotations

import time

import pytest

from kg.errors import QueryError
from kg.graph import KnowledgeGraph
from kg.model import Quad
from kg.store.convert import STRING
from kg.store.oxigraph import MemoryStore, open_memory
from kg.store.timeview import last_day, view
from kg.terms import XSD

DATED = 'FILTER(isLiteral(?d) && DATATYPE(?d) IN (xsd:date, xsd:gYearMonth, xsd:gYear) && STR(?d) > "{}")'


def names(graph: KnowledgeGraph, query: str) -> set[str]:
    return {row[0].rpartition("/")[2] for row in graph.store.select(query)}


@pytest.mark.parametrize(
    ("given", "day"),
    [("2018", "2018-12-31"), ("2018-06", "2018-06-30"), ("2020-02", "2020-02-29"), ("2018-06-12", "2018-06-12")],
)
def test_a_partial_date_counts_as_its_last_day(given: str, day: str) -> None:
    assert last_day(given) == day


def test_no_date_is_an_error(built: KnowledgeGraph) -> None:
    with pytest.raises(QueryError, match="a date is needed"):
        built.view(at="last year")
    assert built.view() is built


# The packaged dossier


def test_who_led_the_united_states(built: KnowledgeGraph) -> None:
    leads = "SELECT ?p { ?p kg:leads state:united-states }"
    assert names(built, leads) == {"barack-obama", "donald-trump"}
    assert names(built.view(at="2016-06-30"), leads) == {"barack-obama"}
    assert names(built.view(at="2018-06"), leads) == {"donald-trump"}
    assert names(built.view(at="1930"), leads) == set()


def test_named_queries_run_over_a_view(built: KnowledgeGraph) -> None:
    then = built.view(at="2016-06-30")
    rows = {tuple(str(term).rpartition("/")[2] for term in row)[:2] for row in then.query("leaders", date="2016-06-30")}
    assert ("south-korea", "park-geun-hye") in rows
    assert ("united-states", "barack-obama") in rows
    assert list(then.query("leaders", date="2018-06-12").cells()) != list(built.query("leaders", date="2018-06-12").cells())


def test_what_had_happened_is_there_and_what_was_to_come_is_not(built: KnowledgeGraph) -> None:
    then = built.view(at="2017-12")
    events = names(then, "SELECT ?e { ?e a kg:Event }")
    assert "nuclear-test-6" in events
    assert "singapore-summit-2018" not in events
    late = then.store.select(f"SELECT ?e {{ ?e a kg:Event ; kg:date|kg:start ?d {DATED.format('2017-12-31')} }}")
    assert list(late) == []
    assert names(then, "SELECT ?p { ?p kg:metWith person:donald-trump }") == set()
    assert names(built, "SELECT ?p { ?p kg:metWith person:donald-trump }") != set()


def test_what_lasts_is_there_while_it_lasts(built: KnowledgeGraph) -> None:
    query = "SELECT ?r { ?r a kg:Relation }"
    assert "north-korea-npt-membership" in names(built.view(at="2003-01-10"), query)
    assert "north-korea-npt-membership" not in names(built.view(at="2003-01-11"), query)
    assert "north-korea-npt-membership" not in names(built.view(at="1985-12-11"), query)


@pytest.mark.parametrize("day", ["2016-06-30", "2018-08-29", "2018-09"])
def test_no_claim_published_later_is_there(built: KnowledgeGraph, day: str) -> None:
    known = built.view(known_by=day)
    last = last_day(day)
    late = list(known.store.select(f"SELECT ?s {{ ?s dcterms:date|dcterms:issued ?d {DATED.format(last)} }}"))
    assert late == []
    gone = {row[0] for row in built.store.select(f"SELECT ?s {{ ?s a kg:Article ; dcterms:issued ?d {DATED.format(last)} }}")}
    assert gone
    for quad in known.store.quads():
        assert quad.object not in gone and quad.subject not in gone
        assert not any(quad.graph.endswith("/" + name.rpartition("/")[2]) for name in gone)


def test_what_was_said_by_then_is_there(built: KnowledgeGraph) -> None:
    said = "SELECT ?c { ?c dcterms:date ?d ; a kg:Claim FILTER(STR(?d) <= '2018-09-20') }"
    assert names(built.view(known_by="2018-09-20"), said) == names(built, said) != set()


def test_an_end_that_was_to_come_was_not_known(built: KnowledgeGraph) -> None:
    ends = "SELECT ?e { ?t org:member person:barack-obama ; kg:end ?e }"
    assert names(built.view(known_by="2016"), ends) == set()
    assert names(built.view(at="2016"), ends) == {"2017-01-20"}


@pytest.mark.parametrize("days", [{"at": "2016-06-30"}, {"known_by": "2018-08-29"}, {"at": "2018", "known_by": "2018-09"}])
def test_nothing_points_at_what_is_gone_and_shortcuts_have_a_reason(built: KnowledgeGraph, days: dict[str, str]) -> None:
    then = built.view(**days).store
    here = {quad.subject for quad in then.quads()}
    before = {quad.subject for quad in built.store.quads()}
    assert [quad for quad in then.quads() if not quad.datatype and quad.object in before - here] == []
    traced = "?t a rdf:Statement ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o"
    shortcuts = set(built.store.select(f"SELECT ?s ?p ?o {{ {traced} . FILTER NOT EXISTS {{ ?t a kg:Claim }} }}"))
    kept = {quad[:3] for quad in then.quads()} & shortcuts
    reasons = set(then.select(f"SELECT ?s ?p ?o {{ {traced} ; prov:wasDerivedFrom ?fact . ?fact ?q ?r }}"))
    assert kept and kept <= reasons and kept != shortcuts
    assert set(then.quads()) <= set(built.store.quads()), "nothing is made up"


def test_both_together_keep_what_each_keeps(built: KnowledgeGraph) -> None:
    both = set(built.view(at="2018-06", known_by="2018-09").store.quads())
    assert both <= set(built.view(at="2018-06").store.quads()) & set(built.view(known_by="2018-09").store.quads())


def test_a_view_takes_less_than_a_second(built: KnowledgeGraph) -> None:
    begin = time.process_time()  # of this process: other tests may run beside it
    built.view(at="2018-06", known_by="2018-09")
    assert time.process_time() - begin < 1.0


# A small graph, where each rule can be seen by itself


def small(*lines: str) -> MemoryStore:
    store = open_memory()
    head = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in store.prefixes.items())
    store.load((head + "\n".join(lines)).encode(), "turtle", "https://w3id.org/peninsula-kg/graph/test")
    return store


SHORTCUT = """
state:a kg:threatens state:b .
statement:1 a rdf:Statement ; rdf:subject state:a ; rdf:predicate kg:threatens ; rdf:object state:b ; prov:wasDerivedFrom event:1 .
event:1 a kg:Event ; kg:actor state:a .
claim:1 a kg:Claim ; kg:states event:1 ; dcterms:date "2018-08-29"^^xsd:date ; oa:hasTarget target:1 ; prov:wasDerivedFrom document:d .
target:1 oa:hasSource document:d ; oa:hasSelector selector:1 .
selector:1 oa:exact "A threatened B" .
document:d dcterms:issued "2018-08-29"^^xsd:date .
state:a rdfs:label "A" .
"""
EARLIER = """
claim:2 a kg:Claim ; kg:states event:2 ; dcterms:date "2018-01-01"^^xsd:date .
event:2 a kg:Event ; kg:actor state:a .
statement:1 prov:wasDerivedFrom event:2 .
"""


def texts(store: MemoryStore) -> set[str]:
    return {quad.subject.rpartition("/id/")[2] for quad in store.quads()}


def test_a_shortcut_whose_only_claim_is_later_is_gone() -> None:
    store = small(SHORTCUT)
    for days in ({"known_by": "2018-08-28"}, {"at": "2018-08-28"}):
        kept = view(store, **days)
        assert not list(kept.select("SELECT ?s { ?s kg:threatens ?o }")), days
    assert texts(view(store, known_by="2018-08-28")) == {"state/a"}, "with its document, quote and target"
    assert set(view(store, known_by="2018-08-29").quads()) == set(store.quads())


def test_a_shortcut_with_an_earlier_claim_stays() -> None:
    kept = view(small(SHORTCUT, EARLIER), known_by="2018-08-28")
    assert list(kept.select("SELECT ?s { ?s kg:threatens ?o }"))
    assert not list(kept.select("SELECT ?q { ?s oa:exact ?q }"))


@pytest.mark.parametrize(("day", "there"), [("2018-05-31", False), ("2018-06", True), ("2019-03-31", True), ("2019-04-01", False)])
def test_a_tenure_with_partial_dates(day: str, there: bool) -> None:
    lines = 'tenure:t a kg:Tenure ; kg:start "2018-06"^^xsd:gYearMonth ; kg:end "2019-03"^^xsd:gYearMonth .'
    assert bool(list(view(small(lines), at=day).quads())) is there


def test_a_planned_event_is_known_once_it_is_announced_with_its_date() -> None:
    lines = """event:s a kg:Event ; kg:date "2019"^^xsd:gYear .
    claim:s a kg:Claim ; kg:states event:s ; kg:status kg:Planned ; dcterms:date "2018-09-20"^^xsd:date ."""
    assert len(view(small(lines), known_by="2018-09-20")) == 6
    assert len(view(small(lines), known_by="2018-09-19")) == 0
    assert len(view(small(lines), at="2018-12-31")) == 0, "it has not happened"


def test_a_claim_about_a_plain_relation_goes_with_its_document() -> None:
    lines = """claim:r a kg:Claim ; rdf:subject person:p ; rdf:predicate kg:worksFor ; rdf:object organisation:o ;
      dcterms:date "2018-08-29"^^xsd:date .
    person:p kg:worksFor organisation:o .
    statement:r a rdf:Statement ; rdf:subject person:p ; rdf:predicate kg:worksFor ; rdf:object organisation:o ;
      prov:wasDerivedFrom claim:r ."""
    for days in ({"at": "2018-08-28"}, {"known_by": "2018-08-28"}):
        assert len(view(small(lines), **days)) == 0
        assert len(view(small(lines), **dict.fromkeys(days, "2018-08-29"))) == len(small(lines))


def test_a_curated_fact_is_known_with_the_first_of_its_documents() -> None:
    lines = """event:e a kg:Event ; kg:date "2018-01-01"^^xsd:date .
    claim:e a kg:Claim ; kg:states event:e ; prov:wasDerivedFrom document:late .
    document:late dcterms:issued "2019-01-01"^^xsd:date ."""
    assert len(view(small(lines), known_by="2018")) == 0
    other = " claim:e prov:wasDerivedFrom document:undated . document:undated dcterms:title 'x' ."
    assert "event/e" in texts(view(small(lines + other), known_by="2018"))


def test_things_and_texts_stay() -> None:
    store = open_memory()
    store.extend(
        [
            Quad("http://e/s", "http://e/p", "2030-01-01", "http://e/g", XSD + "date"),
            Quad("http://e/s", "http://e/q", "x", "http://e/g", STRING),
        ]
    )
    assert len(view(store, at="1900", known_by="1900")) == 2
