"""Infer times that a schedule leaves out: consecutive talks, and several talks in one slot."""

from datetime import datetime, timedelta
from typing import Any

from loaders.records import times
from loaders.records.clocks import leading_clock, split_range
from loaders.records.values import as_text
from loaders.sites.keys import time_fields
from loaders.sites.yaml_values import Entry

_DAY = datetime(2000, 1, 1)


def fill_starts(items: list[Any]) -> list[Any]:
    """Return a list with the starts that follow from the durations: each begins when the one before ends."""
    fields = [time_fields(item) if isinstance(item, dict) else {} for item in items]
    if (
        not fields
        or "start" not in fields[0]
        or not any("duration" in it and "start" not in it for it in fields)
    ):
        return items
    filled: list[Any] = []
    now: datetime | None = None
    for item, known in zip(items, fields, strict=True):
        if "start" in known:
            now = _clock(known["start"])
        elif now and isinstance(item, dict) and "duration" in known:
            item = _with(item, start=f"{now:%H:%M}")
        filled.append(item)
        length = _length(known.get("duration", ""))
        now = now + length if now and length is not None else None
    return filled


def spread_slots(slots: Any) -> Any:
    """Return Hoverboard's time slots with a start and an end for each of the sessions in them.

    A session may extend over the slots below; several in one place share its time in equal parts, as that
    program shows them.
    """
    if not isinstance(slots, list):
        return slots
    return [
        _with(slot, sessions=_spread(slot, number, slots))
        if isinstance(slot, dict) and isinstance(slot.get("sessions"), list)
        else slot
        for number, slot in enumerate(slots)
    ]


def _spread(slot: dict[str, Any], number: int, slots: list[Any]) -> list[Any]:
    return [
        _shared(column, slot, number, slots)
        if isinstance(column, dict) and "items" in column
        else column
        for column in slot["sessions"]
    ]


def _shared(
    column: dict[str, Any], slot: dict[str, Any], number: int, slots: list[Any]
) -> dict[str, Any]:
    extend = as_text(column.get("extend"))
    last = number + (int(extend) - 1 if extend.isdigit() and len(extend) < 3 else 0)
    until = slots[last] if last < len(slots) and isinstance(slots[last], dict) else slot
    start, end = (
        _clock(time_fields(slot).get("start", "")),
        _clock(time_fields(until).get("end", "")),
    )
    ids = column["items"] if isinstance(column["items"], list) else [column["items"]]
    if not start or not end or end <= start or len(ids) > 20:
        return column
    length = (end - start) / max(len(ids), 1)
    parts = [
        Entry(
            {
                "session": id,
                "start": f"{start + place * length:%H:%M}",
                "end": f"{start + (place + 1) * length:%H:%M}",
            }
        )
        for place, id in enumerate(ids)
    ]
    for part in parts:
        part.line = getattr(column, "line", 0)
    return Entry({"parts": parts})


def _with(item: dict[str, Any], **values: Any) -> Entry:
    """Return an object with other values, its line kept."""
    changed = Entry({**item, **values})
    changed.line = getattr(item, "line", 0)
    return changed


def _clock(text: str) -> datetime | None:
    found = leading_clock(split_range(text)[0])
    return (
        datetime.combine(_DAY, datetime.strptime(found[0], "%H:%M").time()) if found else None
    )  # a clock time alone


def _length(text: str) -> timedelta | None:
    try:
        return times.parse_duration(text)
    except ValueError:
        return None
