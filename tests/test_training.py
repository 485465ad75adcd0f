"""Training itself: on a tiny model, through interruptions and faults."""

import contextlib
import resource
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from support.tiny_model import build_model, write_datasets

from service.encoders.model_folder import find_model
from service.encoders.sentence_transformer import load_model
from service.errors import EncoderError, InputError, StorageFullError
from training.checkpoints import has_checkpoint
from training.folder import copy_weights
from training.losses import ColumnsLoss
from training.model_encoder import digest
from training.pair_files import Dataset
from training.recipe import Recipe
from training.trainer import TrainingStats, train

pytestmark = pytest.mark.slow

RECIPE = Recipe(
    steps=8, batch_size=8, window=24, learning_rate=3e-3, save_every=3, bf16=False, device="cpu"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_model(tmp_path_factory.mktemp("training") / "model")


@pytest.fixture(scope="module")
def datasets(tmp_path_factory: pytest.TempPathFactory) -> list[Dataset]:
    return write_datasets(tmp_path_factory.mktemp("datasets"))


def run(
    folder: Path, datasets: Sequence[Dataset], place: Path, **changes: Any
) -> tuple[SentenceTransformer, TrainingStats, list[str]]:
    base = find_model(str(folder))
    model = load_model(base, "cpu")
    recipe = Recipe(**{**{name: getattr(RECIPE, name) for name in RECIPE.__slots__}, **changes})
    said: list[str] = []
    checkpoint = place / "checkpoint"
    return model, train(model, datasets, recipe, checkpoint, said.append, base=base.weights), said


def failing_at(step: int, fault: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the loss of a step be what `fault` returns, or what it raises."""
    calls = [0]
    forward = ColumnsLoss.forward

    def counted(self: ColumnsLoss, features: Any, labels: Any) -> Any:
        calls[0] += 1
        loss = forward(self, features, labels)
        return loss * fault() if calls[0] == step else loss

    monkeypatch.setattr(ColumnsLoss, "forward", counted)


def interrupt() -> Any:
    raise KeyboardInterrupt


@contextlib.contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """Let every write beyond so many bytes of a file fail, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_the_loss_falls_and_a_seed_gives_the_same_model_twice(
    folder: Path, datasets: list[Dataset], tmp_path: Path
) -> None:
    one, trained, said = run(folder, datasets, tmp_path / "one", steps=40)
    assert np.mean(trained.losses[-5:]) < 0.6 * np.mean(trained.losses[:5])
    assert trained.skipped == {dataset.name: 1 for dataset in datasets}
    assert said[-1].startswith("step 40 of 40, loss ")
    assert "steps/s" in said[-1]
    two, again, _ = run(folder, datasets, tmp_path / "two", steps=40)
    assert again.losses == trained.losses
    assert digest(copy_weights(one)) == digest(copy_weights(two))
    _, other, _ = run(folder, datasets, tmp_path / "three", steps=2, seed=8)
    assert other.losses != trained.losses[:2]


@pytest.mark.parametrize("cached", [False, True])
def test_bf16_learns_too(
    folder: Path, datasets: list[Dataset], tmp_path: Path, cached: bool
) -> None:
    _, trained, _ = run(folder, datasets, tmp_path, steps=30, bf16=True, cached=cached)
    assert np.mean(trained.losses[-5:]) < 0.8 * np.mean(trained.losses[:5])


def test_interrupted_training_goes_on_as_if_it_had_not_stopped(
    folder: Path, datasets: list[Dataset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, _, _ = run(folder, datasets, tmp_path / "whole")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        failing_at(6, interrupt, patch)
        run(folder, datasets, tmp_path / "cut")
    resumed, trained, said = run(folder, datasets, tmp_path / "cut")
    assert said[0] == "Going on after step 3 of 8."
    assert len(trained.losses) == 5
    assert digest(copy_weights(resumed)) == digest(copy_weights(whole))
    finished, trained, _ = run(folder, datasets, tmp_path / "cut")
    assert trained.losses == []
    assert digest(copy_weights(finished)) == digest(copy_weights(whole))


def test_a_full_disk_leaves_the_checkpoint_before(
    folder: Path, datasets: list[Dataset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        failing_at(5, interrupt, patch)
        run(folder, datasets, tmp_path)
    with files_up_to(10_000), pytest.raises(StorageFullError, match="cannot be written"):
        run(folder, datasets, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]
    _, _, said = run(folder, datasets, tmp_path)
    assert said[0] == "Going on after step 3 of 8."


def test_another_recipe_base_or_other_data_do_not_go_on(
    folder: Path, datasets: list[Dataset], tmp_path: Path
) -> None:
    run(folder, datasets, tmp_path)
    with pytest.raises(InputError, match="training with another learning_rate"):
        run(folder, datasets, tmp_path, learning_rate=1e-5)
    with pytest.raises(InputError, match="training with another data"):
        run(folder, datasets[:1], tmp_path)
    other = load_model(find_model(str(folder)), "cpu")
    with torch.no_grad():
        next(other.parameters()).add_(1)
    other.save(str(tmp_path / "other"))
    with pytest.raises(InputError, match="training with another base"):
        run(tmp_path / "other", datasets, tmp_path)
    (tmp_path / "checkpoint" / "state.json").write_text("{")
    with pytest.raises(InputError, match="is no checkpoint"):
        run(folder, datasets, tmp_path)


def test_a_loss_that_is_no_number_stops_and_keeps_the_last_good_weights(
    folder: Path, datasets: list[Dataset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load_model(find_model(str(folder)), "cpu")
    with pytest.raises(EncoderError, match=r"loss is nan at step 2.*last-good"):
        train(
            model,
            datasets,
            Recipe(steps=8, batch_size=8, window=24, learning_rate=1e30, bf16=False, device="cpu"),
            tmp_path / "bad" / "checkpoint",
            print,
            base="",
        )
    kept = SentenceTransformer(str(tmp_path / "bad" / "last-good"), device="cpu")
    before = copy_weights(load_model(find_model(str(folder)), "cpu"))
    assert digest(copy_weights(kept)) == digest(copy_weights(model)) == digest(before)


@pytest.mark.parametrize(("step", "whole"), [(3, False), (7, True), (8, True)])
def test_weights_that_are_no_numbers_are_never_kept(
    folder: Path,
    datasets: list[Dataset],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: int,
    whole: bool,
) -> None:
    """The loss is a number each time, though the gradient is none."""
    calls = [0]
    forward = ColumnsLoss.forward

    def steep(self: ColumnsLoss, features: Any, labels: Any) -> Any:
        calls[0] += 1
        loss = forward(self, features, labels)
        return loss + (loss * 0).sqrt() if calls[0] == step else loss.nan_to_num()

    with monkeypatch.context() as patch:
        patch.setattr(ColumnsLoss, "forward", steep)
        with pytest.raises(EncoderError, match=r"no numbers at step \d: .*last-good"):
            run(folder, datasets, tmp_path)
    assert has_checkpoint(tmp_path / "checkpoint") == whole
    kept = SentenceTransformer(str(tmp_path / "last-good"), device="cpu")
    assert all(value.isfinite().all() for value in copy_weights(kept).values())
    if whole:
        assert run(folder, datasets, tmp_path)[2][0] == "Going on after step 6 of 8."


def test_weights_that_were_no_numbers_before_are_not_called_good(
    folder: Path, datasets: list[Dataset], tmp_path: Path
) -> None:
    model = load_model(find_model(str(folder)), "cpu")
    with torch.no_grad():
        next(model.parameters()).fill_(float("nan"))
    with pytest.raises(EncoderError, match="there are no good weights to keep"):
        train(model, datasets, RECIPE, tmp_path / "checkpoint", print, base="")
    assert not has_checkpoint(tmp_path / "checkpoint")
    assert not (tmp_path / "last-good").exists()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"window": 65}, "not between 8 and the model's 64"),
        ({"batch_size": 1}, "two pairs in a batch"),
        ({"seed": -1}, "seed -1 is not between"),
        ({"seed": 2**32}, "seed 4294967296 is not between"),
        ({"steps": 0}, "at least one step"),
        ({"learning_rate": 0.0}, "learning rate"),
        ({"save_every": 0}, "at least one step apart"),
        ({"mini_batch_size": 0}, "at least one at a time"),
        ({"warmup": -3}, "warm-up of -3 steps is below 0"),
    ],
)
def test_settings_that_cannot_train_are_refused(
    folder: Path, datasets: list[Dataset], tmp_path: Path, changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        run(folder, datasets, tmp_path, **changes)
