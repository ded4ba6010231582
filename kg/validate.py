"""Validation: SHACL shapes over the triples, and checks as SPARQL for what shapes cannot say.

Both speak to the person who edits the dossier: every finding has a sentence in English and one in German that says what to do.
"""

from __future__ import annotations

import re
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import pyshacl
from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, RuleLoadError, ShapeLoadError
from rdflib import RDF, RDFS, SH, Graph, URIRef
from rdflib import Literal as Text
from rdflib.term import Node

from kg.errors import DossierError, QueryError
from kg.terms import KG, Names, local_name, shorten

Severity = Literal["Violation", "Warning"]
SEVERITIES: Final[tuple[Severity, ...]] = ("Violation", "Warning")
HEADER = re.compile(
    r"#[ \t]*severity:[ \t]*(?P<severity>\w+)[ \t]*\n#[ \t]*en:[ \t]*(?P<en>\S.*)\n#[ \t]*de:[ \t]*(?P<de>\S.*)\n(?P<query>[\s\S]*)"
)
PLACEHOLDER = re.compile(r"\{(\w+)\}")
WORDS: Final = {
    "en": {
        "Violation": "Violations",
        "Warning": "Warnings",
        "good": "The graph conforms to all shapes and checks.",
        "usable": "No violations.",
        "more": "… and {n} more",
    },
    "de": {
        "Violation": "Verstöße",
        "Warning": "Warnungen",
        "good": "Der Graph erfüllt alle Formen und Prüfungen.",
        "usable": "Keine Verstöße.",
        "more": "… und {n} weitere",
    },
}


@dataclass(frozen=True, slots=True)
class Check:
    """A SELECT query whose every row is a finding.

    Attributes
    ----------
    name : str
        The stem of its file.
    severity : str
        `Violation` or `Warning`.
    message_en, message_de : str
        A sentence each, with `{variable}` where a value of the row belongs.
    query : str
        The whole file, without PREFIX lines. `?focus` is the thing at fault; `?value` and `?path`, where given, say more.
    """

    name: str
    severity: Severity
    message_en: str
    message_de: str
    query: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a shape or a check does not accept.

    Attributes
    ----------
    focus : str
        The IRI of the thing at fault.
    label_en, label_de : str
        What it is called.
    path, value : str
        The property at fault, where there is one, and its value as IRI or text; empty where something is missing.
    message_en, message_de : str
        What is wrong and what to do.
    shape : str
        The local name of the shape, or `check-<name>`.
    title_en, title_de : str
        What the shape is called.
    graph : str
        The named graph that describes the focus, or empty where that is not known.
    """

    severity: Severity
    focus: str
    label_en: str
    label_de: str
    path: str
    value: str
    message_en: str
    message_de: str
    shape: str
    title_en: str
    title_de: str
    graph: str = ""


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """What validation found, violations first, then by shape, focus and path.

    Attributes
    ----------
    seconds : float
        Wall-clock time.
    prefixes : mapping of str to str
        What the text shortens IRIs with.
    """

    results: tuple[Finding, ...]
    seconds: float = 0.0
    prefixes: Mapping[str, str] = field(default_factory=lambda: Names().prefixes)

    @property
    def conforms(self) -> bool:
        """Whether there is no violation; warnings do not count."""
        return not self.of("Violation")

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings of one severity."""
        return tuple(finding for finding in self.results if finding.severity == severity)

    def as_rows(self) -> list[dict[str, str]]:
        """One row a finding, all values as text, for JSON or CSV."""
        return [
            {
                "severity": f.severity,
                "shape": f.shape,
                "focus": f.focus,
                "label_en": f.label_en,
                "label_de": f.label_de,
                "path": f.path,
                "value": f.value,
                "message_en": f.message_en,
                "message_de": f.message_de,
                "graph": f.graph,
            }
            for f in self.results
        ]

    def text(self, language: str = "en", width: int = 100, most: int = 20) -> str:
        """The report for people: by severity, then by shape and message, with the things concerned below.

        Parameters
        ----------
        language : str
            `de` or anything else for English.
        width : int
            Columns to wrap at.
        most : int
            How many things to list below one message.
        """
        german = language == "de"
        words = WORDS["de" if german else "en"]
        if not self.results:
            return words["good"] + "\n"
        lines = [] if not self.conforms else [words["usable"], ""]
        for severity in SEVERITIES:
            found = self.of(severity)
            if found:
                lines += [f"{words[severity]} ({len(found)})", ""]
                lines += self._groups(found, german, width, most, words["more"])
        return "\n".join(lines).rstrip() + "\n"

    def _groups(self, found: Sequence[Finding], german: bool, width: int, most: int, more: str) -> Iterator[str]:
        groups: dict[str, list[Finding]] = {}
        for finding in found:
            message = finding.message_de if german else finding.message_en
            head = finding.shape if finding.shape.startswith("check-") else f"{finding.title_de if german else finding.title_en}: {message}"
            groups.setdefault(head, []).append(finding)
        for head, members in groups.items():
            yield from textwrap.wrap(head, width, initial_indent="  ", subsequent_indent="    ")
            for finding in members[:most]:
                yield from textwrap.wrap(self._line(finding, german), width, initial_indent="    - ", subsequent_indent="      ")
            if len(members) > most:
                yield "    " + more.format(n=len(members) - most)
            yield ""

    def _line(self, finding: Finding, german: bool) -> str:
        label = finding.label_de if german else finding.label_en
        name = shorten(finding.focus, self.prefixes)
        if finding.shape.startswith("check-"):
            parts = [finding.message_de if german else finding.message_en, f"({name})"]
        else:
            parts = [f"{label} ({name})" if label else name]
            if finding.value:
                value = shorten(finding.value, self.prefixes) if re.match(r"https?://", finding.value) else f"{finding.value!r}"
                parts.append(f"{shorten(finding.path, self.prefixes)} {value}" if finding.path else value)
        if finding.graph:
            parts.append(f"[{finding.graph.partition('/graph/')[2] or finding.graph}]")
        return "  ".join(parts)


def parse_check(name: str, text: str) -> Check:
    """Read a check: `# severity: …`, `# en: …`, `# de: …`, then a SELECT query that binds `?focus`.

    Raises
    ------
    DossierError
        If a line of the header is missing, the severity is unknown, or a message names a variable that the query does not have.
    """
    found = HEADER.match(text.replace("\r\n", "\n"))
    if found is None:
        raise DossierError(
            f"the check {name!r} lacks its header", hint="lines '# severity: Violation', '# en: …', '# de: …', then the query"
        )
    severity = next((known for known in SEVERITIES if known == found["severity"]), None)
    if severity is None:
        raise DossierError(f"the check {name!r} has the unknown severity {found['severity']!r}", hint="Violation or Warning")
    for variable in sorted({"focus", *PLACEHOLDER.findall(found["en"]), *PLACEHOLDER.findall(found["de"])}):
        if not re.search(rf"[?$]{variable}\b", found["query"]):
            raise DossierError(f"the check {name!r} speaks of {{{variable}}}, which its query does not have")
    return Check(name, severity, found["en"].strip(), found["de"].strip(), text.rstrip() + "\n")


def validate(
    data: Graph,
    shapes: Graph,
    checks: Sequence[Check],
    run_check: Callable[[str], Iterable[Mapping[str, str]]],
    prefixes: Mapping[str, str] | None = None,
) -> ValidationReport:
    """Hold the graph against shapes and checks.

    Parameters
    ----------
    data : Graph
        All triples, with what rules infer (shapes count on the closure of classes), in rdflib's memory store: through another
        store pyshacl is many times slower. Takes about 0.1 ms a triple.
    shapes : Graph
        SHACL shapes; every message in English and German.
    checks : sequence of Check
        What shapes cannot say.
    run_check : callable
        Runs a SELECT over the named graphs and gives each row as a mapping from variable to lexical value, unbound ones left out or
        empty. It is asked, too, which graph describes the things at fault.
    prefixes : mapping, optional
        What the report shortens IRIs with; by default those of the packaged dossier.

    Raises
    ------
    DossierError
        If a shape or the query of a check is broken.
    """
    start = time.perf_counter()
    names = Labels(data, prefixes or Names().prefixes)
    findings = {*_shape_findings(data, shapes, names), *_check_findings(checks, run_check, names)}
    graphs = _graphs(sorted({finding.focus for finding in findings if finding.focus.startswith("http")}), run_check)
    order = sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), f.shape, f.message_en, f.focus, f.path, f.value))
    placed = tuple(replace(finding, graph=graphs.get(finding.focus, "")) for finding in order)
    return ValidationReport(placed, time.perf_counter() - start, names.prefixes)


class Labels:
    """What things are called in a graph.

    Parameters
    ----------
    data : Graph
        Where labels stand.
    prefixes : mapping of str to str
        What the IRI of a thing without a label is shortened with.
    """

    def __init__(self, data: Graph, prefixes: Mapping[str, str]) -> None:
        self.data = data
        self.prefixes = prefixes

    def label(self, term: str, language: str) -> str:
        """The label in a language, else in the first other one, else that of the event a claim states, else empty."""
        node = URIRef(term)
        found = {str(text.language or ""): str(text) for text in self.data.objects(node, RDFS.label) if isinstance(text, Text)}
        if found:
            return found.get(language) or found[min(found)]
        stated = self.data.value(node, URIRef(KG + "states"), any=True)
        return self.label(str(stated), language) if stated is not None and stated != node else ""

    def spoken(self, value: str, language: str) -> str:
        """A value as a sentence shows it: a thing's label, an IRI's short form, or the text itself."""
        if not re.match(r"https?://\S+$", value):
            return value
        return self.label(value, language) or shorten(value, self.prefixes)


def _shape_findings(data: Graph, shapes: Graph, names: Labels) -> Iterator[Finding]:
    try:
        _, report, text = pyshacl.validate(data, shacl_graph=shapes, inference="none", advanced=False, js=False, inplace=True)
    except (ConstraintLoadError, ReportableRuntimeError, RuleLoadError, ShapeLoadError) as error:
        raise DossierError(f"the shapes cannot be used: {error}") from error
    if not isinstance(report, Graph):
        raise DossierError(f"the shapes cannot be used: {text}")
    for result in report.objects(None, SH.result):
        source = report.value(result, SH.sourceShape)
        shape = _node_shape(shapes, source)
        messages = {str(m.language or ""): str(m) for m in report.objects(result, SH.resultMessage) if isinstance(m, Text)}
        english = messages.get("en") or next((messages[key] for key in sorted(messages)), "")
        severity: Severity = "Violation" if report.value(result, SH.resultSeverity) == SH.Violation else "Warning"
        focus = str(report.value(result, SH.focusNode))
        path = report.value(result, SH.resultPath)
        titles = {str(t.language): str(t) for t in shapes.objects(shape, RDFS.label) if isinstance(t, Text)}
        name = local_name(str(shape))
        value = report.value(result, SH.value)
        yield Finding(
            severity,
            focus,
            names.label(focus, "en"),
            names.label(focus, "de"),
            str(path) if isinstance(path, URIRef) else "",
            "" if value is None or str(value) == focus else str(value),
            english,
            messages.get("de") or english,
            name,
            titles.get("en", name),
            titles.get("de", titles.get("en", name)),
        )


def _node_shape(shapes: Graph, source: Node | None) -> Node | None:
    """The node shape to which a property shape or a shape in a list belongs."""
    seen: set[Node | None] = set()
    while source is not None and source not in seen and (source, RDF.type, SH.NodeShape) not in shapes:
        seen.add(source)
        source = next(shapes.subjects(None, source), None)
    return source


def _check_findings(checks: Sequence[Check], run_check: Callable[[str], Iterable[Mapping[str, str]]], names: Labels) -> Iterator[Finding]:
    for check in checks:
        try:
            rows = list(run_check(check.query))
        except QueryError as error:
            raise DossierError(f"the check {check.name!r} cannot be run: {error.message}", line=error.line) from error
        title = check.name.replace("-", " ")
        for row in rows:
            focus = row.get("focus", "")
            yield Finding(
                check.severity,
                focus,
                names.label(focus, "en"),
                names.label(focus, "de"),
                row.get("path", ""),
                row.get("value", ""),
                _fill(check.message_en, row, names, "en"),
                _fill(check.message_de, row, names, "de"),
                f"check-{check.name}",
                title,
                title,
            )


def _fill(message: str, row: Mapping[str, str], names: Labels, language: str) -> str:
    return PLACEHOLDER.sub(lambda found: names.spoken(row.get(found[1], ""), language) or "?", message)


def _graphs(things: Sequence[str], run_check: Callable[[str], Iterable[Mapping[str, str]]]) -> dict[str, str]:
    """The graph that describes each thing; one that rules fill counts only where there is no other."""
    found: dict[str, str] = {}
    for first in range(0, len(things), 1000):
        values = " ".join(f"<{thing}>" for thing in things[first : first + 1000])
        query = f"SELECT DISTINCT ?focus ?graph WHERE {{ VALUES ?focus {{ {values} }} GRAPH ?graph {{ ?focus a ?class }} }}"
        for row in run_check(query):
            thing, graph = row.get("focus", ""), row.get("graph", "")
            known = found.get(thing)
            if known is None or (known.endswith("/graph/inferred"), known) > (graph.endswith("/graph/inferred"), graph):
                found[thing] = graph
    return found
