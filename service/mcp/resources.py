"""Resources: session://ID and programme://EVENT/YEAR/DAY, as JSON."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

from service.errors import NotFoundError
from service.filters import Filters
from service.mcp.cursors import read_cursor, write_cursor
from service.mcp.programme import read_day
from service.mcp.texts import as_json, brief
from service.programme.day import NoProgramme
from service.search.searcher import Searcher

Values = dict[str, Any]

PAGE = 100
"""Resources of one page of their list."""
UNDATED = "undated"
"""What stands for the day of sessions without one."""
MAX_SESSIONS = 3_000
"""Sessions of one day that are read."""
_JSON = "application/json"
_PROGRAMME = re.compile(r"programme://([^/]+)/(\d{4})/(\d{4}-\d\d-\d\d|undated)")
TEMPLATES: tuple[Values, ...] = (
    {
        "uriTemplate": "session://{id}",
        "name": "session",
        "title": "A session",
        "description": "All that is known of one session, by an id from a tool's answer.",
        "mimeType": _JSON,
    },
    {
        "uriTemplate": "programme://{event}/{year}/{day}",
        "name": "programme",
        "title": "A day of a programme",
        "description": f"The sessions of one day (YYYY-MM-DD, or {UNDATED}) of an event, in order of time.",
        "mimeType": _JSON,
    },
)


def list_resources(searcher: Searcher, cursor: str) -> Values:
    """Return a page of the days of all programmes. Raises QueryError for a cursor of another list."""
    listing = ("resources", searcher.calendars.state())
    start = read_cursor(cursor, *listing)
    days = list(_days(searcher))
    page = {"resources": days[start : start + PAGE]}
    if start + PAGE < len(days):
        return {**page, "nextCursor": write_cursor(start + PAGE, *listing)}
    return page


def read_resource(searcher: Searcher, uri: str) -> Values:
    """Return what a resource holds. Raises NotFoundError if there is none."""
    scheme, _, rest = uri.partition("://")
    if scheme == "session":
        values = searcher.lookup.session(rest).as_dict()
    elif found := _PROGRAMME.fullmatch(uri):
        values = _read_programme(searcher, unquote(found[1]), int(found[2]), found[3])
    else:
        raise NotFoundError(f"There is no resource {uri[:120]!r}: see resources/templates/list.")
    return {"contents": [{"uri": uri, "mimeType": _JSON, "text": as_json(values)}]}


def _days(searcher: Searcher) -> Iterator[Values]:
    for edition in searcher.programmes.editions():
        days = [*edition.days, *([(UNDATED, edition.undated)] if edition.undated else [])]
        for day, count in days:
            yield {
                "uri": f"programme://{quote(edition.event, safe='')}/{edition.year}/{day}",
                "name": f"{edition.name}, {day}",
                "description": f"{count} {'session' if count == 1 else 'sessions'}",
                "mimeType": _JSON,
            }


def _read_programme(searcher: Searcher, event: str, year: int, day: str) -> Values:
    filters = Filters(event=[event], year=[year], day=[] if day == UNDATED else [day])
    part = UNDATED if day == UNDATED else ""
    found = searcher.programmes.find(filters, part=part)
    if isinstance(found, NoProgramme):
        raise NotFoundError(" ".join(found.notes))
    if found.day != ("" if day == UNDATED else day):
        raise NotFoundError(f"{found.edition.name} has no session without a day.")
    sessions = read_day(searcher.programmes, found, 0, MAX_SESSIONS)
    return {"event": event, "year": year, "day": day, "sessions": [brief(one) for one in sessions]}
