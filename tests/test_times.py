from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.records.clocks import split_range
from loaders.records.times import (
    AmbiguousDate,
    find_date_order,
    localise,
    parse_datetime,
    parse_duration,
)

NINE = datetime(2026, 5, 13, 9, 30)


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-13T09:30", "2026-05-13 09:30:00", "2026-05-1309:30AM", "13/05/2026 9:30 am", "5/13/2026 09:30",
        "13.05.2026 09:30 Uhr", "13. Mai 2026, 9.30 Uhr", "May 13, 2026 9:30: AM", "Wed 13 May 2026 9:30",
        "miércoles 13 de mayo de 2026 9:30", "mercredi 13 mai 2026 9h30", "13 maggio 2026 ore 9:30",
        "13 de maio de 2026 09h30", "46155.395833333336", "46155 0.395833333336", "46155.0 .395833333336",
    ],
)  # fmt: skip
def test_moments_as_people_write_them(text: str) -> None:
    assert parse_datetime(text) == NINE


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("2026-05-13T09:30Z", 0), ("2026-05-13T09:30:00-04:00", -4), ("2026-05-13 09:30 CEST", 2),
        ("2026-05-13 09:30 UTC", 0), ("13 May 2026 09:30 GMT+2", 2), ("13 May 2026 09:30 +0530", 5.5),
    ],
)  # fmt: skip
def test_offsets_are_kept(text: str, offset: float) -> None:
    moment = parse_datetime(text)
    assert moment == NINE.replace(tzinfo=timezone(timedelta(hours=offset)))


def test_seconds_since_1970_are_utc() -> None:
    assert (
        parse_datetime("1778664600") == NINE.replace(tzinfo=UTC) == parse_datetime("1778664600000")
    )


@pytest.mark.parametrize(
    "text",
    ["soon", "10:30", "Tuesday 10:30", "2026", "30/02/2026", "9999-01-01", "0001-01-01", "25:99", "x" * 200,
     "2026-05-13 09:30 BST", "99999999999999999999", "1.5.2026.7"],
)  # fmt: skip
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_datetime(text)


def test_a_date_without_a_year_takes_the_one_that_is_known() -> None:
    assert parse_datetime("Wed 13 May 9:30", year=2026) == NINE
    with pytest.raises(ValueError, match="--year"):
        parse_datetime("Wed 13 May 9:30")


def test_day_and_month_are_not_guessed() -> None:
    with pytest.raises(AmbiguousDate, match="day/month"):
        parse_datetime("03/04/2026")
    assert parse_datetime("03/04/2026", "dmy") == datetime(2026, 4, 3)
    assert parse_datetime("03/04/2026", "mdy") == datetime(2026, 3, 4)
    assert parse_datetime("04/04/2026") == datetime(2026, 4, 4)


def test_a_column_tells_its_order_unless_it_tells_two() -> None:
    assert find_date_order(["03/04/2026", "13/04/2026"]) == "dmy"
    assert find_date_order(["03/04/2026", "04/13/2026"]) == "mdy"
    assert find_date_order(["13/04/2026", "04/13/2026"]) == ""
    assert find_date_order(["", "2026-04-13"]) == ""


def test_zones_in_their_order() -> None:
    oslo = ZoneInfo("Europe/Oslo")
    assert localise(NINE, ("", "Europe/Oslo")) == NINE.replace(tzinfo=oslo)
    assert localise(NINE, ("+03:00", "Europe/Oslo")) == NINE.replace(
        tzinfo=timezone(timedelta(hours=3))
    )
    assert localise(NINE, ("", "")) == NINE
    assert localise(None, ("UTC",)) is None
    with pytest.raises(ValueError, match="Nowhere"):
        localise(NINE, ("Nowhere/Land",))


def test_an_offset_wins_over_a_zone_that_disagrees() -> None:
    plus_one = NINE.replace(tzinfo=timezone(timedelta(hours=1)))
    assert localise(plus_one, ("UTC",)).utcoffset() == timedelta(hours=1)  # type: ignore[union-attr]  # it has a zone
    plus_two = localise(NINE.replace(tzinfo=timezone(timedelta(hours=2))), ("Europe/Oslo",))
    assert plus_two is not None
    assert plus_two.tzinfo == ZoneInfo("Europe/Oslo")


def test_utc_is_shown_in_the_zone_of_the_place() -> None:
    moment = localise(NINE.replace(tzinfo=UTC), ("Europe/Oslo",))
    assert moment is not None
    assert moment.isoformat() == "2026-05-13T11:30:00+02:00"


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("00:45", 45), ("1:30", 90), ("01:00:30", 60.5), ("45", 45), ("45 min", 45), ("90.0", 90),
     ("30 Minuten", 30), ("PT1H15M", 75), ("1h", 60), ("1h30", 90), ("1.5 h", 90), ("1,5 Std.", 90),
     ("1 hour", 60), ("2 hrs 15 mins", 135), ("1 hour and 30 minutes", 90), ("90 minutes", 90), ("45'", 45),
     ("0.03125", 45), ("0.0416666667", 60)],
)  # fmt: skip
def test_durations(text: str, minutes: float) -> None:
    assert parse_duration(text) == timedelta(minutes=minutes)


def test_what_is_no_duration() -> None:
    assert parse_duration(" ") is None
    for text in ("long", "99999", "1:2:3:4", "٣٠", "0.5", "1.5", "1h" + " " * 99 + "1"):
        with pytest.raises(ValueError, match="duration"):
            parse_duration(text)


@settings(derandomize=True, max_examples=300)
@given(st.text(st.sampled_from("0123456789/-.: TZ+apmJanMai年é"), max_size=24))
def test_any_text_is_a_moment_or_a_value_error(text: str) -> None:
    try:
        moment = parse_datetime(text, year=2026)
    except ValueError:
        return
    assert moment is None or 1900 <= moment.year < 2200


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("10h30 à 11h", ((10, 30), (11, 0))),
        ("de 14h à 15h", ((14, 0), (15, 0))),
        ("9:00 a 10:30", ((9, 0), (10, 30))),
        ("dalle 14:00 alle 15:00", ((14, 0), (15, 0))),
        ("9:00 until 10:30", ((9, 0), (10, 30))),
    ],
)
def test_ranges_in_other_languages(text: str, hours: tuple[tuple[int, int], ...]) -> None:
    day = datetime(2026, 5, 12)
    assert [parse_datetime(part, day=day) for part in split_range(text)] == [
        day.replace(hour=hour, minute=minute) for hour, minute in hours
    ]


@pytest.mark.parametrize(
    "text",
    ["12-14 May", "12 to 14 May 2026", "12./13. Mai 2026", "May 12-14, 2026", "12 y 13 de mayo"],
)
def test_several_days_are_no_day(text: str) -> None:
    with pytest.raises(ValueError, match="several days"):
        parse_datetime(text, "dmy", 2026)


@pytest.mark.parametrize(
    "text", ["12-May-2026", "Tue 12-05-2026", "2026-05-12 Tue", "May 12 2026", "Di 12. Mai 2026"]
)
def test_one_day_with_dashes_is_a_day(text: str) -> None:
    assert parse_datetime(text, "dmy", 2026) == datetime(2026, 5, 12)


def test_two_times_that_are_no_range_are_refused() -> None:
    with pytest.raises(ValueError, match="two times"):
        parse_datetime("2026-05-12 10:00 12:00")
