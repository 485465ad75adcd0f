"""The vocabulary of a generation on a server: a collection beside the generation's, of points without vectors.

Not in the metadata of the generation's collection: those hold the manifest, which every process reads once a
second, and go through the cluster's consensus; 20,000 sessions have some 700 KB of words. Points are read when
they are needed, replicated as the sessions are, and a change in place adds one.
"""

from collections.abc import Sequence
from typing import Any

from qdrant_client import models

from service.errors import REMEDY, DamagedError
from service.settings import QdrantSettings
from service.stores.server.companions import create_companion
from service.stores.server.connection import Connection
from service.stores.server.failures import MissingError
from service.stores.vocabulary import Vocabulary, decode_counts, encode_counts

_ENDING = "-words"
_WORDS_PER_POINT = 10_000
"""Some 100 KB of text."""
_MAX_POINTS = 1_000
"""More than there can be: a change in place adds a point only if it brings new words, while there is room."""


def collection_of(generation: str) -> str:
    """Return the name of the collection that holds a generation's vocabulary."""
    return generation + _ENDING


def write_vocabulary(
    connection: Connection, settings: QdrantSettings, generation: str, vocabulary: Vocabulary
) -> None:
    """Write the vocabulary of a new generation."""
    create_companion(connection, settings, collection_of(generation), doing="create a vocabulary")
    _add(connection, generation, vocabulary, first=0)


def extend_vocabulary(connection: Connection, generation: str, others: Vocabulary) -> None:
    """Add the words that a generation's vocabulary lacks; one of an older version stays without."""
    points = _read(connection, generation)
    if points is None:
        return
    known = _decode(points)
    extended = known.extended(others.counts)
    new = dict(list(extended.counts.items())[len(known.counts) :])
    if new or extended.is_complete != known.is_complete:
        _add(connection, generation, Vocabulary(new, extended.is_complete), first=len(points))


def read_vocabulary(connection: Connection, generation: str) -> Vocabulary | None:
    """Return the vocabulary of a generation, None if it has none."""
    points = _read(connection, generation)
    return None if points is None else _decode(points)


def _read(connection: Connection, generation: str) -> list[dict[str, Any]] | None:
    """Return the payloads of the vocabulary's points in order, None if there are none."""
    try:
        points, _ = connection.call(
            "read the vocabulary",
            lambda client: client.scroll(
                collection_of(generation), limit=_MAX_POINTS, with_payload=True, with_vectors=False
            ),
        )
    except MissingError:
        return None
    ordered = sorted(points, key=lambda point: int(point.id))
    return [point.payload or {} for point in ordered] or None


def _decode(points: Sequence[dict[str, Any]]) -> Vocabulary:
    try:
        pairs = (pair for point in points for pair in decode_counts(point["counts"]))
        return Vocabulary(dict(pairs), all(point["complete"] for point in points))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DamagedError(
            f"The catalogue's vocabulary cannot be read ({error!r}). {REMEDY}"
        ) from error


def _add(connection: Connection, generation: str, vocabulary: Vocabulary, *, first: int) -> None:
    """Write words in points numbered from `first`; writing them again changes nothing."""
    counts = list(vocabulary.counts.items())
    starts = range(0, max(1, len(counts)), _WORDS_PER_POINT)
    points = [
        models.PointStruct(
            id=number,
            vector={},
            payload={
                "counts": encode_counts(counts[start : start + _WORDS_PER_POINT]),
                "complete": vocabulary.is_complete,
            },
        )
        for number, start in enumerate(starts, first)
    ]
    connection.call(
        "write the vocabulary",
        lambda client: client.upsert(collection_of(generation), points=points, wait=True),
    )
