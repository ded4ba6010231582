"""Fillers: cases in which the subject of a clause is not who does it, and where to look instead."""

from __future__ import annotations

from kg.extract.lexicon import Frame, LanguageLexicon
from kg.extract.roles import SentenceView
from kg.extract.triggers import Trigger
from kg.model import Link


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
    sides = view.actors((*view.owners(chunk), *view.phrases(chunk, "between"), *view.phrases(chunk, "with")))
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


def excluding(view: SentenceView, number: int) -> tuple[Link, ...]:
    """The body from which somebody is excluded ("was suspended *from the Commonwealth*"): the act is its own."""
    found = [link for place in view.with_preposition(number, "from") for link in view.heads(place)]
    return tuple(link for link in found if (entity := view.entities.get(link.entity)) and entity.kind == "organisation")
