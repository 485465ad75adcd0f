from dataclasses import replace

import pytest

from service.query.boosts import quoted_phrases
from service.search.snippets import Explainer, Reason
from service.session import Session
from service.stores.protocol import Hit, Mode, ParsedQuery

FOUND = Session(
    event="E",
    year=2026,
    source_id="1",
    title="The Last Mile",
    abstract="An avalanche service warned. Seven skiers <b>went</b> out!\n"
    "Warnings need a verb. 健康数据分析入门。天気です。",
    speakers=("Zoë Brändström",),
    track="Health",
)


def explain(question: str, session: Session, mode: Mode = "hybrid") -> Reason:
    return Explainer(ParsedQuery(question, mode))(Hit(session, 1.0, 0.5))


@pytest.mark.parametrize(
    ("question", "matched", "sentence", "marks"),
    [
        ("skier", ("words", "meaning"), "Seven skiers <b>went</b> out!", ["skiers"]),
        ("warning verbs", ("words", "meaning"), "Warnings need a verb.", ["Warnings", "verb"]),
        ("zoe last", ("title", "speaker", "meaning"), "An avalanche service warned.", []),
        ("数据分析", ("words", "meaning"), "健康数据分析入门。", ["数据分析"]),
        ("xylophone", ("meaning",), "An avalanche service warned.", []),
        ("health", ("words", "meaning"), "An avalanche service warned.", []),
        ("healing", ("meaning",), "An avalanche service warned.", []),
    ],
)
def test_what_matched_and_the_nearest_sentence(
    question: str, matched: tuple[str, ...], sentence: str, marks: list[str]
) -> None:
    reason = explain(question, FOUND)
    assert reason.matched == matched
    assert reason.snippet
    assert reason.snippet.text == sentence
    assert FOUND.abstract[reason.snippet.start : reason.snippet.end] == sentence
    assert [sentence[start:end] for start, end in reason.snippet.marks] == marks


@pytest.mark.parametrize("shift", range(20))
def test_of_equal_sentences_the_first_is_nearest_however_their_words_are_hashed(shift: int) -> None:
    pairs = [(f"one{number}x{shift}", f"other{number}x{shift}") for number in range(8)]
    first, second = (f"{' '.join(words)}." for words in zip(*pairs, strict=True))
    again = [f"{word}." for times, pair in enumerate(pairs) for word in pair * times]
    abstract = " ".join((first, second, *again))  # word by word both are as frequent
    snippet = explain(f"{first} {second}", replace(FOUND, abstract=abstract)).snippet
    assert snippet
    assert snippet.text == first


def test_without_an_abstract_there_is_no_sentence() -> None:
    bare = Session(event="E", year=2026, source_id="1", title="Maps")
    reason = explain("maps", bare, "keyword")
    assert (reason.matched, reason.snippet) == (("title",), None)


@pytest.mark.parametrize(
    ("question", "language", "abstract", "marks"),
    [
        ("tests of compilers", "", "Testing the compilation.", ["Testing", "compilation"]),
        ("api", "en", "APIs are no apiary.", ["APIs"]),
        ("Haus", "de", "Die Häuser, gleich zweimal: Häuser.", ["Häuser", "Häuser"]),
        ("Haus", "en", "Die Häuser.", []),
        ("C++", "", "C, C++ and C#.", ["C++"]),
        ("AI", "ja", "生成AI活用の例。", ["AI"]),
        ("活用", "ja", "生成AI活用の例。", ["活用"]),
        ("レストラン", "ja", "MeCabとSudachi。", []),
        ("नव", "hi", "मानव डेटा।", []),
        ("डेटा", "hi", "मानव डेटा।", ["डेटा"]),
        ("what's a child's play", "", "It's the child's.", ["child"]),
        ("je n'ai pas d'expérience", "fr", "L'expérience d'abord.", ["expérience"]),
        ("I/O", "", "O dear: I/O.", ["O", "I", "O"]),
        ("программа", "ru", "Программы и граммы.", ["Программы"]),
    ],
)
def test_words_match_by_their_stem_in_the_language_of_the_session(
    question: str, language: str, abstract: str, marks: list[str]
) -> None:
    session = Session(
        event="E", year=2026, source_id="1", title="-", abstract=abstract, language=language
    )
    reason = explain(question, session)
    assert reason.snippet
    found = [reason.snippet.text[start:end] for start, end in reason.snippet.marks]
    assert found == marks
    assert reason.matched == (("words",) if marks else ()) + ("meaning",)


@pytest.mark.parametrize(
    ("question", "abstract", "sentence"),
    [
        (
            "deploy friday",
            "Deployed deployments deploy. We deploy on Friday.",
            "We deploy on Friday.",
        ),
        ("数据分析", "分析入门。数据分析给出答案。", "数据分析给出答案。"),
        ("tides and knots", "Tides. Tides, tides! Knots of tides.", "Knots of tides."),
    ],
)
def test_the_sentence_with_the_most_asked_words_is_shown(
    question: str, abstract: str, sentence: str
) -> None:
    session = Session(event="E", year=2026, source_id="1", title="-", abstract=abstract)
    reason = explain(question, session)
    assert reason.snippet
    assert reason.snippet.text == sentence


@pytest.mark.parametrize(
    ("question", "score", "mode", "decided_by"),
    [
        ("the last mile", 3.9, "hybrid", "title"),
        ("teh last mile", 1.8, "hybrid", "title"),
        ('"The Last Mile"', 9.9, "hybrid", "title"),
        ("the last mile", 4.0, "keyword", "title"),
        ("the last mile", 0.4, "semantic", "meaning"),
        ("zoe brandstrom on skiing", 2.9, "hybrid", "speaker"),
        ("zoe", 1.7, "hybrid", "speaker"),  # a rare word, but a name
        ("zoe", 7.0, "keyword", "speaker"),
        ("zoe avalanche", 1.7, "hybrid", "words"),
        ('"a verb"', 6.6, "hybrid", "words"),
        ("avalanche", 1.7, "hybrid", "words"),  # a rare word
        ("avalanche", 7.0, "keyword", "words"),
        ("avalanche", 0.7, "hybrid", "meaning"),
        ("snow", 0.4, "hybrid", "meaning"),
    ],
)
def test_what_decided(question: str, score: float, mode: Mode, decided_by: str) -> None:
    speakers = FOUND.speakers if "brandstrom" in question else ()
    query = ParsedQuery(question, mode, quoted_phrases(question), speakers)
    assert Explainer(query)(Hit(FOUND, score, 0.4)).decided_by == decided_by


def test_words_do_not_decide_for_what_is_unlike_the_question() -> None:
    unlike = Hit(FOUND, -0.1, -0.1)
    assert Explainer(ParsedQuery("snow"))(unlike).decided_by == "meaning"
