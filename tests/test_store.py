"""One suite over every store."""

from __future__ import annotations

import io
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import QueryError, StoreError
from kg.model import Quad
from kg.store.base import QuadStore, rdflib_graph, to_pandas
from kg.store.oxigraph import MemoryStore, open_disk, open_memory, parse_file, write_disk
from kg.store.sparql import SparqlStore
from kg.terms import RDF, XSD, Names
from tests.servers import Running

NAMES = Names()
G, H = NAMES.graph("facts/a"), NAMES.graph("facts/b")
STATE = NAMES.thing("state", "x")
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
QUADS = [
    Quad(STATE, RDF + "type", NAMES.prefixes["kg"] + "State", G),
    Quad(STATE, LABEL, "Nordkorea", G, RDF + "langString", "de"),
    Quad(STATE, LABEL, "North Korea", G, RDF + "langString", "en"),
    Quad(STATE, "http://x/n", "7", H, XSD + "integer"),
    Quad(STATE, "http://x/d", "2018-08", H, XSD + "gYearMonth"),
    Quad(STATE, "http://x/s", 'a "quoted"\nline', H, XSD + "string"),
    Quad(STATE, "http://x/o", NAMES.thing("state", "y"), H),
]


SERVERS = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ("oxigraph", "virtuoso")]


@pytest.fixture(params=["memory", "disk", *SERVERS])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[list[Quad]], QuadStore]]:
    def memory(quads: list[Quad]) -> MemoryStore:
        store = open_memory()
        store.extend(quads)
        return store

    def disk(quads: list[Quad]) -> MemoryStore:
        shutil.rmtree(tmp_path / "quads", ignore_errors=True)
        write_disk(tmp_path / "quads", memory(quads).dump("nq"))
        return open_disk(tmp_path / "quads")

    def remote(quads: list[Quad]) -> SparqlStore:
        server: Running = request.getfixturevalue(f"{request.param}_server")
        store = SparqlStore(server.address, server.credentials, under=NAMES.graph(""))
        for name in store.graphs():
            store.update(f"DROP SILENT GRAPH <{name}>")
        store.extend(quads)
        return store

    yield {"memory": memory, "disk": disk}.get(request.param, remote)
    if request.param not in ("memory", "disk"):
        remote([])


def test_it_is_a_quad_store(make: Callable[[list[Quad]], QuadStore]) -> None:
    assert isinstance(make([]), QuadStore)


def test_quads_come_back_as_they_went_in(make: Callable[[list[Quad]], QuadStore]) -> None:
    store = make(QUADS + QUADS[:2])
    assert len(store) == len(QUADS)
    assert sorted(store.quads()) == sorted(QUADS)
    assert sorted(store.quads(H)) == sorted(quad for quad in QUADS if quad.graph == H)
    assert store.graphs() == [G, H]


def test_a_query_sees_the_union_and_knows_the_prefixes(make: Callable[[list[Quad]], QuadStore]) -> None:
    store = make(QUADS)
    rows = list(store.query("SELECT ?l ?n { ?s a kg:State ; rdfs:label ?l ; <http://x/n> ?n } ORDER BY ?l"))
    assert [(str(row.l), row["n"].toPython(), row[1]) for row in rows] == [
        ("Nordkorea", 7, rdflib.Literal(7)),
        ("North Korea", 7, rdflib.Literal(7)),
    ]
    assert rows[0].l == rdflib.Literal("Nordkorea", lang="de")
    assert rows[0] == (rdflib.Literal("Nordkorea", lang="de"), rdflib.Literal(7))
    assert rows[0].asdict().keys() == {"l", "n"}
    with pytest.raises(AttributeError):
        _ = rows[0].missing
    with pytest.raises(IndexError):
        _ = rows[0][2]


def test_unbound_is_none(make: Callable[[list[Quad]], QuadStore]) -> None:
    (row,) = make(QUADS).query("SELECT ?s ?q { ?s a kg:State OPTIONAL { ?s <http://x/none> ?q } }")
    assert row.q is None
    assert list(make(QUADS[:1]).select("SELECT ?s ?q { ?s a kg:State OPTIONAL { ?s <http://x/none> ?q } }")) == [(STATE, "")]


def test_ask_and_construct(make: Callable[[list[Quad]], QuadStore]) -> None:
    store = make(QUADS)
    assert bool(store.query("ASK { ?s a kg:State }")) is True
    assert bool(store.query("ASK { ?s a kg:Person }")) is False
    assert [quad[:3] for quad in store.construct("CONSTRUCT { ?s <http://x/is> ?n } { ?s <http://x/n> ?n }")] == [
        (STATE, "http://x/is", "7")
    ]
    with pytest.raises(QueryError, match="no rows"):
        list(store.query("ASK {}"))
    with pytest.raises(QueryError, match="no triples"):
        list(store.query("SELECT * {}").quads())


@pytest.mark.parametrize("format", ["json", "xml", "csv", "tsv"])
def test_result_documents_are_w3c_formats(make: Callable[[list[Quad]], QuadStore], format: str) -> None:
    data = make(QUADS).query("SELECT ?l { ?s rdfs:label ?l } ORDER BY ?l").serialize(format)
    rows = rdflib.query.Result.parse(io.BytesIO(data), format=format)
    assert [str(row[0]) for row in rows] == ["Nordkorea", "North Korea"]


def test_a_format_that_does_not_fit_is_refused(make: Callable[[list[Quad]], QuadStore]) -> None:
    with pytest.raises(QueryError, match="table cannot be written as turtle"):
        make(QUADS).query("SELECT * {}").serialize("turtle")
    with pytest.raises(QueryError, match="graph cannot be written as csv"):
        make(QUADS).query("CONSTRUCT WHERE { ?s ?p ?o }").serialize("csv")


@pytest.mark.parametrize(
    ("sparql", "where"),
    [
        ("SELECT ?s {\n ?s foo:bar ?o }", "line 2.*the prefix foo: is not declared"),
        ("SELECT ?s {\n ?s ?p", "line 2"),
        ("", "the query is empty"),
    ],
)
def test_a_query_that_cannot_be_parsed_says_where(make: Callable[[list[Quad]], QuadStore], sparql: str, where: str) -> None:
    with pytest.raises(QueryError, match=where):
        make(QUADS).query(sparql)


@pytest.mark.parametrize("format", ["turtle", "trig", "nt", "nq", "jsonld", "rdfxml"])
def test_a_dump_is_the_same_bytes_for_any_order(make: Callable[[list[Quad]], QuadStore], format: str) -> None:
    shuffled = QUADS.copy()
    random.Random(7).shuffle(shuffled)
    data = make(QUADS).dump(format)
    other = open_memory()
    other.extend(shuffled)
    assert data == other.dump(format)
    again = open_memory()
    again.load(data, format, None if format in ("trig", "nq", "jsonld") else G)
    if format in ("trig", "nq", "jsonld"):
        assert sorted(again.quads()) == sorted(QUADS)
    else:
        assert sorted(again.quads()) == sorted(quad._replace(graph=G) for quad in QUADS)


def test_turtle_puts_type_and_label_first_and_uses_prefixes(make: Callable[[list[Quad]], QuadStore]) -> None:
    text = make(QUADS).dump("turtle").decode()
    block = text[text.index("state:x") :]
    assert block.startswith("state:x a kg:State ;")
    assert block.index("rdfs:label") < block.index("http://x/n")
    assert "@prefix state:" in text
    assert "@prefix person:" not in text


def test_rdflib_reads_every_dump(make: Callable[[list[Quad]], QuadStore]) -> None:
    store = make(QUADS)
    for ours, theirs in [("turtle", "turtle"), ("nt", "nt"), ("rdfxml", "xml")]:
        graph = rdflib.Graph().parse(data=store.dump(ours), format=theirs)
        assert set(graph) == set(rdflib_graph(QUADS))
    dataset = rdflib.Dataset()
    dataset.parse(data=store.dump("trig"), format="trig")
    assert sum(len(graph) for graph in dataset.graphs()) == len(QUADS)


def test_the_dataset_is_a_live_view(make: Callable[[list[Quad]], QuadStore]) -> None:
    dataset = make(QUADS).dataset
    assert len(dataset) == len(QUADS)
    assert dataset.value(rdflib.URIRef(STATE), rdflib.URIRef("http://x/n")) == rdflib.Literal(7)


def test_pandas(make: Callable[[list[Quad]], QuadStore]) -> None:
    frame = to_pandas(make(QUADS).query("SELECT ?s ?n { ?s <http://x/n> ?n }"))
    assert frame.to_dict("records") == [{"s": STATE, "n": 7}]  # type: ignore[attr-defined] # pandas ships no types here


def test_load_is_all_or_nothing_and_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "x.ttl"
    file.write_text("<http://a> <http://b> <http://c> .\n<http://a> <http://b> .\n", encoding="utf-8")
    store = open_memory()
    with pytest.raises(StoreError, match=r"x\.ttl:2: cannot be parsed"):
        store.load(file, "turtle", G)
    assert len(store) == 0
    with pytest.raises(StoreError, match=r"x\.ttl:2: cannot be parsed"):
        list(parse_file(file))
    with pytest.raises(StoreError, match="cannot be read"):
        list(parse_file(tmp_path / "none.ttl"))
    with pytest.raises(StoreError, match="unknown RDF format 'docx'"):
        store.load(b"", "docx")


def test_unusable_terms_are_refused() -> None:
    store = open_memory()
    with pytest.raises(StoreError, match="not a usable IRI"):
        store.extend([Quad("not an iri", "http://p", "http://o", G)])


def test_a_folder_that_is_no_store_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no readable store"):
        open_disk(tmp_path / "none")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match="no readable store"):
        open_disk(tmp_path / "file")


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXT, st.sampled_from(["", "de", "en", "ko"]))))
def test_any_text_survives_a_round_trip(texts: list[tuple[str, str]]) -> None:
    quads = {Quad(STATE, LABEL, text, G, RDF + "langString" if language else XSD + "string", language) for text, language in texts}
    store = open_memory()
    store.extend(quads)
    again = open_memory()
    again.load(store.dump("trig"), "trig")
    assert set(again.quads()) == quads
