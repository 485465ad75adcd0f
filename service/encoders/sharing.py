"""One encoder for many askers: a memory of question vectors, and questions that queue up go together."""

import threading
from collections import deque
from collections.abc import Sequence

import cachetools
import numpy as np

from service.encoder import Fingerprint, QueryEncoder, Vectors
from service.errors import BusyError
from service.runtime.deadline import remaining

REMEMBERED = 10_000
"""Questions whose vectors are kept, those asked last: 1.5 kB each."""

WAITING = 128
"""Questions that may wait for the encoder: more could not be answered within a request's time."""

TOGETHER = 32
"""Questions that are encoded in one batch."""

_LONGEST_WAIT = 10.0


class _Waiting:
    """A question that waits for its vector, or for the error that kept it from one."""

    __slots__ = ("answered", "error", "question", "vector")

    def __init__(self, question: str) -> None:
        self.question = question
        self.answered = threading.Event()
        self.vector: Vectors | None = None
        self.error: Exception | None = None


class SharedEncoder:
    """An Encoder around another one, for many threads.

    Who finds the encoder free encodes its own question and those that wait, in one batch; nobody hands over
    to a thread of its own. An encoder has a memory of its own, so that a vector is always of its fingerprint.
    """

    def __init__(
        self,
        encoder: QueryEncoder,
        *,
        remembered: int = REMEMBERED,
        waiting: int = WAITING,
        together: int = TOGETHER,
    ) -> None:
        self._encoder = encoder
        self._known: cachetools.LRUCache[str, Vectors] = cachetools.LRUCache(remembered)
        self._known_lock = threading.Lock()
        self._queue: deque[_Waiting] = deque()
        self._most = waiting
        self._together = together
        self._encoding = threading.Lock()

    @property
    def fingerprint(self) -> Fingerprint:
        """That of the encoder within."""
        return self._encoder.fingerprint

    def encode_queries(self, questions: Sequence[str]) -> Vectors:
        """Return the vectors (n, dimension) of questions.

        Raises BusyError if too many questions wait already, or time is up before the encoder is free, and
        whatever the encoder raises.
        """
        rows = [self._known_vector(question) for question in questions]
        asked = {
            question: None for question, row in zip(questions, rows, strict=True) if row is None
        }
        waiting = [self._enqueue(question) for question in asked]
        for one in waiting:
            self._wait(one)
        found = {one.question: _vector(one) for one in waiting}
        if not rows:
            return np.zeros((0, self.fingerprint.dimension), dtype=np.float32)
        pairs = zip(questions, rows, strict=True)
        return np.stack([found[text] if row is None else row for text, row in pairs])

    def _known_vector(self, question: str) -> Vectors | None:
        with self._known_lock:
            return self._known.get(question)

    def _enqueue(self, question: str) -> _Waiting:
        with self._known_lock:
            if len(self._queue) >= self._most:
                raise BusyError(
                    f"{self._most} questions are waiting already. Ask again in a moment."
                )
            asked = _Waiting(question)
            self._queue.append(asked)
            return asked

    def _wait(self, asked: _Waiting) -> None:
        """Encode what waits as soon as the encoder is free, until `asked` is answered."""
        left = remaining()
        limit = _LONGEST_WAIT if left is None else left
        while not asked.answered.is_set():
            if not self._encoding.acquire(timeout=limit):
                self._give_up(asked)
                return
            try:
                if not asked.answered.is_set():
                    self._encode_waiting()
            finally:
                self._encoding.release()

    def _encode_waiting(self) -> None:
        with self._known_lock:
            count = min(self._together, len(self._queue))
            batch = [self._queue.popleft() for _ in range(count)]
        try:
            vectors = self._encoder.encode_queries([asked.question for asked in batch])
            with self._known_lock:
                for asked, vector in zip(batch, vectors, strict=True):
                    asked.vector = self._known[asked.question] = vector
        except Exception as error:  # whoever asked raises it
            for asked in batch:
                asked.error = error
        finally:
            for asked in batch:
                asked.answered.set()

    def _give_up(self, asked: _Waiting) -> None:
        with self._known_lock:
            if asked in self._queue:
                self._queue.remove(asked)
        if not asked.answered.is_set():
            asked.error = BusyError("The encoder was not free in time. Ask again in a moment.")


def _vector(asked: _Waiting) -> Vectors:
    if asked.vector is not None:
        return asked.vector
    raise asked.error or BusyError("The question was not encoded in time. Ask again in a moment.")
