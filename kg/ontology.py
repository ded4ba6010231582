"""The dossier: the folder of files that a domain expert edits. This module is its only reader."""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from kg.errors import DossierError
from kg.queries import NamedQuery, parse
from kg.terms import Names, content_hash

MANIFEST = "dossier.toml"
SOURCE_SUFFIXES = (".md", ".txt")


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that a dossier holds; files are read when a stage needs them, and text files at once.

    Attributes
    ----------
    folder : Path
        Where it lies.
    title, description : mapping
        Language tag to text.
    names : Names
        Makes the IRIs of this dossier.
    prefixes : mapping
        The prefixes of `prefixes.ttl`.
    schema, facts, rules, shapes, checks, sources : tuple of Path
        The files of each kind, sorted by name.
    lexicon : mapping
        File name to the parsed TOML of `lexicon/*.toml`.
    queries : mapping
        Name to named query.
    """

    folder: Path
    title: Mapping[str, str]
    description: Mapping[str, str]
    languages: tuple[str, ...]
    names: Names
    prefixes: Mapping[str, str]
    schema: tuple[Path, ...]
    facts: tuple[Path, ...]
    rules: tuple[Path, ...]
    shapes: tuple[Path, ...]
    checks: tuple[Path, ...]
    sources: tuple[Path, ...]
    lexicon: Mapping[str, Mapping[str, object]]
    queries: Mapping[str, NamedQuery]
    style: Mapping[str, object]
    reviews: Path

    @classmethod
    def load(cls, folder: Path) -> Dossier:
        """Read a dossier.

        Raises
        ------
        DossierError
            With file and line, if something in it is not as it should be.
        """
        manifest = _manifest(folder)
        try:
            names = Names(str(manifest.get("base", Names().base)))
        except ValueError as error:
            raise DossierError(str(error), file=folder / MANIFEST) from error
        return cls(
            folder=folder,
            title=_texts(manifest.get("title"), "title", folder),
            description=_texts(manifest.get("description"), "description", folder),
            languages=tuple(str(tag) for tag in _list(manifest.get("languages", ["en", "de"]), "languages", folder)),
            names=names,
            prefixes=MappingProxyType(_prefixes(folder / "prefixes.ttl", names)),
            schema=_files(folder / "schema", ".ttl"),
            facts=_files(folder / "facts", ".ttl"),
            rules=_files(folder / "rules", ".rq"),
            shapes=_files(folder / "shapes", ".ttl"),
            checks=_files(folder / "shapes" / "checks", ".rq"),
            sources=_files(folder / "sources", *SOURCE_SUFFIXES),
            lexicon=MappingProxyType({file.name: read_toml(file) for file in _files(folder / "lexicon", ".toml")}),
            queries=MappingProxyType({file.stem: parse(file, read_text(file)) for file in _files(folder / "queries", ".rq")}),
            style=MappingProxyType(read_toml(folder / "style.toml") if (folder / "style.toml").is_file() else {}),
            reviews=folder / "reviews.jsonl",
        )

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file whose content a build depends on."""
        single = [folder for name in (MANIFEST, "prefixes.ttl", "reviews.jsonl") if (folder := self.folder / name).is_file()]
        lexicon = [self.folder / "lexicon" / name for name in self.lexicon]
        return tuple(sorted([*single, *lexicon, *self.schema, *self.facts, *self.rules, *self.shapes, *self.checks, *self.sources]))

    @property
    def digest(self) -> str:
        """A hash over the names and contents of `files`."""
        parts: list[str] = []
        for file in self.files:
            parts += [file.relative_to(self.folder).as_posix(), content_hash((file.read_bytes().hex(),))]
        return content_hash(parts)


def packaged() -> Path:
    """The folder of the dossier that comes with kg."""
    inside = Path(__file__).parent / "_dossier"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "ontology"


def locate(given: Path | None = None) -> Path:
    """The dossier to use: the one given, `$KG_DOSSIER`, this folder or `ontology/` in it, else the packaged one."""
    if given is not None:
        return given
    if named := os.environ.get("KG_DOSSIER"):
        return Path(named)
    return next((folder for folder in (Path(), Path("ontology")) if (folder / MANIFEST).is_file()), packaged())


COPIED = ("schema/*.ttl", "shapes/*.ttl", "shapes/checks/*.rq", "rules/*.rq", "lexicon/*.toml", "queries/*.rq")
COPIED_FILES = ("prefixes.ttl", "style.toml", "context.jsonld")
EXAMPLES = {"example/facts.ttl": "facts/example.ttl", "example/document.md": "sources/example.md"}


def create(folder: Path, title: str, base: str) -> None:
    """Make a new dossier: the packaged vocabulary, shapes, rules, lexicons and queries, and an example fact and document.

    Raises
    ------
    DossierError
        If the folder is there and not empty, cannot be made, or the base is no IRI; nothing is left half-made.
    """
    try:
        names = Names(base)
    except ValueError as error:
        raise DossierError(str(error), hint="--base https://example.org/my-dossier/") from error
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DossierError("this is there already and is not an empty folder", file=folder, hint="choose another name")
    model = packaged()
    old = Names(str(_manifest(model).get("base", Names().base)))
    sources = {file.relative_to(model).as_posix(): file for pattern in COPIED for file in sorted(model.glob(pattern))}
    sources |= {name: model / name for name in COPIED_FILES} | {target: model / name for name, target in EXAMPLES.items()}
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as workshop:
            draft = Path(workshop) / "dossier"
            for name, file in sources.items():
                text = read_text(file).replace(old.base + "id/", names.base + "id/").replace(old.graph(""), names.graph(""))
                (draft / name).parent.mkdir(parents=True, exist_ok=True)
                (draft / name).write_text(text, encoding="utf-8", newline="\n")
            quoted = json.dumps(title, ensure_ascii=False)
            manifest = f'base = "{base}"\nlanguages = ["en", "de", "ko"]\n\n[title]\nen = {quoted}\nde = {quoted}\n'
            (draft / MANIFEST).write_text(manifest, encoding="utf-8")
            if folder.is_dir():
                folder.rmdir()
            draft.rename(folder)
    except OSError as error:
        raise DossierError(f"cannot be made: {error.strerror or error}", file=folder) from error


def read_text(file: Path) -> str:
    """The text of a file of the dossier.

    Raises
    ------
    DossierError
        If it is missing or not UTF-8.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DossierError("this file is not UTF-8", file=file, line=line, hint="save it as UTF-8") from error
    except OSError as error:
        raise DossierError(f"cannot be read: {error.strerror or error}", file=file) from error


def read_toml(file: Path) -> dict[str, object]:
    """The content of a TOML file of the dossier.

    Raises
    ------
    DossierError
        With the line, if it cannot be parsed.
    """
    try:
        return tomllib.loads(read_text(file))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        raise DossierError(f"cannot be parsed: {error}", file=file, line=int(found[1]) if found else None) from error


def _manifest(folder: Path) -> dict[str, object]:
    if not folder.is_dir():
        raise DossierError("there is no such folder", file=folder, hint="'kg init DIR' makes a new dossier")
    if not (folder / MANIFEST).is_file():
        raise DossierError(f"this folder holds no {MANIFEST}", file=folder, hint="'kg init DIR' makes a new dossier")
    manifest = read_toml(folder / MANIFEST)
    inner = manifest.get("dossier")
    return dict(inner) if isinstance(inner, dict) else manifest


def _texts(value: object, key: str, folder: Path) -> Mapping[str, str]:
    if value is None:
        return MappingProxyType({})
    if isinstance(value, str):
        return MappingProxyType({"en": value})
    if isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):
        return MappingProxyType(dict(value))
    raise DossierError(f"{key!r} is a text, or one text a language", file=folder / MANIFEST)


def _list(value: object, key: str, folder: Path) -> Iterable[object]:
    if not isinstance(value, list):
        raise DossierError(f"{key!r} is a list", file=folder / MANIFEST)
    return value


def _files(folder: Path, *suffixes: str) -> tuple[Path, ...]:
    if not folder.is_dir():
        return ()
    return tuple(sorted(file for file in folder.iterdir() if file.suffix in suffixes and file.is_file() and not file.name.startswith(".")))


def _prefixes(file: Path, names: Names) -> dict[str, str]:
    if not file.is_file():
        return names.prefixes
    found = {}
    for number, line in enumerate(read_text(file).splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = re.fullmatch(r"\s*@prefix\s+([A-Za-z][\w.-]*)?:\s*<([^<>\"{}|^`\\\s]+)>\s*\.\s*(#.*)?", line)
        if match is None:
            raise DossierError("a line here reads '@prefix name: <IRI> .'", file=file, line=number)
        found[match[1] or ""] = match[2]
    return found
