"""Rare words: those of a question that hardly any session has. Who asks for one wants the session with it."""

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

_KEPT = 20_000

Sessions = tuple[UUID, ...]


class RareWords:
    """Knows which words are rare; looks at each one once, as questions share most of theirs."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: dict[tuple[str, str], Sessions] = {}

    def find(self, generation: Generation, question: str) -> tuple[tuple[Sessions, ...], float]:
        """Return, for each rare word of the question, the sessions that have it, and what those gain."""
        words = asked_words(question, generation.manifest.languages)
        usual = generation.manifest.sessions // RARE_TERM_SESSIONS_PER_MATCH
        most = RARE_TERM_MAX_SESSIONS if len(words) == 1 else min(RARE_TERM_MAX_SESSIONS, usual)
        if not most or not 0 < len(words) <= RARE_TERM_MAX_QUERY_LENGTH:
            return (), 0.0
        found = self._look(generation, words)
        return tuple(some for some in found if 0 < len(some) <= most), RARE_TERM_BOOST / len(words)

    def _look(self, generation: Generation, words: Sequence[str]) -> list[Sessions]:
        """Return the sessions of each word, more than RARE_TERM_MAX_SESSIONS of them where it is not rare."""
        state = generation.manifest.state
        known = {word: self._known.get((state, word)) for word in words}
        new = [word for word, sessions in known.items() if sessions is None]
        if len(self._known) > _KEPT:
            self._known.clear()
        for word, sessions in zip(
            new, generation.find_by_term(new, RARE_TERM_MAX_SESSIONS + 1), strict=True
        ):
            known[word] = self._known[state, word] = sessions
        return [sessions or () for sessions in known.values()]
