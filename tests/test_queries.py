from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from kg.errors import DossierError, NotFoundError, QueryError
from kg.graph import KnowledgeGraph
from kg.ontology import packaged, read_text
from kg.queries import TYPES, fill, parse, quote, substitute
from kg.store.oxigraph import open_memory
from tests.write_queries import CASES, PINS, answer, cases

FILES = sorted((packaged() / "queries").glob("*.rq"))
NAMES = [file.stem for file in FILES]


# The files


def test_the_dossier_has_the_queries_that_an_analyst_needs() -> None:
    assert len(FILES) >= 40
    needed = """
        leaders summits sanctions-on sanctions-after-tests threats cancelled exercise-contradictions contradictions singapore-promises
        demands programme-continues alliances events-of persons-by-summits single-source documents-mentioning meeting-places posts
        said-by-date unreviewed attributed timeline-of-pair letters visits-to caps promises who-speaks graphs classes sources
        events-on-day exercises relations-of represented"""
    assert set(needed.split()) <= set(NAMES)


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_a_query_file_says_what_it_answers_in_both_languages(file: Path) -> None:
    query = parse(file, read_text(file))
    assert query.title != query.title_de
    assert query.description != query.description_de
    assert len(query.title) <= 70 and len(query.title_de) <= 70
    for text in (query.description, query.description_de):
        assert text.endswith(".") and len(text) <= 160
    for parameter in query.parameters:
        assert parameter.type in TYPES
        assert parameter.label and parameter.label_de and parameter.label != parameter.label_de
        assert parameter.default is not None, "a query runs without being told anything"
    body = "\n".join(line for line in query.text.splitlines() if not line.startswith("#"))
    assert "PREFIX" not in body.upper()
    assert "_:" not in body
    assert body.rstrip().splitlines()[-1].startswith("ORDER BY"), "an answer has an order"
    assert all(len(line) <= 140 for line in body.splitlines())


# The answers


def test_every_pin_belongs_to_a_case(built: KnowledgeGraph) -> None:
    assert {name for name in CASES if name not in NAMES} == set()
    assert {file.stem for file in PINS.glob("*.tsv")} == set(cases(built)), "run: python -m tests.write_queries"


PINNED = sorted(file.stem for file in PINS.glob("*.tsv"))


@pytest.mark.parametrize("pin", PINNED)
def test_the_answer_is_as_pinned(built: KnowledgeGraph, pin: str) -> None:
    name, _, case = pin.partition("--")
    got = answer(built, name, CASES[name][case] if case else {}).decode()
    wanted = (PINS / f"{pin}.tsv").read_text(encoding="utf-8")
    assert got.splitlines() == wanted.splitlines(), f"if {pin} should change, run: python -m tests.write_queries"


@pytest.mark.parametrize("name", NAMES)
def test_no_query_takes_a_second(built: KnowledgeGraph, name: str) -> None:
    begin = time.perf_counter()
    rows = list(built.query(name).cells())
    assert time.perf_counter() - begin < 1.0
    assert len(set(rows)) == len(rows), "a fact has one row"


def test_answers_do_not_depend_on_the_order_of_loading(built: KnowledgeGraph) -> None:
    store = open_memory(built.prefixes)
    store.extend(sorted(built.store.quads(), reverse=True))
    other = KnowledgeGraph(store, built.names, built.dossier)
    for pin, (name, values) in cases(built).items():
        assert answer(other, name, values) == answer(built, name, values), pin


def test_columns_are_plain_words(built: KnowledgeGraph) -> None:
    for name in NAMES:
        for variable in built.query(name).variables:
            assert variable.replace("_", "").isalpha() and variable == variable.lower(), f"{name}: {variable}"


# Parameters


HEADER = "# title: a\n# title-de: b\n# description: c\n# description-de: d\n"


def no_entity(type_: str, value: str) -> str:
    raise NotFoundError(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT * {}", "has no '# title: …'"),
        (HEADER + "# title: again\nSELECT * {}", "'title' twice"),
        (HEADER + "# param: x date\nSELECT ($x AS ?y) {}", "a parameter is written"),
        (HEADER + "# param: x colour - | a | b\nSELECT ($x AS ?y) {}", "a parameter is written"),
        (HEADER + "SELECT ($x AS ?y) {}", "$x is used"),
        (HEADER + "# param: x date - | a | b\nSELECT * {}", "'x' is declared but not used"),
        (HEADER + '# param: x date - | a | b\nSELECT ("$x" AS ?y) {} # $x', "'x' is declared but not used"),
    ],
)
def test_a_wrong_header_is_refused_with_its_file(text: str, said: str) -> None:
    with pytest.raises(DossierError) as caught:
        parse(Path("some.rq"), text)
    assert said in str(caught.value) and str(caught.value).startswith("some.rq:")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"when": "2018"}, "no parameter 'when'"),
        ({}, "needs a value: day"),
        ({"day": "12.6.2018"}, "a date is needed"),
        ({"day": "2018-13"}, "a date is needed"),
        ({"day": '2018" || true #'}, "a date is needed"),
        ({"day": "2018", "rows": "1; DROP ALL"}, "a whole number is needed"),
    ],
)
def test_a_wrong_value_is_refused(values: Mapping[str, str], said: str) -> None:
    text = HEADER + "# param: day date - | a | b\n# param: rows integer 5 | a | b\nSELECT ($day AS ?x) {} LIMIT $rows"
    with pytest.raises(QueryError, match=said):
        fill(parse(Path("some.rq"), text), values, no_entity)


def test_nothing_in_a_value_becomes_syntax() -> None:
    text = HEADER + '# param: word text - | a | b\nSELECT ($word AS ?x) ("$word" AS ?y) {} # $word'
    query = parse(Path("some.rq"), text)
    hostile = 'a" AS ?z) { ?s ?p ?o } #\n\\'
    row = next(iter(open_memory({}).query(fill(query, {"word": hostile}, no_entity))))
    assert [str(term) for term in row] == [hostile, "$word"]
    assert quote("a\tb") == '"a\\tb"'
    assert substitute("<http://e.org/$x> $x 'it''s $x'", {"x": "1"}) == "<http://e.org/$x> 1 'it''s $x'"


def test_an_unknown_name_is_refused_with_the_nearest(built: KnowledgeGraph) -> None:
    with pytest.raises(NotFoundError, match="North Korea"):
        built.query("events-of", actor="North Korae")
