"""Indico's exports: an event with its contributions, and a timetable of days with entries and entries in these.

What both give is one list of contributions, sessions without any, and breaks, which are marked as such.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from loaders.json_objects.values import member, objects
from loaders.records.values import as_text

_ANSWER = "HTTPAPIResult"
_SERVER = re.compile(r"https?://[^/?#]+")
_INSIDE = ("session", "entries", "roomFullname", "subContributions", "db_id", "friendly_id")
_PAPER_AUTHORS = ("primaryauthors", "primaryAuthors", "coauthors")


def arrange_indico(value: Any) -> Any:
    """Collect the contributions of Indico's JSON in one list; return any other value unchanged."""
    if member(value, "_type") != _ANSWER:
        return value
    results = value.get("results")
    if isinstance(results, dict):
        address = as_text(value.get("url"))
        return {"contributions": [_at(item, address) for item in _entries(results)]}
    if isinstance(results, list):
        return {"results": [_with_contributions(event) for event in results]}
    return value


def _at(item: dict[str, Any], address: str) -> dict[str, Any]:
    """Return an entry with its whole address, which a timetable gives from the server's root on."""
    url = as_text(item.get("url"))
    server = _SERVER.match(address)
    return {**item, "url": server[0] + url} if server and url.startswith("/") else item


def _with_contributions(event: Any) -> Any:
    """Return an event with the contributions of its sessions among its own, each once."""
    if not isinstance(event, dict):
        return event
    found: dict[str, Any] = {}
    sessions = [{}, *objects(event.get("sessions"))]
    for session in sessions:
        for item in objects((session or event).get("contributions")):
            if _key(item) not in found:
                found[_key(item)] = _contribution(item, session)
                found |= {f"{_key(item)} {_key(part)}": part for part in _parts(item, session)}
    rest = {key: item for key, item in event.items() if key != "sessions"}
    return {**rest, "contributions": list(found.values())} if found else event


def _parts(item: dict[str, Any], session: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the subcontributions of a contribution, in its room.

    They have durations and no times: those follow where the durations fill the contribution.
    """
    parts = objects(item.get("subContributions"))
    lengths = [part.get("duration") for part in parts]
    minutes = [length for length in lengths if isinstance(length, int)]
    start = item.get("startDate")
    is_full = len(minutes) == len(parts) and sum(minutes) == item.get("duration")
    passed = 0
    for part, length in zip(parts, lengths, strict=True):
        around = {"title": item.get("title"), "room": item.get("roomFullname") or item.get("room")}
        own = _contribution(part, session | {key: text for key, text in around.items() if text})
        own["id"] = f"{item.get('id')}.{part.get('id')}"
        if is_full and isinstance(start, dict) and (moment := _later(start, passed)):
            own["startDate"] = moment
            passed += int(length or 0)
        yield own


def _later(start: dict[str, Any], minutes: int) -> dict[str, Any] | None:
    """Return a date and time of Indico, some minutes later; None if it is none."""
    try:
        moment = datetime.fromisoformat(f"{start.get('date')}T{start.get('time')}")
        later = moment + timedelta(minutes=minutes)
    except (ValueError, OverflowError):
        return None
    return {**start, "date": later.date().isoformat(), "time": later.time().isoformat()}


def _key(item: dict[str, Any]) -> str:
    return f"{item.get('db_id') or item.get('id')} {item.get('title')}"


def _entries(results: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the entries of a timetable, those of a session in its place; a session without any stays."""
    for days in results.values():
        for entries in days.values() if isinstance(days, dict) else ():
            for entry in entries.values() if isinstance(entries, dict) else ():
                if isinstance(entry, dict):
                    inside = entry.get("entries")
                    inner = list(inside.values()) if isinstance(inside, dict) else []
                    session = entry if inner else {}
                    for item in objects(inner) or [entry]:
                        yield _contribution(item, session)


def _contribution(item: dict[str, Any], session: dict[str, Any]) -> dict[str, Any]:
    """Return a contribution with its session as its track, its room rather than the site that it is in."""
    kept = {
        key: part for key, part in item.items() if not key.startswith("_") and key not in _INSIDE
    }
    kept["track"] = item.get("track") or item.get("session") or session.get("title")
    if room := item.get("roomFullname") or item.get("room") or session.get("room"):
        kept.pop("location", None)
        kept["room"] = room
    if item.get("entryType") == "Break":
        kept["type"] = "Break"
    elif item.get("isPoster"):
        kept["type"] = "Poster session"
    if not (item.get("speakers") or item.get("presenters")):
        authors = (item.get(key) for key in _PAPER_AUTHORS)
        kept["speakers"] = [person for people in authors for person in objects(people)]
    for key in ("entryType", *_PAPER_AUTHORS):
        kept.pop(key, None)
    return {key: part for key, part in kept.items() if part not in (None, "", [], {})}
