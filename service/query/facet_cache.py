"""Caches facet counts, and maps filter values to the catalogue's spelling."""

from collections.abc import Callable, Iterable
from functools import partial

from service.filters import FIELDS, NO_FILTERS, Filters, Value, in_day_range
from service.query.fitting import place_plan
from service.query.generation_cache import GenerationCache
from service.stores.editions import FIELD as CALENDAR
from service.stores.editions import EditionDay, read_editions
from service.stores.protocol import Generation
from service.words import folded, split_words

VALUES_KEPT = 200_000
"""Maximum number of cached values, evicted by least recent use; some 140 bytes each."""

Counts = list[tuple[Value, int]]
"""Values and how many sessions have them, most frequent first."""
Spellings = dict[str, list[str]]
"""The values of a facet, by what is left of them without case and accents."""


class FacetCache:
    """An LRU cache of facet counts, since counting thousands of speakers takes longer than a search."""

    def __init__(self) -> None:
        """Start with an empty cache."""
        self._counted = GenerationCache[Counts](VALUES_KEPT, len)
        self._spelled = GenerationCache[Spellings](VALUES_KEPT, len)

    def count(self, generation: Generation, name: str, filters: Filters = NO_FILTERS) -> Counts:
        """Return the values of the facet `name` among sessions that pass, and their counts."""
        return self._count(generation, FIELDS[name].attribute, filters)

    def starts(self, generation: Generation, filters: Filters) -> Counts:
        """Return the minutes of the day at which sessions that pass start, and how many do."""
        return self._count(generation, "start_minute", filters)

    def calendar(self, generation: Generation, filters: Filters = NO_FILTERS) -> list[EditionDay]:
        """Return the days of editions that sessions which pass are on (see `Generation.calendar`)."""
        return read_editions(self._count(generation, CALENDAR, filters))

    def _count(self, generation: Generation, field: str, filters: Filters) -> Counts:
        count = partial(generation.counts, field, filters)
        return self._counted.get(generation, (field, filters), count)

    def canonicalise(self, generation: Generation, filters: Filters) -> Filters:
        """Return the filters with each value as the catalogue spells it, whatever its case and accents.

        A range of days becomes the catalogue's days in it, part of a speaker's name the names that have it, and
        `fits` gets the slots of its sessions.
        What the catalogue does not know stays: no session has it.
        """
        changes: dict[str, Iterable[str]] = {}
        for name, values in filters.items():
            if name in FIELDS and FIELDS[name].type in ("keyword", "day"):
                known = self._spelled.get(generation, name, partial(self._fold, generation, name))
                alike = _ALIKE.get(name, _spellings)
                found = (spelling for value in values for spelling in alike(str(value), known))
                changes[name] = dict.fromkeys(found)
        return place_plan(generation, filters.replace(**changes) if changes else filters)

    def _fold(self, generation: Generation, name: str) -> Spellings:
        """Return the known values of a facet by what spellings of one share."""
        known: Spellings = {}
        for value, _ in self.count(generation, name):
            known.setdefault(folded(str(value)), []).append(str(value))
        return known


def _days_in(wanted: str, known: Spellings) -> list[str]:
    return [day for day in known if in_day_range(day, wanted)] or [wanted]


def _named(wanted: str, known: Spellings) -> list[str]:
    """Return the known names that are `wanted`, or have all of its words where none is: Stenberg."""
    words = set(split_words(wanted))
    if not words or folded(wanted) in known:
        return _spellings(wanted, known)
    longest = max(words, key=len)
    alike = (name for key, names in known.items() if longest in key for name in names)
    return [name for name in alike if words <= set(split_words(name))] or [wanted]


def _spellings(wanted: str, known: Spellings) -> list[str]:
    """Return the known values that are `wanted` but for case and accents; `wanted` if it is one, or none is."""
    alike = known.get(folded(wanted), [wanted])
    return [wanted] if wanted in alike else alike


_ALIKE: dict[str, Callable[[str, Spellings], list[str]]] = {
    "day": _days_in,
    "speaker": _named,
}
"""By a filter's name, the known values that a typed one stands for; `_spellings` for all others."""
