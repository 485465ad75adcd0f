import pytest

from service.session import Session
from service.stores.fusion import keyword_weight
from service.stores.keywords import question_terms, session_terms


def session(title: str, **values: object) -> Session:
    return Session(event="E", year=2026, source_id="1", title=title, **values)  # type: ignore[arg-type]  # fields by name


def match(question: str, found: Session, languages: tuple[str, ...] = ("en",)) -> float:
    """The dot product of a question and a session, every term weighed alike."""
    weights = session_terms(found)
    known = dict(zip(weights.indices, weights.values, strict=True))
    asked = question_terms(question, languages)
    return sum(
        known.get(index, 0) * value
        for index, value in zip(asked.indices, asked.values, strict=True)
    )


@pytest.mark.parametrize(
    ("question", "better", "worse"),
    [
        ("testing", session("Testing"), session("Tested")),
        (
            "neural networks",
            session("neural networks on graphs"),
            session("networks of neural graphs"),
        ),
        (
            "foster",
            session("A talk", speakers=("Will Foster",)),
            session("A talk", abstract="foster"),
        ),
        ("python", session("python"), session("python", abstract="and much more " * 40)),
    ],
)
def test_what_matches_more_exactly_counts_more(
    question: str, better: Session, worse: Session
) -> None:
    assert match(question, better) > match(question, worse) > 0


def test_stems_follow_the_language_of_the_session() -> None:
    german = session("Datenbank", language="de")
    assert match("Datenbanken", german, ("de", "en")) > 0
    assert match("Datenbanken", german, ("en",)) == 0


def test_a_language_without_a_stemmer_is_stemmed_as_english() -> None:
    for language in ("estonian", "filipino", "et"):
        assert session_terms(session("Running queries", language=language)) == session_terms(
            session("Running queries", language="en")
        )
    assert session_terms(session("Datenbank", language="de-AT")) == session_terms(
        session("Datenbank", language="de")
    )


def test_accents_and_names_of_any_spelling() -> None:
    found = session("Keynote", speakers=("Zoë Brändström",))
    assert match("brandstrom zoe", found) == pytest.approx(match("Zoë Brändström", found), rel=0.5)
    assert match("brandstrom zoe", found) > 0


def test_chinese_and_japanese_are_found_within_a_run_of_signs() -> None:
    found = session("データ分析", abstract="健康数据分析入门")
    assert match("健康", found) > 0
    assert match("分析", found) > 0
    assert match("天気", found) == 0


def test_words_that_say_nothing_are_passed_over() -> None:
    assert match("what is the", session("A talk", abstract="what is the matter")) == 0
    assert question_terms("the pipeline", ("en",)) != question_terms("the", ("en",))


def test_numbers_are_of_32_bits_and_come_once() -> None:
    terms = session_terms(session("a b c a b c deep deep learning", speakers=("Deep Learning",)))
    assert len(set(terms.indices)) == len(terms.indices) == len(terms.values)
    assert all(0 <= index < 2**32 for index in terms.indices)


def test_the_keyword_weight_is_none_where_no_word_is_found() -> None:
    assert keyword_weight(0, 1000, is_sentence=False) == 0
    assert (
        keyword_weight(10, 1000, is_sentence=False)
        > keyword_weight(20, 1000, is_sentence=False)
        > 0
    )
    assert (
        keyword_weight(10, 1000, is_sentence=False) > keyword_weight(10, 1000, is_sentence=True) > 0
    )
