"""The steps of the time range: a year each, or a month each in the years in which most happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

MOST: Final = 120
"""The most steps that the time range has."""
BUSY: Final = 8
"""The least dated things in a year that is shown by months."""


def bins(spans: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """The steps from the first to the last date, without a gap.

    Parameters
    ----------
    spans : iterable of (str, str)
        Start and end of each dated thing, as ISO dates that may be partial; it is counted at its start.

    Returns
    -------
    list of dict
        `at` (`YYYY` or `YYYY-MM`) and `count`.
    """
    starts = sorted(start for start, _ in spans if start[:4].isdigit() and len(start[:4]) == 4)
    if not starts:
        return []
    years = Counter(int(start[:4]) for start in starts)
    first, last = min(years), max(years)
    if last - first >= MOST:
        return [{"at": str(year), "count": years[year]} for year in range(first, last + 1)]
    room = MOST - (last - first + 1)
    monthly = {year for year, count in sorted(years.items(), key=lambda item: (-item[1], item[0]))[: room // 11] if count >= BUSY}
    months = Counter(start[:7] if len(start) >= 7 else f"{start[:4]}-01" for start in starts)
    steps: list[dict[str, Any]] = []
    for year in range(first, last + 1):
        if year in monthly:
            steps += [{"at": f"{year}-{month:02}", "count": months[f"{year}-{month:02}"]} for month in range(1, 13)]
        else:
            steps.append({"at": str(year), "count": years[year]})
    return steps
