"""The plan: sessions in order of time, their clashes, and the gaps between them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from support.stores import talk

from service.plan.plan import make_plan
from service.session import Session

VIENNA = ZoneInfo("Europe/Vienna")
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def at(
    number: int, start: str, end: str = "", day: date = date(2026, 5, 12), **fields: object
) -> Session:
    """A session from start to end, HH:MM, past midnight where the end is not after the start."""
    starts = datetime.combine(day, datetime.strptime(start, "%H:%M").time(), VIENNA)
    ends = datetime.combine(day, datetime.strptime(end, "%H:%M").time(), VIENNA) if end else None
    if ends and ends < starts:
        ends += timedelta(days=1)
    values: dict[str, object] = {"starts_at": starts, "ends_at": ends, "room": "Hall A", **fields}
    return talk(number, f"Talk number{number}", **values)


def gaps(*sessions: Session) -> dict[str, tuple[str, int | None, bool | None]]:
    """Return what stands before a session: after which, how many minutes, whether the room changes."""
    return {
        gap.before.source_id: (gap.after.source_id, gap.minutes, gap.changes_room)
        for gap in make_plan(sessions, NOW).gaps
    }


def clashes(*sessions: Session) -> list[tuple[str, str, int]]:
    return [
        (one.first.source_id, one.second.source_id, one.minutes)
        for one in make_plan(sessions, NOW).clashes
    ]


def test_sessions_stand_in_order_of_time_by_edition_and_day() -> None:
    meetup = talk(9, event="Meetup")
    later, first = at(1, "14:00", "15:00"), at(2, "09:00", "10:00")
    next_day = at(3, "08:00", day=date(2026, 5, 13))
    dateless = talk(4)
    plan = make_plan([meetup, later, dateless, next_day, first, later], NOW)
    told = [
        (edition.event, day.day, [one.source_id for one in day.sessions])
        for edition in plan.editions
        for day in edition.days
    ]
    assert told == [
        ("Summit", "2026-05-12", ["2", "1"]),
        ("Summit", "2026-05-13", ["3"]),
        ("Summit", "", ["4"]),
        ("Meetup", "", ["9"]),
    ]
    assert [session.source_id for session in plan.sessions] == ["2", "1", "3", "4", "9"]


def test_what_is_over_comes_last_the_latest_first() -> None:
    def edition(year: int) -> Session:
        return at(year, "10:00", day=date(year, 5, 12), year=year)

    years = (2024, 2025, 2026, 2027)
    plan = make_plan([edition(year) for year in years], NOW)
    assert [one.year for one in plan.editions] == [2026, 2027, 2025, 2024]
    during = make_plan([edition(year) for year in years], datetime(2026, 5, 12, 23, tzinfo=UTC))
    assert during.editions[0].year == 2026


def test_a_day_without_a_time_stands_last_on_that_day() -> None:
    undated = talk(2, starts_at=datetime(2026, 5, 12, tzinfo=VIENNA))
    plan = make_plan([undated, at(1, "10:00")], NOW)
    assert [one.source_id for one in plan.editions[0].days[0].sessions] == ["1", "2"]
    assert not plan.clashes


def test_clashes_are_told_with_their_length_and_who_is_in_both() -> None:
    one = at(1, "10:00", "11:00", speakers=("Ana Ruiz", "Ola Berg"))
    other = at(2, "10:40", "11:30", speakers=("RUIZ Ana", "Zoë Brändström"))
    assert clashes(other, one, at(3, "11:30", "12:00")) == [("1", "2", 20)]
    (clash,) = make_plan([one, other], NOW).clashes
    assert clash.speakers == ("Ana Ruiz",)
    assert make_plan([one, other], NOW).clashes_of(other) == [clash]


def test_sessions_over_midnight_clash_and_end_gaps_on_the_next_day() -> None:
    late, after = at(1, "23:30", "00:30"), at(2, "00:15", "01:00", day=date(2026, 5, 13))
    assert clashes(late, after) == [("1", "2", 15)]
    night = at(3, "00:45", "01:00", day=date(2026, 5, 13), room="Hall B")
    morning = at(4, "09:00", "10:00", day=date(2026, 5, 13))
    assert gaps(late, night, morning) == {"3": ("1", 15, True), "4": ("3", 480, True)}
    assert gaps(late, morning) == {}


def test_gaps_count_from_the_last_end_to_the_next_start() -> None:
    assert gaps(at(1, "10:00", "11:00"), at(2, "11:10", "12:00", room="Hall B")) == {
        "2": ("1", 10, True)
    }
    assert gaps(at(1, "10:00", "11:00"), at(2, "11:00", "12:00")) == {"2": ("1", 0, False)}
    assert gaps(at(1, "10:00", "11:00"), at(2, "11:00", room="")) == {"2": ("1", 0, None)}
    all_day = at(3, "08:00", "18:00")
    assert gaps(all_day, at(1, "10:00", "10:30"), at(2, "11:00", "12:00"))["2"] == ("1", 30, False)


def test_after_an_unknown_end_the_minutes_are_unknown() -> None:
    assert gaps(at(1, "10:00"), at(2, "11:00", "12:00")) == {"2": ("1", None, False)}


def test_cancelled_sessions_stand_in_the_plan_and_take_no_time() -> None:
    off = at(1, "10:00", "11:00", cancelled=True)
    sessions = (off, at(2, "10:30", "11:00"), at(3, "09:00", "09:30"))
    assert [one.source_id for one in make_plan(sessions, NOW).sessions] == ["3", "1", "2"]
    assert clashes(*sessions) == []
    assert gaps(*sessions) == {"2": ("3", 60, False)}


def test_two_events_at_once_clash_and_have_no_gaps_between_them() -> None:
    here, there = at(1, "10:00", "11:00"), at(2, "10:30", "12:00", event="Meetup")
    assert clashes(here, there) == [("1", "2", 30)]
    assert gaps(here, at(2, "12:00", event="Meetup")) == {}
