"""The loss of the model card: in-batch negatives over cosine similarity, embedded in slices of like length."""

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import (
    CachedMultipleNegativesRankingLoss,
    MultipleNegativesRankingLoss,
)
from torch import Tensor, nn

SCALE = 20.0
"""What cosine similarities are multiplied by before the softmax, as on the model card."""

Features = dict[str, Tensor]


def ranking_loss(
    model: SentenceTransformer, *, columns: int, slice_rows: int, cached: bool
) -> nn.Module:
    """Return the loss for rows of `columns` texts: symmetric for pairs, one-way with hard negatives else.

    Rows are embedded `slice_rows` at a time. `cached` keeps memory at that of one slice, whatever the
    batch, and takes a second forward pass for it.
    """
    directions = ("query_to_doc", "doc_to_query") if columns == 2 else ("query_to_doc",)
    options: dict[str, Any] = {
        "scale": SCALE,
        "directions": directions,
        "partition_mode": "per_direction",
    }
    if cached:
        return CachedMultipleNegativesRankingLoss(model, mini_batch_size=slice_rows, **options)
    return SlicedRankingLoss(model, slice_rows=slice_rows, **options)


class SlicedRankingLoss(MultipleNegativesRankingLoss):
    """MultipleNegativesRankingLoss that pads each slice of the batch only to its own longest text.

    Value and gradients are those of the whole batch. Similarities are computed in float32 whatever the
    precision of the model.
    """

    def __init__(self, model: SentenceTransformer, *, slice_rows: int, **options: Any) -> None:
        super().__init__(model, **options)
        self.slice_rows = slice_rows

    def forward(self, sentence_features: Iterable[Features], labels: Tensor) -> Tensor:
        """Return the loss of the columns' features; labels are not used."""
        columns = list(sentence_features)
        vectors = self.embed(columns)
        with torch.autocast(vectors.device.type, enabled=False):
            parts = list(vectors.float().chunk(len(columns)))
            return self.compute_loss_from_embeddings(parts, labels)

    def embed(self, columns: Sequence[Features]) -> Tensor:
        """Return the vectors of all columns' rows, one column after the other: (columns x rows, dimension)."""
        rows = [
            (column, row, int(length))
            for column, features in enumerate(columns)
            for row, length in enumerate(features["attention_mask"].sum(1).tolist())
        ]
        order = sorted(range(len(rows)), key=lambda place: rows[place][2])
        parts = []
        for start in range(0, len(order), self.slice_rows):
            chosen = [rows[place] for place in order[start : start + self.slice_rows]]
            parts.append(self.model(_sliced(columns, chosen))["sentence_embedding"])
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        vectors: Tensor = torch.cat(parts)[back.to(parts[0].device)]
        return vectors


def _sliced(columns: Sequence[Features], rows: Sequence[tuple[int, int, int]]) -> Features:
    """Return the named rows as one batch, cut to the longest of them (the last, as they are sorted)."""
    width = rows[-1][2]
    keys = [
        key for key, value in columns[0].items() if isinstance(value, Tensor) and value.ndim == 2
    ]
    return {
        key: torch.stack([_padded(columns[column][key][row], width) for column, row, _ in rows])
        for key in keys
    }


def _padded(values: Tensor, width: int) -> Tensor:
    """The first `width` values; a column of short texts may be narrower than the slice."""
    if len(values) >= width:
        return values[:width]
    return nn.functional.pad(values, (0, width - len(values)))


class ColumnsLoss(nn.Module):
    """The loss of pairs for two columns of texts and that of triplets for more."""

    def __init__(self, model: SentenceTransformer, *, slice_rows: int, cached: bool) -> None:
        super().__init__()
        self.pairs, self.triplets = (
            ranking_loss(model, columns=columns, slice_rows=slice_rows, cached=cached)
            for columns in (2, 3)
        )

    def forward(self, sentence_features: Iterable[Features], labels: Tensor) -> Tensor:
        """Return the loss of a batch, whose columns are all of one dataset."""
        columns = list(sentence_features)
        loss: Tensor = (self.pairs if len(columns) == 2 else self.triplets)(columns, labels)
        return loss
