"""Training hyperparameters, and their validation."""

from dataclasses import asdict, dataclass
from typing import Any

from sentence_transformers import SentenceTransformer

from service.errors import InputError
from training.folder import max_tokens

_WITHOUT_EFFECT = ("save_every", "device", "mini_batch_size")
"""Settings that depend on the machine and do not affect the trained weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Hyperparameters: `steps` updates of the weights, on the first `window` tokens of each text.

    The learning rate rises over `warmup` steps, then falls to 0. `mini_batch_size` texts are embedded at a
    time; `cached` keeps only one mini-batch in memory. `bf16` None means where the device computes in it.
    Each batch has `off_topic` questions that no session answers, drawn from those that calibrate verdicts.
    """

    steps: int
    batch_size: int = 128
    window: int = 250
    learning_rate: float = 2e-5
    warmup: int = 0
    seed: int = 7
    mini_batch_size: int = 32
    cached: bool = False
    bf16: bool | None = None
    off_topic: int = 0
    save_every: int = 50
    device: str | None = None


def hyperparameters(recipe: Recipe) -> dict[str, Any]:
    """Return the settings that affect the trained weights."""
    return {key: value for key, value in asdict(recipe).items() if key not in _WITHOUT_EFFECT}


def check_recipe(model: SentenceTransformer, recipe: Recipe) -> None:
    """Raise InputError for settings that this model cannot be trained with."""
    limit = max_tokens(model)
    if not 8 <= recipe.window <= limit:
        raise InputError(f"The window of {recipe.window} is not between 8 and the model's {limit}.")
    if recipe.batch_size < 2 or recipe.steps < 1:
        raise InputError("Training needs at least one step, and two pairs in a batch.")
    if recipe.save_every < 1 or recipe.mini_batch_size < 1:
        raise InputError(
            "Checkpoints are at least one step apart, and texts are embedded at least one at a time."
        )
    if recipe.warmup < 0:
        raise InputError(f"The warm-up of {recipe.warmup} steps is below 0.")
    if not 0 <= recipe.seed < 2**32:
        raise InputError(f"The seed {recipe.seed} is not between 0 and {2**32 - 1}.")
    if not 0 < recipe.learning_rate < float("inf"):
        raise InputError(f"The learning rate {recipe.learning_rate:g} is not above 0.")
