"""Day and month as numbers: never guessed, settled by an order, a weekday or another row."""

from datetime import datetime
from pathlib import Path

import pytest
from support.reading_sources import read, read_bytes

from loaders.records.times import AmbiguousDate, find_date_order, parse_datetime
from service.errors import InputError


@pytest.mark.parametrize(
    "text",
    ["Sat 05/06/2026", "Samstag, 05.06.2026", "am 05.06.2026", "5. 6. 2026", "05 06 2026 10:00", "05/06,10:00",
     "Fr 05.06. 10:00", "05-06-26 10:00", "10:00 05/06/2026"],
)  # fmt: skip
def test_what_stands_around_a_date_does_not_settle_it(text: str) -> None:
    with pytest.raises(AmbiguousDate, match="--date-order dmy"):
        parse_datetime(text, year=2025)
    dmy, mdy = (parse_datetime(text, order, 2025) for order in ("dmy", "mdy"))
    assert dmy
    assert mdy
    assert ((dmy.day, dmy.month), (mdy.day, mdy.month)) == ((5, 6), (6, 5))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Fri 05/06/2026", (5, 6)), ("Wednesday, 05/06/2026", (6, 5)), ("Freitag, 05.06.2026", (5, 6)),
        ("Di., 12.05.2026", (12, 5)), ("vendredi 05/06/2026 10h30", (5, 6)), ("sexta-feira 05/06/2026", (5, 6)),
        ("Fri 13/06/2026", (13, 6)),
    ],
)  # fmt: skip
def test_a_weekday_settles_a_date_that_one_reading_fits(text: str, day: tuple[int, int]) -> None:
    moment = parse_datetime(text)
    assert moment
    assert (moment.day, moment.month) == day


def test_dates_that_start_with_the_year_have_one_order() -> None:
    for text in ("2026-06-05 10:00 AM", "2026/06/05 10:00"):
        for order in ("", "dmy", "mdy"):
            assert parse_datetime(text, order) == datetime(2026, 6, 5, 10)


def test_a_column_tells_its_order_whatever_stands_around_its_dates() -> None:
    assert find_date_order(["Fri 05/06/2026", "Sat 13/06/2026"]) == "dmy"
    assert find_date_order(["05/06,10:00", "06/13,10:00"]) == "mdy"
    content = b"Title;Abstract;Date;Time\nA;a;Sun 05/06/2026;10:00\nB;b;Sat 13/06/2026;10:00\n"
    days = [session.day for session in read_bytes("x.csv", content, timezone="UTC").sessions]
    assert days == ["2026-06-05", "2026-06-13"]


def grid(folder: Path, *days: str) -> Path:
    """A folder of three talks and the timetable of these days, a talk a day."""
    talks = ("Sails", "Knots", "Winches")
    (folder / "talks.csv").write_text("title,abstract\n" + "".join(f"{t},About.\n" for t in talks))
    lines = (f'"{day}",\n10:00,{talk}\n' for day, talk in zip(days, talks, strict=True))
    (folder / "grid.csv").write_text("Time,Deck\n" + "".join(lines))
    return folder


def test_the_days_of_a_timetable_are_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"grid\.csv:2: 'Tuesday, 05/06/2026'.* --date-order dmy"):
        read(grid(tmp_path, "Tuesday, 05/06/2026", "", ""), timezone="UTC")
    reading = read(tmp_path, timezone="UTC", date_order="dmy")
    assert {session.day for session in reading.sessions} == {"2026-06-05"}


@pytest.mark.parametrize("last", ["Sat 13/06/2026", "13.06.2026"])
def test_another_day_of_a_timetable_settles_them(tmp_path: Path, last: str) -> None:
    reading = read(grid(tmp_path, "Day 1: 05/06/2026", "06/06/2026", last), timezone="UTC")
    assert [session.day for session in reading.sessions] == [
        "2026-06-05",
        "2026-06-06",
        "2026-06-13",
    ]
