"""Digests of the vectors of some sessions, kept in the manifest of a generation on a server."""

import hashlib
from collections.abc import Mapping
from uuid import UUID

from service.encoder import Vectors
from service.stores.protocol import Generation

SIZE = 64
"""Vectors of one generation that a digest is kept of."""


def digest_vector(vector: Vectors) -> str:
    """Return a digest of a vector's bits: stores give float32 back as it was written."""
    return hashlib.blake2b(vector.astype("<f4").tobytes(), digest_size=8).hexdigest()


def choose_sample(digests: Mapping[str, str]) -> dict[str, str]:
    """Return up to SIZE of the digests by id, the same ones whatever their order."""
    return dict(sorted(digests.items(), key=lambda pair: pair[::-1])[:SIZE])


def digest_again(generation: Generation) -> dict[str, str]:
    """Return the sample in a generation's manifest, as far as it is left, with digests of what is stored."""
    stored = generation.vectors([UUID(id) for id in generation.manifest.sample])
    return {str(id): digest_vector(vector) for id, vector in stored.items()}
