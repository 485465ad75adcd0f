"""schedule2: events in one list, with rooms and tracks by slug and texts in several languages."""

import json
from typing import Any

import pytest
from support.reading_sources import Reading, read_bytes

ROOM = {"guid": "r1", "name": "Quay", "slug": "quay"}
TRACK = {"guid": "t1", "name": {"en": "Ropes", "de": "Seile"}, "slug": "ropes"}
EVENT = {
    "guid": "e1", "id": 1, "title": {"en": "Knots", "de": "Knoten"}, "abstract": {"de": "Fest."},
    "room": "quay", "track": "ropes", "start": "2026-08-01T11:00:00+02:00",
    "end": "2026-08-01T11:45:00+02:00", "type": "talk",
    "participants": [{"name": "Jo Line", "role": "speaker"}, {"name": "Al Angel", "role": "angel"}],
}  # fmt: skip


def schedule(**event: Any) -> dict[str, Any]:
    conference = {
        "title": "Camp 2026", "start": "2026-08-01T10:00:00+02:00", "time_zone_name": "Europe/Berlin",
        "rooms": [ROOM], "tracks": [TRACK], "days": [{"index": 1, "date": "2026-08-01"}],
    }  # fmt: skip
    return {"schedule": {"conference": conference, "events": [{**EVENT, **event}]}}


def read_schedule(value: Any, **options: Any) -> Reading:
    return read_bytes("x.json", json.dumps(value).encode(), **options)


def test_events_have_the_names_of_rooms_and_tracks() -> None:
    reading = read_schedule(schedule())
    (session,) = reading.sessions
    assert reading.formats == ["schedule.json"]
    assert (session.event, session.year) == ("Camp", 2026)
    assert (session.title, session.room, session.track) == ("Knots", "Quay", "Ropes")
    assert session.speakers == ("Jo Line",), "an angel does not speak"
    assert session.as_dict()["starts_at"] == "2026-08-01T11:00:00+02:00"
    assert session.as_dict()["ends_at"] == "2026-08-01T11:45:00+02:00"
    assert reading.noted == ["texts in en, de: those in en, de are taken; --language names another"]


@pytest.mark.parametrize(
    ("language", "title", "noted"),
    [
        ("de", "Knoten", ["texts in en, de: those in de are taken"]),
        ("German", "Knoten", ["texts in en, de: those in de are taken"]),
        (
            "fr",
            "Knots",
            [
                "texts in en, de: those in en, de are taken",
                "3 texts are not in fr: another language is taken",
            ],
        ),
    ],
)
def test_the_language_of_texts_can_be_chosen(language: str, title: str, noted: list[str]) -> None:
    reading = read_schedule(schedule(), language=language)
    assert (reading.titles, reading.noted) == ([title], noted)


@pytest.mark.parametrize(
    ("event", "room"),
    [
        ({"room": "r1"}, "Quay"),
        ({"room": {"name": "Quay", "slug": "quay"}}, "Quay"),
        ({"room": "Loft"}, "Loft"),
        ({"room": None}, ""),
    ],
)
def test_a_room_is_named_by_slug_guid_or_itself(event: dict[str, Any], room: str) -> None:
    assert read_schedule(schedule(**event)).sessions[0].room == room


@pytest.mark.parametrize(
    "people",
    [
        {"persons": [{"public_name": "Jo Line"}], "participants": None},
        {"participants": [{"name": "Jo Line"}]},
        {"participants": [{"name": "Jo Line", "role": "unheard of"}]},
    ],
)
def test_people_stand_as_participants_or_persons(people: dict[str, Any]) -> None:
    assert read_schedule(schedule(**people)).sessions[0].speakers == ("Jo Line",)


def test_events_by_id_and_what_is_none() -> None:
    value = schedule()
    value["schedule"]["events"] = {"e1": EVENT, "e2": "x"}
    reading = read_schedule(value)
    assert (reading.titles, reading.reasons) == (["Knots"], ["not a JSON object"])


def test_a_schedule_of_a_conference_in_another_shape_is_read_as_a_list() -> None:
    talk = {"name": "Knots", "authors": ["Jo Line"], "conf_url": "https://example.org/conference/1"}
    reading = read_schedule({"schedule": [talk], "conference": "Rope Con"})
    assert (reading.formats, reading.titles) == (["json"], ["Knots"])
    value = {
        "schedule": {"conference": {"title": "Rope Con"}, "talks": [{**talk, "name": "Bends"}]}
    }
    assert read_schedule(value).titles == ["Bends"]
