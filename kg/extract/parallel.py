"""Extraction in several processes: the same results in the same order for any number of them.

The files are cut into chunks, and each process works on one chunk while a second one waits for it. A chunk is handed out only while
it is near enough to the next one that the caller is to get, so that memory stays flat however many files there are. Processes are
spawned, never forked: engine and reader travel by `pickle`, which a function of a module, or a `functools.partial` of one, can do.
"""

from __future__ import annotations

import multiprocessing
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Final

from kg.errors import ExtractionError, KgError
from kg.extract.engines.base import Engine
from kg.model import Document, Extraction

CHUNK: Final = 8
"""The most files in a chunk."""
AHEAD: Final = 4
"""How many chunks for each process may be done before the caller has taken them."""
PATIENCE: Final = 5.0
"""Seconds that a process gets to end before it is killed."""

Result = tuple[Path, Extraction | KgError]
Make = Callable[[], Engine]
Read = Callable[[Path], Document]


def extract_all(make_engine: Make, files: Sequence[Path], read: Read, jobs: int = 1) -> Iterator[Result]:
    """Extract from files, in this process or in several.

    Parameters
    ----------
    make_engine : callable
        Makes the engine; called once in each process.
    files : sequence of Path
        The documents' files.
    read : callable
        Gives the document in a file.
    jobs : int
        How many processes; with 1, or with a single file, everything is done in this one.

    Yields
    ------
    tuple of Path and Extraction or KgError
        For each file in the given order its extraction, or why there is none.

    Raises
    ------
    ExtractionError
        If `jobs` is less than 1, the engine cannot be made, a process dies, or the user interrupts. No process is left over then, nor
        when the caller stops early and closes the iterator.
    """
    if jobs < 1:
        raise ExtractionError(f"extraction needs at least one process, not {jobs}", hint="for example --jobs 2")
    done = 0
    crew = _Crew(make_engine, read, files, min(jobs, len(files)))
    results = _here(make_engine, files, read) if jobs == 1 or len(files) < 2 else crew.results()
    try:
        for result in results:
            yield result
            done += 1
    except KeyboardInterrupt as error:
        raise ExtractionError(f"interrupted after {done} of {len(files)} documents") from error
    finally:
        crew.end()


def _here(make_engine: Make, files: Sequence[Path], read: Read) -> Iterator[Result]:
    engine = make_engine()
    for file in files:
        yield file, _one(engine, file, read)


def _one(engine: Engine, file: Path, read: Read) -> Extraction | KgError:
    """What a file gives. A document on which the engine breaks is told like one that cannot be read; the others go on."""
    try:
        return engine.extract(read(file))
    except KgError as error:
        return error
    except Exception as error:  # the report is the error itself, with its kind
        return ExtractionError(f"the engine broke on this document: {type(error).__name__}: {error}", file=file)


# ---- in the other processes


def _work(connection: Connection, parcel: bytes) -> None:
    """The life of a process: make the engine, then answer each chunk until there is none or the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted too, and ends this process
    try:
        make_engine, read = pickle.loads(parcel)
        try:
            engine = make_engine()
        except KgError as error:
            connection.send((-1, [_portable(error)]))
            return
        while (message := connection.recv()) is not None:
            number, files = message
            connection.send((number, [_portable(_one(engine, file, read)) for file in files]))
    except (EOFError, OSError):
        return  # the parent is gone


def _portable(result: Extraction | KgError) -> Extraction | KgError:
    """The result in a form that `pickle` can carry: an error whose class it cannot build again becomes a plain one with its words."""
    if isinstance(result, Extraction):
        return result
    try:
        copy = pickle.loads(pickle.dumps(result))
    except (TypeError, AttributeError, pickle.PickleError):
        copy = None
    return result if isinstance(copy, KgError) and str(copy) == str(result) else ExtractionError(str(result))


# ---- in this process


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    connection: Connection
    given: deque[int] = field(default_factory=deque)
    """Numbers of the chunks that it has and has not answered."""


class _Crew:
    """The processes of one run, and the chunks that are out."""

    def __init__(self, make_engine: Make, read: Read, files: Sequence[Path], jobs: int) -> None:
        self._parts = (make_engine, read)
        self._jobs = jobs
        size = max(1, min(CHUNK, len(files) // (2 * max(jobs, 1))))
        self._chunks = [tuple(files[start : start + size]) for start in range(0, len(files), size)]
        self._workers: list[_Worker] = []

    def results(self) -> Iterator[Result]:
        self._start()
        fresh = 0
        ready: dict[int, list[Extraction | KgError]] = {}
        for number, chunk in enumerate(self._chunks):
            while number not in ready:
                fresh = self._hand_out(fresh, number)
                ready.update(self._answers())
            fresh = self._hand_out(fresh, number)
            yield from zip(chunk, ready.pop(number), strict=True)

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        try:
            parcel = pickle.dumps(self._parts)
        except (TypeError, AttributeError, pickle.PickleError) as error:
            raise ExtractionError(f"the engine cannot be made in another process: {error}", hint="use one process") from error
        for number in range(self._jobs):
            own, others = context.Pipe()
            process = context.Process(target=_work, args=(others, parcel), name=f"kg-extract-{number}", daemon=True)
            process.start()
            others.close()  # so that the end of the process is the end of the connection
            self._workers.append(_Worker(process, own))

    def _hand_out(self, fresh: int, taken: int) -> int:
        """Give chunks to those who have fewer than two, the least busy first; returns the next chunk to give."""
        while fresh < min(len(self._chunks), taken + AHEAD * self._jobs):
            worker = min(self._workers, key=lambda item: len(item.given))
            if len(worker.given) >= 2:
                break
            worker.given.append(fresh)
            try:
                worker.connection.send((fresh, self._chunks[fresh]))
            except OSError as error:
                raise self._lost(worker) from error
            fresh += 1
        return fresh

    def _answers(self) -> Iterator[tuple[int, list[Extraction | KgError]]]:
        """The answers that are there, once at least one is.

        Raises
        ------
        KgError
            If an engine could not be made, or a process has ended.
        """
        waiting = {worker.connection: worker for worker in self._workers if worker.given}
        for connection in wait(list(waiting)):
            worker = next(item for item in waiting.values() if item.connection is connection)
            try:
                number, results = worker.connection.recv()
            except (EOFError, OSError) as error:
                raise self._lost(worker) from error
            if number < 0:
                raise results[0]
            worker.given.remove(number)
            yield number, results

    def _lost(self, worker: _Worker) -> KgError:
        worker.process.join(PATIENCE)
        files = self._chunks[worker.given[0]] if worker.given else ()
        where = f" while it worked on {files[0].name}" if len(files) == 1 else ""
        where = f" between {files[0].name} and {files[-1].name}" if len(files) > 1 else where
        code = worker.process.exitcode
        return ExtractionError(f"a process for extraction ended unexpectedly (exit code {code}){where}", hint="one process may say why")

    def end(self) -> None:
        """End all processes; those that do not listen are terminated, then killed."""
        for worker in self._workers:
            if worker.given:
                worker.process.terminate()
            else:
                _say_goodbye(worker.connection)
        for worker in self._workers:
            worker.process.join(PATIENCE)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.connection.close()
            worker.process.close()
        self._workers.clear()


def _say_goodbye(connection: Connection) -> None:
    try:
        connection.send(None)
    except OSError:
        return  # it has ended already
