"""A build on a server: whole or not at all for those who read, resumable, and nothing of others is touched. Live, on both engines."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kg.errors import KgError, QueryError, StoreError
from kg.graph import KnowledgeGraph
from kg.model import Quad
from kg.store import publish as publishing
from kg.store.access import Address
from kg.store.oxigraph import MemoryStore, open_memory
from kg.store.publish import MOVING, Notes, bases, notes_graph, open_remote, publish, read_notes
from kg.store.sparql import SparqlStore
from kg.terms import XSD, Names
from tests.servers import ROWS, Running

NAMES = Names("https://example.org/dossier/")
OTHER = Names("https://example.org/other/")
FOREIGN = "https://example.net/foreign"
PARAMS = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ("oxigraph", "virtuoso")]


def graph(version: str, parts: int = 3, size: int = 40, names: Names = NAMES) -> MemoryStore:
    store = open_memory(names.prefixes)
    for part in range(parts):
        where = names.graph(f"facts/{part}")
        store.extend(Quad(names.thing("event", str(n)), "http://x/v", f"{version}{n}", where, XSD + "string") for n in range(size))
    return store


@pytest.fixture(params=PARAMS)
def server(request: pytest.FixtureRequest) -> Iterator[Running]:
    running: Running = request.getfixturevalue(f"{request.param}_server")
    clear(running)
    yield running
    clear(running)


def clear(running: Running) -> None:
    store = SparqlStore(running.address, running.credentials)
    for name in store.graphs():
        if name.startswith(("https://example.", "https://w3id.org/peninsula-kg/")):
            store.update(f"DROP SILENT GRAPH <{name}>")
    store.close()


def put(running: Running, store: MemoryStore, names: Names = NAMES) -> Notes:
    values = {"base": names.base, "prefixes": names.prefixes, "statements": len(store)}
    return publish(store, names, values, running.address, running.credentials)


def values(running: Running, names: Names = NAMES) -> set[str]:
    store, _ = open_remote(replace(running.address, base=names.base), running.credentials)
    return {row[0][0] for row in store.select("SELECT ?o { ?s <http://x/v> ?o }")}


def raw(running: Running) -> SparqlStore:
    return SparqlStore(running.address, running.credentials)


def test_a_build_is_there_as_it_was_sent(server: Running) -> None:
    notes = put(server, graph("a"))
    store, read = open_remote(server.address, server.credentials)
    assert read == notes
    assert store.graphs() == sorted(graph("a").graphs())
    assert len(store) == len(graph("a"))
    for syntax in ("nq", "trig", "turtle"):
        assert store.dump(syntax) == graph("a").dump(syntax)
    assert store.dump("nt", NAMES.graph("facts/1")) == graph("a").dump("nt", NAMES.graph("facts/1"))
    assert not [name for name in raw(server).graphs() if "/staging/" in name]


def test_the_next_build_replaces_it_and_touches_nothing_of_others(server: Running) -> None:
    raw(server).extend([Quad("http://x/a", "http://x/v", "foreign", FOREIGN, XSD + "string")])
    put(server, graph("o", names=OTHER), OTHER)
    put(server, graph("a", parts=4))
    put(server, graph("b", parts=2))
    assert values(server) == {"b"}
    assert values(server, OTHER) == {"o"}
    everything = raw(server)
    assert everything.counts([FOREIGN]) == {FOREIGN: 1}
    mine = [name for name in everything.graphs() if name.startswith(NAMES.base)]
    assert mine == [NAMES.graph("facts/0"), NAMES.graph("facts/1"), notes_graph(NAMES.base)]
    assert bases(everything) == [NAMES.base, OTHER.base]
    with pytest.raises(StoreError, match=r"several graphs here.*say which"):
        open_remote(server.address, server.credentials)
    _, notes = open_remote(server.address, server.credentials, prefer=OTHER.base)
    assert notes.base == OTHER.base


def test_what_is_the_same_is_not_sent_again(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    put(server, graph("a"))
    sent: list[str] = []
    add = SparqlStore.add
    monkeypatch.setattr(SparqlStore, "add", lambda self, name, lines: (sent.append(name), add(self, name, lines))[1])
    put(server, graph("a"))
    assert not sent
    changed = graph("a")
    changed.extend([Quad("http://x/new", "http://x/v", "c", NAMES.graph("facts/2"), XSD + "string")])
    put(server, changed)
    assert [name.partition("/graph/")[2] for name in sent] == ["facts/2", ""]
    assert values(server) == {"a", "c"}


def test_an_interrupted_load_goes_on_where_it_stopped(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    put(server, graph("a"))
    add, sent = SparqlStore.add, []

    def broken(self: SparqlStore, name: str, lines: list[bytes]) -> None:
        if len(sent) == 3:
            raise StoreError("pulled the plug")
        sent.append(name)
        add(self, name, lines)

    monkeypatch.setattr("kg.store.sparql.CHUNK", 25)
    monkeypatch.setattr(SparqlStore, "add", broken)
    with pytest.raises(StoreError, match="pulled the plug"):
        put(server, graph("b"))
    assert values(server) == {"a"}
    assert len(open_remote(server.address, server.credentials)[0]) == len(graph("a"))
    again: list[str] = []
    monkeypatch.setattr(SparqlStore, "add", lambda self, name, lines: (again.append(name), add(self, name, lines))[1])
    put(server, graph("b"))
    assert len(again) == 3 * 2 - 3 + 1  # what was missing, and the notes
    assert values(server) == {"b"}


def test_readers_never_see_a_mixture(server: Running) -> None:
    put(server, graph("a", size=300))
    seen: list[set[str]] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                seen.append(values(server))
            except KgError as error:
                assert "replaced by another build" in str(error) or "being put in place" in str(error)

    reader = threading.Thread(target=read)
    reader.start()
    for version in "bababa":
        put(server, graph(version, size=300))
    stop.set()
    reader.join()
    assert {"a"} in seen or {"b"} in seen
    assert all(found in ({"a"}, {"b"}) for found in seen)


def test_a_build_that_was_broken_off_while_it_was_put_in_place_says_so_and_goes_on(server: Running) -> None:
    put(server, graph("a"))
    raw(server).update(f'INSERT DATA {{ GRAPH <{notes_graph(NAMES.base)}> {{ <{NAMES.base}> <{MOVING}> "other" }} }}')
    with pytest.raises(StoreError, match=r"being put in place.*or was broken off"):
        open_remote(server.address, server.credentials, wait=0.2)
    put(server, graph("b"))
    assert values(server) == {"b"}


def test_a_reader_that_is_overtaken_says_so(server: Running) -> None:
    put(server, graph("a"))
    store, _ = open_remote(server.address, server.credentials)
    put(server, graph("b"))
    with pytest.raises(StoreError, match="replaced by another build meanwhile"):
        store.query("ASK { }")
    with pytest.raises(StoreError, match="replaced by another build meanwhile"):
        store.dump("nq")


def test_without_a_graph_store_statements_go_as_updates(server: Running) -> None:
    alone = replace(server, address=replace(server.address, graphs=""))
    put(alone, graph("a", size=1500))
    assert open_remote(server.address, server.credentials)[0].dump("nq") == graph("a", size=1500).dump("nq")


def test_more_rows_than_the_server_gives_at_once(server: Running) -> None:
    many = graph("a", parts=1, size=2 * ROWS + 500)
    put(server, many)
    store, _ = open_remote(server.address, server.credentials)
    assert len(set(store.select("SELECT ?s ?o { ?s <http://x/v> ?o }"))) == len(many)
    ordered = [row[0] for row in store.select("SELECT ?o { ?s <http://x/v> ?o } ORDER BY DESC(?o)")]
    assert ordered == sorted(ordered, reverse=True)
    assert len(ordered) == len(many)
    assert store.dump("nq") == many.dump("nq")
    try:
        made = len(list(store.construct("CONSTRUCT { ?s <http://x/w> ?o } WHERE { ?s <http://x/v> ?o }")))
    except QueryError as error:
        assert "makes a graph of no more than 10,000 solutions" in str(error)  # Virtuoso leaves the rest out without a word
    else:
        assert made == len(many)


@pytest.mark.xdist_group("virtuoso")
def test_virtuoso_takes_equal_dates_for_one_and_the_build_says_so(virtuoso_server: Running) -> None:
    clear(virtuoso_server)
    put(virtuoso_server, graph("a"))
    store = graph("b")
    dates = [("2018-08", "gYearMonth"), ("2018-08-01", "date")]
    store.extend(Quad("http://x/a", "http://x/d", text, NAMES.graph("facts/0"), XSD + kind) for text, kind in dates)
    with pytest.raises(StoreError, match=r"keeps 41 of 42 statements .*lost: <http://x/a> .*2018-08"):
        put(virtuoso_server, store)
    assert values(virtuoso_server) == {"a"}
    clear(virtuoso_server)


def test_a_statement_that_the_server_does_not_keep_is_named() -> None:
    store = open_memory()
    store.extend([Quad("http://x/a", "http://x/d", "2018-08", NAMES.graph("facts/a"), XSD + "gYearMonth")])

    class Forgetful(SparqlStore):
        def add(self, graph: str, lines: object) -> None: ...
        def counts(self, graphs: object) -> dict[str, int]:
            return {}

        def lines(self, graph: str, count: int | None = None) -> set[bytes]:
            return set()

        def update(self, sparql: str, *, timeout: float | None = None) -> None: ...

    making = publishing._Publication(store, NAMES, {}, Forgetful(Address("http://x/")), lambda *_: None)
    with pytest.raises(StoreError, match=r"keeps 0 of 1 statements .*lost: <http://x/a> .*docs/scaling.md"):
        making.load([NAMES.graph("facts/a")])


def kg(server: Running, *args: str, code: int = 0) -> str:
    done = subprocess.run([sys.executable, "-m", "kg", *args], capture_output=True, env=server.env, check=False, timeout=300)
    assert done.returncode == code, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    return done.stdout.decode() if code == 0 else done.stderr.decode()


def test_the_commands_work_on_a_server(server: Running, built: KnowledgeGraph, tmp_path: Path) -> None:
    where = ("--store", server.address.query)
    assert "there is no graph at" in kg(server, "query", *where, "ASK {}", code=1)
    summary = kg(server, "build", *server.options, "--no-validate")
    assert server.address.query in summary
    assert kg(server, "query", *where, "-f", "csv", "summits", "-p", "from=2018") == (
        built.query("summits", **{"from": "2018", "language": "en"}).serialize("csv").decode()
    )
    assert "김정은" in kg(server, "show", *where, "Kim Jong Un")
    kg(server, "export", *where, "-o", str(tmp_path / "x.trig"))
    assert (tmp_path / "x.trig").read_bytes() == built.store.dump("trig")
    kg(server, "view", *where, "-o", str(tmp_path / "x.html"))
    assert (tmp_path / "x.html").stat().st_size > 100_000
    assert "conforms" in kg(server, "validate", *where)
    assert "serves a folder" in kg(server, "serve", *where, code=1)
    assert "line 2, column 5: the prefix foo: is not declared" in kg(server, "query", *where, "SELECT ?s {\n ?s foo:bar ?o }", code=1)


def test_what_the_command_line_refuses(oxigraph_server: Running) -> None:
    assert "--update-url" in kg(oxigraph_server, "build", "--store", oxigraph_server.address.query, code=2)
    assert "--store URL" in kg(oxigraph_server, "build", "--store", "x", "--update-url", "http://x/", code=2)
    assert "holds no password" in kg(oxigraph_server, "query", "--store", "https://me:x@host/sparql", "ASK {}", code=2)
    notes = read_notes(raw(oxigraph_server), "https://example.org/none/")
    assert not notes.text
    assert not notes.graphs
