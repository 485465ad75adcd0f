"""A search as a link, and what can be chosen from there: filters to add, to change, to remove."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any

from flask import url_for

from service.filters import FACETS, FIELDS, NO_FILTERS, Filters, Value, split_days
from service.languages import language_name
from service.query.query import DEFAULT_LIMIT, DEFAULT_MODE
from service.search.searcher import Searcher
from service.web.formatting import tell_days
from service.words import folded

SUGGESTED = 300
"""Values offered for one filter, the most frequent ones; a link can name any other."""


@dataclass(frozen=True, slots=True)
class Search:
    """What the page was asked for; its link answers the same question for anyone."""

    question: str = ""
    limit: int = DEFAULT_LIMIT
    mode: str = DEFAULT_MODE
    filters: Filters = NO_FILTERS
    fold: bool = True
    diversity: float = 0.0

    def link(self) -> str:
        """Return the shortest address of this search."""
        parameters: dict[str, Any] = {"q": self.question or None}
        for name, value in self.kept():
            parameters.setdefault(name, []).append(value)
        return url_for("pages.index", **parameters)

    def kept(self) -> Iterator[tuple[str, Value]]:
        """Yield every parameter beside the question that is not at its default."""
        if self.limit != DEFAULT_LIMIT:
            yield "limit", self.limit
        if self.mode != DEFAULT_MODE:
            yield "mode", self.mode
        if not self.fold:
            yield "fold", "false"
        if self.diversity:
            yield "diversity", f"{self.diversity:g}"
        for name, values in self.filters.items():
            for value in values:
                yield name, value

    def chosen(self, name: str) -> tuple[Value, ...]:
        """Return the values that a filter is set to."""
        return self.filters.get(name, ())

    def choosing(self, name: str, *values: Value) -> "Search":
        """Return this search with one filter set to these values."""
        return replace(self, filters=self.filters.replace(**{name: values}))

    def without(self, name: str, value: Value) -> "Search":
        """Return this search with one value of one filter less."""
        return self.choosing(name, *(kept for kept in self.chosen(name) if kept != value))

    def unfiltered(self) -> "Search":
        """Return this search among all sessions."""
        return replace(self, filters=NO_FILTERS)

    def by_default(self) -> "Search":
        """Return this search in the default mode."""
        return replace(self, mode=DEFAULT_MODE)

    def showing(self, limit: int) -> "Search":
        """Return this search with room for `limit` sessions."""
        return replace(self, limit=limit)


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
    def text(self) -> Value:
        """What a text box of this filter holds."""
        return next((choice.value for choice in self.choices if choice.chosen), "")


def list_chips(search: Search) -> list[Chip]:
    """Return the filters that are set, each with the address that removes it."""
    return [
        Chip(FIELDS[name].label, _told(name, value), search.without(name, value).link())
        for name, values in search.filters.items()
        for value in values
    ]


def list_fields(search: Search, searcher: Searcher) -> list[FormField]:
    """Return the filters that the catalogue has values for, as the other filters leave them.

    Counts are of the sessions that answer the question best, where there is one; those values come first.
    """
    every = searcher.facets(search.filters)
    found = searcher.facets(search.filters, question=search.question, mode=search.mode)
    fields = []
    for name in FACETS:
        counts = found[name]
        there = {value for value, _ in counts}
        others = ((value, 0) for value, _ in every[name] if value not in there)
        suggested = list(islice(chain(counts, others), SUGGESTED))
        fields.append(_field(name, search.chosen(name), suggested))
    return [field for field in fields if field.choices or field.several]


def _field(name: str, chosen: tuple[Value, ...], counts: list[tuple[Value, int]]) -> FormField:
    several = chosen if len(chosen) > 1 else ()
    taken = {folded(str(value)) for value in chosen}
    choices = [
        Choice(value, _told(name, value), count, folded(str(value)) in taken)
        for value, count in counts
    ]
    if several:
        choices = [choice for choice in choices if not choice.chosen]
    elif chosen and not any(choice.chosen for choice in choices):
        count = None if FIELDS[name].type == "day" else 0  # of a range nobody counts the sessions
        choices.append(Choice(chosen[0], _told(name, chosen[0]), count, True))
    choices.sort(
        key=lambda choice: folded(str(choice.value)), reverse=FIELDS[name].type == "integer"
    )
    return FormField(name, FIELDS[name].label, several, choices)


def _told(name: str, value: Value) -> str:
    if FIELDS[name].type == "day":
        return tell_days(*split_days(str(value)))
    return language_name(str(value)) if name == "language" else str(value)
