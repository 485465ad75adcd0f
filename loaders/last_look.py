"""Plausibility checks on what was read, in any format: patterns that no real programme has.

A column taken for another, a clock read wrongly or a name in every title gives sessions that are well formed
and wrong. Each check asks what most sessions of a file have in common, with a limit far from all programmes
that were measured (docs/formats.md).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import time
from itertools import pairwise
from statistics import median

from service.session import Session

MIN_SESSIONS = 5
"""Minimum number of sessions for a file to be checked by itself; smaller files are checked together."""
_SAMPLE = 1_000
"""Maximum number of sessions checked in a file: a fault of a whole file shows in its first thousand."""
_MIN_VALUES = 8
"""Minimum number of values of a field for their variety to be judged."""
_EXAMPLES = 3
_NAME = re.compile(r"[^\W\d_][\w'’-]+(?: (?:[^\W\d_]\.|[^\W\d_][\w'’.-]*)){1,3}")
_APART = re.compile(r"\s*:\s+|\s+[-–—|]+\s+")
_LETTER = re.compile(r"[^\W\d_]")
_CODE = re.compile(r"(?=\S*\d)(?![A-Z]\d+$)(?:[A-Z0-9.#/_-]{5,}|[0-9a-f-]{8,})")
_CLOCK = re.compile(r"\d{1,2}[:.h]\d\d(?!\d)|\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d\d")
_ADDRESS = re.compile(r"https?://|www\.|\S@\S+\.\w")
_NOT_OF_NAMES = re.compile(r"[@:?]")
_GARBLED = re.compile(r"Ã[\u0080-\u00bf©¨¶¼±ª«¡³]|â€|\ufffd|Â[\u00a0-\u00bf]")

_DAYTIME, _MIN_NIGHT = (time(7), time(22)), 0.55
"""Usual start times, and the share of starts outside them from which a programme is implausible."""

Sessions = Sequence[Session]


@dataclass(slots=True)
class LastLook:
    """A sample of the sessions of each file, and of all small files together."""

    small: list[Session] = field(default_factory=list)

    def find(self, name: str, sessions: Sessions) -> list[str]:
        """Return what looks wrong with a file's sessions; a small file's are kept for `find_rest`."""
        if len(sessions) < MIN_SESSIONS:
            self.small += sessions[: _SAMPLE - len(self.small)]
            return []
        return [f"{name}: {one}" for one in find_oddities(sessions)]

    def find_rest(self) -> list[str]:
        """Return what looks wrong with the sessions of all small files."""
        if len(self.small) < MIN_SESSIONS:
            return []
        return [f"the small files together: {one}" for one in find_oddities(self.small)]


@dataclass(slots=True)
class Sample:
    """The first sessions of a file."""

    sessions: list[Session] = field(default_factory=list)

    def add(self, session: Session, *, has_clock: bool = True) -> None:
        """Add a session unless the sample is full; without a time of day it does not count as midnight."""
        if len(self.sessions) < _SAMPLE:
            timed = session if has_clock else replace(session, starts_at=None, ends_at=None)
            self.sessions.append(timed)


def find_oddities(sessions: Sessions) -> list[str]:
    """Return a warning, with examples, for each check that these sessions fail."""
    return [found for check in _CHECKS if (found := check(sessions))]


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return sum(values) / len(values) if values else 0.0


def _told(what: str, values: Iterable[object]) -> str:
    examples = list(dict.fromkeys(str(value)[:60] for value in values))[:_EXAMPLES]
    return f"{what} ({', '.join(map(repr, examples))})" if examples else what


def _mostly(
    what: str, values: Sequence[str], is_odd: Callable[[str], bool], least: float = 0.5
) -> str:
    """Return a warning if at least that share of the values is odd."""
    odd = [value for value in values if is_odd(value)]
    return _told(what, odd) if odd and len(odd) >= least * len(values) else ""


def _titles(sessions: Sessions) -> list[str]:
    return [session.title for session in sessions]


def _speakers(sessions: Sessions) -> list[str]:
    return [speaker for session in sessions for speaker in session.speakers]


def _titles_look_wrong(sessions: Sessions) -> str:
    titles = _titles(sessions)
    lengths = [len(title.split()) for title in titles]
    if len(titles) >= _MIN_VALUES and len(set(titles)) < len(titles) / 2:
        return _told("most titles repeat", (title for title, _ in Counter(titles).most_common(3)))
    if median(lengths) > 25:
        return _told("titles are mostly as long as abstracts", titles)
    return (
        _mostly("titles are mostly numbers", titles, lambda one: not _LETTER.search(one))
        or _mostly("titles are mostly ids", titles, lambda one: bool(_CODE.fullmatch(one)))
        or _mostly("titles are mostly times", titles, lambda one: bool(_CLOCK.match(one)))
        or _mostly("titles are mostly addresses", titles, lambda one: bool(_ADDRESS.search(one)))
        or _titles_are_names(sessions)
    )


def _titles_are_names(sessions: Sessions) -> str:
    """Return a warning if titles look like names of people and speakers do not; some look like both."""
    if _share(any(map(_looks_like_name, one.speakers)) for one in sessions) >= 0.5:
        return ""
    return _mostly("titles are mostly names of people", _titles(sessions), _looks_like_name, 0.7)


def _looks_like_name(text: str) -> bool:
    return text == text.title() and _NAME.fullmatch(text) is not None


def _titles_name_speakers(sessions: Sessions) -> str:
    given = [session for session in sessions if session.speakers]
    if len(given) < len(sessions) / 2:
        return _titles_begin_or_end_with_names(_titles(sessions))
    naming = [one for one in given if any(_has_name(one.title, name) for name in one.speakers)]
    if len(naming) >= 0.5 * len(given):
        return _told("titles mostly have their speakers' names", _titles(naming))
    return ""


def _has_name(title: str, name: str) -> bool:
    return len(name) > 3 and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", title) is not None


def _titles_begin_or_end_with_names(titles: Sequence[str]) -> str:
    """Return a warning if most titles contain the name of a person: "Ann Poe: Maps"."""
    parts = [(found[0], found[-1]) for one in titles if (found := _APART.split(one))[1:]]
    for names in zip(*parts, strict=True):
        like = [name for name in names if _looks_like_name(name)]
        if len(like) >= 0.7 * len(titles) and len(set(like)) >= 0.5 * len(like):
            return _told("titles mostly have names of people beside them", like)
    return ""


def _speakers_look_wrong(sessions: Sessions) -> str:
    names = _speakers(sessions)
    if len(names) < MIN_SESSIONS:
        return ""
    spaced = [name for name in names if _is_spaced_script(name)]
    single = ""
    if len(set(spaced)) >= _MIN_VALUES:
        single = _mostly("speakers mostly have one name", spaced, lambda one: " " not in one, 0.9)
    return (
        _mostly("speakers are mostly texts", names, lambda one: len(one.split()) > 5, 0.3)
        or _mostly("speakers are mostly no names", names, _is_no_name, 0.4)
        or single
    )


def _is_no_name(text: str) -> bool:
    return not _LETTER.search(text) or _NOT_OF_NAMES.search(text) is not None


def _is_spaced_script(name: str) -> bool:
    """Return whether names are written with spaces in the script of one, which is no nickname with numbers."""
    letters = _LETTER.findall(name)
    return (
        bool(letters)
        and not any(map(str.isdigit, name))
        and all(ord(letter) < 0x0E00 for letter in letters)
    )


def _labels_look_wrong(sessions: Sessions) -> str:
    labels = {
        name: [value for session in sessions if (value := getattr(session, name))]
        for name in ("room", "track", "kind", "level")
    }
    given = ((name, values) for name, values in labels.items() if len(values) >= MIN_SESSIONS)
    found = (_label_looks_wrong(f"{name}s", values) for name, values in given)
    return next(filter(None, found), "")


def _label_looks_wrong(what: str, values: Sequence[str]) -> str:
    words = sum(len(value.split()) for value in values) / len(values)
    variety = len(set(values)) / len(values) if len(values) >= _MIN_VALUES else 0.0
    if (variety >= 0.8 and words >= 4) or words > 12:
        return _told(f"{what} are mostly texts, another for each session", values)
    names = ""
    if variety >= 0.5:
        names = _mostly(f"{what} are mostly names of people", values, _looks_like_name, 0.7)
    return names or _mostly(f"{what} are mostly times", values, lambda one: bool(_CLOCK.match(one)))


def _fields_share_values(sessions: Sessions) -> str:
    """Return a warning if one field mostly has values that another field has in other sessions."""
    names = set(_speakers(sessions))
    held: dict[str, list[str]] = {
        name: [value for session in sessions if (value := getattr(session, name))]
        for name in ("title", "room", "track", "kind", "level", "abstract")
    }
    for name, values in held.items():
        if len(values) >= MIN_SESSIONS and _share(value in names for value in values) >= 0.3:
            return _told(f"{name}s are mostly names of speakers", (v for v in values if v in names))
    titles = held["title"]
    for name in ("room", "track", "kind", "level"):
        labels = set(held[name])
        if len(labels) > 1 and _share(title in labels for title in titles) >= 0.5:
            return _told(f"titles are mostly {name}s", labels)
    return ""


def _times_look_wrong(sessions: Sessions) -> str:
    starts = [one.starts_at for one in sessions if one.starts_at]
    if len(starts) >= MIN_SESSIONS:
        if _share(one.time() == time() for one in starts) >= 0.9:
            return "all times are 00:00"
        night = [one for one in starts if not _DAYTIME[0] <= one.time() < _DAYTIME[1]]
        if len(night) >= _MIN_NIGHT * len(starts):
            return _told("most start at night", (f"{one:%H:%M}" for one in night))
    return ""


def _lengths_look_wrong(sessions: Sessions) -> str:
    lengths = [length for one in sessions if (length := one.duration_minutes) is not None]
    if len(lengths) < MIN_SESSIONS:
        return ""
    if _share(length > 12 * 60 for length in lengths) >= 0.5:
        return _told("most last over twelve hours", (f"{one} minutes" for one in lengths))
    if _share(0 < length < 3 for length in lengths) >= 0.5:
        return _told("most last a minute or two", (f"{one} minutes" for one in lengths))
    return ""


def _days_look_wrong(sessions: Sessions) -> str:
    dated = [one.starts_at for one in sessions if one.starts_at]
    if len(dated) < MIN_SESSIONS:
        return ""
    if _share(not 1990 <= one.year < 2100 for one in dated) >= 0.5:
        return _told("most dates are of no conference", (one.date() for one in dated))
    days = sorted({one.date() for one in dated})
    months = [12 * day.year + day.month for day in days]
    steps = {later - month for month, later in pairwise(months)}
    if len(days) > 1 and len({day.day for day in days}) == 1 and steps == {1}:
        return _told("days and months look swapped: its days are a month apart", days)
    return ""


def _text_is_garbled(sessions: Sessions) -> str:
    texts = [f"{one.title} {' '.join(one.speakers)}" for one in sessions]
    return _mostly("letters are garbled", texts, lambda one: bool(_GARBLED.search(one)), 0.1)


_CHECKS: tuple[Callable[[Sessions], str], ...] = (
    _titles_look_wrong,
    _fields_share_values,
    _titles_name_speakers,
    _speakers_look_wrong,
    _labels_look_wrong,
    _times_look_wrong,
    _lengths_look_wrong,
    _days_look_wrong,
    _text_is_garbled,
)
