"""Searcher: a question, a mode and filters in; the nearest sessions out."""

import threading
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from service.filters import FACETS, NO_FILTERS, Filters
from service.measuring import note, timed
from service.session import Session, parse_day
from service.stores.catalogue import FacetCounts, Generation, Manifest, SessionStore

DEFAULT_LIMIT = 3
MAX_LIMIT = 50
MAX_QUERY = 2_000
"""Characters of a question: more than any window reads."""

MODES = ("semantic",)
FILTER_NAMES = {
    "event": "event",
    "year": "year",
    "track": "track",
    "level": "level",
    "language": "language",
    "speaker": "speakers",
    "day": "day",
}
"""What people call each filter, and the payload field it looks at."""

_COUNTS_KEPT = 500


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One session that answers, its rank from 1 and its score: the dot product, higher is nearer."""

    rank: int
    score: float
    session: Session


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
                    "session": result.session.as_dict(),
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
        self._counted: dict[tuple[str, str, Filters], list[tuple[str | int, int]]] = {}

    def search(
        self,
        question: str,
        *,
        limit: int = DEFAULT_LIMIT,
        mode: str | None = None,
        filters: Filters = NO_FILTERS,
    ) -> Answer:
        """Return the `limit` (1 to 50) sessions nearest to the question, highest score first.

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
                hits = generation.search(vector, limit, self._spelled(generation, filters))
        note("answer", found="some" if hits else "none")
        results = tuple(
            SearchResult(rank, hit.score, hit.session) for rank, hit in enumerate(hits, start=1)
        )
        return Answer(query, mode, (time.perf_counter() - started) * 1000, results)

    def session(self, id: str) -> Session:
        """Return the session of that id. Raises QueryError if it is no id, NotFoundError if none has it."""
        try:
            wanted = UUID(id)
        except ValueError as error:
            raise QueryError(
                f"{id[:80]!r} is no session id: ids look like {UUID(int=0)}."
            ) from error
        with self.store.reading() as generation:
            found = generation.get([wanted])
        if not found:
            raise NotFoundError(f"No session has the id {wanted}. Search again: programmes change.")
        return found[0]

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


def clean_question(text: str) -> str:
    """Return the question with its white space collapsed. Raises QueryError if it cannot be asked."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise QueryError("The question is not valid Unicode text. Type it again.") from error
    question = " ".join(
        "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text).split()
    )
    if not question:
        raise QueryError("The question is empty. Ask in plain words, such as: health analytics")
    if len(question) > MAX_QUERY:
        raise QueryError(
            f"The question has {len(question)} characters; at most {MAX_QUERY} are read. Shorten it."
        )
    if not any(sign.isalnum() for sign in question):
        raise QueryError("The question has no letter or digit. Ask in words.")
    return question


def check_limit(limit: int | str, maximum: int = MAX_LIMIT) -> int:
    """Return the limit as a number from 1 to `maximum`. Raises QueryError if it is none."""
    text = str(limit).strip()
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= maximum and len(text) < 9:
        return int(text)
    raise QueryError(f"limit is {text[:40]!r}; give a number from 1 to {maximum}.")


def check_mode(mode: str | None) -> str:
    """Return the mode, the default one for none. Raises QueryError that lists the known ones."""
    if not mode:
        return MODES[0]
    if mode not in MODES:
        raise QueryError(f"There is no mode {mode[:40]!r}. Known modes: {', '.join(MODES)}.")
    return mode


def parse_filters(given: Mapping[str, Sequence[str]]) -> Filters:
    """Return the filters that people gave by name (see FILTER_NAMES), several values each; empty ones drop.

    Raises QueryError for an unknown name, a year that is no number or a day that is no date.
    """
    wanted: dict[str, Any] = {}
    for name, texts in given.items():
        if name not in FILTER_NAMES:
            raise QueryError(
                f"There is no filter {name[:40]!r}. Known filters: {', '.join(FILTER_NAMES)}."
            )
        values = [text.strip() for text in texts if text.strip()]
        wanted[FILTER_NAMES[name]] = tuple(_filter_value(name, value) for value in values)
    return Filters(**wanted)


def _filter_value(name: str, value: str) -> str | int:
    if name == "year":
        if not (value.isascii() and value.isdigit() and len(value) <= 4):
            raise QueryError(f"year is {value[:40]!r}; give a year such as 2026.")
        return int(value)
    if name == "day":
        try:
            return parse_day(value).isoformat()
        except ValueError as error:
            raise QueryError(f"day is {value[:40]!r}; give a day such as 2026-05-12.") from error
    return value


def folded(text: str) -> str:
    """Return text without case and accents, for comparing what people type with what is stored."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).strip()
