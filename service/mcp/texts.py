"""Sessions as assistants read them: a line of text and JSON values, both short; and how many tokens that takes.

Texts of sessions are quoted as JSON quotes them and stand on one line, so that nothing in them can look like a
part of the answer.
"""

import json
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.session import Session


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes that a list has room for of a session's texts: a tokenizer may cut unknown scripts byte by byte."""

    title: int = 200
    name: int = 80
    speakers: int = 4
    snippet: int = 300


WHOLE = Sizes()
SIZES = (WHOLE, Sizes(snippet=150), Sizes(120, 60, 3, 80), Sizes(80, 40, 2, 0), Sizes(40, 24, 1, 0))
"""From the most on; a list takes the first with which it is short enough."""
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_ASCII = bytes(range(128))


def _marking(signs: str) -> bytes:
    """Return a table for bytes.translate that maps the given ASCII characters to x, all others to blanks."""
    marked = set(signs.encode())
    return bytes(ord("x") if byte in marked else ord(" ") for byte in range(256))


_OTHERS = "".join(
    chr(sign) for sign in _ASCII if not chr(sign).isalnum() and not chr(sign).isspace()
)
_PIECES = (
    (_marking(string.ascii_letters), 5),
    (_marking(string.digits), 3),
    (_marking(_OTHERS), 2),
)
"""Signs of which so many in a row make a token at least."""


def brief(session: Session, most: Sizes = WHOLE) -> dict[str, Any]:
    """Return what a list tells of a session, as JSON values; what is not known is left out."""
    return known(
        {
            "id": str(session.id),
            "title": shortened(session.title, most.title),
            "event": shortened(session.event, most.name),
            "year": session.year,
            **times(session),
            "room": shortened(session.room, most.name),
            "speakers": _speakers(session, most),
            "kind": shortened(session.kind, most.name),
            "cancelled": session.cancelled,
        }
    )


def line(session: Session, most: Sizes = WHOLE, *, edition: bool = True) -> str:
    """Return the same as one line of text, without the `edition` in a list of one."""
    title = quoted(session.title, most.title)
    by = f" by {', '.join(quoted(name, most.name) for name in _speakers(session, most))}"
    parts = (
        f"{title}{by if session.speakers else ''}",
        when(session),
        f"room {quoted(session.room, most.name)}" if session.room else "",
        f"{quoted(session.event, most.name)} {session.year}" if edition else "",
        f"id {session.id}",
    )
    told = "; ".join(part for part in parts if part)
    return f"CANCELLED: {told}" if session.cancelled else told


def when(session: Session) -> str:
    """Return the day and the times of a session: 2026-05-12 13:30 to 15:00; empty where they are unknown."""
    starts, ends = session.starts_at, session.ends_at
    if starts is None:
        return ""
    if session.start_minute is None:
        return session.day
    until = f" to {ends:%H:%M}" if ends else ""
    return f"{starts:%a %Y-%m-%d %H:%M}{until}"


def times(session: Session) -> dict[str, Any]:
    """Return start and end with their offset, without it where the zone is unknown; or the day alone."""
    starts, ends = session.starts_at, session.ends_at
    if starts is None:
        return {}
    if session.start_minute is None:
        return {"day": session.day}
    return {
        "starts_at": starts.isoformat(timespec="minutes"),
        "ends_at": ends.isoformat(timespec="minutes") if ends else None,
    }


def known(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values without those that say nothing."""
    return {name: value for name, value in values.items() if value not in (None, "", [], False)}


def quoted(text: str, most: int) -> str:
    """Return a text of a session in quotes, on one line, of `most` bytes."""
    return as_json(shortened(text, most))


def shortened(text: str, most: int) -> str:
    """Return a text on one line without control characters, cut to `most` bytes of UTF-8."""
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    line = " ".join(text.split())
    encoded = line.encode("utf-8", "replace")
    if len(encoded) <= most:
        return line
    return encoded[: most - 3].decode("utf-8", "ignore").rstrip() + "…"


def as_json(value: Any) -> str:
    """Return a value as JSON without needless white space."""
    return _ENCODER.encode(value)


def estimate_tokens(text: str) -> int:
    """Return how many tokens a text takes at most, near enough; exact counts take the model's own tokenizer.

    Of what is not ASCII each byte counts: only a token that is missing from a vocabulary is cut so far.
    """
    data = text.encode("utf-8", "replace")
    pieces = sum(_count_pieces(data.translate(marking), most) for marking, most in _PIECES)
    return pieces + len(data.translate(None, _ASCII))


def _count_pieces(marks: bytes, most: int) -> int:
    """Return how many pieces of `most` marks at most the rows of marks make.

    Each row makes one of its first mark, and another of each `most` that follow: a match of a regular
    expression for each piece takes ten times as long.
    """
    rows = b" " + marks
    return rows.count(b" x") + rows.replace(b" x", b" ").count(b"x" * most)


def _speakers(session: Session, most: Sizes) -> list[str]:
    names = [shortened(name, most.name) for name in session.speakers[: most.speakers]]
    rest = len(session.speakers) - len(names)
    return [*names, f"and {rest} more"] if rest else names
