"""Events: the words of a sentence that speak of an event, with who does it to whom, as the lexicon's frames say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from kg.extract.lexicon import Frame, LanguageLexicon
from kg.extract.roles import SentenceView
from kg.extract.speech import Said, chain
from kg.extract.status import is_negated, noun_status, verb_status
from kg.model import Link, Mention

_EVIDENCE: Final = {"verb": 0.55, "noun": 0.45, "subject": 0.12, "recipient": 0.12, "known": 0.1, "implied": -0.15, "pronoun": -0.1, "embedded": -0.05}
"""Weights of the confidence: a base for the trigger, plus or minus what speaks for and against it."""


CONDITION: Final = Frame("condition", "Request", "Request", absorbs=True)
"""The frame of a demand that no verb of demanding makes: "must", or "if" behind a promise."""
COMPLAINT: Final = Frame("complaint", "Accuse", "Accuse")
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


def find_triggers(view: SentenceView, lexicon: LanguageLexicon) -> list[Trigger]:
    """The triggers of a sentence: verbs, then nouns that no verb has used up, from left to right."""
    found: list[Trigger] = []
    used: set[int] = set()
    for number, clause in enumerate(view.clauses):
        for place in [clause.verb, *(other for other in clause.verbs if other != clause.verb)]:
            if place < 0 or view.tokens[place].kind not in "VA":
                continue
            lemma = clause.lemma if place == clause.verb else view.tokens[place].lemma.casefold()
            trigger = _verb_trigger(view, number, place, lemma, lexicon)
            if trigger is not None:
                found.append(trigger)
                used |= trigger.used | {place}
                break
    place = 0
    while place < len(view.tokens):
        trigger = None if place in used else _noun_trigger(view, place, lexicon)
        if trigger is not None:
            found.append(trigger)
        place += trigger.length if trigger else 1
    return sorted(found, key=lambda trigger: trigger.place)


def _verb_trigger(view: SentenceView, number: int, place: int, lemma: str, lexicon: LanguageLexicon) -> Trigger | None:
    names = [lemma, view.tokens[place].lemma.casefold()]
    if view.language == "de":
        names = [*(f"{names[-1]} {preposition}" for preposition in _prepositions(view, number)), *names]
    following = view.tokens[place + 1 : place + 2]
    if view.language == "en" and following:
        names.insert(0, f"{names[1]} {following[0].lower}")
    for name in dict.fromkeys(names):
        for frame in lexicon.by_verb.get(name, ()):
            if not frame.objects:
                if name != lemma and view.language == "de" and " " not in name and name in lemma:
                    continue
                return Trigger(place, number, frame, True)
            nouns = _objects_in(view, number, frame)
            if nouns:
                return Trigger(place, number, frame, True, frozenset(nouns))
    return None


def _prepositions(view: SentenceView, number: int) -> list[str]:
    """The prepositions of a clause, also inside a pronoun ("darauf")."""
    found = [view.chunks[place].prep for place in view.clause_chunks(number) if view.chunks[place].prep]
    found += [view.tokens[place].lower[3:] for place in view.clauses[number].tokens if view.tokens[place].lower.startswith("dar")]
    return sorted(set(found))


def _objects_in(view: SentenceView, number: int, frame: Frame) -> list[int]:
    """The tokens of a clause that are one of a frame's objects, or a German compound that ends in one."""
    found = []
    for place in view.clauses[number].tokens:
        token = view.tokens[place]
        if token.kind not in "NEJRDV":
            continue
        words = {token.lemma.casefold(), token.lower}
        if place:
            words.add(f"{view.tokens[place - 1].lower} {token.lemma.casefold()}")
        ends = view.language == "de" and token.kind == "N"
        if words & set(frame.objects) or ends and any(word.endswith(item) for word in words for item in frame.objects if len(item) > 3):
            found.append(place)
    return found


def _noun_trigger(view: SentenceView, place: int, lexicon: LanguageLexicon) -> Trigger | None:
    tokens = view.tokens
    for length in (3, 2, 1):
        last = place + length - 1
        if last >= len(tokens) or tokens[last].kind not in "NEJ" and not (tokens[last].kind == "V" and tokens[last].text[0].isupper()):
            continue
        words = [*(token.lower for token in tokens[place:last]), tokens[last].lemma.casefold()]
        if length == 1 and tokens[last].kind == "J":
            continue
        phrase = " ".join(words)
        if length > 1 and view.language == "de":
            phrase = " ".join([*(token.lemma.casefold() for token in tokens[place:last]), words[-1]])
            phrase = phrase.replace("gemeinsam ", "gemeinsame ")
        chunk = view.chunk_of.get(last)
        if chunk is not None and view.chunks[chunk].prep in ("in", "laut", "gemäß") and phrase in lexicon.words("speech.nouns"):
            return None
        frame = lexicon.by_noun.get(phrase) if length > 1 else lexicon.noun_frame(phrase) or lexicon.by_noun.get(tokens[last].lower)
        if frame is not None:
            return Trigger(last, view.clause_of.get(last, -1), frame, False, frozenset(range(place, last)), length)
    return None


def draft(view: SentenceView, triggers: Iterable[Trigger], said: Said, lexicon: LanguageLexicon, context: tuple[Link, ...],
          parties: Callable[[Trigger], tuple[Link, ...]]) -> list[Draft]:
    """The events that a sentence's triggers speak of, those left out that are only the content of another one.

    Parameters
    ----------
    context : tuple of Link
        The participants of the sentences before, the last one first: the other party where the sentence names only one.
    parties : callable
        Gives the two sides of the known event that a trigger names ("der Singapur-Gipfel"), or nothing.
    """
    ordered = list(triggers)
    absorbed = _absorbed(view, ordered)
    drafts: list[Draft] = []
    for trigger in ordered:
        if trigger.place in absorbed:
            made = _draft(view, trigger, said, lexicon, (), parties)
            if made is None or not _stands_alone(view, made):
                continue
        else:
            made = _draft(view, trigger, said, lexicon, context, parties)
        if made is not None:
            drafts.append(made)
            if made.category == "Suspension" and made.status == "negated":
                drafts += _going_on(view, trigger, said, lexicon, parties)
    drafts += _conditions(view, drafts, lexicon)
    drafts += _demands(view, said, lexicon, drafts)
    drafts += _complaints(view, said, lexicon, drafts, context)
    return _distinct(drafts)


def _absorbed(view: SentenceView, triggers: list[Trigger]) -> set[int]:
    """The places of triggers that only say what another one is about."""
    found: set[int] = set()
    for outer in triggers:
        if not outer.frame.absorbs or outer.place in found:
            continue
        below = _clauses_below(view, outer.clause)
        subject = view.subject_chunk(outer.clause)
        for inner in triggers:
            if inner is outer or inner.place in found:
                continue
            if inner.clause in below and inner.place > outer.place:
                found.add(inner.place)
            elif inner.clause == outer.clause and not inner.verb:
                chunk = view.chunk_of.get(inner.place)
                aside = chunk is not None and view.chunks[chunk].prep in TEMPORAL | {"in"} and view.chunks[chunk].parent < 0
                if outer.verb and chunk is not None and chunk != subject and not aside:
                    found.add(inner.place)
                elif not outer.verb and inner.place > outer.place and chunk is not None and _hangs(view, chunk, view.chunk_of.get(outer.place)):
                    found.add(inner.place)
    return found


def _hangs(view: SentenceView, chunk: int, on: int | None) -> bool:
    while chunk >= 0:
        if chunk == on:
            return True
        chunk = view.chunks[chunk].parent
    return False


def _clauses_below(view: SentenceView, number: int) -> set[int]:
    """The infinitives and subordinate clauses that hang on a clause, directly or one on the other; relative and conditional ones left out."""
    below: set[int] = set()
    for child in range(number + 1, len(view.clauses)):
        clause = view.clauses[child]
        if clause.parent == number or clause.parent in below:
            if clause.kind in ("inf", "part") or clause.kind == "sub" and clause.opener in ("dass", "daß", "ob", "that", "whether", ""):
                below.add(child)
    return below


def _stands_alone(view: SentenceView, made: Draft) -> bool:
    """Whether what another event is about is an event of its own all the same: a meeting that names both parties."""
    chunk = view.chunk_of.get(made.trigger.place)
    both = bool(made.actors and made.recipients) and not made.implied
    return both and made.type == "Consult" and made.trigger.frame.category in ("Meeting", "Summit") and chunk is not None


def _draft(view: SentenceView, trigger: Trigger, said: Said, lexicon: LanguageLexicon, context: tuple[Link, ...],
           parties: Callable[[Trigger], tuple[Link, ...]]) -> Draft | None:
    frame = trigger.frame
    if trigger.verb and trigger.clause in said.verbs and frame.type not in ("Accuse", "Reject", "Threaten", "Request", "Concede", "Support"):
        if frame.category == "Talks":
            return None
    actors, recipients = _verb_roles(view, trigger) if trigger.verb else _noun_roles(view, trigger)
    own = {view.state(actor) for actor in actors}
    if frame.category == "SanctionsRelief" and actors and recipients and {view.state(link) for link in recipients} <= own:
        return None  # whoever is under sanctions cannot lift them
    recipients = tuple(link for link in recipients if view.state(link) not in own or frame.type in ("Coerce", "Assault", "Consult", "Support", "Accuse"))
    recipients = tuple(link for link in recipients if link.entity not in {actor.entity for actor in actors})
    if not actors and trigger.verb and view.subject_chunk(trigger.clause) is None and frame.type in ("Consult",):
        return None
    status = verb_status(view, trigger.clause, frame.type, lexicon) if trigger.verb else noun_status(view, trigger.place, frame.type, lexicon)
    event_type, category = frame.type, frame.category
    if frame.status and status == "occurred":
        status = frame.status
    if status == "negated" and frame.negated and trigger.verb and _refuses(view, trigger, said, lexicon):
        event_type, category, status = frame.negated, frame.negated, "occurred"
    sides = parties(trigger) if not (trigger.verb or actors and recipients) else ()
    if len(sides) == 2:
        near = {view.state(link) for link in actors}
        if near <= {view.state(link) for link in sides}:
            actors, recipients = (sides[:1], sides[1:]) if not near or view.state(sides[0]) in near else (sides[1:], sides[:1])
    if not actors and recipients and frame.symmetric and len(recipients) > 1:
        actors, recipients = recipients[:1], recipients[1:]
    if frame.symmetric and len(actors) > 1 and not recipients:
        actors, recipients = actors[:1], actors[1:]
    implied = False
    if actors and not recipients and (frame.counterpart in ("other", "sentence") or event_type != frame.type):
        recipients = _other(view, trigger, actors, said)
        implied = bool(recipients)
        if not recipients and frame.counterpart == "other":
            others = (link for link in context if view.state(link) not in {view.state(actor) for actor in actors} and view.has_state(link))
            recipients = tuple(view.side(link) for link in others)[:1]
            implied = bool(recipients)
    if not recipients and frame.counterpart == "explicit":
        return None
    if not actors and event_type in ("Sanction",) and recipients:
        return None
    if not actors:
        return None
    token = view.tokens[trigger.place]
    mention = Mention(token.start, token.end, token.text, "name")
    return Draft(trigger, event_type, category, actors, recipients, status, mention, _confidence(trigger, actors, recipients, implied), implied)


def _refuses(view: SentenceView, trigger: Trigger, said: Said, lexicon: LanguageLexicon) -> bool:
    """Whether a negated verb is a refusal: it concerns the future or the will, or is said by the subject itself."""
    clause = view.clauses[trigger.clause]
    speakers = chain(view, said, trigger.clause)
    own = bool(speakers) and bool({view.state(link) for link in speakers} & {view.state(link) for link in view.subject(trigger.clause)})
    return bool(clause.future or clause.modal in ("wollen", "will", "would", "want", "mögen", "möchten") or trigger.frame.category == "Concede" or own)


def _confidence(trigger: Trigger, actors: tuple[Link, ...], recipients: tuple[Link, ...], implied: bool) -> float:
    value = _EVIDENCE["verb" if trigger.verb else "noun"]
    value += _EVIDENCE["subject"] if actors else 0.0
    value += _EVIDENCE["recipient"] if recipients else 0.0
    value += _EVIDENCE["implied"] if implied else 0.0
    if any(link.mention.kind == "pronoun" for link in actors + recipients):
        value += _EVIDENCE["pronoun"]
    weakest = min((link.confidence for link in actors + recipients), default=1.0)
    return round(max(0.05, min(0.95, value * (0.5 + 0.5 * weakest))), 3)


def _verb_roles(view: SentenceView, trigger: Trigger) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    number = trigger.clause
    clause = view.clauses[number]
    frame = trigger.frame
    if clause.passive and trigger.place == clause.verb:
        patient = view.subject(number)
        if not patient and (chunk := view.subject_chunk(number)) is not None and chunk >= 0:
            patient = view.owners(chunk)
        return view.agent(number), patient if "object" in frame.recipient else _fill(view, number, frame.recipient)
    actors = view.actors(view.subject(number)) if "subject" in frame.actor else ()
    if not actors:
        actors = _fill(view, number, tuple(item for item in frame.actor if item != "subject"))
    return actors, _fill(view, number, frame.recipient)


def _fill(view: SentenceView, number: int, roles: tuple[str, ...]) -> tuple[Link, ...]:
    """The participants in a clause's first filled role: an entity itself before one that only owns what stands there."""
    owners: tuple[Link, ...] = ()
    for role in roles:
        places = view.objects(number) if role == "object" else view.with_preposition(number, role)
        for place in places:
            found = view.heads(place)
            if found:
                return found
            owners = owners or view.owners(place) or (() if role != "object" else view.phrases(place, "gegen") or view.phrases(place, "on"))
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
        elif role == "subject":
            if trigger.clause >= 0 and view.subject_chunk(trigger.clause) != chunk and (view.chunks[chunk].prep not in TEMPORAL or _explicit(view, chunk, frame)):
                clause = view.clauses[trigger.clause]
                actors = view.agent(trigger.clause) if clause.passive else view.actors(view.subject(trigger.clause))
        else:
            actors = view.phrases(chunk, role)
    recipients: tuple[Link, ...] = ()
    for role in frame.noun_recipient:
        recipients = tuple(link for link in view.phrases(chunk, role) if link.entity not in {actor.entity for actor in actors[:1]})
        if recipients:
            break
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
        if (made := view.actor(link)) is not None and view.state(made) not in sides and not view.is_medium(link) and not view.names_event(link)
        and not view.is_place(link)
    ]
    rivals.sort(key=lambda link: (not view.has_state(link), link.mention.kind == "adjective", abs(link.mention.start - here)))
    return tuple(view.side(link) for link in rivals[:1])


def _demands(view: SentenceView, said: Said, lexicon: LanguageLexicon, drafts: list[Draft]) -> list[Draft]:
    """What somebody says that somebody else must do: a demand of the speaker."""
    found = []
    for number, clause in enumerate(view.clauses):
        if clause.modal not in lexicon.words("status.deontic") or clause.verb < 0 or number in said.verbs:
            continue
        speakers = view.actors(chain(view, said, number)[:1])
        subject = view.actors(view.subject(number)) or (_addressee(view, said, lexicon, number, speakers) if speakers else ())
        if not speakers or not subject or {link.entity for link in speakers} & {link.entity for link in subject}:
            continue
        if clause.modal == "sollen" and view.tokens[clause.finite].lower in ("soll", "sollen") and clause.perfect:
            continue
        token = view.tokens[clause.verb]
        trigger = Trigger(clause.verb, number, CONDITION, True)
        drafts[:] = [item for item in drafts if item.trigger.clause != number or not item.trigger.verb]
        mention = Mention(token.start, token.end, token.text, "name")
        found.append(Draft(trigger, "Request", "Request", speakers, subject[:1], "occurred", mention, _confidence(trigger, speakers, subject, False)))
    return found


def _addressee(view: SentenceView, said: Said, lexicon: LanguageLexicon, number: int, speakers: tuple[Link, ...]) -> tuple[Link, ...]:
    """To whom a demand goes that has a thing for its subject ("the sanctions must stay"): who is spoken to, else whom the thing concerns."""
    chunk = view.subject_chunk(number)
    frame = lexicon.noun_frame(view.tokens[view.chunks[chunk].head].lemma) if chunk is not None and chunk >= 0 else None
    if frame is None or chunk is None:
        return ()
    sides = {view.state(link) for link in speakers}
    for saying in said.verbs:
        told = [link for role in ("object", "gegenüber", "to") for link in _fill(view, saying, (role,))]
        if told:
            return tuple(told[:1])
    found = [link for role in frame.noun_recipient for link in view.phrases(chunk, role)] or [*view.actors(view.links)]
    return tuple(link for link in found if view.state(link) not in sides and view.has_state(link))[:1]


def _going_on(view: SentenceView, trigger: Trigger, said: Said, lexicon: LanguageLexicon, parties: Callable[[Trigger], tuple[Link, ...]]) -> list[Draft]:
    """An exercise that is not suspended goes on."""
    for place in sorted(trigger.used):
        noun = _noun_trigger(view, place, lexicon)
        if noun is not None and noun.frame.category == "MilitaryExercise":
            made = _draft(view, noun, said, lexicon, (), parties)
            return [] if made is None else [replace(made, status="ongoing", confidence=round(made.confidence * 0.9, 3))]
    return []


def _conditions(view: SentenceView, drafts: list[Draft], lexicon: LanguageLexicon) -> list[Draft]:
    """What somebody promises or refuses only if somebody else acts first: a demand on the other."""
    found = []
    for item in drafts:
        if item.type not in ("Concede", "Reject", "Agree") or not item.trigger.verb:
            continue
        for number in range(item.trigger.clause + 1, len(view.clauses)):
            clause = view.clauses[number]
            bare = clause.opener == "ohne" and not any(view.tokens[place].lower == "dass" for place in clause.tokens[:2])
            if clause.opener not in ("wenn", "if", "falls", "sofern", "unless", "ohne") or bare:
                continue
            subject = tuple(link for link in view.actors(view.subject(number)) if view.state(link) not in {view.state(actor) for actor in item.actors})
            if not subject:
                continue
            trigger = Trigger(clause.verb, number, CONDITION, True)
            token = view.tokens[max(clause.verb, clause.tokens[0])]
            mention = Mention(token.start, token.end, token.text, "name")
            value = _confidence(trigger, item.actors, subject, True)
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
                if any(view.tokens[place].lemma.casefold().endswith(word) for word in bad) and not is_negated(view, number, lexicon)
                or view.tokens[place].lemma.casefold() in hoped and is_negated(view, number, lexicon)
            ),
            None,
        )
        near = (*view.subject(number), *view.links)
        rivals = [made for link in near if (made := view.actor(link)) is not None and view.state(made) not in side and view.has_state(made)]
        rivals += [link for link in context if view.state(link) not in side and view.has_state(link)]
        if cue is None or not rivals:
            continue
        token = view.tokens[cue]
        mention = Mention(token.start, token.end, token.text, "name")
        return [Draft(Trigger(cue, number, COMPLAINT, False), "Accuse", "Accuse", speakers, (view.side(rivals[0]),), "occurred", mention, 0.35)]
    return []


def _distinct(drafts: list[Draft]) -> list[Draft]:
    """Each event once in a sentence: the surer of two with one type and the same participants."""
    best: dict[tuple[str, frozenset[str]], Draft] = {}
    for item in drafts:
        people = frozenset(link.entity for link in item.actors + item.recipients)
        key = (f"{item.type}:{item.status in ('planned', 'negated', 'cancelled')}", people)
        if key not in best or item.confidence > best[key].confidence:
            best[key] = item
    return sorted(best.values(), key=lambda item: item.trigger.place)
