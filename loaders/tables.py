"""Tables, whatever file they are in: rows of cells, the header among them, and Records below it."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from loaders.columns import field_of, header_key, map_columns
from loaders.record import Complaint, Options, Record
from loaders.rows import to_record
from loaders.source_file import SourceFile
from loaders.times import find_date_order
from loaders.workbooks import open_sheets

DELIMITERS = ",;\t"
_HEADER_WITHIN = 10  # rows: a preamble or a second header row may stand above the header
_LONGEST_HEADER = 80
_MAX_FIELD = 2**20

Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a name for people, whose numbered rows can be read again and again."""

    name: str
    rows: Callable[[], Iterator[Row | Complaint]]


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands, which columns each field has, and the columns that mean nothing."""

    number: int
    columns: dict[str, list[int]]
    unknown: list[str]


def text_table(source: SourceFile) -> Table:
    """Return the table of a CSV or TSV file."""
    delimiter = _delimiter(source.head_text)
    return Table(source.name, partial(_text_rows, source.text_lines, delimiter, source.name))


def text_head(source: SourceFile) -> Table:
    """Return the first rows of a CSV or TSV file as a table."""
    text = source.head_text
    lines = partial(io.StringIO, text, newline="")
    return Table(source.name, partial(_text_rows, lines, _delimiter(text), source.name))


def sheet_tables(source: SourceFile) -> list[Table]:
    """Return a table for each sheet of a workbook that is not hidden.

    Raises InputError if it is no workbook that can be read.
    """
    sheets = open_sheets(source)
    return [
        Table(source.name if len(sheets) == 1 else f"{source.name}[{name}]", rows)
        for name, rows in sheets
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
    """Yield a Record for each row below the header."""
    order = options.date_order or _date_order(table, header)
    for row in table.rows():
        if isinstance(row, Complaint):
            yield row
        elif row[0] > header.number and any(cell.strip() for cell in row[1]):
            yield _record(row, header, table.name, order)


def _record(row: Row, header: Header, name: str, order: str) -> Record:
    number, cells = row
    place = f"{name}:{number}"
    values = dict(enumerate(cells))
    record = to_record(values, header.columns, place)
    record.date_order = order
    return record


def _header(number: int, cells: Sequence[str], above: Sequence[str], options: Options) -> Header:
    """The header that a row would be, its columns told apart by their positions."""
    labels: dict[str, int] = {}
    groups = _groups(above, len(cells))
    keys = [header_key(cell) for cell in cells]
    for position, cell in enumerate(cells):
        label = cell.strip()
        group = groups[position]
        if group and (not field_of(label) or keys.count(keys[position]) > 1):
            label = _grouped(label, group, position)
        if not header_key(label):
            continue
        while label in labels:
            label += " 2"
        labels[label] = position
    columns, unknown = map_columns(labels, options)
    positions = {field: [labels[name] for name in names] for field, names in columns.items()}
    return Header(number, positions, [label.removesuffix(" 2") for label in unknown])


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
    reader = csv.reader(lines(), delimiter=delimiter)
    while True:
        start = reader.line_num + 1
        try:
            yield start, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            swallowed = reader.line_num - start
            hint = f" (a quote left open? {swallowed} more lines went with it)" if swallowed else ""
            yield Complaint(f"{name}:{start}", f"not a row of a table: {error}{hint}")


def _delimiter(text: str) -> str:
    """The sign that splits the first lines most often."""
    head = text[: 16 * 2**10].splitlines()[:_HEADER_WITHIN]
    counts = {sign: max((line.count(sign) for line in head), default=0) for sign in DELIMITERS}
    return max(DELIMITERS, key=lambda sign: counts[sign])
