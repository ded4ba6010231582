from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import DocumentError
from kg.extract import documents, readers
from kg.extract.documents import detect_language, parse, read, render
from kg.model import Document

HEADER = '+++\ntitle = "Ein Gipfel"\nlanguage = "de"\npublished = "2018-08"\n+++\n'


def test_front_matter_and_offsets() -> None:
    document = parse(HEADER + "Kim traf Moon.\r\nDanach.\r\n", "brief")
    assert (document.title, document.language, document.published) == ("Ein Gipfel", "de", "2018-08")
    assert document.text == "Kim traf Moon.\r\nDanach.\r\n"


def test_without_front_matter_the_whole_file_counts() -> None:
    assert parse("\n\nKim und Moon haben sich in der Stadt getroffen.", "a").text.startswith("\n\n")


def test_overrides_come_first() -> None:
    document = parse(HEADER + "Text", "brief", published="2018-09-01", language="en")
    assert (document.published, document.language) == ("2018-09-01", "en")


@pytest.mark.parametrize(
    ("header", "line", "needle"),
    [
        ('+++\ntitle = "x"\nauthr = "y"\n+++\n', 3, "authr"),
        ('+++\npublished = "2018-02-30"\n+++\n', 2, "published"),
        ("+++\ntitle = 3\n+++\n", 2, "text"),
        ('+++\ntitle = "x\n+++\n', 2, "TOML"),
        ('+++\ntitle = "x"\n', 1, "+++"),
    ],
)
def test_wrong_front_matter_names_the_line(tmp_path: Path, header: str, line: int, needle: str) -> None:
    file = tmp_path / "a.md"
    file.write_text(header + "Text", encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        read(file)
    assert caught.value.line == line
    assert caught.value.file == file
    assert needle in str(caught.value)


def test_a_toml_date_is_a_date() -> None:
    assert parse("+++\npublished = 2018-08-29\n+++\nx", "a").published == "2018-08-29"


def test_unreadable_files(tmp_path: Path) -> None:
    latin, empty, binary, utf16 = (tmp_path / name for name in ("latin.txt", "empty.txt", "nul.txt", "utf16.txt"))
    latin.write_bytes("für".encode("latin-1"))
    empty.write_bytes(b" \n")
    binary.write_bytes(b"ab\x00cd")
    utf16.write_bytes("für".encode("utf-16"))
    for file, needle in (
        (latin, "position 1"),
        (empty, "empty"),
        (binary, "position 2"),
        (tmp_path / "none.txt", "no such"),
        (tmp_path, "folder"),
    ):
        with pytest.raises(DocumentError, match=needle):
            read(file)
    with pytest.raises(DocumentError, match="UTF-16"):
        read(utf16)


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.extract.documents.MAX_BYTES", 10)
    file = tmp_path / "large.txt"
    file.write_text("x" * 11, encoding="utf-8")
    with pytest.raises(DocumentError, match="more than 10 bytes"):
        read(file)


def test_byte_order_mark_is_taken_off(tmp_path: Path) -> None:
    file = tmp_path / "bom.txt"
    file.write_bytes(b"\xef\xbb\xbfHallo")
    assert read(file).text == "Hallo"


def test_the_name_is_safe_in_an_iri() -> None:
    assert parse("x", "Gipfel 1/2: Kim & Moon").name == "gipfel-1-2-kim-moon"
    assert parse("x", "brief-de-1").name == "brief-de-1"
    assert parse("x", "???").name.startswith("document-")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Die Gespräche mit dem Norden sind ins Stocken geraten, und das ist für den Präsidenten nicht gut.", "de"),
        ("The talks with the North have stalled, and that is not good for the president of the country.", "en"),
        ("Les pourparlers avec le Nord sont dans une impasse depuis plusieurs semaines.", "und"),
        ("12345 67890", "und"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert detect_language(text) == language


@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.sampled_from(["", "2018", "2018-08-29"]),
)
def test_render_and_parse_are_inverse(title: str, text: str, published: str) -> None:
    document = Document("a", text, "de", title=title.strip(), published=published)
    assert parse(render(document), "a") == document


def test_html_has_its_article() -> None:
    paragraphs = "".join(
        f"<p>Kim traf Moon am {day}. Juni in Pjöngjang, und beide sprachen lange über den Frieden im Land.</p>" for day in range(1, 8)
    )
    body = f"<nav>Menü</nav><article><h1>Gipfel</h1>{paragraphs}</article>"
    page = f"<!DOCTYPE html><html><head><title>Gipfel</title></head><body>{body}</body></html>"
    text, metadata = readers.read_any(page.encode())
    assert "Kim traf Moon am 3. Juni" in text
    assert "Menü" not in text
    assert metadata["title"] == "Gipfel"


def test_html_without_an_article() -> None:
    with pytest.raises(DocumentError, match="no article"):
        readers.read_any(b"<html><body></body></html>", "text/html; charset=utf-8")


def test_pdf_without_text_and_damaged() -> None:
    import pypdf

    stream = io.BytesIO()
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(stream)
    with pytest.raises(DocumentError, match="no text"):
        readers.read_any(stream.getvalue())
    with pytest.raises(DocumentError, match="damaged"):
        readers.read_any(b"%PDF-1.4 broken")


def test_encrypted_pdf() -> None:
    import pypdf

    stream = io.BytesIO()
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(stream)
    with pytest.raises(DocumentError, match="encrypted"):
        readers.read_any(stream.getvalue(), ".pdf")


def test_unknown_type() -> None:
    with pytest.raises(DocumentError, match="image/png"):
        readers.read_any(b"x", "image/png")
    with pytest.raises(DocumentError, match=r"\.docx"):
        readers.read_any(b"x", "", Path("a.docx"))


def test_markdown_gives_its_running_text_and_what_its_header_says(tmp_path: Path) -> None:
    file = tmp_path / "article.md"
    file.write_text(
        '---\ntitle: "Talks: stalled"\ndate: 2018-08-29T10:00:00 # evening\ntags: [a, b]\nauthor: Ä. Reporter\n---\n'
        "# Talks *stalled*\n\nKim **threatened** the\n[US](https://example.org/a) & Japan.\n\n"
        "- One `point`\n\n```\ncode\n```\n\n<div>no</div>\n",
        encoding="utf-8",
    )
    text, found = readers.read_any(file)
    assert text == "Talks stalled\n\nKim threatened the US & Japan.\n\nOne point\n"
    assert found == {"title": "Talks: stalled", "published": "2018-08-29", "author": "Ä. Reporter"}


def test_markdown_of_a_dossier_keeps_its_header(tmp_path: Path) -> None:
    file = tmp_path / "article.md"
    file.write_text('+++\ntitle = "T"\n+++\nA *b*.\n', encoding="utf-8")
    assert readers.read_any(file) == ('+++\ntitle = "T"\n+++\nA *b*.\n', {})


@pytest.mark.parametrize("header", ["---\n: x\n---\n", "---\ndate: soon\n---\n", "---\ntitle:\n  - a\n---\n", "---\ntitle: |\n  a\n---\n"])
def test_a_header_that_says_nothing_usable_is_passed_over(header: str) -> None:
    assert readers.read_any((header + "A b.\n").encode(), ".md") == ("A b.\n", {})


def test_a_file_without_end_is_not_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_BYTES", 1000)
    with pytest.raises(DocumentError, match="more than 1,000 bytes"):
        documents.load_bytes(Path("/dev/zero"))
