"""What the tests of the extraction stages share: a small world of facts without a file, the packaged lexicons, and the packaged facts."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph

from kg.extract.engines.lexicon import LexiconEngine
from kg.extract.gazetteer import Knowledge
from kg.extract.lexicon import LanguageLexicon, Lexicon
from kg.model import Claim, Document, Extraction, Quad
from kg.terms import KG, ORG, RDF_TYPE, RDFS_LABEL, SKOS, XSD, Names

ROOT = Path(__file__).parents[1]
CASES = Path(__file__).parent / "cases"
NAMES = Names("https://example.org/dossier/")
GRAPH = NAMES.graph("facts/test")
LANG = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


def thing(name: str) -> str:
    """`state:north-korea` as an IRI of the test's dossier."""
    kind, _, rest = name.partition(":")
    return NAMES.thing(kind, rest)


def facts(name: str, kind: str, **values: object) -> Iterator[Quad]:
    """The quads of a thing: `label_en="…"`, `alias_de=["…"]`, `of="state:…"` …"""
    iri = thing(name)
    yield Quad(iri, RDF_TYPE, KG + kind, GRAPH)
    literals = {
        "label": RDFS_LABEL, "alias": SKOS + "altLabel", "official": KG + "officialName",
        "metonym": KG + "metonym", "demonym": KG + "demonym",
        "adjective": KG + "adjective", "role": KG + "roleReference", "title": KG + "title",
    }  # fmt: skip
    links = {
        "of": KG + "ofState", "inside": KG + "inState", "member": ORG + "member", "post": KG + "post", "leads": KG + "leadsState",
        "place": KG + "place",
        "actor": KG + "actor", "about": KG + "about", "runs": KG + "runBy", "part": KG + "partOfBody",
    }  # fmt: skip
    for key, value in values.items():
        stem, _, language = key.partition("_")
        for item in value if isinstance(value, list) else [value]:
            if stem in links:
                yield Quad(iri, links[stem], thing(str(item)), GRAPH)
            elif stem in literals:
                yield Quad(iri, literals[stem], str(item), GRAPH, LANG, language)
            else:
                yield Quad(iri, KG + stem, str(item), GRAPH, XSD + ("string" if stem == "gender" else "date"))


def small_world() -> tuple[Quad, ...]:
    """Three states, their people, an agency, a place, tenures that change hands, a topic and two curated events."""
    return (
        *facts("state:north-korea", "State", label_en="North Korea", label_de="Nordkorea", alias_en=["DPRK"], metonym_de=["Pjöngjang"],
               metonym_en=["Pyongyang"], demonym_de=["Nordkoreaner"], adjective_de="nordkoreanisch", adjective_en="North Korean",
               role_de=["das Regime", "der Norden"], role_en=["the North"]),
        *facts("state:south-korea", "State", label_en="South Korea", label_de="Südkorea", metonym_de=["Seoul"],
               metonym_en=["Seoul"],
               adjective_de="südkoreanisch", adjective_en="South Korean", demonym_en=["South Korean"]),
        *facts("state:united-states", "State", label_en="United States", label_de="Vereinigte Staaten", alias_en=["US", "U.S."],
               alias_de=["USA", "US"], metonym_de=["Washington"], metonym_en=["Washington"],
               adjective_de="amerikanisch", adjective_en="American"),
        *facts("organisation:iaea", "InternationalOrganisation", label_en="International Atomic Energy Agency", alias_en=["IAEA"],
               alias_de=["IAEA"]),
        *facts("organisation:cnn", "Medium", label_en="CNN", label_de="CNN"),
        *facts("person:kim-jong-un", "Person", label_en="Kim Jong Un", label_de="Kim Jong Un", gender="male", of="state:north-korea"),
        *facts("person:kim-yo-jong", "Person", label_en="Kim Yo Jong", label_de="Kim Yo Jong", gender="female", of="state:north-korea"),
        *facts("person:donald-trump", "Person", label_en="Donald Trump", label_de="Donald Trump", gender="male", of="state:united-states"),
        *facts("person:barack-obama", "Person", label_en="Barack Obama", label_de="Barack Obama", gender="male", of="state:united-states"),
        *facts("person:mike-pompeo", "Person", label_en="Mike Pompeo", label_de="Mike Pompeo", gender="male", of="state:united-states"),
        *facts("place:pyongyang", "Place", label_en="Pyongyang", label_de="Pjöngjang", inside="state:north-korea"),
        *facts("place:singapore", "Place", label_en="Singapore", label_de="Singapur"),
        *facts("post:president-us", "Post", label_en="President of the United States", label_de="Präsident der Vereinigten Staaten",
               leads="state:united-states"),
        *facts("post:secretary-of-state", "Post", label_en="Secretary of State", label_de="Außenminister"),
        *facts("tenure:obama", "Tenure", member="person:barack-obama", post="post:president-us", start="2009-01-20", end="2017-01-20"),
        *facts("tenure:trump", "Tenure", member="person:donald-trump", post="post:president-us", start="2017-01-20"),
        *facts("tenure:pompeo", "Tenure", member="person:mike-pompeo", post="post:secretary-of-state", start="2018-04-26"),
        *facts("topic:joint-exercises", "Topic", label_en="Joint exercises", label_de="Gemeinsame Manöver", alias_en=["drills"],
               alias_de=["Manöver"]),
        *facts("topic:nuclear-talks", "Topic", label_en="Nuclear talks", label_de="Atomgespräche"),
        *facts("event:singapore-summit", "Summit", label_en="Singapore summit", label_de="Singapur-Gipfel", place="place:singapore",
               date="2018-06-12",
               actor=["person:donald-trump", "person:kim-jong-un", "state:united-states", "state:north-korea"]),
        *facts("event:drill", "MilitaryExercise", label_en="Max Thunder", actor=["state:united-states", "state:south-korea"],
               date="2018-05-11"),
    )  # fmt: skip


@functools.cache
def lexicon() -> Lexicon:
    """The packaged lexicons."""
    folder = ROOT / "ontology" / "lexicon"
    return Lexicon.load({file.stem: tomllib.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*.toml"))}, {})


def words(language: str) -> LanguageLexicon:
    """The packaged lexicon of a language."""
    return lexicon().languages[language]


@functools.cache
def small_engine() -> LexiconEngine:
    """An engine that knows the small world only."""
    return LexiconEngine(Knowledge.from_quads(small_world(), NAMES), lexicon())


@functools.cache
def full_engine() -> LexiconEngine:
    """An engine with the packaged facts."""
    return LexiconEngine(Knowledge.from_quads(packaged_facts(), Names()), lexicon())


def packaged_facts() -> Iterator[Quad]:
    """The statements in `ontology/facts/*.ttl`."""
    for file in sorted((ROOT / "ontology" / "facts").glob("*.ttl")):
        for triple in pyoxigraph.parse(path=str(file), format=pyoxigraph.RdfFormat.TURTLE):
            subject, predicate, value = triple.subject, triple.predicate, triple.object
            if isinstance(value, pyoxigraph.Literal):
                yield Quad(subject.value, predicate.value, value.value, GRAPH, value.datatype.value, value.language or "")
            else:
                yield Quad(subject.value, predicate.value, value.value, GRAPH)


def extract(text: str, language: str = "de", published: str = "2018-08-29") -> Extraction:
    """The extraction of a text by the small engine."""
    return small_engine().extract(Document("test", text, language, published=published))


def told(claim: Claim) -> tuple[str, list[str], list[str], str, list[str]]:
    """A claim in short: type, actors, recipients, status, speakers."""
    event = claim.event
    return (
        event.type,
        [link.label for link in event.actors],
        [link.label for link in event.recipients],
        claim.status,
        [link.label for link in claim.speakers],
    )


def claims(text: str, language: str = "de", published: str = "2018-08-29") -> list[tuple[str, list[str], list[str], str, list[str]]]:
    """The claims of a text in short."""
    return [told(claim) for claim in extract(text, language, published).claims]
