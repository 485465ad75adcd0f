"""What came of one session that is published as JSON: the fields that have values."""

import json
from typing import Any

from support.reading_sources import Reading, read_bytes

START, END = "2026-05-12T10:00:00+02:00", "2026-05-12T10:30:00+02:00"
TIMED = {
    "title": "Knots",
    "abstract": "About.",
    "speakers": ("Jo Line",),
    "starts": START,
    "ends": END,
    "room": "Quay",
}


def found(reading: Reading) -> dict[str, Any]:
    """Return the only session's fields that have values."""
    (session,) = reading.sessions
    told = session.as_dict()
    values = {
        "id": session.source_id, "title": session.title, "abstract": session.abstract, "room": session.room,
        "speakers": session.speakers, "track": session.track, "kind": session.kind, "level": session.level,
        "tags": session.tags, "language": session.language, "url": session.url,
        "starts": told["starts_at"], "ends": told["ends_at"],
        "links": tuple(link.kind for link in session.links),
    }  # fmt: skip
    return {key: value for key, value in values.items() if value}


def read_json(value: Any, **options: Any) -> Reading:
    return read_bytes("x.json", json.dumps(value).encode(), **options)
