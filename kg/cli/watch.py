"""A watch over a query: a time limit, a line that shows that it is at work, and Ctrl-C that is heard at once.

The engine runs outside Python and cannot be asked to stop; while it runs, it lets other threads run. So a thread waits beside it:
when the time is up, or Ctrl-C comes, it says so and ends the process. As an answer is written only when it is whole, nothing is
left half done.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

QUIET = 1.0
"""Seconds after which a line shows that the query is at work."""
STEP = 0.1


@contextmanager
def watch(seconds: float, end: Callable[[int], object] = os._exit) -> Iterator[None]:
    """Watch over what is done within; to be called in the main thread.

    Parameters
    ----------
    seconds : float
        The time allowed; 0 for any.
    end : callable
        Ends the process with an exit code: 1 when the time is up, 130 for Ctrl-C.
    """
    inner, outer = socket.socketpair()
    inner.setblocking(False)
    outer.setblocking(False)
    done = threading.Event()
    before = signal.signal(signal.SIGINT, lambda number, frame: None)  # the bytes that Python writes at once are what counts
    waker = signal.set_wakeup_fd(inner.fileno(), warn_on_full_buffer=False)
    thread = threading.Thread(target=_wait, args=(seconds, outer, done, end), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        with suppress(OSError):
            inner.send(b"\0")
        thread.join()
        signal.set_wakeup_fd(waker)
        signal.signal(signal.SIGINT, before)
        inner.close()
        outer.close()


def too_long(seconds: float) -> str:
    """What is said when the time is up."""
    return f"the query took more than {seconds:g} s (--timeout {seconds * 10:g} gives it more, --timeout 0 all the time it needs)"


def _wait(seconds: float, outer: socket.socket, done: threading.Event, end: Callable[[int], object]) -> None:
    begin = time.monotonic()
    terminal = sys.stderr is not None and sys.stderr.isatty()
    line = Line() if terminal else None
    while not done.is_set():
        passed = time.monotonic() - begin
        wait = STEP if line and passed > QUIET - STEP else QUIET
        if seconds:
            wait = max(0.0, min(wait, seconds - passed))
        if select.select([outer], [], [], wait)[0] and signal.SIGINT in outer.recv(64):
            _leave(line, "Stopped.", 130, end)
            return
        passed = time.monotonic() - begin
        if done.is_set():
            break
        if seconds and passed >= seconds:
            _leave(line, f"Error: {too_long(seconds)}", 1, end)
            return
        if line and passed >= QUIET:
            line.show(passed, seconds)
    if line:
        line.clear()


def _leave(line: Line | None, text: str, code: int, end: Callable[[int], object]) -> None:
    if line:
        line.clear()
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            sys.stderr.write(text + "\n")
            sys.stderr.flush()
    end(code)


class Line:
    """A line on a terminal's stderr that says how long a query has been at work; it hides no cursor, and goes away."""

    def __init__(self) -> None:
        from rich.console import Console  # the first second of a query needs none of it
        from rich.spinner import Spinner

        self.console = Console(stderr=True, highlight=False)
        self.spinner = Spinner("dots")
        self.shown = False

    def show(self, passed: float, seconds: float) -> None:
        """Draw it."""
        limit = f" of {seconds:g}" if seconds else ""
        with self.console.capture() as drawn:
            self.console.print(self.spinner.render(passed), f"asking … {passed:.0f}{limit} s, Ctrl-C stops it", end="", style="dim")
        self._write(f"\r\x1b[2K{drawn.get()}")
        self.shown = True

    def clear(self) -> None:
        """Take it away."""
        if self.shown:
            self._write("\r\x1b[2K")
            self.shown = False

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.write(text)
            sys.stderr.flush()
