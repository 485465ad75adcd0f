"""The components of a calendar file as unfolded lines, and as icalendar parses them."""

import re
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import icalendar
from icalendar.prop.broken import vBroken

from loaders.records.text import drop_surrogates
from loaders.sources.source_file import SourceFile

MAX_COMPONENT = 2**20
_BEGIN = re.compile(r"BEGIN:([\w-]+)\s*$", re.I)
_KEY = re.compile("[^;:]*")


def list_components(source: SourceFile) -> Iterator[tuple[int, str, list[str]]]:
    """Yield (line number, name, unfolded lines) of each component of the calendar, without those nested in it.

    A property of the calendar itself is a component without a name.
    """
    name, start, lines, inside, size = "", 0, list[str](), 0, 0
    for number, line in _unfolded(source):
        begins, ends = _BEGIN.match(line), line[:4].upper() == "END:"
        if begins and begins[1].upper() == "VCALENDAR":
            continue
        if begins and (not name or begins[1].upper() == "VEVENT"):
            if name:  # the one before never ended
                yield start, name, lines
            name, start, lines, inside, size = begins[1].upper(), number, [line], 0, 0
        elif not name:
            if not ends:
                yield number, "", [line]
        elif begins and name != "VTIMEZONE":
            inside += 1
        elif ends and inside:
            inside -= 1
        elif not inside:
            size += len(line)
            if size <= MAX_COMPONENT:
                lines.append(line)
            if ends and line[4:].strip().upper() == name:
                yield start, name, lines
                name = ""
    if name:
        yield start, name, lines


def _unfolded(source: SourceFile) -> Iterator[tuple[int, str]]:
    """Yield (line number, line) with folded lines unfolded (RFC 5545, 3.1)."""
    start, parts = 0, list[str]()
    for number, raw in enumerate(source.text_lines(), 1):
        line = drop_surrogates(raw.rstrip("\r\n")).replace("\0", "")
        if line[:1] in (" ", "\t") and parts:
            parts.append(line[1:])
            continue
        if parts:
            yield start, "".join(parts)
        start, parts = number, [line] if line.strip() else []
    if parts:
        yield start, "".join(parts)


def key_of(line: str) -> str:
    """Return the name of a line's property: that of "DTSTART;TZID=..." is DTSTART."""
    match = _KEY.match(line)
    return match[0].upper() if match else ""


def first_lines(lines: Sequence[str]) -> dict[str, str]:
    """Return the first line of each property."""
    found: dict[str, str] = {}
    for line in lines:
        found.setdefault(key_of(line), line)
    return found


def value_of(line: str) -> str:
    """Return the raw value of a content line whose parameters are not quoted; escapes are kept."""
    return line.partition(":")[2].strip()


def unescape(text: str) -> str:
    """Return a value without its escapes, line ends as spaces."""
    return re.sub(r"\\([,;\\])", r"\1", text.replace("\\n", " ").replace("\\N", " "))


def parse_component(lines: Sequence[str]) -> Any:
    """Return the parsed component, None if icalendar cannot read it."""
    try:
        with warnings.catch_warnings():  # of zones whose names it guesses, in words for programmers
            warnings.simplefilter("ignore")
            return icalendar.Component.from_ical("\r\n".join([*lines, ""]).encode())
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, OSError):
        return None


def all_of(component: Any, key: str) -> list[Any]:
    """Return all valid values of a property that may occur more than once."""
    value = component.get(key)
    values = value if isinstance(value, list) else [value]
    return [item for item in values if item is not None and not isinstance(item, vBroken)]


def first_of(component: Any, key: str) -> Any:
    """Return the first value of a property; None if it is missing or broken."""
    value = component.get(key)
    value = value[0] if isinstance(value, list) and value else value
    return None if isinstance(value, vBroken) else value


def text_of(component: Any, key: str) -> str:
    """Return the first value of a property as text."""
    value = first_of(component, key)
    return "" if value is None else str(value).strip()
