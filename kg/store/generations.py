"""A store on disk that is replaced as a whole.

A store folder holds one folder for each generation and a file `CURRENT` that names the one in use. A writer fills a new
generation beside the others and then replaces `CURRENT` in one step (a rename), so that a reader, a second writer or a
`kill -9` finds the old graph or the new one and never a mixture. The generation before the current one stays for readers
that still have it open; older and unfinished ones are removed by the next writer.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from kg.errors import StoreError

CURRENT = "CURRENT"
LOCK = ".lock"
PREFIX = "generation-"
WAIT_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Generation:
    """The generation in use: its folder, and what the writer noted of it."""

    folder: Path
    notes: Mapping[str, object]


def current(store: Path) -> Generation:
    """The generation in use.

    Raises
    ------
    StoreError
        If there is none.
    """
    pointer = store / CURRENT
    try:
        notes = json.loads(pointer.read_text(encoding="utf-8"))
        folder = store / str(notes["generation"])
    except (FileNotFoundError, NotADirectoryError):
        raise StoreError("there is no graph here yet", file=store, hint="run 'kg build' first") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError("this file is damaged", file=pointer, hint="run 'kg build' again") from error
    if not folder.is_dir():
        raise StoreError("the graph that CURRENT names is gone", file=folder, hint="run 'kg build' again")
    return Generation(folder, notes)


def replace(store: Path, fill: Callable[[Path], None], notes: Mapping[str, object], *, wait: float = WAIT_SECONDS) -> Generation:
    """Write a new generation and make it the current one.

    Parameters
    ----------
    fill : callable
        Writes the data into the folder that it is given.
    notes : mapping
        What to remember of it, as JSON values.
    wait : float
        Seconds to wait for another writer.

    Raises
    ------
    StoreError
        If the folder cannot be written, holds other things, or another writer holds it for too long. The old generation stays.
    """
    with _writing(store, wait):
        pointer = store / CURRENT
        before = _named(pointer)
        for left in sorted(store.glob(PREFIX + "*")):
            if left.name != before:
                shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=store))
        folder.chmod(0o777 & ~_umask())
        try:
            fill(folder)
            text = json.dumps({"generation": folder.name, **notes}, ensure_ascii=False, indent=1, sort_keys=True)
            write_atomically(pointer, text.encode())
        except BaseException as error:
            shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, OSError):
                raise StoreError(f"the store cannot be written: {error.strerror or error}", file=store) from error
            raise
    return Generation(folder, notes)


def write_atomically(file: Path, data: bytes) -> None:
    """Write a file as a whole or not at all, also if the process is killed or the disk is full.

    Raises
    ------
    OSError
        As the system gives it; what was there before stays.
    """
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _named(pointer: Path) -> str:
    try:
        return str(json.loads(pointer.read_text(encoding="utf-8"))["generation"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


@contextmanager
def _writing(store: Path, wait: float) -> Iterator[None]:
    try:
        store.mkdir(parents=True, exist_ok=True)
        strange = [p.name for p in store.iterdir() if p.name not in (CURRENT, LOCK) and not p.name.startswith((PREFIX, f".{CURRENT}."))]
        if strange:
            raise StoreError(f"this folder holds other things ({strange[0]})", file=store, hint="choose another folder with --store")
        lock = FileLock(store / LOCK)
        with lock.acquire(timeout=wait):
            yield
    except Timeout:
        raise StoreError("another build holds this store", file=store, hint="wait for it, or choose another --store") from None
    except OSError as error:
        raise StoreError(
            f"the store cannot be written: {error.strerror or error}", file=store, hint="choose another folder with --store"
        ) from error
