"""A process of its own that asks the graph for the shell: it can be stopped in the middle of a query, and the shell lives on."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

from kg.cli.asking import Answer, Ask, answer, sparql
from kg.cli.watch import too_long
from kg.errors import KgError, QueryError, StoreError
from kg.graph import KnowledgeGraph, open_graph
from kg.ontology import Dossier
from kg.store.access import Address
from kg.terms import KINDS, VOCABULARIES, shorten

STEP = 0.05
HIDDEN = ("claim", "target", "selector", "mention", "chain", "run", "candidate", "review", "statement")
"""Kinds of things that nobody names by hand."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a graph is, and as of when it is looked at."""

    store: Path | Address
    dossier: Path
    at: str | None = None
    known_by: str | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a person may want to type: prefixes, and names in prefixed form with their labels by language."""

    prefixes: dict[str, str]
    terms: dict[str, dict[str, str]]


class Worker:
    """The other process, from this side.

    Parameters
    ----------
    source : Source
        The graph to ask; it is opened at once.

    Raises
    ------
    StoreError
        If the graph cannot be opened.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._start()
        self.vocabulary = self._greeting()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        own, others = context.Pipe()
        self.process: SpawnProcess = context.Process(target=_serve, args=(others, self.source), name="kg-query", daemon=True)
        self.process.start()
        others.close()
        self.connection: Connection = own
        self.greeted = False

    def _greeting(self) -> Vocabulary:
        """The first thing that the process says."""
        try:
            said = self.connection.recv()
        except EOFError:
            raise StoreError("the process that asks the graph has ended") from None
        self.greeted = True
        if isinstance(said, KgError):
            raise said
        vocabulary: Vocabulary = said
        return vocabulary

    def ask(self, ask: Ask, source: Source, seconds: float, explain: bool = False, tick: Callable[[float], None] | None = None) -> Answer:
        """Ask, and wait for the answer; after an error the worker can be asked again.

        Parameters
        ----------
        seconds : float
            The time allowed; 0 for any.
        tick : callable, optional
            Is told every now and then how long the query has been at work.

        Raises
        ------
        QueryError
            What is wrong with the question, or that the time is up.
        KeyboardInterrupt
            If Ctrl-C came; the query is stopped.
        """
        begin = time.monotonic()
        try:
            if not self.greeted:
                self._greeting()
            self.connection.send((ask, source, explain))
            while not self.connection.poll(STEP):
                passed = time.monotonic() - begin
                if seconds and passed >= seconds:
                    self.restart()
                    raise QueryError(too_long(seconds))
                if tick:
                    tick(passed)
            said = self.connection.recv()
        except KeyboardInterrupt:
            self.restart()
            raise
        except (EOFError, OSError):
            self.restart()
            raise QueryError("the query ended its process: is the memory used up?") from None
        if isinstance(said, Exception):
            raise said
        found: Answer = said
        return found

    def restart(self) -> None:
        """Stop the process, in whatever it is, and start another; it is there before the next query is typed."""
        self.close()
        self._start()

    def reload(self) -> None:
        """Open the graph anew, which may have been built in the meantime.

        Raises
        ------
        StoreError
            If it cannot be opened.
        """
        self.restart()
        self.vocabulary = self._greeting()

    def close(self) -> None:
        """Stop the process."""
        self.process.kill()
        self.process.join()
        self.connection.close()


def _serve(connection: Connection, source: Source) -> None:
    """The other process: opens the graph, says what is in it, and answers until nobody asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both; the shell decides
    try:
        dossier = Dossier.load(source.dossier)
        graph = open_graph(source.store, dossier)
        connection.send(vocabulary(graph))
    except KgError as error:
        connection.send(_portable(error))
        return
    views: dict[tuple[str | None, str | None], KnowledgeGraph] = {(None, None): graph}
    while True:
        try:
            ask, seen, explain = connection.recv()
        except (EOFError, OSError):
            return
        try:
            key = (seen.at, seen.known_by)
            if key not in views:
                views = {(None, None): graph, key: graph.view(*key)}  # the last view is kept, not every one
            connection.send(_explained(views[key], ask) if explain else answer(views[key], ask, graph))
        except KgError as error:
            connection.send(_portable(error))
        except Exception as error:
            connection.send(_portable(QueryError(f"something went wrong inside kg: {type(error).__name__}: {error}")))


def _explained(graph: KnowledgeGraph, ask: Ask) -> Answer:
    from kg.store.algebra import explain  # rdflib's parser is needed for this only

    text = sparql(graph, ask)
    graph.store.check(text)  # says what is wrong with it better than rdflib does
    return Answer(explain(text, graph.prefixes).encode(), (), "the algebra; Oxigraph shows no plan to Python")


def _portable(error: KgError) -> QueryError | StoreError:
    """An error that another process can unpack; its text is kept as it is shown."""
    if isinstance(error, QueryError):
        return AskingError(str(error), error.excerpt)
    return StoreError(str(error)) if isinstance(error, StoreError) else AskingError(str(error), ())


class AskingError(QueryError):
    """An error that came from the other process."""

    def __init__(self, message: str, excerpt: tuple[str, ...] = ()) -> None:
        super().__init__(message, excerpt=excerpt)

    def __reduce__(self) -> tuple[type[AskingError], tuple[str, tuple[str, ...]]]:
        return AskingError, (self.message, self.excerpt)


def vocabulary(graph: KnowledgeGraph) -> Vocabulary:
    """The terms of the vocabularies and the curated things, with their labels; names that are hashes are left out."""
    terms: dict[str, dict[str, str]] = {}
    kinds = {kind: graph.prefixes[kind] for kind in KINDS if kind in graph.prefixes}
    spaces = (*VOCABULARIES.values(), *(kinds[kind] for kind in kinds if kind not in HIDDEN))
    for iri, label, language in graph.store.select("SELECT ?t ?l (LANG(?l) AS ?g) { ?t rdfs:label|dcterms:title ?l }"):
        if iri.startswith(spaces) and not (short := shorten(iri, graph.prefixes)).startswith("<"):
            terms.setdefault(short, {}).setdefault(language, label)
    for (iri,) in graph.store.select("SELECT DISTINCT ?p { ?s ?p ?o }"):
        if not (short := shorten(iri, graph.prefixes)).startswith("<"):
            terms.setdefault(short, {})
    return Vocabulary(dict(graph.prefixes), dict(sorted(terms.items())))
