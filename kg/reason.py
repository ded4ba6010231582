"""Rules: SPARQL CONSTRUCT queries that are run over the whole graph until they add nothing more.

What rules add goes into one named graph, which is emptied first, so that nothing outlives its reasons. A statement that another
graph already asserts is not repeated there.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.errors import QueryError, RuleError
from kg.model import Quad
from kg.store.base import QuadStore

HEADER = re.compile(r"#[ \t]*(?P<en>\S.*)\n#[ \t]*de:[ \t]*(?P<de>\S.*)\n(?P<body>[\s\S]*)")
TEMPLATE = re.compile(r"\bCONSTRUCT\b\s*\{(?P<template>[^}]*)\}", re.IGNORECASE)
BLANK = re.compile(r"\bBNODE\s*\(|_:|\[", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """A CONSTRUCT query with a name and a sentence on what it means.

    Attributes
    ----------
    name : str
        The stem of its file.
    description, description_de : str
        What it means, in English and in German.
    construct : str
        The whole file, without PREFIX lines; line numbers in errors count in it.
    """

    name: str
    description: str
    description_de: str
    construct: str


@dataclass(frozen=True, slots=True)
class ReasonReport:
    """What the rules did.

    Attributes
    ----------
    added : mapping of str to int
        The statements that each rule put into the graph, in the order of the rules; a statement counts for the rule that was first.
    rounds : int
        How often all rules were gone through, the last time in vain.
    seconds : float
        Wall-clock time.
    """

    added: Mapping[str, int]
    rounds: int
    seconds: float

    @property
    def total(self) -> int:
        """All statements added."""
        return sum(self.added.values())


def parse_rule(name: str, text: str) -> Rule:
    """Read a rule file: an English sentence, a German sentence (`# de: …`), and a CONSTRUCT query.

    Raises
    ------
    RuleError
        If a sentence or the query is missing, or the rule would make blank nodes.
    """
    found = HEADER.match(text.replace("\r\n", "\n"))
    if found is None:
        hint = "line 1: '# <sentence in English>', line 2: '# de: <sentence in German>', then the query"
        raise RuleError(f"the rule {name!r} does not say what it means", hint=hint)
    code = without_comments(found["body"])
    template = TEMPLATE.search(code)
    if template is None:
        raise RuleError(f"the rule {name!r} has no CONSTRUCT {{ … }}")
    if BLANK.search(template["template"]) or re.search(r"\bBNODE\s*\(", code, re.IGNORECASE):
        hint = "make an IRI with IRI(CONCAT(STR(claim:), SUBSTR(SHA256(…), 1, 16)))"
        raise RuleError(f"the rule {name!r} would make blank nodes", hint=hint)
    return Rule(name, found["en"].strip(), found["de"].strip(), text.rstrip() + "\n")


def without_comments(sparql: str) -> str:
    """A query without its comments and with the texts and IRIs in it left alone."""
    token = re.compile(r"""<[^<>\s]*>|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*""")
    return token.sub(lambda found: "" if found[0].startswith("#") else found[0], sparql)


def apply(store: QuadStore, rules: Sequence[Rule], graph: str, prefixes: Mapping[str, str], bound: int = 20) -> ReasonReport:
    """Run all rules until none adds a statement.

    Each rule sees what the ones before it added in the same round; the order changes the number of rounds, never the outcome.
    Time grows with the rounds (four for the packaged dossier) and with what the queries match; memory with what is added.

    Parameters
    ----------
    graph : str
        The IRI of the graph that is emptied and then filled; no other graph is written to.
    prefixes : mapping of str to str
        The prefixes that rules use without declaring them.
    bound : int
        Rounds after which to give up.

    Raises
    ------
    RuleError
        If a rule cannot be run, makes a blank node, or if after `bound` rounds some rules still add statements; these are named.
    """
    start = time.perf_counter()
    store.update(f"DROP SILENT GRAPH <{graph}>")
    queries = {rule.name: _prologue(rule.construct, prefixes) + rule.construct for rule in rules}
    maker: dict[Quad, str] = {}
    growing = list(queries)
    rounds = 0
    while growing:
        if rounds >= bound:
            raise RuleError(
                f"rules do not come to an end in {bound} rounds; still adding: {', '.join(growing)}",
                hint="do they make names out of names?",
            )
        rounds += 1
        growing = [rule.name for rule in rules if _run(store, rule.name, queries[rule.name], graph, maker)]
    added = dict.fromkeys(queries, 0)
    for quad in _take_back_asserted(store, graph):
        maker.pop(quad, None)
    for name in maker.values():
        added[name] += 1
    return ReasonReport(added, rounds, time.perf_counter() - start)


def _prologue(construct: str, prefixes: Mapping[str, str]) -> str:
    """The PREFIX declarations for those prefixes that the query uses, on one line so that line numbers in errors stay true."""
    used = sorted(prefix for prefix in prefixes if re.search(rf"\b{re.escape(prefix)}:", construct))
    return " ".join(f"PREFIX {prefix}: <{prefixes[prefix]}>" for prefix in used) + " "


def _run(store: QuadStore, name: str, query: str, graph: str, maker: dict[Quad, str]) -> bool:
    """Run one rule and add what is new; whether anything was."""
    new: list[Quad] = []
    try:
        for quad in store.construct(query):
            if quad.subject.startswith("_:") or (not quad.datatype and quad.object.startswith("_:")):
                raise RuleError(f"the rule {name!r} made a blank node")
            placed = quad._replace(graph=graph)
            if placed not in maker:
                maker[placed] = name
                new.append(placed)
    except QueryError as error:
        raise RuleError(f"the rule {name!r} cannot be run: {error.message}", line=error.line) from error
    store.extend(new)
    return bool(new)


def _take_back_asserted(store: QuadStore, graph: str) -> Iterable[Quad]:
    """Remove from the graph what another graph asserts anyway, and return it."""
    twice = f"GRAPH <{graph}> {{ ?s ?p ?o }} GRAPH ?other {{ ?s ?p ?o }} FILTER(?other != <{graph}>)"
    quads = [quad._replace(graph=graph) for quad in store.construct(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {twice} }}")]
    store.update(f"DELETE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} WHERE {{ {twice} }}")
    return quads
