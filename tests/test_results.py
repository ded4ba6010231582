"""Rows as the W3C result documents, to the byte."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ET

import pytest
import rdflib.query
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import ExportError
from kg.export.results import markdown, results, truth
from kg.model import Quad
from kg.store.convert import LANG_STRING, STRING
from kg.store.oxigraph import open_memory
from kg.terms import XSD

QUERY = r"""SELECT ?a ?b ?c ?d { VALUES (?a ?b ?c ?d) {
  (1 1.50 1.0e3 true)
  ("a,b" "q\"x\ty\nz\\" "hé"@de <http://e/x;y>)
  (UNDEF "x"^^<http://e/dt> "2018-01"^^xsd:gYearMonth UNDEF)
  (UNDEF UNDEF UNDEF UNDEF)
  (" s " "" "<&>]]>'" "-1.5"^^xsd:decimal)
  ("북한"@ko "no, \"quotes\"" "007"^^xsd:integer "1e400"^^xsd:double)
} }"""


@pytest.mark.parametrize("format", ["csv", "tsv", "json", "xml"])
@pytest.mark.parametrize("query", [QUERY, "SELECT ?x { FILTER(false) }", "SELECT ?x { VALUES ?x { UNDEF } }", "SELECT * {}"])
def test_the_bytes_are_those_of_the_engine(format: str, query: str) -> None:
    store = open_memory()
    wanted = store.query(query).serialize(format)
    found = store.query(query)
    assert results(found.variables, list(found.cells()), format) == wanted


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r", exclude_categories=("Cs", "Cc")), max_size=12)


@given(st.lists(TEXT, max_size=5))
def test_any_text_comes_through_all_four(texts: list[str]) -> None:
    rows = [(Quad("", "", text, "", STRING), Quad("", "", text, "", LANG_STRING, "de")) for text in texts]
    store = open_memory()
    for form in ("json", "xml"):
        read = rdflib.query.Result.parse(io.BytesIO(results(("a", "b"), rows, form)), format=form)
        assert [tuple(map(str, row)) for row in read] == [(text, text) for text in texts]
    quoted = results(("a", "b"), rows, "tsv").decode().split("\n")[1:-1]
    for line, text in zip(quoted, texts, strict=True):
        back = next(iter(store.query(f"SELECT ({line.split(chr(9))[0]} AS ?x) {{}}")))
        assert str(back[0]) == text


# The example of https://www.w3.org/TR/sparql11-results-csv-tsv/, section 3.2 and 4.2.
EXAMPLE = [
    (Quad("", "", "_:x", ""), Quad("", "", "String", "", STRING)),
    (Quad("", "", "_:x", ""), Quad("", "", 'String-with-dquote"', "", STRING)),
    (Quad("", "", "_:b0", ""), Quad("", "", "Blank node", "", STRING)),
    (None, Quad("", "", "Missing 'x'", "", STRING)),
    (None, None),
    (Quad("", "", "http://example/x", ""), None),
    (Quad("", "", "_:b1", ""), Quad("", "", "String-with-lang", "", LANG_STRING, "en")),
    (Quad("", "", "_:b1", ""), Quad("", "", "123", "", XSD + "integer")),
]


def test_the_example_of_the_recommendation() -> None:
    assert results(("x", "literal"), EXAMPLE, "csv") == (
        b'x,literal\r\n_:x,String\r\n_:x,"String-with-dquote"""\r\n_:b0,Blank node\r\n,Missing \'x\'\r\n,\r\nhttp://example/x,\r\n'
        b"_:b1,String-with-lang\r\n_:b1,123\r\n"
    )
    assert results(("x", "literal"), EXAMPLE, "tsv") == (
        b'?x\t?literal\n_:x\t"String"\n_:x\t"String-with-dquote\\""\n_:b0\t"Blank node"\n\t"Missing \'x\'"\n\t\n<http://example/x>\t\n'
        b'_:b1\t"String-with-lang"@en\n_:b1\t123\n'
    )


def test_an_iri_with_a_comma_is_one_field() -> None:
    assert results(("x",), [(Quad("", "", "http://e/x,y", ""),)], "csv") == b'x\r\n"http://e/x,y"\r\n', (
        "the engine forgets the quotation marks"
    )


def test_xml_holds_what_xml_can_hold() -> None:
    data = results(("x",), [(Quad("", "", "a\rb\x01 ", "", STRING),)], "xml")
    assert "".join(ET.fromstring(data).itertext()) == "a\rb\ufffd "


def test_yes_and_no() -> None:
    assert json.loads(truth(True, "json")) == {"head": {}, "boolean": True}
    assert b"<boolean>false</boolean>" in truth(False, "xml")
    assert truth(False, "csv") == b"false\n"
    with pytest.raises(ExportError):
        truth(True, "turtle")
    with pytest.raises(ExportError):
        results((), [], "turtle")


def test_markdown_cannot_be_broken_out_of() -> None:
    assert markdown(("a", "b"), [("x|y", "<b>\nnext\\")]) == b"| a | b |\n| --- | --- |\n| x\\|y | &lt;b> next\\\\ |\n"
