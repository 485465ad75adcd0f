"""CSV and TSV: a header row, then a session a row."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from loaders.record import Complaint, Options, Record
from loaders.rows import header_key, is_accepted, map_columns, to_record
from loaders.sources import SourceFile
from loaders.times import find_date_order
from service.errors import InputError

NAME = "csv"
_DELIMITERS = ",;\t"
_HEADER_WITHIN = 10  # rows: a preamble or a second header row may stand above the header
_MAX_FIELD = 2**20

Row = tuple[int, list[str]]


def matches(source: SourceFile) -> bool:
    """Whether the text has a row of headers, one of which means a title."""
    if b"\0" in source.head and not source.head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    try:
        text = source.text()[: 64 * 2**10]
    except InputError:
        return False
    rows = _rows(io.StringIO(text, newline=""), _delimiter(text), source.name)
    return _header(rows, Options()) is not None


def read(source: SourceFile, options: Options) -> Iterator[Record | Complaint]:
    """Yield a Record for each row below the header."""
    text = source.text()
    delimiter = _delimiter(text)
    rows = _rows(io.StringIO(text, newline=""), delimiter, source.name)
    yield from read_rows(rows, source.name, options)


def read_rows(
    rows: Iterator[Row | Complaint], name: str, options: Options
) -> Iterator[Record | Complaint]:
    """Yield a Record for each row of a table below its header; `rows` are numbered cells."""
    everything = list(rows)
    header = _header(iter(everything), options)
    if header is None:
        raise InputError(
            f"{name} has no header row with a title column. "
            'Name the column that holds titles: --map "Column=title"'
        )
    number, headers = header
    columns, unknown = map_columns(headers, options)
    if unknown:
        yield Complaint(f"{name}:{number}", "columns not understood: " + ", ".join(unknown), False)
    order = options.date_order or _date_order(everything, headers, columns)
    for row in everything:
        if isinstance(row, Complaint):
            yield row
        elif row[0] > number and any(cell.strip() for cell in row[1]):
            yield _record(row, headers, columns, name, order)


def _record(
    row: Row, headers: Sequence[str], columns: Mapping[str, list[str]], name: str, order: str
) -> Record | Complaint:
    number, cells = row
    place = f"{name}:{number}"
    values = dict(zip(headers, cells, strict=False))
    if not is_accepted(values, columns):
        return Complaint(place, "not accepted", row=str(values))
    record = to_record(values, columns, place)
    record.date_order = order
    return record


def _rows(lines: Iterator[str], delimiter: str, name: str) -> Iterator[Row | Complaint]:
    csv.field_size_limit(_MAX_FIELD)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        start = reader.line_num + 1
        try:
            yield start, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Complaint(f"{name}:{start}", f"not a row of a table: {error}")


def _delimiter(text: str) -> str:
    """The sign that splits the first lines most evenly."""
    head = text[: 16 * 2**10].splitlines()[:_HEADER_WITHIN]
    counts = {sign: max((line.count(sign) for line in head), default=0) for sign in _DELIMITERS}
    return max(_DELIMITERS, key=lambda sign: counts[sign])


def _header(rows: Iterator[Row | Complaint], options: Options) -> tuple[int, list[str]] | None:
    """The row among the first ones whose cells name the most fields, a title among them."""
    best: tuple[int, list[str]] | None = None
    most = 0
    for count, row in enumerate(rows):
        if count >= _HEADER_WITHIN:
            break
        if isinstance(row, Complaint):
            continue
        number, cells = row
        if any(len(cell) > 80 for cell in cells):
            continue
        columns, _ = map_columns([cell for cell in cells if header_key(cell)], options)
        if "title" in columns and len(columns) > most:
            best, most = (number, [cell.strip() for cell in cells]), len(columns)
    return best


def _date_order(
    rows: Sequence[Row | Complaint], headers: Sequence[str], columns: Mapping[str, list[str]]
) -> str:
    wanted = [
        position
        for position, header in enumerate(headers)
        if header in (*columns.get("date", ()), *columns.get("start", ()))
    ]
    return find_date_order(
        row[1][position]
        for row in rows
        if not isinstance(row, Complaint)
        for position in wanted
        if position < len(row[1])
    )
