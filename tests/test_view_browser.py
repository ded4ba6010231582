"""The page in a real browser, where there is one: it draws, it reports no error, and it asks for nothing."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest

from kg.view.page import render
from kg.view.projection import page_data
from tests.browser import BROWSER, visit_address
from tests.test_view import KIM, NASTY, SUMMIT, THREAT, Sample, sample

pytestmark = pytest.mark.skipif(not BROWSER, reason="no chromium on the PATH")


def visit(page: str, folder: Path, chosen: str = "") -> tuple[str, list[str]]:
    """The document of a page as the browser has it after the scripts ran, and the lines of its console."""
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8", newline="\n")
    with tempfile.TemporaryDirectory() as profile:
        return visit_address(f"{file.as_uri()}#{chosen}", profile)


def test_it_draws_and_the_console_is_empty(tmp_path: Path) -> None:
    dom, console = visit(render(sample(), title=NASTY, style={}), tmp_path)
    assert console == []
    assert 'data-ready="9"' in dom and "<canvas" in dom
    assert f"9 nodes, {len(page_data(sample(), {}, 1000)['edges'])} relations" in dom
    assert int(re.search(r'id="graph"[^>]*data-labels="(\d+)"', dom).group(1)) >= 5  # type: ignore[union-attr]  # it is there, or the test fails
    assert "<img" not in dom.split('<script type="application/json"')[0]


def test_a_chosen_node_shows_who_says_what(tmp_path: Path) -> None:
    dom, console = visit(render(sample(), title="t", style={}), tmp_path, f"node={THREAT.split('/id/')[1]}&lang=de")
    assert console == []
    details = re.search(r'<aside id="details".*?</aside>', dom, re.S)
    assert details
    for text in ("Drohen: Nordkorea → Südkorea", "bestritten", "ungeprüft", "83", "Brief", "berichtet von", "Seoul &lt;/script&gt;&lt;img"):
        assert text in details.group(), text
    assert "<img" not in details.group() and "javascript:" not in details.group()
    assert '<html lang="de"' in dom


def test_links_lead_only_to_web_pages(tmp_path: Path) -> None:
    dom, console = visit(render(sample(), title="t", style={}), tmp_path, f"node={SUMMIT.split('/id/')[1]}")
    assert console == []
    assert re.findall(r'<a href="([^"]*)"', dom) == ["https://example.org/source"]
    person, _ = visit(render(sample(), title="t", style={}), tmp_path, f"node={KIM.split('/id/')[1]}")
    assert "김정은" in person and "Supreme Leader" in person


def test_an_empty_graph_says_so(tmp_path: Path) -> None:
    dom, console = visit(render(Sample().mirror, title="t", style={}), tmp_path)
    assert console == []
    assert 'data-ready="0"' in dom and re.search(r'<p id="empty"[^>]*>There is nothing to draw', dom)
    assert not re.search(r'<p id="empty"[^>]*hidden', dom)


def test_the_limit_is_told(tmp_path: Path) -> None:
    dom, _ = visit(render(sample(), title="t", style={}, limit=2), tmp_path)
    assert "The page holds 2 of 9 nodes" in dom
