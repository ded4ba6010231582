"""Sides: who stands on which side of the event that a verb or a noun names."""

from __future__ import annotations

from typing import Final

from kg.extract.fillers import beside, does, excluding, in_passing, is_scene, undergoes
from kg.extract.german import acting, is_bare_passive, sent_or_held, sides_between, struck
from kg.extract.lexicon import Frame
from kg.extract.roles import SentenceView
from kg.extract.triggers import TEMPORAL, Trigger
from kg.extract.verbs import REDUCED
from kg.model import Link

_MATERIAL: Final = frozenset(("Assault", "Coerce", "Sanction", "Mobilize", "Protest"))


def verb_roles(view: SentenceView, trigger: Trigger) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """Who does what a verb says, and to whom, by its frame's roles; in the passive its subject is to whom."""
    number = trigger.clause
    clause = view.clauses[number]
    frame = trigger.frame
    bare = "object" in frame.recipient and frame.type in ("Coerce", "Assault", "Sanction", "Retreat") and is_bare_passive(view, number)
    if (clause.passive or bare) and trigger.place == clause.verb:
        patient = view.subject(number)
        if not patient and (chunk := view.subject_chunk(number)) is not None and chunk >= 0:
            blamed = view.phrases(chunk, "durch") or view.possessors(chunk) if view.is_undergone(chunk) else ()
            patient = blamed or view.owners(chunk)
        agent = view.agent(number) or (excluding(view, number) if frame.type == "Sanction" else ())
        agent = agent or (fill(view, number, ("in",)) if frame.type == "Coerce" else ())
        if "object" in frame.actor:
            return patient, agent  # "angered by Oman's decision"
        if "object" in frame.recipient:
            return agent, patient
        chunk = view.subject_chunk(number)
        within = view.language == "en" and chunk is not None and chunk >= 0  # "sanctions *on Chad* were lifted"
        hanging = (found for role in frame.recipient if within and chunk is not None and (found := view.phrases(chunk, role)))
        return agent, next(hanging, ()) or fill(view, number, frame.recipient)
    actors = view.actors(view.subject(number)) or acting(view, trigger) if "subject" in frame.actor else ()
    if not actors:
        actors = fill(view, number, tuple(item for item in frame.actor if item != "subject"))
    bare = frame.name in ("order-other", "receive", "meeting")
    return actors, fill(view, number, frame.recipient, bare, frame.type == "Request")


def fill(view: SentenceView, number: int, roles: tuple[str, ...], bare: bool = False, asked: bool = False) -> tuple[Link, ...]:
    """The participants in a clause's first filled role: an entity itself before one that only owns what stands there.

    `asked` leaves out those at whom a thing that is asked for is aimed ("demanded sanctions against Russia").
    `bare` leaves out the owners of things ("demanded Iran's withdrawal" asks nothing of Iran by itself).
    """
    owners: tuple[Link, ...] = ()
    for role in roles:
        if role == "subject":
            chunk = view.subject_chunk(number)
            return view.actors(view.subject(number)) or (view.owners(chunk) if chunk is not None and chunk >= 0 else ())
        places = view.objects(number) if role == "object" else view.with_preposition(number, role)
        if role not in ("object", "subject"):  # "under pressure *from Beijing*" is no role of the verb
            subject = view.subject_chunk(number) or -1
            places = [place for place in places if view.chunks[place].parent < 0 or place > subject]
        if owners and role != "object":  # what hangs on the thing that somebody owns is no role of the verb
            places = [place for place in places if view.chunks[place].parent < 0]
        for place in places:
            found = view.heads(place)
            if found:
                return found
            if view.is_undergone(place):
                owners = owners or view.phrases(place, "durch") or view.phrases(place, "in") or view.possessors(place)
                continue
            owners = owners or (view.collective(place) if bare else view.owners(place))
            if role == "object" and not owners and not bare and not asked:
                owners = next(
                    (
                        found
                        for preposition in ("gegen", "on", "against", "durch", "with", "mit", "by", "from")
                        if (found := tuple(link for link in view.phrases(place, preposition) if view.clause_at(link) == number))
                    ),
                    (),
                )
    return owners


def noun_roles(view: SentenceView, trigger: Trigger) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """Who does what a noun names, and to whom: by what hangs on it, else by the clause in which it stands."""
    chunk = view.chunk_of.get(trigger.place)
    if chunk is None:
        return (), ()
    frame = trigger.frame
    sides = view.phrases(chunk, "between") if view.language == "en" else ()
    if len(sides) > 1 and frame.noun_actor:
        return sides[:1], sides[1:]  # "fighting between rebels and troops"
    actors = view.doers(chunk)
    for role in frame.noun_actor:
        if actors:
            break
        if role == "genitive":
            owned = view.possessors(chunk) if view.language == "en" and "of" in frame.noun_recipient else view.owners(chunk)
            actors = tuple(link for link in owned if not view.names_event(link) and not is_scene(view, link, frame))
        elif role == "possessor":
            actors = tuple(link for link in view.possessors(chunk) if not view.names_event(link) and not is_scene(view, link, frame))
        elif (
            role == "subject"
            and view.language == "de"
            and "objective" not in frame.noun_recipient
            and any(item.genitive and item.parent == chunk for item in view.chunks)
        ):
            continue  # it is somebody else's ("gegen den Besuch *des Dalai Lama*")
        elif (role == "subject" and frame.type in _MATERIAL and in_passing(view, chunk, _explicit(view, chunk, frame, "in"))) or (
            role == "subject"
            and (
                undergoes(view, trigger, chunk)
                or (frame.type == "Assault" and view.clauses[trigger.clause].lemma in view.accusing and view.language == "de")
                or (view.language == "de" and beside(view, chunk) and not _explicit(view, chunk, frame))
            )
        ):
            continue
        elif role == "subject":
            if (
                trigger.clause >= 0
                and view.subject_chunk(trigger.clause) != chunk
                and (view.chunks[chunk].prep not in TEMPORAL or _explicit(view, chunk, frame) or _joint(view, trigger))
            ):
                clause = view.clauses[trigger.clause]
                actors = view.agent(trigger.clause) if clause.passive else view.actors(view.subject(trigger.clause))
        else:
            actors = view.phrases(chunk, role, direct=role == "of")
    if not actors and "objective" in frame.noun_recipient and does(view, trigger, chunk):
        actors = view.actors(view.subject(trigger.clause))
    if trigger.clause >= 0 and view.clauses[trigger.clause].lemma in view.drawing and view.subject_chunk(trigger.clause) != chunk:
        return _drawn(view, trigger, actors)
    if not actors and trigger.clause >= 0 and chunk in view.objects(trigger.clause) and view.clauses[trigger.clause].lemma in view.doing:
        actors = view.actors(view.subject(trigger.clause))
    recipients: tuple[Link, ...] = ()
    if frame.noun_recipient and undergoes(view, trigger, chunk) and view.clauses[trigger.clause].lemma in view.undergoing:
        recipients = view.actors(view.subject(trigger.clause))
        actors = actors or view.phrases(chunk, "from") or fill(view, trigger.clause, ("from",))
    for role in () if recipients else frame.noun_recipient:
        named = view.patients(chunk) if role == "objective" else view.phrases(chunk, role)
        recipients = tuple(link for link in named if link.entity not in {actor.entity for actor in actors[:1]})
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
    if not recipients and trigger.clause >= 0 and chunk in view.objects(trigger.clause) and "mit" in frame.noun_recipient:
        recipients = tuple(link for place in view.with_preposition(trigger.clause, "mit") for link in view.heads(place))
    if view.language == "de":
        actors, recipients = sides_between(view, trigger, chunk, *sent_or_held(view, trigger, chunk, actors, recipients))
        recipients = struck(view, trigger, chunk) or recipients
    told = _told_behind(view, trigger, chunk) if view.language == "en" and not recipients else -1
    if told >= 0:
        recipients = next(
            (found for role in frame.noun_recipient if (found := fill(view, told, (role,)) if role != "objective" else ())), ()
        )
        actors = actors or fill(view, told, ("by",))
    if not recipients and frame.type == "Consult" and view.chunks[chunk].prep == "for" and view.language == "en" and trigger.clause >= 0:
        recipients = tuple(link for role in ("in", "to") for link in fill(view, trigger.clause, (role,)))[:1]  # "in Rome for talks"
    if not recipients and actors and trigger.clause >= 0 and view.language == "en":
        recipients = _met(view, trigger, chunk, actors)
    if frame.symmetric and len(actors) > 1 and not recipients:
        return actors[:1], actors[1:]
    return (actors[:1] if frame.symmetric and recipients else actors), recipients


def _joint(view: SentenceView, trigger: Trigger) -> bool:
    """Whether talks are those of an English clause's several subjects ("Rome and Oman agreed *after talks*")."""
    return view.language == "en" and trigger.frame.symmetric and len(view.actors(view.subject(trigger.clause))) > 1


def _told_behind(view: SentenceView, trigger: Trigger, chunk: int) -> int:
    """The participle right behind an English noun that tells more of it ("sanctions *imposed on Chad by Oman*"), or -1."""
    for number in range(trigger.clause + 1, len(view.clauses)):
        clause = view.clauses[number]
        if clause.kind == "rel" and clause.opener == REDUCED and clause.tokens[0] == view.chunks[chunk].end:
            return number
    return -1


def _met(view: SentenceView, trigger: Trigger, chunk: int, actors: tuple[Link, ...]) -> tuple[Link, ...]:
    """The subject that somebody else's visit or attack comes to ("Rome expects a visit by …", "two Omanis were wounded in a raid")."""
    clause, subject = view.clauses[trigger.clause], view.actors(view.subject(trigger.clause))
    others = tuple(link for link in subject if view.state(link) not in {view.state(actor) for actor in actors})
    visited = trigger.frame.category == "Visit" and chunk in view.objects(trigger.clause)
    harmed = trigger.frame.type == "Assault" and view.chunks[chunk].prep in ("in", "by", "during")
    return others if visited or (harmed and (clause.passive or clause.lemma in view.undergoing)) else ()


def _drawn(view: SentenceView, trigger: Trigger, actors: tuple[Link, ...]) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """Who is behind criticism or resistance that the subject meets with ("drew criticism from Paris", "stieß in Paris auf Kritik")."""
    subject = view.subject_chunk(trigger.clause)
    target = view.actors(view.subject(trigger.clause))
    if not target and subject is not None and subject >= 0:
        target = view.owners(subject) or view.phrases(subject, "by") or view.phrases(subject, "durch")
    sources = tuple(link for link in actors if link.entity not in {item.entity for item in target})
    for preposition in ("from", "bei", "in"):
        sources = sources or fill(view, trigger.clause, (preposition,))
    return sources, target


def _explicit(view: SentenceView, chunk: int, frame: Frame, but: str = "") -> bool:
    """Whether a noun names its partner itself ("beim Treffen mit Kim")."""
    return any(view.phrases(chunk, role) for role in frame.noun_recipient if role != but)
