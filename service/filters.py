"""Filters: which sessions a question may be answered with."""

from collections.abc import Iterator
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Values a session must have: one of each field's values, in every field that has any."""

    event: tuple[str, ...] = ()
    year: tuple[int, ...] = ()
    track: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    day: tuple[str, ...] = ()

    def given(self) -> Iterator[tuple[str, tuple[str, ...] | tuple[int, ...]]]:
        """Yield (payload field, wanted values) for every field that is filtered by."""
        for item in fields(self):
            values = getattr(self, item.name)
            if values:
                yield item.name, values


NO_FILTERS = Filters()
FACETS = tuple(field.name for field in fields(Filters))
"""Payload fields that sessions can be filtered and counted by."""
