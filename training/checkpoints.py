"""Checkpoints: everything that training needs to go on as if it had not stopped, in safetensors."""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from service.errors import InputError, StorageFullError

_TENSORS, _STATE = "state.safetensors", "state.json"


def save_checkpoint(
    folder: Path, *, step: int, recipe: Mapping[str, Any], model: Any, optimizer: Any
) -> None:
    """Write the checkpoint in place of the one before; `folder` always holds a whole one or none.

    Raises StorageFullError if it cannot be written; the one before is kept then.
    """
    tensors = {f"model.{name}": value for name, value in model.state_dict().items()}
    for number, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{number}.{name}": value for name, value in state.items()}
    tensors["random"] = torch.get_rng_state()
    if torch.cuda.is_available():
        tensors["random.cuda"] = torch.cuda.get_rng_state()
    beside = folder.with_name(folder.name + ".new")
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        save_file(
            {name: value.detach().cpu().clone() for name, value in tensors.items()},
            beside / _TENSORS,
        )
        (beside / _STATE).write_text(json.dumps({"step": step, "recipe": dict(recipe)}))
        _replace_folder(beside, folder)
    except Exception as error:  # safetensors has its own error for a full disk
        shutil.rmtree(beside, ignore_errors=True)
        raise StorageFullError(
            f"The checkpoint {folder} cannot be written ({error}). Make room and run the same command "
            "again: training goes on from the checkpoint before."
        ) from error


def load_checkpoint(folder: Path, *, recipe: Mapping[str, Any], model: Any, optimizer: Any) -> int:
    """Take over a checkpoint's weights, optimizer and random state; return the steps that were done.

    Raises InputError if it belongs to training with other settings, or cannot be read.
    """
    try:
        known = json.loads((folder / _STATE).read_text())
        if changed := sorted(k for k, v in recipe.items() if known["recipe"].get(k) != v):
            raise InputError(
                f"{folder} is of training with another {', '.join(changed)}. Use the settings of then, "
                "or remove the folder to begin anew."
            )
        tensors = load_file(folder / _TENSORS)
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            f"{folder} is no checkpoint ({error}). Remove it to begin anew."
        ) from error
    model.load_state_dict(_below("model.", tensors))
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in _below("optimizer.", tensors).items():
        number, _, key = name.partition(".")
        state.setdefault(int(number), {})[key] = value
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
    torch.set_rng_state(tensors["random"])
    if torch.cuda.is_available() and "random.cuda" in tensors:
        torch.cuda.set_rng_state(tensors["random.cuda"])
    return int(known["step"])


def has_checkpoint(folder: Path) -> bool:
    """Return whether there is a whole checkpoint; one whose replacing was cut short is put back."""
    before = folder.with_name(folder.name + ".old")
    if not folder.exists() and before.exists():
        before.rename(folder)
    return (folder / _STATE).is_file()


def sync_folder(folder: Path) -> None:
    """Bring the folder's files to the disk."""
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as stream:
                os.fsync(stream.fileno())


def _replace_folder(beside: Path, folder: Path) -> None:
    """Put `beside` in the place of `folder`, which disappears only after its successor is whole."""
    before = folder.with_name(folder.name + ".old")
    shutil.rmtree(before, ignore_errors=True)
    sync_folder(beside)
    if folder.exists():
        folder.rename(before)
    beside.rename(folder)
    shutil.rmtree(before, ignore_errors=True)


def _below(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): value
        for name, value in tensors.items()
        if name.startswith(prefix)
    }
