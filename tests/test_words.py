import pytest

from service.words import folded, split_words


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
        ("'; -- (((", []),
    ],
)
def test_words_of_any_script(text: str, words: list[str]) -> None:
    assert split_words(text) == words


def test_folded_compares_across_case_and_accents() -> None:
    assert folded(" Zoë BRÄNDSTRÖM ") == folded("zoe brandstrom")
    assert folded("ИВАН") == folded("иван")
    assert folded("がぎ") == "がぎ"
