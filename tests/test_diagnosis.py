"""What is said of a query that cannot be parsed: the place, and what would do."""

from __future__ import annotations

import time
import unicodedata

import pytest

from kg.errors import QueryError
from kg.store.oxigraph import open_memory

STORE = open_memory()


def error(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        STORE.query(text)
    return caught.value


# The query, with ‸ before the word at fault; and what is said.
CASES = [
    ("SELECT ?s { ?s ‸foo:bar 1 }", "the prefix foo: is not declared (did you mean foaf:?)"),
    ("SELECT ?s { ?s a ‸kgg:Summit }", "did you mean kg:?"),
    ("SELECT ?s { ?s kg:date '2018'^^‸xds:date }", "did you mean xsd:"),
    ("SELECT ?s WHERE { ?s ?p ‸}", "'}' cannot stand here"),
    ("‸SELEC ?s {}", "did you mean SELECT?"),
    ("SELECT ?s { ?s ?p ?o } ORDER ‸?s", "'?s' cannot stand here"),
    ("SELECT (COUNT(?s) AS ‸n) {?s ?p ?o}", "a variable a ?"),
    ("SELECT ?s { ?s ?p ?o FILTER(?o > ‸) }", "')' cannot stand here"),
    ('SELECT ?s { ?s ?p ‸"abc }', "string that begins here is not closed"),
    ("SELECT ?s {\n ?s ?p ?o .\n FILTER ‸EXIST { ?s ?p 1 }\n}", "did you mean EXISTS?"),
    ("SELECT ?s {?s ?p ?o ‸FILTR(?o>1)}", "did you mean FILTER?"),
    ("SELECT ?x { BIND(1 AS ?x) BIND(2 AS ‸?x) }", "?x has a value already"),
    ("SELECT * { ?s ‸<rel> 1 }", "no whole IRI"),
    ("SELECT ?s { ?s ?p ?o } LIMIT ‸x", "'x' cannot stand here"),
    ("SELECT DISTINCT ‸{ ?s ?p ?o }", "'{' cannot stand here"),
    ("SELECT ?s { ?s ?p ?o }‸}", "this '}' closes nothing"),
    ("SELECT ?s { ?s a ‸Summit }", "a name needs a prefix"),
    ("SELECT ?s { ?s a kg:Summit ‸?s kg:date ?d }", "'?s' cannot stand here"),
    ("SELECT ?s { ?s a kg:Summit } ORDER BY DESC ‸?s", "'(' is expected"),
    ("SELECT ?s‸, ?p { ?s ?p ?o }", "',' cannot stand here"),
    ("SELECT ?s WHERE ‸?s ?p ?o", "'{' is expected"),
    ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ‸} }", "'}' cannot stand here"),
    ("SELECT ?s {‸", "the '{' of line 1, column 11 is not closed"),
    ("SELECT ?s { ?s a kg:Summit OPTIONAL { ?s kg:date ?d }‸", "the '{' of line 1, column 11 is not closed"),
    ("DESCRIBE‸", "ends too early"),
    ("PREFIX x: <http://x/>‸", "prefixes only"),
]


@pytest.mark.parametrize(("marked", "said"), CASES)
def test_the_place_is_the_word_at_fault(marked: str, said: str) -> None:
    before, text = marked.partition("‸")[0], marked.replace("‸", "")
    found = error(text)
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    assert str(found).startswith(f"line {line}, column {column}: ")
    assert said in str(found)
    assert found.line == line
    assert found.excerpt == (text.split("\n")[line - 1], " " * (column - 1) + "^")
    assert "expected one of" not in str(found) and len(str(found)) < 140


def test_what_has_no_place() -> None:
    assert "SELECT names a variable" in str(error("SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o }"))
    assert "does not go with GROUP BY" in str(error("SELECT * { ?s ?p ?o } GROUP BY ?s"))
    assert "this is an update; kg query only reads" in str(error("INSERT DATA { <a:b> <a:b> 1 }"))
    assert str(error("# nothing")) == "the query is empty"


def test_the_caret_stands_under_its_word_also_behind_korean() -> None:
    line, caret = error('SELECT ?s { ?s rdfs:label "북한"@ko ; foo:x 1 }').excerpt
    before = line[: line.index("foo:")]
    assert len(caret) - 1 == sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in before)


def test_a_long_line_is_cut_to_what_fits() -> None:
    line, caret = error("SELECT ?s { ?s a kg:Summit ." + " ?s kg:date ?d ." * 30 + " ?s ?p }").excerpt
    assert len(line) <= 76
    assert line[len(caret) - 1] == "}"


def test_a_long_query_is_looked_through_quickly() -> None:
    begin = time.process_time()
    assert "line 2001," in str(error("SELECT ?s {\n" + "?s kg:date ?d .\n" * 1999 + "?s ?p }"))
    assert time.process_time() - begin < 2


def test_star_has_the_order_of_the_text() -> None:
    assert STORE.query("SELECT * { ?z kg:p ?b . ?b kg:q ?a OPTIONAL { ?c kg:p ?z } }").variables == ("z", "b", "a", "c")
    assert STORE.query("SELECT DISTINCT * { { SELECT ?y ?x { ?x ?y ?hidden } } ?x ?k ?h }").variables == ("y", "x", "k", "h")
    assert STORE.query("SELECT * { }").variables == ()
