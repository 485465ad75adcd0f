"""What calendars hold, in every store: sessions by filters and by ids, and what is left of removed ones."""

from datetime import UTC, datetime, timedelta

import pytest
from support.stores import ENCODER, OpenStore, talk

from service.errors import NotFoundError, QueryError
from service.filters import NO_FILTERS, Filters
from service.search import calendars as module
from service.search.calendars import Calendars, Contents
from service.search.searcher import Searcher
from service.stores.tombstones import bury

NINE = datetime(2026, 5, 12, 9, tzinfo=UTC)
FIRST = talk(1, "Maps", starts_at=NINE, room="Hall A", track="Maps")
LATER = talk(2, "Charts", starts_at=NINE + timedelta(days=1), cancelled=True)
UNTIMED = talk(3, "Silence")
REMOVED = talk(4, "Gone", starts_at=NINE, room="Hall A", track="Maps", sequence=2)
OTHER = talk(5, "Elsewhere", event="Other", starts_at=NINE + timedelta(hours=8))
UNKNOWN = talk(6, "Unknown")


@pytest.fixture
def calendars(open_store: OpenStore) -> Calendars:
    store = open_store()
    sessions = [FIRST, LATER, UNTIMED]
    with store.building(ENCODER.fingerprint, sessions=3) as builder:
        builder.upsert(sessions, ENCODER.encode_sessions([one.text for one in sessions]))
        builder.bury([bury(one, datetime.now(UTC)) for one in (REMOVED, OTHER, FIRST)])
        builder.commit(expected=3, sources=["test"])
    return Searcher(store, lambda fingerprint: ENCODER).calendars


def titles(contents: Contents) -> list[str]:
    return [session.title for session in contents.sessions]


def test_sessions_and_what_is_left_of_removed_ones(calendars: Calendars) -> None:
    found = calendars.programme(NO_FILTERS)
    assert titles(found)[:3] == ["Maps", "Charts", "Silence"]
    assert sorted(titles(found)[3:]) == ["Elsewhere", "Gone"]  # none that is there again
    assert abs(found.stamp - datetime.now(UTC)) < timedelta(minutes=10)
    for filters, passing in (
        (Filters(event=["summit"]), ["Charts", "Gone", "Maps", "Silence"]),
        (Filters(day=["2026-05-12"]), ["Elsewhere", "Gone", "Maps"]),
        (Filters(day=["2026-05-01..2026-05-12"], room=["Hall A"]), ["Gone", "Maps"]),
        (Filters(**{"from": ["12:00"]}), ["Elsewhere"]),
        (Filters(track=["Maps"]), ["Maps"]),
        (Filters(year=[2025]), []),
    ):
        assert sorted(titles(calendars.programme(filters))) == passing
    assert calendars.count(Filters(event=["summit"])) == 3

    ids = [UNKNOWN.id, REMOVED.id, LATER.id, FIRST.id, LATER.id]
    assert titles(calendars.plan(ids)) == ["Charts", "Maps", "Gone"]
    assert calendars.plan([]).sessions == ()
    (gone,) = calendars.session(str(REMOVED.id)).sessions
    assert (gone.cancelled, gone.sequence) == (True, 3)
    assert calendars.session(str(FIRST.id)).sessions == (FIRST,)
    with pytest.raises(NotFoundError, match="No session has the id"):
        calendars.session(str(UNKNOWN.id))
    with pytest.raises(NotFoundError, match="'Silence' is not known yet"):
        calendars.session(str(UNTIMED.id))
    with pytest.raises(QueryError, match="is no session id"):
        calendars.session("Maps")


def test_too_many_are_refused(calendars: Calendars, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_SESSIONS", 2)
    for read in (calendars.programme, calendars.count):
        with pytest.raises(QueryError, match="3 sessions pass; a calendar takes 2 at most"):
            read(NO_FILTERS)


def test_many_are_read_some_days_at_a_time(
    calendars: Calendars, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_AT_ONCE", 1)
    found = calendars.programme(NO_FILTERS)
    assert sorted(titles(found)) == ["Elsewhere", "Gone"]
    assert [one.day for one in found.days if one.day] == ["2026-05-12", "2026-05-13"]
    read = [[session.title for session in some] for some in found.read_days()]
    assert read == [["Maps"], ["Charts"]]
    monkeypatch.setattr(module, "MAX_AT_ONCE", 2)
    read = [[session.title for session in some] for some in found.read_days()]
    assert read == [["Maps", "Charts"]]


def test_the_state_changes_with_a_load(open_store: OpenStore) -> None:
    store = open_store()
    found = Searcher(store, lambda fingerprint: ENCODER).calendars
    states = set()
    for number in range(2):
        with store.building(ENCODER.fingerprint, sessions=1) as builder:
            builder.upsert([talk(number)], ENCODER.encode_sessions(["a"]))
            builder.commit(expected=1, sources=[])
        states.add(found.state())
    assert len(states) == 2
