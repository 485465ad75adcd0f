"""How to train: the settings, which of them decide what comes out, and which cannot be used."""

from dataclasses import asdict, dataclass
from typing import Any

from sentence_transformers import SentenceTransformer

from service.errors import InputError
from training.folder import longest_text

_NO_MATTER = ("save_every", "device", "slice_rows")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to train. `steps` are updates of the weights, `window` tokens of a text, `warmup` steps.

    `slice_rows` texts are embedded at a time; `cached` keeps only one slice in memory. `bf16` None means
    where the device computes in it.
    """

    steps: int
    batch_size: int = 128
    window: int = 250
    learning_rate: float = 2e-5
    warmup: int = 0
    seed: int = 7
    slice_rows: int = 32
    cached: bool = False
    bf16: bool | None = None
    save_every: int = 50
    device: str | None = None


def shown(recipe: Recipe) -> dict[str, Any]:
    """Return the settings that decide what comes out, for people."""
    return {key: value for key, value in asdict(recipe).items() if key not in _NO_MATTER}


def check_recipe(model: SentenceTransformer, recipe: Recipe) -> None:
    """Raise InputError for settings that this model cannot be trained with."""
    limit = longest_text(model)
    if not 8 <= recipe.window <= limit:
        raise InputError(f"The window of {recipe.window} is not between 8 and the model's {limit}.")
    if recipe.batch_size < 2 or recipe.steps < 1:
        raise InputError("Training needs at least one step, and two pairs in a batch.")
    if not 0 <= recipe.seed < 2**32:
        raise InputError(f"The seed {recipe.seed} is not between 0 and {2**32 - 1}.")
    if not 0 < recipe.learning_rate < float("inf"):
        raise InputError(f"The learning rate {recipe.learning_rate:g} is not above 0.")
