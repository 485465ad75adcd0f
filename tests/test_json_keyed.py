"""Sessions in JSON objects keyed by id, day, time, room or track, and inside wrappers."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.reading_sources import Reading, read_bytes

from service.errors import InputError

A = {"title": "Knots", "description": "About knots.", "speakers": ["jo"]}
B = {"title": "Sails", "description": "About sails.", "speakers": ["bo"]}
UUID = "4797c86d-febc-5d27-a14a-8d37cbab0175"
JO, BO = {"name": "Jo Line", "bio": "Ties."}, {"name": "Bo Mole", "bio": "Sews."}


def read_json(value: Any, **options: Any) -> Reading:
    return read_bytes("x.json", json.dumps(value).encode(), **options)


def places(reading: Reading) -> list[tuple[str, str, str, str]]:
    """Return title, start, room and track of each session."""
    return [
        (it.title, f"{it.starts_at:%d %H:%M}" if it.starts_at else "", it.room, it.track)
        for it in reading.sessions
    ]


@pytest.mark.parametrize(
    "people", [{"jo": JO, "bo": BO}, [{"id": "jo", **JO}, {"slug": "bo", **BO}]]
)
@pytest.mark.parametrize(
    ("talks", "ids"),
    [
        ({"sessions": {"101": A, "102": B}}, ["101", "102"]),
        ({"talks": {"knots": A, "sails": B}}, ["knots", "sails"]),
        ({"data": {"events": {"knots": A}}, "keynotes": {"sails": B}}, ["knots", "sails"]),
        ({"content": {"sessions": {UUID: A}}}, [UUID]),
    ],
)  # fmt: skip
def test_sessions_by_id_have_it_and_their_speakers(talks: Any, people: Any, ids: list[str]) -> None:
    reading = read_json({**talks, "speakers": people})
    assert [session.source_id for session in reading.sessions] == ids
    assert [session.speakers for session in reading.sessions] == [("Jo Line",), ("Bo Mole",)][
        : len(ids)
    ]
    assert not any("taken for" in note for note in reading.noted)


def test_ids_of_its_own_are_kept_and_keys_that_may_be_ids_are_told() -> None:
    reading = read_json({"knots": {**A, "id": "k1"}, "sails": {**B, "room": "Quay"}})
    assert [session.source_id for session in reading.sessions] == ["k1", "sails"]
    assert "the keys knots, sails are taken for ids" in reading.noted


@pytest.mark.parametrize(
    "value",
    [
        {"2026-05-12": {"10:00": [A], "11:00": [B]}},
        {"2026-05-12": {"10:00 - 10:45": [A], "11:00": [B]}},
        {"schedule": {"2026-05-12": {"10:00": A, "11:00 AM": B}}},
        {"days": {"Tuesday, 12 May 2026": {"10:00": [A], "11:00": [B]}}},
        {"20260512": {"10h00": [A], "11h00": [B]}},
        {"2026-05-12T10:00": A, "2026-05-12T11:00": B},
        {"2026-05-12": [{"time": "10:00", **A}, {"time": "11:00", **B}]},
        {"days": [{"date": "2026-05-12", "timeslots": [
            {"startTime": "10:00", "sessions": [A]}, {"startTime": "11:00", "sessions": [B]}]}]},
        {"version": 3, "2026-05-12": [{"time": "10:00", **A}, {"time": "11:00", **B}]},
    ],
)  # fmt: skip
def test_days_and_times_are_those_of_the_keys(value: Any) -> None:
    assert [(title, start) for title, start, *_ in places(read_json(value))] == [
        ("Knots", "12 10:00"),
        ("Sails", "12 11:00"),
    ]


@pytest.mark.parametrize(
    ("value", "rooms", "tracks"),
    [
        ({"rooms": {"Quay": [A], "Loft": [B]}}, ["Quay", "Loft"], ["", ""]),
        ({"byRoom": {"Quay": [A], "Loft": [B]}}, ["Quay", "Loft"], ["", ""]),
        ({"tracks": {"Ropes": [A], "Cloth": [B]}}, ["", ""], ["Ropes", "Cloth"]),
        ({"Hall 1": [A], "Hall 2": [B]}, ["Hall 1", "Hall 2"], ["", ""]),
        ({"rooms": {"r1": {"name": "Quay", "talks": [A]}, "r2": {"name": "Loft", "talks": [B]}}},
         ["Quay", "Loft"], ["", ""]),
        ({"2026-05-12": {"rooms": {"Quay": {"10:00": A}, "Loft": {"10:00": B}}}}, ["Quay", "Loft"], ["", ""]),
        ({"2026-05-12": {"Room 1": {"10:00": A}, "Room 2": {"10:00": B}}}, ["Room 1", "Room 2"], ["", ""]),
        ({"ropes": [A], "cloth": [B]}, ["", ""], ["", ""]),
    ],
)  # fmt: skip
def test_rooms_and_tracks_are_those_of_keys_where_that_is_certain(
    value: Any, rooms: list[str], tracks: list[str]
) -> None:
    found = places(read_json(value))
    assert [(room, track) for *_, room, track in found] == list(zip(rooms, tracks, strict=True))


def test_what_keys_mean_is_told_where_it_is_not_certain() -> None:
    reading = read_json({"ropes": [A], "cloth": [B]})
    told = "the keys ropes, cloth above sessions may be days, rooms or tracks: not read as such"
    assert told in reading.noted


def test_a_session_knows_its_own_time_and_room_best() -> None:
    own = {**A, "location": "Loft", "begin": "09:00", "day": "2026-05-20"}
    assert places(read_json({"2026-05-12": {"rooms": {"Quay": {"10:00": own}}}})) == [
        ("Knots", "20 09:00", "Loft", "")
    ]


@pytest.mark.parametrize(
    "years", [{"2024": [A], "2025": [B]}, {"2024": {"talks": [A]}, "2025": {"talks": [B]}}]
)
def test_years_are_those_of_the_keys(years: Any) -> None:
    assert [session.year for session in read_json(years).sessions] == [2024, 2025]


@pytest.mark.parametrize("names", [{"title": "Home"}, {"title": "Home", "description": "All."}])
def test_sections_of_a_page_are_no_sessions(names: dict[str, str]) -> None:
    with pytest.raises(InputError, match="holds no list of sessions"):
        read_json({"header": names, "footer": names})


WRAPPERS: list[Callable[[dict[str, Any]], Any]] = [
    lambda it: {"id": "1", "content": it},
    lambda it: {"id": "1", "fields": it, "createdTime": "2020"},
    lambda it: {"id": "1", "type": "session", "attributes": it},
    lambda it: {"node": {"id": "1", **it}},
    lambda it: {"id": "1", "data": it},
    lambda it: {"id": "1", "content": {key: {"value": value} for key, value in it.items()}},
    lambda it: {"name": "projects/p/documents/talks/1", "fields": {
        key: {"arrayValue": {"values": [{"stringValue": part} for part in value]}}
        if isinstance(value, list) else {"stringValue": value} for key, value in it.items()}},
]  # fmt: skip


@pytest.mark.parametrize("wrap", WRAPPERS)
@pytest.mark.parametrize(
    "around",
    [
        lambda items: items,
        lambda items: {"data": items},
        lambda items: {"data": {"allTalks": {"edges": items}}},
        lambda items: {"sessions": {"nodes": items}},
        lambda items: {"records": items},
        lambda items: {"results": {str(number): item for number, item in enumerate(items)}},
    ],
)
def test_sessions_are_found_inside_wrappers(
    wrap: Callable[[dict[str, Any]], Any], around: Callable[[list[Any]], Any]
) -> None:
    reading = read_json(
        around([wrap({**A, "speakers": ["Jo Line"]}), wrap({**B, "speakers": ["Bo Mole"]})])
    )
    assert [(it.title, it.abstract, it.speakers) for it in reading.sessions] == [
        ("Knots", "About knots.", ("Jo Line",)),
        ("Sails", "About sails.", ("Bo Mole",)),
    ]


def test_resources_of_json_api_have_what_they_relate_to() -> None:
    talk = {
        "type": "session", "id": "1", "attributes": {"title": "Knots", "starts-at": "2026-05-12T10:00:00Z"},
        "relationships": {
            "speakers": {"data": [{"type": "speaker", "id": "7"}]},
            "track": {"data": {"type": "track", "id": "7"}},
        },
    }  # fmt: skip
    included = [
        {"type": "speaker", "id": "7", "attributes": {"name": "Jo Line"}},
        {"type": "track", "id": "7", "attributes": {"name": "Ropes"}},
    ]
    (session,) = read_json({"data": [talk], "included": included}).sessions
    assert (session.speakers, session.track) == (("Jo Line",), "Ropes")


def test_texts_of_a_blog_are_those_rendered() -> None:
    value = [
        {
            "id": 5,
            "title": {"rendered": "Knots"},
            "content": {"rendered": "<p>Tied.</p>", "protected": False},
        }
    ]
    (session,) = read_json(value).sessions
    assert (session.title, session.abstract) == ("Knots", "Tied.")


def test_a_talk_with_several_sittings_is_one_session_for_each() -> None:
    sittings = [
        {"session_id": 9, "begin_tsz": "2026-08-08T17:00:00Z", "end_tsz": "2026-08-08T17:45:00Z",
         "location_id": 3},
        {"session_id": 10, "begin_tsz": "2026-08-09T17:00:00Z", "location_id": 4},
    ]  # fmt: skip
    value = {
        "content": [
            {"id": 1, "title": "Knots", "people": [{"person_id": 5}], "sessions": sittings}
        ],
        "people": [{"id": 5, "name": "Jo Line"}],
        "locations": [{"id": 3, "name": "Quay"}, {"id": 4, "name": "Loft"}],
    }
    reading = read_json(value)
    assert [(start, room) for _, start, room, _ in places(reading)] == [
        ("08 17:00", "Quay"),
        ("09 17:00", "Loft"),
    ]
    assert {session.speakers for session in reading.sessions} == {("Jo Line",)}


def test_moments_are_seconds_or_hours_and_minutes() -> None:
    moment = {"seconds": 1691686800, "nanoseconds": 0}
    value = [{"title": "Knots", "begin_timestamp": moment, "duration": {"hh": 1, "mm": 5}}]
    (session,) = read_json(value).sessions
    assert session.as_dict()["starts_at"] == "2023-08-10T17:00:00+00:00"
    assert session.as_dict()["ends_at"] == "2023-08-10T18:05:00+00:00"


def test_the_name_is_the_title_where_session_repeats_a_block() -> None:
    talks = [
        {
            "name": name,
            "authors": [{"fullname": "Jo Line"}],
            "session": "Poster Session",
            "eventtype": "Poster",
        }
        for name in ("Knots", "Sails", "Anchors")
    ]
    reading = read_json({"count": 3, "next": None, "results": talks})
    assert reading.titles == ["Knots", "Sails", "Anchors"]
    assert reading.sessions[0].speakers == ("Jo Line",)


def test_two_speakers_of_one_slug_are_told() -> None:
    reading = read_json({"talks": [A], "speakers": [{"slug": "jo", **JO}, {"slug": "jo", **BO}]})
    assert reading.sessions[0].speakers == ()
    assert any("several have the id of speakers 'jo'" in note for note in reading.noted)


def test_people_who_refer_to_their_talks_and_back_are_read_once() -> None:
    people = [{"id": 1, "name": "Jo Line", "talks": [7]}]
    (session,) = read_json(
        {"talks": [{"id": 7, "title": "Knots", "speakers": [1]}], "speakers": people}
    ).sessions
    assert session.speakers == ("Jo Line",)


def test_keys_with_markup_are_plain_text() -> None:
    value = {"rooms": {"<b>Quay</b>": [A], "<i>Loft</i>": [B]}}
    assert [room for *_, room, _ in places(read_json(value))] == ["Quay", "Loft"]


@pytest.mark.parametrize("depth", [20, 90, 900])
def test_deep_nesting_is_refused(depth: int) -> None:
    value: Any = [A]
    for _ in range(depth):
        value = {"inside": value}
    with pytest.raises(InputError, match=r"x\.json"):
        read_json(value)


@pytest.mark.slow
@pytest.mark.parametrize(
    "inside", [{"title": "T", "abstract": "x"}, [{"title": "T"}], "x", {"a": [{"b": 1}]}, 7]
)
def test_very_many_keys_are_read_or_refused(inside: Any) -> None:
    count = 20_000
    value = {f"key{number}": inside for number in range(count)}
    try:
        assert len(read_json(value).sessions) == count
    except InputError as error:
        assert "holds no list of sessions" in str(error)


KEYS = st.sampled_from(["2026-05-12", "10:00", "Room 1", "101", "knots", "sessions", "rooms", "speakers",
                        "days",
                        "<b>", "", "en", "de", "value", "content", "data", "id", "title", "name", "schedule",
                        "start", "slots", "relationships", "included", "seconds"])  # fmt: skip
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["Knots", "101", "10:00", "2026-05-12", "jo", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.slow
@settings(derandomize=True, max_examples=500)
@given(VALUES)
def test_any_shape_is_read_or_refused(value: Any) -> None:
    try:
        read_bytes("x.json", json.dumps(value).encode(), format="json", timezone="UTC")
    except InputError as error:
        assert "x.json" in str(error)
