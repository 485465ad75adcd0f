"""Computes anew what a generation holds of its sessions beside their payloads: vectors and keywords."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from service.encoder import Encoder, Vectors
from service.session import Session
from service.stores.keywords import Terms, session_terms
from service.stores.protocol import Generation

_ALIKE = 0.9
"""Similarity of two vectors of one text, at least: another machine computes others in 8 bits."""
_TOLERANCE = 1e-4


@dataclass(frozen=True, slots=True)
class DeepCheck:
    """What `verify --deep` needs: the encoder of the catalogue, and what shows how far it is."""

    encoder: Encoder
    progress: Callable[[Iterable[int], int], Iterable[int]]

    def problems(
        self, generation: Generation, sessions: Sequence[Session], vectors: Vectors
    ) -> Iterator[str]:
        """Yield what of some sessions is stored otherwise than it follows from them."""
        anew = self.encoder.encode_sessions([session.text for session in sessions])
        similarities = np.einsum("ij,ij->i", anew, vectors)
        for session, similarity in zip(sessions, similarities, strict=True):
            if not similarity >= _ALIKE:
                yield f"session {session.id} has not the vector of its text"
        stored = generation.keywords([session.id for session in sessions])
        for session in sessions:
            if session.id not in stored or not _same(stored[session.id], session_terms(session)):
                yield f"session {session.id} has not the keywords of its texts"


def _same(stored: Terms, meant: Terms) -> bool:
    weights = dict(zip(stored.indices, stored.values, strict=True))
    return weights.keys() == set(meant.indices) and all(
        abs(weights[index] - weight) <= _TOLERANCE
        for index, weight in zip(meant.indices, meant.values, strict=True)
    )
