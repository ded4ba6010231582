"""The default engine's speed and memory: `python -m tests.benchmarks.extraction [--documents N] [--memory N] [--jobs N]`.

The texts are the packaged briefs, repeated under changing names and words, so that no memory of words seen before flatters the figures.
The floor is HanTa's tagging of the same words in the same run: what the engine needs more than that is its own.
"""

from __future__ import annotations

import argparse
import gc
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from HanTa.HanoverTagger import HanoverTagger

from kg.errors import KgError
from kg.extract.documents import read, render
from kg.extract.engines.base import Engine
from kg.extract.parallel import extract_all
from kg.extract.sentences import split_sentences
from kg.extract.tokens import MODELS, split_words
from kg.model import Document
from kg.ontology import Dossier, locate
from kg.pipeline import extractor

FIRST = "Anna Bela Carl Dora Emil Frida Georg Hanna Ivo Jana Karl Lena Max Nora Otto Paula Rosa Sven Tilda Udo".split()
SYLLABLES = "ba ber dor fel gar hol kan lem mir nor pol ras sel tor ul ven wal zin".split()
NAMES = ("Trump", "Moon", "Pompeo", "Bolton", "Putin", "Xi", "Abe")
START = """
import time
start = time.perf_counter()
from pathlib import Path
from kg.model import Document
from kg.ontology import locate
from kg.pipeline import extractor
imported = time.perf_counter()
engine = extractor(locate(None))
made = time.perf_counter()
engine.extract(Document("x", "Trump traf Kim Jong Un in Singapur.", "de", published="2018-08-29"))
engine.extract(Document("x", "Trump met Kim Jong Un in Singapore.", "en", published="2018-08-29"))
print(imported - start, made - imported, time.perf_counter() - made)
"""


def engine() -> Engine:
    """The default engine with the packaged dossier."""
    return extractor(locate(None))


def briefs() -> list[Document]:
    """The packaged briefs."""
    return [read(file) for file in Dossier.load(locate(None)).sources]


def invented(number: int) -> str:
    """A word that no dictionary holds, another one for each number."""
    word = ""
    while number or not word:
        number, place = divmod(number, len(SYLLABLES))
        word += SYLLABLES[place]
    return word


def varied(text: str, number: int) -> str:
    """A text with other persons in it and every eighth long word lengthened to a new compound; the same for the same number."""
    words = text.split(" ")
    for place, word in enumerate(words):
        dice = zlib.crc32(f"{number} {place} {word}".encode())
        if word in NAMES and dice % 2:
            words[place] = f"{FIRST[dice % len(FIRST)]} {invented(number * 7 + dice % 7).title()}"
        elif len(word) > 7 and word.isalpha() and dice % 8 == 0:
            start = invented(number * 31 + dice % 31)
            words[place] = start.title() + word.lower() if word[0].isupper() else start + word
    return " ".join(words)


def documents(paragraphs: bool = False) -> Iterator[Document]:
    """Endless documents: the briefs, or their paragraphs, each time under other names and words."""
    sources = briefs()
    if paragraphs:
        sources = [replace(brief, text=part) for brief in sources for part in brief.text.split("\n\n") if len(part) > 120]
    number = 0
    while True:
        for source in sources:
            number += 1
            yield replace(source, name=f"text-{number}", text=varied(source.text, number))


def resident() -> float:
    """The megabytes that the process holds now; at its peak where the system does not tell."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text("ascii").split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def timed(made: Engine, texts: Iterable[Document]) -> tuple[float, int, int]:
    """Seconds, sentences and claims."""
    start = time.perf_counter()
    sentences = claims = 0
    for text in texts:
        found = made.extract(text)
        sentences += len(found.sentences)
        claims += len(found.claims)
    return time.perf_counter() - start, sentences, claims


def floor(texts: list[Document]) -> float:
    """Seconds that HanTa alone needs for the words of the same sentences."""
    words = [(text.language, split_words(sentence.text)) for text in texts for sentence in split_sentences(text.text, text.language)]
    taggers = {language: HanoverTagger(model) for language, model in MODELS.items()}
    start = time.perf_counter()
    for language, sentence in words:
        taggers[language].tag_sent(list(sentence))
    return time.perf_counter() - start


def speed(count: int) -> None:
    """Sentences a second: on words never seen, again on the same, and against the floor."""
    texts = list(islice(documents(), count))
    made = engine()
    cold, sentences, claims = timed(made, texts)
    warm, _, _ = timed(made, texts)
    alone = floor(texts)
    different = len({word for text in texts for word in text.text.split()})
    print(f"{len(texts)} documents, {sentences:,} sentences, {claims:,} claims, {different:,} different words")
    print(f"{'cold':12} {sentences / cold:7.0f} sentences/s   {cold / alone:.2f} times HanTa's tagging alone")
    print(f"{'warm':12} {sentences / warm:7.0f} sentences/s   {warm / alone:.2f} times")
    print(f"{'HanTa alone':12} {sentences / alone:7.0f} sentences/s")


def start_up() -> None:
    """How long it takes until the first sentence of each language is extracted, in a fresh process."""
    runs = [subprocess.run([sys.executable, "-c", START], check=True, capture_output=True, text=True).stdout.split() for _ in range(3)]
    imports, making, first = (min(float(run[part]) for run in runs) for part in range(3))
    print(f"{'start-up':12} {imports + making + first:.2f} s: imports {imports:.2f}, engine {making:.2f}, first sentences {first:.2f}")


def memory(count: int) -> None:
    """What the process holds while documents pass through it."""
    made = engine()
    marks = sorted({max(1, count // 10), count // 2, count})
    start = time.perf_counter()
    for number, text in enumerate(islice(documents(paragraphs=True), count), start=1):
        made.extract(text)
        if number in marks:
            gc.collect()
            seconds = time.perf_counter() - start
            print(f"{'memory':12} {resident():7.0f} MB after {number:6,} documents of one paragraph ({seconds:.0f} s)", flush=True)


def run(folder: Path, jobs: int) -> None:
    """Extract from all files of a folder in some processes; print the seconds and how many claims there are."""
    start = time.perf_counter()
    claims = 0
    for _, found in extract_all(engine, sorted(folder.glob("*.md")), read, jobs):
        if isinstance(found, KgError):
            raise found
        claims += len(found.claims)
    print(time.perf_counter() - start, claims)


def scaling(count: int, jobs: int) -> None:
    """The same files in one process and in several, each from a fresh start, the start of the processes included."""
    with tempfile.TemporaryDirectory() as folder:
        for text in islice(documents(), count):
            Path(folder, f"{text.name}.md").write_text(render(text), "utf-8")
        told = {}
        for number in (1, jobs):
            code = f"from pathlib import Path; from tests.benchmarks.extraction import run; run(Path({folder!r}), {number})"
            told[number] = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert told[1][1] == told[jobs][1]
    one, several = float(told[1][0]), float(told[jobs][0])
    print(f"{'processes':12} {one:.1f} s with 1, {several:.1f} s with {jobs}: {one / several:.2f} times as fast")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--documents", type=int, default=200, help="briefs for the speed and for several processes")
    parser.add_argument("--memory", type=int, default=10_000, help="documents of one paragraph for the memory; 0 leaves it out")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    speed(args.documents)
    start_up()
    scaling(args.documents, args.jobs)
    if args.memory:
        memory(args.memory)


if __name__ == "__main__":
    main()
