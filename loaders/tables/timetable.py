"""Timetables: grids of times and rooms, or lists of times and titles, that say when and where talks are."""

import re
from dataclasses import dataclass
from itertools import islice

from loaders.records import times
from loaders.records.clocks import has_clock, leading_clock, split_range
from loaders.records.day_headings import find_date, parse_day_heading
from loaders.records.half_days import ASK, Clock, settle_clocks
from loaders.records.record import Diagnostic, Options
from loaders.records.text import plain_line
from loaders.tables.columns import field_of, header_key
from loaders.tables.slots import Cell, Slot, Timetable, title_key
from loaders.tables.table import MAX_COLUMNS, Row, Table
from loaders.workbooks.cells import Merges
from service.errors import InputError
from service.words import folded

_MAX_ROWS = 5_000
_MIN_SLOTS = 3  # slots, below which nothing is a timetable on its own
_YEAR = re.compile(r"(?<!\d)(?:19|2[01])\d\d(?!\d)")
_ROOM = re.compile(
    r"\b(?:rooms?|hall|auditorium|theat(?:er|re)|stage|ballroom|foyer|\w*(?:saal|raum)|salle|sala|aula)"
    r"(?:\W+[\w-]{1,4})*$|^(?:room|hall|saal|raum|salle|sala|aula|stage|track)\W+[\w-]{1,12}$"
)
_MAX_ROOM = 50
_WITH_HALF = re.compile(r"\d\s*:?\s*[ap]\.?m\b|noon", re.I)
_OF_24_HOURS = re.compile(r"uhr|\d\s?h|utc|gmt|(?<!\d)00?:", re.I)
_PEOPLE = {"speakers", "first_name", "last_name"}


def read_timetable(
    table: Table, options: Options, *, min_slots: int = _MIN_SLOTS
) -> Timetable | None:
    """Return the timetable that a table is, None if it is none or has fewer slots.

    Its first column holds times and the others titles; a row of one cell names the day, and one without a time
    above a day's first time the rooms. Raises InputError if a day's numbers could be day/month or month/day.
    """
    grid = _read_grid(table, options)
    if not grid.is_timetable(min_slots):
        return None
    if grid.ambiguity:
        raise InputError(grid.ambiguity)
    return grid.timetable


def is_timetable(table: Table, *, min_slots: int = _MIN_SLOTS) -> bool:
    """Return whether a table, or the first rows of one, is a timetable."""
    return _read_grid(table, Options()).is_timetable(min_slots)


def _read_grid(table: Table, options: Options) -> "_Grid":
    rows = [row for row in islice(table.rows(), _MAX_ROWS) if not isinstance(row, Diagnostic)]
    below = _with_days_above(rows)
    order = options.date_order or times.find_date_order(cells[0] for _, cells in below if cells)
    merges = {
        (number, position - (below is not rows)): last
        for (number, position), last in table.merges.items()
    }
    grid = _Grid(table.name, options.year, order, table.sheet, merges)
    for number, cells in below:
        grid.add_row(number, cells[:MAX_COLUMNS])
    grid.finish()
    return grid


def _with_days_above(rows: list[Row]) -> list[Row]:
    """Return the rows of a grid whose first two columns are day and time with each day in a row of its own."""
    header = next((cells for _, cells in rows if any(map(str.strip, cells))), [])
    fields = [field_of(cell) for cell in header]
    if fields[:2] != ["date", "start"] or "title" in fields:
        return rows
    found: list[Row] = []
    day = ""
    for number, cells in rows:
        own = cells[0].strip() if cells else ""
        if cells is not header and own and own != day:
            day = own
            found.append((number, [own]))
        found.append((number, cells[1:]))
    return found


class _Grid:
    """Builds a timetable row by row; keeps the current day and the rooms of the columns."""

    def __init__(self, name: str, year: int | None, order: str, sheet: str, merges: Merges) -> None:
        self.timetable = Timetable(name)
        self._is_grid = False
        self.ambiguity = ""
        self._order = order
        named = _YEAR.search(name.rpartition("/")[2])
        self._year = int(named[0]) if named else year
        self._day = ""
        self._rooms: dict[int, str] = {}
        self._is_day_begun = False
        self._merges = merges
        self._covered: dict[int, int] = {}  # the last rows that cells reach, by their columns
        self._columns: list[int] | None = None
        self._untimed = 0  # rows of texts without a time
        self._rows: list[_TimedRow] = []
        self._read_day(0, sheet)

    def is_timetable(self, min_slots: int) -> bool:
        return self._is_grid and len(self.timetable.slots) >= min_slots

    def add_row(self, number: int, cells: list[str]) -> None:
        """Read one row: a header, a day, rooms, or a time and its titles."""
        first = plain_line(cells[0]) if cells else ""
        filled = {
            position: cell for position, cell in enumerate(cells) if position and cell.strip()
        }
        if self._columns is None:
            if _is_date(first):
                self._read_day(number, first)
            if filled:
                self._read_header(first, cells)
            return
        titles = {position: cell for position, cell in filled.items() if position in self._columns}
        clock = leading_clock(first)
        if clock and filled:
            self._is_day_begun = True
            self._add(number, first, *clock, titles)
        elif first and not filled:
            self._read_day(number, first)
        elif filled and (not first or _is_date(first)):
            self._read_day(number, first)
            texts = {position: plain_line(cell) for position, cell in titles.items()}
            if len(filled) == 1 and any(map(_is_day, texts.values())):
                self._read_day(number, *texts.values())
            elif self._names_rooms([text for text in texts.values() if text]):
                self._rooms |= texts
            else:
                self._untimed += 1

    def _read_header(self, first: str, cells: list[str]) -> None:
        fields = [field_of(cell) for cell in cells]
        is_corner = not first or fields[0] in ("start", "date") or _is_date(first)
        self._is_grid = is_corner and "abstract" not in fields
        named = [position for position, field in enumerate(fields) if field == "title"]
        self._columns = named or [
            position
            for position, cell in enumerate(cells)
            if position and cell.strip() and not _is_people(cell)
        ]
        if not named:
            self._rooms = {position: plain_line(cells[position]) for position in self._columns}

    def _names_rooms(self, texts: list[str]) -> bool:
        """Return whether a row without a time names the rooms, and does not go on with the row above.

        Below the first time of a day, all its texts must be rooms by their words or be known as rooms.
        """
        if (
            not texts
            or max(map(len, texts)) > _MAX_ROOM
            or 2 * len(texts) < len(self._columns or ())
        ):
            return False
        known = {folded(room) for room in self._rooms.values()}
        return not self._is_day_begun or all(
            _ROOM.search(folded(text)) or folded(text) in known for text in texts
        )

    def _read_day(self, number: int, text: str) -> None:
        try:
            day = find_date(text, self._year, self._order)
            if day or parse_day_heading(text) is not None:
                self._day, self._is_day_begun = day, False
        except times.AmbiguousDate as error:
            self.ambiguity = self.ambiguity or f"{self.timetable.name}:{number}: {error}"

    def _add(self, number: int, first: str, start: str, zone: str, titles: dict[int, str]) -> None:
        columns = self._columns or []
        places = []
        is_alone = (
            len(columns) > 1
            and len(titles) == 1
            and all(last < number for last in self._covered.values())
        )
        for position, cell in titles.items():
            room = "" if is_alone and position == columns[0] else self._rooms.get(position, "")
            self._covered[position] = last = self._merges.get((number, position), number)
            if key := title_key(cell):
                places.append((key, room, cell.strip(), last))
        _, until = split_range(first)
        end = leading_clock(until) if until and not zone else None
        self._rows.append(
            _TimedRow(
                number,
                self._day,
                start,
                end[0] if end else "",
                zone,
                bool(_WITH_HALF.search(first)),
                bool(_OF_24_HOURS.search(first)),
                places,
            )
        )

    def finish(self) -> None:
        """Fill the timetable, once every row is read; note the times that may be in either half of the day."""
        starts: list[str | None] = [row.start for row in self._rows]
        if not any(row.is_of_24_hours for row in self._rows):
            settled = settle_clocks(
                [Clock(row.day, row.minutes, is_certain=row.has_half) for row in self._rows]
            )
            starts = [
                None if minutes is None else f"{minutes // 60:02}:{minutes % 60:02}"
                for minutes in settled
            ]
        ends = {
            row.number: row.end if start == row.start else _half_day_later(row.end)
            for row, start in zip(self._rows, starts, strict=True)
        }
        for row, start in zip(self._rows, starts, strict=True):
            moment = f"{row.day} {start}" if row.day and start else ""
            for key, room, text, last in row.places:
                slot = Slot(moment, row.zone if moment else "", room)
                self.timetable.slots.setdefault(key, set()).add(slot)
                self.timetable.cells.append(
                    Cell(text, row.number, slot, moment or start or "", ends.get(last, ""))
                )
        if self._untimed:
            self.timetable.notes.append(f"{self._untimed} rows without a time place no talk")
        if None in starts:
            self.timetable.notes.append(f"of {starts.count(None)} rows: {ASK}")


@dataclass(frozen=True, slots=True)
class _TimedRow:
    """A row with its number, day and times, and the key, room, text and last row of each of its titles.

    `has_half` says that its time says am or pm, `has_24_hours` that only a clock of 24 hours has it.
    """

    number: int
    day: str
    start: str
    end: str
    zone: str
    has_half: bool
    has_24_hours: bool
    places: list[tuple[str, str, str, int]]

    @property
    def minutes(self) -> int:
        return int(self.start[:2]) * 60 + int(self.start[3:])

    @property
    def is_of_24_hours(self) -> bool:
        return self.has_24_hours or (self.minutes >= 13 * 60 and not self.has_half)


def _half_day_later(clock: str) -> str:
    return f"{(int(clock[:2]) + 12) % 24:02}{clock[2:]}" if clock else ""


def _is_day(text: str) -> bool:
    return parse_day_heading(text, is_title=True) is not None


def _is_date(text: str) -> bool:
    return bool(parse_day_heading(text)) and not has_clock(text)


def _is_people(header: str) -> bool:
    words = header_key(header).split()
    return field_of(header) in _PEOPLE or (bool(words) and field_of(words[-1]) in _PEOPLE)
