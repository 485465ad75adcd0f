"""Fakes whose answers a reader can predict."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from service.encoder import BATCH_SIZE, Fingerprint, Vectors

DIMENSION = 1024


class BagOfWords:
    """An Encoder that counts words: texts that share more words are nearer."""

    batch_size = BATCH_SIZE

    def __init__(self, *, weights: str = "bag-of-words", window: int = 256) -> None:
        """Encoders of different `weights` do not match."""
        self.fingerprint = Fingerprint(
            model="bag-of-words", weights=weights, dimension=DIMENSION, window=window
        )
        self.embedded: list[str] = []
        self.truncated = 0

    def encode_queries(self, questions: Sequence[str]) -> Vectors:
        """Return one unit vector a question."""
        return self._count(questions)

    def encode_sessions(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text; remember the texts, and count those of more words than the window."""
        self.embedded.extend(texts)
        self.truncated += sum(len(text.split()) > self.fingerprint.window for text in texts)
        return self._count(texts)

    def _count(self, texts: Sequence[str]) -> Vectors:
        """A text without words gets the first axis."""
        rows = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.casefold()):
                row[place(word)] += 1
            if not row.any():
                row[0] = 1
            row /= np.linalg.norm(row)
        return rows


def place(word: str) -> int:
    """Return the dimension that a word is counted in."""
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=4).digest(), "big") % DIMENSION
