"""`kg query` as a person meets it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import rdflib
from rich.cells import cell_len

from tests.query_support import ENV, kg, store_

__all__ = ["store_"]
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def error(done: subprocess.CompletedProcess[str], code: int = 1) -> str:
    lines = done.stderr.strip().splitlines()
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    found = [line for line in lines if line.startswith("Error: ")]
    assert len(found) == 1, done.stderr
    return found[0]


# Forms and formats


@pytest.mark.parametrize("width", [60, 80, 100])
@pytest.mark.parametrize("language", ["en", "de"])
def test_tables_fit(store: Path, width: int, language: str) -> None:
    done = kg("leaders", "-s", store, "--lang", language, env={"COLUMNS": str(width)})
    assert max(map(cell_len, done.stdout.splitlines())) <= width
    assert "Nordkorea" in done.stdout or "North Korea" in done.stdout
    assert re.fullmatch(r"8 results in \d+ ms\n", done.stderr)


def test_columns_of_a_star_stand_as_in_the_text(store: Path) -> None:
    done = kg("-s", store, "-f", "csv", "SELECT * { ?s a kg:State ; rdfs:label ?l . ?s kg:capital ?c }")
    assert done.stdout.startswith("s,l,c\r\n") or done.stdout.startswith("s,l,c\n"), "text mode may read CRLF as a line end"


def test_csv_has_crlf(store: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "kg",
        "query",
        "-s",
        str(store),
        "-f",
        "csv",
        "SELECT ?l { state:north-korea rdfs:label ?l } ORDER BY ?l",
    ]
    done = subprocess.run(command, capture_output=True, env=ENV, check=True)
    assert done.stdout == "l\r\nNordkorea\r\nNorth Korea\r\n북한\r\n".encode()
    assert re.fullmatch(rb"3 results in \d+ ms\n", done.stderr)


@pytest.mark.parametrize("form", ["ttl", "turtle", "nt", "trig", "nq", "jsonld", "rdfxml"])
@pytest.mark.parametrize("query", ["CONSTRUCT { ?s a kg:State } WHERE { ?s a kg:State }", "DESCRIBE state:north-korea"])
def test_graphs_in_every_syntax(store: Path, form: str, query: str) -> None:
    done = kg("-s", store, "-f", form, query)
    named = {"ttl": "turtle", "nq": "nquads", "jsonld": "json-ld", "rdfxml": "xml"}.get(form, form)
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=done.stdout, format=named)
    assert f"{len(list(dataset.triples((None, None, None))))} triples in " in done.stderr


def test_graphs_as_tables(store: Path) -> None:
    query = "CONSTRUCT { ?s a kg:State } WHERE { ?s a kg:State }"
    assert "North Korea" in kg("-s", store, "-f", "table", query).stdout
    assert kg("-s", store, "-f", "md", query).stdout.startswith("| subject | predicate | object |\n")
    assert "cannot be written as csv" in error(kg("-s", store, "-f", "csv", query))


@pytest.mark.parametrize(("form", "word"), [("csv", "true\n"), ("tsv", "true\n"), ("md", "yes\n"), ("table", "yes\n")])
def test_yes_and_no(store: Path, form: str, word: str) -> None:
    done = kg("-s", store, "-f", form, "ASK { ?s a kg:State }")
    assert done.stdout == word
    assert ("have no form for yes or no" in done.stderr) is (form in ("csv", "tsv"))
    assert json.loads(kg("-s", store, "-f", "json", "ASK {}").stdout)["boolean"] is True


def test_the_suffix_of_the_file_says_the_format(store: Path, tmp_path: Path) -> None:
    for name, begins in (("a.csv", "s\n"), ("a.json", '{"head"'), ("a.md", "| s |")):
        done = kg("-s", store, "-o", tmp_path / name, "SELECT ?s { ?s a kg:State }")
        assert done.returncode == 0, done.stderr
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)
    assert "-o" in error(kg("-s", store, "-o", "", "ASK {}"), 2)
    assert "A table goes to the screen" in error(kg("-s", store, "-o", tmp_path / "x", "SELECT * { ?s a kg:State }"), 2)


# What was perhaps meant


def test_a_syntax_error_is_three_lines_with_a_caret(store: Path) -> None:
    done = kg("-s", store, "SELECT ?s {\n  ?s a kgg:Summit }")
    assert done.stderr == (
        "Error: line 2, column 8: the prefix kgg: is not declared (did you mean kg:?)\n    ?s a kgg:Summit }\n         ^\n"
    )
    assert done.returncode == 1


def test_an_unknown_term_is_noted_beside_the_answer(store: Path) -> None:
    done = kg("-s", store, "-f", "csv", "SELECT ?s { ?s a kg:Sumit ; kg:actor state:nort-korea }")
    assert done.returncode == 0
    notes, _ = done.stderr.splitlines()[:-1], done.stderr.splitlines()[-1]
    assert notes == [
        "Note: kg:Sumit is no term of this graph; did you mean kg:Summit?",
        "Note: this graph has no state:nort-korea; did you mean state:north-korea?",
    ]
    assert "Note" not in kg("-s", store, "SELECT ?s { ?s a kg:Summit }").stderr


@pytest.mark.parametrize("name", ["state:nort-korea", "<http://elsewhere/x>"])
def test_describe_of_something_unknown_says_so(store: Path, name: str) -> None:
    done = kg("-s", store, f"DESCRIBE {name}")
    assert f"this graph has no {name}" in done.stderr
    assert "0 triples" in done.stderr


def test_wrong_use(store: Path) -> None:
    assert "this is an update; kg query only reads" in error(kg("-s", store, "DELETE WHERE { ?s ?p ?o }"))
    assert "'date' is given twice" in error(kg("-s", store, "leaders", "-p", "date=2018", "-p", "date=2019"), 2)
    assert "is no date" in error(kg("-s", store, "leaders", "--at", "2018-13"), 2)
    assert "--limit" in error(kg("-s", store, "leaders", "--limit", "0"), 2)


def test_another_server_is_not_asked(store: Path) -> None:
    heard = threading.Event()
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def listen() -> None:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            heard.set()
            connection.close()

        threading.Thread(target=listen, daemon=True).start()
        query = f"SELECT * {{ SERVICE SILENT <http://127.0.0.1:{server.getsockname()[1]}/> {{ ?s ?p ?o }} }}"
        assert "--allow-service" in error(kg("-s", store, query))
        assert "--allow-service" in error(kg("-s", store, "-", stdin=query))
        assert not heard.is_set()
        assert kg("-s", store, "--allow-service", query).returncode == 0
        assert heard.wait(5)


# Limits


def test_limit_says_that_more_exist(store: Path) -> None:
    for form in ("table", "csv", "json"):
        done = kg("-s", store, "-f", form, "--limit", "3", "SELECT ?s { ?s a kg:State }")
        assert done.stderr.startswith("first 3 results in ") and done.stderr.endswith("(more exist)\n")
    assert len(kg("-s", store, "-f", "csv", "--limit", "3", "SELECT ?s { ?s a kg:State }").stdout.splitlines()) == 4
    assert kg("-s", store, "--limit", "15", "SELECT ?s { ?s a kg:State }").stderr.startswith("15 results")
    done = kg("-s", store, "-f", "nt", "--limit", "2", "DESCRIBE state:north-korea")
    assert len(done.stdout.splitlines()) == 2
    assert "first 2 triples" in done.stderr


@pytest.mark.parametrize("query", [ENDLESS, "SELECT ?a { ?a ?b ?c . ?d ?e ?f FILTER(STRLEN(STR(?c)) + STRLEN(STR(?f)) < 0) }"])
def test_a_time_out_is_one_line_at_once_and_nothing_is_written(store: Path, tmp_path: Path, query: str) -> None:
    begin = time.perf_counter()
    done = kg("-s", store, "--timeout", "1", "-f", "csv", "-o", tmp_path / "out.csv", query)
    assert time.perf_counter() - begin < 5
    assert error(done).startswith("Error: the query took more than 1 s")
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_is_heard_at_once(store: Path) -> None:
    command = [sys.executable, "-m", "kg", "query", "-s", str(store), ENDLESS]
    process = subprocess.Popen(command, env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(2)
    begin = time.perf_counter()
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=20)
    assert time.perf_counter() - begin < 1
    assert (process.returncode, out, errors) == (130, "", "Stopped.\n")


def test_a_terminal_sees_that_it_is_at_work(store: Path) -> None:
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    main, other = pty.openpty()
    command = [sys.executable, "-m", "kg", "query", "-s", str(store), "--timeout", "2.5", ENDLESS]
    process = subprocess.Popen(command, stderr=other, stdout=subprocess.DEVNULL, env={**ENV, "TERM": "xterm"})
    os.close(other)
    process.wait(30)
    text = os.read(main, 100_000).decode()
    os.close(main)
    assert "asking … 1 of 2.5 s" in text
    assert text.replace("\r\n", "\n").split("\x1b[2K")[-1].startswith("Error: the query took more than 2.5 s"), "the line has gone"


# Times and trees


def test_as_of_a_day(store: Path) -> None:
    query = "SELECT ?leader { ?leader kg:leads state:united-states }"
    assert "Barack Obama" in kg("-s", store, "--at", "2016-06-30", query).stdout
    assert "Trump" not in kg("-s", store, "--at", "2016-06-30", query).stdout
    leaders = kg("-s", store, "leaders", "--at", "2016-06-30").stdout
    assert "Park Geun-hye" in leaders and "Barack Obama" in leaders, "a query that asks for a day asks for this one"
    assert kg("-s", store, "summits", "--known-by", "2016", "-f", "csv").stdout.count("\n") == 1
    assert kg("-s", store, "leaders", "--at", "2018-06", "--known-by", "2018-09").returncode == 0
    later = kg("-s", store, "--at", "2016", "DESCRIBE event:singapore-summit-2018").stderr
    assert later.startswith("Note: event:singapore-summit-2018 is not in the graph as of that day\n0 triples")


def test_explain(store: Path) -> None:
    done = kg("-s", store, "--explain", "leaders")
    assert done.stdout.startswith("The SPARQL algebra")
    assert "left join (OPTIONAL)" in done.stdout
    assert "Oxigraph shows no plan" in done.stdout
    assert "cannot stand here" in error(kg("-s", store, "--explain", "SELECT oops {}"))
    begin = time.perf_counter()
    assert kg("-s", store, "--explain", ENDLESS).returncode == 0
    assert time.perf_counter() - begin < 5, "it is not run"


# What comes in and goes out


def test_a_file_with_parameters_has_its_defaults(store: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.rq"
    head = "# title: a\n# title-de: b\n# description: c\n# description-de: d\n# param: what text moon | a | b\n"
    file.write_text(head + "SELECT ($what AS ?x) {}", encoding="utf-8")
    assert "moon" in kg("-s", store, file).stdout
    assert "sun" in kg("-s", store, file, "-p", "what=sun").stdout


def test_a_query_comes_through_a_pipe(store: Path) -> None:
    assert kg("-s", store, stdin="ASK { ?s a kg:State }").stdout == "yes\n"
    assert "Say what to ask" in error(kg("-s", store, stdin=" \n"), 2)


@pytest.mark.skipif(os.name == "nt", reason="a shell closes descriptors otherwise there")
@pytest.mark.parametrize(("closed", "code"), [(">&-", 1), (">&- 2>&-", 1), ("2>&-", 0), ("<&-", 0)])
def test_closed_streams(store: Path, closed: str, code: int) -> None:
    for arguments in (f"show -s {store} Kim", f"query -s {store} 'ASK {{}}'", f"query -s {store} leaders -f csv"):
        done = subprocess.run(
            ["bash", "-c", f"{sys.executable} -m kg {arguments} {closed}"], capture_output=True, text=True, env=ENV, check=False
        )
        assert done.returncode == code, (arguments, done.stderr)
        assert "Traceback" not in done.stderr and "Exception" not in done.stderr
        if closed == ">&-":
            assert done.stderr == "Error: there is nowhere to write: standard output is closed\n"


def test_help_is_a_page_of_80_columns() -> None:
    lines = kg("--help").stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 60
