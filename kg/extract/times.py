"""Times: the dates that a sentence states, reckoned from the document's date; what is known to the month stays a month."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Final

from kg.extract.lexicon import LanguageLexicon
from kg.extract.tokens import Token

_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_DAY: Final = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th)?")
_LAST: Final = frozenset(("letzten", "vergangenen", "letzter", "vergangener", "last", "previous", "letztem", "vergangenem", "letztes"))
_NEXT: Final = frozenset(("nächsten", "kommenden", "next", "coming", "nächster", "nächste", "kommendes", "nächstes", "nächstem"))
_THIS: Final = frozenset(("diesen", "diesem", "this", "dieses", "diese"))


def dates(tokens: Sequence[Token], published: str, lexicon: LanguageLexicon) -> tuple[tuple[int, str], ...]:
    """The dates in a sentence: the place of each one's first token, and the date.

    Parameters
    ----------
    tokens : sequence of Token
        The sentence's tokens.
    published : str
        The document's (partial) date; without it, only dates with their year are given.
    lexicon : LanguageLexicon
        Names of months and weekdays.

    Returns
    -------
    tuple of (int, str)
        `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; a month without a year is the one nearest to the document's date.
    """
    found: list[tuple[int, str]] = []
    taken = -1
    for place, token in enumerate(tokens):
        if place <= taken:
            continue
        word = token.lower.rstrip(".")
        month = lexicon.times.get(f"months.{word}")
        if month is not None and (token.text[0].isupper()):
            day, year, taken = _around(tokens, place)
            value = _dated(month + 1, day, year, published)
            if value:
                found.append((place, value))
            continue
        weekday = lexicon.times.get(f"weekdays.{word.removesuffix('s') if word.endswith('tags') else word}")
        if weekday is not None and len(published) == 10:
            found.append((place, _weekday(weekday, published, tokens[place - 1].lower if place else "")))
            continue
        relative = _relative(tokens, place, published)
        if relative:
            found.append((place, relative))
        elif (
            _YEAR.fullmatch(token.text)
            and place
            and tokens[place - 1].lower in ("in", "seit", "since", "jahr", "jahre", "year", "of", "im")
        ):
            found.append((place, token.text))
    return tuple(found)


def _around(tokens: Sequence[Token], place: int) -> tuple[int, str, int]:
    """Day and year beside a month's name, and the last token that belongs to the date."""
    day, year, last = 0, "", place
    before = _DAY.fullmatch(tokens[place - 1].text) if place else None
    if before and int(before[1]) <= 31:
        day = int(before[1])
    behind = place + 1
    if behind < len(tokens) and not day and (after := _DAY.fullmatch(tokens[behind].text)) and int(after[1]) <= 31:
        day, last, behind = int(after[1]), behind, behind + 1
    if behind < len(tokens) and tokens[behind].text == ",":
        behind += 1
    if behind < len(tokens) and _YEAR.fullmatch(tokens[behind].text):
        year, last = tokens[behind].text, behind
    return day, year, last


def _dated(month: int, day: int, year: str, published: str) -> str:
    if not year:
        if len(published) < 4:
            return ""
        year = published[:4]
        if len(published) >= 7:
            distance = month - int(published[5:7])
            year = str(int(year) + (1 if distance < -6 else -1 if distance > 6 else 0))
    value = f"{year}-{month:02d}"
    if not day:
        return value
    try:
        return datetime.date(int(year), month, day).isoformat()
    except ValueError:
        return value


def _weekday(weekday: int, published: str, before: str) -> str:
    """The last such day up to the document's date; behind "next" the first one after it."""
    anchor = datetime.date.fromisoformat(published)
    if before in _NEXT:
        return (anchor + datetime.timedelta(days=(weekday - anchor.weekday() - 1) % 7 + 1)).isoformat()
    return (anchor - datetime.timedelta(days=(anchor.weekday() - weekday) % 7)).isoformat()


def _relative(tokens: Sequence[Token], place: int, published: str) -> str:
    """ "last year", "nächsten Monat", "today": a date reckoned from the document's."""
    word = tokens[place].lower
    if word in ("heute", "today") and len(published) == 10:
        return published
    if word in ("gestern", "yesterday") and len(published) == 10:
        return (datetime.date.fromisoformat(published) - datetime.timedelta(days=1)).isoformat()
    if place + 1 >= len(tokens):
        return ""
    step = -1 if word in _LAST else 1 if word in _NEXT else 0 if word in _THIS else None
    unit = tokens[place + 1].lower
    if step is None:
        return ""
    if unit in ("jahr", "jahres", "jahre", "year") and len(published) >= 4:
        return str(int(published[:4]) + step)
    if unit in ("monat", "monats", "month") and len(published) >= 7:
        months = int(published[:4]) * 12 + int(published[5:7]) - 1 + step
        return f"{months // 12:04d}-{months % 12 + 1:02d}"
    return ""
