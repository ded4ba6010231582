"""The screen of `kg review`: a claim with its sentence, the words in two languages, and how a key or an answer is read."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import click
from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from kg.cli.console import printable, terminal_width
from kg.cli.show import STATUS
from kg.errors import NotFoundError
from kg.review.desk import Desk
from kg.review.questions import Question
from kg.review.session import Session
from kg.store.names import fold
from kg.terms import STATUSES


@dataclass(frozen=True, slots=True)
class Words:
    """What the screen says, in one language."""

    keys: str
    help: str
    how_to_edit: str
    fields: Mapping[str, str]
    rows: Mapping[str, str]
    status: Mapping[str, str]
    done: Mapping[str, str]
    undone: Mapping[str, str]
    into: Mapping[str, str]
    which: str
    own: str
    via: str
    sure: str
    perhaps: str
    nobody: str
    skipped: str
    same: str
    itself: str
    no_candidate: str
    nothing: str
    nothing_to_undo: str
    end: str
    unknown: str
    open: str
    summary: str

    def status_of(self, text: str) -> str:
        """The status that a word means, in English, German or as the log spells it.

        Raises
        ------
        NotFoundError
            With the words to choose from.
        """
        known = {fold(shown): name for table in STATUS.values() for name, shown in zip(STATUSES, _in_order(table), strict=True)}
        known |= {name: name for name in STATUSES}
        if fold(text) in known:
            return known[fold(text)]
        raise NotFoundError(text, tuple(self.status.values()))


def _in_order(table: Mapping[str, str]) -> list[str]:
    return [table[name.capitalize()] for name in STATUSES]


EN = Words(
    keys="a accept  r reject  e edit  m merge  k keep apart  s skip  u undo  q quit  ?",
    help=(
        "a  accept: the sentence says this, and it is so\n"
        "r  reject: the sentence does not say this, or it is not so\n"
        "e  edit: put type, names, status or speaker right, then it counts as accepted\n"
        "m  merge a new name into a known person, state or body, in all documents\n"
        "k  keep a new name apart from a known one; it is not proposed again\n"
        "s  skip: leave it open        u  undo the last decision\n"
        "q  quit: all decisions are saved already"
    ),
    how_to_edit="Enter keeps what stands there, '-' empties it, Ctrl-D breaks off; names are separated by ';'.",
    fields={"type": "What", "actors": "Who", "recipients": "To whom", "status": "Status", "speakers": "Said by (innermost first)"},
    rows={
        "type": "What",
        "actors": "Who",
        "recipients": "To whom",
        "about": "About",
        "places": "Where",
        "when": "When",
        "status": "Status",
        "speakers": "Said by",
        "names": "Names",
        "new": "New name",
    },
    status={name: STATUS["en"][name.capitalize()] for name in STATUSES},
    done={
        "accept": "Accepted.",
        "reject": "Rejected.",
        "edit": "Corrected and accepted.",
        "merge": "{name} is now {entity}, everywhere.",
        "apart": "{name} is kept apart from {entity}.",
    },
    undone={
        "accept": "Taken back: the claim is open again.",
        "reject": "Taken back: the claim is open again.",
        "edit": "Taken back: the claim is open again, as it was.",
        "merge": "Taken back: the name is a new one again.",
        "apart": "Taken back: the two are no longer kept apart.",
    },
    into={"m": "{name} is the same as", "k": "{name} is not the same as"},
    which="Which name",
    own="the document itself",
    via="as reported by",
    sure="certainty",
    perhaps="perhaps {name}? m merges, k keeps apart",
    nobody="m merges it into a known one",
    skipped="Skipped.",
    same="Nothing was changed.",
    itself="That is the name itself.",
    no_candidate="There is no new name here; e changes who is meant.",
    nothing="No claim is open.",
    nothing_to_undo="There is nothing to undo.",
    end="That was the last one. u undo, q quit",
    unknown="{key!r} is no key here; ? explains them.",
    open="Open claims: {n}",
    summary="Decisions written: {n}, by {by}, to {file}\nNext: kg build",
)
DE = Words(
    keys="a annehmen r verwerfen e ändern m vereinen k trennen s weiter u zurück q Ende ?",
    help=(
        "a  annehmen: Der Satz sagt das, und es stimmt\n"
        "r  verwerfen: Der Satz sagt das nicht, oder es stimmt nicht\n"
        "e  ändern: Art, Namen, Stand oder Sprecher berichtigen; gilt dann als angenommen\n"
        "m  vereinen: Ein neuer Name meint jemand Bekannten, in allen Dokumenten\n"
        "k  trennen: Ein neuer Name meint jemand anderen; kein Vorschlag mehr\n"
        "s  weiter: offen lassen       u  zurück: letzte Entscheidung aufheben\n"
        "q  Ende: Alle Entscheidungen sind schon gespeichert"
    ),
    how_to_edit="Eingabetaste behält den Wert, '-' leert ihn, Strg-D bricht ab; Namen mit ';' trennen.",
    fields={"type": "Was", "actors": "Wer", "recipients": "Wem gegenüber", "status": "Stand", "speakers": "Laut (innerster zuerst)"},
    rows={
        "type": "Was",
        "actors": "Wer",
        "recipients": "Gegenüber",
        "about": "Worüber",
        "places": "Wo",
        "when": "Wann",
        "status": "Stand",
        "speakers": "Laut",
        "names": "Namen",
        "new": "Neuer Name",
    },
    status={name: STATUS["de"][name.capitalize()] for name in STATUSES},
    done={
        "accept": "Angenommen.",
        "reject": "Verworfen.",
        "edit": "Berichtigt und angenommen.",
        "merge": "{name} ist nun überall {entity}.",
        "apart": "{name} bleibt getrennt von {entity}.",
    },
    undone={
        "accept": "Aufgehoben: Die Aussage ist wieder offen.",
        "reject": "Aufgehoben: Die Aussage ist wieder offen.",
        "edit": "Aufgehoben: Die Aussage ist wieder offen, wie sie war.",
        "merge": "Aufgehoben: Der Name ist wieder ein neuer.",
        "apart": "Aufgehoben: Die Trennung gilt nicht mehr.",
    },
    into={"m": "{name} ist dasselbe wie", "k": "{name} ist nicht dasselbe wie"},
    which="Welcher Name",
    own="das Dokument selbst",
    via="berichtet von",
    sure="Sicherheit",
    perhaps="vielleicht {name}? m vereint, k trennt",
    nobody="m vereint ihn mit einem bekannten",
    skipped="Übergangen.",
    same="Nichts wurde geändert.",
    itself="Das ist der Name selbst.",
    no_candidate="Hier ist kein neuer Name; e ändert, wer gemeint ist.",
    nothing="Keine Aussage ist offen.",
    nothing_to_undo="Es gibt nichts aufzuheben.",
    end="Das war die letzte. u zurück, q Ende",
    unknown="{key!r} ist hier keine Taste; ? erklärt sie.",
    open="Offene Aussagen: {n}",
    summary="Entscheidungen: {n}, von {by}, in {file}\nWeiter: kg build",
)


def words(language: str) -> Words:
    """The words of a language, `en` or `de`."""
    return DE if language == "de" else EN


class Screen:
    """Shows claims and reads keys: single key presses from a terminal, one line a key from a pipe.

    Parameters
    ----------
    desk : Desk
        Knows the labels.
    text : Words
        The words to use.
    """

    def __init__(self, desk: Desk, text: Words) -> None:
        self.desk = desk
        self.text = text
        self.live = sys.stdin.isatty()
        self.styled = sys.stdout.isatty()
        width = min(shutil.get_terminal_size((80, 24)).columns, 100) if self.styled else terminal_width()
        self.console = Console(width=width, highlight=False, markup=False, emoji=False)

    def show(self, question: Question, number: int, total: int) -> None:
        """One claim: the sentence between its neighbours, and what it is taken to say."""
        source = ", ".join(part for part in (question.document, question.published) if part)
        title = Text(printable(f"{number}/{total} · {source} · {self.text.sure} {question.confidence:.2f}"), style="bold")
        self.console.print()
        self.console.print(Rule(title, align="left", style="dim", characters="─"))
        sentence = Text()
        if question.before:
            sentence.append(f"{printable(question.before)} ", "dim")
        sentence.append_text(self._marked(question))
        if question.after:
            sentence.append(f" {printable(question.after)}", "dim")
        self.console.print(sentence)
        self.console.print()
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in self._rows(question):
            style = "yellow" if name == "new" else "bold" if name in ("type", "actors", "recipients") else ""
            table.add_row(self.text.rows[name], Text(printable(value), style=style))
        self.console.print(table)
        self.console.print(Text(f"\n{self.text.keys}", style="cyan"))

    def _marked(self, question: Question) -> Text:
        quote, place = question.quote, 0
        marked = Text()
        for start, end, _ in question.mentions:
            marked.append(_plain(quote[place:start]))
            name = _plain(quote[start:end])
            marked.append(name if self.styled else f"[{name}]", "bold underline")
            place = end
        return marked.append(_plain(quote[place:]))

    def _rows(self, question: Question) -> list[tuple[str, str]]:
        desk, fields = self.desk, self.desk.fields(question)

        def labels(iris: tuple[str, ...]) -> str:
            return ", ".join(desk.label(iri) for iri in iris)

        rows = [
            ("type", desk.type_label(fields.type)),
            ("actors", labels(fields.actors)),
            ("recipients", labels(fields.recipients)),
            ("about", labels(question.about)),
            ("places", labels(question.places)),
            ("when", question.when),
            ("status", self.text.status[fields.status]),
            ("speakers", f", {self.text.via} ".join(desk.label(iri) for iri in fields.speakers) or self.text.own),
        ]
        into = desk.log.into
        named = [(_plain(question.quote[a:b]), into.get(iri, iri)) for a, b, iri in question.mentions]
        odd = (f"{said} = {desk.label(iri)}" for said, iri in named if said not in (desk.label(iri), desk.known.labels.get(iri)))
        rows.append(("names", ", ".join(dict.fromkeys(odd))))
        for candidate in desk.candidates(question):
            proposal = desk.proposal(candidate)
            hint = self.text.perhaps.format(name=desk.label(proposal)) if proposal else self.text.nobody
            rows.append(("new", f"{desk.label(candidate)} – {hint}"))
        return [row for row in rows if row[1]]

    def say(self, text: str) -> None:
        """A line to the reviewer."""
        self.console.print(Text(printable(text), style="green"))

    def key(self) -> str:
        """The next key; empty at the end of the input."""
        if not self.live:
            for line in sys.stdin:
                if line.strip():
                    return line.strip()
            return ""
        try:
            key = click.getchar()
        except EOFError:
            return ""
        return key if key.strip() and not key.startswith("\x1b") else self.key()  # neither the Enter key nor an arrow decides anything

    def ask(self, prompt: str, default: str) -> str | None:
        """An answer on one line; the default where it is empty, empty for '-', None where the reviewer breaks off."""
        shown = printable(f"{prompt} [{default}]: " if default else f"{prompt}: ")
        if self.live:
            try:
                answer = input(shown)
            except (EOFError, KeyboardInterrupt):
                self.console.print()
                return None
        else:
            click.echo(shown)
            answer = sys.stdin.readline()
            if not answer:
                return None
        answer = " ".join(answer.split())
        return "" if answer == "-" else answer or default

    def close(self, session: Session) -> None:
        """What was done in this sitting."""
        if session.decided:
            self.say(self.text.summary.format(n=session.decided, by=session.by, file=self.desk.file))


def one_line(desk: Desk, question: Question, text: Words) -> str:
    """A claim in two lines: how sure, where, what it says, and the sentence."""
    fields = desk.fields(question)
    who = ", ".join(desk.label(iri) for iri in fields.actors) or "?"
    whom = f" → {', '.join(desk.label(iri) for iri in fields.recipients)}" if fields.recipients else ""
    said = f", {text.via} ".join(desk.label(iri) for iri in fields.speakers)
    what = f"{desk.type_label(fields.type)}: {who}{whom}  [{text.status[fields.status]}]" + (
        f"  {text.rows['speakers']}: {said}" if said else ""
    )
    return printable(f"{question.confidence:.2f}  {question.document}  {what}\n      “{_plain(question.quote)}”")


def _plain(text: str) -> str:
    return printable(text).replace("\n", " ").replace("\t", " ")
