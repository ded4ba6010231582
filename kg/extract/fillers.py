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
    return view.language == "de" and view.sentence.headline and clause.kind == "main" and only and view.bare(number)[0] == view.chunk_of.get(0)
