"""Rows that name a room or a track, which those below them are in."""

import re
from collections.abc import Sequence

from loaders.tables.header import Header
from service.words import folded

_PLACE = re.compile(
    r"(?:room|hall|auditorium|saal|raum|salle|sala|aula|amphi|stage|buhne|zaal|track)\W+[\w-]{1,12}"
    r"|(?:[\w-]{1,12} ){1,2}(?:room|hall|auditorium|theat(?:er|re)|stage|ballroom|saal|track)"
)
_MAX_NAME = 50


def place_heading(cells: Sequence[str], header: Header) -> dict[str, str]:
    """Return the room or track that the only cell of a row names, by its field.

    Only of a table with times, and without a column of that field.
    """
    filled = [cell for cell in cells if cell]
    if len(filled) != 1 or not {"title", "start"} <= header.columns.keys():
        return {}
    field = _place(filled[0])
    return {field: filled[0]} if field and field not in header.columns else {}


def _place(text: str) -> str:
    """Return whether a text is nothing but a room's or track's name ("Room 101", "Track B"): which; else ""."""
    if len(text) > _MAX_NAME or not (match := _PLACE.fullmatch(folded(text))):
        return ""
    return "track" if match[0].startswith("track") else "room"
