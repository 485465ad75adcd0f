"""What a load knows of a stored session without reading all of it: whether it changed, and how often it did.

A change of what people plan by (SCHEDULE) raises a session's `sequence`, as RFC 5545 asks of whoever publishes
a calendar; any change renews `modified`. The hash of the schedule is made as it is read: catalogues of an older
version have it too.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service.session import digest

SCHEDULE = ("title", "room", "starts_at", "ends_at", "cancelled")
"""Payload fields by which people plan: what changes here is a new revision of a calendar's entry."""
_HASHES = ("event", "year", "text_hash", "payload_hash")
HASHED = (*_HASHES, *SCHEDULE, "sequence", "modified")
"""Payload fields that `decode_hashes` reads."""


@dataclass(frozen=True, slots=True)
class SessionHashes:
    """The hashes of a stored session, by which a load finds out whether it changed, and its last revision.

    `modified` is empty in a catalogue of an older version.
    """

    id: UUID
    event: str
    year: int
    text_hash: str
    payload_hash: str
    schedule_hash: str
    sequence: int
    modified: str


def decode_hashes(id: UUID, payload: Mapping[str, Any]) -> SessionHashes:
    """Return the hashes of the session that has this payload."""
    return SessionHashes(
        id,
        **{name: payload[name] for name in _HASHES},
        schedule_hash=hash_schedule(payload),
        sequence=int(payload.get("sequence", 0)),
        modified=str(payload.get("modified", "")),
    )


def hash_schedule(payload: Mapping[str, Any]) -> str:
    """Return a digest of what people plan by."""
    return digest(json.dumps([payload.get(name) for name in SCHEDULE]))
