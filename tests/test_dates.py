import pytest

from service.dates import (
    format_days,
    format_minutes,
    format_times,
    parse_day,
    parse_time,
    parse_zone,
)


def test_days_and_zones_that_do_not_exist_are_refused() -> None:
    with pytest.raises(ValueError, match="2026-13"):
        parse_day("2026-13-01")
    with pytest.raises(ValueError, match="no time zone"):
        parse_zone("../../etc/passwd")


@pytest.mark.parametrize(("text", "minutes"), [("00:00", 0), ("9:05", 545), ("23:59", 1439)])
def test_times_of_day_are_minutes(text: str, minutes: int) -> None:
    assert parse_time(text) == minutes


@pytest.mark.parametrize("text", ["", "9", "24:00", "10:60", "10:5", "-1:00", "10:30:00", "٠٩:٠٠"])
def test_times_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no time of day"):
        parse_time(text)


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("2026-05-12", "2026-05-12", "Tuesday 12 May 2026"),
        ("2026-05-12", "2026-05-13", "Tuesday 12 May 2026 to Wednesday 13 May 2026"),
        ("2026-05-12", "", "from Tuesday 12 May 2026"),
        ("", "2026-05-12", "until Tuesday 12 May 2026"),
    ],
)
def test_days_in_words(first: str, last: str, told: str) -> None:
    assert format_days(first, last) == told


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("12:00", "17:00", "12:00 to 17:00"),
        ("", "12:00", "before 12:00"),
        ("17:00", "", "from 17:00"),
    ],
)
def test_times_of_day_in_words(start: str, end: str, told: str) -> None:
    assert format_times(start, end) == told


@pytest.mark.parametrize(
    ("least", "most", "told"),
    [
        ("", "20", "up to 20 minutes"),
        ("30", "", "at least 30 minutes"),
        ("20", "45", "20 to 45 minutes"),
        ("30", "30", "30 minutes"),
        ("", "1", "up to 1 minute"),
    ],
)
def test_durations_in_words(least: str, most: str, told: str) -> None:
    assert format_minutes(least, most) == told
