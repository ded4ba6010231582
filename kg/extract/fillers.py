"""Fillers: cases in which the subject of a clause is not who does it, and where to look instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kg.extract.lexicon import Frame, LanguageLexicon
from kg.extract.roles import SentenceView
from kg.extract.status import is_negated
from kg.extract.triggers import TEMPORAL, Trigger, noun_ending
from kg.model import Link

_DESPITE: Final = frozenset("trotz ungeachtet entgegen angesichts wegen infolge aufgrund".split())
"""German prepositions before a noun that only says why or against what something else was done."""


def keeps_silent(view: SentenceView, trigger: Trigger, lexicon: LanguageLexicon) -> bool:
    """Whether somebody refuses only to speak of a thing ("declined to comment")."""
    number = trigger.clause + 1
    content = view.clauses[number] if number < len(view.clauses) else None
    return content is not None and content.kind == "inf" and content.lemma in lexicon.words("words.silence")


def only_tells(view: SentenceView, trigger: Trigger) -> bool:
    """Whether an English "warned that …" only tells of what is so, to nobody in particular, and threatens nothing."""
    number = trigger.clause
    if view.language != "en" or view.clauses[number].lemma not in ("warn", "caution") or view.clauses[number].passive:
        return False
    content = view.clauses[number + 1] if number + 1 < len(view.clauses) else None
    if (
        content is None
        or content.kind != "sub"
        or content.opener not in ("", "that")
        or any(view.heads(item) for item in view.objects(number))
    ):
        return False
    ahead = content.future or content.modal in ("would", "will", "could", "must", "should", "may", "might")
    return not ahead and not any(clause.opener in ("if", "unless") for clause in view.clauses)


def broken_off(view: SentenceView, trigger: Trigger) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """The sides of talks that are said to have collapsed, by nobody in particular ("talks between Oman and Chad broke down")."""
    chunk = view.subject_chunk(trigger.clause)
    if chunk is None or chunk < 0:
        return (), ()
    partners = ("between", "with", "zwischen", "mit")
    sides = view.actors((*view.owners(chunk), *(link for preposition in partners for link in view.phrases(chunk, preposition))))
    return sides[:1], sides[1:]


def in_passing(view: SentenceView, chunk: int, explicit: bool) -> bool:
    """Whether a noun of doing stands behind a preposition, so that the clause's subject need not be who does it."""
    prep = view.chunks[chunk].prep
    return bool(prep) and (not explicit or (view.language == "en" and prep not in ("with", "by", "in")))


def is_scene(view: SentenceView, link: Link, frame: Frame) -> bool:
    """Whether a city right before a noun of violence says only where it was ("the Lockerbie bombing"; not "Moscow's attack")."""
    if view.language != "en" or frame.type not in ("Assault", "Coerce"):
        return False
    behind = next((token for token in view.tokens if token.start >= link.mention.end), None)
    text = link.mention.text
    city = link.mention.kind == "metonym" or text in view.place_names or text not in (link.label, *link.names)
    return city and link.mention.kind in ("name", "metonym") and behind is not None and behind.kind in "NJ"


def does(view: SentenceView, trigger: Trigger, chunk: int) -> bool:
    """Whether a noun of doing is the object of a verb whose subject does it ("the rebels *announced* the release of two nuns")."""
    number = trigger.clause
    if number < 0 or view.clauses[number].passive or view.clauses[number].lemma not in view.doing:
        return False
    found = view.objects(number)
    return chunk in found or view.chunks[chunk].group in found


def undergoes(view: SentenceView, trigger: Trigger, chunk: int) -> bool:
    """Whether a noun is the object of a verb whose subject only meets with it ("Iran *faces* U.S. sanctions")."""
    number = trigger.clause
    if number < 0 or view.clauses[number].passive or view.clauses[number].lemma not in view.undergoing | view.averting:
        return False
    return chunk in view.objects(number)


def vowed(view: SentenceView, trigger: Trigger, lexicon: LanguageLexicon) -> tuple[str, str]:
    """Type and class of what somebody vows to do: a threat to strike back, a refusal to yield, else a promise."""
    threats = lexicon.words("words.threats")
    yielding = {verb for frame in lexicon.frames if frame.name == "yield" for verb in frame.verbs}
    for number in range(trigger.clause + 1, len(view.clauses)):
        clause = view.clauses[number]
        if clause.parent != trigger.clause or clause.kind != "inf":
            continue
        lemmas = {clause.lemma, *(view.tokens[place].lemma.casefold() for place in clause.tokens)}
        if lemmas & threats:
            return "Threaten", "Threaten"
        if lemmas & yielding and is_negated(view, number, lexicon):
            return "Reject", "Reject"
    return trigger.frame.type, trigger.frame.category


def halted(
    view: SentenceView, trigger: Trigger, lexicon: LanguageLexicon, parties: Callable[[Trigger], tuple[Link, ...]]
) -> tuple[Link, ...]:
    """The parties of an exercise that is said to have stopped or been suspended, by nobody in particular."""
    for place in sorted(trigger.used):
        noun = noun_ending(view, place, lexicon)
        if noun is not None and view.chunk_of.get(place) == view.subject_chunk(trigger.clause):
            chunk = view.chunk_of[place]
            return view.owners(chunk) or parties(noun)
    return ()


def beside(view: SentenceView, chunk: int) -> bool:
    """Whether a noun only says when or in spite of what something else was done ("kurz *vor Ablauf des Ultimatums*")."""
    while view.chunks[chunk].parent >= 0:
        chunk = view.chunks[chunk].parent
    return view.chunks[chunk].prep in TEMPORAL | _DESPITE


def victims(view: SentenceView, trigger: Trigger, lexicon: LanguageLexicon) -> tuple[Link, ...]:
    """Who is said to have died or been hurt in an attack that the sentence only names ("*bei einem Angriff* starben drei Syrer")."""
    chunk = view.chunk_of.get(trigger.place)
    if trigger.verb or trigger.frame.type != "Assault" or trigger.clause < 0 or chunk is None:
        return ()
    clause = view.clauses[trigger.clause]
    words = {clause.lemma, *(view.tokens[place].lower for place in clause.tokens)}
    subject = view.subject_chunk(trigger.clause)
    if view.chunks[chunk].prep not in ("bei", "durch", "in") or not words & lexicon.words("words.dying") or subject is None or subject < 0:
        return ()
    return view.heads(subject) or view.owners(subject)


def excluding(view: SentenceView, number: int) -> tuple[Link, ...]:
    """The body from which somebody is excluded ("was suspended *from the Commonwealth*"): the act is its own."""
    found = [link for place in view.with_preposition(number, "from") for link in view.heads(place)]
    return tuple(link for link in found if (entity := view.entities.get(link.entity)) and entity.kind == "organisation")
