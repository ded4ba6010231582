"""`kg review`."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.console import PATH, dossier_option, language_option, printable, store_option, write_bytes
from kg.cli.reviewing import Screen, Words, one_line, words
from kg.errors import KgError, NotFoundError
from kg.graph import open_graph
from kg.ontology import Dossier, locate
from kg.review import sheet
from kg.review.desk import ACTORS, SPEAKERS, Desk
from kg.review.questions import Fields, Question
from kg.review.session import Session, now, reviewer
from kg.store.access import Address


@click.command("review")
@click.option("--document", default="", metavar="NAME", help="Only the claims of this document.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most so many claims.")
@click.option("--list", "list_", is_flag=True, help="List the open claims and decide nothing.")
@click.option("--export", "to", type=PATH, metavar="FILE.csv", help="Write all claims for a spreadsheet; '-' is the screen.")
@click.option("--import", "come", type=PATH, metavar="FILE.csv", help="Take over the rows changed in such a spreadsheet.")
@store_option
@dossier_option
@language_option
def command(
    document: str,
    limit: int | None,
    list_: bool,
    to: Path | None,
    come: Path | None,
    store: Path | Address,
    dossier: Path | None,
    lang: str,
) -> None:
    """Accept, reject or mend claims, the least certain first.

    One key decides: a accept, r reject, e edit, m merge a new name into a known
    one, k keep it apart, s skip, u undo, q quit, ? help. Each decision is at once
    a line in DOSSIER/reviews.jsonl, under your name ($KG_REVIEWER, git's
    user.name, or your login); 'kg build' applies it. A claim is asked again only
    if its sentence changes.
    """
    if sum((list_, to is not None, come is not None)) > 1:
        raise click.UsageError("Choose one of --list, --export and --import.")
    graph = open_graph(store)
    desk = Desk(graph.store, graph.names, Dossier.load(locate(dossier)), lang)
    if to is not None:
        write_bytes(sheet.export(desk, document, limit), to)
        return
    if come is not None:
        found = sheet.read(desk, come, reviewer(desk.file.parent), now)
        desk.write(found)
        click.echo(f"Decisions taken over: {len(found)}, into {desk.file}" + ("\nNext: kg build" if found else ""))
        return
    waiting = desk.open(document)
    if list_:
        for question in waiting[:limit]:
            click.echo(one_line(desk, question, words(lang)))
        click.echo(words(lang).open.format(n=len(waiting)), err=True)
        return
    desk.writable()
    session = Session(desk, waiting[:limit], reviewer(desk.file.parent), now)
    screen = Screen(desk, words(lang))
    try:
        _sit(session, screen, words(lang))
    finally:
        screen.close(session)


def _sit(session: Session, screen: Screen, text: Words) -> None:
    """Ask until nothing is left, or the reviewer has enough."""
    shown: Question | None = None
    while True:
        question = session.current
        if question is not shown and question is not None:
            screen.show(question, session.place + 1, len(session.questions))
        shown = question
        if question is None and not session.decided:
            screen.say(text.nothing)
            return
        if question is None:
            screen.say(text.end)
        key = screen.key()
        if key in ("", "q"):
            return
        if key == "u":
            undone = session.undo()
            screen.say(text.undone[undone.decision] if undone else text.nothing_to_undo)
            shown = None
        elif question is None or key == "?":
            screen.say(text.help)
        elif key == "a":
            session.accept()
            screen.say(text.done["accept"])
        elif key == "r":
            session.reject()
            screen.say(text.done["reject"])
        elif key == "s":
            session.skip()
            screen.say(text.skipped)
        elif key == "e":
            fields = _mended(session, question, screen, text)
            if fields is not None:
                screen.say(text.done["edit"] if session.edit(fields) else text.same)
            shown = None
        elif key in ("m", "k"):
            _name(session, question, screen, text, key)
            shown = None
        else:
            screen.say(text.unknown.format(key=printable(key)))


def _mended(session: Session, question: Question, screen: Screen, text: Words) -> Fields | None:
    """The fields as the reviewer corrects them, or None if that was broken off."""
    desk, old = session.desk, session.desk.fields(question)

    def names(kinds: tuple[str, ...], answer: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(desk.find(part.strip(), kinds) for part in answer.split(";") if part.strip()))

    screen.say(text.how_to_edit)
    found: dict[str, object] = {}
    for field in ("type", "actors", "recipients", "status", "speakers"):
        value = getattr(old, field)
        if field == "type":
            shown = desk.type_label(value)
        else:
            shown = text.status[value] if field == "status" else "; ".join(desk.name(iri) for iri in value)
        while True:
            answer = screen.ask(text.fields[field], shown)
            if answer is None:
                return None
            try:
                if answer == shown:
                    found[field] = value
                elif field == "type":
                    found[field] = desk.type_of(answer)
                elif field == "status":
                    found[field] = text.status_of(answer)
                else:
                    found[field] = names(SPEAKERS if field == "speakers" else ACTORS, answer)
                break
            except NotFoundError as error:
                screen.say(f"{error.message}{f' ({error.hint})' if error.hint else ''}")
    fields = Fields(**found)  # type: ignore[arg-type] # one value of its kind was put in for each field
    if wrong := desk.check(fields):
        screen.say(wrong)
        return None
    return fields


def _name(session: Session, question: Question, screen: Screen, text: Words, key: str) -> None:
    """Merge a new name into an entity, or keep the two apart."""
    desk = session.desk
    unknown = desk.candidates(question)
    if not unknown:
        screen.say(text.no_candidate)
        return
    candidate = unknown[0]
    if len(unknown) > 1:
        labels = {desk.label(iri): iri for iri in unknown}
        answer = screen.ask(f"{text.which} ({'; '.join(labels)})", desk.label(candidate))
        if not answer or answer not in labels:
            return
        candidate = labels[answer]
    while True:
        proposal = desk.proposal(candidate)
        answer = screen.ask(text.into[key].format(name=printable(desk.label(candidate))), desk.name(proposal) if proposal else "")
        if not answer:
            return
        try:
            entity = desk.find(answer)
        except NotFoundError as error:
            screen.say(f"{error.message}{f' ({error.hint})' if error.hint else ''}")
            continue
        if entity == candidate:
            screen.say(text.itself)
            continue
        break
    try:
        (session.merge if key == "m" else session.keep_apart)(candidate, entity)
    except KgError as error:
        screen.say(str(error))
        return
    screen.say(
        text.done[{"m": "merge", "k": "apart"}[key]].format(name=printable(desk.label(candidate)), entity=printable(desk.label(entity)))
    )
