"""`kg extract`."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

import click

from kg.cli.console import PATH, dossier_option, printable, progress, terminal_width, write_bytes
from kg.errors import ExportError, KgError
from kg.extract import readers, records, triples
from kg.extract.engines.base import Engine
from kg.extract.parallel import extract_all
from kg.model import Claim, Document, Extraction, Link
from kg.ontology import Dossier, locate
from kg.pipeline import extractor
from kg.store.oxigraph import open_memory

ENGINES = click.Choice(["lexicon", "spacy", "llm"])
STATUS_MARKS = {
    "occurred": "",
    "ongoing": "ongoing",
    "planned": "planned",
    "cancelled": "called off",
    "negated": "NOT",
    "possible": "possible",
}


@click.command("extract")
@click.argument("files", nargs=-1, required=True, type=PATH)
@click.option("-f", "--format", type=click.Choice(["table", "jsonl", "trig"]), default="table", show_default=True)
@click.option("-o", "--output", type=PATH, metavar="DIR", help="Write one file a document into this folder: <stem>.jsonl or <stem>.trig.")
@click.option("--lang", "language", type=click.Choice(["de", "en"]), help="The documents' language, where it should not be guessed.")
@click.option("--published", metavar="DATE", help="The documents' date; relative dates and posts depend on it.")
@click.option("-e", "--engine", type=ENGINES, default="lexicon", show_default=True, help="What reads the sentences.")
@click.option(
    "-m", "--model", default="", metavar="NAME", help="For spacy: a pipeline (de_core_news_md; several with commas); for llm: a model."
)
@click.option("--dry-run", is_flag=True, help="With llm: say what would be sent and what it might cost, and send nothing.")
@click.option("-j", "--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="Work in so many processes.")
@dossier_option
def command(
    files: tuple[Path, ...],
    format: str,
    output: Path | None,
    language: str | None,
    published: str | None,
    engine: str,
    model: str,
    dry_run: bool,
    jobs: int,
    dossier: Path | None,
) -> None:
    """Show what documents claim: who does what to whom, as said by whom, with the sentence.

    Names are known from the dossier; the documents need not be in it. A document
    that cannot be read is reported, the others are still done, and the exit code is 1.
    """
    if output is not None and format == "table":
        raise click.UsageError("A table goes to the screen; with -o choose -f jsonl or -f trig.")
    stems = [file.stem for file in files]
    if output is not None and (twice := sorted({stem for stem in stems if stems.count(stem) > 1})):
        raise click.UsageError(f"Two documents would be written to {twice[0]}.{format}; rename one.")
    loaded = Dossier.load(locate(dossier))
    given = {name: value for name, value in (("language", language), ("published", published)) if value}
    make: Callable[[], Engine] = partial(extractor, loaded.folder, engine, model)
    read = Reader(given)
    if dry_run and engine != "llm":
        raise click.UsageError("--dry-run goes with --engine llm; the other engines send nothing.")
    if engine == "llm":
        asking = make()
        if dry_run:
            click.echo("\n".join(estimates(asking, files, read)))
            return
        make, jobs = (lambda: asking), 1
    if output is not None:
        _make_folder(output)
    failed = 0
    with progress() as tell:
        tell("extraction", 0, len(files))
        for number, (file, extraction) in enumerate(extract_all(make, files, read, jobs), 1):
            tell("extraction", number, len(files))
            if isinstance(extraction, KgError):
                click.echo(f"Error: {extraction}", err=True)
                failed += 1
                continue
            notes = list(extraction.notes)
            if file.suffix.casefold() in (".html", ".htm", ".xhtml", ".pdf"):
                notes.append("offsets count in the text taken out of it")
            for note in notes:
                click.echo(f"Note: {file}: {note}", err=True)
            _give(extraction, file, format, output, loaded)
    if engine == "llm":
        click.echo(spent(asking), err=True)
    if failed:
        raise SystemExit(1)


def estimates(engine: Engine, files: tuple[Path, ...], read: Reader) -> Iterator[str]:
    """What asking a language model about each document would take."""
    from kg.extract.engines.llm import LlmEngine

    assert isinstance(engine, LlmEngine)
    for file in files:
        guess = engine.estimate(read(file))
        cost = "" if guess.cost is None else f", cost about {guess.cost:.4f}"
        tokens = f"about {guess.tokens_in:,} tokens to send and {guess.tokens_out:,} to receive{cost}"
        yield f"{file}: {guess.chunks} chunks, {guess.cached} of them answered before, {guess.characters:,} characters; {tokens}"


def spent(engine: Engine) -> str:
    """What a language model was asked, and the cost."""
    from kg.extract.engines.llm import LlmEngine

    assert isinstance(engine, LlmEngine)
    used = engine.usage
    cost = "" if used.cost is None else f", cost {used.cost:.4f}"
    return f"{used.requests} requests, {used.cached} answers from the cache, {used.tokens_in:,} tokens sent, {used.tokens_out:,} got{cost}"


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads documents with the metadata given on the command line; it can be sent to another process."""

    given: dict[str, str]

    def __call__(self, file: Path) -> Document:
        """The document in a file."""
        return readers.read_document(file, **self.given)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"cannot be made: {error.strerror or error}", file=folder) from error


def _give(extraction: Extraction, file: Path, format: str, output: Path | None, dossier: Dossier) -> None:
    if format == "table":
        counts = f"{len(extraction.claims)} claims, {len(extraction.sentences)} sentences, {extraction.document.language}"
        click.echo(f"{printable(str(file))}: {counts}")
        click.echo("\n".join(lines(extraction, terminal_width())))
        return
    if format == "jsonl":
        rows = (json.dumps(record, ensure_ascii=False, sort_keys=True) for record in records.records(extraction, dossier.names))
        data = "".join(f"{row}\n" for row in rows).encode()
    else:
        store = open_memory(dossier.prefixes)
        store.extend(triples.quads(extraction, dossier.names, dossier.names.thing("run", "extract")))
        data = store.dump("trig")
    write_bytes(data, None if output is None else output / f"{file.stem}.{format}")


def lines(extraction: Extraction, width: int) -> Iterator[str]:
    """The claims of a document for reading: each sentence once, and under it what it claims, in the order of the text."""
    claims = sorted(extraction.claims, key=lambda claim: (claim.start, claim.trigger.start, claim.key))
    for _, group in groupby(claims, key=lambda claim: (claim.start, claim.end)):
        found = list(group)
        yield ""
        yield from textwrap.wrap(f"“{printable(' '.join(found[0].quote.split()))}”", width)
        for claim in found:
            who = names(claim.event.actors) or "?"
            whom = f" → {names(claim.event.recipients)}" if claim.event.recipients else ""
            said = f", as said by {' < '.join(link.label for link in claim.speakers)}" if claim.speakers else ""
            head = f"  {what(claim):24} {claim.confidence:.2f}  "
            text = textwrap.wrap(printable(f"{who}{whom}{said}"), width - len(head)) or [""]
            yield head + text[0]
            yield from (" " * len(head) + line for line in text[1:])


def what(claim: Claim) -> str:
    """The kind of event with its status where it did not simply occur."""
    mark = STATUS_MARKS[claim.status]
    return f"{claim.event.category} ({mark})" if mark else claim.event.category


def names(links: tuple[Link, ...]) -> str:
    """Participants by label."""
    return ", ".join(dict.fromkeys(link.label for link in links))
