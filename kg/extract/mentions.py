"""Mentions: the stretches of a sentence that name something, found in the index of names, and those that look like an unknown name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final

from kg.extract.atlas import add_names
from kg.extract.gazetteer import SUBJECT_KINDS, Entity, Knowledge, short_names
from kg.extract.lexicon import LanguageLexicon
from kg.extract.nameindex import ARTICLES, Entry, NameIndex
from kg.extract.tokens import Token, dateline
from kg.model import Document, Mention

LANGUAGES: Final = ("de", "en")
SHORT: Final = 400
"""The length of a text that may speak of a state without its name."""
_PLACES: Final = frozenset("in nach aus bei at near from to towards of von inside around über".split())
_ARTICLES: Final = frozenset(
    "the this that its their his her der die das den dem des im vom zum zur ins dieses dieser diesem diesen "
    "sein seine seinem seinen seiner seines "
    "ihr ihre ihrem ihren ihrer unser unserem".split()
)
_HONORIFICS: Final = frozenset("mr mrs ms dr herr herrn frau sir major maj captain capt lt col gen sgt".split())
_PARTICLES: Final = frozenset(
    "al el bin ibn ben abu von van de der den zu da das di do dos du la le del della wa ould ag af ter ten".split()
)
_ADJECTIVAL: Final = ("ish", "ic", "ian", "ese", "al", "ive", "ean", "can")
_ROMAN: Final = re.compile(r"[IVX]+")


@dataclass(frozen=True, slots=True)
class Found:
    """A mention with the entries of the index that it may stand for.

    Attributes
    ----------
    entries : tuple of Entry
        Empty for a name that the index does not hold.
    first, last : int
        Places of its first and last token, the last one included.
    part : bool
        Whether it is only the first part of a compound with a hyphen.
    """

    mention: Mention
    entries: tuple[Entry, ...]
    first: int
    last: int
    part: bool = False


@dataclass(frozen=True, slots=True)
class Indexes:
    """The names of a language.

    Attributes
    ----------
    names : NameIndex
        Actors and places.
    subjects : NameIndex
        What an event can be about; apart, since such a phrase may hold a name ("Gespräche mit Nordkorea").
    extra : dict of str to Entity
        Candidate entities for the states that only the lexicon knows.
    """

    names: NameIndex
    subjects: NameIndex
    extra: dict[str, Entity]


def build_indexes(knowledge: Knowledge, lexicon: LanguageLexicon) -> Indexes:
    """The indexes of a language's names.

    Names in the other language are found too where they are names, not adjectives or phrases.
    """
    language = lexicon.language
    index, subjects = NameIndex(language), NameIndex(language)
    ordinary = lexicon.words("words.ordinary") | lexicon.words("words.collectives") | set(lexicon.titles)
    for phrase, tag, kind, iri in knowledge.phrases:
        entity = knowledge.entities[iri]
        subject = entity.kind in SUBJECT_KINDS
        foreign = tag in LANGUAGES and tag != language
        if (foreign and (kind in ("adjective", "demonym", "role") or subject)) or tag not in (*LANGUAGES, ""):
            continue
        if kind == "role" and any(word.casefold() in lexicon.words("relations.ally") for word in phrase.split()):
            continue
        if phrase.casefold() in ordinary or (kind == "role" and phrase.split()[-1] in entity.names):
            continue
        single = " " not in phrase
        if subject:
            subjects.add(phrase, iri, kind, common=True)
        else:
            index.add(phrase, iri, kind, short=entity.kind == "person" and single)
    for iri, entity in knowledge.entities.items():
        if entity.kind == "person":
            for name in short_names(entity):
                if name.casefold() not in ordinary:
                    index.add(name, iri, "alias", short=True)
    return Indexes(index, subjects, add_names(index, knowledge, lexicon))


def find_mentions(
    tokens: Sequence[Token], index: NameIndex, lexicon: LanguageLexicon, heard: Set[str] = frozenset(), barred: Set[str] = frozenset()
) -> tuple[Found, ...]:
    """The mentions of a sentence, the longest name first, from left to right and disjoint.

    Parameters
    ----------
    tokens : sequence of Token
        The sentence's tokens; offsets of the mentions count as theirs.
    index : NameIndex
        The names of the sentence's language.
    lexicon : LanguageLexicon
        For titles, months and weekdays, which are no names.
    heard : set of str
        Last words of unknown names in the sentences before (`last_words`); alone they are that name again.
    barred : set of str
        Persons and states that no phrase of an office and no "der Norden" stands for in this document (`not_meant`).
    """
    words = [token.text for token in tokens]
    found: list[Found] = []
    place = dateline(tokens)
    if place and (
        not (opening := index.longest([words[0].title() if words[0].isupper() else words[0], *words[1:]], 0)[1]) or opening[0].short
    ):
        place = 0  # "Moon – who had come from Seoul – …"
    while place < len(tokens):
        bare = not place or tokens[place - 1].lower not in _ARTICLES or _is_part(tokens, place)
        length, entries = index.longest(words, place, bare, barred)
        if not length and words[place].isupper() and len(words[place]) > 3:
            length, entries = index.longest([word.title() if word.isupper() else word for word in words], place, bare, barred)
        if not length and lexicon.language == "de" and tokens[place].kind == "J" and words[place][0].isupper():
            length, entries = index.longest([words[place].lower(), *words[place + 1 : place + 5]], 0)  # an adjective that begins a sentence
        if length == 1 and tokens[place].kind == "N" and "-" not in words[place] and {entry.iri for entry in entries} <= barred:
            length, entries = 0, ()  # "die Arbeiterpartei" of another country
        if length == 1 and _is_given(tokens, place, entries, index, lexicon):
            length = 1 + _run(tokens, place + 1, index, lexicon)
            found.append(_found(tokens, place, place + length - 1, ()))
            place += length
            continue
        namesake = _namesake(tokens, place, entries, index, lexicon) if length == 1 else 0
        if namesake:
            found.append(_found(tokens, place, place + namesake - 1, ()))
            place += namesake
            continue
        if length:
            length = _extended(words, place, length, entries, index)
            found.append(_found(tokens, place, place + length - 1, entries))
            place += length
            continue
        part = _compound(tokens[place], index)
        if part is not None:
            found.append(Found(part[0], part[1], place, place, True))
            place += 1
            continue
        if lexicon.language == "de" and _is_party(tokens[place], lexicon, heard):
            first = tokens[place].parts[0]
            found.append(Found(Mention(tokens[place].start, tokens[place].start + len(first), first, "adjective"), (), place, place, True))
            place += 1
            continue
        length = _unknown(tokens, place, index, lexicon, heard)
        if length:
            found.append(_found(tokens, place, place + length - 1, ()))
        place += max(length, 1)
    return tuple(found)


def _is_given(tokens: Sequence[Token], place: int, entries: tuple[Entry, ...], index: NameIndex, lexicon: LanguageLexicon) -> bool:
    """Whether a state's or city's name right behind a title is a person's given name ("Foreign Minister Israel Katz")."""
    if not place or any(entry.kind in ("adjective", "demonym", "role") or entry.short for entry in entries):
        return False
    following = place + 1 < len(tokens) and _is_name(tokens[place + 1], lexicon) and not index.longest([tokens[place + 1].text], 0)[0]
    return following and bool(lexicon.title_of(tokens[place - 1].lemma)) and tokens[place].text[-1] != "s"


def _namesake(tokens: Sequence[Token], place: int, entries: tuple[Entry, ...], index: NameIndex, lexicon: LanguageLexicon) -> int:
    """The length of an unknown person's name that begins with a known family name ("Kim Hyun Chong" is not Kim Jong Un); 0 for none."""
    if not entries or not all(entry.short for entry in entries) or not index.begins(tokens[place].text, {entry.iri for entry in entries}):
        return 0
    end = place + 1
    words = [token.text for token in tokens]
    while end < len(tokens) and end - place < 4 and _is_name(tokens[end], lexicon) and not index.longest(words, end)[0]:
        end += 1
    return end - place if end - place >= 3 or (end - place == 2 and "-" in tokens[end - 1].text) else 0


def _extended(words: list[str], place: int, length: int, entries: tuple[Entry, ...], index: NameIndex) -> int:
    """The length of a name together with a longer name of the same entity that begins inside it ("President Moon" + "Moon Jae-in")."""
    for inner in range(place + 1, place + length):
        further, others = index.longest(words, inner)
        if inner + further > place + length and {entry.iri for entry in entries} & {entry.iri for entry in others}:
            return inner + further - place
    return length


def _is_part(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word behind "im" or "in the" is but a part of a country ("im Norden des Landes", "in the north of Mali")."""
    follower = tokens[place + 1] if place + 1 < len(tokens) else None
    if follower is None:
        return False
    genitive = follower.kind == "E" and follower.text[-1] == "s" and tokens[place].kind == "N"
    return genitive or follower.lower in ("of", "des", "der", "von", "vom") or follower.text == "-"


def find_subjects(tokens: Sequence[Token], index: NameIndex) -> tuple[Found, ...]:
    """The topics, instruments and programmes named in a sentence, the longest phrase first, from left to right and disjoint."""
    words = [token.text for token in tokens]
    found: list[Found] = []
    place = 0
    while place < len(tokens):
        length, entries = index.longest(words, place)
        if length:
            found.append(_found(tokens, place, place + length - 1, entries))
        place += max(length, 1)
    return tuple(found)


def _found(tokens: Sequence[Token], first: int, last: int, entries: tuple[Entry, ...]) -> Found:
    text = tokens[first].text
    for before, token in zip(tokens[first:last], tokens[first + 1 : last + 1], strict=True):
        text += " " * (token.start - before.end) + token.text
    kind = entries[0].kind if entries else "name"
    return Found(Mention(tokens[first].start, tokens[last].end, text, kind), entries, first, last)


def _compound(token: Token, index: NameIndex) -> tuple[Mention, tuple[Entry, ...]] | None:
    """The first part of a compound with a hyphen, where it is a name ("US-Außenminister", "Singapur-Gipfel")."""
    if "-" not in token.text or len(token.parts) < 2:
        return None
    for count in range(len(token.parts) - 1, 0, -1):
        first = "-".join(token.parts[:count])
        length, entries = index.longest([first], 0)
        named = tuple(entry for entry in entries if not entry.article)
        if length and named and token.text.startswith(first):
            return Mention(token.start, token.start + len(first), first, "adjective"), named
    return None


def _is_party(token: Token, lexicon: LanguageLexicon, heard: Set[str]) -> bool:
    """Whether the first part of a title is the short name of a body that the index does not hold ("*DPK*-Chef")."""
    first, last = token.parts[0], token.parts[-1]
    short = (first.isupper() and first.isalpha() and 1 < len(first) <= 6) or first in heard
    return len(token.parts) == 2 and short and token.text.startswith(f"{first}-") and bool(lexicon.title_of(last))


def bodies_heard(sentences: Sequence[Sequence[Token]], lexicon: LanguageLexicon) -> set[str]:
    """The names that a German text uses alone and before a title ("die *Renamo*", "*Renamo*-Chef"): bodies, whatever else they are."""
    if lexicon.language != "de":
        return set()
    served = {token.parts[0] for tokens in sentences for token in tokens if len(token.parts) == 2 and lexicon.title_of(token.parts[1])}
    return served & {token.text for tokens in sentences for token in tokens if token.kind == "E" and len(token.text) > 3}


def not_meant(knowledge: Knowledge, document: Document) -> frozenset[str]:
    """The things that a phrase of an office or a bare "der Norden", "the South" does not stand for in a document.

    That is who held no office at its date, and, where it has no date, who is not named in it; and a state that is not named in it.
    """
    held = {tenure.person for tenure in knowledge.tenures if tenure.holds_at(document.published)}
    absent = {tenure.person for tenure in knowledge.tenures} - held if document.published else set()
    text = document.text.casefold()
    for iri in {tenure.person for tenure in knowledge.tenures} if not document.published else set[str]():
        entity = knowledge.entities[iri]
        if not any(name.casefold() in text for name in (*entity.names, *short_names(entity))):
            absent.add(iri)
    for entity in knowledge.entities.values():
        if entity.kind == "state" and len(text) > SHORT:
            plain = [name.casefold() for name in entity.names if name.split()[0].casefold() not in ARTICLES]
            if not any(name in text for name in plain):
                absent.add(entity.iri)
    for entity in knowledge.entities.values():
        full = [name.casefold() for name in entity.names if " " in name and name.split()[0].casefold() not in ARTICLES]
        if entity.kind == "organisation" and entity.state in absent and len(text) > SHORT and not any(name in text for name in full):
            absent.add(entity.iri)
    return frozenset(absent)


def last_words(found: Sequence[Found], entities: Mapping[str, Entity]) -> set[str]:
    """The last word of each unknown name of several words, and of each person's full name."""
    return {
        item.mention.text.split()[-1].removesuffix("'s")
        for item in found
        if item.last > item.first and all(entities[entry.iri].kind == "person" and entry.kind != "role" for entry in item.entries)
    }


def _unknown(tokens: Sequence[Token], place: int, index: NameIndex, lexicon: LanguageLexicon, heard: Set[str]) -> int:
    """The number of tokens of a name that the index does not hold; 0 where none begins here.

    Two or more names in a row are one; a single one needs a title before it, or must be an acronym.
    """
    length = _run(tokens, place, index, lexicon)
    if (
        length
        and place > 1
        and tokens[place - 1].lower == "of"
        and tokens[place - 2].lemma.casefold() in lexicon.words("words.governments")
    ):
        return 0  # "the Ministry of External Affairs"
    if length >= 2:
        return length if length <= 6 else 0
    text = tokens[place].text
    if length < 2 and tokens[place].kind in "NEJV" and (text in heard or (text[-1] == "s" and text[:-1] in heard)):
        return 1
    behind = place > 0 and tokens[place - 1].kind == "N" and tokens[place - 1].text[-1].islower()
    if length == 0 and lexicon.language == "de" and behind and text.isalpha() and text.isupper() and 2 < len(text) <= 6:
        return 1  # "die Rebellengruppe RUF", though it looks like a noun
    if length == 1:
        token = tokens[place]
        before = tokens[place - 1] if place else None
        if before is not None and ((before.kind in "NE" and lexicon.title_of(before.lemma)) or before.lower.rstrip(".") in _HONORIFICS):
            return 1
        if place and token.text[0].isupper() and len(token.text) > 3 and token.text.isalpha() and token.kind == "E":
            if lexicon.language == "en" and _is_attribute(tokens, place):
                return 0
            titled = sum(other.text[0].isupper() for other in tokens if other.text[0].isalpha())
            near = before is not None and (before.lower in _PLACES or (lexicon.language == "de" and before.kind in "DJ"))
            return 0 if near or 2 * titled > len(tokens) else 1
        if token.text.isupper() and 2 < len(token.text) <= 6 and token.text.isalpha():
            return 1
    return 0


def _run(tokens: Sequence[Token], place: int, index: NameIndex, lexicon: LanguageLexicon) -> int:
    """How many tokens from a place on can be one unknown name: names, particles between them, a ruler's number behind them."""
    length = 0
    titled = 0 if lexicon.language == "de" else 2 * sum(token.text[0].isupper() for token in tokens if token.text[0].isalpha())
    prose = titled <= len(tokens) or any(token.text.islower() and len(token.text) > 4 for token in tokens)
    introduced = place > 0 and bool(lexicon.title_of(tokens[place - 1].lemma))
    words = [token.text for token in tokens]
    while place + length < len(tokens):
        here = place + length
        token = tokens[here]
        follower = tokens[here + 1] if here + 1 < len(tokens) else None
        if follower is not None and _is_phrase(token, follower, lexicon):
            break  # "Foreign Minister"
        article = re.match(r"(?:al|el|bin|ben)[-‑][A-ZÄÖÜ]", token.text) is not None and length > 0
        particle = token.lower in _PARTICLES and length > 0 and follower is not None and follower.kind == "E"
        number = length > 0 and _ROMAN.fullmatch(token.text) is not None and token.text != "I"
        known = length > 0 and not number and index.longest([token.text], 0)[0] > 0
        if (
            known
            and length == 1
            and introduced
            and lexicon.language == "en"
            and token.kind == "E"
            and not index.longest(words, here)[0] > 1
        ):
            known = all(entry.short for entry in index.longest([token.text], 0)[1])  # "President Ricardo Lagos"
        named = _is_name(token, lexicon) or (not known and _as_name(tokens, here, length, lexicon, prose, introduced))
        if known or not (article or particle or number or named):
            break
        length += 1
        if number:
            break
    return length


def _is_phrase(token: Token, follower: Token, lexicon: LanguageLexicon) -> bool:
    """Whether two words are a title or a collective ("Foreign Minister", "Foreign Ministry")."""
    pair = f"{token.lower} {follower.lemma.casefold()}"
    return bool(lexicon.title_of(pair)) or pair in lexicon.words("words.collectives")


def _as_name(tokens: Sequence[Token], place: int, length: int, lexicon: LanguageLexicon, prose: bool, introduced: bool) -> bool:
    """Whether a capitalised word that was taken for a noun is a part of a person's name ("Jack Straw", "Kanzler Karl Nehammer")."""
    token = tokens[place]
    if (
        token.kind not in "NJV"
        or not token.text[0].isupper()
        or not token.text.isalpha()
        or len(token.text) < 3
        or not token.text[1:].islower()
    ):
        return False
    if lexicon.title_of(token.lemma) or token.lower in lexicon.words("words.ordinary") or is_time(token, lexicon):
        return False
    follower = tokens[place + 1] if place + 1 < len(tokens) else None
    if lexicon.language == "en":
        opens = place > 0 and token.kind == "N" and follower is not None and _is_name(follower, lexicon)
        return prose and token.kind in "NJ" and (length > 0 or opens)
    if length == 0 and follower is not None and token.lower in lexicon.words("words.men") | lexicon.words("words.women"):
        return _is_name(follower, lexicon)  # a given name that looks like another word
    if introduced and length == 0 and token.kind == "J" and follower is not None and follower.kind in "NE":
        return follower.text[0].isupper()  # "Außenministerin Ine Eriksen": an adjective would be small
    given = place > 0 and length == 1 and tokens[place - 1].lower in lexicon.words("words.men") | lexicon.words("words.women")
    if not (introduced or given) or token.kind != "N":
        return False
    if length == 1:
        return follower is None or follower.kind not in "NE"
    return length == 0 and follower is not None and follower.kind == "E" and follower.text[0].isupper()


def _is_attribute(tokens: Sequence[Token], place: int) -> bool:
    """Whether a lone capitalised English word is an adjective before its noun ("Islamic leaders")."""
    follower = tokens[place + 1] if place + 1 < len(tokens) else None
    return follower is not None and follower.kind == "N" and tokens[place].lower.endswith(_ADJECTIVAL)


def is_time(token: Token, lexicon: LanguageLexicon) -> bool:
    """Whether a word is the name of a month or a weekday, or a part of one of them."""
    word = token.lower.rstrip(".")
    if word in ("anfang", "mitte", "ende", "year", "years", "jahr", "jahren", "jahre"):
        return True
    return f"months.{word}" in lexicon.times or f"weekdays.{word}" in lexicon.times


def _is_name(token: Token, lexicon: LanguageLexicon) -> bool:
    if token.kind != "E" or not token.text[0].isupper() or len(token.text) < 2:
        return False
    if is_time(token, lexicon) or lexicon.title_of(token.lemma):
        return False
    return token.lower.rstrip(".") not in _HONORIFICS
