"""Tables whose rows stand below the day that they are of."""

import pytest
from support.reading_sources import read_bytes, xlsx

from loaders.records.day_headings import parse_day_heading
from loaders.records.times import AmbiguousDate


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Day 2", ""),
        ("Tag 1: Workshops", ""),
        ("Tuesday", ""),
        ("Wednesday - Workshops", ""),
        ("Tue, 12 May 2026", "Tue, 12 May 2026"),
        ("Dienstag, 12. Mai", "Dienstag, 12. Mai"),
        ("Dienstag, 12.05.", "Dienstag, 12.05."),
        ("12/05/2026", "12/05/2026"),
        ("2026-05-12", "2026-05-12"),
        ("Tuesday 12th of May", "Tuesday 12 of May"),
        ("mardi 1er mai 2026", "mardi 1 mai 2026"),
        ("Day 2 May 13", "May 13"),
        ("Day 1: Workshops (12 May)", "12 May"),
        ("★ 12 May 2026 ★", "12 May 2026"),
        ("Wednesday 13 May 2026 (doors open 8:30)", "Wednesday 13 May 2026"),
        ("Sat, May 16th - Sprints", "Sat, May 16"),
    ],
)
def test_lines_that_say_which_day_it_is(text: str, date: str) -> None:
    assert parse_day_heading(text) == date


@pytest.mark.parametrize(
    "text",
    ["12", "2026", "46154", "May", "Monday, a love story", "Daydreams", "10 things", "1.5", "Room 2",
     "Day 2 Operations: Kubernetes", "Day 1 keynote", "Migrating from Django 1.8.11 to 3.2.10",
     "Last updated 05/06/2026", "Slides are due on 3 May 2026", "12-14 May 2026", "May 12-14, 2026",
     "12./13. Mai", "12 May and 13 May and 14 May and so on, in Rome, in Oslo and in Graz, all day"],
)  # fmt: skip
def test_lines_that_say_more_or_less_than_a_day(text: str) -> None:
    assert parse_day_heading(text) is None
    assert parse_day_heading(text, is_title=True) is None


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
    content = (
        "Title,Time\nDay 1,\nTides,2026-05-12 09:00\nDay 2,\nSails,\nMonday - a day of mine,\n"
    )
    assert starts(content) == {
        "Tides": "2026-05-12T09:00",
        "Sails": "",
        "Monday - a day of mine": "",
    }


def test_without_times_nothing_among_the_titles_is_a_heading() -> None:
    assert list(starts("Title,Room\nDay 1,\n4 July,\nTides,A\n")) == ["Day 1", "4 July", "Tides"]


@pytest.mark.parametrize(
    "line", ["Second day", "12-14 May 2026", "Wednesday 13", "Stand: 3. Mai 2026", "Mon + Tue"]
)
def test_a_line_that_is_not_understood_ends_the_day_before(line: str) -> None:
    content = f"Time,Title,Room\n12 May 2026,,\n09:00,Tides,A\n{line},,\n09:00,Sails,B\n"
    reading = read_bytes("x.csv", content.encode(), timezone="UTC")
    assert [session.day for session in reading.sessions] == ["2026-05-12", ""]
    assert reading.reasons == [HEADING, "no title"]


def test_rooms_between_the_rows_do_not_end_the_day() -> None:
    content = "Time,Title,Room\n12 May 2026,,\nHall A,,\n09:00,Tides,\nRoom 2,,\n10:00,Sails,\n"
    reading = read_bytes("x.csv", content.encode(), timezone="UTC")
    assert [session.day for session in reading.sessions] == ["2026-05-12"] * 2


def test_a_time_that_names_its_own_day_keeps_it() -> None:
    content = "Time,Title\n12 May 2026,\n13 May 10:00,Tides\nFri 09:00,Knots\n09:00,Sails\n"
    assert starts(content) == {
        "Tides": "2026-05-13T10:00",
        "Knots": "",
        "Sails": "2026-05-12T09:00",
    }


def test_a_day_above_the_header_and_a_header_for_each_day() -> None:
    header = "Time,Title,Speaker"
    content = f"12 May 2026,,\n{header}\n09:00,Tides,A\n13 May 2026,,\n{header}\n09:00,Sails,B\n"
    assert starts(content) == {"Tides": "2026-05-12T09:00", "Sails": "2026-05-13T09:00"}


def test_a_wider_header_for_the_second_day() -> None:
    content = (
        "12 May 2026\nTime,Title,Speaker\n09:00,Tides,A\n10:00,Knots,B\n"
        "13 May 2026\nTime,Talk,Room,Speakers\n09:00,Sails,Deck,B\n"
    )
    reading = read_bytes("x.csv", content.encode(), timezone="UTC")
    assert reading.titles == ["Tides", "Knots", "Sails"]
    assert [session.day for session in reading.sessions] == ["2026-05-12"] * 2 + ["2026-05-13"]
    assert (reading.sessions[2].room, reading.reasons) == ("Deck", [HEADING])


def test_a_day_without_a_year_is_of_the_year_of_the_row() -> None:
    content = "Time,Title,Year\n12 May,,\n09:00,Tides,2025\n"
    assert starts(content) == {"Tides": "2025-05-12T09:00"}


def test_a_column_of_weekdays_leaves_the_day_to_the_heading() -> None:
    content = "Day,Time,Title\n12 May 2026,,\nTue,09:00,Tides\nTBA,10:00,Knots\n"
    assert starts(content) == {"Tides": "2026-05-12T09:00", "Knots": "2026-05-12T10:00"}


def test_days_of_a_programme_without_abstracts() -> None:
    talks = "".join(f"{hour}:00,Talk {hour},Ana Ruiz\n" for hour in range(10, 14))
    content = f"Time,Title,Speaker\n12 May 2026,,\n{talks}Day 2,,\n{talks.replace('Talk', 'More')}"
    found = starts(content)
    assert found["Talk 10"] == "2026-05-12T10:00"
    assert {found[f"More {hour}"] for hour in range(10, 14)} == {""}


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
    noted = read_bytes("x.csv", content.encode(), timezone="UTC").noted
    assert noted == ["no date: that of the row above is taken"]


def test_a_day_that_could_be_either_way_round_is_refused_until_another_tells() -> None:
    content = "Time,Title,Room\n05/06/2026,,\n09:00,Tides,A\n"
    with pytest.raises(AmbiguousDate, match="--date-order"):
        starts(content)
    assert starts(content, date_order="dmy") == {"Tides": "2026-06-05T09:00"}
    assert starts(content + "13/06/2026,,\n09:00,Sails,A\n") == {
        "Tides": "2026-06-05T09:00",
        "Sails": "2026-06-13T09:00",
    }


def test_days_among_the_titles_of_a_programme_without_abstracts_are_no_rooms() -> None:
    talks = "".join(f"{hour}:00,Talk {hour},Ana Ruiz\n" for hour in range(10, 14))
    content = (
        f"Time,Title,Speaker\n,12 May 2026,\n{talks},13 May 2026,\n{talks.replace('Talk', 'More')}"
    )
    reading = read_bytes("x.csv", content.encode(), timezone="UTC")
    assert [session.day for session in reading.sessions] == ["2026-05-12"] * 4 + ["2026-05-13"] * 4
    assert {session.room for session in reading.sessions} == {""}


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
