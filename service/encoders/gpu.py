"""Bulk encoding on a GPU: half precision, large batches, texts tokenized while the device computes."""

import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from service.encoder import Vectors
from service.encoders.batching import TokenIds, pad, plan_batches, prefetch
from service.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH_TOKENS = 131_072
"""Tokens of one batch, padding included."""


def has_gpu(device: str | None) -> bool:
    """Return whether torch can use a GPU; it is imported only if both it and a driver are installed."""
    if device is not None:
        return device.startswith("cuda")
    if not find_spec("torch"):
        return False
    if not Path("/dev/nvidiactl").exists() and not shutil.which("nvidia-smi"):
        return False
    import torch

    return bool(torch.cuda.is_available())


class GpuRuntime:
    """Runs a model on a GPU in half precision; one thread at a time."""

    def __init__(self, model: "SentenceTransformer", dimension: int, pad_id: int) -> None:
        """Take the model over: its weights become half precision. `pad_id` is the token id of padding."""
        self._model: Any = model.half().eval()
        self._dimension = dimension
        self._pad_id = pad_id

    def encode_chunks(self, chunks: Iterator[TokenIds], total: int) -> Vectors:
        """Return the unit vectors (total, dimension) of all chunks, copied from the device once a chunk.

        Raises EncoderError where torch fails.
        """
        import torch

        vectors: Vectors = np.empty((total, self._dimension), dtype=np.float32)
        start = 0
        try:
            with torch.inference_mode():
                for token_ids in prefetch(chunks):
                    batches = list(plan_batches([len(ids) for ids in token_ids], BATCH_TOKENS))
                    encoded = torch.cat(
                        [self._encode([token_ids[row] for row in rows]) for rows in batches]
                    )
                    vectors[start + np.concatenate(batches)] = encoded.cpu().numpy()
                    start += len(token_ids)
        except RuntimeError as error:  # torch reports memory, device and shape problems alike
            raise EncoderError(f"The GPU could not encode: {error}") from error
        return vectors

    def _encode(self, token_ids: TokenIds) -> Any:
        import torch

        device = self._model.device
        ids, mask = (
            torch.from_numpy(values).to(device, non_blocking=True)
            for values in pad(token_ids, self._pad_id)
        )
        embedded = self._model({"input_ids": ids, "attention_mask": mask})["sentence_embedding"]
        return torch.nn.functional.normalize(embedded.float(), p=2.0, dim=1)
