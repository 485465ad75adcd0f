"""A catalogue as a calendar: written, and read again by the program's own reader."""

import gzip
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.calendars import events, read
from support.programmes import Loading, row
from support.stores import ENCODER, talk

from loaders.export import write_export
from loaders.records.record import Options
from service.dates import in_order
from service.errors import InputError
from service.session import Session
from service.stores.edge.store import EdgeStore
from service.stores.protocol import SessionStore
from service.stores.tombstones import bury

Facts = tuple[object, ...]


def facts(session: Session) -> Facts:
    """Return what of a session a calendar keeps: title, room, instants, and the day where that is all."""
    times = [moment and in_order(moment) for moment in (session.starts_at, session.ends_at)]
    is_day = session.start_minute is None
    return session.title, session.room, *([session.day] if is_day else times)


def listed(store: SessionStore) -> list[Facts]:
    with store.reading() as generation:
        found = [one for some, _ in generation.scan() for one in some if one.starts_at]
    return sorted(map(facts, found), key=repr)


def loaded_again(loading: Loading, folder: Path, name: str) -> list[Facts]:
    """Export what is loaded as a calendar, load that elsewhere and return what is there."""
    with loading.store.reading() as generation:
        write_export(generation, folder / name)
    with closing(EdgeStore(folder / "again", "sessions")) as store:
        Loading(store, folder).files(folder / name)
        return listed(store)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/St_Johns", "+05:30", "UTC", ""])
def test_what_is_exported_is_loaded_again(loading: Loading, tmp_path: Path, zone: str) -> None:
    rows = [
        row(1, title="Maps, charts; and \\ slashes", start="2026-03-29T03:00:00"),
        row(2, start="2026-10-25T01:30:00", room="Größe; A, B"),
        row(3, start="2026-10-25T04:30:00"),
        row(4, start="2026-05-12T23:30:00"),
        row(5, start="2026-05-12"),
        row(6, start=""),
    ]
    loading.rows(rows, options=Options(timezone=zone))
    before = listed(loading.store)
    assert len(before) == 5
    assert loaded_again(loading, tmp_path, "OUT.ics") == before


@pytest.mark.slow
def test_a_conference_is_loaded_again(
    loading: Loading, tmp_path: Path, shared_data: Callable[[str], Path]
) -> None:
    """FOSDEM 2019: the same times, rooms and titles."""
    source = shared_data("fosdem/schedule_2019.xml")
    loading.files(source, options=Options(timezone="Europe/Brussels"))
    before = listed(loading.store)
    after = loaded_again(loading, tmp_path, "out.ics")
    print(f"{len(after)} of {loading.count()} sessions loaded again")  # noqa: T201  # a figure to report
    assert len(before) == loading.count() > 700
    assert after == before
    calendar = read((tmp_path / "out.ics").read_bytes())
    assert len(calendar.walk("VEVENT")) == len(before)
    assert calendar["NAME"] == "FOSDEM 2019"


def test_a_cancelled_session_stays_one(tmp_path: Path) -> None:
    sessions = [
        talk(number, starts_at=datetime(2026, 5, 12, 9, tzinfo=UTC), cancelled=number == 1)
        for number in (1, 2)
    ]
    with closing(EdgeStore(tmp_path / "data", "sessions")) as store:
        with store.building(ENCODER.fingerprint, sessions=2) as builder:
            builder.upsert(sessions, ENCODER.encode_sessions([one.text for one in sessions]))
            builder.commit(expected=2, sources=[])
        with store.reading() as generation:
            write_export(generation, tmp_path / "out.ics")
    with closing(EdgeStore(tmp_path / "again", "sessions")) as store:
        Loading(store, tmp_path).files(tmp_path / "out.ics")
        with store.reading() as generation:
            found = [one for some, _ in generation.scan() for one in some]
    assert {one.title: one.cancelled for one in found} == {
        "Talk number1": True,
        "Talk number2": False,
    }


def test_removed_sessions_are_cancelled_and_not_counted(tmp_path: Path) -> None:
    starts = datetime(2026, 5, 12, 9, tzinfo=UTC)
    gone = talk(2, starts_at=starts)
    sessions = [talk(1, starts_at=starts), talk(3)]
    with closing(EdgeStore(tmp_path / "data", "sessions")) as store:
        with store.building(ENCODER.fingerprint, sessions=2) as builder:
            builder.upsert(sessions, ENCODER.encode_sessions([one.text for one in sessions]))
            builder.bury([bury(gone, datetime.now(UTC))])
            builder.commit(expected=2, sources=[])
        with store.reading() as generation:
            assert write_export(generation, tmp_path / "out.ics.gz") == 1
            with pytest.raises(InputError, match="JSON Lines only"):
                write_export(generation, tmp_path / "out.ics", vectors=True)
    found = events(read(gzip.decompress((tmp_path / "out.ics.gz").read_bytes())))
    assert {title: str(event["STATUS"]) for title, event in found.items()} == {
        "Talk number1": "CONFIRMED",
        "Talk number2": "CANCELLED",
    }
