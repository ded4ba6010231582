"""The curated facts: every file is clean Turtle in the shape of docs/model.md, and no row of the tables they came from is lost."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pytest
import rdflib

from kg.terms import DCTERMS, KG, PROV, RDF, RDF_TYPE, RDFS_LABEL, SKOS, STATUSES, XSD, Names

ROOT: Final = Path(__file__).resolve().parent.parent
FACTS: Final = ROOT / "ontology" / "facts"
NAMES: Final = Names()
FILES: Final = (
    "categories doubts events instruments organisations people places programmes relations sanctions sources states tenures topics".split()
)
DATE_FORMS: Final = {"date": r"\d{4}-\d\d-\d\d", "gYearMonth": r"\d{4}-\d\d", "gYear": r"\d{4}"}
LANGUAGES: Final = frozenset("en de ko zh ja ru vi".split())
NAMING: Final = ("altLabel", "officialName", "metonym", "demonym", "adjective", "roleReference", "title")
ADDED: Final = frozenset("isoAlpha2 isoAlpha3 isoNumeric entryIntoForce relationStatus exemption basisText".split())
"""Properties in use that docs/model.md may not name; the schema declares them."""
RANGES: Final = {
    "ofState inState leadsState runBy": "state",
    "partOfBody": "organisation",
    "seat capital place": "place",
    "post": "post",
    "imposedBy": "instrument",
    "category": "category",
    "trigger partOf": "event",
    "actor recipient participant party signatory issuer target speaker": "state organisation person",
    "subject": "state organisation person",
    "object": "state organisation person place instrument",
    "about": "topic programme instrument event",
    "resultedIn": "event instrument",
    "basis": "instrument",
}
"""Of which kinds the objects of a property are."""

Triples = dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]


@cache
def read(name: str) -> tuple[ox.Triple, ...]:
    quads = ox.parse(path=FACTS / f"{name}.ttl", format=ox.RdfFormat.TURTLE)
    return tuple(quad.triple for quad in quads)


@cache
def graph() -> Triples:
    found: Triples = defaultdict(lambda: defaultdict(list))
    for name in FILES:
        for triple in read(name):
            assert isinstance(triple.subject, ox.NamedNode)
            assert isinstance(triple.object, ox.NamedNode | ox.Literal)
            found[triple.subject.value][triple.predicate.value].append(triple.object)
    return found


def values(subject: str, *predicates: str) -> list[str]:
    """The objects as text; a predicate without a scheme is one of kg:."""
    full = [predicate if ":" in predicate else KG + predicate for predicate in predicates]
    return [term.value for predicate in full for term in graph()[subject].get(predicate, [])]


def names(subject: str) -> set[str]:
    return set(values(subject, RDFS_LABEL, SKOS + "altLabel", *NAMING[1:]))


def classes(subject: str) -> set[str]:
    return {value.removeprefix(KG) for value in values(subject, RDF_TYPE)}


def of_kind(kind: str) -> list[str]:
    return sorted(subject for subject in graph() if NAMES.kind(subject) == kind)


def test_the_folder_holds_these_files() -> None:
    assert sorted(file.stem for file in FACTS.glob("*.ttl")) == FILES


@pytest.mark.parametrize("name", FILES)
def test_both_parsers_read_the_same_triples(name: str) -> None:
    ours = {(str(t.subject), str(t.predicate), str(t.object)) for t in read(name)}
    theirs = rdflib.Graph().parse(FACTS / f"{name}.ttl", format="turtle")
    assert len(ours) == len(theirs) == len(read(name)) > 0


@pytest.mark.parametrize("name", FILES)
def test_terms_are_of_the_allowed_kinds(name: str) -> None:
    for triple in read(name):
        assert isinstance(triple.subject, ox.NamedNode)
        assert isinstance(triple.object, ox.NamedNode | ox.Literal)
        if isinstance(triple.object, ox.Literal):
            datatype = triple.object.datatype.value.removeprefix(XSD)
            assert datatype in {*DATE_FORMS, "decimal", "string", RDF + "langString"}, triple
            assert re.fullmatch(DATE_FORMS.get(datatype, r"\S(.*\S)?"), triple.object.value), triple
            assert datatype != RDF + "langString" or triple.object.language in LANGUAGES, triple


@pytest.mark.parametrize("name", FILES)
def test_the_file_reads_well(name: str) -> None:
    text = (FACTS / f"{name}.ttl").read_text(encoding="utf-8")
    head = re.match(r"((?:@prefix \w+: <[^>]+> \.\n)+)\n((?:# .+\n)+)\n", text)
    assert head, "prefixes, then what the file holds"
    declared = dict(re.findall(r"@prefix (\w+): <([^>]+)>", head[1]))
    body = text[head.end() :]
    terms = re.sub(r'"(?:[^"\\]|\\.)*"|<[^>]*>', " ", body)
    assert set(re.findall(r"(?<![\w@])([a-z]+):\w", terms)) == set(declared)
    assert all(NAMES.prefixes[prefix] == namespace for prefix, namespace in declared.items())
    subjects = [declared[prefix] + rest for prefix, rest in re.findall(r"^([a-z]+):(\S+) a ", body, re.MULTILINE)]
    assert subjects == sorted(set(subjects)) == sorted({t.subject.value for t in read(name) if isinstance(t.subject, ox.NamedNode)})


def test_each_thing_stands_in_one_file() -> None:
    homes = Counter(subject for name in FILES for subject in {str(t.subject) for t in read(name)})
    assert [subject for subject, count in homes.items() if count > 1] == []


def test_everything_has_a_class_and_a_name_in_english_and_german() -> None:
    for subject, facts in graph().items():
        assert facts[RDF_TYPE], subject
        languages = [term.language for term in facts[RDFS_LABEL] if isinstance(term, ox.Literal)]
        assert {"en", "de"} <= set(languages), subject
        assert len(languages) == len(set(languages)), subject


def test_whatever_is_named_is_defined() -> None:
    named = {term.value for facts in graph().values() for terms in facts.values() for term in terms if isinstance(term, ox.NamedNode)}
    assert sorted(iri for iri in named if NAMES.kind(iri) and iri not in graph()) == []
    assert sorted(set(of_kind("document")) - named) == [], "sources that nothing cites"


def test_terms_stand_in_the_model() -> None:
    model = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    known = {*re.findall(r"kg:(\w+)", model), *ADDED, *(status.capitalize() for status in STATUSES)}
    used = {p.removeprefix(KG) for facts in graph().values() for p in facts if p.startswith(KG)}
    used |= {t.value.removeprefix(KG) for f in graph().values() for ts in f.values() for t in ts if t.value.startswith(KG)}
    assert sorted(used - known) == []


@pytest.mark.parametrize("properties", RANGES)
def test_objects_are_of_the_right_kind(properties: str) -> None:
    found = [
        term for facts in graph().values() for p in properties.split() for term in facts.get(KG + p, []) if isinstance(term, ox.NamedNode)
    ]
    assert found
    assert {NAMES.kind(term.value) for term in found} <= set(RANGES[properties].split())


def test_what_counts_as_checked_names_its_source() -> None:
    checked = [subject for subject in graph() if values(subject, "verification") == [KG + "Checked"]]
    assert len(checked) > 300
    assert [subject for subject in checked if not values(subject, DCTERMS + "source")] == []


def test_an_event_has_a_time_a_status_and_someone_in_it() -> None:
    for event in of_kind("event"):
        assert bool(values(event, "date")) != bool(values(event, "start")), event
        assert values(event, "status") in ([KG + "Occurred"], [KG + "Cancelled"]), event
        assert values(event, "actor"), event
        assert values(event, "about"), event
    cancelled = {event for event in of_kind("event") if values(event, "status") == [KG + "Cancelled"]}
    about = {topic for event in of_kind("event") for topic in values(event, "about")}
    assert len(cancelled) == 5
    assert cancelled <= about, "an act of calling off is about what was called off"


def test_one_person_at_a_time_leads_a_state() -> None:
    for post in of_kind("post"):
        if not values(post, "leadsState"):
            continue
        held = sorted((values(t, "start")[0], [*values(t, "end"), "9999"][0]) for t in of_kind("tenure") if values(t, "post") == [post])
        assert held, post
        assert all(end <= start for (_, end), (start, _) in pairwise(held)), post


def test_a_cap_has_amount_unit_and_period() -> None:
    capped = [measure for measure in of_kind("measure") if values(measure, "capAmount", "capUnit", "capPeriod")]
    assert all(len(values(measure, "capAmount", "capUnit", "capPeriod")) == 3 for measure in capped)
    found = {(m.rsplit("/", 1)[1], float(values(m, "capAmount")[0])) for m in capped}
    assert {("unscr-2321-coal", 7.5e6), ("unscr-2321-coal-value", 400.9e6), ("unscr-2375-refined-oil-2017", 5e5)} <= found
    assert {("unscr-2375-refined-oil", 2e6), ("unscr-2397-refined-oil", 5e5), ("unscr-2397-crude-oil", 4e6)} <= found
    assert ("unscr-2397-crude-oil-tonnes", 525e3) in found


def test_a_rival_value_differs_from_the_value_in_use() -> None:
    claims = of_kind("claim")
    assert len(claims) >= 14
    for claim in claims:
        subject, predicate, rival = (values(claim, RDF + part)[0] for part in ("subject", "predicate", "object"))
        assert values(subject, predicate) not in ([], [rival]), claim
        assert values(subject, SKOS + "editorialNote"), claim
        assert values(claim, PROV + "wasDerivedFrom"), claim
        assert values(claim, "reviewState", "confidence") == [KG + "Unreviewed", "0.3"], claim
