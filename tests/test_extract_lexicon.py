from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from kg.errors import DossierError
from kg.extract.lexicon import Lexicon
from kg.terms import EVENT_TYPES
from tests.extract_support import ROOT, words


@pytest.mark.parametrize(
    ("text", "line", "needle"),
    [
        ('[[frame]]\nname = "a"\ntype = "Consult"\nverb = ["x"]\n', 4, "verb"),
        ('[[frame]]\nname = "a"\ntype = "Meet"\n', 3, "Meet"),
        ('[[frame]]\nname = "a"\ntype = "Consult"\nverbs = "x"\n', 4, "list"),
        ('[[frame]]\nname = "a"\ntype = "Consult"\nroles = { giver = ["subject"] }\n', 4, "giver"),
        ('[[frame]]\nname = "a"\ntype = "Consult"\nstatus = "done"\n', 4, "done"),
        ('[[frame]]\ntype = "Consult"\n', 1, "name"),
        ('[speech]\nverbs = ["sagen"]\nwords = []\n', 3, "words"),
        ("[status]\nnegation = [1]\n", 2, "list of words"),
        ("[extra]\n", 1, "extra"),
        ('[names]\ncountries = [{name = "Iran"}]\n', 2, "English label"),
    ],
)
def test_what_is_not_known_is_refused_with_its_line(tmp_path: Path, text: str, line: int, needle: str) -> None:
    file = tmp_path / "de.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DossierError) as caught:
        Lexicon.load({"de.toml": tomllib.loads(text)}, {"de.toml": file})
    assert needle in str(caught.value)
    assert (caught.value.file, caught.value.line) == (file, line)


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_packaged_lexicons_cover_every_event_type(language: str) -> None:
    assert {frame.type for frame in words(language).frames} == set(EVENT_TYPES)


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_category_is_a_class_of_the_schema(language: str) -> None:
    schema = "".join(file.read_text("utf-8") for file in sorted((ROOT / "ontology" / "schema").glob("*.ttl")))
    missing = {frame.category for frame in words(language).frames if f"kg:{frame.category} a owl:Class" not in schema}
    assert not missing


def test_a_german_compound_counts_by_its_longest_end() -> None:
    german = words("de")
    assert (frame := german.noun_frame("Wirtschaftssanktion")) is not None
    assert frame.type == "Sanction"
    assert (frame := german.noun_frame("Massenprotest")) is not None
    assert frame.type == "Protest"
    assert german.noun_frame("Abreise") is None
    assert german.noun_frame("Sicherheitsbedrohung") is None
    assert german.title_of("Vizeaußenminister") == "minister"
