"""How every store fuses meaning and words: one score for both.

    score = dot product + weight * keyword score (+ 2 for a speaker named in full)
            (+ what `service.query.rare` gives for a rare word)

This is a convex combination of scores rather than of ranks (Bruch, Gai and Ingber, "An Analysis of Fusion
Functions for Hybrid Retrieval", 2023): reciprocal ranks forget how far apart two sessions are. The dot product
is already of a known scale; the keyword score is brought to it by the best that this question
finds, and by what a word that stands in one session only would score in this catalogue.
"""

import math

CANDIDATES = 30
"""How many sessions each way of searching proposes to the fusion, at least."""
NAMED = 2.0
"""What a session of a speaker named in full gains: more than words and meaning give a question this short."""


_SPOKEN = 0.3
"""What words count in a spoken sentence, beside what they count else: a sentence is asked for its meaning."""
_RELATIVE = 0.3
_ABSOLUTE = 0.1


def proposed(limit: int) -> int:
    """Return how many sessions each way of searching proposes where so many are wanted."""
    return max(CANDIDATES, limit)


def keyword_weight(best: float, sessions: int, *, spoken: bool) -> float:
    """Return what one point of keyword score is worth in dot product.

    `best` is the highest keyword score of the question, 0 if no word of it was found; `spoken` says whether
    the question is a sentence.
    """
    if best <= 0:
        return 0.0
    weight = _RELATIVE / best + _ABSOLUTE / math.log(sessions + 2)
    return _SPOKEN * weight if spoken else weight
