"""Texts of a calendar, whatever sources put into them."""

import re
from collections.abc import Iterator

import icalendar

_LINE = 75
"""Octets of a line."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Characters that a calendar must not have, or that programs take for the end of a line."""


class Text(icalendar.vText):
    """A text that is written as RFC 5545 says; the library takes a backslash before an N for a line's end."""

    def to_ical(self) -> bytes:
        """Return the text with what has a meaning escaped."""
        text = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        return text.replace("\n", "\\n").encode("utf-8")


def clean(text: str) -> Text:
    """Return the text without what a calendar must not have."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return Text(_UNPRINTABLE.sub(" ", lines).strip())


def write_lines(component: icalendar.Component) -> bytes:
    """Return the lines of a component, those of more than 75 octets folded.

    The library folds character by character, which took half of the time of an entry.
    """
    lines = (line.encode("utf-8") for line in component.content_lines() if line)
    return b"".join(folded for line in lines for folded in _fold(line))


def _fold(line: bytes) -> Iterator[bytes]:
    start, room = 0, _LINE
    while len(line) - start > room:
        end = start + room
        while line[end] & 0b1100_0000 == 0b1000_0000:  # within a character
            end -= 1
        before = line[start:end]
        end -= (len(before) - len(before.rstrip(b"\\"))) % 2  # within an escaped one
        yield line[start:end] + b"\r\n "
        start, room = end, _LINE - 1
    yield line[start:] + b"\r\n"
