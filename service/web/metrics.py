"""Metrics for Prometheus, at /metrics."""

import math
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, Flask, Response, g
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

from service.errors import ConferenceHelperError, NotFoundError
from service.runtime import events
from service.web import keys, operators, outages
from service.web.errors import code_of
from service.web.parameters import searcher

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
_MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"

registry = CollectorRegistry()
requests = Counter(
    "conference_helper_requests",
    "Requests answered.",
    ["route", "status"],
    registry=registry,
)
request_seconds = Histogram(
    "conference_helper_request_seconds",
    "Seconds to answer a request.",
    ["route"],
    buckets=_SECONDS,
    registry=registry,
)
encode_seconds = Histogram(
    "conference_helper_encode_seconds",
    "Seconds to embed a question.",
    buckets=_SECONDS,
    registry=registry,
)
search_seconds = Histogram(
    "conference_helper_search_seconds",
    "Seconds that the store took to search.",
    buckets=_SECONDS,
    registry=registry,
)
key_requests = Counter(
    "conference_helper_key_requests",
    "Requests answered that came with an API key that is known, by its name.",
    ["key", "status"],
    registry=registry,
)
cache = Counter(
    "conference_helper_cache",
    "Lookups in the caches of facets and of the programme, by whether they had the answer.",
    ["hit"],
    registry=registry,
)
answers = Counter(
    "conference_helper_answers",
    "Searches answered, by whether any session was found.",
    ["found"],
    registry=registry,
)
switches = Counter(
    "conference_helper_generation_switches",
    "Switches to another generation or revision.",
    registry=registry,
)
store_errors = Counter(
    "conference_helper_store_errors",
    "Calls of the store that failed for good.",
    registry=registry,
)
store_retries = Counter(
    "conference_helper_store_retries", "Calls of the store tried again.", registry=registry
)
store_left = Counter(
    "conference_helper_store_left",
    "Times that an address of the store, or its connections, were left for others since it did not answer.",
    registry=registry,
)
sessions = Gauge(
    "conference_helper_catalogue_sessions",
    "Sessions in the served catalogue.",
    multiprocess_mode="mostrecent",
    registry=registry,
)
apart = Gauge(
    "conference_helper_store_minors_apart",
    "Minor versions between the Qdrant server and this program's client; it is made for at most one.",
    multiprocess_mode="mostrecent",
    registry=registry,
)
age = Gauge(
    "conference_helper_catalogue_age_seconds",
    "Seconds since the served catalogue was last changed.",
    multiprocess_mode="mostrecent",
    registry=registry,
)

bp = Blueprint("metrics", __name__)


@bp.get("/metrics")
def show() -> Response:
    """Answer with the metrics of all workers, to those who ask at the right door or with a key for it."""
    if not (operators.are_asking() or keys.has_scope("ops")):
        raise NotFoundError("There is nothing at this address.")
    _update_gauges()
    source = registry
    if _MULTIPROCESS in os.environ:
        source = CollectorRegistry()
        multiprocess.MultiProcessCollector(source)  # type: ignore[no-untyped-call]  # prometheus_client does not annotate it
    return Response(generate_latest(source), content_type=CONTENT_TYPE_LATEST)


def instrument(app: Flask) -> None:
    """Count and time the app's requests, and count the core's events."""
    events.listen(_record)
    for gauge in (sessions, age, apart):
        gauge.set(math.nan)  # unknown until the catalogue is read, not zero
    app.after_request(_count)


def _count(response: Response) -> Response:
    route = outages.place()
    requests.labels(route, str(response.status_code)).inc()
    if key := g.get("key"):
        key_requests.labels(key.name, str(response.status_code)).inc()
    if "started" in g:
        request_seconds.labels(route).observe(time.perf_counter() - g.started)
    return response


_RECORDERS: dict[str, Callable[[float, dict[str, str]], None]] = {
    "encode": lambda seconds, labels: encode_seconds.observe(seconds),
    "search": lambda seconds, labels: search_seconds.observe(seconds),
    "cache": lambda count, labels: cache.labels(**labels).inc(count),
    "answer": lambda count, labels: answers.labels(**labels).inc(count),
    "switch": lambda count, labels: switches.inc(count),
    "store_error": lambda count, labels: store_errors.inc(count),
    "store_retry": lambda count, labels: store_retries.inc(count),
    "store_left": lambda count, labels: store_left.inc(count),
}


def _record(event: str, value: float, labels: dict[str, str]) -> None:
    _RECORDERS[event](value, labels)


def _update_gauges() -> None:
    """Read the catalogue's gauges; where it cannot be read, they keep their last values."""
    try:
        with searcher().store.reading() as generation:
            manifest = generation.manifest
        versions = searcher().store.check()
    except ConferenceHelperError as error:
        outages.failed(code_of(error), str(error), requests=0)
        return
    sessions.set(manifest.sessions)
    apart.set(versions.minors_apart if versions else 0)
    created = datetime.fromisoformat(manifest.created_at)
    age.set((datetime.now(UTC) - created.astimezone(UTC)).total_seconds())
