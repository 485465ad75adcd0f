"""The Encoder protocol: texts to unit vectors, and the fingerprint that ties a catalogue to one encoder."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from service.errors import EncoderError
from service.session import RECIPE_VERSION

Vectors = npt.NDArray[np.float32]

BATCH_SIZE = 256
"""Texts that a load encodes at a time: enough to sort by length, and little lost when it is killed."""

UNIT_TOLERANCE = 1e-3
"""How far a vector's length may be from 1: float32 rounding stays far below it."""

EXACT = "fp32"
"""The precision of a fingerprint that names none."""

_NOT_COMPARED = {"model", "revision"}


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Identifies an encoder: its weights and all that affects the vectors it returns.

    `model` and `revision` say where the model came from; they are shown, not compared, since the same weights
    from a folder and from a cache give the same vectors. `weights` is their SHA-256, `window` the tokens
    embedded of a text. `precision` is fp32, whose vectors agree to 1e-4 whatever computes them, or half or
    int8, whose vectors are near those.
    """

    model: str
    weights: str
    dimension: int
    window: int
    pooling: str = "mean"
    prompts: Mapping[str, str] = field(default_factory=dict)
    revision: str = ""
    recipe: int = RECIPE_VERSION
    precision: str = EXACT

    def differences(self, other: "Fingerprint") -> list[str]:
        """Return the names of the fields that make vectors of the two incomparable."""
        names = [item.name for item in fields(self) if item.name not in _NOT_COMPARED]
        return [name for name in names if getattr(self, name) != getattr(other, name)]

    @property
    def key(self) -> str:
        """A digest, 32 hex digits: equal where there are no differences."""
        compared = {k: v for k, v in self.as_dict().items() if k not in _NOT_COMPARED}
        if self.precision == EXACT:  # so that keys from before there were precisions stay valid
            del compared["precision"]
        return hashlib.sha256(json.dumps(compared, sort_keys=True).encode()).hexdigest()[:32]

    def as_dict(self) -> dict[str, Any]:
        """Return the fingerprint as JSON values."""
        return {**asdict(self), "prompts": dict(self.prompts)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Fingerprint":
        """Return the fingerprint of what `as_dict` gave. Raises TypeError for an unknown key."""
        return cls(**values)


class QueryEncoder(Protocol):
    """Turns questions into float32 (n, dimension), every row finite and of length 1, in the order given."""

    @property
    def fingerprint(self) -> Fingerprint:
        """What makes its vectors comparable; known without loading the weights."""
        ...

    def encode_queries(self, questions: Sequence[str]) -> Vectors:
        """Return the vectors of questions. Raises EncoderError if the model gives unusable ones."""
        ...


class Encoder(QueryEncoder, Protocol):
    """Turns session texts into vectors too, as a load needs."""

    @property
    def batch_size(self) -> int:
        """How many session texts to pass at a time, for speed."""
        ...

    @property
    def truncated(self) -> int:
        """How many of the texts encoded so far were longer than the window, so that their ends were cut."""
        ...

    def encode_sessions(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of session texts. Raises EncoderError if the model gives unusable ones."""
        ...


def checked(vectors: npt.NDArray[Any], rows: int, dimension: int) -> Vectors:
    """Return `vectors` as contiguous float32 (rows, dimension).

    Raises EncoderError if the shape differs, a value is not finite, or a row is not of length 1 within
    UNIT_TOLERANCE: a single infinite value would top every answer.
    """
    result = np.ascontiguousarray(vectors, dtype=np.float32)
    if result.shape != (rows, dimension):
        raise EncoderError(
            f"Expected vectors of shape {(rows, dimension)}, got {result.shape}. "
            "The model does not fit this catalogue."
        )
    lengths = np.sqrt(np.einsum("ij,ij->i", result, result))  # NaN and infinity stay what they are
    unusable = np.flatnonzero(~(np.abs(lengths - 1) <= UNIT_TOLERANCE))
    if not unusable.size:
        return result
    row = int(unusable[0])
    if not np.isfinite(result[row]).all():
        raise EncoderError(f"Vector {row} holds NaN or infinity: the model is damaged or unfit.")
    raise EncoderError(
        f"Vector {row} has length {lengths[row]:.4f}, not 1: dot-product search needs unit vectors."
    )
