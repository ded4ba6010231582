"""The steps of the time range: a year each, a month each in the years in which most happened, and one step for a long gap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Final

MOST: Final = 110
"""About the most steps that the time range has."""
BUSY: Final = 8
"""The least dated things in a year that is shown by months."""
GAP: Final = 6
"""The least years without anything that become one step."""


def bins(spans: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """The steps from the first to the last date, without a gap.

    Parameters
    ----------
    spans : iterable of (str, str)
        Start and end of each dated thing, as ISO dates that may be partial; it is counted at its start.

    Returns
    -------
    list of dict
        `at` (`YYYY` or `YYYY-MM`), `count`, and for a step of several years `to`, its last year.
    """
    starts = [start for start, _ in spans if len(start) >= 4 and start[:4].isdecimal()]
    if not starts:
        return []
    years = Counter(int(start[:4]) for start in starts)
    steps = list(_years(sorted(years)))
    room = (MOST - len(steps)) // 11
    busiest = sorted(years, key=lambda year: (-years[year], year))[: max(room, 0)]
    monthly = {year for year in busiest if years[year] >= BUSY}
    months = Counter(start[:7] if len(start) >= 7 else f"{start[:4]}-01" for start in starts)
    found: list[dict[str, Any]] = []
    for first, last in steps:
        if first in monthly:
            found += [{"at": f"{first:04}-{month:02}", "count": months[f"{first:04}-{month:02}"]} for month in range(1, 13)]
        elif last > first:
            found.append({"at": f"{first:04}", "to": f"{last:04}", "count": 0})
        else:
            found.append({"at": f"{first:04}", "count": years[first]})
    return found


def _years(years: list[int]) -> Iterator[tuple[int, int]]:
    """First and last year of each step; years in which nothing happened are one step together where they are at least `GAP`."""
    for year, following in pairwise([*years, years[-1] + 1]):
        yield year, year
        between = following - year - 1
        if between >= GAP:
            yield year + 1, following - 1
        else:
            yield from ((other, other) for other in range(year + 1, following))
