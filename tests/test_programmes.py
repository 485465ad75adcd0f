"""Days of the programme in every store: which is shown, what is on it and what now, and why there is none."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from qdrant_client import QdrantClient
from support.stores import KINDS, OpenStore, opening, store_on, talk, write

from service.errors import QueryError, RefusedError
from service.filters import Filters
from service.programme import parts
from service.programme.day import NoProgramme, ProgrammeDay
from service.programme.programmes import Programmes
from service.query.facet_cache import FacetCache
from service.session import Session
from service.stores.edge.store import EdgeStore
from service.stores.protocol import SessionStore
from service.stores.schema import payload_indexes

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


@pytest.fixture(scope="module")
def _written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, SessionStore]]:
    """SESSIONS in both stores that need no server, written once: no test changes them."""
    folder = tmp_path_factory.mktemp("programme")
    stores: dict[str, SessionStore] = {
        "embedded": EdgeStore(folder, "sessions"),
        "memory": store_on(QdrantClient(":memory:")),
    }
    for store in stores.values():
        write(store, SESSIONS)
    yield stores
    for store in stores.values():
        store.close()


@pytest.fixture(params=KINDS)
def programmes(
    request: pytest.FixtureRequest, tmp_path: Path, _written: dict[str, SessionStore]
) -> Iterator[Programmes]:
    if request.param in _written:
        yield Programmes(_written[request.param], FacetCache())
        return
    with opening(request.param, tmp_path, request) as open_store:
        store = open_store()
        write(store, SESSIONS)
        yield Programmes(store, FacetCache())


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


def test_a_day_has_all_of_its_sessions(programmes: Programmes) -> None:
    found = day(programmes)
    assert (found.edition.name, found.day, found.today) == (
        "Summit 2026",
        "2026-05-12",
        "2026-05-12",
    )
    assert numbers(found.sessions)[:3] == [8, 0, 1]
    assert sorted(numbers(found.sessions)) == list(range(10))
    assert found.edition.days == found.passing.days == (("2026-05-12", 10), ("2026-05-13", 1))
    assert (found.edition.undated, found.edition.zones) == (2, ("Europe/Vienna",))
    assert [one.event for one in found.others] == ["Meetup", "Archive"]
    assert len(found.parts) == 1


def test_which_day_is_shown(programmes: Programmes) -> None:
    assert day(programmes, "13T08:00").day == "2026-05-13"
    assert day(programmes, "01T16:59").edition.event == "Meetup", "where it is still that day"
    assert day(programmes, "01T22:01").edition.event == "Summit", "in Tokyo it is 5 in the morning"
    assert day(programmes, "20T08:00").day == "2026-05-12", "over: from its beginning"
    assert day(programmes, "20T08:00", day=["2026-05-13"]).day == "2026-05-13"
    assert day(programmes, "11T23:00", day=["2026-05-12..2026-05-30"]).day == "2026-05-12"
    assert day(programmes, "14T02:00").day == "2026-05-13", "the night after the last day"
    assert day(programmes, track=["maps"]).edition.name == "Archive 2011"
    assert day(programmes, event=["SUMMIT"], year=[2026]).edition.event == "Summit"


def test_filters_leave_what_passes(programmes: Programmes) -> None:
    health = day(programmes, track=["health"])
    assert numbers(health.sessions) == [0]
    assert health.passing.days == (("2026-05-12", 1), ("2026-05-13", 1))
    assert health.passing.undated == 1
    assert numbers(day(programmes, speaker=["berg"]).sessions) == [2]
    assert numbers(day(programmes, **{"from": ["10:30"], "to": ["11:00"]}).sessions) == [3, 4]
    fits = day(programmes, fits=[str(SESSIONS[1].id)], event=["Summit"])
    assert sorted(numbers(fits.sessions)) == [3, 4, 5, 6, 7, 8, 9]


def test_what_is_on_and_next_in_each_room(programmes: Programmes) -> None:
    found = day(programmes).now
    assert found
    assert found.now.isoformat() == "2026-05-12T09:20:00+02:00"
    assert numbers(found.on) == [0, 1], "not cancelled ones, nor local times of no zone"
    assert numbers(found.next) == [2]
    later = day(programmes, "12T10:00").now
    assert later
    assert numbers(later.on) == [1]
    assert numbers(later.next) == [3, 4], "one a room"
    lunch = day(programmes, "12T12:30").now
    assert lunch
    assert (numbers(lunch.on), numbers(lunch.next)) == ([], [9]), "the first after a long gap"
    night = day(programmes, "12T23:59").now
    assert night
    assert (numbers(night.on), numbers(night.next)) == ([9], [10]), "then the next day"
    last = day(programmes, "13T10:30").now
    assert last
    assert (numbers(last.on), numbers(last.next)) == ([], [])
    edge = day(programmes, "12T09:30").now
    assert edge
    assert numbers(edge.on) == [2, 1], "what starts now is on, what ends now is not"


def test_there_is_no_now_on_another_day_or_where_times_are_asked_for(
    programmes: Programmes,
) -> None:
    assert day(programmes, day=["2026-05-13"]).now is None
    assert day(programmes, "20T09:00").now is None
    assert day(programmes, at=["10:00"]).now is None
    assert day(programmes, "12T09:20", "undated").now is None


def test_a_session_that_overlaps_midnight_is_on_both_days(programmes: Programmes) -> None:
    second = day(programmes, "13T00:30", day=["2026-05-13"])
    assert numbers(second.sessions) == [10]
    assert numbers(second.running) == [9]
    assert second.now
    assert numbers(second.now.on) == [9]
    assert numbers(day(programmes, "13T00:30", room=["Hall B"], event=["Summit"]).running) == []
    assert day(programmes).running == ()


def test_sessions_without_a_day_are_a_page_by_title(programmes: Programmes) -> None:
    found = day(programmes, "12T09:20", "undated")
    assert (found.day, numbers(found.sessions), found.part.key) == ("", [12, 11], "undated")
    assert day(programmes, event=["Archive"]).day == "", "where nothing else is there"
    assert numbers(day(programmes, event=["Archive"]).sessions) == [21]
    assert day(programmes, event=["Meetup"]).day == "2026-05-01", "it has none"


def test_a_long_day_is_split(programmes: Programmes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MOST", 3)
    monkeypatch.setattr(parts, "SPLIT", 3)
    monkeypatch.setattr("service.programme.programmes.MOST", 3)
    shown: list[int] = []
    first = day(programmes, "20T09:00")
    for part in first.parts:
        found = day(programmes, "20T09:00", part.key)
        assert found.part == part
        assert len(found.sessions) == part.sessions <= 3
        shown += numbers(found.sessions)
    assert shown[-1] == 8, "the one whose time is unknown"
    assert sorted(shown) == list(range(10))
    assert [part.key for part in first.parts] == ["09:00", "09:15", "10:45", "untimed"]
    assert day(programmes, "12T09:20").part.key == "09:15", "the part that it is now"
    narrowed = {"from": ["09:20"], "to": ["11:00"]}
    assert numbers(day(programmes, "20T09:00", **narrowed).sessions) == [2, 3, 4]


def test_more_than_a_page_in_one_minute_are_pages_by_title(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MOST", 3)
    monkeypatch.setattr(parts, "SPLIT", 3)
    monkeypatch.setattr("service.programme.programmes.MOST", 3)
    store = open_store()
    write(store, [at(number, 12, "14:00", 60, title=f"Poster {number}") for number in range(8)])
    posters = Programmes(store, FacetCache())
    found = [numbers(day(posters, "01T09:00", key).sessions) for key in ("", "14:00-2", "14:00-3")]
    assert found == [[0, 1, 2], [3, 4, 5], [6, 7]]


def none(programmes: Programmes, /, **filters: Any) -> NoProgramme:
    found = programmes.find(Filters(**filters), now=moment("12T09:00"))
    assert isinstance(found, NoProgramme)
    return found


def test_why_no_session_passes(programmes: Programmes) -> None:
    event = none(programmes, event=["Sumit"])
    assert event.notes == ("No event here is called “Sumit”.",)
    assert [one.name for one in event.others] == ["Summit 2026"]
    assert event.edition is None
    year = none(programmes, event=["Summit"], year=[2031])
    assert year.notes == ("There are no sessions of Summit in 2031; there are in 2026.",)
    outside = none(programmes, event=["Summit"], day=["2026-06-01"])
    assert outside.notes == (
        "Summit 2026 has no session on Monday 1 June 2026; it is on "
        "Tuesday 12 May 2026 to Wednesday 13 May 2026.",
    )
    assert outside.days == (("2026-05-12", 10), ("2026-05-13", 1))
    foreign = none(programmes, event=["Summit"], track=["Maps"], room=["Hall B"])
    assert foreign.notes == ("Summit 2026 has no track “Maps”.",)
    assert foreign.lacking == ("track",)
    together = none(programmes, event=["Summit"], track=["Health"], room=["Hall B"])
    assert together.notes == ("No session of Summit 2026 passes all of these filters together.",)
    elsewhere = none(programmes, event=["Meetup"], track=["Maps"])
    assert [one.name for one in elsewhere.others] == ["Archive 2011"]
    undated = none(programmes, event=["Archive"], day=["2026-06-01"])
    assert "no day is known" in undated.notes[0]
    assert none(programmes, event=["Summit"], language=["de"]).notes == (
        "Summit 2026 has no language “German”.",
    )
    assert none(programmes, event=["Meetup"], min_minutes=[50]).lacking == ("min_minutes",)
    assert none(programmes, event=["Meetup"], fits=[str(SESSIONS[-2].id)]).notes == (
        "No session of Meetup 2026 fits the plan.",
    )


def test_values_that_attack_are_values_that_no_session_has(programmes: Programmes) -> None:
    for value in ("<script>", "' OR 1=1", "\x00", "a" * 5_000, "🎪", "{{7*7}}"):
        assert none(programmes, room=[value]).lacking == ("room",)


def test_answers_as_json(programmes: Programmes) -> None:
    told = day(programmes).as_dict()
    assert (told["event"], told["year"], told["day"], told["total"]) == (
        "Summit",
        2026,
        "2026-05-12",
        10,
    )
    assert told["parts"] == [{"part": "00:00", "from": "00:00", "to": None, "sessions": 10}]
    assert "abstract" not in told["sessions"][0]
    assert [one["id"] for one in told["now"]["on"]] == [str(SESSIONS[0].id), str(SESSIONS[1].id)]
    nothing = none(programmes, event=["Nowhere"]).as_dict()
    assert told.keys() == nothing.keys()
    assert (nothing["event"], nothing["sessions"], nothing["total"]) == (None, [], 0)
    assert nothing["notes"] == ["No event here is called “Nowhere”."]


def test_lists_and_counts(programmes: Programmes) -> None:
    rooms = programmes.directory("rooms", Filters(event=["summit"]))
    assert rooms.names == (("Hall A", 8), ("Hall B", 2), ("Hall C", 2))
    assert programmes.directory("speakers", Filters()).names == (("Zoë Berg", 1),)
    assert programmes.directory("tracks", Filters(event=["Meetup"])).total == 0
    counts = programmes.counts(Filters(event=["Summit"], room=["Hall B"], track=["Health"]))
    assert counts["room"] == [("Hall A", 2)], "as the other filters leave it"
    assert counts["track"] == []


def test_what_is_no_part_is_told(programmes: Programmes) -> None:
    with pytest.raises(QueryError, match="part is 'x'"):
        programmes.find(Filters(), part="x")


def test_a_catalogue_without_a_calendar_is_told(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {name: kind for name, kind in payload_indexes().items() if name != "calendar"}
    for module in ("edge.writing", "server.create", "server.store"):
        monkeypatch.setattr(f"service.stores.{module}.payload_indexes", lambda: known)
    store = open_store()
    write(store, SESSIONS[:1])
    with pytest.raises(RefusedError, match="before its programme could be shown"):
        Programmes(store, FacetCache()).find(Filters())
