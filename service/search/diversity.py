"""Variety: sessions that answer the question and differ from each other.

Maximal marginal relevance (Carbonell and Goldstein, "The Use of MMR, Diversity-Based Reranking", 1998): each
next session is the one with the highest

    (1 - diversity) * relevance - diversity * likeness to what is chosen already

where relevance is the score as a share of the best one's, and likeness the highest dot product.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import numpy as np

from service.encoder import Vectors
from service.search.folding import Talk, as_ranked


def vary(
    talks: Sequence[Talk], vectors: Mapping[UUID, Vectors], limit: int, diversity: float
) -> list[Talk]:
    """Return `limit` of the talks, in the order they are chosen; a diversity of 0 keeps their own.

    `talks` stand best first; `vectors` has the unit vector (dimension,) of each one's first sitting.
    """
    left = [talk for talk in talks if talk[0].session.id in vectors]
    scores = [as_ranked(talk).score for talk in left]
    best = max(scores, default=0.0)
    rows = np.array([vectors[talk[0].session.id] for talk in left])
    relevance = np.array([score / best if best > 0 else score for score in scores])
    nearest = np.zeros(len(left))
    chosen: list[int] = []
    while len(chosen) < min(limit, len(left)):
        gain = (1 - diversity) * relevance - diversity * nearest
        gain[chosen] = -np.inf
        chosen.append(int(np.argmax(gain)))
        likeness = rows @ rows[chosen[-1]]
        nearest = likeness if len(chosen) == 1 else np.maximum(nearest, likeness)
    return [left[place] for place in chosen]
