"""Programmes: finds one day of an edition, without a question."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from service.dates import parse_day
from service.errors import RefusedError
from service.filters import MAX_ALL, MAX_VALUES, NO_FILTERS, Filters
from service.programme.absence import OFFERED, explain
from service.programme.day import NoProgramme, ProgrammeDay
from service.programme.directory import FIELD_OF, Directory, Kind, open_directory
from service.programme.editions import BY_CALENDAR, Edition, choose, choose_day, gather, narrow
from service.programme.now_next import Known, NowAndNext, NowFinder, running_into
from service.programme.parts import (
    MINUTES,
    MOST,
    Part,
    PartKey,
    find_part,
    format_minute,
    split_day,
    split_undated,
)
from service.programme.session_cache import Lists, SessionCache
from service.query.facet_cache import FacetCache
from service.query.generation_cache import GenerationCache
from service.session import Session
from service.stores.editions import FIELD as CALENDAR
from service.stores.protocol import FacetCounts, Generation, SearchableStore

COUNTED = ("room", "kind", "track", "level", "language")
"""Facets that are counted for the filters of a day. Speakers, of whom there are thousands, have a list."""
_EDITIONS_KEPT = 20_000
"""Editions that are cached, in the lists used last."""
DAYS_WARMED = 5
"""Days that are read before anybody asks for them: counting one takes as long as writing its page."""
_OF_TIME = ("from", "to", "at")


class Programmes:
    """Finds days of the programme in a store's served generation. Safe to call from many threads."""

    def __init__(self, store: SearchableStore, facets: FacetCache) -> None:
        """Keep the store, and the cache that knows its values."""
        self._store = store
        self._facets = facets
        self._sessions = SessionCache()
        self._editions = GenerationCache[list[Edition]](_EDITIONS_KEPT, len)

    def find(
        self, filters: Filters, *, now: datetime | None = None, part: str = ""
    ) -> ProgrammeDay | NoProgramme:
        """Return one day of an edition with the sessions that pass.

        Where the filters leave several editions it is the one that is on or comes next, or else the latest;
        of several days it is today or the next one, or else the first. `part` is a part's key, empty for what
        is on now or the first. Raises QueryError if it is no key, RefusedError if the catalogue is too old.
        """
        with self._store.reading() as generation:
            return self._find(generation, filters, now, part)

    def find_with_counts(
        self, filters: Filters, *, now: datetime | None = None, part: str = ""
    ) -> tuple[ProgrammeDay | NoProgramme, FacetCounts]:
        """Return what `find` returns, and of the same generation the counts of the facets COUNTED.

        Each is counted as the filters on the other fields leave it; without a day there are none.
        """
        with self._store.reading() as generation:
            found = self._find(generation, filters, now, part)
            if isinstance(found, NoProgramme):
                return found, {}
            spelled = self._facets.canonicalise(generation, found.chosen(filters))
            return found, self._count(generation, spelled)

    def _find(
        self, generation: Generation, filters: Filters, now: datetime | None, part: str
    ) -> ProgrammeDay | NoProgramme:
        now = now or datetime.now(UTC)
        key = PartKey.parse(part) if part else None
        _require_calendar(generation)
        spelled = self._facets.canonicalise(generation, filters)
        passing = self._gather(generation, spelled)
        if not passing:
            return explain(generation, spelled, self._gather(generation, NO_FILTERS), now)
        chosen = choose(passing, now)
        own = Filters(event=[chosen.event], year=[chosen.year])
        wanted = spelled.replace(**own, day=())
        (edition,) = self._gather(generation, own)
        (with_days,) = self._gather(generation, wanted)
        finder = _Finder(self._facets, self._sessions, generation, wanted, edition, with_days, now)
        elsewhere = self._gather(generation, spelled.replace(event=(), year=(), day=()))
        found = finder.day(choose_day(chosen, now), key, elsewhere)
        return replace(found, filters=_as_told(filters.replace(**own, day=()), wanted))

    def _count(self, generation: Generation, filters: Filters) -> FacetCounts:
        return {
            name: self._facets.count(generation, name, filters.replace(**{name: ()}))
            for name in COUNTED
        }

    def directory(
        self, kind: Kind, filters: Filters, *, letter: str = "", page: int = 1
    ) -> Directory:
        """Return a page of the rooms, tracks or speakers of the sessions that pass (see `open_directory`)."""
        with self._store.reading() as generation:
            spelled = self._facets.canonicalise(generation, filters)
            counts = self._facets.count(generation, FIELD_OF[kind], spelled)
        return open_directory(counts, letter=letter, page=page)

    def warm_up(self, *, now: datetime | None = None) -> None:
        """Read and count what a page without filters shows, its day by itself and those that follow it."""
        with self._store.reading() as generation:
            if CALENDAR not in generation.manifest.indexes:
                return
        shown, _ = self.find_with_counts(NO_FILTERS, now=now)
        if isinstance(shown, NoProgramme):
            return
        days = [day for day, _ in shown.edition.days if day >= shown.day]
        for day in days[:DAYS_WARMED]:
            self.find_with_counts(shown.filters.replace(day=[day]), now=now)

    def editions(self) -> list[Edition]:
        """Return all editions of the catalogue, by event and year."""
        with self._store.reading() as generation:
            return self._gather(generation, NO_FILTERS)

    def _gather(self, generation: Generation, filters: Filters) -> list[Edition]:
        """Return the editions with sessions that pass, by event and year, each with the days that pass."""
        return self._editions.get(generation, filters, lambda: self._read(generation, filters))

    def _read(self, generation: Generation, filters: Filters) -> list[Edition]:
        """Return the editions, those of filters on event, year and day from the calendar of all sessions."""
        others = filters.replace(**dict.fromkeys(BY_CALENDAR, ()))
        calendar = self._facets.calendar(generation, others)
        return gather(narrow(calendar, filters))


class _Finder:
    """Reads one day of an edition."""

    def __init__(
        self,
        facets: FacetCache,
        sessions: SessionCache,
        generation: Generation,
        filters: Filters,
        edition: Edition,
        passing: Edition,
        now: datetime,
    ) -> None:
        self._facets = facets
        self._sessions = sessions
        self._generation = generation
        self._filters = filters
        self._edition = edition
        self._passing = passing
        self._now = now

    def day(self, day: str, key: PartKey | None, elsewhere: Iterable[Edition]) -> ProgrammeDay:
        """Return a day, or the sessions without one if the key asks for those and there are some."""
        if key and not key.is_dated and self._passing.undated:
            day = ""
        parts = self._parts(day)
        part = self._choose_part(parts, day, key)
        (sessions,) = self._keep(("part", day, part), lambda: [self._read(day, part)])
        return ProgrammeDay(
            self._filters,
            self._edition,
            self._passing,
            day,
            parts,
            part,
            sessions,
            self._running(day) if part is parts[0] else (),
            self._now_and_next(day, Known(day, part, sessions)),
            self._edition.today(self._now),
            self._others(elsewhere),
            self._generation.manifest.state,
        )

    def _others(self, editions: Iterable[Edition]) -> tuple[Edition, ...]:
        """Return the other ones of some editions, those of the same event before the rest, latest first."""
        event, year = self._edition.event, self._edition.year
        others = [one for one in editions if (one.event, one.year) != (event, year)]
        return tuple(sorted(others, key=lambda one: (one.event != event, -one.year))[:OFFERED])

    def _parts(self, day: str) -> tuple[Part, ...]:
        if not day:
            return split_undated(self._passing.undated)
        count = dict(self._passing.days)[day]
        if count <= MOST:
            return (Part(0, MINUTES, count),)
        found = self._facets.starts(self._generation, self._filters.replace(day=[day]))
        starts = [(int(minute), some) for minute, some in found]
        return split_day(starts, max(count - sum(some for _, some in starts), 0))

    def _choose_part(self, parts: tuple[Part, ...], day: str, key: PartKey | None) -> Part:
        if key and key.is_dated == bool(day):
            return find_part(parts, key.minute, key.page)
        if not day or day != self._edition.today(self._now):
            return parts[0]
        clock = self._edition.local(self._now)
        nights = (clock.date() - parse_day(day)).days
        return find_part(parts, nights * MINUTES + 60 * clock.hour + clock.minute)

    def _read(self, day: str, part: Part) -> list[Session]:
        """Return the sessions of a part, in order of time."""
        if not day:
            return self._page(self._filters, part, "day")
        filters = self._filters.replace(day=[day])
        if part.sessions == dict(self._passing.days)[day]:
            return self._generation.programme(filters, 2 * MOST, brief=True)
        if part.first is None:
            return self._page(filters, part, "start_minute")
        within = _between(filters, part)
        if part.pages > 1:
            return self._page(within, part, "")
        return self._generation.programme(within, 2 * MOST, brief=True)  # counts may be approximate

    def _page(self, filters: Filters, part: Part, without: str) -> list[Session]:
        """Return one page of sessions that only their titles put in order."""
        titles = self._generation.titles(filters, without=without)
        page = titles[(part.page - 1) * MOST :][:MOST]
        return self._generation.get([id for _, id in page])

    def _running(self, day: str) -> tuple[Session, ...]:
        if not day or self._asks_for_times():
            return ()
        (running,) = self._keep(
            ("running", day),
            lambda: [running_into(self._generation, self._filters, self._edition, day)],
        )
        return running

    def _now_and_next(self, day: str, known: Known) -> NowAndNext | None:
        """Return what is on and next in the minute that it is; None where the page does not tell."""
        if day != self._edition.today(self._now) or self._asks_for_times():
            return None
        if not self._edition.zones:
            return None
        minute = self._now.replace(second=0, microsecond=0)
        finder = NowFinder(self._generation, self._filters, self._edition, known)
        on, following = self._keep(("now", minute), lambda: finder.find(minute))
        return NowAndNext(self._edition.local(self._now), on, following)

    def _keep(self, key: Hashable, read: Callable[[], Iterable[Iterable[Session]]]) -> Lists:
        """Return the lists of sessions of these filters that the key names, read unless they are cached."""
        return self._sessions.get(self._generation, (self._filters, key), read)

    def _asks_for_times(self) -> bool:
        return any(name in self._filters for name in _OF_TIME)


def _as_told(asked: Filters, spelled: Filters) -> Filters:
    """Return the filters as the catalogue spells them; as they were typed where a link cannot have so many."""
    typed = {name: asked[name] for name, some in spelled.items() if len(some) > MAX_VALUES}
    typed.pop("fits", None)
    told = spelled.replace(**typed)
    total = sum(len(some) for name, some in told.items() if name != "fits")
    return asked if total > MAX_ALL else told


def _between(filters: Filters, part: Part) -> Filters:
    """Return the filters with the times of a part, within those that they ask for."""
    first, last = format_minute(part.first or 0), format_minute(part.end)
    starts = max([first, *map(str, filters.get("from", ()))])
    ends = [*map(str, filters.get("to", ())), *([last] if part.end < MINUTES else [])]
    return filters.replace(**{"from": [starts], "to": [min(ends)] if ends else []})


def _require_calendar(generation: Generation) -> None:
    """Raise RefusedError for a catalogue whose days cannot be listed."""
    if CALENDAR not in generation.manifest.indexes:
        raise RefusedError(
            "The catalogue was loaded before its programme could be shown. "
            "Load the conference again: conference-helper load SOURCE. "
            "Its vectors are kept: nothing is embedded again."
        )
