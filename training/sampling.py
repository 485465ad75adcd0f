"""Which texts a step learns from: one dataset drawn by weight, and no text twice in a batch."""

import logging
import random
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.errors import InputError
from training.datasets import BadLines, Dataset, Texts, read_texts

POOL = 100_000
"""Lines of a dataset held at a time and drawn at random: smaller datasets are shuffled whole."""

_LOOKED_AT = 20  # times the batch: lines tried before a batch is given smaller

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """The texts of one step, all of one dataset."""

    dataset: str
    rows: tuple[Texts, ...]

    @property
    def columns(self) -> list[list[str]]:
        """The questions, the right answers, and wrong answers if any: a list of equal length each."""
        return [list(column) for column in zip(*self.rows, strict=True)]


class WeightedBatches:
    """An endless stream of batches; the same datasets and seed give the same stream."""

    def __init__(
        self, datasets: Sequence[Dataset], *, batch_size: int, seed: int, bad: BadLines
    ) -> None:
        """Nothing is read before the first batch is asked for."""
        self._datasets = datasets
        self._batch_size = batch_size
        self._seed = seed
        self._bad = bad

    def __iter__(self) -> Iterator[Batch]:
        """Yield batches. Raises InputError before the first if a dataset has too few pairs that differ."""
        dice = random.Random(self._seed)  # noqa: S311  # no secret
        weights = [dataset.weight for dataset in self._datasets]
        streams = [
            iter(_batches(dataset, self._batch_size, f"{self._seed} {dataset.name}", self._bad))
            for dataset in self._datasets
        ]
        ready: list[Batch | None] = [next(stream) for stream in streams]
        while True:
            (place,) = dice.choices(range(len(streams)), weights)
            first, ready[place] = ready[place], None
            yield first or next(streams[place])


def epoch_steps(datasets: Sequence[Dataset], batch_size: int) -> float:
    """Return the steps after which the dataset drawn most for its lines has been gone through once."""
    total = sum(dataset.weight for dataset in datasets)
    return min(dataset.lines / dataset.weight for dataset in datasets) * total / batch_size


def text_key(text: str) -> str:
    """Return what makes two texts the same for a batch: their words, whatever their case and spacing."""
    return " ".join(text.casefold().split())


def _batches(dataset: Dataset, size: int, seed: str, bad: BadLines) -> Iterator[Batch]:
    """Yield batches of `size`, or of as many different texts as the dataset has."""
    rows = _shuffled(dataset, random.Random(seed), bad)  # noqa: S311  # no secret
    waiting: deque[Texts] = deque()
    told = False
    while True:
        chosen, keys = list[Texts](), set[str]()
        kept: deque[Texts] = deque()
        looked = 0
        while len(chosen) < size and looked < _LOOKED_AT * size:
            row = waiting.popleft() if waiting else next(rows)
            looked += 1
            mine = {text_key(text) for text in row}
            if len(mine) == len(row) and keys.isdisjoint(mine):
                keys |= mine
                chosen.append(row)
            elif len(mine) == len(row) and len(kept) < size:
                kept.append(row)
        waiting.extendleft(reversed(kept))
        if len(chosen) < 2:
            raise InputError(
                f"The dataset {dataset.path} has fewer than two lines whose texts differ: "
                "there is nothing to tell apart. Leave it out."
            )
        if len(chosen) < size and not told:
            told = True
            log.warning(
                "%s has too few different texts for a batch of %d: it gives batches of %d.",
                dataset.name,
                size,
                len(chosen),
            )
        yield Batch(dataset.name, tuple(chosen))


def _shuffled(dataset: Dataset, dice: random.Random, bad: BadLines) -> Iterator[Texts]:
    """Yield the dataset's lines over and over, each pass in another order, from a pool of at most POOL."""
    while True:
        pool: list[Texts] = []
        empty = True
        for row in read_texts(dataset, bad):
            empty = False
            pool.append(row)
            if len(pool) >= POOL:
                place = dice.randrange(len(pool))
                pool[place], pool[-1] = pool[-1], pool[place]
                yield pool.pop()
        if empty:
            raise InputError(f"{dataset.path} holds no pair or triplet. Leave the dataset out.")
        dice.shuffle(pool)
        yield from pool
