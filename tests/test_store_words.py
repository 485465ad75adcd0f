"""What every store promises of words: keyword search, and words and meaning together."""

import pytest
from support.stores import ENCODER, SESSIONS, OpenStore, Written, session, write

from service.filters import NO_FILTERS, Filters
from service.stores.protocol import ParsedQuery, SessionStore, TermMatches


def find(
    store: SessionStore,
    query: ParsedQuery,
    terms: TermMatches | None = None,
    *,
    limit: int = 50,
    filters: Filters = NO_FILTERS,
) -> list[tuple[str, float, float]]:
    with store.reading() as generation:
        hits = generation.search(
            ENCODER.encode_queries([query.text])[0], limit, filters, query, terms
        )
    return [(hit.session.source_id, hit.score, hit.similarity) for hit in hits]


def test_keyword_search_finds_words_of_every_field(written: Written) -> None:
    other = session(50, tags=("wards",), track="Öffentlich", language="de")
    store = written([*SESSIONS, other])
    for text in ("title50", "word50", "wards", "offentlich"):
        assert [id for id, _, _ in find(store, ParsedQuery(text, "keyword"))] == ["50"], text
    assert {id for id, _, _ in find(store, ParsedQuery("speaker brandstrom", "keyword"))} >= {
        "1",
        "50",
    }
    assert find(store, ParsedQuery("xylophone", "keyword")) == []
    assert find(store, ParsedQuery("?!", "keyword")) == []


def test_two_words_are_found_next_to_each_other(written: Written) -> None:
    one = session(50, abstract="data pipelines of the next clouds")
    other = session(51, abstract="pipelines mit data, Wolken neben Leitungen", language="de")
    store = written([one, other])
    asked = ["data pipeline", "pipeline data", "next cloud", "neben leitung"]
    with store.reading() as generation:
        assert generation.find_by_term(asked, 5) == [(one.id,), (other.id,), (one.id,), (other.id,)]
        assert generation.find_by_term(["cloud data", "data cloud"], 5) == [(), ()]
        assert generation.find_by_term(["of the"], 5) == [()]  # stop words are not stored


def test_fused_score_adds_words_to_meaning(filled: SessionStore) -> None:
    found = find(filled, ParsedQuery("word7 common"))
    assert found[0][0] == "7"
    assert len(found) == len(SESSIONS)
    assert [score for _, score, _ in found] == sorted((s for _, s, _ in found), reverse=True)
    vectors = ENCODER.encode_sessions([item.text for item in SESSIONS])
    products = dict(
        zip(
            (s.source_id for s in SESSIONS),
            vectors @ ENCODER.encode_queries(["word7 common"])[0],
            strict=True,
        )
    )
    for id, score, similarity in found:
        assert similarity == pytest.approx(products[id], abs=1e-5)
        assert score > similarity
    nothing = find(filled, ParsedQuery("xylophone"))
    assert [score for _, score, _ in nothing] == pytest.approx([s for _, _, s in nothing])


def test_speakers_named_in_full_come_first_and_filters_hold(filled: SessionStore) -> None:
    asked = ParsedQuery("title7 word7", speakers=("Speaker 2",))
    found = find(filled, asked)
    named = [number for number in range(20) if number % 4 == 2]
    assert named
    assert {int(id) for id, _, _ in found[: len(named)]} == set(named)
    only = find(filled, asked, filters=Filters(year=(2025,)))
    assert {int(id) % 3 for id, _, _ in only} == {1}


def test_phrases_propose_sessions(written: Written) -> None:
    many = [session(number, abstract=f"deep learning filler{number}") for number in range(120)]
    one = session(500, title="X", abstract="learning to be deep with word500")
    store = written([*many, one])
    asked = ParsedQuery("deep learning", phrases=("word500",))
    assert "500" in {id for id, _, _ in find(store, asked, limit=200)}


def test_languages_stand_in_the_manifest(open_store: OpenStore) -> None:
    store = open_store()
    assert write(
        store, [session(1), session(2, language="de"), session(3, language="")]
    ).languages == (
        "de",
        "en",
    )
    assert open_store().manifest().languages == ("de", "en")


def test_rare_words_are_found_as_they_stand_and_bring_their_sessions_first(
    written: Written,
) -> None:
    far = session(300, title="Quiet hours", abstract="nobody speaks of zymurgys here", year=2024)
    store = written([*SESSIONS, far])
    text = "common word7 zymurgys"
    with store.reading() as generation:
        found = generation.find_by_term(["zymurgys", "zymurgy", "common"], 2)
        assert [len(some) for some in found] == [1, 0, 2]
        assert found[0] == (far.id,)
        assert generation.find_by_term([], 2) == []
        best = generation.max_bm25(text, NO_FILTERS)
        assert best > generation.max_bm25(text, Filters(year=(2026,))) > 0
        assert generation.max_bm25("xylophone", NO_FILTERS) == 0
    plain = find(store, ParsedQuery(text))
    given = find(store, ParsedQuery(text), TermMatches(best))
    assert given == plain
    rare = TermMatches(best, rare=(found[0],), rare_boost=2.0)
    boosted = find(store, ParsedQuery(text), rare)
    assert boosted[0][0] == "300"
    scores = {id: score for id, score, _ in plain}
    assert boosted[0][1] == pytest.approx(scores["300"] + 2, abs=1e-5)
    only = find(store, ParsedQuery(text), rare, filters=Filters(year=(2025,)))
    assert "300" not in {id for id, _, _ in only}


def test_stop_words_in_capitals_are_words(written: Written) -> None:
    acronym = session(50, title="IT and OR", abstract="IT for hospitals, OR for their plans")
    pronoun = session(51, title="Make it fast or it fails", abstract="it is what it is")
    store = written([acronym, pronoun, session(52, title="WHAT IS IT")])
    for question in ("IT", "IT hospital", "plans with OR"):
        assert find(store, ParsedQuery(question, "keyword"))[0][0] == "50", question
    found = find(store, ParsedQuery("catering for IT", "keyword"))
    assert [id for id, _, _ in found] == ["50"]
    assert find(store, ParsedQuery("catering for it", "keyword")) == []
