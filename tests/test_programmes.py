"""Days of the programme in every store: which is shown, what is on it and what now, and why there is none."""

import pytest
from support.programme_days import SESSIONS, at, day, moment, none, numbers
from support.stores import OpenStore, write

from service.errors import QueryError
from service.filters import Filters
from service.programme import parts
from service.programme.day import ProgrammeDay
from service.programme.programmes import Programmes
from service.query.facet_cache import FacetCache


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
    asked = Filters(event=["Summit"], room=["Hall A"], track=["Health"], day=["2026-05-12"])
    found, counts = programmes.find_with_counts(asked)
    assert isinstance(found, ProgrammeDay)
    assert counts["room"] == [("Hall A", 1)], "of that day, as the other filters leave it"
    assert ("Health", 1) in counts["track"]
    assert counts.keys() == {"room", "kind", "track", "level", "language"}
    assert programmes.find_with_counts(Filters(event=["Nowhere"]))[1] == {}


def test_sessions_are_read_once_a_generation_and_what_is_on_once_a_minute(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    sessions = [at(number, 12, f"{9 + number}:00", 90, abstract="Long") for number in range(6)]
    write(store, sessions)
    found = Programmes(store, FacetCache())
    assert numbers(day(found, "12T10:05:01").now.on) == [0, 1]  # type: ignore[union-attr]  # it is that day
    with store.reading() as generation:
        monkeypatch.setattr(type(generation), "programme", None)
    again = day(found, "12T10:05:59")
    assert again.now
    assert (numbers(again.now.on), again.now.now) == ([0, 1], moment("12T10:05:59"))
    assert numbers(again.sessions) == list(range(6))
    assert not any(session.abstract for session in again.sessions)
    monkeypatch.undo()
    assert numbers(day(found, "12T11:05").now.on) == [1, 2]  # type: ignore[union-attr]  # it is that day
    write(store, sessions[:3])
    assert numbers(day(found, "12T10:05:01").sessions) == [0, 1, 2], "after a load"


def test_the_days_shown_first_are_read_before_anybody_asks(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    sessions = [at(number, 12 + number, "9:00", 90, room=f"Hall {number}") for number in range(7)]
    write(store, sessions)
    found = Programmes(store, FacetCache())
    found.warm_up(now=moment("13T08:00"))
    with store.reading() as generation:
        for name in ("programme", "counts"):
            monkeypatch.setattr(type(generation), name, _fail)
    for number in range(1, 6):
        asked = Filters(event=["Summit"], year=[2026], day=[f"2026-05-{12 + number}"])
        shown, counts = found.find_with_counts(asked, now=moment("01T08:00"))
        assert isinstance(shown, ProgrammeDay)
        assert numbers(shown.sessions) == [number]
        assert counts["room"] == [(f"Hall {number}", 1)]
    monkeypatch.undo()
    assert day(found, day=["2026-05-12"]).sessions, "a day that was not read yet is read"


def _fail(*asked: object) -> None:
    pytest.fail(f"asked for {asked}")


def test_what_is_no_part_is_told(programmes: Programmes) -> None:
    with pytest.raises(QueryError, match="part is 'x'"):
        programmes.find(Filters(), part="x")
