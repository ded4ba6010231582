"""Review: decisions find their claim again and change the graph as they say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kg.errors import DossierError, NotFoundError
from kg.extract.reviews import Review
from kg.graph import KnowledgeGraph
from kg.pipeline import build, check
from kg.review import desk as desks
from kg.review.desk import Desk, append
from kg.review.questions import Fields
from kg.terms import EVENT_TYPES, STATUSES
from tests.review_support import (
    BASE,
    BLOCKADE,
    NAMES,
    TEXT,
    THREAT,
    asked,
    desk_of,
    dossier,
    holds,
    lines,
    open_desk,
    session,
    states,
    write,
)

MACRON = NAMES.mint("candidate", "Emmanuel Macron")
MAKRON = NAMES.thing("person", "makron")
FINLAND = NAMES.thing("state", "finland")
FRANCE = NAMES.thing("state", "france")
NIINISTO = NAMES.thing("person", "sauli-niinisto")
LOG = Path("reviews.jsonl")


# ---- what is asked


def test_the_least_certain_claim_comes_first_with_its_neighbours_and_names(desk: Desk) -> None:
    waiting = desk.open()
    assert len(waiting) == 5
    assert [q.confidence for q in waiting] == sorted(q.confidence for q in waiting)
    threat = asked(desk, THREAT)
    assert threat.before == "Emmanuel Macron met Niinistö in Helsinki on Monday."
    assert threat.after == "Finnish President Sauli Niinistö met reporters."
    assert [(threat.quote[a:b], iri) for a, b, iri in threat.mentions] == [("Finland", FINLAND), ("Emmanuel Macron", MACRON)]
    assert threat.fields == Fields("Threaten", (FINLAND,), (MACRON,), "occurred", ())
    assert asked(desk, "Niinistö said").fields.speakers == (NIINISTO,)
    for question in desk.all:
        assert TEXT[question.start : question.end] == question.quote


def test_every_claim_of_the_packaged_dossier_can_be_asked(built: KnowledgeGraph) -> None:
    assert built.dossier is not None
    desk = Desk(built.store, built.names, built.dossier, "de")
    extracted = {row[0] for row in built.store.select("SELECT ?c { ?c a kg:Claim ; oa:hasTarget ?t MINUS { ?c prov:wasRevisionOf ?o } }")}
    assert {q.claim for q in desk.all} == extracted
    assert len({q.key for q in desk.all}) == len(extracted) > 100
    allowed = {*EVENT_TYPES, *desk.known.event_types}
    for question in desk.all:
        assert question.fields.type in allowed
        assert question.fields.status in STATUSES
        assert question.before or question.after
        assert all(0 <= a < b <= len(question.quote) for a, b, _ in question.mentions)
        for iri in question.people:
            assert desk.find(desk.name(iri), desks.SPEAKERS) == iri


def test_an_unknown_document_is_named_with_those_there_are(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="example"):
        desk.open("nowhere")
    assert desk.open("example") == desk.open()


def test_a_graph_of_another_dossier_is_refused(first: KnowledgeGraph, folder: Path) -> None:
    manifest = folder / "dossier.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(BASE, "https://example.org/other/"), encoding="utf-8")
    with pytest.raises(DossierError, match="another dossier"):
        desk_of(first, folder)


# ---- accept, reject, undo


def test_accepted_is_held_and_rejected_is_not(desk: Desk, folder: Path) -> None:
    threat, other = asked(desk, THREAT), asked(desk, BLOCKADE)
    sitting = session(desk, threat, other)
    sitting.accept()
    sitting.reject("not in this text")
    assert sitting.current is None
    accused = f"<{FINLAND}> kg:accuses <{FRANCE}>"
    before, after = build(shutil.copytree(folder, folder.with_name("other"), ignore=shutil.ignore_patterns("*.jsonl"))), build(folder)
    assert set(states(before).values()) == {"Unreviewed"}
    assert states(after)[threat.claim] == "Accepted"
    assert states(after)[other.claim] == "Rejected"
    assert sorted(states(after).values()).count("Unreviewed") == len(desk.all) - 2
    triple = f"<{FINLAND}> kg:threatens <{MACRON}>"
    assert holds(after, triple)
    assert not holds(before, triple)
    assert not holds(after, accused)
    assert holds(after, f'<{threat.claim}> kg:reviewer ?who . ?who a prov:Agent ; rdfs:label "A. Curator"@en')
    assert holds(after, f'?r kg:reviews <{other.claim}> ; kg:decision kg:Rejected ; kg:remark "not in this text"')
    assert check(after).conforms


def test_an_accepted_relation_is_held(desk: Desk, folder: Path) -> None:
    relation = asked(desk, "Finnish President", "HoldsPosition")
    facts = folder / "facts" / "example.ttl"
    text = facts.read_text(encoding="utf-8")
    facts.write_text(text[: text.index("tenure:sauli")] + text[text.index("state:france") :], encoding="utf-8")
    triple = f"<{NIINISTO}> kg:worksFor <{FINLAND}>"
    assert not holds(build(folder), triple)
    fresh = open_desk(folder)
    session(fresh, next(q for q in fresh.all if q.key == relation.key)).accept()
    assert holds(build(folder), triple)


def test_undo_adds_a_withdrawal_and_asks_again(desk: Desk, folder: Path) -> None:
    sitting = session(desk)
    first = sitting.current
    assert first is not None
    sitting.accept()
    sitting.skip()
    sitting.reject()
    assert [record["decision"] for record in lines(desk)] == ["accept", "reject"]
    assert sitting.undo() is not None
    assert sitting.undo() is not None
    assert sitting.current == first
    assert sitting.undo() is None
    assert [record["decision"] for record in lines(desk)] == ["accept", "reject", "withdraw", "withdraw"]
    assert len(desk.open()) == len(desk.all)
    assert set(states(build(folder)).values()) == {"Unreviewed"}


def test_what_another_reviewer_decided_meanwhile_is_passed_over(desk: Desk) -> None:
    mine, theirs = session(desk), session(desk, by="B. Curator")
    first = mine.current
    theirs.accept()
    theirs.accept()
    assert mine.current not in (None, first)
    assert mine.current == theirs.current


def test_the_last_decision_counts_and_all_stay_in_the_graph(desk: Desk, folder: Path) -> None:
    threat = asked(desk, THREAT)
    session(desk, threat).accept()
    append(desk.file, [Review("reject", "B", "2026-12-01", threat.claim, threat.key, threat.quote)], NAMES)
    graph = build(folder)
    assert states(graph)[threat.claim] == "Rejected"
    assert len(list(graph.store.select(f"SELECT ?r {{ ?r kg:reviews <{threat.claim}> }}"))) == 2
    assert graph.store.dump("nq") == build(folder).store.dump("nq")


# ---- finding a claim again


def test_a_decision_survives_when_text_around_the_sentence_moves_it(desk: Desk, folder: Path) -> None:
    sitting = session(desk)
    while sitting.current is not None:
        sitting.accept()
    write(folder, "Frost in the north\n\n" + TEXT.replace("Monday.\n", "Monday. It was cold.\n"))
    moved = open_desk(folder)
    assert {q.claim for q in moved.all}.isdisjoint({q.claim for q in desk.all})
    assert {q.key for q in moved.all} == {q.key for q in desk.all}
    assert moved.open() == []
    graph = build(folder)
    assert set(states(graph).values()) == {"Accepted"}
    reviewed = {row[0] for row in graph.store.select("SELECT ?c { ?r kg:reviews ?c }")}
    assert reviewed == set(states(graph))


def test_a_changed_sentence_is_asked_again_even_at_the_same_place(desk: Desk, folder: Path) -> None:
    sitting = session(desk)
    while sitting.current is not None:
        sitting.accept()
    write(folder, TEXT.replace("with sanctions", "with embargoes"[:14]))
    assert len("with sanctions") == len("with embargoes")
    changed = open_desk(folder)
    assert asked(changed, THREAT).claim == asked(desk, THREAT).claim
    assert changed.open() == [asked(changed, THREAT)]
    assert states(build(folder))[asked(changed, THREAT).claim] == "Unreviewed"


def test_a_decision_without_a_key_is_found_by_the_claims_name(desk: Desk, folder: Path) -> None:
    threat = asked(desk, THREAT)
    record = {"claim": threat.claim.rsplit("/", 1)[1], "decision": "accept", "by": "A", "at": "2026-01-02"}
    (folder / LOG).write_text(json.dumps(record) + "\n", encoding="utf-8")
    assert states(build(folder))[threat.claim] == "Accepted"
    assert threat not in desk.open()


def test_equal_sentences_are_told_apart_and_keep_their_decisions(tmp_path: Path) -> None:
    twice = "Finland threatened France.\n\nSnow fell.\n\nFinland threatened France.\n"
    folder = dossier(tmp_path / "twice", twice)
    desk = open_desk(folder)
    one, two = sorted(desk.all, key=lambda q: q.start)
    assert one.key != two.key
    session(desk, two).reject()
    write(folder, "Ice came.\n\n" + twice)
    graph = build(folder)
    found = [states(graph)[q.claim] for q in sorted(desk_of(graph, folder).all, key=lambda q: q.start)]
    assert found == ["Unreviewed", "Rejected"]


def test_a_curated_claim_can_be_decided_by_its_name(folder: Path) -> None:
    facts = folder / "facts" / "example.ttl"
    rival = (
        f"<{BASE}id/claim/rival> a kg:Claim ; rdf:subject event:helsinki-summit-2018 ; rdf:predicate kg:date ;"
        ' rdf:object "2018-07-15"^^xsd:date ; kg:status kg:Occurred ; kg:confidence 0.3 ; kg:reviewState kg:Unreviewed ;'
        " prov:wasDerivedFrom <https://example.org/x> .\n"
    )
    prefixes = "@prefix prov: <http://www.w3.org/ns/prov#> .\n@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
    facts.write_text(prefixes + facts.read_text(encoding="utf-8") + rival, encoding="utf-8")
    pattern = f"<{BASE}id/claim/rival> kg:contradicts ?c"
    assert holds(build(folder), pattern)
    (folder / LOG).write_text('{"at": "2026-01-02", "by": "A", "claim": "rival", "decision": "reject"}\n', encoding="utf-8")
    graph = build(folder)
    assert [row[0] for row in graph.store.select(f"SELECT ?s {{ <{BASE}id/claim/rival> kg:reviewState ?s }}")] == [
        "https://w3id.org/peninsula-kg/ontology#Rejected"
    ]
    assert not holds(graph, pattern)
