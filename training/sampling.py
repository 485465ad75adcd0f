"""Batches: each of one dataset, drawn by weight, and no text twice in a batch.

sentence-transformers' NoDuplicatesBatchSampler does not serve here: from a few hundred distinct questions,
such as tracks, it makes ever smaller batches, half of them of a single pair; texts that differ in case only
are distinct to it; and the samplers of several datasets take no weights.
"""

import logging
import math
import random
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.errors import InputError
from training.pair_files import BadLines, Dataset, Texts, read_texts

POOL = 100_000
"""Size of a dataset's shuffle buffer, in lines: smaller datasets are shuffled whole."""

_MAX_TRIED = 20  # times the batch size: lines tried before a batch is made smaller

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of one step, all of one dataset."""

    dataset: str
    rows: tuple[Texts, ...]

    @property
    def columns(self) -> list[list[str]]:
        """The questions, the right answers, and wrong answers if any: lists of equal length."""
        return [list(column) for column in zip(*self.rows, strict=True)]


class WeightedBatches:
    """An endless stream of batches, the same for the same datasets and seed."""

    def __init__(
        self, datasets: Sequence[Dataset], *, batch_size: int, seed: int, bad: BadLines
    ) -> None:
        """Nothing is read before the first batch is drawn."""
        self._datasets = datasets
        self._batch_size = batch_size
        self._seed = seed
        self._bad = bad

    def __iter__(self) -> Iterator[Batch]:
        """Yield batches. Raises InputError before the first if a dataset has too few distinct pairs."""
        rng = random.Random(self._seed)  # noqa: S311  # shuffling, not cryptography
        weights = [dataset.weight for dataset in self._datasets]
        streams = [
            iter(_batches(dataset, self._batch_size, f"{self._seed} {dataset.name}", self._bad))
            for dataset in self._datasets
        ]
        ready: list[Batch | None] = [next(stream) for stream in streams]
        while True:
            (chosen,) = rng.choices(range(len(streams)), weights)
            first, ready[chosen] = ready[chosen], None
            yield first or next(streams[chosen])


def epoch_steps(datasets: Sequence[Dataset], batch_size: int, epochs: float = 1) -> int:
    """Return the steps (at least 1) for `epochs` passes over the dataset drawn most for its lines.

    Raises InputError for epochs or a batch size that are not above 0.
    """
    if not (0 < epochs < math.inf and batch_size > 0):
        raise InputError(f"{epochs:g} epochs in batches of {batch_size}: both must be above 0.")
    total = sum(dataset.weight for dataset in datasets)
    once = min(dataset.lines / dataset.weight for dataset in datasets) * total / batch_size
    return max(1, round(epochs * once))


def text_key(text: str) -> str:
    """Return the key by which texts are duplicates: case and white space do not count."""
    return " ".join(text.casefold().split())


def _batches(dataset: Dataset, size: int, seed: str, bad: BadLines) -> Iterator[Batch]:
    """Yield batches of `size`, or of as many distinct texts as the dataset has."""
    rows = _shuffled(dataset, random.Random(seed), bad)  # noqa: S311  # shuffling, not cryptography
    deferred: deque[Texts] = deque()
    warned = False
    while True:
        chosen, keys = list[Texts](), set[str]()
        duplicates: deque[Texts] = deque()
        tried = 0
        while len(chosen) < size and tried < _MAX_TRIED * size:
            row = deferred.popleft() if deferred else next(rows)
            tried += 1
            row_keys = {text_key(text) for text in row}
            if len(row_keys) == len(row) and keys.isdisjoint(row_keys):
                keys |= row_keys
                chosen.append(row)
            elif len(row_keys) == len(row) and len(duplicates) < size:
                duplicates.append(row)
        deferred.extendleft(reversed(duplicates))
        if len(chosen) < 2:
            raise InputError(
                f"The dataset {dataset.path} has fewer than two lines whose texts differ: "
                "there is nothing to tell apart. Leave it out."
            )
        if len(chosen) < size and not warned:
            warned = True
            log.warning(
                "%s has too few different texts for a batch of %d: it gives batches of %d.",
                dataset.name,
                size,
                len(chosen),
            )
        yield Batch(dataset.name, tuple(chosen))


def _shuffled(dataset: Dataset, rng: random.Random, bad: BadLines) -> Iterator[Texts]:
    """Yield the dataset's lines over and over, shuffled anew each pass by a buffer of POOL lines."""
    while True:
        pool: list[Texts] = []
        empty = True
        for row in read_texts(dataset, bad):
            empty = False
            pool.append(row)
            if len(pool) >= POOL:
                drawn = rng.randrange(len(pool))
                pool[drawn], pool[-1] = pool[-1], pool[drawn]
                yield pool.pop()
        if empty:
            raise InputError(f"{dataset.path} holds no pair or triplet. Leave the dataset out.")
        rng.shuffle(pool)
        yield from pool
