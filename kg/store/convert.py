"""Plain quads to rdflib terms and back."""

from __future__ import annotations

from functools import lru_cache

from rdflib import BNode, Literal, URIRef
from rdflib.term import Identifier

from kg.model import Quad
from kg.terms import RDF, XSD

LANG_STRING = RDF + "langString"
STRING = XSD + "string"


@lru_cache(maxsize=65536)
def node(text: str) -> URIRef | BNode:
    """An IRI, or a blank node where the text starts with `_:`."""
    return BNode(text[2:]) if text.startswith("_:") else URIRef(text)


@lru_cache(maxsize=16384)
def literal(text: str, datatype: str, language: str) -> Literal:
    """A literal in its own spelling; `xsd:string` and no datatype are one term in RDF 1.1, and rdflib gets none."""
    if language:
        return Literal(text, lang=language)
    return Literal(text, datatype=URIRef(datatype) if datatype not in ("", STRING) else None, normalize=False)


def identifier(quad: Quad) -> Identifier:
    """The object of a quad as an rdflib term."""
    if quad.datatype:
        return literal(quad.object, quad.datatype, quad.language)
    return node(quad.object)


def plain(term: Identifier) -> tuple[str, str, str]:
    """An rdflib term as object, datatype and language of a quad."""
    if isinstance(term, Literal):
        if term.language:
            return str(term), LANG_STRING, str(term.language)
        return str(term), str(term.datatype) if term.datatype else STRING, ""
    if isinstance(term, BNode):
        return f"_:{term}", "", ""
    return str(term), "", ""
