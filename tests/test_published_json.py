"""What services and sites publish as JSON, each in a small file of its shape: found, joined, fields kept."""

import json
from typing import Any

import pytest
from support.published import END, START, TIMED, found, read_json
from support.reading_sources import read_bytes

PYCON_US = {
    "conference": {"content": {}, "sponsors": {"Gold": [{"name": "Acme", "level": "Gold"}]}},
    "schedule": [
        {"conf_key": 12, "kind": "talk", "name": "Knots", "room": "Quay", "rooms": ["Quay"], "section": "talks",
         "start": START, "end": END, "duration": 30, "authors": ["Jo Line"], "contact": ["jo@example.org"],
         "abstract": "", "description": "About.", "conf_url": "https://example.org/12/", "released": True,
         "license": "CC", "list_render": False},
        {"conf_key": 13, "kind": "break", "name": "Lunch", "room": "Quay", "start": START, "end": END},
    ],
}  # fmt: skip
SYMPOSION = [
    {"name": "Knots", "room": "Quay", "start": START, "end": END, "duration": 30, "authors": ["Jo Line"],
     "released": True, "license": "CC", "contact": ["jo@example.org"], "abstract": "About.",
     "conf_key": 12, "conf_url": "https://example.org/12/", "kind": "talk", "video_url": "https://youtu.be/x",
     "slides_url": "https://example.org/s.pdf", "assets_url": None, "tags": ""}
]  # fmt: skip
OPEN_EVENT = {
    "data": [
        {"type": "session", "id": "12", "links": {"self": "/v1/sessions/12"},
         "attributes": {"title": "Knots", "subtitle": None, "level": "2", "short-abstract": "About.",
                        "long-abstract": "<p>About.</p>", "language": "en", "starts-at": START, "ends-at": END,
                        "state": "accepted", "slides-url": "https://example.org/s.pdf", "is-mail-sent": False},
         "relationships": {
             "speakers": {"links": {"self": "/v1/x"}, "data": [{"type": "speaker", "id": "5"}]},
             "track": {"data": {"type": "track", "id": "5"}},
             "microlocation": {"data": {"type": "microlocation", "id": "5"}},
             "session-type": {"data": {"type": "session-type", "id": "5"}}}}
    ],
    "included": [
        {"type": "speaker", "id": "5", "attributes": {"name": "Jo Line", "email": "jo@example.org"}},
        {"type": "track", "id": "5", "attributes": {"name": "Ropes", "color": "#000"}},
        {"type": "microlocation", "id": "5", "attributes": {"name": "Quay", "floor": 1}},
        {"type": "session-type", "id": "5", "attributes": {"name": "Talk", "length": "00:30"}},
    ],
    "meta": {"count": 1}, "links": {"self": "/v1/events/x/sessions", "next": None},
}  # fmt: skip
OPEN_EVENT_EXPORT = [
    {"id": 12, "title": "Knots", "subtitle": None, "short_abstract": "About.", "long_abstract": "",
     "language": "en", "starts_at": START, "ends_at": END, "state": "accepted", "audio": None,
     "microlocation": {"id": 3, "name": "Quay"}, "session_type": {"id": 4, "name": "Talk", "length": "00:30"},
     "speakers": [{"id": 5, "name": "Jo Line"}], "track": {"id": 2, "name": "Ropes"}},
    {"id": 13, "title": "Sails", "state": "rejected", "speakers": []},
]  # fmt: skip
DEF_CON = {
    "content": [
        {"id": 12, "title": "Knots", "description": "About.", "tag_ids": [7],
         "people": [{"person_id": 5, "sort_order": 1}], "links": [{"label": "More", "url": "https://example.org/k"}],
         "sessions": [{"session_id": 9, "begin_tsz": "2026-05-12T08:00:00Z", "end_tsz": "2026-05-12T08:30:00Z",
                       "location_id": 3, "timezone_name": "Europe/Berlin"}]}
    ],
    "people": [{"id": 5, "name": "Jo Line", "title": "Rigger"}],
    "locations": [{"id": 3, "name": "Quay", "short_name": "Q"}],
    "tags": [{"id": 1, "label": "Category", "tags": [{"id": 7, "label": "Demo", "color_background": "#000"}]}],
}  # fmt: skip
DEF_CON_EVENTS = [
    {"id": 12, "title": "Knots", "description": "About.", "begin": START, "end": END,
     "begin_timestamp": {"seconds": 1778572800, "nanoseconds": 0}, "location": {"id": 3, "name": "Quay"},
     "speakers": [{"id": 5, "name": "Jo Line", "title": ""}], "type": {"id": 2, "name": "Demo", "color": "#0"}}
]  # fmt: skip
ICLR = {
    "count": 2, "next": None, "previous": None,
    "results": [
        {"id": 12, "uid": "a", "name": "Knots", "abstract": "About.", "topic": "Ropes", "keywords": ["Demo"],
         "authors": [{"id": 1, "fullname": "Jo Line", "institution": "Harbour"}], "decision": "Accept (poster)",
         "session": "Poster Session 1", "eventtype": "Poster", "event_type": "Poster", "room_name": "Quay",
         "starttime": START, "endtime": END, "virtualsite_url": "/poster/12", "poster_position": "#1"},
        {"id": 13, "uid": "b", "name": "Sails", "abstract": "S", "topic": "Cloth", "keywords": [],
         "authors": [{"id": 2, "fullname": "Bo Mole"}], "decision": "Reject", "session": "Poster Session 1",
         "eventtype": "Poster", "room_name": "Quay"},
    ],
}  # fmt: skip
FOSS4G = {
    "sessions": {"12": {"title": "Knots", "abstract": "About.", "speakers": ["JO"], "track": "Ropes",
                        "room": "Quay", "start": START, "end": END, "type": "Talk"}},
    "speakers": {"JO": {"name": "Jo Line", "biography": ""}},
}  # fmt: skip
CONCLAR = {
    "schemaVersion": 2,
    "schedule": [{"id": "12", "title": "Knots", "datetime": START, "mins": 30, "loc": ["Quay"],
                  "desc": "About.", "tags": ["Track:Ropes", "Demo"], "people": [{"id": "7"}], "format": "Panel",
                  "links": {"recording": "https://youtu.be/x"}}],
    "people": [{"id": "7", "name": ["Jo", "Line"], "bio": ""}],
}  # fmt: skip
CONFOO = {
    "talks": [{"id": 12, "title": {"en": "Knots", "fr": "Noeuds"}, "abstract": {"en": "About.", "fr": "De."},
               "language": "en", "level": "Beginner", "speakers": [{"first_name": "Jo", "last_name": "Line"}],
               "room": {"name": "Quay"}, "slot": {"start": START, "end": END}, "tags": ["Demo"]}]
}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        (PYCON_US, TIMED | {"kind": "talk", "url": "https://example.org/12/"}),
        (SYMPOSION, TIMED | {"kind": "talk", "url": "https://example.org/12/",
                             "links": ("slides", "recording")}),
        (OPEN_EVENT, TIMED | {"track": "Ropes", "kind": "Talk", "level": "2", "language": "en",
                              "links": ("slides",)}),
        (OPEN_EVENT_EXPORT, TIMED | {"track": "Ropes", "kind": "Talk", "language": "en"}),
        (DEF_CON, TIMED | {"tags": ("Demo",), "links": ("page",)}),
        (DEF_CON_EVENTS, TIMED | {"kind": "Demo"}),
        (ICLR, TIMED | {"track": "Ropes", "kind": "Poster", "tags": ("Demo",)}),
        (FOSS4G, TIMED | {"track": "Ropes", "kind": "Talk"}),
        (CONCLAR, TIMED | {"track": "Ropes", "kind": "Panel", "tags": ("Demo",), "links": ("recording",)}),
        (CONFOO, TIMED | {"level": "Beginner", "language": "en", "tags": ("Demo",)}),
    ],
    ids=["PyCon US", "symposion", "Open Event", "Open Event export", "DEF CON", "DEF CON events", "ICLR",
         "FOSS4G", "ConClar", "ConFoo"],
)  # fmt: skip
def test_fields_are_kept(value: Any, fields: dict[str, Any]) -> None:
    assert found(read_json(value)) == {"id": "12", **fields}


def test_what_is_left_out_is_told() -> None:
    assert read_json(PYCON_US).reasons == ["service session (break, registration)"]
    assert read_json(OPEN_EVENT_EXPORT).reasons == ["not accepted: rejected"]
    assert read_json(ICLR).reasons == ["not accepted: Reject"]


def hoverboard() -> dict[str, Any]:
    slots = [
        {
            "startTime": "10:00",
            "endTime": "10:30",
            "sessions": [{"items": ["knots"]}, {"items": ["sails"]}],
        },
        {"startTime": "10:30", "endTime": "11:00", "sessions": [{"items": ["lunch"]}]},
    ]
    return {
        "blog": {"news": {"title": "We are back", "published": "2026-01-01"}},
        "schedule": {"2026-05-12": {"date": "2026-05-12", "tracks": [{"title": "Hall 1"}, {"title": "Hall 2"}],
                                    "timeslots": slots}},
        "sessions": {
            "knots": {"title": "Knots", "description": "About.", "speakers": ["jo"], "complexity": "Beginner",
                      "language": "English", "tags": ["Demo"], "presentation": None},
            "sails": {"title": "Sails", "speakers": ["bo"]},
            "lunch": {"title": "Lunch", "icon": "restaurant"},
        },
        "speakers": {"jo": {"name": "Jo Line", "company": "Harbour"}, "bo": {"name": "Bo Mole"}},
        "team": [{"title": "Organizers", "members": [{"name": "Al Two"}]}],
    }  # fmt: skip


def test_sessions_of_hoverboard_have_the_places_of_its_schedule() -> None:
    reading = read_json(hoverboard(), timezone="Europe/Brussels")
    assert [(it.title, it.room, it.speakers) for it in reading.sessions] == [
        ("Knots", "Hall 1", ("Jo Line",)),
        ("Sails", "Hall 2", ("Bo Mole",)),
    ]
    assert reading.reasons == ["service session (break, registration)"]
    reading.sessions = reading.sessions[:1]
    labels = {"level": "Beginner", "language": "en", "tags": ("Demo",), "room": "Hall 1"}
    assert found(reading) == TIMED | labels | {"id": "knots"}


def test_a_place_that_names_no_session_is_told() -> None:
    database = hoverboard()
    del database["sessions"]["sails"]
    assert read_json(database).reasons[0] == "the schedule names 'sails', which no file describes"


@pytest.mark.parametrize("schedule", [{}, [], {"a": 1}, {"timeslots": []}, [{"timeslots": 3}]])
def test_schedules_of_other_shapes_are_left_to_other_rules(schedule: Any) -> None:
    reading = read_json(
        {"schedule": schedule, "sessions": {"12": {"title": "Knots", "room": "Quay"}}}
    )
    assert reading.titles == ["Knots"]


def test_a_talk_inside_its_slot_may_have_a_name_for_a_title() -> None:
    slot = {"time": "09:00", "talk": {"name": "Tides", "speaker": [{"name": "Ann Poe"}]}}
    content = json.dumps({"agenda": {"2026-05-12": {"Hall A": [slot]}}}).encode()
    (tides,) = read_bytes("x.json", content).sessions
    assert (tides.title, tides.speakers, tides.room) == ("Tides", ("Ann Poe",), "Hall A")
