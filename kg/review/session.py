"""One sitting of a reviewer: which claim comes next, and each decision written down before the next is shown."""

from __future__ import annotations

import dataclasses
import datetime
import getpass
import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from kg.extract.reviews import Edit, Log, Review
from kg.review.desk import Desk
from kg.review.questions import Fields, Question


class Session:
    """Goes through questions. Nothing is kept back: what was decided is on disk when a method returns.

    Parameters
    ----------
    desk : Desk
        Reads and writes the log.
    questions : sequence of Question
        In the order in which to ask.
    by : str
        Who decides.
    now : callable
        Tells the time, ISO 8601.
    """

    def __init__(self, desk: Desk, questions: Sequence[Question], by: str, now: Callable[[], str]) -> None:
        self.desk = desk
        self.questions = tuple(questions)
        self.by = by
        self.now = now
        self.place = 0
        self.decided = 0
        self._done: list[tuple[int, Review]] = []

    @property
    def current(self) -> Question | None:
        """The claim to decide, or None at the end; claims that somebody else has decided meanwhile are passed over."""
        while self.place < len(self.questions):
            question = self.questions[self.place]
            if self.desk.decided(question) is None:
                return question
            self.place += 1
        return None

    def skip(self) -> None:
        """Leave the claim open."""
        self.place += 1

    def accept(self, note: str = "") -> None:
        """The claim is drawn rightly."""
        self._decide("accept", note=note)

    def reject(self, note: str = "") -> None:
        """The claim is drawn wrongly."""
        self._decide("reject", note=note)

    def edit(self, fields: Fields, note: str = "") -> bool:
        """The claim is right once corrected. Where nothing differs, nothing is written and False is returned."""
        question = self._question()
        edit = self.desk.fields(question).edit_to(fields)
        if edit.fields:
            self._decide("edit", edit, note)
        return bool(edit.fields)

    def merge(self, candidate: str, entity: str) -> None:
        """A name stands for an entity, here and everywhere; the claim itself stays open.

        Raises
        ------
        DossierError
            If that would make merges go round in a circle; nothing is written then.
        """
        language = self.desk.languages.get(self._question().document, "")
        name = self.desk.label(candidate)
        review = Review("merge", self.by, self.now(), candidate=candidate, entity=entity, name=name, language=language)
        Log((*self.desk.log.reviews, review), self.desk.file)
        self._write(review)

    def keep_apart(self, candidate: str, entity: str) -> None:
        """A name does not stand for an entity; it is not proposed again."""
        self._write(Review("apart", self.by, self.now(), candidate=candidate, entity=entity))

    def undo(self) -> Review | None:
        """Withdraw the last decision of this sitting that was not withdrawn yet, and go back to its claim; None if there is none."""
        if not self._done:
            return None
        place, review = self._done.pop()
        entity = review.entity if review.decision == "apart" else ""
        withdrawal = Review(
            "withdraw", self.by, self.now(), review.claim, review.key, review.quote, candidate=review.candidate, entity=entity
        )
        self.desk.write([withdrawal])
        self.place = place
        self.decided -= 1
        return review

    def _question(self) -> Question:
        question = self.current
        if question is None:
            raise IndexError("no claim is left to decide")
        return question

    def _decide(self, decision: str, edit: Edit | None = None, note: str = "") -> None:
        self._write(decision_on(self._question(), decision, self.by, self.now(), edit, note))
        self.place += 1

    def _write(self, review: Review) -> None:
        self.desk.write([review])
        self._done.append((self.place, review))
        self.decided += 1


def decision_on(question: Question, decision: str, by: str, at: str, edit: Edit | None = None, note: str = "") -> Review:
    """A decision on a claim, with all that finds the claim again."""
    review = Review(decision, by, at, question.claim, question.key, question.quote, note=note)
    return review if edit is None else dataclasses.replace(review, edit=edit)


def now() -> str:
    """The time as the log has it: UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def reviewer(folder: Path) -> str:
    """Who decides: `$KG_REVIEWER`, else git's user.name in the folder, else the login name."""
    if named := os.environ.get("KG_REVIEWER", "").strip():
        return named
    try:
        done = subprocess.run(
            ["git", "config", "user.name"],
            cwd=folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=5,
            check=False,
        )
        if named := done.stdout.strip():
            return named
    except (OSError, subprocess.TimeoutExpired):
        pass  # git is not installed, or hangs: the login name will do
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
