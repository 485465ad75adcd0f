"""A pytest plugin: a client of a conference of two days with a bit of everything."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from service.session import Session
from service.web import create_app
from support.web_fixtures import SESSIONS, open_loaded

WARD, REGION, PIPELINES, MAPS = SESSIONS
BRUSSELS = ZoneInfo("Europe/Brussels")
START = datetime(2019, 2, 2, 10, 0, tzinfo=BRUSSELS)
NOW = "now=2019-02-02T10:20%2B01:00"
HOSTILE = "<img src=x onerror=alert(1)>\"'&{{7*7}}"


def at(number: int, room: str = "Aula", *, hours: float = 0, **fields: object) -> Session:
    """A session of 45 minutes, so many hours after START."""
    start = START + timedelta(hours=hours)
    values: dict[str, object] = {
        "event": "FOSS",
        "year": 2019,
        "source_id": str(number),
        "title": f"Talk number {number}",
        "room": room,
        "starts_at": start,
        "ends_at": start + timedelta(minutes=45),
    }
    return Session(**{**values, **fields})  # type: ignore[arg-type]  # fields by name


FOSS = [
    at(1, track="Python", speakers=("Ana Ruiz", "Bo Li"), language="de"),
    at(2, "Room 10"),
    at(3, "Room 2", hours=0.5),
    at(4, hours=1),
    at(5, hours=24),
    at(6, cancelled=True, hours=0.25),
    at(7, "", hours=2),
    at(8, starts_at=START.replace(hour=0), ends_at=None),
    at(9, starts_at=None, ends_at=None),
    at(10, "Room 2", hours=13.75, ends_at=START + timedelta(hours=14.5)),
    at(11, HOSTILE, title=HOSTILE, track=HOSTILE, speakers=(HOSTILE,), hours=3),
    at(12, "Room 2", starts_at=datetime(2019, 2, 2, 16), ends_at=None),
]


@pytest.fixture(scope="module")
def foss(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    older = replace(FOSS[0], year=2018, starts_at=None, ends_at=None)
    store, searcher = open_loaded(tmp_path_factory.mktemp("foss"), [*SESSIONS, *FOSS, older])
    yield create_app(searcher).test_client()
    store.close()
