"""Timetables: which rows name the rooms, and which talks they place."""

from pathlib import Path

import pytest
from support.reading_sources import read, read_bytes, xlsx

TALKS = "title,abstract\nKnots,a\nSails,b\nOars,c\nTides,d\nStars,e\n"


def placed(folder: Path, *rows: str) -> tuple[dict[str, str], list[str]]:
    """Return the room of each talk that a timetable places, and what the report notes."""
    (folder / "talks.csv").write_text(TALKS)
    (folder / "grid.csv").write_text("\n".join(rows) + "\n")
    reading = read(folder, timezone="UTC")
    return {
        session.title: session.room for session in reading.sessions if session.starts_at
    }, reading.noted


@pytest.mark.parametrize(
    "row", [",Ann Poe,Joe Roe", ",Stars,", ",,Stars", ",A talk that goes on,Another that does"]
)
def test_a_row_without_a_time_does_not_rename_the_rooms(tmp_path: Path, row: str) -> None:
    rooms, noted = placed(
        tmp_path, "Time,Bow,Stern", "2026-05-12,,", "9:00,Knots,Sails", row, "13:00,Oars,Tides"
    )
    assert rooms == {"Knots": "Bow", "Sails": "Stern", "Oars": "Bow", "Tides": "Stern"}
    assert "1 rows without a time place no talk" in noted


def test_a_stray_cell_above_the_first_time_names_no_room(tmp_path: Path) -> None:
    rooms, _ = placed(
        tmp_path,
        "Time,Bow,Stern,Mast",
        "2026-05-12,,,",
        ",Doors open,,",
        "9:00,Knots,Sails,",
        "13:00,Oars,Tides,",
    )
    assert rooms["Knots"] == rooms["Oars"] == "Bow"


@pytest.mark.parametrize("row", [",Room 1,Room 2", ",Great Hall,Mirror Saal"])
def test_rooms_may_change_within_a_day(tmp_path: Path, row: str) -> None:
    rooms, _ = placed(
        tmp_path, "Time,Bow,Stern", "2026-05-12,,", "9:00,Knots,Sails", row, "13:00,Oars,Tides"
    )
    assert [rooms["Knots"], rooms["Oars"], rooms["Tides"]] == ["Bow", *row[1:].split(",")]


def test_rooms_change_with_the_day(tmp_path: Path) -> None:
    rooms, _ = placed(
        tmp_path,
        "Time,Bow,Stern",
        "2026-05-12,,",
        "9:00,Knots,Sails",
        "2026-05-13,,",
        ",Mast,Keel",
        "13:00,Oars,Tides",
    )
    assert rooms == {"Knots": "Bow", "Sails": "Stern", "Oars": "Mast", "Tides": "Keel"}


@pytest.mark.parametrize(
    "above",
    [
        ("Day 1 - Tuesday 12 May 2026,,", "Time,Bow,Stern"),
        ("Boat Days 2026,,", '"Tuesday, May 12, 2026",,', ",Bow,Stern"),
        ("12 May 2026,Bow,Stern",),
    ],
)
def test_the_first_day_may_be_named_above_the_rooms_or_beside_them(
    tmp_path: Path, above: tuple[str, ...]
) -> None:
    grid = (*above, "9:00,Knots,Sails", "13 May 2026,Mast,Keel", "13:00,Oars,Tides")
    rooms, _ = placed(tmp_path, *grid)
    assert rooms == {"Knots": "Bow", "Sails": "Stern", "Oars": "Mast", "Tides": "Keel"}
    (tmp_path / "talks.csv").unlink()
    days = {one.title: one.day for one in read(tmp_path, timezone="UTC").sessions}
    assert days["Knots"] == "2026-05-12"
    assert days["Oars"] == "2026-05-13"


def test_the_days_of_a_whole_conference_above_the_rooms_are_no_day(tmp_path: Path) -> None:
    rooms, _ = placed(tmp_path, "12-14 May 2026,,", ",Bow,Stern", "9:00,Knots,Sails", "10:00,Oars,")
    assert rooms == {}


def test_a_sheet_of_few_talks_is_read_beside_another_day() -> None:
    sheets: dict[str, list[list[str | float]]] = {
        "12 May 2026": [["Time", "Bow"], ["9:00", "Knots"], ["10:00", "Sails"], ["11:00", "Oars"]],
        "13 May 2026": [["Time", "Bow"], ["9:00", "Tides"]],
        "Notes": [["Doors open at nine"]],
    }
    reading = read_bytes("x.xlsx", xlsx(sheets), timezone="UTC")
    assert {one.title: one.day for one in reading.sessions}["Tides"] == "2026-05-13"
    assert "a sheet without a header row" in reading.noted
