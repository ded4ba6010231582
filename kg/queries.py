"""Named queries: what their files say of themselves, and how a parameter gets into the text.

A query file is SPARQL with a header of comments:

    # title: Who led each state on a day
    # title-de: Wer führte welchen Staat an einem Tag
    # description: …                      (and description-de)
    # param: date date 2018-06-12 | the day | der Tag          (name, type, default or -, label, German label)

In the text a parameter stands as `$name`. Types: `date` (YYYY, YYYY-MM or YYYY-MM-DD, as a string), `integer`, `text`, and
`entity` or `class` (an IRI, a prefixed name, or a label that the caller resolves).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import DossierError, QueryError

TYPES = ("date", "integer", "text", "entity", "class")
HEADER = re.compile(r"#\s*([a-z-]+):\s*(.*)")
DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
    |(?P<iri><[^<>"{}|^`\\\s]*>)
    |(?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |\$(?P<name>[A-Za-z_][A-Za-z0-9_]*)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a named query; `default` is None where a value must be given."""

    name: str
    type: str
    default: str | None
    label: str
    label_de: str


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query of the dossier."""

    name: str
    title: str
    title_de: str
    description: str
    description_de: str
    parameters: tuple[Parameter, ...]
    text: str
    file: Path


def parse(file: Path, text: str) -> NamedQuery:
    """Read a query file.

    Raises
    ------
    DossierError
        With file and line, if the header is not as it should be, or a parameter in the text is not declared.
    """
    fields: dict[str, str] = {}
    parameters: list[Parameter] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("#"):
            break
        found = HEADER.match(line)
        if found is None:
            continue
        key, value = found.groups()
        if key == "param":
            parameters.append(_parameter(value, file, number))
        elif key in fields:
            raise DossierError(f"the header says {key!r} twice", file=file, line=number)
        else:
            fields[key] = value.strip()
    for key in ("title", "title-de", "description", "description-de"):
        if not fields.get(key):
            raise DossierError(f"the header has no '# {key}: …'", file=file, line=1)
    declared = {parameter.name for parameter in parameters}
    used = {found["name"] for found in TOKEN.finditer(text) if found["name"]}
    if unknown := sorted(used - declared):
        raise DossierError(f"${unknown[0]} is used but has no '# param:' line", file=file)
    if unused := sorted(declared - used):
        raise DossierError(f"the parameter {unused[0]!r} is declared but not used", file=file)
    return NamedQuery(
        file.stem, fields["title"], fields["title-de"], fields["description"], fields["description-de"], tuple(parameters), text, file
    )


def _parameter(value: str, file: Path, line: int) -> Parameter:
    head, *labels = [part.strip() for part in value.split("|")]
    words = head.split(maxsplit=2)
    if len(words) != 3 or words[1] not in TYPES or len(labels) != 2:
        raise DossierError(
            "a parameter is written '# param: name type default | label | label in German'",
            file=file,
            line=line,
            hint=f"types: {', '.join(TYPES)}",
        )
    return Parameter(words[0], words[1], None if words[2] == "-" else words[2], labels[0], labels[1])


def fill(query: NamedQuery, values: Mapping[str, str], resolve: Callable[[str, str], str]) -> str:
    """The query's text with its parameters in place.

    Parameters
    ----------
    values : mapping
        Values as a user gives them; defaults stand for those left out.
    resolve : callable
        Gives the IRI for the type (`entity` or `class`) and the value as given.

    Raises
    ------
    QueryError
        For an unknown parameter, a missing value or one of the wrong type.
    """
    known = {parameter.name: parameter for parameter in query.parameters}
    for name in values:
        if name not in known:
            names = ", ".join(known) or "none"
            raise QueryError(f"the query {query.name!r} has no parameter {name!r}", hint=f"its parameters: {names}")
    terms = {}
    for name, parameter in known.items():
        value = values.get(name, parameter.default)
        if value is None:
            raise QueryError(f"the query {query.name!r} needs a value: {name} ({parameter.label})", hint=f"-p {name}=…")
        terms[name] = spell(parameter.type, value, name, resolve)
    return substitute(query.text, terms)


def spell(type_: str, value: str, name: str, resolve: Callable[[str, str], str]) -> str:
    """A value as a SPARQL term; nothing in it can become syntax.

    Raises
    ------
    QueryError
        If it is not of the type.
    """
    if type_ in ("entity", "class"):
        term = resolve(type_, value)
        if re.search(r'[\s<>"{}|\\^`]', term):
            raise QueryError(f"{name}: not an IRI: {value!r}")
        return f"<{term}>"
    if type_ == "integer":
        if not re.fullmatch(r"[+-]?\d{1,18}", value.strip()):
            raise QueryError(f"{name}: a whole number is needed, not {value!r}")
        return str(int(value))
    if type_ == "date" and not is_date(value):
        raise QueryError(f"{name}: a date is needed, not {value!r}", hint="write YYYY-MM-DD, YYYY-MM or YYYY")
    return quote(value)


def is_date(text: str) -> bool:
    """Whether a text is a year, a month or a day that there is."""
    if not DATE.fullmatch(text):
        return False
    try:
        datetime.date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True


def names_dataset(sparql: str) -> bool:
    """Whether a query says in a FROM clause which graphs it is about."""
    bare = TOKEN.sub(lambda found: found[0] if found["name"] else " ", sparql)
    return re.search(r"\bFROM\b", bare.split("{", 1)[0], re.IGNORECASE) is not None


def quote(text: str) -> str:
    """A text as a SPARQL string."""
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
    return '"' + "".join(escapes.get(char, char) for char in text) + '"'


def substitute(text: str, terms: Mapping[str, str]) -> str:
    """Put terms in the place of `$name`, but not within strings, IRIs or comments."""
    return TOKEN.sub(lambda found: terms.get(found["name"], found[0]) if found["name"] else found[0], text)
