"""Events: the drafts of a sentence, and the demands and complaints that no verb names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from kg.extract.drafts import Draft, Parties, confidence_of, going_on, make_draft
from kg.extract.lexicon import Frame, LanguageLexicon
from kg.extract.roles import SentenceView
from kg.extract.sides import fill
from kg.extract.speech import Said, chain
from kg.extract.status import is_negated
from kg.extract.triggers import Trigger, absorbed_by, noun_ending
from kg.model import Link, Mention

_OWN: Final = frozenset(("Consult", "Sanction", "Assault", "Aid", "Reject", "Coerce"))
"""Types that are events of their own inside the content of another one."""
_WORDS: Final = frozenset(("Support", "Reject", "Accuse", "Request", "Concede"))
"""Types whose content is somebody else's doing, or none at all, unless it has an owner."""
CONDITION: Final = Frame("condition", "Request", "Request", absorbs=True)
"""The frame of a demand that no verb of demanding makes: "must", or "if" behind a promise."""


PROMISE: Final = Frame("promise", "Concede", "Pledge")
"""The frame of what "as" or "wie" says had been announced."""
COMPLAINT: Final = Frame("complaint", "Accuse", "Accuse")


def draft(
    view: SentenceView,
    triggers: Iterable[Trigger],
    said: Said,
    lexicon: LanguageLexicon,
    context: tuple[Link, ...],
    parties: Parties,
) -> list[Draft]:
    """The events that a sentence's triggers speak of, those left out that are only the content of another one.

    Parameters
    ----------
    context : tuple of Link
        The participants of the sentences before, the last one first: the other party where the sentence names only one.
    parties : callable
        Gives the two sides of the known event that a trigger names ("der Singapur-Gipfel"), or nothing.
    """
    ordered = list(triggers)
    absorbed = absorbed_by(view, [item for item in ordered if make_draft(view, item, said, lexicon, context, parties) is not None])
    drafts: list[Draft] = []
    for trigger in ordered:
        if trigger.place in absorbed:
            made = _content(view, make_draft(view, trigger, said, lexicon, (), parties), absorbed[trigger.place])
            if made is None:
                continue
        else:
            made = make_draft(view, trigger, said, lexicon, context, parties)
            for place in sorted(trigger.used) if made is None and view.language == "de" and trigger.verb else ():
                noun = noun_ending(view, place, lexicon)  # the verb's frame asks for more than the noun's ("setzte die Gespräche fort")
                made = made or (make_draft(view, noun, said, lexicon, context, parties) if noun is not None else None)
        if made is not None:
            drafts.append(made)
            if made.category == "Suspension" and made.status == "negated":
                drafts += going_on(view, trigger, said, lexicon, parties)
    drafts += _attributes(view, lexicon)
    drafts += _fronted(view, lexicon)
    drafts += _conditions(view, drafts, lexicon)
    drafts += _promises(view, said, drafts, lexicon)
    drafts += _demands(view, said, lexicon, drafts)
    drafts += _orders(view)
    drafts += _complaints(view, said, lexicon, drafts, context)
    drafts += _charges(view, said, drafts)
    return _distinct(drafts)


def _content(view: SentenceView, made: Draft | None, outer: str) -> Draft | None:
    """What another event is about, where it is an event of its own all the same.

    It names both parties ("Trump's meeting with Kim"), or it is another side's deed that touches whoever speaks of it ("Cuba condemned the
    U.S. embargo"); then that side is told of by the subject.
    """
    if made is None or made.trigger.verb or view.chunk_of.get(made.trigger.place) is None:
        return None
    subject = view.actors(view.subject(made.trigger.clause))[:1]
    sides = {view.state(link) for link in made.actors}
    chunk = view.chunk_of[made.trigger.place]
    owned = bool(made.actors) and {link.entity for link in made.actors} <= {link.entity for link in view.owners(chunk)}
    other = bool(subject) and view.state(subject[0]) not in sides
    if made.recipients and not made.implied:
        own = made.type in _OWN and (owned or (made.type != "Reject" and not (view.language == "en" and outer in _WORDS)))
        return replace(made, teller=subject if other and owned else ()) if own else None
    if not owned or not other or made.type not in ("Sanction", "Reject") or not view.has_state(subject[0]):
        return None
    status = "ongoing" if made.status == "occurred" else made.status
    return replace(made, recipients=(view.side(subject[0]),), teller=subject, status=status, confidence=round(0.8 * made.confidence, 3))


def _attributes(view: SentenceView, lexicon: LanguageLexicon) -> list[Draft]:
    """What the participle before a noun tells, where its doer is named too: "der *vom Sudan finanzierte* Sender"."""
    found = []
    for number, chunk in enumerate(view.chunks):
        actors = view.doers(number)
        if chunk.attribute is None or not actors:
            continue
        noun = view.tokens[chunk.head].lemma.casefold()
        for frame in lexicon.by_verb.get(chunk.attribute.verb, ()):
            if frame.objects and not any(noun.endswith(item) for item in frame.objects):
                continue
            patients = () if frame.objects else view.heads(number) or view.owners(number)
            patients = patients or next((links for role in frame.recipient if (links := view.phrases(number, role))), ())
            if not patients and not frame.objects:
                continue
            token = view.tokens[chunk.attribute.last]
            trigger = Trigger(chunk.attribute.last, view.clause_of.get(chunk.attribute.last, -1), frame, False)
            mention = Mention(token.start, token.end, token.text, "name")
            status = "ongoing" if frame.type in ("Support", "Aid") else "occurred"
            value = confidence_of(trigger, actors, patients, False)
            found.append(Draft(trigger, frame.type, frame.category, actors, patients, status, mention, value))
            break
    return found


def _fronted(view: SentenceView, lexicon: LanguageLexicon) -> list[Draft]:
    """What a German participle before the sentence's verb tells of its subject: "*Unterstützt von Ghana* griff Togo an"."""
    if view.language != "de" or len(view.tokens) < 4 or view.tokens[0].form != "pp" or view.tokens[1].lower not in ("von", "vom"):
        return []
    chunk, clause = view.chunk_of.get(1), view.clauses[0]
    if chunk is None or clause.finite <= view.chunks[chunk].end - 1:
        return []
    actors, patients = view.heads(chunk) or view.owners(chunk), view.actors(view.subject(0))
    frame = next((frame for frame in lexicon.by_verb.get(view.tokens[0].lemma.casefold(), ()) if not frame.objects), None)
    if frame is None or not actors or not patients or "object" not in frame.recipient:
        return []
    token = view.tokens[0]
    trigger = Trigger(0, 0, frame, False)
    status = "ongoing" if frame.type in ("Support", "Aid") else "occurred"
    mention = Mention(token.start, token.end, token.text, "name")
    return [Draft(trigger, frame.type, frame.category, actors, patients, status, mention, confidence_of(trigger, actors, patients, False))]


def _promises(view: SentenceView, said: Said, drafts: list[Draft], lexicon: LanguageLexicon) -> list[Draft]:
    """What a sentence says was announced before ("… nicht aussetzen, wie es Trump angekündigt hatte", "as he had pledged"): a promise.

    Only of what would be a concession: the suspension of an exercise, not an attack.
    """
    found = []
    yielding = {item.trigger.clause for item in drafts if item.type in ("Retreat", "Concede", "Aid", "Agree") and item.trigger.verb}
    for number, clause in enumerate(view.clauses):
        if clause.opener not in ("wie", "as") or clause.lemma not in lexicon.words("words.promising"):
            continue
        actors = view.agent(number) or (view.actors(view.subject(number)) if clause.finite >= 0 and not clause.passive else ())
        if not actors and clause.finite >= 0:  # "wie es Trump angekündigt hatte": the pronoun is no subject
            actors = next((heads for place in view.bare(number) if (heads := view.heads(place))), ())
        matter = next((other for other in range(number - 1, -1, -1) if other in yielding), -1)
        if actors and matter >= 0 and not is_negated(view, number, lexicon):
            token = view.tokens[clause.verb]
            mention = Mention(token.start, token.end, token.text, "name")
            trigger = Trigger(clause.verb, number, PROMISE, True)
            value = confidence_of(trigger, actors, (), False)
            drafts[:] = [item for item in drafts if item.trigger.clause != number or not item.trigger.verb]
            found.append(Draft(trigger, "Concede", "Pledge", actors, (), "occurred", mention, value, matter=matter))
    return found


def _demands(view: SentenceView, said: Said, lexicon: LanguageLexicon, drafts: list[Draft]) -> list[Draft]:
    """What somebody says that somebody else must do: a demand of the speaker."""
    found = []
    for number, clause in enumerate(view.clauses):
        needs = view.language == "en" and clause.lemma == "need" and view.tokens[clause.finite].lower in ("need", "needs")
        if not needs and clause.modal not in lexicon.words("status.deontic"):
            continue
        if clause.verb < 0 or number in said.verbs or clause.kind == "rel":
            continue
        if any(item.trigger.clause == number and item.type == "Threaten" for item in drafts):
            continue
        speakers = view.actors(chain(view, said, number)[:1])
        subject = view.actors(view.subject(number)) or (_addressee(view, said, lexicon, number, speakers) if speakers else ())
        reported = view.tokens[clause.finite].lower in ("müsse", "müssten", "solle", "sollten")
        if (
            not speakers
            or not (subject or (reported and not view.is_medium(speakers[0])))
            or {link.entity for link in speakers} & {link.entity for link in subject}
        ):
            continue
        if subject and subject[0].mention.text.casefold() in ("we", "us", "wir", "i", "ich"):
            continue
        if clause.modal == "sollen" and said.whole and view.tokens[clause.finite].lower in ("soll", "sollen"):
            continue  # "laut einer Zeitung *soll* Oman …"
        if clause.modal == "sollen" and view.tokens[clause.finite].lower in ("soll", "sollen") and clause.perfect:
            continue
        token = view.tokens[clause.verb]
        trigger = Trigger(clause.verb, number, CONDITION, True)
        content = {number, number + 1} if needs and number + 1 < len(view.clauses) and view.clauses[number + 1].kind == "inf" else {number}
        drafts[:] = [item for item in drafts if item.trigger.clause not in content or not item.trigger.verb]
        mention = Mention(token.start, token.end, token.text, "name")
        found.append(
            Draft(
                trigger, "Request", "Request", speakers, subject[:1], "occurred", mention, confidence_of(trigger, speakers, subject, False)
            )
        )
    return found


def _orders(view: SentenceView) -> list[Draft]:
    """English "told Rome to revise its budget": a demand on whoever is told."""
    found = []
    for number, clause in enumerate(view.clauses[:-1]):
        following = view.clauses[number + 1]
        if clause.lemma != "tell" or clause.passive or following.kind != "inf" or following.parent != number:
            continue
        actors, told = view.actors(view.subject(number)), fill(view, number, ("object",), bare=True)
        if actors and told and view.state(actors[0]) != view.state(told[0]):
            token = view.tokens[clause.verb]
            trigger = Trigger(clause.verb, number, CONDITION, True)
            mention = Mention(token.start, token.end, token.text, "name")
            value = confidence_of(trigger, actors, told, False)
            found.append(Draft(trigger, "Request", "Request", actors, told, "occurred", mention, value))
    return found


def _addressee(view: SentenceView, said: Said, lexicon: LanguageLexicon, number: int, speakers: tuple[Link, ...]) -> tuple[Link, ...]:
    """To whom a demand goes that has a thing for its subject ("the sanctions must stay"): who is spoken to, else whom it concerns."""
    chunk = view.subject_chunk(number)
    frame = lexicon.noun_frame(view.tokens[view.chunks[chunk].head].lemma) if chunk is not None and chunk >= 0 else None
    sides = {view.state(link) for link in speakers}
    for saying in said.verbs:
        told = [link for role in ("object", "gegenüber", "to") for link in fill(view, saying, (role,)) if view.state(link) not in sides]
        if told:
            return tuple(told[:1])
    if frame is None or chunk is None:
        owners = view.owners(chunk) if chunk is not None and chunk >= 0 and view.language == "en" else ()
        return tuple(link for link in owners if view.state(link) not in sides)[:1]
    found = [link for role in frame.noun_recipient for link in view.phrases(chunk, role)] or [*view.actors(view.links)]
    return tuple(link for link in found if view.state(link) not in sides and view.has_state(link))[:1]


def _conditions(view: SentenceView, drafts: list[Draft], lexicon: LanguageLexicon) -> list[Draft]:
    """What somebody promises or refuses only if somebody else acts first: a demand on the other."""
    found = []
    for item in drafts:
        if item.type not in ("Concede", "Reject", "Agree") or not item.trigger.verb:
            continue
        for number in range(item.trigger.clause + 1, len(view.clauses)):
            clause = view.clauses[number]
            bare = clause.opener == "ohne" and not any(view.tokens[place].lower == "dass" for place in clause.tokens[:2])
            first = clause.tokens[0]
            proviso = clause.opener == "that" and first > 0 and view.tokens[first - 1].lower in ("condition", "provided", "proviso")
            if (clause.opener not in ("wenn", "if", "falls", "sofern", "unless", "ohne") and not proviso) or bare:
                continue
            subject = tuple(
                link for link in view.actors(view.subject(number)) if view.state(link) not in {view.state(actor) for actor in item.actors}
            )
            if not subject:
                continue
            trigger = Trigger(clause.verb, number, CONDITION, True)
            token = view.tokens[max(clause.verb, clause.tokens[0])]
            mention = Mention(token.start, token.end, token.text, "name")
            value = confidence_of(trigger, item.actors, subject, True)
            found.append(Draft(trigger, "Request", "Request", item.actors, subject[:1], "occurred", mention, value))
            break
    return found


def _complaints(view: SentenceView, said: Said, lexicon: LanguageLexicon, drafts: list[Draft], context: tuple[Link, ...]) -> list[Draft]:
    """What a state's voice says in bad terms of another side, without any word of accusing: an accusation, of low confidence."""
    bad, hoped = lexicon.words("words.negative"), lexicon.words("words.expected")
    for number, clause in enumerate(view.clauses):
        speakers = view.actors(chain(view, said, number)[:1])
        if number in said.verbs or not speakers or view.is_medium(speakers[0]):
            continue
        side = {view.state(link) for link in speakers}
        if any(view.state(link) in side and item.type in ("Accuse", "Threaten", "Reject") for item in drafts for link in item.actors):
            continue
        cue = next(
            (
                place
                for place in clause.tokens
                if (_is_bad(view, place, bad) and not is_negated(view, number, lexicon))
                or (view.tokens[place].lemma.casefold() in hoped and is_negated(view, number, lexicon))
            ),
            None,
        )
        told = [link for saying in said.verbs for role in ("object", "gegenüber", "to") for link in fill(view, saying, (role,))]
        near = (*view.subject(number), *told, *view.links)
        near = tuple(link for link in near if view.preposition(link) not in ("in", "at") and not view.names_event(link))
        rivals = [made for link in near if (made := view.actor(link)) is not None and view.state(made) not in side and view.has_state(made)]
        rivals += [link for link in context if view.state(link) not in side and view.has_state(link)]
        if cue is None or not rivals:
            continue
        token = view.tokens[cue]
        mention = Mention(token.start, token.end, token.text, "name")
        return [
            Draft(Trigger(cue, number, COMPLAINT, False), "Accuse", "Accuse", speakers, (view.side(rivals[0]),), "occurred", mention, 0.5)
        ]
    return []


def _charges(view: SentenceView, said: Said, drafts: list[Draft]) -> list[Draft]:
    """Violence that one side's voice tells of another: German reports it in the subjunctive, as the speaker's accusation."""
    found: list[Draft] = []
    for item in drafts:
        if view.language != "de" or item.type not in ("Assault", "Coerce") or item.status in ("negated", "cancelled"):
            continue
        speakers = view.actors(chain(view, said, item.trigger.clause)[:1])
        if not speakers or view.is_medium(speakers[0]):
            continue
        side = {view.state(link) for link in speakers}
        told = any(other.type in ("Accuse", "Reject") and side & {view.state(link) for link in other.actors} for other in (*drafts, *found))
        if not told and not side & {view.state(link) for link in item.actors}:
            trigger = Trigger(item.trigger.place, item.trigger.clause, COMPLAINT, False)
            value = confidence_of(trigger, speakers, item.actors, False)
            found.append(Draft(trigger, "Accuse", "Accuse", speakers, item.actors[:1], "occurred", item.mention, value))
    return found


def _is_bad(view: SentenceView, place: int, bad: frozenset[str]) -> bool:
    """Whether a word speaks ill of somebody; a noun also as the end of a compound."""
    token = view.tokens[place]
    word = token.lemma.casefold()
    return word in bad or (token.kind in "NEJ" and view.language == "de" and any(word.endswith(item) for item in bad if len(item) > 4))


def _distinct(drafts: list[Draft]) -> list[Draft]:
    """Each event once in a sentence: the surer of two with one type and the same participants."""
    best: dict[tuple[str, frozenset[str]], Draft] = {}
    for item in drafts:
        people = frozenset(link.entity for link in item.actors + item.recipients)
        kind = item.category if item.trigger.verb and item.type in ("Retreat", "Mobilize", "Reject") else item.type
        key = (f"{kind}:{item.status in ('planned', 'negated', 'cancelled')}", people)
        if key not in best or item.confidence > best[key].confidence:
            best[key] = item
    kept = [item for item in best.values() if item.recipients or not any(_fuller(other, item) for other in best.values())]
    return sorted(kept, key=lambda item: item.trigger.place)


def _fuller(other: Draft, item: Draft) -> bool:
    """Whether another draft says the same and names a recipient too."""
    same = {link.entity for link in other.actors} == {link.entity for link in item.actors}
    return bool(other.recipients) and not other.implied and same and other.type == item.type
