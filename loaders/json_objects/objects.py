"""JSON objects as records: keys of many names, times and ids of many shapes."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from loaders.json_objects.lists import MAX_KEYS
from loaders.json_objects.sittings import flatten
from loaders.records.half_days import settle_halves
from loaders.records.record import Diagnostic, Options, Record
from loaders.records.rows import to_record
from loaders.records.times import find_date_order
from loaders.records.values import excerpt
from loaders.tables.columns import header_zone, map_columns, not_understood
from loaders.tables.labelled_tags import take_labels
from loaders.tables.titles import choose_titles, is_clear

_NAMED = ("speakers", "track", "kind")
_MAX_CODE = 12
_CODE = re.compile(r"(?=\D*\d)[A-Z0-9-]+")  # of a speaker: S1, 3XK9QD


def read_objects(
    objects: Iterator[tuple[str, Any]], sample: list[Any], options: Options
) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each (location, object); `sample` shows most of the keys that there are."""
    yield from settle_halves(_records(objects, sample, options))


def _records(
    objects: Iterator[tuple[str, Any]], sample: list[Any], options: Options
) -> Iterator[Record | Diagnostic]:
    rows = [flat for item in sample if isinstance(flat := flatten(item), dict)]
    keys = _KeyMap(options, rows)
    keys.learn(key for item in rows for key in item)
    dated = (*keys.columns.get("date", ()), *keys.columns.get("start", ()))
    dates = (str(item[key]) for item in rows for key in dated if isinstance(item.get(key), str))
    order = options.date_order or find_date_order(dates)
    zone, location, reported = header_zone(keys.columns.get("start", ())), "", 0
    for position, (location, value) in enumerate(objects):
        item = flatten(value)
        if position == 0 and keys.note:
            yield Diagnostic(location, keys.note, False)
        if position == 0 and keys.unknown:
            yield Diagnostic(location, not_understood(keys.unknown, "keys"), False)
            reported = len(keys.unknown)
        if not isinstance(item, dict):
            yield Diagnostic(location, "not a JSON object", row=excerpt(item))
            continue
        keys.learn(item)
        fields_of_ids = [field for field in _NAMED if _drop_ids(item, keys.columns.get(field, ()))]
        record = to_record(item, keys.columns, location)
        record.warnings += [f"{field}: ids without names are left out" for field in fields_of_ids]
        take_labels(record)
        record.date_order = order
        record.zone = record.zone or zone
        yield record
    if late := keys.unknown[reported:]:
        yield Diagnostic(location, not_understood(late, "keys"), False)


def _drop_ids(item: dict[str, Any], keys: Iterable[str]) -> bool:
    """Remove the ids, numbers and codes in a list, that stand for names; return whether there were any."""
    found = False
    for key in keys:
        value = item.get(key)
        if isinstance(value, list):
            item[key] = [part for part in value if not _is_id(part)]
            found = found or len(item[key]) < len(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            del item[key]
            found = True
    return found


def _is_id(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= _MAX_CODE and _CODE.fullmatch(value) is not None
    return isinstance(value, int)


class _KeyMap:
    """The keys met so far, the fields that they mean, and those that mean none."""

    def __init__(self, options: Options, sample: list[dict[str, Any]]) -> None:
        self.columns: dict[str, list[str]] = {}
        self.unknown: list[str] = []
        self.note = ""
        self._sample = sample
        self._options = options
        self._met: set[str] = set()
        self._mapped: dict[str, list[str]] = {}

    def learn(self, keys: Iterable[str]) -> None:
        """Map the keys that were not met before."""
        unmet = (key for key in dict.fromkeys(keys) if key not in self._met)
        new = list(islice(unmet, MAX_KEYS - len(self._met)))
        if not new:
            return
        self._met.update(new)
        known = (key for found in self._mapped.values() for key in found)
        self._mapped, unknown = map_columns(dict.fromkeys((*known, *new)), self._options)
        self.columns = self._mapped
        is_mapped = any(field == "title" for _, field in self._options.columns)
        if not is_mapped and not is_clear(self._mapped.get("title", ())):
            choice = choose_titles(self._mapped, self._sample, str)
            self.columns, self.note = choice.columns, choice.note
            unknown = [*unknown, *choice.unknown]
        self.unknown += [key for key in unknown if key not in self.unknown]
