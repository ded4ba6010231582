"""Drafts: who does what to whom at a trigger, with status and confidence; an event before it is dated and matched with the known ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from kg.extract.fillers import broken_off, halted, keeps_silent, only_tells, victims, vowed
from kg.extract.german import shunned
from kg.extract.lexicon import LanguageLexicon
from kg.extract.manner import is_mutual, is_nobody, is_state, is_strained, is_threat
from kg.extract.roles import SentenceView
from kg.extract.sides import fill, noun_roles, verb_roles
from kg.extract.speech import Said, chain
from kg.extract.status import is_negated, noun_status, tense, verb_status
from kg.extract.triggers import Trigger, noun_ending
from kg.extract.verbs import REDUCED
from kg.model import Link, Mention

Parties = Callable[[Trigger], tuple[Link, ...]]
"""Gives the two sides of the event that a trigger names, where the facts tell them."""

_EVIDENCE: Final = {
    "verb": 0.55,
    "noun": 0.49,
    "subject": 0.12,
    "recipient": 0.12,
    "known": 0.1,
    "implied": -0.07,
    "pronoun": -0.04,
    "alone": -0.15,
}
"""Weights of the confidence: a base for the trigger, plus or minus what speaks for and against it."""


DISTANT: Final = 0.95
"""What is left of the confidence where the other party is only named in a sentence before."""


_AGAINST: Final = frozenset(("Assault", "Coerce", "Accuse", "Threaten", "Sanction"))
"""Types of deeds that are always aimed at somebody."""
_TOGETHER: Final = frozenset(("they", "we", "wir"))
"""Pronouns that stand for both sides of what is mutual, though they are linked with one of them."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before it is dated and matched with the known ones; `teller` is who speaks of it by complaining or refusing.

    `matter` is the clause that says what it is about, where that is another one than the trigger's.
    """

    trigger: Trigger
    type: str
    category: str
    actors: tuple[Link, ...]
    recipients: tuple[Link, ...]
    status: str
    mention: Mention
    confidence: float
    implied: bool = False
    teller: tuple[Link, ...] = ()
    matter: int = -1


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
    if frame.type == "Cooperate" and not trigger.verb and is_strained(view, trigger, lexicon):
        return None
    if trigger.verb and (
        (frame.type == "Reject" and keeps_silent(view, trigger, lexicon)) or (frame.name == "threaten" and only_tells(view, trigger))
    ):
        return None
    actors, recipients = verb_roles(view, trigger) if trigger.verb else noun_roles(view, trigger)
    recipients = recipients or victims(view, trigger, lexicon)
    if "speaker" in frame.actor and trigger.verb:
        actors = view.actors(chain(view, said, trigger.clause)[:1])
    own = {view.state(actor) for actor in actors}
    if frame.category == "SanctionsRelief" and actors and recipients and {view.state(link) for link in recipients} <= own:
        return None  # whoever is under sanctions cannot lift them
    recipients = tuple(
        link
        for link in recipients
        if view.state(link) not in own
        or (frame.category == "Release" and link.entity != view.state(link))
        or frame.type in ("Coerce", "Assault", "Consult", "Support", "Accuse")
    )
    recipients = tuple(link for link in recipients if link.entity not in {actor.entity for actor in actors} | view.served(actors))
    if frame.type in ("Accuse", "Reject", "Request", "Threaten"):
        recipients = tuple(link for link in recipients if not view.is_matter(link, trigger.place))
    if not actors and trigger.verb and view.subject_chunk(trigger.clause) is None and frame.type in ("Consult",):
        return None
    status = (
        verb_status(view, trigger.clause, frame.type, lexicon) if trigger.verb else noun_status(view, trigger.place, frame.type, lexicon)
    )
    event_type, category = frame.type, frame.category
    if frame.status and status == "occurred" and trigger.verb:
        status = tense(view, trigger.clause, "Reject") if frame.status == "ongoing" else frame.status
    elif frame.status and status != "negated" and not trigger.verb:
        status = frame.status
    if frame.only and status != frame.only:
        return None
    if frame.only == "planned":
        status = "occurred"  # to say that one will strike back is the threat
    if event_type == "Protest" and actors and all(is_state(view, link) for link in actors):
        event_type, category = "Accuse", "Accuse"  # a state does not take to the streets
    if status == "negated" and frame.negated and trigger.verb and _refuses(view, trigger, said, lexicon):
        wishes = view.clauses[trigger.clause].modal in ("wollen", "mögen", "möchten") or frame.name == "readiness"
        told = bool(chain(view, said, trigger.clause))
        status = tense(view, trigger.clause, "Reject") if wishes and not told else "occurred"
        event_type, category = frame.negated, frame.negated
    if frame.negated and not trigger.verb and _declines(view, trigger, said, lexicon):
        status, event_type, category = "occurred", frame.negated, frame.negated  # "will not hold talks"
    sides = parties(trigger) if not (trigger.verb or (actors and recipients)) else ()
    if len(sides) == 2:
        near = {view.state(link) for link in actors}
        around = near | ({view.state(link) for link in recipients} if frame.type == "Sanction" else set())
        if around <= {view.state(link) for link in sides}:
            actors, recipients = (sides[:1], sides[1:]) if not near or view.state(sides[0]) in near else (sides[1:], sides[:1])
    if not actors and recipients and frame.symmetric and len(recipients) > 1:
        actors, recipients = recipients[:1], recipients[1:]
    between = "between" in frame.noun_actor and not trigger.verb
    if (frame.symmetric or between) and len(actors) > 1 and not recipients:
        actors, recipients = actors[:1], actors[1:]
    blamed = frame.type == "Accuse" and trigger.verb and view.language == "de" and view.clauses[trigger.clause].passive
    if not actors and trigger.verb and (is_nobody(view, trigger.clause) or (blamed and recipients)):
        actors = view.actors(chain(view, said, trigger.clause)[:1])
    if not actors and trigger.verb and event_type == "Accuse" and view.clauses[trigger.clause].passive and view.language == "en":
        actors = view.actors(chain(view, said, trigger.clause)[:1])  # "is suspected of …, Oman said"
    if not actors and trigger.verb and frame.category == "Suspension":
        actors = halted(view, trigger, lexicon, parties)
    if len(actors) > 1 and not recipients and trigger.verb and is_mutual(view, trigger):
        actors, recipients = actors[:1], actors[1:]
    if not actors and trigger.verb and frame.category == "TalksBreakdown":
        actors, recipients = broken_off(view, trigger)
    if trigger.verb and event_type == "Reject" and not recipients and view.language == "de":
        recipients = shunned(view, trigger, actors)
    implied = distant = False
    if not actors and recipients and "objective" in frame.noun_recipient and not trigger.verb and frame.counterpart == "other":
        actors = tuple(link for link in _other(view, trigger, recipients, said) if view.state(link) in view.entities)
        implied = bool(actors)
    if actors and not recipients and (frame.counterpart in ("other", "sentence") or event_type != frame.type):
        recipients = _other(view, trigger, actors, said)
        implied = bool(recipients)
        if not recipients and frame.counterpart == "other":
            recipients = _partner(view, actors, context)
            implied = distant = bool(recipients)
    if actors and not recipients and event_type in ("Agree", "Consult", "Cooperate") and actors[0].mention.text.casefold() in _TOGETHER:
        recipients = _partner(view, actors, context, together=True)  # "they also signed …"
        implied = distant = bool(recipients)
    aimed = frame.counterpart in ("none", "sentence") and event_type in _AGAINST and status != "negated"
    if aimed and not recipients and len(actors) > 1:
        actors, recipients = actors[:1], actors[1:]  # "Oman and Chad traded fire"
    if aimed and actors and not recipients and not (trigger.verb and view.clauses[trigger.clause].opener == REDUCED):
        recipients = _other(view, trigger, actors, said)
        implied = bool(recipients)
        if not recipients:
            recipients = _partner(view, actors, context, together=True)
            implied = distant = bool(recipients)
    if not recipients and frame.counterpart == "explicit":
        return None
    if event_type in ("Assault", "Sanction", "Coerce") and is_threat(view, trigger):
        event_type, category, status = "Threaten", "Threaten", "occurred"
    if frame.category == "Pledge" and event_type == "Concede" and trigger.verb:
        event_type, category = vowed(view, trigger, lexicon)
        if event_type != "Concede" and not recipients:
            recipients = _other(view, trigger, actors, said) or _partner(view, actors, context)
            implied = distant = bool(recipients)
    if not actors and event_type in ("Sanction",) and recipients:
        return None
    if not actors or (event_type == "Consult" and not recipients and view.language == "de"):
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


def _partner(view: SentenceView, actors: tuple[Link, ...], context: tuple[Link, ...], together: bool = False) -> tuple[Link, ...]:
    """The side that the sentences before named last, if the document has told of a deed between it and the actors.

    With `together`, the last side of which it has.
    """
    own = {view.state(actor) for actor in actors}
    others = [view.side(link) for link in context if view.state(link) not in own and (together or view.has_state(link))]
    told = [link for link in others if any(frozenset((view.state(link), state)) in view.partners for state in own)]
    return tuple(told[:1]) if together else tuple(link for link in others[:1] if link in told)


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
        or trigger.frame.name == "recognise"
        or own
    )


def _declines(view: SentenceView, trigger: Trigger, said: Said, lexicon: LanguageLexicon) -> bool:
    """Whether an English noun is the object of a verb that somebody refuses to do ("it would not hold *talks*")."""
    number = trigger.clause
    if view.language != "en" or number < 0 or not is_negated(view, number, lexicon):
        return False
    return view.chunk_of.get(trigger.place) in view.objects(number) and _refuses(view, trigger, said, lexicon)


def confidence_of(trigger: Trigger, actors: tuple[Link, ...], recipients: tuple[Link, ...], implied: bool, distant: bool = False) -> float:
    """The confidence that the evidence gives: the weights of `_EVIDENCE`, scaled by the weakest link, between 0.05 and 0.95."""
    value = _EVIDENCE["verb" if trigger.verb else "noun"]
    value += _EVIDENCE["subject"] if actors else 0.0
    value += _EVIDENCE["recipient"] if recipients else 0.0
    value += _EVIDENCE["implied"] if implied else 0.0
    value += _EVIDENCE["alone"] if not recipients and trigger.frame.type in ("Assault", "Coerce", "Mobilize", "Retreat") else 0.0
    if any(link.mention.kind == "pronoun" for link in actors + recipients):
        value += _EVIDENCE["pronoun"]
    weakest = min((link.confidence for link in actors + recipients), default=1.0)
    value *= (0.65 + 0.35 * weakest) * (DISTANT if distant else 1.0)
    return round(max(0.05, min(0.95, value)), 3)


def _other(view: SentenceView, trigger: Trigger, actors: tuple[Link, ...], said: Said) -> tuple[Link, ...]:
    """The nearest participant of another side in the sentence; neither a medium nor who only speaks nor a mere place or unnamed group."""
    sides = {view.state(link) for link in actors}
    sides |= view.served(actors)
    sides |= {view.state(link) for speakers in (*said.verbs.values(), said.whole) for link in speakers if view.is_medium(link)}
    if trigger.frame.type not in ("Threaten", "Request", "Accuse"):  # whoever is only told of it takes no part
        sides |= {view.state(link) for saying in said.verbs for link in fill(view, saying, ("object", "gegenüber", "vor", "to"))}
    talking = {view.state(link) for speakers in (*said.verbs.values(), said.whole) for link in speakers}
    here = view.tokens[trigger.place].start
    inside = ("adjective",) if view.language == "de" else ()  # "in der *syrischen* Stadt"
    rivals = [
        made
        for link in view.links
        if (made := view.actor(link)) is not None
        and made.entity in view.entities
        and view.is_party(made)
        and view.state(made) not in sides
        and not view.is_medium(link)
        and not view.names_event(link)
        and not view.is_place(link)
        and not view.is_group(link)
        and not view.is_aside(link)
        and not (view.language == "en" and view.preposition(link) in ("after", "before", "since"))
        and not (trigger.frame.name == "refuse" and view.state(made) in talking)
        and not (trigger.frame.type == "Request" and view.is_target(link))
        and not (link.mention.kind in ("name", "metonym", *inside) and view.preposition(link) in ("in", "at"))
    ]
    if trigger.frame.type == "Threaten" and view.language == "en":  # "will respond if NATO moves …"
        for number, clause in enumerate(view.clauses):
            if clause.opener in ("if", "unless") and any(view.state(link) not in sides for link in view.actors(view.subject(number))):
                return tuple(link for link in view.actors(view.subject(number)) if view.state(link) not in sides)[:1]
    ends = view.clauses[trigger.clause].tokens[-1:] == [trigger.place]
    last = trigger.verb and trigger.frame.type == "Request" and trigger.clause > 0 and ends
    asked = view.subject(trigger.clause - 1) if last else ()  # "Chad must stop, Oman *demanded*"
    content = {
        *((trigger.clause - 1,) if last else ()),
        trigger.clause,
        *(number for number, clause in enumerate(view.clauses) if clause.parent == trigger.clause and clause.kind != "rel"),
    }
    met = view.actors(view.subject(trigger.clause)) if trigger.clause >= 0 and not trigger.verb and view.language == "de" else ()
    rivals.sort(
        key=lambda link: (
            link.entity not in {other.entity for other in met},
            not view.has_state(link),
            link.mention.kind == "adjective",
            view.clause_at(link) not in content,
            last and link not in asked,
            abs(link.mention.start - here),
        )
    )
    return tuple(view.side(link) for link in rivals[:1])
