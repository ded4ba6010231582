"""A small dossier with a document that gives claims of many kinds, for the tests of review."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path

from kg.graph import KnowledgeGraph
from kg.ontology import Dossier, create
from kg.pipeline import build
from kg.review.desk import Desk
from kg.review.questions import Question
from kg.review.session import Session
from kg.terms import Names

BASE = "https://example.org/small/"
NAMES = Names(BASE)
HEADER = '+++\ntitle = "A visit"\nlanguage = "en"\npublished = "2018-07-17"\nlicence = "CC-BY-4.0"\n+++\n'
TEXT = """Finland accused France of a blockade.

Emmanuel Macron met Niinistö in Helsinki on Monday.

Finland threatened Emmanuel Macron with sanctions.

Finnish President Sauli Niinistö met reporters.

Niinistö said that France threatened Finland.
"""
FRANCE = """
state:france a kg:State ; rdfs:label "France"@en , "Frankreich"@de ; kg:verification kg:Checked ; dcterms:source <https://example.org/f> .
person:makron a kg:Person ; rdfs:label "Emanuel Makron"@en , "Emanuel Makron"@de ; kg:ofState state:france ;
    kg:verification kg:Checked ; dcterms:source <https://example.org/p> .
"""
THREAT = "Finland threatened Emmanuel Macron"
BLOCKADE = "Finland accused France"


def dossier(folder: Path, text: str = TEXT) -> Path:
    """A new dossier whose one document has that text."""
    create(folder, "Small", BASE)
    facts = folder / "facts" / "example.ttl"
    facts.write_text(facts.read_text(encoding="utf-8") + FRANCE, encoding="utf-8")
    write(folder, text)
    return folder


def write(folder: Path, text: str) -> None:
    """Replace the document's text."""
    (folder / "sources" / "example.md").write_text(HEADER + text, encoding="utf-8")


def open_desk(folder: Path, language: str = "en") -> Desk:
    """A fresh build with its desk."""
    graph = build(folder)
    return desk_of(graph, folder, language)


def desk_of(graph: KnowledgeGraph, folder: Path, language: str = "en") -> Desk:
    """The desk over a graph that was built."""
    return Desk(graph.store, graph.names, Dossier.load(folder), language)


def session(desk: Desk, *questions: Question, by: str = "A. Curator") -> Session:
    """A sitting over some questions, or all open ones, with a clock of its own."""
    ticks = count()
    return Session(desk, questions or desk.open(), by, lambda: f"2026-11-24T16:00:{next(ticks):02}Z")


def asked(desk: Desk, begins: str, type_: str = "") -> Question:
    """The claim of a sentence that begins so, and of that class."""
    found = [q for q in desk.all if q.quote.startswith(begins) and type_ in ("", q.fields.type)]
    assert len(found) == 1, [(q.quote, q.fields.type) for q in found]
    return found[0]


def states(graph: KnowledgeGraph) -> dict[str, str]:
    """The review state (local name) of each claim drawn from a document."""
    rows = graph.store.select("SELECT ?c ?s { ?c kg:reviewState ?s ; oa:hasTarget ?t }")
    found = [(claim, state.rsplit("#", 1)[1]) for claim, state in rows]
    assert len(found) == len(dict(found)), "a claim has two states"
    return dict(found)


def lines(desk: Desk) -> list[dict[str, object]]:
    return [json.loads(line) for line in desk.file.read_text(encoding="utf-8").splitlines()]


def holds(graph: KnowledgeGraph, pattern: str) -> bool:
    return bool(graph.query(f"ASK {{ {pattern} }}"))


def drawn(graph: KnowledgeGraph) -> set[tuple[str, ...]]:
    """What the document gave, but for the run, whose name depends on every file of the dossier."""
    return {quad for quad in graph.store.quads(NAMES.graph("document/example")) if not quad.predicate.endswith("wasGeneratedBy")}
