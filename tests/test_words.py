import pytest

from service.words import folded, locate_words, split_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Zoë's C++ and C#, in .NET", ["zoe", "s", "c++", "and", "c#", "in", "net"]),
        ("snake_case node.js", ["snake", "case", "node", "js"]),
        ("Straße Łódź Ærø", ["strasse", "lodz", "aero"]),
        ("日本語の検索 python", ["日本", "本語", "語の", "の検", "検索", "python"]),
        ("한국어", ["한국", "국어"]),
        ("東", ["東"]),
        ("צדק ועוד", ["צדק", "ועוד"]),
        ("हिन्दी भाषा।", ["हिन्दी", "भाषा"]),
        ("தமிழ் மொழி", ["தமிழ்", "மொழி"]),
        ("كُتُب", ["كتب"]),
        ("'; -- (((", []),
    ],
)
def test_words_of_any_script(text: str, words: list[str]) -> None:
    assert split_words(text) == words


def test_folded_compares_across_case_and_accents() -> None:
    assert folded(" Zoë BRÄNDSTRÖM ") == folded("zoe brandstrom")
    assert folded("ИВАН") == folded("иван")
    assert folded("がぎ") == "がぎ"


@pytest.mark.parametrize(
    "text", ["Zoë's C++ and C#", "生成AI活用の例", "हिन्दी भाषा", "e\u0301te\u0301 Straße"]
)
def test_words_are_found_where_they_stand(text: str) -> None:
    placed = list(locate_words(text))
    assert [word for word, _, _ in placed] == split_words(text)
    assert [split_words(text[start:end]) for _, start, end in placed] == [[w] for w, _, _ in placed]


def test_signs_that_folding_joins_stand_where_their_run_does() -> None:
    assert list(locate_words("1 ｶﾞｷﾞｸﾞ")) == [("1", 0, 1), ("ガギ", 2, 8), ("ギグ", 2, 8)]
