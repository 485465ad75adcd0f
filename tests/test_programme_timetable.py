"""The timetable: every session of a day stands in it once, in its room and at its time."""

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from support.stores import talk

from service.programme.timetable import MAX_LANES, Timetable, build, end_minute, room_order
from service.session import Session

VIENNA = ZoneInfo("Europe/Vienna")
MIDNIGHT = datetime(2026, 5, 12, tzinfo=VIENNA)


def at(
    number: int, minute: int | None, lasts: int | None, room: str = "Hall A", zone: bool = True
) -> Session:
    """A session that starts in that minute of 12 May."""
    start = MIDNIGHT + timedelta(minutes=minute or 0)
    start = start if zone else start.replace(tzinfo=None)
    known = minute is not None and lasts is not None
    ends = start + timedelta(minutes=lasts or 0) if known else None
    return talk(number, room=room, starts_at=start, ends_at=ends)


def laid_out(table: Timetable) -> dict[tuple[int, int], tuple[Session, ...]]:
    """What stands at each row and lane, as a browser lays a table out; every place is taken just once."""
    width = sum(column.lanes for column in table.columns)
    taken: dict[tuple[int, int], tuple[Session, ...]] = {}
    for row, cells in enumerate(row.cells for row in table.rows):
        for cell in cells:
            lane = next(lane for lane in range(width) if (row, lane) not in taken)
            for below in range(row, row + cell.rows):
                assert (below, lane) not in taken
                taken[below, lane] = cell.sessions
    assert len(taken) == width * len(table.rows)
    return taken


def room_of_lane(table: Timetable) -> list[str]:
    return [column.room for column in table.columns for _ in range(column.lanes)]


sessions_of_a_day = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(1, 1439)),
        st.one_of(st.none(), st.integers(0, 3000)),
        st.sampled_from(["", "Hall A", "Hall B", "Room 2", "Room 10", "<b>"]),
        st.booleans(),
    ),
    max_size=40,
).map(lambda some: [at(number, *one) for number, one in enumerate(some)])


@settings(max_examples=300)
@given(sessions_of_a_day)
def test_every_session_stands_once_in_its_room_and_time(sessions: list[Session]) -> None:
    table = build(sessions)
    places = laid_out(table)
    rooms = room_of_lane(table)
    found: Counter[str] = Counter(session.source_id for session in table.untimed)
    for row, cells in enumerate(row.cells for row in table.rows):
        for cell in cells:
            for session in cell.sessions:
                found[session.source_id] += 1
                assert session.start_minute == table.rows[row].minute
                (lane,) = {
                    lane for (_, lane), there in places.items() if there and session in there
                }
                assert rooms[lane] == session.room
    assert found == Counter(session.source_id for session in sessions)
    assert all(session.start_minute is None for session in table.untimed)
    minutes = [row.minute for row in table.rows]
    assert minutes == sorted(set(minutes))
    assert all(1 <= column.lanes <= MAX_LANES for column in table.columns)
    count = sum(len(row.cells) for row in table.rows)
    assert count <= 2 * len(sessions) + len(rooms), "gaps are merged"


@settings(max_examples=100)
@given(sessions_of_a_day)
def test_a_session_takes_the_rows_that_start_before_it_ends(sessions: list[Session]) -> None:
    table = build(sessions)
    crowded = {column.room for column in table.columns if column.lanes == MAX_LANES}
    for row, cells in enumerate(row.cells for row in table.rows):
        for cell in cells:
            if cell.sessions and cell.sessions[0].room not in crowded:
                ends = max(map(end_minute, cell.sessions))
                after = [one.minute for one in table.rows[row + 1 :]]
                assert cell.rows == 1 + sum(minute < ends for minute in after)


def test_a_small_day() -> None:
    sessions = [
        at(0, 600, 60),
        at(1, 600, 30, "Hall B"),
        at(2, 630, 30, "Hall B"),
        at(3, 615, 15),
        at(4, 660, 30, ""),
        at(5, None, None),
        at(6, 1410, 60, "Hall B"),
    ]
    table = build(sessions)
    assert [(column.room, column.lanes) for column in table.columns] == [
        ("Hall A", 2),
        ("Hall B", 1),
        ("", 1),
    ]
    assert [row.minute for row in table.rows] == [600, 615, 630, 660, 1410]
    assert table.untimed == (sessions[5],)
    shown = [
        [("".join(one.source_id for one in cell.sessions), cell.rows) for cell in row.cells]
        for row in table.rows
    ]
    assert shown == [
        [("0", 3), ("", 1), ("1", 2), ("", 3)],
        [("3", 1)],
        [("", 3), ("2", 1)],
        [("", 2), ("", 1), ("4", 1)],
        [("6", 1), ("", 1)],
    ]


def test_an_empty_day_has_an_empty_timetable() -> None:
    assert build([]) == Timetable((), (), ())


def test_rooms_are_ordered_as_people_count_them() -> None:
    rooms = ["Room 10", "", "room 2", "Aula", "9", "H.1302", "H.1301 (Cornil)", "1" * 40]
    assert sorted(rooms, key=room_order) == [
        "9",
        "1" * 40,
        "Aula",
        "H.1301 (Cornil)",
        "H.1302",
        "room 2",
        "Room 10",
        "",
    ]


def test_a_session_over_the_change_of_clocks_ends_after_the_time_it_lasts() -> None:
    start = datetime(2026, 3, 29, 1, 30, tzinfo=VIENNA)
    session = talk(1, starts_at=start, ends_at=datetime(2026, 3, 29, 3, 30, tzinfo=VIENNA))
    assert end_minute(session) == 90 + 60
    assert end_minute(talk(2, starts_at=start)) == 91
