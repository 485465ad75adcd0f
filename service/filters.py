"""Filters: the fields that sessions can be filtered by, and the values that a question filters by.

FIELDS is the only list of those that people use. Payload indexes, facets, options of the command line,
parameters and form of the page, and the OpenAPI document follow from it: a new line there is a new filter
everywhere.
"""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from service.dates import parse_time
from service.errors import QueryError, RefusedError
from service.filter_values import DAYS_TO, PARSERS
from service.slots import MAX_PLAN, Slot

MAX_VALUES = 20
"""Values that one filter may be given, in an address of ours too; `fits` has MAX_PLAN ids."""
MAX_ALL = 50
"""Values that all filters together may be given, `fits` aside."""

Value = str | int
FieldType = Literal["keyword", "integer", "day", "time", "minutes", "ids"]
Comparison = Literal["gte", "gt", "lte", "lt"]
Bound = tuple[str, Comparison]
"""A payload field, in minutes, and how it compares with a filter's value."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that sessions can be filtered by.

    name        what people call it, in options, parameters and facets
    attribute   the attribute of Session, and the payload field of that name; none where there are bounds
    type        keyword (any text), integer, day (YYYY-MM-DD, stored as a keyword; filters may give ranges),
                time (HH:MM, local), minutes (a number of them) or ids (of the sessions of a plan, joined by
                commas)
    help        what the command line and the API say of it
    bounds      how a session compares with the filter's one value; without any it has one of several values
    says        what the page says before its value; its name where empty
    """

    name: str
    attribute: str
    type: FieldType
    help: str
    bounds: tuple[Bound, ...] = ()
    says: str = ""

    @property
    def is_facet(self) -> bool:
        """Whether its values are counted and offered."""
        return not (self.bounds or self.type == "ids")

    @property
    def payload_fields(self) -> tuple[str, ...]:
        """The payload fields that it looks at."""
        if self.type == "ids":
            return (RUNS_UNTIL,)
        return tuple(name for name, _ in self.bounds) or (self.attribute,)

    @property
    def label(self) -> str:
        """The label on the page."""
        return self.says or self.name.capitalize()

    def split(self, texts: Sequence[str]) -> list[str]:
        """Return what people typed, a text a value; blank ones are left out."""
        parts = (
            [part for text in texts for part in text.split(",")] if self.type == "ids" else texts
        )
        return [part.strip() for part in parts if part.strip()]

    def parse(self, text: str) -> Value:
        """Return the value that people typed. Raises QueryError if it is none of the field's type."""
        return PARSERS[self.type](self.name, text)

    def minutes(self, value: Value) -> int:
        """Return a value of a field with bounds as the minutes that these compare with."""
        return parse_time(str(value)) if self.type == "time" else int(value)


def _range(name: str, type: FieldType, says: str, help: str, *bounds: Bound) -> Field:
    return Field(name, "", type, help, bounds, says)


_FROM: Bound = ("start_minute", "gte")
_BEFORE: Bound = ("start_minute", "lt")
_STARTED: Bound = ("start_minute", "lte")
_RUNNING: Bound = ("end_minute", "gt")
_MIN: Bound = ("duration_minutes", "gte")
_MAX: Bound = ("duration_minutes", "lte")


RUNS_UNTIL = "runs_until"
"""The payload field of when a session's slot ends."""
FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("event", "event", "keyword", "Only sessions of this event."),
        Field("year", "year", "integer", "Only sessions of this year."),
        Field("day", "day", "day", "Only on this day, or 2026-05-12..2026-05-14."),
        _range(
            "from", "time", "Starts from", "Only what starts at this local time or later.", _FROM
        ),
        _range("to", "time", "Starts before", "Only what starts before this time.", _BEFORE),
        _range("at", "time", "Runs at", "Only what runs at this time.", _STARTED, _RUNNING),
        _range(
            "min_minutes", "minutes", "Lasts at least", "Only of so many minutes or more.", _MIN
        ),
        _range(
            "max_minutes", "minutes", "Lasts at most", "Only of so many minutes or fewer.", _MAX
        ),
        Field("room", "room", "keyword", "Only sessions in this room."),
        Field("kind", "kind", "keyword", "Only sessions of this kind, such as workshop."),
        Field("track", "track", "keyword", "Only sessions of this track."),
        Field("level", "level", "keyword", "Only sessions of this level."),
        Field("language", "language", "keyword", "Only sessions in this language."),
        Field("speaker", "speakers", "keyword", "Only sessions of this speaker."),
        Field(
            "fits",
            "",
            "ids",
            "Only what leaves the plan of these sessions without clashes: their ids, joined by commas.",
            says="Fits",
        ),
    )
}
"""Every field that sessions can be filtered by, by name, in the order that people see them."""
CONDITIONS = ChainMap(FIELDS, {"status": Field("status", "status", "keyword", "")})
"""What sessions are filtered by: by people, or only by the program (see `Session.status`)."""
FACETS = tuple(field.name for field in FIELDS.values() if field.is_facet)
"""Names of the fields whose values are counted and offered."""


class Filters(Mapping[str, tuple[Value, ...]]):
    """Values that a session must have, by a field's name: in each field given, one of its values. Immutable.

    `fits` names sessions of a plan instead: what passes overlaps none of their slots, which `avoiding` gives.
    """

    __slots__ = ("_slots", "_values")

    def __init__(self, **values: Iterable[Value]) -> None:
        """Take the values of each field; fields without any are left out."""
        if unknown := values.keys() - CONDITIONS.keys():
            raise TypeError(f"no such filter: {', '.join(sorted(unknown))}")
        given = {name: tuple(some) for name, some in values.items()}
        if several := [
            name for name, some in given.items() if CONDITIONS[name].bounds and some[1:]
        ]:
            raise TypeError(f"one value each: {', '.join(several)}")
        self._slots: tuple[Slot, ...] | None = None
        self._values = {name: given[name] for name in CONDITIONS if given.get(name)}

    @classmethod
    def parse(cls, given: Mapping[str, Sequence[str]]) -> "Filters":
        """Return the filters of what people typed, several values a name; blank ones are left out.

        Raises QueryError for an unknown name, a value that is none of its field's type, more values than
        MAX_VALUES or MAX_ALL, several of a field with bounds, or two such fields that nothing passes together.
        """
        for name in given:
            if name not in FIELDS:
                raise QueryError(
                    f"There is no filter {name[:40]!r}. Known filters: {', '.join(FIELDS)}."
                )
        values = {
            name: list(dict.fromkeys(map(FIELDS[name].parse, FIELDS[name].split(texts))))
            for name, texts in given.items()
        }
        _check_counts(values)
        filters = cls(**values)
        _check_bounds(filters)
        return filters

    def replace(self, **values: Iterable[Value]) -> "Filters":
        """Return these filters with other values of the fields given, none for an empty tuple."""
        replaced = Filters(**{**self._values, **values})
        return replaced if self._slots is None else replaced.avoiding(self._slots)

    def avoiding(self, slots: Iterable[Slot]) -> "Filters":
        """Return these filters, `fits` with the slots of its sessions; the same if there is no `fits`."""
        filters = Filters(**self._values)
        if "fits" in filters:
            filters._slots = tuple(slots)
        return filters

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The slots of the sessions of `fits`. Raises RefusedError if they were not looked up."""
        if self._slots is None and "fits" in self:
            raise RefusedError("fits has ids alone: nobody looked up their slots.")
        return self._slots or ()

    @property
    def is_placed(self) -> bool:
        """Whether the slots of `fits` are known, or there is none."""
        return self._slots is not None or "fits" not in self

    def matches(self) -> Iterator[tuple[str, tuple[Value, ...]]]:
        """Yield each payload field that must have one of some values, with these."""
        for name, values in self._values.items():
            if CONDITIONS[name].is_facet:
                yield CONDITIONS[name].attribute, values

    def bounds(self) -> Iterator[tuple[str, Comparison, int]]:
        """Yield each payload field that must compare in some way with a number of minutes, with these."""
        for bound in _list_bounds(self):
            yield bound[1:]

    def __getitem__(self, name: str) -> tuple[Value, ...]:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash((tuple(self._values.items()), self._slots))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Filters):
            return NotImplemented
        return self._values == other._values and self._slots == other._slots

    def __repr__(self) -> str:
        return f"Filters({', '.join(f'{name}={some!r}' for name, some in self._values.items())})"


NO_FILTERS = Filters()


def split_days(text: str) -> tuple[str, str]:
    """Return the first and last day of a day filter, the same for one day; an open end is empty."""
    start, _, end = text.partition(DAYS_TO) if DAYS_TO in text else (text, "", text)
    return start, end


def in_day_range(day: str, text: str) -> bool:
    """Return whether a day (YYYY-MM-DD; empty: unknown, in none) is the day or in the range of a filter."""
    start, end = split_days(text)
    return bool(day) and start <= day and (not end or day <= end)


def _check_counts(values: Mapping[str, Sequence[Value]]) -> None:
    """Raise QueryError if a field has more values than it may, or all have together."""
    if len(values.get("fits", ())) > MAX_PLAN:
        raise QueryError(f"fits names {len(values['fits']):,} sessions; give {MAX_PLAN} at most.")
    for name, some in values.items():
        if FIELDS[name].bounds and len(some) > 1:
            raise QueryError(f"{name} is given {len(some)} times; give it once.")
        if FIELDS[name].is_facet and len(some) > MAX_VALUES:
            raise QueryError(f"{name} has {len(some):,} values; give {MAX_VALUES} at most.")
    total = sum(len(some) for name, some in values.items() if name != "fits")
    if total > MAX_ALL:
        raise QueryError(f"The filters have {total:,} values; give {MAX_ALL} at most.")


def _list_bounds(filters: Filters) -> Iterator[tuple[str, str, Comparison, int]]:
    """Yield the filter's name, the payload field, the comparison and the minutes of each bound."""
    for name, values in filters.items():
        for payload_field, comparison in CONDITIONS[name].bounds:
            for value in values:
                yield name, payload_field, comparison, CONDITIONS[name].minutes(value)


def _check_bounds(filters: Filters) -> None:
    """Raise QueryError if two bounds of one payload field leave nothing between them."""
    for (low, one, above, least), (high, other, below, most) in product(
        _list_bounds(filters), repeat=2
    ):
        if one != other or not above.startswith("g") or not below.startswith("l"):
            continue
        if least + (above == "gt") > most - (below == "lt"):
            less, more = ("earlier", "later") if FIELDS[low].type == "time" else ("lower", "higher")
            raise QueryError(
                f"{low} is {filters[low][0]} and {high} is {filters[high][0]}: no session passes both. "
                f"Give {low} {less} or {high} {more}."
            )
