"""What is wrong with a query that does not parse: the place, in one sentence, with the line and a caret under it.

An engine says how far its parser got and a long list of what could have followed. Here the first word that cannot stand where it
stands is looked for: a text that is cut off behind a good word fails at its end only, however much space comes after.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence

from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from kg.errors import QueryError
from kg.sparql import KEYWORDS, QUERIES, UPDATES, Token, declared, first_word, is_update, position, tokens

Complain = Callable[[str], str]
"""What the engine says of a text, empty where it can be parsed."""

PAD = 40
"""Empty lines put behind a text that is cut off: more than a key word has letters, as a parser may read that far before it gives one up."""
SHOWN = 76
"""The columns of a line that are shown."""
SENTENCES = {
    "contains a variable that is unbound": "SELECT names a variable that is not bound, or neither grouped nor aggregated",
    "SELECT * is not authorized with GROUP BY": "SELECT * does not go with GROUP BY: name the columns",
    "IRI parsing failed": "this is no whole IRI: a relative one needs a BASE",
}
"""What the engine says of texts whose words are in order, and how kg says it."""


def query_error(text: str, prefixes: Mapping[str, str], complain: Complain) -> QueryError:
    """The error to raise for a text that cannot be parsed.

    Parameters
    ----------
    prefixes : mapping
        The prefixes that need no declaration.
    complain : callable
        Parses a text and gives the engine's complaint, or nothing.
    """
    words = tokens(text)
    if not words:
        return QueryError("the query is empty")
    if is_update(words):
        return QueryError("this is an update; kg query only reads", hint="facts are changed in the dossier, see 'kg init --help'")
    return _first_word(text, words) or _open_text(text, words) or _prefix(text, words, prefixes) or _misplaced(text, words, complain)


def error_at(text: str, offset: int, what: str, hint: str | None = None) -> QueryError:
    """An error that points at a place of the text."""
    line, column = position(text, offset)
    return QueryError(f"line {line}, column {column}: {what}", hint=hint, line=line, excerpt=excerpt(text, offset))


def excerpt(text: str, offset: int) -> tuple[str, str]:
    """The line of an offset, cut to what fits a terminal, and a line with a caret under the place."""
    lines = text.split("\n")
    line, column = position(text, offset)
    shown = "".join(char if char.isprintable() else " " for char in lines[line - 1].rstrip("\r"))
    begin = 0 if len(shown) <= SHOWN else max(0, min(column - SHOWN // 2, len(shown) - SHOWN))
    window = shown[begin : begin + SHOWN]
    head = window[: column - 1 - begin]
    return window, " " * sum(2 if _wide(char) else 1 for char in head) + "^"


def _wide(char: str) -> bool:
    import unicodedata  # needed on errors only

    return unicodedata.east_asian_width(char) in "WF"


def _first_word(text: str, words: Sequence[Token]) -> QueryError | None:
    first = first_word(words)
    if first is None:
        return error_at(text, len(text.rstrip()), "the query says prefixes only; SELECT, ASK, CONSTRUCT or DESCRIBE is missing")
    if first.says(*QUERIES):
        return None
    near = process.extractOne(first.text.upper(), [*QUERIES, *UPDATES, "PREFIX", "BASE"], scorer=fuzz.ratio, score_cutoff=65)
    hint = f"did you mean {near[0]}?" if near else None
    return error_at(text, first.start, f"a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE, not {_shown(first)}", hint)


def _open_text(text: str, words: Sequence[Token]) -> QueryError | None:
    opened = next((token for token in words if token.kind == "open"), None)
    return error_at(text, opened.start, "the string that begins here is not closed") if opened else None


def _prefix(text: str, words: Sequence[Token], prefixes: Mapping[str, str]) -> QueryError | None:
    known = {**prefixes, **declared(words)}
    for at, token in enumerate(words):
        if at and words[at - 1].says("PREFIX"):
            continue
        name, start = token.text, token.start
        if token.kind == "string" and "^^" in token.text and not token.text.endswith(">"):
            name = token.text.rpartition("^^")[2]
            start = token.end - len(name)
        elif token.kind != "name":
            continue
        prefix = name.partition(":")[0]
        if prefix not in known:
            near = process.extract(prefix, list(known), scorer=fuzz.ratio, processor=default_process, limit=3, score_cutoff=55)
            hint = (
                f"did you mean {', '.join(hit[0] + ':' for hit in near)}?" if near else "declare it with PREFIX, or see 'kg query --help'"
            )
            return error_at(text, start, f"the prefix {prefix}: is not declared", hint)
    return None


def _misplaced(text: str, words: Sequence[Token], complain: Complain) -> QueryError:
    """The first word up to which the text cannot be the beginning of a query."""
    low, high = 0, len(words)  # words[:low] can begin a query; for `high` this is not known yet
    whole = text.rstrip()
    if not _begins(whole, complain):
        while low < high:
            middle = (low + high + 1) // 2
            if _begins(text[: words[middle - 1].end], complain):
                low = middle
            else:
                high = middle - 1
    else:
        low = len(words)
    complaint = complain(text)
    for sign, sentence in SENTENCES.items():
        if sign in complaint:
            return error_at(text, words[min(low, len(words) - 1)].start, sentence)
    if low == len(words):
        return _ends_early(text, words, complain)
    wrong = words[low]
    if wrong.text == "}" and complaint.endswith("expected [_]") and (twice := _bound_twice(words[:low])):
        return error_at(text, twice.start, f"{twice.text} has a value already; BIND and AS need a new name")
    hint = _keyword(wrong) or _expected(complain(text[: words[low - 1].end] + "\n" * PAD) if low else "")
    if wrong.text in ")]}" and not _depth(words[:low], wrong.text):
        return error_at(text, wrong.start, f"this '{wrong.text}' closes nothing")
    return error_at(text, wrong.start, f"{_shown(wrong)} cannot stand here", hint)


def _begins(text: str, complain: Complain) -> bool:
    """Whether a text can be the beginning of a query: the parser gets through it and the space behind it."""
    found = re.match(r"error at (\d+):", complain(text + "\n" * PAD))
    return found is None or int(found[1]) >= text.count("\n") + PAD


def _bound_twice(words: Sequence[Token]) -> Token | None:
    """The variable of a BIND that stood in the pattern before."""
    seen: set[str] = set()
    begin = next((at for at, word in enumerate(words) if word.text == "{"), 0)
    for before, token in itertools.pairwise(words[begin:]):
        if token.kind == "variable":
            if before.says("AS") and token.text in seen:
                return token
            seen.add(token.text)
    return None


def _ends_early(text: str, words: Sequence[Token], complain: Complain) -> QueryError:
    opened: list[Token] = []
    for token in words:
        if token.text in ("{", "(", "["):
            opened.append(token)
        elif token.text in ("}", ")", "]") and opened:
            opened.pop()
    if opened:
        line, column = position(text, opened[-1].start)
        what = f"the query ends too early: the '{opened[-1].text}' of line {line}, column {column} is not closed"
        return error_at(text, len(text.rstrip()), what)
    return error_at(text, len(text.rstrip()), "the query ends too early", _expected(complain(text.rstrip() + "\n" * PAD)))


def _depth(words: Sequence[Token], closing: str) -> int:
    opening = {")": "(", "]": "[", "}": "{"}[closing]
    return sum((token.text == opening) - (token.text == closing) for token in words)


def _keyword(token: Token) -> str | None:
    if token.kind != "word":
        return None
    near = process.extract(
        token.text.upper(), [word.upper() for word in KEYWORDS if len(word) > 1], scorer=fuzz.ratio, limit=1, score_cutoff=70
    )
    if near and near[0][0] != token.text.upper():
        return f"did you mean {near[0][0]}?"
    return "a name needs a prefix, a variable a ?, a text quotation marks" if token.text.upper() not in map(str.upper, KEYWORDS) else None


def _expected(complaint: str) -> str | None:
    """What the engine would have taken instead, where that is a short list."""
    listed = complaint.partition("expected ")[2].removeprefix("one of ")
    marks = set(re.findall(r'"([^"\\]{1,3})"', listed))
    words = re.findall(r"(?:^|, )([A-Z_]{2,})(?=,|$)", listed)
    if {"?", "<"} <= marks:
        return (
            "a variable, an IRI, a name or a value is expected" if "'" in marks or '\\""' in listed else "a variable or a name is expected"
        )
    if "?" in marks and len(marks) <= 3:
        return "a variable or '(' is expected" if "(" in marks else "a variable is expected"
    wanted = [*sorted(marks), *words]
    wanted = [f"'{mark}'" if mark in marks else mark for mark in wanted]
    return f"{' or '.join(wanted)} is expected" if 0 < len(wanted) <= 3 else None


def _shown(token: Token) -> str:
    text = " ".join(token.text.split())
    return f"'{text}'" if len(text) <= 30 else f"'{text[:29]}…'"
