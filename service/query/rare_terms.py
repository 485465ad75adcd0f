"""Rare terms: sessions that have a low-frequency term of a question of one or two terms are boosted."""

from uuid import UUID

from service.ranking import (
    RARE_TERM_BOOST,
    RARE_TERM_MAX_QUERY_LENGTH,
    RARE_TERM_MAX_SESSIONS,
    RARE_TERM_SESSIONS_PER_MATCH,
)
from service.stores.keywords import asked_words
from service.stores.protocol import Generation

Sessions = tuple[UUID, ...]


def find_rare_terms(generation: Generation, question: str) -> tuple[tuple[Sessions, ...], float]:
    """Return, for each rare term of the question, the sessions that have it, and the boost of each."""
    words = asked_words(question, generation.manifest.languages)
    typical = generation.manifest.sessions // RARE_TERM_SESSIONS_PER_MATCH
    most = RARE_TERM_MAX_SESSIONS if len(words) == 1 else min(RARE_TERM_MAX_SESSIONS, typical)
    if not most or not 0 < len(words) <= RARE_TERM_MAX_QUERY_LENGTH:
        return (), 0.0
    found = generation.find_by_term(words, RARE_TERM_MAX_SESSIONS + 1)
    return tuple(some for some in found if 0 < len(some) <= most), RARE_TERM_BOOST / len(words)
