"""Review: decisions find their claim again, change the graph as they say, and nothing that was written is ever lost."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import DossierError, KgError, NotFoundError
from kg.extract.replay import Known, Replayer
from kg.extract.reviews import Edit, Log, Review, keys, parse, render
from kg.graph import KnowledgeGraph
from kg.model import Claim, Document, Event, Extraction, Link, Mention
from kg.pipeline import build, check
from kg.review import desk as desks
from kg.review import sheet
from kg.review.desk import Desk, append
from kg.review.questions import Fields
from kg.terms import EVENT_TYPES, STATUSES, Names
from tests.review_support import BASE, BLOCKADE, TEXT, THREAT, asked, desk_of, dossier, open_desk, session, states, write

NAMES = Names(BASE)
MACRON = NAMES.mint("candidate", "Emmanuel Macron")
MAKRON = NAMES.thing("person", "makron")
FINLAND = NAMES.thing("state", "finland")
FRANCE = NAMES.thing("state", "france")
NIINISTO = NAMES.thing("person", "sauli-niinisto")
LOG = Path("reviews.jsonl")


@pytest.fixture(scope="module", name="model")
def _model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dossier(tmp_path_factory.mktemp("review") / "model")


@pytest.fixture(scope="module", name="first")
def _first(model: Path) -> KnowledgeGraph:
    return build(model)


@pytest.fixture(name="folder")
def _folder(model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model, tmp_path / "dossier"))


@pytest.fixture(name="desk")
def _desk(first: KnowledgeGraph, folder: Path) -> Desk:
    return desk_of(first, folder)


def lines(desk: Desk) -> list[dict[str, object]]:
    return [json.loads(line) for line in desk.file.read_text(encoding="utf-8").splitlines()]


def holds(graph: KnowledgeGraph, pattern: str) -> bool:
    return bool(graph.query(f"ASK {{ {pattern} }}"))


def drawn(graph: KnowledgeGraph) -> set[tuple[str, ...]]:
    """What the document gave, but for the run, whose name depends on every file of the dossier."""
    return {quad for quad in graph.store.quads(NAMES.graph("document/example")) if not quad.predicate.endswith("wasGeneratedBy")}


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


# ---- edits


def test_a_corrected_claim_stands_beside_the_machines(desk: Desk, folder: Path) -> None:
    threat = asked(desk, THREAT)
    sitting = session(desk, threat)
    assert sitting.edit(Fields("SanctionsAdoption", (NIINISTO,), (MACRON, FRANCE), "planned", (FINLAND,)))
    assert lines(desk)[0]["edit"] == {
        "type": "SanctionsAdoption",
        "actors": [NIINISTO],
        "recipients": [MACRON, FRANCE],
        "status": "planned",
        "speakers": [FINLAND],
    }
    graph = build(folder)
    (new,) = (row[0] for row in graph.store.select(f"SELECT ?c {{ ?c prov:wasRevisionOf <{threat.claim}> }}"))
    assert (states(graph)[threat.claim], states(graph)[new]) == ("Rejected", "Accepted")
    assert holds(
        graph,
        f"<{new}> kg:states ?e ; kg:status kg:Planned ; kg:speaker <{FINLAND}> ; kg:confidence 1.0 ."
        f" ?e a kg:SanctionsAdoption , kg:Sanction ; kg:actor <{NIINISTO}> ; kg:recipient <{MACRON}> , <{FRANCE}> ."
        f" <{threat.claim}> kg:states ?old . FILTER(?old != ?e)",
    )
    exact = {row[0] for row in graph.store.select(f"SELECT ?t {{ <{new}> kg:hasMention/oa:exact ?t }}")}
    assert exact == {"Finland", "Emmanuel Macron"}, "who the sentence does not name has no mention"
    assert not holds(graph, '?m oa:exact ""')
    assert check(graph).conforms, check(graph).text("en", 100)
    again = desk_of(graph, folder)
    assert threat.claim not in {q.claim for q in again.open()}
    assert new not in {q.claim for q in again.all}
    assert again.fields(asked(again, THREAT)).type == "SanctionsAdoption"


def test_a_corrected_status_keeps_the_event(desk: Desk, folder: Path) -> None:
    threat = asked(desk, THREAT)
    session(desk, threat).edit(Fields("Threaten", (FINLAND,), (MACRON,), "negated", ()))
    assert lines(desk)[0]["edit"] == {"status": "negated"}
    graph = build(folder)
    assert holds(graph, f"<{threat.claim}> kg:states ?e . ?new prov:wasRevisionOf <{threat.claim}> ; kg:states ?e ; kg:status kg:Negated")
    assert not holds(graph, f"<{FINLAND}> kg:threatens <{MACRON}>")


def test_an_edit_of_one_side_of_a_meeting_says_what_the_other_is(desk: Desk, folder: Path) -> None:
    meeting = asked(desk, "Emmanuel Macron met")
    assert set(meeting.fields.actors) == {MACRON, NIINISTO}
    session(desk, meeting).edit(Fields("Meeting", (MACRON, FINLAND), (), "occurred", ()))
    graph = build(folder)
    rows = graph.store.select(f"SELECT ?a {{ ?c prov:wasRevisionOf <{meeting.claim}> ; kg:states/kg:participant ?a }}")
    assert {row[0] for row in rows} == {MACRON, FINLAND}


def test_a_claim_corrected_into_a_relation_and_back(desk: Desk, folder: Path) -> None:
    threat = asked(desk, THREAT)
    session(desk, threat).edit(Fields("AllyOf", (FINLAND,), (FRANCE,), "ongoing", ()))
    graph = build(folder)
    assert holds(graph, f"?c prov:wasRevisionOf <{threat.claim}> ; rdf:predicate kg:alliedWith ; rdf:object <{FRANCE}>")
    assert holds(graph, f"<{FINLAND}> kg:alliedWith <{FRANCE}>")
    assert check(graph).conforms, check(graph).text("en", 100)


def test_a_correction_that_changes_nothing_is_not_written(desk: Desk) -> None:
    one = asked(desk, THREAT)
    assert not session(desk, one).edit(one.fields)
    assert not desk.file.exists()


def threat_to(entity: str) -> Claim:
    """A claim of one sentence; two of them differ in nothing but who is threatened."""
    said = "Finland threatened Emmanuel Macron."
    sides = [Link(Mention(a, b, said[a:b], "name"), iri, said[a:b], ()) for a, b, iri in ((0, 7, FINLAND), (19, 34, entity))]
    event = Event("Threaten", "Threaten", (sides[0],), (sides[1],), scope="d")
    return Claim("d", 0, len(said), said, event, Mention(8, 18, "threatened", "verb"), "occurred")


def replayed(claims: list[Claim], *reviews: Review) -> set[tuple[str, str, str]]:
    labels = {FINLAND: "Finland", FRANCE: "France", MAKRON: "Emanuel Makron"}
    replayer = Replayer(Log(reviews), Known(labels, {}), NAMES)
    document = Document("d", claims[0].quote, "en")
    quads = list(replayer.document(Extraction(document, claims=tuple(claims)), NAMES.thing("run", "r")))
    return {(quad.subject, quad.predicate.split("#")[-1], quad.object.split("#")[-1]) for quad in quads}


def test_a_correction_that_another_claim_says_already_accepts_that_claim() -> None:
    wrong, right = threat_to(FRANCE), threat_to(MAKRON)
    key = keys([wrong, right])[wrong.key]
    claim, other = NAMES.thing("claim", wrong.key), NAMES.thing("claim", right.key)
    edit = Review("edit", "A", "2026-01-01", claim, key, edit=Edit(actors=(FINLAND,), recipients=(MAKRON,)))
    found = replayed([wrong, right], edit)
    assert {(s, o) for s, p, o in found if p == "reviewState"} == {(claim, "Rejected"), (other, "Accepted")}
    assert (other, "wasRevisionOf", claim) in found
    assert len({s for s, p, o in found if p == "confidence"}) == len([1 for s, p, o in found if p == "confidence"]) == 2
    no = Review("reject", "B", "2026-01-02", other)
    assert {(s, o) for s, p, o in replayed([wrong, right], edit, no) if p == "reviewState"} == {(claim, "Rejected"), (other, "Rejected")}


def test_claims_that_a_merge_makes_one_stay_one() -> None:
    unknown, known = threat_to(MACRON), threat_to(MAKRON)
    no = Review("reject", "A", "2026-01-01", NAMES.thing("claim", known.key))
    found = replayed([unknown, known], Review("merge", "A", "2026-01-01", candidate=MACRON, entity=MAKRON), no)
    for predicate in ("reviewState", "contentKey", "states", "confidence"):
        assert len([1 for _, p, _ in found if p == predicate]) == 1, predicate
    assert (NAMES.thing("claim", known.key), "reviewState", "Rejected") in found


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ({"type": "Summti"}, "no class of events"),
        ({"type": "VerbalConflict"}, "no class of events"),
        ({"actors": ["state:nowhere"]}, "described nowhere"),
        ({"type": "AllyOf", "recipients": []}, "between one actor and one recipient"),
    ],
)
def test_an_edit_that_names_what_is_not_there_stops_the_build_with_its_line(
    desk: Desk, folder: Path, edit: dict[str, object], message: str
) -> None:
    threat = asked(desk, THREAT)
    record = {"claim": threat.claim, "decision": "edit", "by": "A", "at": "2026-01-02", "edit": edit}
    (folder / LOG).write_text("\n" + json.dumps(record) + "\n", encoding="utf-8")
    with pytest.raises(DossierError, match=rf"reviews\.jsonl:2: .*{message}"):
        build(folder)
    record = {"claim": threat.claim, "decision": "withdraw", "by": "A", "at": "2026-01-03"}
    append(folder / LOG, parse(folder / LOG, json.dumps(record), NAMES), NAMES)
    assert states(build(folder))[threat.claim] == "Unreviewed"


# ---- names


def test_a_merged_name_is_the_entity_everywhere(desk: Desk, folder: Path, first: KnowledgeGraph) -> None:
    threat = asked(desk, THREAT)
    assert desk.proposal(MACRON) == MAKRON
    sitting = session(desk, threat)
    sitting.merge(MACRON, MAKRON)
    assert sitting.current == threat, "the claim itself is still to be decided"
    assert desk.fields(threat).recipients == (MAKRON,)
    assert desk.candidates(threat) == []
    sitting.accept()
    graph = build(folder)
    used = {quad.graph for quad in graph.store.quads() if MACRON in (quad.subject, quad.object)}
    assert used == {NAMES.graph("reviews")}
    assert holds(graph, f'GRAPH graph:reviews {{ <{MAKRON}> skos:altLabel "Emmanuel Macron"@en }}')
    assert holds(graph, f"<{FINLAND}> kg:threatens <{MAKRON}>")
    assert holds(graph, f"?m kg:refersTo <{MAKRON}> ; oa:exact 'Emmanuel Macron'")
    assert holds(graph, f"?e a kg:Meeting ; kg:actor <{MAKRON}> , <{NIINISTO}>")
    assert graph.find("Emmanuel Macron") == MAKRON
    assert check(graph).conforms, check(graph).text("en", 100)
    assert asked(desk_of(graph, folder), THREAT).key == threat.key
    sitting.undo()
    sitting.undo()
    assert drawn(build(folder)) == drawn(first)


def test_names_kept_apart_are_not_proposed_again(desk: Desk) -> None:
    sitting = session(desk, asked(desk, THREAT))
    sitting.keep_apart(MACRON, MAKRON)
    assert desk.proposal(MACRON) != MAKRON
    sitting.undo()
    assert desk.proposal(MACRON) == MAKRON


def test_keeping_apart_ends_a_merge_of_the_two() -> None:
    merge = Review("merge", "A", "2026-01-01", candidate="c", entity="e")
    apart = Review("apart", "A", "2026-01-02", candidate="c", entity="e")
    assert Log((merge,)).into == {"c": "e"}
    assert Log((merge, apart)).into == {}
    assert Log((apart, merge)).apart == set()
    assert Log((merge, Review("withdraw", "A", "2026-01-03", candidate="c"))).into == {}
    chain = Log((merge, Review("merge", "A", "2026-01-01", candidate="e", entity="f")))
    assert chain.into == {"c": "f", "e": "f"}


def test_merges_in_a_circle_are_refused_before_they_are_written(desk: Desk, folder: Path) -> None:
    other = NAMES.thing("candidate", "other")
    append(desk.file, [Review("merge", "A", "2026-01-01", candidate=other, entity=MACRON)], NAMES)
    before = desk.file.read_bytes()
    with pytest.raises(DossierError, match="circle"):
        session(desk, asked(desk, THREAT)).merge(MACRON, other)
    assert desk.file.read_bytes() == before
    append(desk.file, [Review("merge", "A", "2026-01-01", candidate=MACRON, entity=other)], NAMES)
    with pytest.raises(DossierError, match=r"reviews\.jsonl:[12]: .*circle"):
        build(folder)


def test_a_merge_into_nothing_stops_the_build_with_its_line(folder: Path) -> None:
    append(folder / LOG, [Review("merge", "A", "2026-01-01", candidate=MACRON, entity=NAMES.thing("person", "gone"))], NAMES)
    with pytest.raises(DossierError, match=r"reviews\.jsonl:1: .*person/gone is described nowhere"):
        build(folder)


# ---- the log


REVIEWS = (
    Review("accept", "Ä. Cürator", "2026-11-24T16:30:00Z", NAMES.thing("claim", "ab"), "cd", "Er sagte: „Ja\u2028nein.“", note="so"),
    Review("edit", "A", "2026-11-24", NAMES.thing("claim", "ab"), edit=Edit("Visit", (FINLAND,), (), "planned", (FRANCE,))),
    Review("edit", "A", "2026-11-24", NAMES.thing("claim", "ab"), edit=Edit(status="possible")),
    Review("withdraw", "A", "2026-11-24", NAMES.thing("claim", "ab"), "cd"),
    Review("merge", "A", "2026-11-24", candidate=MACRON, entity=MAKRON, name="Macron", language="en"),
    Review("withdraw", "A", "2026-11-24", candidate=MACRON),
    Review("apart", "A", "2026-11-24", candidate=MACRON, entity=MAKRON),
    Review("withdraw", "A", "2026-11-24", candidate=MACRON, entity=MAKRON),
)


@pytest.mark.parametrize("review", REVIEWS, ids=lambda review: review.decision)
def test_a_decision_is_one_sorted_line_and_is_read_back(review: Review) -> None:
    line = render(review, NAMES)
    assert line.count("\n") == 1
    assert line.endswith("}\n")
    record = json.loads(line)
    assert list(record) == sorted(record)
    (read,) = parse(LOG, line, NAMES)
    assert read == (review if not review.quote else Review(**{**_fields(review), "quote": " ".join(review.quote.split())}))


def _fields(review: Review) -> dict[str, object]:
    return {name: getattr(review, name) for name in Review.__slots__}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"claim": "a", "decision": "acc', "no JSON object"),
        ("[1]", "no JSON object"),
        ('{"claim": "a", "by": "A", "at": "2026-01-01"}', "lacks 'decision'"),
        ('{"claim": "a", "decision": "accept", "at": "2026-01-01"}', "lacks 'by'"),
        ('{"decision": "accept", "by": "A", "at": "2026-01-01"}', "lacks 'claim'"),
        ('{"claim": "a", "decision": "maybe", "by": "A", "at": "2026-01-01"}', "unknown decision 'maybe'"),
        ('{"claim": "a", "decision": "accept", "by": " ", "at": "2026-01-01"}', "who decided"),
        ('{"claim": "a", "decision": "accept", "by": "A", "at": "yesterday"}', "isoformat"),
        ('{"claim": "a b", "decision": "accept", "by": "A", "at": "2026-01-01"}', "not a usable name"),
        ('{"claim": "a", "decision": "edit", "by": "A", "at": "2026-01-01"}', "lacks 'edit'"),
        ('{"claim": "a", "decision": "edit", "edit": {}, "by": "A", "at": "2026-01-01"}', "corrected fields"),
        ('{"claim": "a", "decision": "edit", "edit": {"colour": "x"}, "by": "A", "at": "2026-01-01"}', "no field 'colour'"),
        ('{"claim": "a", "decision": "edit", "edit": {"status": "x"}, "by": "A", "at": "2026-01-01"}', "unknown status 'x'"),
        ('{"claim": "a", "decision": "edit", "edit": {"actors": "state:x"}, "by": "A", "at": "2026-01-01"}', "list of IRIs"),
        ('{"decision": "merge", "merge": "candidate:x", "by": "A", "at": "2026-01-01"}', "lacks 'into'"),
        ('{"decision": "merge", "merge": "https://elsewhere.org/x", "into": "state:x", "by": "A", "at": "2026-01-01"}', "no thing"),
    ],
)
def test_a_damaged_line_is_named_and_nothing_is_lost(desk: Desk, folder: Path, line: str, message: str) -> None:
    session(desk).accept()
    with desk.file.open("a", encoding="utf-8") as log:
        log.write(line + "\n")
    before = desk.file.read_bytes()
    for use in (desk.open, lambda: build(folder)):
        with pytest.raises(DossierError, match=r"reviews\.jsonl:2: this line is no review: ") as error:
            use()
        assert message in str(error.value).replace("Isoformat", "isoformat")
    assert desk.file.read_bytes() == before


def test_a_line_without_its_end_is_not_written_into(desk: Desk) -> None:
    session(desk).accept()
    desk.file.write_bytes(desk.file.read_bytes().rstrip(b"\n"))
    session(desk).accept()
    assert [record["decision"] for record in lines(desk)] == ["accept", "accept"]
    assert desk.file.read_bytes().endswith(b"}\n")


def test_many_writers_at_once_do_not_mix_their_lines(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from kg.terms import Names\n"
        "from kg.extract.reviews import Review; from kg.review.desk import append\n"
        "names = Names('https://example.org/small/')\n"
        "for n in range(40): append(Path(sys.argv[1]), [Review('accept', sys.argv[2], '2026-01-01', names.thing('claim', str(n)),"
        " quote='x' * 3000)] * 2, names)"
    )
    file = tmp_path / "reviews.jsonl"
    running = [subprocess.Popen([sys.executable, "-c", program, str(file), by]) for by in ("A", "B", "C")]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    found = parse(file, file.read_text(encoding="utf-8"), NAMES)
    assert {by: [r.claim.rsplit("/", 1)[1] for r in found if r.by == by] for by in "ABC"} == {
        by: [str(n) for n in range(40) for _ in range(2)] for by in "ABC"
    }


def test_the_packaged_dossier_is_not_written(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = folder.rename(folder.with_name("_dossier"))
    monkeypatch.setattr(desks, "packaged", lambda: inside)
    with pytest.raises(DossierError, match=r"packaged dossier is not for editing.*kg init"):
        append(inside / LOG, REVIEWS, NAMES)
    assert not (inside / LOG).exists()


# ---- the spreadsheet


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def changed(desk: Desk, file: Path, change: Callable[[list[dict[str, str]]], object], delimiter: str = ",") -> Path:
    rows = rows_of(sheet.export(desk))
    change(rows)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, sheet.COLUMNS, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return file


def row(rows: list[dict[str, str]], begins: str) -> dict[str, str]:
    return next(found for found in rows if found["quote"].startswith(begins))


def read(desk: Desk, file: Path) -> list[Review]:
    return sheet.read(desk, file, "A. Curator", lambda: "2026-11-24T16:00:00Z")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_is_changed_in_a_spreadsheet_becomes_decisions(desk: Desk, folder: Path, tmp_path: Path, delimiter: str) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        row(rows, BLOCKADE)["decision"] = "Reject"
        row(rows, BLOCKADE)["note"] = "no blockade"
        row(rows, THREAT).update(type="accuse", recipients="Frankreich; Emmanuel Macron")
        row(rows, "Emmanuel Macron met")["decision"] = "accept"

    found = read(desk, changed(desk, tmp_path / "claims.csv", change, delimiter))
    desk.write(found)
    assert sorted((r.decision, r.note) for r in found) == [("accept", ""), ("edit", ""), ("reject", "no blockade")]
    assert next(r for r in found if r.decision == "edit").edit == Edit("Accuse", (FINLAND,), (FRANCE, MACRON))
    assert states(build(folder))[asked(desk, BLOCKADE).claim] == "Rejected"
    again = rows_of(sheet.export(desk))
    assert row(again, THREAT)["type"] == "Accuse"
    assert row(again, THREAT)["decision"] == "edit"
    assert read(desk, changed(desk, tmp_path / "again.csv", lambda rows: rows, delimiter)) == []
    assert [bool(r["decision"]) for r in again] == [False, False, True, True, True], "open claims come first"

    def clear(rows: list[dict[str, str]]) -> None:
        row(rows, THREAT)["decision"] = ""

    (taken,) = read(desk, changed(desk, tmp_path / "third.csv", clear, delimiter))
    assert (taken.decision, taken.claim) == ("withdraw", asked(desk, THREAT).claim)


def test_an_export_runs_nothing_and_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = dossier(tmp_path / "formula", "=Finland threatened France.\n\n+Finland accused France, it said.\n")
    desk = open_desk(folder)
    assert desk.all
    data = sheet.export(desk)
    for cells in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    (tmp_path / "out.csv").write_bytes(data)
    assert any("'=Finland" in cell or "'+Finland" in cell for cells in csv.reader(io.StringIO(data.decode())) for cell in cells)
    assert read(desk, tmp_path / "out.csv") == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows[1].update(decision="yes"), "unknown decision 'yes'"),
        (lambda rows: rows[1].update(key="0000"), "no claim has the key '0000'"),
        (lambda rows: rows[1].update(key=rows[0]["key"]), "stands in line 2 too"),
        (lambda rows: rows[1].update(actors="Atlantis"), "'Atlantis'"),
        (lambda rows: rows[1].update(actors=""), "somebody has to act"),
        (lambda rows: rows[1].update(type="Summti"), "did you mean .*Summit"),
        (lambda rows: rows[1].update(status="done"), "a status is one of occurred"),
        (lambda rows: rows[1].update(type="AllyOf", recipients=""), "between one actor and one recipient"),
        (lambda rows: rows[1].update(decision="reject", status="possible"), "'status' was changed, yet the decision is reject"),
        (lambda rows: rows[1].update(decision="edit"), "nothing was changed"),
        (lambda rows: rows[1].update(note="hm"), "a note but no decision"),
        (lambda rows: rows[1].update(quote="Something else."), "the sentence was changed"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_taken_over(
    desk: Desk, tmp_path: Path, change: Callable[[list[dict[str, str]]], object], message: str
) -> None:
    def both(rows: list[dict[str, str]]) -> None:
        rows[0]["decision"] = "accept"
        change(rows)

    with pytest.raises(DossierError, match=rf"claims\.csv:3: .*{message}"):
        desk.write(read(desk, changed(desk, tmp_path / "claims.csv", both)))
    assert not desk.file.exists()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "claims.csv: this file is empty"),
        (b"key,decision\n1,accept\n", "claims.csv:1: the column 'type' is missing"),
        ((",".join(sheet.COLUMNS) + "\n1,accept\n").encode(), "claims.csv:2: this row has 2 cells"),
        ((",".join(sheet.COLUMNS) + '\n"1,accept\n').encode(), "claims.csv:2: this row cannot be read"),
        ((",".join(sheet.COLUMNS) + "\nö").encode("latin-1"), "claims.csv:2: this file is not UTF-8"),
    ],
)
def test_a_file_that_is_no_such_spreadsheet_is_refused(desk: Desk, tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "claims.csv").write_bytes(data)
    with pytest.raises(KgError) as error:
        read(desk, tmp_path / "claims.csv")
    assert message in str(error.value)
