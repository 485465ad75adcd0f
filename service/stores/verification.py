"""Verifying a served generation from end to end: files, counts, vectors, payloads, words, its catalogue's name.

On a server, whose files are out of reach, a sample of vectors is compared with digests in the manifest.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from service.encoder import Vectors, checked
from service.errors import REMEDY, DamagedError, EncoderError, VerificationError
from service.filters import NO_FILTERS
from service.session import Session
from service.stores.counting import count_events
from service.stores.deep_check import DeepCheck
from service.stores.manifest import Manifest, check_match
from service.stores.payload import encode_payload
from service.stores.protocol import Generation, SessionStore
from service.stores.recount import MOST_VALUES, Recount
from service.stores.vector_sample import digest_vector
from service.stores.vocabulary import Vocabulary, countable_words
from service.words import split_words

_MODULUS = 2**128
_TOLD = 5
"""Problems that the message names."""


def verify(store: SessionStore, deep: DeepCheck | None = None) -> Manifest:
    """Read everything that the store serves and return its manifest; `deep` computes it anew as well.

    Files are compared with their digests before any is opened: a damaged one could end the process. Raises
    VerificationError naming what is not as the manifest says, MismatchError if `deep` has another encoder.
    """
    try:
        manifest = store.manifest()
    except DamagedError as error:
        raise VerificationError(str(error)) from error
    if deep:
        check_match(deep.encoder.fingerprint, manifest)
    problems = []
    if manifest.generation not in {kept.generation for kept in store.generations()}:
        problems.append(f"the catalogue's name leads to {manifest.generation}, which is not kept")
    try:
        if damage := store.find_damage(manifest):
            problems.append(damage)
        else:
            with store.opening(manifest) as generation:
                problems.extend(_problems(generation, deep))
    except DamagedError as error:
        problems.append(str(error).removesuffix(f" {REMEDY}").removesuffix("."))
    if problems:
        if store.has_unfinished_update(manifest):
            problems.insert(0, "a load in place did not end, and the next load puts it right")
        told = "; ".join(problems[:_TOLD])
        more = f"; {len(problems) - _TOLD} more such problems" if problems[_TOLD:] else ""
        raise VerificationError(
            f"Generation {manifest.generation} is not sound: {told}{more}. {REMEDY}"
        )
    return manifest


def _problems(generation: Generation, deep: DeepCheck | None) -> list[str]:
    manifest = generation.manifest
    problems = []
    counted = generation.count(NO_FILTERS)
    if counted != manifest.sessions:
        problems.append(f"it holds {counted} sessions, its manifest says {manifest.sessions}")
    if count_events(generation) != manifest.events:
        problems.append("events and years are not counted as its manifest says")
    read = _Reading(generation, deep)
    batches = map(read.take, generation.scan())
    try:
        for _ in deep.progress(batches, manifest.sessions) if deep else batches:
            pass
    except EncoderError as error:
        problems.append(str(error).removesuffix("."))
    else:
        problems.extend(read.problems())
    generation.tombstones()  # raises DamagedError where they cannot be read
    vocabulary = generation.vocabulary()
    if vocabulary and vocabulary.is_complete and not _knows(vocabulary, read.titles):
        problems.append("a word of a title is not in its vocabulary")
    titles = [title for title in read.titles if split_words(title)]
    if not all(generation.max_bm25(title, NO_FILTERS) for title in titles):
        problems.append("a session is not found by the words of its title")
    return problems


class _Reading:
    """All sessions of a generation, read once, in batches, and what is wrong with them."""

    def __init__(self, generation: Generation, deep: DeepCheck | None) -> None:
        self._generation = generation
        self._deep = deep
        self._recount = Recount(generation.manifest)
        self._unseen = dict(generation.manifest.sample)
        self._digest = 0
        self._problems: list[str] = []
        self.titles: list[str] = []
        """A title of each batch."""

    def take(self, batch: tuple[Sequence[Session], Vectors]) -> int:
        """Return how many sessions the batch has. Raises EncoderError if a vector cannot be one."""
        sessions, vectors = batch
        manifest = self._generation.manifest
        self.titles.append(sessions[0].title)
        checked(vectors, len(sessions), manifest.encoder.dimension)
        payloads = [encode_payload(session) for session in sessions]
        for session, payload in zip(sessions, payloads, strict=True):
            self._recount.add(session, payload)
        self._digest += _digest(
            (str(session.id), payload["payload_hash"])
            for session, payload in zip(sessions, payloads, strict=True)
        )
        for session, vector in zip(sessions, vectors, strict=True):
            recorded = self._unseen.pop(str(session.id), None)
            if recorded and recorded != digest_vector(vector):
                self._problems.append(f"session {session.id} has not the vector that was written")
        if self._deep:
            self._problems.extend(self._deep.problems(self._generation, sessions, vectors))
        return len(sessions)

    def problems(self) -> Iterator[str]:
        """Yield what is wrong, once all batches were taken."""
        known = _digest((str(one.id), one.payload_hash) for one in self._generation.hashes())
        if self._digest % _MODULUS != known:
            yield "a session does not say what was written under its id"
        if self._unseen:
            yield f"session {min(self._unseen)} is gone"
        yield from self._problems
        most = self._generation.manifest.sessions if self._deep else MOST_VALUES
        yield from self._recount.problems(self._generation, most=most)


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
