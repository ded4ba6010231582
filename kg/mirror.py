"""The graph as networkx sees it: every IRI a node, every statement between two IRIs an edge, with the claims behind it.

The mirror is a copy of values; changing it changes no store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from sys import intern

import networkx as nx

from kg.model import Quad
from kg.terms import KG, OWL, PROV, RDF, RDF_TYPE, RDFS, RDFS_LABEL, Names, local_name

DATES = (KG + "date", KG + "start", KG + "end")
SUBCLASS = RDFS + "subClassOf"
STATES = KG + "states"
REVIEW_STATE = KG + "reviewState"
STATEMENT = RDF + "Statement"
LEFT_OUT = ("schema", "provenance")
ACTOR_KINDS = ("state", "person", "organisation", "candidate")
ROLES = {KG + "actor": "actor", KG + "recipient": "recipient", KG + "participant": "participant"}


@dataclass(slots=True)
class _Reading:
    """What one pass over the quads gathers."""

    labels: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    types: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    classes: set[str] = field(default_factory=set)
    parents: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    literals: dict[str, dict[str, set[tuple[str, str]]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    edges: dict[tuple[str, str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    stating: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    accepted: set[str] = field(default_factory=set)
    triples: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    grounds: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def mirror(quads: Iterable[Quad], names: Names) -> nx.MultiDiGraph[str]:
    """The graph as a `networkx.MultiDiGraph`.

    Parameters
    ----------
    quads : iterable of Quad
        All quads of a store, the schema's among them: it gives classes and predicates their labels.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes are IRIs, with `label` (English, else any), `label_de`, `label_ko`, `kind`, `category` (the finest class, by local
        name), `classes` (all of them), `start`, `end` (ISO 8601, as partial as known, or empty) and `literals` (predicate to
        texts with language tags). Edge keys are predicate IRIs; edges carry `label`, `label_de`, `graphs`, `claims` (IRIs of
        the claims that stand behind the edge), `held` (a curator entered or accepted it), `start` and `end`.
        Order of nodes and edges is that of their IRIs. `graph.graph["class_labels"]` gives the schema's labels of each class by
        local name and language.
    """
    reading = _read(quads, names)
    traces = {iri for iri, classes in reading.types.items() if STATEMENT in classes}
    behind = _claims_behind(reading, traces)
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    things = {end for s, _, o in reading.edges for end in (s, o)} | set(reading.types) | set(reading.literals)
    schema_only = things - traces
    for iri in sorted(schema_only):
        graph.add_node(iri, **_node(iri, reading, names))
    graph.graph["class_labels"] = {
        local_name(iri): {tag: texts[tag] for tag in sorted(texts)}
        for iri, texts in sorted(reading.labels.items())
        if iri in reading.classes
    }
    documents = names.graph("document/")
    for (s, p, o), graphs in sorted(reading.edges.items()):
        if s in traces or o in traces:
            continue
        claims = behind.get((s, p, o)) or reading.stating.get(s, set()) if p not in (STATES,) else set()
        drawn = all(name.startswith(documents) or name == names.graph("inferred") for name in graphs)
        held = not drawn or (bool(claims & reading.accepted) if claims else not any(n.startswith(documents) for n in graphs))
        labels = reading.labels.get(p, {})
        node = graph.nodes[s]
        graph.add_edge(
            s,
            o,
            key=p,
            label=labels.get("en", local_name(p)),
            label_de=labels.get("de", local_name(p)),
            graphs=tuple(sorted(graphs)),
            claims=tuple(sorted(claims)),
            held=held,
            start=node["start"],
            end=node["end"],
        )
    return graph


def _read(quads: Iterable[Quad], names: Names) -> _Reading:
    reading = _Reading()
    skip = {names.graph(name) for name in LEFT_OUT}
    schema = names.graph("schema")
    for s, p, o, g, datatype, language in quads:
        subject, predicate = intern(s), intern(p)
        if predicate == RDFS_LABEL and datatype:
            texts = reading.labels[subject]
            if language not in texts or o < texts[language]:
                texts[language] = o
        if g in skip:
            if g == schema and predicate == SUBCLASS:
                reading.parents[subject].add(o)
            elif g == schema and predicate == RDF_TYPE and o == OWL + "Class":
                reading.classes.add(subject)
            continue
        if datatype:
            reading.literals[subject][predicate].add((o, language))
        elif predicate == RDF_TYPE:
            reading.types[subject].add(intern(o))
        else:
            value = intern(o)
            reading.edges[subject, predicate, value].add(intern(g))
            if predicate == STATES:
                reading.stating[value].add(subject)
            elif predicate == REVIEW_STATE and value == KG + "Accepted":
                reading.accepted.add(subject)
            elif predicate in (RDF + "subject", RDF + "predicate", RDF + "object"):
                reading.triples[subject][predicate] = value
            elif predicate == PROV + "wasDerivedFrom":
                reading.grounds[subject].add(value)
    return reading


def _claims_behind(reading: _Reading, traces: set[str]) -> dict[tuple[str, str, str], set[str]]:
    """Claims by the plain triple they stand behind: those that state it, and those that state what a rule made it from."""
    behind: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for iri, parts in reading.triples.items():
        if len(parts) == 3:
            key = (parts[RDF + "subject"], parts[RDF + "predicate"], parts[RDF + "object"])
            if iri in traces:
                for ground in reading.grounds[iri]:
                    behind[key] |= reading.stating.get(ground, set())
            else:
                behind[key].add(iri)
    return behind


def _node(iri: str, reading: _Reading, names: Names) -> dict[str, object]:
    labels = reading.labels.get(iri, {})
    literals = reading.literals.get(iri, {})
    first = {date: min((text for text, _ in literals[date]), default="") if date in literals else "" for date in DATES}
    classes = reading.types.get(iri, set())
    return {
        "label": labels.get("en") or labels.get("") or (labels[min(labels)] if labels else local_name(iri)),
        "label_de": labels.get("de") or labels.get("en") or labels.get("", ""),
        "label_ko": labels.get("ko", ""),
        "kind": names.kind(iri),
        "category": _finest(classes, reading.parents),
        "classes": tuple(sorted(local_name(c) for c in classes)),
        "start": first[KG + "date"] or first[KG + "start"],
        "end": first[KG + "end"] or first[KG + "date"],
        "literals": {p: tuple(sorted(texts)) for p, texts in sorted(literals.items())},
    }


def _finest(classes: set[str], parents: Mapping[str, set[str]]) -> str:
    """The class that is no other's superclass; by name where there are several, ours before others'."""
    above: set[str] = set()
    todo = list(classes)
    while todo:
        for parent in parents.get(todo.pop(), ()):
            if parent not in above:
                above.add(parent)
                todo.append(parent)
    finest = classes - above
    own = sorted(c for c in finest if c.startswith(KG))
    return local_name((own or sorted(finest) or [""])[0])


def actor_network(graph: nx.MultiDiGraph[str], classes: Iterable[str] = ()) -> nx.MultiDiGraph[str]:
    """Who acts upon whom: an edge from each actor of an event to each recipient, keyed by the event.

    Actors of one event that has no recipient (a meeting, an agreement) are linked in both directions.

    Parameters
    ----------
    classes : iterable of str
        Local names of event classes to keep (`"Threaten"`, `"VerbalConflict"`, …), superclasses too; empty keeps all.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes keep their attributes; edges carry `category`, `classes`, `label`, `start`, `end`, `claims` and `held`.
    """
    wanted = set(classes)
    network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for event, roles in _participants(graph):
        node = graph.nodes[event]
        if wanted and wanted.isdisjoint({node["category"], *node["classes"]}):
            continue
        actors, recipients = roles["actor"], roles["recipient"]
        if recipients:
            pairs = [(a, r) for a in actors for r in recipients if a != r]
        else:
            pairs = [(a, b) for a in actors for b in actors if a != b]
        claims = tuple(sorted({claim for _, _, data in graph.out_edges(event, data=True) for claim in data["claims"]}))
        held = any(data["held"] for _, _, data in graph.out_edges(event, data=True))
        for a, b in pairs:
            for end in (a, b):
                network.add_node(end, **graph.nodes[end])
            kept = {name: node[name] for name in ("category", "classes", "label", "start", "end")}
            network.add_edge(a, b, key=event, claims=claims, held=held, **kept)
    return network


def actors_and_events(graph: nx.MultiDiGraph[str]) -> nx.Graph[str]:
    """The bipartite graph of actors (`bipartite` 0) and the events they take part in (1); an edge's `roles` says how."""
    result: nx.Graph[str] = nx.Graph()
    for event, roles in _participants(graph):
        result.add_node(event, bipartite=1, **graph.nodes[event])
        for role, actors in roles.items():
            for actor in actors:
                result.add_node(actor, bipartite=0, **graph.nodes[actor])
                before = result.edges[actor, event]["roles"] if result.has_edge(actor, event) else ()
                result.add_edge(actor, event, roles=(*before, role))
    return result


def speaker_network(graph: nx.MultiDiGraph[str]) -> nx.MultiDiGraph[str]:
    """Who speaks of whom: an edge from a claim's speaker to each participant of the event, keyed by the claim.

    A claim that its document makes in its own voice is spoken by the document.
    """
    network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    participants = dict(_participants(graph))
    for claim, event, predicate in sorted(graph.edges(keys=True)):
        if predicate != STATES or event not in participants:
            continue
        out = {key: o for _, o, key in sorted(graph.out_edges(claim, keys=True))}
        speaker = out.get(KG + "speaker") or out.get(PROV + "wasDerivedFrom")
        if speaker is None:
            continue
        for actor in sorted({a for actors in participants[event].values() for a in actors} - {speaker}):
            for end in (speaker, actor):
                network.add_node(end, **graph.nodes[end])
            status = local_name(out.get(KG + "status", ""))
            network.add_edge(speaker, actor, key=claim, event=event, category=graph.nodes[event]["category"], status=status)
    return network


def _participants(graph: nx.MultiDiGraph[str]) -> Iterable[tuple[str, dict[str, list[str]]]]:
    """Events in order of their IRIs, each with its actors, recipients and other participants, sorted."""
    for event in graph:
        if graph.nodes[event]["kind"] != "event":
            continue
        roles: dict[str, set[str]] = {"actor": set(), "recipient": set(), "participant": set()}
        for _, actor, predicate in graph.out_edges(event, keys=True):
            if predicate in ROLES and graph.nodes[actor]["kind"] in ACTOR_KINDS:
                roles[ROLES[predicate]].add(actor)
        roles["participant"] -= roles["actor"] | roles["recipient"]
        yield event, {role: sorted(actors) for role, actors in roles.items()}
