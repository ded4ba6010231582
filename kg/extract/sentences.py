"""Sentences: paragraphs, headlines and sentences of a German or English text, in time linear in its length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kg.model import Sentence

_OPENING: Final = "\"'„“”‚‘’«»‹›([–—-"
_CLOSING: Final = "\"'“”‘’«»‹›)]"
_END: Final = re.compile(rf"(?:…|(?<![.!?])[.!?]++)[{re.escape(_CLOSING)}]*+(?=\s)")
"""Looked for at the first mark of a row only, so that a million full stops take one pass."""
_WORD_BEFORE: Final = re.compile(r"[\w.\-]+\Z")

_ABBREVIATIONS: Final = {
    "de": frozenset(
        (
            "z b d h u a bzw ca dr prof nr abs art bd bspw evtl ggf hl hr fr inkl jh mio mrd sog st str tel usw vgl dipl ing jan feb "
            "apr aug sept sep okt nov dez mr mrs ms gen lt sen rep geb gest max min rd stv allg dt engl frz ehem einschl gegr v chr s"
        ).split()
    ),
    "en": frozenset(
        (
            "mr mrs ms dr prof gen lt col capt sgt maj adm sen rep gov st jr sr vs e g i eg ie cf no nos jan feb mar apr jun jul aug "
            "sept sep oct nov dec approx dept est fig inc ltd co corp hon rev amb u s u.s u.n u.k d.c a.m p.m"
        ).split()
    ),
}
_NEVER_LAST: Final = frozenset(
    ("mr mrs ms dr prof gen lt col capt sgt maj adm sen rep gov amb rev hon hr fr nr vgl ca bzw z d h st e i cf vs").split()
)
"""Abbreviations that something always follows, so that a capital letter after them starts no sentence."""
_STARTERS: Final = {
    "de": frozenset(
        (
            "der die das er sie es wir ich ein eine in im am an auf bei doch aber und auch nach vor seit dann danach dort da so zudem "
            "außerdem allerdings dennoch trotzdem damit dabei daher darum wenn als während ob wer was wie wo warum laut zugleich"
        ).split()
    ),
    "en": frozenset(
        (
            "the a an he she it they we i in on at by but and or so then there this that these those his her its their when while if "
            "after before since until although however still yet also no what who how why where for with as"
        ).split()
    ),
}
_MONTHS: Final = frozenset(("januar februar märz april mai juni juli august september oktober november dezember jänner").split())
_WRAP: Final = 100
"""A text none of whose lines is longer is taken for one with hard line breaks."""
_HEADLINE: Final = 140
"""A paragraph of one line that is no longer and has no final punctuation is a headline."""


def split_sentences(text: str, language: str) -> tuple[Sentence, ...]:
    """The sentences of a text in their order.

    Parameters
    ----------
    text : str
        The document's text.
    language : str
        `de` or `en`; another language is split with the English abbreviations.

    Returns
    -------
    tuple of Sentence
        Disjoint, ascending, none empty or with white space at an end; `text[s.start:s.end] == s.text` for each.
    """
    found: list[Sentence] = []
    for number, (start, end, headline) in enumerate(_paragraphs(text)):
        if headline:
            found.append(Sentence(start, end, text[start:end], number, True))
            continue
        for begin, stop in _cut(text, start, end, language if language in _ABBREVIATIONS else "en"):
            found.append(Sentence(begin, stop, text[begin:stop], number))
    return tuple(found)


def _paragraphs(text: str) -> Iterator[tuple[int, int, bool]]:
    """Start, end and whether it is a headline, for each paragraph."""
    lines = [(found.start(), found.end()) for found in re.finditer(r"[^\r\n]+", text)]
    wrapped = bool(lines) and max(end - start for start, end in lines) <= _WRAP and len(lines) > 3
    group: list[tuple[int, int]] = []
    for position, (start, end) in enumerate(lines):
        line = text[start:end]
        if not line.strip():
            yield from _paragraph(text, group)
            group = []
            continue
        fresh = bool(re.match(r"\s*(?:#{1,6}\s|[-*•]\s|>\s)", line))
        gap = position > 0 and text.count("\n", lines[position - 1][1], start) > 1
        if group and (gap or fresh or not wrapped or (_is_final(text[group[-1][0] : group[-1][1]]) and end - start < 30)):
            yield from _paragraph(text, group)
            group = []
        group.append((start, end))
        if line.lstrip().startswith("#"):
            yield from _paragraph(text, group)
            group = []
    yield from _paragraph(text, group)


def _paragraph(text: str, lines: list[tuple[int, int]]) -> Iterator[tuple[int, int, bool]]:
    if not lines:
        return
    start, end = lines[0][0], lines[-1][1]
    marker = re.compile(r"\s*(?:#{1,6}\s+|[-*•]\s+|>\s+)?").match(text, start, end)
    heading = text.startswith("#", start)
    start = marker.end() if marker else start
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end, heading or (len(lines) == 1 and end - start <= _HEADLINE and not _is_final(text[start:end]))


def _is_final(line: str) -> bool:
    return line.rstrip().rstrip(_CLOSING).endswith((".", "!", "?", "…", ":", ";", ","))


def _cut(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence of a paragraph, without white space at the ends."""
    begin = start
    for found in _END.finditer(text, start, end):
        after = found.end()
        while after < end and text[after].isspace():
            after += 1
        if after < end and _ends(text, begin, found, after, end, language):
            yield begin, found.end()
            begin = after
    if begin < end:
        yield begin, end


def _ends(text: str, begin: int, found: re.Match[str], after: int, end: int, language: str) -> bool:
    """Whether the punctuation at a place ends a sentence, given what stands before and after it."""
    following = text[after : min(end, after + 40)].lstrip(_OPENING)
    if not following or following[0].islower():
        return False
    mark = found.group()
    if not mark.startswith(".") or mark.startswith(".."):
        return True
    before = _WORD_BEFORE.search(text[max(begin, found.start() - 40) : found.start()])
    if before is None:
        return True
    word = before.group().casefold().lstrip("-.")
    next_word = re.match(r"[\w-]*", following)
    follower = (next_word.group() if next_word else "").casefold()
    starter = follower in _STARTERS[language]
    if language == "de" and word.isdigit() and len(word) <= 2:
        return follower not in _MONTHS and starter
    last = word.rsplit(".", 1)[-1]
    if len(last) == 1 and last.isalpha():
        return starter and "." in word
    if word in _ABBREVIATIONS[language] or (last in _ABBREVIATIONS[language] and "." in word):
        return starter and word not in _NEVER_LAST
    return True
