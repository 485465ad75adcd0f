"""The days of each edition of an event: one payload field per session, counted by one facet request."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from service.errors import REMEDY, DamagedError
from service.filters import Value
from service.session import Session

FIELD = "calendar"
"""The payload field: event, year, day and zone of a session as one keyword."""


@dataclass(frozen=True, slots=True, order=True)
class EditionDay:
    """One day of an edition of an event, in one zone, and how many sessions start on it.

    `day` (YYYY-MM-DD) is empty for sessions whose time is unknown, `timezone` where no zone is known.
    """

    event: str
    year: int
    day: str
    timezone: str
    sessions: int


def edition_key(session: Session) -> str:
    """Return the value of FIELD of a session."""
    return json.dumps([session.event, session.year, session.day, session.timezone or ""])


def read_editions(counts: Iterable[tuple[Value, int]]) -> list[EditionDay]:
    """Return the days that values of FIELD and their counts say, by event, year and day.

    Raises DamagedError for a value that `edition_key` did not make.
    """
    try:
        found = [(json.loads(str(key)), count) for key, count in counts]
        return sorted(
            EditionDay(str(event), int(year), str(day), str(timezone), count)
            for (event, year, day, timezone), count in found
        )
    except (TypeError, ValueError) as error:
        raise DamagedError(
            f"The catalogue's calendar cannot be read ({error!r}). {REMEDY}"
        ) from error
