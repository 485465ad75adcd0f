"""Tables of any file format: finds the header among the first rows, and reads the rows below as Records."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from loaders.records.day_headings import is_not_a_date, mentions_day, parse_day_heading
from loaders.records.record import Diagnostic, Options, Record
from loaders.records.rows import to_record
from loaders.records.times import find_date_order
from loaders.records.values import excerpt
from loaders.sources.source_file import SourceFile
from loaders.tables.columns import (
    field_of,
    header_key,
    header_zone,
    is_name,
    map_columns,
    missing_columns,
)
from loaders.tables.titles import SAMPLE_SIZE, choose_titles, is_clear
from loaders.workbooks.cells import Merges
from loaders.workbooks.workbook import open_sheets

HEADER_SEARCH_ROWS = 10  # rows: a preamble or a second header row may stand above the header
_MAX_PREAMBLE = 100  # rows that are looked at where the first ones hold no header
_MAX_HEADER_CELL = 80
MAX_COLUMNS = 1_000
_MERGED_FIELDS = ("date", "start", "end", "track", "room", "kind", "level", "language")
_DATE_FROM_ABOVE = "no date: that of the row above is taken"
_HEADING = "a day's heading, not a session"
_TOO_WIDE = "more cells than the header: put a text that holds the delimiter in quotes"
_BESIDE = "text beside the table is left out"


Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose numbered rows can be read repeatedly; `name` is for messages, `sheet` is a sheet's name."""

    name: str
    rows: Callable[[], Iterator[Row | Diagnostic]]
    merges: Merges = field(default_factory=dict)
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """The header row of a table: its number and cells, the columns of each field, and the unknown headers.

    `zone` is "UTC" if a header says so. `missing` are columns that the caller maps and that are not there.
    `has_names` says that the column of titles is called "Name", which may mean people or rooms as well.
    `note` says which column was chosen for the titles, where several may hold them.
    """

    number: int
    cells: list[str]
    columns: dict[str, list[int]]
    unknown: list[str]
    missing: list[str]
    has_names: bool
    zone: str
    note: str = ""


def sheet_tables(source: SourceFile, options: Options) -> list[Table]:
    """Return a table for each visible sheet of a workbook.

    Raises InputError if it is no workbook that can be read.
    """
    sheets = open_sheets(source, options.limits)
    return [
        Table(source.name if len(sheets) == 1 else f"{source.name}[{name}]", rows, merges, name)
        for name, rows, merges in sheets
    ]


def find_header(table: Table, options: Options) -> Header | None:
    """Return the row among the first ones whose cells name the most fields, a title among them.

    A cell that means no field by itself is read together with the group header above it. A later header, below
    rows of its own, is left to `read_table`.
    """
    best: Header | None = None
    above: list[str] = []
    most = (0, 0)
    is_first = True
    for count, row in enumerate(islice(table.rows(), _MAX_PREAMBLE)):
        if best and count >= HEADER_SEARCH_ROWS:
            break
        if isinstance(row, Diagnostic) or not any(cell.strip() for cell in row[1]):
            continue
        number, cells = row
        if not any(len(cell) > _MAX_HEADER_CELL for cell in cells):
            header = _header(number, cells, above, options)
            score = (len(header.columns), sum(map(len, header.columns.values())))
            is_enough = score[0] > 1 or is_first or options.columns  # "Title" alone may be prose
            if "title" in header.columns and is_enough and score > most:
                best, most = header, score
            elif most[0] > 1 and len(header.cells) > 1 and not header.columns:
                break
        above, is_first = cells, False
    return best and _with_titles(best, table, options)


def _with_titles(header: Header, table: Table, options: Options) -> Header:
    """Return the header with the column of titles that the rows below it speak for."""
    cells = dict(enumerate(header.cells))
    headers = [cells.get(column, "") for column in header.columns.get("title", ())]
    if is_clear(headers) or any(field == "title" for _, field in options.columns):
        return header
    below = (
        row for row in table.rows() if not isinstance(row, Diagnostic) and row[0] > header.number
    )
    rows = [dict(enumerate(cells)) for _, cells in islice(below, SAMPLE_SIZE)]
    choice = choose_titles(header.columns, rows, lambda column: cells.get(column, ""))
    return replace(
        header,
        columns=choice.columns,
        unknown=[*header.unknown, *choice.unknown],
        note=choice.note,
    )


def read_table(table: Table, header: Header, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each row below the header, and a Diagnostic for each that is none.

    A row without a date takes that of the day heading or row above it, or of the sheet's name. A row of nothing
    but names of fields is the header of the rows below it; repeats of the header are skipped.
    """
    order = options.date_order or _date_order(table, header)
    carried: dict[int, tuple[str, int]] = {}
    day = _CurrentDay(header, table)
    for row in table.rows():
        if isinstance(row, Diagnostic):
            yield row
        elif not (filled := _strip_trailing(row[1])):
            continue
        elif day.is_heading(filled):
            if row[0] > header.number:
                yield Diagnostic(f"{table.name}:{row[0]}", _HEADING, row=filled[-1], unwanted=True)
        elif row[0] <= header.number or filled == header.cells:
            continue
        elif _is_header(filled):
            header = day.header = _with_titles(_header(*row, (), options), table, options)
        else:
            _fill_merged_cells(row, header, table.merges, carried)
            yield _record(row, header, table, order, day)


class _CurrentDay:
    """The day of rows that leave it out: that of the last day heading, or of the row above."""

    def __init__(self, header: Header, table: Table) -> None:
        """Start with the day that the sheet's name gives, if it does."""
        self.header = header
        self._merged = {position for _, position in table.merges}
        self._heading = parse_day_heading(table.sheet) or ""
        self._above = ""

    def is_heading(self, cells: Sequence[str]) -> bool:
        """Return whether a row is a day heading, whose day is then that of the rows below."""
        heading = _heading_day(cells, self.header)
        if heading is not None:
            self._heading, self._above = heading, ""
        return heading is not None

    def fill_in(self, cells: Sequence[str]) -> tuple[str, str]:
        """Return the day that a row leaves out, if any, and a warning if it is taken from the row above."""
        columns = self.header.columns
        if not _first(cells, columns.get("title", ())) and any(map(mentions_day, cells)):
            self._heading = self._above = ""  # another day, or not
        own = _first(cells, dates := columns.get("date", ()))
        if is_not_a_date(own):
            return self._heading, ""
        if own:
            self._above = "" if self._merged.intersection(dates) else own
            return "", ""
        return (self._above, _DATE_FROM_ABOVE) if self._above else (self._heading, "")


def _heading_day(cells: Sequence[str], header: Header) -> str | None:
    """Return what `parse_day_heading` returns for the only cell of a row; None for other rows."""
    filled = [position for position, cell in enumerate(cells) if cell]
    if len(filled) != 1 or len(header.columns) < 2:
        return None
    is_title = filled[0] in header.columns.get("title", ())
    if is_title and "start" not in header.columns:
        return None
    return parse_day_heading(cells[filled[0]], is_title=is_title)


def _is_header(cells: Sequence[str]) -> bool:
    """Return whether a row holds nothing but names of fields, at least three, a title's among them."""
    if any(len(cell) > _MAX_HEADER_CELL for cell in cells):
        return False
    fields = [field_of(cell) for cell in cells if cell]
    return len(fields) > 2 and "title" in fields and all(fields)


def _first(cells: Sequence[str], positions: Sequence[int]) -> str:
    return next((cell for position, cell in enumerate(cells) if position in positions and cell), "")


def _fill_merged_cells(
    row: Row, header: Header, merges: Merges, carried: dict[int, tuple[str, int]]
) -> None:
    """Copy the texts of merged cells into the rows that they cover.

    `carried` holds for each column the text of the last merged cell, and the last row that it covers.
    """
    number, cells = row
    fields = _MERGED_FIELDS if merges else ()
    for position in (column for name in fields for column in header.columns.get(name, ())):
        if last := merges.get((number, position)):
            carried[position] = cells[position], last
        elif number <= carried.get(position, ("", 0))[1]:
            cells[position] = cells[position] or carried[position][0]


def _strip_trailing(cells: Sequence[str]) -> list[str]:
    """Return the cells, stripped, up to the last one that is not empty."""
    stripped = [cell.strip() for cell in cells]
    while stripped and not stripped[-1]:
        stripped.pop()
    return stripped


def _record(
    row: Row, header: Header, table: Table, order: str, day: _CurrentDay
) -> Record | Diagnostic:
    number, cells = row
    location = f"{table.name}:{number}"
    surplus = _strip_trailing(cells[len(header.cells) :])
    if surplus and surplus[0] and not table.sheet:
        return Diagnostic(location, _TOO_WIDE, row=excerpt(cells))
    left_out, reason = day.fill_in([cell.strip() for cell in cells])
    record = to_record(dict(enumerate(cells)), header.columns, location, left_out)
    if reason and record.start and not any(str(record.start) in cell for cell in cells):
        record.warn(reason, left_out)
    if surplus:  # of a sheet, or after an empty cell: no text was cut at a delimiter
        record.warn(_BESIDE, " ".join(filter(None, surplus)))
    record.date_order = order
    record.zone = record.zone or header.zone
    return record


def _header(number: int, cells: Sequence[str], above: Sequence[str], options: Options) -> Header:
    """Return the header that a row would be; columns of one name are taken together."""
    positions: dict[str, list[int]] = {}
    read = cells[:MAX_COLUMNS]
    groups = _groups(above, len(read))
    keys = [header_key(cell) for cell in read]
    counts = Counter(keys)
    for position, (cell, key, group) in enumerate(zip(read, keys, groups, strict=True)):
        label = cell.strip()
        if group and (not field_of(label) or counts[key] > 1):
            label = _with_group(label, group, position)
        if header_key(label):
            positions.setdefault(label, []).append(position)
    columns, unknown = map_columns(positions, options)
    column_numbers = {
        field: [position for label in labels for position in positions[label]]
        for field, labels in columns.items()
    }
    missing = missing_columns(positions, options)
    has_names = not options.columns and all(map(is_name, columns.get("title", ())))
    zone = header_zone(columns.get("start", ()))
    return Header(number, _strip_trailing(cells), column_numbers, unknown, missing, has_names, zone)


def _groups(above: Sequence[str], width: int) -> list[str]:
    """Return for each column the group header above it, which also covers the empty cells after it."""
    groups, group = [], ""
    for position in range(width):
        cell = above[position].strip() if position < len(above) else ""
        group = cell or group
        groups.append(group if len(group) <= _MAX_HEADER_CELL else "")
    return groups


def _with_group(label: str, group: str, position: int) -> str:
    """Return a label with its group: "1" under "Speakers" is "Speakers 1", "Name" is "Speakers Name"."""
    if field_of(f"{group} {label}"):
        return f"{group} {label}"
    if field_of(group) in ("speakers", "tags") and (label.replace(".", "").isdigit()):
        return f"{group} {position}"
    return f"{group} {label}" if field_of(label) else label


def _date_order(table: Table, header: Header) -> str:
    wanted = [*header.columns.get("date", ()), *header.columns.get("start", ())]
    rows = (_strip_trailing(row[1]) for row in table.rows() if not isinstance(row, Diagnostic))
    return find_date_order(
        cell
        for cells in (rows if wanted else ())
        for is_heading in [_heading_day(cells, header) is not None]
        for position, cell in enumerate(cells)
        if is_heading or position in wanted
    )
