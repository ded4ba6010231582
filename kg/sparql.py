"""A look at the words of a SPARQL text, without parsing it: where names stand, what it sets out to do, and in which order.

Nothing here judges whether the text is right; the engine does. Offsets count characters of the text from 0, lines and columns from 1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_IRI = r"<[^<>\"{}|^`\\\x00-\x20]*>"
_PREFIX = r"(?:[^\W\d_](?:[\w\-·]|\.+(?=[\w\-·]))*)?"
_LOCAL = (
    r"(?:(?:[\w:·]|%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?\#@%-])(?:[\w:·-]|%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?\#@%-]|\.+(?=[\w:·%\\-]))*)?"
)
_NAME = rf"{_PREFIX}:{_LOCAL}"
_TEXT = r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\'|"(?:[^"\\\n\r]|\\.)*"|\'(?:[^\'\\\n\r]|\\.)*\''
TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<comment>\#[^\n\r]*)
    |(?P<iri>{_IRI})
    |(?P<string>(?:{_TEXT})(?:@[A-Za-z]+(?:-+[A-Za-z0-9]+)*|\^\^(?:{_IRI}|{_NAME}))?)
    |(?P<variable>[?$]\w+)
    |(?P<blank>_:[\w.·-]*)
    |(?P<name>{_NAME})
    |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<word>[^\W\d][\w-]*)
    |(?P<open>[\"'])
    |(?P<mark>&&|\|\||!=|<=|>=|<<\(|\)>>|<<|>>|\{{\||\|\}}|\^\^|.)""",
    re.VERBOSE | re.DOTALL,
)
QUERIES = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")
KEYWORDS = (
    *QUERIES,
    *"""PREFIX BASE WHERE FROM NAMED DISTINCT REDUCED AS ORDER BY GROUP HAVING ASC DESC LIMIT OFFSET VALUES UNDEF OPTIONAL GRAPH UNION MINUS
    FILTER NOT EXISTS IN BIND SERVICE SILENT LATERAL true false a COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT SEPARATOR STR LANG LANGMATCHES
    DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE
    STRAFTER YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG STRDT
    sameTerm isIRI isURI isBLANK isLITERAL isNUMERIC REGEX SUBSTR REPLACE TRIPLE SUBJECT PREDICATE OBJECT isTRIPLE""".split(),
)
"""The words of the language; case does not count, but for `a`."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark of a SPARQL text.

    Attributes
    ----------
    kind : str
        `iri string variable blank name number word open mark`; `open` is the quotation mark of a string that is not closed.
    text : str
        As it stands.
    start : int
        Its offset.
    """

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset behind it."""
        return self.start + len(self.text)

    def says(self, *words: str) -> bool:
        """Whether it is one of these key words, given in capitals."""
        return self.kind == "word" and self.text.upper() in words


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that a text names: as it is written, its IRI, and its offset."""

    text: str
    iri: str
    start: int


def tokens(text: str) -> list[Token]:
    """The words and marks of a text in order, without spaces and comments."""
    found = (Token(str(match.lastgroup), match[0], match.start()) for match in TOKEN.finditer(text))
    return [token for token in found if token.kind not in ("space", "comment")]


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, counted from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def first_word(words: Sequence[Token]) -> Token | None:
    """What follows the PREFIX and BASE lines: the word that says what the text sets out to do."""
    at = 0
    while at < len(words):
        if words[at].says("PREFIX"):
            at += 3
        elif words[at].says("BASE"):
            at += 2
        else:
            return words[at]
    return None


def is_update(words: Sequence[Token]) -> bool:
    """Whether the text would change the graph."""
    first = first_word(words)
    return first is not None and first.says(*UPDATES)


def without_service(text: str) -> str:
    """A text of the same length and shape that asks nobody else: for trying whether it can be parsed."""
    for token in tokens(text):
        if token.says("SERVICE", "SILENT"):
            text = text[: token.start] + ("GRAPH" if token.says("SERVICE") else "").ljust(len(token.text)) + text[token.end :]
    return text


def declared(words: Sequence[Token]) -> dict[str, str]:
    """The prefixes that a text declares itself."""
    found = {}
    for one, two, three in zip(words, words[1:], words[2:], strict=False):
        if one.says("PREFIX") and two.kind == "name" and three.kind == "iri":
            found[two.text.partition(":")[0]] = three.text[1:-1]
    return found


def star(words: Sequence[Token]) -> Token | None:
    """The `*` of a `SELECT *` at the head of a query, or None."""
    first = first_word(words)
    if first is None or not first.says("SELECT"):
        return None
    rest = [token for token in words if token.start > first.start]
    if rest and rest[0].says("DISTINCT", "REDUCED"):
        rest = rest[1:]
    return rest[0] if rest and rest[0].text == "*" else None


def variables(words: Sequence[Token]) -> list[str]:
    """The names of the variables in the order of their first appearance."""
    return list(dict.fromkeys(token.text[1:] for token in words if token.kind == "variable"))


def spell_star(text: str, columns: Callable[[str], Sequence[str]]) -> str:
    """A `SELECT *` with its variables named in the order in which the text brings them; any other text as it is.

    Parameters
    ----------
    columns : callable
        Gives the columns of a query in any order.
    """
    words = tokens(text) if "*" in text else []
    if (every := star(words)) is None:
        return text
    shown = frozenset(columns(text))
    named = " ".join(f"?{name}" for name in variables(words) if name in shown)
    return f"{text[: every.start]}{named}{text[every.end :]}" if named else text


def names(text: str, prefixes: Mapping[str, str]) -> list[Named]:
    """The things that a query asks about by IRI or prefixed name; those with an unknown prefix have an empty IRI.

    Left out are declarations, functions (`xsd:integer(…)`), datatypes, and the template of a CONSTRUCT, which may use new terms.
    """
    words = tokens(text)
    known = {**prefixes, **declared(words)}
    skipped = _template(words)
    found = []
    for at, token in enumerate(words):
        before = words[at - 1] if at else None
        if token.kind not in ("iri", "name") or token.start in skipped or (before and before.says("PREFIX", "BASE")):
            continue
        if at > 1 and words[at - 2].says("PREFIX"):
            continue
        if at + 1 < len(words) and words[at + 1].text == "(" and words[at + 1].start == token.end:
            continue
        found.append(Named(token.text, _iri(token, known), token.start))
    return found


def _iri(token: Token, known: Mapping[str, str]) -> str:
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, _, local = token.text.partition(":")
    return known[prefix] + re.sub(r"\\(.)", r"\1", local) if prefix in known else ""


def _template(words: Sequence[Token]) -> frozenset[int]:
    """The offsets of the words within the template of a CONSTRUCT."""
    first = first_word(words)
    if first is None or not first.says("CONSTRUCT"):
        return frozenset()
    rest = [token for token in words if token.start > first.start]
    if not rest or rest[0].text != "{":
        return frozenset()
    inside = []
    for token in rest:
        if token.text == "}":
            break
        inside.append(token.start)
    return frozenset(inside)
