"""Which of the lists in a JSON file hold its sessions."""

import json
from typing import Any

import pytest
from support.reading_sources import Reading, read_bytes

from service.errors import InputError

A = {"title": "A", "abstract": "About a."}
B = {"title": "B", "abstract": "About b."}
EARLY, LATE = {**A, "start": "10:00"}, {**B, "start": "10:00"}


def read_json(value: Any, **options: Any) -> Reading:
    return read_bytes("x.json", json.dumps(value).encode(), **options)


@pytest.mark.parametrize(
    "value",
    [
        {"monday": [A], "tuesday": [B]},
        {"keynotes": [A], "talks": [{**B, "speakers": ["Jo Line"], "room": "Quay"}]},
        {"talks": [A], "keynotes": [{"title": "B"}]},
        {"days": [{"sessions": [A]}, {"sessions": [B]}]},
        {"data": {"days": [{"rooms": [{"talks": [A]}, {"talks": [B]}]}]}},
        [{"group": "all", "sessions": [A, B]}],
    ],
)
def test_lists_of_one_kind_are_all_read(value: Any) -> None:
    reading = read_json(value)
    assert (sorted(reading.titles), reading.skipped) == (["A", "B"], [])


@pytest.mark.parametrize(
    "days",
    [
        {"days": [{"date": "2026-05-12", "sessions": [EARLY]}, {"date": "2026-05-13", "sessions": [LATE]}]},
        {"2026-05-12": [EARLY], "2026-05-13": [LATE]},
    ],
)  # fmt: skip
def test_sessions_are_on_the_day_they_stand_in(days: Any) -> None:
    reading = read_json(days, timezone="UTC")
    assert [session.day for session in reading.sessions] == ["2026-05-12", "2026-05-13"]


def test_a_session_knows_its_own_day_room_and_track_best() -> None:
    own = {**A, "day": "2026-05-20", "start": "09:00", "location": "Loft", "track": ""}
    tracks = [{"name": "Rigging", "rooms": [{"name": "Quay", "talks": [own, B]}]}]
    value = {"timezone": "Europe/Oslo", "days": [{"date": "2026-05-12", "tracks": tracks}]}
    first, second = read_json(value).sessions
    assert (first.day, first.room, first.track) == ("2026-05-20", "Loft", "Rigging")
    assert (second.day, second.room, second.timezone) == ("2026-05-12", "Quay", "Europe/Oslo")


@pytest.mark.parametrize(
    ("others", "noted"),
    [
        ({"speakers": [{"name": "Jo", "bio": "Sails."}]}, "speakers"),
        ({"rooms": [{"name": "R1"}]}, "rooms"),
        ({"days": [{"title": "Day 1"}, {"title": "Day 2"}]}, "days"),
        ({"sponsors": [{"title": "Inc", "description": "Sells.", "url": "x"}]}, "sponsors"),
        ({"about": {"news": [{"title": "Doors open early", "text": "At 8."}]}}, "about.news"),
    ],
)
def test_other_lists_are_not_read_but_told(others: dict[str, Any], noted: str) -> None:
    talks = {"talks": [{**A, "speakers": ["Jo Line"]}]}
    for value in (others | talks, talks | others):
        reading = read_json(value)
        assert reading.titles == ["A"]
        assert [note.partition(":")[0] for note in reading.noted] == [
            f"the list {noted} is not read"
        ]


def test_days_with_titles_are_no_sessions() -> None:
    value = {"days": [{"title": "Day 1", "sessions": [A]}, {"title": "Day 2", "sessions": [B]}]}
    reading = read_json(value)
    assert sorted(reading.titles) == ["A", "B"]
    assert "the list days is not read: 2 items, no sessions" in reading.noted


def test_a_conference_around_its_contributions_is_no_session() -> None:
    talk = {**A, "speakers": [{"fullName": "Jo Line"}], "duration": 30, "room": "Quay"}
    conference = {"title": "Summit", "description": "All.", "room": "Town", "contributions": [talk]}
    conference |= {
        "startDate": "2026-05-12",
        "endDate": "2026-05-13",
        "category": "Sails",
        "type": "meeting",
    }
    assert read_json({"count": 1, "results": [conference]}).titles == ["A"]


def test_a_session_with_lists_of_its_own_is_one() -> None:
    links = [{"title": "Slides", "url": "https://example.org/a", "description": "Pages."}]
    session = {**A, "links": links, "speakers": [{"name": "Jo Line", "bio": "Sails."}]}
    parts = {**session, "presentations": [{"title": "Slides", "url": "https://example.org/a"}]}
    for value in (session, [session], {"talks": [session]}, [parts], {"talks": [parts]}):
        assert read_json(value).titles == ["A"]


def test_a_name_is_a_title_only_where_nothing_else_is() -> None:
    named = [{"name": "A", "abstract": "About a."}]
    assert read_json({"speakers": [{"name": "Jo"}], "talks": named}).titles == ["A"]
    assert read_json({"speakers": [{"name": "Jo", "title": "A", "abstract": "x"}]}).titles == ["A"]
    with pytest.raises(InputError, match="holds no list of sessions"):
        read_json({"speakers": [{"name": "Jo", "bio": "Sails."}]})


def test_places_name_the_list_where_there_are_several() -> None:
    reading = read_json({"monday": [A, {"title": ""}], "days": [{"talks": [7, B]}]})
    assert [place for place, _ in reading.skipped] == ["x.json#monday.2", "x.json#days.1.talks.1"]
