"""Searcher: a question, a mode and filters in; the nearest sessions out."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from service.encoder import Fingerprint, QueryEncoder, Vectors
from service.errors import (
    ConferenceHelperError,
    NotFoundError,
    NotReadyError,
    QueryError,
)
from service.filters import FACETS, FIELDS, NO_FILTERS, Filters, Value
from service.query.analysis import Analysis
from service.query.boosts import exact_first
from service.query.facet_cache import FacetCache
from service.query.query import (
    DEFAULT_LIMIT,
    check_diversity,
    check_limit,
    check_mode,
    clean_question,
)
from service.ranking import CANDIDATES, JUDGED_HITS
from service.runtime.events import record, timed
from service.search.answer import Answer, SearchResult
from service.search.catalogue_encoder import CatalogueEncoder
from service.search.diversity import vary
from service.search.folding import Talk, find_talks, in_time
from service.search.snippets import Explainer, Reason
from service.session import Session
from service.stores.manifest import Manifest
from service.stores.protocol import FacetCounts, Generation, Hit, ParsedQuery, Reading
from service.verdict.judge import (
    EXACT_MATCH,
    NO_HITS,
    Judgement,
    is_current,
    is_exact_match,
    judge,
)
from service.verdict.off_topic import OffTopicCache

CONSIDERED = 100
"""Sessions that the facet counts of a question look at: the best ones."""
_WITH_PHRASE = 5 * CANDIDATES
"""Sessions looked at for a quoted phrase: many, as what has it may stand low."""
_POOL = 30
"""Talks from which a varied answer is chosen."""
_BY_MEANING = Reason(("meaning",), None)


class Searcher:
    """Answers questions from a store's served generation, with the encoder that embedded it.

    Safe to call from many threads. A new generation is picked up by the next call.
    """

    def __init__(self, store: Reading, open_encoder: Callable[[Fingerprint], QueryEncoder]) -> None:
        """Keep the store and the way to open the encoder that a catalogue's fingerprint names."""
        self.store = store
        self._encoder = CatalogueEncoder(open_encoder)
        self._off_topic = OffTopicCache()
        self._trouble: ConferenceHelperError | None = None
        self._values = FacetCache()
        self._analysis = Analysis(self._values)

    def search(
        self,
        question: str,
        *,
        limit: int = DEFAULT_LIMIT,
        mode: str | None = None,
        filters: Filters = NO_FILTERS,
        fold: bool = True,
        diversity: float = 0.0,
    ) -> Answer:
        """Return the `limit` (1 to 50) sessions that answer the question best, highest score first.

        `fold` makes one result of the repeats of a talk; `diversity` (0 to 1) prefers sessions that differ
        from those before them, which then need not stand in order of their scores.
        Raises QueryError for a question, limit, mode or diversity that cannot be used, NothingLoadedError
        before the first load, MismatchError if the catalogue belongs to another encoder.
        """
        started = time.perf_counter()
        query = clean_question(question)
        mode = check_mode(mode)
        limit = check_limit(limit)
        diversity = check_diversity(diversity)
        with self.store.reading() as generation:
            with timed("encode"):
                vector = self._encoder.encode(query, generation.manifest)
            with timed("search"):
                spelled = self._values.canonicalise(generation, filters)
                asked = self._analysis.read(generation, query, mode, spelled)
                find = partial(_find, generation, vector, mode, asked, spelled)
                pool = max(limit, _POOL) if diversity else limit
                talks = find_talks(find, pool, folded=fold)
                judged = self._judge(generation, vector, mode, asked, spelled, talks)
                if diversity:
                    vectors = generation.vectors([talk[0].session.id for talk in talks])
                    talks = vary(talks, vectors, limit, diversity)
        record("answer", found="some" if talks else "none")
        results = _results(talks[:limit], Explainer(query, by_meaning=mode != "keyword"))
        took_ms = (time.perf_counter() - started) * 1000
        if judged is None:
            return Answer(query, mode, took_ms, None, results)
        return Answer(query, mode, took_ms, judged.verdict, results, judged.evidence)

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
    ) -> tuple[SearchResult, ...]:
        """Return the `limit` talks nearest in meaning to one session, without it and its repeats.

        Raises QueryError if `id` or `limit` is none, NotFoundError if no session has that id.
        """
        wanted, limit = _parse_id(id), check_limit(limit)
        with self.store.reading() as generation:
            vectors, found = generation.vectors([wanted]), generation.get([wanted])
            if wanted not in vectors or not found:
                raise _nobody(wanted)
            spelled = self._values.canonicalise(generation, filters)
            find = partial(generation.search, vectors[wanted], filters=spelled)
            talks = find_talks(find, limit + 1)
        others = [talk for talk in talks if not any(_same(hit.session, found[0]) for hit in talk)]
        return _results(others[:limit], lambda _: _BY_MEANING)

    def facets(
        self,
        filters: Filters = NO_FILTERS,
        *,
        question: str = "",
        mode: str | None = None,
    ) -> FacetCounts:
        """Return the values of each facet and their counts, as the filters on other facets leave them.

        With a question only the CONSIDERED sessions that answer it best are counted.
        Raises what `search` raises for a question or mode that cannot be used.
        """
        with self.store.reading() as generation:
            spelled = self._values.canonicalise(generation, filters)
            others = {name: spelled.replace(**{name: ()}) for name in FACETS}
            if not question:
                return {
                    name: self._values.count(generation, name, left)
                    for name, left in others.items()
                }
            query, mode = clean_question(question), check_mode(mode)
            vector = self._encoder.encode(query, generation.manifest)
            found = {
                left: _find(
                    generation,
                    vector,
                    mode,
                    self._analysis.read(generation, query, mode, left),
                    left,
                    CONSIDERED,
                )
                for left in set(others.values())
            }
        return {name: _count_values(found[left], name) for name, left in others.items()}

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
                if not self._encoder.is_ready(generation.manifest):
                    self._encoder.encode("ready", generation.manifest)
                self._analysis.read(generation, "ready", "hybrid", NO_FILTERS)
                if generation.manifest.calibration:
                    self._off_topic.get(self._encoder.open(generation.manifest))
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
            if self._encoder.is_ready(generation.manifest):
                return generation.manifest
        raise self._trouble or NotReadyError("The encoder is still being loaded. Try again soon.")

    def _judge(
        self,
        generation: Generation,
        vector: Vectors,
        mode: str,
        asked: ParsedQuery,
        filters: Filters,
        talks: Sequence[Talk],
    ) -> Judgement | None:
        """Return whether anything that passes the filters fits the question, None if nobody can say."""
        calibration = generation.manifest.calibration
        if not is_current(calibration):
            return None
        if not talks:
            return NO_HITS
        if is_exact_match(asked, talks[0][0].session):
            return EXACT_MATCH
        hits = [hit for talk in talks for hit in talk]
        if mode != "hybrid" or asked.spoken:  # judged as it was calibrated: by words and meaning
            plain = replace(asked, mode="hybrid", spoken=False)
            hits = generation.search(vector, JUDGED_HITS, filters, plain)
        queries = self._off_topic.get(self._encoder.open(generation.manifest))
        off_topic = queries.similarity(vector, excluding=calibration.answered)
        return judge(asked, hits, off_topic, calibration, generation.manifest.sessions)


def _find(
    generation: Generation,
    vector: Vectors,
    mode: str,
    asked: ParsedQuery,
    filters: Filters,
    count: int,
) -> list[Hit]:
    """Return the `count` best sessions in the mode asked for; fewer only if there are no more."""
    if mode == "semantic":
        return generation.search(vector, count, filters)
    if asked.phrases:
        count = max(count, _WITH_PHRASE)
    return exact_first(generation.search(vector, count, filters, asked), asked)


def _parse_id(id: str) -> UUID:
    try:
        return UUID(id)
    except ValueError as error:
        raise QueryError(f"{id[:80]!r} is no session id: ids look like {UUID(int=0)}.") from error


def _nobody(id: UUID) -> NotFoundError:
    return NotFoundError(f"No session has the id {id}. Search again: programmes change.")


def _same(one: Session, other: Session) -> bool:
    return one.id == other.id or one.repeats(other)


def _results(
    talks: Sequence[Talk], explained: Callable[[Session], Reason]
) -> tuple[SearchResult, ...]:
    return tuple(
        SearchResult(
            rank,
            best.score,
            best.similarity,
            best.session,
            explained(best.session),
            tuple(sorted((hit.session for hit in (best, *others)), key=in_time)),
        )
        for rank, (best, *others) in enumerate(talks, start=1)
    )


def _count_values(hits: Sequence[Hit], name: str) -> list[tuple[Value, int]]:
    """Return the values of one field of the sessions found, most frequent first."""
    counts: Counter[Value] = Counter()
    for hit in hits:
        value = getattr(hit.session, FIELDS[name].attribute)
        counts.update(set(value) if isinstance(value, tuple) else [value] if value else [])
    return sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
