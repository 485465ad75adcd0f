"""Tables of services: Whova's template, Mini-Conf's papers, exports of Sessionize, the sheet of Sched."""

import csv
import io

import pytest
from support.reading_sources import Reading, read_bytes, xlsx

WHOVA = ["*Date", "*Time Start", "*Time End", "*Session or\nSub-session(Sub)", "*Session Title",
         "Room/Location", "Description", "Speakers", "Tracks"]  # fmt: skip
TEMPLATE = [
    ["Whova Agenda Excel Template"],
    ["Please follow the instructions and samples below. Start your agenda from row 9"],
    ["AGENDA SAMPLES"],
    WHOVA,
    ["3/31/2016", "9:00 AM", "11:00 AM", "Session", "Morning", "Building A", "Kick off.", "Al Two", ""],
    ["3/31/2016", "10:00 AM", "11:00 AM", "Sub", "Free writing", "Room 123", "Exercises.", "Al Two", ""],
    ["START YOUR AGENDA BELOW"],
    WHOVA,
    ["05/13/2026", "09:00 AM", "10:00 AM", "Session", "Ropes", "Quay", "All of them.", "", "Rigging"],
    ["05/13/2026", "01:30 PM", "02:00 PM", "Sub", "Knots", "Quay", "<p>About.</p>", "Jo Line; Bo Mole",
     "Rigging"],
]  # fmt: skip


def as_csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def read_rows(*rows: list[str]) -> Reading:
    return read_bytes("x.csv", as_csv(list(rows)), timezone="UTC")


@pytest.mark.parametrize("name", ["agenda.xlsx", "agenda.csv"])
def test_samples_and_instructions_of_whova_are_left_out(name: str) -> None:
    content = (
        as_csv(TEMPLATE) if name.endswith("csv") else xlsx({"Agenda": [[*row] for row in TEMPLATE]})
    )
    reading = read_bytes(name, content, timezone="UTC")
    ropes, knots = reading.sessions
    assert (ropes.title, knots.title) == ("Ropes", "Knots")
    assert (knots.room, knots.track, knots.abstract) == ("Quay", "Rigging", "About.")
    assert knots.speakers == ("Jo Line", "Bo Mole")
    assert f"{knots.starts_at:%Y-%m-%d %H:%M}, {knots.ends_at:%H:%M}" == "2026-05-13 13:30, 14:00"
    assert reading.noted[0].startswith("a template: its instructions and samples above row ")
    assert reading.skipped == []


def test_papers_of_mini_conf_have_their_sessions_as_tags() -> None:
    reading = read_rows(
        ["UID", "title", "authors", "abstract", "keywords", "sessions"],
        ["B1", "Knots", "Jo Line|Bo Mole", "About.", "rope|sea", "Mon Session 3|Tue Session 1"],
        ["B2", "Sails", "Al Two", "About sails.", "cloth", "Mon Session 3"],
    )
    knots, sails = reading.sessions
    assert (knots.source_id, knots.title, knots.abstract) == ("B1", "Knots", "About.")
    assert knots.speakers == ("Jo Line", "Bo Mole")
    assert knots.tags == ("rope", "sea", "Mon Session 3", "Tue Session 1")
    assert sails.tags == ("cloth", "Mon Session 3")
    assert reading.noted == []


def test_an_export_of_sessionize_has_a_row_for_each_speaker() -> None:
    header = [
        "Session Id",
        "Title",
        "Description",
        "Owner",
        "Owner Email",
        "Track",
        "Session format",
        "Level",
        "Language",
        "Date Submitted",
        "Status",
        "Owner Informed",
        "Room",
        "Scheduled At",
        "Scheduled Duration",
        "Live Link",
        "Recording Link",
        "Speaker Id",
        "FirstName",
        "LastName",
        "Email",
        "TagLine",
        "Bio",
    ]
    knots = [
        "101",
        "Knots",
        "About.",
        "Jo Line",
        "jo@example.org",
        "Ropes",
        "Talk",
        "Beginner",
        "English",
        "5 Jan 2026",
        "Accepted",
        "Yes",
        "Quay",
        "13 May 2026 10:00 AM",
        "45",
        "",
        "https://youtu.be/x",
    ]
    queued = [
        "102",
        "Sails",
        "S.",
        "Al Two",
        "al@example.org",
        "Ropes",
        "Talk",
        "",
        "",
        "",
        "Accept_Queue",
    ]
    reading = read_rows(
        header,
        [*knots, "a-1", "Jo", "Line", "jo@example.org", "Rigger", "Ties."],
        [*knots, "a-2", "Bo", "Mole", "bo@example.org", "Sailor", "Sews."],
        queued,
    )
    assert [session.speakers for session in reading.sessions] == [("Jo Line",), ("Bo Mole",)]
    for session in reading.sessions:
        assert (session.source_id, session.title, session.abstract) == ("101", "Knots", "About.")
        assert (session.track, session.kind, session.level) == ("Ropes", "Talk", "Beginner")
        assert (session.language, session.room) == ("en", "Quay")
        assert f"{session.starts_at:%d %H:%M}, {session.ends_at:%H:%M}" == "13 10:00, 10:45"
        assert [link.kind for link in session.links] == ["recording"]
    assert reading.reasons == ["not accepted: Accept_Queue"]


def test_the_sheet_of_sched_says_what_is_published() -> None:
    header = ["Session ID (Optional)", "Published (Y/N)", "Closed? (Y/N)", "Session Title",
              "Session Start Date & Time", "Session End Date & Time", "Track/Type", "Subtype", "Description",
              "Capacity", "Venue", "Venue ID", "Speakers", "Moderators", "Tags"]  # fmt: skip
    times = ["2026-05-13 10:00", "2026-05-13 10:45"]
    reading = read_rows(
        header,
        [
            "a1",
            "Y",
            "N",
            "Knots",
            *times,
            "Ropes",
            "Talk",
            "About.",
            "30",
            "Quay",
            "3",
            "Jo Line; Bo Mole",
            "",
            "sea",
        ],
        [
            "a2",
            "N",
            "N",
            "Hidden",
            *times,
            "Ropes",
            "Talk",
            "About.",
            "30",
            "Quay",
            "3",
            "Jo Line",
            "",
            "",
        ],
    )
    (knots,) = reading.sessions
    assert (knots.source_id, knots.title, knots.abstract) == ("a1", "Knots", "About.")
    assert (knots.track, knots.kind, knots.room, knots.tags) == ("Ropes", "Talk", "Quay", ("sea",))
    assert knots.speakers == ("Jo Line", "Bo Mole")
    assert f"{knots.starts_at:%d %H:%M}, {knots.ends_at:%H:%M}" == "13 10:00, 10:45"
    assert reading.reasons == ["not accepted: N"]


@pytest.mark.parametrize(
    ("header", "cells", "times"),
    [
        (["fromHour", "fromMin", "toHour", "toMin"], ["9", "5", "10", "0"], "09:05, 10:00"),
        (["From Hour", "From Minute", "To Hour", "To Minute"], ["14", "30", "15", ""], "14:30, 15:00"),
        (["Start hour", "End hour"], ["09:30", "10:15"], "09:30, 10:15"),
        (["start_hour", "start_minute", "Duration"], ["23", "15", "30"], "23:15, 23:45"),
    ],
)  # fmt: skip
def test_hours_and_minutes_may_have_columns_of_their_own(
    header: list[str], cells: list[str], times: str
) -> None:
    reading = read_rows(["Title", "Date", *header], ["Knots", "2026-05-13", *cells])
    (session,) = reading.sessions
    assert f"{session.starts_at:%H:%M}, {session.ends_at:%H:%M}" == times


def test_a_room_is_one_rather_than_the_place_that_it_is_in() -> None:
    reading = read_rows(["Title", "Location", "Room"], ["Knots", "Harbour Centre", "Quay"],
                        ["Sails", "Harbour Centre", ""])  # fmt: skip
    assert [session.room for session in reading.sessions] == ["Quay", "Harbour Centre"]


@pytest.mark.parametrize(
    ("tags", "track", "kind", "rest"),
    [
        ("track:Ropes; Type: Panel; sea", "Ropes", "Panel", ("sea",)),
        ("track:Ropes; track:Sails", "Ropes", "", ("track:Sails",)),
        ("tag:sea; day: one", "", "", ("sea", "day: one")),
        ("https://example.org; 10:30", "", "", ("https://example.org", "10:30")),
    ],
)
def test_tags_that_say_what_they_are_are_fields(
    tags: str, track: str, kind: str, rest: tuple[str, ...]
) -> None:
    (session,) = read_rows(["Title", "Tags"], ["Knots", tags]).sessions
    assert (session.track, session.kind, session.tags) == (track, kind, rest)


def test_a_label_does_not_replace_a_column() -> None:
    (session,) = read_rows(["Title", "Track", "Tags"], ["Knots", "Rigging", "track:Ropes"]).sessions
    assert (session.track, session.tags) == ("Rigging", ("track:Ropes",))
