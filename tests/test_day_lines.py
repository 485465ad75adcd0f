"""Tables whose rows stand below the day that they are of."""

import pytest
from reading_sources import read_bytes, xlsx

from loaders.day_lines import names_day
from loaders.times import AmbiguousDate


@pytest.mark.parametrize(
    "text",
    ["Day 2", "Tag 1: Workshops", "Tuesday", "Tue, 12 May 2026", "Dienstag, 12. Mai", "12/05/2026",
     "2026-05-12", "May 12th", "mardi 12 mai 2026"],
)  # fmt: skip
def test_what_says_nothing_but_a_day(text: str) -> None:
    assert names_day(text)


@pytest.mark.parametrize(
    "text", ["12", "2026", "46154", "May", "Monday, a love story", "Daydreams", "10 things", "1.5"]
)
def test_what_says_more_or_less_than_a_day(text: str) -> None:
    assert not names_day(text)


HEADING = "a day's heading, not a session"


def starts(content: str, **options: str) -> dict[str, str]:
    reading = read_bytes("x.csv", content.encode(), timezone="UTC", **options)
    assert set(reading.reasons) <= {HEADING}
    return {
        session.title: session.starts_at.isoformat()[:16] if session.starts_at else ""
        for session in reading.sessions
    }


def test_a_row_of_one_cell_gives_its_day_to_the_rows_below() -> None:
    content = (
        "Time,Title,Speaker\n"
        '"Tuesday, 12 May 2026",,\n09:00,Tides,Ana Ruiz\n10:00 - 10:30,Knots,\n'
        "Day 2 (13 May),,\n9:00,Sails,\n2026-05-15 11:00,Masts,\n12:00,Ropes,\n"
    )
    assert starts(content) == {
        "Tides": "2026-05-12T09:00",
        "Knots": "2026-05-12T10:00",
        "Sails": "2026-05-13T09:00",
        "Masts": "2026-05-15T11:00",
        "Ropes": "2026-05-13T12:00",
    }


def test_a_heading_among_the_titles_is_no_session() -> None:
    content = "Title,Time\nDay 1,\nTides,2026-05-12 09:00\nDay 2,\nSails,\n8 March and us,\n"
    assert starts(content) == {"Tides": "2026-05-12T09:00", "Sails": "", "8 March and us": ""}


def test_a_day_without_a_date_ends_the_one_before() -> None:
    content = "Time,Title,Room\n12 May 2026,,\n09:00,Tides,A\nDay 2,,\n09:00,Sails,B\n"
    reading = read_bytes("x.csv", content.encode(), timezone="UTC")
    assert [session.day for session in reading.sessions] == ["2026-05-12", ""]
    assert reading.noted == [
        "time not understood: it names no day: give one, such as 2026-05-12 10:30"
    ]


def test_a_list_of_titles_has_no_headings() -> None:
    assert list(starts("Title\nDay 1\nTides\n")) == ["Day 1", "Tides"]


def test_a_day_left_out_is_that_of_the_row_above_if_there_is_a_time() -> None:
    content = "Date,Time,Title\n12 May 2026,09:00,Tides\n,10:00,Knots\n,,Poster\n13 May 2026,09:00,Sails\n"
    assert starts(content) == {
        "Tides": "2026-05-12T09:00",
        "Knots": "2026-05-12T10:00",
        "Poster": "",
        "Sails": "2026-05-13T09:00",
    }


def test_a_day_that_could_be_either_way_round_is_refused_until_another_tells() -> None:
    content = "Time,Title,Room\n05/06/2026,,\n09:00,Tides,A\n"
    with pytest.raises(AmbiguousDate, match="--date-order"):
        starts(content)
    assert starts(content, date_order="dmy") == {"Tides": "2026-06-05T09:00"}
    assert starts(content + "13/06/2026,,\n09:00,Sails,A\n") == {
        "Tides": "2026-06-05T09:00",
        "Sails": "2026-06-13T09:00",
    }


def test_headings_of_workbooks() -> None:
    rows: list[list[str | float]] = [
        ["Time", "Title", "Speaker"],
        ["Tuesday 12 May 2026"],
        ["09:00", "Tides", "Ana Ruiz"],
        ["10:00", "Knots", "Bo Li"],
    ]
    reading = read_bytes("x.xlsx", xlsx({"S": rows}), timezone="UTC")
    assert [session.day for session in reading.sessions] == ["2026-05-12", "2026-05-12"]
    assert reading.skipped == [("x.xlsx:2", HEADING)]


def test_sheets_that_are_called_by_their_day() -> None:
    header: list[str | float] = ["Time", "Title", "Speaker"]
    sheets: dict[str, list[list[str | float]]] = {
        name: [header, ["09:00", title, "Ana Ruiz"]]
        for name, title in (("12 May", "Tides"), ("Wed 13 May", "Knots"), ("Day 3", "Sails"))
    }
    reading = read_bytes("x.xlsx", xlsx(sheets), timezone="UTC")
    found = {session.title: session.day for session in reading.sessions}
    assert found == {"Tides": "2026-05-12", "Knots": "2026-05-13", "Sails": ""}
