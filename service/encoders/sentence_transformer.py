"""The reference encoder: the model run by sentence-transformers on torch."""

import json
import os
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from service.encoder import BATCH_SIZE, Fingerprint, Vectors, checked
from service.encoders.batching import clip
from service.encoders.model_folder import ModelFolder, module_folders, require_libraries
from service.errors import EncoderError, ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_WINDOW = 256
"""Tokens embedded of a text. The model card of multi-qa-MiniLM-L6-cos-v1: text is truncated at
512, and the model was trained on texts of up to 250."""

_TORCH_BATCH_SIZE = 32


class SentenceTransformerEncoder:
    """An Encoder over one local model folder. Safe to call from many threads: one encodes at a time."""

    batch_size = BATCH_SIZE

    def __init__(
        self, folder: ModelFolder, *, window: int | None = None, device: str | None = None
    ) -> None:
        """Read the model's settings; its weights are loaded at the first encoding.

        Raises ModelError if the folder's settings cannot be read, or `window` is beyond the model's limit.
        """
        self._folder = folder
        self._device = device
        self._lock = threading.Lock()
        self.truncated = 0
        config = _read(folder.path / "config.json")
        limit = int(config.get("max_position_embeddings", 512))
        if window is not None and window > limit:
            raise ModelError(
                f"The window of {window} tokens is beyond the {limit} of {folder.name}. "
                f"Set CONFERENCE_HELPER_WINDOW to {limit} or less."
            )
        pooling = _read(folder.path / "1_Pooling" / "config.json", required=False)
        own = _read(folder.path / "config_sentence_transformers.json", required=False)
        self.fingerprint = Fingerprint(
            model=folder.name,
            revision=folder.revision,
            weights=folder.weights,
            dimension=_dimension(folder.path, config, pooling),
            window=min(window or DEFAULT_WINDOW, limit),
            pooling=_pooling(pooling),
            prompts={key: text for key, text in own.get("prompts", {}).items() if text},
        )

    def encode_queries(self, questions: Sequence[str]) -> Vectors:
        """Return float32 (n, dimension) unit vectors of questions, the model's query prompt before each."""
        return self._encode("encode_query", questions)

    def encode_sessions(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (n, dimension) unit vectors of session texts, with the document prompt if any."""
        vectors = self._encode("encode_document", texts)
        with self._lock:
            self.truncated += count_longer(self.model, texts, self.fingerprint.window)
        return vectors

    def _encode(self, method: str, texts: Sequence[str]) -> Vectors:
        shape = (len(texts), self.fingerprint.dimension)
        if not texts:
            return np.zeros(shape, dtype=np.float32)
        with self._lock:
            encode = getattr(self.model, method)
            try:
                vectors = encode(
                    [clip(text, self.fingerprint.window) for text in texts],
                    batch_size=_TORCH_BATCH_SIZE,
                    normalize_embeddings=True,
                    convert_to_numpy=True,
                    show_progress_bar=False,
                )
            except RuntimeError as error:  # torch reports memory, device and shape problems alike
                raise EncoderError(f"{self._folder.name} could not encode: {error}") from error
        return checked(vectors, *shape)

    @cached_property
    def model(self) -> "SentenceTransformer":
        """The model itself, loaded at first use. Raises ModelError."""
        model = load_model(self._folder, self._device)
        model.max_seq_length = self.fingerprint.window
        return model


def count_longer(model: "SentenceTransformer", texts: Sequence[str], window: int) -> int:
    """Return how many texts have more tokens than the window; sentence-transformers does not tell."""
    if not texts:
        return 0
    clipped = [clip(text, window) for text in texts]
    encoded = model.tokenizer(clipped, truncation=False, padding=False, verbose=False)
    return sum(len(token_ids) > window for token_ids in encoded["input_ids"])


def load_model(folder: ModelFolder, device: str | None = None) -> "SentenceTransformer":
    """Return the model of a folder: safetensors only, no code of its own. Raises ModelError."""
    require_libraries(folder.name)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    try:
        return SentenceTransformer(
            str(folder.path),
            device=device,
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )
    except (OSError, ValueError, RuntimeError, ImportError, AssertionError) as error:
        raise not_loaded(folder, device, error) from error


def not_loaded(folder: ModelFolder, device: str | None, error: Exception) -> ModelError:
    """Return the error for a model that cannot be loaded, with what to do where it is the device's fault."""
    import torch

    if device and device.startswith("cuda") and not torch.cuda.is_available():
        return ModelError(
            f"The model cannot run on {device}: {str(error).rstrip('.')}. "
            "Set CONFERENCE_HELPER_DEVICE (or --device) to cpu, or leave it unset."
        )
    return ModelError(f"{folder.path} cannot be loaded as a model: {error}")


def _dimension(folder: Path, config: dict[str, Any], pooling: dict[str, Any]) -> int:
    """How many numbers a vector has: what pooling says, else the transformer; a dense layer changes it."""
    found = [pooling.get("word_embedding_dimension"), pooling.get("embedding_dimension")]
    found += [config.get(name) for name in ("hidden_size", "dim", "d_model")]
    for kind, module in module_folders(folder):
        if kind == "Dense":
            found.insert(0, _read(module / "config.json").get("out_features"))
    size = next((one for one in found if isinstance(one, int) and one > 0), None)
    if size is None:
        raise ModelError(
            f"{folder / 'config.json'} does not say how many dimensions the vectors have. "
            "Save the model with sentence-transformers, whose 1_Pooling/config.json says it."
        )
    return size


def _pooling(settings: dict[str, Any]) -> str:
    """The pooling mode, from the one key that new models have or the flags that older ones have."""
    if isinstance(named := settings.get("pooling_mode"), str):
        return named
    flags = [key for key, on in settings.items() if key.startswith("pooling_mode_") and on is True]
    modes = sorted(key.removeprefix("pooling_mode_").removesuffix("_tokens") for key in flags)
    return "+".join(modes) or "mean"


def _read(file: Path, *, required: bool = True) -> dict[str, Any]:
    if not required and not file.is_file():
        return {}
    try:
        values = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{file} cannot be read as JSON ({error}): the model is damaged."
        ) from error
    if not isinstance(values, dict):
        raise ModelError(f"{file} holds no JSON object: the model is damaged.")
    return values
