"""Review: corrected claims, and names that are merged or kept apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.errors import DossierError
from kg.extract.replay import Known, Replayer
from kg.extract.reviews import Edit, Log, Review, keys, parse
from kg.graph import KnowledgeGraph
from kg.model import Claim, Document, Event, Extraction, Link, Mention
from kg.pipeline import build, check
from kg.review.desk import Desk, append
from kg.review.questions import Fields
from tests.review_support import (
    NAMES,
    THREAT,
    asked,
    desk_of,
    drawn,
    holds,
    lines,
    session,
    states,
)

MACRON = NAMES.mint("candidate", "Emmanuel Macron")
MAKRON = NAMES.thing("person", "makron")
FINLAND = NAMES.thing("state", "finland")
FRANCE = NAMES.thing("state", "france")
NIINISTO = NAMES.thing("person", "sauli-niinisto")
LOG = Path("reviews.jsonl")


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
