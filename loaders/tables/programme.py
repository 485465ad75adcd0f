"""Programmes in tables: the talks, and the timetables, in their file or beside it, that say when talks are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from loaders.records.half_days import settle_halves
from loaders.records.record import Diagnostic, Options, Record
from loaders.sources.source_file import SourceFile
from loaders.tables.body import read_table
from loaders.tables.columns import not_understood
from loaders.tables.delimited import is_text, text_table
from loaders.tables.grids import read_grids
from loaders.tables.header import Header, find_header
from loaders.tables.labelled_tags import take_labels
from loaders.tables.placements import read_placements
from loaders.tables.slots import Timetable, title_key
from loaders.tables.table import MAX_COLUMNS, Table, sheet_tables
from loaders.tables.templates import without_samples
from loaders.tables.timetable import read_timetable
from loaders.workbooks.workbook import is_workbook_source
from service.errors import InputError

_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xls", ".ods")
_OTHERS = (".json", ".jsonl", ".ndjson", ".ics", ".xml", ".yml", ".yaml", ".md", ".html", ".js")
_MAX_SIBLINGS = 30
_MAX_SIBLING_BYTES = 2 * 2**20
_MIN_TALKS = 3  # that a timetable must share with a table of talks
_MIN_OVERLAP = 0.3  # of a timetable's titles that must be those of talks


@dataclass(frozen=True, slots=True)
class _TalkTable:
    """A table of talks: its header has a column of titles."""

    table: Table
    header: Header

    @property
    def has_abstracts(self) -> bool:
        return "abstract" in self.header.columns

    def keys(self, options: Options) -> set[str]:
        """Return the keys of the talks' titles and ids, as timetables name them."""
        records = (item for item in read_table(self.table, self.header, options))
        return {
            key
            for record in records
            if isinstance(record, Record)
            for text in (record.title, record.source_id)
            if (key := title_key(text))
        }


def read_programme(
    source: SourceFile, tables: list[Table], options: Options
) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each talk of a file's tables, with time and room from a timetable if it has none.

    A timetable without talks anywhere gives what its cells say. Raises InputError if no table has a header with
    titles, or one that the caller maps is not there.
    """
    trimmed = [without_samples(table) for table in tables]
    yield from (note for _, note in trimmed if note)
    talks, timetables, others = _classify([table for table, _ in trimmed], options)
    _check_mapped(source, talks)
    beside = [_read_beside(file, options) for file in _sibling_files(source)]
    siblings = [table for tables, _ in beside for table in tables]
    if not talks and not timetables:
        if not source.is_named:
            yield Diagnostic(source.name, "a file without sessions", skipped=False)
            return
        raise InputError(
            f"{source.name} has no header row with a title column. "
            'Name the column that holds titles: --map "Column=title"'
        )
    if not talks and not _has_talks_beside(source, siblings, options):
        if not any(timetable.cells for timetable in timetables):
            raise InputError(
                f"{source.name} is a timetable by ids. Load it together with the file of the talks it places."
            )
        yield from (
            Diagnostic(table.name, "a sheet without a header row", False) for table in others
        )
        yield from read_grids(timetables)
        return
    yield from (Diagnostic(table.name, "a sheet without a header row", False) for table in others)
    for timetable in timetables:
        yield Diagnostic(timetable.name, "a timetable: it places the talks beside it", False)
    placing = [*timetables, *(one for _, found in beside for one in found)]
    has_titles = any(not found.header.has_names for found in talks)
    for found in talks:
        if has_titles and found.header.has_names:
            yield Diagnostic(found.table.name, "names of others: the talks are beside them", False)
            continue
        own = None if found.has_abstracts else read_timetable(found.table, options)
        rest = [other for other in talks if other is not found]
        if own and _is_duplicate(own, [*rest, *_talks_in(siblings, options)], options):
            yield Diagnostic(found.table.name, "a timetable: it places the talks beside it", False)
        else:
            yield from _header_diagnostics(found)
            yield from _read_talks(found, own, placing, options)


def _has_talks_beside(source: SourceFile, siblings: list[Table], options: Options) -> bool:
    """Return whether a file beside a timetable may hold its talks."""
    others = (path.lower() for path in source.siblings if path != source.path)
    return any(path.endswith(_OTHERS) for path in others) or any(_talks_in(siblings, options))


def _check_mapped(source: SourceFile, talks: list[_TalkTable]) -> None:
    """Raise InputError for a column that the caller maps and no table has, unless another file may have it."""
    if not talks or not source.is_named or len(source.siblings) > 1:
        return
    for column in talks[0].header.missing:
        if all(column in found.header.missing for found in talks):
            cells = [cell for found in talks for cell in found.header.cells if cell]
            raise InputError(
                f'{source.name} has no column "{column}", which --map names. '
                f"Columns: {', '.join(dict.fromkeys(cells))}."
            )


def _classify(
    tables: Iterable[Table], options: Options
) -> tuple[list[_TalkTable], list[Timetable], list[Table]]:
    """Return the tables of talks, the timetables, and the other tables that are not empty."""
    talks: list[_TalkTable] = []
    timetables: list[Timetable] = []
    others: list[Table] = []
    for table in tables:
        if header := find_header(table, options):
            talks.append(_TalkTable(table, header))
        elif timetable := read_timetable(table, options) or read_placements(table, options):
            timetables.append(timetable)
        elif next(table.rows(), None) is not None:
            others.append(table)
    if timetables:  # of one day there may be few talks
        small = {table.name: read_timetable(table, options, min_slots=1) for table in others}
        timetables += filter(None, small.values())
        others = [table for table in others if not small[table.name]]
    return talks, timetables, others


def _header_diagnostics(talks: _TalkTable) -> Iterator[Diagnostic]:
    header, location = talks.header, f"{talks.table.name}:{talks.header.number}"
    if header.note:
        yield Diagnostic(location, header.note, False)
    if header.unknown:
        yield Diagnostic(location, not_understood(header.unknown, "columns"), False)
    if len(header.cells) > MAX_COLUMNS:
        reason = (
            f"only the first {MAX_COLUMNS:,} columns are read: put those of the programme first"
        )
        yield Diagnostic(location, reason, False)


def _read_talks(
    talks: _TalkTable, own: Timetable | None, timetables: list[Timetable], options: Options
) -> Iterator[Record | Diagnostic]:
    """Yield the talks, with times and rooms of their table's `own` timetable, else of the best one."""
    timetable = own or _best_timetable(talks, timetables, options)
    placed = count = 0
    for item in settle_halves(read_table(talks.table, talks.header, options)):
        if isinstance(item, Record):
            take_labels(item)
        if timetable and isinstance(item, Record):
            count += 1
            placed += timetable.apply(item, replace=own is not None)
        yield item
    if not timetable:
        return
    yield from (Diagnostic(timetable.name, note, skipped=False) for note in timetable.notes)
    if timetable is not own:
        placing = f"{placed} of {count} talks placed by the timetable"
        yield Diagnostic(timetable.name, placing, skipped=False)


def _best_timetable(
    talks: _TalkTable, timetables: list[Timetable], options: Options
) -> Timetable | None:
    """Return the timetable that holds the most of the talks; None if none holds as many as `_MIN_TALKS`."""
    columns = talks.header.columns
    if not timetables or not talks.has_abstracts or ("start" in columns and "room" in columns):
        return None
    keys = talks.keys(options)
    best = max(timetables, key=lambda timetable: timetable.overlap(keys))
    return best if best.overlap(keys) >= _MIN_TALKS else None


def _is_duplicate(timetable: Timetable, others: list[_TalkTable], options: Options) -> bool:
    """Return whether a list of times and titles repeats the talks of a table that has their abstracts."""
    fewest = max(_MIN_TALKS, _MIN_OVERLAP * len(timetable.slots))
    return any(
        other.has_abstracts and timetable.overlap(other.keys(options)) >= fewest for other in others
    )


def _sibling_files(source: SourceFile) -> list[SourceFile]:
    """Return the other files in the folder that are small enough to be timetables."""
    folder = source.path.rpartition("/")[0]
    files = [
        other
        for path, other in source.siblings.items()
        if path.rpartition("/")[0] == folder
        and other.name != source.name
        and path.lower().endswith(_SUFFIXES)
        and other.size <= _MAX_SIBLING_BYTES
    ]
    return files[:_MAX_SIBLINGS]


@lru_cache(maxsize=_MAX_SIBLINGS)  # each file of a folder has the same ones beside it
def _read_beside(file: SourceFile, options: Options) -> tuple[list[Table], list[Timetable]]:
    """Return the tables of a file, and the timetables among them."""
    tables: list[Table] = []
    try:
        if is_workbook_source(file):
            tables = sheet_tables(file, options)
        elif is_text(file):
            tables = [text_table(file, options)]
    except InputError:
        return [], []  # reported when that file itself is read
    return tables, list(_timetables_in(tables, options))


def _talks_in(tables: list[Table], options: Options) -> Iterator[_TalkTable]:
    for table in tables:
        if header := find_header(table, options):
            yield _TalkTable(table, header)


def _timetables_in(tables: list[Table], options: Options) -> Iterator[Timetable]:
    for table in tables:
        try:
            if timetable := read_timetable(table, options) or read_placements(table, options):
                yield timetable
        except InputError:
            continue
