"""Triggers: the verbs and nouns of a sentence that speak of an event, as the lexicon's frames say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kg.extract.lexicon import Frame, LanguageLexicon
from kg.extract.roles import SentenceView

TEMPORAL: Final = frozenset("nach seit vor bei während seit after since before during at by ahead".split())
"""Prepositions before a noun that only say when something else happened."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word that speaks of an event.

    Attributes
    ----------
    place : int
        Its token; `clause` the clause in which it stands.
    verb : bool
        Whether it is a verb.
    used : frozenset of int
        Further tokens that belong to it and trigger nothing themselves ("Druck *erhöhen*").
    """

    place: int
    clause: int
    frame: Frame
    verb: bool
    used: frozenset[int] = frozenset()
    length: int = 1


def find_triggers(view: SentenceView, lexicon: LanguageLexicon) -> list[Trigger]:
    """The triggers of a sentence: verbs, then nouns that no verb has used up, from left to right."""
    found: list[Trigger] = []
    used: set[int] = set()
    for number, clause in enumerate(view.clauses):
        for place in [clause.verb, *(other for other in clause.verbs if other != clause.verb)]:
            if place < 0 or view.tokens[place].kind not in "VA":
                continue
            if "-" in view.tokens[place].text and view.tokens[place].lemma.casefold() not in lexicon.by_verb:
                continue
            lemma = clause.lemma if place == clause.verb else view.tokens[place].lemma.casefold()
            trigger = _verb_trigger(view, number, place, lemma, lexicon)
            if trigger is not None:
                found.append(trigger)
                used |= trigger.used | {place}
                break
    place = 0
    while place < len(view.tokens):
        trigger = None if place in used else noun_trigger(view, place, lexicon)
        if trigger is not None and trigger.place not in used:
            found.append(trigger)
            used |= {other for other in trigger.used if other > trigger.place}
        place += trigger.length if trigger else 1
    return sorted(found, key=lambda trigger: trigger.place)


def _verb_trigger(view: SentenceView, number: int, place: int, lemma: str, lexicon: LanguageLexicon) -> Trigger | None:
    names = [lemma, view.tokens[place].lemma.casefold()]
    if view.language == "de":
        names = [*(f"{name} {preposition}" for preposition in _prepositions(view, number) for name in names), *names]
    following = view.tokens[place + 1 : place + 2]
    if view.language == "en" and following:
        names.insert(0, f"{names[1]} {following[0].lower}")
    known = [(name, frame) for name in dict.fromkeys(names) for frame in lexicon.by_verb.get(name, ())]
    if view.language == "de":  # a verb with its noun says more than one with a preposition ("*auf* freien *Fuß setzen*")
        known.sort(key=lambda pair: not pair[1].objects or pair[0].split(" ")[0] != lemma)
    loose: dict[str, Trigger] = {}
    for name, frame in known:
        if loose and name not in loose:
            return next(iter(loose.values()))
        if frame.not_nouns and view.language == "en":
            heads = {view.chunks[item].head for item in view.clause_chunks(number)}
            if heads & set(_objects_in(view, number, frame.not_nouns, frame)):
                continue  # "met the conditions", "came to power"
        if not frame.objects:
            if loose:
                return loose[name]
            further = lemma in (f"weiter{name}", f"wieder{name}")  # "weigert sich *weiter*"
            if name != lemma and view.language == "de" and " " not in name and name in lemma and not further:
                continue
            return Trigger(place, number, frame, True)
        nouns = [item for item in _objects_in(view, number, frame.objects, frame) if item != place]
        if not nouns or _lacks_partner(view, number, frame):
            continue
        made = Trigger(place, number, frame, True, frozenset(nouns))
        if view.language == "de" or any(_is_governed(view, number, item) for item in nouns):
            return made
        loose.setdefault(name, made)
    if loose:
        return next(iter(loose.values()))
    return None


def _lacks_partner(view: SentenceView, number: int, frame: Frame) -> bool:
    """Whether an English clause has none of the phrases of which a frame needs one, so that another frame of the verb may fit."""
    if view.language != "en" or frame.counterpart != "explicit" or {"object", "subject"} & set(frame.recipient):
        return False
    if frame.symmetric and len(view.actors(view.subject(number))) > 1:
        return False
    return not any(view.with_preposition(number, role) for role in frame.recipient)


def _is_governed(view: SentenceView, number: int, place: int) -> bool:
    """Whether a noun is itself the object of its clause, or its subject, and not a part of another phrase ("broke ties *over the war*")."""
    chunk = view.chunk_of.get(place)
    if chunk is None or view.tokens[place].kind not in "NE":
        return True
    return view.chunks[chunk].head == place and not view.chunks[chunk].prep and view.chunks[chunk].parent < 0


def _prepositions(view: SentenceView, number: int) -> list[str]:
    """The prepositions of a clause, also inside a pronoun ("darauf")."""
    found = [view.chunks[place].prep for place in view.clause_chunks(number) if view.chunks[place].prep]
    for place in view.clauses[number].tokens:
        word = view.tokens[place].lower
        found += [word[3:]] if word.startswith("dar") else [word[2:]] if word in ("dafür", "dagegen", "dahinter") else []
    return sorted(set(found))


def _objects_in(view: SentenceView, number: int, objects: Sequence[str], frame: Frame) -> list[int]:
    """The tokens of a clause that are one of some nouns that matter to a frame, or a German compound that ends in one."""
    found = []
    german = view.language == "de" and not view.clauses[number].passive
    apart = frame.type == "Consult" or (german and (frame.category == "TalksBreakdown" or frame.name == "quit-agreement"))
    subject = view.subject_chunk(number) if apart else None
    for place in view.clauses[number].tokens:
        token = view.tokens[place]
        if token.kind not in "NEJRDV":
            continue
        chunk = view.chunk_of.get(place)
        if chunk is not None and chunk == subject:
            continue  # "the visit began" has nobody who pays one
        if chunk is not None and view.chunks[chunk].prep in TEMPORAL - {"at", "by", "bei"}:
            continue
        follower = view.tokens[place + 1].kind if view.language == "en" and place + 1 < len(view.tokens) else ""
        if token.kind == follower == "N" and chunk is not None and view.chunk_of.get(place + 1) == chunk:
            continue  # "a *border* post", "an *arms* dealer"
        words = {token.lemma.casefold(), token.lower}
        if place:
            words.add(f"{view.tokens[place - 1].lower} {token.lemma.casefold()}")
        ends = view.language == "de" and token.kind == "N"
        if words & set(objects) or (ends and any(word.endswith(item) for word in words for item in objects if len(item) > 3)):
            found.append(place)
    return found


def noun_trigger(view: SentenceView, place: int, lexicon: LanguageLexicon) -> Trigger | None:
    """The noun of up to three words that begins at a place and speaks of an event, if one does."""
    tokens = view.tokens
    for length in (3, 2, 1):
        last = place + length - 1
        if last >= len(tokens) or (tokens[last].kind not in "NEJ" and not (tokens[last].kind == "V" and tokens[last].text[0].isupper())):
            continue
        words = [*(token.lower for token in tokens[place:last]), tokens[last].lemma.casefold()]
        if length == 1 and tokens[last].kind == "J":
            continue
        phrase = " ".join(words)
        if length > 1 and view.language == "de":
            phrase = " ".join([*(token.lemma.casefold() for token in tokens[place:last]), words[-1]])
            phrase = phrase.replace("gemeinsam ", "gemeinsame ")
        if (
            view.language == "en"
            and last + 1 < len(tokens)
            and tokens[last + 1].kind == "N"
            and view.chunk_of.get(last + 1) == view.chunk_of.get(last)
        ):
            continue  # it only modifies the next noun ("nuclear test site")
        if length == 1 and last and f"{tokens[last - 1].lower} {phrase}" in lexicon.stops:
            continue
        chunk = view.chunk_of.get(last)
        if chunk is not None and view.chunks[chunk].prep in ("in", "laut", "gemäß") and phrase in lexicon.words("speech.nouns"):
            return None
        frame = lexicon.by_noun.get(phrase) if length > 1 else lexicon.noun_frame(phrase) or lexicon.by_noun.get(tokens[last].lower)
        if frame is not None:
            return Trigger(last, view.clause_of.get(last, -1), frame, False, frozenset(range(place, last)), length)
    return _act_trigger(view, place, lexicon)


def _act_trigger(view: SentenceView, place: int, lexicon: LanguageLexicon) -> Trigger | None:
    """A noun of doing at a place that speaks of an event together with the noun in the genitive behind it ("Abbruch der Gespräche")."""
    chunk = view.chunk_of.get(place)
    frames = lexicon.by_act.get(view.tokens[place].lemma.casefold(), ())
    if not frames or chunk is None or view.chunks[chunk].head != place:
        return None
    for child in range(chunk + 1, min(chunk + 3, len(view.chunks))):
        thing = view.chunks[child]
        if thing.parent != chunk or not thing.genitive:
            continue
        noun = view.tokens[thing.head].lemma.casefold()
        frame = next((frame for frame in frames if any(noun.endswith(item) for item in frame.objects)), None)
        if frame is not None:
            return Trigger(place, view.clause_of.get(place, -1), frame, False, frozenset((thing.head,)))
    return None


def noun_ending(view: SentenceView, place: int, lexicon: LanguageLexicon) -> Trigger | None:
    """The noun trigger whose last word stands at a place."""
    for start in range(max(0, place - 2), place + 1):
        trigger = noun_trigger(view, start, lexicon)
        if trigger is not None and trigger.place == place:
            return trigger
    return None


def absorbed_by(view: SentenceView, triggers: list[Trigger]) -> dict[int, str]:
    """The places of triggers that only say what another one is about, with the other one's type."""
    found: dict[int, str] = {}
    for outer in triggers:
        if not outer.frame.absorbs or outer.place in found:
            continue
        below = _clauses_below(view, outer.clause)
        subject = view.subject_chunk(outer.clause)
        for inner in triggers:
            if inner is outer or inner.place in found:
                continue
            if inner.clause in below and inner.place > outer.place:
                found[inner.place] = outer.frame.type
            elif inner.clause == outer.clause and not inner.verb:
                chunk = view.chunk_of.get(inner.place)
                aside = chunk is not None and view.chunks[chunk].prep in TEMPORAL | {"in"} and view.chunks[chunk].parent < 0
                prep = view.chunks[chunk].prep if chunk is not None else ""
                aside = aside or (inner.frame.type == "Consult" and prep in ("at", "during", "after", "before", "following"))
                if (outer.verb and chunk is not None and chunk != subject and not aside) or (
                    not outer.verb
                    and inner.place > outer.place
                    and chunk is not None
                    and _hangs(view, chunk, view.chunk_of.get(outer.place))
                ):
                    found[inner.place] = outer.frame.type
    return found


def _hangs(view: SentenceView, chunk: int, on: int | None) -> bool:
    while chunk >= 0:
        if chunk == on:
            return True
        chunk = view.chunks[chunk].parent
    return False


def _others_deed(view: SentenceView, number: int, child: int) -> bool:
    """Whether an English infinitive is the decision of another side than the subject's ("backed *Oman's* efforts to persuade Iran")."""
    if view.language != "en":
        return False
    deciders = view.decider(child)
    return bool(deciders) and view.state(deciders[0]) not in {view.state(link) for link in view.actors(view.subject(number))}


def _clauses_below(view: SentenceView, number: int) -> set[int]:
    """The infinitives and subordinate clauses that hang on a clause, directly or one on the other."""
    below: set[int] = set()
    for child in range(number + 1, len(view.clauses)):
        clause = view.clauses[child]
        if clause.parent == number or clause.parent in below:
            if view.clauses[number].lemma in view.accusing or _others_deed(view, number, child):
                continue  # what somebody is accused of, or another side decides, is a claim of its own
            if (
                clause.kind == "inf"
                or (clause.kind == "part" and view.language == "de")
                or (clause.kind == "sub" and clause.opener in ("dass", "daß", "ob", "that", "whether", ""))
            ):
                below.add(child)
    return below
