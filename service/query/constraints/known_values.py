"""What a question can name in one catalogue: its editions and their days, rooms, tracks, levels and so on."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property

from service.dates import parse_day, parse_zone
from service.query.constraints.tokens import Tokens
from service.query.names import SpeakerIndex
from service.stores.editions import EditionDay


@dataclass(frozen=True, slots=True)
class Edition:
    """One event in one year: its days (YYYY-MM-DD, in order) and their zone, None where it is unknown."""

    event: str
    year: int
    days: tuple[str, ...]
    zone: tzinfo | None
    sessions: int

    def local(self, now: datetime) -> datetime:
        """Return a moment in the edition's zone, in UTC where that is unknown."""
        return now.astimezone(self.zone or UTC)

    def is_over(self, now: datetime) -> bool:
        """Return whether its last day has passed."""
        return self.days[-1] < self.local(now).date().isoformat()

    def weekday_days(self, weekday: int) -> list[str]:
        """Return its days on a weekday, 1 for Monday."""
        return [day for day in self.days if parse_day(day).isoweekday() == weekday]

    def dated_days(self, month: int, day: int) -> list[str]:
        """Return its days that fall on a date."""
        return [one for one in self.days if _month_and_day(one) == (month, day)]


class Phrases:
    """Values of one field by the words that name them: the whole value, or one of its other names."""

    def __init__(self, values: Iterable[str], names: Callable[[str], Iterable[str]]) -> None:
        """Index the values by the names that `names` returns of each."""
        self.values = tuple(values)
        named: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for value in self.values:
            for name in _variants(value, *names(value)):
                if words := Tokens(name).words:
                    named[words].add(value)
        self._by_first: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = defaultdict(list)
        for words, meant in sorted(named.items(), key=lambda item: -len(item[0])):
            self._by_first[words[0]].append((words, tuple(sorted(meant))))

    def find(self, words: Sequence[str]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """Yield the first token of each name, the one after its last, and its values; longest names first."""
        for first, word in enumerate(words):
            for name, values in self._by_first.get(word, ()):
                if tuple(words[first : first + len(name)]) == name:
                    yield first, first + len(name), values


@dataclass(frozen=True)
class KnownValues:
    """The values of one generation that a question may name.

    topics      words of rooms' names that sessions speak of, too
    has_times   whether its sessions' times of day are known to the store
    has_status  whether the store knows which of them take place, and in a known zone
    """

    editions: tuple[Edition, ...] = ()
    rooms: Sequence[str] = ()
    tracks: Sequence[str] = ()
    levels: Sequence[str] = ()
    kinds: Sequence[str] = ()
    languages: Sequence[str] = ()
    events: Sequence[str] = ()
    years: Sequence[int] = ()
    speakers: SpeakerIndex = field(default_factory=lambda: SpeakerIndex(()))
    topics: frozenset[str] = frozenset()
    has_times: bool = True
    has_status: bool = True

    @cached_property
    def room_phrases(self) -> Phrases:
        """The rooms by name: with and without what stands in brackets, and the word room."""
        return Phrases(self.rooms, _room_names)

    @cached_property
    def track_phrases(self) -> Phrases:
        """The tracks by name, with and without the word track."""
        return Phrases(self.tracks, _track_names)

    @cached_property
    def event_phrases(self) -> Phrases:
        """The events by name."""
        return Phrases(self.events, lambda _: ())

    @cached_property
    def has_days(self) -> bool:
        """Whether any session has a day."""
        return any(edition.days for edition in self.editions)

    @cached_property
    def has_zones(self) -> bool:
        """Whether the zone of any edition's times is known, so that it can be told what is on now."""
        return any(edition.zone for edition in self.editions)

    def current_editions(
        self, now: datetime, years: Sequence[int] = (), events: Sequence[str] = ()
    ) -> list[Edition]:
        """Return the editions meant: of the years given, else each event's running, next or latest one."""
        if years:
            return [
                edition
                for edition in self.editions
                if edition.days and edition.year in years
                if not events or edition.event in events
            ]
        return [
            _current(editions, now)
            for event, editions in self._dated.items()
            if not events or event in events
        ]

    @cached_property
    def _dated(self) -> Mapping[str, Sequence[Edition]]:
        """Dated editions by event, oldest first."""
        by_event: dict[str, list[Edition]] = defaultdict(list)
        for edition in self.editions:
            if edition.days:
                by_event[edition.event].append(edition)
        return {
            event: sorted(editions, key=lambda edition: edition.days[0])
            for event, editions in by_event.items()
        }


def _current(in_order: Sequence[Edition], now: datetime) -> Edition:
    """Return the edition that runs or comes next, else the latest."""
    return next((edition for edition in in_order if not edition.is_over(now)), in_order[-1])


def gather_editions(calendar: Iterable[EditionDay]) -> tuple[Edition, ...]:
    """Return the editions of a generation's calendar; the zone is that of most sessions."""
    grouped: dict[tuple[str, int], list[EditionDay]] = defaultdict(list)
    for one in calendar:
        grouped[one.event, one.year].append(one)
    return tuple(
        _edition(event, year, days) for (event, year), days in sorted(grouped.items()) if days
    )


def _edition(event: str, year: int, days: Sequence[EditionDay]) -> Edition:
    dated = [one for one in days if one.day]
    zones: dict[str, int] = defaultdict(int)
    for one in dated:
        zones[one.timezone] += one.sessions
    zone = max(zones, key=lambda name: zones[name], default="")
    return Edition(
        event,
        year,
        tuple(sorted({one.day for one in dated})),
        parse_zone(zone) if zone else None,
        sum(one.sessions for one in days),
    )


def _month_and_day(text: str) -> tuple[int, int]:
    day: date = parse_day(text)
    return day.month, day.day


def room_words(rooms: Iterable[str]) -> list[str]:
    """Return the single words that name a room: those that may be a topic as well."""
    names = (name for room in rooms for name in (room, *_room_names(room)))
    found = (Tokens(name).words for name in names)
    return sorted({words[0] for words in found if len(words) == 1})


def _variants(*names: str) -> Iterator[str]:
    """Yield each name as it is, with "and" for "&", and without commas."""
    for name in names:
        yield name
        for one in (name.replace("&", "and"), name.replace(",", ""), name.replace(" and ", " & ")):
            if one != name:
                yield one
                yield one.replace(",", "")


_ROOM_WORDS = ("room ", "hall ", "raum ", "saal ", "salle ", "sala ", "zaal ")


def _room_names(value: str) -> Iterator[str]:
    """Yield "H.2215" and "Ferrer" for "H.2215 (Ferrer)"; "Room A", "A" and "A108" for "Room A - A108"."""
    parts = [part.strip(" )") for part in re.split(r"\(| - | / ", value)]
    for part in parts:
        if part != value:
            yield part
        for word in _ROOM_WORDS:
            if part.casefold().startswith(word):
                yield part[len(word) :]


def _track_names(value: str) -> Iterator[str]:
    """Yield "Community" for "Community devroom"."""
    for ending in (" track", " devroom"):
        if value.casefold().endswith(ending):
            yield value[: -len(ending)]
