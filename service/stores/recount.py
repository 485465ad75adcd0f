"""Counts anew, from the sessions themselves, what each payload index of a generation must find."""

import operator
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from service.filters import CONDITIONS, NO_FILTERS, Field, Filters, Value
from service.session import Session
from service.slots import Slot, slot_of
from service.stores import editions
from service.stores.manifest import Manifest
from service.stores.protocol import Generation

MOST_VALUES = 100
"""Values of one field, the most frequent, that a generation is asked to filter by."""
_SLOTS = 3
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "gte": operator.ge,
    "gt": operator.gt,
    "lte": operator.le,
    "lt": operator.lt,
}
_DAY = 24 * 60
_Case = tuple[Filters, int]
"""Filters, and how many sessions pass them."""


class Recount:
    """Takes every session of a generation, then compares what its indexes count and find with that."""

    def __init__(self, manifest: Manifest) -> None:
        """Start without sessions."""
        indexes = set(manifest.indexes)
        self._fields = [
            field for field in CONDITIONS.values() if indexes.issuperset(field.payload_fields)
        ]
        counted = {field.attribute for field in self._fields if field.is_facet}
        self._values: dict[str, Counter[Value]] = {
            name: Counter() for name in counted | ({editions.FIELD} & indexes)
        }
        self._timed = sorted({name for field in self._fields for name, _ in field.bounds})
        self._minutes: Counter[tuple[int | None, ...]] = Counter()
        self._slots: Counter[Slot | None] = Counter()

    def add(self, session: Session, payload: Mapping[str, Any]) -> None:
        """Count one session, which has this payload."""
        for name, counter in self._values.items():
            value = payload.get(name, [])
            counter.update(set(value) if isinstance(value, list) else (value,))
        self._minutes[tuple(payload.get(name) for name in self._timed)] += 1
        self._slots[slot_of(session)] += 1

    def problems(self, generation: Generation, *, most: int = MOST_VALUES) -> Iterator[str]:
        """Yield what the indexes count or find otherwise, asked for up to `most` values of each field."""
        for name, counter in self._values.items():
            if dict(generation.counts(name, NO_FILTERS)) != dict(counter):
                yield f"the values of {name} are not counted as its sessions have them"
        for field in self._fields:
            wrong = [
                filters
                for filters, sessions in self._cases(field, most)
                if generation.count(filters) != sessions
            ]
            if wrong:
                value = next(iter(wrong[0].values()))[0]
                yield f"filtering by {field.name} does not find what it must, {value!r} for one"

    def _cases(self, field: Field, most: int) -> Iterator[_Case]:
        if field.is_facet:
            for value, sessions in self._values[field.attribute].most_common(most):
                yield Filters(**{field.name: (value,)}), sessions
        elif field.bounds:
            yield from self._by_minutes(field)
        else:
            yield from self._by_slot(field)

    def _by_minutes(self, field: Field) -> Iterator[_Case]:
        """Yield the filters by the lowest, the highest and a middle value of a field."""
        bounds = [
            (self._timed.index(name), _COMPARE[comparison]) for name, comparison in field.bounds
        ]
        place = bounds[0][0]
        known = sorted({some for row in self._minutes if (some := row[place]) is not None})
        for minutes in {known[at] for at in (0, len(known) // 2, -1) if known}:
            value: Value = minutes
            if field.type == "time":
                value = f"{minutes % _DAY // 60:02d}:{minutes % 60:02d}"
            limit = field.minutes(value)
            passing = sum(
                sessions
                for row, sessions in self._minutes.items()
                if all(
                    (some := row[at]) is not None and compare(some, limit) for at, compare in bounds
                )
            )
            yield Filters(**{field.name: (value,)}), passing

    def _by_slot(self, field: Field) -> Iterator[_Case]:
        """Yield the filters by what fits a plan that takes one of the slots."""
        for taken in islice(filter(None, self._slots), _SLOTS):
            passing = sum(
                sessions
                for slot, sessions in self._slots.items()
                if slot is None or not slot.overlaps(taken)
            )
            yield Filters(**{field.name: (str(taken.starts),)}).avoiding([taken]), passing
