"""Where a worker writes an answer: memory while it is small, then a file."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from pathlib import Path
from typing import IO, Final, cast

SMALL: Final = 256_000
"""Bytes up to which an answer is handed over in memory."""


class TooLargeError(Exception):
    """An answer has more bytes than are allowed."""


class Spool:
    """A file to write bytes into, with a limit.

    Parameters
    ----------
    folder : Path
        Where a file is made once one is needed.
    limit : int
        Bytes after which `write` raises `TooLargeError`.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder = folder
        self.limit = limit
        self.size = 0
        self.refused = False
        self._parts: list[bytes] = []
        self._file: IO[bytes] | None = None
        self.name = ""

    def write(self, data: bytes) -> int:
        """Take more bytes."""
        self.size += len(data)
        if self.size > self.limit:
            self.refused = True
            raise TooLargeError
        if self._file is None and self.size > SMALL:
            handle, self.name = tempfile.mkstemp(prefix="answer-", dir=self.folder)
            self._file = os.fdopen(handle, "wb")
            self._file.write(b"".join(self._parts))
            self._parts = []
        if self._file is not None:
            return self._file.write(data)
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is waited for."""

    def done(self, form: str = "") -> tuple[bytes, str]:
        """The bytes of a small answer, or the name of the file of a large one; small Turtle keeps only the prefixes that it uses."""
        if self._file is None:
            data = b"".join(self._parts)
            return without_unused(data) if form == "turtle" else data, ""
        self._file.close()
        return b"", self.name

    def drop(self) -> None:
        """Forget what was written."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            Path(self.name).unlink(missing_ok=True)

    def as_file(self) -> IO[bytes]:
        """The spool for a function that wants an open file; only `write` and `flush` are there."""
        return cast("IO[bytes]", self)


def without_unused(turtle: bytes) -> bytes:
    """Turtle without the prefix declarations at its head that nothing uses."""
    head, body = [], turtle
    while body.startswith(b"@prefix "):
        line, _, body = body.partition(b"\n")
        head.append(line)
    used = set(re.findall(rb"([\w-]*):", body))
    return b"".join(line + b"\n" for line in head if line.split(b":")[0].removeprefix(b"@prefix ") in used) + body
