"""Tables as a terminal shows them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from kg.cli.table import fold, printable, table

ROWS = [
    ("북한", "조선민주주의인민공화국의 최고 지도자", "2011-12-17"),
    ("Nordkorea", "Oberster Führer der Demokratischen Volksrepublik Korea und Vorsitzender", ""),
    ("United States", "President", "2017-01-20"),
]
HEADS = ("state", "post", "since")


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    text = table(HEADS, ROWS, width)
    assert max(map(cell_len, text.splitlines())) <= width
    assert "2017-01-20" in text, "short cells are whole"


def test_korean_counts_double_and_columns_stand_under_each_other() -> None:
    lines = table(HEADS, ROWS[:1], 80).splitlines()
    at = cell_len(lines[0][: lines[0].index("since")])
    assert cell_len(lines[2][: lines[2].index("2011")]) == at


def test_cells_wrap_at_spaces() -> None:
    lines = table(HEADS, ROWS, 60).splitlines()
    assert any(line.strip() == "Demokratischen Volksrepublik" for line in lines), lines
    assert fold("Donaudampfschifffahrt ab", 8) == ["Donaudam", "pfschiff", "fahrt ab"]
    assert fold("북한과 미국", 5) == ["북한", "과", "미국"]


def test_many_columns_become_blocks() -> None:
    heads = [f"column{n}" for n in range(12)]
    text = table(heads, [[f"value {n}" * 3 for n in range(12)]], 60)
    assert text.startswith("─── 1 ─")
    assert max(map(cell_len, text.splitlines())) <= 60


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=4), st.integers(10, 90))
def test_any_text_fits_any_terminal(rows: list[tuple[str, str]], width: int) -> None:
    text = table(("a", "b"), rows, width)
    assert all(cell_len(line) <= width for line in text.split("\n"))
    assert printable(text) == text


def test_nothing_steers_the_terminal() -> None:
    text = table(("a",), [("\x1b[31mred\u202e \r\x07",)], 80)
    assert not any(char in text for char in "\x1b\u202e\r\x07")


def test_a_table_of_many_rows_is_quick() -> None:
    begin = time.process_time()
    table(HEADS, ROWS * 5000, 80)
    assert time.process_time() - begin < 2.5
