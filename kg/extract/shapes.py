"""Shapes: the clauses and phrases of a sentence as its parse has them, in place of what positions tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from kg.extract.chunks import Chunk
from kg.extract.clauses import Clause, describe_verbs
from kg.extract.parses import Parse
from kg.extract.tokens import Token

_OUTSIDE: Final = frozenset(("adjunct", "predicate", "apposition", "aside", "inside", "negation"))
"""Roles in which a bare phrase is neither subject nor object."""
_CASES: Final = {"subject": "nom", "patient": "nom", "object": "acc", "dative": "dat", "genitive": "gen"}
_NO_CLAUSE: Final = frozenset(("inside", "mark", "coordinator", "particle", "infinitive"))
_LIGHT: Final = frozenset(("lassen", "bleiben", "gehen", "helfen", "let"))


@dataclass(slots=True)
class Shape:
    """The form of a sentence as its parse gives it.

    Attributes
    ----------
    subjects : dict of int to int or None
        For each clause its subject's chunk; -1 for a relative pronoun, none where it has no own subject.
    antecedents : dict of int to int
        For a relative clause the chunk that it hangs on.
    relative_objects : set of int
        The relative clauses whose pronoun is an object.
    asides : set of int
        Bare chunks that are neither subject nor object: appositions, predicates, adverbials.
    """

    chunks: list[Chunk] = field(default_factory=list)
    clauses: list[Clause] = field(default_factory=list)
    subjects: dict[int, int | None] = field(default_factory=dict)
    antecedents: dict[int, int] = field(default_factory=dict)
    relative_objects: set[int] = field(default_factory=set)
    asides: set[int] = field(default_factory=set)


def shape_of(tokens: Sequence[Token], chunks: Sequence[Chunk], parse: Parse, language: str) -> Shape:
    """Clauses, and the chunks with cases, attachments and coordination, as a parse has them.

    Parameters
    ----------
    chunks : sequence of Chunk
        As `find_chunks` cuts them; what they stand for is kept.
    """
    shape = Shape()
    chunk_of: dict[int, int] = {}
    for number, chunk in enumerate(chunks):
        for place in range(chunk.start, chunk.end):
            chunk_of.setdefault(place, number)
    _attach(shape, tokens, chunks, chunk_of, parse)
    _clauses(shape, tokens, chunk_of, parse, language)
    return shape


# ---- chunks


def _attach(shape: Shape, tokens: Sequence[Token], chunks: Sequence[Chunk], chunk_of: dict[int, int], parse: Parse) -> None:
    depths = parse.depths()
    for number, chunk in enumerate(chunks):
        words = [place for place in range(chunk.start, chunk.end) if tokens[place].kind != "."] or [chunk.head]
        anchor = min(words, key=lambda place: (depths[place], place))
        role, above, prep = parse.roles[anchor], parse.heads[anchor], chunk.prep
        if not prep and above >= 0 and tokens[above].kind == "P" and above not in chunk_of:
            prep, role, above = tokens[above].lemma.casefold(), parse.roles[above], parse.heads[above]
        governor = chunk_of.get(above, -1)
        governor = -1 if governor == number else governor
        if role == "conjunct" and 0 <= governor < number and prep in ("", shape.chunks[governor].prep):
            first = shape.chunks[governor]
            made = replace(chunk, prep=first.prep, parent=first.parent, genitive=first.genitive, case=first.case, group=first.group)
        elif not role or role == "root":
            made = replace(chunk, prep=prep, group=number)
        elif prep:
            parent = _governed(chunks, chunk, governor, role)
            genitive = parent >= 0 and prep in ("of", "von") and not chunks[parent].heads
            made = replace(chunk, prep=prep, parent=parent, genitive=genitive, group=number)
        else:
            genitive = role == "genitive" and governor >= 0
            parent = governor if genitive or role in ("inside", "apposition") else -1
            made = replace(chunk, case=_CASES.get(role, chunk.case), parent=parent, genitive=genitive, group=number)
            if role in _OUTSIDE:
                shape.asides.add(number)
        shape.chunks.append(made)
    _appositions(shape)
    for number in range(len(shape.chunks)):
        _cut_circle(shape.chunks, number)


def _governed(chunks: Sequence[Chunk], chunk: Chunk, governor: int, role: str) -> int:
    """The chunk on which a prepositional phrase hangs.

    Where the parse hangs it on a verb, it stays with a bare noun directly before it: "führte Gespräche mit Seoul" means talks with
    Seoul, however it is parsed. Not so the agent of a passive, or the object that a verb's own preposition makes.
    """
    if governor >= 0 or role in ("agent", "prepositional") or chunk.parent < 0:
        return governor
    before = chunks[chunk.parent]
    return -1 if before.heads or before.prep else chunk.parent


def _appositions(shape: Shape) -> None:
    """Give a noun that names nobody what the name in apposition to it stands for ("der Machthaber, Kim Jong Un")."""
    for number, chunk in enumerate(shape.chunks):
        parent = chunk.parent
        if number in shape.asides and parent >= 0 and chunk.heads and not chunk.genitive and not shape.chunks[parent].heads:
            shape.chunks[parent] = replace(shape.chunks[parent], heads=chunk.heads)


def _cut_circle(chunks: list[Chunk], number: int) -> None:
    seen = {number}
    here = chunks[number].parent
    while here >= 0 and here not in seen:
        seen.add(here)
        here = chunks[here].parent
    if here == number:
        chunks[number] = replace(chunks[number], parent=-1, genitive=False)


# ---- clauses


def _clauses(shape: Shape, tokens: Sequence[Token], chunk_of: dict[int, int], parse: Parse, language: str) -> None:
    below = parse.children()
    top = _predicates(tokens, parse, below)
    members: dict[int, list[int]] = {}
    for place, token in enumerate(tokens):
        if token.kind != ".":
            members.setdefault(top[place], []).append(place)
    heads = sorted(members, key=lambda head: members[head][0])
    numbers = {head: number for number, head in enumerate(heads)}
    verbs = {head: [place for place in members[head] if _in_group(tokens, parse, top, place, head)] for head in heads}
    for number, head in enumerate(heads):
        first = _first_conjunct(tokens, parse, top, head)
        group = verbs[head]
        if first != head and not any(tokens[place].form == "fin" or tokens[place].kind in "AM" for place in group):
            group = [*(place for place in verbs[first] if tokens[place].kind in "AM"), *group]  # "were discussed and rejected"
        clause = Clause(members[head])
        clause.kind = _kind(tokens, parse, below, first, verbs[first] if first != head else group, members[first])
        clause.opener = _opener(tokens, parse, members[first]) if clause.kind in ("sub", "rel") else ""
        above = parse.heads[first]
        clause.parent = numbers.get(top[above], -1) if above >= 0 and clause.kind != "main" else -1
        describe_verbs(tokens, clause, language, sorted(group))
        particles = [place for member in group for place in below[member] if parse.roles[place] == "particle"]
        if clause.verb >= 0:
            clause.lemma = _lemma(tokens, clause.verb, particles, language)
        inner = [place for member in (head, *group) for place in below[member]]
        if any(parse.roles[place] in ("patient", "passive") for place in inner):
            clause.passive = True
        shape.clauses.append(clause)
        _subject(shape, tokens, chunk_of, parse, number, (first, above), inner)
    for number, head in enumerate(heads):
        first = _first_conjunct(tokens, parse, top, head)
        if first != head and shape.subjects[number] is None:
            shape.subjects[number] = shape.subjects[numbers[first]]
            if numbers[first] in shape.antecedents:
                shape.antecedents.setdefault(number, shape.antecedents[numbers[first]])


def _predicates(tokens: Sequence[Token], parse: Parse, below: list[list[int]]) -> list[int]:
    """For each token, the place of the token that heads its clause."""
    heading = [
        (token.kind in "VAM" and not _joins(tokens, parse, below, place) and (parse.roles[place] not in _NO_CLAUSE or token.form == "fin"))
        or parse.heads[place] < 0
        or any(parse.roles[child] == "copula" for child in below[place])
        for place, token in enumerate(tokens)
    ]
    top = [-1] * len(tokens)
    for place in range(len(tokens)):
        path = []
        here = place
        while top[here] < 0 and not heading[here]:
            path.append(here)
            here = parse.heads[here]
        found = top[here] if top[here] >= 0 else here
        for passed in (*path, here):
            top[passed] = found
    return top


def _joins(tokens: Sequence[Token], parse: Parse, below: list[list[int]], place: int) -> bool:
    """Whether a verb only completes the verb on which it hangs: an auxiliary, or TIGER's participle or infinitive below one."""
    role, above = parse.roles[place], parse.heads[place]
    if role in ("auxiliary", "passive", "copula"):
        return True
    if above < 0 or role != "clausal" or tokens[place].form not in ("pp", "inf"):
        return False
    if tokens[above].kind not in "AM" and tokens[above].lemma.casefold() not in _LIGHT:
        return False
    own = {parse.roles[child] for child in below[place]}
    return not own & {"mark", "infinitive", "subject", "patient"} and not any(tokens[child].kind == "Z" for child in below[place])


def _in_group(tokens: Sequence[Token], parse: Parse, top: list[int], place: int, head: int) -> bool:
    """Whether a verb of a clause belongs to the clause's verb group and is no attribute inside a phrase."""
    if tokens[place].kind not in "VAM" or top[place] != head:
        return False
    here = place
    while here != head:
        if parse.roles[here] not in ("auxiliary", "passive", "copula", "clausal"):
            return False
        here = parse.heads[here]
    return True


def _first_conjunct(tokens: Sequence[Token], parse: Parse, top: Sequence[int], head: int) -> int:
    """The head of the first of the clauses that are coordinated with one."""
    while parse.roles[head] == "conjunct":
        above = parse.heads[head]
        if above < 0 or (tokens[above].kind not in "VAM" and top[above] != above):
            break
        head = top[above]
    return head


def _kind(tokens: Sequence[Token], parse: Parse, below: list[list[int]], head: int, verbs: Sequence[int], members: Sequence[int]) -> str:
    role = parse.roles[head]
    if role in ("root", "aside", "") or (role == "conjunct" and parse.heads[head] < 0):
        return "main"
    finite = any(tokens[place].form == "fin" or tokens[place].kind == "M" for place in verbs)
    if role == "relative" or (role == "attributive" and finite and any(tokens[place].kind == "W" for place in members[:2])):
        return "rel"
    if finite:
        return "sub"
    marked = any(tokens[child].kind == "Z" for place in (head, *verbs) for child in below[place])
    forms = {tokens[place].form for place in verbs}
    return "inf" if marked or forms & {"izu", "inf"} else "part"


def _opener(tokens: Sequence[Token], parse: Parse, members: Sequence[int]) -> str:
    """The conjunction or the relative pronoun of a clause."""
    for place in members[:3]:
        if parse.roles[place] == "mark" or tokens[place].kind in "SWL":
            return tokens[place].lower
    return ""


def _lemma(tokens: Sequence[Token], verb: int, particles: Sequence[int], language: str) -> str:
    """The verb's lemma with its particle: in front of it in German, behind it in English."""
    lemma = tokens[verb].lemma.casefold()
    for place in particles:
        particle = tokens[place].lower
        if language == "de":
            return lemma if lemma.startswith(particle) else particle + lemma
        return f"{lemma} {particle}"
    return lemma


def _subject(
    shape: Shape,
    tokens: Sequence[Token],
    chunk_of: dict[int, int],
    parse: Parse,
    number: int,
    hangs: tuple[int, int],
    inner: Sequence[int],
) -> None:
    """Enter a clause's subject, and what a relative clause or a participle hangs on."""
    clause = shape.clauses[number]
    first, above = hangs
    noun = chunk_of.get(above, -1)
    if clause.kind == "rel" and noun >= 0:
        shape.antecedents[number] = noun
        if any(parse.roles[place] in ("object", "dative") and tokens[place].kind == "W" for place in inner):
            shape.relative_objects.add(number)
    own = [place for place in inner if parse.roles[place] in ("subject", "patient")]
    own = own or [place for place in inner if parse.roles[place] == "expletive"]
    if own:
        place = own[0]
        shape.subjects[number] = -1 if clause.kind == "rel" and tokens[place].kind == "W" else chunk_of.get(place)
    elif clause.kind == "part" and parse.roles[first] == "attributive" and noun >= 0:
        shape.subjects[number] = noun  # "the drills suspended by Washington"
        clause.passive = clause.passive or tokens[clause.verb].form == "pp"
    else:
        shape.subjects[number] = None
