"""Parts of a day: each session is in one of them, and none has more than a page shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import QueryError
from service.programme.parts import (
    MINUTES,
    MOST,
    Part,
    PartKey,
    find_part,
    split_day,
    split_undated,
)

counts = st.dictionaries(st.integers(0, MINUTES - 1), st.integers(1, 2_000), max_size=30)


@given(counts, st.integers(0, 2_000))
def test_parts_hold_every_minute_once_and_no_more_than_fits(
    starts: dict[int, int], untimed: int
) -> None:
    parts = split_day(list(starts.items()), untimed)
    assert all(0 < part.sessions <= MOST for part in parts)
    assert sum(part.sessions for part in parts) == sum(starts.values()) + untimed
    assert len({part.key for part in parts}) == len(parts)
    for minute, count in starts.items():
        holding = [p for p in parts if p.first is not None and p.first <= minute < p.end]
        assert holding
        assert len({part.first for part in holding}) == 1
        if count > MOST:
            assert [part.page for part in holding] == list(range(1, len(holding) + 1))
            assert sum(part.sessions for part in holding) == count
        else:
            assert len(holding) == 1
        assert find_part(parts, minute) is holding[0]
    for part in parts:
        key = PartKey.parse(part.key)
        assert find_part(parts, key.minute, key.page) is part


def test_a_day_is_split_between_starts() -> None:
    parts = split_day([(600, 200), (540, 200), (660, 1), (720, 1_300)], 3)
    assert [(part.key, part.end, part.sessions) for part in parts] == [
        ("09:00", 660, 400),
        ("11:00", 720, 1),
        ("12:00", 721, 600),
        ("12:00-2", 721, 600),
        ("12:00-3", 721, 100),
        ("untimed", MINUTES, 3),
    ]
    assert [part.key for part in split_undated(700)] == ["undated", "undated-2"]


def test_a_part_that_is_not_there_any_more_is_the_nearest_one() -> None:
    parts = split_day([(600, 600), (660, 600)], 0)
    assert find_part(parts, 500) is parts[0]
    assert find_part(parts, 659, 9) is parts[0]
    assert find_part(parts, None) is parts[-1]


@pytest.mark.parametrize(
    "text",
    ["", "10", "24:00", "10:30-0", "10:30-", "-1", "untimed-x", "١٠:٣٠", "10:30\n", "x" * 999],
)
def test_what_is_no_key_is_told(text: str) -> None:
    with pytest.raises(QueryError, match="part is"):
        PartKey.parse(text)


def test_keys() -> None:
    assert PartKey.parse("10:30") == PartKey(630)
    assert PartKey.parse("10:30-2") == PartKey(630, 2)
    assert PartKey.parse("untimed") == PartKey(None)
    assert PartKey.parse("undated-3") == PartKey(None, 3, is_dated=False)
    assert Part(None, MINUTES, 3, is_dated=False).key == "undated"
