"""Lists of rooms, tracks and speakers, by letter where they are long."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from service.filters import Value
from service.programme.timetable import room_order
from service.words import folded, is_unspaced

SHOWN = 300
"""Names of one page: as many need no letters."""
DIGITS = "0–9"
OTHERS = "Others"

Kind = Literal["rooms", "tracks", "speakers"]
FIELD_OF: dict[Kind, str] = {"rooms": "room", "tracks": "track", "speakers": "speaker"}
"""The filter that each list has the values of."""


@dataclass(frozen=True, slots=True)
class Directory:
    """One page of a list.

    total    how many names there are
    letters  the letters that they begin with, each with how many do; empty where all are on one page
    letter   the letter of this page, empty for all
    page     which page of that letter, from 1, of how many `pages`
    names    the names, in order, each with its number of sessions
    """

    total: int
    letters: tuple[tuple[str, int], ...]
    letter: str
    page: int
    pages: int
    names: tuple[tuple[str, int], ...]


def open_directory(
    counts: Sequence[tuple[Value, int]], *, letter: str = "", page: int = 1
) -> Directory:
    """Return a page of the names that are counted: of those that begin with a letter where there are many.

    A letter that none begins with is the first one, a page that is not there the last one.
    """
    names = sorted(((str(name), count) for name, count in counts), key=_order)
    if len(names) <= SHOWN:
        return Directory(len(names), (), "", 1, 1, tuple(names))
    letters = Counter(letter_of(name) for name, _ in names)
    shown = letter if letter in letters else next(iter(letters))
    found = [one for one in names if letter_of(one[0]) == shown]
    pages = -(-len(found) // SHOWN)
    page = min(page, pages)
    part = found[(page - 1) * SHOWN : page * SHOWN]
    return Directory(len(names), tuple(letters.items()), shown, page, pages, tuple(part))


def letter_of(name: str) -> str:
    """Return the letter that a name is listed under, without accents; scripts without letters are Others."""
    first = next((sign for sign in folded(name) if sign.isalnum()), "")
    if first.isdecimal():
        return DIGITS
    return first.upper() if first.isalpha() and not is_unspaced(first) else OTHERS


def _order(named: tuple[str, int]) -> tuple[object, ...]:
    """Return the key that orders names by their letters, Others last."""
    letter = letter_of(named[0])
    return letter == OTHERS, letter, room_order(named[0]), named[0]
