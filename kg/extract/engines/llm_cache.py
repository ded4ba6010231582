"""Answers of a language model, kept by what was asked: a JSON file each, whole or not there, for any number of processes at once."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from kg.errors import ExtractionError
from kg.extract.engines.llm_client import Answer

PATIENCE: Final = 600.0
"""Seconds for which an answer is awaited that another process is asking for."""


def cache_folder(environ: Mapping[str, str]) -> Path:
    """The folder `llm` in `KG_CACHE`, or `.kg/cache/llm` where that is not set."""
    return Path(environ.get("KG_CACHE", "").strip() or Path(".kg") / "cache") / "llm"


class AnswerCache:
    """The answers in a folder, or none at all.

    Parameters
    ----------
    folder : Path or None
        Made when the first answer is kept; without one nothing is kept.

    Attributes
    ----------
    unwritten : int
        Answers that could not be kept.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.unwritten = 0

    def get(self, key: str) -> Answer | None:
        """The answer kept under a key; a file that holds none (half a disk, another program's) counts as not there."""
        if self.folder is None:
            return None
        try:
            kept = json.loads(self._file(self.folder, key).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        if not isinstance(kept, dict) or kept.get("key") != key or not isinstance(kept.get("text"), str):
            return None
        tokens = [kept.get(name) for name in ("tokens_in", "tokens_out")]
        counts = [count if isinstance(count, int) and count >= 0 else 0 for count in tokens]
        return Answer(kept["text"], kept.get("cut") is True, counts[0], counts[1], kept.get("counted") is True)

    def put(self, key: str, answer: Answer, model: str) -> None:
        """Keep an answer; where the disk refuses, it is only counted, since the answer itself is there."""
        if self.folder is None:
            return
        kept = {
            "key": key,
            "model": model,
            "text": answer.text,
            "cut": answer.cut,
            "tokens_in": answer.tokens_in,
            "tokens_out": answer.tokens_out,
            "counted": answer.counted,
        }
        file = self._file(self.folder, key)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{key}.", suffix=".part")
            try:
                with os.fdopen(handle, "w", encoding="utf-8", newline="\n", errors="replace") as stream:
                    stream.write(json.dumps(kept, ensure_ascii=False, sort_keys=True, indent=1) + "\n")
                Path(name).replace(file)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError:
            self.unwritten += 1

    @contextlib.contextmanager
    def turn(self, key: str) -> Iterator[None]:
        """Hold a key while its answer is asked for, so that two processes do not both pay for it.

        Raises
        ------
        ExtractionError
            If the cache's folder cannot be made.
        """
        if self.folder is None:
            yield
            return
        file = self._file(self.folder, key).with_suffix(".lock")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = f"the cache of answers cannot be made: {error.strerror or error}"
            raise ExtractionError(reason, file=self.folder, hint="set KG_CACHE to a folder that can be written") from error
        lock = FileLock(file)
        with contextlib.suppress(Timeout, OSError):  # asking twice is better than not at all
            lock.acquire(timeout=PATIENCE)
        if not lock.is_locked:
            yield
            return
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # Windows keeps an open file; whoever waits finds the answer kept
                file.unlink(missing_ok=True)
            lock.release()

    @staticmethod
    def _file(folder: Path, key: str) -> Path:
        return folder / key[:2] / f"{key}.json"
