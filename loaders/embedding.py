"""Embedding texts once: what the cache of vectors does not hold goes through the encoder and into it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from loaders.vector_cache import VectorCache
from service.encoder import Encoder, Vectors
from service.session import Session

_LOOKED_UP = 500
"""Texts that the cache is asked for at a time."""

Item = TypeVar("Item")
Text = tuple[str, str]
"""A text's digest and the text."""


def count_missing(digests: Iterable[str], cache: VectorCache) -> int:
    """Return how many of the digests the cache has no vector of."""
    return sum(len(cache.missing(some)) for some in _batches(digests, _LOOKED_UP))


def embed_missing(
    texts: Iterable[Text], encoder: Encoder, cache: VectorCache
) -> Iterator[Sequence[str]]:
    """Embed the texts that the cache has no vector of, in the order given; yield each batch once it is kept.

    Give each text once, those of like length together.
    """
    missing = (
        text
        for some in _batches(texts, _LOOKED_UP)
        for unknown in [cache.missing([digest for digest, _ in some])]
        for text in some
        if text[0] in unknown
    )
    for batch in _batches(missing, encoder.batch_size):
        digests, words = zip(*batch, strict=True)
        cache.put(digests, encoder.encode_sessions(words))
        yield words


def vectors_of(sessions: Sequence[Session], encoder: Encoder, cache: VectorCache) -> Vectors:
    """Return the sessions' vectors (n, dimension), embedding only what the cache does not hold."""
    texts = {session.text_hash: session.text for session in sessions}
    for _ in embed_missing(texts.items(), encoder, cache):
        pass
    return cache.get([session.text_hash for session in sessions])


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
