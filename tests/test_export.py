from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import networkx as nx
import pytest
import rdflib

from kg.errors import ExportError
from kg.export.formats import FORMATS, export, guess, save
from kg.export.table import statements_csv, table_csv
from kg.mirror import mirror
from kg.store.oxigraph import open_memory
from kg.terms import OA
from tests.test_mirror import C1, C2, DRAWN, KP, QUADS, N, iri, text

TARGET, SELECTOR = N.thing("target", "t"), N.thing("selector", "s")
HOSTILE = [
    iri(C1, OA + "hasTarget", TARGET, DRAWN),
    iri(TARGET, OA + "hasSelector", SELECTOR, DRAWN),
    text(SELECTOR, OA + "exact", "Pyongyang threatens <Washington>", DRAWN),
    text(KP, "http://x/p", '=HYPERLINK("http://evil")', DRAWN),
    text(KP, "http://x/p", "</node><script>\x00\x1b[31m", DRAWN),
    text(KP, "http://x/p", "]]>&amp;", DRAWN, "en"),
]


def filled(quads: list) -> object:  # type: ignore[type-arg] # of quads
    store = open_memory()
    store.extend(quads)
    return store


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_bytes_for_any_order(form: str) -> None:
    shuffled = QUADS + HOSTILE
    random.Random(3).shuffle(shuffled)
    assert export(filled(QUADS + HOSTILE), N, form) == export(filled(shuffled), N, form)  # type: ignore[arg-type] # a store


def test_turtle_is_the_same_graph_for_rdflib_and_oxigraph() -> None:
    data = export(filled(QUADS), N, "turtle")  # type: ignore[arg-type] # as above
    again = open_memory()
    again.load(data, "turtle", DRAWN)
    theirs = {(str(s), str(p), str(o)) for s, p, o in rdflib.Graph().parse(data=data, format="turtle")}
    assert theirs == {quad[:3] for quad in again.quads()} == {quad[:3] for quad in QUADS}


@pytest.mark.parametrize(("form", "read"), [("graphml", nx.read_graphml), ("gexf", nx.read_gexf)])
def test_networks_are_read_back_with_nothing_lost(form: str, read: object) -> None:
    data = export(filled(QUADS + HOSTILE), N, form)  # type: ignore[arg-type] # as above
    ours = mirror(QUADS + HOSTILE, N)
    theirs = read(io.BytesIO(data))  # type: ignore[operator] # one of two readers
    folded = {C2, TARGET, SELECTOR}  # a curated fact's own claim, and what only carries evidence
    assert {node["iri"] for node in theirs.nodes.values()} == {n for n in ours if ours.nodes[n]["kind"]} - folded
    assert theirs.nodes["state:kp"]["label"] == "North Korea"
    edges = {(s, o, data["predicate"]) for s, o, data in theirs.edges(data=True)}
    assert edges >= {
        ("event:e2", "state:us", "kg:actor"),
        ("event:e1", "state:kp", "kg:actor"),
        ("claim:c1", "event:e1", "kg:states"),
        ("state:us", "state:kp", "kg:threatens"),
    }
    assert ("event:e2", "state:us", "kg:participant") not in edges, "a rule's link beside a stated one"
    assert theirs.nodes["claim:c1"]["status"] == "kg:Occurred"
    assert theirs.nodes["claim:c1"]["quote"] == "Pyongyang threatens <Washington>"


def test_csv_runs_nothing_in_a_spreadsheet() -> None:
    rows = list(csv.reader(io.StringIO(statements_csv(QUADS + HOSTILE, N.prefixes).decode("utf-8-sig"))))
    assert rows[0][0] == "subject"
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "-"))]
    assert '\'=HYPERLINK("http://evil")' in [cell for row in rows for cell in row]
    assert "북한" in [cell for row in rows for cell in row]


@pytest.mark.parametrize(
    ("cell", "safe"), [("=1", "'=1"), ("-1.5", "-1.5"), ("+49", "+49"), ("-a", "'-a"), ("--1", "'--1"), ("\tx", "'\tx"), ("x", "x")]
)
def test_cells(cell: str, safe: str) -> None:
    (row,) = list(csv.reader(io.StringIO(table_csv(["a"], [[cell]]).decode("utf-8-sig"))))[1:]
    assert row == [safe]


def test_one_graph_alone() -> None:
    data = export(filled(QUADS), N, "nt", DRAWN)  # type: ignore[arg-type] # as above
    assert len(data.splitlines()) == sum(quad.graph == DRAWN for quad in QUADS)


def test_what_cannot_be_exported_says_so(tmp_path: Path) -> None:
    store = filled(QUADS)
    with pytest.raises(ExportError, match="unknown format 'docx'"):
        export(store, N, "docx")  # type: ignore[arg-type] # as above
    with pytest.raises(ExportError, match="no graph"):
        export(store, N, "nt", "http://none")  # type: ignore[arg-type] # as above
    with pytest.raises(ExportError, match="all graphs together"):
        export(store, N, "gexf", DRAWN)  # type: ignore[arg-type] # as above
    with pytest.raises(ExportError, match="no format"):
        guess(Path("x.docx"))
    with pytest.raises(ExportError, match="no such folder"):
        save(b"", tmp_path / "none" / "x.ttl")
    with pytest.raises(ExportError, match="a folder"):
        save(b"", tmp_path)


def test_the_suffix_says_the_format() -> None:
    assert [guess(Path(name)) for name in ("a.ttl", "a.TRIG", "b.graphml", "c.csv")] == ["turtle", "trig", "graphml", "csv"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_one_clear_error() -> None:
    with pytest.raises(ExportError, match=r"/dev/full: cannot be written: No space left"):
        save(b"x" * 10, Path("/dev/full"))
