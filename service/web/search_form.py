"""The search form: links that encode a query, and its filter choices."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any

from flask import url_for

from service.dates import format_days
from service.filters import FIELDS, Value, split_days
from service.query.query import DEFAULT_LIMIT, DEFAULT_MODE, Query
from service.stores.protocol import FacetCounts
from service.words import folded, language_name

SUGGESTED = 300
"""Values offered for one filter, the most frequent ones; a link can name any other."""
EVENTS_SUGGESTED = 500
MAX_SELECT = 60
"""Values of one filter to choose from; more are suggested while one is typed."""

MAX_LINK = 1_000
"""Characters of an address that a page repeats for each of its results."""


def link(query: Query) -> str:
    """Return the shortest URL of this query."""
    parameters: dict[str, Any] = {"q": query.text or None}
    for name, value in _parameters(query):
        parameters.setdefault(name, []).append(value)
    return url_for("pages.index", **parameters)


def link_programme(query: Query, **parameters: Any) -> str:
    """Return the address of the programme with this query's filters, at its time."""
    return url_for("programme.show", **programme_parameters(query), **parameters)


def programme_parameters(query: Query) -> dict[str, Any]:
    """Return the parameters of the programme with this query's filters, at its time."""
    parameters: dict[str, Any] = {}
    for name, value in _parameters(Query(filters=query.filters, now=query.now)):
        parameters.setdefault(name, []).append(value)
    return parameters


def link_only(query: Query, name: str, value: Value) -> str:
    """Return the address that asks this query of the sessions with one value of the field `name`.

    Empty where it is longer than MAX_LINK: each result has several.
    """
    address = link(_filtered(query, name, (value,)))
    return address if len(address) <= MAX_LINK else ""


def anew(query: Query, text: str) -> Query:
    """Return the query of another question: what was taken back of this one holds for this one only."""
    return replace(query, text=text, interpret=True, ignore=())


def kept_parameters(query: Query) -> list[tuple[str, Value]]:
    """Return the parameters that the next question is asked with too, those that are not at their defaults."""
    return list(_parameters(anew(query, "")))


def _parameters(query: Query) -> Iterator[tuple[str, Value]]:
    """Yield every parameter beside the question that is not at its default."""
    if query.limit != DEFAULT_LIMIT:
        yield "limit", query.limit
    if query.mode != DEFAULT_MODE:
        yield "mode", query.mode
    if not query.fold:
        yield "fold", "false"
    if query.diversity:
        yield "diversity", f"{query.diversity:g}"
    if not query.interpret:
        yield "interpret", "false"
    yield from (("ignore", kind) for kind in query.ignore)
    if query.now:
        yield "now", query.now.isoformat()
    for name, values in query.filters.items():
        if FIELDS[name].type == "ids":
            yield name, ",".join(map(str, values))
        else:
            yield from ((name, value) for value in values)


def _filtered(query: Query, name: str, values: Iterable[Value]) -> Query:
    return replace(query, filters=query.filters.replace(**{name: values}))


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is set, and the address without it."""

    label: str
    value: str
    link: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a filter can be set to, and how many sessions have it, None if they were not counted."""

    value: Value
    label: str
    count: int | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class FormField:
    """One filter of the form. Several chosen values are kept as they are; one more can be added."""

    name: str
    label: str
    several: tuple[Value, ...]
    choices: list[Choice]

    @property
    def is_typed(self) -> bool:
        """Whether a value is typed rather than chosen: speakers, and what has very many values."""
        return self.name == "speaker" or len(self.choices) > MAX_SELECT

    @property
    def hint(self) -> str:
        """What stands in place of a value where none is set."""
        if self.several:
            return f"{len(self.several)} chosen, add one"
        hints = {"speaker": "Full name", "day": "YYYY-MM-DD"} if self.is_typed else {}
        return hints.get(self.name, f"Any {self.label.lower()}")

    @property
    def text(self) -> Value:
        """What a text box of this filter holds."""
        return next((choice.value for choice in self.choices if choice.chosen), "")


@dataclass(frozen=True, slots=True)
class FormInput:
    """One filter of the form that takes a time of day or a number of minutes, and what it is set to."""

    name: str
    label: str
    kind: str
    value: Value


def list_chips(
    query: Query, link: Callable[[Query], str] = link, *, without: Collection[str] = ()
) -> list[Chip]:
    """Return the filters that are set, each with the address that removes it; `without` those of some names."""
    return [
        chip for name in query.filters if name not in without for chip in _chips(query, name, link)
    ]


def _chips(query: Query, name: str, link: Callable[[Query], str]) -> list[Chip]:
    field, values = FIELDS[name], query.filters[name]
    if field.type == "ids":
        sessions = "1 session" if len(values) == 1 else f"{len(values)} sessions"
        return [Chip(field.label, f"a plan of {sessions}", link(_filtered(query, name, ())))]
    return [
        Chip(
            field.label,
            _told(name, value),
            link(_filtered(query, name, [kept for kept in values if kept != value])),
        )
        for value in values
    ]


def list_fields(
    query: Query, found: FacetCounts, every: FacetCounts, *, always: Collection[str] = ()
) -> list[FormField]:
    """Return the filters that there are values for: those `found` with their counts, then `every` other one.

    Those named by `always` are there without values too.
    """
    fields = []
    for name, counts in found.items():
        there = {value for value, _ in counts}
        others = ((value, 0) for value, _ in every[name] if value not in there)
        most = EVENTS_SUGGESTED if name == "event" else SUGGESTED
        suggested = list(islice(chain(counts, others), most))
        fields.append(_field(name, query.filters.get(name, ()), suggested))
    return [field for field in fields if field.choices or field.several or field.name in always]


def list_inputs(query: Query, every: FacetCounts) -> list[FormInput]:
    """Return the filters that have one bound, if some session has a day, and whatever others are set."""
    fields = [
        field
        for field in FIELDS.values()
        if (len(field.bounds) == 1 and every["day"])
        or (field.bounds and field.name in query.filters)
    ]
    return [
        FormInput(
            field.name,
            field.label,
            "time" if field.type == "time" else "number",
            next(iter(query.filters.get(field.name, ())), ""),
        )
        for field in fields
    ]


def _field(name: str, chosen: tuple[Value, ...], counts: list[tuple[Value, int]]) -> FormField:
    several = chosen if len(chosen) > 1 else ()
    taken = {folded(str(value)) for value in chosen}
    choices = [
        Choice(value, _told(name, value), count, bool(taken) and folded(str(value)) in taken)
        for value, count in counts
    ]
    if several:
        choices = [choice for choice in choices if not choice.chosen]
    elif chosen and not any(choice.chosen for choice in choices):
        count = None if FIELDS[name].type == "day" else 0  # of a range nobody counts the sessions
        choices.append(Choice(chosen[0], _told(name, chosen[0]), count, True))
    field = FormField(name, FIELDS[name].label, several, choices)
    if not field.is_typed:  # what is found is suggested before all others
        choices.sort(
            key=lambda choice: folded(str(choice.value)), reverse=FIELDS[name].type == "integer"
        )
    return field


def _told(name: str, value: Value) -> str:
    if FIELDS[name].type == "day":
        return format_days(*split_days(str(value)))
    if FIELDS[name].type == "minutes":
        return "1 minute" if value == 1 else f"{value} minutes"
    return language_name(str(value)) if name == "language" else str(value)
