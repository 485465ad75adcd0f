"""Speakers in JSON that hold their talks, slots that hold theirs, and ids that stand for several people."""

import json
from typing import Any

import pytest
from support.reading_sources import Reading, read_bytes

TALK = {"title": "Knots", "abstract": "About knots."}
OTHER = {"title": "Sails", "abstract": "About sails."}


def read_json(value: Any, name: str = "x.json") -> Reading:
    return read_bytes(name, json.dumps(value).encode(), timezone="UTC")


def told(reading: Reading) -> dict[str, tuple[str, ...]]:
    return {session.title: session.speakers for session in reading.sessions}


@pytest.mark.parametrize(
    "people",
    [
        [{"name": "Jo Line", "bio": "Ties.", "talks": [TALK, OTHER]}, {"name": "Bo Mole", "bio": "Sews."}],
        [{"name": "Jo Line", "title": "CTO", "talk": TALK}, {"name": "Jo Line", "talk": OTHER}],
        {"speakers": [{"id": 1, "firstName": "Jo", "lastName": "Line", "sessions": [TALK, OTHER]}]},
        {"data": {"people": {"jo": {"name": "Jo Line", "presentations": [TALK, OTHER]}}}},
        [{"speaker": "Jo Line", "talks": [TALK, OTHER]}],
    ],
)  # fmt: skip
def test_talks_that_people_hold_are_theirs(people: Any) -> None:
    reading = read_json(people)
    assert told(reading) == {"Knots": ("Jo Line",), "Sails": ("Jo Line",)}
    assert [session.abstract for session in reading.sessions] == ["About knots.", "About sails."]


def test_a_talk_that_two_people_hold_is_one_session() -> None:
    people = [
        {"name": name, "company": "Rope Inc.", "talk": TALK} for name in ("Jo Line", "Bo Mole")
    ]
    assert told(read_json(people)) == {"Knots": ("Jo Line", "Bo Mole")}


def test_the_time_and_room_beside_the_only_talk_of_a_person_are_its() -> None:
    person = {"name": "Jo Line", "room": "Quay", "start": "2026-05-12 10:00", "talk": TALK}
    (session,) = read_json([person]).sessions
    assert (session.room, f"{session.starts_at:%d %H:%M}") == ("Quay", "12 10:00")


@pytest.mark.parametrize(
    "value",
    [
        {"tracks": [{"name": "Open Source", "talks": [TALK, OTHER]}]},
        [{"name": "Great Hall", "talks": [TALK]}, {"name": "Small Hall", "talks": [OTHER]}],
        [{"name": "Tuesday", "talks": [TALK, OTHER]}],
        [{"title": "Ropes", "speaker": "Jo Line", "talks": [TALK, OTHER]}],
    ],
)  # fmt: skip
def test_rooms_days_tracks_and_blocks_are_no_people(value: Any) -> None:
    assert told(read_json(value)) == {"Knots": (), "Sails": ()}


def test_a_list_of_talks_beside_the_people_says_more() -> None:
    talks = [{**TALK, "id": 7, "room": "Quay"}]
    people = [{"name": "Jo Line", "talks": [{"id": 7, "title": "Knots"}]}]
    (session,) = read_json({"talks": talks, "speakers": people}).sessions
    assert session.room == "Quay"


@pytest.mark.parametrize(
    ("slot", "speakers"),
    [
        ({"time": "2026-05-12 10:00", "room": "Quay", "talk": {**TALK, "speaker": "Jo Line"}}, ("Jo Line",)),
        ({"time": "2026-05-12 10:00", "room": "Quay", "name": "Slot 1",
          "session": {**TALK, "speakers": ["Jo Line"]}}, ("Jo Line",)),
    ],
)  # fmt: skip
def test_a_slot_has_what_its_talk_says(slot: dict[str, Any], speakers: tuple[str, ...]) -> None:
    (session,) = read_json([slot]).sessions
    assert (session.title, session.abstract) == ("Knots", "About knots.")
    assert (session.room, session.speakers) == ("Quay", speakers)
    assert f"{session.starts_at:%d %H:%M}" == "12 10:00"


def test_an_id_of_two_people_stands_for_neither() -> None:
    people = [
        {"id": 1, "name": "Jo Line"},
        {"id": 1, "name": "Bo Mole"},
        {"id": 2, "name": "Al Two"},
    ]
    talks = [{**TALK, "speakers": [1, 2]}, {**OTHER, "speakers": [2]}]
    reading = read_json({"talks": talks, "speakers": people})
    assert told(reading) == {"Knots": ("Al Two",), "Sails": ("Al Two",)}
    assert any("several have the id of speakers '1'" in note for note in reading.noted)


def test_a_person_who_is_listed_twice_is_one() -> None:
    people = [{"id": 1, "name": "Jo Line", "bio": bio} for bio in ("Ties.", "Ties knots.")]
    reading = read_json({"talks": [{**TALK, "speakers": [1]}], "speakers": people})
    assert told(reading) == {"Knots": ("Jo Line",)}
    assert not any("several" in note for note in reading.noted)


def test_a_place_in_a_list_is_no_id() -> None:
    rooms = [{"name": "Quay"}, {"name": "Loft"}]
    (session,) = read_json({"talks": [{**TALK, "room": 1}], "rooms": rooms}).sessions
    assert session.room == "1"
