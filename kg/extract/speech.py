"""Speech: who is said to say what, innermost first; a speaker carries over into the sentences of one quotation or of reported speech."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from kg.extract.lexicon import LanguageLexicon
from kg.extract.roles import SentenceView
from kg.extract.verbs import is_told
from kg.model import Link

_OPENING: Final = frozenset('„“"»«‟')
_VIEWS: Final = frozenset(("sicht", "kreis"))
"""Nouns behind "aus" whose owner is a source."""
_REPORTERS: Final = frozenset(("Medium",))


@dataclass(slots=True)
class Said:
    """The speech of one sentence.

    Attributes
    ----------
    verbs : dict of int to tuple of Link
        The clauses that only say that somebody speaks, with the speakers.
    impersonal : set of int
        Those of them that name nobody ("hieß es"); the speaker before goes on.
    whole : tuple of Link
        Who is named as the source of the whole sentence ("laut CNN").
    carried : tuple of Link
        Who goes on speaking from the sentences before.
    """

    verbs: dict[int, tuple[Link, ...]] = field(default_factory=dict)
    impersonal: set[int] = field(default_factory=set)
    whole: tuple[Link, ...] = ()
    carried: tuple[Link, ...] = ()


class SpeechTracker:
    """Follows the speakers through a document, sentence by sentence."""

    def __init__(self, lexicon: LanguageLexicon) -> None:
        self.lexicon = lexicon
        self.last: tuple[Link, ...] = ()
        self.age = 99
        self.quoted = False

    def read(self, view: SentenceView) -> Said:
        """The speech of the next sentence of the document."""
        said = Said(whole=self.sources(view))
        for number, clause in enumerate(view.clauses):
            accusing = (
                clause.lemma in view.accusing
                and number + 1 < len(view.clauses)
                and (view.clauses[number + 1].kind in ("inf", "sub", "part") or view.clauses[number + 1].subjunctive)
            )
            if (
                clause.verb >= 0
                and (accusing or clause.lemma in self.lexicon.words("speech.verbs"))
                and (accusing or not (clause.passive and view.agent(number)))
            ) and self.is_saying(view, number):
                said.verbs[number] = (
                    view.agent(number)[:1] if clause.passive and (accusing or view.language == "en") else self.speakers(view, number)
                )
                chunk = view.subject_chunk(number)
                if chunk is None or (chunk >= 0 and view.tokens[view.chunks[chunk].head].lower in self.lexicon.words("speech.anonymous")):
                    said.impersonal.add(number)
        opened = self.quoted
        quotes = [token.text for token in view.tokens if token.text in _OPENING or token.text == "”"]
        starts_quoted = bool(view.tokens) and view.tokens[0].text in _OPENING
        if len(quotes) % 2:
            self.quoted = not self.quoted
        elif quotes and opened and not starts_quoted:
            self.quoted = False
        speakers = [links for links in said.verbs.values() if links]
        own = (speakers[-1] if starts_quoted else speakers[0]) if speakers else ()
        own = own or said.whole
        reported = self.is_reported(view) or self.says_whose_words(view)
        if view.language == "en" and quotes and not len(quotes) % 2 and not starts_quoted:
            opened = False  # a quotation of its own, and none that goes on
        if not own and self.age <= 2 and (opened or starts_quoted or reported or said.impersonal):
            said.carried = self.last
        if own or (told := self.tellers(view)):
            self.last, self.age = own or told, 0
        elif said.carried:
            self.age = min(self.age, 1)
        else:
            self.age += 1
        return said

    def says_whose_words(self, view: SentenceView) -> bool:
        """Whether a sentence goes on with what was told before: "demnach …", "der Mitteilung zufolge …", "according to the note"."""
        if any(token.lower in self.lexicon.words("speech.again") for token in view.tokens[:8]):
            return True
        nouns = self.lexicon.words("speech.nouns")
        return any(
            (view.is_source(number, self.lexicon.words("speech.postpositions")) or chunk.prep in self.lexicon.words("speech.prepositions"))
            and view.tokens[chunk.head].lemma.casefold() in nouns
            for number, chunk in enumerate(view.chunks)
        )

    def tellers(self, view: SentenceView) -> tuple[Link, ...]:
        """Who speaks in a sentence that does not give the words ("WAFA bestätigte das Gespräch"): the next one may give them."""
        for number, clause in enumerate(view.clauses):
            if clause.kind == "main" and clause.verb >= 0 and clause.lemma in self.lexicon.words("speech.verbs") and not clause.passive:
                return self.speakers(view, number)
        return ()

    def is_saying(self, view: SentenceView, number: int) -> bool:
        """Whether a verb of saying has something said: a clause behind it, one before it, a colon, or a quotation."""
        following = view.clauses[number].verb + 1
        if following < len(view.tokens) and view.tokens[following].lower == "on" and view.tokens[following - 1].lemma == "insist":
            return False
        if (
            following < len(view.tokens)
            and view.tokens[following].lower in ("by", "with")
            and view.tokens[following - 1].lemma == "respond"
        ):
            return False
        return bool(len(view.clauses) > 1 or any(token.text in _OPENING for token in view.tokens))

    def speakers(self, view: SentenceView, number: int) -> tuple[Link, ...]:
        """The subject of a verb of saying; the source behind `aus` or the report's owner where the subject is impersonal."""
        found = view.subject(number)
        chunk = view.subject_chunk(number)
        if not found and chunk is not None and chunk >= 0:
            found = view.owners(chunk)
        if not found:
            nouns = self.lexicon.words("speech.nouns")
            for place in view.clause_chunks(number):
                item = view.chunks[place]
                if item.prep in ("in", "aus", "from", "according to") and (
                    item.prep != "in" or view.tokens[item.head].lemma.casefold() in nouns
                ):
                    found = view.owners(place) or (view.heads(place) if item.prep != "in" else ())
                    if found:
                        break
        return found[:1]

    def sources(self, view: SentenceView) -> tuple[Link, ...]:
        """Who a sentence names as its source by a preposition: `laut`, `zufolge`, `nach Angaben von`, "according to"."""
        if view.leading:
            return view.actors(view.leading)[:1]
        prepositions = self.lexicon.words("speech.prepositions")
        nouns = self.lexicon.words("speech.nouns")
        for number, chunk in enumerate(view.chunks):
            before = view.tokens[chunk.start - 1].lower if chunk.start else ""
            head = view.tokens[chunk.head].lemma.casefold()
            named = chunk.prep in prepositions or (before == "according" and chunk.prep == "to")
            named = named or (view.language == "de" and (_says_so(view, number) or (chunk.prep == "aus" and head in _VIEWS)))
            if named or view.is_source(number, self.lexicon.words("speech.postpositions")) or (chunk.prep == "nach" and head in nouns):
                found = view.heads(number) or view.owners(number) or view.phrases(number, "von")
                if found:
                    return found[:1]
        return ()

    def is_reported(self, view: SentenceView) -> bool:
        """Whether a German main clause stands in the subjunctive of reported speech, or says that somebody "soll … haben"."""
        if view.language != "de":
            return False
        for clause in view.clauses:
            if clause.kind != "main" or clause.finite < 0:
                continue
            token = view.tokens[clause.finite]
            if token.lower in ("sei", "seien", "habe", "werde", "wolle", "müsse", "könne", "solle", "dürfe", "gebe"):
                return True
            if is_told(view.tokens, clause.finite) or (self.age <= 1 and token.lower in ("müssten", "hätten", "würden", "dürften")):
                return True
            if token.lower in ("soll", "sollen") and any(view.tokens[place].lower in ("haben", "sein", "worden") for place in clause.verbs):
                return True
        return False


def _says_so(view: SentenceView, number: int) -> bool:
    """Whether German "so" before a phrase between a comma and the end names who says it (", *so* der Minister")."""
    start = view.chunks[number].start
    if start < 2 or view.tokens[start - 1].lower != "so" or view.tokens[start - 2].text not in (",", "“", "«"):
        return False
    stop = next((place for place in range(start, len(view.tokens)) if view.tokens[place].text in (",", ".", ":", "–")), len(view.tokens))
    return not any(token.kind in "VAM" for token in view.tokens[start:stop])


def chain(view: SentenceView, said: Said, number: int) -> tuple[Link, ...]:
    """The speakers of what a clause says, innermost first: verbs of saying before it, then one behind it, then the sentence's source."""
    found: list[Link] = []
    covered = False
    quoted = inside_quotes(view)
    for saying in sorted(said.verbs, key=lambda clause: (clause > number, abs(clause - number))):
        if view.clauses[number].kind == "rel" and saying > number and view.language == "en" and _inside(view, number, saying):
            continue  # it only tells more of who speaks
        if saying == number or (quoted & set(view.clauses[saying].tokens) and not quoted & set(view.clauses[number].tokens)):
            continue
        if (saying < number and _covers(view, saying, number)) or (saying > number and _closes(view, saying, number)):
            covered = covered or saying not in said.impersonal
            found += said.verbs[saying] or (said.carried if saying in said.impersonal else ())
    found += said.whole or (said.carried if not found and not covered and number not in said.verbs else ())
    unique: dict[str, Link] = {}
    for link in found:
        unique.setdefault(link.entity, link)
    return tuple(unique.values())


def _inside(view: SentenceView, number: int, saying: int) -> bool:
    """Whether a relative clause stands between the subject and the verb of a clause of saying."""
    chunk = view.subject_chunk(saying)
    first = view.clauses[number].tokens[0]
    return chunk is not None and chunk >= 0 and view.chunks[chunk].head < first < view.clauses[saying].verb


def inside_quotes(view: SentenceView) -> set[int]:
    """The places of the tokens that stand in a quotation which begins and ends in the sentence."""
    marks = [place for place, token in enumerate(view.tokens) if token.text in _OPENING or token.text == "”"]
    if len(marks) % 2:
        return set()
    return {place for first, last in zip(marks[::2], marks[1::2], strict=True) for place in range(first, last)}


def spoken_of(view: SentenceView, place: int, lexicon: LanguageLexicon) -> tuple[Link, ...]:
    """Who speaks of the event that a noun names: by a verb of mentioning ("highlighted talks"), or by a relative clause."""
    here = view.clause_of.get(place, -1)
    if (
        here >= 0
        and view.clauses[here].lemma in lexicon.words("speech.mentioning")
        and view.chunk_of.get(place) != view.subject_chunk(here)
    ):
        return view.actors(view.subject(here))[:1]
    for number, clause in enumerate(view.clauses):
        near = 0 < clause.tokens[0] - place <= 9 and not any(
            view.tokens[other].kind in "VAM" for other in range(place + 1, clause.tokens[0])
        )
        relative = clause.kind == "rel" or (clause.kind == "sub" and clause.opener == "that")
        if relative and near and clause.lemma in lexicon.words("speech.verbs") and view.subject_chunk(number) not in (None, -1):
            return view.actors(view.subject(number))[:1]
    return ()


def _covers(view: SentenceView, saying: int, number: int) -> bool:
    """Whether a clause behind a verb of saying is what is said."""
    first = view.clauses[saying + 1] if saying + 1 < len(view.clauses) else None
    if first is None:
        return False
    here = view.clauses[number]
    if here.kind == "inf" and view.tokens[here.tokens[0]].lower in ("um", "nur", "only", "for"):
        return False  # what happened next, not what was said
    if here.kind == "main" and number > saying + 1 and not here.subjunctive and view.language == "de" and first.kind != "main":
        return False
    return first.kind != "rel" or number > saying + 1


def _closes(view: SentenceView, saying: int, number: int) -> bool:
    """Whether a verb of saying behind a clause closes it off (", sagte er", ", as CNN reports"), with nothing said after it."""
    clause = view.clauses[saying]
    if clause.kind == "part" or (clause.kind == "rel" and view.language == "en" and view.subject_chunk(saying) == -1):
        return False
    if clause.kind == "sub" and clause.opener not in ("as", "wie"):
        return False
    following = view.clauses[saying + 1] if saying + 1 < len(view.clauses) else None
    joined = (
        following is not None
        and view.tokens[following.tokens[0]].kind == "C"
        and view.tokens[clause.tokens[-1]].end < view.tokens[following.tokens[0]].start - 1
    )
    inserted = len(clause.tokens) <= 6 and (
        clause.tokens[-1] == clause.verb if view.language == "en" else clause.tokens[0] == clause.finite
    )
    if (
        not inserted
        and not joined
        and saying != len(view.clauses) - 1
        and view.clauses[saying + 1].kind in ("sub", "main")
        and not _quote_before(view, clause.tokens[0])
    ):
        return False
    if view.language == "de":
        opens = clause.tokens[0] in (clause.finite, clause.verb) or clause.opener == "wie"
        return opens or _quote_before(view, clause.tokens[0])
    coordinated = view.tokens[clause.tokens[0]].kind == "C"
    return not coordinated and (len(clause.tokens) <= 9 or clause.opener == "as" or _quote_before(view, clause.tokens[0]))


def _quote_before(view: SentenceView, place: int) -> bool:
    return any(view.tokens[position].text in '“”"«»' for position in range(max(0, place - 2), place))
