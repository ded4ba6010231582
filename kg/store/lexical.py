"""What a SPARQL text would reach for, how deep it nests, and how a dataset is written into an update: by its words, without a parse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kg.errors import QueryError
from kg.sparql import Token, declared, tokens

_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_OUTWARD: Final = ("SERVICE", "LOAD")


@dataclass(frozen=True, slots=True)
class Word:
    """A key word or a brace, in capitals, with its offsets and the number of braces open before it."""

    text: str
    start: int
    end: int
    depth: int


def unescape(sparql: str) -> str:
    """The text with `\\uXXXX` and `\\UXXXXXXXX` resolved, as SPARQL does before anything else (SPARQL 1.1, section 19.2).

    Raises
    ------
    QueryError
        If an escape is no character.
    """

    def char(found: re.Match[str]) -> str:
        code = int(found[1] or found[2], 16)
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise QueryError(f"{found[0]} is no character")
        return chr(code)

    return _ESCAPE.sub(char, sparql)


def words(sparql: str) -> Iterator[Word]:
    """The key words and braces of a query or update, in order."""
    depth = 0
    for token in tokens(sparql):
        if token.text == "}":
            depth -= 1
        if token.kind == "word" or token.text in "{}":
            yield Word(token.text.upper(), token.start, token.end, depth)
        if token.text == "{":
            depth += 1


def reaches_out(sparql: str) -> str:
    """`SERVICE` or `LOAD` where a text could make the engine call another server, else empty.

    Parsers without a lexer also take a key word that is glued to its neighbours (`trueSERVICE<…>`, `SERVICEex:a {`), so a word that
    holds one counts, and a name whose prefix does where a group or an operation could begin with it.
    """
    found = tokens(unescape(sparql))
    depth = 0
    for number, token in enumerate(found):
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        part = token.text.upper() if token.kind == "word" else token.text.partition(":")[0].upper() if token.kind == "name" else ""
        keyword = next((word for word in _OUTWARD if word in part), "")
        if keyword and (token.kind == "word" or _may_begin(found, number, keyword, depth)):
            return keyword
    return ""


def _may_begin(found: Sequence[Token], number: int, keyword: str, depth: int) -> bool:
    before = found[number - 1].text.upper() if number else ""
    if keyword == "LOAD":
        return depth == 0 and before in ("", ";")
    return number + 1 < len(found) and found[number + 1].text == "{" and before != "GRAPH"


def nesting(sparql: str) -> int:
    """How deep the text nests: brackets of any kind, and runs of operators that a parser reads one within the other."""
    deepest = depth = run = 0
    for token in tokens(sparql):
        if token.text in ("{", "(", "[", "<<", "<<(", "{|"):
            depth += 1
        elif token.text in ("}", ")", "]", ">>", ")>>", "|}"):
            depth -= 1
        run = run + 1 if token.text in ("!", "-", "+", "^", "^^", "/", "|", "*", "?") else 0
        deepest = max(deepest, depth, run)
    return deepest


def kind(sparql: str) -> str:
    """`SELECT`, `ASK`, `CONSTRUCT` or `DESCRIBE`, or empty where the text begins as none of them."""
    found = (word.text for word in words(unescape(sparql)) if word.depth == 0)
    return next((word for word in found if word in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")), "")


def missing_prefixes(sparql: str) -> set[str]:
    """The prefixes that a text uses and does not declare."""
    found = tokens(sparql)
    return {token.text.partition(":")[0] for token in found if token.kind == "name"} - {*declared(found)}


def prologue(sparql: str) -> tuple[str, str]:
    """A query in two: its BASE and PREFIX declarations, and what comes after them."""
    start = next((word.start for word in words(sparql) if word.text in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")), 0)
    return sparql[:start], sparql[start:]


def rows_of_construct(sparql: str) -> str:
    """The SELECT of the solutions that a CONSTRUCT makes its triples of, or empty where the text is no CONSTRUCT."""
    head, body = prologue(sparql)
    found = [word for word in words(body) if word.depth == 0]
    if not found or found[0].text != "CONSTRUCT":
        return ""
    if len(found) > 1 and found[1].text == "{":
        closing = next((word for word in words(body) if word.text == "}" and word.depth == 0), None)
        return f"{head}SELECT * {body[closing.end :]}" if closing else ""
    return f"{head}SELECT * {body[found[0].end :]}"


def with_dataset(update: str, default: Sequence[str], named: Sequence[str]) -> str:
    """An update with `USING` clauses for the graphs that the request names, in every operation that has a WHERE.

    Raises
    ------
    QueryError
        If the update has USING or WITH itself: the protocol forbids both (SPARQL 1.1 Protocol, section 2.2.3).
    """
    text = unescape(update)
    found = [word for word in words(text) if word.depth == 0]
    if clash := next((word.text for word in found if word.text in ("USING", "WITH")), ""):
        raise QueryError(f"the update has {clash}, and the request names graphs too", hint="use one of them")
    clauses = " ".join([*(f"USING <{iri}>" for iri in default), *(f"USING NAMED <{iri}>" for iri in named)])
    out, done = [], 0
    for number, word in enumerate(found):
        if word.text != "WHERE":
            continue
        if number and found[number - 1].text == "DELETE":  # DELETE WHERE { P } is short for DELETE { P } WHERE { P }
            opening = next((other for other in found[number:] if other.text == "{"), None)
            closing = next((other for other in found[number:] if other.text == "}"), None)
            if opening is not None and closing is not None:
                out += [text[done : word.start], text[opening.start : closing.end], " "]
                done = word.start
        out += [text[done : word.start], clauses, " "]
        done = word.start
    return "".join([*out, text[done:]])
