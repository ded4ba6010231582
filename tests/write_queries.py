"""Write the pinned answers of the named queries anew: `python -m tests.write_queries`.

Each answer on the packaged dossier stands in `tests/queries/<name>.tsv` in the W3C's tab-separated form, and with other values
for the parameters in `<name>--<case>.tsv`. Read the difference before you commit it: it is what a change did to the answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import kg
from kg.graph import KnowledgeGraph
from kg.ontology import packaged

PINS: Final = Path(__file__).parent / "queries"
CASES: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    "attributed": {"english": {"document": "document:brief-en-1"}},
    "cancelled": {"german-names": {"language": "de"}},
    "caps": {"end-of-2017": {"date": "2017-11-15"}, "coal-2016": {"date": "2016-12-31"}},
    "claims-about": {"trump": {"thing": "Trump"}, "exercises": {"thing": "topic:joint-exercises"}},
    "documents-mentioning": {"iaea": {"thing": "IAEA"}},
    "events-of": {"pompeo": {"actor": "Mike Pompeo"}, "iaea-ever": {"actor": "IAEA", "from": "1945", "to": "2030"}},
    "events-on-day": {"2018-08-24": {"date": "2018-08-24"}, "august-2018": {"date": "2018-08"}},
    "exercise-contradictions": {"german": {"language": "de"}},
    "contradictions": {"german": {"language": "de"}},
    "holders": {"body": {"post": "organisation:us-defense-department"}, "leader": {"post": "post:president-of-south-korea"}},
    "leaders": {"2017-04": {"date": "2017-04"}, "2017-01-20": {"date": "2017-01-20"}, "2000": {"date": "2000"}},
    "posts": {"kim-jong-un": {"person": "Kim Jong Un"}},
    "promises": {"german": {"language": "de", "from": "2018-06-12", "to": "2018-06-12"}},
    "relations-of": {"united-states": {"actor": "USA"}},
    "represented": {"united-states": {"state": "United States"}},
    "said-by": {"trump": {"speaker": "Donald Trump"}, "iaea": {"speaker": "IAEA"}},
    "said-by-date": {"before-august": {"date": "2018-07-31"}, "peace-treaty": {"topic": "topic:peace-treaty"}},
    "sanctions-after-tests": {"ten-days": {"days": "10"}},
    "sanctions-on": {"textiles": {"category": "Textilien"}, "refined-oil-german": {"category": "category:refined-oil", "language": "de"}},
    "single-source": {"none": {"sources": "0"}},
    "summits": {"2000-to-2007": {"from": "2000", "to": "2007"}, "june-german": {"from": "2018-06", "to": "2018-06", "language": "de"}},
    "timeline-of-pair": {"koreas": {"one": "Südkorea", "other": "Nordkorea", "to": "2018-06-30"}},
    "unchecked": {"tenures": {"class": "kg:Tenure"}},
    "visits-to": {"panmunjom": {"place": "Panmunjom"}},
}
"""Further values worth a pin: query, name of the case, values."""


def cases(graph: KnowledgeGraph) -> dict[str, tuple[str, Mapping[str, str]]]:
    """All pins: file name without suffix to query and values; the bare name is the query with its defaults."""
    names = sorted(graph.dossier.queries) if graph.dossier else []
    found: dict[str, tuple[str, Mapping[str, str]]] = {name: (name, {}) for name in names}
    found |= {f"{name}--{case}": (name, values) for name, more in CASES.items() for case, values in more.items()}
    return dict(sorted(found.items()))


def answer(graph: KnowledgeGraph, name: str, values: Mapping[str, str]) -> bytes:
    """What a pin holds."""
    return graph.query(name, **values).serialize("tsv")


def main() -> None:
    """Write all pins and take away those that no query has any more."""
    graph: KnowledgeGraph = kg.build(packaged())
    wanted = cases(graph)
    PINS.mkdir(exist_ok=True)
    for file in sorted(PINS.glob("*.tsv")):
        if file.stem not in wanted:
            file.unlink()
    for pin, (name, values) in wanted.items():
        (PINS / f"{pin}.tsv").write_bytes(answer(graph, name, values))
    print(f"{len(wanted)} answers written to {PINS}")


if __name__ == "__main__":
    main()
