"""The embedded store beside its peers, on 500,000 quads: `python -m tests.benchmarks.store [--quads N] [--no-rdflib]`.

The data are the packaged dossier's own statements, copied under new names until there are enough of them, so that shapes and
lengths are real. Each figure is the best of three runs; ratios say how many times as long (or as fast) as the peer in the same run.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import rdflib

import kg
from kg.model import Quad
from kg.store.oxigraph import MemoryStore, open_disk, open_memory, write_disk
from kg.terms import Names

QUERIES = {
    "one thing": "SELECT ?p ?o { state:north-korea ?p ?o }",
    "labels by class": "SELECT ?s ?l { ?s a kg:Person ; rdfs:label ?l FILTER(LANG(?l) = 'de') }",
    "count by class": "SELECT ?c (COUNT(?s) AS ?n) { ?s a ?c } GROUP BY ?c",
    "claims with quotes": "SELECT ?c ?q { ?c a kg:Claim ; oa:hasTarget/oa:hasSelector/oa:exact ?q }",
    "events of an actor": "SELECT ?e ?d { ?e kg:actor state:north-korea ; kg:date ?d } ORDER BY ?d",
    "two hops": "SELECT DISTINCT ?b { { SELECT DISTINCT ?a { state:north-korea ?p ?a } } ?a ?q ?b FILTER(isIRI(?b)) }",
    "who spoke of what": "SELECT ?s (COUNT(DISTINCT ?e) AS ?n) { ?c kg:speaker ?s ; kg:states ?e } GROUP BY ?s ORDER BY DESC(?n)",
    "no date": "SELECT (COUNT(?e) AS ?n) { ?e a kg:Event MINUS { ?e kg:date ?d } MINUS { ?e kg:start ?d } }",
}


TOO_SLOW_FOR_RDFLIB = ("two hops", "no date")
"""Measured once at 277 s and 52 s; left out of the ratio, which they would swell."""


def data(wanted: int) -> MemoryStore:
    """The packaged dossier's quads, and copies of them under other names, until there are enough."""
    names = Names()
    base = names.base + "id/"
    own = sorted(kg.build().store.quads())
    store = open_memory()
    store.extend(own)
    number = 0
    while len(store) < wanted:
        number += 1
        mark = f"{names.base}id-{number}/"

        def copy(text: str, mark: str = mark) -> str:
            return mark + text.removeprefix(base) if text.startswith(base) else text

        store.extend(Quad(copy(q.subject), q.predicate, q.object if q.datatype else copy(q.object), *q[3:]) for q in own)
    return store


def best(run: Callable[[], object], times: int = 3) -> float:
    """The least seconds of several runs."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def ours(store: MemoryStore, query: str) -> int:
    """Run a query through kg and go through its rows."""
    return sum(1 for _ in store.query(query))


def direct(store: ox.Store, query: str, prefixes: dict[str, str]) -> int:
    """Run a query through pyoxigraph and go through its rows."""
    return sum(1 for _ in store.query(query, prefixes=prefixes, use_default_graph_as_union=True))


def loading(nq: bytes, folder: Path) -> Iterator[tuple[str, float, float]]:
    """Load into memory and onto disk, by kg and by pyoxigraph."""
    counter = iter(range(100))

    def fresh() -> Path:
        return folder / f"store-{next(counter)}"

    def load_direct(path: str | None) -> None:
        store = ox.Store(path) if path else ox.Store()
        store.bulk_load(nq, ox.RdfFormat.N_QUADS)

    yield "load into memory", best(lambda: open_memory().load(nq, "nq")), best(lambda: load_direct(None))
    yield "load onto disk", best(lambda: write_disk(fresh(), nq)), best(lambda: load_direct(str(fresh())))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quads", type=int, default=500_000)
    parser.add_argument("--no-rdflib", action="store_true", help="leave the slow peer out")
    args = parser.parse_args()
    source = data(args.quads)
    nq = source.dump("nq")
    print(f"{len(source):,} quads, {len(nq) / 1e6:.0f} MB as N-Quads")
    folder = Path(tempfile.mkdtemp())
    try:
        for what, mine, theirs in loading(nq, folder):
            print(f"{what:20} kg {mine:6.2f} s   pyoxigraph {theirs:6.2f} s   ratio {mine / theirs:.2f}")
        write_disk(folder / "read", nq)
        store = open_disk(folder / "read")
        peer = ox.Store.read_only(str(folder / "read"))
        ratios = []
        for name, query in QUERIES.items():
            count = ours(store, query)
            mine, theirs = best(lambda q=query: ours(store, q)), best(lambda q=query: direct(peer, q, store.prefixes))
            ratios.append(mine / theirs)
            print(f"{name:20} kg {mine * 1000:7.1f} ms  pyoxigraph {theirs * 1000:7.1f} ms  ratio {mine / theirs:.2f}  ({count:,} rows)")
        print(f"{'queries':20} geometric mean of the ratios to pyoxigraph {statistics.geometric_mean(ratios):.2f}")
        mine = best(lambda: source.dump("turtle"))
        print(f"{'sorted Turtle':20} kg {mine:6.2f} s   ({len(source) / mine / 1000:.0f}k triples/s)")
        if not args.no_rdflib:
            against_rdflib(nq, source, mine)
    finally:
        shutil.rmtree(folder)


def against_rdflib(nq: bytes, source: MemoryStore, turtle: float) -> None:
    """The same on rdflib's own store in memory."""
    dataset = rdflib.Dataset(default_union=True)
    seconds = best(lambda: dataset.parse(data=nq, format="nquads"), 1)
    loaded = best(lambda: open_memory().load(nq, "nq"), 1)
    print(f"{'load':20} rdflib {seconds:6.1f} s   kg is {seconds / loaded:.1f} times as fast")
    ratios = []
    for name, query in QUERIES.items():
        if name in TOO_SLOW_FOR_RDFLIB:
            continue
        theirs = best(lambda q=query: sum(1 for _ in dataset.query(q, initNs=source.prefixes)), 1)
        mine = best(lambda q=query: ours(source, q), 1)
        ratios.append(theirs / mine)
        print(f"{name:20} rdflib {theirs * 1000:9.1f} ms   kg is {theirs / mine:.1f} times as fast")
    print(f"{'queries':20} geometric mean: kg is {statistics.geometric_mean(ratios):.1f} times as fast as rdflib")
    graph = rdflib.Graph()
    for triple in dataset.triples((None, None, None)):
        graph.add(triple)
    for prefix, space in source.prefixes.items():
        graph.bind(prefix, space)
    seconds = best(lambda: graph.serialize(format="turtle"), 1)
    print(f"{'sorted Turtle':20} rdflib {seconds:6.1f} s   kg is {seconds / turtle:.1f} times as fast")


if __name__ == "__main__":
    main()
