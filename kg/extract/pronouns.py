"""Pronouns: whom "he", "its", "wir" or "sein" stands for, by gender, number and what was named before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from kg.extract.gazetteer import Entity
from kg.extract.lexicon import LanguageLexicon
from kg.extract.tokens import Token
from kg.model import Link, Mention
from kg.terms import Names

Placed = dict[int, tuple[int, Link]]
"""A sentence's links by the place of their first token, with the place of the last one."""
CONFIDENCE: Final = {
    "name": 1.0, "alias": 0.95, "metonym": 0.9, "adjective": 0.9, "demonym": 0.85, "title": 0.8, "role": 0.75, "pronoun": 0.6,
}  # fmt: skip
BODIES: Final = frozenset(("state", "organisation"))
_PERSONAL: Final = {
    "er": ("person", "male"), "ihn": ("person", "male"), "ihm": ("person", "male"), "he": ("person", "male"), "him": ("person", "male"),
    "she": ("person", "female"), "her": ("person", "female"), "sie": ("any", "female"), "ihr": ("any", "female"), "ihnen": ("body", ""),
    "it": ("body", ""), "they": ("body", ""), "them": ("body", ""), "es": ("body", ""),
    "his": ("person", "male"), "sein": ("any", "male"), "seine": ("any", "male"), "seinen": ("any", "male"), "seinem": ("any", "male"),
    "seiner": ("any", "male"), "seines": ("any", "male"), "its": ("body", ""), "their": ("body", ""), "ihre": ("any", "female"),
    "ihren": ("any", "female"), "ihrem": ("any", "female"), "ihrer": ("any", "female"), "ihres": ("any", "female"),
}  # fmt: skip
_FEMININE: Final = ("regierung", "führung", "ei", "schaft", "union", "kommission", "behörde", "ukraine", "schweiz", "nato", "uno", "eu")
"""How German names of states and bodies end that are feminine."""
_FIRST: Final = frozenset("we us our ours wir uns unser unsere unseren unserem unserer unseres ourselves".split())
_SINGULAR: Final = frozenset("i my me ich mein meine meinen mich mir".split())


@dataclass(slots=True)
class Seen:
    """What a document has named so far: its persons, the links of the last sentences, its candidates, and who spoke last."""

    persons: list[tuple[str, Link]] = field(default_factory=list)
    sentences: list[list[Link]] = field(default_factory=list)
    full: dict[str, Link] = field(default_factory=dict)
    candidates: dict[str, Link] = field(default_factory=dict)
    pair: tuple[Link, Link] | None = None
    speaker: Link | None = None
    told: Link | None = None  # who is said to speak in the last sentence
    quoted: bool = False


class Pronouns:
    """Resolves the pronouns of a document, sentence by sentence, over what the document has named so far."""

    def __init__(self, entities: Mapping[str, Entity], lexicon: LanguageLexicon, names: Names, seen: Seen) -> None:
        self.entities = entities
        self.lexicon = lexicon
        self.names = names
        self.seen = seen
        self.accusing = frozenset(verb for frame in lexicon.frames if frame.type == "Accuse" and not frame.objects for verb in frame.verbs)

    def link(self, iri: str, mention: Mention) -> Link:
        """The link of a pronoun to an entity."""
        entity = self.entities[iri]
        return Link(mention, iri, entity.label, entity.names, CONFIDENCE["pronoun"])

    def entity_kind(self, iri: str) -> str:
        """The kind of an entity, or of a candidate's IRI."""
        entity = self.entities.get(iri)
        return entity.kind if entity else self.names.kind(iri)

    def resolve(self, tokens: Sequence[Token], placed: Placed) -> None:
        """Link a sentence's pronouns into `placed`: the first person to the quotation's speaker, others to their antecedent."""
        speaker = self.quote_speaker(tokens, placed)
        quoted = self.quoted(tokens)
        for place, token in enumerate(tokens):
            inside = quoted[place]
            if place in placed or token.kind not in "OD":
                continue
            if (token.lower in _FIRST or token.lower in _SINGULAR) and token.text not in ("US",):
                if speaker is not None:
                    iri = (
                        speaker.entity
                        if token.lower in _SINGULAR
                        else self.entities[speaker.entity].state
                        if speaker.entity in self.entities
                        else ""
                    )
                    if iri in self.entities:
                        placed[place] = (place, self.link(iri, span(tokens, place, place, "pronoun")))
                continue
            kind, gender = _PERSONAL.get(token.lower, ("", ""))
            if not place and token.lower in ("diese", "dieser") and len(tokens) > 1 and tokens[1].kind in "VAM":
                found = self.latter(token.lower)
                if found is not None:
                    placed[0] = (0, Link(span(tokens, 0, 0, "pronoun"), found.entity, found.label, found.names, CONFIDENCE["pronoun"]))
                continue
            if token.lower in ("deren", "dessen") and place and tokens[place - 1].kind in "SCV":
                kind = "body"  # "dass *deren* Angriffe …"
            if not kind or (inside and kind == "body" and token.lower not in ("its", "their", "deren")):
                continue
            if (token.lower == "es" and not self.expletive_free(tokens, place)) or (token.lower == "it" and self.idle(tokens, place)):
                continue
            if token.lower == "sie" and self.is_plural_sie(tokens, place):
                group = self.group_before(placed, place)
                if group is not None:
                    where = span(tokens, place, place, "pronoun")
                    placed[place] = (place, Link(where, group.entity, group.label, group.names, CONFIDENCE["pronoun"]))
                continue
            found = self.antecedent(tokens, placed, place, kind, gender, speaker.entity if inside and speaker else "")
            if found is not None:
                made = Link(span(tokens, place, place, "pronoun"), found.entity, found.label, found.names, CONFIDENCE["pronoun"])
                placed[place] = (place, made)
        self.seen.quoted = quoted[-1] if quoted else self.seen.quoted
        self.seen.told = self.seen.speaker if self.tells(tokens) else None

    def tells(self, tokens: Sequence[Token]) -> bool:
        """Whether a sentence says outside its quotations that somebody speaks."""
        saying = self.lexicon.words("speech.verbs")
        return any(token.kind == "V" and token.lemma.casefold() in saying for token in tokens)

    def quoted(self, tokens: Sequence[Token]) -> list[bool]:
        """For each token, whether it stands in a quotation, which may have begun in a sentence before."""
        inside = self.seen.quoted
        found = []
        for token in tokens:
            if token.text in '„“”"»«':
                opens = token.text in "„»" or (token.text == "“" and self.lexicon.language == "en")
                inside = opens or (token.text not in "”«“" and not inside)
            found.append(inside)
        return found

    def is_plural_sie(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether German `sie` stands beside a finite verb in the plural, so that it is no woman and no state."""
        if self.lexicon.language != "de" or (tokens[place].text == "Sie" and place):
            return False
        near = [token for token in tokens[max(0, place - 1) : place + 2] if token.kind in "VAM" and token.form != "inf"]
        return any(token.lower.endswith("n") and token.form != "pp" for token in near)

    def group_before(self, placed: Placed, place: int) -> Link | None:
        """The last unnamed group ("the rebels") before a pronoun in the plural, in its sentence or in the one before."""
        here = [placed[first][1] for first in sorted(placed) if first < place]
        near = (*here[::-1], *reversed(self.seen.sentences[-1] if self.seen.sentences else []))
        return next((made for made in near if (entity := self.entities.get(made.entity)) and "Group" in entity.classes), None)

    def latter(self, word: str) -> Link | None:
        """Whom German "diese" or "dieser" at the beginning of a sentence stands for: the last one named before it who fits."""
        for made in reversed(self.seen.sentences[-1] if self.seen.sentences else []):
            feminine = made.mention.text.split()[-1].lower().endswith(_FEMININE)
            woman = self.fits(made, "person", "female") and not self.fits(made, "person", "male")
            if made.mention.kind != "adjective" and ((feminine or woman) if word == "diese" else self.fits(made, "person", "male")):
                return made
        return None

    def idle(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether English `it` stands for nothing ("it is clear that …")."""
        rest = tokens[place + 1 : place + 3]
        return (
            bool(rest) and rest[0].lower in ("is", "was", "takes", "seems", "has", "will") and not (len(rest) > 1 and rest[1].kind == "V")
        )

    def expletive_free(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether German `es` takes up a state: beside the subjunctive of reported speech."""
        near = {token.lower for token in tokens[max(0, place - 1) : place + 2]}
        return bool(near & {"habe", "werde", "wolle", "könne", "müsse"}) and not any(token.lemma == "geben" for token in tokens)

    def antecedent(self, tokens: Sequence[Token], placed: Placed, place: int, kind: str, gender: str, not_this: str = "") -> Link | None:
        """The last fitting entity: the first one named before the pronoun in its sentence, else the first one of the sentences before."""
        here = [placed[first][1] for first in sorted(placed) if first < place]
        if (self.lexicon.language == "de" and tokens[place].kind == "D") or tokens[place].lower in ("his", "its", "their"):
            here = here[::-1] if len(here) > 2 else here
        if len(here) == 1 and self.is_object(tokens, place):
            here = []
        groups = (here, *reversed(self.seen.sentences[-3:]))
        told = self.seen.told
        speaks = kind == "person" and told is not None and told.entity != not_this and tokens[place].lower in ("er", "he", "she")
        if speaks and told is not None and self.fits(told, kind, gender) and not any(self.fits(made, kind, gender) for made in here):
            return told
        if kind == "person" and self.lexicon.language == "de" and self.is_accused(tokens, placed, place):
            groups = (here[::-1],)  # "warf Kenia vor, *er* …"
        for wanted in ("state", "organisation") if kind == "body" else ("",):
            for group in groups:
                for made in group:
                    if (
                        made.entity != not_this
                        and made.mention.kind != "adjective"
                        and self.fits(made, kind, gender)
                        and (not wanted or self.entity_kind(made.entity) == wanted)
                    ):
                        return made
        if tokens[place].lower in ("he", "she"):  # "Chad's *president* said *he* …"
            return next((made for made in reversed(here) if self.is_office(made)), None)
        return None

    def is_accused(self, tokens: Sequence[Token], placed: Placed, place: int) -> bool:
        """Whether a pronoun right behind an accusation and a comma takes up the accused, who is named before it."""
        back = place - 1
        while back > 0 and tokens[back].kind in "SCR":
            back -= 1
        before = tokens[:back]
        particles = {"", *(token.lower for token in before if token.kind == "T")}
        charged = any(token.kind == "V" and {part + token.lemma.casefold() for part in particles} & self.accusing for token in before)
        return charged and back > 0 and tokens[back].text == "," and sum(first < back for first in placed) > 1

    def is_office(self, made: Link) -> bool:
        """Whether a link is an office whose holder is not known, so that it stands for the state."""
        last = made.mention.text.split()[-1]
        return made.mention.kind == "role" and bool(self.lexicon.title_of(last)) and self.entity_kind(made.entity) in BODIES

    def given_gender(self, label: str) -> str:
        """The gender that a person's given name tells, or empty."""
        given = label.partition(" ")[0].casefold()
        return "female" if given in self.lexicon.words("words.women") else "male" if given in self.lexicon.words("words.men") else ""

    def is_object(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether a pronoun is the object of the first clause of its sentence, whose subject it cannot be then ("Rome praised it")."""
        before = tokens[:place]
        form = tokens[place].lower in ("him", "them", "it", "her", "ihn", "ihm", "ihnen") and tokens[place].kind == "O"
        follower = tokens[place + 1] if place + 1 < len(tokens) else tokens[place]
        form = form and not (tokens[place].lower == "it" and follower.kind in "VAMR" and follower.form != "ing")  # "said *it* would …"
        boundary = any(token.kind in "CSW" or token.text in ",;:" for token in before)
        if follower is not tokens[place] and self.lexicon.language == "en" and follower.form == "fin":
            return False  # "Rome said *it had* …"
        return form and not boundary and any(token.kind == "V" for token in before)

    def fits(self, made: Link, kind: str, gender: str) -> bool:
        """Whether an entity can be the antecedent of a pronoun of a kind and gender."""
        entity = self.entities.get(made.entity)
        what = entity.kind if entity else "person" if " " in made.label else ""
        sex = (entity.gender if entity else "") or (self.given_gender(made.label) if what == "person" else "")
        if kind == "body":
            return what in BODIES and "Medium" not in (entity.classes if entity else ())
        if kind == "any" and gender == "female" and what in BODIES:
            return made.mention.kind != "adjective" and made.mention.text.split()[0].lower().endswith(_FEMININE)
        if kind == "any" and gender == "female":
            return what == "person" and sex == "female"
        if kind == "any":
            return what == "state" or (what == "person" and sex != "female")
        return what == "person" and (not sex or not gender or sex == gender)

    def quote_speaker(self, tokens: Sequence[Token], placed: Placed) -> Link | None:
        """Who speaks in the sentence's quotation: the name nearest to a verb of saying outside it, else the last speaker."""
        saying = self.lexicon.words("speech.verbs")
        verbs = [place for place, token in enumerate(tokens) if token.kind == "V" and token.lemma.casefold() in saying]
        inside = self.quoted(tokens)
        outside = [place for place in verbs if not inside[place]]
        verbs = outside or verbs
        nearest: tuple[int, Link] | None = None
        if tokens and tokens[0].text in '„“"»«':
            verbs.reverse()  # the verb of saying stands behind the quotation
        for verb in verbs:
            for first, (last, made) in placed.items():
                distance = min(abs(first - verb), abs(last - verb))
                named = made.mention.kind != "adjective" and not (outside and inside[first])
                speaks = named and self.entity_kind(made.entity) in ("person", "state", "organisation", "candidate")
                if speaks and distance <= 6 and (nearest is None or distance < nearest[0]):
                    nearest = distance, made
        pronoun = any(
            tokens[position].lower in ("er", "he", "sie", "she")
            for verb in verbs
            for position in (verb - 1, verb + 1)
            if 0 <= position < len(tokens)
        )
        if nearest is not None and not pronoun:
            self.seen.speaker = nearest[1]
        return self.seen.speaker


def span(tokens: Sequence[Token], first: int, last: int, kind: str) -> Mention:
    """The mention from one token to another; its text has blanks for any white space between them."""
    text = tokens[first].text
    for before, token in zip(tokens[first:last], tokens[first + 1 : last + 1], strict=True):
        text += " " * (token.start - before.end) + token.text
    return Mention(tokens[first].start, tokens[last].end, text, kind)
