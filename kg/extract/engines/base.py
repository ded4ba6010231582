"""What every extraction engine offers."""

from __future__ import annotations

from typing import Protocol

from kg.model import Document, Extraction


class Engine(Protocol):
    """Turns a document into an extraction; the same document gives the same extraction."""

    def extract(self, document: Document) -> Extraction:
        """All sentences, links and claims of a document.

        A document in a language that the engine does not know gives an empty extraction with a note.
        """
        ...
