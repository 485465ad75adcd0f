"""How every store fuses dot products and keyword scores (BM25).

    score = dot product + weight * keyword score + boosts (speakers named in full, rare terms)

This is a convex combination of scores rather than of ranks (Bruch, Gai and Ingber, "An Analysis of Fusion
Functions for Hybrid Retrieval", 2023): reciprocal ranks forget how far apart two sessions are. The dot product
is of a known scale; the keyword score is brought to it by the highest one of the query, and by what a term that
only one session has would score in this catalogue.
"""

import math

from service.ranking import (
    ABSOLUTE_BM25_WEIGHT,
    CANDIDATES,
    NATURAL_LANGUAGE_KEYWORD_FACTOR,
    RELATIVE_BM25_WEIGHT,
)


def candidate_count(limit: int) -> int:
    """Return how many candidates each retriever proposes for `limit` hits."""
    return max(CANDIDATES, limit)


def keyword_weight(max_bm25: float, sessions: int, *, is_sentence: bool) -> float:
    """Return the dot product that a keyword score of 1 is worth.

    `max_bm25` is the query's highest keyword score, 0 if no session has a term of it; `is_sentence` says
    whether it is a sentence rather than keywords.
    """
    if max_bm25 <= 0:
        return 0.0
    weight = RELATIVE_BM25_WEIGHT / max_bm25 + ABSOLUTE_BM25_WEIGHT / math.log(sessions + 2)
    return NATURAL_LANGUAGE_KEYWORD_FACTOR * weight if is_sentence else weight
