"""Bulk encoding on a GPU: half precision, large batches, texts cut into pieces while the device computes."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from service.encoder import Vectors
from service.encoders.batching import Pieces, ahead, pad, plan
from service.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUDGET = 131_072
"""Word pieces of one batch."""


def has_gpu(device: str | None) -> bool:
    """Return whether torch would find a GPU; torch is imported only where a driver is installed."""
    if device is not None:
        return device.startswith("cuda")
    if not Path("/dev/nvidiactl").exists() and not shutil.which("nvidia-smi"):
        return False
    import torch

    return torch.cuda.is_available()


class Gpu:
    """A model on a GPU in half precision; one thread at a time."""

    def __init__(self, model: "SentenceTransformer", dimension: int, filler: int) -> None:
        """Take the model over: its weights are halved and moved to the device."""
        self._model: Any = model.half().eval()
        self._dimension = dimension
        self._filler = filler

    def many(self, chunks: Iterator[Pieces], total: int) -> Vectors:
        """Return the vectors (total, dimension) of all chunks; they are copied from the device once a chunk."""
        import torch

        vectors: Vectors = np.empty((total, self._dimension), dtype=np.float32)
        start = 0
        try:
            with torch.inference_mode():
                for pieces in ahead(chunks):
                    batches = list(plan([len(ids) for ids in pieces], BUDGET))
                    found = torch.cat(
                        [self._one([pieces[row] for row in rows]) for rows in batches]
                    )
                    vectors[start + np.concatenate(batches)] = found.cpu().numpy()
                    start += len(pieces)
        except RuntimeError as error:  # torch reports memory, device and shape problems alike
            raise EncoderError(f"The GPU could not encode: {error}") from error
        return vectors

    def _one(self, pieces: Pieces) -> Any:
        import torch

        device = self._model.device
        ids, mask = (
            torch.from_numpy(values).to(device, non_blocking=True)
            for values in pad(pieces, self._filler)
        )
        found = self._model({"input_ids": ids, "attention_mask": mask})["sentence_embedding"]
        return torch.nn.functional.normalize(found.float(), p=2.0, dim=1)
