"""Texts to word pieces, and word pieces to batches: of like length, of a bounded number of pieces."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from service.errors import ModelError

Pieces = list[npt.NDArray[np.int64]]
"""The ids of each text's word pieces, special ones included, cut at the window."""

_MANY = 8
"""Cores up to which one of them cuts texts faster than the others embed them."""

_CHARACTERS_A_PIECE = 100  # BERT's tokenizer turns a longer word into one unknown piece


def cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Pieced:
    """A model's tokenizer. Safe to call from many threads."""

    def __init__(self, file: Path, window: int, pad: int) -> None:
        """Read the tokenizer. Raises ModelError if the file is none."""
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "true" if cores() > _MANY else "false")
        from tokenizers import Tokenizer

        try:
            self._tokenizer: Any = Tokenizer.from_file(str(file))
        except Exception as error:  # tokenizers raises Exception itself, no kind of it
            raise ModelError(f"{file} is no tokenizer ({error}): the model is damaged.") from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._whole = self._tokenizer.from_str(self._tokenizer.to_str())
        self._tokenizer.enable_truncation(window)
        self.window = window
        self.pad = pad

    def cut(self, texts: Sequence[str]) -> Pieces:
        """Return the word pieces of each text, cut at the window."""
        encodings = self._tokenizer.encode_batch_fast([clip(text, self.window) for text in texts])
        return [np.array(encoding.ids, dtype=np.int64) for encoding in encodings]

    def count_longer(self, texts: Sequence[str]) -> int:
        """Return how many texts have more word pieces than the window."""
        encodings = self._whole.encode_batch_fast([clip(text, self.window) for text in texts])
        return sum(len(encoding.ids) > self.window for encoding in encodings)


def clip(text: str, window: int) -> str:
    """Return the start of a text: spares the tokenizer what no window of so many word pieces can reach."""
    return text[: window * _CHARACTERS_A_PIECE]


def plan(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Yield the rows of each batch, the longest texts first.

    A batch holds at most `budget` word pieces, padding included, or one text. Neighbours in length share a
    batch, so that hardly anything is padded.
    """
    rows = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    start = 0
    while start < len(rows):
        count = max(1, budget // max(1, lengths[rows[start]]))
        yield rows[start : start + count]
        start += count


def pad(
    pieces: Sequence[npt.NDArray[np.int64]], filler: int, length: int = 0
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return ids and mask (texts, pieces), as long as the longest text or `length`."""
    shape = (len(pieces), max(length, *(len(ids) for ids in pieces)))
    ids, mask = np.full(shape, filler, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for row, some in enumerate(pieces):
        ids[row, : len(some)] = some
        mask[row, : len(some)] = 1
    return ids, mask


def ahead(chunks: Iterator[Pieces]) -> Iterator[Pieces]:
    """Yield the chunks; a thread of its own makes the next one meanwhile."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="pieces") as worker:
        coming = worker.submit(next, chunks, None)
        while (chunk := coming.result()) is not None:
            coming = worker.submit(next, chunks, None)
            yield chunk
