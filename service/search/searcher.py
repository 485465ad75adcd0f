"""Searcher: answers queries with sessions of the served generation."""

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
from service.query.facet_cache import FacetCache
from service.query.interpretation import Correction
from service.query.query import DEFAULT_LIMIT, Query
from service.runtime.events import record, timed
from service.search.answer import Answer, SearchResult
from service.search.catalogue_encoder import CatalogueEncoder
from service.search.diversity import vary
from service.search.folding import Talk, find_talks, in_time
from service.search.retrieval import Retrieval
from service.search.snippets import Explainer, Reason
from service.session import Session
from service.stores.manifest import Manifest
from service.stores.protocol import FacetCounts, Generation, Hit, SearchableStore
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
"""Number of top sessions over which a query's facets are counted."""
_DIVERSITY_CANDIDATES = 30
"""Number of candidate talks for diversification."""
_BY_MEANING = Reason(("meaning",), None, "meaning")


class Searcher:
    """Answers questions from a store's served generation, with the encoder that embedded it.

    Safe to call from many threads. A new generation is picked up by the next call.
    """

    def __init__(
        self, store: SearchableStore, open_encoder: Callable[[Fingerprint], QueryEncoder]
    ) -> None:
        """Keep the store and the way to open the encoder that a catalogue's fingerprint names."""
        self.store = store
        self._encoder = CatalogueEncoder(open_encoder)
        self._off_topic = OffTopicCache()
        self._trouble: ConferenceHelperError | None = None
        self._facets = FacetCache()
        self._analysis = Analysis(self._facets)

    def search(self, query: Query) -> Answer:
        """Return the sessions that answer best, highest score first unless they are to differ.

        Raises QueryError if there is no question, NothingLoadedError before the first load, MismatchError if
        the catalogue belongs to another encoder.
        """
        return self._answer(query)[0]

    def search_with_facets(self, query: Query) -> tuple[Answer, FacetCounts]:
        """Return what `search` and `facets` return, the question embedded and parsed once for both."""
        return self._answer(query, with_facets=True)

    def _answer(self, query: Query, *, with_facets: bool = False) -> tuple[Answer, FacetCounts]:
        query.require_text()
        started = time.perf_counter()
        with self.store.reading() as generation:
            typed, query = query.text, self._correct(generation, query)
            with timed("encode"):
                vector = self._encoder.encode(query.text, generation.manifest)
            with timed("search"):
                retrieval, filters = self._retrieve(generation, vector, query)
                talks, judged = self._find(retrieval, filters, query)
            record("answer", found="some" if talks else "none")
            results = _results(talks, Explainer(retrieval.query))
            took_ms = (time.perf_counter() - started) * 1000
            counts = _count_found(retrieval, filters) if with_facets else {}
        verdict, evidence = (judged.verdict, judged.evidence) if judged else (None, None)
        answer = Answer(
            typed,
            query.mode,
            took_ms,
            verdict,
            results,
            evidence,
            corrected=Correction(typed, query.text) if query.text != typed else None,
        )
        return answer, counts

    def _correct(self, generation: Generation, query: Query) -> Query:
        """Return the query in the catalogue's spelling, unless it is to be taken as it stands."""
        corrected = self._analysis.correct(generation, query.text) if query.interpret else None
        return replace(query, text=corrected) if corrected else query

    def _retrieve(
        self, generation: Generation, vector: Vectors, query: Query
    ) -> tuple[Retrieval, Filters]:
        """Return the parsed question, ready to be asked, and its filters as the catalogue spells them."""
        filters = self._facets.canonicalise(generation, query.filters)
        parsed = self._analysis.parse(generation, query)
        return Retrieval(generation, self._analysis, vector, parsed), filters

    def _find(
        self, retrieval: Retrieval, filters: Filters, query: Query
    ) -> tuple[list[Talk], Judgement | None]:
        """Return the talks that answer, as many as are asked for, and the verdict on what was found."""
        pool = max(query.limit, _DIVERSITY_CANDIDATES) if query.diversity else query.limit
        talks = find_talks(partial(retrieval.find, filters=filters), pool, folded=query.fold)
        judged = self._judge(retrieval, filters, talks)
        if query.diversity:
            vectors = retrieval.generation.vectors([talk[0].session.id for talk in talks])
            talks = vary(talks, vectors, query.limit, query.diversity)
        return talks[: query.limit], judged

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

        Raises QueryError if `id` is none, NotFoundError if no session has it.
        """
        wanted = _parse_id(id)
        with self.store.reading() as generation:
            vectors, found = generation.vectors([wanted]), generation.get([wanted])
            if wanted not in vectors or not found:
                raise _nobody(wanted)
            spelled = self._facets.canonicalise(generation, filters)
            find = partial(generation.search, vectors[wanted], filters=spelled)
            talks = find_talks(find, limit + 1)
        others = [talk for talk in talks if not any(_same(hit.session, found[0]) for hit in talk)]
        return _results(others[:limit], lambda _: _BY_MEANING)

    def facets(self, query: Query) -> FacetCounts:
        """Return the values of each facet and their counts, as the filters on other facets leave them.

        With a question only the CONSIDERED sessions that answer it best are counted.
        """
        with self.store.reading() as generation:
            if query.text:
                query = self._correct(generation, query)
                vector = self._encoder.encode(query.text, generation.manifest)
                return _count_found(*self._retrieve(generation, vector, query))
            filters = self._facets.canonicalise(generation, query.filters)
            return {
                name: self._facets.count(generation, name, filters.replace(**{name: ()}))
                for name in FACETS
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
                if not self._encoder.is_ready(generation.manifest):
                    self._encoder.encode("ready", generation.manifest)
                self._analysis.parse(generation, Query("ready"))
                self._analysis.correct(generation, "raedy")
                self._analysis.match_terms(generation, "ready", NO_FILTERS)
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
        self, retrieval: Retrieval, filters: Filters, talks: Sequence[Talk]
    ) -> Judgement | None:
        """Return the verdict on the query within the filters, None without a current calibration."""
        manifest, query = retrieval.generation.manifest, retrieval.query
        calibration = manifest.calibration
        if not is_current(calibration):
            return None
        if not talks:
            return NO_HITS
        if is_exact_match(query, talks[0][0].session):
            return EXACT_MATCH
        hits = [hit for talk in talks for hit in talk]
        if query.mode != "hybrid" or query.is_sentence:
            hits = retrieval.find_to_judge(filters)
        queries = self._off_topic.get(self._encoder.open(manifest))
        off_topic = queries.similarity(retrieval.vector, excluding=calibration.answered)
        terms = retrieval.terms(filters)
        return judge(query, terms, hits, off_topic, calibration, manifest.sessions)


def _parse_id(id: str) -> UUID:
    try:
        return UUID(id)
    except ValueError as error:
        raise QueryError(f"{id[:80]!r} is no session id: ids look like {UUID(int=0)}.") from error


def _nobody(id: UUID) -> NotFoundError:
    return NotFoundError(f"No session has the id {id}. Search again: programmes change.")


def _same(one: Session, other: Session) -> bool:
    return one.id == other.id or one.repeats(other)


def _results(talks: Sequence[Talk], explained: Callable[[Hit], Reason]) -> tuple[SearchResult, ...]:
    return tuple(
        SearchResult(
            rank,
            best.score,
            best.similarity,
            best.session,
            explained(best),
            tuple(sorted((hit.session for hit in (best, *others)), key=in_time)),
        )
        for rank, (best, *others) in enumerate(talks, start=1)
    )


def _count_found(retrieval: Retrieval, filters: Filters) -> FacetCounts:
    """Count the values of each facet among the sessions that answer best without the filter on that facet.

    Takes one search for each set of filters that remains: one in all where no facet is filtered.
    """
    others = {name: filters.replace(**{name: ()}) for name in FACETS}
    found = {left: retrieval.find(CONSIDERED, left) for left in set(others.values())}
    return {name: _count_values(found[left], name) for name, left in others.items()}


def _count_values(hits: Sequence[Hit], name: str) -> list[tuple[Value, int]]:
    """Return the values of one field of the sessions found, most frequent first."""
    counts: Counter[Value] = Counter()
    for hit in hits:
        value = getattr(hit.session, FIELDS[name].attribute)
        counts.update(set(value) if isinstance(value, tuple) else [value] if value else [])
    return sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
