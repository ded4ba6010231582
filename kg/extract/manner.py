"""Manner: whether a clause tells of something mutual, of nobody in particular, or of relations gone bad."""

from __future__ import annotations

from kg.extract.lexicon import LanguageLexicon
from kg.extract.roles import SentenceView
from kg.extract.triggers import Trigger
from kg.model import Link


def is_nobody(view: SentenceView, number: int) -> bool:
    """Whether a clause's subject is "man" or "one", behind which its speaker stands ("*Man* werde nicht nachgeben, sagte …")."""
    chunk = view.subject_chunk(number)
    return chunk is not None and chunk >= 0 and view.tokens[view.chunks[chunk].head].lower in ("man", "one")


def is_strained(view: SentenceView, trigger: Trigger, lexicon: LanguageLexicon) -> bool:
    """Whether relations are spoken of as bad ones."""
    clause = view.clauses[trigger.clause] if trigger.clause >= 0 else None
    words = (
        {word for place in clause.tokens for word in (view.tokens[place].lemma.casefold(), view.tokens[place].lower)} if clause else set()
    )
    return bool((words | ({clause.lemma} if clause else set())) & lexicon.words("words.strained"))


def is_mutual(view: SentenceView, trigger: Trigger) -> bool:
    """Whether several do something to each other ("werfen einander vor", "accused each other")."""
    words = {view.tokens[place].lower for place in view.clauses[trigger.clause].tokens}
    plain = trigger.frame.type in ("Accuse", "Assault", "Threaten") and "sich" in words
    return plain or bool(words & {"einander", "gegenseitig", "miteinander", "untereinander"}) or {"each", "other"} <= words


def is_state(view: SentenceView, link: Link) -> bool:
    """Whether a link is to a state itself, not to a person or group of one."""
    entity = view.entities.get(link.entity)
    return entity is not None and entity.kind == "state"


def is_threat(view: SentenceView, trigger: Trigger) -> bool:
    """Whether an English sentence says what somebody will do to another side on a condition ("*If* Chad moves, Oman *will strike* it")."""
    clause = view.clauses[trigger.clause]
    if view.language != "en" or not trigger.verb or clause.kind not in ("main", "sub") or clause.opener in ("if", "unless", "until"):
        return False
    named = bool(view.subject(trigger.clause)) and not clause.passive
    beside = (other for number, other in enumerate(view.clauses) if abs(number - trigger.clause) <= 2)
    return named and clause.future and clause.modal in ("will", "shall") and any(other.opener in ("if", "unless") for other in beside)
