"""Times as rows give them: ranges, offsets, clocks and days in columns of their own."""

import json
from pathlib import Path

import pytest
from support.reading_sources import read, read_bytes

from loaders.records.clocks import leading_clock, split_range


def times(header: str, row: str, **options: object) -> tuple[str, str]:
    """Start and end of the only session of a CSV file."""
    content = f"Title;Abstract;{header}\nSails;Hoisted.;{row}\n".encode()
    (session,) = read_bytes("x.csv", content, **{"timezone": "UTC"} | options).sessions
    values = session.as_dict()
    return str(values["starts_at"]), str(values["ends_at"])


def at(start: str, end: str, day: str = "2026-06-05") -> tuple[str, str]:
    """The same day's start and end in UTC."""
    return f"{day}T{start}:00+00:00", f"{day}T{end}:00+00:00"


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("10:30 - 11:15", "10:30", "11:15"),
        ("10.30-11.15", "10.30", "11.15"),
        ("2026-06-05 10:30-11:15", "2026-06-05 10:30", "11:15"),
        ("2026-06-05 10:30:00-11:15", "2026-06-05 10:30:00", "11:15"),
        ("2026-06-05 10:00-11:00", "2026-06-05 10:00", "11:00"),
        ("2026-06-05 23:30-00:30", "2026-06-05 23:30", "00:30"),
        ("2026-06-05T10:00:00-05:00", "2026-06-05T10:00:00-05:00", ""),
        ("2026-06-05T02:00-05:00", "2026-06-05T02:00-05:00", ""),
        ("2026-06-05 02:00:00-05:00", "2026-06-05 02:00:00-05:00", ""),
        ("2026-06-05 10:00:00.000-03:30", "2026-06-05 10:00:00.000-03:30", ""),
        ("2026-06-05 10:00-05:00", "2026-06-05 10:00-05:00", ""),
        ("2026-06-05 10:00", "2026-06-05 10:00", ""),
        ("2026-06-05 09:00 - 2026-06-05 10:00", "2026-06-05 09:00", "2026-06-05 10:00"),
        ("9am-10am", "9am", "10am"),
        ("9h - 10h30", "9h", "10h30"),
        ("10:30 Uhr bis 11:15 Uhr", "10:30 Uhr", "11:15 Uhr"),
        ("1:00 - 2:30 PM", "1:00 pm", "2:30 PM"),
        ("5 June 2026 9-10 am", "5 June 2026 9 am", "10 am"),
        ("June 5 9:15-10 am", "June 5 9:15 am", "10 am"),
        ("June 5 - 10am", "June 5 - 10am", ""),
        ("11:30 - 1:00 PM", "11:30 am", "1:00 PM"),
        ("11-12 AM", "11 pm", "12 AM"),
        ("5/6/2026", "5/6/2026", ""),
    ],
)
def test_a_minus_stands_before_an_end_or_an_offset(text: str, start: str, end: str) -> None:
    assert split_range(text) == (start, end)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("10:30 - 11:15", ("10:30", "")),
        ("(9 Uhr)", ("09:00", "")),
        ("10:30 EDT / 14:30 UTC", ("14:30", "UTC")),
        ("9 Uhr UTC", ("09:00", "UTC")),
        ("2pmGMT", ("14:00", "UTC")),
        ("10:30:59 pm", ("22:30", "")),
        ("12 noon", ("12:00", "")),
        ("23:30 EDT / 3:30 UTC", None),  # the next day in UTC
        ("9", None),
        ("Room 9", None),
        ("24:30", None),
    ],
)
def test_a_cell_of_a_timetable_starts_with_its_clock(
    text: str, clock: tuple[str, str] | None
) -> None:
    assert leading_clock(text) == clock


def test_an_offset_west_of_greenwich_is_no_end() -> None:
    assert times("Start", "2026-06-05T10:00:00-05:00") == ("2026-06-05T10:00:00-05:00", "None")
    _, end = times("Start;Duration", "2026-06-05T10:00:00-05:00;45")
    assert end == "2026-06-05T10:45:00-05:00"
    item = {"title": "Sails", "abstract": "Hoisted.", "start": "2026-06-05T10:00:00-04:00"}
    (session,) = read_bytes("x.json", json.dumps([item]).encode()).sessions
    assert session.as_dict()["starts_at"] == "2026-06-05T10:00:00-04:00"


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Date", "2026-06-05 10:30-11:15"),
        ("Date;Time", "2026-06-05;10:30-11:15"),
        ("Date;Start;End", "2026-06-05;10:30-11:15;11:15"),
        ("Date;Start;End", "2026-06-05;10:30 - 11:00;11:15"),
        ("Date;Start;End", "2026-06-05 09:00:00;10:30;11:15"),
    ],
)
def test_a_range_is_no_offset(header: str, row: str) -> None:
    assert times(header, row) == at("10:30", "11:15")


@pytest.mark.parametrize(
    ("header", "row", "start", "end"),
    [
        ("Start", "5 June 2026 9am", "2026-06-05T09:00", "None"),
        ("Start", "5 June 2026 12:15 AM", "2026-06-05T00:15", "None"),
        ("Start", "12 am 5 June 2026", "2026-06-05T00:00", "None"),
        ("Start", "5 June 2026 9 a. m.", "2026-06-05T09:00", "None"),
        ("Date;Start;End", "2026-06-05;8:00 PM;12:00 AM", "2026-06-05T20:00", "2026-06-06T00:00"),
        ("Date;Time", "2026-06-05;11:00 PM - 12:30 AM", "2026-06-05T23:00", "2026-06-06T00:30"),
        ("Beginn", "am 5. Juni 2026 um 10 Uhr", "2026-06-05T10:00", "None"),
        ("Beginn", "12 Uhr am 5. Juni 2026", "2026-06-05T12:00", "None"),
    ],
)
def test_am_is_a_word_in_german_and_half_a_day_in_english(
    header: str, row: str, start: str, end: str
) -> None:
    found = times(header, row)
    assert tuple(time.removesuffix(":00+00:00") for time in found) == (start, end)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Date;Start;End", "2026-06-05;10.30;11.15"),
        ("Data;Ora", "5 giugno 2026;10.30-11.15"),
        ("Date;Start;End", "05.06.2026;10.30.00;11.15.00"),
        ("Date;Start;End", "Fr 05.06.2026;10.30 Uhr;11.15 Uhr"),
        ("Date;Start;End", "2026-06-05;0.4375;0.46875"),
    ],
)
def test_times_with_dots_and_parts_of_a_day(header: str, row: str) -> None:
    assert times(header, row, date_order="dmy") == at("10:30", "11:15")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Start Date;Start Time;End Date;End Time", "06/05/2026;10:30 AM;06/05/2026;11:15 AM"),
        ("Start Time;Start Date;End Time", "10:30;06/05/2026;11:15"),
        ("Start Date;Time", "2026-06-05T00:00:00;10:30 - 11:15"),
        ("Start;Time;End", "June 5, 2026;10.30;11.15"),
        ("Start;Ende", "5 June 2026 10:30;11:15"),
    ],
)
def test_days_and_clocks_may_stand_in_columns_of_their_own(header: str, row: str) -> None:
    assert times(header, row, date_order="mdy") == at("10:30", "11:15")


def test_a_clock_takes_no_clock_of_another_column() -> None:
    assert times("Date;Start;Time;End", "2026-06-05;10:30;09:00;11:15") == at("10:30", "11:15")


def test_a_header_may_say_that_its_times_are_in_utc() -> None:
    found = times("Date;Start (UTC);End (UTC)", "2026-06-05;10:30;11:15", timezone="Europe/Oslo")
    assert found == at("10:30", "11:15")
    item = {"title": "Sails", "abstract": "Hoisted.", "start_utc": "2026-06-05 10:30"}
    (session,) = read_bytes("x.json", json.dumps([item]).encode()).sessions
    assert session.as_dict()["starts_at"] == "2026-06-05T10:30:00+00:00"
    local = times("Start;Start (UTC)", "2026-06-05 12:30;2026-06-05 10:30", timezone="Europe/Oslo")
    assert local[0] == "2026-06-05T12:30:00+02:00"


def test_a_timetable_knows_the_half_of_the_day_from_the_end(tmp_path: Path) -> None:
    (tmp_path / "talks.csv").write_text("title,abstract\nSails,a\nKnots,b\nWinches,c\n")
    rows = "11:30 - 1:00 PM,Sails\n1:00 - 2:30 PM,Knots\n9-10am,Winches\n"
    (tmp_path / "grid.csv").write_text(f"Time,Deck\n2026-06-05,\n{rows}")
    starts = [session.starts_at for session in read(tmp_path, timezone="UTC").sessions]
    assert [start and start.hour for start in starts] == [11, 13, 9]
