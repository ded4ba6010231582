"""Status: whether what is spoken of occurred, goes on, is planned, cancelled, negated, or only possible."""

from __future__ import annotations

from typing import Final

from kg.extract.lexicon import LanguageLexicon
from kg.extract.roles import SentenceView

_ONLY: Final = frozenset(("nur", "only", "just", "bloß", "allein"))
_AHEAD: Final = frozenset(("kommend", "next", "nächst", "demnächst", "soon", "bald", "tomorrow"))
_WHERE: Final = frozenset(("in", "at", "during", "after", "since", "following", "as", "over", "because", "despite", "amid"))
"""English prepositions before a noun that says where or when something was planned."""
_WISHES: Final = frozenset(("want", "expect", "seek", "need", "require", "insist", "demand", "favour", "favor", "advocate"))
"""English verbs of asking that speak of a lasting wish."""
_FEW: Final = frozenset(("wenig", "little", "few"))
_STANDING: Final = frozenset(("Sanction", "Mobilize", "Reject", "AllyOf", "Request"))
"""Types that a present tense shows as going on."""


def words_of(view: SentenceView, places: list[int] | range) -> list[str]:
    """Texts and lemmas in lower case of some tokens, in order."""
    found: list[str] = []
    for place in places:
        token = view.tokens[place]
        if token.text == "May" and token.kind != "M":
            continue  # the month
        found.append(token.lower)
        if token.lemma.casefold() != token.lower:
            found.append(token.lemma.casefold())
    return found


def is_negated(view: SentenceView, number: int, lexicon: LanguageLexicon) -> bool:
    """Whether a clause's verb is negated; "not only" is no negation, "without" concerns its own phrase only."""
    negation = lexicon.words("status.negation")
    clause = view.clauses[number]
    first = clause.tokens[0]
    if [token.lower for token in view.tokens[max(0, first - 2) : first]] == ["no", "way"]:
        return True
    if clause.kind == "inf" and view.language == "en" and first and view.tokens[first - 1].kind == "X":
        return True
    if clause.kind == "part" and first and view.tokens[first - 1].lower == "without":
        return True
    for position, place in enumerate(clause.tokens):
        token = view.tokens[place]
        word = token.lemma.casefold() if token.kind in "DX" else token.lower
        if (word not in negation and token.lower not in negation) or (token.kind in "PS" and position > 0):
            continue
        if token.lower in _FEW and token.kind not in "DJ":
            continue
        following = view.tokens[place + 1].lower if place + 1 < len(view.tokens) else ""
        if token.kind == "X" and place + 1 < len(view.tokens) and view.tokens[place + 1].kind == "Z" and view.language == "en":
            continue  # it belongs to the infinitive ("warned them not to …")
        if following in _ONLY or token.lower in ("ohne", "without", "statt", "anstatt", "instead"):
            continue
        return True
    return False


def verb_status(view: SentenceView, number: int, event_type: str, lexicon: LanguageLexicon) -> str:
    """The status of what a clause's verb speaks of."""
    clause = view.clauses[number]
    words = set(words_of(view, [place for place in clause.tokens if view.tokens[place].kind != "J"]))
    planning = {view.tokens[place].lemma.casefold() for place in clause.verbs if place <= clause.verb}
    if is_negated(view, number, lexicon):
        return "negated"
    if clause.lemma in lexicon.words("status.cancel_verbs") and event_type == "Consult":
        return "cancelled"
    governed = governing(view, number, lexicon)
    if governed:
        return governed
    if _heads_plan(view, number):
        return "planned"  # "Greek premier to visit Turkey"
    if clause.opener in lexicon.words("status.conditional"):
        return "possible"
    reported = clause.parent >= 0 and view.clauses[clause.parent].lemma in lexicon.words("speech.verbs")
    if clause.modal in ("können", "dürfen", "mögen", "could", "may", "might", "can") or words & lexicon.words("status.possible") - {
        "würde",
        "würden",
        "would",
    }:
        return "possible"
    if clause.modal in ("wollen", "want"):
        return "planned" if event_type == "Consult" else "possible"
    if event_type == "Consult" and set(words_of(view, clause.tokens)) & _AHEAD:
        return "planned"
    if words & {"würde", "würden", "would"} and not clause.passive:
        return "planned" if reported else "possible"
    if (
        clause.future
        or clause.modal in ("will", "would", "shall")
        or planning & lexicon.words("status.plan_verbs") - {"ankündigen", "announce"} - {clause.lemma}
    ):
        return "planned"
    lasting = set(words_of(view, [place for place in clause.tokens if view.tokens[place].kind not in "JN"])) & lexicon.words(
        "status.ongoing"
    )
    if lasting or (view.tokens[clause.verb].form == "ing" and clause.kind == "main"):
        return "ongoing"
    return tense(view, number, event_type)


def _heads_plan(view: SentenceView, number: int) -> bool:
    """Whether an English clause is an infinitive of its own, as headlines have it."""
    clause = view.clauses[number]
    alone = clause.parent < 0 or view.clauses[clause.parent].verb < 0
    return view.language == "en" and alone and clause.finite < 0 and clause.verb > 0 and view.tokens[clause.verb - 1].kind == "Z"


def governing(view: SentenceView, number: int, lexicon: LanguageLexicon, depth: int = 0) -> str:
    """The status that a verb of hoping, fearing or planning above a clause gives it, or empty."""
    clause = view.clauses[number]
    if clause.kind == "part" and clause.parent >= 0 and _intended(view, clause.tokens[0], lexicon):
        return "negated" if is_negated(view, clause.parent, lexicon) else "planned"
    if clause.parent < 0 or depth > 3 or clause.kind not in ("sub", "inf"):
        return ""
    if view.language == "en" and clause.kind == "sub" and clause.opener not in ("", "that", "whether", "if"):
        return ""
    above = view.clauses[clause.parent]
    words = set(words_of(view, above.tokens))
    first = clause.tokens[0]
    if clause.kind == "inf" and view.language == "en" and first > 1 and view.tokens[first].kind == "Z":
        near = view.tokens[first - 1]
        before = first - 2 if near.kind == "R" or near.lower in lexicon.words("status.planned") else first - 1
        if view.tokens[before].lemma == "be":
            return "planned"  # "are also to meet", "is due to arrive"
    if clause.kind == "inf" and is_negated(view, clause.parent, lexicon):
        return "negated"
    if clause.kind == "inf" and above.passive and above.lemma in ("expect", "erwarten"):
        return "planned"  # "is expected to visit"
    if above.lemma in lexicon.words("status.hope_verbs") | lexicon.words("status.doubt_verbs") or (
        clause.kind == "sub" and words & (lexicon.words("status.possible") - {"würde", "würden", "would", "wohl"})
    ):
        return "possible"
    if above.lemma in lexicon.words("status.plan_verbs"):
        return "planned"
    return governing(view, clause.parent, lexicon, depth + 1)


def _intended(view: SentenceView, first: int, lexicon: LanguageLexicon) -> bool:
    """Whether a gerund hangs on a noun of planning ("no intention *of leaving*")."""
    if first < 2 or view.tokens[first - 1].lower not in ("of", "for", "in"):
        return False
    return view.tokens[first - 2].lemma.casefold() in lexicon.words("status.planned") | {"interest", "idea", "hope"}


def tense(view: SentenceView, number: int, event_type: str) -> str:
    """`ongoing` for a standing matter in the present tense, else `occurred`."""
    clause = view.clauses[number]
    if clause.perfect or clause.passive or view.sentence.headline or clause.finite < 0 or event_type not in _STANDING:
        return "occurred"
    token = view.tokens[clause.finite]
    if view.language == "en" and event_type == "Request" and clause.lemma not in _WISHES:
        return "occurred"
    if view.language == "en":
        present = token.pos in ("VVZ", "VVB", "VBZ", "VBB")
    else:
        present = token.kind in "VM" and _is_present(token.lower, token.lemma)
    return "ongoing" if present else "occurred"


def _is_present(word: str, lemma: str) -> bool:
    """Whether a German finite form looks like the present: the infinitive's stem with a present ending, and no preterite -te-."""
    stem = lemma.casefold().removesuffix("en").removesuffix("n")
    if word.endswith(("te", "ten", "tet", "test")) and not stem.endswith("t"):
        return False
    if word in (stem + "t", stem + "et", stem + "en", stem + "n", lemma.casefold(), stem + "e"):
        return True
    changed = word.replace("ä", "a").replace("ie", "e").replace("i", "e")  # hält, sieht, gibt
    plain = stem.replace("ie", "e").replace("i", "e")
    return changed in (plain + "t", plain) and word.endswith("t") and word != stem


def noun_status(view: SentenceView, place: int, event_type: str, lexicon: LanguageLexicon) -> str:
    """The status of what a noun at a place speaks of, by its own phrase first, then by its clause."""
    chunk_number = view.chunk_of.get(place)
    clause_number = view.clause_of.get(place, -1)
    inside: list[str] = []
    if chunk_number is not None:
        chunk = view.chunks[chunk_number]
        inside = words_of(view, range(chunk.start, chunk.end))
    own = set(inside)
    if chunk_number is not None and _is_none(view, chunk_number, lexicon):
        return "negated"
    if own & lexicon.words("status.negation"):
        return "negated"
    if own & lexicon.words("status.cancelled"):
        return "cancelled"
    if clause_number >= 0:
        clause = view.clauses[clause_number]
        if clause.lemma in lexicon.words("status.cancel_verbs") and event_type in ("Consult", "Mobilize"):
            return "cancelled" if not is_negated(view, clause_number, lexicon) else "planned"
    if own & lexicon.words("status.planned"):
        return "planned"
    if own & lexicon.words("status.possible"):
        return "possible"
    if own & lexicon.words("status.ongoing"):
        return "ongoing"
    if clause_number < 0:
        return "occurred"
    return _noun_in_clause(view, clause_number, event_type, lexicon, chunk_number)


def _is_none(view: SentenceView, number: int, lexicon: LanguageLexicon) -> bool:
    """Whether a phrase hangs on one that is denied ("*keine Beweise* für eine Einmischung")."""
    parent = view.chunks[number].parent
    while parent >= 0:
        chunk = view.chunks[parent]
        if view.tokens[chunk.start].kind == "D" and set(words_of(view, [chunk.start])) & lexicon.words("status.negation"):
            return True
        parent = chunk.parent
    return False


def _noun_in_clause(view: SentenceView, number: int, event_type: str, lexicon: LanguageLexicon, chunk: int | None) -> str:
    clause = view.clauses[number]
    words = set(words_of(view, clause.tokens))
    governs = chunk is not None and not view.chunks[chunk].prep
    governed = governing(view, number, lexicon)
    if governed:
        return governed
    if _heads_plan(view, number):
        return "planned"  # "Oman, Chad to hold talks"
    if clause.opener in lexicon.words("status.conditional"):
        return "possible"
    ahead = [place for place in clause.verbs if view.language == "de" or chunk is None or place < view.chunks[chunk].head]
    planning = {view.tokens[place].lemma.casefold() for place in ahead} & lexicon.words("status.plan_verbs") - {"ankündigen", "announce"}
    if view.language == "en" and chunk is not None and view.chunks[chunk].prep in _WHERE:
        planning = set()
    if planning and is_negated(view, number, lexicon):
        return "negated"
    if clause.future or planning or words & {"plan", "pläne", "plans"}:
        return "planned"
    if clause.lemma in lexicon.words("status.hope_verbs") or (
        view.language == "en" and clause.lemma in lexicon.words("status.doubt_verbs")
    ):
        return "possible"
    if clause.modal in (
        "wollen",
        "können",
        "could",
        "may",
        "might",
        "müssen",
        "dürfen",
    ):
        return "possible"
    if governs and is_negated(view, number, lexicon):
        return "negated"
    if words & lexicon.words("status.possible"):
        return "possible"
    if event_type in ("Accuse", "Request", "Concede", "Agree"):
        return "occurred"
    if words & lexicon.words("status.ongoing") or event_type in ("Sanction", "Mobilize", "AllyOf"):
        return "ongoing"
    return "occurred"
