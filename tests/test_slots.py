"""Slots: which sessions take time, and which overlap."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from support.stores import talk

from service.slots import UNKNOWN_LENGTH, Slot, find_overlaps, fits, slot_of

VIENNA = ZoneInfo("Europe/Vienna")


def at(hour: int, minute: int = 0, zone: ZoneInfo | timezone | None = VIENNA) -> datetime:
    return datetime(2026, 5, 12, hour, minute, tzinfo=zone)


ONE = talk(1, starts_at=at(10), ends_at=at(11))


@pytest.mark.parametrize(
    ("starts", "ends", "overlap"),
    [
        (at(9), at(10), 0),
        (at(11), at(12), 0),
        (at(9), at(10, 1), 1),
        (at(10, 59), at(12), 1),
        (at(10, 15), at(10, 30), 15),
        (at(9), at(12), 60),
        (at(8, 30, UTC), at(9, 30, UTC), 30),
        (at(10, 30), None, 1),
        (at(10, 30), at(10, 30), 1),
        (at(11), None, 0),
        (at(10, 30), at(10), 1),
    ],
)
def test_sessions_that_nobody_can_both_be_in_overlap(
    starts: datetime, ends: datetime | None, overlap: int
) -> None:
    other = talk(2, starts_at=starts, ends_at=ends)
    found = [together for _, _, together in find_overlaps([other, ONE])]
    assert found == ([timedelta(minutes=overlap)] if overlap else [])
    slots = [slot for one in (ONE,) if (slot := slot_of(one))]
    assert fits(other, slots) is not bool(overlap)


def test_over_midnight() -> None:
    late = talk(2, starts_at=at(23, 30), ends_at=at(23, 30) + timedelta(hours=1))
    early = talk(3, starts_at=at(0, 15) + timedelta(days=1), ends_at=at(1) + timedelta(days=1))
    assert [together for *_, together in find_overlaps([early, late])] == [timedelta(minutes=15)]


def test_clocks_that_are_put_back_make_no_clash() -> None:
    before = datetime(2026, 10, 25, 1, 30, tzinfo=VIENNA)
    after = datetime(2026, 10, 25, 2, 30, tzinfo=VIENNA, fold=1)
    one = talk(1, starts_at=before, ends_at=datetime(2026, 10, 25, 2, 45, tzinfo=VIENNA))
    other = talk(2, starts_at=after, ends_at=after + timedelta(minutes=10))
    assert list(find_overlaps([one, other])) == []


def test_what_has_no_time_or_is_cancelled_takes_none() -> None:
    day = talk(2, starts_at=at(0), ends_at=None)
    off = talk(3, starts_at=at(10), ends_at=at(11), cancelled=True)
    assert [slot_of(one) for one in (talk(4), day, off)] == [None] * 3
    assert list(find_overlaps([ONE, talk(4), day, off])) == []
    assert fits(off, [slot for one in (ONE,) if (slot := slot_of(one))])


def test_local_times_compare_with_those_of_their_edition_alone() -> None:
    local = talk(2, starts_at=at(10, zone=None), ends_at=at(11, zone=None))
    beside = talk(3, starts_at=at(10, 30, zone=None))
    elsewhere = talk(4, event="Meetup", starts_at=at(10, zone=None), ends_at=at(11, zone=None))
    found = {
        (one.source_id, other.source_id)
        for one, other, _ in find_overlaps([ONE, local, beside, elsewhere])
    }
    assert found == {("2", "3")}
    assert slot_of(beside) == Slot(
        at(10, 30, UTC), at(10, 30, UTC) + UNKNOWN_LENGTH, ("Summit", 2026)
    )
