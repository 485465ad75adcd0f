"""A day in parts: where it has more sessions than one page shows, it is split by time of day.

Sessions whose time is unknown are a part of their day, those without a day a part of their edition.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from service.dates import parse_time
from service.errors import QueryError

MOST = 600
"""Sessions of a day that is not split, and of a page of those that start in one minute or without a time."""
SPLIT = 400
"""Sessions of a part of a day that is split: a page that is read on a phone, and made quickly."""
MINUTES = 24 * 60
UNTIMED = "untimed"
UNDATED = "undated"

KEY_PATTERN = rf"^(([01][0-9]|2[0-3]):[0-5][0-9]|{UNTIMED}|{UNDATED})(-[1-9][0-9]{{0,3}})?$"
"""What names a part in an address: when it starts, and which page of that minute it is."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a day.

    first     the minute of the day from which its sessions start; None: those whose time is unknown
    end       the minute before which they start
    is_dated  whether its sessions have a day
    sessions  how many there are
    page      which of them, from 1, where so many start in one minute or without a time that they need pages
    pages     of how many
    """

    first: int | None
    end: int
    sessions: int
    page: int = 1
    pages: int = 1
    is_dated: bool = True

    @property
    def key(self) -> str:
        """What names the part in an address: 10:30, 10:30-2, untimed, undated."""
        start = UNTIMED if self.is_dated else UNDATED
        if self.first is not None:
            start = format_minute(self.first)
        return f"{start}-{self.page}" if self.page > 1 else start


def format_minute(minute: int) -> str:
    """Return a minute of the day as HH:MM."""
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def split_day(starts: Sequence[tuple[int, int]], untimed: int) -> tuple[Part, ...]:
    """Return the parts of a day, in order.

    `starts` are the minutes at which sessions start, each with how many do; `untimed` have no time.
    """
    timed: list[Part] = []
    for minute, count in sorted(starts):
        last = timed[-1] if timed else None
        if last is None or last.pages > 1 or last.sessions + count > SPLIT:
            timed += _pages(Part(minute, MINUTES, count))
        else:
            timed[-1] = replace(last, sessions=last.sessions + count)
    ends = [_end(part, timed[index + 1 :]) for index, part in enumerate(timed)]
    parts = [replace(part, end=end) for part, end in zip(timed, ends, strict=True)]
    return (*parts, *(_pages(Part(None, MINUTES, untimed)) if untimed else ()))


def split_undated(sessions: int) -> tuple[Part, ...]:
    """Return the parts of the sessions of an edition that have no day."""
    return tuple(_pages(Part(None, MINUTES, sessions, is_dated=False)))


@dataclass(frozen=True, slots=True)
class PartKey:
    """What an address names: the minute of the day that a part starts at, None for no time, and its page."""

    minute: int | None
    page: int = 1
    is_dated: bool = True

    @classmethod
    def parse(cls, text: str) -> "PartKey":
        """Return what a part's key says. Raises QueryError if it is none."""
        if not (text.isascii() and re.fullmatch(KEY_PATTERN, text)):
            raise QueryError(
                f"part is {text[:40]!r}; give the time that a part of the day starts at, such as 10:30, "
                f"or {UNTIMED} or {UNDATED}, with -2 for its second page."
            )
        start, _, page = text.partition("-")
        minute = None if start in (UNTIMED, UNDATED) else parse_time(start)
        return cls(minute, int(page or 1), start != UNDATED)


def find_part(parts: Sequence[Part], minute: int | None, page: int = 1) -> Part:
    """Return the part that a minute of the day is in, the nearest one if none has it."""
    if minute is None:
        found = [part for part in parts if part.first is None] or list(parts[-1:])
    else:
        begun = [part for part in parts if part.first is not None and part.first <= minute]
        found = [part for part in begun if part.first == begun[-1].first] or list(parts[:1])
    return found[min(page, len(found)) - 1]


def _pages(part: Part) -> Iterator[Part]:
    """Yield the pages of a part that may be too long for one."""
    pages = -(-part.sessions // MOST)
    for page in range(1, pages + 1):
        count = min(MOST, part.sessions - (page - 1) * MOST)
        yield replace(part, sessions=count, page=page, pages=pages)


def _end(part: Part, later: Sequence[Part]) -> int:
    """Return the minute at which the next part begins; pages of one minute end with it."""
    if part.pages > 1 and part.first is not None:
        return part.first + 1
    return next((one.first for one in later if one.first is not None), MINUTES)
