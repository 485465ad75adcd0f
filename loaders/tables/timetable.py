"""Timetables: a grid of times and rooms, or a list of times and titles, that says when and where talks are."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from loaders.records import times
from loaders.records.clocks import leading_clock
from loaders.records.day_headings import day_in, read_day_line
from loaders.records.record import Diagnostic, Options, Record
from loaders.records.text import plain_line
from loaders.tables.columns import field_of, header_key
from loaders.tables.table import MAX_COLUMNS, Table
from service.errors import InputError
from service.words import folded

_ROWS = 5_000
_FEWEST = 3  # slots, below which nothing is a timetable
_WORDS = re.compile(r"[\W_]+")
_YEAR = re.compile(r"(?<!\d)(?:19|2[01])\d\d(?!\d)")
_PEOPLE = {"speakers", "first_name", "last_name"}


@dataclass(frozen=True, slots=True)
class Slot:
    """When and where something takes place; `start` is local unless `zone` is named."""

    start: str
    zone: str
    room: str


@dataclass(slots=True)
class Timetable:
    """The slots of each title or id in a grid, by its words alone."""

    name: str
    slots: dict[str, set[Slot]] = field(default_factory=dict)

    def overlap(self, keys: Iterable[str]) -> int:
        """Return how many of the talks' keys stand in it."""
        return sum(key in self.slots for key in keys)

    def place(self, record: Record, *, replace: bool = False) -> bool:
        """Give a record its time and room if they are known and it has none; return whether they are known.

        With `replace`, a time of its own gives way.
        """
        for key in (key_of(record.title), key_of(record.source_id)):
            found = self.slots.get(key, set()) if key else set()
            if len(found) == 1:
                (slot,) = found
                if slot.start and (replace or not record.start):
                    record.start, record.zone = slot.start, slot.zone or record.zone
                record.room = record.room or slot.room
                return True
        return False


def key_of(text: str) -> str:
    """Return a title's words, by which it is found again."""
    return " ".join(_WORDS.sub(" ", folded(plain_line(text))).split())


def read_timetable(table: Table, options: Options) -> Timetable | None:
    """Return the timetable that a table is, None if it is none.

    Its first column holds times; other cells hold titles, a line of its own names the day, and a line
    without a time the rooms. Raises InputError if day and month of a line could be either way round.
    """
    grid = _read_grid(table, options)
    if not grid.is_timetable:
        return None
    if grid.unsure:
        raise InputError(grid.unsure)
    return grid.timetable


def is_timetable(table: Table) -> bool:
    """Whether a table, or the first rows of one, is a timetable."""
    return _read_grid(table, Options()).is_timetable


def _read_grid(table: Table, options: Options) -> "_Grid":
    rows = [row for row in islice(table.rows(), _ROWS) if not isinstance(row, Diagnostic)]
    order = options.date_order or times.find_date_order(cells[0] for _, cells in rows if cells)
    grid = _Grid(table.name, options.year, order)
    for number, cells in rows:
        grid.take(number, cells[:MAX_COLUMNS])
    return grid


class _Grid:
    """Reads a timetable row by row and remembers the day and the rooms."""

    def __init__(self, name: str, year: int | None, order: str) -> None:
        self.timetable = Timetable(name)
        self._is_grid = False
        self.unsure = ""
        self._order = order
        named = _YEAR.search(name.rpartition("/")[2])
        self._year = int(named[0]) if named else year
        self._day = ""
        self._rooms: dict[int, str] = {}
        self._columns: list[int] | None = None
        self._lines = 0

    @property
    def is_timetable(self) -> bool:
        return self._is_grid and len(self.timetable.slots) >= _FEWEST

    def take(self, number: int, cells: list[str]) -> None:
        """Read one row."""
        first = plain_line(cells[0]) if cells else ""
        filled = {
            position: cell for position, cell in enumerate(cells) if position and cell.strip()
        }
        if self._columns is None:
            if filled:
                self._take_header(first, cells)
            return
        titles = {position: cell for position, cell in filled.items() if position in self._columns}
        clock = leading_clock(first)
        if clock and filled:
            self._add(*clock, titles)
        elif first and not filled:
            self._take_day(number, first)
        elif filled and not first:
            texts = {position: plain_line(cell) for position, cell in titles.items()}
            if len(filled) == 1 and any(map(_is_day, texts.values())):
                self._take_day(number, *texts.values())
            else:
                self._rooms |= texts

    def _take_header(self, first: str, cells: list[str]) -> None:
        fields = [field_of(cell) for cell in cells]
        self._is_grid = (not first or fields[0] in ("start", "date")) and "abstract" not in fields
        named = [position for position, field in enumerate(fields) if field == "title"]
        self._columns = named or [
            position
            for position, cell in enumerate(cells)
            if position and cell.strip() and not _is_people(cell)
        ]
        if not named:
            self._rooms = {position: plain_line(cells[position]) for position in self._columns}

    def _take_day(self, number: int, text: str) -> None:
        try:
            day = day_in(text, self._year, self._order)
            self._day = self._day if not day and read_day_line(text) is None else day
        except times.AmbiguousDate as error:
            self.unsure = self.unsure or f"{self.timetable.name}:{number}: {error}"

    def _add(self, start: str, zone: str, titles: dict[int, str]) -> None:
        columns = self._columns or []
        for position, cell in titles.items():
            alone = len(columns) > 1 and len(titles) == 1 and position == columns[0]
            room = "" if alone else self._rooms.get(position, "")
            moment = f"{self._day} {start}" if self._day else ""
            if key := key_of(cell):
                slots = self.timetable.slots.setdefault(key, set())
                slots.add(Slot(moment, zone if moment else "", room))


def _is_day(text: str) -> bool:
    return read_day_line(text, is_title=True) is not None


def _is_people(header: str) -> bool:
    words = header_key(header).split()
    return field_of(header) in _PEOPLE or (bool(words) and field_of(words[-1]) in _PEOPLE)
