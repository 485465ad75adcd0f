"""Verifying a served generation from end to end: counts, vectors, payloads, words, and the catalogue's name."""

import hashlib
from collections.abc import Iterable

from service.encoder import checked
from service.errors import REMEDY, DamagedError, EncoderError, VerificationError
from service.filters import NO_FILTERS
from service.stores.counting import count_events
from service.stores.manifest import Manifest
from service.stores.payload import encode_payload
from service.stores.protocol import Generation, SessionStore
from service.stores.vocabulary import Vocabulary, countable_words
from service.words import split_words

_MODULUS = 2**128


def verify(store: SessionStore) -> Manifest:
    """Read everything that the store serves and return its manifest.

    Raises VerificationError naming each thing that is not as the manifest says.
    """
    manifest = store.manifest()
    problems = []
    if manifest.generation not in {kept.generation for kept in store.generations()}:
        problems.append(f"the catalogue's name leads to {manifest.generation}, which is not kept")
    try:
        with store.opening(manifest) as generation:
            problems.extend(_problems(generation))
    except DamagedError as error:
        problems.append(str(error).removesuffix(f" {REMEDY}").removesuffix("."))
    if problems:
        raise VerificationError(
            f"Generation {manifest.generation} is not sound: {'; '.join(problems)}. {REMEDY}"
        )
    return manifest


def _problems(generation: Generation) -> list[str]:
    manifest = generation.manifest
    problems = []
    counted = generation.count(NO_FILTERS)
    if counted != manifest.sessions:
        problems.append(f"it holds {counted} sessions, its manifest says {manifest.sessions}")
    if count_events(generation) != manifest.events:
        problems.append("events and years are not counted as its manifest says")
    read, titles = [], []
    try:
        for sessions, vectors in generation.scan():
            titles.append(sessions[0].title)
            checked(vectors, len(sessions), manifest.encoder.dimension)
            read.append(
                _digest(
                    (str(session.id), encode_payload(session)["payload_hash"])
                    for session in sessions
                )
            )
    except EncoderError as error:
        problems.append(str(error).removesuffix("."))
    else:
        known = _digest((str(one.id), one.payload_hash) for one in generation.hashes())
        if sum(read) % _MODULUS != known:
            problems.append("a session does not say what was written under its id")
    generation.tombstones()  # raises DamagedError where they cannot be read
    vocabulary = generation.vocabulary()
    if vocabulary and vocabulary.is_complete and not _knows(vocabulary, titles):
        problems.append("a word of a title is not in its vocabulary")
    if not all(generation.max_bm25(title, NO_FILTERS) for title in titles if split_words(title)):
        problems.append("a session is not found by the words of its title")
    return problems


def _knows(vocabulary: Vocabulary, titles: Iterable[str]) -> bool:
    return all(word in vocabulary.counts for title in titles for word in countable_words(title))


def _digest(pairs: Iterable[tuple[str, str]]) -> int:
    """Return a number that is the same for the same pairs in any order, in constant memory."""
    return (
        sum(
            int.from_bytes(hashlib.blake2b("|".join(pair).encode(), digest_size=16).digest(), "big")
            for pair in pairs
        )
        % _MODULUS
    )
