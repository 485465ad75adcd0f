"""The vocabulary of a generation on a server, in a collection of its own beside it.

Not in the metadata of the generation's collection: those hold the manifest, which every process reads once a
second, and go through the cluster's consensus; 20,000 sessions have some 700 KB of words. Points are read when
they are needed, replicated as the sessions are, and a change in place adds one.
"""

from collections.abc import Sequence
from itertools import islice

from service.errors import REMEDY, DamagedError
from service.settings import QdrantSettings
from service.stores.server.companions import VOCABULARY, Companion, Payload
from service.stores.server.connection import Connection
from service.stores.vocabulary import Vocabulary, decode_counts, encode_counts

_WORDS_PER_POINT = 10_000
"""Some 100 KB of text."""


def write_vocabulary(
    connection: Connection, settings: QdrantSettings, generation: str, vocabulary: Vocabulary
) -> None:
    """Write the vocabulary of a new generation."""
    companion = _beside(connection, generation)
    companion.create(settings)
    _add(companion, vocabulary, first=0)


def extend_vocabulary(connection: Connection, generation: str, others: Vocabulary) -> None:
    """Add the words that a generation's vocabulary lacks; one of an older version stays without."""
    companion = _beside(connection, generation)
    points = _read(companion)
    if not points:
        return
    known = _decode(points)
    extended = known.extended(others.counts)
    new = dict(islice(extended.counts.items(), len(known.counts), None))
    if new or extended.is_complete != known.is_complete:
        _add(companion, Vocabulary(new, extended.is_complete), first=len(points))


def read_vocabulary(connection: Connection, generation: str) -> Vocabulary | None:
    """Return the vocabulary of a generation, None if it has none."""
    points = _read(_beside(connection, generation))
    return _decode(points) if points else None


def _beside(connection: Connection, generation: str) -> Companion:
    return Companion(connection, generation, VOCABULARY, "the vocabulary")


def _read(companion: Companion) -> list[Payload]:
    return [payload for _, payload in companion.read_all()]


def _decode(points: Sequence[Payload]) -> Vocabulary:
    try:
        pairs = (pair for point in points for pair in decode_counts(point["counts"]))
        return Vocabulary(dict(pairs), all(point["complete"] for point in points))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DamagedError(
            f"The catalogue's vocabulary cannot be read ({error!r}). {REMEDY}"
        ) from error


def _add(companion: Companion, vocabulary: Vocabulary, *, first: int) -> None:
    """Write words in points numbered from `first`."""
    counts = list(vocabulary.counts.items())
    starts = range(0, max(1, len(counts)), _WORDS_PER_POINT)
    companion.write(
        {
            number: {
                "counts": encode_counts(counts[start : start + _WORDS_PER_POINT]),
                "complete": vocabulary.is_complete,
            }
            for number, start in enumerate(starts, first)
        }
    )
