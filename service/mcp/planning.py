"""Tools for the plan of an attendee: check_plan, export_calendar."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from service.calendar.feed import Feed, write_feed
from service.calendar.zones import ZonesUsed
from service.errors import NotFoundError, QueryError
from service.filters import Filters
from service.mcp import schemas
from service.mcp.schemas import COUNT, TEXT, TEXTS, listed, result, told
from service.mcp.texts import brief, known, line, quoted
from service.mcp.tools import Call, Result, Tool
from service.plan.check import CheckedPlan, check_plan, parse_ids
from service.plan.plan import Clash, Gap
from service.search.calendars import Contents
from service.slots import MAX_PLAN
from service.stores.tombstones import Tombstone

MAX_LISTED = 25
"""Sessions of a plan that are listed, and clashes, and gaps."""
MAX_RESOLVED = 3
"""Sessions that clash for which alternatives are told: each takes a few hundred tokens."""
_ALTERNATIVES = 2
MAX_EXPORTED = 20
"""Sessions of a calendar that is in an answer; longer ones are had by their address."""
_KINDS = {"sitting": "the same talk at another time", "similar": "like it"}
_FILE = "sessions.ics"


def check(call: Call) -> Result:
    """Answer with the clashes and gaps of a plan, and what fits instead."""
    checked = check_plan(call.searcher, _given_ids(call), call.now)
    plan, unknown = checked.plan, [str(id) for id in checked.unknown]
    if not (plan.sessions or checked.removed):
        raise NotFoundError(
            "None of these is the id of a session, so nothing was checked. Search again: ids come from answers."
        )
    notes = [*map(_tell_removed, checked.removed), *checked.remarks]
    sessions = plan.sessions
    if len(sessions) > MAX_LISTED:
        notes.append(f"The first {MAX_LISTED} of {len(sessions)} sessions are listed.")
    values = {
        "total": len(sessions),
        "sessions": [brief(one) for one in sessions[:MAX_LISTED]],
        "clashes": [_clash(one) for one in plan.clashes[:MAX_LISTED]],
        "gaps": [_gap(one) for one in plan.gaps[:MAX_LISTED]],
        "alternatives": list(_alternatives(checked)),
        "notes": notes,
        "not_found": [*unknown, *checked.invalid][:MAX_LISTED],
    }
    return Result("\n".join(_lines(checked, notes)), values)


def export_calendar(call: Call) -> Result:
    """Answer with an iCalendar file of some sessions, or with its address."""
    ids, filters = _given_ids(call), call.filters
    if bool(ids) == bool(filters):
        raise QueryError(
            "Give either ids or filters: a calendar is of some sessions or of what passes."
        )
    contents, missing = (
        _read_ids(call, ids) if ids else (call.searcher.calendars.programme(filters), 0)
    )
    address = _address(call.public_url, ids, filters)
    count = len(contents.sessions)
    if contents.days or count > MAX_EXPORTED:
        return _address_alone(address)
    calendar = _write(contents, call.public_url, address)
    head = f"A calendar of {count} {'session' if count == 1 else 'sessions'}, in the file {_FILE}."
    lines = [head, f"To subscribe: {address}" if address else ""]
    lines.append(f"{missing} ids are of no session, and left out." if missing else "")
    values = {
        "file_name": _FILE,
        "sessions": count,
        "left_out": missing,
        **known({"address": address}),
    }
    uri = address or f"calendar://{_FILE}"
    file = {"uri": uri, "mimeType": "text/calendar", "text": calendar}
    text = "\n".join(filter(None, lines))
    return Result(text, values, ({"type": "resource", "resource": file},))


def _given_ids(call: Call) -> list[str]:
    """Return the ids that a call gives, in a list or joined by commas, as in addresses."""
    return [id for text in call.texts("ids") for id in text.split(",") if id.strip()]


def _lines(checked: CheckedPlan, notes: Iterable[str]) -> Iterable[str]:
    plan = checked.plan
    count = len(plan.clashes)
    yield "No clashes." if not count else f"{count} clash{'es' if count > 1 else ''}:"
    for one in plan.clashes[:MAX_LISTED]:
        by = f", both with {quoted(', '.join(one.speakers), 160)}" if one.speakers else ""
        yield (
            f"- {quoted(one.first.title, 100)} ({one.first.id}) and {quoted(one.second.title, 100)} "
            f"({one.second.id}): {one.minutes} minutes{by}"
        )
    for id, found in list(checked.alternatives.items())[:MAX_RESOLVED]:
        for other in found[:_ALTERNATIVES]:
            yield f"  instead of {id}, {_KINDS[other.kind]}: {line(other.session)}"
    yield from notes
    yield "In order of time:"
    yield from (f"- {line(session)}" for session in plan.sessions[:MAX_LISTED])


def _tell_removed(one: Tombstone) -> str:
    title, event = quoted(one.session.title, 100), quoted(one.session.event, 80)
    return f"{title} was taken out of the programme of {event} {one.session.year}."


def _alternatives(checked: CheckedPlan) -> Iterable[dict[str, Any]]:
    for id, found in list(checked.alternatives.items())[:MAX_RESOLVED]:
        instead = [
            {"why": one.kind, "session": brief(one.session)} for one in found[:_ALTERNATIVES]
        ]
        yield {"id": str(id), "instead": instead}


def _clash(one: Clash) -> dict[str, Any]:
    return {"ids": [str(one.first.id), str(one.second.id)], "minutes": one.minutes}


def _gap(one: Gap) -> dict[str, Any]:
    ends = {"after": str(one.after.id), "before": str(one.before.id)}
    return {**ends, "minutes": one.minutes, "changes_room": one.changes_room}


def _read_ids(call: Call, ids: list[str]) -> tuple[Contents, int]:
    """Return what a calendar of some ids holds, and how many of them are of no session."""
    wanted, invalid = parse_ids(ids)
    contents = call.searcher.calendars.plan(wanted)
    found: set[UUID] = {session.id for session in contents.sessions}
    missing = len(invalid) + sum(id not in found for id in wanted)
    if not found:
        raise NotFoundError(f"None of the {missing} ids is of a session. Search again.")
    return contents, missing


def _write(contents: Contents, public_url: str, address: str) -> str:
    """Return the calendar, without abstracts: whoever asks has them already, or can have them."""
    sessions = [replace(session, abstract="") for session in contents.sessions]
    zones = ZonesUsed()
    zones.add(sessions)
    feed = Feed(
        name="Sessions",
        source=address,
        stamp=contents.stamp,
        address_of=lambda session: f"{public_url}/sessions/{session.id}" if public_url else "",
    )
    return b"".join(write_feed(feed, zones, sessions)).decode()


def _address(public_url: str, ids: list[str], filters: Filters) -> str:
    if not public_url:
        return ""
    if ids:
        return f"{public_url}/plan.ics?{urlencode({'ids': ','.join(ids)})}"
    return f"{public_url}/programme.ics?{urlencode(list(_pairs(filters)))}"


def _pairs(filters: Filters) -> Iterable[tuple[str, object]]:
    return ((name, value) for name, values in filters.items() for value in values)


def _address_alone(address: str) -> Result:
    if not address:
        raise QueryError(
            f"An answer has a calendar of {MAX_EXPORTED} sessions at most. Give fewer ids or more filters."
        )
    text = f"The calendar is long; it is had from {address}"
    return Result(text, {"file_name": _FILE, "address": address})


_CLASH = result(ids=TEXTS, minutes=COUNT)
_GAP = result(
    after=TEXT,
    before=TEXT,
    minutes={"type": ["integer", "null"]},
    changes_room={"type": ["boolean", "null"]},
)
_INSTEAD = result(why={**TEXT, "enum": list(_KINDS)}, session=schemas.session())
_IDS = {"type": ["array", "string"], "items": TEXT}

TOOLS = (
    Tool(
        "check_plan",
        "Check a plan",
        "Whether somebody can attend some sessions: those that clash and for how long, the gaps between them "
        "and whether the room changes, and for the first that clash what to attend instead. Call it before "
        "you propose a plan. Not for finding sessions (search_sessions, with fits for what leaves a plan "
        "without clashes).",
        schemas.arguments(
            ("ids",), ids=told(f"Ids of sessions, {MAX_PLAN} at most.", _IDS), now=schemas.NOW
        ),
        result(
            total=COUNT,
            sessions=listed(schemas.session()),
            clashes=listed(_CLASH),
            gaps=listed(_GAP),
            alternatives=listed(result(id=TEXT, instead=listed(_INSTEAD))),
            notes=TEXTS,
            not_found=told("Of what was given, what is the id of no session.", TEXTS),
        ),
        check,
    ),
    Tool(
        "export_calendar",
        "Export a calendar",
        "An iCalendar file (.ics) of sessions by their ids, or of all that pass the filters of "
        f"search_sessions; the answer has {MAX_EXPORTED} sessions at most, and the address to subscribe to, "
        "where there is one. It changes nobody's calendar: give the file or the address to the person. Not for "
        "reading a programme (whats_on).",
        schemas.arguments((), ids=told("Ids of sessions.", _IDS), **schemas.filters()),
        result(
            ("sessions", "left_out", "address"),
            file_name=TEXT,
            sessions=COUNT,
            left_out=COUNT,
            address=TEXT,
        ),
        export_calendar,
    ),
)
