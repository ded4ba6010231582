"""Titles: who holds an office, and which posts a sentence gives to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kg.extract.collectives import BOTH, DEFINITE, Collectives
from kg.extract.gazetteer import Entity, Knowledge
from kg.extract.lexicon import LanguageLexicon
from kg.extract.mentions import is_time
from kg.extract.offices import PRECISE, Held, Offices, gender_of, is_former, is_of_somebody, is_plural
from kg.extract.pronouns import BODIES, CONFIDENCE, Placed, Seen, span
from kg.extract.tokens import Token
from kg.model import Link, Mention

_OF: Final = frozenset("of der des von vom in im for from at bei beim".split())
_UNIQUE: Final = frozenset(("head-of-state", "head-of-government", "foreign-minister", "defence-minister"))
"""Classes of offices of which a state has one holder."""


@dataclass(frozen=True, slots=True)
class Position:
    """That a person is named together with a post: the person, the state or body, and the title's words."""

    person: Link
    body: Link
    title: Mention
    office: str


class Titles(Collectives):
    """Links the titles and collective nouns of a document, sentence by sentence.

    A title stands for whom the document gives the office; else for who held it at the document's date; where it has none, for whoever
    `named` in it held the office.
    """

    def __init__(
        self,
        date: str,
        named: frozenset[str],
        knowledge: Knowledge,
        lexicon: LanguageLexicon,
        entities: dict[str, Entity],
        seen: Seen,
        offices: Offices,
    ) -> None:
        super().__init__(lexicon, entities, seen, offices)
        self.date = date
        self.named = named
        self.knowledge = knowledge
        self.phrases = {phrase for phrase in (*lexicon.words("words.collectives"), *lexicon.titles) if " " in phrase}
        self.office_titles: dict[str, list[str]] = {}
        for title, office in lexicon.titles.items():
            self.office_titles.setdefault(office, []).append(title)

    def resolve(self, tokens: Sequence[Token], placed: Placed, positions: list[Position]) -> None:
        """Link a sentence's titles and collective nouns into `placed`, and add the posts it names to `positions`."""
        covered = {place for first, (last, made) in placed.items() if made.mention.kind != "adjective" for place in range(first, last + 1)}
        collectives = self.lexicon.words("words.collectives")
        bodies, governments = self.lexicon.words("words.bodies"), self.lexicon.words("words.governments")
        described = self.lexicon.words("words.described")
        taken = -1
        for place, token in enumerate(tokens):
            if place <= taken:
                continue
            if token.kind not in "NEJ" or place in covered or (token.kind == "J" and self.title_at(tokens, place)[1] == 1):
                continue
            if (
                place
                and token.kind in "NE"
                and tokens[place - 1].kind == "J"
                and place - 1 not in placed
                and self.title_at(tokens, place - 1)[1] > 1
            ):
                continue  # "foreign minister" was seen as a whole
            if token.text.endswith("-"):
                continue
            if token.lemma.casefold() in bodies | described and place not in placed and self.is_taken_up(tokens, placed, place):
                self.body_again(tokens, placed, place)
                if place in placed:
                    continue
            office, length = self.title_at(tokens, place)
            collective = token.lemma.casefold() in collectives or token.text.casefold() in collectives
            governs = not office and self.is_government(tokens, placed, place)
            collective = collective or (self.lexicon.language == "de" and bool({token.lemma.casefold(), token.lower} & governments))
            if not office and not collective and not governs:
                continue
            last = place + length - 1
            taken = last if office else taken
            state = self.modifier(tokens, placed, place, last) or (self.federal(tokens, place, last) if office else None)
            person = self.named_after(tokens, placed, last) or (
                self.named_after(tokens, placed, state[2]) if state and state[2] > last else None
            )
            if office and person is None:
                person = self.named_behind(tokens, placed, last)
            if office and person is None:
                person = self.named_before(tokens, placed, state[1] if state else place)
            if office and person is None:
                begin = min(state[1], place) if state else place
                person = self.named_with(tokens, placed, positions, begin) or self.named_as(tokens, placed, begin)
            if office and person is not None:
                body = state[0] if state else self.party_home(tokens, placed, person) or self.home(person)
                if office == "envoy" and state is not None and self.entity_kind(state[0].entity) == "organisation":
                    body = self.home(person) or body  # an envoy to a body serves a state
                if body is not None and self.entity_kind(body.entity) == "person":
                    body = self.home(body)  # "Trump's adviser"
                if self.band_at(tokens, place, last)[0]:
                    continue  # the band's leader, not the state's
                words = " ".join(item.lower for item in tokens[place : last + 1])
                explicit = body is not None
                if (
                    body is None
                    and office != "adviser"
                    and not is_of_somebody(tokens, last)
                    and not self.is_elsewhere(tokens[place])
                    and not is_plural(tokens, place, last, self.lexicon)
                ):
                    barred = self.offices.taken(words, person.entity) if office in _UNIQUE else frozenset()
                    body = self.around(placed, place, barred, tokens if self.lexicon.language == "en" else ())
                if body is not None and not any(item.title.start == token.start for item in positions):
                    title = Mention(token.start, tokens[last].end, token.text, "title")
                    positions.append(Position(person, body, title, office))
                    self.learn(person, body, gender_of(tokens, place, last, self.lexicon), explicit)
                    self.offices.learn(Held(person, body.entity, office, words, is_former(tokens, place, self.lexicon), explicit))
                continue
            follower = tokens[last + 1] if last + 1 < len(tokens) else None
            if (
                office
                and follower is not None
                and follower.kind == "E"
                and self.lexicon.language == "en"
                and follower.start == tokens[last].end + 1
            ) and not self.lexicon.title_of(follower.lemma):
                continue  # a part of a name ("General Assembly")
            made = self.office_holder(tokens, place, last, office, state) if office else None
            if made is None and state is not None and collective and not self.named_before(tokens, placed, min(state[1], place)):
                made = self.stand_in(tokens, place, last, state)
            if made is None and state is None and governs:
                near = self.around(placed, place)
                made = None if near is None else self.make(near.entity, span(tokens, place, place, "role"), 0.5)
            if made is not None:
                first = min(place, state[1]) if state else place
                for inner in range(first, last + 1):
                    placed.pop(inner, None)
                placed[first] = (max(last, state[2]) if state else last, made)
        for first, (last, made) in list(placed.items()):
            if self.entity_kind(made.entity) != "person" or any(item.person == made for item in positions):
                continue
            named = next((item for place in range(first, last + 1) if (item := (*self.title_at(tokens, place), place))[0]), None)
            body = self.home(made)
            if named is None or body is None:
                continue
            stop = named[2] + named[1] - 1
            following = placed.get(last + 1)
            if last > stop or (made.mention.kind == "role" and following is not None and following[1].entity == made.entity):
                positions.append(Position(made, body, span(tokens, named[2], min(stop, last), "title"), named[0]))

    def title_at(self, tokens: Sequence[Token], place: int) -> tuple[str, int]:
        """The office that a title beginning at a place names, and the number of its words."""
        for length in (3, 2, 1):
            if place + length <= len(tokens):
                words = [
                    token.lemma.casefold() if position == length - 1 else token.lower
                    for position, token in enumerate(tokens[place : place + length])
                ]
                office = self.lexicon.title_of(" ".join(words)) or self.lexicon.title_of(
                    " ".join(token.lower for token in tokens[place : place + length])
                )
                if office:
                    return office, length
        return "", 1

    def modifier(self, tokens: Sequence[Token], placed: Placed, place: int, last: int) -> tuple[Link, int, int] | None:
        """The state or body that stands beside a title or collective noun, with the places where the whole phrase begins and ends."""
        if place in placed and placed[place][1].mention.kind == "adjective":
            return placed[place][1], place, last
        back = place - 1
        while back >= 0 and place - back <= 5:
            if (back in placed and placed[back][1].mention.kind == "adjective") or (
                back in placed and self.before(tokens, placed, back, place)
            ):
                return placed[back][1], back, last
            ends = next((first for first, (stop, _) in placed.items() if stop == back and first < back), None)
            if ends is not None and (placed[ends][1].mention.kind == "adjective" or self.before(tokens, placed, ends, place)):
                return placed[ends][1], ends, last
            named = self.lexicon.language == "en" and f"{tokens[back].lower} {tokens[back + 1].lemma.casefold()}" in self.phrases
            if tokens[back].kind not in "JGR" and not (tokens[back].kind == "N" and self.lexicon.language == "en") and not named:
                break
            back -= 1
        ahead = last + 1
        joined = tokens[last].lower == "of"
        if ahead < len(tokens) and tokens[ahead].lower == "from" and place and tokens[place - 1].lower in ("its", "their", "his", "her"):
            return None  # "withdrew *its ambassador from* Berlin"
        if joined or (ahead < len(tokens) and tokens[ahead].lower in _OF):
            ahead += 0 if joined else 1
            while ahead < len(tokens) and tokens[ahead].kind in "D":
                ahead += 1
            while ahead < len(tokens) and ahead not in placed and tokens[ahead].kind in "JK" and ahead - last < 5:
                ahead += 1
            party = placed.get(ahead + 1) if ahead not in placed and self.lexicon.language == "de" else None
            if party is not None and tokens[ahead].kind == "N" and self.is_party(party[1]):
                ahead += 1  # "der Chef der Regierungspartei *AKP*"
        elif not (ahead in placed and placed[ahead][1].mention.text.endswith("s") and self.entity_kind(placed[ahead][1].entity) in BODIES):
            return None
        if (
            ahead in placed
            and not BOTH & {tokens[ahead].lower, tokens[ahead - 1].lower}
            and (self.entity_kind(placed[ahead][1].entity) in ("state", "organisation", "place") or self.is_party(placed[ahead][1]))
            and placed[ahead][1].mention.kind != "adjective"
        ):
            return placed[ahead][1], place, placed[ahead][0]
        return None

    def is_party(self, made: Link) -> bool:
        """Whether a name behind a German noun is that of a body, if only by its short form ("die Partei *DPK*")."""
        kind, text = self.entity_kind(made.entity), made.mention.text
        return self.lexicon.language == "de" and (kind == "organisation" or (kind == "candidate" and text.isupper() and len(text) > 2))

    def federal(self, tokens: Sequence[Token], place: int, last: int) -> tuple[Link, int, int] | None:
        """The state whose offices alone begin with a prefix ("*Bundes*kanzler"), where nothing beside the title names another one."""
        for entry in self.lexicon.words("words.home_prefixes"):
            prefix, _, label = entry.partition("=")
            if not tokens[last].lower.startswith(prefix):
                continue
            for entity in self.entities.values():
                if entity.kind == "state" and entity.label.casefold() == label:
                    return self.make(entity.iri, span(tokens, place, last, "role"), 0.6), place, last
        return None

    def before(self, tokens: Sequence[Token], placed: Placed, first: int, place: int) -> bool:
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

    def named_after(self, tokens: Sequence[Token], placed: Placed, last: int) -> Link | None:
        """The person named right behind a title, or behind a comma ("the minister, Ri Yong Ho,")."""
        if last + 1 < len(tokens) and tokens[last + 1].text == ")":
            last += 1
        if last + 1 < len(tokens) and tokens[last + 1].text == "(":
            last = next((place for place in range(last + 2, min(last + 8, len(tokens))) if tokens[place].text == ")"), last)
        rank = last + 2 in placed and last + 1 not in placed and tokens[last + 1].kind == "E" and tokens[last + 1].text.isalpha()
        following = placed.get(last + 2 if rank else last + 1)  # "spokesman *Major* Jan Roth"
        if following is None and last + 2 < len(tokens) and tokens[last + 1].text == ",":
            following = placed.get(last + 2)
            if following and not (following[0] + 1 < len(tokens) and tokens[following[0] + 1].text in (",", ".")):
                following = None
        if following is None or following[1].mention.kind == "adjective":
            return None
        text, names = following[1].mention.text, following[1].names
        if text.endswith("s") and text not in names and text[:-1] in names:
            return None  # a genitive: the holder's master, not the holder ("Moons Berater")
        return following[1] if self.entity_kind(following[1].entity) in ("person", "candidate") else None

    def named_behind(self, tokens: Sequence[Token], placed: Placed, last: int) -> Link | None:
        """The person between two commas behind a title with a phrase of its own ("the ambassador to the UN, Nikki Haley, …")."""
        for place in range(last + 1, min(last + 8, len(tokens))):
            if tokens[place].text == ",":
                found = self.named_after(tokens, placed, place - 1)
                return found if found is not None and found.mention.kind == "name" else None
            if tokens[place].kind not in "PDNEJGK":
                return None
        return None

    def named_before(self, tokens: Sequence[Token], placed: Placed, place: int) -> Link | None:
        """The person whose apposition a title is ("John Bolton, the security adviser,")."""
        back = place - 1
        while back > 0 and (tokens[back].kind in "DJ" or tokens[back].lower in DEFINITE or self.is_adjective(placed, back)):
            back -= 1
        if back < 1 or tokens[back].text != ",":
            return None
        found = next((made for last, made in placed.values() if last == back - 1), None)
        return (
            found
            if found is not None and self.entity_kind(found.entity) in ("person", "candidate") and found.mention.kind in ("name", "alias")
            else None
        )

    def office_holder(
        self, tokens: Sequence[Token], place: int, last: int, office: str, state: tuple[Link, int, int] | None
    ) -> Link | None:
        """Who holds a titled office: by the state beside the title at the document's date, else the last person who has that title."""
        title = " ".join(token.lower for token in tokens[place : last + 1])
        if state is not None:
            first, stop = min(state[1], place), max(last, state[2])
            mention = span(tokens, first, stop, "title")
            home = self.entities[state[0].entity].state if state[0].entity in self.entities else ""
            if office in PRECISE - {"minister"} and self.entity_kind(state[0].entity) in BODIES:
                return self.make(state[0].entity, as_kind(mention, "role"), 0.7)
            told = self.offices.holder(state[0].entity, office, title) or (self.offices.holder(home, office, title) if home else None)
            if told is not None and not is_former(tokens, place, self.lexicon) and not is_plural(tokens, first, last, self.lexicon):
                return Link(mention, told.entity, told.label, told.names, 0.7)
            holder = self.knowledge.leader(home, self.date, self.named) if office == "head-of-state" else ""
            if home and office != "minister":
                holder = holder or self.knowledge.holder(home, self.titles_of(office), self.date, self.named)
            if holder and holder in self.entities:
                return self.make(holder, mention, CONFIDENCE["title"])
            if home and office not in ("adviser", "politician"):
                return self.make(home, as_kind(mention, "role"), 0.6)
            return None
        woman = bool(place) and tokens[place - 1].lower == "die" and gender_of(tokens, place, last, self.lexicon) == "female"
        if place and (woman or tokens[place - 1].lower in ("der", "the", "dem", "den", "des")):
            for iri, made in reversed(self.seen.persons[-12:]):
                if self.offices.has(iri, office, title) or self.has_title(iri, office, title):
                    return Link(span(tokens, place, last, "title"), iri, made.label, made.names, 0.65)
        return None

    def band_at(self, tokens: Sequence[Token], place: int, last: int) -> tuple[str, int]:
        """The band that a title tells somebody to lead, and its noun's place ("*rebel* military leader Jan Roth"); empty for none."""
        for back in range(last - 1, max(-1, place - 3), -1):
            label = self.lexicon.party_of(tokens[back].lower) if tokens[back].pos != "NN2" else ""
            if label in self.lexicon.words("words.bands"):
                return label, back
            if back <= place and tokens[back - 1].kind not in "NJ":
                break
        return "", place

    def titles_of(self, office: str) -> Iterable[str]:
        """The words for an office."""
        return self.office_titles.get(office, ())

    def has_title(self, iri: str, office: str, title: str) -> bool:
        """Whether a person has a title: for a leader or minister any word for the office, else this very word."""
        wanted = {title} if office in PRECISE else set(self.titles_of(office)) | {office.replace("-", " ")}
        titles = [title for tenure in self.knowledge.tenures if tenure.person == iri for title in tenure.titles]
        return any(word in title for word in wanted for title in (*titles, *self.knowledge.titles.get(iri, ())))

    def named_with(self, tokens: Sequence[Token], placed: Placed, positions: Sequence[Position], place: int) -> Link | None:
        """The person of the title before it, where the two are joined ("president of the union *and head of its council*")."""
        back = place - 1
        while back >= 0 and (tokens[back].kind in "DJ" or self.is_adjective(placed, back)):
            back -= 1
        if back < 1 or tokens[back].kind != "C" or not positions:
            return None
        item = positions[-1]
        reach = max(item.title.end, item.body.mention.end if item.body.mention is not item.person.mention else 0)
        return item.person if item.title.end <= tokens[back].start and reach == tokens[back - 1].end else None

    def party_home(self, tokens: Sequence[Token], placed: Placed, person: Link) -> Link | None:
        """The state of the party in brackets behind a person's name ("Minister Jan Roth (CDU)"); the party is no participant then."""
        last = next((last for last, made in placed.values() if made is person), len(tokens))
        inside = placed.get(last + 2)
        if inside is None or tokens[last + 1].text != "(" or tokens[min(inside[0] + 1, len(tokens) - 1)].text != ")":
            return None
        entity = self.entities.get(inside[1].entity)
        if entity is None or entity.kind != "organisation" or entity.state not in self.entities:
            return None
        made = inside[1]
        placed[last + 2] = inside[0], Link(as_kind(made.mention, "adjective"), made.entity, made.label, made.names, made.confidence)
        return self.make(entity.state, person.mention, person.confidence)

    def is_adjective(self, placed: Placed, place: int) -> bool:
        """Whether an adjective of a state or body is linked at a place."""
        return place in placed and placed[place][1].mention.kind == "adjective"

    def is_elsewhere(self, token: Token) -> bool:
        """Whether the first part of a German compound names whom the office serves, if nobody that is known ("*Air-Force*-Sprecherin")."""
        first = token.parts[0] if len(token.parts) > 1 else ""
        return self.lexicon.language == "de" and (len(token.parts) > 2 or (first.isupper() and len(first) > 1)) and not token.text.isupper()

    def named_as(self, tokens: Sequence[Token], placed: Placed, place: int) -> Link | None:
        """The person who is said to be or to become what a title says ("Novak *ist seit Mai tschechischer Außenminister*")."""
        back = place - 1
        while back > 0 and place - back <= 8 and (tokens[back].kind in "DJRPKC" or is_time(tokens[back], self.lexicon)):
            back -= 1
        if back < 1 or tokens[back].lemma.casefold() not in self.lexicon.words("words.copulas") or tokens[back].form != "fin":
            return None
        if tokens[back - 1].text == ")":
            back = next((other for other in range(back - 1, max(0, back - 6), -1) if tokens[other].text == "("), back)
        found = next((made for last, made in placed.values() if last == back - 1), None)
        named = found is not None and found.mention.kind in ("name", "alias", "pronoun")
        return found if found is not None and named and self.entity_kind(found.entity) in ("person", "candidate") else None

    def learn(self, person: Link, body: Link, gender: str, explicit: bool) -> None:
        """Remember to which state a candidate belongs, once a post tells it, and whether a woman or a man holds it."""
        state = self.entities[body.entity].state if body.entity in self.entities else ""
        known = self.entities.get(person.entity)
        if known is None or (known.classes == ("Candidate",) and person.entity not in self.offices.homes):
            before = known or Entity(person.entity, "person", person.label, person.names, ("Candidate",))
            home = (state or before.state) if explicit else (before.state or state)
            made = replace(before, state=home, gender=before.gender or gender)
            self.entities[person.entity] = made
            if explicit:
                self.offices.homes[person.entity] = made

    def home(self, person: Link) -> Link | None:
        """A person's state, as a link with the person's mention."""
        entity = self.entities.get(person.entity)
        if entity is not None and entity.state in self.entities:
            return self.make(entity.state, person.mention, person.confidence)
        bodies = {tenure.body for tenure in self.knowledge.tenures if tenure.person == person.entity and tenure.holds_at(self.date)}
        known = sorted(body for body in bodies if body in self.entities)
        return self.make(known[0], person.mention, person.confidence) if len(known) == 1 else None

    def entity_kind(self, iri: str) -> str:
        """The kind of an entity, or of a candidate's IRI."""
        entity = self.entities.get(iri)
        return entity.kind if entity else self.knowledge.names.kind(iri)


def as_kind(mention: Mention, kind: str) -> Mention:
    """The mention with another kind."""
    return Mention(mention.start, mention.end, mention.text, kind)
