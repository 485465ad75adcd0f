"""The timetable of some sessions of one day: a column a room, a row a time at which something starts."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from service.session import Session
from service.words import folded

MAX_LANES = 3
"""Columns of one room in which sessions overlap; where more run at once, earlier ones end in the grid early."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Sessions of one room that start together, none for a gap, and how many rows they take."""

    sessions: tuple[Session, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Column:
    """A room, empty for sessions without one, and how many lanes its overlapping sessions need."""

    room: str
    lanes: int


@dataclass(frozen=True, slots=True)
class Row:
    """A minute of the day, and the cells that begin in its row: in order of the columns and their lanes."""

    minute: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Timetable:
    """Sessions in their places: each stands once, in `rows` or, where its time is unknown, in `untimed`."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    untimed: tuple[Session, ...]


def build(sessions: Iterable[Session]) -> Timetable:
    """Return the timetable of sessions that start on one day."""
    rooms: dict[str, dict[int, list[Session]]] = defaultdict(lambda: defaultdict(list))
    untimed = []
    for session in sessions:
        minute = session.start_minute
        if minute is None:
            untimed.append(session)
        else:
            rooms[session.room][minute].append(session)
    starts = sorted({minute for room in rooms.values() for minute in room})
    columns, lanes = [], []
    for room in sorted(rooms, key=room_order):
        found = _assign(rooms[room], starts)
        columns.append(Column(room, len(found)))
        lanes += [_fill(lane, len(starts)) for lane in found]
    rows = [
        Row(minute, tuple(lane[row] for lane in lanes if row in lane))
        for row, minute in enumerate(starts)
    ]
    return Timetable(tuple(columns), tuple(rows), tuple(untimed))


@lru_cache(maxsize=1_024)  # each session of a page is ordered by its room
def room_order(room: str) -> tuple[bool, tuple[tuple[bool, int, str], ...]]:
    """Return the key that orders rooms as people count them, Room 2 before Room 10; no room comes last."""
    parts = re.findall(r"\d{1,9}|\D+", folded(room))
    return not room, tuple(
        (not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts
    )


def end_minute(session: Session) -> int:
    """Return when a session ends, in minutes from the midnight before it starts; unknown: a minute later."""
    return (session.start_minute or 0) + lasting(session)


def lasting(session: Session) -> int:
    """Return how many minutes a session takes in the timetable: one where its end is unknown."""
    return max(session.duration_minutes or 0, 1)


def _assign(room: dict[int, list[Session]], starts: Sequence[int]) -> list[dict[int, Cell]]:
    """Return the lanes of a room, each with the cells that begin in its rows; none overlaps another."""
    lanes: list[dict[int, Cell]] = []
    for minute in sorted(room):
        row = bisect_left(starts, minute)
        ends = bisect_left(starts, minute + max(map(lasting, room[minute])))
        lane = next((lane for lane in lanes if _ends(lane) <= row), None)
        if lane is None and len(lanes) < MAX_LANES:
            lanes.append(lane := {})
        elif lane is None:
            lane = min(lanes, key=max)
            lane[max(lane)] = Cell(lane[max(lane)].sessions, row - max(lane))
        lane[row] = Cell(tuple(room[minute]), max(ends - row, 1))
    return lanes


def _ends(lane: dict[int, Cell]) -> int:
    row = max(lane)
    return row + lane[row].rows


def _fill(lane: dict[int, Cell], rows: int) -> dict[int, Cell]:
    """Return a lane with its gaps."""
    return dict(_with_gaps(lane, rows))


def _with_gaps(lane: dict[int, Cell], rows: int) -> Iterator[tuple[int, Cell]]:
    done = 0
    for row, cell in lane.items():
        if row > done:
            yield done, Cell((), row - done)
        yield row, cell
        done = row + cell.rows
    if rows > done:
        yield done, Cell((), rows - done)
