"""How every store fuses meaning and words: one score for both.

    score = dot product + weight * keyword score (+ 2 for a speaker named in full)
            (+ what `service.query.rare` gives for a rare word)

This is a convex combination of scores rather than of ranks (Bruch, Gai and Ingber, "An Analysis of Fusion
Functions for Hybrid Retrieval", 2023): reciprocal ranks forget how far apart two sessions are. The dot product
is already of a known scale; the keyword score is brought to it by the best that this question
finds, and by what a word that stands in one session only would score in this catalogue.
"""

import math

from service.ranking import (
    ABSOLUTE_BM25_WEIGHT,
    CANDIDATES,
    NATURAL_LANGUAGE_KEYWORD_FACTOR,
    RELATIVE_BM25_WEIGHT,
)


def proposed(limit: int) -> int:
    """Return how many sessions each way of searching proposes where so many are wanted."""
    return max(CANDIDATES, limit)


def keyword_weight(max_bm25: float, sessions: int, *, is_sentence: bool) -> float:
    """Return what one point of keyword score is worth in dot product.

    `max_bm25` is the highest keyword score of the question, 0 if no term of it was found; `is_sentence` says
    whether it is a sentence rather than keywords.
    """
    if max_bm25 <= 0:
        return 0.0
    weight = RELATIVE_BM25_WEIGHT / max_bm25 + ABSOLUTE_BM25_WEIGHT / math.log(sessions + 2)
    return NATURAL_LANGUAGE_KEYWORD_FACTOR * weight if is_sentence else weight
