"""The page without a browser: what is drawn, what is packed, and that nothing in the data can become markup or a request."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from kg.terms import DCTERMS, KG, OA, ORG, PROV, RDF, SKOS, Names
from kg.view.network import library
from kg.view.packing import pack
from kg.view.page import json_block, render
from kg.view.projection import page_data

T = Names().thing
NASTY = '</script><img src=x onerror="alert(1)"> <!-- & \u2028 '
KIM, MOON, KP, KR = T("person", "kim"), T("person", "moon"), T("state", "kp"), T("state", "kr")
SUMMIT, THREAT = T("event", "summit"), T("event", "threat")
CURATED, CLAIMED, RIVAL = T("claim", "a"), T("claim", "b"), T("claim", "c")


class Sample:
    """A mirror that is filled by hand."""

    def __init__(self) -> None:
        self.mirror: nx.MultiDiGraph[str] = nx.MultiDiGraph()

    def node(
        self, iri: str, label: str = "", *, de: str = "", ko: str = "", category: str = "", classes: tuple[str, ...] = (), **more: Any
    ) -> str:
        literals = {predicate: ((value, language),) for predicate, (value, language) in more.pop("literals", {}).items()}
        plain = {"label": label, "label_de": de or label, "label_ko": ko, "category": category, "classes": classes, "start": "", "end": ""}
        self.mirror.add_node(iri, **{**plain, "kind": Names().kind(iri), "literals": literals, **more})
        return iri

    def edge(self, source: str, predicate: str, target: str, *, held: bool = True, claims: tuple[str, ...] = (), **more: Any) -> None:
        for iri in (source, target):
            if iri not in self.mirror:
                self.node(iri, iri.rsplit("/", 1)[-1].rsplit("#", 1)[-1])
        name = re.split("[#/]", predicate)[-1]
        plain = {"label": name, "label_de": f"{name} (de)", "graphs": ("g",), "start": "", "end": ""}
        self.mirror.add_edge(source, target, key=predicate, held=held, claims=claims, **{**plain, **more})

    def claim(self, iri: str, event: str, review: str, status: str) -> None:
        self.node(iri, "")
        self.edge(iri, KG + "states", event)
        self.edge(iri, KG + "status", KG + status)
        self.edge(iri, KG + "reviewState", KG + review)


def sample() -> nx.MultiDiGraph[str]:
    """Two leaders, two states, a held summit, a claimed threat with hostile text, a tenure, an alliance and a measure."""
    s = Sample()
    s.node(
        KIM,
        "Kim Jong Un",
        ko="김정은",
        category="Person",
        classes=("Actor", "Person"),
        literals={SKOS + "altLabel": ("Chairman Kim", "en")},
    )
    s.node(MOON, "Moon Jae-in", ko="문재인", category="Person", classes=("Actor", "Person"))
    s.node(KP, "North Korea", de="Nordkorea", ko="북한", category="State", classes=("Actor", "State"))
    s.node(KR, "South Korea", de="Südkorea", ko="대한민국", category="State", classes=("Actor", "State"))
    dates: dict[str, Any] = {"start": "2018-04-27", "end": "2018-04-27"}
    s.node(SUMMIT, "Panmunjom summit", category="Summit", classes=("Consult", "Event", "Summit", "VerbalCooperation"), **dates)
    s.node(THREAT, "", category="Threaten", classes=("Event", "Threaten", "VerbalConflict"), start="2018-08", end="2018-08")
    for actor in (KIM, MOON):
        s.edge(SUMMIT, KG + "actor", actor, claims=(CURATED,), **dates)
        s.edge(SUMMIT, KG + "participant", actor, claims=(CURATED,), **dates)
    s.edge(THREAT, KG + "actor", KP, held=False, claims=(CLAIMED,))
    s.edge(THREAT, KG + "recipient", KR, held=False, claims=(CLAIMED,))
    s.claim(CURATED, SUMMIT, "Accepted", "Occurred")
    s.edge(CURATED, PROV + "wasDerivedFrom", "https://example.org/source")
    s.claim(CLAIMED, THREAT, "Unreviewed", "Negated")
    s.mirror.nodes[CLAIMED]["literals"] = {KG + "confidence": (("0.83", ""),), DCTERMS + "date": (("2018-08-29", ""),)}
    s.edge(CLAIMED, KG + "speaker", s.node(T("organisation", "cnn"), NASTY, category="Medium", classes=("Actor", "Organisation")))
    s.edge(CLAIMED, KG + "reportedBy", T("organisation", "desk"))
    s.edge(CLAIMED, OA + "hasTarget", T("target", "b"))
    s.edge(T("target", "b"), OA + "hasSelector", s.node(T("selector", "b"), "", literals={OA + "exact": (f"Seoul {NASTY}", "")}))
    brief = s.node(
        T("document", "brief"),
        "brief",
        category="Article",
        literals={DCTERMS + "title": ("Brief", "en"), DCTERMS + "source": ("javascript:alert(1)", "")},
    )
    s.edge(CLAIMED, PROV + "wasDerivedFrom", brief)
    s.node(RIVAL, "", literals={RDF + "object": ("2018-04-26", "")})
    s.edge(RIVAL, RDF + "subject", SUMMIT)
    s.edge(RIVAL, RDF + "predicate", KG + "date")
    tenure = s.node(T("tenure", "1"), "", category="Tenure", start="2011-12-17")
    s.edge(tenure, ORG + "member", KIM)
    s.edge(tenure, ORG + "organization", KP)
    s.edge(tenure, KG + "post", s.node(T("post", "leader"), "Supreme Leader", de="Oberster Führer"))
    relation = s.node(T("relation", "1"), "Dispute over the border", category="Dispute", start="1953")
    s.edge(relation, KG + "subject", KP)
    s.edge(relation, KG + "object", KR)
    s.edge(KIM, KG + "metWith", MOON)
    s.edge(KIM, KG + "metWith", KR)
    s.edge(KIM, KG + "ofState", KP)
    s.edge(KIM, SKOS + "exactMatch", 'javascript:alert("x")')
    act = s.node(T("instrument", "act"), "Act", category="Law", classes=("Instrument", "Law"), start="2016", end="2016")
    s.edge(act, KG + "target", KP)
    measure = s.node(
        T("measure", "coal"), "", literals={KG + "provision": ("No coal.", "en"), KG + "capAmount": ("2", ""), KG + "capUnit": ("t", "en")}
    )
    s.edge(measure, KG + "imposedBy", act)
    s.edge(measure, KG + "category", s.node(T("category", "coal"), "coal", de="Kohle"))
    return s.mirror


def by_iri(data: dict[str, Any], iri: str) -> dict[str, Any]:
    found: dict[str, Any] = next(node for node in data["nodes"] if node["iri"] == iri)
    return found


def between(data: dict[str, Any], source: str, target: str) -> list[dict[str, Any]]:
    ends = by_iri(data, source)["id"], by_iri(data, target)["id"]
    return [edge for edge in data["edges"] if (edge["from"], edge["to"]) == ends]


def block(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    assert found
    data: dict[str, Any] = json.loads(found.group(1))
    return data


def test_claims_and_documents_are_no_nodes() -> None:
    data = page_data(sample(), {}, 1000)
    assert {node["kind"] for node in data["nodes"]} == {"state", "person", "organisation", "event", "instrument"}
    assert [node["id"] for node in data["nodes"]] == list(range(len(data["nodes"])))
    assert data["shown"] == data["total"] == len(data["nodes"]) == 9


def test_roles_point_from_actor_to_event_to_recipient() -> None:
    data = page_data(sample(), {}, 1000)
    assert [edge["role"] for edge in between(data, KIM, SUMMIT)] == ["actor"], "the super-property participant adds nothing"
    assert [edge["role"] for edge in between(data, THREAT, KR)] == ["recipient"]
    assert between(data, KIM, SUMMIT)[0]["group"] == "VerbalCooperation"
    assert between(data, KP, THREAT)[0]["group"] == "VerbalConflict"
    assert between(data, KIM, SUMMIT)[0]["held"] and not between(data, KP, THREAT)[0]["held"]
    assert by_iri(data, THREAT)["claimed"] and "claimed" not in by_iri(data, SUMMIT)


def test_relations_and_tenures_are_one_edge_each() -> None:
    data = page_data(sample(), {}, 1000)
    (dispute,) = between(data, KP, KR)
    assert dispute["label"] == {"en": "Dispute", "de": "Streit"} and dispute["note"]["en"] == "Dispute over the border"
    assert (dispute["group"], dispute["start"]) == ("Relation", "1953")
    tenure = next(edge for edge in between(data, KIM, KP) if edge.get("via"))
    assert tenure["label"] == {"en": "Supreme Leader", "de": "Oberster Führer"} and tenure["start"] == "2011-12-17"
    assert [post["label"]["de"] for post in by_iri(data, KIM)["posts"]] == ["Oberster Führer"]
    assert by_iri(data, KP)["posts"][0]["with"]["label"]["ko"] == "김정은"


def test_parallel_edges_are_bent_apart() -> None:
    data = page_data(sample(), {}, 1000)
    bends = [edge["bend"] for edge in between(data, KIM, KP)]
    assert len(bends) == 2 and bends[0] == -bends[1] != 0


def test_a_shortcut_is_drawn_only_where_nothing_else_joins() -> None:
    data = page_data(sample(), {}, 1000)
    assert not between(data, KIM, MOON), "they meet in the summit that is drawn"
    assert [edge["role"] for edge in between(data, KIM, KR)] == ["metWith"]


def test_evidence_says_who_by_whom_where_and_how_sure() -> None:
    data = page_data(sample(), {}, 1000)
    (number,) = by_iri(data, THREAT)["claims"]
    claim = data["claims"][str(number)]
    assert claim["speaker"] == {"label": {"en": NASTY}, "node": by_iri(data, T("organisation", "cnn"))["id"]}
    assert [party["label"]["en"] for party in claim["by"]] == ["desk"]
    assert (claim["status"], claim["review"], claim["confidence"], claim["date"]) == ("negated", "unreviewed", "0.83", "2018-08-29")
    assert claim["quotes"] == [f"Seoul {NASTY}"]
    assert [data["documents"][place] for place in claim["docs"]] == [{"title": "Brief"}], "an address that is no web address is dropped"
    rival = next(found for found in data["claims"].values() if "value" in found)
    assert rival["value"] == {"property": {"en": "date"}, "object": {"en": "2018-04-26"}}
    assert by_iri(data, T("instrument", "act"))["measures"] == [{"label": {"en": "coal", "de": "Kohle"}, "text": "No coal.", "cap": "2 t"}]


def test_an_event_without_a_label_is_named_after_its_class_and_parties() -> None:
    label = by_iri(page_data(sample(), {}, 1000), THREAT)["label"]
    assert label == {"en": "Threaten: North Korea → South Korea", "de": "Drohen: Nordkorea → Südkorea"}


def test_the_limit_keeps_the_best_connected_and_says_so() -> None:
    data = page_data(sample(), {}, 2)
    assert (data["shown"], data["total"]) == (2, 9)
    assert {node["iri"] for node in data["nodes"]} == {KIM, KP}
    assert all(edge["from"] < 2 and edge["to"] < 2 for edge in data["edges"])
    page = block(render(sample(), title="t", style={}, limit=2))
    assert (page["shown"], page["total"]) == (2, 9) and "{shown} of {total}" in page["texts"]["en"]["limited"]
    with pytest.raises(ValueError, match="at least one"):
        page_data(sample(), {}, 0)


def test_rules_do_not_add_structure_across() -> None:
    mirror = sample()
    inner, outer, top = (T("organisation", name) for name in ("inner", "outer", "top"))
    s = Sample()
    s.mirror = mirror
    for iri in (inner, outer, top):
        s.node(iri, iri)
    s.edge(inner, KG + "partOfBody", outer)
    s.edge(outer, KG + "partOfBody", top)
    s.edge(inner, KG + "partOfBody", top, graphs=(Names().graph("inferred"),))
    data = page_data(mirror, {}, 1000)
    assert between(data, inner, outer) and between(data, outer, top) and not between(data, inner, top)


def test_packing_loses_nothing() -> None:
    data = page_data(sample(), {}, 1000)
    packed = pack(data)
    base = packed["base"]
    assert base == "https://w3id.org/peninsula-kg/id/"
    whole = [node["iri"].replace("~", base, 1) if node["iri"].startswith("~") else node["iri"] for node in packed["nodes"]]
    assert whole == [node["iri"] for node in data["nodes"]]
    for number, claim in packed["claims"].items():
        told = {name: value for name, value in {**packed["usual"], **claim}.items() if value != ""}
        assert told == {name: value for name, value in data["claims"][number].items() if name != "iri"}
    for row, edge in zip(packed["edges"], data["edges"], strict=True):
        read = dict(zip(packed["row"], row, strict=False))
        assert (
            (read["from"], read["to"], bool(read["held"])) == (edge["from"], edge["to"], edge["held"])
            if "held" in read
            else not edge["held"]
        )
        assert packed["words"][read["label"]] == edge["label"] and packed["words"][read["group"]] == edge["group"]
        claims = read.get("claims", 0)
        of_end = {1: data["nodes"][edge["from"]], 2: data["nodes"][edge["to"]]}
        assert (of_end[claims]["claims"] if claims in (1, 2) else claims or []) == edge.get("claims", [])
        assert read.get("via", -1) == -1 or packed["words"][read["via"]].replace("~", base, 1) == edge["via"]
        assert read.get("bend", 0) == edge.get("bend", 0)


class Tags(HTMLParser):
    """Gathers what a browser would make of the page: elements and their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags(page: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(page)
    parser.close()
    return parser.found


def test_nothing_in_the_data_can_become_markup() -> None:
    page = render(sample(), title=NASTY, style={"node": {"State": {"label_en": NASTY}}})
    plain = render(Sample().mirror, title="t", style={})
    assert [tag for tag, _ in tags(page)] == [tag for tag, _ in tags(plain)], "the data adds no element"
    assert not [name for _, attributes in tags(page) for name in attributes if name.startswith("on") or name == "style"]
    scripts = re.findall(r"<script.*?</script>", page.replace(library(), ""), re.S)
    assert not {"\u2028", "\u2029"} & set("".join(scripts))
    assert NASTY.strip() in block(page)["title"]
    assert json.loads(json_block({"x": NASTY})) == {"x": NASTY}
    assert not set("<>&\u2028\u2029") & set(json_block(NASTY))


def test_scripts_write_text_and_never_markup() -> None:
    folder = Path(__file__).parent.parent / "kg" / "view" / "static"
    scripts = sorted(folder.glob("*.js"))
    assert len(scripts) == 9
    for script in scripts:
        text = script.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\bfetch\(|XMLHttp", text), (
            script.name
        )
    # links are made in one place, which lets http(s) through and nothing else; the other one saves the picture
    assert "href" not in "".join(
        s.read_text(encoding="utf-8").replace("href: whole.href", "").replace("href: address, download", "") for s in scripts
    )


def test_the_page_asks_for_nothing() -> None:
    page = render(sample(), title="t", style={})
    loading = {"src", "href", "srcset", "action", "data", "poster", "background", "srcdoc", "xlink:href"}
    assert [(tag, value) for tag, attributes in tags(page) for name, value in attributes.items() if name in loading] == [("link", "data:,")]
    assert not {"iframe", "object", "embed", "base", "img", "video", "form"} & {tag for tag, _ in tags(page)}
    assert "sourceMappingURL" not in page
    own = page.replace(library(), "")
    assert "@import" not in own and "url(" not in own.lower().replace("new url(", "").replace("objecturl(", "")


def test_the_policy_names_exactly_the_scripts_and_styles_of_the_page() -> None:
    page = render(sample(), title="t", style={})
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1))  # type: ignore[union-attr]  # it is there, or the test fails
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'" and rules["img-src"] == "data: blob:"
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        contents = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.S)
        hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'" for content in contents}
        assert hashes == set(rules[rule].split()) and len(hashes) == len(contents) > 0
    assert "\r" not in page


def test_the_same_graph_gives_the_same_page() -> None:
    mirror = sample()
    before = json.dumps([sorted(map(str, mirror.nodes(data=True))), sorted(map(str, mirror.edges(keys=True, data=True)))])
    turned: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    turned.add_nodes_from(reversed(list(mirror.nodes(data=True))))
    for source, target, key, data in reversed(list(mirror.edges(keys=True, data=True))):
        turned.add_edge(source, target, key=key, **data)
    assert render(mirror, title="t", style={}) == render(turned, title="t", style={})
    assert before == json.dumps([sorted(map(str, mirror.nodes(data=True))), sorted(map(str, mirror.edges(keys=True, data=True)))])


@pytest.mark.parametrize("nodes", [0, 1])
def test_small_graphs(nodes: int) -> None:
    s = Sample()
    if nodes:
        s.node(KP, "North Korea", ko="북한", category="State", classes=("State",))
    data = block(render(s.mirror, title="t", style={}))
    assert len(data["nodes"]) == nodes and data["edges"] == [] and data["bins"] == []


def test_language_of_the_page() -> None:
    page = render(sample(), title="Verträge", style={}, language="de")
    assert '<html lang="de">' in page and "Als Liste" in page and "김정은" in page and block(page)["language"] == "de"
    assert "<noscript>" in page
    with pytest.raises(ValueError, match="'fr'"):
        render(sample(), title="t", style={}, language="fr")


def test_both_languages_say_everything() -> None:
    folder = Path(__file__).parent.parent / "kg" / "view"
    texts = json.loads((folder / "static" / "texts.json").read_text(encoding="utf-8"))
    assert texts["en"].keys() == texts["de"].keys()
    assert all(re.findall(r"\{\w+\}", texts["en"][key]) == re.findall(r"\{\w+\}", texts["de"][key]) for key in texts["en"])
    template = (folder / "templates" / "page.html").read_text(encoding="utf-8")
    scripts = "".join(script.read_text(encoding="utf-8") for script in sorted((folder / "static").glob("*.js")))
    used = {*re.findall(r'data-(?:text|tip|label|place)="(\w+)"', template), *re.findall(r"\{\{ t\.(\w+) \}\}", template)}
    used |= set(re.findall(r'kg\.t\("(\w+)"', scripts))
    assert used - texts["en"].keys() == set()


def test_size() -> None:
    s = Sample()
    states = [
        s.node(T("state", f"s{n}"), f"State number {n}", de=f"Staat {n}", category="State", classes=("Actor", "State")) for n in range(60)
    ]
    for n in range(340):
        event = s.node(
            T("event", f"e{n}"),
            f"Meeting number {n} of the parties",
            de=f"Treffen {n}",
            category="Meeting",
            classes=("Consult", "Event"),
            start=f"20{n % 20:02}",
        )
        for place in (n, 7 * n + 1, 3 * n + 2)[: 3 if n < 220 else 2]:
            s.edge(event, KG + "actor", states[place % 60], claims=(T("claim", f"c{n}"),) if n < 150 else ())
        if n < 150:
            s.claim(T("claim", f"c{n}"), event, "Unreviewed", "Occurred")
            s.edge(T("claim", f"c{n}"), OA + "hasTarget", T("target", f"t{n}"))
            quote = s.node(
                T("selector", f"q{n}"), "", literals={OA + "exact": ("A sentence of an article that says who met whom. " * 3, "")}
            )
            s.edge(T("target", f"t{n}"), OA + "hasSelector", quote)
    page = render(s.mirror, title="t", style={})
    data = block(page)
    assert (len(data["nodes"]), len(data["claims"])) == (400, 150) and len(data["edges"]) > 880
    assert len(page.encode()) <= 1_000_000
