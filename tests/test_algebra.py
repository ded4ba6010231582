from __future__ import annotations

import pytest

from kg.errors import QueryError
from kg.graph import KnowledgeGraph
from kg.store.algebra import explain
from kg.terms import Names

PREFIXES = Names().prefixes


def test_the_tree_of_a_query() -> None:
    text = explain(
        """SELECT ?post (COUNT(DISTINCT ?t) AS ?n) {
          ?t a kg:Tenure ; kg:post ?post .
          OPTIONAL { ?t kg:end ?e FILTER(REGEX(STR(?e), "2018", "i") && ?x IN (1, 2)) }
          FILTER NOT EXISTS { ?t kg:verification kg:Unchecked }
          MINUS { ?t ^kg:states/kg:status kg:Planned }
        } GROUP BY ?post ORDER BY DESC(?n) LIMIT 5""",
        PREFIXES,
    )
    for line in (
        "take 5 rows from row 1",
        "keep the columns ?post ?n",
        "sort ?n descending",
        "group by ?post",
        "keep rows where NOT EXISTS { ?t kg:verification kg:Unchecked }",
        "minus",
        'left join (OPTIONAL) on (REGEX(STR(?e), "2018", "i") && ?x IN (1, 2))',
        "?t a kg:Tenure",
        "?t ^kg:states/kg:status kg:Planned",
    ):
        assert f"  {line}\n" in text, text
    assert "COUNT(DISTINCT ?t)" in text
    depth = {line.strip(): len(line) - len(line.lstrip()) for line in text.splitlines()}
    assert depth["minus"] < depth["?t a kg:Tenure"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("ASK { GRAPH ?g { ?s ?p ?o } }", "in the graph ?g"),
        ("CONSTRUCT { ?s a kg:New } WHERE { ?s a kg:State }", "for each row write\n    ?s a kg:New"),
        ("DESCRIBE state:north-korea", "describe state:north-korea"),
        ("SELECT * { { ?a ?b 1 } UNION { VALUES ?a { 1 2 } } FILTER(?a + 1 > -2 || !BOUND(?b)) }", "(?a + 1 > -2 || !BOUND(?b))"),
        ("SELECT * { ?a ?b ?c BIND(xsd:integer(?c) * 2 AS ?d) }", "compute ?d = xsd:integer(?c) * 2"),
    ],
)
def test_every_form(query: str, said: str) -> None:
    assert said in explain(query, PREFIXES)


def test_every_named_query_has_a_tree_without_names_of_rdflib(built: KnowledgeGraph) -> None:
    assert built.dossier is not None
    for name in built.dossier.queries:
        text = explain(built.text(name, {}), built.prefixes)
        for word in ("Builtin", "Expression", "CompValue", "set()", "Aggregate_", "ToMultiSet", "http://", "arg1"):
            assert word not in text, f"{name}: {text}"


def test_what_rdflib_cannot_parse_is_an_error() -> None:
    with pytest.raises(QueryError, match="no algebra"):
        explain("SELECT * { LATERAL { ?s ?p ?o } }", PREFIXES)
