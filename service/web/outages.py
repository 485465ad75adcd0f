"""Outages in the log: a line when one begins, one a minute while it lasts, one when it is over.

Without this every request that fails writes a line: 20 s without Qdrant wrote 22,989 equal ones.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask, Response, current_app, request

_MINUTE = 60.0
_QUIET_SECONDS = 5.0
"""An outage is over once something is answered and nothing has failed for so long."""
_LONGEST = 500

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Outage:
    """What fails with one code, since when, and how often."""

    began: float
    told: float
    failed_last: float = 0.0
    places: set[str] = field(default_factory=set)
    failed: int = 0
    failed_since_told: int = 0


class Outages:
    """Counts what fails, by the code of its error; safe to use from many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with everything well."""
        self._clock = clock
        self._mutex = threading.Lock()
        self._current: dict[str, _Outage] = {}

    def failed(self, place: str, code: str, problem: str, *, requests: int = 1) -> None:
        """Note that `place` failed, with as many requests: a line if that is new, or a minute has passed."""
        with self._mutex:
            now = self._clock()
            outage = self._current.get(code)
            begins = outage is None
            if outage is None:
                outage = self._current[code] = _Outage(began=now, told=now)
            outage.failed_last = now
            outage.places.add(place)
            outage.failed += requests
            outage.failed_since_told += requests
            if begins:
                log.warning(
                    "%s failed (%s): %s Until that is over, failures are counted once a minute.",
                    place,
                    code,
                    _in_a_line(problem),
                )
            elif now - outage.told < _MINUTE:
                return
            else:
                log.warning(
                    "%s for %.0f s; requests that failed: %d since the last line, %d in all. Last: %s",
                    code,
                    now - outage.began,
                    outage.failed_since_told,
                    outage.failed,
                    _in_a_line(problem),
                )
            outage.told, outage.failed_since_told = now, 0

    def answered(self, place: str) -> None:
        """Note that `place` succeeded: what failed there is over, if nothing has failed for a while."""
        if not self._current:
            return
        with self._mutex:
            now = self._clock()
            for code, outage in list(self._current.items()):
                if place in outage.places and now - outage.failed_last >= _QUIET_SECONDS:
                    del self._current[code]
                    log.warning(
                        "%s is over after %.0f s; requests that failed: %d.",
                        code,
                        outage.failed_last - outage.began,
                        outage.failed,
                    )


def note_outages(app: Flask, outages: Outages) -> None:
    """Note what of the app succeeds; `failed` notes what does not."""
    app.extensions["outages"] = outages

    @app.after_request
    def note(response: Response) -> Response:
        if response.status_code < 500:
            outages.answered(place())
        return response


def failed(code: str, problem: str, *, requests: int = 1) -> None:
    """Note that the current request failed, or with no `requests` only a part of it."""
    outages: Outages = current_app.extensions["outages"]
    outages.failed(place(), code, problem, requests=requests)


def place() -> str:
    """Return the current request's route: its path itself may be a name, or what somebody asked."""
    return request.url_rule.rule if request.url_rule else "none"


def _in_a_line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST]
