"""The loss against a plain computation, and what mini-batches must not change."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from support.tiny_model import WORDS, build_model
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

from service.encoders.model_folder import find_model
from service.encoders.sentence_transformer import load_model
from training.losses import ColumnsLoss

pytestmark = pytest.mark.slow

Open = Callable[[], torch.nn.Module]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_model(tmp_path_factory.mktemp("loss") / "model")


def texts(columns: int, rows: int) -> list[list[str]]:
    dice = torch.Generator().manual_seed(5)
    longest = [3, 20, 12]

    def words(most: int) -> str:
        count = int(torch.randint(1, most, (), generator=dice))
        places = torch.randint(len(WORDS), (count,), generator=dice).tolist()
        return " ".join(WORDS[place] for place in places)

    return [[words(longest[column]) for _ in range(rows)] for column in range(columns)]


def plain(vectors: list[Tensor]) -> Tensor:
    """The loss as the model card has it, without sentence-transformers."""
    question, *answers = (normalize(one, dim=1) for one in vectors)
    scores = 20 * question @ torch.cat(answers).T
    right = torch.arange(len(question))
    if len(answers) > 1:
        return cross_entropy(scores, right)
    return (cross_entropy(scores, right) + cross_entropy(scores.T, right)) / 2


@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize("columns", [2, 3])
@pytest.mark.parametrize("mini_batch_size", [4, 1000])
def test_loss_and_gradients_are_those_of_a_plain_computation(
    folder: Path, columns: int, cached: bool, mini_batch_size: int
) -> None:
    model = load_model(find_model(str(folder)), "cpu").eval()  # without dropout
    given = texts(columns, 11)
    expected = plain([model(model.preprocess(column))["sentence_embedding"] for column in given])
    torch.autograd.backward(expected)
    gradients = {
        name: one.grad.clone() for name, one in model.named_parameters() if one.grad is not None
    }
    model.zero_grad()
    loss = ColumnsLoss(model, mini_batch_size=mini_batch_size, cached=cached)
    found = loss([model.preprocess(column) for column in given], torch.empty(0))
    torch.autograd.backward(found)
    assert found.item() == pytest.approx(expected.item(), abs=1e-5)
    assert found.item() > 0.1
    for name, one in model.named_parameters():
        if one.grad is not None:
            assert torch.allclose(one.grad, gradients[name], atol=1e-5), name


def test_pairs_are_symmetric_and_triplets_one_way(folder: Path) -> None:
    model = load_model(find_model(str(folder)), "cpu").eval()
    loss = ColumnsLoss(model, mini_batch_size=8, cached=False)

    def of(*columns: list[str]) -> float:
        found: Tensor = loss([model.preprocess(column) for column in columns], torch.empty(0))
        return float(found.item())

    questions, answers, wrong = texts(3, 11)
    assert of(questions, answers) == pytest.approx(of(answers, questions), abs=1e-5)
    assert of(questions, answers, wrong) != pytest.approx(of(answers, questions, wrong), abs=1e-3)


@pytest.mark.parametrize("cached", [False, True])
def test_off_topic_questions_are_negatives_of_the_answers_alone(folder: Path, cached: bool) -> None:
    model = load_model(find_model(str(folder)), "cpu").eval()
    questions, answers, wrong = texts(3, 11)
    given = [questions, answers, wrong[:4]]
    vectors = [
        normalize(model(model.preprocess(column))["sentence_embedding"], dim=1) for column in given
    ]
    right = torch.arange(11)
    forth = cross_entropy(20 * vectors[0] @ vectors[1].T, right)
    back = cross_entropy(20 * vectors[1] @ torch.cat([vectors[0], vectors[2]]).T, right)
    loss = ColumnsLoss(model, mini_batch_size=8, cached=cached, off_topic=True)
    found = loss([model.preprocess(column) for column in given], torch.empty(0))
    assert found.item() == pytest.approx((forth + back).item() / 2, abs=1e-5)
    assert back > cross_entropy(20 * vectors[1] @ vectors[0].T, right) + 0.01
