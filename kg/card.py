"""A card: what the graph says of one thing, gathered for reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from kg.store.base import QuadStore
from kg.store.names import labels
from kg.terms import KG, local_name

FIGURES = (
    "date start end founded dissolved birthDate deathDate symbol vote instrumentStatus publisher creator issued language license"
).split()


PARTS = (
    "actor recipient participant place about partOf resultedIn underLeadershipOf issuer target trigger party signatory "
    "ofState partOfBody seat inState capital runBy leadsState subject object category imposedBy promises"
).split()


@dataclass(frozen=True, slots=True)
class Post:
    """A post that somebody held."""

    holder: str
    post: str
    body: str
    start: str
    end: str
    leads: bool


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of which the thing is a part; `role` is a property's local name."""

    iri: str
    label: str
    category: str
    role: str
    date: str
    end: str
    place: str
    status: str
    curated: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """A claim with all that backs it."""

    iri: str
    event: str
    category: str
    actors: tuple[str, ...]
    recipients: tuple[str, ...]
    about: tuple[str, ...]
    status: str
    speakers: tuple[str, ...]
    quote: str
    document: str
    publisher: str
    date: str
    confidence: float
    review: str


@dataclass(frozen=True, slots=True)
class Card:
    """What the graph says of one thing."""

    iri: str
    labels: dict[str, str]
    names: tuple[tuple[str, str, str], ...]
    """Other names as (property, language, text)."""
    classes: tuple[str, ...]
    figures: tuple[tuple[str, str], ...]
    descriptions: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    """Who and what belongs to it: property (in the language asked for) and labels."""
    posts: tuple[Post, ...]
    relations: tuple[tuple[str, str, str], ...]
    """Lasting ties as (what, with whom, since–until)."""
    happenings: tuple[Happening, ...]
    evidence: tuple[Evidence, ...]
    sources: tuple[str, ...]
    checked: str

    @property
    def label(self) -> str:
        """The English label, else any."""
        return self.labels.get("en") or next(iter(self.labels.values()), local_name(self.iri))


def card(store: QuadStore, iri: str, language: str = "en") -> Card:
    """Gather what a store says of a thing.

    Parameters
    ----------
    iri : str
        The thing's IRI, known to be in the store.
    language : str
        The language of labels; English where there is none.
    """
    facts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for predicate, value, tag in store.select(f"SELECT ?p ?o (LANG(?o) AS ?l) WHERE {{ <{iri}> ?p ?o }} ORDER BY ?p ?l ?o"):
        if (value, tag) not in facts[local_name(predicate)]:
            facts[local_name(predicate)].append((value, tag))
    other = ("officialName", "altLabel", "metonym", "demonym", "adjective", "title", "roleReference")
    return Card(
        iri=iri,
        labels={tag or "": text for text, tag in reversed(facts["label"] or facts["title"])},
        names=tuple((name, tag, text) for name in other for text, tag in facts[name]),
        classes=_classes(store, iri, language),
        figures=tuple((name, text) for name in FIGURES for text, tag in facts[name] if tag in ("", language)),
        descriptions=tuple(
            (name, text)
            for name in ("description", "outcome", "commitment", "provision", "note", "editorialNote")
            for text, tag in facts[name]
            if tag in ("", language, "en")
        ),
        parts=tuple(_linked(store, iri, language)),
        posts=tuple(_posts(store, iri, language)),
        relations=tuple(_relations(store, iri, language)),
        happenings=tuple(_happenings(store, iri, language)),
        evidence=tuple(_evidence(store, iri, language)),
        sources=tuple(_titles(store, [text for text, _ in facts["source"]])),
        checked=local_name(facts["verification"][0][0]) if facts["verification"] else "",
    )


def _rows(store: QuadStore, sparql: str, language: str, named: Collection[int]) -> list[tuple[str, ...]]:
    """The rows of a SELECT, with labels for the IRIs in some columns: looked up together, since an OPTIONAL a label is slow in bulk."""
    rows = list(store.select(sparql))
    found = labels(store, sorted({row[i] for row in rows for i in named if row[i]}), language)
    return [tuple(found.get(cell, "") if i in named else cell for i, cell in enumerate(row)) for row in rows]


def _titles(store: QuadStore, sources: Iterable[str]) -> Iterable[str]:
    """Sources by their title, where the graph has one, else by their address."""
    for source in sources:
        titles = sorted(title for (title,) in store.select(f"SELECT ?t {{ <{source}> dcterms:title ?t }}"))
        yield titles[0] if titles else source


def _classes(store: QuadStore, iri: str, language: str) -> tuple[str, ...]:
    sparql = f"""
        SELECT ?class (?class AS ?label) (COUNT(DISTINCT ?above) AS ?depth) WHERE {{
          <{iri}> a ?class . FILTER(STRSTARTS(STR(?class), "{KG}")) OPTIONAL {{ ?class rdfs:subClassOf+ ?above }}
        }} GROUP BY ?class"""
    ranked = sorted((-int(depth), label or local_name(name)) for name, label, depth in _rows(store, sparql, language, {1}))
    return tuple(dict.fromkeys(label for _, label in ranked))


def _linked(store: QuadStore, iri: str, language: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    values = " ".join(f"kg:{name}" for name in PARTS)
    sparql = f"SELECT DISTINCT ?property (?property AS ?label) ?part WHERE {{ VALUES ?property {{ {values} }} <{iri}> ?property ?part }}"
    rows = _rows(store, sparql, language, {1, 2})
    found: dict[str, tuple[str, set[str]]] = {}
    for name, label, part in rows:
        found.setdefault(local_name(name), (label or local_name(name), set()))[1].add(part)
    actors = found.get("actor", ("", set()))[1] | found.get("recipient", ("", set()))[1]
    if "participant" in found:
        found["participant"] = (found["participant"][0], found["participant"][1] - actors)
    return [(found[name][0], tuple(sorted(found[name][1] - {""}))) for name in PARTS if name in found and found[name][1]]


def _posts(store: QuadStore, iri: str, language: str) -> Iterable[Post]:
    sparql = f"""
        SELECT DISTINCT ?tenure ?holder ?post ?body ?start ?end ?leads WHERE {{
          {{ ?tenure org:member <{iri}> }} UNION {{ ?tenure org:organization <{iri}> }} UNION {{ ?tenure kg:post/kg:leadsState <{iri}> }}
          ?tenure a kg:Tenure ; org:member ?holder ; kg:post ?post .
          OPTIONAL {{ ?tenure org:organization ?body }}
          OPTIONAL {{ ?tenure kg:start ?start }} OPTIONAL {{ ?tenure kg:end ?end }} OPTIONAL {{ ?post kg:leadsState ?leads }}
        }}"""
    rows = _rows(store, sparql, language, {1, 2, 3})
    found = {tenure: Post(holder, post, body, start, end, bool(leads)) for tenure, holder, post, body, start, end, leads in rows}
    return sorted(found.values(), key=lambda post: (post.start, post.holder, post.post))


def _relations(store: QuadStore, iri: str, language: str) -> Iterable[tuple[str, str, str]]:
    sparql = f"""
        SELECT DISTINCT ?relation (?relation AS ?label) ?other ?start ?end WHERE {{
          {{ ?relation kg:subject <{iri}> ; kg:object ?other }} UNION {{ ?relation kg:object <{iri}> ; kg:subject ?other }}
          OPTIONAL {{ ?relation kg:start ?start }} OPTIONAL {{ ?relation kg:end ?end }}
        }}"""
    return sorted({(label, other, span(start, end)) for _, label, other, start, end in _rows(store, sparql, language, {1, 2})})


def _happenings(store: QuadStore, iri: str, language: str) -> Iterable[Happening]:
    sparql = f"""
        SELECT DISTINCT ?event (?event AS ?label) ?role ?day ?start ?end ?place ?status ?curated WHERE {{
          VALUES ?role {{ kg:actor kg:recipient kg:participant kg:about kg:place kg:trigger kg:issuer kg:target kg:party kg:signatory }}
          ?event ?role <{iri}> ; rdfs:label [] . FILTER NOT EXISTS {{ ?event a kg:SanctionMeasure }}
          OPTIONAL {{ ?event kg:date ?day }} OPTIONAL {{ ?event kg:start ?start }}
          OPTIONAL {{ ?event kg:end ?end }} OPTIONAL {{ ?event kg:status ?status }}
          OPTIONAL {{ ?event kg:place ?place }}
          OPTIONAL {{ ?event kg:verification ?curated }}
        }}"""
    rows = _rows(store, sparql, language, {1, 6})
    best: dict[str, Happening] = {}
    order = ("actor", "recipient", "signatory", "issuer", "target", "party", "trigger", "about", "place", "participant")
    for event, label, role, day, start, end, place, status, curated in rows:
        when = (day, day) if day else (start, end)
        found = Happening(event, label or local_name(event), "", local_name(role), *when, place, local_name(status), bool(curated))
        kept = best.get(event)
        if kept is None or order.index(found.role) < order.index(kept.role):
            best[event] = found
    kinds = _categories(store, best, language)
    filled = (Happening(h.iri, h.label, kinds.get(h.iri, ""), *_rest(h)) for h in best.values())
    return sorted(filled, key=lambda h: (h.date or "9999", h.label, h.iri))


def _rest(happening: Happening) -> tuple[str, str, str, str, str, bool]:
    return happening.role, happening.date, happening.end, happening.place, happening.status, happening.curated


def _categories(store: QuadStore, things: Iterable[str], language: str) -> dict[str, str]:
    """The label of each thing's finest class."""
    values = " ".join(f"<{thing}>" for thing in sorted(things))
    sparql = f"""
        SELECT ?thing ?class (?class AS ?label) WHERE {{
          VALUES ?thing {{ {values} }} ?thing a ?class . FILTER(STRSTARTS(STR(?class), "{KG}"))
        }}"""
    closure = "SELECT ?class (COUNT(DISTINCT ?above) AS ?depth) { ?class a owl:Class ; rdfs:subClassOf+ ?above } GROUP BY ?class"
    depths = {row[0]: int(row[1]) for row in store.select(closure)}
    best: dict[str, tuple[int, str]] = {}
    for thing, name, label in _rows(store, sparql, language, {2}):
        best[thing] = max(best.get(thing, (-1, "")), (depths.get(name, 0), label or local_name(name)))
    return {thing: label for thing, (_, label) in best.items()}


def _evidence(store: QuadStore, iri: str, language: str) -> Iterable[Evidence]:
    """Claims drawn from documents that speak of the thing, are spoken by it, or stand in it."""
    sparql = f"""
        SELECT DISTINCT ?claim ?event ?status ?date ?confidence ?review ?quote ?document ?publisher ?property WHERE {{
          {{ ?claim kg:states <{iri}> }} UNION {{ ?claim kg:states/(kg:actor|kg:recipient|kg:about|kg:place) <{iri}> }}
          UNION {{ ?claim kg:speaker|kg:reportedBy|rdf:subject|rdf:object <{iri}> }}
          UNION {{ ?claim prov:wasDerivedFrom <{iri}> }}
          ?claim a kg:Claim ; kg:status ?status ; oa:hasTarget/oa:hasSelector/oa:exact ?quote ; prov:wasDerivedFrom ?document .
          OPTIONAL {{ ?claim kg:states ?event }} OPTIONAL {{ ?claim dcterms:date ?date }}
          OPTIONAL {{ ?claim kg:confidence ?confidence }} OPTIONAL {{ ?claim kg:reviewState ?review }}
          OPTIONAL {{ ?document dcterms:publisher ?publisher }}
          OPTIONAL {{ ?claim rdf:predicate ?property }}
        }}"""
    claims = {row[0]: row for row in _rows(store, sparql, language, {7, 9})}
    parts = _parts(store, claims, language)
    events = [row[1] for row in claims.values() if row[1]]
    kinds = _categories(store, events, language) if events else {}
    found = [
        Evidence(
            iri=claim,
            event=event,
            category=kinds.get(event, "") or stated,
            actors=parts[claim, "actor"],
            recipients=parts[claim, "recipient"],
            about=parts[claim, "about"],
            status=local_name(status),
            speakers=(*parts[claim, "speaker"], *parts[claim, "reportedBy"]),
            quote=" ".join(quote.split()),
            document=document,
            publisher=publisher,
            date=date,
            confidence=float(confidence or 0),
            review=local_name(review),
        )
        for claim, event, status, date, confidence, review, quote, document, publisher, stated in claims.values()
    ]
    return sorted(found, key=lambda e: (e.date, e.document, -e.confidence, e.quote, e.iri))


def _parts(store: QuadStore, claims: Iterable[str], language: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """The labels of each claim's speakers and of its event's participants and subjects."""
    values = " ".join(f"<{claim}>" for claim in sorted(claims))
    sparql = f"""
        SELECT DISTINCT ?claim ?role ?part WHERE {{
          VALUES ?claim {{ {values} }}
          {{ VALUES ?role {{ kg:speaker kg:reportedBy }} ?claim ?role ?part }}
          UNION {{ VALUES ?role {{ kg:actor kg:recipient kg:about }} ?claim kg:states ?event . ?event ?role ?part }}
          UNION {{ ?claim rdf:subject ?part BIND(kg:actor AS ?role) }} UNION {{ ?claim rdf:object ?part BIND(kg:recipient AS ?role) }}
        }}"""
    rows = _rows(store, sparql, language, {2})
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for claim, role, label in rows:
        if label:
            found[claim, local_name(role)].add(label)
    return defaultdict(tuple, {key: tuple(sorted(labels)) for key, labels in found.items()})


def span(start: str, end: str) -> str:
    """A stretch of time in writing: `2011-12-17 –`, `2017 – 2018-04-26`, or one date."""
    if start and end:
        return start if start == end else f"{start} – {end}"
    return f"{start} –" if start else f"– {end}" if end else ""
