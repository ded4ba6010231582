"""What Tab offers in the shell: commands, prepared queries and their parameters, prefixes, terms, things, key words and variables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from kg.cli.asking import FORMATS
from kg.cli.worker import Vocabulary
from kg.ontology import Dossier
from kg.sparql import KEYWORDS, tokens, variables

COMMANDS = {
    "l": "list the prepared queries",
    "r": "ask a prepared query",
    "about": "show a prepared query",
    "e": "what a query means, as a tree",
    "p": "the prefixes",
    "f": "the format of answers",
    "lang": "the language of labels",
    "at": "what was so on a day",
    "known": "what had been said by a day",
    "limit": "so many rows at the most",
    "timeout": "give up after so many seconds",
    "iris": "IRIs or labels",
    "reload": "open the graph anew",
    "?": "help",
    "q": "leave",
}
WORD = re.compile(r"[?$\\]?[\w:.\-]*$")
LEAST = 2
"""Letters from which names are offered by their label, and key words."""
MANY = 200


class SparqlCompleter(Completer):
    """Offers what may stand at the cursor.

    Parameters
    ----------
    language : callable
        Gives the language of the labels that are shown beside names.
    """

    def __init__(self, vocabulary: Vocabulary, dossier: Dossier, language: Callable[[], str]) -> None:
        self.vocabulary = vocabulary
        self.dossier = dossier
        self.language = language

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """The offers for the word before the cursor."""
        before = document.text_before_cursor
        found = WORD.search(before)
        word = found[0] if found else ""
        head = before[: len(before) - len(word)].strip()
        for number, (text, meta) in enumerate(self.offers(head, word, document.text)):
            if number >= MANY:
                return
            yield Completion(text, start_position=-len(word), display_meta=meta)

    def offers(self, head: str, word: str, text: str) -> Iterator[tuple[str, str]]:
        """Text and meaning of each offer, given what stands before the word."""
        if head.startswith("\\") or (not head and word.startswith("\\")):
            yield from self.of_command(head, word)
            return
        first = head.split()[0] if head else ""
        if first in self.dossier.queries:
            yield from self.of_prepared(first, head, word)
            return
        if not head:
            yield from self.prepared(word)
        if word[:1] in ("?", "$"):
            names = (word[0] + name for name in variables(tokens(text)))
            yield from ((name, "variable") for name in names if name.startswith(word) and name != word)
        elif ":" in word:
            yield from self.terms(word)
        else:
            yield from self.words(word)

    def of_command(self, head: str, word: str) -> Iterator[tuple[str, str]]:
        """Commands, or what one of them takes."""
        if not head:
            yield from ((f"\\{name}", meta) for name, meta in COMMANDS.items() if name.startswith(word[1:]))
            return
        name, _, rest = head[1:].partition(" ")
        if name in ("r", "about", "e") and not rest:
            yield from self.prepared(word)
        elif name == "r":
            yield from self.of_prepared(rest.split()[0], rest, word)
        elif name in ("f", "lang"):
            yield from ((value, "") for value in (FORMATS if name == "f" else ("en", "de")) if value.startswith(word))

    def prepared(self, word: str) -> Iterator[tuple[str, str]]:
        """Prepared queries by the beginning of their name."""
        for query in self.dossier.queries.values():
            if query.name.startswith(word):
                yield query.name, query.title_de if self.language() == "de" else query.title

    def of_prepared(self, name: str, head: str, word: str) -> Iterator[tuple[str, str]]:
        """The parameters of a prepared query that have no value yet."""
        query = self.dossier.queries.get(name)
        for parameter in query.parameters if query else ():
            if parameter.name.startswith(word) and f" {parameter.name}=" not in f" {head}":
                label = parameter.label_de if self.language() == "de" else parameter.label
                yield f"{parameter.name}=", label + (f" [{parameter.default}]" if parameter.default else "")

    def terms(self, word: str) -> Iterator[tuple[str, str]]:
        """Terms and things of a prefix: by the beginning of their name, then by a part of it."""
        prefix, _, local = word.partition(":")
        own = [(name, name.partition(":")[2].casefold()) for name in self.vocabulary.terms if name.startswith(f"{prefix}:")]
        wanted = local.casefold()
        for name, folded in own:
            if folded.startswith(wanted):
                yield name, self.label(name)
        for name, folded in own:
            if wanted and wanted in folded and not folded.startswith(wanted):
                yield name, self.label(name)

    def words(self, word: str) -> Iterator[tuple[str, str]]:
        """Prefixes, key words, and names by the beginning of their label or local name."""
        yield from ((f"{prefix}:", space) for prefix, space in self.vocabulary.prefixes.items() if prefix.startswith(word) and word)
        if len(word) < LEAST:
            return
        yield from ((key, "") for key in KEYWORDS if key.upper().startswith(word.upper()))
        wanted = word.casefold()
        for name, labels in self.vocabulary.terms.items():
            texts = [name.partition(":")[2], *labels.values()]
            if any(text.casefold().startswith(wanted) for text in texts):
                yield name, self.label(name)

    def label(self, name: str) -> str:
        """The label of a name."""
        labels = self.vocabulary.terms.get(name, {})
        return labels.get(self.language()) or labels.get("en") or next(iter(labels.values()), "")
