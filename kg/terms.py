"""The names of the graph: namespaces, named graphs, and how an IRI is made.

An IRI is either a name that a curator chose or a hash of content (`Names.mint`), never a counter, a clock or a random number:
the same input gives the same IRIs on every machine.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

BASE: Final = "https://w3id.org/peninsula-kg/"
"""The base of the packaged dossier and of the vocabulary; things and graphs of another dossier stand under its own base."""
KG: Final = BASE + "ontology#"

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
PROV: Final = "http://www.w3.org/ns/prov#"
OA: Final = "http://www.w3.org/ns/oa#"
ORG: Final = "http://www.w3.org/ns/org#"
DCTERMS: Final = "http://purl.org/dc/terms/"
GEO: Final = "http://www.w3.org/2003/01/geo/wgs84_pos#"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
SCHEMA: Final = "https://schema.org/"
VOID: Final = "http://rdfs.org/ns/void#"
DCAT: Final = "http://www.w3.org/ns/dcat#"

RDF_TYPE: Final = RDF + "type"
RDFS_LABEL: Final = RDFS + "label"

UNUSABLE: Final = re.compile(r'[\s<>"{}|\\^`]')
"""What an IRI may not hold."""

KINDS: Final = (
    "state organisation person place post tenure event instrument measure programme topic category relation document claim "
    "target selector mention chain run agent candidate review statement"
).split()
"""What an own thing can be; the kind is the path segment after `id/` and the prefix in Turtle and SPARQL."""

VOCABULARIES: Final[dict[str, str]] = {
    "kg": KG,
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "skos": SKOS,
    "prov": PROV,
    "oa": OA,
    "org": ORG,
    "dcterms": DCTERMS,
    "geo": GEO,
    "foaf": FOAF,
    "schema": SCHEMA,
    "void": VOID,
    "dcat": DCAT,
    "sh": "http://www.w3.org/ns/shacl#",
    "time": "http://www.w3.org/2006/time#",
    "vann": "http://purl.org/vocab/vann/",
    "wd": "http://www.wikidata.org/entity/",
}
"""The prefixes of the vocabularies used."""

STATUSES: Final = ("occurred", "ongoing", "planned", "cancelled", "negated", "possible")
"""What a claim can say of its event, in lower case as records spell it; the graph has `kg:Occurred` and so on."""

QUAD_CLASSES: Final[dict[str, tuple[str, ...]]] = {
    "VerbalCooperation": ("Agree", "Consult", "Support", "Concede"),
    "MaterialCooperation": ("Cooperate", "Aid", "Retreat"),
    "VerbalConflict": ("Request", "Accuse", "Reject", "Threaten"),
    "MaterialConflict": ("Protest", "Sanction", "Mobilize", "Coerce", "Assault"),
}
"""PLOVER's sixteen event types under its four quad classes (PLOVER codebook, Open Event Data Alliance)."""

EVENT_TYPES: Final = tuple(name for names in QUAD_CLASSES.values() for name in names)
RELATION_TYPES: Final = ("HoldsPosition", "MemberOf", "AllyOf", "LocatedIn")


@dataclass(frozen=True, slots=True)
class Names:
    """The IRIs of one dossier: things under `<base>id/<kind>/<name>`, graphs under `<base>graph/…`.

    Parameters
    ----------
    base : str
        An absolute http(s) IRI that ends in `/`.
    """

    base: str = BASE

    def __post_init__(self) -> None:
        if not is_web_address(self.base) or not self.base.endswith("/") or UNUSABLE.search(self.base):
            raise ValueError(f"a base IRI is an http(s) address that ends in '/', not {self.base!r}")

    def thing(self, kind: str, name: str) -> str:
        """The IRI of the thing `name` of a kind, e.g. `thing("state", "north-korea")`.

        Raises
        ------
        ValueError
            If the kind is not one of `KINDS`, or the name holds a character that an IRI cannot.
        """
        if kind not in KINDS:
            raise ValueError(f"unknown kind {kind!r}")
        if not name or UNUSABLE.search(name):
            raise ValueError(f"not a usable name: {name!r}")
        return f"{self.base}id/{kind}/{name}"

    def mint(self, kind: str, *parts: str) -> str:
        """The IRI of a thing that is identified by its content."""
        return self.thing(kind, content_hash((kind, *parts)))

    def kind(self, term: str) -> str:
        """The kind of an own thing, or empty for any other IRI."""
        rest = term.removeprefix(self.base + "id/")
        return rest.split("/", 1)[0] if rest != term else ""

    def graph(self, name: str) -> str:
        """A named graph: `schema`, `reviews`, `inferred`, `provenance`, `facts/<file>` or `document/<name>`."""
        return f"{self.base}graph/{name}"

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes of the vocabularies, of each kind of thing, and `graph`."""
        own = {kind: f"{self.base}id/{kind}/" for kind in KINDS}
        return {**VOCABULARIES, **own, "graph": self.graph("")}


def content_hash(parts: Iterable[str], length: int = 16) -> str:
    """A hash over the parts in order, as hexadecimal digits; no part can run into the next.

    Parameters
    ----------
    parts : iterable of str
        What identifies the thing.
    length : int
        Digits to keep; 16 are 64 bits: at a million things a collision has a chance of about 3 in 10^8.
    """
    digest = hashlib.sha256()
    for part in parts:
        data = unicodedata.normalize("NFC", part).encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()[:length]


def slug(text: str) -> str:
    """A readable name for an IRI or a file: ASCII letters, digits and hyphens; empty where nothing is left."""
    folded = text.replace("ß", "ss").replace("ø", "o").replace("ł", "l")
    folded = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode("ascii").casefold()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")


def local_name(term: str) -> str:
    """The last part of an IRI: `Summit` of `…ontology#Summit`, `cnn` of `…id/organisation/cnn`."""
    tail = re.split(r"[#/]", term.rstrip("/#"))[-1]
    return tail or term


def shorten(term: str, prefixes: Mapping[str, str]) -> str:
    """An IRI in its shortest prefixed form, or in angle brackets where no prefix fits."""
    best = ""
    for prefix, namespace in prefixes.items():
        if term.startswith(namespace):
            rest = term[len(namespace) :]
            if re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?", rest):
                short = f"{prefix}:{rest}"
                best = short if not best or len(short) < len(best) else best
    return best or f"<{term}>"


def is_web_address(text: str) -> bool:
    """Whether the text is an absolute http(s) address."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
