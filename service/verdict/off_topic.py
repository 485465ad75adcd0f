"""Off-topic reference queries: everyday questions that no conference answers, and similarity to them."""

import hashlib
import threading
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np

from service.encoder import QueryEncoder, Vectors
from service.ranking import MEAN_OF_NEAREST
from service.verdict.vector_file import read_vectors, write_vectors

BATCH_SIZE = 8
"""Queries embedded at a time: an encoder keeps the memory of its largest batch, and users wait for each one."""
_EVIDENCE_VERSION = "4"
"""In every stored digest; another one where evidence or calibration change, and not only their weights."""
_HEADING = "# "


class OffTopicQuery(NamedTuple):
    """A query, and its kind (travel, food, homework, ...)."""

    text: str
    kind: str


@cache
def read_queries() -> tuple[OffTopicQuery, ...]:
    """Return the off-topic queries, one a line of off_topic_queries.txt, each kind under a heading."""
    text = files("service.verdict").joinpath("off_topic_queries.txt").read_text("utf-8")
    queries, kind = [], ""
    for line in text.splitlines():
        if line.startswith(_HEADING):
            kind = line.removeprefix(_HEADING)
        else:
            queries.append(OffTopicQuery(line, kind))
    return tuple(queries)


def queries_digest() -> str:
    """Return a digest (16 hex digits) of the off-topic queries and of how they are used."""
    return _digest_of(read_queries())


class OffTopicQueries:
    """The off-topic queries as one encoder embeds them."""

    def __init__(self, encoder: QueryEncoder, folder: Path | None = None) -> None:
        """Embed the queries: over a thousand short texts. Raises EncoderError if that fails.

        In `folder` their vectors are kept for whoever takes the same queries and an encoder like it.
        """
        queries = read_queries()
        self.texts = tuple(text for text, _ in queries)
        self.kinds = np.array([kind for _, kind in queries])
        self.vectors = self._embed(encoder) if folder is None else self._look_up(encoder, folder)

    def _look_up(self, encoder: QueryEncoder, folder: Path) -> Vectors:
        digest, fingerprint = _digest(self.texts), encoder.fingerprint
        vectors = read_vectors(folder, fingerprint, digest, len(self.texts))
        if vectors is None:
            vectors = self._embed(encoder)
            write_vectors(folder, fingerprint, digest, vectors)
        return vectors

    def _embed(self, encoder: QueryEncoder) -> Vectors:
        batches = (
            self.texts[start : start + BATCH_SIZE]
            for start in range(0, len(self.texts), BATCH_SIZE)
        )
        return np.concatenate([encoder.encode_queries(batch) for batch in batches])

    def similarity(self, vector: Vectors, *, excluding: Sequence[int] = ()) -> float:
        """Return the mean dot product of `vector` (dimension,) with the nearest off-topic queries.

        Those at the indices `excluding` do not count.
        """
        return mean_of_nearest(self.vectors @ vector, excluding=excluding)


class OffTopicCache:
    """Keeps the off-topic queries embedded by the encoder in use. Safe for many threads."""

    def __init__(self, folder: Path | None = None) -> None:
        """Start with an empty cache; `folder` keeps vectors for the next start."""
        self._folder = folder
        self._embedding = threading.Lock()
        self._embedded: tuple[QueryEncoder, OffTopicQueries] | None = None

    def get(self, encoder: QueryEncoder) -> OffTopicQueries:
        """Return the off-topic queries as `encoder` embeds them; a call that comes meanwhile waits for them."""
        with self._embedding:
            if self._embedded is None or self._embedded[0] is not encoder:
                self._embedded = (encoder, OffTopicQueries(encoder, self._folder))
            return self._embedded[1]


def mean_of_nearest(similarities: Vectors, *, excluding: Sequence[int] = ()) -> float:
    """Return the mean of the MEAN_OF_NEAREST highest of `similarities` (n,), those at `excluding` left out."""
    counted = similarities.copy()
    counted[list(excluding)] = -1.0
    return float(np.partition(counted, -MEAN_OF_NEAREST)[-MEAN_OF_NEAREST:].mean())


@cache
def _digest_of(queries: tuple[OffTopicQuery, ...]) -> str:
    return _digest((_EVIDENCE_VERSION, *(f"{kind}: {text}" for text, kind in queries)))


@cache
def _digest(lines: tuple[str, ...]) -> str:
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=8).hexdigest()
