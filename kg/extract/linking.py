"""Linking: which entity each mention of a document stands for.

Order of trust: name, alias, metonym, demonym, adjective, title or role, pronoun. A title counts for whoever holds the office at the
document's date; a pronoun for the last fitting antecedent. What the facts do not know becomes a candidate, never a wrong entity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from kg.extract.gazetteer import Entity, Entry, Knowledge
from kg.extract.lexicon import LanguageLexicon
from kg.extract.mentions import Found
from kg.extract.tokens import Token
from kg.model import Document, Link, Mention

CONFIDENCE: Final = {
    "name": 1.0, "alias": 0.95, "metonym": 0.9, "adjective": 0.9, "demonym": 0.85, "title": 0.8, "role": 0.75, "pronoun": 0.6,
}  # fmt: skip
SHORT: Final = 0.9
"""Trust in a family name alone."""
CANDIDATE: Final = 0.5
"""Trust in a name that the facts do not know."""
_ARTICLES: Final = frozenset(
    "the this that its their his her der die das den dem des im vom zum zur ins dieses dieser diesem diesen sein seine seinem seinen seiner seines "
    "ihr ihre ihrem ihren ihrer unser unserem".split()
)
_PERSONAL: Final = {
    "er": ("person", "male"), "ihn": ("person", "male"), "ihm": ("person", "male"), "he": ("person", "male"), "him": ("person", "male"),
    "she": ("person", "female"), "her": ("person", "female"), "sie": ("any", "female"), "ihr": ("any", "female"), "ihnen": ("body", ""),
    "it": ("body", ""), "they": ("body", ""), "them": ("body", ""), "es": ("body", ""),
    "his": ("person", "male"), "sein": ("any", "male"), "seine": ("any", "male"), "seinen": ("any", "male"), "seinem": ("any", "male"),
    "seiner": ("any", "male"), "seines": ("any", "male"), "its": ("body", ""), "their": ("body", ""), "ihre": ("any", "female"),
    "ihren": ("any", "female"), "ihrem": ("any", "female"), "ihrer": ("any", "female"), "ihres": ("any", "female"),
}  # fmt: skip
_DEFINITE: Final = frozenset("der die das den dem des the this diese dieser dieses diesem".split())
_FIRST: Final = frozenset("we us our ours wir uns unser unsere unseren unserem unserer unseres ourselves".split())
_SINGULAR: Final = frozenset("i my me ich mein meine meinen mich mir".split())
_BODIES: Final = frozenset(("state", "organisation"))
_KIND_ORDER: Final = ("state", "organisation", "person", "candidate", "programme", "instrument", "topic", "place")


@dataclass(frozen=True, slots=True)
class Position:
    """That a person is named together with a post: the person, the state or body, and the title's words."""

    person: Link
    body: Link
    title: Mention
    office: str


@dataclass(frozen=True, slots=True)
class SentenceLinks:
    """The links of one sentence in order, and the posts named in it."""

    links: tuple[Link, ...] = ()
    positions: tuple[Position, ...] = ()


@dataclass(slots=True)
class _Seen:
    """What a document has named so far."""

    persons: list[tuple[str, Link]] = field(default_factory=list)
    sentences: list[list[Link]] = field(default_factory=list)
    full: dict[str, Link] = field(default_factory=dict)
    candidates: dict[str, Link] = field(default_factory=dict)
    speaker: Link | None = None
    quoted: bool = False


def link(sentences: Sequence[tuple[Sequence[Token], Sequence[Found]]], document: Document, knowledge: Knowledge, lexicon: LanguageLexicon,
         extra: dict[str, Entity]) -> tuple[SentenceLinks, ...]:
    """The links of a document, sentence by sentence.

    Parameters
    ----------
    sentences : sequence of (tokens, mentions)
        In the document's order.
    document : Document
        For its date, at which a title is resolved.
    knowledge : Knowledge
        The facts.
    lexicon : LanguageLexicon
        Titles, collective nouns and verbs of saying.
    extra : dict of str to Entity
        Candidate states of the lexicon (`build_index`).
    """
    linker = _Linker(document, knowledge, lexicon, extra)
    return tuple(linker.sentence(tokens, found) for tokens, found in sentences)


def link_subjects(found: Sequence[Found], document: Document, knowledge: Knowledge) -> tuple[Link, ...]:
    """The links of topics, instruments and programmes: of several with one name, the first by kind and IRI."""
    links = []
    for item in found:
        entry = min(item.entries, key=lambda entry: (_KIND_ORDER.index(knowledge.entities[entry.iri].kind), entry.iri))
        entity = knowledge.entities[entry.iri]
        mention = Mention(item.mention.start, item.mention.end, document.text[item.mention.start : item.mention.end], entry.kind)
        links.append(Link(mention, entity.iri, entity.label, entity.names, CONFIDENCE[entry.kind]))
    return tuple(links)


class _Linker:
    """Links sentence after sentence and remembers what was named."""

    def __init__(self, document: Document, knowledge: Knowledge, lexicon: LanguageLexicon, extra: dict[str, Entity]) -> None:
        self.date = document.published
        self.text = document.text
        self.knowledge = knowledge
        self.lexicon = lexicon
        self.entities = {**knowledge.entities, **extra}
        self.seen = _Seen()
        self.office_titles: dict[str, list[str]] = {}
        for title, office in lexicon.titles.items():
            self.office_titles.setdefault(office, []).append(title)

    def make(self, iri: str, mention: Mention, confidence: float) -> Link:
        entity = self.entities[iri]
        return Link(mention, iri, entity.label, entity.names, round(confidence, 3))

    def sentence(self, tokens: Sequence[Token], found: Sequence[Found]) -> SentenceLinks:
        """Names first, then titles and collective nouns, then pronouns."""
        placed: dict[int, tuple[int, Link]] = {}
        for item in found:
            resolved = self.resolve(item, tokens)
            if resolved is not None:
                placed[item.first] = (item.last, resolved)
        positions: list[Position] = []
        for _ in range(2):  # a second time for titles that stand before a phrase the first pass made ("spokesman for the … ministry")
            self.titles(tokens, placed, positions)
        self.pronouns(tokens, placed)
        self.remember(placed)
        links = tuple(self.exact(placed[place][1]) for place in sorted(placed))
        held = tuple(Position(self.exact(item.person), self.exact(item.body), self.slice(item.title), item.office) for item in positions)
        return SentenceLinks(links, held)

    def slice(self, mention: Mention) -> Mention:
        return Mention(mention.start, mention.end, self.text[mention.start : mention.end], mention.kind)

    def exact(self, made: Link) -> Link:
        """The link with its mention's text as the document has it, white space included."""
        return Link(self.slice(made.mention), made.entity, made.label, made.names, made.confidence)

    # ---- names

    def resolve(self, item: Found, tokens: Sequence[Token]) -> Link | None:
        """The link of a mention found by name, or none."""
        if not item.entries:
            return self.candidate(item, tokens)
        before = tokens[item.first - 1].lower if item.first else ""
        entries = [entry for entry in item.entries if not entry.article or before in _ARTICLES]
        if not entries:
            return None
        people = {entry.iri for entry in entries if entry.short}
        others = [entry for entry in entries if not entry.short and entry.iri not in people]
        if people and not others:
            person = self.person(people, item)
            return None if person is None else self.make(person, _as(item.mention, "alias"), SHORT)
        entry = self.best(others or entries, tokens, item)
        mention = _as(item.mention, "adjective" if item.part else entry.kind)
        if entry.kind == "demonym" and any(other.kind == "adjective" and other.iri == entry.iri for other in entries):
            follower = tokens[item.last + 1] if item.last + 1 < len(tokens) else None
            if follower is not None and follower.kind in "NEJ" and mention.text[-1] != "s":
                mention = _as(mention, "adjective")
        return self.make(entry.iri, mention, CONFIDENCE[mention.kind])

    def best(self, entries: Sequence[Entry], tokens: Sequence[Token], item: Found) -> Entry:
        """The entry that the context speaks for: a place behind a preposition of movement or rest, else the actor."""
        before = tokens[item.first - 1].lower if item.first else ""
        place = before in ("in", "nach", "aus", "bei", "at") or before in ("to", "from") and self.moves(tokens)

        def order(entry: Entry) -> tuple[int, int, int, str]:
            kind = self.entities[entry.iri].kind
            rank = _KIND_ORDER.index(kind) if kind in _KIND_ORDER else len(_KIND_ORDER)
            return (0 if place and kind == "place" else 1, list(CONFIDENCE).index(entry.kind) if kind != "place" else 9, rank, entry.iri)

        return min(entries, key=order)

    def moves(self, tokens: Sequence[Token]) -> bool:
        movement = self.lexicon.words("words.movement")
        return any(token.lemma.casefold() in movement for token in tokens)

    def person(self, people: set[str], item: Found) -> str | None:
        """Whom a family name alone stands for: who was named in full last, else who leads a state or holds a post, if only one does."""
        for iri, _ in reversed(self.seen.persons):
            if iri in people:
                return iri
        if len(people) == 1:
            return next(iter(people))
        leading = {tenure.person for tenure in self.knowledge.tenures if tenure.leads and tenure.person in people and tenure.holds_at(self.date)}
        if len(leading) == 1:
            return next(iter(leading))
        serving = {tenure.person for tenure in self.knowledge.tenures if tenure.person in people and tenure.holds_at(self.date)}
        return next(iter(serving)) if len(serving) == 1 else None

    def candidate(self, item: Found, tokens: Sequence[Token]) -> Link | None:
        """The link of an unknown name: the same candidate wherever the name or its last word comes again."""
        text = item.mention.text
        bare = text[:-1] if self.lexicon.language == "de" and text.endswith("s") and len(text) > 4 else text
        known = self.seen.candidates.get(text) or self.seen.candidates.get(bare) or self.seen.candidates.get(text.split()[-1])
        label = known.label if known else text
        names = known.names if known else (text,)
        made = Link(item.mention, self.knowledge.names.mint("candidate", label), label, names, CANDIDATE)
        self.seen.candidates.setdefault(text, made)
        if len(text.split()) > 1:
            self.seen.candidates.setdefault(text.split()[-1], made)
        return made

    # ---- titles and collective nouns

    def titles(self, tokens: Sequence[Token], placed: dict[int, tuple[int, Link]], positions: list[Position]) -> None:
        covered = {place for first, (last, made) in placed.items() if made.mention.kind != "adjective" for place in range(first, last + 1)}
        collectives = self.lexicon.words("words.collectives")
        bodies = self.lexicon.words("words.bodies")
        for place, token in enumerate(tokens):
            if token.kind not in "NE" or place in covered:
                continue
            if token.lemma.casefold() in bodies and place and tokens[place - 1].lower in _DEFINITE and place not in placed:
                self.body_again(tokens, placed, place)
                if place in placed:
                    continue
            office, length = self.title_at(tokens, place)
            collective = token.lemma.casefold() in collectives or token.text.casefold() in collectives
            if not office and not collective:
                continue
            last = place + length - 1
            state = self.modifier(tokens, placed, place, last)
            person = self.named_after(tokens, placed, last)
            if office and person is not None:
                body = state[0] if state else self.home(person)
                if body is not None and not any(item.title.start == token.start for item in positions):
                    title = Mention(token.start, tokens[last].end, token.text, "title")
                    positions.append(Position(person, body, title, office))
                continue
            made = self.office_holder(tokens, place, last, office, state) if office else None
            if made is None and state is not None and collective:
                made = self.stand_in(tokens, place, last, state)
            if made is not None:
                first = min(place, state[1]) if state else place
                for inner in range(first, last + 1):
                    placed.pop(inner, None)
                placed[first] = (max(last, state[2]) if state else last, made)
        for first, (last, made) in list(placed.items()):
            if self.entity_kind(made.entity) != "person" or any(item.person == made for item in positions):
                continue
            if made.mention.kind == "role":
                following = placed.get(last + 1)
                if following is None or following[1].entity != made.entity:
                    continue
            inner = next((item for place in range(first, last + 1) if (item := (*self.title_at(tokens, place), place))[0]), None)
            body = self.home(made)
            if inner is not None and body is not None and (last > inner[2] + inner[1] - 1 or made.mention.kind == "role"):
                stop = min(inner[2] + inner[1] - 1, last)
                positions.append(Position(made, body, _span(tokens, inner[2], stop, "title"), inner[0]))

    def body_again(self, tokens: Sequence[Token], placed: dict[int, tuple[int, Link]], place: int) -> None:
        """ "the agency", "das Land": the last organisation or state named before."""
        state = tokens[place].lemma.casefold() in self.lexicon.words("words.countries")
        wanted = ("state",) if state else ("organisation",)
        here = [placed[first][1] for first in sorted(placed, reverse=True) if first < place]
        for group in (here, *(tuple(reversed(links)) for links in reversed(self.seen.sentences[-2:]))):
            for made in group:
                entity = self.entities.get(made.entity)
                if entity is not None and entity.kind in wanted and made.mention.kind != "adjective" and "Medium" not in entity.classes:
                    placed[place] = (place, self.make(entity.iri, _span(tokens, place, place, "role"), 0.6))
                    return

    def title_at(self, tokens: Sequence[Token], place: int) -> tuple[str, int]:
        """The office that a title beginning at a place names, and the number of its words."""
        for length in (3, 2, 1):
            if place + length <= len(tokens):
                words = [token.lemma.casefold() if position == length - 1 else token.lower for position, token in enumerate(tokens[place : place + length])]
                office = self.lexicon.title_of(" ".join(words)) or self.lexicon.title_of(" ".join(token.lower for token in tokens[place : place + length]))
                if office:
                    return office, length
        return "", 1

    def modifier(self, tokens: Sequence[Token], placed: dict[int, tuple[int, Link]], place: int, last: int) -> tuple[Link, int, int] | None:
        """The state or body that stands beside a title or collective noun, with the places where the whole phrase begins and ends."""
        if place in placed and placed[place][1].mention.kind == "adjective":
            return placed[place][1], place, last
        back = place - 1
        while back >= 0 and place - back <= 5:
            if back in placed and placed[back][1].mention.kind == "adjective" or back in placed and self.before(tokens, placed, back, place):
                return placed[back][1], back, last
            ends = next((first for first, (stop, _) in placed.items() if stop == back and first < back), None)
            if ends is not None and (placed[ends][1].mention.kind == "adjective" or self.before(tokens, placed, ends, place)):
                return placed[ends][1], ends, last
            if tokens[back].kind not in "JGRN" or tokens[back].kind == "N":
                break
            back -= 1
        ahead = last + 1
        if ahead < len(tokens) and tokens[ahead].lower in ("of", "der", "des", "von", "in", "for", "from", "at"):
            ahead += 1
            while ahead < len(tokens) and tokens[ahead].kind in "D":
                ahead += 1
            while ahead < len(tokens) and ahead not in placed and tokens[ahead].kind in "JK" and ahead - last < 5:
                ahead += 1
        elif not (ahead in placed and placed[ahead][1].mention.text.endswith("s") and self.entity_kind(placed[ahead][1].entity) in _BODIES):
            return None
        if ahead in placed and self.entity_kind(placed[ahead][1].entity) in ("state", "organisation", "place") and placed[ahead][1].mention.kind != "adjective":
            return placed[ahead][1], place, placed[ahead][0]
        return None

    def before(self, tokens: Sequence[Token], placed: dict[int, tuple[int, Link]], first: int, place: int) -> bool:
        """Whether a name right before a noun is its genitive or its attribute ("Nordkoreas Führung", "Trump administration")."""
        stop, made = placed[first]
        if made.mention.kind in ("pronoun", "title", "role"):
            return False
        between = tokens[stop + 1 : place]
        if any(token.kind == "G" for token in between):
            return True
        if self.lexicon.language == "de":
            return made.mention.text.endswith("s") and not between and made.mention.text not in made.names
        return not between and self.entity_kind(made.entity) in ("state", "organisation", "person")

    def named_after(self, tokens: Sequence[Token], placed: dict[int, tuple[int, Link]], last: int) -> Link | None:
        """The person named right behind a title, or behind a comma ("the minister, Ri Yong Ho,")."""
        following = placed.get(last + 1)
        if following is None and last + 2 < len(tokens) and tokens[last + 1].text == ",":
            following = placed.get(last + 2)
            if following and not (following[0] + 1 < len(tokens) and tokens[following[0] + 1].text in (",", ".")):
                following = None
        if following is None or following[1].mention.kind == "adjective":
            return None
        return following[1] if self.entity_kind(following[1].entity) in ("person", "candidate") else None

    def office_holder(self, tokens: Sequence[Token], place: int, last: int, office: str, state: tuple[Link, int, int] | None) -> Link | None:
        """Who holds a titled office: by the state beside the title at the document's date, else the last person who has that title."""
        if state is not None:
            first, stop = min(state[1], place), max(last, state[2])
            mention = _span(tokens, first, stop, "title")
            home = self.entities[state[0].entity].state if state[0].entity in self.entities else ""
            if office in ("speaker", "envoy", "adviser") and self.entity_kind(state[0].entity) in _BODIES:
                return self.make(state[0].entity, _as(mention, "role"), 0.7)
            holder = self.knowledge.leader(home, self.date) if office == "head-of-state" else ""
            holder = holder or self.knowledge.holder(home, self.titles_of(office), self.date) if home else ""
            if holder and holder in self.entities:
                return self.make(holder, mention, CONFIDENCE["title"])
            if home and office not in ("adviser", "minister"):
                return self.make(home, _as(mention, "role"), 0.6)
            return None
        if place and tokens[place - 1].lower in ("der", "the", "dem", "den", "des"):
            for iri, made in reversed(self.seen.persons[-6:]):
                if self.has_title(iri, office):
                    return Link(_span(tokens, place, last, "title"), iri, made.label, made.names, 0.65)
        return None

    def titles_of(self, office: str) -> Iterable[str]:
        return self.office_titles.get(office, ())

    def has_title(self, iri: str, office: str) -> bool:
        wanted = set(self.titles_of(office)) | {office.replace("-", " ")}
        titles = [title for tenure in self.knowledge.tenures if tenure.person == iri for title in tenure.titles]
        return any(word in title for word in wanted for title in (*titles, *self.knowledge.titles.get(iri, ())))

    def stand_in(self, tokens: Sequence[Token], place: int, last: int, state: tuple[Link, int, int]) -> Link | None:
        """A collective noun with a state ("die nordkoreanische Seite", "Führung in Peking"): the state."""
        entity = self.entities.get(state[0].entity)
        iri = entity.state if entity is not None and entity.state in self.entities else ""
        if entity is not None and entity.kind == "organisation":
            iri = entity.iri
        if not iri:
            return None
        return self.make(iri, _span(tokens, min(place, state[1]), max(last, state[2]), "role"), CONFIDENCE["role"])

    def home(self, person: Link) -> Link | None:
        """A person's state, as a link with the person's mention."""
        entity = self.entities.get(person.entity)
        return self.make(entity.state, person.mention, person.confidence) if entity and entity.state in self.entities else None

    def entity_kind(self, iri: str) -> str:
        entity = self.entities.get(iri)
        return entity.kind if entity else self.knowledge.names.kind(iri)

    # ---- pronouns

    def pronouns(self, tokens: Sequence[Token], placed: dict[int, tuple[int, Link]]) -> None:
        speaker = self.quote_speaker(tokens, placed)
        inside = self.seen.quoted
        for place, token in enumerate(tokens):
            if token.text in "„“”\"»«":
                inside = token.text in "„»" or token.text not in "”«“" and not inside or token.text == "“" and self.lexicon.language == "en"
                continue
            if place in placed or token.kind not in "OD":
                continue
            if (token.lower in _FIRST or token.lower in _SINGULAR) and token.text not in ("US",):
                if speaker is not None:
                    iri = speaker.entity if token.lower in _SINGULAR else self.entities[speaker.entity].state if speaker.entity in self.entities else ""
                    if iri in self.entities:
                        placed[place] = (place, self.make(iri, _span(tokens, place, place, "pronoun"), CONFIDENCE["pronoun"]))
                continue
            kind, gender = _PERSONAL.get(token.lower, ("", ""))
            if not kind or inside and token.lower not in ("its", "their", "seine"):
                continue
            if token.lower == "es" and not self.expletive_free(tokens, place) or token.lower == "it" and self.idle(tokens, place):
                continue
            found = self.antecedent(tokens, placed, place, kind, gender)
            if found is not None:
                made = Link(_span(tokens, place, place, "pronoun"), found.entity, found.label, found.names, CONFIDENCE["pronoun"])
                placed[place] = (place, made)
        self.seen.quoted = inside

    def idle(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether English `it` stands for nothing ("it is clear that …")."""
        rest = tokens[place + 1 : place + 3]
        return bool(rest) and rest[0].lower in ("is", "was", "takes", "seems", "has", "will") and not (len(rest) > 1 and rest[1].kind == "V")

    def expletive_free(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether German `es` takes up a state: beside the subjunctive of reported speech."""
        near = {token.lower for token in tokens[max(0, place - 1) : place + 2]}
        return bool(near & {"habe", "werde", "wolle", "könne", "müsse"}) and not any(token.lemma == "geben" for token in tokens)

    def antecedent(self, tokens: Sequence[Token], placed: dict[int, tuple[int, Link]], place: int, kind: str, gender: str) -> Link | None:
        """The last fitting entity: the first one named before the pronoun in its sentence, else the first one of the sentences before."""
        here = [placed[first][1] for first in sorted(placed) if first < place]
        if self.lexicon.language == "de" and tokens[place].kind == "D" or tokens[place].lower in ("his", "its", "their"):
            here = here[::-1] if len(here) > 2 else here
        groups = (here, *reversed(self.seen.sentences[-3:]))
        for wanted in ("state", "organisation") if kind == "body" else ("",):
            for group in groups:
                for made in group:
                    if made.mention.kind != "adjective" and self.fits(made, kind, gender) and (not wanted or self.entity_kind(made.entity) == wanted):
                        return made
        return None

    def fits(self, made: Link, kind: str, gender: str) -> bool:
        entity = self.entities.get(made.entity)
        what = entity.kind if entity else "person" if " " in made.label else ""
        sex = entity.gender if entity else ""
        if kind == "body":
            return what in _BODIES and "Medium" not in (entity.classes if entity else ())
        if kind == "any" and gender == "female":
            return what == "person" and sex == "female"
        if kind == "any":
            return what == "state" or what == "person" and sex != "female"
        return what == "person" and (not sex or not gender or sex == gender)

    def quote_speaker(self, tokens: Sequence[Token], placed: dict[int, tuple[int, Link]]) -> Link | None:
        """Who speaks in the sentence's quotation: the name nearest to a verb of saying outside it, else the last speaker."""
        saying = self.lexicon.words("speech.verbs")
        verbs = [place for place, token in enumerate(tokens) if token.kind == "V" and token.lemma.casefold() in saying]
        nearest: tuple[int, Link] | None = None
        if tokens and tokens[0].text in "„“\"»«":
            verbs.reverse()  # the verb of saying stands behind the quotation
        for verb in verbs:
            for first, (last, made) in placed.items():
                distance = min(abs(first - verb), abs(last - verb))
                if made.mention.kind != "adjective" and self.entity_kind(made.entity) in ("person", "state", "organisation", "candidate"):
                    if distance <= 6 and (nearest is None or distance < nearest[0]):
                        nearest = distance, made
        pronoun = any(tokens[position].lower in ("er", "he", "sie", "she") for verb in verbs for position in (verb - 1, verb + 1) if 0 <= position < len(tokens))
        if nearest is not None and not pronoun:
            self.seen.speaker = nearest[1]
        return self.seen.speaker

    def remember(self, placed: dict[int, tuple[int, Link]]) -> None:
        ordered = [placed[place][1] for place in sorted(placed)]
        for made in ordered:
            if self.entity_kind(made.entity) == "person" and made.mention.kind != "adjective":
                self.seen.persons.append((made.entity, made))
        if any(made.mention.kind != "adjective" for made in ordered):
            self.seen.sentences = [*self.seen.sentences[-3:], ordered]
        self.seen.persons = self.seen.persons[-200:]


def _as(mention: Mention, kind: str) -> Mention:
    return Mention(mention.start, mention.end, mention.text, kind)


def _span(tokens: Sequence[Token], first: int, last: int, kind: str) -> Mention:
    text = tokens[first].text
    for before, token in zip(tokens[first:last], tokens[first + 1 : last + 1], strict=True):
        text += " " * (token.start - before.end) + token.text
    return Mention(tokens[first].start, tokens[last].end, text, kind)
