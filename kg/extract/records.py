"""Records: claims as flat JSON objects, one a line, for scoring and for other programs."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from kg.errors import ExportError
from kg.model import Extraction, Link
from kg.terms import Names


def records(extraction: Extraction, names: Names | None = None) -> list[dict[str, object]]:
    """The claims of a document as JSON objects, in the document's order.

    Parameters
    ----------
    extraction : Extraction
        What an engine made of a document.
    names : Names, optional
        The dossier's names, from which the IRIs of claims and events are made.

    Returns
    -------
    list of dict
        `start` and `end` are the sentence's offsets; participants and speakers are objects with `iri label names mention`.
    """
    iris = names or Names()
    found: list[dict[str, object]] = []
    for claim in extraction.claims:
        event = claim.event
        found.append(
            {
                "id": iris.thing("claim", claim.key),
                "document": claim.document,
                "start": claim.start,
                "end": claim.end,
                "quote": claim.quote,
                "trigger": claim.trigger.text,
                "type": event.type,
                "category": event.category,
                "status": claim.status,
                "confidence": claim.confidence,
                "actors": [_participant(link) for link in event.actors],
                "recipients": [_participant(link) for link in event.recipients],
                "speakers": [_participant(link) for link in claim.speakers],
                "event": event.known or iris.thing("event", event.key),
                "about": list(event.about),
                "place": event.place,
                "date": event.date or event.start,
            }
        )
    return found


def _participant(link: Link) -> dict[str, object]:
    plain = link.label.partition(" (")[0]  # without the curator's remark: "US media (collective)"
    return {"iri": link.entity, "label": link.label, "names": sorted({*link.names, plain}), "mention": link.mention.text}


def write(found: Iterable[Mapping[str, object]], path: Path) -> None:
    """Write records to a file, a JSON object a line; the file is there whole or not at all.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    text = "".join(json.dumps(record, ensure_ascii=False, sort_keys=True) + "\n" for record in found)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ExportError(f"cannot be written: {error.strerror or error}", file=path) from error
