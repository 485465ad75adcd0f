"""Times that say neither am nor pm."""

from pathlib import Path

import pytest
from support.reading_sources import Reading, read, read_bytes

from loaders.records.half_days import ASK, Clock, settle_clocks


def rows(*cells: str, header: str = "Date,Start,Room") -> Reading:
    lines = [f"{cell},Talk {number}" for number, cell in enumerate(cells)]
    return read_bytes("x.csv", "\n".join([f"{header},Title", *lines]).encode(), timezone="UTC")


def starts(reading: Reading) -> list[str]:
    return [
        item.starts_at.strftime("%d %H:%M") if item.starts_at else "" for item in reading.sessions
    ]


def day(*clocks: str, rooms: str = "", date: str = "2026-05-12") -> list[str]:
    rooms = rooms or "A" * len(clocks)
    return [f"{date},{clock},{room}" for clock, room in zip(clocks, rooms, strict=True)]


@pytest.mark.parametrize(
    ("clocks", "rooms", "expected"),
    [
        ("9:00 10:00 11:00 12:00 1:00 2:00", "AAAAAA", "09 10 11 12 13 14"),
        ("09:00 10:00 01:00 06:30", "AAAA", "09 10 13 18"),
        ("9:00 9:00 1:00 1:00 2:00", "ABABA", "09 09 13 13 14"),
        ("9:00 11:00 1:00 9:00 11:00 2:00", "AAABBB", "09 11 13 09 11 14"),
        ("9:00 1:00 5:00 7:30", "AAAA", "09 13 17 19"),
        ("9:00 1:00 9:00 1:00", "AABB", "09 13 09 13"),
        ("9:00 1:00 15:00", "AAA", "09 01 15"),  # a clock of 24 hours
        ("9:00 1:00 3:00pm", "AAA", "09 13 15"),
        ("9am 10:00 1:00 2:00 7pm", "AAAAA", "09 10 13 14 19"),
        ("9:00am 10:00am 11:30am 1:00", "AAAA", "09 10 11 13"),
        ("9:00am 1:00am 15:00", "AAA", "09 01 15"),
        ("10:00pm 11:00pm 1:00am", "AAA", "22 23 01"),
        ("22:00 23:00 00:30 1:00", "AAAA", "22 23 00 01"),
        ("7:00 8:00 9:00", "AAA", "07 08 09"),
    ],
)
def test_the_order_of_a_day_tells(clocks: str, rooms: str, expected: str) -> None:
    found = starts(rows(*day(*clocks.split(), rooms=rooms)))
    assert [start[3:5] for start in found] == expected.split()


def test_a_day_that_tells_speaks_for_the_others() -> None:
    reading = rows(*day("9:00", "1:00"), *day("2:00", "3:00", date="2026-05-13"))
    assert starts(reading) == ["12 09:00", "12 13:00", "13 14:00", "13 15:00"]


def test_where_nothing_tells_the_report_asks() -> None:
    reading = rows(*day("1:00", "2:00", "9:00"))
    assert starts(reading) == ["", "", "12 09:00"]
    assert reading.noted.count(ASK) == 2
    assert [session.year for session in reading.sessions] == [2026] * 3


def test_an_end_that_comes_before_its_start_tells() -> None:
    reading = rows("2026-05-12,11:30,1:00", "2026-05-12,1:00,2:15", header="Date,Start,End")
    assert starts(reading) == ["12 11:30", "12 13:00"]
    ends = [item.ends_at.strftime("%d %H:%M") for item in reading.sessions if item.ends_at]
    assert ends == ["12 13:00", "12 14:15"]


def test_ends_without_a_half_of_the_day_are_after_their_starts() -> None:
    reading = rows(
        "May 12 2026,11:30am,1:00", "May 12 2026,2pm,3:15", "May 12 2026,10pm,1:00", header="Date,Start,End"
    )  # fmt: skip
    ends = [item.ends_at.strftime("%d %H:%M") for item in reading.sessions if item.ends_at]
    assert ends == ["12 13:00", "12 15:15", "13 01:00"]


def test_a_bare_hour_begins_a_range() -> None:
    reading = rows("2026-05-12,9:00am-9:45am", "2026-05-12,10-10:45", header="Date,Start")
    assert starts(reading) == ["12 09:00", "12 10:00"]


def test_where_am_and_pm_do_not_tell_the_report_asks() -> None:
    reading = rows(*day("1:00", "9:00am"))
    assert starts(reading) == ["", "12 09:00"]
    assert reading.noted.count(ASK) == 1


def test_keys_of_json_are_settled_likewise() -> None:
    content = (
        '{"title": "A", "start": "2026-05-12 9:00"}\n{"title": "B", "start": "2026-05-12 1:00"}\n'
    )
    assert starts(read_bytes("x.jsonl", content.encode(), timezone="UTC")) == [
        "12 09:00",
        "12 13:00",
    ]


def test_iso_times_keep_their_clock_of_24_hours() -> None:
    content = b'{"title": "A", "start": "2026-05-12T01:00:00"}\n'
    assert starts(read_bytes("x.jsonl", content, timezone="UTC")) == ["12 01:00"]


def test_the_times_of_a_timetable_are_settled_likewise(tmp_path: Path) -> None:
    (tmp_path / "talks.csv").write_text("title,abstract\nKnots,a\nSails,b\nOars,c\n")
    grid = "Time,Bow,Stern\n2026-05-12,,\n9:00,Knots,\n12:00,Sails,\n1:30,Oars,\n"
    (tmp_path / "grid.csv").write_text(grid)
    assert starts(read(tmp_path, timezone="UTC")) == ["12 09:00", "12 12:00", "12 13:30"]
    (tmp_path / "grid.csv").write_text(grid.replace("9:00", "9am"))
    assert starts(read(tmp_path, timezone="UTC")) == ["12 09:00", "12 12:00", "12 13:30"]
    (tmp_path / "grid.csv").write_text(grid.replace("9:00", "2:00").replace("12:00", "3:00"))
    reading = read(tmp_path, timezone="UTC")
    assert starts(reading) == ["", "", ""]
    assert f"of 3 rows: {ASK}" in reading.noted


def test_clocks_without_early_hours_are_left_alone() -> None:
    clocks = [Clock("", 9 * 60), Clock("", 8 * 60)]
    assert settle_clocks(clocks) == [9 * 60, 8 * 60]
