"""The lexicon of a language: which words speak of which event, who fills which role, and the cues of status, speech and relations.

It is read from `lexicon/<language>.toml` of the dossier.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kg.errors import DossierError
from kg.extract.verbs import regular_forms
from kg.terms import EVENT_TYPES, STATUSES

TABLES: Final = ("frame", "speech", "status", "relations", "titles", "parties", "words", "times", "names")
"""The top-level keys of a lexicon."""
FRAME_KEYS: Final[dict[str, type]] = {
    "name": str, "type": str, "category": str, "verbs": list, "nouns": list, "objects": list, "roles": dict,
    "noun_roles": dict, "status": str, "symmetric": bool, "about": list, "counterpart": str, "absorbs": bool, "negated": str,
    "only": str, "not_nouns": list, "acts": list,
}  # fmt: skip
COUNTERPARTS: Final = ("other", "none", "explicit", "sentence")
LIST_TABLES: Final = {
    "speech": ("verbs", "nouns", "prepositions", "postpositions", "anonymous", "again", "mentioning"),
    "status": (
        "negation",
        "possible",
        "planned",
        "cancelled",
        "ongoing",
        "doubt_verbs",
        "plan_verbs",
        "hope_verbs",
        "cancel_verbs",
        "conditional",
        "deontic",
    ),
    "relations": ("ally", "member", "joined", "located", "seated"),
    "words": (
        "collectives",
        "negative",
        "positive",
        "movement",
        "groups",
        "ordinary",
        "bodies",
        "countries",
        "expected",
        "pairs",
        "decisions",
        "forces",
        "threats",
        "promising",
        "governments",
        "drawing",
        "doing",
        "strained",
        "undergone",
        "named_after",
        "papers",
        "former",
        "copulas",
        "women",
        "men",
        "female",
        "male",
        "persons",
        "forces_alone",
        "quantities",
        "undergoing",
        "averting",
        "doing",
        "silence",
        "bands",
        "described",
        "home_prefixes",
        "dying",
    ),
}
NAME_KEYS: Final = {
    "countries": ("name", "label", "adjective", "demonym", "metonyms", "aliases"),
    "bodies": ("name", "label", "aliases", "adjective", "metonyms", "state", "class"),
    "persons": ("name", "label", "aliases", "state", "gender"),
    "places": ("name", "label", "aliases", "state"),
}
"""What may be said of a name that the facts do not hold."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One way to speak of an event.

    Attributes
    ----------
    type, category : str
        Event type of `kg.terms.EVENT_TYPES`, and the finest class.
    verbs, nouns : tuple of str
        Lemmas in lower case; a German verb with its particle ("ablehnen"), an English one after its verb ("call off").
    objects : tuple of str
        Where not empty, a verb counts only with one of these nouns in its clause (or a compound that ends in it).
    acts : tuple of str
        Nouns that count only with one of the objects in the genitive behind them ("Aufhebung der Sanktionen").
    actor, recipient : tuple of str
        What fills the role beside a verb: `subject`, `object`, or a preposition.
    noun_actor, noun_recipient : tuple of str
        Beside a noun: `genitive` (also an adjective), `subject` (of the clause), or a preposition.
    counterpart : str
        `other`: a missing recipient is the other side named in the sentence or before it, `sentence`: in the sentence only; `explicit`: an
        event without one is left out; `none`: it stays empty.
    absorbs : bool
        Whether what it is about ("threatened *to break off the talks*") is no event of its own.
    negated : str
        The type that it turns into where it is refused ("will not give up"), or empty.
    only : str
        The one status in which the frame counts, or empty.
    """

    name: str
    type: str
    category: str
    verbs: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    not_nouns: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    actor: tuple[str, ...] = ("subject",)
    recipient: tuple[str, ...] = ("object",)
    noun_actor: tuple[str, ...] = ("genitive",)
    noun_recipient: tuple[str, ...] = ()
    status: str = ""
    symmetric: bool = False
    about: tuple[str, ...] = ()
    counterpart: str = "none"
    absorbs: bool = False
    negated: str = ""
    only: str = ""
    acts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """How a language names a state, a body or a person that the facts may not hold.

    Attributes
    ----------
    kind : str
        `state`, `organisation`, `person` or `place`.
    label : str
        The English name: what has one label in two languages is one thing.
    state : str
        The English label of the state it belongs to, or empty.
    """

    kind: str
    name: str
    label: str
    aliases: tuple[str, ...] = ()
    adjective: tuple[str, ...] = ()
    demonym: tuple[str, ...] = ()
    metonyms: tuple[str, ...] = ()
    state: str = ""
    gender: str = ""
    classed: str = ""


@dataclass(frozen=True, slots=True)
class LanguageLexicon:
    """The lexicon of one language, with indexes from a word to its frames."""

    language: str
    frames: tuple[Frame, ...] = ()
    lists: Mapping[str, frozenset[str]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    parties: Mapping[str, str] = field(default_factory=dict)
    times: Mapping[str, int] = field(default_factory=dict)
    names: tuple[Named, ...] = ()
    by_verb: Mapping[str, tuple[Frame, ...]] = field(default_factory=dict)
    by_noun: Mapping[str, Frame] = field(default_factory=dict)
    stops: frozenset[str] = frozenset()
    by_act: Mapping[str, tuple[Frame, ...]] = field(default_factory=dict)
    inflected: Mapping[str, str] = field(default_factory=dict)

    def words(self, key: str) -> frozenset[str]:
        """A list by `table.key`, in lower case; empty where the lexicon has none."""
        return self.lists.get(key, frozenset())

    def noun_frame(self, lemma: str) -> Frame | None:
        """The frame of a noun, or of the longest end of a German compound that is one."""
        word = lemma.casefold()
        if word in self.by_noun:
            return self.by_noun[word]
        if self.language != "de" or word in self.stops:
            return None
        for start in range(2, len(word) - 3):
            if word[start:] in self.by_noun:
                return None if any(word.endswith(stop) for stop in self.stops) else self.by_noun[word[start:]]
        return None

    def title_of(self, lemma: str) -> str:
        """The office of a title noun ("Außenminister"), or empty; a compound counts by its end."""
        return self._by_end(self.titles, lemma.casefold())

    def party_of(self, lemma: str) -> str:
        """The English name of the group that a noun stands for ("Aufständische": rebels), or empty; a compound counts by its end."""
        return self._by_end(self.parties, lemma.casefold())

    def _by_end(self, table: Mapping[str, str], word: str) -> str:
        if word in table or self.language != "de" or " " in word:
            return table.get(word, "")
        return next((table[word[start:]] for start in range(2, len(word) - 5) if word[start:] in table), "")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The lexicons of all languages of a dossier."""

    languages: Mapping[str, LanguageLexicon]

    @classmethod
    def load(cls, tables: Mapping[str, Mapping[str, object]], files: Mapping[str, Path]) -> Lexicon:
        """The lexicon that TOML tables hold.

        Parameters
        ----------
        tables : mapping of str to mapping
            A parsed `lexicon/<language>.toml` by language or by file name (`de` or `de.toml`).
        files : mapping of str to Path
            The files, to name them in an error.

        Raises
        ------
        DossierError
            If a key or a value's type is not known, or an event type or status does not exist; with the file and, as far as it can be
            told, the line.
        """
        return cls(
            {
                name.removesuffix(".toml"): _Loader(name.removesuffix(".toml"), files.get(name)).load(table)
                for name, table in sorted(tables.items())
            }
        )


class _Loader:
    """Checks one language's table and makes the values."""

    def __init__(self, language: str, file: Path | None) -> None:
        self.language = language
        self.file = file

    def fail(self, message: str, needle: str, hint: str = "") -> DossierError:
        line = None
        if self.file is not None and self.file.is_file():
            pattern = re.compile(rf"(?<![\w-]){re.escape(needle)}(?![\w-])")
            lines = self.file.read_text(encoding="utf-8").splitlines()
            line = next(
                (number for number, text in enumerate(lines, start=1) if pattern.search(text) and not text.lstrip().startswith("#")), None
            )
        return DossierError(message, file=self.file, line=line, hint=hint or None)

    def load(self, table: Mapping[str, object]) -> LanguageLexicon:
        for key in table:
            if key not in TABLES:
                raise self.fail(f"unknown table {key!r} in the lexicon", key, f"one of {', '.join(TABLES)}")
        frames = tuple(self.frame(item) for item in self.items(table, "frame"))
        lists: dict[str, frozenset[str]] = {}
        for name, keys in LIST_TABLES.items():
            for key, value in self.section(table, name).items():
                if key not in keys:
                    raise self.fail(f"unknown key {name}.{key} in the lexicon", key, f"one of {', '.join(keys)}")
                lists[f"{name}.{key}"] = frozenset(word.casefold() for word in self.strings(value, f"{name}.{key}", key))
        titles = {
            word.casefold(): office
            for office, words in self.section(table, "titles").items()
            for word in self.strings(words, f"titles.{office}", office)
        }
        parties = {
            word.casefold(): group
            for group, words in self.section(table, "parties").items()
            for word in self.strings(words, f"parties.{group}", group)
        }
        times: dict[str, int] = {}
        for key, value in self.section(table, "times").items():
            for position, word in enumerate(self.strings(value, f"times.{key}", key)):
                times[f"{key}.{word.casefold()}"] = position
        section = self.section(table, "names")
        for key in section:
            if key not in NAME_KEYS:
                raise self.fail(f"unknown key names.{key} in the lexicon", key, f"one of {', '.join(NAME_KEYS)}")
        kinds = (("countries", "state"), ("bodies", "organisation"), ("persons", "person"), ("places", "place"))
        names = tuple(self.named(item, key, kind) for key, kind in kinds for item in self.items(section, key))
        return self.indexed(frames, lists, titles, parties, times, names)

    def indexed(
        self,
        frames: tuple[Frame, ...],
        lists: dict[str, frozenset[str]],
        titles: dict[str, str],
        parties: dict[str, str],
        times: dict[str, int],
        names: tuple[Named, ...],
    ) -> LanguageLexicon:
        by_verb: dict[str, list[Frame]] = {}
        by_noun: dict[str, Frame] = {}
        for frame in frames:
            for verb in frame.verbs:
                by_verb.setdefault(verb, []).append(frame)
            for noun in frame.nouns:
                by_noun.setdefault(noun, frame)
        ordered = {verb: tuple(sorted(found, key=lambda frame: not frame.objects)) for verb, found in by_verb.items()}
        stops = frozenset(noun for frame in frames for noun in frame.not_nouns)
        by_act = {act: tuple(frame for frame in frames if act in frame.acts) for frame in frames for act in frame.acts}
        words = {verb.split()[0] for verb in (*ordered, *lists.get("speech.verbs", ()))}
        inflected = {form: word for word in sorted(words) for form in regular_forms(word)} if self.language == "en" else {}
        return LanguageLexicon(self.language, frames, lists, titles, parties, times, names, ordered, by_noun, stops, by_act, inflected)

    def section(self, table: Mapping[str, object], name: str) -> Mapping[str, Any]:
        value = table.get(name, {})
        if not isinstance(value, Mapping):
            raise self.fail(f"{name!r} must be a table", name)
        return value

    def items(self, table: Mapping[str, object], name: str) -> list[Mapping[str, Any]]:
        value = table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            raise self.fail(f"{name!r} must be a list of tables", name, f"write [[{name}]]")
        return value

    def strings(self, value: object, where: str, needle: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise self.fail(f"{where} must be a list of words", needle)
        return tuple(value)

    def frame(self, item: Mapping[str, Any]) -> Frame:
        name = item.get("name")
        if not isinstance(name, str) or not name:
            raise self.fail("a frame needs a name", "[[frame]]")
        for key, value in item.items():
            if key not in FRAME_KEYS:
                raise self.fail(f"unknown key {key!r} in frame {name!r}", key, f"one of {', '.join(FRAME_KEYS)}")
            if not isinstance(value, FRAME_KEYS[key]):
                raise self.fail(f"{key!r} in frame {name!r} must be a {FRAME_KEYS[key].__name__}", key)
        self.one_of(name, "type", item.get("type"), EVENT_TYPES)
        self.one_of(name, "status", item.get("status", STATUSES[0]), STATUSES)
        self.one_of(name, "only", item.get("only", STATUSES[0]), STATUSES)
        self.one_of(name, "negated", item.get("negated", EVENT_TYPES[0]), EVENT_TYPES)
        self.one_of(name, "counterpart", item.get("counterpart", "none"), COUNTERPARTS)
        lists = {
            key: tuple(word.casefold() for word in self.strings(item.get(key, []), f"{key!r} in frame {name!r}", key))
            for key in ("verbs", "nouns", "objects", "not_nouns", "about", "acts")
        }
        roles = {
            **self.roles(name, "roles", item.get("roles", {}), {"actor": ("subject",), "recipient": ("object",)}),
            **{
                f"noun_{role}": words
                for role, words in self.roles(
                    name, "noun_roles", item.get("noun_roles", {}), {"actor": ("genitive",), "recipient": ()}
                ).items()
            },
        }
        return Frame(
            name,
            item["type"],
            item.get("category", item["type"]),
            lists["verbs"],
            lists["nouns"],
            lists["not_nouns"],
            lists["objects"],
            **roles,
            acts=lists["acts"],
            status=item.get("status", ""),
            symmetric=item.get("symmetric", False),
            about=lists["about"],
            counterpart=item.get("counterpart", "none"),
            absorbs=item.get("absorbs", False),
            negated=item.get("negated", ""),
            only=item.get("only", ""),
        )

    def one_of(self, name: str, key: str, value: object, allowed: tuple[str, ...]) -> None:
        if value not in allowed:
            raise self.fail(f"{key!r} in frame {name!r} cannot be {value!r}", str(value), f"one of {', '.join(allowed)}")

    def roles(self, name: str, key: str, value: Mapping[str, Any], default: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        found = dict(default)
        for role, words in value.items():
            if role not in default:
                raise self.fail(f"unknown role {role!r} in frame {name!r}", role, "actor or recipient")
            found[role] = (words,) if isinstance(words, str) else self.strings(words, f"role {role!r} in frame {name!r}", role)
        return found

    def named(self, item: Mapping[str, Any], key: str, kind: str) -> Named:
        for word in item:
            if word not in NAME_KEYS[key]:
                raise self.fail(f"unknown key {word!r} in names.{key}", word, f"one of {', '.join(NAME_KEYS[key])}")
        if not isinstance(item.get("name"), str) or not isinstance(item.get("label"), str):
            raise self.fail(f"an entry of names.{key} needs a name and an English label", str(item.get("name", key)))
        lists = {
            word: self.strings(item.get(word, []), f"{word} of {item['name']!r}", str(item["name"]))
            for word in ("aliases", "adjective", "demonym", "metonyms")
        }
        state, gender, classed = (str(item.get(word, "")) for word in ("state", "gender", "class"))
        return Named(kind, item["name"], item["label"], state=state, gender=gender, classed=classed, **lists)
