"""The model card's loss: in-batch negatives over cosine similarity, with minimal padding."""

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.checkpoint import checkpoint

SCALE = 20.0
"""What cosine similarities are multiplied by before the softmax, as on the model card."""

Features = dict[str, Tensor]


class ColumnsLoss(nn.Module):
    """The symmetric loss for columns of pairs, the one-way loss with hard negatives for triplets and more.

    With `off_topic` the last column has questions that no session answers, as many as there are: further
    negatives of each right answer. They do not count in batches with hard negatives.

    Texts are embedded `mini_batch_size` at a time, each padded only to the longest of its mini-batch; value and
    gradients are those of the whole batch. `cached` keeps memory at that of one mini-batch, whatever the batch,
    and takes a second forward pass for it (Chen et al. 2016). Similarities are computed in float32 whatever the
    precision of the model.
    """

    def __init__(
        self,
        model: SentenceTransformer,
        *,
        mini_batch_size: int,
        cached: bool,
        off_topic: bool = False,
    ) -> None:
        super().__init__()
        self.one_way = MultipleNegativesRankingLoss(
            model, scale=SCALE, directions=("query_to_doc",)
        )
        self._mini_batch_size = mini_batch_size
        self._cached = cached
        self._off_topic = off_topic

    def forward(self, sentence_features: Iterable[Features], labels: Tensor) -> Tensor:
        """Return the loss of a batch, whose columns are all of one dataset; labels are not used."""
        vectors = self.embed(list(sentence_features))
        off_topic = [vectors.pop()] if self._off_topic else []
        questions, answers, *wrong = vectors
        loss = self._ranking(questions, answers, *wrong, labels=labels)
        if wrong:
            return loss
        return (loss + self._ranking(answers, questions, *off_topic, labels=labels)) / 2

    def embed(self, columns: Sequence[Features]) -> list[Tensor]:
        """Return the vectors (rows, dimension) of each column."""
        rows = {
            key: pad_sequence([row for column in columns for row in column[key]], batch_first=True)
            for key, value in columns[0].items()
            if isinstance(value, Tensor) and value.ndim == 2
        }
        lengths = rows["attention_mask"].sum(1).cpu()
        order = lengths.argsort(stable=True)
        vectors = [
            self._embed({key: value[chosen, : lengths[chosen[-1]]] for key, value in rows.items()})
            for chosen in torch.split(order, self._mini_batch_size)
        ]
        whole = torch.cat(vectors)[order.argsort()]
        return list(whole.split([len(column["attention_mask"]) for column in columns]))

    def _embed(self, features: Features) -> Tensor:
        run: Any = self.one_way.model
        output = checkpoint(run, features, use_reentrant=False) if self._cached else run(features)
        vectors: Tensor = output["sentence_embedding"]
        return vectors

    def _ranking(self, *vectors: Tensor, labels: Tensor) -> Tensor:
        """The loss of finding the second by the first among all others."""
        with torch.autocast(vectors[0].device.type, enabled=False):
            parts = [one.float() for one in vectors]
            loss: Tensor = self.one_way.compute_loss_from_embeddings(parts, labels)
            return loss
