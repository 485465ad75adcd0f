"""Small programmes as conferences publish them: headings in many languages, days and rooms above and around."""

import json
from typing import Any

import pytest
from support.reading_sources import Reading, read_bytes, xlsx

from service.errors import InputError


def placed(reading: Reading) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Return title, times, room and speakers of each session."""
    return [
        (
            it.title,
            (f"{it.starts_at:%d %H:%M}" if it.starts_at else "")
            + (f"-{it.ends_at:%H:%M}" if it.ends_at else ""),
            it.room,
            it.speakers,
        )
        for it in reading.sessions
    ]


MAPS = ("Maps", "12 10:00-10:45", "Hall 1", ("Ada King",))
ROADS = ("Roads", "13 14:30-15:15", "Hall 2", ("Bo Li", "Cy Poe"))


@pytest.mark.parametrize(
    "text",
    [
        "Datum;Begin;Einde;Zaal;Titel;Spreker\n12-05-2026;10:00;10:45;Hall 1;Maps;Ada King\n"
        "13-05-2026;14:30;15:15;Hall 2;Roads;Bo Li en Cy Poe\n",
        "日付,開始時間,終了時間,会場,タイトル,発表者\n2026年5月12日(火),10:00,10:45,Hall 1,Maps,Ada King\n"
        "2026年5月13日(水),14時30分,15時15分,Hall 2,Roads,Bo Li、Cy Poe\n",
        "日期,时间,地点,题目,演讲者\n2026-05-12,10:00-10:45,Hall 1,Maps,Ada King\n"
        "2026-05-13,14:30-15:15,Hall 2,Roads,Bo Li、Cy Poe\n",
        "Uhrzeit;Raum;Titel;Referent*in\nDienstag, 12. Mai 2026;;;\n10.00 - 10.45 Uhr;Hall 1;Maps;Ada King\n"
        "12.00 - 13.00;;;\nMittwoch, 13. Mai 2026;;;\n14.30–15.15;Hall 2;Roads;Bo Li, Cy Poe\n",
    ],
)  # fmt: skip
def test_headings_and_times_in_other_languages(text: str) -> None:
    reading = read_bytes("x.csv", text.encode("utf-8-sig"), timezone="UTC")
    assert placed(reading) == [MAPS, ROADS]


TALK = {"title": "Maps", "speaker": "Ada King", "end": "10:45"}
OTHER = {"title": "Roads", "speakers": ["Bo Li", "Cy Poe"], "end": "15:15"}


@pytest.mark.parametrize(
    "value",
    [
        {"2026-05-12": {"Hall 1": [{**TALK, "time": "10:00"}]},
         "2026-05-13": {"Hall 2": [{**OTHER, "time": "2.30pm"}]}},
        [{"day": "12 May", "time": "10:00", "talks": [{**TALK, "location": "Hall 1"}]},
         {"day": "13 May", "time": "14h30", "talks": [{**OTHER, "location": "Hall 2"}]}],
    ],
)  # fmt: skip
def test_days_rooms_and_times_around_sessions(value: Any) -> None:
    reading = read_bytes("x.json", json.dumps(value).encode(), timezone="UTC")
    assert placed(reading) == [MAPS, ROADS]
    assert reading.noted == []


@pytest.mark.parametrize("key", ["withdrawn", "is_rejected", "Declined", "hidden"])
def test_what_is_marked_as_withdrawn_is_left_out(key: str) -> None:
    talks = [{"title": "Maps", key: False}, {"title": "Roads", key: True}]
    reading = read_bytes("x.json", json.dumps(talks).encode())
    assert (reading.titles, reading.reasons) == (["Maps"], ["not accepted: withdrawn or hidden"])


def test_a_performer_has_a_name_in_parts() -> None:
    event = {"@type": "Event", "name": "Maps", "startDate": "2026-05-12T10:00",
             "performer": {"@type": "Person", "givenName": "Ada", "familyName": "King"}}  # fmt: skip
    page = f'<html><script type="application/ld+json">{json.dumps(event)}</script></html>'
    (session,) = read_bytes("x.html", page.encode(), timezone="UTC").sessions
    assert session.speakers == ("Ada King",)


@pytest.mark.parametrize(
    "rows",
    [
        ["Time,Hall 1,Hall 2", "12 May 2026,,", "9:00-9:30,Opening,", "10:00-10:45,Maps (Ada King),",
         "13 May 2026,,", '2:30pm-3:15pm,,"Roads (Bo Li, Cy Poe)"'],
        ["Day,Time,Hall 1,Hall 2", "12 May 2026,9:00-9:30,Opening,", ",10:00-10:45,Maps - Ada King,",
         '13 May 2026,14:30-15:15,,"Roads - Bo Li, Cy Poe"'],
        ["Horaire;Hall 1;Hall 2", "mardi 12 mai 2026;;", "9h00 - 9h30;Opening;",
         '10h00 - 10h45;"Maps\nAda King";',
         "mercredi 13 mai 2026;;", '14h30 - 15h15;;"Roads\nBo Li, Cy Poe"'],
    ],
)  # fmt: skip
def test_a_grid_without_a_list_of_its_talks_is_a_programme(rows: list[str]) -> None:
    reading = read_bytes("x.csv", "\n".join(rows).encode(), timezone="UTC")
    talks = [one for one in placed(reading) if one[0] != "Opening"]
    assert talks == [("Maps", "12 10:00-10:45", "", ("Ada King",)), ROADS]
    assert "a timetable without a file of its talks" in reading.noted[0]


def test_rows_that_name_a_room_give_it_to_those_below() -> None:
    rows = ["Hall 1,,", "Time,Title,Speaker", "12 May 2026 10:00-10:45,Maps,Ada King", "Hall 2,,",
            "13 May 2026 14:30-15:15,Roads,Bo Li and Cy Poe"]  # fmt: skip
    reading = read_bytes("x.csv", "\n".join(rows).encode(), timezone="UTC")
    assert placed(reading) == [MAPS, ROADS]
    assert reading.reasons == ["the heading of a room or track, not a session"]


def test_a_refusal_names_the_column_that_is_most_like_titles() -> None:
    rows = ["Qwe,Asd,Yxc", "1,Maps of the world,Ada", "2,Roads and bridges,Bo"]
    with pytest.raises(InputError, match=r'--map "Asd=title"'):
        read_bytes("x.csv", "\n".join(rows).encode())


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Day,Time", "Day 1 - May 12 2026,1000-1045"),
        ("Date,Time", "12-May-26,10:00 hrs - 10:45 hrs"),
        ("Date,start_at,end_at", "2026-05-12,10h,10h45"),
        ("Date,Start Time,Time End", "2026-05-12,10.00am,10.45am"),
    ],
)
def test_times_as_they_are_written(header: str, cells: str) -> None:
    text = f"{header},Title,Speaker,Room\n{cells},Maps,Ada King,Hall 1\n"
    assert placed(read_bytes("x.csv", text.encode(), timezone="UTC")) == [MAPS]


def test_an_end_at_24_o_clock_is_midnight() -> None:
    (session,) = read_bytes(
        "x.csv", b"Title,Start,End\nMaps,2026-05-12 23:00,24:00\n", timezone="UTC"
    ).sessions
    assert f"{session.ends_at:%d %H:%M}" == "13 00:00"


def test_those_who_present_with_the_first_are_speakers_too() -> None:
    text = "Title,First Name,Last Name,Co-presenter\nMaps,Ada,King,Bo Li\n"
    (session,) = read_bytes("x.csv", text.encode()).sessions
    assert session.speakers == ("Ada King", "Bo Li")


def test_a_day_and_a_track_by_their_names() -> None:
    days = {
        "Day 1": {"date": "2026-05-12", "sessions": [{**TALK, "time": "10:00", "room": "Hall 1"}]}
    }
    tracks = [
        {"name": "Track 1", "items": [{**OTHER, "time": "2026-05-13 14:30", "room": "Hall 2"}]}
    ]
    for value, session, track in ((days, MAPS, ""), (tracks, ROADS, "Track 1")):
        reading = read_bytes("x.json", json.dumps(value).encode(), timezone="UTC")
        assert (placed(reading), reading.sessions[0].track) == ([session], track)


def test_a_table_of_ids_and_times_places_the_talks_of_another_sheet() -> None:
    talks: list[list[str | float]] = [
        ["ID", "Title", "Abstract", "Speaker"], ["7", "Maps", "About maps.", "Ada King"],
        ["8", "Looms", "About looms.", "Eva Ray"], ["9", "Roads", "About roads.", "Bo Li and Cy Poe"],
    ]  # fmt: skip
    places: list[list[str | float]] = [
        ["Talk ID", "Day", "Start", "End", "Room"], ["9", "2026-05-13", "14:30", "15:15", "Hall 2"],
        ["7", "2026-05-12", "10:00", "10:45", "Hall 1"], ["8", "2026-05-12", "11:00", "11:45", "Hall 1"],
    ]  # fmt: skip
    reading = read_bytes("x.xlsx", xlsx({"Talks": talks, "Times": places}), timezone="UTC")
    assert [one for one in placed(reading) if one[0] != "Looms"] == [MAPS, ROADS]
    with pytest.raises(InputError, match="is a timetable by ids"):
        read_bytes("x.xlsx", xlsx({"Times": places}))


def test_columns_of_a_grid_may_be_tracks_and_its_times_parts_of_days() -> None:
    rows: list[list[str | float]] = [
        ["Time", "Track A", "Track B"], ["Tuesday, May 12, 2026"], [0.375, "Maps", "Roads"], [0.5625, "Looms"],
    ]  # fmt: skip
    maps, roads, looms = read_bytes("x.xlsx", xlsx({"S": rows}), timezone="UTC").sessions
    assert [(it.track, it.room) for it in (maps, roads)] == [("Track A", ""), ("Track B", "")]
    assert [f"{it.starts_at:%H:%M}" for it in (maps, looms)] == ["09:00", "13:30"]


def test_slots_by_id_say_when_sessions_are() -> None:
    slots = {"d1s1": {"date": "2026-05-12", "start": "10:00", "end": "10:45"}}
    talk = {"title": "Maps", "speaker": "Ada King", "slot": "d1s1", "room": "Hall 1"}
    for value in (
        {"sessions": [talk], "slots": slots},
        {"sessions": [talk], "timeslots": [{"id": "d1s1", **slots["d1s1"]}]},
    ):
        reading = read_bytes("x.json", json.dumps(value).encode(), timezone="UTC")
        assert placed(reading) == [MAPS]


def test_hours_and_minutes_in_an_object() -> None:
    talk = {**TALK, "date": "2026-05-12", "startTime": {"hour": 10, "minute": 0}, "room": "Hall 1"}
    assert placed(read_bytes("x.json", json.dumps([talk]).encode(), timezone="UTC")) == [MAPS]


def test_a_schedule_in_yaml_under_any_name() -> None:
    text = """
- day: 1
  date: 2026-05-12
  rooms:
    - {name: Hall 1, sessions: [{time: "10:00-10:45", title: Maps, speaker: Ada King}]}
- day: 2
  date: 2026-05-13
  rooms:
    - {name: Hall 2, sessions: [{time: "14:30-15:15", title: Roads, speakers: [Bo Li, Cy Poe]}]}
"""
    assert placed(read_bytes("x.yml", text.encode(), timezone="UTC")) == [MAPS, ROADS]


def test_bars_separate_cells() -> None:
    text = "Title|Speaker|Start|End|Room\nMaps|Ada King|2026-05-12 10:00|10:45|Hall 1\n"
    assert placed(read_bytes("x.csv", text.encode(), timezone="UTC")) == [MAPS]


def test_and_others_is_nobody() -> None:
    (session,) = read_bytes("x.csv", b"Title,Authors\nMaps,Ada King; et al.\n").sessions
    assert session.speakers == ("Ada King",)


def test_states_of_reviews() -> None:
    states = ["Conditional accept", "Desk-rejected", "accept (oral)"]
    talks = [{"title": state, "decision": state} for state in states]
    hidden = {"title": "Hidden", "is_public": False}
    reading = read_bytes("x.json", json.dumps([*talks, hidden]).encode())
    assert reading.titles == ["Conditional accept", "accept (oral)"]
