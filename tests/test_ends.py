"""Starts and ends of records: each read on its own, and what is told of those that are not understood."""

from datetime import datetime
from typing import Any

import pytest

from loaders.records.cleaning import to_session
from loaders.records.record import Options, Record
from service.session import Session

START = "2026-05-05 10:00"


def placed(timezone: str = "UTC", **values: Any) -> tuple[Session, Record]:
    """The session of a record with these values, and the record with its warnings."""
    record = Record(location="x.csv:2", title="Sails", **values)
    return to_session(record, Options(event="Test Conf", year=2026, timezone=timezone)), record


def ends(**values: Any) -> str:
    """When the session ends, in its own zone."""
    return str(placed(**values)[0].as_dict()["ends_at"])


@pytest.mark.parametrize(
    ("values", "problem", "value"),
    [
        ({"end": "rubbish"}, "end not understood: it is no date and time such as 2026-05-12 10:30", "rubbish"),
        ({"duration": "long"}, "duration not understood: it is no duration such as 00:45 or 45 min", "long"),
        ({"end": "2026-05-01 10:00"}, "its end is before its start", "2026-05-01 10:00"),
    ],
)  # fmt: skip
def test_a_bad_end_costs_no_start(values: dict[str, str], problem: str, value: str) -> None:
    session, record = placed(start=START, **values)
    assert session.as_dict()["starts_at"] == "2026-05-05T10:00:00+00:00"
    assert session.ends_at is None
    assert record.warnings == [problem]
    assert record.locate(problem) == f"x.csv:2 {value!r}"


def test_a_bad_end_leaves_the_duration() -> None:
    assert ends(start=START, end="rubbish", duration="1h") == "2026-05-05T11:00:00+00:00"


def test_an_end_has_the_day_and_the_zone_of_its_start() -> None:
    start = "2026-05-05T10:00:00-05:00"
    assert ends(start=start, end="11:00", timezone="") == "2026-05-05T11:00:00-05:00"
    assert ends(start=start, end="16:00Z") == "2026-05-05T11:00:00-05:00"
    assert ends(start=START, end="2026-05-05") == "None", "a day says no time"


def test_an_offset_wins_over_a_zone_that_does_not_exist() -> None:
    session, record = placed(start="2026-05-05T10:00+02:00", zone="Nowhere/Land")
    assert session.as_dict()["starts_at"] == "2026-05-05T10:00:00+02:00"
    (problem,) = record.warnings
    assert "'Nowhere/Land'" in problem
    assert problem.endswith("offsets are used")


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-03-29 01:30", "2026-03-29T03:30:00+02:00"),
        ("2026-10-25 01:30", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25 02:30", "2026-10-25T02:30:00+01:00"),
    ],
)
def test_durations_last_as_long_when_clocks_change(start: str, end: str) -> None:
    assert ends(start=start, duration="01:00", timezone="Europe/Berlin") == end


def test_a_day_without_a_time_is_kept_and_told() -> None:
    session, record = placed(start="Fri 8 May 2026")
    assert session.day == "2026-05-08"
    assert record.warnings == ["a date without a time: it starts at 00:00"]
    for start in (
        "2026-05-08 00:00",
        "8 May 2026 12 am",
        "8 May 2026 midnight",
        datetime(2026, 5, 8),
    ):
        session, record = placed(start=start)
        assert session.day == "2026-05-08"
        assert record.warnings == []
