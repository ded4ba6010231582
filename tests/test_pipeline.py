"""The whole build: the same bytes every time, nothing undated or unnamed in it, and every rule, review and document where it belongs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import kg
from kg.errors import KgError
from kg.graph import KnowledgeGraph, open_graph
from kg.ontology import Dossier, create, packaged
from kg.pipeline import build, check
from kg.terms import XSD

DATATYPES = {XSD + n for n in ("integer", "decimal", "double", "boolean", "string", "date", "gYearMonth", "gYear", "dateTime")}


@pytest.fixture(scope="module", name="small")
def _small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dossier") / "small"
    create(folder, "Small", "https://example.org/small/")
    return folder


def test_the_same_files_give_the_same_bytes_in_any_process(small: Path) -> None:
    code = f"import kg, hashlib, pathlib; print(hashlib.sha256(kg.build(pathlib.Path({str(small)!r})).store.dump('nq')).hexdigest())"
    digests = set()
    for seed in ("0", "1", "4242"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": f"UTC+{seed[0]}", "LC_ALL": "C"}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True, timeout=120)
        digests.add(done.stdout)
    assert len(digests) == 1


def test_no_blank_nodes_and_only_plain_datatypes(built: KnowledgeGraph) -> None:
    for quad in built.store.quads():
        assert not quad.subject.startswith("_:")
        assert quad.datatype or not quad.object.startswith("_:")
        assert not quad.datatype or quad.language or quad.datatype in DATATYPES, quad
        assert quad.graph


def test_each_file_has_its_graph(built: KnowledgeGraph) -> None:
    assert built.dossier is not None
    expected = {"schema", "inferred", "provenance"}
    expected |= {f"facts/{file.stem}" for file in built.dossier.facts}
    expected |= {f"document/{file.stem}" for file in built.dossier.sources}
    found = {name.removeprefix(built.names.graph("")) for name in built.store.graphs()}
    assert found == expected


def test_every_quote_is_in_its_document(built: KnowledgeGraph) -> None:
    assert built.dossier is not None
    from kg.extract.documents import read

    texts = {built.names.thing("document", file.stem): read(file).text for file in built.dossier.sources}
    rows = list(
        built.store.select("SELECT ?d ?q ?s ?e { ?t oa:hasSource ?d ; oa:hasSelector ?x . ?x oa:exact ?q ; oa:start ?s ; oa:end ?e }")
    )
    assert len(rows) > 100
    for document, quote, start, end in rows:
        assert texts[document][int(start) : int(end)] == quote


def test_every_claim_says_where_it_comes_from(built: KnowledgeGraph) -> None:
    without = "SELECT ?c { ?c a kg:Claim . MINUS { ?c prov:wasDerivedFrom ?d } MINUS { ?c kg:reviewer ?r } }"
    assert list(built.store.select(without)) == []
    assert int(next(built.store.select("SELECT (COUNT(?c) AS ?n) { ?c a kg:Claim ; kg:speaker ?s }"))[0]) > 20


def test_every_shortcut_can_be_traced(built: KnowledgeGraph) -> None:
    for shortcut in ("leads", "metWith", "sanctions", "threatens", "alliedWith", "participatedIn"):
        rows = list(built.store.select(f"SELECT ?s ?o {{ ?s kg:{shortcut} ?o }}"))
        assert rows, shortcut
        traced = set(
            built.store.select(
                f"SELECT ?s ?o {{ ?t rdf:subject ?s ; rdf:predicate kg:{shortcut} ; rdf:object ?o ; prov:wasDerivedFrom ?e }}"
            )
        )
        assert set(rows) <= traced, shortcut


def test_the_packaged_dossier_conforms(built: KnowledgeGraph) -> None:
    report = check(built)
    assert report.conforms, report.text("en", 100)


def test_order_and_name_of_files_do_not_matter(small: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(small, other)
    facts = other / "facts" / "example.ttl"
    head, _, body = facts.read_text(encoding="utf-8").partition("\n\n")
    comment, *blocks = body.strip().split("\n\n")
    facts.write_text(head + "\n\n" + "\n\n".join([comment, *reversed(blocks)]) + "\n", encoding="utf-8")
    graphs = [graph for graph in build(small).store.graphs() if not graph.endswith("provenance")]
    one, two = build(small).store, build(other).store
    for graph in graphs:
        if "/document/" not in graph:
            assert one.dump("nt", graph) == two.dump("nt", graph)


def test_a_review_is_replayed(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "reviewed"
    shutil.copytree(small, folder)
    graph = build(folder)
    claims = sorted(row[0] for row in graph.store.select("SELECT ?c { ?c kg:reviewState kg:Unreviewed }"))
    assert len(claims) >= 2
    yes, no = (claim.rsplit("/", 1)[1] for claim in claims[:2])
    lines = [
        {"claim": yes, "decision": "accept", "by": "A", "at": "2026-01-02"},
        {"claim": no, "decision": "reject", "by": "A", "at": "2026-01-02"},
    ]
    (folder / "reviews.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    states = dict(build(folder).store.select("SELECT ?c ?r { ?c kg:reviewState ?r ; oa:hasTarget ?t }"))
    assert states[claims[0]].endswith("Accepted")
    assert states[claims[1]].endswith("Rejected")
    (folder / "reviews.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(KgError, match=r"reviews\.jsonl:1"):
        build(folder)


def test_two_documents_of_one_name_are_refused(small: Path, tmp_path: Path) -> None:
    (tmp_path / "example.txt").write_text("Text.", encoding="utf-8")
    with pytest.raises(KgError, match="two documents have the name 'example'"):
        build(small, articles=[tmp_path / "example.txt"])


def test_a_built_store_is_opened_with_its_prefixes(small: Path, tmp_path: Path) -> None:
    build(small, store=tmp_path / "store")
    graph = open_graph(tmp_path / "store", Dossier.load(small))
    assert graph.find("Niinistö") == "https://example.org/small/id/person/sauli-niinisto"
    assert bool(graph.query("ASK { state:finland a kg:State }"))
    assert len(graph) == len(build(small))


def test_progress_is_told(small: Path) -> None:
    told: list[tuple[str, int, int]] = []
    kg.build(small, progress=lambda *step: told.append(step))
    assert {stage for stage, _, _ in told} >= {"facts", "extraction", "rules"}
    assert all(0 <= done <= total for _, done, total in told)


def test_the_packaged_dossier_is_found_from_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    from kg.ontology import locate

    assert locate() == packaged()
    monkeypatch.setenv("KG_DOSSIER", "elsewhere")
    assert locate() == Path("elsewhere")
