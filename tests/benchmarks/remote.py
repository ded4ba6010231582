"""A graph on a server of another: `python -m tests.benchmarks.remote [--events FILE] [--engine oxigraph|virtuoso]`.

Prints, for the packaged graph and for one of about 500,000 quads, how long it takes to put it there, to put it there changed, to find it
unchanged, to read it all back, and to ask. The larger graph is made of dyadic events (date, source, relation, target, a line each): an
event of eleven statements for each line, a graph for each day.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import kg
from kg.model import Quad
from kg.store.convert import LANG_STRING
from kg.store.oxigraph import MemoryStore, open_memory
from kg.store.publish import open_remote, publish
from kg.terms import KG, RDF_TYPE, RDFS_LABEL, XSD, Names, content_hash, slug
from tests import servers
from tests.benchmarks.store import QUERIES, best, data


def events(file: Path, names: Names) -> Iterator[Quad]:
    """Statements of the events in a table."""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()[1:]):
        date, source, relation, target, *_ = line.split("\t")
        graph = names.graph(f"document/events-{date}")
        event = names.mint("event", str(number), line)
        actors = [names.thing("organisation", slug(name) or content_hash([name])) for name in (source, target)]
        yield Quad(event, RDF_TYPE, KG + "Event", graph)
        yield Quad(event, KG + "date", date, graph, XSD + "date")
        yield Quad(event, RDFS_LABEL, f"{source}: {relation}, {target}", graph, LANG_STRING, "en")
        yield Quad(event, RDFS_LABEL, f"{source} → {target} ({relation})", graph, LANG_STRING, "de")
        yield Quad(event, KG + "category", names.thing("category", slug(relation)), graph)
        yield Quad(event, KG + "actor", actors[0], graph)
        yield Quad(event, KG + "recipient", actors[1], graph)
        yield Quad(event, KG + "line", str(number), graph, XSD + "integer")
        yield Quad(event, KG + "rawText", line.replace("\t", " | "), graph, XSD + "string")
        for actor, name in zip(actors, (source, target), strict=True):
            yield Quad(actor, RDFS_LABEL, name, graph, LANG_STRING, "en")
            yield Quad(actor, RDF_TYPE, KG + "Organisation", graph)


def changed(source: MemoryStore) -> MemoryStore:
    """The same graph with another statement in every named graph."""
    other = open_memory()
    other.extend(source.quads())
    other.extend(Quad(Names().base, KG + "note", "x", graph, XSD + "string") for graph in source.graphs())
    return other


def measure(server: servers.Running, what: str, source: MemoryStore, quick: bool) -> None:
    """All figures of one graph on one server."""
    names, count = Names(), len(source)
    notes = {"base": names.base, "prefixes": names.prefixes}

    def timed(label: str, graph: MemoryStore) -> None:
        start = time.perf_counter()
        publish(graph, names, notes, server.address, server.credentials)
        seconds = time.perf_counter() - start
        print(f"{server.name:9} {what:9} {label:22} {seconds:7.2f} s  {len(graph) / seconds / 1000:6.1f}k statements/s", flush=True)

    timed("put there", source)
    timed("put there, unchanged", source)
    if not quick:
        timed("put there, all changed", changed(source))
        timed("put there, back", source)
    store, _ = open_remote(server.address, server.credentials)
    start = time.perf_counter()
    same = store.dump("nq") == source.dump("nq")
    seconds = time.perf_counter() - start
    print(
        f"{server.name:9} {what:9} {'read back':22} {seconds:7.2f} s  {count / seconds / 1000:6.1f}k statements/s  same bytes: {same}",
        flush=True,
    )
    for name, query in QUERIES.items():
        here = best(lambda q=query: sum(1 for _ in source.query(q)))
        there = best(lambda q=query: sum(1 for _ in store.query(q)))
        print(f"{server.name:9} {what:9} {name:22} {there * 1000:7.1f} ms (in this process {here * 1000:.1f} ms)", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=Path, help="a table of events; without it copies of the packaged graph")
    parser.add_argument("--engine", choices=["oxigraph", "virtuoso"], action="append")
    parser.add_argument("--memory", action="store_true", help="oxigraph in memory, not on disk")
    parser.add_argument("--quick", action="store_true", help="leave out putting it there again")
    args = parser.parse_args()
    if args.events:
        large = open_memory()
        large.extend(kg.build().store.quads())
        large.extend(events(args.events, Names()))
    else:
        large = data(500_000)
    for engine in args.engine or ["oxigraph", *(["virtuoso"] if servers.VIRTUOSO else [])]:
        for what, graph in (("packaged", kg.build().store), ("large", large)):
            assert isinstance(graph, MemoryStore)
            with ExitStack() as stack:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                start = (
                    servers.oxigraph(None if args.memory else folder / "db")
                    if engine == "oxigraph"
                    else servers.virtuoso(folder / "db", buffers=80_000)
                )
                server = stack.enter_context(start)
                print(f"{engine}: {len(graph):,} quads in {len(graph.graphs())} graphs", flush=True)
                measure(server, what, graph, args.quick)


if __name__ == "__main__":
    main()
