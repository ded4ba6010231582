"""A card: what the graph says of one thing, gathered for reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kg.store.base import QuadStore
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


def label_of(variable: str, language: str) -> str:
    """A SPARQL pattern that binds `?<variable>Label`, in the language or else in English or any."""
    return (
        f'OPTIONAL {{ ?{variable} rdfs:label ?{variable}_1 FILTER(LANG(?{variable}_1) = "{language}") }} '
        f'OPTIONAL {{ ?{variable} rdfs:label ?{variable}_2 FILTER(LANG(?{variable}_2) = "en") }} '
        f"OPTIONAL {{ ?{variable} dcterms:title ?{variable}_3 }} "
        f'BIND(COALESCE(?{variable}_1, ?{variable}_2, ?{variable}_3, "") AS ?{variable}Label)'
    )


def _titles(store: QuadStore, sources: Iterable[str]) -> Iterable[str]:
    """Sources by their title, where the graph has one, else by their address."""
    for source in sources:
        titles = sorted(title for (title,) in store.select(f"SELECT ?t {{ <{source}> dcterms:title ?t }}"))
        yield titles[0] if titles else source


def _classes(store: QuadStore, iri: str, language: str) -> tuple[str, ...]:
    found = store.select(f"""
        SELECT ?class ?classLabel (COUNT(DISTINCT ?above) AS ?depth) WHERE {{
          <{iri}> a ?class . FILTER(STRSTARTS(STR(?class), "{KG}"))
          OPTIONAL {{ ?class rdfs:subClassOf+ ?above }} {label_of("class", language)}
        }} GROUP BY ?class ?classLabel""")
    ranked = sorted((-int(depth), label or local_name(name)) for name, label, depth in found)
    return tuple(dict.fromkeys(label for _, label in ranked))


def _linked(store: QuadStore, iri: str, language: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    values = " ".join(f"kg:{name}" for name in PARTS)
    rows = store.select(f"""
        SELECT DISTINCT ?property ?propertyLabel ?partLabel WHERE {{
          VALUES ?property {{ {values} }} <{iri}> ?property ?part . {label_of("property", language)} {label_of("part", language)}
        }}""")
    found: dict[str, tuple[str, set[str]]] = {}
    for name, label, part in rows:
        found.setdefault(local_name(name), (label or local_name(name), set()))[1].add(part)
    actors = found.get("actor", ("", set()))[1] | found.get("recipient", ("", set()))[1]
    if "participant" in found:
        found["participant"] = (found["participant"][0], found["participant"][1] - actors)
    return [(found[name][0], tuple(sorted(found[name][1] - {""}))) for name in PARTS if name in found and found[name][1]]


def _posts(store: QuadStore, iri: str, language: str) -> Iterable[Post]:
    rows = store.select(f"""
        SELECT DISTINCT ?tenure ?holderLabel ?postLabel ?bodyLabel ?start ?end ?leads WHERE {{
          {{ ?tenure org:member <{iri}> }} UNION {{ ?tenure org:organization <{iri}> }} UNION {{ ?tenure kg:post/kg:leadsState <{iri}> }}
          ?tenure a kg:Tenure ; org:member ?holder ; kg:post ?post .
          OPTIONAL {{ ?tenure org:organization ?body {label_of("body", language)} }}
          OPTIONAL {{ ?tenure kg:start ?start }} OPTIONAL {{ ?tenure kg:end ?end }} OPTIONAL {{ ?post kg:leadsState ?leads }}
          {label_of("holder", language)} {label_of("post", language)}
        }}""")
    found = {tenure: Post(holder, post, body, start, end, bool(leads)) for tenure, holder, post, body, start, end, leads in rows}
    return sorted(found.values(), key=lambda post: (post.start, post.holder, post.post))


def _relations(store: QuadStore, iri: str, language: str) -> Iterable[tuple[str, str, str]]:
    rows = store.select(f"""
        SELECT DISTINCT ?relation ?relationLabel ?otherLabel ?start ?end WHERE {{
          {{ ?relation kg:subject <{iri}> ; kg:object ?other }} UNION {{ ?relation kg:object <{iri}> ; kg:subject ?other }}
          OPTIONAL {{ ?relation kg:start ?start }} OPTIONAL {{ ?relation kg:end ?end }}
          {label_of("relation", language)} {label_of("other", language)}
        }}""")
    return sorted({(label, other, span(start, end)) for _, label, other, start, end in rows})


def _happenings(store: QuadStore, iri: str, language: str) -> Iterable[Happening]:
    rows = store.select(f"""
        SELECT DISTINCT ?event ?eventLabel ?role ?day ?start ?end ?placeLabel ?status ?curated WHERE {{
          VALUES ?role {{ kg:actor kg:recipient kg:participant kg:about kg:place kg:trigger kg:issuer kg:target kg:party kg:signatory }}
          ?event ?role <{iri}> ; rdfs:label [] . FILTER NOT EXISTS {{ ?event a kg:SanctionMeasure }}
          OPTIONAL {{ ?event kg:date ?day }} OPTIONAL {{ ?event kg:start ?start }}
          OPTIONAL {{ ?event kg:end ?end }} OPTIONAL {{ ?event kg:status ?status }}
          OPTIONAL {{ ?event kg:place ?place {label_of("place", language)} }}
          OPTIONAL {{ ?event kg:verification ?curated }}
          {label_of("event", language)}
        }}""")
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
    rows = store.select(f"""
        SELECT ?thing ?class ?classLabel (COUNT(DISTINCT ?above) AS ?depth) WHERE {{
          VALUES ?thing {{ {values} }} ?thing a ?class . FILTER(STRSTARTS(STR(?class), "{KG}"))
          OPTIONAL {{ ?class rdfs:subClassOf+ ?above }} {label_of("class", language)}
        }} GROUP BY ?thing ?class ?classLabel""")
    best: dict[str, tuple[int, str]] = {}
    for thing, name, label, depth in rows:
        best[thing] = max(best.get(thing, (-1, "")), (int(depth), label or local_name(name)))
    return {thing: label for thing, (_, label) in best.items()}


def _evidence(store: QuadStore, iri: str, language: str) -> Iterable[Evidence]:
    """Claims drawn from documents that speak of the thing, are spoken by it, or stand in it."""
    rows = store.select(f"""
        SELECT DISTINCT ?claim ?event ?status ?date ?confidence ?review ?quote ?documentLabel ?publisher ?propertyLabel WHERE {{
          {{ ?claim kg:states <{iri}> }} UNION {{ ?claim kg:states/(kg:actor|kg:recipient|kg:about|kg:place) <{iri}> }}
          UNION {{ ?claim kg:speaker|kg:reportedBy|rdf:subject|rdf:object <{iri}> }}
          UNION {{ ?claim prov:wasDerivedFrom <{iri}> }}
          ?claim a kg:Claim ; kg:status ?status ; oa:hasTarget/oa:hasSelector/oa:exact ?quote ; prov:wasDerivedFrom ?document .
          OPTIONAL {{ ?claim kg:states ?event }} OPTIONAL {{ ?claim dcterms:date ?date }}
          OPTIONAL {{ ?claim kg:confidence ?confidence }} OPTIONAL {{ ?claim kg:reviewState ?review }}
          OPTIONAL {{ ?document dcterms:publisher ?publisher }} {label_of("document", language)}
          OPTIONAL {{ ?claim rdf:predicate ?property {label_of("property", language)} }}
        }}""")
    claims = {row[0]: row for row in rows}
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
    rows = store.select(f"""
        SELECT DISTINCT ?claim ?role ?partLabel WHERE {{
          VALUES ?claim {{ {values} }}
          {{ VALUES ?role {{ kg:speaker kg:reportedBy }} ?claim ?role ?part }}
          UNION {{ VALUES ?role {{ kg:actor kg:recipient kg:about }} ?claim kg:states ?event . ?event ?role ?part }}
          UNION {{ ?claim rdf:subject ?part BIND(kg:actor AS ?role) }} UNION {{ ?claim rdf:object ?part BIND(kg:recipient AS ?role) }}
          {label_of("part", language)}
        }}""")
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
