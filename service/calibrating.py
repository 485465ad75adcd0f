"""Calibrates the verdict on one catalogue, from the catalogue itself and from everyday questions.

What the catalogue answers: titles asked of the rest of their sessions, each once with its session and once
without it. What it does not: the bank of everyday questions, each held against all the others. Both go through
the search that people's questions go through.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from service.calibration import Calibration
from service.encoder import Encoder, Vectors
from service.filters import NO_FILTERS
from service.session import Session
from service.stores.catalogue import Asked, Generation, Hit
from service.verdict import (
    LOOKED_AT,
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
    """What a search brought for one question: similarities and words; and how near it is to the bank's."""

    similarities: tuple[float, ...]
    share: float
    strength: float
    to_bank: Vectors


def calibrate(
    generation: Generation, encoder: Encoder, embed: Embed | None = None
) -> Calibration | None:
    """Return the calibration of a generation whose vectors are of that encoder; None if it is empty.

    `embed` may know the vectors of some sessions without embedding them again.

    Takes up to a thousand searches and as many embedded short texts, whatever the catalogue's size.
    """
    bank = Bank(encoder)
    sessions = list(islice(_scan(generation), _SCANNED))
    if not sessions:
        return None
    everyday = _ask(generation, bank, bank.questions, bank.vectors)
    spread = float(np.std([np.mean(sorted(found.similarities)[-3:]) for found in everyday]))
    embed = embed or (lambda some: encoder.encode_sessions([session.text for session in some]))
    within, without = _titles(generation, bank, encoder, embed, sessions)

    def of(found: Sequence[_Found], answered: Sequence[int] = ()) -> list[Evidence]:
        return [_weighed(one, spread, answered) for one in found]

    def of_bank(found: Sequence[_Found], answered: Sequence[int] = ()) -> list[Evidence]:
        """Return the evidence of each everyday question, as if the bank did not hold it."""
        return [_weighed(one, spread, [place, *answered]) for place, one in enumerate(found)]

    answered: tuple[int, ...] = ()
    if len(within) >= _FEWEST:
        usual = np.median([one.nearest for one in of(within)])
        by_share = [replace(one, strength=0.0) for one in everyday]  # titles have no other either
        answered = tuple(
            place for place, one in enumerate(of_bank(by_share)) if one.nearest >= usual
        )
    below = [one for place, one in enumerate(of_bank(everyday, answered)) if place not in answered]
    related = float(np.quantile([one.nearest for one in below], 1 - _ALLOWED))
    strong = float(np.quantile([one.first for one in below], 1 - _ALLOWED_STRONG))
    if len(within) >= _FEWEST:
        others, own = of(without, answered), of(within, answered)
        strong = max(strong, _divide([one.first for one in others], [one.first for one in own]))
    return Calibration(bank_key(), answered, spread, related, strong)


def _weighed(found: _Found, spread: float, without: Sequence[int]) -> Evidence:
    nearness = nearest(found.to_bank, without=without)
    return weigh(found.similarities, found.share, found.strength, nearness, spread)


def _ask(
    generation: Generation, bank: Bank, questions: Sequence[str], vectors: Vectors
) -> list[_Found]:
    return [
        _look(question, *_search(generation, question, vector), to_bank)
        for question, vector, to_bank in zip(
            questions, vectors, vectors @ bank.vectors.T, strict=True
        )
    ]


def _search(generation: Generation, question: str, vector: Vectors) -> tuple[list[Hit], float]:
    """Return the sessions that a question finds, and the strength of its words."""
    best = generation.best_score(question, NO_FILTERS)
    asked = Asked("hybrid", question, best=best)
    hits = generation.search(vector, LOOKED_AT + 1, NO_FILTERS, asked)
    return hits, strength_of_words(question, best, generation.manifest.sessions)


def _look(question: str, hits: Sequence[Hit], strength: float, to_bank: Vectors) -> _Found:
    looked_at = hits[:LOOKED_AT]
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


def _titles(
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
    within, without = [], []
    near = vectors @ bank.vectors.T
    for (question, rest), vector, own, to_bank in zip(pairs, vectors, rests, near, strict=True):
        hits, _ = _search(generation, question, vector)
        others = [hit for hit in hits if hit.session.id != rest.id]
        similarity = float(vector @ own)
        without.append(_look(question, others, 0.0, to_bank))
        within.append(_look(question, [Hit(rest, similarity, similarity), *others], 0.0, to_bank))
    return within, without


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
