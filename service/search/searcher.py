"""Searcher: answers queries with sessions of the served generation."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from service.encoder import Fingerprint, QueryEncoder, Vectors
from service.filters import FACETS, NO_FILTERS, Filters
from service.programme.programmes import Programmes
from service.query.analysis import Analysis
from service.query.facet_cache import FacetCache
from service.query.fitting import tell_unknown
from service.query.interpreter import InterpretedQuery, Interpreter
from service.query.language import language_note
from service.query.query import CUT_NOTE, DEFAULT_LIMIT, Query
from service.runtime.events import record, timed
from service.search.answer import Answer, SearchResult, rank_talks
from service.search.calendars import Calendars
from service.search.cancelled import note_cancelled, separate
from service.search.catalogue_encoder import CatalogueEncoder
from service.search.diversity import vary
from service.search.facet_counts import count_found
from service.search.folding import Talk, find_talks
from service.search.lookup import Lookup, missing, parse_id
from service.search.pinning import PinnedStore
from service.search.programme import list_programme
from service.search.readiness import Readiness
from service.search.retrieval import Retrieval
from service.search.snippets import Explainer, Reason
from service.session import Session
from service.stores.manifest import Calibration, Manifest
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

_DIVERSITY_CANDIDATES = 30
"""Number of candidate talks for diversification."""
_LISTED = Reason((), None)
_BY_MEANING = Reason(("meaning",), None, "meaning")


class Searcher:
    """Answers questions from a store's served generation, with the encoder that embedded it.

    Safe to call from many threads. A new generation is picked up by the next call.
    """

    def __init__(
        self,
        store: SearchableStore,
        open_encoder: Callable[[Fingerprint], QueryEncoder],
        *,
        off_topic: Path | None = None,
    ) -> None:
        """Keep the store and the way to open the encoder that a catalogue's fingerprint names.

        `off_topic` is a folder for the vectors of the off-topic queries.
        """
        self.store = store
        self._encoder = CatalogueEncoder(open_encoder)
        self._off_topic = OffTopicCache(off_topic)
        self._facets = FacetCache()
        self.served = PinnedStore(store)
        self.lookup = Lookup(self.served, self._facets)
        self.calendars = Calendars(self.served, self._facets)
        self.programmes = Programmes(self.served, self._facets)
        self._analysis = Analysis(self._facets)
        self._interpreter = Interpreter(self._facets, self._analysis)
        self._readiness = Readiness(store, self._encoder.is_ready, self._rehearse)

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
        with self._readiness.answering(), self.served.reading() as generation:
            read = self._interpreter.interpret(generation, query)
            if read.is_programme:
                answer, counts = self._programme(generation, read, with_facets=with_facets)
            else:
                answer, counts = self._nearest(
                    generation, read, query.text, with_facets=with_facets
                )
            answer = _noted(answer, query, generation)
        record("answer", found="some" if answer.results else "none")
        took_ms = (time.perf_counter() - started) * 1000
        return replace(answer, query=query.text, took_ms=took_ms), counts

    def _nearest(
        self, generation: Generation, read: InterpretedQuery, typed: str, *, with_facets: bool
    ) -> tuple[Answer, FacetCounts]:
        """Return the sessions nearest to what a question is about; `typed` is all of it."""
        query = read.query
        with timed("encode"):
            vector = self._encoder.encode(query.text, generation.manifest)
        with timed("search"):
            retrieval, filters = self._retrieve(generation, vector, query)
            talks, judged = self._find(replace(retrieval, typed=typed), filters, query)
        results = rank_talks(talks, Explainer(retrieval.query))
        counts = count_found(retrieval, filters) if with_facets else {}
        verdict, evidence = (judged.verdict, judged.evidence) if judged else (None, None)
        answer = _explained(Answer(query.text, query.mode, 0.0, verdict, results, evidence), read)
        cancelled = note_cancelled(talks, partial(is_exact_match, retrieval.query))
        return replace(answer, notes=(*cancelled, *answer.notes)), counts

    def _programme(
        self, generation: Generation, read: InterpretedQuery, *, with_facets: bool
    ) -> tuple[Answer, FacetCounts]:
        """Return the sessions that pass the constraints of a question without a topic, in order of time."""
        query = read.query
        filters = self._facets.canonicalise(generation, query.filters)
        with timed("search"):
            sessions = list_programme(generation, filters, query, latest_first=read.is_latest_first)
            total = generation.count(filters)
        talks = [[Hit(session, 0.0, 0.0)] for session in sessions]
        results = rank_talks(talks, lambda _: _LISTED)
        counts = self._count_all(generation, filters) if with_facets else {}
        answer = Answer(query.text, query.mode, 0.0, "programme", results, total=total)
        return _explained(answer, read), counts

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

        def find(passing: Filters) -> list[Talk]:
            search = partial(retrieval.find, filters=passing)
            return find_talks(search, pool, folded=query.fold, now=query.now)

        found = separate(find, filters, folded=query.fold)
        judged = self._judge(retrieval, found.filters, found.on or found.off)
        if judged and not found.on:
            judged = judged.of_cancelled()
        talks = found.on
        if query.diversity:
            vectors = retrieval.generation.vectors([talk[0].session.id for talk in talks])
            talks = vary(talks, vectors, query.limit, query.diversity)
        named = partial(is_exact_match, retrieval.query)
        return found.best(talks, query.limit, named), judged

    def similar(
        self, id: str, *, limit: int = DEFAULT_LIMIT, filters: Filters = NO_FILTERS
    ) -> tuple[SearchResult, ...]:
        """Return the `limit` talks nearest in meaning to one session, without it and its repeats.

        Raises QueryError if `id` is none, NotFoundError if no session has it.
        """
        wanted = parse_id(id)
        with self.served.reading() as generation:
            vectors, found = generation.vectors([wanted]), generation.get([wanted])
            if wanted not in vectors or not found:
                raise missing(generation, wanted)
            spelled = self._facets.canonicalise(generation, filters)

            def find(passing: Filters) -> list[Talk]:
                search = partial(generation.search, vectors[wanted], filters=passing)
                talks = find_talks(search, limit + 1)
                return [
                    talk for talk in talks if not any(_same(hit.session, found[0]) for hit in talk)
                ]

            alike = separate(find, spelled)
        return rank_talks(alike.best(alike.on, limit), lambda _: _BY_MEANING)

    def facets(self, query: Query) -> FacetCounts:
        """Return the values of each facet and their counts, as the filters on other facets leave them.

        With a question only the CONSIDERED sessions that answer it best are counted.
        """
        with self.served.reading() as generation:
            read = self._interpreter.interpret(generation, query)
            if query.text and not read.is_programme:
                vector = self._encoder.encode(read.query.text, generation.manifest)
                return count_found(*self._retrieve(generation, vector, read.query))
            filters = self._facets.canonicalise(generation, read.query.filters)
            return self._count_all(generation, filters)

    def _count_all(self, generation: Generation, filters: Filters) -> FacetCounts:
        return {
            name: self._facets.count(generation, name, filters.replace(**{name: ()}))
            for name in FACETS
        }

    def status(self) -> dict[str, Any]:
        """Return what is served, as JSON values. Raises NothingLoadedError before the first load."""
        manifest = self.served.manifest().as_dict()
        keys = ("sessions", "events", "generation", "created_at", "encoder", "sources")
        told = {key: manifest[key] for key in keys}
        return {**told, "store": self.store.kind, "warnings": self.warnings()}

    def warnings(self) -> list[str]:
        """Return what an operator should know of the store, which answers all the same."""
        versions = self.store.check()
        return [versions.warning] if versions and versions.warning else []

    def warm_up(self) -> None:
        """Answer as people ask first, once a generation, so that their questions find all of it ready."""
        self._readiness.warm_up()

    def check_ready(self) -> Manifest:
        """Return what is served, if a question would be answered now. Raises what keeps it from being so."""
        return self._readiness.check()

    def _rehearse(self) -> None:
        with self.served.reading() as generation:
            read = self._interpreter.interpret(generation, Query("ready"))
            answer, _ = self._nearest(generation, read, "ready", with_facets=True)
            self._analysis.correct(generation, "raedy")
            self._count_all(generation, NO_FILTERS)
        self.lookup.examples()
        self.programmes.warm_up()
        for result in answer.results[:1]:
            self.lookup.talk(str(result.session.id))

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
        if any(is_exact_match(query, hit.session) for hit in talks[0]):
            return EXACT_MATCH
        hits = [hit for talk in talks for hit in talk]
        if query.mode != "hybrid" or query.is_sentence:
            hits = retrieval.find_to_judge(filters)
        off_topic = self._off_topic_similarity(retrieval, calibration)
        terms = retrieval.terms(filters)
        return judge(query, terms, hits, off_topic, calibration, manifest.sessions)

    def _off_topic_similarity(self, retrieval: Retrieval, calibration: Calibration) -> float:
        """Return the similarity to off-topic queries of the question as it is searched, or as it was typed.

        The higher one counts: "will it snow" is near them, and the nearer with "on Friday".
        """
        manifest = retrieval.generation.manifest
        queries = self._off_topic.get(self._encoder.open(manifest))
        vectors = [retrieval.vector]
        if retrieval.typed != retrieval.query.text:
            vectors.append(self._encoder.encode(retrieval.typed, manifest))
        return max(queries.similarity(one, excluding=calibration.answered) for one in vectors)


def _noted(answer: Answer, query: Query, generation: Generation) -> Answer:
    """Return the answer with notes on what of the query could not be used or found."""
    notes = [CUT_NOTE, *answer.notes] if query.was_cut else [*answer.notes]
    found = [result.session for result in answer.results]
    if unknown := tell_unknown(generation, query.filters):
        notes.append(unknown)
    foreign = (
        language_note(query.text, generation.manifest, found) if answer.verdict == "none" else None
    )
    if foreign:
        notes.append(foreign)
    return replace(answer, notes=tuple(notes), in_other_language=foreign is not None)


def _explained(answer: Answer, read: InterpretedQuery) -> Answer:
    """Return the answer with what was understood of the question."""
    return replace(answer, understood=read.understood, corrected=read.corrected, notes=read.notes)


def _same(one: Session, other: Session) -> bool:
    return one.id == other.id or one.repeats(other)
