"""`kg extract` with other engines and in several processes."""

from __future__ import annotations

from pathlib import Path

from tests.test_cli import ARTICLE, assert_one_line_error, kg


def test_other_engines_say_what_they_need(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf-8")
    assert_one_line_error(kg("extract", "a.txt", "-e", "spacy", cwd=tmp_path), "--model")
    assert_one_line_error(kg("extract", "a.txt", "-e", "spacy", "-m", "none_core_web", cwd=tmp_path), "spacy")
    assert_one_line_error(kg("extract", "a.txt", "-e", "llm", cwd=tmp_path, env={"KG_LLM_URL": ""}), "KG_LLM_URL")
    assert_one_line_error(kg("extract", "a.txt", "--dry-run", cwd=tmp_path), "--engine llm", code=2)
    settings = {"KG_LLM_URL": "http://127.0.0.1:9/v1", "KG_LLM_MODEL": "x", "KG_LLM_PRICE_IN": "1", "KG_LLM_PRICE_OUT": "2"}
    done = kg("extract", "a.txt", "-e", "llm", "--dry-run", cwd=tmp_path, env=settings)
    assert done.returncode == 0, done.stderr
    assert "1 chunks" in done.stdout
    assert "cost about" in done.stdout


def test_jobs_give_the_same_output_in_the_same_order(tmp_path: Path) -> None:
    for number in range(7):
        (tmp_path / f"{number}.txt").write_text(ARTICLE * (number + 1), encoding="utf-8")
    files = [f"{number}.txt" for number in range(7)]
    alone = kg("extract", *files, "-f", "jsonl", "--published", "2018", cwd=tmp_path)
    shared = kg("extract", *files, "-f", "jsonl", "--published", "2018", "-j", "2", cwd=tmp_path)
    assert alone.returncode == shared.returncode == 0, shared.stderr
    assert alone.stdout == shared.stdout != ""
