"""Searcher: a question, a mode and filters in; the nearest sessions out."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from service.encoder import Encoder, Fingerprint, Vectors
from service.errors import (
    ConferenceHelperError,
    MismatchError,
    NotFoundError,
    NotReadyError,
    QueryError,
)
from service.exact import exactness, quoted_phrases
from service.filters import FACETS, NO_FILTERS, Filters
from service.measuring import note, timed
from service.names import Names
from service.questions import DEFAULT_LIMIT, check_limit, check_mode, clean_question
from service.reasons import Reason, Snippet, explain
from service.session import Session
from service.stores.catalogue import (
    Asked,
    FacetCounts,
    Generation,
    Hit,
    Manifest,
    SessionStore,
)
from service.words import folded, split_words

_COUNTS_KEPT = 500
_SPARE = 7
"""Sessions looked at beyond those asked for: an exact one may stand a little lower."""
_SPARE_WITH_PHRASE = 50
_SPARE_REPEATS = 30


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One session that answers and its rank from 1.

    `score` is what it was ranked by, higher is better: in semantic mode the dot product, in keyword mode
    BM25's, in hybrid both together. `similarity` is the dot product in every mode.
    """

    rank: int
    score: float
    similarity: float
    session: Session
    reason: Reason


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question found, nearest first, and how long it took in milliseconds."""

    query: str
    mode: str
    took_ms: float
    results: tuple[SearchResult, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as the JSON values that the API and the command line print."""
        return {
            "query": self.query,
            "mode": self.mode,
            "took_ms": round(self.took_ms, 2),
            "results": [
                {
                    "rank": result.rank,
                    "score": round(result.score, 6),
                    "similarity": round(result.similarity, 6),
                    "session": result.session.as_dict(),
                    "matched": list(result.reason.matched),
                    "snippet": _told(result.reason.snippet),
                }
                for result in self.results
            ],
        }


class Searcher:
    """Answers questions from a store's served generation, with the encoder that embedded it.

    Safe to call from many threads. A new generation is picked up by the next call.
    """

    def __init__(self, store: SessionStore, open_encoder: Callable[[Fingerprint], Encoder]) -> None:
        """Keep the store and the way to open the encoder that a catalogue's fingerprint names."""
        self.store = store
        self._open_encoder = open_encoder
        self._encoder: Encoder | None = None
        self._warm: Fingerprint | None = None
        self._trouble: ConferenceHelperError | None = None
        self._loading = threading.Lock()
        self._names: tuple[str, Names] = ("", Names(()))
        self._counted: dict[tuple[str, str, Filters], list[tuple[str | int, int]]] = {}

    def search(
        self,
        question: str,
        *,
        limit: int = DEFAULT_LIMIT,
        mode: str | None = None,
        filters: Filters = NO_FILTERS,
    ) -> Answer:
        """Return the `limit` (1 to 50) sessions that answer the question best, highest score first.

        Raises QueryError for a question, limit or mode that cannot be used, NothingLoadedError before
        the first load, MismatchError if the catalogue belongs to another encoder.
        """
        started = time.perf_counter()
        query = clean_question(question)
        mode = check_mode(mode)
        limit = check_limit(limit)
        with self.store.reading() as generation:
            with timed("encode"):
                vector = self._encode(query, generation.manifest)
            with timed("search"):
                spelled = self._spelled(generation, filters)
                if mode == "semantic":
                    hits = generation.search(vector, limit, spelled)
                else:
                    asked = self._asked(generation, mode, query)
                    hits = _by_words(generation, vector, limit, spelled, asked)
        note("answer", found="some" if hits else "none")
        results = tuple(
            SearchResult(
                rank,
                hit.score,
                hit.similarity,
                hit.session,
                explain(query, hit.session, by_meaning=mode != "keyword"),
            )
            for rank, hit in enumerate(hits, start=1)
        )
        return Answer(query, mode, (time.perf_counter() - started) * 1000, results)

    def session(self, id: str) -> Session:
        """Return the session of that id. Raises QueryError if it is no id, NotFoundError if none has it."""
        wanted = _parse_id(id)
        with self.store.reading() as generation:
            found = generation.get([wanted])
        if not found:
            raise _nobody(wanted)
        return found[0]

    def similar(
        self, id: str, *, limit: int = DEFAULT_LIMIT, filters: Filters = NO_FILTERS
    ) -> tuple[Hit, ...]:
        """Return the `limit` sessions nearest in meaning to one session, without it and its repeats.

        Raises QueryError if `id` or `limit` is none, NotFoundError if no session has that id.
        """
        wanted, limit = _parse_id(id), check_limit(limit)
        with self.store.reading() as generation:
            vector, found = generation.vector(wanted), generation.get([wanted])
            if vector is None or not found:
                raise _nobody(wanted)
            spelled = self._spelled(generation, filters)
            hits = generation.search(vector, limit + _SPARE_REPEATS, spelled)
        others = [
            hit for hit in hits if hit.session.id != wanted and not hit.session.repeats(found[0])
        ]
        return tuple(others[:limit])

    def facets(
        self, filters: Filters = NO_FILTERS, *, names: Sequence[str] = FACETS
    ) -> FacetCounts:
        """Return the values of each facet and their counts, as the filters on other facets leave them."""
        with self.store.reading() as generation:
            spelled = self._spelled(generation, filters)
            return {
                name: self._count(generation, name, replace(spelled, **{name: ()}))
                for name in names
            }

    def status(self) -> dict[str, Any]:
        """Return what is served, as JSON values. Raises NothingLoadedError before the first load."""
        manifest = self.store.manifest().as_dict()
        keys = ("sessions", "events", "generation", "created_at", "encoder", "sources")
        return {**{key: manifest[key] for key in keys}, "store": self.store.kind}

    def warm_up(self) -> None:
        """Open the served generation and load its encoder, so that the next question finds both ready.

        Raises what keeps them from being ready; `check_ready` then raises it too.
        """
        try:
            with self.store.reading() as generation:
                if self._warm != generation.manifest.encoder:
                    self._encode("ready", generation.manifest)
                self._asked(generation, "hybrid", "ready")
            self._trouble = None
        except ConferenceHelperError as error:
            self._trouble = error
            raise

    def check_ready(self) -> Manifest:
        """Return what is served, if a question would be answered now.

        Raises NotReadyError while the encoder is loading, and whatever else keeps it from answering.
        """
        with self.store.reading() as generation:
            self.store.check()
            if self._warm == generation.manifest.encoder:
                return generation.manifest
        raise self._trouble or NotReadyError("The encoder is still being loaded. Try again soon.")

    def _encode(self, question: str, manifest: Manifest) -> Vectors:
        vector: Vectors = self._matching_encoder(manifest).encode_queries([question])[0]
        self._warm = manifest.encoder
        return vector

    def _asked(self, generation: Generation, mode: str, query: str) -> Asked:
        kept, names = self._names
        if kept != generation.manifest.state:
            speakers = self._count(generation, "speakers", NO_FILTERS)
            names = Names(str(speaker) for speaker, _ in speakers)
            self._names = (generation.manifest.state, names)
        return Asked(
            "keyword" if mode == "keyword" else "hybrid",
            query,
            phrases=quoted_phrases(query),
            names=names.named_in(query),
        )

    def _matching_encoder(self, manifest: Manifest) -> Encoder:
        encoder = self._encoder
        if encoder is None or encoder.fingerprint.differences(manifest.encoder):
            with self._loading:
                encoder = self._encoder
                if encoder is None or encoder.fingerprint.differences(manifest.encoder):
                    encoder = self._open_encoder(manifest.encoder)
                    check_match(encoder.fingerprint, manifest)
                    self._encoder = encoder
        return encoder

    def _spelled(self, generation: Generation, filters: Filters) -> Filters:
        """Return the filters with each value as the catalogue spells it, whatever its case and accents."""
        changes: dict[str, Any] = {}
        for name, values in filters.given():
            if name not in ("year", "day"):
                known = [value for value, _ in self._count(generation, name, NO_FILTERS)]
                changes[name] = tuple(
                    spelling for value in values for spelling in _spellings(str(value), known)
                )
        return replace(filters, **changes) if changes else filters

    def _count(
        self, generation: Generation, name: str, filters: Filters
    ) -> list[tuple[str | int, int]]:
        """Return a facet's counts, kept for a while: thousands of speakers take longer than a search."""
        key = (generation.manifest.state, name, filters)
        counts = self._counted.get(key)
        note("cache", hit="no" if counts is None else "yes")
        if counts is None:
            counts = generation.facets([name], filters)[name]
            if len(self._counted) >= _COUNTS_KEPT:
                self._counted.clear()
            self._counted[key] = counts
        return counts


def _parse_id(id: str) -> UUID:
    try:
        return UUID(id)
    except ValueError as error:
        raise QueryError(f"{id[:80]!r} is no session id: ids look like {UUID(int=0)}.") from error


def _nobody(id: UUID) -> NotFoundError:
    return NotFoundError(f"No session has the id {id}. Search again: programmes change.")


def _told(snippet: Snippet | None) -> dict[str, Any] | None:
    if snippet is None:
        return None
    return {**asdict(snippet), "marks": [list(mark) for mark in snippet.marks]}


def _by_words(
    generation: Generation, vector: Vectors, limit: int, filters: Filters, asked: Asked
) -> list[Hit]:
    """Return what the store finds by words, exact things first."""
    spare = _SPARE_WITH_PHRASE if asked.phrases else _SPARE
    hits = generation.search(vector, limit + spare, filters, asked)
    words, phrases = split_words(asked.text), [split_words(phrase) for phrase in asked.phrases]
    gained = (
        replace(hit, score=hit.score * (1 + gain) if asked.mode == "keyword" else hit.score + gain)
        for hit, gain in ((hit, exactness(words, phrases, hit.session)) for hit in hits)
    )
    return sorted(gained, key=lambda hit: -hit.score)[:limit]


def _spellings(wanted: str, known: Sequence[Any]) -> list[Any]:
    """Return the known values that are `wanted` but for case and accents; `wanted` itself if none is."""
    if wanted in known:
        return [wanted]
    key = folded(wanted)
    return [value for value in known if folded(str(value)) == key] or [wanted]


def check_match(encoder: Fingerprint, manifest: Manifest) -> None:
    """Raise MismatchError unless `encoder` is the one that embedded the catalogue."""
    differences = encoder.differences(manifest.encoder)
    if differences:
        raise MismatchError(
            f"The catalogue was embedded with {manifest.encoder.model} (window "
            f"{manifest.encoder.window}), but the chosen encoder is {encoder.model} (window "
            f"{encoder.window}): they differ in {', '.join(differences)}. Unset "
            "CONFERENCE_HELPER_MODEL and CONFERENCE_HELPER_WINDOW to use the catalogue's own, or "
            "embed it anew: conference-helper load SOURCE --model MODEL"
        )
