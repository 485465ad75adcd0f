"""Constraints of questions as filters: what is dropped and told, programmes, and titles that stay titles."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from support.web_fixtures import open_loaded

from service.filters import Filters
from service.query.interpretation import Correction
from service.query.query import Query
from service.search.answer import Answer
from service.search.searcher import Searcher
from service.session import Session

ZONE = ZoneInfo("Europe/Vienna")
NOW = datetime(2026, 5, 9, 10, 15, tzinfo=ZONE)


def session(number: int, title: str, *, day: int, hour: int, **changes: object) -> Session:
    starts = datetime(2026, 5, day, hour, 0, tzinfo=ZONE)
    values = {
        "event": "Summit",
        "year": 2026,
        "source_id": str(number),
        "title": title,
        "room": "Harbour Hall",
        "language": "en",
        "level": "Beginner",
        "kind": "Talk",
        "starts_at": starts,
        "ends_at": starts.replace(minute=45),
        **changes,
    }
    return Session(**values)  # type: ignore[arg-type]  # of many types  # fields of a session


CHARGING = "Electric boats of navigators charge in the evening."
SESSIONS = (
    session(1, "Maps of wind", day=9, hour=9, track="Maps"),
    session(2, "Charts of wind", day=9, hour=14, room="C"),
    session(3, "Wind in numbers", day=10, hour=10, level="Advanced", room="Java"),
    session(4, "Sunday morning wind", day=10, hour=15, kind="Workshop", speakers=("Sunday Ojo",)),
    session(5, "Java and wind", day=9, hour=16, track="Beginner", speakers=("May Lindqvist",)),
    session(6, "Java for n8s", day=9, hour=17, abstract=CHARGING),
    session(7, "Java in storms", day=10, hour=17),
)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    store, searcher = open_loaded(tmp_path_factory.mktemp("interpreter"), SESSIONS)
    yield searcher
    store.close()


def ask(searcher: Searcher, text: str, **options: object) -> Answer:
    return searcher.search(Query(text, **{"now": NOW, "limit": 10, **options}))  # type: ignore[arg-type]  # of many types


def told(answer: Answer) -> list[tuple[str, str | int, bool]]:
    return [(one.kind, one.value, one.dropped) for one in answer.understood]


def ids(answer: Answer) -> list[str]:
    return [result.session.source_id for result in answer.results]


def test_a_constraint_is_a_filter_and_the_rest_is_searched(searcher: Searcher) -> None:
    answer = ask(searcher, "wind on Sunday")
    assert told(answer) == [("day", "2026-05-10", False)]
    assert set(ids(answer)) == {"3", "4", "7"}
    assert [(one.text, one.start, one.end) for one in answer.understood] == [("on Sunday", 5, 14)]
    assert answer.verdict != "programme"


def test_only_constraints_are_a_programme_in_order_of_time(searcher: Searcher) -> None:
    answer = ask(searcher, "What should I see on Saturday afternoon?")
    assert (answer.verdict, answer.total) == ("programme", 2)
    assert ids(answer) == ["2", "5"]
    assert ids(ask(searcher, "what is on tomorrow", limit=1)) == ["3"]


def test_what_is_to_come_stands_before_what_has_been(searcher: Searcher) -> None:
    assert ids(ask(searcher, "talks in Harbour Hall")) == ["1", "5", "6", "4", "7"]
    tomorrow, later = NOW.replace(day=10), NOW.replace(day=20)
    assert ids(ask(searcher, "in Harbour Hall", now=tomorrow)) == ["4", "7", "1", "5", "6"]
    assert ids(ask(searcher, "in Harbour Hall", now=later)) == ["1", "5", "6", "4", "7"]


def test_the_first_and_the_last_sessions_are_asked_for(searcher: Searcher) -> None:
    answer = ask(searcher, "When does the last talk in Harbour Hall on Saturday start?")
    assert told(answer)[0] == ("time", "last", False)
    assert (answer.verdict, ids(answer)) == ("programme", ["6", "5", "1"])
    assert ids(ask(searcher, "last workshop")) == ["4"]
    assert ids(ask(searcher, "the first session tomorrow", limit=1)) == ["3"]
    assert ids(ask(searcher, "last sessions", limit=3)) == ["7", "4", "3"]
    assert told(ask(searcher, "the last talk about wind")) == []
    assert told(ask(searcher, "last talk in the morning")) == [
        ("time", "last", False),
        ("time", "..12:00", False),
    ]


def test_nothing_is_interpreted_when_it_is_turned_off(searcher: Searcher) -> None:
    answer = ask(searcher, "wind on Sunday", interpret=False)
    assert answer.understood == ()
    assert len(answer.results) == len(SESSIONS)


def test_a_title_is_never_interpreted(searcher: Searcher) -> None:
    answer = ask(searcher, "sunday MORNING wind")
    assert answer.understood == ()
    assert ids(answer)[0] == "4"


def test_a_title_is_never_corrected(searcher: Searcher) -> None:
    assert ask(searcher, "wind for n8s").corrected == Correction(
        "wind for n8s", "wind for n8s navigators"
    )
    assert ask(searcher, "java for n8s").corrected is None


def test_a_time_of_which_a_session_speaks_is_a_topic(searcher: Searcher) -> None:
    answer = ask(searcher, "charging electric boats in the evening")
    assert (answer.understood, ids(answer)[0]) == ((), "6")
    assert told(ask(searcher, "electric boats in the evening on Saturday")) == [
        ("time", "17:00..", False),
        ("day", "2026-05-09", False),
    ]


def test_the_softest_constraint_is_dropped_and_told(searcher: Searcher) -> None:
    answer = ask(searcher, "advanced talks on Saturday about wind")
    assert told(answer) == [("level", "Advanced", True), ("day", "2026-05-09", False)]
    assert answer.notes == (
        "No session fits all of it with “advanced”: searched without “advanced”.",
    )
    assert set(ids(answer)) == {"1", "2", "5", "6"}


def test_a_track_on_another_day_is_found_on_its_own(searcher: Searcher) -> None:
    answer = ask(searcher, "Maps track on Sunday")
    assert told(answer) == [("track", "Maps", False), ("day", "2026-05-10", True)]
    assert ids(answer) == ["1"]


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("wind, 5 March", "No session fits “5 March” (Thursday 5 March 2026): searched without “5 March”."),
        ("wind on Monday", "No session fits “on Monday” (Monday 11 May 2026): searched without “on Monday”."),
        ("wind on day 9", "No session fits “on day 9”: searched without “on day 9”."),
        ("wind in 2019", "No session fits “in 2019”: searched without “in 2019”."),
        ("wind in Spanish", "No session fits “in Spanish”: searched without “in Spanish”."),
    ],
)  # fmt: skip
def test_what_the_programme_lacks_is_dropped_and_told(
    searcher: Searcher, question: str, note: str
) -> None:
    answer = ask(searcher, question)
    days = " The programme has Saturday 9 May 2026 to Sunday 10 May 2026."
    assert answer.notes in ((note,), (note + days,))
    assert [one.dropped for one in answer.understood] == [True]
    assert len(answer.results) == len(SESSIONS)


def test_a_filter_in_other_letters_drops_nothing(searcher: Searcher) -> None:
    answer = ask(searcher, "talks on Sunday", filters=Filters(event=("summit",), room=("JAVA",)))
    assert (told(answer), answer.notes) == ([("day", "2026-05-10", False)], ())
    assert ids(answer) == ["3"]
    nowhere = ask(searcher, "talks on Sunday", filters=Filters(room=("Nowhere",)))
    assert (nowhere.notes, nowhere.total) == ((), 0)


def test_a_day_that_is_none_is_told_beside_one_that_is(searcher: Searcher) -> None:
    answer = ask(searcher, "Sunday or Monday")
    assert told(answer) == [("day", "2026-05-10", False), ("day", "2026-05-11", True)]
    assert answer.total == 3


def test_what_cannot_be_both_is_told(searcher: Searcher) -> None:
    answer = ask(searcher, "wind after 14:00 before 11:00")
    assert answer.understood == ()
    assert answer.notes == (
        "No session can be both “after 14:00” and “before 11:00”: searched without them.",
    )
    assert ask(searcher, "wind on 31 February").notes == (
        "“on 31 February”: there is no such day.",
    )


def test_what_is_excluded_is_told_and_not_filtered(searcher: Searcher) -> None:
    answer = ask(searcher, "wind not on Sunday")
    assert answer.understood == ()
    assert answer.notes == ("“not on Sunday” is searched as words: sessions cannot be excluded.",)


def test_without_anything_left_the_programme_is_shown(searcher: Searcher) -> None:
    answer = ask(searcher, "sessions on 5 March")
    assert (answer.verdict, answer.total) == ("programme", len(SESSIONS))


def test_the_same_said_often_is_said_once(searcher: Searcher) -> None:
    answer = ask(searcher, "sunday " * 200)
    assert told(answer) == [("day", "2026-05-10", False)]


def test_names_end_where_another_word_begins(searcher: Searcher) -> None:
    assert told(ask(searcher, "talks by May Lindqvist tomorrow")) == [
        ("speaker", "May Lindqvist", False),
        ("day", "2026-05-10", True),  # hers is on Saturday
    ]
    assert told(ask(searcher, "talks by lindqvist")) == [("speaker", "May Lindqvist", False)]
    assert told(ask(searcher, "talks by May Lind")) == []


def test_two_days_are_either_of_them(searcher: Searcher) -> None:
    answer = ask(searcher, "Sunday on Saturday")
    assert told(answer) == [("day", "2026-05-10", False), ("day", "2026-05-09", False)]
    assert answer.total == len(SESSIONS)


def test_no_such_time_of_day_is_told(searcher: Searcher) -> None:
    answer = ask(searcher, "wind at 25:00")
    assert answer.understood == ()
    assert answer.notes == ("at 25:00: there is no such time of day.",)


def test_names_are_no_days_and_topics_no_rooms(searcher: Searcher) -> None:
    assert told(ask(searcher, "what does Sunday Ojo say of wind")) == []
    assert told(ask(searcher, "talks by May Lindqvist")) == [("speaker", "May Lindqvist", False)]
    assert told(ask(searcher, "wind in C")) == []
    assert told(ask(searcher, "wind in room C")) == [("room", "C", False)]
    assert told(ask(searcher, "wind in Java")) == []
    assert told(ask(searcher, "wind in room Java")) == [("room", "Java", False)]


def test_a_track_called_beginner_is_a_track_where_it_is_called_one(searcher: Searcher) -> None:
    assert told(ask(searcher, "the Beginner track")) == [("track", "Beginner", False)]
    assert told(ask(searcher, "wind for beginners")) == [("level", "Beginner", False)]


def test_a_kind_of_constraint_can_be_taken_back(searcher: Searcher) -> None:
    answer = ask(searcher, "wind on Sunday morning", ignore=("time",))
    assert told(answer) == [("day", "2026-05-10", False)]
    assert set(ids(answer)) == {"3", "4", "7"}
    everything = ask(searcher, "on Sunday", ignore=("day",))
    assert (everything.verdict, everything.total) == ("programme", len(SESSIONS))
    programme = ask(searcher, "what is on on Sunday afternoon", ignore=("time",))
    assert (programme.verdict, ids(programme)) == ("programme", ["3", "4", "7"])


def test_words_of_a_room_that_is_taken_back_are_a_topic(searcher: Searcher) -> None:
    answer = ask(searcher, "in room Java on Saturday", ignore=("room",))
    assert told(answer) == [("day", "2026-05-09", False)]
    assert set(ids(answer)[:2]) == {"5", "6"}
    assert answer.verdict != "programme"


def test_a_programme_stays_one_where_its_day_is_set_by_hand(searcher: Searcher) -> None:
    by_hand = Filters(day=["2026-05-10"])
    answer = ask(searcher, "what is on on Saturday", filters=by_hand)
    assert (answer.understood, answer.verdict, ids(answer)) == ((), "programme", ["3", "4", "7"])


def test_a_filter_by_hand_wins(searcher: Searcher) -> None:
    answer = ask(searcher, "wind on Sunday", filters=Filters(day=("2026-05-09",)))
    assert answer.understood == ()
    assert set(ids(answer)) == {"1", "2", "5", "6"}


def test_a_session_that_runs_now_is_found_in_the_events_zone(searcher: Searcher) -> None:
    now = NOW.replace(hour=9, minute=15).astimezone(ZoneInfo("America/New_York"))
    assert ids(ask(searcher, "what is on now", now=now)) == ["1"]
    assert ids(ask(searcher, "next talk", now=now)) == ["2", "5", "6"]


def test_a_catalogue_without_times_says_so(tmp_path: Path) -> None:
    timeless = [replace(one, starts_at=None, ends_at=None) for one in SESSIONS[:3]]
    store, searcher = open_loaded(tmp_path, timeless)
    answer = ask(searcher, "wind on Sunday morning")
    store.close()
    assert [one.dropped for one in answer.understood] == [True, True]
    assert answer.notes == (
        "The programme has no times: searched without “on Sunday”.",
        "The programme has no times: searched without “morning”.",
    )
    assert len(answer.results) == 3


def test_facets_of_a_question_are_those_of_what_it_finds(searcher: Searcher) -> None:
    counts = searcher.facets(Query("wind on Sunday", now=NOW))
    assert dict(counts["room"]) == {"Harbour Hall": 2, "Java": 1}
