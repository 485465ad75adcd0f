"""The relevance verdict: strong, related or none."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.fakes import BagOfWords
from support.programmes import Loading, row
from support.stores import talk
from support.web_fixtures import SESSIONS, open_loaded, write

from conference_helper.printing import print_answer
from service.encoder import Vectors
from service.encoders.sharing import SharedEncoder
from service.errors import VerificationError
from service.filters import Filters
from service.query.query import Query
from service.ranking import weights_digest
from service.search.searcher import Searcher
from service.stores.copying import copy_catalogue
from service.stores.edge.store import EdgeStore
from service.stores.manifest import Calibration, Manifest
from service.stores.protocol import Generation, Hit, ParsedQuery, TermMatches
from service.verdict import off_topic
from service.verdict.calibrate import calibrate
from service.verdict.judge import (
    VERDICTS,
    compute_evidence,
    has_all_terms,
    is_exact_match,
    judge,
    normalise_bm25,
    term_overlap,
)
from service.verdict.off_topic import OffTopicQueries, mean_of_nearest, queries_digest
from service.web import create_app

NO_TERMS = TermMatches(0.0)
CALIBRATION = Calibration(
    queries_digest(), weights_digest(), (), spread=0.1, related=0.3, strong=0.6
)
TOPICS = ("harbour", "glacier", "orchard", "railway", "violin", "lantern", "pottery", "compass")


def programme(count: int = 40) -> list[dict[str, object]]:
    """Sessions on eight topics, each with words of its own."""
    return [
        row(
            number,
            title=f"The {TOPICS[number % 8]} of {TOPICS[number // 8]}{number}",
            abstract=f"Notes on {TOPICS[number % 8]} work: {TOPICS[number // 8]}{number} explained by those "
            f"who build it every day, with figures and mistakes from site {number} and its archive.",
        )
        for number in range(count)
    ]


@pytest.fixture
def searcher(loading: Loading) -> Searcher:
    loading.rows(programme())
    return Searcher(loading.store, lambda fingerprint: loading.encoder)


def test_there_are_many_different_off_topic_queries(all_off_topic_queries: None) -> None:
    questions = off_topic.read_queries()
    assert 300 <= len(questions) == len(set(questions))
    assert all(question == question.strip() and question for question in questions)


@pytest.mark.usefixtures("all_off_topic_queries")
def test_a_load_calibrates_and_answers_say_whether_they_fit(searcher: Searcher) -> None:
    for mode in ("hybrid", "semantic", "keyword"):
        assert searcher.search(Query("glacier of harbour1", mode=mode)).verdict in (
            "strong",
            "related",
        )
        assert searcher.search(Query("how long do pandas sleep", mode=mode)).verdict == "none"
    answer = searcher.search(Query("how long do pandas sleep"))
    assert len(answer.results) == 3
    assert answer.as_dict()["verdict"] == "none"
    assert searcher.search(Query("pandas", filters=Filters(year=(1999,)))).verdict == "none"


def test_what_is_named_is_strong(searcher: Searcher) -> None:
    for question in ("Speaker Number7", '"from site 9 and its archive"', "The railway of harbour3"):
        assert searcher.search(Query(question)).verdict == "strong"


def test_a_catalogue_that_was_never_calibrated_says_nothing(tmp_path: Path) -> None:
    _, searcher = open_loaded(tmp_path)
    answer = searcher.search(Query("health analytics"))
    assert answer.verdict is None
    assert answer.as_dict()["verdict"] is None


@pytest.mark.parametrize("digest", [queries_digest, weights_digest])
def test_an_older_catalogue_is_calibrated_by_the_next_load(
    loading: Loading, digest: Callable[[], str]
) -> None:
    rows = programme()
    manifest = loading.rows(rows).manifest
    assert manifest is not None
    file = loading.folder / f"data/catalogues/sessions/generations/{manifest.generation}"
    text = (file / "manifest.json").read_text("utf-8")
    (file / "manifest.json").write_text(text.replace(digest(), "0" * 16), "utf-8")
    store = loading.store = EdgeStore(loading.folder / "data", "sessions")
    searcher = Searcher(store, lambda fingerprint: loading.encoder)
    assert searcher.search(Query("glacier")).verdict is None
    loading.encoder.embedded.clear()
    outcome = loading.rows(rows)
    assert str(outcome.comparison).endswith("its verdicts are calibrated anew")
    assert searcher.search(Query("glacier")).verdict is not None
    assert loading.encoder.embedded == []
    assert loading.rows(rows).manifest == outcome.manifest
    store.close()


def test_a_copy_and_a_removal_keep_the_calibration(loading: Loading, tmp_path: Path) -> None:
    from loaders.sync import remove_event

    manifest = loading.rows([*programme(20), *(row(i, year=2025) for i in range(30, 35))]).manifest
    assert manifest is not None
    target = EdgeStore(tmp_path / "copy", "sessions")
    assert copy_catalogue(loading.store, target).calibration == manifest.calibration
    target.close()
    assert remove_event(loading.store, "Summit", 2025).calibration == manifest.calibration


def test_the_manifest_carries_the_calibration() -> None:
    manifest = Manifest("1", "now", BagOfWords().fingerprint, 1, calibration=CALIBRATION)
    assert Manifest.from_dict(manifest.as_dict()) == manifest
    older = manifest.as_dict()
    del older["calibration"]
    assert Manifest.from_dict(older).calibration is None


def test_a_calibration_that_records_no_weights_was_made_with_the_first_ones() -> None:
    unrecorded = CALIBRATION.as_dict()
    del unrecorded["weights"]
    assert Calibration.from_dict(unrecorded).weights == "4ec65c62de6e8e7f"


def test_a_check_that_raises_keeps_what_is_served(store: EdgeStore) -> None:
    write(store, SESSIONS)
    served = store.manifest()

    def refuse(generation: Generation) -> Calibration | None:
        assert generation.manifest.languages == ("de", "en")
        raise VerificationError("worse")

    encoder = BagOfWords()
    with (
        pytest.raises(VerificationError, match="worse"),
        store.building(encoder.fingerprint, sessions=len(SESSIONS)) as builder,
    ):
        texts = [session.text for session in SESSIONS]
        builder.upsert(SESSIONS, encoder.encode_sessions(texts))
        builder.commit(expected=len(SESSIONS), sources=(), check=refuse)
    assert store.manifest() == served
    assert [one.generation for one in store.generations()] == [served.generation]


@pytest.mark.usefixtures("all_off_topic_queries")
def test_off_topic_queries_that_the_catalogue_answers_do_not_count(
    store: EdgeStore,
) -> None:
    cooks = [
        talk(place, title=question, abstract=f"{question} " * 3)
        for place, question in enumerate(off_topic.read_queries()[:12])
    ]
    write(store, cooks)
    with store.reading() as generation:
        found = calibrate(generation, BagOfWords())
    assert found is not None
    assert len(set(range(12)) & set(found.answered)) > 6


def test_an_empty_catalogue_has_no_calibration(store: EdgeStore) -> None:
    write(store, ())
    with store.reading() as generation:
        assert calibrate(generation, BagOfWords()) is None


@pytest.mark.parametrize("count", [1, 2, 4])
def test_a_small_catalogue_is_calibrated_by_off_topic_queries_alone(
    store: EdgeStore, count: int
) -> None:
    write(store, SESSIONS[:count])
    with store.reading() as generation:
        found = calibrate(generation, BagOfWords())
    assert found is not None
    assert np.isfinite([found.spread, found.related, found.strong]).all()


def test_share_of_words_takes_roots_whole_short_words_and_any_script() -> None:
    session = talk(1, title="Testing maps", abstract="A car goes by. 健康数据")
    assert term_overlap("how are tests of a map", [session]) == 1
    assert term_overlap("carpets", [session]) == 0
    assert term_overlap("testing volcanoes", [session]) == 0.5
    assert term_overlap("健康", [session]) == 1
    assert term_overlap("the of", []) == 0


def test_a_word_typed_alone_is_related_where_a_session_has_it_in_any_form() -> None:
    found = talk(1, title="Paint", abstract="Of colors and the weather.")
    strict = replace(CALIBRATION, related=0.9, strong=0.95)
    for text, expected in (("color", "related"), ("the color of it", "none"), ("colt", "none")):
        query = ParsedQuery(text)
        assert (
            judge(query, NO_TERMS, [Hit(found, 0.1, 0.1)], 0.3, strict, 100).verdict == expected
        ), text


def test_evidence_and_verdicts_can_be_checked_by_hand() -> None:
    evidence = compute_evidence(
        [0.5, 0.2, 0.4, 0.3], overlap=0.5, bm25=0.2, off_topic=0.5, spread=0.1
    )
    assert evidence.mean == pytest.approx(0.4 + 0.1 * (0.5 + 0.2) - 0.7 * 0.5)
    assert evidence.best == pytest.approx(0.5 + 0.1 * 0.5 - 0.7 * 0.5)
    assert normalise_bm25("of a glacier and ice", 6.0, 98) == pytest.approx(
        6 / (math.log(100) * math.sqrt(2))
    )
    assert normalise_bm25("?!", 6.0, 98) == 0
    assert mean_of_nearest(
        np.array([0.9, 0.1, 0.2, 0.3], dtype=np.float32), excluding=[0]
    ) == pytest.approx(0.2)
    for similarity, expected in ((0.9, "strong"), (0.5, "related"), (0.1, "none")):
        hit = Hit(replace(SESSIONS[3], title="x y"), similarity, similarity)
        assert (
            judge(ParsedQuery("volcano"), NO_TERMS, [hit], 0.1, CALIBRATION, 100).verdict
            == expected
        )
        assert expected in VERDICTS
    assert judge(ParsedQuery("volcano"), NO_TERMS, [], 0.1, CALIBRATION, 100).verdict == "none"


def test_what_counts_as_named() -> None:
    session = SESSIONS[0]
    assert is_exact_match(ParsedQuery("health analytics on the ward"), session)
    assert is_exact_match(ParsedQuery("x", phrases=("hospital learns",)), session)
    assert is_exact_match(ParsedQuery("ana ruiz", speakers=("Ana Ruiz",)), session)
    assert not is_exact_match(ParsedQuery("ola berg", speakers=("Ola Berg",)), session)


def test_off_topic_queries_are_embedded_once_for_an_encoder(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    whole = BagOfWords.encode_queries

    def noted(self: BagOfWords, questions: Sequence[str]) -> Vectors:
        asked.append(len(questions))
        return whole(self, questions)

    monkeypatch.setattr(BagOfWords, "encode_queries", noted)
    searcher.warm_up()
    searcher.search(Query("glacier"))
    searcher.search(Query("harbour"))
    assert sum(count for count in asked if count > 1) == len(off_topic.read_queries())


@pytest.mark.usefixtures("all_off_topic_queries")
def test_off_topic_queries_leave_room_for_users_in_a_shared_encoder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sizes: list[int] = []
    encode = BagOfWords.encode_queries

    def count(encoder: BagOfWords, texts: Sequence[str]) -> Vectors:
        sizes.append(len(texts))
        return encode(encoder, texts)

    monkeypatch.setattr(BagOfWords, "encode_queries", count)
    queries = OffTopicQueries(SharedEncoder(BagOfWords()))
    assert max(sizes) == off_topic.BATCH_SIZE
    assert queries.vectors.shape == (len(off_topic.read_queries()), 1024)
    assert np.allclose(queries.vectors, BagOfWords().encode_queries(queries.texts))


@pytest.mark.usefixtures("all_off_topic_queries")
def test_page_and_command_line_say_that_nothing_fits(
    searcher: Searcher, capsys: pytest.CaptureFixture[str]
) -> None:
    client = create_app(searcher).test_client()
    assert "Nothing in this programme fits" in client.get("/?q=how+long+do+pandas+sleep").text
    assert "Nothing in this programme fits" not in client.get("/?q=glacier+of+harbour1").text
    filtered = client.get("/?q=how+long+do+pandas+sleep&year=2026").text
    assert "Nothing that passes these filters fits" in filtered
    assert client.get("/api/search?q=how+long+do+pandas+sleep").json["verdict"] == "none"  # type: ignore[index]  # it is JSON
    print_answer(searcher.search(Query("how long do pandas sleep")), filtered=False)
    said = capsys.readouterr().out
    assert said.startswith("Nothing in this programme fits. The nearest sessions:\n1. ")
    print_answer(searcher.search(Query("how long do pandas sleep")), filtered=True)
    assert capsys.readouterr().out.startswith("Nothing that passes these filters fits.")


def test_all_words_of_a_question_in_a_title_are_never_nothing() -> None:
    found = replace(talk(1), title="Abgleich: Kontenabstimmung mit Würfeln")
    assert has_all_terms(ParsedQuery("Kontenabstimmung mit Wurfeln"), NO_TERMS, found)
    assert not has_all_terms(ParsedQuery("Kontenabstimmung mit Karten"), NO_TERMS, found)
    strict = replace(CALIBRATION, related=0.9, strong=0.95)
    assert (
        judge(
            ParsedQuery("kontenabstimmung"), NO_TERMS, [Hit(found, 0.1, 0.1)], 0.3, strict, 100
        ).verdict
        == "related"
    )
    assert (
        judge(
            ParsedQuery("kontoauszug"), NO_TERMS, [Hit(found, 0.1, 0.1)], 0.3, strict, 100
        ).verdict
        == "none"
    )
