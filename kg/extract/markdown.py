"""The running text of a Markdown file: headings, paragraphs and list items without their markup, and what its YAML header says."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

HEADER: Final = re.compile(r"---[ \r]*\n(.*?)^(?:---|\.\.\.)[ \r]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
KEYS: Final = {
    "title": "title",
    "author": "author",
    "date": "published",
    "published": "published",
    "publisher": "publisher",
    "source": "publisher",
    "url": "url",
    "lang": "language",
    "language": "language",
    "licence": "licence",
    "license": "licence",
}
"""What a YAML header is asked for, and what a document calls it."""


def plain(text: str) -> str:
    """Markdown (CommonMark) as plain text: one block a paragraph, blank lines between them; code and HTML are left out."""
    blocks = (" ".join(words.split()) for words in _blocks(MarkdownIt("commonmark").parse(text)))
    return "\n\n".join(block for block in blocks if block) + "\n"


def split_header(text: str) -> tuple[dict[str, str], str]:
    """The plain `key: value` lines of a YAML header under the names of `KEYS`, and the text after it.

    A text without a header is given back as it is. Lists and nested values are passed over: nothing here needs them.
    """
    found = HEADER.match(text)
    if found is None:
        return {}, text
    values = {}
    for line in found[1].splitlines():
        key, colon, value = line.partition(":")
        value = re.sub(r"\s+#.*", "", value).strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        if colon and key in KEYS and value and value[0] not in "[{|>&*":
            values[KEYS[key]] = value
    if "published" in values:
        values["published"] = _day(values["published"])
    return {key: value for key, value in values.items() if value}, text[found.end() :]


def _blocks(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield "".join(_words(token.children or ()))


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("text", "code_inline"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n"


def _day(text: str) -> str:
    """The day of a date or a time stamp; empty where it is none."""
    try:
        return datetime.datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        return text if re.fullmatch(r"\d{4}(-\d{2})?", text) else ""
