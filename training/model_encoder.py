"""Wraps a model in training as an Encoder, for the evaluation."""

import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from torch import Tensor

from service.encoder import BATCH_SIZE, Encoder, Fingerprint, Vectors, checked
from service.encoders.batching import clip
from service.encoders.open import EncoderOptions, open_encoder
from service.encoders.sentence_transformer import DEFAULT_WINDOW, count_longer
from training.folder import max_tokens
from training.trainer import supports_bf16

_TORCH_BATCH_SIZE = 64


def open_measured(model: SentenceTransformer, *, name: str, folder: Path, models: Path) -> Encoder:
    """Return the encoder to measure a model with: the one that `load` would use.

    The model is written to `folder` and exported into `models`; on a GPU it is used itself, which is faster.
    """
    if model.device.type == "cuda":
        return ModelEncoder(model, name=name)
    model.save(str(folder), create_model_card=False)
    models.mkdir(parents=True, exist_ok=True)
    return open_encoder(str(folder), options=EncoderOptions("auto", models=models))


class ModelEncoder:
    """Encodes with the model itself, in bfloat16 where the device is faster with it."""

    batch_size = BATCH_SIZE

    def __init__(self, model: SentenceTransformer, *, name: str) -> None:
        """Compute the fingerprint of the weights; create a new encoder after they change."""
        self._model = model
        self.truncated = 0
        self._bf16 = supports_bf16(model.device)
        precision = "-bf16" if self._bf16 else ""
        self.fingerprint = Fingerprint(
            model=name,
            weights=digest(model.state_dict()) + precision,
            dimension=int(model.get_embedding_dimension() or 0),
            window=min(DEFAULT_WINDOW, max_tokens(model)),
            prompts={key: text for key, text in model.prompts.items() if text},
        )

    def encode_queries(self, questions: Sequence[str]) -> Vectors:
        """Return float32 (n, dimension) unit vectors of questions."""
        return self._encode("encode_query", questions)

    def encode_sessions(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (n, dimension) unit vectors of session texts."""
        self.truncated += count_longer(self._model, texts, self.fingerprint.window)
        return self._encode("encode_document", texts)

    def _encode(self, method: str, texts: Sequence[str]) -> Vectors:
        shape = (len(texts), self.fingerprint.dimension)
        if not texts:
            return np.zeros(shape, dtype=np.float32)
        model, window = self._model, self._model.max_seq_length
        model.max_seq_length = self.fingerprint.window
        try:
            with self._precision():
                vectors = getattr(model, method)(
                    [clip(text, self.fingerprint.window) for text in texts],
                    batch_size=_TORCH_BATCH_SIZE,
                    convert_to_tensor=True,
                    show_progress_bar=False,
                )
        finally:
            model.max_seq_length = window
        unit = torch.nn.functional.normalize(vectors.float(), dim=1)
        return checked(unit.cpu().numpy(), *shape)

    def _precision(self) -> AbstractContextManager[object]:
        precision: AbstractContextManager[object] = contextlib.nullcontext()
        if self._bf16:
            precision = torch.autocast(self._model.device.type, dtype=torch.bfloat16)
        return precision


def digest(weights: Mapping[str, Tensor]) -> str:
    """Return the SHA-256 of weights, the same for the same numbers under the same names."""
    found = hashlib.sha256()
    for name in sorted(weights):
        found.update(name.encode())
        found.update(weights[name].detach().cpu().contiguous().numpy().tobytes())
    return found.hexdigest()
