"""What the server counts, in Prometheus' text format (exposition format 0.0.4)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from kg.serve.pool import Figures

BUCKETS: Final = (0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 30.0)


class Metrics:
    """Counts requests by route, method and status, and how long they took."""

    def __init__(self) -> None:
        self.begun = time.time()
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.seconds: Counter[str] = Counter()
        self.buckets: Counter[tuple[str, float]] = Counter()
        self.cached = 0

    def note(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request."""
        self.requests[route, method, status] += 1
        self.seconds[route] += seconds  # type: ignore[assignment]  # a Counter adds any numbers
        for bucket in BUCKETS:
            if seconds <= bucket:
                self.buckets[route, bucket] += 1

    def text(self, figures: Figures, statements: int) -> str:
        """All figures as a page."""
        return "\n".join(self._lines(figures, statements)) + "\n"

    def _lines(self, figures: Figures, statements: int) -> Iterator[str]:
        rows = [f'{{route="{r}",method="{m}",status="{s}"}} {n}' for (r, m, s), n in sorted(self.requests.items())]
        yield from _metric("kg_requests_total", "counter", "Requests answered.", rows)
        totals: Counter[str] = Counter()
        for (route, _, _), number in self.requests.items():
            totals[route] += number
        yield "# HELP kg_request_seconds Time to answer a request."
        yield "# TYPE kg_request_seconds histogram"
        for route in sorted(totals):
            for bucket in BUCKETS:
                yield f'kg_request_seconds_bucket{{route="{route}",le="{bucket}"}} {self.buckets[route, bucket]}'
            yield f'kg_request_seconds_bucket{{route="{route}",le="+Inf"}} {totals[route]}'
            yield f'kg_request_seconds_sum{{route="{route}"}} {float(self.seconds[route]):.6f}'
            yield f'kg_request_seconds_count{{route="{route}"}} {totals[route]}'
        yield from _metric("kg_answers_cached_total", "counter", "Answers given from memory.", [f" {self.cached}"])
        yield from _metric("kg_queries_running", "gauge", "Jobs in a worker now.", [f" {figures.running}"])
        yield from _metric("kg_queries_long", "gauge", "Of those, the ones that take long.", [f" {figures.long}"])
        yield from _metric("kg_queries_waiting", "gauge", "Jobs that wait for a worker.", [f" {figures.waiting}"])
        yield from _metric("kg_workers_started_total", "counter", "Worker processes started.", [f" {figures.started}"])
        yield from _metric("kg_workers_killed_total", "counter", "Worker processes stopped over a limit.", [f" {figures.killed}"])
        yield from _metric("kg_workers_crashed_total", "counter", "Worker processes that died.", [f" {figures.crashed}"])
        yield from _metric("kg_statements", "gauge", "Statements in the graph.", [f" {statements}"])
        yield from _metric("kg_start_time_seconds", "gauge", "When the server started.", [f" {self.begun:.0f}"])


def _metric(name: str, kind: str, text: str, rows: Iterable[str]) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"
    yield from (f"{name}{row.replace('} ', '} ').replace('{{', '{')}" if row.startswith("{") else f"{name}{row}" for row in rows)
