"""Sessions as payloads: the plain JSON values of a point, the same in every store, backup and export.

Times are UTC with the zone's name beside them; where the zone is unknown they are local, without an offset and
without a zone, and stores order them as if they were UTC. Empty fields are left out. DERIVED fields follow from
the others: `day`, the minutes and `status` are filtered by, `calendar` is counted by, `text_hash` and
`payload_hash` tell a later load what changed, `talk_keys` mark repeats. The hashes are of what sources say: a
derived field that is added changes no session, nor does REVISION, which is what loads know of a session.
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, tzinfo
from typing import Any

from service.dates import parse_zone
from service.errors import REMEDY, DamagedError
from service.filters import RUNS_UNTIL
from service.session import LINK_KINDS, Link, Session, digest
from service.slots import slot_of
from service.stores import editions

DERIVED = (
    "day",
    "start_minute",
    "end_minute",
    "duration_minutes",
    "status",
    RUNS_UNTIL,
    editions.FIELD,
    "text_hash",
    "payload_hash",
    "talk_keys",
)
REVISION = ("sequence", "modified")
_TIMES = ("starts_at", "ends_at")
_LISTS = ("speakers", "tags")
_NEEDED = ("event", "year", "source_id")
_STORED = tuple(field.name for field in fields(Session) if field.compare)
BRIEF = (
    *(name for name in _STORED if name not in ("abstract", "links", "tags")),
    "timezone",
    *REVISION,
)
"""What is read of sessions of which many are listed: a list shows no abstract, links or tags."""
_TEXTS = tuple(
    name for name in _STORED if name not in {*_TIMES, *_LISTS, *_NEEDED, "links", "cancelled"}
)


def encode_payload(session: Session) -> dict[str, Any]:
    """Return the payload of a session."""
    stored = {name: _plain(getattr(session, name)) for name in _STORED}
    stored |= {"day": session.day, "timezone": session.timezone or ""}
    stored = {
        name: value
        for name, value in stored.items()
        if value not in ("", []) and value is not False
    }
    text_hash = session.text_hash
    hashes = {
        "text_hash": text_hash,
        "payload_hash": digest(json.dumps(stored, sort_keys=True) + text_hash),
    }
    keys = session.talk_keys
    return {
        **stored,
        **_minutes(session),
        "status": session.status,
        **_slot(session),
        editions.FIELD: editions.edition_key(session),
        **hashes,
        **({"talk_keys": list(keys)} if keys else {}),
        **{name: _plain(value) for name in REVISION if (value := getattr(session, name))},
    }


def decode_payload(payload: Mapping[str, Any]) -> Session:
    """Return the session that `encode_payload` stored. Raises DamagedError if `payload` is none."""
    try:
        zone = parse_zone(str(payload.get("timezone", "UTC")))
        modified = str(payload.get("modified", ""))
        values: dict[str, Any] = {
            "event": str(payload["event"]),
            "year": int(payload["year"]),
            "source_id": str(payload["source_id"]),
            **{name: str(payload.get(name, "")) for name in _TEXTS},
            **{name: tuple(map(str, payload.get(name, ()))) for name in _LISTS},
            "links": tuple(map(_link, payload.get("links", ()))),
            "cancelled": payload.get("cancelled") is True,
            **{name: _moment(payload.get(name), zone) for name in _TIMES},
            "sequence": int(payload.get("sequence", 0)),
            "modified": datetime.fromisoformat(modified) if modified else None,
        }
        return Session(**values)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise DamagedError(
            f"The catalogue holds a point that is not a session ({error!r}). {REMEDY}"
        ) from error


def _minutes(session: Session) -> dict[str, int]:
    """Return what the filters of time compare with, of what is known.

    The end counts on after midnight: 23:30 to 00:30 is 1410 to 1470. Where it is unknown, or the start
    itself, the session runs in the minute of its start.
    """
    start, duration = session.start_minute, session.duration_minutes
    if start is None:
        return {}
    times = {"start_minute": start, "end_minute": start + max(duration or 0, 1)}
    return times if duration is None else {**times, "duration_minutes": duration}


def _moment(stored: Any, zone: tzinfo) -> datetime | None:
    """Return a stored time, in the zone unless it is local. Raises ValueError if it is none."""
    if not stored:
        return None
    moment = datetime.fromisoformat(str(stored))
    return moment.astimezone(zone) if moment.tzinfo else moment


def _slot(session: Session) -> dict[str, str]:
    """Return when the slot of a session ends, if it takes one."""
    slot = slot_of(session)
    return {RUNS_UNTIL: slot.ends.isoformat()} if slot else {}


def _link(stored: Mapping[str, Any]) -> Link:
    """Return the link that `Link.as_dict` gave. Raises KeyError, TypeError or ValueError if it is none."""
    kind = next((kind for kind in LINK_KINDS if kind == stored["kind"]), None)
    if kind is None:
        raise ValueError(f"no kind of link: {stored['kind']!r}")
    return Link(kind, str(stored["url"]), str(stored["label"]))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
    if isinstance(value, Link):
        return value.as_dict()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return "" if value is None else value
