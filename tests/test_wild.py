"""Small inputs, each the kernel of a public fault report or of a shape seen in the wild."""

import os
from pathlib import Path
from typing import Any

import pytest
from support.reading_sources import Reading, read

DATA = os.environ.get("CONFERENCE_HELPER_TEST_DATA", "")


def cases(name: str, **options: Any) -> Reading:
    """Read one case, or skip where the cases are not there."""
    if not DATA:
        pytest.skip("CONFERENCE_HELPER_TEST_DATA does not name a folder of test data")
    path = Path(DATA).parent / "cases" / name
    if not path.exists():
        pytest.skip(f"the case {path} is not there")
    return read(path, timezone="UTC", **options)


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        (
            "titles/a.csv",
            ["Counting triangles in streams", "Sampling algebra", "The future of data"],
        ),
        ("titles/b.json", ["Counting triangles in streams", "Sampling algebra"]),
    ],
)
def test_titles_are_not_those_of_the_block(name: str, titles: list[str]) -> None:
    assert cases(name).titles == titles


def test_a_calendar_says_itself_what_gmt_means() -> None:
    (session,) = cases("pretalx2588/s.ics").sessions
    assert session.as_dict()["starts_at"] == "2026-07-23T10:20:00+01:00"
    assert session.speakers == ("Ann Example",)


def test_names_are_split_once_their_references_are_characters() -> None:
    reading = cases("entities/s.csv")
    assert reading.titles == ["Late night", "Tools & toys"]
    assert [session.speakers for session in reading.sessions] == [
        ("Conan O'Brien", "Ann Poe"),
        ('Andrew M. "Fish" Popowich', "Becky Hill"),
    ]


def test_authors_are_objects_with_first_and_last() -> None:
    reading = cases("hotcrp/accepted.json")
    assert [session.speakers for session in reading.sessions] == [("Jane Doe", "Joe Roe")]
    assert reading.reasons == ["not accepted: Rejected"]
    assert "@" not in str(reading.sessions)


def test_a_name_with_the_family_first_is_turned_round() -> None:
    sessions = cases("indico/event.json").sessions
    assert [session.speakers[0] for session in sessions] == ["Ada King", "Bob Low", "Dee Ray"]
    assert [session.starts_at is None for session in sessions] == [False, False, True]
    assert {(it.event, it.year) for it in sessions} == {("Computing in Physics", 2026)}


def test_what_was_not_approved_is_left_out() -> None:
    reading = cases("datasat31/s.csv")
    assert [session.speakers for session in reading.sessions] == [("Jane Doe",), ("Ann Poe",)]
    assert reading.reasons == ["not accepted: No"]


def test_start_end_and_room_have_columns_of_other_names() -> None:
    found = [(item.starts_at, item.ends_at, item.room) for item in cases("scale41/s.csv").sessions]
    assert [(f"{start:%H:%M}", f"{end:%H:%M}", room) for start, end, room in found] == [
        ("10:00", "11:00", "Century AB"),
        ("13:30", "14:30", "La Jolla"),
    ]


def test_the_parts_of_names_and_lengths_have_columns_of_other_names() -> None:
    sessions = cases("cfp83/s.csv").sessions
    assert [item.speakers for item in sessions] == [
        ("Jean Dupont",),
        ("Zoé Martin",),
        ("Luc Durand",),
    ], "a load joins the first two, which differ in nothing else"
    assert [f"{item.starts_at:%H:%M}-{item.ends_at:%H:%M}" for item in sessions] == [
        "10:30-11:25",
        "10:30-11:25",
        "13:00-13:15",
    ]


def test_schedule2_has_rooms_tracks_speakers_and_times() -> None:
    found = [
        (
            item.title,
            item.room,
            item.track,
            item.speakers,
            f"{item.starts_at:%H:%M}-{item.ends_at:%H:%M}",
        )
        for item in cases("schedule2/s.json").sessions
    ]
    assert found == [
        ("Soldering for all", "Saal 1", "Hardware", ("Ann Example",), "11:00-12:00"),
        ("RISC-V at home", "Saal 1", "Hardware", ("Bob Example",), "12:00-12:45"),
    ]
    assert cases("schedule2/s.json", language="de").titles == ["Löten für alle", "RISC-V at home"]
