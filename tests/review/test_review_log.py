"""Review: nothing that was written is ever lost, in the log or the spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import DossierError, KgError
from kg.extract.reviews import Edit, Review, parse, render
from kg.pipeline import build
from kg.review import desk as desks
from kg.review import sheet
from kg.review.desk import Desk, append
from tests.review_support import (
    BLOCKADE,
    NAMES,
    THREAT,
    asked,
    dossier,
    lines,
    open_desk,
    session,
    states,
)

MACRON = NAMES.mint("candidate", "Emmanuel Macron")
MAKRON = NAMES.thing("person", "makron")
FINLAND = NAMES.thing("state", "finland")
FRANCE = NAMES.thing("state", "france")
NIINISTO = NAMES.thing("person", "sauli-niinisto")
LOG = Path("reviews.jsonl")


# ---- the log


REVIEWS = (
    Review("accept", "Ä. Cürator", "2026-11-24T16:30:00Z", NAMES.thing("claim", "ab"), "cd", "Er sagte: „Ja\u2028nein.“", note="so"),
    Review("edit", "A", "2026-11-24", NAMES.thing("claim", "ab"), edit=Edit("Visit", (FINLAND,), (), "planned", (FRANCE,))),
    Review("edit", "A", "2026-11-24", NAMES.thing("claim", "ab"), edit=Edit(status="possible")),
    Review("withdraw", "A", "2026-11-24", NAMES.thing("claim", "ab"), "cd"),
    Review("merge", "A", "2026-11-24", candidate=MACRON, entity=MAKRON, name="Macron", language="en"),
    Review("withdraw", "A", "2026-11-24", candidate=MACRON),
    Review("apart", "A", "2026-11-24", candidate=MACRON, entity=MAKRON),
    Review("withdraw", "A", "2026-11-24", candidate=MACRON, entity=MAKRON),
)


@pytest.mark.parametrize("review", REVIEWS, ids=lambda review: review.decision)
def test_a_decision_is_one_sorted_line_and_is_read_back(review: Review) -> None:
    line = render(review, NAMES)
    assert line.count("\n") == 1
    assert line.endswith("}\n")
    record = json.loads(line)
    assert list(record) == sorted(record)
    (read,) = parse(LOG, line, NAMES)
    assert read == (review if not review.quote else Review(**{**_fields(review), "quote": " ".join(review.quote.split())}))


def _fields(review: Review) -> dict[str, object]:
    return {name: getattr(review, name) for name in Review.__slots__}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"claim": "a", "decision": "acc', "no JSON object"),
        ("[1]", "no JSON object"),
        ('{"claim": "a", "by": "A", "at": "2026-01-01"}', "lacks 'decision'"),
        ('{"claim": "a", "decision": "accept", "at": "2026-01-01"}', "lacks 'by'"),
        ('{"decision": "accept", "by": "A", "at": "2026-01-01"}', "lacks 'claim'"),
        ('{"claim": "a", "decision": "maybe", "by": "A", "at": "2026-01-01"}', "unknown decision 'maybe'"),
        ('{"claim": "a", "decision": "accept", "by": " ", "at": "2026-01-01"}', "who decided"),
        ('{"claim": "a", "decision": "accept", "by": "A", "at": "yesterday"}', "isoformat"),
        ('{"claim": "a b", "decision": "accept", "by": "A", "at": "2026-01-01"}', "not a usable name"),
        ('{"claim": "a", "decision": "edit", "by": "A", "at": "2026-01-01"}', "lacks 'edit'"),
        ('{"claim": "a", "decision": "edit", "edit": {}, "by": "A", "at": "2026-01-01"}', "corrected fields"),
        ('{"claim": "a", "decision": "edit", "edit": {"colour": "x"}, "by": "A", "at": "2026-01-01"}', "no field 'colour'"),
        ('{"claim": "a", "decision": "edit", "edit": {"status": "x"}, "by": "A", "at": "2026-01-01"}', "unknown status 'x'"),
        ('{"claim": "a", "decision": "edit", "edit": {"actors": "state:x"}, "by": "A", "at": "2026-01-01"}', "list of IRIs"),
        ('{"decision": "merge", "merge": "candidate:x", "by": "A", "at": "2026-01-01"}', "lacks 'into'"),
        ('{"decision": "merge", "merge": "https://elsewhere.org/x", "into": "state:x", "by": "A", "at": "2026-01-01"}', "no thing"),
    ],
)
def test_a_damaged_line_is_named_and_nothing_is_lost(desk: Desk, folder: Path, line: str, message: str) -> None:
    session(desk).accept()
    with desk.file.open("a", encoding="utf-8") as log:
        log.write(line + "\n")
    before = desk.file.read_bytes()
    for use in (desk.open, lambda: build(folder)):
        with pytest.raises(DossierError, match=r"reviews\.jsonl:2: this line is no review: ") as error:
            use()
        assert message in str(error.value).replace("Isoformat", "isoformat")
    assert desk.file.read_bytes() == before


def test_a_line_without_its_end_is_not_written_into(desk: Desk) -> None:
    session(desk).accept()
    desk.file.write_bytes(desk.file.read_bytes().rstrip(b"\n"))
    session(desk).accept()
    assert [record["decision"] for record in lines(desk)] == ["accept", "accept"]
    assert desk.file.read_bytes().endswith(b"}\n")


def test_many_writers_at_once_do_not_mix_their_lines(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from kg.terms import Names\n"
        "from kg.extract.reviews import Review; from kg.review.desk import append\n"
        "names = Names('https://example.org/small/')\n"
        "for n in range(40): append(Path(sys.argv[1]), [Review('accept', sys.argv[2], '2026-01-01', names.thing('claim', str(n)),"
        " quote='x' * 3000)] * 2, names)"
    )
    file = tmp_path / "reviews.jsonl"
    running = [subprocess.Popen([sys.executable, "-c", program, str(file), by]) for by in ("A", "B", "C")]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    found = parse(file, file.read_text(encoding="utf-8"), NAMES)
    assert {by: [r.claim.rsplit("/", 1)[1] for r in found if r.by == by] for by in "ABC"} == {
        by: [str(n) for n in range(40) for _ in range(2)] for by in "ABC"
    }


def test_the_packaged_dossier_is_not_written(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = folder.rename(folder.with_name("_dossier"))
    monkeypatch.setattr(desks, "packaged", lambda: inside)
    with pytest.raises(DossierError, match=r"packaged dossier is not for editing.*kg init"):
        append(inside / LOG, REVIEWS, NAMES)
    assert not (inside / LOG).exists()


# ---- the spreadsheet


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def changed(desk: Desk, file: Path, change: Callable[[list[dict[str, str]]], object], delimiter: str = ",") -> Path:
    rows = rows_of(sheet.export(desk))
    change(rows)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, sheet.COLUMNS, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return file


def row(rows: list[dict[str, str]], begins: str) -> dict[str, str]:
    return next(found for found in rows if found["quote"].startswith(begins))


def read(desk: Desk, file: Path) -> list[Review]:
    return sheet.read(desk, file, "A. Curator", lambda: "2026-11-24T16:00:00Z")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_is_changed_in_a_spreadsheet_becomes_decisions(desk: Desk, folder: Path, tmp_path: Path, delimiter: str) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        row(rows, BLOCKADE)["decision"] = "Reject"
        row(rows, BLOCKADE)["note"] = "no blockade"
        row(rows, THREAT).update(type="accuse", recipients="Frankreich; Emmanuel Macron")
        row(rows, "Emmanuel Macron met")["decision"] = "accept"

    found = read(desk, changed(desk, tmp_path / "claims.csv", change, delimiter))
    desk.write(found)
    assert sorted((r.decision, r.note) for r in found) == [("accept", ""), ("edit", ""), ("reject", "no blockade")]
    assert next(r for r in found if r.decision == "edit").edit == Edit("Accuse", (FINLAND,), (FRANCE, MACRON))
    assert states(build(folder))[asked(desk, BLOCKADE).claim] == "Rejected"
    again = rows_of(sheet.export(desk))
    assert row(again, THREAT)["type"] == "Accuse"
    assert row(again, THREAT)["decision"] == "edit"
    assert read(desk, changed(desk, tmp_path / "again.csv", lambda rows: rows, delimiter)) == []
    assert [bool(r["decision"]) for r in again] == [False, False, True, True, True], "open claims come first"

    def clear(rows: list[dict[str, str]]) -> None:
        row(rows, THREAT)["decision"] = ""

    (taken,) = read(desk, changed(desk, tmp_path / "third.csv", clear, delimiter))
    assert (taken.decision, taken.claim) == ("withdraw", asked(desk, THREAT).claim)


def test_an_export_runs_nothing_and_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = dossier(tmp_path / "formula", "=Finland threatened France.\n\n+Finland accused France, it said.\n")
    desk = open_desk(folder)
    assert desk.all
    data = sheet.export(desk)
    for cells in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    (tmp_path / "out.csv").write_bytes(data)
    assert any("'=Finland" in cell or "'+Finland" in cell for cells in csv.reader(io.StringIO(data.decode())) for cell in cells)
    assert read(desk, tmp_path / "out.csv") == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows[1].update(decision="yes"), "unknown decision 'yes'"),
        (lambda rows: rows[1].update(key="0000"), "no claim has the key '0000'"),
        (lambda rows: rows[1].update(key=rows[0]["key"]), "stands in line 2 too"),
        (lambda rows: rows[1].update(actors="Atlantis"), "'Atlantis'"),
        (lambda rows: rows[1].update(actors=""), "somebody has to act"),
        (lambda rows: rows[1].update(type="Summti"), "did you mean .*Summit"),
        (lambda rows: rows[1].update(status="done"), "a status is one of occurred"),
        (lambda rows: rows[1].update(type="AllyOf", recipients=""), "between one actor and one recipient"),
        (lambda rows: rows[1].update(decision="reject", status="possible"), "'status' was changed, yet the decision is reject"),
        (lambda rows: rows[1].update(decision="edit"), "nothing was changed"),
        (lambda rows: rows[1].update(note="hm"), "a note but no decision"),
        (lambda rows: rows[1].update(quote="Something else."), "the sentence was changed"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_taken_over(
    desk: Desk, tmp_path: Path, change: Callable[[list[dict[str, str]]], object], message: str
) -> None:
    def both(rows: list[dict[str, str]]) -> None:
        rows[0]["decision"] = "accept"
        change(rows)

    with pytest.raises(DossierError, match=rf"claims\.csv:3: .*{message}"):
        desk.write(read(desk, changed(desk, tmp_path / "claims.csv", both)))
    assert not desk.file.exists()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "claims.csv: this file is empty"),
        (b"key,decision\n1,accept\n", "claims.csv:1: the column 'type' is missing"),
        ((",".join(sheet.COLUMNS) + "\n1,accept\n").encode(), "claims.csv:2: this row has 2 cells"),
        ((",".join(sheet.COLUMNS) + '\n"1,accept\n').encode(), "claims.csv:2: this row cannot be read"),
        ((",".join(sheet.COLUMNS) + "\nö").encode("latin-1"), "claims.csv:2: this file is not UTF-8"),
    ],
)
def test_a_file_that_is_no_such_spreadsheet_is_refused(desk: Desk, tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "claims.csv").write_bytes(data)
    with pytest.raises(KgError) as error:
        read(desk, tmp_path / "claims.csv")
    assert message in str(error.value)
