"""Tools that list: whats_on, list_facets."""

from collections.abc import Sequence
from typing import Any

from service.filters import FACETS
from service.mcp import schemas
from service.mcp.cursors import read_cursor, write_cursor
from service.mcp.schemas import COUNT, TEXT, TEXTS, listed, result, told
from service.mcp.texts import brief, known, line, quoted, shortened
from service.mcp.tools import Call, Result, Tool
from service.programme.day import NoProgramme, ProgrammeDay
from service.programme.editions import Edition
from service.programme.programmes import Programmes
from service.query.query import Query
from service.session import Session
from service.words import folded

PAGE = 15
"""Sessions of one page of a list."""
VALUES = 60
"""Values of one page of a facet."""
_SOME = 8
"""Values told of each facet where no facet is named."""
_DAYS = 20
_OTHERS = 8
_OF_EDITION = ("event", "year")
_OF_TIME = ("day", "from", "to", "at")


def whats_on(call: Call) -> Result:
    """Answer with what is on now, with what is next, or with a day."""
    when = call.text("when", "day")
    filters = call.filters
    if when != "day":
        filters = filters.replace(**dict.fromkeys(_OF_TIME, ()))
    found = call.searcher.programmes.find(filters, now=call.now)
    if isinstance(found, NoProgramme):
        return _nothing(found)
    listing = ("whats_on", call.listing, found.day, found.state)
    start = read_cursor(call.text("cursor"), *listing)
    if when == "day":
        total = sum(part.sessions for part in found.parts)
        sessions: Sequence[Session] = read_day(call.searcher.programmes, found, start, PAGE)
        head = f"{_edition(found)} on {found.day or 'no known day'}: {total} sessions."
    else:
        some, head = _now_or_next(found, when)
        total, sessions = len(some), some[start : start + PAGE]
    values = {**_told_of(found), "total": total, "sessions": [_brief(one) for one in sessions]}
    return _page(head, values, sessions, start, listing)


def list_facets(call: Call) -> Result:
    """Answer with the values of one facet that sessions have, or with some of each."""
    counts = call.searcher.facets(Query(filters=call.filters))
    facet = call.text("facet")
    if not facet:
        return _each(counts)
    part = folded(call.text("contains"))
    values = [(value, count) for value, count in counts[facet] if part in folded(str(value))]
    if facet in ("day", "year"):
        values.sort(key=lambda pair: str(pair[0]))
    listing = ("list_facets", call.listing, call.searcher.calendars.state())
    start = read_cursor(call.text("cursor"), *listing)
    page = values[start : start + VALUES]
    head = f"{facet}: {len(values)} values, each with its number of sessions."
    lines = [head, *(f"{quoted(str(value), 120)} {count}" for value, count in page)]
    told_of: dict[str, Any] = {"facet": facet, "total": len(values), "values": _values(page)}
    if start + VALUES < len(values):
        told_of["next_cursor"] = write_cursor(start + VALUES, *listing)
        lines.append(f"More with cursor {told_of['next_cursor']}")
    return Result("\n".join(lines), told_of)


def read_day(programmes: Programmes, found: ProgrammeDay, start: int, most: int) -> list[Session]:
    """Return `most` sessions of a day from the one at `start` on, in whatever parts of it they are."""
    sessions, begins = list[Session](), 0
    for part in found.parts:
        ends = begins + part.sessions
        if begins <= start + len(sessions) < ends:
            whole = found if part == found.part else _read_part(programmes, found, part.key)
            sessions += whole.sessions[start + len(sessions) - begins :]
        if len(sessions) >= most:
            break
        begins = ends
    return sessions[:most]


def _read_part(programmes: Programmes, found: ProgrammeDay, key: str) -> ProgrammeDay:
    day = found.filters.replace(day=[found.day] if found.day else ())
    read = programmes.find(day, part=key)
    return read if isinstance(read, ProgrammeDay) else found


def _now_or_next(found: ProgrammeDay, when: str) -> tuple[Sequence[Session], str]:
    """Return the sessions that are on or come next, and the sentence before them."""
    if found.now is None:
        days = [day for day, _ in found.edition.days]
        dates = f"it is on {days[0]} to {days[-1]}" if days else "no day is known of it"
        return (), f"Nothing of {_edition(found)} is on today, {found.today}: {dates}."
    time = f"{found.now.now:%Y-%m-%d %H:%M}"
    if when == "now":
        count = len(found.now.on)
        after = "" if count else " Ask with when: next for what comes then."
        return found.now.on, f"{_edition(found)}: {count} on now, at {time}.{after}"
    return found.now.next, f"{_edition(found)}: {len(found.now.next)} next, after {time}."


def _nothing(found: NoProgramme) -> Result:
    notes = [shortened(note, 300) for note in found.notes]
    others = [_edition_values(one) for one in found.others[:_OTHERS]]
    days = [{"day": day, "sessions": count} for day, count in found.days[:_DAYS]]
    there = ", ".join(f"{quoted(one.event, 80)} {one.year}" for one in found.others[:_OTHERS])
    lines = ["NO SESSION PASSES. Tell the person so.", *notes]
    lines += (
        [f"On these days some do: {', '.join(day for day, _ in found.days[:_DAYS])}."]
        if days
        else []
    )
    lines += [f"There is: {there}."] if there else []
    values = {"total": 0, "sessions": [], **known({"notes": notes, "days": days, "others": others})}
    return Result("\n".join(lines), values)


def _told_of(found: ProgrammeDay) -> dict[str, Any]:
    days = [{"day": day, "sessions": count} for day, count in found.passing.days[:_DAYS]]
    now = found.now.now.isoformat(timespec="minutes") if found.now else None
    return {
        "event": found.edition.event,
        "year": found.edition.year,
        **known({"day": found.day, "now": now, "days": days}),
    }


def _page(
    head: str,
    values: dict[str, Any],
    sessions: Sequence[Session],
    start: int,
    listing: tuple[object, ...],
) -> Result:
    """Return one page of a list of sessions."""
    lines = [head, *(f"{start + place}. {_line(one)}" for place, one in enumerate(sessions, 1))]
    if start + len(sessions) < values["total"] and sessions:
        cursor = write_cursor(start + len(sessions), *listing)
        values = {**values, "next_cursor": cursor}
        lines.append(f"{values['total'] - start - len(sessions)} more with cursor {cursor}")
    return Result("\n".join(lines), values)


def _each(counts: Any) -> Result:
    facets = [
        {"facet": facet, "total": len(values), "values": _values(values[:_SOME])}
        for facet, values in counts.items()
        if values
    ]
    lines = [
        f"{one['facet']}: {one['total']} values, such as "
        + ", ".join(f"{quoted(str(some['value']), 60)} {some['count']}" for some in one["values"])
        for one in facets
    ]
    return Result("\n".join(lines) or "No session passes.", {"facets": facets})


def _values(pairs: Sequence[tuple[Any, int]]) -> list[dict[str, Any]]:
    return [{"value": value, "count": count} for value, count in pairs]


def _brief(session: Session) -> dict[str, Any]:
    return {name: value for name, value in brief(session).items() if name not in _OF_EDITION}


def _line(session: Session) -> str:
    return line(session, edition=False)


def _edition(found: ProgrammeDay) -> str:
    return f"{quoted(found.edition.event, 80)} {found.edition.year}"


def _edition_values(edition: Edition) -> dict[str, Any]:
    return {"event": edition.event, "year": edition.year, "sessions": edition.sessions}


_DAY = result(day=TEXT, sessions=COUNT)
_EDITION = result(event=TEXT, year={"type": "integer"}, sessions=COUNT)
_VALUE = result(value={"type": ["string", "integer"]}, count=COUNT)
_FACET = result(facet=TEXT, total=COUNT, values=listed(_VALUE))

TOOLS = (
    Tool(
        "whats_on",
        "What is on",
        "The programme in order of time: what is on now, what comes next in each room, or a whole day; "
        "filters narrow it to a room, a track and the like. Without an event and a year it is the edition "
        "that is on or comes next, without a day today or the next one. Not for finding what a session is "
        "about (search_sessions), whose filters it takes.",
        schemas.arguments(
            (),
            when=told("now, next, or day, the default.", enum=["now", "next", "day"]),
            now=schemas.NOW,
            cursor=schemas.CURSOR,
            **schemas.filters(),
        ),
        result(
            ("event", "year", "day", "now", "days", "notes", "others", "next_cursor"),
            event=TEXT,
            year={"type": "integer"},
            day=TEXT,
            now=TEXT,
            days=listed(_DAY),
            total=COUNT,
            sessions=listed(schemas.session(with_edition=False)),
            notes=TEXTS,
            others=listed(_EDITION),
            next_cursor=schemas.NEXT_CURSOR,
        ),
        whats_on,
    ),
    Tool(
        "list_facets",
        "List what there is",
        "The events, years, days, rooms, tracks, speakers and other values that sessions can be filtered by, "
        "each with its number of sessions. Without a facet, some of each. Use it to spell a filter right. "
        "Not for finding sessions (search_sessions), whose filters it takes.",
        schemas.arguments(
            (),
            facet=told("Which values to list.", enum=list(FACETS)),
            contains=told("Only values with this in them, such as a part of a name."),
            cursor=schemas.CURSOR,
            **schemas.filters(),
        ),
        result(
            ("facet", "total", "values", "next_cursor", "facets"),
            facet=TEXT,
            total=COUNT,
            values=listed(_VALUE),
            next_cursor=schemas.NEXT_CURSOR,
            facets=listed(_FACET),
        ),
        list_facets,
    ),
)
