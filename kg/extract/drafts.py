"""Drafts: who does what to whom at a trigger, with status and confidence; an event before it is dated and matched with the known ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from kg.extract.lexicon import Frame, LanguageLexicon
from kg.extract.roles import SentenceView
from kg.extract.speech import Said, chain
from kg.extract.status import noun_status, verb_status
from kg.extract.triggers import TEMPORAL, Trigger, noun_ending
from kg.model import Link, Mention

Parties = Callable[[Trigger], tuple[Link, ...]]
"""Gives the two sides of the event that a trigger names, where the facts tell them."""

_MATERIAL: Final = frozenset(("Assault", "Coerce", "Sanction", "Mobilize"))
_EVIDENCE: Final = {
    "verb": 0.55,
    "noun": 0.45,
    "subject": 0.12,
    "recipient": 0.12,
    "known": 0.1,
    "implied": -0.15,
    "pronoun": -0.1,
    "embedded": -0.05,
}
"""Weights of the confidence: a base for the trigger, plus or minus what speaks for and against it."""


DISTANT: Final = 0.7
"""What is left of the confidence where the other party is only named in a sentence before."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before it is dated and matched with the known ones."""

    trigger: Trigger
    type: str
    category: str
    actors: tuple[Link, ...]
    recipients: tuple[Link, ...]
    status: str
    mention: Mention
    confidence: float
    implied: bool = False


def make_draft(
    view: SentenceView,
    trigger: Trigger,
    said: Said,
    lexicon: LanguageLexicon,
    context: tuple[Link, ...],
    parties: Parties,
) -> Draft | None:
    """What a trigger says happened, or nothing where the sentence does not tell who does it.

    Parameters
    ----------
    context : tuple of Link
        Participants of the sentences before, the last one first.
    parties : callable
        The two sides of a known or usual event, for a noun that names none.
    """
    frame = trigger.frame
    if (
        trigger.verb
        and trigger.clause in said.verbs
        and frame.type not in ("Accuse", "Reject", "Threaten", "Request", "Concede", "Support")
    ) and frame.category == "Talks":
        return None
    actors, recipients = _verb_roles(view, trigger) if trigger.verb else _noun_roles(view, trigger)
    own = {view.state(actor) for actor in actors}
    if frame.category == "SanctionsRelief" and actors and recipients and {view.state(link) for link in recipients} <= own:
        return None  # whoever is under sanctions cannot lift them
    recipients = tuple(
        link for link in recipients if view.state(link) not in own or frame.type in ("Coerce", "Assault", "Consult", "Support", "Accuse")
    )
    recipients = tuple(link for link in recipients if link.entity not in {actor.entity for actor in actors})
    if not actors and trigger.verb and view.subject_chunk(trigger.clause) is None and frame.type in ("Consult",):
        return None
    status = (
        verb_status(view, trigger.clause, frame.type, lexicon) if trigger.verb else noun_status(view, trigger.place, frame.type, lexicon)
    )
    event_type, category = frame.type, frame.category
    if frame.status and status == "occurred":
        status = frame.status
    if frame.only and status != frame.only:
        return None
    if status == "negated" and frame.negated and trigger.verb and _refuses(view, trigger, said, lexicon):
        event_type, category, status = frame.negated, frame.negated, "occurred"
    sides = parties(trigger) if not (trigger.verb or (actors and recipients)) else ()
    if len(sides) == 2:
        near = {view.state(link) for link in actors}
        if near <= {view.state(link) for link in sides}:
            actors, recipients = (sides[:1], sides[1:]) if not near or view.state(sides[0]) in near else (sides[1:], sides[:1])
    if not actors and recipients and frame.symmetric and len(recipients) > 1:
        actors, recipients = recipients[:1], recipients[1:]
    if frame.symmetric and len(actors) > 1 and not recipients:
        actors, recipients = actors[:1], actors[1:]
    if not actors and trigger.verb and frame.category == "Suspension":
        actors = _halted(view, trigger, lexicon, parties)
    implied = distant = False
    if actors and not recipients and (frame.counterpart in ("other", "sentence") or event_type != frame.type):
        recipients = _other(view, trigger, actors, said)
        implied = bool(recipients)
        if not recipients and frame.counterpart == "other":
            others = (link for link in context if view.state(link) not in {view.state(actor) for actor in actors} and view.has_state(link))
            recipients = tuple(view.side(link) for link in others)[:1]
            implied = distant = bool(recipients)
    if not recipients and frame.counterpart == "explicit":
        return None
    if not actors and event_type in ("Sanction",) and recipients:
        return None
    if not actors:
        return None
    token = view.tokens[trigger.place]
    mention = Mention(token.start, token.end, token.text, "name")
    return Draft(
        trigger,
        event_type,
        category,
        actors,
        recipients,
        status,
        mention,
        confidence_of(trigger, actors, recipients, implied, distant),
        implied,
    )


def _halted(view: SentenceView, trigger: Trigger, lexicon: LanguageLexicon, parties: Parties) -> tuple[Link, ...]:
    """The parties of an exercise that is said to have stopped or been suspended, by nobody in particular."""
    for place in sorted(trigger.used):
        noun = noun_ending(view, place, lexicon)
        if noun is not None and view.chunk_of.get(place) == view.subject_chunk(trigger.clause):
            chunk = view.chunk_of[place]
            return view.owners(chunk) or parties(noun)
    return ()


def going_on(view: SentenceView, trigger: Trigger, said: Said, lexicon: LanguageLexicon, parties: Parties) -> list[Draft]:
    """An exercise that is not suspended goes on."""
    for place in sorted(trigger.used):
        noun = noun_ending(view, place, lexicon)
        if noun is not None and noun.frame.category == "MilitaryExercise":
            made = make_draft(view, noun, said, lexicon, (), parties)
            return [] if made is None else [replace(made, status="ongoing", confidence=round(made.confidence * 0.9, 3))]
    return []


def _refuses(view: SentenceView, trigger: Trigger, said: Said, lexicon: LanguageLexicon) -> bool:
    """Whether a negated verb is a refusal: it concerns the future or the will, or is said by the subject itself."""
    clause = view.clauses[trigger.clause]
    speakers = chain(view, said, trigger.clause)
    own = bool(speakers) and bool({view.state(link) for link in speakers} & {view.state(link) for link in view.subject(trigger.clause)})
    return bool(
        clause.future
        or clause.modal in ("wollen", "will", "would", "want", "mögen", "möchten")
        or trigger.frame.category == "Concede"
        or own
    )


def confidence_of(trigger: Trigger, actors: tuple[Link, ...], recipients: tuple[Link, ...], implied: bool, distant: bool = False) -> float:
    """The confidence that the evidence gives: the weights of `_EVIDENCE`, scaled by the weakest link, between 0.05 and 0.95."""
    value = _EVIDENCE["verb" if trigger.verb else "noun"]
    value += _EVIDENCE["subject"] if actors else 0.0
    value += _EVIDENCE["recipient"] if recipients else 0.0
    value += _EVIDENCE["implied"] if implied else 0.0
    if any(link.mention.kind == "pronoun" for link in actors + recipients):
        value += _EVIDENCE["pronoun"]
    weakest = min((link.confidence for link in actors + recipients), default=1.0)
    value *= (0.5 + 0.5 * weakest) * (DISTANT if distant else 1.0)
    return round(max(0.05, min(0.95, value)), 3)


def _verb_roles(view: SentenceView, trigger: Trigger) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    number = trigger.clause
    clause = view.clauses[number]
    frame = trigger.frame
    if clause.passive and trigger.place == clause.verb:
        patient = view.subject(number)
        if not patient and (chunk := view.subject_chunk(number)) is not None and chunk >= 0:
            patient = view.owners(chunk)
        return view.agent(number), patient if "object" in frame.recipient else fill(view, number, frame.recipient)
    actors = view.actors(view.subject(number)) if "subject" in frame.actor else ()
    if not actors:
        actors = fill(view, number, tuple(item for item in frame.actor if item != "subject"))
    return actors, fill(view, number, frame.recipient)


def fill(view: SentenceView, number: int, roles: tuple[str, ...]) -> tuple[Link, ...]:
    """The participants in a clause's first filled role: an entity itself before one that only owns what stands there."""
    owners: tuple[Link, ...] = ()
    for role in roles:
        places = view.objects(number) if role == "object" else view.with_preposition(number, role)
        for place in places:
            found = view.heads(place)
            if found:
                return found
            owners = owners or view.owners(place)
            if role == "object" and not owners:
                owners = next(
                    (
                        found
                        for preposition in ("gegen", "on", "against", "with", "mit", "in")
                        if (found := view.phrases(place, preposition))
                    ),
                    (),
                )
    return owners


def _noun_roles(view: SentenceView, trigger: Trigger) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    chunk = view.chunk_of.get(trigger.place)
    if chunk is None:
        return (), ()
    frame = trigger.frame
    actors: tuple[Link, ...] = ()
    for role in frame.noun_actor:
        if actors:
            break
        if role == "genitive":
            actors = tuple(link for link in view.owners(chunk) if not view.names_event(link))
        elif role == "subject" and frame.type in _MATERIAL and view.chunks[chunk].prep:
            continue
        elif role == "subject":
            if (
                trigger.clause >= 0
                and view.subject_chunk(trigger.clause) != chunk
                and (view.chunks[chunk].prep not in TEMPORAL or _explicit(view, chunk, frame))
            ):
                clause = view.clauses[trigger.clause]
                actors = view.agent(trigger.clause) if clause.passive else view.actors(view.subject(trigger.clause))
        else:
            actors = view.phrases(chunk, role)
    recipients: tuple[Link, ...] = ()
    for role in frame.noun_recipient:
        recipients = tuple(link for link in view.phrases(chunk, role) if link.entity not in {actor.entity for actor in actors[:1]})
        if recipients:
            break
    if (
        not recipients
        and frame.noun_recipient
        and "subject" in frame.noun_actor
        and trigger.clause >= 0
        and chunk in view.objects(trigger.clause)
    ):
        others = [place for place in view.objects(trigger.clause) if place != chunk]
        recipients = tuple(link for place in others for link in view.heads(place) if link.entity not in {actor.entity for actor in actors})
    if frame.symmetric and len(actors) > 1 and not recipients:
        return actors[:1], actors[1:]
    return (actors[:1] if frame.symmetric and recipients else actors), recipients


def _explicit(view: SentenceView, chunk: int, frame: Frame) -> bool:
    """Whether a noun names its partner itself ("beim Treffen mit Kim")."""
    return any(view.phrases(chunk, role) for role in frame.noun_recipient)


def _other(view: SentenceView, trigger: Trigger, actors: tuple[Link, ...], said: Said) -> tuple[Link, ...]:
    """The nearest participant of another side in the sentence; neither a medium nor who only speaks nor a mere place."""
    sides = {view.state(link) for link in actors}
    sides |= {view.state(link) for speakers in (*said.verbs.values(), said.whole) for link in speakers if view.is_medium(link)}
    here = view.tokens[trigger.place].start
    rivals = [
        made
        for link in view.links
        if (made := view.actor(link)) is not None
        and view.state(made) not in sides
        and not view.is_medium(link)
        and not view.names_event(link)
        and not view.is_place(link)
    ]
    rivals.sort(key=lambda link: (not view.has_state(link), link.mention.kind == "adjective", abs(link.mention.start - here)))
    return tuple(view.side(link) for link in rivals[:1])
