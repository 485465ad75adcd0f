"""JSON as services give it: times in objects of their own, and ids instead of names."""

import json
from typing import Any

from support.reading_sources import Reading, read_bytes

SLOT = {
    "start": "2026-05-12T10:00:00+02:00",
    "end": "2026-05-12T10:30:00+02:00",
    "room": {"en": "Quay"},
}


def read_json(value: Any, **options: Any) -> Reading:
    return read_bytes("x.json", json.dumps(value).encode(), **options)


def test_slots_of_pretalx_say_when_and_where() -> None:
    talk = {
        "code": "A",
        "title": "A",
        "slot": SLOT,
        "speakers": [{"code": "S1", "name": "Jo Line"}],
    }
    for shape in (talk, {**talk, "slot": None, "slots": [SLOT], "room": None}):
        reading = read_json({"count": 1, "results": [shape]})
        (session,) = reading.sessions
        assert (session.room, session.speakers) == ("Quay", ("Jo Line",))
        assert session.as_dict()["starts_at"] == SLOT["start"]
        assert session.as_dict()["ends_at"] == SLOT["end"]
        assert not [note for note in reading.noted if "time" in note]


def test_dates_and_times_in_an_object_come_together() -> None:
    start = {"date": "2026-05-12", "time": "10:00:00", "tz": "Europe/Zurich"}
    (session,) = read_json([{"title": "A", "startDate": start, "endDate": None}]).sessions
    assert session.as_dict()["starts_at"] == "2026-05-12T10:00:00+02:00"


def test_ids_become_the_names_beside_them() -> None:
    value = {
        "talks": [{"title": "A", "abstract": "x", "speakers": ["S1", "S2"], "track": 2, "room": 1}],
        "speakers": [{"code": "S1", "name": "Jo Line"}, {"code": "S2", "firstName": "Al", "lastName": "Two"}],
        "tracks": [{"id": 2, "name": {"en": "Rope"}}],
        "rooms": [{"id": 1, "name": "Quay"}],
    }  # fmt: skip
    (session,) = read_json(value).sessions
    assert session.speakers == ("Jo Line", "Al Two")
    assert (session.track, session.room) == ("Rope", "Quay")


def test_ids_without_names_are_left_out_and_told() -> None:
    talks = [{"title": "A", "speakers": ["S1", 7, "Jo Line"], "track": 2, "room": 101}]
    reading = read_json(talks)
    (session,) = reading.sessions
    assert (session.speakers, session.track, session.room) == (("Jo Line",), "", "101")
    assert reading.noted == [
        "speakers: ids without names are left out",
        "track: ids without names are left out",
    ]
