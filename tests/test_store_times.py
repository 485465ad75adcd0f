"""Time of day, length, the calendar and the order of time: the same in every store, told where they lack."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from qdrant_client import QdrantClient
from support.programmes import Loading, row
from support.stores import ENCODER, OpenStore, Written, store_on, talk, write

from service.errors import DamagedError, RefusedError
from service.filters import NO_FILTERS, Filters
from service.session import Session
from service.stores.edge.store import EdgeStore
from service.stores.editions import EditionDay, read_editions
from service.stores.payload import encode_payload
from service.stores.protocol import SessionStore
from service.stores.schema import payload_indexes

_VIENNA, _NEW_YORK = ZoneInfo("Europe/Vienna"), ZoneInfo("America/New_York")


def at(
    number: int,
    hour: int,
    minute: int,
    lasts: int | None = 30,
    *,
    day: int = 12,
    zone: ZoneInfo = _VIENNA,
    title: str = "",
    **fields: object,
) -> Session:
    """A session that starts at that local time, in Vienna unless another zone is given."""
    start = datetime(2026, 5, day, hour, minute, tzinfo=zone)
    ends = None if lasts is None else start + timedelta(minutes=lasts)
    return talk(number, title, starts_at=start, ends_at=ends, **fields)


SESSIONS = [
    at(0, 9, 0),
    at(1, 9, 30, 60, title="Zebra"),
    at(2, 9, 30, 20, title="aardvark"),
    at(3, 12, 0, 90),
    at(4, 23, 30, 60),
    at(5, 10, 30, None),
    at(6, 0, 0, None, day=13),
    at(7, 4, 0, 45, day=11, zone=_NEW_YORK, event="Meetup", year=2025),
    talk(8, "Without a time"),
    talk(9, "also without"),
]
BACKWARDS = [6, 4, 3, 5, 2, 1, 0, 7, 9, 8]


def found(store: SessionStore, filters: Filters) -> set[int]:
    """The numbers of the sessions that a search finds, which are those that are counted."""
    vector = ENCODER.encode_queries(["talk"])[0]
    with store.reading() as generation:
        hits = generation.search(vector, 50, filters)
        assert generation.count(filters) == len(hits)
    return {int(hit.session.source_id) for hit in hits}


def test_filters_of_time(written: Written) -> None:
    store = written(SESSIONS)
    cases: tuple[tuple[dict[str, str | int], set[int]], ...] = (
        ({"from": "09:30"}, {1, 2, 3, 4, 5}),
        ({"from": "9:31"}, {3, 4, 5}),
        ({"to": "09:30"}, {0, 7}),
        ({"from": "09:30", "to": "12:00"}, {1, 2, 5}),
        ({"at": "09:30"}, {1, 2}),
        ({"at": "09:29"}, {0}),
        ({"at": "09:50"}, {1}),
        ({"at": "10:30"}, {5}),
        ({"at": "10:31"}, set()),
        ({"at": "23:45"}, {4}),
        ({"at": "00:15"}, set()),
        ({"min_minutes": 60}, {1, 3, 4}),
        ({"max_minutes": 30}, {0, 2}),
        ({"min_minutes": 30, "max_minutes": 45}, {0, 7}),
        ({"to": "10:00", "year": 2025}, {7}),
        ({"from": "00:00", "day": "2026-05-12"}, {0, 1, 2, 3, 4, 5}),
    )
    for given, numbers in cases:
        filters = Filters(**{name: (value,) for name, value in given.items()})
        assert found(store, filters) == numbers, given


def test_the_calendar_has_each_day_of_each_edition(written: Written) -> None:
    store = written(SESSIONS)
    with store.reading() as generation:
        calendar = generation.calendar()
    assert calendar == [
        EditionDay("Meetup", 2025, "2026-05-11", "America/New_York", 1),
        EditionDay("Summit", 2026, "", "", 2),
        EditionDay("Summit", 2026, "2026-05-12", "Europe/Vienna", 6),
        EditionDay("Summit", 2026, "2026-05-13", "Europe/Vienna", 1),
    ]


@pytest.mark.parametrize("key", ["Summit", '["Summit", 2026]', '["Summit", "soon", "", ""]', 7])
def test_a_calendar_that_is_none_is_damaged(key: str | int) -> None:
    with pytest.raises(DamagedError, match="calendar cannot be read"):
        read_editions([(key, 1)])


def test_the_programme_is_in_order_of_time(written: Written) -> None:
    store = written(SESSIONS[::-1])
    order = [0, 2, 1, 5, 3, 4, 6, 9, 8]
    with store.reading() as generation:
        for limit in range(1, 12):
            listed = generation.programme(NO_FILTERS, limit)
            assert [int(one.source_id) for one in listed] == [7, *order][:limit]
        summit = generation.programme(Filters(event=("Summit",)), 50)
        morning = generation.programme(Filters(to=("12:00",), year=(2026,)), 3)
        nothing = generation.programme(Filters(room=("Nowhere",)), 3)
        latest = [
            generation.programme(NO_FILTERS, limit, latest_first=True) for limit in range(1, 12)
        ]
    assert [int(one.source_id) for one in summit] == order
    for limit, backwards in enumerate(latest, 1):
        assert [int(one.source_id) for one in backwards] == BACKWARDS[:limit]
    assert morning == [SESSIONS[number] for number in (0, 2, 1)]
    assert nothing == []


def test_a_brief_programme_is_without_texts(written: Written) -> None:
    whole = [replace(one, abstract="Long.", tags=("tag",), sequence=2) for one in SESSIONS[:6]]
    with written(whole).reading() as generation:
        listed = generation.programme(NO_FILTERS, 6)
        brief = generation.programme(NO_FILTERS, 6, brief=True)
    assert brief == [replace(one, abstract="", tags=()) for one in listed]
    assert {one.sequence for one in brief} == {2}


def test_the_programme_is_the_same_wherever_points_are_stored(written: Written) -> None:
    start = datetime(2026, 5, 12, 9, tzinfo=UTC)
    together = [talk(number, f"Talk {number:03}", starts_at=start) for number in range(40)]
    for sessions in (together, together[::-1]):
        with written(sessions).reading() as generation:
            assert generation.programme(NO_FILTERS, 7) == together[:7]


def test_local_times_stand_beside_those_of_a_zone(written: Written) -> None:
    """They are ordered as if they were UTC, filtered by day and minute, and come back as they were."""
    local = [
        talk(number, title, event="Local", starts_at=datetime(2026, 5, 12, hour, 30))
        for number, title, hour in ((0, "Late", 12), (1, "Early", 7), (2, "Also early", 7))
    ]
    zoned = [at(3, 9, 30, title="Beta"), at(4, 9, 0), at(5, 15, 0), talk(6, "Without a time")]
    off = at(7, 9, 0, title="Off", cancelled=True)
    store = written([*local, *zoned, off])
    with store.reading() as generation:
        listed = generation.programme(NO_FILTERS, 50)
        assert [int(one.source_id) for one in listed] == [7, 4, 2, 3, 1, 0, 5, 6]
        for limit in range(1, 8):
            assert generation.programme(NO_FILTERS, limit) == listed[:limit]
        assert sorted(listed, key=lambda one: one.source_id) == [*local, *zoned, off]
        calendar = generation.calendar()
    assert calendar[0] == EditionDay("Local", 2026, "2026-05-12", "", 3)
    assert found(store, Filters(day=("2026-05-12",))) == {0, 1, 2, 3, 4, 5, 7}
    assert found(store, Filters(at=("07:30",))) == {1, 2}
    assert found(store, Filters(status=("scheduled",))) == {3, 4, 5, 6}
    assert found(store, Filters(status=("scheduled", "local"))) == {0, 1, 2, 3, 4, 5, 6}
    assert found(store, Filters(status=("cancelled",))) == {7}


@pytest.fixture
def older(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Generations are written as before there were filters of time, until this is undone."""
    lacking = {"start_minute", "end_minute", "duration_minutes", "calendar"}
    indexes = {name: type for name, type in payload_indexes().items() if name not in lacking}

    def encode(session: Session) -> dict[str, object]:
        stored = encode_payload(session)
        return {name: value for name, value in stored.items() if name not in lacking}

    with monkeypatch.context() as patch:
        for module in ("edge.writing", "server.create", "server.store"):
            patch.setattr(f"service.stores.{module}.payload_indexes", lambda: indexes)
        for module in ("edge.writing", "server.writing"):
            patch.setattr(f"service.stores.{module}.encode_payload", encode)
        yield patch


def test_a_generation_of_before_refuses_filters_of_time(
    open_store: OpenStore, older: pytest.MonkeyPatch
) -> None:
    store = open_store()
    assert not write(store, SESSIONS).is_current
    for name, value in (("from", "09:00"), ("at", "09:00"), ("min_minutes", 5)):
        with pytest.raises(RefusedError, match=f"filtered by {name}. Load the conference again"):
            found(store, Filters(**{name: (value,)}))
        with store.reading() as generation, pytest.raises(RefusedError):
            generation.programme(Filters(**{name: (value,)}), 3)
    assert found(store, Filters(day=("2026-05-13",))) == {6}
    with store.reading() as generation:
        assert generation.calendar() == []
        assert generation.programme(NO_FILTERS, 2) == [SESSIONS[7], SESSIONS[0]]
    older.undo()
    assert write(store, SESSIONS).is_current
    assert found(store, Filters(at=("09:00",))) == {0}


@pytest.mark.parametrize("kind", ["embedded", "memory"])
def test_the_next_load_brings_the_filters_and_changes_no_session(
    kind: str, tmp_path: Path, older: pytest.MonkeyPatch
) -> None:
    store: SessionStore = (
        EdgeStore(tmp_path / "data", "sessions")
        if kind == "embedded"
        else store_on(QdrantClient(":memory:"), in_place_from=0)
    )
    loading = Loading(store, tmp_path)
    loading.rows([row(1), row(2)])
    loading.encoder.embedded.clear()
    older.undo()
    with pytest.raises(RefusedError):
        found(store, Filters(at=("10:00",)))
    loading.rows([row(1), row(2)])
    assert loading.said[-2].endswith(
        "2 same; the catalogue is of an older version: all 2 written anew"
    )
    assert loading.encoder.embedded == []
    assert found(store, Filters(at=("10:00",))) == {1}
    with store.reading() as generation:
        assert generation.calendar() == [EditionDay("Summit", 2026, "2026-05-12", "+02:00", 2)]
    store.close()


def test_calendar_starts_and_titles_of_what_passes(written: Written) -> None:
    store = written(SESSIONS)
    morning = Filters(event=["Summit"], day=["2026-05-12"], to=["12:00"])
    nobody = Filters(event=["Summit"], room=["Nowhere"])
    with store.reading() as generation:
        assert generation.calendar(morning) == [
            EditionDay("Summit", 2026, "2026-05-12", "Europe/Vienna", 4)
        ]
        assert sorted(generation.counts("start_minute", morning)) == [(540, 1), (570, 2), (630, 1)]
        assert generation.counts("abstract", morning) == [], "it has no index"
        assert (generation.calendar(nobody), generation.counts("day", nobody)) == ([], [])

        def numbers(filters: Filters, without: str = "") -> list[int]:
            found = generation.titles(filters, without=without)
            sessions = generation.get([id for _, id in found])
            assert [session.title for session in sessions] == [title for title, _ in found]
            return [int(session.source_id) for session in sessions]

        assert numbers(Filters(day=["2026-05-12"], at=["09:30"])) == [2, 1]
        assert numbers(NO_FILTERS, "day") == [9, 8]
        assert sorted(numbers(NO_FILTERS, "start_minute")) == [6, 8, 9]
        assert numbers(Filters(event=["Meetup"]), "day") == []
