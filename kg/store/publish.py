"""A build on a server: loaded beside the graph in use, then put in its place.

The graphs of a build are loaded as `<base>staging/<build>/graph/…`, where `<build>` is a hash of their content: a second run finds what is
there and goes on. Then one update moves them, removes those that the build before had and this one has not, and replaces the graph
`<base>store`, which says what is there: base, prefixes, digest, and each graph with its number of statements and hash. Graphs that are
the same as before are left where they are. Nothing outside `<base>graph/`, `<base>staging/` and `<base>store` is touched.

Where an engine does not carry such an update out as one (`dialect.is_atomic`), a mark in `<base>store` says so while it goes on: kg's own
readers wait for it, and look after each answer whether it came in between.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kg.errors import KgError, StoreError
from kg.queries import quote
from kg.store import dialect
from kg.store.access import Address, Credentials
from kg.store.oxigraph import MemoryStore, open_memory
from kg.store.sparql import SparqlStore, chunks
from kg.terms import BASE, Names, content_hash

NOTES: Final = BASE + "store#notes"
GRAPH: Final = BASE + "store#graph"
MOVING: Final = BASE + "store#moving"
WAIT_SECONDS: Final = 60.0
"""So long a reader waits for a build that is being put in place."""
MOVE_SECONDS: Final = 3600.0
"""So long an update that moves graphs may take."""
TOGETHER: Final = 100
"""Operations of one update, where an update is not carried out as one anyway."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Notes:
    """What a server says of the build that it holds.

    Attributes
    ----------
    text : str
        The note as it stands there; another text is another build.
    graphs : mapping
        The number of statements and the hash of each graph, by its name.
    moving : str
        The build that is being put in its place, or empty.
    """

    base: str
    text: str = ""
    graphs: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    moving: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """Base, prefixes, digest, statements and build, as they were written."""
        found = json.loads(self.text) if self.text else {}
        return found if isinstance(found, dict) else {}


def bases(store: SparqlStore) -> list[str]:
    """The bases of the dossiers whose builds a server holds, or was about to."""
    found = store.select(f"SELECT DISTINCT ?g ?s WHERE {{ GRAPH ?g {{ ?s ?p ?o . VALUES ?p {{ <{NOTES}> <{MOVING}> }} }} }}")
    return sorted({base for graph, base in found if graph == notes_graph(base)})


def read_notes(store: SparqlStore, base: str, *, whole: bool = True) -> Notes:
    """What a server notes of the dossier with a base; without text where it holds none. `whole` also asks for its graphs."""
    graph = notes_graph(base)
    found = {row[0]: row[1] for row in store.select(f"SELECT ?p ?o WHERE {{ GRAPH <{graph}> {{ <{base}> ?p ?o }} }}")}
    graphs = {}
    if whole:
        for name, text in store.select(f"SELECT ?s ?o WHERE {{ GRAPH <{graph}> {{ ?s <{GRAPH}> ?o }} }}"):
            number, _, digest = text.partition(" ")
            graphs[name] = (int(number) if number.isdigit() else 0, digest)
    return Notes(base, found.get(NOTES, ""), graphs, found.get(MOVING, ""))


def open_remote(
    address: Address, credentials: Credentials | None = None, *, prefer: str = "", wait: float = WAIT_SECONDS
) -> tuple[SparqlStore, Notes]:
    """A build on a server, for reading: only its own graphs are seen, and only as long as it is the one in use.

    Parameters
    ----------
    prefer : str
        The base that is meant where the address names none and there are several.
    wait : float
        Seconds to wait for a build that is being put in its place.

    Raises
    ------
    StoreError
        If there is none, several and none is named, or the time is over.
    """
    asking = SparqlStore(address, credentials)
    known = [address.base] if address.base else bases(asking)
    if not known:  # the notes may be gone for a moment, while a build replaces them
        time.sleep(0.3)
        known = bases(asking)
    if len(known) > 1 and prefer in known:
        known = [prefer]
    if len(known) > 1:
        raise StoreError(f"there are several graphs here: {', '.join(known)}", hint=f"say which: {address}#{known[0]}")
    notes = _settled(asking, known[0], wait) if known else Notes("")
    if not notes.text:
        raise StoreError(f"there is no graph at {address} yet", hint="run 'kg build --store … --update-url … --gsp-url …' first")

    def unchanged() -> None:
        now = read_notes(asking, notes.base, whole=False)
        if now.text != notes.text or now.moving:
            raise StoreError(f"the graph at {address} was replaced by another build meanwhile", hint="run this again")

    noted = notes.values.get("prefixes")
    prefixes = {str(k): str(v) for k, v in noted.items()} if isinstance(noted, dict) else Names(notes.base).prefixes
    return asking.narrowed(prefixes, sorted(notes.graphs), unchanged), notes


def _settled(store: SparqlStore, base: str, wait: float) -> Notes:
    end = time.monotonic() + wait
    while True:
        notes = read_notes(store, base)
        if notes.text and not notes.moving:
            return notes
        if not notes.moving and base not in bases(store):
            return notes
        if time.monotonic() >= end:
            raise StoreError(
                f"a build is being put in place at {store.address}, or was broken off at that", hint="wait, or run that 'kg build' again"
            )
        time.sleep(min(0.5, wait))


def publish(
    source: MemoryStore,
    names: Names,
    values: Mapping[str, object],
    address: Address,
    credentials: Credentials | None = None,
    progress: Progress = lambda stage, done, total: None,
) -> Notes:
    """Put a graph on a server, in the place of the one before.

    Parameters
    ----------
    values : mapping
        What to note of it, as JSON values.
    progress : callable
        Told how many requests of statements of how many are done.

    Returns
    -------
    Notes
        What the server now says.

    Raises
    ------
    KgError
        If the server cannot be reached, refuses it, or does not keep all of it. The graph from before stays in use, and the same call
        goes on where this one stopped.
    """
    return _Publication(source, names, values, SparqlStore(address, credentials), progress).run()


class _Publication:
    """One build on its way to a server."""

    def __init__(self, source: MemoryStore, names: Names, values: Mapping[str, object], store: SparqlStore, progress: Progress) -> None:
        self.store = store
        self.base = names.base
        self.root = names.graph("")
        self.progress = progress
        self.lines = {name: lines for name in source.graphs() if (lines := source.dump("nt", name).splitlines(keepends=True))}
        if strange := [name for name in self.lines if not name.startswith(self.root)]:
            raise StoreError(f"the graph <{strange[0]}> is none of this dossier", hint=f"its graphs begin with {self.root}")
        self.graphs = {name: (len(lines), content_hash(line.decode() for line in lines)) for name, lines in self.lines.items()}
        self.build = content_hash(part for name, (_, digest) in sorted(self.graphs.items()) for part in (name, digest))
        self.text = json.dumps({**values, "build": self.build}, ensure_ascii=False, sort_keys=True)

    def run(self) -> Notes:
        before = read_notes(self.store, self.base)
        there = self.store.counts(list(self.graphs))
        same = {name for name, noted in self.graphs.items() if before.graphs.get(name) == noted and there.get(name) == noted[0]}
        if before.moving:
            same = set()
        if before.text == self.text and len(same) == len(self.graphs) == len(before.graphs):
            self.sweep()
            return before
        changed = [name for name in self.graphs if name not in same]
        self.load(changed)
        self.load_notes()
        self.move(changed, sorted(name for name in before.graphs if name not in self.graphs and name.startswith(self.root)))
        self.sweep()
        return read_notes(self.store, self.base)

    def staging(self, graph: str) -> str:
        return f"{self.base}staging/{self.build}/{graph.removeprefix(self.base)}"

    def load(self, changed: list[str]) -> None:
        """Load graphs beside those in use, from where an earlier run stopped."""
        parts = {name: list(chunks(self.lines[name])) for name in changed}
        total = sum(map(len, parts.values()))
        there = self.store.counts([self.staging(name) for name in changed])
        done = 0
        for name in changed:
            staged = there.get(self.staging(name), 0)
            seen = 0
            for part in parts[name]:
                self.progress("store", done, total)
                seen += len(part)
                if seen > staged:  # requests are sent in order, so what is there is the beginning
                    self.store.add(self.staging(name), part)
                done += 1
        self.progress("store", total, total)
        there = self.store.counts([self.staging(name) for name in changed])
        for name in changed:
            if there.get(self.staging(name), 0) != len(self.lines[name]):
                self.load_again(name)

    def load_again(self, name: str) -> None:
        """Load a graph from the beginning, and say which statement the server does not keep if it has not all of them then either."""
        staging = self.staging(name)
        self.store.update(f"DROP SILENT GRAPH <{staging}>")
        for part in chunks(self.lines[name]):
            self.store.add(staging, part)
        found = self.store.counts([staging]).get(staging, 0)
        if found == len(self.lines[name]):
            return
        raise StoreError(
            f"the server keeps {found:,} of {len(self.lines[name]):,} statements of <{name}>; lost: {self.lost(name)[:200]}",
            hint="see docs/scaling.md",
        )

    def lost(self, name: str) -> str:
        """The first statement of a graph that the server has not, as it gives them back."""
        back = open_memory()
        back.load(b"".join(self.store.lines(self.staging(name))), "nt", name)
        missing = sorted(set(self.lines[name]) - set(back.dump("nt", name).splitlines(keepends=True)))
        return missing[0].decode().strip() if missing else "unknown"

    def load_notes(self) -> None:
        """Load the notes beside those in use."""
        name = self.staging(notes_graph(self.base))
        triples = [f"<{self.base}> <{NOTES}> {quote(self.text)} .\n"]
        triples += [f'<{graph}> <{GRAPH}> "{number} {digest}" .\n' for graph, (number, digest) in sorted(self.graphs.items())]
        self.store.update(f"DROP SILENT GRAPH <{name}>")
        for part in chunks([line.encode() for line in triples]):
            self.store.add(name, part)

    def move(self, changed: list[str], gone: list[str]) -> None:
        """Put the loaded graphs in their place, remove old ones, and say so."""
        notes, staged = notes_graph(self.base), self.staging(notes_graph(self.base))
        drops = [f"DROP SILENT GRAPH <{name}>" for name in gone]
        try:
            if dialect.is_atomic(self.store.engine):
                moves = [f"MOVE <{self.staging(name)}> TO <{name}>" for name in changed]
                self.update(*moves, *drops, f"MOVE <{staged}> TO <{notes}>")
            else:
                self.update(f"INSERT DATA {{ GRAPH <{notes}> {{ <{self.base}> <{MOVING}> {quote(self.build)} }} }}")
                for at in range(0, len(drops), TOGETHER):
                    self.update(*drops[at : at + TOGETHER])
                for number, name in enumerate(changed):
                    self.progress("move", number, len(changed))
                    self.copy(name)
                self.update(f"DROP SILENT GRAPH <{notes}>", _copied(staged, notes), f"DROP SILENT GRAPH <{staged}>")
        except KgError as error:
            if not self.arrived():
                raise StoreError(
                    f"the build could not be put in place: {error.message}", hint="run this again: it goes on from here"
                ) from error
        if not self.arrived():
            raise StoreError("the server says that the build is in place, and it is not", hint="run this again: it goes on from here")

    def copy(self, name: str) -> None:
        """Put one graph in its place where MOVE is not to be relied on: dropped, copied, each in a request of its own, and counted."""
        for _ in range(2):
            self.update(f"DROP SILENT GRAPH <{name}>")
            self.update(_copied(self.staging(name), name))
            kept = self.store.counts([name]).get(name, 0)
            if kept == len(self.lines[name]):
                return
        raise StoreError(f"<{name}> holds {kept:,} statements after it was copied, not {len(self.lines[name]):,}")

    def update(self, *steps: str) -> None:
        self.store.update(" ;\n".join(steps), timeout=MOVE_SECONDS)

    def arrived(self) -> bool:
        """Whether the server says that this build is the one in use."""
        try:
            now = read_notes(self.store, self.base, whole=False)
        except KgError:
            return False
        return now.text == self.text and not now.moving

    def sweep(self) -> None:
        """Remove what builds that were given up have left beside."""
        left = [name for name in self.store.graphs() if name.startswith(f"{self.base}staging/")]
        for at in range(0, len(left), TOGETHER):
            self.update(*(f"DROP SILENT GRAPH <{name}>" for name in left[at : at + TOGETHER]))


def _copied(source: str, target: str) -> str:
    return f"INSERT {{ GRAPH <{target}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{source}> {{ ?s ?p ?o }} }}"


def notes_graph(base: str) -> str:
    """The graph in which a server's notes of a dossier stand."""
    return f"{base}store"
