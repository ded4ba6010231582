"""The curated facts: every file is clean Turtle in the shape of docs/model.md, and no row of the tables they came from is lost."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pytest
import rdflib

from kg.terms import DCTERMS, KG, ORG, PROV, RDF, RDF_TYPE, RDFS_LABEL, SKOS, STATUSES, XSD, Names

ROOT: Final = Path(__file__).resolve().parent.parent
FACTS: Final = ROOT / "ontology" / "facts"
TABLES: Final = ROOT.parent / "shared" / "facts"
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


def called(kind: str, label: str) -> str:
    """The one thing of a kind that has this label, or else this further name."""
    by_label = [thing for thing in of_kind(kind) if label in values(thing, RDFS_LABEL)]
    found = by_label or [thing for thing in of_kind(kind) if label in names(thing)]
    assert len(found) == 1, f"{kind} {label!r}: {found}"
    return found[0]


def table(name: str) -> list[dict[str, str]]:
    file = TABLES / f"{name}.tsv"
    if not file.is_file():
        pytest.skip("the tables that the facts came from are not beside this repository")
    with file.open(encoding="utf-8", newline="") as lines:
        return [{key: value or "" for key, value in row.items()} for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


def parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]


def same_verdict(subject: str, row: dict[str, str]) -> bool:
    return values(subject, "verification") == [KG + ("Checked" if row["verified"] == "yes" else "Unchecked")]


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


def test_states_of_the_table() -> None:
    rows = table("states")
    assert len(of_kind("state")) >= len(rows) == 15
    for row in rows:
        state = called("state", row["label_en"])
        assert {row["label_de"], row["label_ko"]} <= set(values(state, RDFS_LABEL))
        assert set(values(state, "officialName")) >= {row["official_en"], row["official_de"], row["official_ko"]}
        wanted = [p for key in row if key.startswith(("aliases", "metonyms", "demonym_noun", "role_refs")) for p in parts(row[key])]
        assert set(wanted) <= names(state), row["label_en"]
        assert parts(row["adjective_de"])[0] in values(state, "adjective")
        assert values(state, "isoAlpha2", "isoAlpha3", "isoNumeric") == [row["iso2"], row["iso3"], row["iso_num"]]
        capital = values(state, "capital")[0]
        assert row["capital_de"] in values(capital, RDFS_LABEL)
        united = {
            values(r, "subject")[0]: values(r, "start")
            for r in of_kind("relation")
            if called("organisation", "United Nations") in values(r, "object")
        }
        assert united[state] == [row["un_member_since"]]
        assert same_verdict(state, row)


def test_places_of_the_table() -> None:
    rows = table("places")
    assert len(of_kind("place")) >= len(rows) == 26
    for row in rows:
        place = called("place", row["label_en"])
        assert set(parts(row["aliases_en"]) + parts(row["aliases_de"]) + [row["label_de"], row["label_ko"]]) <= names(place)
        assert [float(v) for v in values(place, "http://www.w3.org/2003/01/geo/wgs84_pos#lat")] == [float(row["lat"])]
        assert [float(v) for v in values(place, "http://www.w3.org/2003/01/geo/wgs84_pos#long")] == [float(row["lon"])]
        assert len(values(place, "inState")) == len(parts(row["state_id"]))
        assert same_verdict(place, row)


def test_organisations_of_the_table() -> None:
    rows = table("organisations")
    assert len(of_kind("organisation")) >= len(rows) == 55
    label = {row["org_id"]: row["label_en"] for row in rows}
    for row in rows:
        body = called("organisation", row["label_en"])
        wanted = [part for key in ("aliases_en", "aliases_de", "aliases_ko", "label_de", "label_ko") for part in parts(row[key])]
        assert set(wanted) <= names(body), row["label_en"]
        assert values(body, "founded", "dissolved") == [d for d in (row["founded"], row["dissolved"]) if d]
        assert values(body, "partOfBody") == [called("organisation", label[p]) for p in parts(row["parent_id"])]
        assert len(values(body, "ofState")) == len(parts(row["state_id"]))
        assert bool(values(body, "seat")) == bool(row["seat"])
        assert same_verdict(body, row)


def test_people_of_the_table() -> None:
    rows = table("people")
    assert len(of_kind("person")) >= len(rows) == 66
    for row in rows:
        person = called("person", row["label_en"])
        keys = ("label_de", "label_ko", "native_name", "aliases_en", "aliases_de", "aliases_ko", "titles_en", "titles_de", "role_refs_de")
        wanted = {part for key in keys for part in parts(row[key])} - {"er", "Er"}
        assert wanted <= names(person), row["label_en"]
        assert not {"er", "Er"} & names(person)
        assert values(person, "birthDate", "deathDate") == [d for d in (row["birth_date"], row["death_date"]) if d]
        assert values(person, "gender") == [row["gender"]]
        match = SKOS + ("exactMatch" if row["qid_checked"] == "yes" else "closeMatch")
        assert [value.rsplit("/", 1)[1] for value in values(person, match)] == parts(row["wikidata"])
        assert same_verdict(person, row)


SHORTER: Final = {
    "First Secretary, then (from 9 May 2016) Chairman of the WPK": "Chairman of the WPK",
    "First vice director of a WPK Central Committee department": "First vice director in the party's Central Committee",
    "Chairman of the Committee for the Peaceful Reunification of the Country": "Chairman of the Committee for Peaceful Reunification",
    "Prime Minister of Japan (first term)": "Prime Minister of Japan",
}
"""Positions that the facts call by another name."""


def test_tenures_of_the_table() -> None:
    rows = table("tenures")
    assert len(of_kind("tenure")) >= len(rows) == 74
    people = {row["person_id"]: called("person", row["label_en"]) for row in table("people")}
    held = {
        (*values(t, ORG + "member"), *values(t, "post"), *values(t, "start"), *(values(t, "end") or [""])): t for t in of_kind("tenure")
    }
    for row in rows:
        post = called("post", SHORTER.get(row["position_en"], row["position_en"]))
        tenure = held[people[row["person_id"]], post, row["from"], row["to"]]
        assert same_verdict(tenure, row)
        assert (
            not row["position_qid"] or row["position_qid"] in "".join(values(post, SKOS + "closeMatch")) or "Acting" in row["position_en"]
        )


CLASS_OF: Final = """
war: War | summit: Summit | missile test: MissileTest | nuclear test: NuclearTest | attack: Assault
assassination: Assault | detention: Coerce | closure: Sanction | threat: Threaten | designation: SanctionsAdoption
military exercise: MilitaryExercise | speech: Statement | talks: Talks | sports event: Cooperate | visit: Visit
announcement: Agree Pledge | trade measure: Sanction | cancellation: Reject | demolition: Dismantlement
dismantling: Dismantlement | suspension: Suspension | repatriation: Cooperate | report: Publication | letter: Letter
opening: Cooperate | humanitarian event: FamilyReunion | appointment: Appointment | statement: Statement Accuse
publication: Publication | parade: Mobilize | decision: Retreat | meeting: Meeting
"""
RENAMED: Final = {
    "ev:unga_rocketman": "Trump threatens North Korea before the UN General Assembly",
    "ev:sst_relisting": "US puts North Korea back on its terrorism list",
    "ev:moratorium_2018": "North Korea announces a halt to its tests",
    "ev:seed_article": "Spiegel Online article on the stalled talks",
    "ev:pompeo_ny_postponed": "Meeting of Pompeo and Kim Yong Chol put off",
    "ev:foal_eagle_ended": "End of Key Resolve and Foal Eagle",
    "ev:srbm_20190504": "Short-range missile launch of 4 May 2019",
    "ev:srbm_20190509": "Short-range missile launch of 9 May 2019",
}
"""Events that the facts call by another name than the table."""


def entities() -> dict[str, str]:
    """The things of the graph by the identifiers of the tables."""
    found = {}
    for name, kind, key in (
        ("states", "state", "state_id"), ("organisations", "organisation", "org_id"), ("people", "person", "person_id"),
        ("places", "place", "place_id"), ("documents", "instrument", "doc_id"), ("sanctions", "instrument", "sanction_id"),
    ):  # fmt: skip
        for row in table(name):
            label = row.get("symbol") or row.get("label_en") or row.get("title_en") or row.get("instrument_en") or ""
            label = {"doc:cma_2018": "CMA", "doc:iaea_2018": "IAEA safeguards report 2018"}.get(row[key], label)
            label = {"san:jp_2006_07": "Japan: port ban and travel limits of July 2006"}.get(row[key], label)
            by_symbol = [thing for thing in of_kind(kind) if row.get("symbol") and values(thing, "symbol") == [label]]
            found[row[key]] = by_symbol[0] if by_symbol else called(kind, label)
    for row in table("events"):
        found[row["event_id"]] = called("event", RENAMED.get(row["event_id"], row["name_en"]))
    return found


def test_events_of_the_table() -> None:
    rows, known = table("events"), entities()
    pairs = [entry.split(":") for entry in CLASS_OF.replace("\n", "|").split("|") if entry.strip()]
    class_of = {kind.strip(): set(allowed.split()) for kind, allowed in pairs}
    assert len(of_kind("event")) >= len(rows) == 90
    assert len({known[row["event_id"]] for row in rows}) == 90
    for row in rows:
        event = known[row["event_id"]]
        assert classes(event) <= class_of[row["type"]], event
        assert (
            values(event, "date") == [row["start"]]
            if row["start"] == row["end"]
            else values(event, "start", "end") == [row["start"], row["end"]]
        )
        assert {known[p] for p in parts(row["participants"])} <= set(values(event, "actor", "recipient", "participant", "place")), event
        assert not row["place_id"] or values(event, "place") == [known[row["place_id"]]]
        assert not row["outcome"] or values(event, "outcome", SKOS + "note", "resultedIn"), event
        assert not row["name_ko"] or row["name_ko"] in values(event, RDFS_LABEL)
        assert same_verdict(event, row)


def test_instruments_of_the_table() -> None:
    rows, known = table("documents"), entities()
    assert len(rows) == 15
    for row in rows:
        instrument = known[row["doc_id"]]
        assert values(instrument, "date") == [row["date"]]
        assert row["title_de"] in names(instrument)
        assert {known[p] for p in parts(row["parties"]) if p in known} <= set(values(instrument, "party"))
        assert values(instrument, "instrumentStatus")
        assert not row["signatories"] or values(instrument, "signatory", "signatoryName")
        assert not row["key_commitments"] or values(instrument, "commitment", SKOS + "note")
        assert same_verdict(instrument, row)


def test_sanctions_of_the_table() -> None:
    rows, known = table("sanctions"), entities()
    assert len(rows) == len({known[row["sanction_id"]] for row in rows}) == 36
    columns = list(rows[0])[list(rows[0]).index("arms_embargo") : list(rows[0]).index("status_2018")]
    for row in rows:
        act = known[row["sanction_id"]]
        measures = [measure for measure in of_kind("measure") if values(measure, "imposedBy") == [act]]
        assert {values(m, "category")[0].rsplit("/", 1)[1] for m in measures} == {c.replace("_", "-") for c in columns if row[c]}, act
        assert values(act, "date", "vote", "issuer") == [v for v in (row["date"], row["vote"], known[row["issuer"]]) if v]
        triggers = parts(row["trigger_event"])
        assert sorted(values(act, "trigger")) == sorted(known[t] for t in triggers if t.startswith("ev:"))
        assert bool(values(act, "trigger", "triggerText")) == bool(triggers)
        assert row["instrument_de"] in names(act)
        assert all(same_verdict(thing, row) for thing in (act, *measures))


def test_relations_of_the_table() -> None:
    rows, known = table("relations"), entities()
    assert len(of_kind("relation")) >= len(rows) == 44
    for row in rows:
        ends = [known[row["subject_id"]], known[row["object_id"]]]
        fitting = [
            r
            for r in of_kind("relation")
            if values(r, "subject", "object") == ends and values(r, "start", "end") == [d for d in (row["from"], row["to"]) if d]
        ]
        found = [r for r in fitting if any(row["label_en"].casefold() in name.casefold() for name in names(r))]
        assert len(found) == 1, row["relation_id"]
        assert same_verdict(found[0], row)
        assert bool(values(found[0], "relationStatus")) == bool(row["status_2018"])


def test_each_doubt_is_noted_on_its_object() -> None:
    rows, known = table("doubts"), entities()
    assert len(rows) == 25
    objects = [known[row["object_id"]] for row in rows if row["object_id"] in known]
    assert len(objects) >= 17
    assert [thing for thing in objects if not values(thing, SKOS + "editorialNote")] == []
