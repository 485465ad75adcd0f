"""Lists that another program printed into a cell."""

import pytest
from support.reading_sources import read_bytes

from loaders.records.printed import parse_printed
from loaders.records.speakers import speaker_names
from loaders.records.values import as_list


@pytest.mark.parametrize(
    "text",
    [
        "['Ann Poe', 'Joe O\\'Roe']", '["Ann Poe", "Joe O\'Roe"]', "('Ann Poe', \"Joe O'Roe\")",
        "['Ann Poe' \"Joe O'Roe\"]", "[Ann Poe, Joe O'Roe]", '{"Ann Poe","Joe O\'Roe"}',
        "{Ann Poe,Joe O'Roe}", 'c("Ann Poe", "Joe O\'Roe")', "[&#39;Ann Poe&#39;, &quot;Joe O'Roe&quot;]",
    ],
)  # fmt: skip
def test_printed_lists(text: str) -> None:
    assert sorted(as_list(text)) == ["Ann Poe", "Joe O'Roe"]
    assert sorted(speaker_names(text)) == ["Ann Poe", "Joe O'Roe"]


@pytest.mark.parametrize(
    "text",
    ["(Ann Poe)", "[Ann] Poe", "Ann Poe", "[a] and [b]", "[", "{}}", "[" * 5_000 + "]" * 5_000],
)
def test_other_texts_are_no_lists(text: str) -> None:
    assert parse_printed(text) is None


def test_printed_objects_have_names() -> None:
    assert speaker_names("[{'name': 'Ann Poe', 'id': 7}, {'name': None}]") == ["Ann Poe"]


def test_a_table_with_printed_lists() -> None:
    content = b"""Title,Speakers,Tags,Track
Knots,"['Ann Poe', 'Joe Roe']","['web', 'a, b']","['Ropes']"
Sails,[],nan,[]
"""
    knots, sails = read_bytes("x.csv", content).sessions
    assert (knots.speakers, knots.tags, knots.track) == (
        ("Ann Poe", "Joe Roe"),
        ("web", "a, b"),
        "Ropes",
    )
    assert (sails.speakers, sails.tags, sails.track) == ((), (), "")
