"""What a query means, as a tree of the SPARQL algebra.

Oxigraph has no way from Python to show its plan. So this is the algebra of the SPARQL 1.1 recommendation (section 18), as rdflib
translates a query into it: what is computed, from the inside out. The engine is free to do it in another order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rdflib import BNode, Literal, URIRef, Variable
from rdflib.paths import Path
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue

from kg.errors import QueryError
from kg.terms import shorten

SAYS = {
    "SelectQuery": "select",
    "ConstructQuery": "construct",
    "AskQuery": "ask whether there is any",
    "DescribeQuery": "describe",
    "Project": "keep the columns",
    "Distinct": "drop repeated rows",
    "Reduced": "may drop repeated rows",
    "OrderBy": "sort",
    "Slice": "take",
    "Filter": "keep rows where",
    "LeftJoin": "left join (OPTIONAL)",
    "Join": "join",
    "Union": "union",
    "Minus": "minus",
    "BGP": "match",
    "Graph": "in the graph",
    "Extend": "compute",
    "Group": "group",
    "AggregateJoin": "aggregate",
    "ToMultiSet": "rows given by",
    "values": "values",
    "ServiceGraphPattern": "ask another server",
}
ARGUMENTS = ("arg", "arg1", "arg2", "arg3", "text", "pattern", "start", "length", "replacement", "replace", "flags")


def explain(sparql: str, prefixes: Mapping[str, str]) -> str:
    """The algebra of a query as an indented tree, one operation a line.

    Raises
    ------
    QueryError
        If rdflib cannot parse it (what SPARQL 1.2 brought, for one).
    """
    try:
        tree = prepareQuery(sparql, initNs=dict(prefixes)).algebra
    except Exception as error:  # the parser and its translation raise many kinds
        raise QueryError(f"there is no algebra of this query: {' '.join(str(error).split())[:160]}") from error
    return "\n".join(_Tree(prefixes).lines(tree, 0)) + "\n"


class _Tree:
    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = prefixes

    def lines(self, node: CompValue, depth: int) -> Iterator[str]:
        """An operation and those that it works on."""
        what = self.what(node)
        yield "  " * depth + " ".join([SAYS.get(node.name, node.name), *([what] if what else [])])
        if node.name == "BGP":
            for triple in node.triples:
                yield "  " * (depth + 1) + " ".join(self.term(term) for term in triple)
        for key in ("p", "p1", "p2", "graph"):
            if key in node and isinstance(part := node[key], CompValue):
                yield from self.lines(part, depth + 1)
        if node.name == "ConstructQuery":
            yield "  " * (depth + 1) + "for each row write"
            for triple in node.template or ():
                yield "  " * (depth + 2) + " ".join(self.term(term) for term in triple)

    def what(self, node: CompValue) -> str:
        """What an operation is given beside its rows."""
        name = node.name
        if name in ("Project", "SelectQuery"):
            return " ".join(self.term(v) for v in node.PV) if name == "Project" else ""
        if name == "OrderBy":
            return ", ".join(f"{self.term(c.expr)}{' descending' if c.order == 'DESC' else ''}" for c in node.expr)
        if name == "Slice":
            return f"{'all' if node.length is None else node.length} rows from row {node.start + 1}"
        if name in ("Filter", "LeftJoin"):
            text = self.term(node.expr)
            return "" if text in ("true", "always") else f"on {text}" if name == "LeftJoin" else text
        if name == "Extend":
            return f"{self.term(node.var)} = {self.term(node.expr)}"
        if name == "Graph":
            return self.term(node.term)
        if name == "Group":
            return f"by {', '.join(self.term(e) for e in node.expr)}" if node.expr else "all rows"
        if name == "AggregateJoin":
            return ", ".join(f"{self.term(a.res)} = {self.aggregate(a)}" for a in node.A)
        if name == "values":
            return f"{len(node.res)} rows"
        if name == "ServiceGraphPattern":
            return self.term(node.term)
        return " ".join(self.term(v) for v in node.PV) if name == "DescribeQuery" and node.PV else ""

    def aggregate(self, node: CompValue) -> str:
        """An aggregate as it is written."""
        inner = self.term(node.vars) if node.vars is not None else "*"
        name = {"GroupConcat": "GROUP_CONCAT"}.get(short := node.name.removeprefix("Aggregate_"), short.upper())
        return f"{name}({'DISTINCT ' if node.distinct else ''}{inner})"

    def term(self, term: Any) -> str:
        """A term or an expression in one line."""
        if isinstance(term, Variable):
            return f"?{term}"
        if isinstance(term, URIRef):
            short = shorten(str(term), self.prefixes)
            return "a" if short == "rdf:type" else short
        if isinstance(term, BNode):
            return f"[{str(term)[:6]}]"
        if isinstance(term, Literal):
            return str(term) if str(term.datatype or "").endswith(("#integer", "#boolean", "#decimal")) else f'"{term}"'
        if isinstance(term, Path):
            return term.n3() if not self.prefixes else self.path(term)
        if isinstance(term, CompValue):
            return self.expression(term)
        if isinstance(term, (list, tuple)):
            return ", ".join(self.term(part) for part in term)
        return str(term)

    def path(self, path: Path) -> str:
        """A property path with prefixed names."""
        text = str(path.n3())
        for prefix, space in self.prefixes.items():
            text = text.replace(f"<{space}", f"<{prefix}:")
        return text.replace("<", "").replace(">", "")

    def expression(self, node: CompValue) -> str:
        """An expression as it might be written."""
        name = node.name
        if name == "TrueFilter":
            return "always"
        if name in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
            inside = " . ".join(line.strip() for line in self.lines(node.graph, 0) if line.strip() not in ("join", "match"))
            return f"{'NOT ' if name.endswith('NOTEXISTS') else ''}EXISTS {{ {inside} }}"
        if name in ("RelationalExpression", "AdditiveExpression", "MultiplicativeExpression"):
            operators = node.op if isinstance(node.op, list) else [node.op]
            others = node.other if isinstance(node.other, list) and name != "RelationalExpression" else [node.other]
            rest = " ".join(
                f"{op} {f'({self.term(other)})' if isinstance(other, list) else self.term(other)}"
                for op, other in zip(operators, others, strict=False)
            )
            return f"{self.term(node.expr)} {rest}".strip()
        if name in ("ConditionalAndExpression", "ConditionalOrExpression"):
            word = " && " if "And" in name else " || "
            return f"({word.join(self.term(part) for part in [node.expr, *(node.other or [])])})"
        if name in ("UnaryNot", "UnaryMinus", "UnaryPlus"):
            return {"UnaryNot": "!", "UnaryMinus": "-", "UnaryPlus": "+"}[name] + self.term(node.expr)
        if name.startswith("Builtin_"):
            given = [self.term(node[key]) for key in ARGUMENTS if key in node and node[key] is not None]
            return f"{name.removeprefix('Builtin_')}({', '.join(given)})"
        if name == "Function":
            return f"{self.term(node.iri)}({', '.join(self.term(part) for part in node.expr or [])})"
        if "expr" in node and len(node) == 1:
            return self.term(node.expr)
        return f"{name}({', '.join(self.term(part) for part in node.values())})"
