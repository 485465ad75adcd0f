"""Cursors: where the next page of a list begins, good for that list of that catalogue only."""

import json
import re

from service.errors import QueryError
from service.session import digest

_CURSOR = re.compile(r"(\d{1,7})-([0-9a-f]{24})")


def write_cursor(start: int, *listing: object) -> str:
    """Return the cursor of the page that begins at `start` of a list; `listing` decides the list."""
    return f"{start}-{_digest(listing)}"


def read_cursor(cursor: str, *listing: object) -> int:
    """Return where the page begins, 0 for "". Raises QueryError for a cursor of another list."""
    if not cursor:
        return 0
    read = _CURSOR.fullmatch(cursor)
    if not read or read[2] != _digest(listing):
        raise QueryError(
            "This cursor belongs to another list, or the programme changed since. Ask again without a cursor."
        )
    return int(read[1])


def _digest(listing: tuple[object, ...]) -> str:
    return digest(json.dumps(listing, sort_keys=True, default=str))
