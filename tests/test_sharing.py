"""One encoder for many threads: each gets the vectors of its own questions, or an error in time."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from support.fakes import BagOfWords
from support.processes import STUCK_SECONDS, wait_until

from service.encoder import Vectors
from service.encoders.sharing import SharedEncoder
from service.errors import BusyError, EncoderError
from service.runtime.deadline import within


class Held(BagOfWords):
    """Encodes only once it is let; notes its batches."""

    def __init__(self) -> None:
        super().__init__()
        self.let = threading.Event()
        self.begun = threading.Event()
        self.batches: list[list[str]] = []

    def encode_queries(self, questions: Sequence[str]) -> Vectors:
        self.begun.set()
        assert self.let.wait(STUCK_SECONDS)
        self.batches.append(list(questions))
        if "bad" in questions:
            raise EncoderError("spoilt")
        return super().encode_queries(questions)


def test_what_was_asked_is_remembered_but_not_for_ever(encoder: BagOfWords) -> None:
    held = Held()
    held.let.set()
    shared = SharedEncoder(held, cache_size=2)
    for _ in range(3):
        np.testing.assert_array_equal(
            shared.encode_queries(["wards", "charts", "wards"]),
            encoder.encode_queries(["wards", "charts", "wards"]),
        )
    assert held.batches == [["wards", "charts"]]
    shared.encode_queries(["rivers"])
    shared.encode_queries(["wards"])  # was asked last, and is known still
    shared.encode_queries(["charts"])
    assert held.batches[1:] == [["rivers"], ["charts"]]
    assert shared.encode_queries([]).shape == (0, held.fingerprint.dimension)
    assert shared.fingerprint == held.fingerprint


def test_questions_that_queue_up_are_encoded_together() -> None:
    held = Held()
    shared = SharedEncoder(held, batch_size=8)
    questions = [f"question {number}" for number in range(20)]
    with ThreadPoolExecutor(21) as pool:
        first = pool.submit(shared.encode_queries, ["first"])
        assert held.begun.wait(STUCK_SECONDS)
        rest = [pool.submit(shared.encode_queries, [question]) for question in questions]
        wait_until(lambda: len(shared._waiting) == 20)
        held.let.set()
        vectors = [future.result(STUCK_SECONDS)[0] for future in rest]
        first.result(STUCK_SECONDS)
    np.testing.assert_array_equal(np.stack(vectors), BagOfWords().encode_queries(questions))
    assert [len(batch) for batch in held.batches] == [1, 8, 8, 4]


def test_32_threads_never_mix_vectors_up(encoder: BagOfWords) -> None:
    shared = SharedEncoder(BagOfWords(), cache_size=50)
    questions = [f"word{number % 97} and word{number % 13}" for number in range(1000)]
    expected = encoder.encode_queries(questions)
    with ThreadPoolExecutor(32) as pool:
        found = list(pool.map(lambda text: shared.encode_queries([text])[0], questions))
    np.testing.assert_array_equal(np.stack(found), expected)


def test_nobody_waits_longer_than_the_request_may_take() -> None:
    held = Held()
    shared = SharedEncoder(held)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(shared.encode_queries, ["first"])
        assert held.begun.wait(STUCK_SECONDS)
        with within(0.05), pytest.raises(BusyError, match="not free in time"):
            shared.encode_queries(["second"])
        held.let.set()
        first.result(STUCK_SECONDS)
    shared.encode_queries(["third"])
    assert held.batches == [["first"], ["third"]]


def test_an_error_reaches_everyone_in_the_batch_and_nobody_later() -> None:
    held = Held()
    held.let.set()
    shared = SharedEncoder(held)
    with pytest.raises(EncoderError, match="spoilt"):
        shared.encode_queries(["good", "bad"])
    assert shared.encode_queries(["good"]).shape[0] == 1
