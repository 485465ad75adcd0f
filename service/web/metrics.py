"""Metrics for Prometheus, at /metrics."""

import math
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import accumulate

from flask import Blueprint, Flask, Response, current_app, g
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from service.errors import ConferenceHelperError, NotFoundError
from service.runtime import events
from service.runtime.shared_counts import Key, SharedCounts
from service.web import keys, operators, outages
from service.web.errors import code_of
from service.web.parameters import searcher

_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, math.inf)
"""Upper bounds of a histogram's buckets, in seconds."""

_COUNTERS = {
    "conference_helper_requests": ("Requests answered.", ["route", "status"]),
    "conference_helper_key_requests": (
        "Requests answered that came with an API key that is known, by its name.",
        ["key", "status"],
    ),
    "conference_helper_cache": (
        "Lookups in the caches of facets and of the programme, by whether they had the answer.",
        ["hit"],
    ),
    "conference_helper_answers": (
        "Searches answered, by whether any session was found.",
        ["found"],
    ),
    "conference_helper_generation_switches": ("Switches to another generation or revision.", []),
    "conference_helper_store_errors": ("Calls of the store that failed for good.", []),
    "conference_helper_store_retries": ("Calls of the store tried again.", []),
    "conference_helper_store_left": (
        "Times that an address of the store, or its connections, were left for others since it did not answer.",
        [],
    ),
}
_HISTOGRAMS = {
    "conference_helper_request_seconds": ("Seconds to answer a request.", ["route"]),
    "conference_helper_encode_seconds": ("Seconds to embed a question.", []),
    "conference_helper_search_seconds": ("Seconds that the store took to search.", []),
}
_GAUGES = {
    "conference_helper_catalogue_sessions": "Sessions in the served catalogue.",
    "conference_helper_catalogue_age_seconds": "Seconds since the served catalogue was last changed.",
    "conference_helper_store_minors_apart": (
        "Minor versions between the Qdrant server and this program's client; it is made for at most one."
    ),
}

_EVENTS = {
    "encode": "conference_helper_encode_seconds",
    "search": "conference_helper_search_seconds",
    "cache": "conference_helper_cache",
    "answer": "conference_helper_answers",
    "switch": "conference_helper_generation_switches",
    "store_error": "conference_helper_store_errors",
    "store_retry": "conference_helper_store_retries",
    "store_left": "conference_helper_store_left",
}
_SWITCH = "switch"
_NO_BUCKET = [0.0] * len(_BOUNDS)

bp = Blueprint("metrics", __name__)


class _Collector(Collector):
    """What all workers have counted, and what this one knows of the catalogue."""

    def __init__(self, counts: SharedCounts) -> None:
        self.counts = counts
        self.gauges = dict.fromkeys(_GAUGES, math.nan)  # unknown, not zero, until it is read

    def collect(self) -> Iterator[Metric]:
        totals = self.counts.totals()
        for name, (told, labels) in _COUNTERS.items():
            counter = CounterMetricFamily(name, told, labels=labels)
            for values, (total,) in _of(name, totals):
                counter.add_metric(values, total)
            yield counter
        for name, (told, labels) in _HISTOGRAMS.items():
            histogram = HistogramMetricFamily(name, told, labels=labels)
            for values, (seconds, *counted) in _of(name, totals):
                buckets = zip(map(floatToGoString, _BOUNDS), accumulate(counted), strict=True)
                histogram.add_metric(values, list(buckets), seconds)
            yield histogram
        for name, value in self.gauges.items():
            yield GaugeMetricFamily(name, _GAUGES[name], value=value)


@bp.get("/metrics")
def show() -> Response:
    """Answer with the metrics of all workers, to those who ask at the right door or with a key for it."""
    if not (operators.are_asking() or keys.has_scope("ops")):
        raise NotFoundError("There is nothing at this address.")
    collector: _Collector = current_app.extensions["metrics"]
    _update(collector.gauges)
    registry = CollectorRegistry()
    registry.register(collector)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def instrument(app: Flask, counts: SharedCounts) -> None:
    """Count and time the app's requests, and count the core's events."""
    for names, zeros in ((_COUNTERS, [0.0]), (_HISTOGRAMS, [0.0, *_NO_BUCKET])):
        for name, (_, labels) in names.items():
            if not labels:
                counts.add((name,), zeros)
    events.listen(_recorder(counts))
    app.extensions["metrics"] = _Collector(counts)

    @app.after_request
    def count(response: Response) -> Response:
        route, status = outages.place(), str(response.status_code)
        counts.add(("conference_helper_requests", route, status), [1])
        if key := g.get("key"):
            counts.add(("conference_helper_key_requests", key.name, status), [1])
        if "started" in g:
            seconds = time.perf_counter() - g.started
            counts.add(("conference_helper_request_seconds", route), _observed(seconds))
        return response


def _of(
    name: str, totals: dict[Key, tuple[float, ...]]
) -> Iterator[tuple[Sequence[str], tuple[float, ...]]]:
    """Yield the labels' values and the numbers of a metric."""
    return ((labels, numbers) for (first, *labels), numbers in totals.items() if first == name)


def _observed(seconds: float) -> list[float]:
    """Return what one observation adds to a histogram: its sum, then a count of each bucket."""
    added = [seconds, *_NO_BUCKET]
    added[1 + bisect_left(_BOUNDS, seconds)] = 1.0
    return added


@cache
def _recorder(counts: SharedCounts) -> events.Listener:
    """Return what counts the core's events there; the same each time, so that it is registered once."""

    def record(event: str, value: float, labels: dict[str, str]) -> None:
        name = _EVENTS[event]
        if name in _HISTOGRAMS:
            counts.add((name,), _observed(value))
        elif event != _SWITCH or counts.is_first:  # all workers see each switch
            counts.add((name, *labels.values()), [value])

    return record


def _update(gauges: dict[str, float]) -> None:
    """Read what is known of the catalogue; where it cannot be read, the last values stay."""
    try:
        with searcher().store.reading() as generation:
            manifest = generation.manifest
        versions = searcher().store.check()
    except ConferenceHelperError as error:
        outages.failed(code_of(error), str(error), requests=0)
        return
    age = datetime.now(UTC) - datetime.fromisoformat(manifest.created_at).astimezone(UTC)
    gauges["conference_helper_catalogue_sessions"] = manifest.sessions
    gauges["conference_helper_catalogue_age_seconds"] = age.total_seconds()
    gauges["conference_helper_store_minors_apart"] = versions.minors_apart if versions else 0
