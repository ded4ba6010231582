"""German nouns of doing and headlines: who does it and to whom, where neither case nor position tells."""

from __future__ import annotations

from kg.extract.roles import SentenceView
from kg.extract.triggers import Trigger
from kg.model import Link


def sides_between(
    view: SentenceView, trigger: Trigger, chunk: int, actors: tuple[Link, ...], recipients: tuple[Link, ...]
) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """The two sides of a German noun behind "zwischen", also where that stands first ("*zwischen Kenia und Somalia* kam es zu …")."""
    if actors and recipients:
        return actors, recipients
    between = view.phrases(chunk, "zwischen")
    for place in view.with_preposition(trigger.clause, "zwischen") if trigger.clause >= 0 else ():
        between = between or view.heads(place)
    if len(between) == 1 and view.is_group(between[0]):
        between = view.phrases(chunk, "aus")  # "zwischen Soldaten *aus Mali* und Niger"
    return (between[:1], between[1:]) if len(between) > 1 else (actors, recipients)


def struck(view: SentenceView, trigger: Trigger, chunk: int) -> tuple[Link, ...]:
    """Whom an attack hit that a German passive names behind "bei" or "durch" ("Novak wurde *bei einem Angriff* … getötet")."""
    number = trigger.clause
    if trigger.frame.type != "Assault" or number < 0 or view.chunks[chunk].prep not in ("bei", "durch"):
        return ()
    clause = view.clauses[number]
    subject = view.subject_chunk(number)
    if not (clause.passive or clause.lemma in ("sterben", "umkommen")) or subject is None or subject < 0:
        return ()
    return view.heads(subject)


def sent_or_held(
    view: SentenceView, trigger: Trigger, chunk: int, actors: tuple[Link, ...], recipients: tuple[Link, ...]
) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """The parties of a German noun of doing, where what seems to do it undergoes it, or stands behind "aus".

    "Die Entsendung *von Soldaten*" is the clause's subject's, "*seine* Festnahme" his who is arrested, "Kritik *aus Schweden*" Sweden's.
    """
    frame, number = trigger.frame, trigger.clause
    subject = view.subject_chunk(number) if number >= 0 else None
    doer = view.actors(view.subject(number)) if subject is not None and subject != chunk and not view.clauses[number].passive else ()
    if frame.type in ("Mobilize", "Aid") and actors and all(view.is_group(link) for link in actors):
        return doer, recipients
    owned = bool(actors) and all(link.mention.kind == "pronoun" for link in actors)
    if owned and not recipients and "objective" in frame.noun_recipient:
        return tuple(link for link in doer if link.entity not in {actor.entity for actor in actors}), actors
    if frame.type in ("Accuse", "Threaten", "Support", "Request", "Reject") and not (actors and view.chunks[chunk].mods):
        found = view.phrases(chunk, "aus")
        if not found and subject == chunk and view.clauses[number].lemma in ("kommen", "stammen", "drohen"):
            found = tuple(link for place in view.with_preposition(number, "aus") for link in view.heads(place))
        actors = found or actors
    return actors, recipients


def acting(view: SentenceView, trigger: Trigger) -> tuple[Link, ...]:
    """Whose people a German subject without a name of its own speaks of, where they use force ("*malische* Grenzer schossen")."""
    chunk = view.subject_chunk(trigger.clause)
    if view.language != "de" or trigger.frame.type not in ("Assault", "Coerce", "Mobilize") or chunk is None or chunk < 0:
        return ()
    return tuple(link for link in view.possessors(chunk) if link.mention.kind == "adjective")[:1]


def is_bare_passive(view: SentenceView, number: int) -> bool:
    """Whether a German headline leaves out the auxiliary of a passive ("Malische Journalistin in Niger *verhaftet*")."""
    clause = view.clauses[number]
    last = max((place for place in clause.tokens if view.tokens[place].kind != "."), default=-1)
    only = clause.verb == last and len(clause.verbs) == 1 and len(view.bare(number)) == 1
    headline = view.language == "de" and view.sentence.headline and clause.kind == "main"
    return headline and only and view.bare(number)[0] == view.chunk_of.get(0)


def shunned(view: SentenceView, trigger: Trigger, actors: tuple[Link, ...]) -> tuple[Link, ...]:
    """With whom somebody refuses to do a thing ("lehnte es ab, *mit den Rebellen* zu verhandeln")."""
    own = {view.state(link) for link in actors}
    for number in range(trigger.clause + 1, len(view.clauses)):
        clause = view.clauses[number]
        if clause.kind == "inf" and clause.parent == trigger.clause:
            found = [link for place in view.with_preposition(number, "mit") for link in view.heads(place)]
            return tuple(link for link in found if view.state(link) not in own)[:1]
    return ()
