"""Small programmes as conferences publish them: headings in many languages, days and rooms above and around."""

import json
from typing import Any

import pytest
from support.reading_sources import Reading, read_bytes


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
