"""Counts the values of facets among the sessions that answer a question best."""

from collections import Counter
from collections.abc import Sequence

from service.filters import FACETS, FIELDS, Filters, Value
from service.search.retrieval import Retrieval
from service.stores.protocol import FacetCounts, Hit

CONSIDERED = 100
"""Number of top sessions over which a query's facets are counted."""


def count_found(retrieval: Retrieval, filters: Filters) -> FacetCounts:
    """Count the values of each facet among the sessions that answer best without the filter on that facet.

    Takes one search for each set of filters that remains: one in all where no facet is filtered.
    """
    others = {name: filters.replace(**{name: ()}) for name in FACETS}
    found = {left: retrieval.find_to_count(CONSIDERED, left) for left in set(others.values())}
    return {name: _count_values(found[left], name) for name, left in others.items()}


def _count_values(hits: Sequence[Hit], name: str) -> list[tuple[Value, int]]:
    """Return the values of one field of the sessions found, most frequent first."""
    counts: Counter[Value] = Counter()
    for hit in hits:
        value = getattr(hit.session, FIELDS[name].attribute)
        counts.update(set(value) if isinstance(value, tuple) else [value] if value else [])
    return sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
