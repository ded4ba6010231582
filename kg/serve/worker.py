"""A worker process: it has the store open for reading, does one job after the other, and may be killed at any moment.

A job that changes the graph writes a new generation of the store beside the one in use (`kg.store.generations`), so that a worker that
is killed half-way leaves the graph as it was.
"""

from __future__ import annotations

import contextlib
import ctypes
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from kg.errors import KgError, QueryError, StoreError
from kg.queries import names_dataset
from kg.serve.jobs import Job, Outcome
from kg.serve.settings import Settings
from kg.serve.spool import Spool, TooLargeError
from kg.store import generations
from kg.store.generations import Generation
from kg.store.lexical import unescape
from kg.store.operations import Changes, Engine, NotAcceptableError, TooManyRowsError, copy
from kg.store.oxigraph import MemoryStore, write_disk
from kg.terms import Names

QUADS: Final = "quads"
WRITES: Final = ("update", "put", "post", "delete")
_NEW_USER: Final = 0x10000000
_NEW_NETWORK: Final = 0x40000000
GRACE: Final = 5.0
"""Seconds beyond the time limit after which a worker that nobody watches any more ends itself."""


def run(channel: Connection, settings: Settings, folder: Path) -> None:
    """Do jobs until the channel is closed: the life of a worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to hear; it then closes the channel
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    limit_memory(settings.memory)
    if not settings.services:
        cut_off()
    worker = Worker(settings, folder)
    with contextlib.suppress(EOFError, OSError):
        channel.send("ready")
        while True:
            job = channel.recv()
            signal.setitimer(signal.ITIMER_REAL, settings.timeout + GRACE)
            outcome = worker.do(job)
            signal.setitimer(signal.ITIMER_REAL, 0)
            channel.send(outcome)


def limit_memory(size: int) -> None:
    """Let this process have no more than so many bytes of memory."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))


def cut_off() -> None:
    """Leave the network for good where the system lets a process do so: a second wall behind the refusal of SERVICE and LOAD."""
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        if libc.unshare(_NEW_NETWORK) != 0:
            libc.unshare(_NEW_USER | _NEW_NETWORK)


class Worker:
    """Does jobs on the store's current generation.

    Parameters
    ----------
    folder : Path
        Where large answers are spooled.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.folder = folder
        self._engine: Engine | None = None
        self._generation: Generation | None = None

    def do(self, job: Job) -> Outcome:
        """The outcome of a job; whatever goes wrong becomes an error status with a line that says what."""
        spool = Spool(self.folder, self.settings.result_bytes)
        try:
            outcome = self._write(job) if job.action in WRITES else self._read(job, spool)
        except TooLargeError:
            outcome = Outcome(413, body=f"the answer has more than {self.settings.result_bytes:,} bytes; ask for less".encode())
        except NotAcceptableError as error:
            outcome = Outcome(406, body=str(error).encode())
        except TooManyRowsError as error:
            outcome = Outcome(413, body=str(error).encode())
        except QueryError as error:
            if spool.refused:
                outcome = Outcome(413, body=f"the answer has more than {self.settings.result_bytes:,} bytes; ask for less".encode())
            else:
                outcome = Outcome(400, body=str(error).encode())
        except (KgError, OSError) as error:
            outcome = Outcome(503 if isinstance(error, (StoreError, OSError)) else 400, body=str(error).encode())
        except MemoryError:
            outcome = Outcome(503, body=b"the query needs more memory than is allowed")
        if outcome.status >= 400:
            spool.drop()
        return outcome

    def engine(self) -> tuple[Engine, Generation]:
        """The engine over the generation in use, opened anew when a build or an update has replaced it."""
        while True:
            generation = generations.current(self.settings.store)
            if self._engine is not None and self._generation is not None and generation.folder == self._generation.folder:
                return self._engine, self._generation
            names, prefixes = named(generation)
            try:
                engine = Engine(generation.folder / QUADS, prefixes, union=False)
            except StoreError:
                if generations.current(self.settings.store).folder == generation.folder:
                    raise
                continue  # two builds ended since
            engine.union = engine.has_graph(names.graph("schema"))
            self._engine, self._generation = engine, generation
            return engine, generation

    def _read(self, job: Job, spool: Spool) -> Outcome:
        engine, generation = self.engine()
        name = generation.folder.name
        if job.action == "query":
            own = names_dataset(unescape(job.text))
            kind, form = engine.query(
                job.text,
                job.dataset,
                job.formats,
                spool.as_file(),
                base=job.base or None,
                names_dataset=own,
                max_rows=self.settings.rows,
            )
        elif job.action == "resource":
            from kg.serve.resources import describe

            status, kind, form = describe(MemoryStore(engine.store, engine.prefixes), generation, job, spool)
            if status != 200:
                return Outcome(status, body=f"the graph says nothing of <{job.text}>".encode(), generation=name)
        elif job.action == "graphs":
            kind, form = "graph", ""
            spool.write("\n".join(engine.graph_names()).encode())
        else:
            if not engine.has_graph(job.graph):
                return Outcome(404, body=f"there is no graph <{job.graph}>".encode(), generation=name)
            kind, form = "graph", job.formats["graph"]
            if job.action == "get":
                engine.write_graph(job.graph, form, spool.as_file())
        body, file = spool.done(form)
        return Outcome(200, kind, form, body, file, spool.size if file else len(body), name)

    def _write(self, job: Job) -> Outcome:
        status = 204

        def change(changes: Changes, prefixes: Mapping[str, str]) -> None:
            nonlocal status
            if job.action == "update":
                changes.update(job.text, job.dataset, prefixes, job.base or None)
            elif job.action == "delete":
                if not changes.drop(job.graph):
                    raise _MissingError
            else:
                there = changes.put(job.graph, job.parts, replace=job.action == "put", base=job.base or job.graph or None)
                status = 204 if there else 201

        try:
            made = rewrite(self.settings.store, change, self.settings.timeout)
        except _MissingError:
            return Outcome(404, body=f"there is no graph <{job.graph}>".encode())
        return Outcome(status, generation=made.folder.name)


class _MissingError(Exception):
    """The graph to delete is not there."""


def named(generation: Generation) -> tuple[Names, dict[str, str]]:
    """The names and prefixes that a generation was built with."""
    names = Names(str(generation.notes.get("base", Names().base)))
    noted = generation.notes.get("prefixes")
    return names, {str(key): str(value) for key, value in noted.items()} if isinstance(noted, dict) else names.prefixes


def rewrite(store: Path, change: Callable[[Changes, Mapping[str, str]], None], wait: float) -> Generation:
    """Change the graph in a new generation that takes the place of the current one when all went well.

    Raises
    ------
    KgError
        As the change raises it; the graph stays as it was.
    """
    notes: dict[str, object] = {}

    def fill(folder: Path) -> None:
        before = generations.current(store)
        notes.update({key: value for key, value in before.notes.items() if key != "generation"})
        copy(before.folder / QUADS, folder / QUADS)
        changes = Changes(folder / QUADS)
        change(changes, named(before)[1])
        notes["statements"] = len(changes)
        changes.close()

    return generations.replace(store, fill, notes, wait=wait)


def create_empty(store: Path) -> Generation:
    """A store without any statement, for a server that is to be filled through its protocols."""
    return generations.replace(store, lambda folder: write_disk(folder / QUADS, b""), {"statements": 0})
