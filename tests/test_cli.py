"""The command line as a person meets it: run as a process, with real files."""

from __future__ import annotations

import csv
import http.server
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import rdflib

from kg.cli import COMMANDS

ENV = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1"}


def kg(*args: str | Path, cwd: Path | None = None, stdin: str = "", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kg", *map(str, args)]
    return subprocess.run(
        command, cwd=cwd, input=stdin, capture_output=True, text=True, env={**ENV, **(env or {})}, timeout=120, check=False
    )


def assert_one_line_error(done: subprocess.CompletedProcess[str], *words: str, code: int = 1) -> None:
    lines = done.stderr.strip().splitlines()
    assert done.returncode == code, done.stderr
    assert lines[-1].startswith("Error: "), done.stderr
    assert "Traceback" not in done.stderr
    assert code == 2 or len(lines) == 1, done.stderr
    for word in words:
        assert word in lines[-1], done.stderr


@pytest.fixture(scope="session", name="store")
def _store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("cli") / "store"
    done = kg("build", "-s", store)
    assert done.returncode == 0, done.stderr
    assert "Validation   conforms" in done.stdout
    return store


def test_help_fits_80_columns_and_names_every_command() -> None:
    done = kg("--help")
    assert done.returncode == 0
    assert max(map(len, done.stdout.splitlines())) <= 80
    for command in COMMANDS:
        assert re.search(rf"^  {command} ", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str) -> None:
    done = kg(command, "--help")
    assert done.returncode == 0
    assert "Usage:" in done.stdout
    assert len(done.stdout.splitlines()) > 6


def test_help_and_version_load_nothing_heavy() -> None:
    run = "import sys, kg.cli\ntry: kg.cli.main(['--help'])\nexcept SystemExit: pass\n"
    code = run + "print([m for m in ('rdflib', 'networkx', 'pyvis', 'rich') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert re.fullmatch(r"kg \d+\.\d+\.\d+\n", kg("--version").stdout)


def test_a_mistyped_command_gets_a_suggestion() -> None:
    assert_one_line_error(kg("qeury"), "Did you mean 'query'?", code=2)


def test_a_query_as_table(store: Path) -> None:
    done = kg("query", "-s", store, "SELECT ?person ?post { ?t org:member ?person ; kg:post ?post } ORDER BY ?person ?post LIMIT 3")
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "Barack Obama" in done.stdout or "Ban Ki-moon" in done.stdout
    assert re.fullmatch(r"3 results in \d+ ms\n", done.stderr)


def test_labels_in_german_or_iris(store: Path) -> None:
    query = "SELECT ?s { ?s a kg:State } ORDER BY ?s LIMIT 30"
    assert "Nordkorea" in kg("query", "-s", store, "--lang", "de", query).stdout
    assert "state:north-korea" in kg("query", "-s", store, "--iris", query).stdout


@pytest.mark.parametrize("form", ["csv", "tsv", "json", "xml"])
def test_result_documents(store: Path, form: str) -> None:
    done = kg("query", "-s", store, "-f", form, "SELECT ?l { state:north-korea rdfs:label ?l } ORDER BY ?l")
    rows = rdflib.query.Result.parse(io.BytesIO(done.stdout.encode()), format=form)
    assert {str(row[0]) for row in rows} == {"North Korea", "Nordkorea", "북한"}


def test_construct_ask_markdown_stdin_and_file(store: Path, tmp_path: Path) -> None:
    turtle = kg("query", "-s", store, "CONSTRUCT { ?s a kg:State } { ?s a kg:State }")
    assert len(rdflib.Graph().parse(data=turtle.stdout, format="turtle")) == 15
    assert kg("query", "-s", store, "ASK { ?s a kg:State }").stdout == "yes\n"
    markdown = kg("query", "-s", store, "-f", "md", "-", stdin="SELECT ?s { VALUES ?s { 'a|b' } }")
    assert markdown.stdout == "| s |\n| --- |\n| a\\|b |\n"
    file = tmp_path / "states.rq"
    file.write_text("SELECT (COUNT(?s) AS ?n) { ?s a kg:State }", encoding="utf-8")
    assert "15" in kg("query", "-s", store, file, "-f", "csv").stdout


def test_a_named_query_with_a_parameter_in_german(store: Path) -> None:
    done = kg("query", "-s", store, "leaders", "-p", "date=2018-06-12", "-f", "csv")
    assert "person/kim-jong-un" in done.stdout
    assert "person/donald-trump" in done.stdout
    events = kg("query", "-s", store, "events-of", "-p", "actor=Südkorea", "-f", "csv")
    assert events.returncode == 0, events.stderr
    assert len(events.stdout.splitlines()) > 10


def test_the_list_of_named_queries(store: Path) -> None:
    listed = kg("query", "--list")
    assert listed.returncode == 0, listed.stderr
    assert "leaders" in listed.stdout
    assert max(map(len, listed.stdout.splitlines())) <= 80
    about = kg("query", "--about", "leaders", "--lang", "de")
    assert "-p date=<date>" in about.stdout


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["leders"], ["did you mean leaders?"]),
        (["none.rq"], ["no such file"]),
        ([""], ["empty"]),
        (["leaders", "-p", "date=yesterday"], ["date is needed"]),
        (["leaders", "-p", "day=2018"], ["no parameter 'day'", "date"]),
        (["events-of", "-p", "actor=Nordkorra"], ["did you mean Nordkorea"]),
        (["ASK {}", "-f", "ttl"], ["cannot be written as ttl"]),
        (["--about", "leders"], ["no query is called"]),
    ],
)
def test_a_bad_query_is_one_line(store: Path, args: list[str], words: list[str]) -> None:
    assert_one_line_error(kg("query", "-s", store, *args), *words)


def test_wrong_use_is_exit_code_2(store: Path) -> None:
    assert_one_line_error(kg("query", "-s", store), "Say what to ask", code=2)
    assert_one_line_error(kg("query", "-s", store, "leaders", "-p", "date"), "NAME=VALUE", code=2)
    assert_one_line_error(kg("export", "-s", store), "Name a format", code=2)


def test_no_store_yet(tmp_path: Path) -> None:
    for args in (["query", "ASK {}"], ["show", "Kim Jong Un"], ["export", "turtle"], ["view"]):
        assert_one_line_error(kg(*args, cwd=tmp_path), "kg build")
    assert list(tmp_path.iterdir()) == [], "a failing command leaves nothing behind"


def test_show(store: Path) -> None:
    for name in ("Kim Jong Un", "KIM JONG-UN", "김정은", "person:kim-jong-un"):
        done = kg("show", "-s", store, name)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("Kim Jong Un"), done.stdout
    assert "2011-12-17" in done.stdout
    assert "US-North Korea summit in Singapore" in kg("show", "-s", store, "--all", "Kim Jong Un").stdout
    german = kg("show", "-s", store, "Nordkorea", "--lang", "de").stdout
    assert german.startswith("Nordkorea")
    assert "Bindungen" in german
    assert max(map(len, german.splitlines())) <= 100
    card = json.loads(kg("show", "-s", store, "-f", "json", "singapore summit").stdout)
    assert card["iri"].endswith("event/singapore-summit-2018")


def test_show_claims_with_speaker_quote_document_and_date(store: Path) -> None:
    text = kg("show", "-s", store, "--all", "North Korea").stdout
    assert "kg example briefs" in text
    assert "“" in text
    assert "as reported by" in text or "the document itself" in text


def test_show_unknown_says_did_you_mean(store: Path) -> None:
    assert_one_line_error(kg("show", "-s", store, "Kim Yong Un"), "did you mean", "Kim Jong Un")
    assert_one_line_error(kg("show", "-s", store, "person:kim-jong-on"), "nothing here is called")


@pytest.mark.parametrize("suffix", ["ttl", "trig", "nt", "nq", "jsonld", "rdf", "graphml", "gexf", "csv"])
def test_export_by_suffix(store: Path, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"graph.{suffix}"
    done = kg("export", "-s", store, "-o", file)
    assert done.returncode == 0, done.stderr
    assert file.stat().st_size > 100_000
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_export_one_graph_to_stdout(store: Path) -> None:
    done = kg("export", "-s", store, "turtle", "-g", "facts/states")
    assert "state:north-korea a kg:State" in done.stdout
    assert_one_line_error(kg("export", "-s", store, "turtle", "-g", "facts/none"), "no graph")
    assert_one_line_error(kg("export", "-s", store, "-o", "x.docx"), "no format")


def test_view(store: Path, tmp_path: Path) -> None:
    done = kg("view", "-s", store, "-o", tmp_path / "g.html")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "g.html").stat().st_size < 1_048_576
    assert_one_line_error(kg("view", "-s", store, "-o", tmp_path / "none" / "g.html"), "no such folder")


def test_validate_conforms() -> None:
    done = kg("validate", "-f", "json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["conforms"] is True


ARTICLE = "Kim Jong Un met Moon Jae-in in Panmunjom on Friday. North Korea threatened the United States, CNN reported.\n"


def test_extract_as_table_jsonl_and_trig(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf-8")
    table = kg("extract", "a.txt", "--published", "2018-04-28", cwd=tmp_path)
    assert table.returncode == 0, table.stderr
    assert "Threaten" in table.stdout
    assert "CNN" in table.stdout
    done = kg("extract", "a.txt", "-f", "jsonl", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in (tmp_path / "out" / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    threat = next(record for record in records if record["type"] == "Threaten")
    assert ARTICLE[threat["start"] : threat["end"]] == "North Korea threatened the United States, CNN reported."
    assert threat["actors"][0]["label"] == "North Korea"
    assert "Nordkorea" in threat["actors"][0]["names"]
    assert threat["actors"][0]["mention"] == "North Korea"
    assert threat["speakers"][0]["label"] == "CNN"
    trig = kg("extract", "a.txt", "-f", "trig", cwd=tmp_path)
    dataset = rdflib.Dataset()
    dataset.parse(data=trig.stdout, format="trig")
    assert sum(1 for _ in dataset.quads()) > 20


def test_extract_reports_the_unreadable_and_does_the_rest(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "latin.txt").write_bytes("Pjöngjang droht".encode("latin-1"))
    (tmp_path / "empty.txt").write_bytes(b"")
    done = kg("extract", "latin.txt", "good.txt", "empty.txt", "none.txt", "--published", "2018", "-f", "jsonl", "-o", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 3
    assert all(line.startswith("Error: ") for line in done.stderr.strip().splitlines())
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["good.jsonl"]


def test_init_add_build(tmp_path: Path) -> None:
    assert kg("init", "mine", cwd=tmp_path).returncode == 0
    page = "<html><head><title>Finland and the summit</title></head><body><article><h1>Finland and the summit</h1>" + "".join(
        f"<p>Finnish President Sauli Niinistö met reporters in Helsinki on day {n}. He said that Finland would support the talks.</p>"
        for n in range(8)
    )
    (tmp_path / "page.html").write_text(page + "</article></body></html>", encoding="utf-8")
    added = kg("add", "page.html", "--published", "2018-07-18", "--publisher", "Example", "-d", "mine", cwd=tmp_path)
    assert added.returncode == 0, added.stderr
    (document,) = (file for file in (tmp_path / "mine" / "sources").iterdir() if file.name != "example.md")
    text = document.read_text(encoding="utf-8")
    assert 'published = "2018-07-18"' in text
    assert "<p>" not in text
    assert_one_line_error(kg("add", "page.html", "--published", "2018-07-18", "-d", "mine", cwd=tmp_path), "--force")
    assert_one_line_error(kg("add", "page.html", "--published", "18.7.2018", "-d", "mine", "--name", "x", cwd=tmp_path), "18.7.2018")
    built = kg("build", "-d", "mine", cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    assert "Validation   conforms" in built.stdout, built.stdout
    shown = kg("show", "Niinistö", cwd=tmp_path)
    assert shown.stdout.startswith("Sauli Niinistö"), shown.stderr
    assert_one_line_error(kg("init", "mine", cwd=tmp_path), "not an empty folder")
    assert_one_line_error(kg("init", "other", "--base", "nonsense", cwd=tmp_path), "base IRI")


class _Web(http.server.BaseHTTPRequestHandler):
    PAGE = "<html><head><title>Talks resume</title></head><body><article>" + "<p>Finland hosted the talks, the ministry said.</p>" * 9

    def do_GET(self) -> None:
        if self.path == "/article.html":
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(self.PAGE.encode())
        elif self.path == "/to-file":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()
        else:
            self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        return


def test_add_from_the_web(tmp_path: Path) -> None:
    kg("init", "mine", cwd=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Web) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        added = kg("add", f"{url}/article.html", "--published", "2018-07-18", "-d", "mine", cwd=tmp_path)
        assert added.returncode == 0, added.stderr
        text = (tmp_path / "mine" / "sources" / "talks-resume.md").read_text(encoding="utf-8")
        assert f'url = "{url}/article.html"' in text
        assert_one_line_error(kg("add", f"{url}/none", "--published", "2018", "-d", "mine", cwd=tmp_path), "404")
        assert_one_line_error(kg("add", f"{url}/to-file", "--published", "2018", "-d", "mine", cwd=tmp_path), "file:///etc/passwd")
        server.shutdown()
    assert_one_line_error(kg("add", "http://127.0.0.1:9/x", "--published", "2018", "-d", "mine", cwd=tmp_path), "cannot be fetched")
    assert_one_line_error(kg("add", "ftp://127.0.0.1/x", "--published", "2018", "-d", "mine", cwd=tmp_path), "no such document")


def test_a_broken_dossier_says_file_and_line_and_keeps_the_old_graph(tmp_path: Path) -> None:
    kg("init", "mine", cwd=tmp_path)
    assert kg("build", "-d", "mine", cwd=tmp_path).returncode == 0
    before = kg("export", "nq", cwd=tmp_path).stdout
    fact = tmp_path / "mine" / "facts" / "example.ttl"
    text = fact.read_text(encoding="utf-8")
    fact.write_text(text + "\nstate:broken a kg:State ;\n", encoding="utf-8")
    assert_one_line_error(kg("build", "-d", "mine", cwd=tmp_path), "facts/example.ttl:", "cannot be parsed")
    fact.write_text(text + "\nstate:x kg:capital [ a kg:Place ] .\n", encoding="utf-8")
    assert_one_line_error(kg("build", "-d", "mine", cwd=tmp_path), "blank node")
    fact.write_bytes(text.encode("utf-16"))
    assert_one_line_error(kg("build", "-d", "mine", cwd=tmp_path), "facts/example.ttl")
    assert_one_line_error(kg("build", "-d", "none", cwd=tmp_path), "no such folder")
    assert kg("export", "nq", cwd=tmp_path).stdout == before


def test_a_dossier_that_does_not_conform_is_exit_code_1(tmp_path: Path) -> None:
    kg("init", "mine", cwd=tmp_path)
    fact = tmp_path / "mine" / "facts" / "example.ttl"
    fact.write_text(fact.read_text(encoding="utf-8") + "\ntenure:nobodys a kg:Tenure .\n", encoding="utf-8")
    done = kg("validate", "-d", "mine", cwd=tmp_path)
    assert done.returncode == 1
    assert "tenure:nobodys" in done.stdout
    assert "org:member" in done.stdout
    assert "does not conform" in kg("build", "-d", "mine", cwd=tmp_path).stdout


def test_two_builds_at_once_leave_one_whole_graph(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kg", "build", "-q", "--no-validate"]
    running = [subprocess.Popen(command, cwd=tmp_path, env=ENV, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for process in running:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    assert kg("query", "ASK { state:north-korea a kg:State }", cwd=tmp_path).stdout == "yes\n"


def test_kill_9_half_way_keeps_the_old_graph(tmp_path: Path, store: Path) -> None:
    kg("init", "mine", cwd=tmp_path)
    kg("build", "-q", "-d", "mine", cwd=tmp_path)
    before = kg("export", "nq", cwd=tmp_path).stdout
    for delay in (0.3, 0.8, 1.4):
        process = subprocess.Popen([sys.executable, "-m", "kg", "build", "-q"], cwd=tmp_path, env=ENV)
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        after = kg("export", "nq", cwd=tmp_path)
        assert after.returncode == 0, after.stderr
        assert after.stdout == before or len(after.stdout) > 1_000_000, "the old graph, or the whole new one"
    assert store.is_dir()


def test_ctrl_c_is_one_word(tmp_path: Path) -> None:
    for seconds in (1, 2, 4):
        process = subprocess.Popen([sys.executable, "-m", "kg", "build"], cwd=tmp_path, env=ENV, stderr=subprocess.PIPE, text=True)
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        if process.returncode != -signal.SIGINT:  # on a busy machine Python itself may still be starting
            break
    assert (process.returncode, errors.strip()) in ((130, "Stopped."), (0, ""))


def test_headings_on_a_terminal_are_whole(store: Path) -> None:
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    main, other = pty.openpty()
    process = subprocess.Popen([sys.executable, "-m", "kg", "show", "-s", store, "Hanoi"], stdout=other, env={**ENV, "TERM": "xterm"})
    os.close(other)
    process.wait(60)
    text = os.read(main, 100_000).decode()
    os.close(main)
    assert text.startswith("\x1b[1mHanoi")
    assert "\ufffd" not in text


def test_from_names_the_graphs_that_are_asked(store: Path) -> None:
    count = "SELECT (COUNT(*) AS ?n) {} {{ ?s a kg:State }}"
    numbers = [kg("query", "-s", store, "-f", "csv", count.format(clause)).stdout.split()[-1] for clause in ("", "FROM graph:schema")]
    assert numbers == ["15", "0"]


def test_a_closed_pipe_is_no_error(store: Path) -> None:
    command = f"{sys.executable} -m kg export nq -s {store} | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=ENV, check=False)
    assert done.stderr == ""
    assert done.stdout.startswith("<")


def test_output_to_a_pipe_is_utf8_whatever_the_locale(store: Path) -> None:
    done = kg("show", "-s", store, "북한", env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": ""})
    assert done.returncode == 0, done.stderr
    assert "북한" in done.stdout


def test_hostile_text_steers_no_terminal(tmp_path: Path) -> None:
    (tmp_path / "evil.txt").write_text("North Korea threatened the United States \x1b]0;owned\x07\x1b[31m\u202e today.\n", encoding="utf-8")
    done = kg("extract", "evil.txt", "--lang", "en", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    assert "Threaten" in done.stdout


def test_csv_of_a_query_is_read_back(store: Path) -> None:
    done = kg("query", "-s", store, "-f", "csv", "SELECT ?s ?l { ?s a kg:State ; rdfs:label ?l }")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert {row["l"] for row in rows} >= {"North Korea", "Südkorea", "북한"}
