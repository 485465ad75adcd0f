"""Asks a searcher whole sets of questions, each question embedded once for all modes."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from evaluation.measures import DEPTH
from service.encoder import Fingerprint, QueryEncoder, Vectors
from service.errors import QueryError
from service.search.answer import Answer
from service.search.searcher import Searcher
from service.stores.manifest import Manifest
from service.stores.protocol import Generation


class Remembering:
    """An encoder that embeds each question once, alone, and remembers how long it took."""

    def __init__(self, encoder: QueryEncoder) -> None:
        """Remember nothing yet."""
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}
        self._took: dict[str, float] = {}

    @property
    def fingerprint(self) -> Fingerprint:
        """That of the encoder."""
        return self._encoder.fingerprint

    def encode_queries(self, questions: Sequence[str]) -> Vectors:
        """Return the vectors of questions; several at once are not remembered."""
        if len(questions) != 1:
            return self._encoder.encode_queries(questions)
        (question,) = questions
        if question not in self._known:
            started = time.perf_counter()
            self._known[question] = self._encoder.encode_queries(questions)
            self._took[question] = (time.perf_counter() - started) * 1000
        return self._known[question]

    def took(self, question: str) -> float:
        """Return how long embedding the question took, in milliseconds; 0 if it was not embedded alone."""
        return self._took.get(question, 0.0)


class OneGeneration:
    """What a searcher needs of a store, for one generation that may not be served yet."""

    kind = "one generation"

    def __init__(self, generation: Generation) -> None:
        """Keep the generation; it stays open."""
        self._generation = generation

    @contextmanager
    def reading(self) -> Iterator[Generation]:
        """Give the generation."""
        yield self._generation

    def manifest(self) -> Manifest:
        """Return the generation's manifest."""
        return self._generation.manifest

    def check(self) -> None:
        """Nothing to check."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers by question id, and how long each took with its embedding, in milliseconds."""

    answers: dict[str, Answer]
    took_ms: list[float]


def ask(
    searcher: Searcher, encoder: Remembering, questions: Mapping[str, str], mode: str
) -> Answers:
    """Ask every question of a set; one without a letter has no answer.

    The first mode embeds the questions: to make modes comparable, that time is put on the others' too.
    """
    answers: dict[str, Answer] = {}
    times = []
    for id, text in questions.items():
        try:
            known = encoder.took(text)
            answer = searcher.search(text, mode=mode, limit=DEPTH, fold=False)
        except QueryError:
            continue
        answers[id] = answer
        times.append(answer.took_ms + known)
    return Answers(answers, times)
