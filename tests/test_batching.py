"""Batches: every text once, of like length, within the budget; the next chunk is made meanwhile."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.processes import STUCK_SECONDS

from service.encoders import gpu
from service.encoders.batching import TokenIds, pad, plan_batches, prefetch


@given(st.lists(st.integers(0, 512), max_size=200), st.integers(1, 4096))
def test_every_text_is_in_one_batch_within_the_budget(lengths: list[int], budget: int) -> None:
    batches = list(plan_batches(lengths, budget))
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    for batch in batches:
        longest = max(lengths[row] for row in batch)
        assert len(batch) == 1 or longest * len(batch) <= budget
    assert [lengths[row] for batch in batches for row in batch] == sorted(lengths, reverse=True)


def test_padding_is_masked() -> None:
    ids, mask = pad([np.array([5, 6, 7]), np.array([8])], 1)
    assert ids.tolist() == [[5, 6, 7], [8, 1, 1]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]
    assert pad([np.array([5])], 0, 4)[0].tolist() == [[5, 0, 0, 0]]


def test_the_next_chunk_is_made_while_one_is_used_and_no_further() -> None:
    made: list[int] = []
    second = threading.Event()

    def chunks() -> Iterator[TokenIds]:
        for number in range(4):
            made.append(number)
            if number == 1:
                second.set()
            yield [np.array([number])]

    coming = prefetch(chunks())
    assert next(coming)[0][0] == 0
    assert second.wait(STUCK_SECONDS)
    assert made == [0, 1]
    assert [int(chunk[0][0]) for chunk in coming] == [1, 2, 3]


def test_an_error_of_the_prefetching_thread_is_raised() -> None:
    def chunks() -> Iterator[TokenIds]:
        yield [np.array([1])]
        raise ValueError("spoilt")

    coming = prefetch(chunks())
    next(coming)
    with pytest.raises(ValueError, match="spoilt"):
        next(coming)


@pytest.mark.slow
def test_a_gpu_is_given_sorted_batches_and_vectors_come_back_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The planner and the copying, with a model on the CPU in place of one on a GPU."""
    import torch

    class Mean(torch.nn.Module):
        device = torch.device("cpu")

        def half(self) -> "Mean":
            return self

        def forward(self, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
            shapes.append(tuple(inputs["input_ids"].shape))
            total = (inputs["input_ids"] * inputs["attention_mask"]).sum(1)
            return {"sentence_embedding": torch.stack([total, torch.ones_like(total)], 1).float()}

    shapes: list[tuple[int, ...]] = []
    monkeypatch.setattr(gpu, "BATCH_TOKENS", 12)
    texts = [np.full(length, length) for length in (3, 5, 1, 2, 6, 4, 1)]
    found = gpu.GpuRuntime(Mean(), 2, 0).encode_chunks(iter([texts[:5], texts[5:]]), 7)
    expected = np.array([[len(text) ** 2, 1] for text in texts])
    np.testing.assert_allclose(
        found, expected / np.linalg.norm(expected, axis=1, keepdims=True), atol=1e-6
    )
    assert shapes == [(2, 6), (3, 3), (2, 4)]
    assert gpu.has_gpu("cuda:1")
    assert not gpu.has_gpu("cpu")
