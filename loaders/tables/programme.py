"""Programmes in tables: the talks, and the timetables among them and beside them that say when talks are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from loaders.records.record import Diagnostic, Options, Record
from loaders.sources.source_file import SourceFile
from loaders.tables.columns import not_understood
from loaders.tables.delimited import is_text, text_table
from loaders.tables.table import (
    MAX_COLUMNS,
    Header,
    Table,
    find_header,
    read_table,
    sheet_tables,
)
from loaders.tables.timetable import Timetable, key_of, read_timetable
from loaders.tables.workbooks import is_workbook_source
from service.errors import InputError

_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xls", ".ods")
_MOST_NEIGHBOURS = 30
_LARGEST_NEIGHBOUR = 2 * 2**20
_FEWEST = 3  # talks that a timetable must hold to belong to them
_SHARE = 0.3  # of a list of titles that must stand among the talks for it to be their timetable


@dataclass(frozen=True, slots=True)
class _Talks:
    """A table of talks: a header with titles was found."""

    table: Table
    header: Header

    @property
    def has_abstracts(self) -> bool:
        return "abstract" in self.header.columns

    def keys(self, options: Options) -> set[str]:
        """The titles and ids by which timetables name its talks."""
        records = (item for item in read_table(self.table, self.header, options))
        return {
            key
            for record in records
            if isinstance(record, Record)
            for text in (record.title, record.source_id)
            if (key := key_of(text))
        }


def read_programme(
    source: SourceFile, tables: list[Table], options: Options
) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each talk of a file's tables, with time and room from a timetable if it has none.

    Raises InputError if no table has a header with titles, or one that the caller maps is not there.
    """
    talks, timetables, others = _sorted(tables, options)
    _check_mapped(source, talks)
    beside = list(_neighbours(source, options))
    if not talks and not timetables:
        if not source.is_named:
            yield Diagnostic(source.name, "a file without sessions", skipped=False)
            return
        raise InputError(
            f"{source.name} has no header row with a title column. "
            'Name the column that holds titles: --map "Column=title"'
        )
    if not talks and not beside:
        raise InputError(
            f"{source.name} is a timetable. Load it together with the file of the talks it places."
        )
    yield from (Diagnostic(table.name, "a sheet without a header row", False) for table in others)
    for timetable in timetables:
        yield Diagnostic(timetable.name, "a timetable: it places the talks beside it", False)
    placing = [*timetables, *_timetables_in(beside, options)] if talks else []
    has_titles = any(not found.header.has_names for found in talks)
    for found in talks:
        if has_titles and found.header.has_names:
            yield Diagnostic(found.table.name, "names of others: the talks are beside them", False)
            continue
        own = None if found.has_abstracts else read_timetable(found.table, options)
        rest = [other for other in talks if other is not found]
        if own and _repeats(own, [*rest, *_talks_in(beside, options)], options):
            yield Diagnostic(found.table.name, "a timetable: it places the talks beside it", False)
        else:
            yield from _notes_on_header(found)
            yield from _read(found, own, placing, options)


def _check_mapped(source: SourceFile, talks: list[_Talks]) -> None:
    """Refuse a column that the caller maps and that no table has, if no other file may have it."""
    if not talks or not source.is_named or len(source.siblings) > 1:
        return
    for column in talks[0].header.missing:
        if all(column in found.header.missing for found in talks):
            cells = [cell for found in talks for cell in found.header.cells if cell]
            raise InputError(
                f'{source.name} has no column "{column}", which --map names. '
                f"Columns: {', '.join(dict.fromkeys(cells))}."
            )


def _sorted(
    tables: Iterable[Table], options: Options
) -> tuple[list[_Talks], list[Timetable], list[Table]]:
    talks: list[_Talks] = []
    timetables: list[Timetable] = []
    others: list[Table] = []
    for table in tables:
        if header := find_header(table, options):
            talks.append(_Talks(table, header))
        elif timetable := read_timetable(table, options):
            timetables.append(timetable)
        elif next(table.rows(), None) is not None:
            others.append(table)
    return talks, timetables, others


def _notes_on_header(talks: _Talks) -> Iterator[Diagnostic]:
    header, location = talks.header, f"{talks.table.name}:{talks.header.number}"
    if header.unknown:
        yield Diagnostic(location, not_understood(header.unknown, "columns"), False)
    if len(header.cells) > MAX_COLUMNS:
        reason = (
            f"only the first {MAX_COLUMNS:,} columns are read: put those of the programme first"
        )
        yield Diagnostic(location, reason, False)


def _read(
    talks: _Talks, own: Timetable | None, timetables: list[Timetable], options: Options
) -> Iterator[Record | Diagnostic]:
    """Read the talks, placed by the times that stand among them (`own`), else by the best timetable."""
    timetable = own or _best(talks, timetables, options)
    placed = count = 0
    for item in read_table(talks.table, talks.header, options):
        if timetable and isinstance(item, Record):
            count += 1
            placed += timetable.place(item, replace=own is not None)
        yield item
    if timetable and timetable is not own:
        yield Diagnostic(
            timetable.name, f"{placed} of {count} talks placed by the timetable", skipped=False
        )


def _best(talks: _Talks, timetables: list[Timetable], options: Options) -> Timetable | None:
    """The timetable that holds the most of the talks, None if none holds more than a few of them."""
    columns = talks.header.columns
    if not timetables or not talks.has_abstracts or ("start" in columns and "room" in columns):
        return None
    keys = talks.keys(options)
    best = max(timetables, key=lambda timetable: timetable.overlap(keys))
    return best if best.overlap(keys) >= _FEWEST else None


def _repeats(timetable: Timetable, others: list[_Talks], options: Options) -> bool:
    """Whether a list of times and titles only repeats talks that another table tells more about."""
    fewest = max(_FEWEST, _SHARE * len(timetable.slots))
    return any(
        other.has_abstracts and timetable.overlap(other.keys(options)) >= fewest for other in others
    )


def _neighbours(source: SourceFile, options: Options) -> Iterator[Table]:
    """The tables of the other files in the same folder, if they are small enough to be a timetable."""
    folder = source.path.rpartition("/")[0]
    files = [
        other
        for path, other in source.siblings.items()
        if path.rpartition("/")[0] == folder
        and other.name != source.name
        and path.lower().endswith(_SUFFIXES)
        and other.size <= _LARGEST_NEIGHBOUR
    ]
    for file in files[:_MOST_NEIGHBOURS]:
        try:
            if is_workbook_source(file):
                yield from sheet_tables(file)
            elif is_text(file):
                yield text_table(file, options)
        except InputError:
            continue  # its own turn to be read says what is wrong with it


def _talks_in(tables: list[Table], options: Options) -> Iterator[_Talks]:
    for table in tables:
        if header := find_header(table, options):
            yield _Talks(table, header)


def _timetables_in(tables: list[Table], options: Options) -> Iterator[Timetable]:
    for table in tables:
        try:
            if timetable := read_timetable(table, options):
                yield timetable
        except InputError:
            continue
