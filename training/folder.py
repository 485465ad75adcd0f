"""Model folders, written atomically in the layout of sentence-transformers and transformers."""

import shutil
from pathlib import Path

from safetensors import SafetensorError
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from torch import Tensor

from service.encoders.model_folder import ModelFolder, find_model
from service.encoders.sentence_transformer import not_loaded
from service.errors import InputError, StorageFullError
from training.checkpoints import sync_folder
from training.installed import SCRATCH_MODEL

_MARK = "made-by-training"
"""Marker file of folders that were created by `open_work`."""


def open_scratch(
    model: str | None, *, device: str | None = None
) -> tuple[ModelFolder, SentenceTransformer]:
    """Return a model that was never trained for sentences, with mean pooling and unit length added.

    It is SCRATCH_MODEL, or the folder or name given. Raises ModelError if it cannot be had.
    """
    folder = find_model(model or SCRATCH_MODEL)
    try:
        body = Transformer(str(folder.path), model_kwargs={"use_safetensors": True})
        modules = [body, Pooling(body.get_embedding_dimension(), "mean"), Normalize()]
        return folder, SentenceTransformer(modules=modules, device=device)
    except (OSError, ValueError, RuntimeError, AssertionError) as error:
        raise not_loaded(folder, device, error) from error


def max_tokens(model: SentenceTransformer) -> int:
    """Return how many tokens of a text the model can take in."""
    body = model.transformers_model
    return int(getattr(body.config, "max_position_embeddings", 512)) if body else 512


def copy_weights(model: SentenceTransformer) -> dict[str, Tensor]:
    """Return a copy of the model's weights."""
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def work_folder(output: Path) -> Path:
    """Return the folder of intermediate files for the model folder `output`."""
    return output.with_name(output.name + ".work")


def open_work(output: Path) -> Path:
    """Make the work folder of `output`, marked as the program's own, and return it.

    Raises InputError if something else is there, StorageFullError if it cannot be made.
    """
    check_output(output)
    work = work_folder(output)
    try:
        work.mkdir(parents=True, exist_ok=True)
        (work / _MARK).touch()
    except OSError as error:
        raise StorageFullError(f"{work} cannot be written: {error.strerror}.") from error
    return work


def check_output(output: Path) -> None:
    """Raise InputError if something is at `output` or beside it already, before any work is done."""
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise InputError(f"{output} is there already. Name another folder, or remove it.")
    work = work_folder(output)
    if work.exists() and not (work / _MARK).is_file():
        raise InputError(
            f"{work}, where {output.name} would be made, is there already and was not made by training. "
            "Name another folder, or remove it."
        )


def write_model(model: SentenceTransformer, output: Path, card: str) -> None:
    """Write the model and its card to the folder `output`, which appears whole or not at all.

    It is made in the folder of `open_work`. Raises StorageFullError if it cannot be written.
    """
    made = open_work(output) / "model"
    try:
        shutil.rmtree(made, ignore_errors=True)
        model.save(str(made), create_model_card=False, safe_serialization=True)
        (made / "README.md").write_text(card, "utf-8")
        sync_folder(made)
        made.rename(output)  # an empty folder may be there
    except (OSError, SafetensorError) as error:
        raise StorageFullError(
            f"The model folder {output} cannot be written ({error}). Make room and run the command again."
        ) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
