"""Calibrates the verdict on one catalogue, from the catalogue itself and from everyday questions.

What the catalogue answers: titles asked of the rest of their sessions, each once with its session and once
without it. What it does not: the bank of everyday questions, each held against all the others. Both go through
the search that people's questions go through.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from service.encoder import Encoder, Vectors
from service.filters import NO_FILTERS
from service.ranking import JUDGED_HITS, weights_digest
from service.session import Session
from service.stores.manifest import Calibration
from service.stores.protocol import Generation, Hit, ParsedQuery
from service.verdict.judge import (
    Bank,
    Evidence,
    bank_key,
    nearest,
    share_of_words,
    strength_of_words,
    weigh,
)

_SAMPLE = 200
_SCANNED = 2_000
_FEWEST = 5
"""Questions of a kind below which nothing is concluded from them."""
_LIKELY_WORDS = 12
"""Words from which an abstract says enough to be found by its title."""
_ALLOWED, _ALLOWED_STRONG = 0.03, 0.005
"""Shares of everyday questions that may pass for related and for strong ones."""


Embed = Callable[[Sequence[Session]], Vectors]
"""Returns the unit vectors (n, dimension) of sessions' texts."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What a search brought for a question, and the question's dot product with each everyday one."""

    similarities: tuple[float, ...]
    share: float
    strength: float
    to_bank: Vectors

    def evidence(self, spread: float, without: Sequence[int] = ()) -> Evidence:
        """Return what speaks for the question, the everyday questions at the places `without` aside."""
        nearness = nearest(self.to_bank, without=without)
        return weigh(self.similarities, self.share, self.strength, nearness, spread)


def calibrate(
    generation: Generation, encoder: Encoder, embed: Embed | None = None
) -> Calibration | None:
    """Return the calibration of a generation whose vectors are of that encoder; None if it is empty.

    `embed` may know the vectors of some sessions without embedding them again.

    Takes up to a thousand searches and as many embedded short texts, whatever the catalogue's size.
    """
    sessions = list(islice(_scan(generation), _SCANNED))
    if not sessions:
        return None
    bank = Bank(encoder)
    embed = embed or (lambda some: encoder.encode_sessions([session.text for session in some]))
    everyday = _ask_everyday(generation, bank)
    with_own, without_own = _ask_titles(generation, bank, encoder, embed, sessions)
    spread = float(np.std([np.mean(sorted(found.similarities)[-3:]) for found in everyday]))
    enough = len(with_own) >= _FEWEST
    answered = _answered(everyday, with_own, spread) if enough else ()
    unanswered = [
        one.evidence(spread, without=(place, *answered))
        for place, one in enumerate(everyday)
        if place not in answered
    ]
    related = float(np.quantile([one.nearest for one in unanswered], 1 - _ALLOWED))
    strong = float(np.quantile([one.first for one in unanswered], 1 - _ALLOWED_STRONG))
    if enough:
        others, own = (
            [one.evidence(spread, without=answered).first for one in found]
            for found in (without_own, with_own)
        )
        strong = max(strong, _divide(others, own))
    return Calibration(bank_key(), weights_digest(), answered, spread, related, strong)


def _answered(
    everyday: Sequence[_Found], titles: Sequence[_Found], spread: float
) -> tuple[int, ...]:
    """Return the places of the everyday questions that have as much evidence as half of the titles.

    An everyday question counts as if the bank did not hold it, and without strength, as titles have none.
    """
    usual = np.median([one.evidence(spread).nearest for one in titles])
    alike = (replace(one, strength=0.0) for one in everyday)
    return tuple(
        place
        for place, one in enumerate(alike)
        if one.evidence(spread, without=(place,)).nearest >= usual
    )


def _ask_everyday(generation: Generation, bank: Bank) -> list[_Found]:
    found = []
    near = bank.vectors @ bank.vectors.T
    for question, vector, to_bank in zip(bank.questions, bank.vectors, near, strict=True):
        hits, best = _search(generation, question, vector)
        strength = strength_of_words(question, best, generation.manifest.sessions)
        found.append(_look(question, hits, strength, to_bank))
    return found


def _ask_titles(
    generation: Generation,
    bank: Bank,
    encoder: Encoder,
    embed: Embed,
    sessions: Sequence[Session],
) -> tuple[list[_Found], list[_Found]]:
    """Ask titles of the rest of their sessions; return what is found with each session and without it.

    Their words have no strength: what is best found by a title is the session that has it.
    """
    pairs = list(islice((pair for pair in map(_apart, sessions) if pair), _SAMPLE))
    if not pairs:
        return [], []
    vectors = encoder.encode_queries([question for question, _ in pairs])
    rests = embed([rest for _, rest in pairs])
    with_own, without_own = [], []
    near = vectors @ bank.vectors.T
    for (question, rest), vector, own, to_bank in zip(pairs, vectors, rests, near, strict=True):
        hits, _ = _search(generation, question, vector)
        others = [hit for hit in hits if hit.session.id != rest.id]
        similarity = float(vector @ own)
        best = Hit(rest, similarity, similarity)
        with_own.append(_look(question, [best, *others], 0.0, to_bank))
        without_own.append(_look(question, others, 0.0, to_bank))
    return with_own, without_own


def _search(generation: Generation, question: str, vector: Vectors) -> tuple[list[Hit], float]:
    """Return the sessions that a question finds, one more than are looked at, and its best keyword score."""
    best = generation.max_bm25(question, NO_FILTERS)
    asked = ParsedQuery("hybrid", question, best=best)
    return generation.search(vector, JUDGED_HITS + 1, NO_FILTERS, asked), best


def _look(question: str, hits: Sequence[Hit], strength: float, to_bank: Vectors) -> _Found:
    looked_at = hits[:JUDGED_HITS]
    return _Found(
        tuple(hit.similarity for hit in looked_at),
        share_of_words(question, [hit.session for hit in looked_at]),
        strength,
        to_bank,
    )


def _scan(generation: Generation) -> Iterator[Session]:
    """Yield sessions by id: a sample that says nothing of their order in a programme."""
    for sessions, _ in generation.scan():
        yield from sessions


def _apart(session: Session) -> tuple[str, Session] | None:
    """Return a session's title and the session without it; its first sentence where it has no title."""
    question, abstract = session.title, session.abstract
    if not question:
        question, _, abstract = abstract.partition(". ")
    if not question or len(abstract.split()) < _LIKELY_WORDS:
        return None
    return question, replace(session, title="", abstract=abstract)


def _divide(below: Sequence[float], above: Sequence[float]) -> float:
    """Return the value that divides two kinds with the fewest errors."""
    low, high = np.sort(below), np.sort(above)
    cuts = np.unique(np.concatenate([low, high]))
    errors = 1 - np.searchsorted(low, cuts) / len(low) + np.searchsorted(high, cuts) / len(high)
    return float(cuts[np.argmin(errors)])
