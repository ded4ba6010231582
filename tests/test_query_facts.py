"""What the named queries must find in the packaged dossier, whatever else changes there."""

from __future__ import annotations

from collections import Counter

from kg.graph import KnowledgeGraph
from kg.terms import shorten

Rows = list[dict[str, str]]


def ask(graph: KnowledgeGraph, name: str, **values: str) -> Rows:
    """The rows of a named query: column to text, IRIs in their prefixed form, nothing for unbound."""
    result = graph.query(name, **values)
    columns = result.variables
    return [
        {
            column: cell.object if cell.datatype else shorten(cell.object, graph.prefixes)
            for column, cell in zip(columns, row, strict=True)
            if cell is not None
        }
        for row in result.cells()
    ]


def column(rows: Rows, name: str) -> list[str]:
    return [row.get(name, "") for row in rows]


def only(rows: Rows, **wanted: str) -> dict[str, str]:
    found = [row for row in rows if all(row.get(key) == value for key, value in wanted.items())]
    assert len(found) == 1, f"{len(found)} rows with {wanted}"
    return found[0]


def test_leaders_on_the_day_of_the_singapore_summit(built: KnowledgeGraph) -> None:
    rows = ask(built, "leaders", date="2018-06-12")
    led = {(row["state"], row["leader"]) for row in rows}
    assert led >= {
        ("state:north-korea", "person:kim-jong-un"),
        ("state:united-states", "person:donald-trump"),
        ("state:south-korea", "person:moon-jae-in"),
        ("state:china", "person:xi-jinping"),
        ("state:russia", "person:vladimir-putin"),
        ("state:japan", "person:shinzo-abe"),
    }
    assert len(column(rows, "state")) == len(set(column(rows, "state"))), "one leader each on an ordinary day"


def test_leaders_of_a_month_are_all_who_led_in_it(built: KnowledgeGraph) -> None:
    in_may = {row["leader"] for row in ask(built, "leaders", date="2017-05") if row["state"] == "state:south-korea"}
    assert in_may == {"person:moon-jae-in"}
    assert "person:moon-jae-in" not in column(ask(built, "leaders", date="2017-04"), "leader")
    assert only(ask(built, "leaders", date="2011-12-16"), state="state:north-korea")["leader"] == "person:kim-jong-il"


def test_summits_of_2018(built: KnowledgeGraph) -> None:
    rows = ask(built, "summits", **{"from": "2018", "to": "2018"})
    singapore = only(rows, event="event:singapore-summit-2018")
    assert singapore["date"] == "2018-06-12"
    assert singapore["who"] == "Donald Trump, Kim Jong Un"
    assert singapore["place"] == "place:sentosa"
    assert singapore["papers"] == "Joint Statement of the Singapore Summit"
    assert "Mike Pompeo" in singapore["delegations"] and "Kim Jong Un" not in singapore["delegations"]
    assert column(rows, "date") == sorted(column(rows, "date"))
    assert not any(date.startswith("2019") for date in column(rows, "date"))


def test_a_summit_that_spans_the_limit_is_found(built: KnowledgeGraph) -> None:
    assert column(ask(built, "summits", **{"from": "2018-09-20", "to": "2018-09-20"}), "event") == ["event:pyongyang-summit-2018"]


def test_sanctions_on_coal(built: KnowledgeGraph) -> None:
    rows = ask(built, "sanctions-on", category="Kohle")
    acts = {(row["act"], row["date"]) for row in rows}
    assert acts == {
        ("instrument:unscr-2270", "2016-03-02"),
        ("instrument:unscr-2321", "2016-11-30"),
        ("instrument:unscr-2371", "2017-08-05"),
    }
    assert only(rows, measure="measure:unscr-2321-coal")["cap"] == "7500000"
    assert "Fourth nuclear test" in only(rows, act="instrument:unscr-2270")["trigger"]


def test_sanctions_after_tests_count_the_days(built: KnowledgeGraph) -> None:
    rows = ask(built, "sanctions-after-tests", days="90")
    days = {(row["test"], row["act"]): (row["days"], row["named_as_trigger"]) for row in rows}
    assert days["event:nuclear-test-1", "instrument:unscr-1718"] == ("5", "true")
    assert days["event:nuclear-test-4", "instrument:unscr-2270"] == ("56", "true")  # over the end of a February with 29 days
    assert days["event:nuclear-test-5", "instrument:unscr-2321"] == ("82", "true")
    assert days["event:unha-3-launch-2012", "instrument:unscr-2087"] == ("41", "true")  # over the turn of a year
    assert days["event:nuclear-test-6", "instrument:unscr-2375"] == ("8", "true")
    assert all(0 <= int(row["days"]) <= 90 for row in rows)
    assert all(int(row["days"]) <= 10 for row in ask(built, "sanctions-after-tests", days="10"))


def test_threats(built: KnowledgeGraph) -> None:
    rows = [row for row in ask(built, "threats") if row["review"] == "kg:Accepted"]
    fury = only(rows, threat="event:fire-and-fury-remark")
    assert (fury["who"], fury["whom"]) == ("Donald Trump", "North Korea")
    letter = only(rows, threat="event:north-korean-threat-to-resume-tests-2018")
    assert letter["who"] == "Kim Yong Chol, North Korea" and letter["document"].startswith("<https://www.wkbw.com/")


def test_pompeos_trip_of_august_is_among_the_cancelled(built: KnowledgeGraph) -> None:
    rows = ask(built, "cancelled")
    trips = [row for row in rows if row["meeting"] == "event:pompeo-pyongyang-visit-august-2018" and row["review"] == "kg:Accepted"]
    assert [(row["date"], row["who"], row["called_off_by"]) for row in trips] == [("2018-08-24", "Mike Pompeo", "Donald Trump")]
    assert "event:inter-korean-high-level-talks-may-2018" in column(rows, "meeting")
    assert "event:hanoi-summit-2019" not in column(ask(built, "cancelled", to="2019"), "meeting"), "it broke down, but it was held"


def test_contradictions_stand_once_and_say_why(built: KnowledgeGraph) -> None:
    rows = ask(built, "contradictions")
    pairs = [frozenset((row["one"], row["other"])) for row in rows]
    assert len(pairs) == len(set(pairs)) and all(len(pair) == 2 for pair in pairs)
    held = {frozenset(pair) for pair in built.store.select("SELECT ?a ?b WHERE { ?a kg:contradicts ?b }")}
    assert len(pairs) == len(held)
    assert all(row["reason"] for row in rows)
    sixth = only(rows, one_about="event:nuclear-test-6", other="claim:nuclear-test-6-on-2-september-2017")
    assert (sixth["one_says"], sixth["other_says"]) == ("date: 2017-09-03", "date: 2017-09-02")
    assert sixth["other_speaker"] == "organisation:un-security-council"
    german = ask(built, "contradictions", language="de")
    assert len(german) == len(rows) and all("verschiedene" in row["reason"] for row in german if "Value" in row.get("reason", ""))
    assert column(german, "reason") != column(rows, "reason")


def test_exercise_contradictions_are_contradictions(built: KnowledgeGraph) -> None:
    rows = ask(built, "exercise-contradictions")
    everything = {(row["one"], row["other"]) for row in ask(built, "contradictions")}
    assert {(row["one"], row["other"]) for row in rows} <= everything
    assert "claim:max-thunder-2018-from-11-may" in column(rows, "other")


def test_promises_of_singapore(built: KnowledgeGraph) -> None:
    rows = ask(built, "singapore-promises")
    curated = {row["promise"]: row for row in rows if row["review"] == "kg:Accepted"}
    assert curated["event:singapore-pledge-denuclearisation"]["who"] == "Kim Jong Un, North Korea"
    assert curated["event:singapore-pledge-security-guarantees"]["whom"] == "Kim Jong Un, North Korea"
    assert "Joint military exercises" in curated["event:trump-announces-drill-halt-2018"]["matter"]
    assert not any("panmunjom" in promise for promise in curated)


def test_demands(built: KnowledgeGraph) -> None:
    rows = [row for row in ask(built, "demands") if row["review"] == "kg:Accepted"]
    treaty = only(rows, demand="event:north-korean-demand-for-peace-treaty-step-2018")
    assert treaty["of_whom"] == "Mike Pompeo, United States" and "Peace treaty" in treaty["matter"]


def test_who_says_that_the_programme_goes_on(built: KnowledgeGraph) -> None:
    rows = ask(built, "programme-continues")
    iaea = only(rows, event="event:iaea-report-august-2018", review="kg:Accepted")
    assert "International Atomic Energy Agency" in iaea["authors"] and "halt" in iaea["text"]
    assert "event:trump-tweet-no-nuclear-threat-2018" in column(rows, "event")
    assert not any("nuclear-test-" in event for event in column(rows, "event")), "a test is an act, not a word about the programme"


def test_alliances(built: KnowledgeGraph) -> None:
    rows = ask(built, "alliances")
    ours = only(rows, alliance="relation:us-south-korea-alliance")
    assert ours["treaty"] == "instrument:us-south-korea-mutual-defence-treaty-1953" and ours["since"] == "1953-10-01"
    assert "until" not in ours
    assert only(rows, one="state:russia", other="state:north-korea")["until"] == "1996-09-10"


def test_events_of_an_actor_and_of_a_pair(built: KnowledgeGraph) -> None:
    rows = ask(built, "events-of", actor="Pompeo", **{"from": "2018-08", "to": "2018-08"})
    assert only(rows, event="event:pompeo-pyongyang-visit-august-2018")["status"] == "kg:Cancelled"
    assert only(rows, event="event:kim-yong-chol-letter-to-pompeo-2018")["role"] == "kg:recipient"
    assert only(rows, event="event:kim-yong-chol-letter-to-pompeo-2018")["kind"] == "kg:Letter"
    pair = ask(built, "timeline-of-pair", one="person:kim-jong-un", other="person:donald-trump")
    assert {"event:singapore-summit-2018", "event:hanoi-summit-2019", "event:trump-kim-meeting-dmz-2019"} <= set(column(pair, "event"))
    assert only(pair, event="event:kim-jong-un-letter-august-2018")["initiative"] == "person:kim-jong-un"
    assert "initiative" not in only(pair, event="event:singapore-summit-2018"), "both act"


def test_events_on_a_day_include_those_under_way(built: KnowledgeGraph) -> None:
    assert "event:family-reunions-2018" in column(ask(built, "events-on-day", date="2018-08-24"), "event")
    assert "event:family-reunions-2018" not in column(ask(built, "events-on-day", date="2018-08-27"), "event")


def test_kim_jong_un_was_at_most_summits(built: KnowledgeGraph) -> None:
    rows = ask(built, "persons-by-summits")
    assert rows[0]["person"] == "person:kim-jong-un"
    of_kim = ask(built, "events-of", actor="person:kim-jong-un", **{"from": "1945", "to": "2030"})
    assert int(rows[0]["summits"]) == sum(row["kind"] == "kg:Summit" and row["status"] == "kg:Occurred" for row in of_kim)


def test_places_have_coordinates_and_counts(built: KnowledgeGraph) -> None:
    rows = ask(built, "meeting-places")
    assert rows[0]["place"] == "place:pyongyang" and int(rows[0]["meetings"]) == 7
    assert all(-90 <= float(row["latitude"]) <= 90 and -180 <= float(row["longitude"]) <= 180 for row in rows)


def test_posts_of_pompeo_and_holders_of_his_post(built: KnowledgeGraph) -> None:
    assert column(ask(built, "posts"), "post") == ["post:director-of-the-cia", "post:us-secretary-of-state"]
    assert column(ask(built, "holders"), "person") == ["person:rex-tillerson", "person:mike-pompeo"]


def test_what_had_been_said_by_a_day(built: KnowledgeGraph) -> None:
    by_then = ask(built, "said-by-date", date="2018-08-27")
    assert "event:trump-announces-drill-halt-2018" in column(by_then, "event")
    assert "event:mattis-on-exercises-2018" not in column(by_then, "event")
    assert "event:mattis-on-exercises-2018" in column(ask(built, "said-by-date", date="2018-08-28"), "event")


def test_visitors_of_pyongyang_are_foreigners(built: KnowledgeGraph) -> None:
    visitors = set(column(ask(built, "visits-to"), "visitor"))
    assert {"person:mike-pompeo", "person:moon-jae-in", "person:xi-jinping"} <= visitors
    assert "person:kim-jong-un" not in visitors


def test_caps_in_force(built: KnowledgeGraph) -> None:
    assert only(ask(built, "caps", date="2017-11-01"), category="category:refined-oil")["measure"] == "measure:unscr-2375-refined-oil-2017"
    assert only(ask(built, "caps", date="2018-06-30"), category="category:refined-oil")["act"] == "instrument:unscr-2397"
    coal = [row["act"] for row in ask(built, "caps", date="2017-01-01") if row["category"] == "category:coal"]
    assert coal == ["instrument:unscr-2321", "instrument:unscr-2321"]
    assert "category:coal" not in column(ask(built, "caps", date="2017-09-01"), "category"), "a full ban has taken the place of the cap"


def test_promises_kept_broken_and_open(built: KnowledgeGraph) -> None:
    rows = ask(built, "promises")
    kept = {(row["promise"], row["deed"]) for row in rows if row.get("verdict") == "kg:keptBy"}
    broken = {(row["promise"], row["deed"]) for row in rows if row.get("verdict") == "kg:brokenBy"}
    assert ("event:singapore-pledge-war-remains", "event:return-of-war-remains-2018") in kept
    assert ("event:six-party-pledge-2005", "event:nuclear-test-1") in broken
    assert "verdict" not in only(rows, promise="event:pyongyang-pledge-seoul-visit")
    for row in rows:
        assert ("review" in row) == ("verdict" in row)
        assert row.get("review") != "kg:Unreviewed" or row["quote"], "an unreviewed verdict shows the words that it rests on"


def test_who_stood_for_a_state(built: KnowledgeGraph) -> None:
    rows = ask(built, "represented", state="United States", **{"from": "2018-06-12", "to": "2018-06-12"})
    at_singapore = {(row["person"], row["post"]) for row in rows if row["event"] == "event:singapore-summit-2018"}
    assert ("person:mike-pompeo", "post:us-secretary-of-state") in at_singapore
    assert ("person:donald-trump", "post:president-of-the-united-states") in at_singapore
    assert ("person:mike-pompeo", "post:director-of-the-cia") not in at_singapore


def test_exercises_and_who_suspended_them(built: KnowledgeGraph) -> None:
    guardian = only(ask(built, "exercises"), event="event:ulchi-freedom-guardian-2018")
    assert guardian["status"] == "kg:Cancelled" and guardian["suspended_by"] == "South Korea, United States"


def test_lists_of_names_come_in_the_language_asked_for(built: KnowledgeGraph) -> None:
    row = only(ask(built, "cancelled", language="de"), meeting="event:inter-korean-high-level-talks-may-2018", review="kg:Accepted")
    assert row["who"] == "Nordkorea, Südkorea"


def test_counts_agree_with_the_store(built: KnowledgeGraph) -> None:
    graphs = {row["graph"]: int(row["statements"]) for row in ask(built, "graphs")}
    assert sum(graphs.values()) == len(built) and graphs["graph:inferred"] > 1000
    classes = {row["class"]: int(row["things"]) for row in ask(built, "classes")}
    assert classes["kg:Event"] > classes["kg:Summit"] >= 13
    claims = {name for (name,) in built.store.select("SELECT DISTINCT ?c WHERE { ?c a kg:Claim ; kg:reviewState kg:Unreviewed }")}
    unreviewed = column(ask(built, "unreviewed", rows="100000"), "claim")
    assert set(unreviewed) == {shorten(name, built.prefixes) for name in claims}
    assert len(ask(built, "unreviewed", rows="3")) == 3


# The documents


def test_threats_bring_speaker_and_quote_from_the_documents(built: KnowledgeGraph) -> None:
    rows = [
        row for row in ask(built, "threats") if row.get("document") == "document:brief-de-1" and row.get("said_by") == "organisation:cnn"
    ]
    assert [(row["who"], row["whom"]) for row in rows] == [("North Korea", "Mike Pompeo")]
    assert rows[0]["quote"] == "In dem Brief drohte Nordkorea Pompeo nach Angaben von CNN mit einem Ende der Atomgespräche."
    assert rows[0]["said_on"] == "2018-08-29" and rows[0]["review"] == "kg:Unreviewed"


def test_the_cancelled_trip_is_found_in_documents_of_both_languages(built: KnowledgeGraph) -> None:
    quotes = {row["document"]: row["quote"] for row in ask(built, "cancelled") if "quote" in row and "Mike Pompeo" in row["who"]}
    assert "abgesagt" in quotes["document:brief-de-1"]
    assert "cancelled" in quotes["document:brief-en-1"]


def test_mattis_and_trump_contradict_each_other_on_the_exercises(built: KnowledgeGraph) -> None:
    rows = ask(built, "exercise-contradictions")
    voices = {frozenset((row.get("one_speaker", ""), row.get("other_speaker", ""))) for row in rows}
    assert frozenset(("person:james-mattis", "person:donald-trump")) in voices
    for row in rows:
        assert row["one_says"] and row["other_says"] and row["one_document"] and row["other_document"]
        assert row["one_date"] <= row["other_date"]


def test_promises_of_singapore_are_found_in_documents(built: KnowledgeGraph) -> None:
    claimed = [row for row in ask(built, "singapore-promises") if row["review"] == "kg:Unreviewed"]
    halt = [row for row in claimed if "Aussetzung der Militärmanöver" in row["quote"]]
    assert [(row["who"], row["matter"]) for row in halt] == [("Donald Trump", "Joint military exercises")]
    assert not any("Eisenbahn" in row["quote"] for row in claimed), "promised in Pyongyang"


def test_the_iaea_says_that_the_programme_goes_on_and_trump_that_it_does_not(built: KnowledgeGraph) -> None:
    answers = Counter((row.get("said_by", ""), row["answer"]) for row in ask(built, "programme-continues"))
    assert answers["organisation:iaea", "it goes on"] >= 2 and answers["organisation:iaea", "it does not"] == 0
    assert answers["person:donald-trump", "it does not"] >= 1 and answers["person:donald-trump", "it goes on"] == 0
    german = Counter((row.get("said_by", ""), row["answer"]) for row in ask(built, "programme-continues", language="de"))
    assert german["organisation:iaea", "es läuft weiter"] == answers["organisation:iaea", "it goes on"]


def test_demands_are_found_in_documents(built: KnowledgeGraph) -> None:
    treaties = [row for row in ask(built, "demands") if "Peace treaty" in row.get("matter", "") and row["review"] == "kg:Unreviewed"]
    assert {(row["who"], row["of_whom"]) for row in treaties} == {("North Korea", "United States")}
    assert {row["document"] for row in treaties} == {"document:brief-de-1", "document:brief-en-1"}


def test_what_a_document_attributes(built: KnowledgeGraph) -> None:
    rows = ask(built, "attributed", document="document:brief-de-1")
    assert {"organisation:cnn", "organisation:iaea", "person:donald-trump", "state:united-states"} <= set(column(rows, "said_by"))
    starts = [int(row["start"]) for row in rows]
    assert starts == sorted(starts)


def test_second_hand_claims_name_who_passes_them_on(built: KnowledgeGraph) -> None:
    row = only(ask(built, "second-hand"), said_by="person:donald-trump")
    assert "White House" in row["passed_on_by"] and "the White House said" in row["quote"]


def test_mentions_are_counted(built: KnowledgeGraph) -> None:
    pattern = "SELECT DISTINCT ?d ?m WHERE { ?m kg:refersTo person:kim-jong-un ; oa:hasSource ?d }"
    counted = Counter(shorten(document, built.prefixes) for document, _ in built.store.select(pattern))
    rows = ask(built, "documents-mentioning", thing="Kim Jong-un")
    assert {row["document"]: int(row["mentions"]) for row in rows} == counted
    assert len(counted) == 4 and all(row["first_words"] in row["quote"] for row in rows)


def test_every_claim_of_a_speaker_is_counted(built: KnowledgeGraph) -> None:
    spoken = {claim for (claim,) in built.store.select("SELECT ?c WHERE { ?c kg:speaker organisation:cnn }")}
    assert int(only(ask(built, "who-speaks"), speaker="organisation:cnn")["claims"]) == len(spoken) > 0
    assert [row["part"] for row in ask(built, "said-by", speaker="CNN")].count("kg:speaker") == len(spoken)


def test_events_of_a_single_source(built: KnowledgeGraph) -> None:
    sources: dict[str, set[str]] = {}
    for event, source in built.store.select("SELECT ?e ?s { ?e a kg:Event . ?c kg:states ?e OPTIONAL { ?c prov:wasDerivedFrom ?s } }"):
        sources.setdefault(shorten(event, built.prefixes), set()).update({source} - {""})
    rows = ask(built, "single-source")
    assert {row["event"] for row in rows} == {event for event, found in sources.items() if len(found) <= 1}
    assert all(len(found) == 0 for event, found in sources.items() if event in column(ask(built, "single-source", sources="0"), "event"))
