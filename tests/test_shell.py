"""The shell, typed into through a pipe."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from kg.cli.completion import SparqlCompleter
from kg.cli.shell import Setup, Shell, complete, history
from kg.cli.worker import Source, Worker
from kg.errors import StoreError
from kg.graph import KnowledgeGraph
from kg.ontology import Dossier, packaged
from tests.query_support import store_

__all__ = ["store_"]
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
DOSSIER = Dossier.load(packaged())


@pytest.fixture(scope="module", name="worker")
def _worker(store: Path) -> Iterator[Worker]:
    worker = Worker(Source(store, packaged()))
    yield worker
    worker.close()


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path / "state"


def typed(worker: Worker, text: str, **options: object) -> Setup:
    setup = Setup(worker.source.store, packaged(), **options)  # type: ignore[arg-type] # the test's own keywords
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        keys.send_text(text)
        Shell(setup, DOSSIER, worker).loop()
    return setup


def test_a_banner_a_query_and_the_way_out(worker: Worker, capfd: pytest.CaptureFixture[str]) -> None:
    typed(worker, "SELECT ?l {\r state:north-korea rdfs:label ?l ;\r}\r\r\\q\r")
    out, err = capfd.readouterr()
    assert "A query ends with an empty line, or with ;" in out
    assert "북한" in out
    assert err.startswith("3 results in ")


def test_a_semicolon_ends_a_query_and_ctrl_d_leaves(worker: Worker, capfd: pytest.CaptureFixture[str]) -> None:
    typed(worker, "ASK { ?s a kg:State };\r\x04")
    assert "yes\n" in capfd.readouterr().out


def test_prepared_queries(worker: Worker, capfd: pytest.CaptureFixture[str]) -> None:
    typed(worker, "leaders date=2016-06-30\r\\r events-of actor='Kim Jong Un'\r\\r\rleaders day=1\rleaders date=1 date=2\r\\q\r")
    out, err = capfd.readouterr()
    assert "Barack Obama" in out
    assert "Singapore" in out
    assert "no parameter 'day'" in err
    assert "'date' is given twice" in err


def test_errors_do_not_leave_the_shell(worker: Worker, capfd: pytest.CaptureFixture[str]) -> None:
    broken = [
        "SELECT oops {};",
        "DROP ALL;",
        "\\nothing",
        "\\f docx",
        "\\at soon",
        "leders",
        "SELECT * { SERVICE <http://x> {} };",
        "\\timeout x",
    ]
    typed(worker, "\r".join([*broken, "ASK {};", "\\q", ""]))
    out, err = capfd.readouterr()
    assert "'oops' cannot stand here" in err and "\n         ^\n" in err
    for said in (
        "this is an update",
        "no command \\nothing",
        "\\f takes: table",
        "a date is needed",
        "leaders?",
        "--allow-service",
        "whole number",
    ):
        assert said in err, err
    assert out.rstrip().endswith("yes")


def test_settings(worker: Worker, capfd: pytest.CaptureFixture[str]) -> None:
    commands = "\\f csv\r\\lang de\r\\limit 2\r\\timeout 9\r\\iris\r\\at 2016\r\\known 2018-09\r"
    setup = typed(worker, commands + "SELECT ?x { ?x kg:leads state:united-states };\r\\q\r")
    assert (setup.format, setup.language, setup.limit, setup.timeout, setup.iris) == ("csv", "de", 2, 9, True)
    assert (setup.at, setup.known_by) == ("2016", "2018-09")
    assert "barack-obama" in capfd.readouterr().out
    assert typed(worker, "\\at -\r\\q\r", at="2016").at is None


def test_lists_and_help(worker: Worker, capfd: pytest.CaptureFixture[str]) -> None:
    typed(worker, "\\reload\r\\l\r\\l leader\r\\p\r\\?\r\\about leaders\r\\e ASK { ?s a kg:State }\r\\q\r")
    out, _ = capfd.readouterr()
    for said in ("who-speaks", "namespace", "Ctrl-C drops the line", "-p date=<date>", "ask whether there is any"):
        assert said in out


def test_ctrl_c_drops_the_line(worker: Worker, capfd: pytest.CaptureFixture[str]) -> None:
    typed(worker, "SELECT nonsense\x03ASK {};\r\\q\r")
    out, err = capfd.readouterr()
    assert "yes" in out
    assert "Error" not in err


@pytest.mark.skipif(os.name == "nt", reason="a process is interrupted otherwise there")
def test_ctrl_c_stops_the_query_and_not_the_shell(worker: Worker, capfd: pytest.CaptureFixture[str]) -> None:
    timer = threading.Timer(1.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    typed(worker, f"{ENDLESS};\rASK {{}};\r\\q\r")
    timer.join()
    out, err = capfd.readouterr()
    assert "Stopped." in err
    assert "yes" in out


def test_a_time_out_stops_the_query_and_not_the_shell(worker: Worker, capfd: pytest.CaptureFixture[str]) -> None:
    typed(worker, f"\\timeout 1\r{ENDLESS};\rASK {{}};\r\\q\r")
    out, err = capfd.readouterr()
    assert "Error: the query took more than 1 s" in err
    assert "yes" in out


def test_it_opens_on_a_terminal_and_only_there(store: Path, _state: Path) -> None:
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    main, other = pty.openpty()
    command = [sys.executable, "-m", "kg", "query", "-s", str(store), "--at", "2016"]
    env = {**os.environ, "TERM": "dumb", "PROMPT_TOOLKIT_NO_CPR": "1"}
    process = subprocess.Popen(command, stdin=other, stdout=other, stderr=other, env=env)
    os.close(other)
    os.write(main, b"SELECT ?x { ?x kg:leads state:united-states };\r\\q\r")
    text = ""
    with suppress(OSError):  # a terminal that nobody has open any more is an error to read from
        while more := os.read(main, 65536):
            text += more.decode(errors="replace")
    os.close(main)
    assert process.wait(60) == 0
    assert "prepared queries." in text and "kg (at 2016)>" in text and "Barack Obama" in text
    assert "Traceback" not in text
    assert (_state / "kg" / "query_history").is_file()


def test_what_was_asked_is_kept(worker: Worker, _state: Path) -> None:
    typed(worker, "ASK { ?s a kg:State };\r\\q\r")
    assert "+ASK { ?s a kg:State };" in (_state / "kg" / "query_history").read_text(encoding="utf-8")
    assert isinstance(history(), FileHistory)


def test_without_a_state_folder_there_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert isinstance(history(), InMemoryHistory)


def test_no_store_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="kg build"):
        Worker(Source(tmp_path / "none", packaged()))


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("SELECT ?s {", False),
        ("SELECT ?s {\n ?s a kg:Summit ;", False),
        ("SELECT ?s { ?s a kg:Summit };", True),
        ("SELECT ?s { ?s a kg:Summit } # ;", False),
        ("SELECT ?s { ?s a kg:Summit }", False),
        ("SELECT ?s { ?s a kg:Summit }\n", True),
        ("SELECT ?s {\n\n", True),
        ("SELECT", False),
        ("leaders date=2018", True),
        ("leedrs", True),
        ("\\l", True),
        ("", True),
    ],
)
def test_when_enter_asks(text: str, asks: bool) -> None:
    assert complete(text, frozenset({"leaders"})) is asks


@pytest.mark.parametrize(
    ("text", "offered", "meta"),
    [
        ("SELECT ?s { ?s a kg:Summ", "kg:Summit", "Gipfel"),
        ("SELECT ?s { ?s a kg:ummit", "kg:Summit", "Gipfel"),
        ("SELECT ?s { ?s a Gipf", "kg:Summit", "Gipfel"),
        ("SELECT ?s { ?s kg:act", "kg:actor", ""),
        ("SELECT ?s { ?s kg:actor state:north", "state:north-korea", "Nordkorea"),
        ("SELECT ?s { ?s kg:actor Nordk", "state:north-korea", "Nordkorea"),
        ("SELECT ?s { ?s sk", "skos:", "http"),
        ("SELECT ?summit { ?su", "?summit", "variable"),
        ("SELECT ?s { OPT", "OPTIONAL", ""),
        ("lea", "leaders", "Wer"),
        ("leaders ", "date=", "der Tag"),
        ("\\r lea", "leaders", "Wer"),
        ("\\r leaders d", "date=", "der Tag"),
        ("\\la", "\\lang", "the language"),
        ("\\f ", "csv", ""),
    ],
)
def test_completion(worker: Worker, text: str, offered: str, meta: str) -> None:
    completer = SparqlCompleter(worker.vocabulary, DOSSIER, lambda: "de")
    found = {offer.text: offer.display_meta_text for offer in completer.get_completions(Document(text), CompleteEvent())}
    assert offered in found, sorted(found)
    assert found[offered].startswith(meta)


def test_the_vocabulary_is_what_a_person_types(worker: Worker, built: KnowledgeGraph) -> None:
    terms = worker.vocabulary.terms
    assert {"kg:Summit", "kg:actor", "rdfs:label", "state:north-korea", "event:singapore-summit-2018"} <= set(terms)
    assert not [name for name in terms if name.startswith(("claim:", "selector:", "mention:"))]
    assert worker.vocabulary.prefixes == built.prefixes
