"""An index of names over token sequences, with the inflected forms of a language."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Final

from kg.extract.tokens import split_words

ARTICLES: Final = frozenset("der die das den dem des ein eine einen einem einer eines the a an".split())


@dataclass(frozen=True, slots=True)
class Entry:
    """A name in the index: whom it stands for and how.

    Attributes
    ----------
    article : bool
        Whether it stands for the entity only behind an article or a possessive ("the North").
    short : bool
        Whether it is a family name or a given name alone.
    """

    iri: str
    kind: str
    article: bool = False
    short: bool = False


class _Node:
    """A place in the index: the words that may come next, and what ends here."""

    __slots__ = ("entries", "following")

    def __init__(self) -> None:
        self.following: dict[str, _Node] = {}
        self.entries: list[Entry] = []


class NameIndex:
    """An index of names over words, with the inflected forms of a language.

    Parameters
    ----------
    language : str
        `de` or `en`; names of other languages are found in their given form.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._root = _Node()

    def add(self, phrase: str, iri: str, kind: str, *, common: bool = False, short: bool = False) -> None:
        """Add a name; `common` says that its first word may be written with a capital or without."""
        if self.language == "de" and phrase.startswith("UN-"):
            for other in ("Uno-", "UNO-"):
                self.add(other + phrase[3:], iri, kind, common=common, short=short)
        words = list(split_words(phrase.rstrip("-")))
        article = bool(words) and words[0].casefold() in ARTICLES and len(words) == 2
        while words and words[0].casefold() in ARTICLES:
            words.pop(0)
        if not words or not any(character.isalnum() for character in words[0]):
            return
        if len(words) == 1 and (len(words[0]) < 2 or (words[0].islower() and kind not in ("adjective",) and not common and not article)):
            return
        nodes = [self._root]
        for position, word in enumerate(words):
            forms = _forms(word, self.language, kind, position == len(words) - 1)
            forms += [_recased(form) for form in forms] if common and position == 0 else []
            fresh = _Node()
            following: dict[int, _Node] = {}
            for node in nodes:
                for form in forms:
                    reached = node.following.setdefault(form, fresh)
                    following[id(reached)] = reached
            nodes = list(following.values())
        entry = Entry(iri, kind, article, short)
        for node in nodes:
            if entry not in node.entries:
                node.entries.append(entry)

    def begins(self, word: str, iris: Set[str]) -> bool:
        """Whether a longer name of one of some entities begins with a word ("Kim" of "Kim Jong Un", not "Trump" of "Donald Trump")."""
        start = self._root.following.get(word)
        waiting = list(start.following.values()) if start is not None else []
        while waiting:
            node = waiting.pop()
            if any(entry.iri in iris for entry in node.entries):
                return True
            waiting += node.following.values()
        return False

    def longest(
        self, words: Sequence[str], start: int, bare: bool = False, barred: Set[str] = frozenset()
    ) -> tuple[int, tuple[Entry, ...]]:
        """The number of words of the longest name that begins at a place, and its entries; 0 and none where there is none.

        Parameters
        ----------
        bare : bool
            Whether no article stands before it: a name that needs one does not count.
        barred : set of str
            Persons and states that no phrase of an office and no name with an article stands for in this document.
        """
        node, best = self._root, 0
        result: tuple[Entry, ...] = ()
        for length in range(1, min(len(words) - start, 12) + 1):
            following = node.following.get(words[start + length - 1])
            if following is None:
                break
            node = following
            if bare or barred:
                entries = tuple(
                    entry
                    for entry in node.entries
                    if not (bare and entry.article) and not ((entry.kind == "role" or entry.article) and entry.iri in barred)
                )
            else:
                entries = tuple(node.entries)
            if entries:
                best, result = length, entries
        return best, result


def _recased(word: str) -> str:
    return word[0].upper() + word[1:] if word[0].islower() else word[0].lower() + word[1:]


def _forms(word: str, language: str, kind: str, last: bool) -> list[str]:
    """The forms in which a word of a name can stand in a text."""
    forms = [word]
    if re.fullmatch(r"(?:[A-Z]\.){2,}", word):
        forms.append(word.replace(".", ""))
    if re.fullmatch(r"\d+\.?|\W+", word):
        return forms
    if language == "en":
        return [*forms, word + "s"] if kind == "demonym" and last and not word.endswith(("s", "ese", "sh", "ch")) else forms
    if kind == "adjective" and last:
        stem = re.sub(r"(?<=isch)(?:e[rnsm]?)$", "", word)
        return [*forms, *(stem + ending for ending in ("e", "er", "es", "en", "em"))]
    if not last and (ending := re.fullmatch(r"(\w{3,}?)(?:e|er|es|en|em)", word)):
        return [*forms, *(ending[1] + suffix for suffix in ("e", "er", "es", "en", "em"))]
    if last and word[-1].isalpha():
        if kind == "demonym":
            forms += [word + "n", word + "in", word + "innen", word + "s"]
        elif not word.casefold().endswith(("s", "ß", "x", "z")):
            forms += [word + "s", word + "es"] if word[-1].casefold() not in "aeiouy" else [word + "s"]
        elif word.endswith(("ss", "ß", "z")):
            forms.append(word + "es")
    return forms
