"""Filters: the fields that sessions can be filtered by, and the values that a question filters by.

FIELDS is the only list of them. Payload indexes, facets, options of the command line, parameters and form of
the page, and the OpenAPI document follow from it: a new line there is a new filter everywhere.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from service.dates import parse_day
from service.errors import QueryError

Value = str | int
FieldType = Literal["keyword", "integer", "day"]
_TO = ".."
"""Between the first and the last day of a range."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that sessions can be filtered by.

    name        what people call it, in options, parameters and facets
    attribute   the attribute of Session, and the payload field of that name
    type        keyword (any text), integer, or day (YYYY-MM-DD, stored as a keyword; filters may give ranges)
    help        what the command line and the API say of it
    is_facet    whether its values are counted and offered
    """

    name: str
    attribute: str
    type: FieldType
    help: str
    is_facet: bool = True

    @property
    def label(self) -> str:
        """The label on the page."""
        return self.name.capitalize()

    def parse(self, text: str) -> Value:
        """Return the value that people typed. Raises QueryError if it is none of the field's type."""
        return _PARSERS[self.type](self.name, text)


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("event", "event", "keyword", "Only sessions of this event."),
        Field("year", "year", "integer", "Only sessions of this year."),
        Field("day", "day", "day", "Only on this day, or 2026-05-12..2026-05-14."),
        Field("room", "room", "keyword", "Only sessions in this room."),
        Field("kind", "kind", "keyword", "Only sessions of this kind, such as workshop."),
        Field("track", "track", "keyword", "Only sessions of this track."),
        Field("level", "level", "keyword", "Only sessions of this level."),
        Field("language", "language", "keyword", "Only sessions in this language."),
        Field("speaker", "speakers", "keyword", "Only sessions of this speaker."),
    )
}
"""Every field that sessions can be filtered by, by name, in the order that people see them."""
FACETS = tuple(field.name for field in FIELDS.values() if field.is_facet)
"""Names of the fields whose values are counted and offered."""


class Filters(Mapping[str, tuple[Value, ...]]):
    """Values that a session must have, by a field's name: in each field given, one of its values. Immutable."""

    __slots__ = ("_values",)

    def __init__(self, **values: Iterable[Value]) -> None:
        """Take the values of each field; fields without any are left out."""
        if unknown := values.keys() - FIELDS.keys():
            raise TypeError(f"no such filter: {', '.join(sorted(unknown))}")
        given = {name: tuple(some) for name, some in values.items()}
        self._values = {name: given[name] for name in FIELDS if given.get(name)}

    @classmethod
    def parse(cls, given: Mapping[str, Sequence[str]]) -> "Filters":
        """Return the filters of what people typed, several values a name; blank ones are left out.

        Raises QueryError for an unknown name, a year that is no number or a day that is no date.
        """
        for name in given:
            if name not in FIELDS:
                raise QueryError(
                    f"There is no filter {name[:40]!r}. Known filters: {', '.join(FIELDS)}."
                )
        return cls(
            **{
                name: [FIELDS[name].parse(text.strip()) for text in texts if text.strip()]
                for name, texts in given.items()
            }
        )

    def replace(self, **values: Iterable[Value]) -> "Filters":
        """Return these filters with other values of the fields given, none for an empty tuple."""
        return Filters(**{**self._values, **values})

    def __getitem__(self, name: str) -> tuple[Value, ...]:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(tuple(self._values.items()))

    def __repr__(self) -> str:
        return f"Filters({', '.join(f'{name}={some!r}' for name, some in self._values.items())})"


NO_FILTERS = Filters()


def split_days(text: str) -> tuple[str, str]:
    """Return the first and last day of a day filter, the same for one day; an open end is empty."""
    start, _, end = text.partition(_TO) if _TO in text else (text, "", text)
    return start, end


def in_day_range(day: str, text: str) -> bool:
    """Return whether a day (YYYY-MM-DD; empty: unknown, in none) is the day or in the range of a filter."""
    start, end = split_days(text)
    return bool(day) and start <= day and (not end or day <= end)


def _parse_integer(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise QueryError(f"{name} is {text[:40]!r}; give a {name} such as 2026.")
    return int(text)


def _parse_days(name: str, text: str) -> str:
    """Return one day, or a range of days of which one end may be open, as ISO dates."""
    try:
        ends = [parse_day(end).isoformat() if end else "" for end in text.split(_TO)]
    except ValueError as error:
        raise QueryError(
            f"{name} is {text[:40]!r}; give a day such as 2026-05-12, or a range such as "
            "2026-05-12..2026-05-14."
        ) from error
    if len(ends) > 2 or not any(ends):
        raise QueryError(f"{name} is {text[:40]!r}; a range has one start and one end.")
    if all(ends) and ends[0] > ends[-1]:
        raise QueryError(f"{name} is {text[:40]!r}; the range ends before it starts.")
    return _TO.join(ends)


_PARSERS: Mapping[FieldType, Callable[[str, str], Value]] = {
    "keyword": lambda _, text: text,
    "integer": _parse_integer,
    "day": _parse_days,
}
