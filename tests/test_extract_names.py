"""Names that look like known ones, and plans that are denied."""

from __future__ import annotations

import pytest

from kg.extract.engines.base import Engine
from kg.model import Document
from kg.ontology import packaged
from kg.pipeline import extractor


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return extractor(packaged())


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("Kim Il Sung traf Jimmy Carter in Pjöngjang.", "de", "Kim Il Sung"),
        ("Minister Kim Hyun Chong threatened North Korea on Friday.", "en", "Kim Hyun Chong"),
        ("Moon Chung-in traf Mike Pompeo in Seoul.", "de", "Moon Chung-in"),
    ],
)
def test_a_shared_family_name_makes_nobody_the_known_person(engine: Engine, text: str, language: str, name: str) -> None:
    claims = engine.extract(Document("x", text, language, published="2019-06-01")).claims
    actors = {link.label for claim in claims for link in claim.event.actors}
    assert name in actors
    assert not {"Kim Jong Un", "Moon Jae-in"} & {link.label for claim in claims for link in (*claim.event.actors, *claim.event.recipients)}


@pytest.mark.parametrize("text", ["Kim traf Trump in Singapur.", "Kim Jong Un traf Trump in Singapur."])
def test_the_family_name_alone_is_still_his(engine: Engine, text: str) -> None:
    claims = engine.extract(Document("x", text, "de", published="2018-06-13")).claims
    assert any(link.label == "Kim Jong Un" for claim in claims for link in claim.event.actors)


def test_a_plan_that_is_denied_is_no_plan(engine: Engine) -> None:
    text = "Ein Treffen zwischen Moon und Kim sei derzeit nicht geplant."
    (claim,) = engine.extract(Document("x", text, "de", published="2019-06-01")).claims
    assert claim.status == "negated"
