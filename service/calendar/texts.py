"""Texts of a calendar, whatever sources put into them."""

import re

import icalendar

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
