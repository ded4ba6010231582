"""No row is lost of the tables that the curated facts came from; skipped where the tables are absent."""

from __future__ import annotations

import csv
from typing import Final

import pytest

from kg.terms import KG, ORG, RDFS_LABEL, SKOS
from tests.test_facts import (
    ROOT,
    classes,
    names,
    of_kind,
    values,
)

TABLES: Final = ROOT.parent / "shared" / "facts"


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
