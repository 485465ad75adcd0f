"""Reads the constraints in a question, and what remains of it to search for."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from service.filters import Filters, Value
from service.query.boosts import quoted_phrases
from service.query.constraints.dates import read_dates
from service.query.constraints.days import read_days
from service.query.constraints.known_values import KnownValues
from service.query.constraints.labels import read_labels
from service.query.constraints.now import read_now
from service.query.constraints.order import read_order
from service.query.constraints.reading import Found, Reading
from service.query.constraints.times import merged_times, read_phrases, read_times
from service.query.constraints.tokens import Tokens
from service.query.constraints.values import read_bare_rooms, read_values
from service.query.constraints.words import one_of, pattern
from service.query.constraints.years import read_languages_and_years
from service.query.interpretation import Constraint, Kind, filters_of

SOFTNESS = (
    *("duration", "level", "kind", "language", "time", "room", "day"),
    *("track", "speaker", "event", "year"),
)
"""Kinds of constraints, from the one that people would give up first."""

_WITHOUT_TOPIC = ("day", "time", "duration", "language", "year")
"""Kinds of constraints whose words are never what sessions are about."""


MAX_CONSTRAINTS = 12
"""Constraints of one question; further ones are not words that people type."""


@dataclass(frozen=True, slots=True)
class Interpretation:
    """A question's constraints, in order, and its other words.

    constraints  what was understood
    text         what remains to search for, empty where only constraints were asked
    notes        sentences for people
    """

    constraints: tuple[Constraint, ...] = ()
    text: str = ""
    notes: tuple[str, ...] = ()

    def without(self, given: Filters) -> "Interpretation":
        """Return the interpretation without constraints to fields that are filtered by hand."""
        kept = tuple(one for one in self.constraints if given.keys().isdisjoint(one.filters))
        return replace(self, constraints=kept)

    def filters(self, without: Sequence[int] = ()) -> Filters:
        """Return the filters of all constraints but those at the indices `without`."""
        kept = (one for index, one in enumerate(self.constraints) if index not in without)
        return filters_of(kept)


def read_constraints(
    question: str, known: KnownValues, now: datetime, ignored: Collection[Kind] = ()
) -> Interpretation:
    """Return what a question constrains, but for kinds that are ignored; `now` has a zone."""
    reading = Reading(Tokens(question), known, now)
    _keep_topics(reading)
    read_values(reading)
    read_languages_and_years(reading)
    years = tuple(int(year) for one in reading.of_kind("year") for year in one.filters["year"])
    events = tuple(str(event) for one in reading.of_kind("event") for event in one.filters["event"])
    editions = known.current_editions(now, years, events)
    read_phrases(reading, editions)
    read_dates(reading, editions)
    read_days(reading, editions)
    read_now(reading, editions)
    read_times(reading, editions)
    read_labels(reading)
    read_bare_rooms(reading)
    read_order(reading)
    if not reading.found:
        return Interpretation(text=question, notes=tuple(reading.notes))
    _ignore(reading, ignored)
    times = merged_times(reading)
    others = [found for found in reading.found if found.kind != "time"]
    found = sorted((*others, *times), key=lambda one: (one.first, one.kind))
    constraints = _distinct(_constraint(reading, one) for one in found)
    notes = [*reading.notes, *(one.note for one in found if one.note)]
    return Interpretation(constraints, _remaining(reading), tuple(notes))


def _ignore(reading: Reading, kinds: Collection[Kind]) -> None:
    """Leave out the constraints of these kinds; words that may be a topic are one again."""
    for found in [one for one in reading.found if one.kind in kinds]:
        reading.found.remove(found)
        if found.kind not in _WITHOUT_TOPIC:
            reading.release(found)


def _distinct(constraints: Iterable[Constraint]) -> tuple[Constraint, ...]:
    """Return the first MAX_CONSTRAINTS of those that say something new."""
    said: dict[tuple[str, Value, Filters], Constraint] = {}
    for one in constraints:
        said.setdefault((one.kind, one.value, one.filters), one)
    return tuple(said.values())[:MAX_CONSTRAINTS]


def _keep_topics(reading: Reading) -> None:
    """Keep quoted phrases, and notions that have a weekday in their name, out of the rules."""
    for phrase in quoted_phrases(reading.tokens.question):
        start = reading.tokens.question.find(phrase)
        for place in range(len(reading.tokens)):
            first, last = reading.tokens.span(place, place + 1)
            if start <= first and last <= start + len(phrase):
                reading.keep(place, place + 1)
    for _, first, last in reading.find(pattern(one_of("not_days"))):
        reading.keep(first, last)


def _constraint(reading: Reading, found: Found) -> Constraint:
    start, end = reading.tokens.span(found.first, found.last)
    text = reading.tokens.question[start:end]
    filters = Filters(**found.filters)
    return Constraint(
        found.kind, text, found.value, start, end, others=found.others, filters=filters
    )


def _remaining(reading: Reading) -> str:
    """Return the question without its constraints, nor words at its ends that say nothing of a topic."""
    rest = reading.rest()
    while rest and not reading.is_topic(rest[0]):
        rest.pop(0)
    while rest and not reading.is_topic(rest[-1]) and reading.tokens.words[rest[-1]].isalnum():
        rest.pop()
    if not any(reading.is_topic(place) for place in rest):
        return ""
    parts: list[str] = []
    for previous, place in zip((-1, *rest), rest, strict=False):
        touches = place == previous + 1 and not reading.tokens.gap(place)
        parts.append(
            ("" if touches or not parts else " ") + reading.tokens.original(place, place + 1)
        )
    return "".join(parts).strip(" ,;:?!.-")
