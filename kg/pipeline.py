"""From files to graph: the stages in order. The file to read first."""

from __future__ import annotations

import importlib.metadata
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from kg.errors import DossierError, ExtractionError, KgError
from kg.extract import readers, reviews
from kg.extract.documents import load_bytes, usable_name
from kg.extract.engines.base import Engine
from kg.extract.engines.lexicon import LexiconEngine
from kg.extract.gazetteer import Knowledge
from kg.extract.lexicon import Lexicon
from kg.extract.replay import Known, Replayer
from kg.graph import BuildReport, KnowledgeGraph
from kg.model import Quad
from kg.ontology import Dossier, locate, read_text
from kg.queries import is_date
from kg.reason import apply, parse_rule
from kg.store import generations
from kg.store.access import Address
from kg.store.base import rdflib_graph
from kg.store.convert import LANG_STRING
from kg.store.oxigraph import MemoryStore, open_memory, parse_file, write_disk
from kg.terms import DCAT, DCTERMS, KG, PROV, RDF_TYPE, RDFS_LABEL, VOID, XSD, Names, content_hash
from kg.validate import ValidationReport, parse_check, validate

Progress = Callable[[str, int, int], None]
"""Told the stage, and how many of how many steps of it are done."""
DATATYPES = {XSD + name for name in ("integer", "decimal", "double", "boolean", "string", "date", "gYearMonth", "gYear", "dateTime")}
DATES = {XSD + "date": 10, XSD + "gYearMonth": 7, XSD + "gYear": 4}
"""The length of a date of each datatype."""
ENGINE = "lexicon"


def build(
    dossier: Path | None = None,
    *,
    store: Path | Address | None = None,
    articles: Iterable[Path] = (),
    published: str = "",
    progress: Progress = lambda stage, done, total: None,
) -> KnowledgeGraph:
    """Build the graph of a dossier; the same files give the same graph, to the byte.

    Parameters
    ----------
    dossier : Path, optional
        Its folder; by default the one of this folder, else the packaged one.
    store : Path or Address, optional
        Where to keep the graph, a folder or a server; by default in memory only.
    articles : iterable of Path
        Documents to extract from besides those in the dossier.
    published : str
        The date of those articles, where they do not say it themselves: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    progress : callable
        Told how far the build is.

    Returns
    -------
    KnowledgeGraph
        Its `report` says what was done.

    Raises
    ------
    KgError
        With file and line, if something in the dossier is not as it should be; a store that was there before stays as it was.
    """
    return build_from(Dossier.load(locate(dossier)), store=store, articles=articles, published=published, progress=progress)


def build_from(
    dossier: Dossier,
    *,
    store: Path | Address | None = None,
    articles: Iterable[Path] = (),
    published: str = "",
    progress: Progress = lambda stage, done, total: None,
) -> KnowledgeGraph:
    """As `build`, for a dossier that has been read."""
    report = BuildReport(dossier.folder)
    clock = _Clock(report)
    with clock("facts"):
        quads = open_memory(dossier.prefixes)
        load_files(quads, dossier, progress)
    with clock("extraction"):
        names = dossier.names
        engine = make_engine(dossier, quads.quads())
        files = [*dossier.sources, *articles]
        _one_name_each(files)
        added = [content_hash((file.name, load_bytes(file).hex(), published)) for file in files[len(dossier.sources) :]]
        run = names.thing("run", content_hash((ENGINE, version(), dossier.digest, *added)))
        replayer = replay_reviews(quads, dossier)
        for number, file in enumerate(files):
            progress("extraction", number, len(files))
            given = {"published": published} if published and number >= len(dossier.sources) else {}
            extraction = engine.extract(readers.read_document(file, **given))
            quads.extend(replayer.document(extraction, run))
            report.claims[extraction.document.name] = len(extraction.claims)
            report.notes += [f"{file.name}: {note}" for note in extraction.notes]
        progress("extraction", len(files), len(files))
    with clock("reviews"):
        set_states(quads, replayer)
    with clock("rules"):
        progress("rules", 0, 1)
        rules = [parse_rule(file.stem, read_text(file)) for file in dossier.rules]
        report.rules = dict(apply(quads, rules, names.graph("inferred"), dossier.prefixes).added)
        progress("rules", 1, 1)
    quads.extend(provenance(dossier, quads, run, report))
    _count(quads, names, report)
    if store is not None:
        with clock("store"):
            progress("store", 0, 1)
            save(quads, dossier, store, progress)
            report.store = store
            progress("store", 1, 1)
    return KnowledgeGraph(quads, names, dossier, report)


def load_files(store: MemoryStore, dossier: Dossier, progress: Progress) -> None:
    """Load schema and facts, each file of facts into its own graph.

    Raises
    ------
    KgError
        For a file that cannot be parsed, a blank node, or a datatype that the store would not give back as written.
    """
    names = dossier.names
    files = [(file, names.graph("schema")) for file in dossier.schema]
    files += [(file, names.graph(f"facts/{file.stem}")) for file in dossier.facts]
    for number, (file, graph) in enumerate(files):
        progress("facts", number, len(files))
        store.extend(_checked(file, graph))
    progress("facts", len(files), len(files))


def _checked(file: Path, graph: str) -> Iterator[Quad]:
    for quad in parse_file(file, "turtle", graph):
        if quad.subject.startswith("_:") or (not quad.datatype and quad.object.startswith("_:")):
            raise DossierError(f"a blank node ({quad.predicate})", file=file, hint="give the thing an IRI of its own")
        if quad.datatype and not quad.language and quad.datatype not in DATATYPES:
            raise DossierError(f"the datatype <{quad.datatype}> of {quad.object!r} is not used here", file=file, hint="see docs/model.md")
        if quad.datatype in DATES and (len(quad.object) != DATES[quad.datatype] or not is_date(quad.object)):
            raise DossierError(f"there is no such date: {quad.object!r}", file=file, hint="YYYY-MM-DD, YYYY-MM or YYYY with its datatype")
        yield quad


def make_engine(dossier: Dossier, facts: Iterable[Quad], engine: str = ENGINE, model: str = "") -> Engine:
    """An extraction engine with the gazetteer of the facts and the lexicons of the dossier.

    Parameters
    ----------
    engine : str
        `lexicon`, `spacy` or `llm`.
    model : str
        The pipeline that `spacy` reads with, or the model that `llm` asks (by default `$KG_LLM_MODEL`).

    Raises
    ------
    ExtractionError
        If the engine is unknown, or a package or model of it is missing.
    """
    lexicon = Lexicon.load(dossier.lexicon, {name: dossier.folder / "lexicon" / name for name in dossier.lexicon})
    knowledge = Knowledge.from_quads(facts, dossier.names)
    if engine == ENGINE:
        return LexiconEngine(knowledge, lexicon)
    if engine == "spacy":
        from kg.extract.engines.spacy import SpacyEngine  # spaCy is an extra, and takes a second to import

        return SpacyEngine(knowledge, lexicon, model)
    if engine == "llm":
        from kg.extract.engines.llm import LlmEngine
        from kg.extract.engines.llm_cache import cache_folder
        from kg.extract.engines.llm_client import LlmSettings

        environ = {**os.environ, **({"KG_LLM_MODEL": model} if model else {})}
        settings = LlmSettings.from_environment(environ)
        return LlmEngine(knowledge, dossier.names, settings, cache_folder(environ), lexicon=lexicon)
    raise ExtractionError(f"unknown engine {engine!r}", hint="lexicon, spacy or llm")


def extractor(folder: Path, engine: str = ENGINE, model: str = "") -> Engine:
    """An engine for documents that are in no dossier, with the gazetteer and the lexicons of the dossier in a folder."""
    dossier = Dossier.load(folder)
    store = open_memory(dossier.prefixes)
    load_files(store, dossier, lambda stage, done, total: None)
    return make_engine(dossier, store.quads(), engine, model)


def check(graph: KnowledgeGraph, progress: Progress = lambda stage, done, total: None) -> ValidationReport:
    """Validate a built graph against the shapes and checks of its dossier.

    Raises
    ------
    KgError
        If the graph has no dossier, or a shape or check cannot be read.
    """
    if graph.dossier is None:
        raise KgError("a graph without its dossier cannot be validated", hint="open it with the dossier")
    progress("validation", 0, 1)
    shapes = rdflib_graph(quad for file in graph.dossier.shapes for quad in parse_file(file))
    checks = [parse_check(file.stem, read_text(file)) for file in graph.dossier.checks]

    def run(sparql: str) -> Iterator[dict[str, str]]:
        found = graph.store.query(sparql)
        for row in found.cells():
            yield {name: cell.object for name, cell in zip(found.variables, row, strict=True) if cell is not None}

    report = validate(rdflib_graph(graph.store.quads()), shapes, checks, run, graph.prefixes)
    progress("validation", 1, 1)
    return report


def _one_name_each(files: Iterable[Path]) -> None:
    seen: dict[str, Path] = {}
    for file in files:
        name = usable_name(file.stem)
        if (other := seen.setdefault(name, file)) is not file:
            raise KgError(f"two documents have the name {name!r}", file=file, hint=f"the other is {other}; rename one")


def replay_reviews(store: MemoryStore, dossier: Dossier) -> Replayer:
    """What applies the log of decisions to the documents; `store` holds the facts that decisions may name.

    Raises
    ------
    DossierError
        With file and line, if the log is damaged or names something that is not there.
    """
    file = dossier.reviews
    log = reviews.Log(reviews.parse(file, read_text(file), dossier.names) if file.is_file() else (), file)
    german = {row[0]: row[1] for row in store.select('SELECT ?s ?l { ?s rdfs:label ?l FILTER(LANG(?l) = "de") }')}
    return Replayer(log, Known.of(store) if log.reviews else Known({}, {}), dossier.names, german)


def set_states(store: MemoryStore, replayer: Replayer) -> None:
    """Put the log into the graph, and give the claims that come from no document the state that they have after it."""
    store.extend(replayer.rest())
    for claim, review in replayer.elsewhere.items():
        state = reviews.STATES[review.decision]
        store.update(
            f"DELETE {{ GRAPH ?g {{ <{claim}> kg:reviewState ?old }} }} INSERT {{ GRAPH ?g {{ <{claim}> kg:reviewState <{state}> }} }} "
            f"WHERE {{ GRAPH ?g {{ <{claim}> kg:reviewState ?old }} }}"
        )


def provenance(dossier: Dossier, store: MemoryStore, run: str, report: BuildReport) -> Iterator[Quad]:
    """What the graph says of itself (VoID, DCAT, PROV-O). No date: it would differ between two builds of the same files."""
    graph, base = dossier.names.graph("provenance"), dossier.names.base
    for tag, title in sorted(dossier.title.items()):
        yield _text(base, DCTERMS + "title", title, graph, tag)
    for tag, text in sorted(dossier.description.items()):
        yield _text(base, DCTERMS + "description", text, graph, tag)
    yield Quad(base, RDF_TYPE, VOID + "Dataset", graph)
    yield Quad(base, RDF_TYPE, DCAT + "Dataset", graph)
    yield Quad(base, DCTERMS + "identifier", dossier.digest, graph, XSD + "string")
    yield Quad(base, VOID + "uriSpace", base + "id/", graph, XSD + "string")
    yield Quad(base, VOID + "documents", str(len(report.claims)), graph, XSD + "integer")
    yield Quad(base, VOID + "triples", str(len(store)), graph, XSD + "integer")
    yield Quad(base, VOID + "vocabulary", KG, graph)
    yield Quad(base, PROV + "wasGeneratedBy", run, graph)
    yield Quad(run, RDF_TYPE, PROV + "Activity", graph)
    yield _text(run, RDFS_LABEL, f"kg {version()}, engine {ENGINE}", graph, "en")
    yield _text(run, RDFS_LABEL, f"kg {version()}, Verfahren {ENGINE}", graph, "de")
    yield Quad(run, PROV + "wasAssociatedWith", dossier.names.thing("agent", "extractor"), graph)
    for name in store.graphs():
        yield Quad(base, DCTERMS + "hasPart", name, graph)


def save(store: MemoryStore, dossier: Dossier, target: Path | Address, progress: Progress = lambda stage, done, total: None) -> None:
    """Put a graph into a store folder or onto a server, in place of the one before; see `kg.store.generations` and `kg.store.publish`."""
    notes: dict[str, object] = {
        "base": dossier.names.base,
        "prefixes": dict(dossier.prefixes),
        "dossier": str(dossier.folder.resolve()),
        "digest": dossier.digest,
        "statements": len(store),
    }
    if isinstance(target, Address):
        from kg.store.publish import publish  # with its client it takes 0.1 s to import

        del notes["dossier"]  # a path of this machine says nothing there
        publish(store, dossier.names, notes, target, progress=progress)
        return
    data = store.dump("nq")
    generations.replace(target, lambda folder: write_disk(folder / "quads", data), notes)


def version() -> str:
    """The version of kg."""
    try:
        return importlib.metadata.version("peninsula-kg")
    except importlib.metadata.PackageNotFoundError:
        return "0"


def _text(subject: str, predicate: str, text: str, graph: str, language: str) -> Quad:
    return Quad(subject, predicate, text, graph, LANG_STRING, language)


def _count(store: MemoryStore, names: Names, report: BuildReport) -> None:
    report.statements = {name.removeprefix(names.graph("")): 0 for name in store.graphs()}
    for name, number in store.select("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"):
        report.statements[name.removeprefix(names.graph(""))] = int(number)
    counted: Counter[str] = Counter()
    space = f'FILTER(STRSTARTS(STR(?c), "{KG}") && STRSTARTS(STR(?s), "{names.base}id/"))'
    for name, number in store.select(f"SELECT ?c (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s a ?c . {space} }} GROUP BY ?c"):
        counted[name.removeprefix(KG)] = int(number)
    report.classes = dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


class _Clock:
    """Measures a stage and notes it in the report."""

    def __init__(self, report: BuildReport) -> None:
        self._report = report
        self._stage = ""
        self._start = 0.0

    def __call__(self, stage: str) -> _Clock:
        self._stage = stage
        return self

    def __enter__(self) -> None:
        self._start = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self._report.seconds[self._stage] = time.perf_counter() - self._start
