"""Which of several columns holds the titles: by how well its name and its values fit."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loaders.records.text import is_placeholder
from loaders.records.values import as_text
from loaders.tables.columns import field_of, header_key
from service.words import folded

SAMPLE_SIZE = 500
"""Rows whose values are compared."""

_TITLE = r"(?:\w*titel|title|titre|titulo|titolo|intitule)"
_TALKS = r"(?:talk|presentation|paper|vortrag|charla|ponencia|palestra|intervento|proposal|event)"
_BLOCK = re.compile(r"\b(?:session|sesion|sessao|sessione|sitzung|seance)\b")
_CODE = re.compile(r"[\W\d_]+|[a-z]{0,4}[-_ #]?\d+[a-z]?", re.I)
_BLOCK_STRENGTH = 3
_SPARE = {"topic", "name", "tema", "theme", "topico", "paper"}  # titles if nothing else holds any
_NEARLY = 0.9  # of the most distinct values that there are
_FEWEST = 0.3  # of the values of the fullest column
_LONGER = 1.2  # times the mean length
_MAX_TOLD = 10

Row = Mapping[Any, Any]
Columns = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class TitleChoice:
    """The columns of each field, the headers that now mean none, and what was chosen, for the report."""

    columns: Columns
    unknown: list[str]
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A column that may hold the titles, and what its values look like."""

    column: Any
    header: str
    filled: int
    distinct: float
    length: float
    is_coded: bool

    @property
    def strength(self) -> int:
        """How plainly the header says that it holds titles; 0 is the plainest."""
        return _strength(self.header)

    @property
    def is_block(self) -> bool:
        """Whether it repeats the names of blocks of sessions, be it in a column called "Session"."""
        return self.strength == _BLOCK_STRENGTH and self.distinct < _NEARLY


def _strength(header: str) -> int:
    key = header_key(header)
    if re.fullmatch(_TITLE, key):
        return 1
    if re.search(_TITLE, key):
        return 0
    if re.search(rf"\b{_TALKS}\b", key):
        return 2
    return _BLOCK_STRENGTH if _BLOCK.search(key) else 4


def is_clear(headers: Sequence[str]) -> bool:
    """Return whether one header says plainly which column holds the titles, whatever the values are."""
    return len(headers) == 1 and _strength(headers[0]) < 2


def choose_titles(
    columns: Columns, rows: Sequence[Row], header_of: Callable[[Any], str]
) -> TitleChoice:
    """Return the columns with one of titles, where several may hold them or one holds numbers.

    Titles are mostly distinct, and no numbers: what repeats is a track or a block of sessions. A column that is
    only filled where the chosen one is empty, as that of another language may be, stays beside it.
    """
    titles = columns.get("title", [])
    spare = [
        column
        for field in ("speakers", "track")
        for column in columns.get(field, ())
        if header_key(header_of(column)) in _SPARE and (field == "track" or len(columns[field]) > 1)
    ]
    rows = _one_per_abstract(columns, rows[:SAMPLE_SIZE])
    found = [_candidate(column, header_of(column), rows) for column in titles]
    if not found:
        return TitleChoice(columns, [])
    if all(item.is_coded or not item.filled or item.is_block for item in found):
        others = [_candidate(column, header_of(column), rows) for column in spare]
        found += [item for item in others if item.filled and not item.is_coded]
    best = _best(found)
    kept = [best.column, *(item.column for item in found if _is_complement(best, item, rows))]
    dropped = [item for item in found if item.column not in kept]
    if kept == titles:
        return TitleChoice(columns, [])
    changed = {
        field: rest
        for field, all_of_it in columns.items()
        if (rest := [column for column in all_of_it if column not in kept or field == "title"])
    }
    changed["title"] = kept
    unknown = [item.header for item in dropped if not _give_field(item, changed)]
    over = ", ".join(dict.fromkeys(repr(item.header[:40]) for item in dropped[:_MAX_TOLD]))
    note = f"titles are those of the column {best.header[:40]!r}, not of {over}" if over else ""
    return TitleChoice(changed, unknown, note)


def _one_per_abstract(columns: Columns, rows: Sequence[Row]) -> list[Row]:
    """Return the rows without those that repeat an abstract, as a table of a row for each speaker does."""
    kept: dict[str, Row] = {}
    for number, row in enumerate(rows):
        abstract = next(
            filter(None, (as_text(row.get(it)) for it in columns.get("abstract", ()))), ""
        )
        kept.setdefault(abstract if len(abstract) > 1 else f"\0{number}", row)
    return list(kept.values())


def _candidate(column: Any, header: str, rows: Sequence[Row]) -> _Candidate:
    values = [folded(text) for row in rows if not is_placeholder(text := as_text(row.get(column)))]
    count = max(len(values), 1)
    return _Candidate(
        column,
        header,
        len(values),
        len(set(values)) / count,
        sum(map(len, values)) / count,
        2 * sum(_CODE.fullmatch(value) is not None for value in values) > count,
    )


def _best(found: Sequence[_Candidate]) -> _Candidate:
    """Return the candidate of the plainest name among those whose values are as distinct as any."""
    fullest = max(item.filled for item in found)
    filled = [item for item in found if item.filled >= _FEWEST * fullest]
    worded = [item for item in filled if not item.is_coded] or filled
    most = max(item.distinct for item in worded)
    fitting = [item for item in worded if item.distinct >= _NEARLY * most]
    best = min(fitting, key=lambda item: item.strength)
    if best.strength:
        return best
    # Beside "Session Title", "Title" holds that of the talk if it says more, else that of a person.
    plain = (item for item in fitting if item.strength == 1)
    return next((item for item in plain if item.length > _LONGER * best.length), best)


def _is_complement(best: _Candidate, item: _Candidate, rows: Sequence[Row]) -> bool:
    """Return whether a column has the best one's name, or values only where that one has none."""
    if item is best or item.is_coded:
        return False
    if header_key(item.header) == header_key(best.header):
        return True
    both = (as_text(row.get(best.column)) and as_text(row.get(item.column)) for row in rows)
    return not any(both)


def _give_field(item: _Candidate, columns: Columns) -> bool:
    """Give a column that holds no titles the field that it means beside them; return whether it means one."""
    key = header_key(item.header)
    if key == "summary":
        columns.setdefault("abstract", []).append(item.column)
        return True
    if item.is_coded:
        is_id = item.distinct == 1 and "source_id" not in columns
        if is_id:
            columns["source_id"] = [item.column]
        return is_id
    if (_BLOCK.search(key) or key == "thema") and "track" not in columns:
        columns["track"] = [item.column]
        return True
    return field_of(item.header) in ("track", "speakers")
