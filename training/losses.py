"""The model card's loss: in-batch negatives over cosine similarity, with minimal padding."""

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import (
    CachedMultipleNegativesRankingLoss,
    MultipleNegativesRankingLoss,
)
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

SCALE = 20.0
"""What cosine similarities are multiplied by before the softmax, as on the model card."""

Features = dict[str, Tensor]


class ColumnsLoss(nn.Module):
    """The symmetric loss for columns of pairs, the one-way loss with hard negatives for triplets and more.

    Texts are embedded `mini_batch_size` at a time. `cached` keeps memory at that of one mini-batch, whatever
    the batch, and takes a second forward pass for it (GradCache, Gao et al. 2021).
    """

    def __init__(self, model: SentenceTransformer, *, mini_batch_size: int, cached: bool) -> None:
        super().__init__()
        kind = CachedMultipleNegativesRankingLoss if cached else SortedRankingLoss
        options: dict[str, Any] = {
            "scale": SCALE,
            "partition_mode": "per_direction",
            "mini_batch_size": mini_batch_size,
        }
        self.pairs = kind(model, directions=("query_to_doc", "doc_to_query"), **options)
        self.triplets = kind(model, directions=("query_to_doc",), **options)

    def forward(self, sentence_features: Iterable[Features], labels: Tensor) -> Tensor:
        """Return the loss of a batch, whose columns are all of one dataset; labels are not used."""
        columns = list(sentence_features)
        loss: Tensor = (self.pairs if len(columns) == 2 else self.triplets)(columns, labels)
        return loss


class SortedRankingLoss(MultipleNegativesRankingLoss):
    """MultipleNegativesRankingLoss that pads each text only to the longest of its mini-batch.

    Value and gradients are those of the whole batch. Similarities are computed in float32 whatever the
    precision of the model.
    """

    def __init__(self, model: SentenceTransformer, *, mini_batch_size: int, **options: Any) -> None:
        super().__init__(model, **options)
        self.mini_batch_size = mini_batch_size

    def forward(self, sentence_features: Iterable[Features], labels: Tensor) -> Tensor:
        """Return the loss of the columns' features; labels are not used."""
        columns = list(sentence_features)
        vectors = self.embed(columns)
        with torch.autocast(vectors.device.type, enabled=False):
            parts = list(vectors.float().chunk(len(columns)))
            return self.compute_loss_from_embeddings(parts, labels)

    def embed(self, columns: Sequence[Features]) -> Tensor:
        """Return the vectors of all columns' rows, one column after the other: (columns x rows, dimension)."""
        rows = {
            key: pad_sequence([row for column in columns for row in column[key]], batch_first=True)
            for key, value in columns[0].items()
            if isinstance(value, Tensor) and value.ndim == 2
        }
        lengths = rows["attention_mask"].sum(1).cpu()
        order = lengths.argsort(stable=True)
        vectors = [
            self.model({key: value[chosen, : lengths[chosen[-1]]] for key, value in rows.items()})
            for chosen in torch.split(order, self.mini_batch_size)
        ]
        return torch.cat([one["sentence_embedding"] for one in vectors])[order.argsort()]
