"""The features of each training step: batches tokenized, and the off-topic questions beside them."""

import random
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from torch.utils.data import IterableDataset

from service.verdict.off_topic import read_queries
from training.recipe import Recipe
from training.sampling import WeightedBatches

_COLUMNS = ("question", "answer", "wrong")


class FeatureStream(IterableDataset):
    """The batches of the steps after `start`, tokenized as sentence-transformers' collator does."""

    def __init__(
        self, batches: WeightedBatches, model: SentenceTransformer, recipe: Recipe
    ) -> None:
        """Begin with the first batch; `start` may be set to the steps that are done already."""
        self.start = 0
        self._batches = batches
        self._model = model
        self._recipe = recipe

    def __len__(self) -> int:
        """Return the steps of the run."""
        return self._recipe.steps

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the features of each step, by column."""
        for step, batch in enumerate(self._batches):
            if step >= self._recipe.steps:
                return
            if step >= self.start:
                yield self._features([*batch.columns, *self._off_topic(step)])

    def _off_topic(self, step: int) -> list[list[str]]:
        """The column of off-topic questions, if there are to be any: another draw each step."""
        if not self._recipe.off_topic:
            return []
        rng = random.Random(f"{self._recipe.seed} {step}")  # noqa: S311  # sampling, not cryptography
        return [rng.sample([query.text for query in read_queries()], self._recipe.off_topic)]

    def _features(self, columns: Sequence[list[str]]) -> dict[str, Any]:
        features: dict[str, Any] = {}
        for number, texts in enumerate(columns):
            name = f"{_COLUMNS[min(number, 2)]}{number}"
            for key, value in self._model.preprocess(texts).items():
                if isinstance(value, torch.Tensor):
                    features[f"{name}_{key}"] = value
        return features
