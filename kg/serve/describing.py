"""What the server says of itself and its data: service description, VoID and DCAT, and which thing a path names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from rdflib import DCAT, DCTERMS, RDF, VOID, BNode, Graph, Literal, Namespace, URIRef
from starlette.requests import Request

from kg.serve.requests import pairs
from kg.serve.settings import HttpError, Settings
from kg.store.generations import Generation
from kg.terms import KG, UNUSABLE, Names

SD: Final = Namespace("http://www.w3.org/ns/sparql-service-description#")
_FORMATS: Final = "http://www.w3.org/ns/formats/"
_RESULTS: Final = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_SYNTAXES: Final = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD")
_WRITERS: Final = {"turtle": "turtle", "nt": "nt", "rdfxml": "xml", "jsonld": "json-ld"}
_SUFFIXES: Final = {".ttl": "turtle", ".nt": "nt", ".rdf": "rdfxml", ".jsonld": "jsonld", ".html": "html"}


def service(request: Request, settings: Settings, generation: Generation, graphs: Sequence[str]) -> Graph:
    """The service description (SPARQL 1.1 Service Description) with the named graphs of the dataset."""
    here = root(request)
    names = Names(str(generation.notes.get("base", Names().base)))
    union = names.graph("schema") in graphs
    graph = _graph()
    me = URIRef(f"{here}/sparql")
    graph.add((me, RDF.type, SD.Service))
    graph.add((me, SD.endpoint, me))
    graph.add((me, SD.supportedLanguage, SD.SPARQL11Query))
    if settings.writable:
        graph.add((me, SD.supportedLanguage, SD.SPARQL11Update))
        graph.add((me, SD.feature, SD.EmptyGraphs))
    if union:
        graph.add((me, SD.feature, SD.UnionDefaultGraph))
    for name in (*_RESULTS, *_SYNTAXES):
        graph.add((me, SD.resultFormat, URIRef(_FORMATS + name)))
    for name in _SYNTAXES if settings.writable else ():
        graph.add((me, SD.inputFormat, URIRef(_FORMATS + name)))
    data, default = BNode(), BNode()
    graph.add((me, SD.defaultDataset, data))
    graph.add((data, RDF.type, SD.Dataset))
    graph.add((data, SD.defaultGraph, default))
    graph.add((default, RDF.type, SD.Graph))
    statements = generation.notes.get("statements")
    if union and isinstance(statements, int):
        graph.add((default, VOID.triples, Literal(statements)))
    for name in graphs:
        node = BNode()
        graph.add((data, SD.namedGraph, node))
        graph.add((node, RDF.type, SD.NamedGraph))
        graph.add((node, SD.name, URIRef(name)))
    return graph


def dataset_query(names: Names) -> str:
    """The query for what the build noted of the dataset."""
    return f"CONSTRUCT {{ <{names.base}> ?p ?o }} WHERE {{ GRAPH <{names.graph('provenance')}> {{ <{names.base}> ?p ?o }} }}"


def dataset(request: Request, names: Names, noted: bytes, generation: Generation) -> Graph:
    """The dataset with VoID and DCAT: what the build noted, and where it is served.

    Parameters
    ----------
    noted : bytes
        N-Triples.
    """
    here = root(request)
    graph = _graph()
    graph.parse(data=noted, format="nt")
    me = URIRef(names.base)
    graph.add((me, RDF.type, VOID.Dataset))
    graph.add((me, RDF.type, DCAT.Dataset))
    graph.add((me, VOID.sparqlEndpoint, URIRef(f"{here}/sparql")))
    graph.add((me, VOID.uriLookupEndpoint, URIRef(f"{here}/resource?iri=")))
    statements = generation.notes.get("statements")
    if isinstance(statements, int) and not noted:
        graph.add((me, VOID.triples, Literal(statements)))
    access = URIRef(f"{here}/sparql#access")
    graph.add((me, DCAT.distribution, access))
    graph.add((access, RDF.type, DCAT.Distribution))
    graph.add((access, DCAT.accessURL, URIRef(f"{here}/sparql")))
    graph.add((access, DCTERMS.conformsTo, URIRef("http://www.w3.org/TR/sparql11-protocol/")))
    return graph


def serialize(graph: Graph, form: str) -> bytes:
    """A graph in an RDF syntax, by our name of it."""
    return graph.serialize(format=_WRITERS[form], encoding="utf-8")


def subject(request: Request, names: Names) -> tuple[str, str]:
    """The IRI that a request asks about, and the form that its address asks for (empty where it leaves that to the header).

    `/resource?iri=…` names it; else it is the dossier's IRI with this path, whole or below the dossier's base. A suffix such as `.ttl`
    or the parameter `format` asks for a form.

    Raises
    ------
    HttpError
        400 for what is no IRI.
    """
    given = pairs(request.url.query)
    form = next((value for name, value in given if name == "format"), "")
    path = request.url.path
    if path == "/resource":
        iris = [value for name, value in given if name == "iri"]
        if len(iris) != 1 or not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+", iris[0]):
            raise HttpError(400, "name one thing by its full address: /resource?iri=https://…")
        return iris[0], form
    for suffix, named in _SUFFIXES.items():
        if path.endswith(suffix) and not form:
            path, form = path.removesuffix(suffix), named
    below = urlsplit(names.base).path
    rest = path.removeprefix(below) if path.startswith(below) and below != "/" else path.removeprefix("/")
    if UNUSABLE.search(rest) or not rest.isprintable():
        raise HttpError(400, "this path is no IRI")
    iri = names.base + rest
    return (KG if iri + "#" == KG else iri), form


def language(request: Request) -> str:
    """The language of labels that a client prefers: `de` or `en`."""
    wanted = next((value for name, value in pairs(request.url.query) if name == "lang"), "")
    if wanted in ("de", "en"):
        return wanted
    for item in request.headers.get("accept-language", "").split(","):
        tag = item.split(";")[0].strip().casefold()[:2]
        if tag in ("de", "en"):
            return tag
    return "en"


def root(request: Request) -> str:
    """The server's own address, as the request named it."""
    return f"{request.url.scheme}://{request.url.netloc}"


def _graph() -> Graph:
    graph = Graph()
    for prefix, space in (("sd", SD), ("void", VOID), ("dcat", DCAT), ("dcterms", DCTERMS)):
        graph.bind(prefix, space)
    return graph
