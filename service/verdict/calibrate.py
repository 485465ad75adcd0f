"""Calibrates the relevance verdict on one catalogue, with queries whose answers are known.

Answered: titles, each asked of the rest of its session; once with that session among the hits, and once without
it. Not answered: the off-topic queries, each compared only with those of other kinds, since what people ask is
seldom like them. Both take the search that users' queries take.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np

from service.encoder import Encoder, Vectors
from service.filters import NO_FILTERS
from service.ranking import JUDGED_HITS, MEAN_OF_NEAREST, weights_digest
from service.session import Session
from service.stores.manifest import Calibration
from service.stores.protocol import Generation, Hit, ParsedQuery, TermMatches
from service.verdict.judge import Evidence, compute_evidence, normalise_bm25, term_overlap
from service.verdict.off_topic import OffTopicQueries, mean_of_nearest, queries_digest

_MAX_TITLES = 200
_MAX_SESSIONS = 2_000
"""Sessions read in search of titles."""
_MIN_TITLES = 5
"""Minimum number of titles to draw conclusions from."""
_MIN_ABSTRACT_WORDS = 12
"""Minimum abstract length in words: shorter ones may not cover their title."""
_RELATED_FALSE_POSITIVES, _STRONG_FALSE_POSITIVES = 0.03, 0.005
"""Shares of off-topic queries that may be judged related, and strong."""
_STRONG_WITHOUT_SESSION = 0.12
"""Share of titles that may be judged strong without their session. Others on its topic remain: where those are
gone too, under a tenth of titles are strong."""


Embed = Callable[[Sequence[Session]], Vectors]
"""Returns the unit vectors (n, dimension) of sessions' texts."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What evidence needs to know of a query's search, and its dot products (n,) with the off-topic queries."""

    similarities: tuple[float, ...]
    overlap: float
    bm25: float
    off_topic: Vectors

    def evidence(self, spread: float, excluding: Sequence[int] = ()) -> Evidence:
        """Return the evidence, the off-topic queries at the indices `excluding` left out."""
        return compute_evidence(
            self.similarities,
            overlap=self.overlap,
            bm25=self.bm25,
            off_topic=mean_of_nearest(self.off_topic, excluding=excluding),
            spread=spread,
        )


def calibrate(
    generation: Generation,
    encoder: Encoder,
    embed: Embed | None = None,
    off_topic_folder: Path | None = None,
) -> Calibration | None:
    """Return the calibration of a generation whose vectors are of that encoder; None if it is empty.

    `embed` may look up sessions' vectors instead of embedding them again; `off_topic_folder` keeps those of the
    off-topic queries.

    Takes some 1,500 searches and as many embedded short texts, whatever the catalogue's size.
    """
    sessions = list(islice(_scan(generation), _MAX_SESSIONS))
    if not sessions:
        return None
    queries = OffTopicQueries(encoder, off_topic_folder)
    embed = embed or (lambda some: encoder.encode_sessions([session.text for session in some]))
    off_topic = _search_off_topic(generation, queries)
    with_own, without_own = _search_titles(generation, queries, encoder, embed, sessions)
    spread = float(
        np.std([np.mean(sorted(outcome.similarities)[-MEAN_OF_NEAREST:]) for outcome in off_topic])
    )
    enough = len(with_own) >= _MIN_TITLES
    answered = _find_answered(off_topic, with_own, spread) if enough else ()
    unanswered = [
        outcome.evidence(
            spread, excluding=(*np.flatnonzero(queries.kinds == queries.kinds[index]), *answered)
        )
        for index, outcome in enumerate(off_topic)
        if index not in answered
    ]
    related = float(np.quantile([one.mean for one in unanswered], 1 - _RELATED_FALSE_POSITIVES))
    strong = float(np.quantile([one.best for one in unanswered], 1 - _STRONG_FALSE_POSITIVES))
    if enough:
        negatives, positives = (
            [outcome.evidence(spread, excluding=answered).best for outcome in outcomes]
            for outcomes in (without_own, with_own)
        )
        strong = max(
            strong,
            _min_error_threshold(negatives, positives),
            float(np.quantile(negatives, 1 - _STRONG_WITHOUT_SESSION)),
        )
    return Calibration(queries_digest(), weights_digest(), answered, spread, related, strong)


def _find_answered(
    off_topic: Sequence[_Outcome], titles: Sequence[_Outcome], spread: float
) -> tuple[int, ...]:
    """Return the indices of the off-topic queries that have as much evidence as half of the titles.

    Each is compared with all the others, and without BM25, as titles have none.
    """
    median = np.median([outcome.evidence(spread).mean for outcome in titles])
    comparable = (replace(outcome, bm25=0.0) for outcome in off_topic)
    return tuple(
        index
        for index, outcome in enumerate(comparable)
        if outcome.evidence(spread, excluding=(index,)).mean >= median
    )


def _search_off_topic(generation: Generation, queries: OffTopicQueries) -> list[_Outcome]:
    outcomes = []
    similarities = queries.vectors @ queries.vectors.T
    for query, vector, off_topic in zip(queries.texts, queries.vectors, similarities, strict=True):
        hits, max_bm25 = _search(generation, query, vector)
        bm25 = normalise_bm25(query, max_bm25, generation.manifest.sessions)
        outcomes.append(_summarise(query, hits, bm25, off_topic))
    return outcomes


def _search_titles(
    generation: Generation,
    queries: OffTopicQueries,
    encoder: Encoder,
    embed: Embed,
    sessions: Sequence[Session],
) -> tuple[list[_Outcome], list[_Outcome]]:
    """Return the outcomes of titles with the rest of their own session among the hits, and without it.

    They count without BM25: what a title finds best is the session that has it.
    """
    pairs = list(islice((pair for pair in map(_split_title, sessions) if pair), _MAX_TITLES))
    if not pairs:
        return [], []
    vectors = encoder.encode_queries([title for title, _ in pairs])
    rests = embed([rest for _, rest in pairs])
    with_own, without_own = [], []
    similarities = vectors @ queries.vectors.T
    for (title, rest), vector, own, off_topic in zip(
        pairs, vectors, rests, similarities, strict=True
    ):
        hits, _ = _search(generation, title, vector)
        others = [hit for hit in hits if hit.session.id != rest.id]
        similarity = float(vector @ own)
        own_hit = Hit(rest, similarity, similarity)
        with_own.append(_summarise(title, [own_hit, *others], 0.0, off_topic))
        without_own.append(_summarise(title, others, 0.0, off_topic))
    return with_own, without_own


def _search(generation: Generation, query: str, vector: Vectors) -> tuple[list[Hit], float]:
    """Return a query's hits, one more than are judged, and its highest BM25 score."""
    max_bm25 = generation.max_bm25(query, NO_FILTERS)
    hits = generation.search(
        vector, JUDGED_HITS + 1, NO_FILTERS, ParsedQuery(query), TermMatches(max_bm25)
    )
    return hits, max_bm25


def _summarise(query: str, hits: Sequence[Hit], bm25: float, off_topic: Vectors) -> _Outcome:
    judged = hits[:JUDGED_HITS]
    return _Outcome(
        tuple(hit.similarity for hit in judged),
        term_overlap(query, [hit.session for hit in judged]),
        bm25,
        off_topic,
    )


def _scan(generation: Generation) -> Iterator[Session]:
    """Yield sessions by id, and so in no order of the programme: the first ones are a sample."""
    for sessions, _ in generation.scan():
        yield from sessions


def _split_title(session: Session) -> tuple[str, Session] | None:
    """Return a session's title and the session without it; its first sentence where it has no title.

    None where the rest is too short.
    """
    title, abstract = session.title, session.abstract
    if not title:
        title, _, abstract = abstract.partition(". ")
    if not title or len(abstract.split()) < _MIN_ABSTRACT_WORDS:
        return None
    return title, replace(session, title="", abstract=abstract)


def _min_error_threshold(negatives: Sequence[float], positives: Sequence[float]) -> float:
    """Return the threshold with the lowest sum of false positive and false negative rates."""
    low, high = np.sort(negatives), np.sort(positives)
    thresholds = np.unique(np.concatenate([low, high]))
    false_positives = 1 - np.searchsorted(low, thresholds) / len(low)
    false_negatives = np.searchsorted(high, thresholds) / len(high)
    return float(thresholds[np.argmin(false_positives + false_negatives)])
