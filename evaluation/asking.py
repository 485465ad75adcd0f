"""Runs question sets through a searcher, embedding each question once for all modes."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from evaluation.measures import DEPTH
from service.encoder import Fingerprint, QueryEncoder, Vectors
from service.errors import QueryError
from service.query.query import Query
from service.search.answer import Answer
from service.search.searcher import Searcher
from service.stores.manifest import Manifest
from service.stores.protocol import Generation, Mode


class CachingEncoder:
    """An encoder that caches the vector of each question embedded alone, and how long that took."""

    def __init__(self, encoder: QueryEncoder) -> None:
        """Start with an empty cache."""
        self._encoder = encoder
        self._vectors: dict[str, Vectors] = {}
        self._elapsed_ms: dict[str, float] = {}

    @property
    def fingerprint(self) -> Fingerprint:
        """The fingerprint of the wrapped encoder."""
        return self._encoder.fingerprint

    def encode_queries(self, questions: Sequence[str]) -> Vectors:
        """Return float32 (n, dimension) unit vectors; those of several questions at once are not cached."""
        if len(questions) != 1:
            return self._encoder.encode_queries(questions)
        (question,) = questions
        if question not in self._vectors:
            started = time.perf_counter()
            self._vectors[question] = self._encoder.encode_queries(questions)
            self._elapsed_ms[question] = (time.perf_counter() - started) * 1000
        return self._vectors[question]

    def elapsed_ms(self, question: str) -> float:
        """Return the milliseconds that embedding the question took; 0 if it is not in the cache."""
        return self._elapsed_ms.get(question, 0.0)


class SingleGeneration:
    """A read-only store over a single generation, which need not be served."""

    kind = "single generation"

    def __init__(self, generation: Generation) -> None:
        """The caller opens and closes the generation."""
        self._generation = generation

    @contextmanager
    def reading(self) -> Iterator[Generation]:
        """Yield the generation."""
        yield self._generation

    def manifest(self) -> Manifest:
        """Return the generation's manifest."""
        return self._generation.manifest

    def check(self) -> None:
        """Do nothing: the generation is already open."""


@dataclass(frozen=True, slots=True)
class SetAnswers:
    """Answers by question id, and the milliseconds that each took, embedding included."""

    answers: dict[str, Answer]
    took_ms: list[float]


def ask(
    searcher: Searcher, encoder: CachingEncoder, questions: Mapping[str, str], mode: Mode
) -> SetAnswers:
    """Return the answers to a set's questions; one that cannot be asked, without a letter, has none.

    The time of a question whose vector is cached counts its embedding too, so that modes can be compared.
    """
    answers: dict[str, Answer] = {}
    times = []
    for id, text in questions.items():
        try:
            cached_ms = encoder.elapsed_ms(text)
            answer = searcher.search(Query(text, mode=mode, limit=DEPTH, fold=False))
        except QueryError:
            continue
        answers[id] = answer
        times.append(answer.took_ms + cached_ms)
    return SetAnswers(answers, times)
