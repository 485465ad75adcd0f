"""The relevance verdict: whether anything in the catalogue answers a query, and how well.

    strong      a session is just what was asked, or was found by its title, a phrase or a speaker's name
    related     there are sessions near it, or one whose title, speakers, track and tags have all its terms, or
                that has its single term anywhere
                of cancelled sessions alone it is never more than that
    none        nothing answers it; the results are only the nearest
    programme   only a day, a room or the like was asked for; the results are what is on, in order of time

A similarity says little by itself: what is high in one catalogue is low in another. So a query is compared with
the catalogue and with off-topic reference queries:

    evidence = similarity - OFF_TOPIC_WEIGHT * off-topic similarity
               + TERM_EVIDENCE_WEIGHT * spread * (term overlap + normalised BM25)

where term overlap is the largest share of its terms, by their stems, that one session has, and

    normalised BM25 = highest BM25 score / (ln(sessions) * sqrt(terms)),

which is about 1 for a term that a single session has. The catalogue's calibration (`service.verdict.calibrate`)
holds the spread and the two thresholds.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Literal, TypeGuard

import numpy as np

from service.query.boosts import exact_match_boost
from service.query.matching import StemMatcher, content_words
from service.ranking import (
    JUDGED_HITS,
    MEAN_OF_NEAREST,
    OFF_TOPIC_WEIGHT,
    TERM_EVIDENCE_WEIGHT,
    weights_digest,
)
from service.session import Session
from service.stores.manifest import Calibration
from service.stores.protocol import Hit, ParsedQuery, TermMatches
from service.verdict.off_topic import queries_digest
from service.words import split_words

Verdict = Literal["strong", "related", "none", "programme"]
VERDICTS: tuple[Verdict, ...] = ("strong", "related", "none", "programme")


@dataclass(frozen=True, slots=True)
class Evidence:
    """How much speaks for a query being answered: by the mean of the nearest sessions, by the nearest alone.

    BM25 is normalised for the catalogue, and so counts in the mean only.
    """

    mean: float
    best: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and the evidence (of the mean) that it rests on: infinite where it needs none."""

    verdict: Verdict
    evidence: float

    def of_cancelled(self) -> "Judgement":
        """Return the verdict where all that answers is cancelled: never strong."""
        return Judgement("related", self.evidence) if self.verdict == "strong" else self


EXACT_MATCH = Judgement("strong", float("inf"))
NO_HITS = Judgement("none", -float("inf"))


def is_current(calibration: Calibration | None) -> TypeGuard[Calibration]:
    """Return whether a calibration was made with today's off-topic queries, formula and weights."""
    return calibration is not None and (calibration.queries, calibration.weights) == (
        queries_digest(),
        weights_digest(),
    )


def term_overlap(query: str, sessions: Sequence[Session]) -> float:
    """Return the largest share (0 to 1) of the query's terms, compared by stem, that one session has."""
    likeness = StemMatcher(query)
    shares = (likeness.share(session.keywords_text, session.language) for session in sessions)
    return max(shares, default=0.0)


def normalise_bm25(query: str, score: float, sessions: int) -> float:
    """Return a query's highest BM25 score on the scale of a catalogue of so many sessions; 0 without terms."""
    terms = len(content_words(query))
    return score / (math.log(sessions + 2) * math.sqrt(terms)) if terms else 0.0


def compute_evidence(
    similarities: Sequence[float],
    *,
    overlap: float,
    bm25: float,
    off_topic: float,
    spread: float,
) -> Evidence:
    """Return the evidence of the sessions with these similarities; none at all count as one of -1."""
    nearest = sorted(similarities, reverse=True)[:MEAN_OF_NEAREST] or [-1.0]
    term = TERM_EVIDENCE_WEIGHT * spread
    rest = term * overlap - OFF_TOPIC_WEIGHT * off_topic
    return Evidence(float(np.mean(nearest)) + rest + term * bm25, nearest[0] + rest)


def judge(
    query: ParsedQuery,
    terms: TermMatches,
    hits: Iterable[Hit],
    off_topic: float,
    calibration: Calibration,
    sessions: int,
) -> Judgement:
    """Return the verdict on a query by the JUDGED_HITS highest-scored of its hits.

    `off_topic` is the query's similarity to the off-topic queries; `sessions` how many the catalogue has.
    """
    judged = nlargest(JUDGED_HITS, hits, key=lambda hit: hit.score)
    evidence = compute_evidence(
        [hit.similarity for hit in judged],
        overlap=term_overlap(query.text, [hit.session for hit in judged]),
        bm25=normalise_bm25(query.text, terms.max_bm25, sessions),
        off_topic=off_topic,
        spread=calibration.spread,
    )
    if evidence.mean < calibration.related:
        matched = any(has_all_terms(query, terms, hit.session) for hit in judged)
        return Judgement("related" if matched else "none", evidence.mean)
    strong = evidence.best >= calibration.strong
    return Judgement("strong" if strong else "related", evidence.mean)


def has_all_terms(query: ParsedQuery, terms: TermMatches, session: Session) -> bool:
    """Return whether a session's title, speakers, track and tags have every term of the query.

    Of a single term, or a single rare one in a sentence, it is enough that the session has it anywhere.
    """
    words = content_words(query.text)
    if len(words) == 1 and any(session.id in sessions for sessions in terms.rare):
        return True
    if len(split_words(query.text)) == 1:
        return StemMatcher(query.text).share(session.keywords_text, session.language) == 1
    named = "\n".join((session.title, *session.speakers, session.track, *session.tags))
    return set(words).issubset(split_words(named))


def is_exact_match(query: ParsedQuery, session: Session) -> bool:
    """Return whether a session has the query as its title, a phrase it quotes or a speaker it names in full."""
    phrases = [split_words(phrase) for phrase in query.phrases]
    by_speaker = not set(query.speakers).isdisjoint(session.speakers)
    return by_speaker or exact_match_boost(split_words(query.text), phrases, session) > 0
