"""The reviewer's desk: a built graph, the names in it, and the log that decisions are written to."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from kg.errors import DocumentError, DossierError, NotFoundError, StoreError
from kg.extract import readers
from kg.extract.replay import Known
from kg.extract.reviews import Log, Review, parse, render
from kg.extract.triples import PREDICATES
from kg.model import Document
from kg.ontology import Dossier, packaged, read_text
from kg.review.questions import Fields, Question, questions
from kg.store.base import QuadStore
from kg.store.names import NameIndex, expand, fold
from kg.terms import KG, RELATION_TYPES, STATUSES, Names, shorten

ACTORS = ("state", "person", "organisation", "candidate")
SPEAKERS = (*ACTORS, "instrument", "document", "event")
WAIT_SECONDS = 20.0
OWN = "'kg init DIR' makes one of your own; then -d DIR"


class Desk:
    """Where claims are looked at and decided.

    Parameters
    ----------
    store : QuadStore
        A built graph.
    names : Names
        How its IRIs are made.
    dossier : Dossier
        The dossier that it was built from; its log is read and written.
    language : str
        `en` or `de`, for labels.

    Raises
    ------
    KgError
        If the graph is of another dossier or of an older kg, or the log is damaged.
    """

    def __init__(self, store: QuadStore, names: Names, dossier: Dossier, language: str = "en") -> None:
        if names.base != dossier.names.base:
            raise DossierError(f"the graph was built from another dossier ({names.base})", file=dossier.folder, hint="run 'kg build' first")
        self.names = names
        self.file = dossier.reviews
        self.language = language
        self.prefixes = store.prefixes
        self.known = Known.of(store)
        self._labels = _labels(store, language)
        self._index = NameIndex.of(store, names)
        self._log = Log(())
        self._read: tuple[int, int] | None = None
        documents = dict(_documents(dossier))
        self.languages = {name: document.language for name, document in documents.items()}
        self.all = questions(store, self.known, documents)
        if not self.all and next(store.select("SELECT ?c WHERE { ?c a kg:Claim ; oa:hasTarget ?t } LIMIT 1"), None):
            raise StoreError("this graph was built by an older kg, without what review needs", hint="run 'kg build' again")
        self._candidates = {fold(text): iri for iri, text in sorted(self._labels.items(), reverse=True) if names.kind(iri) == "candidate"}
        chosen = {_class(name): name for name in self.known.event_types}
        spelled = store.select("SELECT ?c ?l WHERE { ?c rdfs:label ?l } ORDER BY DESC(?l)")
        self._types = {fold(text): chosen[iri] for iri, text in spelled if iri in chosen}
        self._types |= {fold(name): name for name in chosen.values()}

    # ---- the log

    @property
    def log(self) -> Log:
        """The decisions so far, another reviewer's included.

        Raises
        ------
        DossierError
            With file and line, if the log is damaged.
        """
        try:
            state = self.file.stat()
        except FileNotFoundError:
            self._log, self._read = Log((), self.file), None
            return self._log
        if (now := (state.st_mtime_ns, state.st_size)) != self._read:
            self._log = Log(parse(self.file, read_text(self.file), self.names), self.file)
            self._read = now
        return self._log

    def decided(self, question: Question) -> Review | None:
        """The decision that stands on a claim, or None."""
        return self.log.last(question.claim, question.key, question.quote)

    def open(self, document: str = "") -> list[Question]:
        """The claims that nobody has decided, the least certain first.

        Raises
        ------
        NotFoundError
            If there is no document of that name.
        """
        return [question for question in self.of(document) if self.decided(question) is None]

    def of(self, document: str = "") -> list[Question]:
        """All claims of a document, or of all."""
        if not document:
            return list(self.all)
        known = sorted({question.document for question in self.all})
        if document not in known:
            raise NotFoundError(document, known[:6])
        return [question for question in self.all if question.document == document]

    def write(self, reviews: Sequence[Review]) -> None:
        """Append decisions to the log: all in one piece, on disk before this returns, and never into another's line.

        Raises
        ------
        DossierError
            If the log cannot be written, or somebody else holds it.
        """
        append(self.file, reviews, self.names)

    def writable(self) -> None:
        """Make sure that decisions can be written before anybody takes one.

        Raises
        ------
        DossierError
            If this is the packaged dossier, or the folder cannot be written.
        """
        writable(self.file)

    # ---- names

    def fields(self, question: Question, *, edited: bool = True) -> Fields:
        """What a claim says after the merges that stand and, unless `edited` is false, after its correction."""
        review = self.decided(question) if edited else None
        into = self.log.into
        fields = question.fields.edited(review.edit) if review is not None and review.decision == "edit" else question.fields
        sides = [tuple(dict.fromkeys(into.get(iri, iri) for iri in side)) for side in (fields.actors, fields.recipients, fields.speakers)]
        return Fields(fields.type, sides[0], sides[1], fields.status, sides[2])

    def label(self, iri: str) -> str:
        """The label of a thing in the desk's language, else in another, else its short name."""
        return self._labels.get(iri) or shorten(iri, self.prefixes)

    def type_label(self, name: str) -> str:
        """The label of a class of events or a relation."""
        return self._labels.get(_class(name), name)

    def name(self, iri: str) -> str:
        """A spelling of a thing that `find` reads back: its label where that is clear, else its prefixed name."""
        label = self.label(iri)
        try:
            clear = ";" not in label and self.find(label, SPEAKERS) == iri
        except NotFoundError:
            clear = False
        return label if clear else shorten(iri, self.prefixes)

    def find(self, text: str, kinds: Sequence[str] = ACTORS) -> str:
        """The IRI of a thing by any of its names, a prefixed name or an IRI.

        Raises
        ------
        NotFoundError
            With the nearest names, if nothing of these kinds is called that.
        """
        iri = expand(text, self.prefixes)
        if iri and iri in self._labels and self.names.kind(iri) in kinds:
            return iri
        found = [iri for iri in self._index.things.get(fold(text), ()) if self.names.kind(iri) in kinds]
        if found:
            return found[0]
        if "candidate" in kinds and fold(text) in self._candidates:
            return self._candidates[fold(text)]
        raise NotFoundError(text, self._index.near(text))

    def type_of(self, text: str) -> str:
        """The class of events or the relation that a text names, in either language.

        Raises
        ------
        NotFoundError
            With the nearest names.
        """
        if (name := self._types.get(fold(text))) is not None:
            return name
        near = NameIndex({key: (name,) for key, name in self._types.items()}, dict(self._types)).near(text)
        raise NotFoundError(text, near)

    def check(self, fields: Fields) -> str:
        """What is wrong with corrected fields, or empty."""
        if fields.status not in STATUSES:
            return f"a status is one of {', '.join(STATUSES)}"
        if fields.type in RELATION_TYPES and not (len(fields.actors) == len(fields.recipients) == 1):
            return f"{fields.type} is between one actor and one recipient"
        return "" if fields.actors else "somebody has to act"

    def candidates(self, question: Question) -> list[str]:
        """The participants that the facts do not know and that were not merged."""
        fields = self.fields(question)
        people = dict.fromkeys((*fields.actors, *fields.recipients, *fields.speakers))
        return [iri for iri in people if self.names.kind(iri) == "candidate"]

    def proposal(self, candidate: str) -> str:
        """The known entity that a candidate may be, by its name, and that it was not kept apart from; else empty."""
        apart = self.log.apart
        for spelling in self._index.near(self.label(candidate), 6):
            for iri in self._index.things[fold(spelling)]:
                if self.names.kind(iri) in ACTORS and (candidate, iri) not in apart:
                    return iri
        return ""


def _class(name: str) -> str:
    """The IRI of a class of events, or of the property that a relation is."""
    return PREDICATES.get(name, KG + name)


def writable(file: Path) -> None:
    """Refuse a log that lies in the packaged dossier or in a folder that cannot be written; see `Desk.writable`."""
    if file.parent.resolve() == packaged().resolve() and file.parent.name == "_dossier":
        raise DossierError("the packaged dossier is not for editing", file=file.parent, hint=OWN)
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise DossierError("cannot be written", file=file, hint=OWN)


def append(file: Path, reviews: Sequence[Review], names: Names) -> None:
    """Append decisions to a log, under a lock; see `Desk.write`."""
    writable(file)
    data = "".join(render(review, names) for review in reviews).encode()
    try:
        with FileLock(file.with_name(f".{file.name}.lock"), mode=0o666).acquire(timeout=WAIT_SECONDS):
            handle = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
            try:
                size = os.fstat(handle).st_size
                if size and os.lseek(handle, size - 1, os.SEEK_SET) >= 0 and os.read(handle, 1) != b"\n":
                    data = b"\n" + data
                while data:
                    data = data[os.write(handle, data) :]
                os.fsync(handle)
            finally:
                os.close(handle)
    except Timeout:
        raise DossierError("somebody else holds the log", file=file, hint="try again") from None
    except OSError as error:
        raise DossierError(f"cannot be written: {error.strerror or error}", file=file, hint=OWN) from error


def _labels(store: QuadStore, language: str) -> dict[str, str]:
    """One label a thing: in the language asked for, else English, German, any."""
    order = (language, "en", "de")
    best: dict[str, tuple[int, str]] = {}
    for iri, text, tag in store.select("SELECT ?s ?l (LANG(?l) AS ?tag) WHERE { ?s rdfs:label ?l }"):
        found = (order.index(tag) if tag in order else len(order), text)
        best[iri] = min(best.get(iri, found), found)
    return {iri: text for iri, (_, text) in best.items()}


def _documents(dossier: Dossier) -> Iterator[tuple[str, Document]]:
    """The texts of the dossier; one that cannot be read is left out, and its claims are shown without their neighbours."""
    for file in dossier.sources:
        try:
            document = readers.read_document(file)
        except DocumentError:
            continue
        yield document.name, document
