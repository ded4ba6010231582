"""`kg serve` beside `oxigraph serve` and rdflib-endpoint: `python -m tests.benchmarks.serving EVENTS.tsv [--seconds 120] [--clients 50]`.

EVENTS.tsv is a table of coded events (date, source, relation, target); each row becomes five triples. Every server gets the same
data and the same mix: of the clients four in five ask cheap queries (many different ones), the others a heavy one over all events.
The load comes from `wrk`. Printed for each: the median and 99th percentile of a cheap query alone and under the mix, answers a
second, errors by status, and memory before, at the end of, and ten seconds after the load.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from kg.store import generations
from kg.store.oxigraph import write_disk
from kg.terms import RDF_TYPE, RDFS_LABEL, XSD, content_hash

SPACE = "http://events.example/"
CHEAP = f"SELECT ?e ?d WHERE {{ ?e <{SPACE}source> <{SPACE}actor/%s> ; <{SPACE}date> ?d }} LIMIT 20"
HEAVY = (
    f"SELECT ?s ?t (COUNT(*) AS ?n) WHERE {{ ?e <{SPACE}source> ?s ; <{SPACE}target> ?t . ?f <{SPACE}source> ?t ; <{SPACE}target> ?s . "
    f"?e <{SPACE}date> ?d . ?f <{SPACE}date> ?d }} GROUP BY ?s ?t ORDER BY DESC(?n) LIMIT 20"
)
SCRIPT = """
local paths = {%s}
local at = %d
request = function() at = at %% #paths + 1; return wrk.format("GET", paths[at]) end
done = function(summary, latency)
  io.write(string.format("p50 %%f\\np99 %%f\\n", latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
"""


@dataclass(slots=True)
class Run:
    """What wrk printed: milliseconds, answers a second, errors."""

    p50: float
    p99: float
    rate: float
    errors: str


def nquads(table: Path) -> tuple[bytes, list[str]]:
    """The events as N-Quads, five triples a row, and their sources' names by how often they occur."""
    lines, counts = [], dict[str, int]()
    with table.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file, delimiter="\t")):
            event = f"<{SPACE}event/{number}>"
            source, target = (content_hash((row[name],)) for name in ("source", "target"))
            counts[source] = counts.get(source, 0) + 1
            label = row["relation"].replace("\\", "\\\\").replace('"', '\\"')
            lines += [
                f"{event} <{RDF_TYPE}> <{SPACE}Event> .",
                f'{event} <{RDFS_LABEL}> "{label}" .',
                f"{event} <{SPACE}source> <{SPACE}actor/{source}> .",
                f"{event} <{SPACE}target> <{SPACE}actor/{target}> .",
                f'{event} <{SPACE}date> "{row["date"]}"^^<{XSD}date> .',
            ]
    return "\n".join(lines).encode() + b"\n", sorted(counts, key=lambda name: (-counts[name], name))


@contextlib.contextmanager
def server(name: str, folder: Path, port: int) -> Iterator[tuple[str, int]]:
    """A server on the data: the path of its endpoint, and its process group."""
    scripts = Path(sys.executable).parent
    commands = {
        "kg": [sys.executable, "-m", "kg", "serve", "-q", "--port", str(port), "--store", str(folder / "kg")],
        "oxigraph": [
            str(scripts / "oxigraph"),
            "serve-read-only",
            "-l",
            str(folder / "oxigraph"),
            "-b",
            f"127.0.0.1:{port}",
            "--timeout-s",
            "30",
        ],
        "rdflib-endpoint": [str(scripts / "rdflib-endpoint"), "serve", "--host", "127.0.0.1", "--port", str(port), str(folder / "data.nt")],
    }
    path = {"kg": "/sparql", "oxigraph": "/query", "rdflib-endpoint": "/sparql"}[name]
    process = subprocess.Popen(commands[name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}?query={quote('ASK {}')}", timeout=5).read()
                break
            time.sleep(0.2)
        else:
            raise SystemExit(f"{name} does not answer")
        yield path, process.pid
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def memory(group: int) -> float:
    """Megabytes of the processes of a session, those shared between them counted once (PSS)."""
    total = 0
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if folder.name.isdigit() and os.getsid(int(folder.name)) == group:
                found = re.search(r"^Pss:\s+(\d+)", (folder / "smaps_rollup").read_text(), re.MULTILINE)
                total += int(found[1]) if found else 0
    return total / 1024


def wrk(port: int, paths: list[str], clients: int, seconds: int, folder: Path) -> subprocess.Popen[str]:
    """wrk, started on some paths."""
    script = folder / f"load-{content_hash(tuple(paths))}-{clients}.lua"
    script.write_text(SCRIPT % (", ".join(f'"{path}"' for path in paths), clients), encoding="utf-8")
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "60s", "-s", str(script), f"http://127.0.0.1:{port}"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def read(process: subprocess.Popen[str]) -> Run:
    """What a finished wrk says."""
    text = process.communicate()[0]

    def figure(pattern: str) -> float:
        found = re.search(pattern, text)
        return float(found[1]) if found else float("nan")

    errors = re.findall(r"(Socket errors: .*|Non-2xx or 3xx responses: \d+)", text)
    return Run(figure(r"p50 ([\d.]+)"), figure(r"p99 ([\d.]+)"), figure(r"Requests/sec:\s+([\d.]+)"), "; ".join(errors) or "none")


def main() -> None:
    """Run the mix against each server."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("events", type=Path)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--only", choices=["kg", "oxigraph", "rdflib-endpoint"])
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed (Debian: apt install wrk)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data, sources = nquads(given.events)
        (folder / "data.nt").write_bytes(data)
        generations.replace(folder / "kg", lambda target: write_disk(target / "quads", data), {"statements": data.count(b"\n")})
        write_disk(folder / "oxigraph", data)
        count = data.count(b"\n")
        print(f"{count:,} triples, {given.clients} clients, {given.seconds} s")
        for number, which in enumerate([given.only] if given.only else ["kg", "oxigraph", "rdflib-endpoint"]):
            port = 18030 + number
            with server(which, folder, port) as (path, group):
                cheap = [f"{path}?query={quote(CHEAP % source)}" for source in sources[:2000]]
                heavy = [f"{path}?query={quote(HEAVY)}%20%23{n}" for n in range(2000)]
                alone = read(wrk(port, cheap, 1, 10, folder))
                before = memory(group)
                running = [
                    wrk(port, cheap, given.clients * 4 // 5, given.seconds, folder),
                    wrk(port, heavy, given.clients - given.clients * 4 // 5, given.seconds, folder),
                ]
                time.sleep(given.seconds * 0.9)
                during = memory(group)
                mixed, slow = (read(process) for process in running)
                time.sleep(10)
                after = memory(group)
            print(f"\n{which}")
            print(f"  cheap alone    p50 {alone.p50:8.1f} ms   p99 {alone.p99:8.1f} ms   {alone.rate:8.0f}/s   errors: {alone.errors}")
            print(f"  cheap in mix   p50 {mixed.p50:8.1f} ms   p99 {mixed.p99:8.1f} ms   {mixed.rate:8.0f}/s   errors: {mixed.errors}")
            print(f"  heavy in mix   p50 {slow.p50:8.1f} ms   p99 {slow.p99:8.1f} ms   {slow.rate:8.2f}/s   errors: {slow.errors}")
            print(f"  p99 in mix is {mixed.p99 / alone.p50:.1f} times the median alone; memory {before:.0f}, {during:.0f}, {after:.0f} MB")


if __name__ == "__main__":
    main()
