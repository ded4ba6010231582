"""How well sentences of the kind that news agencies write are understood, on subjects that the facts know little of.

`cases/language/<language>.jsonl` holds short texts with the claims that must come out: German and English versions of each other, and
behind them some of one language alone, which show its own verbs, nouns and constructions. A claim has acceptable names and values
for each part; `alone` says that it may also come without a recipient, `anyone` that its speaker is not looked at, `optional` that it
costs nothing either way.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from typing import Any

import pytest

from kg.extract.records import records
from kg.model import Document
from kg.terms import EVENT_TYPES
from tests.extract_support import CASES, full_engine

FLOORS = {"de": 0.83, "en": 0.81}
"""F1 over all texts of a language, a margin below what was measured."""
SYMMETRIC = frozenset(("Agree", "Consult", "Cooperate", "AllyOf"))


@functools.cache
def cases(language: str) -> tuple[dict[str, Any], ...]:
    lines = (CASES / "language" / f"{language}.jsonl").read_text("utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


def plain(name: str) -> str:
    return name.replace("-", " ").replace(".", "").casefold()


def names(participants: Iterable[Any]) -> set[str]:
    return {plain(name) for item in participants for name in (*item["names"], item["label"], item["mention"])}


def agrees(wanted: list[str], found: set[str]) -> bool:
    return bool({plain(name) for name in wanted} & found) if wanted else not found


def fits(case: dict[str, Any], record: dict[str, Any]) -> bool:
    """Whether a record says what a case's claim says."""
    if record["type"] not in case["types"]:
        return False
    actors, recipients = names(record["actors"]), names(record["recipients"])
    without = bool(case.get("alone")) and not recipients
    if agrees(case["actors"], actors) and (without or agrees(case["recipients"], recipients)):
        return True
    turned = record["type"] in SYMMETRIC and agrees(case["actors"], recipients)
    return turned and agrees(case["recipients"], actors)


def matched(wanted: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The most pairs of a claim and a record that fit, each used once; what is not optional goes first."""
    taken: dict[int, int] = {}

    def place(number: int, tried: set[int]) -> bool:
        for other, record in enumerate(found):
            if other not in tried and fits(wanted[number], record):
                tried.add(other)
                if other not in taken or place(taken[other], tried):
                    taken[other] = number
                    return True
        return False

    for number in sorted(range(len(wanted)), key=lambda number: bool(wanted[number].get("optional"))):
        place(number, set())
    return [(wanted[number], found[other]) for other, number in sorted(taken.items())]


@functools.cache
def figures(language: str) -> dict[str, float]:
    """F1, and the share of required claims found whose status and speaker are right."""
    required = right = made = status = speaker = 0
    for case in cases(language):
        document = Document(case["id"], case["text"], language, published="2018-09-29")
        found = records(full_engine().extract(document))
        pairs = matched(case["claims"], found)
        counted = [pair for pair in pairs if not pair[0].get("optional")]
        required += sum(not claim.get("optional") for claim in case["claims"])
        right += len(counted)
        made += len(found) - (len(pairs) - len(counted))
        status += sum(record["status"] in claim["statuses"] for claim, record in counted)
        speaker += sum(bool(claim.get("anyone")) or agrees(claim["speakers"], names(record["speakers"][:1])) for claim, record in counted)
    return {"F1": 2 * right / (required + made), "status": status / right, "speaker": speaker / right}


@pytest.mark.parametrize("language", sorted(FLOORS))
def test_claims_come_out(language: str) -> None:
    assert figures(language)["F1"] >= FLOORS[language], figures(language)


@pytest.mark.parametrize("language", sorted(FLOORS))
def test_status_and_speaker(language: str) -> None:
    assert figures(language)["status"] >= 0.93
    assert figures(language)["speaker"] >= 0.92


def test_the_cases_cover_what_they_should() -> None:
    paired = {language: [case["id"].partition("-")[2] for case in cases(language) if "-field-" not in case["id"]] for language in FLOORS}
    assert paired["de"][: len(paired["en"])] == paired["en"]
    assert len(paired["en"]) >= 90 and len(cases("de")) >= 125
    types = {name for case in cases("en") for claim in case["claims"] for name in claim["types"]}
    assert set(EVENT_TYPES) <= types
    assert sum(not case["claims"] for case in cases("en")) >= 3
