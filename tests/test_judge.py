"""The rule of the relevance verdict, by hand."""

import math
from dataclasses import replace

import pytest
from support.stores import talk
from support.web_fixtures import SESSIONS

from service.ranking import weights_digest
from service.stores.manifest import Calibration
from service.stores.protocol import Hit, ParsedQuery, TermMatches
from service.verdict.judge import (
    VERDICTS,
    compute_evidence,
    has_all_terms,
    is_exact_match,
    judge,
    normalise_bm25,
    term_overlap,
)
from service.verdict.off_topic import (
    queries_digest,
)

NO_TERMS = TermMatches(0.0)
CALIBRATION = Calibration(
    queries_digest(), weights_digest(), (), spread=0.1, related=0.3, strong=0.6
)


def test_term_overlap_takes_roots_whole_short_words_and_any_script() -> None:
    session = talk(1, title="Testing maps", abstract="A car goes by. 健康数据")
    assert term_overlap("how are tests of a map", [session]) == 1
    assert term_overlap("carpets", [session]) == 0
    assert term_overlap("testing volcanoes", [session]) == 0.5
    assert term_overlap("健康", [session]) == 1
    assert term_overlap("the of", []) == 0


def test_a_single_term_is_related_where_a_session_has_it_in_any_form() -> None:
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
    assert evidence.mean == pytest.approx(0.4 + 1.5 * 0.1 * (0.5 + 0.2) - 0.7 * 0.5)
    assert evidence.best == pytest.approx(0.5 + 1.5 * 0.1 * 0.5 - 0.7 * 0.5)
    assert normalise_bm25("of a glacier and ice", 6.0, 98) == pytest.approx(
        6 / (math.log(100) * math.sqrt(2))
    )
    assert normalise_bm25("?!", 6.0, 98) == 0
    for similarity, expected in ((0.9, "strong"), (0.5, "related"), (0.1, "none")):
        hit = Hit(replace(SESSIONS[3], title="x y"), similarity, similarity)
        assert (
            judge(ParsedQuery("volcano"), NO_TERMS, [hit], 0.1, CALIBRATION, 100).verdict
            == expected
        )
        assert expected in VERDICTS
    assert judge(ParsedQuery("volcano"), NO_TERMS, [], 0.1, CALIBRATION, 100).verdict == "none"


def test_exact_matches() -> None:
    session = SESSIONS[0]
    assert is_exact_match(ParsedQuery("health analytics on the ward"), session)
    assert is_exact_match(ParsedQuery("x", phrases=("hospital learns",)), session)
    assert is_exact_match(ParsedQuery("ana ruiz", speakers=("Ana Ruiz",)), session)
    assert not is_exact_match(ParsedQuery("ola berg", speakers=("Ola Berg",)), session)


def test_all_terms_of_a_query_in_a_title_are_never_nothing() -> None:
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
