"""A pytest plugin: a programme of a few days in every store, and what is asked of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from service.filters import Filters
from service.programme.day import NoProgramme, ProgrammeDay
from service.programme.programmes import Programmes
from service.query.facet_cache import FacetCache
from service.session import Session
from support.stores import Written, talk

VIENNA, TOKYO = ZoneInfo("Europe/Vienna"), ZoneInfo("Asia/Tokyo")


def at(
    number: int,
    day: int,
    clock: str,
    lasts: int | None,
    room: str = "Hall A",
    zone: ZoneInfo | None = VIENNA,
    **fields: object,
) -> Session:
    """A session of May 2026 in Vienna, unless other fields are given."""
    hour, minute = map(int, clock.split(":"))
    start = datetime(2026, 5, day, hour, minute, tzinfo=zone)
    ends = None if lasts is None else start + timedelta(minutes=lasts)
    values = {"room": room, "starts_at": start, "ends_at": ends, **fields}
    return talk(number, **values)  # type: ignore[arg-type]  # fields of a session


SESSIONS = [
    at(0, 12, "09:00", 30, track="Health"),
    at(1, 12, "09:00", 90, "Hall B"),
    at(2, 12, "09:30", 30, speakers=("Zoë Berg",)),
    at(3, 12, "10:30", 30, "Hall B"),
    at(4, 12, "10:45", 30),
    at(5, 12, "11:30", 30),
    at(6, 12, "09:15", 60, "Hall C", cancelled=True),
    at(7, 12, "09:10", 60, "Hall C", zone=None),
    at(8, 12, "00:00", None),
    at(9, 12, "23:30", 90),
    at(10, 13, "09:00", 60, track="Health"),
    talk(11, "B without a day", room="Hall A"),
    talk(12, "A without a day", track="Health"),
    at(20, 1, "10:00", 30, event="Meetup", zone=TOKYO),
    talk(21, event="Archive", year=2011, track="Maps"),
]


@pytest.fixture
def programmes(written: Written) -> Programmes:
    return Programmes(written(SESSIONS), FacetCache())


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-05-{text}").replace(tzinfo=VIENNA)


def day(
    programmes: Programmes, now: str = "12T09:20", part: str = "", /, **filters: Any
) -> ProgrammeDay:
    found = programmes.find(Filters(**filters), now=moment(now), part=part)
    assert isinstance(found, ProgrammeDay)
    return found


def numbers(sessions: Sequence[Session]) -> list[int]:
    return [int(session.source_id) for session in sessions]


def none(programmes: Programmes, /, **filters: Any) -> NoProgramme:
    found = programmes.find(Filters(**filters), now=moment("12T09:00"))
    assert isinstance(found, NoProgramme)
    return found
