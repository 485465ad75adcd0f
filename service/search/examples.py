"""Examples of questions, drawn from what is loaded: frequent tracks and titles of the latest year."""

from collections.abc import Iterable

from service.filters import Filters
from service.query.facet_cache import FacetCache
from service.session import Session, digest
from service.stores.protocol import Generation
from service.words import split_words

_TRACKS, _ALL = 2, 4
"""Examples that are tracks, and examples in all."""
_SESSIONS_READ = 300
_TITLE_WORDS = range(3, 10)
_MIN_ABSTRACT = 150
"""Characters of an abstract from which on a title is likely to be that of a talk, not of a break."""
_MIN_SESSIONS = 3
"""Sessions of a track that is worth asking for."""
_NO_TOPICS = {"day", "hall", "keynote", "keynotes", "lightning", "main", "other", "plenary"}
_NO_TOPICS |= {"room", "session", "sessions", "stage", "talk", "talks", "track"}
"""Words of tracks that say where or how, not what about."""


def list_examples(generation: Generation, facets: FacetCache) -> tuple[str, ...]:
    """Return up to four questions that the catalogue answers: tracks first, then titles of different tracks."""
    years = [count.year for count in generation.manifest.events]
    if not years:
        return ()
    latest = Filters(year=(max(years),))
    counts = facets.count(generation, "track", latest)
    topics = [
        str(track)
        for track, sessions in counts
        if sessions >= _MIN_SESSIONS and not _NO_TOPICS & set(split_words(str(track)))
    ]
    tracks = topics[:_TRACKS] if len(counts) > 1 else []
    titles = _choose_titles(generation.programme(latest, _SESSIONS_READ), _ALL - len(tracks))
    return (*tracks, *titles)


def _choose_titles(sessions: Iterable[Session], limit: int) -> list[str]:
    """Return titles of different tracks, questions first; the same ones for the same sessions."""
    fit = [
        session
        for session in sessions
        if len(split_words(session.title)) in _TITLE_WORDS
        and ":" not in session.title
        and not session.cancelled
    ]
    fit.sort(key=_by_fitness)
    firsts: dict[str, str] = {}
    for session in fit:
        firsts.setdefault(session.track or session.title, session.title)
    chosen = dict.fromkeys([*firsts.values(), *(session.title for session in fit)])
    return list(chosen)[:limit]


def _by_fitness(session: Session) -> tuple[bool, bool, str]:
    is_talk = len(session.abstract) >= _MIN_ABSTRACT
    return not is_talk, not session.title.endswith("?"), digest(session.title)
