"""Finds sessions by id, sittings by their talk, and what a speaker gave: without a question."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from rapidfuzz import fuzz, process

from service.dates import format_day
from service.errors import NotFoundError, QueryError, RemovedError
from service.filters import Filters
from service.query.facet_cache import FacetCache
from service.search.examples import list_examples
from service.search.folding import in_time
from service.session import Session, person_key
from service.stores.protocol import Generation, SearchableStore
from service.stores.tombstones import Tombstone

MAX_SESSIONS = 1_000
"""Sessions of one speaker that are read."""
_MAX_ALIKE = 5
_MIN_ALIKE = 70
"""How much alike, of 100, two names are that may be mistaken for each other."""


@dataclass(frozen=True, slots=True)
class SpeakerSessions:
    """What a speaker gave, newest first; for a name that nobody has, the names that are most like it."""

    name: str
    sessions: tuple[Session, ...]
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundSessions:
    """What ids lead to, each in the order given: sessions, what is left of removed ones, and ids of neither."""

    sessions: tuple[Session, ...]
    removed: tuple[Tombstone, ...]
    unknown: tuple[UUID, ...]


class Lookup:
    """Finds sessions of a store's served generation. Safe to call from many threads."""

    def __init__(self, store: SearchableStore, facets: FacetCache) -> None:
        """Keep the store, and the cache that knows its speakers."""
        self._store = store
        self._facets = facets
        self._people: tuple[str, dict[str, list[str]]] = ("", {})
        self._examples: tuple[str, tuple[str, ...]] = ("", ())

    def session(self, id: str) -> Session:
        """Return the session of that id. Raises QueryError if it is no id, NotFoundError if none has it.

        Of one that a load removed in the last year, that is RemovedError.
        """
        wanted = parse_id(id)
        with self._store.reading() as generation:
            return _get(generation, wanted)

    def find(self, ids: Sequence[UUID]) -> FoundSessions:
        """Return the sessions of some ids, of which each counts once, and what became of the others."""
        wanted = list(dict.fromkeys(ids))
        with self._store.reading() as generation:
            sessions = generation.get(wanted)
            there = {session.id for session in sessions}
            missing = [id for id in wanted if id not in there]
            removed = generation.tombstones(missing) if missing else []
        known = {one.id for one in removed}
        unknown = tuple(id for id in missing if id not in known)
        return FoundSessions(tuple(sessions), tuple(removed), unknown)

    def nearest(self, id: UUID, limit: int, filters: Filters) -> list[Session]:
        """Return the `limit` sessions that pass and are nearest in meaning to one, which may be among them.

        Raises NotFoundError if no session has the id.
        """
        with self._store.reading() as generation:
            vectors = generation.vectors([id])
            if id not in vectors:
                raise missing(generation, id)
            spelled = self._facets.canonicalise(generation, filters)
            return [hit.session for hit in generation.search(vectors[id], limit, spelled)]

    def talk(self, id: str) -> tuple[Session, tuple[Session, ...]]:
        """Return the session of that id, and all sittings of its talk, itself among them, in order of time.

        Raises as `session` does.
        """
        wanted = parse_id(id)
        with self._store.reading() as generation:
            session = _get(generation, wanted)
            given = self._given_by(generation, session.speakers)
        others = {one.id: one for one in given if one.repeats(session)}
        return session, tuple(sorted({**others, session.id: session}.values(), key=in_time))

    def speaker(self, name: str) -> SpeakerSessions:
        """Return what the speaker of that name gave, however the name is spelled in its sessions."""
        with self._store.reading() as generation:
            given = self._given_by(generation, (name,))
            if not given:
                return SpeakerSessions(name, (), _names_like(name, self._list_people(generation)))
        newest = sorted(given, key=in_time, reverse=True)
        key = person_key(name)
        spelled = next(one for one in newest[0].speakers if one == name or person_key(one) == key)
        return SpeakerSessions(spelled, tuple(newest))

    def examples(self) -> tuple[str, ...]:
        """Return a few questions that what is loaded answers."""
        with self._store.reading() as generation:
            state, examples = self._examples
            if state != generation.manifest.state:
                examples = list_examples(generation, self._facets)
                self._examples = (generation.manifest.state, examples)
        return examples

    def _given_by(self, generation: Generation, names: Sequence[str]) -> list[Session]:
        """Return the sessions of any of these speakers, up to MAX_SESSIONS of them.

        Speakers have an index in every store, and the keys of talks have none.
        """
        people = self._list_people(generation)
        spelled = {one for name in names for one in people.get(person_key(name) or name, ())}
        if not spelled:
            return []
        return generation.programme(Filters(speaker=sorted(spelled)), MAX_SESSIONS)

    def _list_people(self, generation: Generation) -> Mapping[str, list[str]]:
        """Return the spellings of each speaker's name by what they share; by itself where it is but signs."""
        state, people = self._people
        if state != generation.manifest.state:
            people = defaultdict(list)
            for value, _ in self._facets.count(generation, "speaker"):
                people[person_key(str(value)) or str(value)].append(str(value))
            self._people = (generation.manifest.state, people)
        return people


def parse_id(id: str) -> UUID:
    """Return the id that a text is. Raises QueryError if it is none."""
    try:
        return UUID(id)
    except ValueError as error:
        raise QueryError(f"{id[:80]!r} is no session id: ids look like {UUID(int=0)}.") from error


def missing(generation: Generation, id: UUID) -> NotFoundError:
    """Return the error for an id that no session has: RemovedError if one had it."""
    if removed := generation.tombstones([id]):
        return RemovedError(_tell_removal(removed[0]))
    return NotFoundError(f"No session has the id {id}. Search again: programmes change.")


def _get(generation: Generation, id: UUID) -> Session:
    found = generation.get([id])
    if not found:
        raise missing(generation, id)
    return found[0]


def _tell_removal(tombstone: Tombstone) -> str:
    session = tombstone.session
    told = (
        f"{session.title!r} was taken out of the programme of {session.event} {session.year} "
        f"on {format_day(tombstone.removed_at.date())}."
    )
    if session.starts_at is None:
        return told
    time = "" if session.start_minute is None else f" at {session.starts_at:%H:%M}"
    return f"{told} It was to start on {format_day(session.starts_at.date())}{time}."


def _names_like(name: str, people: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Return the known names with all words of a name, then those that may be it with typos."""
    key = person_key(name)
    words = set(key.split())
    if not words:
        return ()
    having = [one for one in people if words <= set(one.split())]
    alike = process.extract(
        key, list(people), scorer=fuzz.ratio, score_cutoff=_MIN_ALIKE, limit=_MAX_ALIKE
    )
    keys = dict.fromkeys([*having, *(one for one, *_ in alike)])
    return tuple(spelling for one in keys for spelling in people[one])[:_MAX_ALIKE]
