"""Counts of a generation's sessions for its manifest: by event and year, and the languages."""

from collections import Counter

from service.filters import NO_FILTERS, Filters
from service.stores.editions import FIELD
from service.stores.manifest import EventCount
from service.stores.protocol import Generation


def count_events(generation: Generation) -> tuple[EventCount, ...]:
    """Count the sessions of each event and year of a generation, in order."""
    if FIELD in generation.manifest.indexes:  # one question, where events are asked for one by one
        counted: Counter[tuple[str, int]] = Counter()
        for day in generation.calendar():
            counted[day.event, day.year] += day.sessions
        return tuple(EventCount(*edition, counted[edition]) for edition in sorted(counted))
    events = [str(value) for value, _ in generation.facets(["event"], NO_FILTERS)["event"]]
    counts = [
        EventCount(event, int(year), sessions)
        for event in events
        for year, sessions in generation.facets(["year"], Filters(event=(event,)))["year"]
    ]
    return tuple(sorted(counts, key=lambda count: (count.event, count.year)))


def list_languages(generation: Generation) -> tuple[str, ...]:
    """Return the languages of a generation's sessions, in order."""
    counts = generation.facets(["language"], NO_FILTERS)["language"]
    return tuple(sorted(str(value) for value, _ in counts if value))
