"""Extraction in several processes: same results, same order, no process left over whatever happens."""

from __future__ import annotations

import functools
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.errors import DocumentError, ExtractionError, KgError, MissingExtraError
from kg.extract import records
from kg.extract.documents import read
from kg.extract.engines.lexicon import LexiconEngine
from kg.extract.gazetteer import Knowledge
from kg.extract.parallel import AHEAD, CHUNK, extract_all
from kg.model import Document, Extraction, Sentence
from tests.extract_support import NAMES, lexicon, small_world

ROOT = Path(__file__).parents[1]


class Plain:
    """An engine that costs nothing; some words make it misbehave."""

    def extract(self, document: Document) -> Extraction:
        if "break" in document.text:
            raise ZeroDivisionError("by a document")
        if "die" in document.text:
            os._exit(3)
        if "hang" in document.text:
            time.sleep(60)
        return Extraction(document, (Sentence(0, len(document.text), document.text),), notes=(document.name,))


def small() -> LexiconEngine:
    return LexiconEngine(Knowledge.from_quads(small_world(), NAMES), lexicon())


def no_engine() -> Plain:
    raise ExtractionError("there is no such model", hint="get it")


def plain_text(file: Path) -> Document:
    if "locked" in file.name:
        raise MissingExtraError("reading this", "locked")
    return read(file, language="en")


def marking(folder: Path, file: Path) -> Document:
    (folder / file.name).touch()
    return plain_text(file)


def write(folder: Path, texts: list[str]) -> list[Path]:
    files = []
    for number, text in enumerate(texts):
        files.append(folder / f"text-{number:03}.txt")
        files[-1].write_text(text, "utf-8")
    return files


def told(results: list[tuple[Path, Extraction | KgError]]) -> list[tuple[str, object]]:
    return [(file.name, result if isinstance(result, Extraction) else (type(result), str(result))) for file, result in results]


def left_over() -> list[multiprocessing.Process]:
    return [process for process in multiprocessing.active_children() if process.name.startswith("kg-extract")]


@pytest.fixture(autouse=True)
def nothing_left_over() -> object:
    yield None
    assert left_over() == []


def test_the_same_for_any_number_of_processes(tmp_path: Path) -> None:
    texts = [
        f"Nordkorea hat den USA am {day}. August gedroht. Trump traf Kim Jong Un." if day % 2 else f"Trump met Obama {day} times."
        for day in range(1, 24)
    ]
    files = write(tmp_path, texts)
    once = list(extract_all(small, files, read, 1))
    assert [file for file, _ in once] == files
    assert sum(len(result.claims) for _, result in once if isinstance(result, Extraction)) >= 20
    for jobs in (2, 3):
        several = list(extract_all(small, files, read, jobs))
        assert several == once
        for (_, one), (_, other) in zip(once, several, strict=True):
            assert isinstance(one, Extraction)
            assert isinstance(other, Extraction)
            assert json.dumps(records.records(one)) == json.dumps(records.records(other))


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_file_that_cannot_be_read_stands_in_its_place(tmp_path: Path, jobs: int) -> None:
    files = write(tmp_path, ["one", "two", "", "four", "break", "six"])
    files.insert(1, tmp_path / "not-there.txt")
    found = list(extract_all(Plain, files, plain_text, jobs))
    assert [file for file, _ in found] == files
    assert [type(result) for _, result in found] == [
        Extraction, DocumentError, Extraction, DocumentError, Extraction, ExtractionError, Extraction,
    ]  # fmt: skip
    assert "no such document" in str(found[1][1])
    assert "text-004.txt" in str(found[5][1])
    assert "ZeroDivisionError: by a document" in str(found[5][1])


def test_errors_are_told_alike(tmp_path: Path) -> None:
    files = write(tmp_path, ["one", "break", "three", ""])
    files.append(tmp_path / "locked.txt")
    files[-1].write_text("x", "utf-8")
    one, two = told(list(extract_all(Plain, files, plain_text, 1))), told(list(extract_all(Plain, files, plain_text, 2)))
    assert [(name, str(result)) for name, result in one[:4]] == [(name, str(result)) for name, result in two[:4]]
    assert one[4][1][1] == two[4][1][1]  # type: ignore[index]  # both are errors; this one's class does not travel, its words do
    assert "peninsula-kg[locked]" in two[4][1][1]  # type: ignore[index]  # likewise


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_engine_that_cannot_be_made(tmp_path: Path, jobs: int) -> None:
    with pytest.raises(ExtractionError, match="there is no such model"):
        list(extract_all(no_engine, write(tmp_path, ["one", "two", "three"]), plain_text, jobs))


def test_a_process_that_dies(tmp_path: Path) -> None:
    files = write(tmp_path, ["text"] * 20 + ["die"] + ["text"] * 20)
    taken = []
    start = time.monotonic()
    with pytest.raises(ExtractionError) as caught:
        for file, _ in extract_all(Plain, files, plain_text, 2):
            taken.append(file)
    assert "exit code 3" in str(caught.value)
    assert "text-0" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert taken == files[: len(taken)]
    assert time.monotonic() - start < 30


def test_a_caller_that_stops_early(tmp_path: Path) -> None:
    files = write(tmp_path, ["text"] * CHUNK + ["hang"] * 40)
    results = extract_all(Plain, files, plain_text, 2)
    assert next(results)[0] == files[0]
    start = time.monotonic()
    results.close()  # type: ignore[attr-defined]  # it is a generator
    assert left_over() == []
    assert time.monotonic() - start < 20


def test_no_more_is_done_than_is_wanted_soon(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    files = write(tmp_path, ["text"] * 400)
    results = extract_all(Plain, files, functools.partial(marking, marks), 2)
    next(results)
    time.sleep(1.0)
    assert 0 < len(list(marks.iterdir())) <= CHUNK * (AHEAD + 1) * 2
    assert len(list(results)) == 399
    assert len(list(marks.iterdir())) == 400


def test_what_cannot_travel(tmp_path: Path) -> None:
    files = write(tmp_path, ["one", "two"])
    with pytest.raises(ExtractionError, match="cannot be made in another process"):
        list(extract_all(lambda: Plain(), files, plain_text, 2))  # a lambda cannot be pickled


def test_no_processes() -> None:
    with pytest.raises(ExtractionError, match="at least one process"):
        list(extract_all(Plain, [], plain_text, 0))
    assert list(extract_all(Plain, [], plain_text, 4)) == []


SCRIPT = """
import sys
import time
from pathlib import Path
from kg.errors import KgError
from kg.extract.parallel import extract_all
from tests.test_extract_parallel import Plain, plain_text

if __name__ == "__main__":
    try:
        for file, _ in extract_all(Plain, sorted(Path(sys.argv[1]).glob("*.txt")), plain_text, int(sys.argv[2])):
            print(file.name, flush=True)
            time.sleep(int(sys.argv[3]))
    except KgError as error:
        sys.exit(f"Error: {error}")
"""


def start(folder: Path, jobs: int, then: str, pause: int = 0) -> subprocess.Popen[str]:
    """The script in a process group of its own, when it has given its first result."""
    write(folder, ["text"] * CHUNK + [then] * (3 * CHUNK))
    script = folder / "script.py"
    script.write_text(SCRIPT, "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.Popen(
        [sys.executable, str(script), str(folder), str(jobs), str(pause)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=environment,
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "text-000.txt\n"
    time.sleep(0.5)
    return run


def group_is_gone(group: int, within: float) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(sys.platform == "win32", reason="process groups and their signals are POSIX")
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupt(tmp_path: Path, jobs: int) -> None:
    run = start(tmp_path, jobs, "hang")
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to all of them
    _, errors = run.communicate(timeout=20)
    assert run.returncode == 1
    lines = errors.strip().splitlines()
    assert lines[-1].startswith("Error: interrupted after ")
    assert len(lines) == 1
    assert group_is_gone(run.pid, 5)


@pytest.mark.skipif(sys.platform == "win32", reason="process groups and their signals are POSIX")
def test_processes_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    run = start(tmp_path, 2, "text", pause=600)
    os.kill(run.pid, signal.SIGKILL)
    run.communicate(timeout=20)
    assert group_is_gone(run.pid, 10)
