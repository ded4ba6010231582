"""What the server asks of a worker process, and what comes back: plain values that can be sent between processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from kg.store.base import ResultKind
from kg.store.operations import EVERYTHING, DatasetChoice

Action: TypeAlias = Literal["query", "update", "get", "put", "post", "delete", "head", "resource", "graphs", "about"]


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to do with the graph.

    Attributes
    ----------
    text : str
        The query or update; for a resource its IRI.
    formats : dict
        The form wanted for each kind of answer.
    graph : str or None
        A graph's name; None is the default graph.
    parts : tuple of (bytes, str)
        What is put into a graph: documents, with the RDF syntax of each.
    """

    action: Action
    text: str = ""
    dataset: DatasetChoice = EVERYTHING
    formats: dict[ResultKind, str] = field(default_factory=dict)
    graph: str | None = None
    parts: tuple[tuple[bytes, str], ...] = ()
    base: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job.

    Attributes
    ----------
    status : int
        The HTTP status that fits.
    kind, form : str
        Of an answer to a query.
    body : bytes
        The answer where it is small, or the message of an error.
    file : str
        The file that holds the answer where it is large; whoever gets it removes it.
    size : int
        Bytes of the answer.
    generation : str
        The build that was asked.
    """

    status: int
    kind: str = ""
    form: str = ""
    body: bytes = b""
    file: str = ""
    size: int = 0
    generation: str = ""
