"""Parses: the dependency parse of a sentence, with the labels of whatever pipeline made it turned into a few roles.

Three label sets are read: TIGER's for German, CLEAR's for English (both as spaCy's pipelines use them), and Universal Dependencies.
`kg.extract.shapes` makes clauses and phrases of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kg.extract.gazetteer import Entity
from kg.extract.mentions import Found
from kg.extract.tokens import Token
from kg.terms import Names

ROLES: Final[dict[str, str]] = {
    label: role
    for role, labels in {
        "subject": "sb nsubj csubj",
        "patient": "nsubjpass csubjpass nsubj:pass csubj:pass",  # the subject of a passive
        "expletive": "ep expl expl:pv",
        "object": "oa oa2 og dobj obj",
        "dative": "da iobj dative obl:arg",
        "agent": "sbp agent obl:agent",
        "prepositional": "op",
        "adjunct": "mo prep obl obl:tmod advmod npadvmod nmod:npmod obl:npmod nmod:tmod obl:lmod mnr nmod pobj pcomp amc",
        "predicate": "pd attr acomp oprd sp",
        "genitive": "ag pg poss nmod:poss gmod",
        "clausal": "oc ccomp xcomp rs re",
        "relative": "rc relcl acl:relcl",
        "adverbial": "advcl advcl:relcl",
        "attributive": "acl",
        "conjunct": "cj conj",
        "coordinator": "cd cc cc:preconj preconj",
        "mark": "cp mark",
        "particle": "svp prt compound:prt",
        "auxiliary": "aux",
        "passive": "auxpass aux:pass",
        "copula": "cop",
        "infinitive": "pm",
        "negation": "ng neg",
        "apposition": "app appos",
        "aside": "par parataxis vo vocative dm discourse intj dislocated meta ju",
        "inside": "nk pnc nmc det predet amod compound flat flat:name fixed nummod quantmod nounmod case ac avc adc ams det:poss",
        "root": "root",
    }.items()
    for label in labels.split()
}
"""The role that a label stands for; a label that is not here is no evidence."""


@dataclass(frozen=True, slots=True)
class Parse:
    """On which token each token of a sentence hangs, and as what.

    Attributes
    ----------
    heads : tuple of int
        For each token the place of its head, -1 for a root; following heads always ends at a root.
    roles : tuple of str
        For each token a value of `ROLES`, or empty. A conjunct hangs on the conjunct before it, never on the conjunction.
    """

    heads: tuple[int, ...]
    roles: tuple[str, ...]

    @classmethod
    def of(cls, heads: Sequence[int], labels: Sequence[str]) -> Parse:
        """The parse with labels turned into roles.

        Parameters
        ----------
        heads : sequence of int
            Places of heads, -1 for a root.
        labels : sequence of str
            Dependency labels in any of the three sets, in any case; a subtype that is not known counts as its main type.

        Raises
        ------
        ValueError
            If the two differ in length, a head is no place of a token, or heads go round in a circle.
        """
        if len(heads) != len(labels) or any(not -1 <= head < len(heads) for head in heads):
            raise ValueError("a parse needs one head and one label for each token, each head being a place or -1")
        lower = [label.casefold() for label in labels]
        roles = [ROLES.get(label) or ROLES.get(label.partition(":")[0], "") for label in lower]
        straight = list(heads)
        for place, role in enumerate(roles):
            for _ in range(len(roles)):
                above = straight[place]
                if role != "conjunct" or above < 0 or roles[above] != "coordinator":
                    break
                straight[place] = straight[above]
        made = cls(tuple(straight), tuple("root" if head < 0 else role for head, role in zip(straight, roles, strict=True)))
        made.depths()
        return made

    def depths(self) -> list[int]:
        """How many steps each token is from its root.

        Raises
        ------
        ValueError
            If heads go round in a circle.
        """
        depths = [-1] * len(self.heads)
        for place in range(len(self.heads)):
            path: list[int] = []
            here = place
            while here >= 0 and depths[here] < 0:
                path.append(here)
                if len(path) > len(self.heads):
                    raise ValueError("the heads of a parse go round in a circle")
                here = self.heads[here]
            base = depths[here] if here >= 0 else -1
            for step, passed in enumerate(reversed(path), start=1):
                depths[passed] = base + step
        return depths

    def children(self) -> list[list[int]]:
        """For each token, the places of those that hang on it."""
        below: list[list[int]] = [[] for _ in self.heads]
        for place, head in enumerate(self.heads):
            if head >= 0:
                below[head].append(place)
        return below


@dataclass(frozen=True, slots=True)
class Reading:
    """How an engine reads a sentence: its tokens, and what else it knows.

    Attributes
    ----------
    parse : Parse, optional
        Over the same tokens; where there is none, clauses and roles come from positions.
    names : tuple of (Found, str)
        Names that the engine saw itself, each with the kind of thing it takes it for: `person`, `organisation` or `place`.
    """

    tokens: tuple[Token, ...]
    parse: Parse | None = None
    names: tuple[tuple[Found, str], ...] = ()


def with_names(found: Sequence[Found], names: Sequence[Found]) -> tuple[Found, ...]:
    """The mentions of a sentence together with the names that an engine saw, from left to right and disjoint.

    A mention of something known stays; a name takes the place of what merely looked like one.
    """
    if not names:
        return tuple(found)
    known = [item for item in found if item.entries]
    fresh = [name for name in names if not any(_overlap(name, item) for item in known)]
    guesses = [item for item in found if not item.entries and not any(_overlap(item, name) for name in fresh)]
    return tuple(sorted([*known, *fresh, *guesses], key=lambda item: item.first))


def _overlap(one: Found, other: Found) -> bool:
    return one.first <= other.last and other.first <= one.last


def candidates(names: Iterable[tuple[Found, str]], iris: Names) -> dict[str, Entity]:
    """What an engine takes the names for that the facts do not know: an entity for each candidate, by IRI; the first kind counts."""
    made: dict[str, Entity] = {}
    for found, kind in names:
        text = found.mention.text
        iri = iris.mint("candidate", text)
        made.setdefault(iri, Entity(iri, kind, text, (text,), ("Candidate",)))
    return made
