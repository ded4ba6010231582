"""The spaCy engine, on parses written down here and on a tiny pipeline that is trained here; no trained pipeline is downloaded."""

from __future__ import annotations

import importlib
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.errors import ExtractionError
from kg.extract import records
from kg.extract.gazetteer import Knowledge
from kg.extract.parses import ROLES, Parse
from kg.model import Document, Extraction
from tests.extract_support import NAMES, lexicon, small_engine, small_world, told

spacy = pytest.importorskip("spacy", reason="spaCy is not installed")

from spacy.language import Language  # noqa: E402  # only behind the check for spaCy
from spacy.tokens import Doc, Span  # noqa: E402  # likewise
from spacy.training import Example  # noqa: E402  # likewise

from kg.extract.engines.spacy import SpacyEngine, load_pipeline  # noqa: E402  # likewise

WRITTEN = Path(__file__).parent / "cases" / "parses.conll"
"""Each parse: a line `# name language`, one line a token (word, lemma, part of speech, tag, head from 1 or 0, label, name tag)."""
Row = tuple[str, str, str, str, int, str, str]


def written() -> dict[str, tuple[str, list[Row]]]:
    """Language and rows of each written parse by its name."""
    found: dict[str, tuple[str, list[Row]]] = {}
    for block in WRITTEN.read_text("utf-8").strip().split("\n\n"):
        first, *lines = block.splitlines()
        _, name, language = first.split()
        rows: list[Row] = []
        for line in lines:
            word, lemma, pos, tag, head, label, *entity = line.split()
            rows.append((word, lemma, pos, "" if tag == "_" else tag, int(head), label, entity[0] if entity else ""))
        found[name] = (language, rows)
    return found


PARSES = written()


def text_of(name: str) -> str:
    """The sentence of a written parse, with no space before punctuation."""
    text = ""
    for word, *_ in PARSES[name][1]:
        text += word if not text or word in ".,:" else f" {word}"
    return text


@Language.component("written_parses")
def written_parses(doc: Doc) -> Doc:
    """Stands in for a trained pipeline: gives each sentence the parse that is written down for it."""
    name = next((name for name in PARSES if text_of(name) == doc.text), "")
    rows = PARSES[name][1]
    made = Doc(
        doc.vocab,
        words=[row[0] for row in rows],
        spaces=[bool(token.whitespace_) for token in doc],
        lemmas=[row[1] for row in rows],
        pos=[row[2] for row in rows],
        tags=[row[3] for row in rows],
        heads=[place if row[4] == 0 else row[4] - 1 for place, row in enumerate(rows)],
        deps=["ROOT" if row[4] == 0 else row[5] for row in rows],
    )
    for token in made:
        if not token.tag_ and token.pos_ in ("VERB", "AUX"):  # Universal Dependencies without tags: the form is a feature
            token.set_morph("VerbForm=Part" if token.text.endswith(("ed", "en", "t")) and token.pos_ == "VERB" else "VerbForm=Fin")
    spans: list[Span] = []
    for place, row in enumerate(rows):
        if row[6].startswith("B-"):
            end = next((other for other in range(place + 1, len(rows)) if not rows[other][6].startswith("I-")), len(rows))
            spans.append(Span(made, place, end, label=row[6][2:]))
    made.set_ents(spans)
    return made


def knowledge() -> Knowledge:
    return Knowledge.from_quads(small_world(), NAMES)


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SpacyEngine]:
    """An engine a language over a pipeline saved to disk, which gives the written parses."""
    made = {}
    for language in ("de", "en"):
        folder = tmp_path_factory.mktemp(language)
        pipeline = spacy.blank(language)
        pipeline.add_pipe("written_parses")
        pipeline.to_disk(folder)
        made[language] = SpacyEngine(knowledge(), lexicon(), str(folder))
    return made


def run(engines: dict[str, SpacyEngine], name: str) -> Extraction:
    language = PARSES[name][0]
    made = engines[language].extract(Document(name, text_of(name), language, published="2018-08-29"))
    for claim in made.claims:
        assert made.document.text[claim.start : claim.end] == claim.quote
        assert made.document.text[claim.trigger.start : claim.trigger.end] == claim.trigger.text
    return made


NK, SK, US = "North Korea", "South Korea", "United States"
TRUMP, KIM, POMPEO, OBAMA = "Donald Trump", "Kim Jong Un", "Mike Pompeo", "Barack Obama"

EXPECTED = [
    # German, TIGER's labels
    ("de-active", ("Consult", [TRUMP], [KIM], "occurred", [])),
    ("de-passive", ("Threaten", [US], [NK], "occurred", [])),
    ("de-object-first", ("Threaten", [US], [NK], "occurred", [])),
    ("de-object-first-names", ("Support", [KIM], [TRUMP], "occurred", [])),
    ("de-relative", ("Threaten", [KIM], [US], "occurred", [])),
    ("de-relative-object", ("Support", [TRUMP], [KIM], "occurred", [])),
    ("de-infinitive", ("Concede", [KIM], [TRUMP], "occurred", [])),
    ("de-reported", ("Threaten", [NK], [US], "occurred", [POMPEO])),
    ("de-reported-behind", ("Threaten", [NK], [US], "occurred", [POMPEO])),
    ("de-perfect", ("Consult", [TRUMP], [POMPEO], "occurred", [])),
    ("de-particle", ("Reject", [NK], [US], "occurred", [])),
    ("de-conjoined", ("Threaten", [KIM], [US], "occurred", [])),
    # English, CLEAR's labels
    ("en-active", ("Consult", [TRUMP], [KIM], "occurred", [])),
    ("en-passive", ("Consult", [KIM], [POMPEO], "occurred", [])),
    ("en-relative", ("Threaten", [KIM], [US], "occurred", [])),
    ("en-relative-object", ("Support", [TRUMP], [KIM], "occurred", [])),
    ("en-reported", ("Threaten", [NK], [US], "occurred", [POMPEO])),
    ("en-participle", ("Support", [OBAMA], [POMPEO], "occurred", [])),
    ("en-conjoined-passive", ("Accuse", [OBAMA], [POMPEO], "occurred", [])),
    ("en-apposition", ("Threaten", [KIM], [US], "occurred", [])),
    # Universal Dependencies
    ("de-ud-passive", ("Threaten", [US], [NK], "occurred", [])),
    ("en-ud-passive", ("Consult", [OBAMA], [POMPEO], "occurred", [])),
]


@pytest.mark.parametrize(("name", "expected"), EXPECTED, ids=[name for name, _ in EXPECTED])
def test_a_written_parse_gives_its_claim(engines: dict[str, SpacyEngine], name: str, expected: tuple[object, ...]) -> None:
    assert expected in [told(claim) for claim in run(engines, name).claims]


def test_every_written_parse_is_used() -> None:
    assert {name for name, _ in EXPECTED} | {"de-unknown", "en-unknown", "en-hyphen", "en-place"} == set(PARSES)
    assert len(PARSES) >= 12
    assert {row[5] for _, rows in PARSES.values() for row in rows} - {"ROOT", "punct"} <= set(ROLES)


@pytest.mark.parametrize("name", ["de-object-first", "de-object-first-names"])
def test_the_parse_overrules_positions(engines: dict[str, SpacyEngine], name: str) -> None:
    expected = dict(EXPECTED)[name]
    by_position = small_engine().extract(Document(name, text_of(name), "de", published="2018-08-29"))
    assert expected not in [told(claim) for claim in by_position.claims]
    assert expected in [told(claim) for claim in run(engines, name).claims]


@pytest.mark.parametrize(("name", "text"), [("de-unknown", "Anna Berger"), ("en-unknown", "Arms Control Circle")])
def test_a_name_that_the_facts_do_not_know(engines: dict[str, SpacyEngine], name: str, text: str) -> None:
    made = run(engines, name)
    links = [link for link in made.links if link.mention.text == text]
    assert [link.entity for link in links] == [NAMES.mint("candidate", text)]
    (claim,) = [claim for claim in made.claims if claim.event.type == "Consult"]
    assert text in {link.label for link in claim.event.actors + claim.event.recipients}


def test_an_unknown_place_is_no_participant(engines: dict[str, SpacyEngine]) -> None:
    made = run(engines, "en-place")
    assert "Lake Mirow" in [link.mention.text for link in made.links]
    participants = {link.label for claim in made.claims for link in claim.event.actors + claim.event.recipients}
    assert TRUMP in participants
    assert "Lake Mirow" not in participants


def test_a_known_name_keeps_its_entity(engines: dict[str, SpacyEngine]) -> None:
    made = run(engines, "en-unknown")
    assert NAMES.thing("person", "donald-trump") in {link.entity for link in made.links}


def test_words_that_spacy_cuts_more_finely(engines: dict[str, SpacyEngine]) -> None:
    made = run(engines, "en-hyphen")
    assert ("Accuse", [NK], [US], "occurred", []) in [told(claim) for claim in made.claims]


def test_twice_the_same(engines: dict[str, SpacyEngine]) -> None:
    for name in PARSES:
        once, again = run(engines, name), run(engines, name)
        assert json.dumps(records.records(once)) == json.dumps(records.records(again))


def test_another_language_is_read_by_the_default_engine_and_said(engines: dict[str, SpacyEngine]) -> None:
    document = Document("x", "Trump met Kim Jong Un in Singapore.", "en", published="2018-08-29")
    made, plain = engines["de"].extract(document), small_engine().extract(document)
    assert [claim.key for claim in made.claims] == [claim.key for claim in plain.claims]
    assert plain.claims
    assert len(made.notes) == 1
    assert "no spaCy pipeline for 'en'" in made.notes[0]


def test_a_language_without_lexicon_gives_nothing(engines: dict[str, SpacyEngine]) -> None:
    made = engines["de"].extract(Document("x", "Trump a rencontré Kim.", "fr"))
    assert (made.sentences, made.links, made.claims) == ((), (), ())
    assert len(made.notes) == 1


# ---- pipelines that miss something


def test_a_pipeline_that_is_empty_gives_what_the_default_engine_gives(tmp_path: Path) -> None:
    spacy.blank("de").to_disk(tmp_path)
    text = "Trump traf Kim Jong Un in Singapur. Nordkorea habe gedroht, sagte Pompeo."
    document = Document("x", text, "de", published="2018-08-29")
    engine = SpacyEngine(knowledge(), lexicon(), str(tmp_path))
    assert engine.extract(document) == small_engine().extract(document)
    assert engine.extract(document).claims


def test_no_such_pipeline() -> None:
    with pytest.raises(ExtractionError) as caught:
        SpacyEngine(knowledge(), lexicon(), "de_core_news_none")
    assert "python -m spacy download de_core_news_none" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_that_is_no_pipeline(tmp_path: Path) -> None:
    with pytest.raises(ExtractionError, match="there is no spaCy pipeline") as caught:
        load_pipeline(str(tmp_path))
    assert "download" not in str(caught.value)


def test_a_pipeline_with_a_broken_configuration(tmp_path: Path) -> None:
    spacy.blank("de").to_disk(tmp_path)
    config = tmp_path / "config.cfg"
    config.write_text(config.read_text("utf-8").replace('lang = "de"', 'lang = "zz-none"'), "utf-8")
    with pytest.raises(ExtractionError, match="cannot be loaded"):
        load_pipeline(str(tmp_path))


def test_no_pipeline_named() -> None:
    with pytest.raises(ExtractionError, match="needs the name of a pipeline"):
        SpacyEngine(knowledge(), lexicon(), " , ")


def test_two_pipelines_for_one_language(tmp_path: Path) -> None:
    for name in ("a", "b"):
        spacy.blank("de").to_disk(tmp_path / name)
    with pytest.raises(ExtractionError, match="two pipelines for the language 'de'"):
        SpacyEngine(knowledge(), lexicon(), f"{tmp_path / 'a'},{tmp_path / 'b'}")


def test_spacy_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str, package: str | None = None) -> Any:
        if name == "spacy":
            raise ImportError(name)
        return importlib.import_module(name, package)

    monkeypatch.setattr("kg.extract.engines.spacy.importlib", type("Missing", (), {"import_module": staticmethod(missing)}))
    with pytest.raises(ExtractionError) as caught:
        SpacyEngine(knowledge(), lexicon(), "de_core_news_md")
    assert "pip install 'peninsula-kg[spacy]'" in str(caught.value)


def test_the_engine_is_imported_without_spacy() -> None:
    code = "import sys, kg.extract.engines.spacy; sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@Language.component("breaking")
def breaking(doc: Doc) -> Doc:
    raise ValueError("[E109] not trained")


@Language.component("shortening")
def shortening(doc: Doc) -> Doc:
    return Doc(doc.vocab, words=[token.text for token in doc][:-1])


@pytest.mark.parametrize(("component", "words"), [("breaking", "failed: [E109] not trained"), ("shortening", "gives another text")])
def test_a_pipeline_that_fails_says_so(tmp_path: Path, component: str, words: str) -> None:
    pipeline = spacy.blank("de")
    pipeline.add_pipe(component)
    pipeline.to_disk(tmp_path)
    with pytest.raises(ExtractionError) as caught:
        SpacyEngine(knowledge(), lexicon(), str(tmp_path)).extract(Document("x", "Trump traf Kim.", "de"))
    assert words in str(caught.value)


# ---- a pipeline that is really trained


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tagger and a parser trained on a few of the written German parses."""
    folder = tmp_path_factory.mktemp("trained")
    pipeline = spacy.blank("de")
    pipeline.add_pipe("tagger")
    pipeline.add_pipe("parser", config={"min_action_freq": 1})  # else labels seen less than 30 times become "dep"
    examples = []
    for name, (language, rows) in PARSES.items():
        if language != "de" or "ud" in name:
            continue
        doc = pipeline.make_doc(text_of(name))
        gold = {
            "words": [row[0] for row in rows],
            "tags": [row[3] for row in rows],
            "heads": [place if row[4] == 0 else row[4] - 1 for place, row in enumerate(rows)],
            "deps": ["ROOT" if row[4] == 0 else row[5] for row in rows],
        }
        examples.append(Example.from_dict(doc, gold))
    spacy.util.fix_random_seed(7)
    optimizer = pipeline.initialize(lambda: examples)
    order = random.Random(7)
    for _ in range(40):
        order.shuffle(examples)
        pipeline.update(examples, sgd=optimizer, drop=0.0)
    pipeline.to_disk(folder)
    return folder


def test_a_trained_pipeline(trained: Path) -> None:
    engine = SpacyEngine(knowledge(), lexicon(), str(trained))

    def told_of(name: str) -> list[object]:
        made = engine.extract(Document(name, text_of(name), "de", published="2018-08-29"))
        return [told(claim) for claim in made.claims]

    learnt = [name for name in ("de-active", "de-passive", "de-object-first", "de-perfect") if dict(EXPECTED)[name] in told_of(name)]
    assert learnt == ["de-active", "de-passive", "de-object-first", "de-perfect"]
    fresh = Document("fresh", "Pompeo traf Kim Jong Un in Singapur.", "de", published="2018-08-29")
    assert ("Consult", [POMPEO], [KIM], "occurred", []) in [told(claim) for claim in engine.extract(fresh).claims]


def test_a_trained_pipeline_on_words_it_never_saw(trained: Path) -> None:
    engine = SpacyEngine(knowledge(), lexicon(), str(trained))
    text = (Path(__file__).parents[1] / "ontology" / "sources" / "brief-de-1.md").read_text("utf-8")
    document = Document("brief", text, "de", published="2018-08-29")
    made = engine.extract(document)
    assert made == engine.extract(document)
    assert all(text[claim.start : claim.end] == claim.quote for claim in made.claims)
    assert all(text[link.mention.start : link.mention.end] == link.mention.text for link in made.links)


# ---- parses alone


def test_a_parse_refuses_what_is_no_tree() -> None:
    for heads, labels in (([0], ["root"]), ([1, 0], ["sb", "oa"]), ([-1], []), ([5], ["sb"])):
        with pytest.raises(ValueError, match=r"circle|one head"):
            Parse.of(heads, labels)


def test_a_conjunct_hangs_on_the_conjunct_before_it() -> None:
    assert Parse.of([-1, 0, 1], ["ROOT", "cd", "cj"]).heads == (-1, 0, 0)


@pytest.fixture
def shuffled() -> Callable[[int], Iterator[tuple[list[int], list[str]]]]:
    """Trees at random: every token hangs on one that was placed before it, in a shuffled order."""

    def make(size: int) -> Iterator[tuple[list[int], list[str]]]:
        dice = random.Random(size)
        labels = sorted(ROLES)
        for _ in range(60):
            order = list(range(size))
            dice.shuffle(order)
            heads = [-1] * size
            for position, place in enumerate(order[1:], start=1):
                heads[place] = order[dice.randrange(position)]
            yield heads, [dice.choice(labels) for _ in range(size)]

    return make


def test_any_tree_over_any_sentence_gives_whole_clauses(shuffled: Callable[[int], Iterator[tuple[list[int], list[str]]]]) -> None:
    from kg.extract.chunks import find_chunks
    from kg.extract.sentences import split_sentences
    from kg.extract.shapes import shape_of
    from kg.extract.tokens import tokenize

    for text, language in (
        ("Kim, der Trump einen Brief schickte, will die USA nicht mit Tests bedrohen und reiste ab.", "de"),
        ("Kim, who was invited by Trump, said that the North would not stop testing missiles and left.", "en"),
    ):
        tokens = tokenize(split_sentences(text, language)[0], language)
        chunks = find_chunks(tokens, (), language, frozenset())
        for heads, labels in shuffled(len(tokens)):
            shape = shape_of(tokens, chunks, Parse.of(heads, labels), language)
            placed = sorted(place for clause in shape.clauses for place in clause.tokens)
            assert placed == [place for place, token in enumerate(tokens) if token.kind != "."]
            assert all(clause.tokens and -1 <= clause.parent < len(shape.clauses) for clause in shape.clauses)
            assert set(shape.subjects) == set(range(len(shape.clauses)))
            for number in range(len(chunks)):  # no chunk hangs on itself, however far round
                seen: set[int] = set()
                while number >= 0:
                    assert number not in seen
                    seen.add(number)
                    number = shape.chunks[number].parent
