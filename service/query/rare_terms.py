"""Rare terms: sessions that contain low-frequency terms of a question are boosted."""

from collections.abc import Sequence
from uuid import UUID

from service.ranking import (
    RARE_TERM_BOOST,
    RARE_TERM_MAX_QUERY_LENGTH,
    RARE_TERM_MAX_SESSIONS,
    RARE_TERM_SESSIONS_PER_MATCH,
)
from service.stores.keywords import asked_words
from service.stores.protocol import Generation

_MAX_CACHED = 20_000

Sessions = tuple[UUID, ...]


class RareTerms:
    """Finds the rare terms of questions; caches what each term finds, as questions share most of theirs."""

    def __init__(self) -> None:
        """Start with an empty cache."""
        self._cached: dict[tuple[str, str], Sessions] = {}

    def find(self, generation: Generation, question: str) -> tuple[tuple[Sessions, ...], float]:
        """Return, for each rare term of the question, the sessions that have it, and the boost of each."""
        words = asked_words(question, generation.manifest.languages)
        typical = generation.manifest.sessions // RARE_TERM_SESSIONS_PER_MATCH
        most = RARE_TERM_MAX_SESSIONS if len(words) == 1 else min(RARE_TERM_MAX_SESSIONS, typical)
        if not most or not 0 < len(words) <= RARE_TERM_MAX_QUERY_LENGTH:
            return (), 0.0
        found = self._look(generation, words)
        return tuple(some for some in found if 0 < len(some) <= most), RARE_TERM_BOOST / len(words)

    def _look(self, generation: Generation, words: Sequence[str]) -> list[Sessions]:
        """Return the sessions that have each term, more than RARE_TERM_MAX_SESSIONS where it is not rare."""
        state = generation.manifest.state
        known = {word: self._cached.get((state, word)) for word in words}
        new = [word for word, sessions in known.items() if sessions is None]
        if len(self._cached) > _MAX_CACHED:
            self._cached.clear()
        for word, sessions in zip(
            new, generation.find_by_term(new, RARE_TERM_MAX_SESSIONS + 1), strict=True
        ):
            known[word] = self._cached[state, word] = sessions
        return [sessions or () for sessions in known.values()]
