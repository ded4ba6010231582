"""Finding a model's words in a text: whole words, whatever white space stands between them, and nothing else bent."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from kg.model import Link


class Span(NamedTuple):
    """Offsets in the document's text."""

    start: int
    end: int


class FoldedText:
    """A text in which words are found whatever white space stands between them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._places: list[int] = []
        folded: list[str] = []
        for place, character in enumerate(text):
            if not character.isspace():
                folded.append(character)
            elif folded and folded[-1] != " ":
                folded.append(" ")
            else:
                continue
            self._places.append(place)
        self._folded = "".join(folded)

    def find(self, words: str, start: int, end: int, *, inflected: bool = False) -> Span | None:
        """The first place of whole words within a stretch of the text, or none.

        Parameters
        ----------
        inflected : bool
            Whether, where the words do not stand there as such, up to two letters may follow; the place then includes them.
        """
        needle = " ".join(words.split())
        if not needle:
            return None
        near: Span | None = None
        for span in self._all(needle, start, end):
            if span.start and self.text[span.start - 1].isalnum() and needle[0].isalnum():
                continue
            stop = span.end
            while stop < len(self.text) and self.text[stop].isalnum() and needle[-1].isalnum():
                stop += 1
            if stop == span.end:
                return span
            if near is None and inflected and stop <= min(span.end + 2, end):
                near = Span(span.start, stop)
        return near

    def _all(self, needle: str, start: int, end: int) -> Iterator[Span]:
        at, limit = bisect_left(self._places, start), bisect_left(self._places, end)
        while (at := self._folded.find(needle, at, limit)) >= 0:
            yield Span(self._places[at], self._places[at + len(needle) - 1] + 1)
            at += 1


def overlap(link: Link, span: Span) -> bool:
    """Whether a link's mention and a stretch have a character in common."""
    return link.mention.start < span.end and span.start < link.mention.end
