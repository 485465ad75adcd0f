"""Structured logs: one line of JSON an event, with the id of its request."""

import logging
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request
from structlog.typing import EventDict

from service.runtime import request_id
from service.web.outages import place

log = logging.getLogger(__name__)


def configure() -> None:
    """Write every log line as JSON."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.stdlib.ExtraAdder(),
                _add_request_id,
            ],
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs every call of the store


def log_requests(app: Flask, *, queries: bool) -> None:
    """Log each request: method, route, status, ms, and the key's name; path and query string only if `queries`.

    `service.web.metrics` sets `g.started`, `service.web.keys` sets `g.key`.
    """

    @app.after_request
    def log_request(response: Response) -> Response:
        fields: dict[str, Any] = {
            "method": request.method,
            "route": place(),
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        }
        if key := g.get("key"):
            fields["key"] = key.name
        if queries:
            fields["path"] = request.path
            fields["query"] = request.query_string.decode("utf-8", "replace")
        log.info("request", extra=fields)
        return response


def _add_request_id(logger: Any, name: str, event: EventDict) -> EventDict:
    if id := request_id.current.get():
        event["request_id"] = id
    return event
