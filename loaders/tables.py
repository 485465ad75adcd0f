"""Tables, whatever file they are in: rows of cells, the header among them, and Records below it."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from loaders.columns import (
    field_of,
    header_key,
    is_name,
    map_columns,
    missing_columns,
    zone_in,
)
from loaders.record import Complaint, Options, Record
from loaders.rows import shown, to_record
from loaders.source_file import SourceFile
from loaders.times import find_date_order
from loaders.workbooks import Merges, open_sheets

DELIMITERS = ",;\t"
_HEADER_WITHIN = 10  # rows: a preamble or a second header row may stand above the header
_LONGEST_HEADER = 80
_MAX_FIELD = 2**20
MAX_COLUMNS = 1_000
_NOTHING_SAID = Options()
_CLOSING = re.compile(r'(?<!")"(?:"")*(?!")')  # a quote that is not written twice
_CARRIED = ("date", "start", "end", "track", "room", "kind", "level", "language")
_LEFT_OPEN = (
    "a quote is left open, and the lines after it went with it: close it, or write it twice"
)
_TOO_WIDE = "more cells than the header: put a text that holds the delimiter in quotes"


Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a name for people, whose numbered rows can be read again and again."""

    name: str
    rows: Callable[[], Iterator[Row | Complaint]]
    merges: Merges = field(default_factory=dict)


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


def text_table(source: SourceFile, options: Options = _NOTHING_SAID) -> Table:
    """Return the table of a CSV or TSV file."""
    delimiter = _delimiter(source.head_text, options)
    return Table(source.name, partial(_text_rows, source.text_lines, delimiter, source.name))


def text_head(source: SourceFile, options: Options) -> Table:
    """Return the first rows of a CSV or TSV file as a table."""
    text = source.head_text
    return _split(text, _delimiter(text, options), source.name)


def sheet_tables(source: SourceFile) -> list[Table]:
    """Return a table for each sheet of a workbook that is not hidden.

    Raises InputError if it is no workbook that can be read.
    """
    sheets = open_sheets(source)
    return [
        Table(source.name if len(sheets) == 1 else f"{source.name}[{name}]", rows, merges)
        for name, rows, merges in sheets
    ]


def is_text(source: SourceFile) -> bool:
    """Whether a source may be text: NUL bytes stand in UTF-16 and UTF-32 alone."""
    return b"\0" not in source.head or source.head.startswith(
        (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")
    )


def find_header(table: Table, options: Options) -> Header | None:
    """Return the row among the first ones whose cells name the most fields, a title among them.

    A cell that says nothing by itself takes the meaning of a group header above it.
    """
    best: Header | None = None
    above: list[str] = []
    most = (0, 0)
    is_first = True
    for row in islice(table.rows(), _HEADER_WITHIN):
        if isinstance(row, Complaint) or not any(cell.strip() for cell in row[1]):
            continue
        number, cells = row
        if not any(len(cell) > _LONGEST_HEADER for cell in cells):
            header = _header(number, cells, above, options)
            score = (len(header.columns), sum(map(len, header.columns.values())))
            is_enough = score[0] > 1 or is_first or options.columns  # "Title" alone may be prose
            if "title" in header.columns and is_enough and score > most:
                best, most = header, score
        above, is_first = cells, False
    return best


def read_table(table: Table, header: Header, options: Options) -> Iterator[Record | Complaint]:
    """Yield a Record for each row below the header that does not repeat it."""
    order = options.date_order or _date_order(table, header)
    carried = [position for field in _CARRIED for position in header.columns.get(field, ())]
    standing: dict[int, tuple[str, int]] = {}
    for row in table.rows():
        if isinstance(row, Complaint):
            yield row
        elif row[0] > header.number and (filled := _filled(row[1])) and filled != header.cells:
            _carry_down(row, carried, table.merges, standing)
            yield _record(row, header, table.name, order)


def _carry_down(
    row: Row, positions: list[int], merges: Merges, standing: dict[int, tuple[str, int]]
) -> None:
    """Give a row what merged cells above it say of it too; `standing` are these texts and their last rows."""
    number, cells = row
    for position in positions if merges else ():
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


def _record(row: Row, header: Header, name: str, order: str) -> Record | Complaint:
    number, cells = row
    place = f"{name}:{number}"
    if any(cell.strip() for cell in cells[len(header.cells) :]):
        return Complaint(place, _TOO_WIDE, row=shown(cells))
    values = dict(enumerate(cells))
    record = to_record(values, header.columns, place)
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
    if not wanted:
        return ""
    return find_date_order(
        row[1][position]
        for row in table.rows()
        if not isinstance(row, Complaint)
        for position in wanted
        if position < len(row[1])
    )


def _text_rows(
    lines: Callable[[], Iterator[str]], delimiter: str, name: str
) -> Iterator[Row | Complaint]:
    csv.field_size_limit(_MAX_FIELD)
    taken: list[str | None] = []  # the lines of the row in hand, None after the last line

    def take() -> Iterator[str]:
        for line in lines():
            taken.append(line)
            yield line
        taken.append(None)

    reader = csv.reader(take(), delimiter=delimiter)
    while True:
        start, place = reader.line_num + 1, f"{name}:{reader.line_num + 1}"
        taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            swallowed = reader.line_num - start
            hint = f" (a quote left open? {swallowed} more lines went with it)" if swallowed else ""
            yield Complaint(place, f"not a row of a table: {error}{hint}")
            continue
        if _is_left_open(taken, delimiter):
            yield Complaint(place, _LEFT_OPEN, row=shown(cells))
        else:
            yield start, cells


def _is_left_open(taken: list[str | None], delimiter: str) -> bool:
    """Whether no quote closes a row's quoted cell, or only one that opens a cell of a later row."""
    first, rest = taken[0] or "", "".join(line for line in taken[1:] if line)
    if None in taken:
        return True
    closing = _CLOSING.search(rest)
    if closing is None:
        return False
    before, after = rest[: closing.start()][-1:], rest[closing.end() :][:1]
    opens = before == delimiter or (before in ("", "\n") and first.startswith('"'))
    return opens and after not in (delimiter, "\r", "\n", "")


def _split(text: str, delimiter: str, name: str = "") -> Table:
    lines = partial(io.StringIO, text, newline="")
    return Table(name, partial(_text_rows, lines, delimiter, name))


def _delimiter(text: str, options: Options) -> str:
    """The sign that splits the first rows into the most fields that are known.

    Of signs that do equally well, it is the one that splits no row into more cells than the header; without
    a header the one that splits the most rows.
    """

    def fit(sign: str) -> tuple[int, int, int, int]:
        table = _split(text, sign)
        widths = [
            len(row[1])
            for row in islice(table.rows(), _HEADER_WITHIN)
            if not isinstance(row, Complaint)
        ]
        if header := find_header(table, options):
            wider = sum(width > len(header.cells) for width in widths)
            return len(header.columns), sum(map(len, header.columns.values())), -wider, 0
        return 0, 0, sum(width > 1 for width in widths), max(widths, default=0)

    return max(DELIMITERS, key=fit)
