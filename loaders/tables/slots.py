"""When and where talks are, as a timetable or another table says it: slots by titles or ids."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from loaders.records.record import Record
from loaders.records.text import plain_line
from service.words import folded

_WORDS = re.compile(r"[\W_]+")
_TRACK = re.compile(r"(?:track|strand|stream)\b", re.I)


@dataclass(frozen=True, slots=True)
class Slot:
    """When and where something takes place; `start` is local time unless `zone` is "UTC"."""

    start: str
    zone: str
    room: str
    end: str = ""
    date_order: str = ""


class Cell(NamedTuple):
    """A text of a grid as written, its row's number, its slot, its start (perhaps without a day) and end."""

    text: str
    number: int
    slot: Slot
    start: str
    end: str


@dataclass(slots=True)
class Timetable:
    """The slots of each title or id in a grid, by `title_key`, and its cells in their order."""

    name: str
    slots: dict[str, set[Slot]] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def overlap(self, keys: Iterable[str]) -> int:
        """Return how many of the talks' keys it has slots for."""
        return sum(key in self.slots for key in keys)

    def apply(self, record: Record, *, replace: bool = False) -> bool:
        """Fill in a record's time and room from its only slot; return whether it has one.

        With `replace`, the slot's time replaces the record's own.
        """
        for key in (title_key(record.title), title_key(record.source_id)):
            found = self.slots.get(key, set()) if key else set()
            if len(found) == 1:
                (slot,) = found
                if slot.start and (replace or not record.start):
                    record.start, record.zone = slot.start, slot.zone or record.zone
                    record.end = slot.end or record.end
                    record.date_order = slot.date_order or record.date_order
                fill_place(record, slot.room)
                return True
        return False


def fill_place(record: Record, name: str) -> None:
    """Give a record the room, or the track ("Track A"), that heads its column, unless it has one."""
    if _TRACK.match(name):
        record.track = record.track or name
    else:
        record.room = record.room or name


def title_key(text: str) -> str:
    """Return a title or id folded and without punctuation, for lookup."""
    return " ".join(_WORDS.sub(" ", folded(plain_line(text))).split())
