"""Training: sentence-transformers' trainer, fed with weighted batches and resumed from our own checkpoints."""

import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
)
from torch.utils.data import DataLoader
from transformers import PrinterCallback, ProgressCallback, TrainerCallback

from service.errors import EncoderError
from training.checkpoints import has_checkpoint, load_checkpoint, save_checkpoint
from training.feature_stream import FeatureStream
from training.losses import ColumnsLoss
from training.pair_files import BadLines, Dataset
from training.recipe import Recipe, check_recipe, hyperparameters
from training.sampling import WeightedBatches

_PROGRESS_SECONDS = 20

Say = Callable[[str], None]
log = logging.getLogger(__name__)


@dataclass(slots=True)
class TrainingStats:
    """The loss of each step of this run, its seconds, and the bad lines that were skipped by dataset."""

    losses: list[float] = field(default_factory=list)
    seconds: float = 0.0
    skipped: dict[str, int] = field(default_factory=dict)

    @property
    def steps_per_second(self) -> float:
        """Steps a second; 0 before the first."""
        return len(self.losses) / self.seconds if self.seconds else 0.0


def train(
    model: SentenceTransformer,
    datasets: Sequence[Dataset],
    recipe: Recipe,
    checkpoint: Path,
    say: Say,
    *,
    base: str,
    callbacks: Sequence[TrainerCallback] = (),
) -> TrainingStats:
    """Train the model in place; resume from the folder `checkpoint` if there is one, and leave the last there.

    The model keeps its own window. `base` is the digest of the weights that training began with: a checkpoint
    of others is refused. Raises EncoderError if the loss or a weight is not finite (the model then has its last
    good weights), InputError for settings or data that cannot be used, StorageFullError where a checkpoint
    cannot be written.
    """
    check_recipe(model, recipe)
    torch.manual_seed(recipe.seed)
    window = model.max_seq_length
    bad = BadLines()
    stream = WeightedBatches(datasets, batch_size=recipe.batch_size, seed=recipe.seed, bad=bad)
    data = [f"{one.name} {one.weight:g} {one.path.stat().st_size}" for one in datasets]
    settings = {**hyperparameters(recipe), "data": data, "base": base}
    trainer = _Trainer(model, stream, recipe, checkpoint, settings, say, window)
    for callback in callbacks:
        trainer.add_callback(callback)
    started = time.perf_counter()
    model.max_seq_length = recipe.window
    try:
        trainer.train()
    finally:
        model.max_seq_length = window
        model.to(recipe.device or model.device)
        trainer.stats.seconds = time.perf_counter() - started
        trainer.stats.skipped = dict(bad.skipped)
    return trainer.stats


def supports_bf16(device: torch.device) -> bool:
    """Return whether the device computes in bfloat16 faster than in float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    if device.type == "cpu":
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return False


class _Trainer(SentenceTransformerTrainer):
    """Draws batches from WeightedBatches, and stops at a loss or a weight that is not finite."""

    def __init__(
        self,
        model: SentenceTransformer,
        batches: WeightedBatches,
        recipe: Recipe,
        checkpoint: Path,
        settings: dict[str, Any],
        say: Say,
        window: int | None,
    ) -> None:
        device = torch.device(recipe.device) if recipe.device else model.device
        bf16 = supports_bf16(device) if recipe.bf16 is None else recipe.bf16
        self.stats = TrainingStats()
        self.checkpoint = checkpoint
        self.stream = FeatureStream(batches, model, recipe)
        self.say = say
        self._window = window
        self._last_good: dict[str, torch.Tensor] = {}
        super().__init__(
            model=model,
            args=SentenceTransformerTrainingArguments(
                output_dir=str(checkpoint),
                max_steps=recipe.steps,
                per_device_train_batch_size=recipe.batch_size,
                learning_rate=recipe.learning_rate,
                warmup_steps=recipe.warmup,
                seed=recipe.seed,
                bf16=bf16,
                use_cpu=device.type == "cpu",
                save_strategy="no",
                logging_strategy="no",
                logging_nan_inf_filter=False,
                report_to="none",
                disable_tqdm=True,
                dataloader_pin_memory=device.type == "cuda",
            ),
            loss=ColumnsLoss(
                model,
                mini_batch_size=recipe.mini_batch_size,
                cached=recipe.cached,
                off_topic=recipe.off_topic > 0,
            ),
            callbacks=[_Checkpoints(self, recipe, settings)],
        )
        for unwanted in (PrinterCallback, ProgressCallback):
            self.remove_callback(unwanted)

    def add_model_card_callback(self, default_args_dict: dict[str, Any]) -> None:
        """Do nothing: our own card is written with the model (see training.model_card)."""

    def get_train_dataloader(self) -> DataLoader[dict[str, Any]]:
        """Return the stream of features; for a GPU another process tokenizes ahead."""
        on_gpu = self.args.device.type == "cuda"
        return DataLoader(
            self.stream,
            batch_size=None,
            num_workers=1 if on_gpu else 0,
            prefetch_factor=4 if on_gpu else None,
            pin_memory=on_gpu,
            generator=torch.Generator(),  # else it draws from dropout's, and a resumed run differs
        )

    def training_step(self, *given: Any, **named: Any) -> torch.Tensor:
        """Return the loss of a step after its backward pass; keep a copy of the weights if it is finite."""
        loss: torch.Tensor = super().training_step(*given, **named)
        value, step = loss.item(), self.state.global_step + 1
        if not math.isfinite(value):
            raise self.diverged(f"The loss is {value} at step {step}")
        self.check_weights(step)
        self._copy_weights()
        self.stats.losses.append(value)
        return loss

    def check_weights(self, step: int) -> None:
        """Raise EncoderError if a weight is not finite; the model then has the last good ones."""
        if not self._finite():
            raise self.diverged(f"Weights are no numbers at step {step}")

    def diverged(self, fault: str) -> EncoderError:
        """Restore the last good weights and save them; return the error that says where."""
        if self._last_good:
            self.model.load_state_dict(self._last_good)
        saved = "there are no good weights to keep"
        if self._finite():
            saved = f"the last good weights are kept in {self._save_last_good()}"
        return EncoderError(
            f"{fault}: training stopped, and {saved}. "
            "Lower the learning rate, or look for odd texts in the data."
        )

    def _finite(self) -> bool:
        weights = self.model.state_dict().values()
        return bool(torch.stack([value.isfinite().all() for value in weights]).all())

    def _copy_weights(self) -> None:
        with torch.no_grad():
            for name, value in self.model.state_dict().items():
                if name in self._last_good:
                    self._last_good[name].copy_(value)
                else:
                    self._last_good[name] = value.detach().clone()

    def _save_last_good(self) -> Path:
        folder = self.checkpoint.with_name("last-good")
        self.model.max_seq_length = self._window
        self.model.save(str(folder), create_model_card=False)
        return folder


class _Checkpoints(TrainerCallback):
    """Resumes from a checkpoint, writes the next ones, and reports progress."""

    def __init__(self, trainer: _Trainer, recipe: Recipe, settings: dict[str, Any]) -> None:
        self._trainer = trainer
        self._recipe = recipe
        self._settings = settings
        self._reported = self._started = 0.0
        self._first = 0

    def on_train_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Resume from the checkpoint, if there is one."""
        self._reported = self._started = time.perf_counter()
        if has_checkpoint(self._trainer.checkpoint):
            step = load_checkpoint(
                self._trainer.checkpoint,
                recipe=self._settings,
                model=self._trainer.model,
                optimizer=given["optimizer"],
            )
            state.global_step = self._first = self._trainer.stream.start = step
            _set_learning_rate(given["lr_scheduler"], given["optimizer"], step)
            self._trainer.say(f"Going on after step {step} of {self._recipe.steps}.")
            if step >= self._recipe.steps:
                control.should_training_stop = True

    def on_step_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Write a checkpoint every `save_every` steps and at the end; report progress now and then."""
        step, now = state.global_step, time.perf_counter()
        last = step >= self._recipe.steps
        if last or now - self._reported > _PROGRESS_SECONDS:
            self._reported = now
            rate = (step - self._first) / (now - self._started)
            left = (self._recipe.steps - step) / rate
            losses = self._trainer.stats.losses[-10:]
            self._trainer.say(
                f"step {step} of {self._recipe.steps}, loss {sum(losses) / len(losses):.3f}, "
                f"{rate:.2f} steps/s, {left / 60:.0f} min left"
            )
        if last or step % self._recipe.save_every == 0:
            self._trainer.check_weights(step)
            save_checkpoint(
                self._trainer.checkpoint,
                step=step,
                recipe=self._settings,
                model=self._trainer.model,
                optimizer=given["optimizer"],
            )


def _set_learning_rate(scheduler: Any, optimizer: Any, step: int) -> None:
    """Set the scheduler and the optimizer to the learning rate after `step` steps."""
    scheduler.last_epoch = step
    rates = zip(scheduler.base_lrs, scheduler.lr_lambdas, strict=True)
    for group, (full, share) in zip(optimizer.param_groups, rates, strict=True):
        group["lr"] = full * share(step)
