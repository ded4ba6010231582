"""`kg show`."""

from __future__ import annotations

import dataclasses
import json
import sys
import textwrap
from pathlib import Path

import click

from kg.card import Card, Evidence, Happening, Post, span
from kg.cli.console import dossier_option, language_option, printable, store_option, terminal_width
from kg.graph import open_graph
from kg.store.access import Address
from kg.terms import shorten

WORDS = {
    "en": {
        "names": "Also",
        "posts": "Posts",
        "relations": "Ties",
        "events": "Events",
        "claims": "Claims",
        "sources": "Sources",
        "more": "{n} more; --all shows them",
        "own": "the document itself",
        "via": "as reported by",
        "means": "It is also the name of",
        "Checked": "checked against its sources",
        "Unchecked": "not checked",
        "about": "about",
    },
    "de": {
        "names": "Auch",
        "posts": "Ämter",
        "relations": "Bindungen",
        "events": "Ereignisse",
        "claims": "Aussagen",
        "sources": "Quellen",
        "more": "{n} weitere; --all zeigt sie",
        "own": "das Dokument selbst",
        "via": "laut",
        "means": "So heißt auch",
        "Checked": "an den Quellen geprüft",
        "Unchecked": "ungeprüft",
        "about": "über",
    },
}
STATUS = {
    "en": {
        "Occurred": "happened",
        "Ongoing": "goes on",
        "Planned": "planned",
        "Cancelled": "called off",
        "Negated": "said not to be so",
        "Possible": "possible",
    },
    "de": {
        "Occurred": "geschehen",
        "Ongoing": "dauert an",
        "Planned": "geplant",
        "Cancelled": "abgesagt",
        "Negated": "verneint",
        "Possible": "möglich",
    },
}
FIGURES = {
    "en": {
        "birthDate": "born",
        "deathDate": "died",
        "instrumentStatus": "status",
        "creator": "author",
        "issued": "published",
        "license": "licence",
    },
    "de": {
        "date": "Datum",
        "start": "Beginn",
        "end": "Ende",
        "founded": "gegründet",
        "dissolved": "aufgelöst",
        "birthDate": "geboren",
        "deathDate": "gestorben",
        "symbol": "Zeichen",
        "vote": "Abstimmung",
        "instrumentStatus": "Stand",
        "publisher": "Herausgeber",
        "creator": "Autor",
        "issued": "erschienen",
        "language": "Sprache",
        "license": "Lizenz",
    },
}
SHOWN = {"events": 15, "claims": 10}


@click.command("show")
@click.argument("name")
@click.option("--all", "all_", is_flag=True, help="Leave nothing out.")
@click.option("-f", "--format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@store_option
@dossier_option
@language_option
def command(name: str, all_: bool, format: str, store: Path | Address, dossier: Path | None, lang: str) -> None:
    """Show all that is known of NAME: posts, events, and claims with speaker, quote and document.

    NAME is any name in any language ("Kim Jong Un", "Nordkorea", "북한"), a prefixed
    name (event:singapore-summit-2018) or an IRI.
    """
    graph = open_graph(store)
    card = graph.card(name, lang)
    if format == "json":
        click.echo(json.dumps(dataclasses.asdict(card), ensure_ascii=False, indent=1))
        return
    others = [] if ":" in name else [iri for iri in graph.index.find(name)[1:4] if iri != card.iri]
    page = Page(card, lang, all_)
    click.echo(page.render(shorten(card.iri, graph.prefixes), [shorten(iri, graph.prefixes) for iri in others]))


class Page:
    """A card as lines of text no wider than the terminal (80 to 100 columns)."""

    def __init__(self, card: Card, language: str, everything: bool) -> None:
        self.card = card
        self.words = WORDS[language]
        self.status = STATUS[language]
        self.language = language
        self.everything = everything
        self.width = terminal_width()
        self.bold = sys.stdout.isatty()
        self.lines: list[str] = []

    def render(self, short: str, others: list[str]) -> str:
        """All parts that have anything in them."""
        card = self.card
        labels = [card.labels[tag] for tag in (self.language, "en", "de", "ko", "") if tag in card.labels]
        self.lines = [self.strong("  ·  ".join(dict.fromkeys(labels)))]
        checked = f"  – {self.words.get(card.checked, card.checked)}" if card.checked else ""
        self.add(f"{', '.join(card.classes)}  ({short}){checked}", "")
        if others:
            self.add(f"{self.words['means']}: {', '.join(others)}", "")
        shown = set(labels)
        names = [text for prop, _, text in card.names if prop in ("officialName", "altLabel", "metonym") and text not in shown]
        if names:
            self.add(f"{self.words['names']}: {', '.join(dict.fromkeys(names))}", "  ")
        for name, text in card.figures:
            self.add(f"{FIGURES[self.language].get(name, name)}: {text}", "  ")
        for _, text in card.descriptions:
            self.add(text, "  ")
        for name, parts in card.parts:
            self.add(f"{name}: {', '.join(parts)}", "  ")
        self.section("posts", [self.post(post) for post in card.posts])
        self.section("relations", [f"{label} – {other}  {when}".rstrip() for label, other, when in card.relations])
        self.section("events", [self.happening(h) for h in card.happenings])
        self.section("claims", [self.evidence(e) for e in card.evidence])
        if card.sources:
            self.section("sources", list(card.sources))
        return "\n".join(self.lines)

    def strong(self, text: str) -> str:
        """A heading."""
        return click.style(printable(text), bold=True) if self.bold else printable(text)

    def add(self, text: str, indent: str) -> None:
        """A paragraph, wrapped."""
        self.lines += textwrap.wrap(printable(text), self.width, initial_indent=indent, subsequent_indent=indent + "  ") or [""]

    def section(self, key: str, entries: list[str]) -> None:
        """A heading with its entries, cut where there are many."""
        if not entries:
            return
        self.lines += ["", self.strong(f"{self.words[key]} ({len(entries)})")]
        limit = len(entries) if self.everything else SHOWN.get(key, 20)
        for entry in entries[:limit]:
            first, *rest = entry.split("\n")
            self.add(first, "  ")
            for line in rest:
                self.add(line, "      ")
        if len(entries) > limit:
            self.lines.append("  … " + self.words["more"].format(n=len(entries) - limit))

    def post(self, post: Post) -> str:
        """One tenure."""
        holder = "" if post.holder in self.card.labels.values() else f"{post.holder}, "
        return f"{span(post.start, post.end):25} {holder}{post.post}"

    def happening(self, h: Happening) -> str:
        """One event."""
        status = "" if h.status in ("", "Occurred") else f" – {self.status.get(h.status, h.status)}"
        place = f", {h.place}" if h.place and h.place not in h.label else ""
        return f"{span(h.date, h.end) or '?':25} {h.label}{place}  [{h.category}{status}]"

    def evidence(self, e: Evidence) -> str:
        """One claim with its quote."""
        who = ", ".join(e.actors) or "?"
        whom = f" → {', '.join(e.recipients)}" if e.recipients else ""
        about = f", {self.words['about']} {', '.join(e.about)}" if e.about else ""
        speaker = f" ({self.words['via']} ".join(e.speakers) + ")" * (len(e.speakers) - 1) if e.speakers else self.words["own"]
        source = ", ".join(part for part in (e.document, e.publisher, e.date) if part)
        status = self.status.get(e.status, e.status)
        return f"{e.category}: {who}{whom}{about}  [{status}, {e.confidence:.2f}]\n{speaker}: “{e.quote}”\n– {source}"
