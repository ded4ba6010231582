"""`kg add`."""

from __future__ import annotations

import datetime
import shlex
from pathlib import Path

import click

from kg.cli.console import dossier_option
from kg.cli.fetch import fetch
from kg.errors import DocumentError, DossierError
from kg.extract import documents, readers
from kg.ontology import Dossier, locate, packaged
from kg.store.generations import write_atomically
from kg.terms import is_web_address, slug


@click.command("add")
@click.argument("source", metavar="FILE|URL")
@click.option("--published", required=True, metavar="DATE", help="When it was published: YYYY-MM-DD, YYYY-MM or YYYY.")
@click.option("--publisher", help="Who published it.")
@click.option("--title", help="Its title, where the file does not say it.")
@click.option("--author")
@click.option("--licence", help="Under which licence its text may be kept here.")
@click.option("--lang", "language", type=click.Choice(["de", "en"]), help="Its language, where it should not be guessed.")
@click.option("--name", help="The name of the file in the dossier [default: from the title].")
@click.option("--force", is_flag=True, help="Replace a document of the same name.")
@dossier_option
def command(
    source: str,
    published: str,
    publisher: str | None,
    title: str | None,
    author: str | None,
    licence: str | None,
    language: str | None,
    name: str | None,
    force: bool,
    dossier: Path | None,
) -> None:
    """Put an article into a dossier: HTML, PDF, Markdown or plain text, from a file or the web.

    The text is taken out of the page, and kept with title, publisher and date in
    DOSSIER/sources/NAME.md. 'kg build' then extracts from it.
    """
    folder = locate(dossier)
    Dossier.load(folder)
    here = {Path.cwd(), Path.cwd() / "ontology"}
    if dossier is None and folder.resolve() == packaged().resolve() and folder.resolve() not in here:
        raise DossierError("the packaged dossier is not for editing", file=folder, hint="'kg init DIR' makes one of your own; then -d DIR")
    if is_web_address(source):
        data, media = fetch(source)
        text, found = readers.read_any(data, media, Path(source))
        found.setdefault("url", source)
        found["retrieved"] = datetime.date.today().isoformat()
        stem = slug(source.rstrip("/").rsplit("/", 1)[-1].rsplit(".", 1)[0])
    else:
        text, found = readers.read_any(Path(source))
        stem = Path(source).stem
    given = {"published": published, "publisher": publisher, "title": title, "author": author, "licence": licence, "language": language}
    found.update({key: value for key, value in given.items() if value})
    chosen = slug(name or found.get("title", "")[:60] or stem) or documents.usable_name(stem)
    framed = text if text.startswith(f"{documents.FENCE}\n") else f"{documents.FENCE}\n{documents.FENCE}\n{text}"
    document = documents.parse(framed, chosen, file=None, **found)
    target = folder / "sources" / f"{chosen}.md"
    if target.exists() and not force:
        raise DocumentError(
            "a document of this name is there already", file=target, hint="choose another with --name, or replace it with --force"
        )
    target.parent.mkdir(exist_ok=True)
    write_atomically(target, documents.render(document).encode())
    click.echo(f"{target}  ({len(document.text):,} characters, {document.language})")
    if document.language not in ("de", "en"):
        click.echo(
            "Note: its language is neither German nor English, or was not recognised; nothing will be extracted (--lang says it)", err=True
        )
    click.echo(f"Next: kg build -d {shlex.quote(str(dossier))}" if dossier else "Next: kg build")
