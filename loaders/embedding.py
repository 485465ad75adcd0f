"""Embeds each text once: what the vector cache lacks is encoded and stored there."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from loaders.vector_cache import VectorCache
from service.encoder import Encoder, Vectors
from service.session import Session

_LOOKUP_SIZE = 500
"""Hashes looked up in the cache at a time."""

Item = TypeVar("Item")
Text = tuple[str, str]
"""A text's hash and the text."""


def count_missing(text_hashes: Iterable[str], cache: VectorCache) -> int:
    """Return how many of the text hashes the cache has no vector of."""
    return sum(len(cache.missing(some)) for some in _batches(text_hashes, _LOOKUP_SIZE))


def embed_missing(
    texts: Iterable[Text], encoder: Encoder, cache: VectorCache
) -> Iterator[Sequence[str]]:
    """Embed the texts that the cache has no vector of, in the order given; yield each batch once it is stored.

    Each text should come once, and those of similar length together. Raises EncoderError, StoreError.
    """
    missing = (
        text
        for some in _batches(texts, _LOOKUP_SIZE)
        for unknown in [cache.missing([text_hash for text_hash, _ in some])]
        for text in some
        if text[0] in unknown
    )
    for batch in _batches(missing, encoder.batch_size):
        text_hashes, words = zip(*batch, strict=True)
        cache.put(text_hashes, encoder.encode_sessions(words))
        yield words


def vectors_of(sessions: Sequence[Session], encoder: Encoder, cache: VectorCache) -> Vectors:
    """Return the sessions' unit vectors, float32 (n, dimension), embedding only what the cache lacks."""
    texts = {session.text_hash: session.text for session in sessions}
    for _ in embed_missing(texts.items(), encoder, cache):
        pass
    return cache.get([session.text_hash for session in sessions])


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
