import pytest

from service.search.snippets import Explainer
from service.session import Session

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
    reason = Explainer(question, by_meaning=True)(FOUND)
    assert reason.matched == matched
    assert reason.snippet
    assert reason.snippet.text == sentence
    assert FOUND.abstract[reason.snippet.start : reason.snippet.end] == sentence
    assert [sentence[start:end] for start, end in reason.snippet.marks] == marks


def test_without_an_abstract_there_is_no_sentence() -> None:
    bare = Session(event="E", year=2026, source_id="1", title="Maps")
    reason = Explainer("maps", by_meaning=False)(bare)
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
    reason = Explainer(question, by_meaning=True)(session)
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
    reason = Explainer(question, by_meaning=True)(session)
    assert reason.snippet
    assert reason.snippet.text == sentence
