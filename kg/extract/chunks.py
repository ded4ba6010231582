"""Chunks: the noun phrases of a sentence, with preposition, case, the entities they stand for, and what hangs on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from kg.extract.attributes import Attribute, is_nominal
from kg.extract.coordination import coordinated
from kg.extract.tokens import Token, dateline
from kg.model import Link

MODIFIERS: Final = frozenset(("adjective",))
"""Kinds of mention that stand before a noun and do not stand for it."""
_CASES: Final = {
    "den": "acc", "dem": "dat", "des": "gen", "einen": "acc", "einem": "dat", "eines": "gen", "einer": "obl", "ihn": "acc", "ihm": "dat",
    "ihnen": "dat", "keinen": "acc", "keinem": "dat", "ihr": "dat", "seinen": "acc", "seinem": "dat", "ihren": "acc", "ihrem": "dat",
    "diesen": "acc", "diesem": "dat", "him": "acc", "them": "acc", "us": "acc", "me": "acc", "uns": "acc", "mich": "acc",
    "beider": "gen", "zweier": "gen",
    "er": "nom", "he": "nom", "she": "nom", "they": "nom", "we": "nom", "wir": "nom", "ich": "nom", "i": "nom",
}  # fmt: skip
_TIME: Final = frozenset(
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag "
    "monday tuesday wednesday thursday friday saturday sunday jahr woche "
    "monat tag jahren wochen monaten tagen year week month day time mal years weeks months days today yesterday tomorrow jahre stunde hour "
    "januar februar märz april mai juni juli august september oktober november dezember "
    "january february march june july october december".split()
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A noun phrase.

    Attributes
    ----------
    start, end, head : int
        Places in the sentence's tokens, end exclusive; `start` is the preposition's place where there is one.
    prep : str
        The preposition's lemma, or empty.
    case : str
        `nom acc dat gen obl` where its article or pronoun shows it; `obl` is a feminine dative or genitive.
    heads : tuple of Link
        The entities that the phrase stands for: more than one where names are coordinated.
    mods : tuple of Link
        The entities that modify it: an adjective, a genitive before or behind it, a compound's first part.
    parent : int
        The chunk on which this one hangs directly (a genitive or a prepositional phrase behind a noun), or -1.
    group : int
        The first chunk of the coordination it belongs to; its own place where it stands alone.
    time : bool
        Whether it only says when.
    attribute : Attribute or None
        What stands between its article and its noun; `inner` is the same of a phrase that stands there.
    """

    start: int
    end: int
    head: int
    prep: str = ""
    case: str = ""
    heads: tuple[Link, ...] = ()
    mods: tuple[Link, ...] = ()
    parent: int = -1
    group: int = -1
    genitive: bool = False
    time: bool = False
    attribute: Attribute | None = None
    inner: Attribute | None = None


def find_chunks(
    tokens: Sequence[Token],
    links: Sequence[Link],
    language: str,
    titles: frozenset[str],
    attributes: Sequence[Attribute] = (),
    quantities: frozenset[str] = frozenset(),
) -> tuple[Chunk, ...]:
    """The chunks of a sentence from left to right.

    Parameters
    ----------
    tokens : sequence of Token
        The sentence's tokens.
    links : sequence of Link
        The sentence's links, in document offsets.
    titles : frozenset of str
        Nouns in lower case that stand before a name ("Präsident").
    attributes : sequence of Attribute
        German attributes with phrases of their own; those phrases are chunks too, but the noun's chunk is what its article says.
    quantities : frozenset of str
        Nouns in lower case that only count what follows ("thousands of", "a group of").
    """
    cover = _cover(tokens, links)
    found: list[Chunk] = []
    begins = {item.article: item for item in attributes}
    shells: dict[int, Chunk] = {}
    inner: Attribute | None = None
    place = dateline(tokens)
    place = 0 if any(cover[:place]) else place
    while place < len(tokens):
        opened = begins.get(place) or (begins.get(place + 1) if tokens[place].kind == "P" else None)
        if opened is not None and opened is not inner:
            shells[opened.last] = _attached(_shell(tokens, place, opened), found, tokens, language)
            place, inner = opened.article + 1, opened
            continue
        chunk = _chunk_at(tokens, cover, place, language, titles)
        if chunk is None:
            place += 1
            continue
        end = chunk.end
        if chunk.prep == "of" and quantities:
            chunk = _counted(chunk, found, tokens, quantities)
        shell = shells.pop(place, None)
        if shell is not None:
            found.append(replace(chunk, prep=shell.prep, case=shell.case, parent=shell.parent, genitive=shell.genitive, attribute=inner))
        else:
            inside = inner if inner is not None and place < inner.last else None
            found.append(replace(_attached(chunk, found, tokens, language), inner=inside))
        place = max(end, place + 1)
    return coordinated(found, tokens)


def _shell(tokens: Sequence[Token], place: int, attribute: Attribute) -> Chunk:
    """Preposition and article of a noun whose attribute has phrases of its own."""
    article = tokens[attribute.article].lower
    prep = tokens[place].lemma.casefold() if tokens[place].kind == "P" else ""
    return Chunk(place, attribute.article + 1, attribute.article, prep, "" if prep else _CASES.get(article, ""))


def _cover(tokens: Sequence[Token], links: Sequence[Link]) -> list[list[Link]]:
    """For each token, the links whose mention covers it or a part of it."""
    cover: list[list[Link]] = [[] for _ in tokens]
    place = 0
    for link in sorted(links, key=lambda item: (item.mention.start, item.mention.end)):
        while place < len(tokens) and tokens[place].end <= link.mention.start:
            place += 1
        for position in range(place, len(tokens)):
            if tokens[position].start >= link.mention.end:
                break
            cover[position].append(link)
    return cover


def _chunk_at(tokens: Sequence[Token], cover: list[list[Link]], place: int, language: str, titles: frozenset[str]) -> Chunk | None:
    token = tokens[place]
    prep, begin, position = "", place, place
    if (token.kind == "P" and not cover[place]) or (token.lower in ("to", "gegenüber", "zufolge") and token.kind in "PR"):
        prep, position = token.lemma.casefold() if language == "de" else token.lower, place + 1
        if position >= len(tokens):
            return None
        fused = tokens[place].lower
    else:
        fused = ""
    case = _CASES.get(fused, "")
    first = position
    mods: list[Link] = []
    heads: list[Link] = []
    head = -1
    while position < len(tokens):
        here = tokens[position]
        linked = [link for link in cover[position] if link.mention.end >= here.start]
        full = next((link for link in linked if link.mention.kind not in MODIFIERS and link.mention.start <= here.start), None)
        if full is not None and head >= 0 and not heads and _says_when(tokens[head]):
            break
        if full is not None:
            pair = (
                len(heads) == 1
                and position == head + 1
                and heads[0].mention.kind == full.mention.kind == "role"
                and tokens[head].kind in "KDO"
            )
            if pair:
                heads.append(full)  # "the two leaders" bears one link on each word
                head = position
                position += 1
                continue
            if heads and head >= 0 and full not in heads and not _is_apposition(tokens, head, position, titles):
                if not _genitive(full):
                    break
                mods.append(full)
                position = _after(tokens, position, full)
                break
            stop = _after(tokens, position, full)
            follower = tokens[stop] if stop < len(tokens) else None
            if follower is not None and follower.kind == "G":
                mods.append(full)
                position = stop + 1
                continue
            if _premodifies(full, follower, cover[stop] if stop < len(tokens) else [], language) or (
                language == "en" and not heads and _before_office(tokens, stop, titles)
            ):
                mods.append(full)
                position = stop
                continue
            if head >= 0 and _genitive(full):
                mods.append(full)
                position = stop
                break
            if head >= 0 and not heads and not _is_apposition(tokens, head, position, titles) and language == "en":
                break
            heads.append(full)
            head = stop - 1
            while head > position and tokens[head].kind == ".":
                head -= 1  # a name's closing bracket
            position = stop
            if here.kind == "O" or full.mention.kind == "pronoun":
                if here.kind == "D" or here.lower in ("deren", "dessen"):
                    heads.pop()
                    mods.append(full)
                    head = -1
                    continue
                case = _CASES.get(here.lower, case)
                break
            continue
        partial = [link for link in linked if link not in mods and link not in heads]
        if here.kind in "NE" or (language == "de" and not linked and is_nominal(tokens, position)):
            own = head > 0 and prep in ("nach", "laut") and tokens[head - 1].lower == "eigenen"  # "nach eigenen Angaben *Panzer* verlegt"
            if heads or own or (head >= 0 and _says_when(tokens[head]) and not _says_when(here)):
                break
            mods.extend(partial)
            head = position
            position += 1
            if language == "de" and position < len(tokens) and tokens[position].kind in "JD":
                break
            continue
        if here.kind in "D" and head < 0:
            case = _CASES.get(here.lower, case) if not prep else case
            position += 1
            mods.extend(partial)
            continue
        if here.kind in "JK" and (head < 0 or (language == "en" and here.kind == "J" and not heads and partial)):
            mods.extend(partial)
            position += 1
            continue
        if here.kind == "V" and here.form in ("pp", "ing") and head < 0 and position > first and position + 1 < len(tokens):
            if tokens[position + 1].kind in "NEJ" and language == "en":
                position += 1
                continue
            break
        if here.kind == "R" and position > first and position + 1 < len(tokens) and tokens[position + 1].kind in "J" and head < 0:
            position += 1
            continue
        joins = here.kind == "C" and head < 0 and position > first and tokens[position - 1].kind == "J"
        if joins and position + 1 < len(tokens) and tokens[position + 1].kind in "JNE":
            position += 1
            continue
        if here.kind in "OW" and head < 0 and position == first:
            head = position
            case = _CASES.get(here.lower, case)
            position += 1
            break
        if here.text in "\"'„“”»«‚‘’" and head < 0 and position + 1 < len(tokens) and tokens[position + 1].kind in "NEJK":
            position += 1
            continue
        if here.kind == "G" and head >= 0 and not heads:
            head = -1
            position += 1
            continue
        break
    if head < 0:
        if position > first and tokens[position - 1].kind in "KJD" and position - first <= 3 and (prep or mods):
            head = position - 1
        else:
            return None
    if language == "en" and not heads:
        people = next((link for link in mods if _names_people(tokens[head], link)), None)
        if people is not None:
            heads, mods = [people], [link for link in mods if link is not people]
    time = not heads and _says_when(tokens[head])
    return Chunk(begin, max(position, head + 1), head, prep, case, tuple(heads), tuple(mods), time=time)


def without_opener(chunk: Chunk, opener: str, tokens: Sequence[Token]) -> Chunk:
    """A chunk without the word that opens its clause, taken for its preposition or its article ("ein Schritt, *den* Israel ablehnt")."""
    if opener and chunk.prep == opener:
        return replace(chunk, prep="", parent=-1)
    if opener and tokens[chunk.start].lower == opener and tokens[chunk.start].kind == "D" and chunk.heads:
        return replace(chunk, start=chunk.start + 1, case="")
    return chunk


def _names_people(token: Token, link: Link) -> bool:
    """Whether a noun is itself the name of a people ("two *Yemenis*")."""
    return (link.mention.start, link.mention.end) == (token.start, token.end) and token.kind in "NE" and token.lower.endswith("s")


def _counted(chunk: Chunk, found: list[Chunk], tokens: Sequence[Token], quantities: frozenset[str]) -> Chunk:
    """The phrase behind "of" together with the word before it that only counts it ("*thousands of* Argentines", "*a group of* envoys")."""
    word = tokens[chunk.start - 1] if chunk.start else None
    if word is None or not ({word.lower, word.lemma.casefold()} & quantities):
        return chunk
    if found and found[-1].end == chunk.start:
        if found[-1].heads or found[-1].mods:
            return chunk
        before = found.pop()
        return replace(chunk, start=before.start, prep=before.prep, case="")
    return replace(chunk, start=chunk.start - 1, prep="", case="")


def _says_when(token: Token) -> bool:
    """Whether a noun is a day, a month or a stretch of time."""
    return token.lemma.casefold() in _TIME or token.lower in _TIME


def _after(tokens: Sequence[Token], position: int, link: Link) -> int:
    """The place behind the tokens that a link covers."""
    stop = position + 1
    while stop < len(tokens) and tokens[stop].start < link.mention.end:
        stop += 1
    return stop


def _genitive(link: Link) -> bool:
    """Whether a name carries a German genitive ending."""
    text = link.mention.text
    return (
        link.mention.kind != "pronoun"
        and len(text) > 3
        and text[-1] == "s"
        and text not in link.names
        and text[:-1] in (*link.names, link.label)
    )


def _premodifies(link: Link, follower: Token | None, follower_links: list[Link], language: str) -> bool:
    """Whether a name stands before the noun of its phrase."""
    if follower is None or (link.mention.kind == "pronoun" and follower.kind not in "NEJ"):
        return False
    other = any(item is not link and item.mention.kind not in MODIFIERS for item in follower_links)
    if language == "de":
        return _genitive(link) and follower.kind in "NJK" and not (other and follower.kind == "E")
    return link.mention.kind not in ("pronoun", "role", "title") and follower.kind in "NE" and not other


def _before_office(tokens: Sequence[Token], stop: int, titles: frozenset[str]) -> bool:
    """Whether a name stands before an office of two words ("*EU* foreign ministers")."""
    words = tokens[stop : stop + 2]
    return len(words) == 2 and words[0].kind == "J" and words[1].kind in "NE" and f"{words[0].lower} {words[1].lemma.casefold()}" in titles


def _is_apposition(tokens: Sequence[Token], head: int, position: int, titles: frozenset[str]) -> bool:
    """Whether the noun at `head`, directly before a name at `position`, is its title."""
    lemma = tokens[head].lemma.casefold()
    return (
        position == head + 1
        and tokens[head].kind in "NE"
        and (lemma in titles or any(lemma.endswith(title) for title in titles if len(title) > 6))
    )


def _attached(chunk: Chunk, found: list[Chunk], tokens: Sequence[Token], language: str) -> Chunk:
    """The chunk with the one before it as its parent, where it hangs on it."""
    if not found:
        return chunk
    before = found[-1]
    between = tokens[before.end : chunk.start]
    participle = len(between) == 1 and between[0].kind == "V" and between[0].form in ("pp", "fin") and chunk.prep in ("by", "von")
    if between and not (participle and language == "en"):
        return chunk
    if tokens[before.head].kind not in "NE" or (before.time and not chunk.prep):
        return chunk
    if chunk.prep:
        return replace(chunk, parent=len(found) - 1, genitive=chunk.prep in ("of", "von") and not before.heads)
    first = tokens[chunk.start].lower
    plural = tokens[chunk.start].kind == "J" and first.endswith("er") and tokens[chunk.start].text.islower()
    if (
        language == "de"
        and (plural or first in ("des", "der", "eines", "einer", "seines", "seiner", "ihrer", "ihres", "dieser", "dieses"))
        and not before.heads
    ):
        return replace(chunk, parent=len(found) - 1, genitive=True, case="gen")
    return chunk
