"""Tables, whatever file they are in: rows of cells, the header among them, and Records below it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from loaders.records.day_headings import is_no_date, mentions_day, read_day_line
from loaders.records.record import Diagnostic, Options, Record
from loaders.records.rows import to_record
from loaders.records.times import find_date_order
from loaders.records.values import excerpt
from loaders.sources.source_file import SourceFile
from loaders.tables.columns import (
    field_of,
    header_key,
    is_name,
    map_columns,
    missing_columns,
    zone_in,
)
from loaders.tables.workbooks import Merges, open_sheets

HEADER_WITHIN = 10  # rows: a preamble or a second header row may stand above the header
_LONGEST_HEADER = 80
MAX_COLUMNS = 1_000
_CARRIED = ("date", "start", "end", "track", "room", "kind", "level", "language")
_FROM_ABOVE = "no date: that of the row above is taken"
_HEADING = "a day's heading, not a session"
_TOO_WIDE = "more cells than the header: put a text that holds the delimiter in quotes"


Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a name for people, whose numbered rows can be read again; `sheet` is the name in its file."""

    name: str
    rows: Callable[[], Iterator[Row | Diagnostic]]
    merges: Merges = field(default_factory=dict)
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands, its cells, which columns each field has, and those that mean nothing.

    `zone` is that of its times, where it says one. `missing` are columns that the caller maps and that are not
    there; `has_names` says that titles stand under "Name", which may as well be the names of people or rooms.
    """

    number: int
    cells: list[str]
    columns: dict[str, list[int]]
    unknown: list[str]
    missing: list[str]
    has_names: bool
    zone: str


def sheet_tables(source: SourceFile) -> list[Table]:
    """Return a table for each sheet of a workbook that is not hidden.

    Raises InputError if it is no workbook that can be read.
    """
    sheets = open_sheets(source)
    return [
        Table(source.name if len(sheets) == 1 else f"{source.name}[{name}]", rows, merges, name)
        for name, rows, merges in sheets
    ]


def find_header(table: Table, options: Options) -> Header | None:
    """Return the row among the first ones whose cells name the most fields, a title among them.

    A cell that says nothing by itself takes the meaning of a group header above it. Below rows of its own, a
    header is followed by none that counts here: `read_table` finds those.
    """
    best: Header | None = None
    above: list[str] = []
    most = (0, 0)
    is_first = True
    for row in islice(table.rows(), HEADER_WITHIN):
        if isinstance(row, Diagnostic) or not any(cell.strip() for cell in row[1]):
            continue
        number, cells = row
        if not any(len(cell) > _LONGEST_HEADER for cell in cells):
            header = _header(number, cells, above, options)
            score = (len(header.columns), sum(map(len, header.columns.values())))
            is_enough = score[0] > 1 or is_first or options.columns  # "Title" alone may be prose
            if "title" in header.columns and is_enough and score > most:
                best, most = header, score
            elif most[0] > 1 and len(header.cells) > 1 and not header.columns:
                break
        above, is_first = cells, False
    return best


def read_table(table: Table, header: Header, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each row below the header that does not repeat it, and is not the heading of a day.

    A row whose date is left out is of the day that stands above it, or that the sheet is called by. A row of
    nothing but names of fields is the header of those below.
    """
    order = options.date_order or _date_order(table, header)
    standing: dict[int, tuple[str, int]] = {}
    day = _Day(header, table)
    for row in table.rows():
        if isinstance(row, Diagnostic):
            yield row
        elif not (filled := _filled(row[1])):
            continue
        elif day.is_line(filled):
            if row[0] > header.number:
                yield Diagnostic(f"{table.name}:{row[0]}", _HEADING, row=filled[-1], unwanted=True)
        elif row[0] <= header.number or filled == header.cells:
            continue
        elif _is_header(filled):
            header = day.header = _header(*row, (), options)
        else:
            _carry_down(row, header, table.merges, standing)
            yield _record(row, header, table.name, order, day)


class _Day:
    """The day that the rows of a table are of, as far as they leave it out."""

    def __init__(self, header: Header, table: Table) -> None:
        """Start with the day that the sheet is called by, if it is."""
        self.header = header
        self._merged = {position for _, position in table.merges}
        self._heading = read_day_line(table.sheet) or ""
        self._above = ""

    def is_line(self, cells: Sequence[str]) -> bool:
        """Return whether a row only names a day, which is then that of the rows below."""
        told = _told_day(cells, self.header)
        if told is not None:
            self._heading, self._above = told, ""
        return told is not None

    def of(self, cells: Sequence[str]) -> tuple[str, str]:
        """Return the day that a row leaves out, and what is to be said of that."""
        columns = self.header.columns
        if not _first(cells, columns.get("title", ())) and any(map(mentions_day, cells)):
            self._heading = self._above = ""  # another day, or not
        own = _first(cells, dates := columns.get("date", ()))
        if is_no_date(own):
            return self._heading, ""
        if own:
            self._above = "" if self._merged.intersection(dates) else own
            return "", ""
        return (self._above, _FROM_ABOVE) if self._above else (self._heading, "")


def _told_day(cells: Sequence[str], header: Header) -> str | None:
    """What `read_day_line` says of a row of one cell; None for other rows."""
    filled = [position for position, cell in enumerate(cells) if cell]
    if len(filled) != 1 or len(header.columns) < 2:
        return None
    is_title = filled[0] in header.columns.get("title", ())
    if is_title and "start" not in header.columns:
        return None
    return read_day_line(cells[filled[0]], is_title=is_title)


def _is_header(cells: Sequence[str]) -> bool:
    """Whether a row holds nothing but names of fields, three at least, a title's among them."""
    fields = [field_of(cell) for cell in cells if cell]
    return len(fields) > 2 and "title" in fields and all(fields)


def _first(cells: Sequence[str], positions: Sequence[int]) -> str:
    return next((cell for place, cell in enumerate(cells) if place in positions and cell), "")


def _carry_down(
    row: Row, header: Header, merges: Merges, standing: dict[int, tuple[str, int]]
) -> None:
    """Give a row what merged cells above it say of it too; `standing` are these texts and their last rows."""
    number, cells = row
    fields = _CARRIED if merges else ()
    for position in (place for name in fields for place in header.columns.get(name, ())):
        if last := merges.get((number, position)):
            standing[position] = cells[position], last
        elif number <= standing.get(position, ("", 0))[1]:
            cells[position] = cells[position] or standing[position][0]


def _filled(cells: Sequence[str]) -> list[str]:
    """The cells up to the last one that is not empty."""
    stripped = [cell.strip() for cell in cells]
    while stripped and not stripped[-1]:
        stripped.pop()
    return stripped


def _record(row: Row, header: Header, name: str, order: str, day: _Day) -> Record | Diagnostic:
    number, cells = row
    location = f"{name}:{number}"
    if any(cell.strip() for cell in cells[len(header.cells) :]):
        return Diagnostic(location, _TOO_WIDE, row=excerpt(cells))
    left_out, reason = day.of([cell.strip() for cell in cells])
    record = to_record(dict(enumerate(cells)), header.columns, location, left_out)
    if reason and record.start and not any(str(record.start) in cell for cell in cells):
        record.warn(reason, left_out)
    record.date_order = order
    record.zone = record.zone or header.zone
    return record


def _header(number: int, cells: Sequence[str], above: Sequence[str], options: Options) -> Header:
    """The header that a row would be: columns that are called the same are taken together."""
    positions: dict[str, list[int]] = {}
    read = cells[:MAX_COLUMNS]
    groups = _groups(above, len(read))
    keys = [header_key(cell) for cell in read]
    times = Counter(keys)
    for position, (cell, key, group) in enumerate(zip(read, keys, groups, strict=True)):
        label = cell.strip()
        if group and (not field_of(label) or times[key] > 1):
            label = _grouped(label, group, position)
        if header_key(label):
            positions.setdefault(label, []).append(position)
    columns, unknown = map_columns(positions, options)
    places = {
        field: [position for label in labels for position in positions[label]]
        for field, labels in columns.items()
    }
    missing = missing_columns(positions, options)
    has_names = not options.columns and all(map(is_name, columns.get("title", ())))
    zone = zone_in(columns.get("start", ()))
    return Header(number, _filled(cells), places, unknown, missing, has_names, zone)


def _groups(above: Sequence[str], width: int) -> list[str]:
    """For each column the group header over it: a merged cell stands for the empty ones after it."""
    groups, group = [], ""
    for position in range(width):
        cell = above[position].strip() if position < len(above) else ""
        group = cell or group
        groups.append(group if len(group) <= _LONGEST_HEADER else "")
    return groups


def _grouped(label: str, group: str, position: int) -> str:
    """A label together with its group: "1" under "Speakers" is "Speakers 1", "Name" is "Speakers Name"."""
    if field_of(f"{group} {label}"):
        return f"{group} {label}"
    if field_of(group) in ("speakers", "tags") and (label.replace(".", "").isdigit()):
        return f"{group} {position}"
    return f"{group} {label}" if field_of(label) else label


def _date_order(table: Table, header: Header) -> str:
    wanted = [*header.columns.get("date", ()), *header.columns.get("start", ())]
    rows = (_filled(row[1]) for row in table.rows() if not isinstance(row, Diagnostic))
    return find_date_order(
        cell
        for cells in (rows if wanted else ())
        for is_line in [_told_day(cells, header) is not None]
        for position, cell in enumerate(cells)
        if is_line or position in wanted
    )
