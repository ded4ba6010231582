from __future__ import annotations

import pytest

from kg.sparql import declared, is_update, names, position, star, tokens, variables, without_service
from kg.store.lexical import reaches_out

PREFIXES = {"kg": "http://e/kg#", "state": "http://e/id/state/", "xsd": "http://e/xsd#"}


def words(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


def test_words_keep_their_place() -> None:
    text = "SELECT ?s # ?not kg:this\n{ ?s kg:a.b \"x # kg:no\"@de-AT, '1'^^xsd:date ; <http://e/#x> -1.5 . }"
    for token in tokens(text):
        assert text[token.start : token.end] == token.text
    assert words(text) == [
        *"SELECT ?s { ?s kg:a.b".split(), '"x # kg:no"@de-AT', ",", "'1'^^xsd:date", ";", "<http://e/#x>", "-", "1.5", ".", "}"
    ]  # fmt: skip


def test_a_name_ends_before_the_full_stop_behind_it() -> None:
    assert words("?s a kg:Summit.") == ["?s", "a", "kg:Summit", "."]
    assert words("?a<?b&&?c>?d") == ["?a", "<?b&&?c>", "?d"], "as the recommendation has it: an IRI may hold all of these"
    assert words("?a < ?b && ?c > ?d") == ["?a", "<", "?b", "&&", "?c", ">", "?d"]


def test_a_string_that_is_not_closed_is_told_apart() -> None:
    assert [token.kind for token in tokens('SELECT ?s { ?s ?p "abc }')][-3] == "open"
    assert words('"""a "quoted" \n text"""') == ['"""a "quoted" \n text"""']


def test_lines_and_columns_count_from_one() -> None:
    assert position("ab\ncd", 0) == (1, 1)
    assert position("ab\ncd", 4) == (2, 2)


@pytest.mark.parametrize(
    "text", ["INSERT DATA { }", "PREFIX x: <http://e/> delete where { ?s ?p ?o }", "# a\nDROP ALL", "WITH <a:b> DELETE { }"]
)
def test_updates(text: str) -> None:
    assert is_update(tokens(text))


def test_queries_are_no_updates() -> None:
    assert not is_update(tokens("SELECT ?delete { ?delete kg:insert 'DROP ALL' } # CLEAR"))
    assert not is_update(tokens(""))


def test_service_is_a_word_of_the_query_and_nothing_else() -> None:
    assert reaches_out("SELECT * { service silent <http://e> { ?s ?p ?o } }")
    for text in ("SELECT ?service {}", "SELECT * { ?s kg:service 'SERVICE' }", "ASK {} # SERVICE <x>", "ASK { ?s a <http://e/SERVICE> }"):
        assert not reaches_out(text), text
    given = "SELECT * { SERVICE SILENT <http://e> { ?s ?p ?o } }"
    assert len(without_service(given)) == len(given)
    assert not reaches_out(without_service(given))


def test_the_star_of_select_and_no_other() -> None:
    assert star(tokens("PREFIX a: <http://e/> SELECT DISTINCT * { }")) is not None
    assert star(tokens("SELECT (COUNT(*) AS ?n) { { SELECT * { } } }")) is None
    assert star(tokens("ASK { ?s kg:a* ?o }")) is None
    assert variables(tokens("SELECT * { ?z kg:p $a ; kg:q ?z # ?n\n }")) == ["z", "a"]


def test_names_leave_out_what_need_not_be_known() -> None:
    text = """PREFIX own: <http://own/>
    CONSTRUCT { ?s own:new kg:New }
    WHERE { ?s a kg:Summit, own:Thing ; kg:date ?d ; foo:x "kg:no" . FILTER(xsd:integer(?d) > '1'^^xsd:byte) ?s a state:a\\,b }"""
    assert [(name.text, name.iri) for name in names(text, PREFIXES)] == [
        ("kg:Summit", "http://e/kg#Summit"),
        ("own:Thing", "http://own/Thing"),
        ("kg:date", "http://e/kg#date"),
        ("foo:x", ""),
        ("state:a\\,b", "http://e/id/state/a,b"),
    ]
    assert declared(tokens(text)) == {"own": "http://own/"}
