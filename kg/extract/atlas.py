"""Names beyond the facts: the states, bodies and people that a language's lexicon adds to the index as candidates."""

from __future__ import annotations

from typing import Final

from kg.extract.gazetteer import Entity, Knowledge
from kg.extract.lexicon import LanguageLexicon, Named
from kg.extract.nameindex import NameIndex

REGION: Final = "Region"
"""The class of a part of the world: a place, never a participant ("Latin America")."""


def add_names(index: NameIndex, knowledge: Knowledge, lexicon: LanguageLexicon) -> dict[str, Entity]:
    """Add the lexicon's names to an index.

    Parameters
    ----------
    index : NameIndex
        Changed: every name, alias, metonym, demonym and adjective is added to it.

    Returns
    -------
    dict of str to Entity
        The things that the facts do not know, by the IRI of their candidate. What the facts know under the same English name, or a
        person or body that the index already finds by its name, stays what it is in the facts.
    """
    known = {(entity.kind, entity.label): iri for iri, entity in sorted(knowledge.entities.items(), reverse=True)}
    added: dict[str, Entity] = {}
    for named in lexicon.names:
        kind = "place" if named.classed == REGION else named.kind
        iri = known.get((kind, named.label), "") or _found(index, knowledge, named)
        if not iri:
            iri = knowledge.names.mint("candidate", named.label)
            state = iri if named.kind == "state" else ""
            if named.state:
                home = known.get(("state", named.state)) or knowledge.names.mint("candidate", named.state)
                state = home if home in knowledge.entities or home in added else ""
            names = tuple(sorted({named.name, named.label, *named.aliases, *named.metonyms}))
            classes = tuple(item for item in ("State" if named.kind == "state" else "Candidate", named.classed) if item)
            added[iri] = Entity(iri, kind, named.label, names, classes, state, named.gender)
        for kind, phrases in (
            ("name", (named.name,)),
            ("alias", named.aliases),
            ("metonym", named.metonyms),
            ("demonym", named.demonym),
            ("adjective", named.adjective),
        ):
            for phrase in phrases:
                index.add(phrase, iri, kind, short=named.kind == "person" and " " not in phrase)
    return added


def _found(index: NameIndex, knowledge: Knowledge, named: Named) -> str:
    """What the facts already call by the name of a person or body, or empty."""
    words = named.name.split()
    length, entries = index.longest(words, 0)
    if named.kind == "state" or length < len(words):
        return ""
    fitting = [entry.iri for entry in entries if entry.iri in knowledge.entities and knowledge.entities[entry.iri].kind == named.kind]
    return fitting[0] if fitting else ""
