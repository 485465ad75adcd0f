"""The honest answer: whether anything in the catalogue fits a question, and how well.

    strong      a session is just about it, or it was found by its title, a phrase or a speaker's name
    related     sessions near it, or one whose title, speakers, track and tags have all its words, or that has
                the one word asked for
    none        nothing fits; what is listed is only the nearest

A similarity says little by itself: what is high in one catalogue is low in another. So a question is held
against the catalogue and against a bank of everyday questions that no conference answers:

    evidence = similarity + spread * (share + strength) - 0.7 * nearness to the bank

where share is how many of its words one session has, by their stems, and strength how well they are found: the
highest keyword score, by what a word would score that one session only has, and by the root of how many words
it is,

    strength = keyword score / (ln(sessions) * sqrt(words))

and the catalogue's own calibration (see `service.verdict.calibrate`) says from where on that is enough.
"""

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import nlargest
from importlib.resources import files
from typing import Literal, TypeGuard

import numpy as np

from service.encoder import Encoder, Vectors
from service.query.boosts import exactness
from service.query.matching import Likeness, content_words
from service.ranking import JUDGED_HITS, MEAN_OF_NEAREST, OFF_TOPIC_WEIGHT, weights_digest
from service.session import Session
from service.stores.manifest import Calibration
from service.stores.protocol import Hit, ParsedQuery
from service.words import split_words

Verdict = Literal["strong", "related", "none"]
VERDICTS: tuple[Verdict, ...] = ("strong", "related", "none")

_TOGETHER = 8
"""Questions embedded at a time: few, as memory stays that the largest batch took, and people need not wait."""
_FORMULA = "3"
"""Part of the stored digest: another number where the formula of the evidence changes, not only its weights."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a question being answered: by the nearest sessions together, by the nearest alone.

    The strength of the words is of the catalogue, and so no part of what speaks for one session.
    """

    nearest: float
    first: float


@cache
def read_bank() -> tuple[str, ...]:
    """Return the everyday questions that no conference answers."""
    return tuple(
        files("service.verdict").joinpath("off_topic_queries.txt").read_text("utf-8").splitlines()
    )


def bank_key() -> str:
    """Return a digest of the everyday questions and the formula of the evidence."""
    return _digest((_FORMULA, *read_bank()))


def is_current(calibration: Calibration | None) -> TypeGuard[Calibration]:
    """Return whether a calibration was made with today's off-topic queries, formula and weights."""
    return calibration is not None and (calibration.queries, calibration.weights) == (
        bank_key(),
        weights_digest(),
    )


class Bank:
    """The everyday questions as one encoder sees them."""

    def __init__(self, encoder: Encoder) -> None:
        """Embed the questions: some hundred short texts."""
        self.questions = read_bank()
        self.vectors = np.concatenate(
            [
                encoder.encode_queries(self.questions[start : start + _TOGETHER])
                for start in range(0, len(self.questions), _TOGETHER)
            ]
        )

    def nearness(self, vector: Vectors, *, without: Sequence[int] = ()) -> float:
        """Return the mean dot product of `vector` (dimension,) with the three nearest everyday questions.

        Those at the places `without` do not count.
        """
        return nearest(self.vectors @ vector, without=without)


def nearest(similarities: Vectors, *, without: Sequence[int] = ()) -> float:
    """Return the mean of the three highest of `similarities` (n,), those at `without` aside."""
    counted = similarities.copy()
    counted[list(without)] = -1.0
    return float(np.partition(counted, -MEAN_OF_NEAREST)[-MEAN_OF_NEAREST:].mean())


def share_of_words(question: str, sessions: Sequence[Session]) -> float:
    """Return the largest share of the question's words, or words of their stem, that one session has."""
    likeness = Likeness(question)
    shares = (likeness.share(session.keywords_text, session.language) for session in sessions)
    return max(shares, default=0.0)


def strength_of_words(question: str, best: float, sessions: int) -> float:
    """Return what the highest keyword score of a question comes to in a catalogue of so many sessions."""
    words = len(content_words(question))
    return best / (math.log(sessions + 2) * math.sqrt(words)) if words else 0.0


def weigh(
    similarities: Sequence[float], share: float, strength: float, nearness: float, spread: float
) -> Evidence:
    """Return the evidence of the sessions looked at; no session at all is as good as an opposite one."""
    best = sorted(similarities, reverse=True)[:MEAN_OF_NEAREST] or [-1.0]
    rest = spread * share - OFF_TOPIC_WEIGHT * nearness
    return Evidence(float(np.mean(best)) + rest + spread * strength, best[0] + rest)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and the evidence that it rests on; what was named needs none, so it is infinite."""

    verdict: Verdict
    evidence: float


NAMED = Judgement("strong", float("inf"))
NOTHING = Judgement("none", -float("inf"))


def judge(
    asked: ParsedQuery,
    hits: Iterable[Hit],
    nearness: float,
    calibration: Calibration,
    sessions: int,
) -> Judgement:
    """Judge a question by what a search for it found; the JUDGED_HITS best count.

    `sessions` is how many the catalogue has.
    """
    looked_at = nlargest(JUDGED_HITS, hits, key=lambda hit: hit.score)
    evidence = weigh(
        [hit.similarity for hit in looked_at],
        share_of_words(asked.text, [hit.session for hit in looked_at]),
        strength_of_words(asked.text, asked.best or 0.0, sessions),
        nearness,
        calibration.spread,
    )
    if evidence.nearest < calibration.related:
        named = any(is_named(asked, hit.session) for hit in looked_at)
        return Judgement("related" if named else "none", evidence.nearest)
    strong = evidence.first >= calibration.strong
    return Judgement("strong" if strong else "related", evidence.nearest)


def is_named(asked: ParsedQuery, session: Session) -> bool:
    """Return whether a session's title, speakers, track and tags have every word that is asked for.

    Of a single word, or a single rare one in a sentence, it is enough that the session has it anywhere.
    """
    words = content_words(asked.text)
    if len(words) == 1 and any(session.id in having for having in asked.rare):
        return True
    if len(split_words(asked.text)) == 1:
        return Likeness(asked.text).share(session.keywords_text, session.language) == 1
    named = "\n".join((session.title, *session.speakers, session.track, *session.tags))
    return set(words).issubset(split_words(named))


def is_exact(asked: ParsedQuery, session: Session) -> bool:
    """Return whether a session is what was named: its title, a quoted phrase of it, one of its speakers."""
    phrases = [split_words(phrase) for phrase in asked.phrases]
    named = not set(asked.names).isdisjoint(session.speakers)
    return named or exactness(split_words(asked.text), phrases, session) > 0


@cache
def _digest(questions: tuple[str, ...]) -> str:
    return hashlib.blake2b("\n".join(questions).encode(), digest_size=8).hexdigest()
