"""A store on disk is the old one or the new one, whatever happens."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from kg.errors import StoreError
from kg.store import generations


def put(text: str) -> object:
    return lambda folder: (folder / "data").write_text(text, encoding="utf-8")


def content(store: Path) -> str:
    return (generations.current(store).folder / "data").read_text(encoding="utf-8")


def test_a_generation_replaces_the_one_before(tmp_path: Path) -> None:
    store = tmp_path / "store"
    for text in ("one", "two", "three"):
        generations.replace(store, put(text), {"text": text})  # type: ignore[arg-type] # a lambda of any result will do
        assert content(store) == text
        assert generations.current(store).notes["text"] == text
    assert len(list(store.glob("generation-*"))) == 2, "the current one and the one before"


def test_nothing_there_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="kg build"):
        generations.current(tmp_path / "none")


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"generation": 3}', '{"generation": "gone"}'])
def test_a_damaged_pointer_is_one_clear_error(tmp_path: Path, damage: str) -> None:
    (tmp_path / "CURRENT").write_text(damage, encoding="utf-8")
    with pytest.raises(StoreError, match="kg build"):
        generations.current(tmp_path)


def test_a_failing_writer_leaves_the_old_one(tmp_path: Path) -> None:
    store = tmp_path / "store"
    generations.replace(store, put("old"), {})  # type: ignore[arg-type] # as above

    def fail(folder: Path) -> None:
        (folder / "data").write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    with pytest.raises(StoreError, match="No space left"):
        generations.replace(store, fail, {})
    assert content(store) == "old"
    assert len(list(store.glob("generation-*"))) == 1


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match="holds other things"):
        generations.replace(tmp_path, put("x"), {})  # type: ignore[arg-type] # as above
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.docx"]


def _slow(store: str, text: str, started: object) -> None:
    def fill(folder: Path) -> None:
        (folder / "data").write_text(text, encoding="utf-8")
        started.set()  # type: ignore[attr-defined] # an Event of multiprocessing
        time.sleep(1.0)

    generations.replace(Path(store), fill, {})


def test_kill_9_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    store = tmp_path / "store"
    generations.replace(store, put("old"), {})  # type: ignore[arg-type] # as above
    context = multiprocessing.get_context("spawn")
    started = context.Event()
    process = context.Process(target=_slow, args=(str(store), "new", started))
    process.start()
    assert started.wait(30)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    assert content(store) == "old"
    generations.replace(store, put("newer"), {}, wait=10)  # type: ignore[arg-type] # as above
    assert content(store) == "newer"
    assert len(list(store.glob("generation-*"))) == 2, "what the killed one left is gone"


def test_two_writers_follow_each_other(tmp_path: Path) -> None:
    store = tmp_path / "store"
    context = multiprocessing.get_context("spawn")
    started = context.Event()
    process = context.Process(target=_slow, args=(str(store), "first", started))
    process.start()
    assert started.wait(30)
    with pytest.raises(StoreError, match="another build"):
        generations.replace(store, put("second"), {}, wait=0.1)  # type: ignore[arg-type] # as above
    generations.replace(store, put("second"), {}, wait=30)  # type: ignore[arg-type] # as above
    process.join()
    assert content(store) == "second"


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "x"
    generations.write_atomically(file, b"one")
    assert file.read_bytes() == b"one"
    with pytest.raises(FileNotFoundError):
        generations.write_atomically(tmp_path / "none" / "x", b"two")
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
