"""Tokenizing and batching: texts to token ids, and these to batches of similar length and bounded size."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from service.errors import ModelError
from service.runtime.cores import cores

TokenIds = list[npt.NDArray[np.int64]]
"""The token ids of each text, special tokens included, truncated to the window."""

_MAX_CORES_SERIAL = 8
"""Cores up to which one core tokenizes faster than the others embed."""

_MAX_CHARACTERS_A_TOKEN = 100
"""BERT's tokenizer makes one unknown token of a longer word."""


class Tokenizer:
    """A model's tokenizer, run by Hugging Face's tokenizers; one thread at a time.

    `truncated` counts the texts that were longer than the window.
    """

    def __init__(self, file: Path, window: int) -> None:
        """Read a tokenizer.json. Raises ModelError if the file is none."""
        os.environ.setdefault(
            "TOKENIZERS_PARALLELISM", "true" if cores() > _MAX_CORES_SERIAL else "false"
        )
        import tokenizers

        try:
            self._tokenizer: Any = tokenizers.Tokenizer.from_file(str(file))
        except (
            Exception
        ) as error:  # tokenizers raises Exception itself, no subclass, for a bad file
            raise ModelError(f"{file} is no tokenizer ({error}): the model is damaged.") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(window)
        self._window = window
        self.truncated = 0

    def encode(self, texts: Sequence[str]) -> TokenIds:
        """Return the token ids of each text, truncated to the window."""
        encodings = self._tokenizer.encode_batch_fast([clip(text, self._window) for text in texts])
        self.truncated += sum(bool(encoding.overflowing) for encoding in encodings)
        return [np.array(encoding.ids, dtype=np.int64) for encoding in encodings]


def clip(text: str, window: int) -> str:
    """Return the start of a text: spares the tokenizer what lies beyond any window of so many tokens."""
    return text[: window * _MAX_CHARACTERS_A_TOKEN]


def plan_batches(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Yield the row numbers of each batch, the longest texts first; `lengths` are in tokens.

    A batch holds at most `budget` tokens, padding included, or one text. As texts of similar length share a
    batch, hardly anything is padded.
    """
    rows = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    start = 0
    while start < len(rows):
        count = max(1, budget // max(1, lengths[rows[start]]))
        yield rows[start : start + count]
        start += count


def pad(
    token_ids: Sequence[npt.NDArray[np.int64]], pad_id: int, length: int = 0
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return input ids and attention mask, int64 (texts, tokens), as long as the longest text or `length`."""
    shape = (len(token_ids), max(length, *(len(ids) for ids in token_ids)))
    padded, mask = np.full(shape, pad_id, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for row, ids in enumerate(token_ids):
        padded[row, : len(ids)] = ids
        mask[row, : len(ids)] = 1
    return padded, mask


def prefetch(chunks: Iterator[TokenIds]) -> Iterator[TokenIds]:
    """Yield the chunks, while another thread makes the next one."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="tokenizer") as worker:
        coming = worker.submit(next, chunks, None)
        while (chunk := coming.result()) is not None:
            coming = worker.submit(next, chunks, None)
            yield chunk
