"""The worker processes: who gets one, how long it may take, and what happens when it does not come back.

Short queries and long ones are kept apart. A query has a place in the short lane; one that still runs after `LONG` seconds gives its
place up, goes on at a lower priority, and its worker is not used again. So cheap queries find a free place and a free core
however many heavy ones run.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final

from kg.serve import worker
from kg.serve.jobs import Job, Outcome
from kg.serve.settings import Settings

LONG: Final = 0.5
"""Seconds after which a query counts as long."""
MOST_LONG: Final = 32
"""Long queries that may run at once."""
NICE: Final = 10
"""How much a long query's process stands back."""
START_SECONDS: Final = 30.0


@dataclass(slots=True)
class Figures:
    """What the pool has done, for /metrics."""

    started: int = 0
    killed: int = 0
    crashed: int = 0
    long: int = 0
    running: int = 0
    waiting: int = 0


@dataclass(slots=True)
class Process:
    """A worker process and the channel to it."""

    process: ForkServerProcess
    channel: Connection

    def ask(self, job: Job) -> Outcome:
        """Send a job and wait for what becomes of it.

        Raises
        ------
        OSError, EOFError
            If the process is gone.
        """
        self.channel.send(job)
        outcome = self.channel.recv()
        assert isinstance(outcome, Outcome)
        return outcome

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(OSError, ValueError, AttributeError):
            self.process.kill()

    def close(self) -> None:
        """Let go of a process that is dead or will be soon."""
        self.kill()
        with contextlib.suppress(OSError):
            self.channel.close()
        with contextlib.suppress(OSError, ValueError, AssertionError):
            self.process.join(5)
            self.process.close()


class Pool:
    """Runs jobs in worker processes, within the limits of the settings.

    Parameters
    ----------
    folder : Path
        Where workers spool large answers.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.folder = folder
        self.figures = Figures()
        self._idle: deque[Process] = deque()
        self._processes: dict[int, Process] = {}
        self._short = asyncio.Semaphore(settings.workers)
        self._writing = asyncio.Lock()
        self._threads = ThreadPoolExecutor(settings.workers + MOST_LONG + 8, thread_name_prefix="worker")
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["kg.serve.worker", "kg.serve.resources"])
        self._closed = False

    async def start(self) -> None:
        """Have one worker ready.

        Raises
        ------
        OSError
            If no process can be started.
        """
        self._idle.append(await self._spawn())

    async def do(self, job: Job) -> Outcome:
        """The outcome of a job; 503 where there is no free worker in time, it takes too long, or its worker dies."""
        deadline = time.monotonic() + self.settings.timeout
        if job.action in worker.WRITES:
            try:
                await asyncio.wait_for(self._writing.acquire(), self.settings.timeout)
            except TimeoutError:
                return Outcome(503, body=b"other updates take too long; try again later")
            try:
                return await self._placed(job, deadline)
            finally:
                self._writing.release()
        return await self._placed(job, deadline)

    async def _placed(self, job: Job, deadline: float) -> Outcome:
        self.figures.waiting += 1
        try:
            await asyncio.wait_for(self._short.acquire(), max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            return Outcome(503, body=b"the server is busy; try again later")
        finally:
            self.figures.waiting -= 1
        place = _Place(self._short)
        self.figures.running += 1
        try:
            process = self._idle.pop() if self._idle else await self._spawn()
            return await self._watched(process, job, deadline, place)
        except (OSError, EOFError) as error:
            return Outcome(503, body=f"no worker could be started: {error}".encode())
        finally:
            self.figures.running -= 1
            place.leave()

    async def _watched(self, process: Process, job: Job, deadline: float, place: _Place) -> Outcome:
        asked = asyncio.get_running_loop().run_in_executor(self._threads, process.ask, job)
        long = False
        try:
            done, _ = await asyncio.wait({asked}, timeout=min(LONG, max(0.0, deadline - time.monotonic())))
            if not done and job.action not in worker.WRITES:
                if self.figures.long >= MOST_LONG:
                    return await self._stop(process, asked, b"too many long queries are running; try again later")
                long = True
                self.figures.long += 1
                place.leave()
                _stand_back(process)
            if not done:
                done, _ = await asyncio.wait({asked}, timeout=max(0.0, deadline - time.monotonic()))
            if not done:
                message = f"this took more than {self.settings.timeout:g} s, the most that is allowed".encode()
                return await self._stop(process, asked, message)
            outcome = asked.result()
        except asyncio.CancelledError:  # whoever asked has gone
            await self._stop(process, asked, b"")
            raise
        except (OSError, EOFError):
            self.figures.crashed += 1
            self._forget(process)
            return Outcome(503, body=b"this needs more memory or nests deeper than is allowed")
        finally:
            if long:
                self.figures.long -= 1
        if long or self._closed or len(self._idle) >= self.settings.workers:
            self._forget(process)
        else:
            self._idle.append(process)
        return outcome

    async def _stop(self, process: Process, asked: asyncio.Future[Outcome], message: bytes) -> Outcome:
        self.figures.killed += 1
        process.kill()
        with contextlib.suppress(OSError, EOFError, TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(asyncio.shield(asked), 5)
        self._forget(process)
        return Outcome(503, body=message)

    def _forget(self, process: Process) -> None:
        self._processes.pop(id(process), None)
        self._threads.submit(process.close)

    async def _spawn(self) -> Process:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._start_process)

    def _start_process(self) -> Process:
        here, there = self._context.Pipe()
        process = self._context.Process(target=worker.run, args=(there, self.settings, self.folder), daemon=True)
        process.start()
        there.close()
        made = Process(process, here)
        if not here.poll(START_SECONDS) or here.recv() != "ready":
            made.close()
            raise OSError("a worker process does not start")
        self.figures.started += 1
        self._processes[id(made)] = made
        return made

    async def close(self) -> None:
        """End all workers."""
        self._closed = True
        processes = list(self._processes.values())
        self._idle.clear()
        for process in processes:
            process.kill()
        for process in processes:
            await asyncio.to_thread(process.close)
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Place:
    """A place in the short lane, which can be left once."""

    def __init__(self, lane: asyncio.Semaphore) -> None:
        self._lane: asyncio.Semaphore | None = lane

    def leave(self) -> None:
        if self._lane is not None:
            self._lane.release()
            self._lane = None


def _stand_back(process: Process) -> None:
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, process.process.pid or 0, NICE)
