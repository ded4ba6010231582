"""Small answers kept in memory for as long as the graph they come from is the current one."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from pathlib import Path
from typing import Final

from kg.errors import StoreError
from kg.serve.jobs import Job, Outcome
from kg.store import generations
from kg.store.generations import Generation

MOST: Final = 32 << 20
"""Bytes of answers that are kept."""
_CHANGING: Final = re.compile(r"(?i)\b(?:now|rand|uuid|struuid|bnode)\s*\(|\bservice\b")
"""What gives another answer each time."""


class Current:
    """The generation in use, read again only when the file that names it changes."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self._seen: tuple[int, int, int] | None = None
        self._generation: Generation | None = None

    def __call__(self) -> Generation:
        """The generation in use.

        Raises
        ------
        StoreError
            If there is none.
        """
        try:
            stat = (self.store / generations.CURRENT).stat()
        except OSError:
            raise StoreError("there is no graph here any more", file=self.store) from None
        seen = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        if self._generation is None or seen != self._seen:
            self._generation, self._seen = generations.current(self.store), seen
        return self._generation


class Answers:
    """A cache of answers by build and question, the least recently used dropped first."""

    def __init__(self, limit: int = MOST) -> None:
        self.limit = limit
        self.size = 0
        self._kept: OrderedDict[str, Outcome] = OrderedDict()

    def get(self, tag: str) -> Outcome | None:
        """The answer kept under a tag, if any."""
        found = self._kept.get(tag)
        if found is not None:
            self._kept.move_to_end(tag)
        return found

    def keep(self, tag: str, job: Job, outcome: Outcome) -> None:
        """Keep an answer where it is small and would be the same the next time."""
        if outcome.status != 200 or outcome.file or len(outcome.body) > self.limit // 16 or _CHANGING.search(job.text) or tag in self._kept:
            return
        self._kept[tag] = outcome
        self.size += len(outcome.body)
        while self.size > self.limit:
            _, dropped = self._kept.popitem(last=False)
            self.size -= len(dropped.body)


def tag_of(generation: str, job: Job) -> str:
    """A name for the answer to a job on a build: equal where the answers are."""
    asked = repr((job.action, job.text, job.dataset, sorted(job.formats.items()), job.graph, job.base, job.language))
    return f"{generation.removeprefix(generations.PREFIX)}-{hashlib.blake2b(asked.encode(), digest_size=12).hexdigest()}"
