"""Words that are written another way than in the catalogue."""

import pytest

from service.query.compounds import (
    index_numeronyms,
    is_numeronym,
    joined,
    parts,
    transliterated,
)


def test_numeronyms_stand_for_the_frequent_word() -> None:
    counts = {
        "kubernetes": 9,
        "automatically": 8,
        "condition": 5,
        "collision": 4,
        "accessibility": 2,
        "observability": 1,
        "knows": 1,
    }
    assert index_numeronyms(counts, 2) == {"k8s": "kubernetes", "a11y": "accessibility"}
    assert index_numeronyms(counts, 1)["o11y"] == "observability"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("k8s", True),
        ("i18n", True),
        ("k3s", False),
        ("x86", False),
        ("2026", False),
        ("py3", False),
    ],
)
def test_the_form_of_a_numeronym(word: str, expected: bool) -> None:
    assert is_numeronym(word) is expected


def test_joined() -> None:
    assert list(joined("sql", "lite")) == ["sqllite", "sqlite"]
    assert list(joined("ipv", "6")) == ["ipv6"]
    assert list(joined("go", "o")) == []
    assert list(joined("20", "talks")) == []


def test_parts() -> None:
    assert list(parts("database")) == [("dat", "abase"), ("data", "base"), ("datab", "ase")]
    assert list(parts("short")) == []


@pytest.mark.parametrize(
    ("word", "typed", "expected"),
    [
        ("mueller", "Mueller", {"muller"}),
        ("poettering", "Poettering", {"pottering"}),
        ("goethe", "Goethe", {"gothe"}),
        ("muller", "Müller", {"mueller"}),
        ("dotnet", "dotnet", {"net"}),
        ("numpy", "numpy", set()),
    ],
)
def test_transliterated(word: str, typed: str, expected: set[str]) -> None:
    assert set(transliterated(word, typed)) == expected


def test_many_digraphs_take_no_time() -> None:
    assert len(list(transliterated("ae" * 20, "ae" * 20))) == 7
