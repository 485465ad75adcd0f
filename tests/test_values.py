import pytest

from loaders.records.values import as_list, as_text, as_year, excerpt


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (float("nan"), ""), ("NaN", ""), ("null", ""), (" x ", "x"), (3.0, "3"), (2.5, "2.5"),
        (True, "yes"), ({"de": "Lampe", "en": "Lamp"}, "Lamp"), ({"fr": "Lampe"}, "Lampe"),
        (["a", None, "b"], "a; b"),
        ("'=1+1", "=1+1"), ("'tis", "'tis"), (float("inf"), "inf"), ({}, ""),
    ],
)  # fmt: skip
def test_values_as_text(value: object, text: str) -> None:
    assert as_text(value) == text


def test_values_nested_deeply_are_cut_off() -> None:
    value: object = "deep"
    for _ in range(900):
        value = [value]
    assert as_text(value) == ""
    assert excerpt(value)


def test_lists() -> None:
    assert as_list("a, b; c|d") == ["a", "b", "c", "d"]
    assert as_list("R&amp;D, Q&#38;A; a&b") == ["R&D", "Q&A", "a&b"]
    assert as_list(["a, b", 3]) == ["a, b", "3"]


@pytest.mark.parametrize(
    ("text", "year"), [("2024", 2024), ("2024.0", 2024), ("2024.5", None), ("3024", None)]
)
def test_years(text: str, year: int | None) -> None:
    assert as_year(text) == year
