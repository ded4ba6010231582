"""Readers: the running text of an HTML page, a PDF, a Markdown or a text file, with what the file says of itself. No network."""

from __future__ import annotations

import io
import logging
import re
from pathlib import Path
from typing import Final

from kg.errors import DocumentError
from kg.extract import markdown
from kg.extract.documents import FENCE, decode, is_partial_date, load_bytes, parse, read
from kg.model import Document

MEDIA_TYPES: Final = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "text/markdown": ".md",
    "text/plain": ".txt",
}
SUFFIXES: Final = {
    ".html": ".html",
    ".htm": ".html",
    ".xhtml": ".html",
    ".pdf": ".pdf",
    ".md": ".md",
    ".markdown": ".md",
    ".txt": ".txt",
    "": ".txt",
}


def read_any(source: Path | str | bytes, media_type: str = "", file: Path | None = None) -> tuple[str, dict[str, str]]:
    """The text of a file or of bytes, and the metadata found in it.

    Parameters
    ----------
    source : Path, str or bytes
        A file's path, or the bytes themselves.
    media_type : str
        A media type (`text/html; charset=utf-8`) or a suffix (`.pdf`); taken from the path or the first bytes where empty.
    file : Path, optional
        The name to give in an error about bytes.

    Returns
    -------
    tuple of str and dict
        The text, and those of the keys `title author published publisher url language` that the file states.

    Raises
    ------
    DocumentError
        If the file cannot be read, has another type, is encrypted, or holds no text; or the package that reads the type is not there.
    """
    if isinstance(source, bytes):
        data, path = source, file
    else:
        path = Path(source)
        data = load_bytes(path)
    if not data.strip():
        raise DocumentError("is empty", file=path, hint="a document needs a text")
    kind = _kind(data, media_type, path)
    if kind == ".pdf":
        return _pdf(data, path)
    if kind == ".html":
        return _html(data, path)
    text = decode(data, path)
    if kind == ".md" and not text.startswith(FENCE):
        found, body = markdown.split_header(text)
        return markdown.plain(body), found
    return text, {}


def read_document(file: Path, **overrides: str) -> Document:
    """The document in a file of any kind: a page or a PDF gives its running text, in which offsets then count.

    Parameters
    ----------
    **overrides : str
        Metadata that count before what the file says of itself.

    Raises
    ------
    DocumentError
        As `read_any` and `kg.extract.documents.read`.
    """
    if SUFFIXES.get(file.suffix.casefold()) not in (".html", ".pdf"):
        return read(file, **overrides)
    text, found = read_any(file)
    return parse(f"{FENCE}\n{FENCE}\n{text}", file.stem, file=file, **{**found, **overrides})


def _kind(data: bytes, media_type: str, path: Path | None) -> str:
    wanted = media_type.split(";")[0].strip().casefold()
    if wanted:
        kind = MEDIA_TYPES.get(wanted) or SUFFIXES.get(wanted if wanted.startswith(".") else "?")
        if kind is None:
            raise DocumentError(f"media type {wanted!r} is not read", file=path, hint=f"one of {', '.join(MEDIA_TYPES)}")
        return kind
    head = data[:1024].lstrip()
    if head.startswith(b"%PDF-"):
        return ".pdf"
    if re.match(rb"(?:\xef\xbb\xbf)?(?:<\?xml[^>]*>\s*)?<(?:!doctype html|html)", head, re.IGNORECASE):
        return ".html"
    suffix = path.suffix.casefold() if path is not None else ""
    kind = SUFFIXES.get(suffix)
    if kind is None:
        raise DocumentError(f"files {suffix!r} are not read", file=path, hint=f"one of {', '.join(key for key in SUFFIXES if key)}")
    return kind


def _html(data: bytes, file: Path | None) -> tuple[str, dict[str, str]]:
    try:
        import trafilatura
    except ImportError as error:
        raise DocumentError(f"HTML cannot be read: {error}", file=file, hint="pip install trafilatura lxml_html_clean") from error
    found = trafilatura.bare_extraction(data, include_comments=False, include_tables=False, with_metadata=True)
    values = (
        {}
        if found is None
        else {key: getattr(found, key, None) for key in ("text", "title", "author", "date", "sitename", "url", "language")}
    )
    text = str(values.get("text") or "").strip()
    if not text:
        raise DocumentError("no article was found in the page", file=file, hint="save its text as a .txt file")
    named = {"title": "title", "author": "author", "date": "published", "sitename": "publisher", "url": "url", "language": "language"}
    metadata = {named[key]: str(value).strip() for key, value in values.items() if key in named and value}
    if not is_partial_date(metadata.get("published", "0001")):
        del metadata["published"]
    return text + "\n", metadata


def _pdf(data: bytes, file: Path | None) -> tuple[str, dict[str, str]]:
    try:
        import pypdf
        from pypdf.errors import DependencyError, PyPdfError
    except ImportError as error:
        raise DocumentError(f"PDF cannot be read: {error}", file=file, hint="pip install pypdf") from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it thinks of a damaged file is no matter of the reader
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError("the PDF is encrypted", file=file, hint="save it without a password")
        pages = [page.extract_text() for page in reader.pages]
        title, author = (reader.metadata.title, reader.metadata.author) if reader.metadata is not None else (None, None)
    except DependencyError as error:
        raise DocumentError("the PDF is encrypted", file=file, hint="save it without a password") from error
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise DocumentError(f"the PDF is damaged: {error}", file=file, hint="open and save it again") from error
    text = _unwrapped("\n\n".join(page.strip() for page in pages if page.strip()))
    if not text.strip():
        raise DocumentError("the PDF holds no text", file=file, hint="it may be scanned: run a text recognition first")
    return text, {key: str(value).strip() for key, value in (("title", title), ("author", author)) if value}


def _unwrapped(text: str) -> str:
    """A PDF's lines joined to paragraphs: a line that ends without final punctuation goes on in the next one."""
    text = re.sub(r"(?<=[a-zäöüß])-\n(?=[a-zäöüß])", "", text)
    return re.sub(r"(?<![.!?:\"“”»\n])\n(?!\n)", " ", text) + "\n"
