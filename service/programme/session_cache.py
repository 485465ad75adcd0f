"""The sessions of the programme's pages, read once a generation and, of what is on, once a minute."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace

from service.query.generation_cache import GenerationCache
from service.session import Session
from service.stores.protocol import Generation

SESSIONS_KEPT = 6_000
"""Sessions that are cached, in the lists used last: some 1 kB each, as they have no abstracts."""

Lists = tuple[tuple[Session, ...], ...]
"""The sessions of a page, in one or more lists."""


class SessionCache:
    """An LRU cache of lists of sessions, without abstracts, links and tags, which such lists do not show."""

    def __init__(self) -> None:
        """Start with an empty cache."""
        self._lists = GenerationCache[Lists](SESSIONS_KEPT, lambda lists: sum(map(len, lists)))

    def get(
        self,
        generation: Generation,
        key: Hashable,
        read: Callable[[], Iterable[Iterable[Session]]],
    ) -> Lists:
        """Return the lists of a key, as `read` gives them: it is called unless they are cached."""
        return self._lists.get(
            generation,
            key,
            lambda: tuple(tuple(map(_without_texts, sessions)) for sessions in read()),
        )


def _without_texts(session: Session) -> Session:
    """Return the session without abstract, links and tags, as most were read (see `Generation.programme`)."""
    if session.abstract or session.links or session.tags:
        return replace(session, abstract="", links=(), tags=())
    return session
