import json
from datetime import datetime

import pytest
from support.reading_sources import Reading, read, read_bytes

from loaders.json_objects.shapes import Simplifier
from loaders.records.record import Options
from service.errors import InputError


def test_lists_and_lists_inside_objects() -> None:
    listed = read("list.json", timezone="UTC")
    assert listed.titles == ["Sails"]
    assert listed.sessions[0].speakers == ("Su Sheet",)
    assert [place.rpartition("#")[2] for place, _ in listed.skipped] == ["2", "3"]
    assert listed.noted == [
        "keys not understood: score",
        "a date without a time: it starts at 00:00",
    ]
    assert read("inside.json").titles == ["Sails"]


def test_lines_go_on_after_a_bad_one() -> None:
    lines = read("lines.csv.jsonl")
    assert lines.formats == ["jsonl"]
    assert lines.titles == ["Sails", "Knots", "Anchors"]
    assert [(place.rpartition(":")[2], reason) for place, reason in lines.skipped] == [
        ("4", "not valid JSON: Expecting value"),
        ("5", "not a JSON object"),
    ]
    assert lines.sessions[1].abstract == ""
    assert (lines.sessions[2].event, lines.sessions[2].year) == ("Iron Conf", 2020)


def test_a_single_session_is_a_list_of_one() -> None:
    assert read_bytes("x.json", b'{"title": "Sails",\n "abstract": "Hoisted."}').titles == ["Sails"]


def test_keys_can_be_mapped() -> None:
    content = json.dumps([{"Nombre raro": "Sails"}]).encode()
    with pytest.raises(InputError, match='--map "Key=title"'):
        read_bytes("x.json", content)
    assert read_bytes("x.json", content, columns=(("Nombre raro", "title"),)).titles == ["Sails"]


def test_states_are_kept_to() -> None:
    content = json.dumps(
        [{"title": "a", "state": "confirmed"}, {"title": "b", "state": "rejected"}]
    )
    reading = read_bytes("x.json", content.encode())
    assert (reading.titles, reading.reasons) == (["a"], ["not accepted: rejected"])


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'[{"title": "Sails"', r"x\.json:1:19: not valid JSON"),
        (b"[" * 100_000, "nests too deeply"),
        (b'[{"title": ' + b"9" * 5_000 + b"}]", "not valid JSON"),
        (b'{"a": {"b": [1, 2]}}', "holds no list of sessions"),
        (b'[{"title": "a\0b"}]', "not valid JSON"),
    ],
)
def test_damaged_files_are_refused_whole(content: bytes, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        read_bytes("x.json", content)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"title": "\xc3\xa9 caf\xe9"}', "not valid UTF-8"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"title": ' + b"9" * 5_000 + b"}", "not valid JSON: a number of thousands of digits"),
    ],
)
def test_damaged_lines_are_skipped(line: bytes, reason: str) -> None:
    reading = read_bytes("x.jsonl", b'{"title": "Sails"}\n' + line + b'\n{"title": "Knots"}\n')
    assert (reading.titles, reading.reasons) == (["Sails", "Knots"], [reason])


def test_lone_surrogates_are_dropped() -> None:
    reading = read_bytes("x.json", b'[{"title": "a\\ud800b", "id": "\\udfff1", "room": "\\ud800"}]')
    (session,) = reading.sessions
    assert (session.title, session.source_id, session.room) == ("ab", "1", "")


def test_utf_16_and_windows_1252() -> None:
    for encoding in ("utf-16", "cp1252"):
        assert read_bytes("x.json", '[{"title": "Über"}]'.encode(encoding)).titles == ["Über"]


def test_sessionize_all() -> None:
    reading = read("sessionize_all.json", timezone="Europe/Vienna")
    (session,) = reading.sessions
    assert reading.formats == ["sessionize"]
    assert session.speakers == ("Ines Harbour", "Bo Mole")
    assert (session.track, session.level, session.tags) == ("Logistics", "Advanced", ("Cranes",))
    assert (session.room, session.abstract, session.ends_at) == ("Dock 3", "", None)
    assert session.as_dict()["starts_at"] == "2024-04-20T14:30:00+02:00"
    assert reading.reasons == ["service session (break, registration)", "not accepted: Declined"]


def test_sessionize_sessions_and_grid() -> None:
    (session,) = read("sessionize_sessions.json").sessions
    assert (session.speakers, session.language, session.room) == (("Kai Moon",), "de", "Beach")
    assert session.url == "https://example.org/live"
    assert read("sessionize_grid.json", timezone="UTC").titles == ["Knots"]


def test_sessionize_as_a_plain_list() -> None:
    value = [{"id": "1", "title": "Knots", "isServiceSession": False, "room": "Dock"}]
    reading = read_bytes("x.json", json.dumps(value).encode())
    assert (reading.formats, reading.titles) == (["sessionize"], ["Knots"])


def test_sessionize_speakers_are_no_sessions() -> None:
    with pytest.raises(InputError, match="holds no sessions"):
        read("sessionize_speakers.json")
    for value in (
        {"sessions": [{"isServiceSession": True, "id": 1}]},
        {"isServiceSession": 1, "sessions": {}},
    ):
        try:
            assert read_bytes("x.json", json.dumps(value).encode()).titles == []
        except InputError as error:
            assert "holds no sessions" in str(error)


def test_schedule_json() -> None:
    reading = read("frab.json")
    lamps, late = reading.sessions
    assert reading.formats == ["schedule.json"]
    assert (lamps.event, lamps.year, lamps.title, lamps.track) == (
        "Camp of Lamps",
        2023,
        "Lamps",
        "Light",
    )
    assert lamps.speakers == ("L. Wick", "Ana Glow")
    assert lamps.as_dict()["starts_at"] == "2023-08-15T20:00:00+02:00", (
        "an offset wins over the zone"
    )
    assert (late.room, late.as_dict()["starts_at"]) == ("Tent", "2023-08-15T22:00:00+00:00")
    assert reading.reasons == ["not a JSON object"]


@pytest.mark.parametrize(
    "value",
    [
        {"schedule": {"conference": []}},
        {"schedule": {"conference": None}, "x": 1},
        {"schedule": {"conference": {"days": [{"rooms": {}}]}, "events": 3}},
    ],
)
def test_schedule_json_without_a_conference(value: object) -> None:
    with pytest.raises(InputError, match="holds no schedule"):
        read_bytes("x.json", json.dumps(value).encode(), format="schedule.json")
    with pytest.raises(InputError, match="holds no list of sessions"):
        read_bytes("x.json", json.dumps(value).encode())


def test_schedule_json_of_odd_shapes() -> None:
    days = [
        {"rooms": [{"name": "Tent", "events": [{"title": "A", "id": None, "code": "C"}]}, 3]},
        "no day",
    ]
    content = {"schedule": {"conference": {"title": ["x"], "days": days}}}
    (session,) = read_bytes("x.json", json.dumps(content).encode()).sessions
    assert (session.source_id, session.room) == ("C", "Tent")


def test_values_that_need_no_change_are_not_copied() -> None:
    event = {"title": "A", "persons": [{"name": "Jo"}], "track": {"en": "Nets", "de": "Netze"}}
    value = {"events": [event], "rooms": [{"name": "Tent"}]}
    simple = Simplifier(Options()).simplify(value)
    assert simple["events"] == [{**event, "track": "Nets"}]
    assert simple["events"][0]["persons"] is event["persons"]
    assert simple["rooms"] is value["rooms"]


def test_sched_csv_in_a_json_file_and_json() -> None:
    for name in ("sched.json", "sched_list.json"):
        reading = read(name)
        (session,) = reading.sessions
        assert reading.formats == ["sched"]
        assert (session.title, session.speakers) == ("Rope work", ("Mo Rope", "Jo Line"))
        assert (session.track, session.level, session.room) == ("Rigging", "Beginner", "Loft")
        assert session.as_dict()["starts_at"] == "2024-07-01T09:00:00-04:00", (
            "local start and epoch"
        )
    assert read("sched.json").reasons == [
        "hidden (active: N)",
        "service session (break, registration)",
    ]
    assert read("sched.json").sessions[0].abstract == "Tie & splice."


def test_sched_takes_the_zone_that_agrees() -> None:
    (session,) = read("sched.json", timezone="America/New_York").sessions
    assert session.timezone == "America/New_York"


@pytest.mark.parametrize("epoch", ["", "x", "1e400", "1719838801", "0", "nan"])
def test_sched_without_a_zone(epoch: str) -> None:
    row = {
        "event_key": "1",
        "event_type": "",
        "name": "A",
        "event_start": "2024-07-01 09:00",
        "start_time_ts": epoch,
    }
    (session,) = read_bytes("x.json", json.dumps([row]).encode()).sessions
    assert session.starts_at == datetime(2024, 7, 1, 9)
    assert session.timezone is None


def test_sched_that_is_no_list() -> None:
    content = b'{"event_key": 1, "event_start": 2, "event_type": 3}'
    with pytest.raises(InputError, match="holds no list"):
        read_bytes("x.json", content)


def test_formats_can_be_named() -> None:
    def named(format: str) -> Reading:
        return read("list.json", format=format, timezone="UTC")

    assert named("json").titles == ["Sails"]
    assert named("JSON").formats == ["json"]
    with pytest.raises(InputError, match="There is no format 'toml'"):
        named("toml")


def test_what_no_reader_takes_is_refused_if_it_was_named() -> None:
    for content in (
        b"\x89PNG\r\n\0\0",
        b"just prose\n",
        b"%PDF-1.7",
        b"[draft] x",
    ):
        with pytest.raises(InputError, match="in no format this program reads"):
            read_bytes("x.bin", content)


def test_lines_with_carriage_returns_blank_ones_and_nan() -> None:
    content = (
        b'{"title": "A", "id": 1, "abstract": NaN}\r\n\r\n{"title": "B", "id": NaN}\r\n{"title"'
    )
    found = read_bytes("windows.jsonl", content)
    assert [(session.title, session.abstract) for session in found.sessions] == [
        ("A", ""),
        ("B", ""),
    ]
    assert [place for place, _ in found.skipped] == ["windows.jsonl:4"]


def test_people_before_the_talks_are_no_sessions() -> None:
    value = {"speakers": [{"name": "Jo", "bio": "x"}], "talks": [{"title": "A", "abstract": "x"}]}
    assert read_bytes("x.json", json.dumps(value).encode()).titles == ["A"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig", "cp1252"])
def test_lines_in_other_encodings(encoding: str) -> None:
    lines = '{"title": "Übersetzen"}\n{"title": "Möwen"}\n'
    reading = read_bytes("x.jsonl", lines.encode(encoding), format="jsonl")
    assert (reading.titles, reading.skipped) == (["Übersetzen", "Möwen"], [])


def test_keys_that_come_late_are_read_too() -> None:
    early = [json.dumps({"title": f"T{number}", "abstract": "x"}) for number in range(250)]
    late = {"title": "A", "room": "Quay", "speakers": ["Jo Line"], "track": "Rope", "score": 1}
    found = read_bytes("x.jsonl", "\n".join([*early, json.dumps(late)]).encode())
    assert len(found.sessions) == 251
    session = found.sessions[-1]
    assert (session.room, session.speakers, session.track) == ("Quay", ("Jo Line",), "Rope")
    assert found.noted == ["keys not understood: score"]
