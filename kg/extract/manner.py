"""Manner: whether a clause tells of something mutual, of nobody in particular, or of relations gone bad."""

from __future__ import annotations

from kg.extract.lexicon import LanguageLexicon
from kg.extract.roles import SentenceView
from kg.extract.triggers import Trigger


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
