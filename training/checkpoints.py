"""Checkpoints in safetensors: weights, optimizer, random state and step, replaced as a whole or not at all.

The trainer's own are written in place (a process killed while it writes leaves one that resuming chooses and
fails on), in pickles, without the settings and data that they belong to.
"""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from service.errors import InputError, StorageFullError

_TENSORS, _STATE = "state.safetensors", "state.json"


def save_checkpoint(
    folder: Path, *, step: int, recipe: Mapping[str, Any], model: Any, optimizer: Any
) -> None:
    """Replace the checkpoint in `folder`, which always holds a whole one or none.

    Raises StorageFullError if it cannot be written; the previous one is kept then.
    """
    tensors = {f"model.{name}": value for name, value in model.state_dict().items()}
    for number, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{number}.{name}": value for name, value in state.items()}
    tensors["random"] = torch.get_rng_state()
    if torch.cuda.is_available():
        tensors["random.cuda"] = torch.cuda.get_rng_state()
    new = folder.with_name(folder.name + ".new")
    try:
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        save_file(
            {name: value.detach().cpu().clone() for name, value in tensors.items()},
            new / _TENSORS,
        )
        (new / _STATE).write_text(json.dumps({"step": step, "recipe": dict(recipe)}))
        _replace_folder(new, folder)
    except (OSError, SafetensorError) as error:
        shutil.rmtree(new, ignore_errors=True)
        raise StorageFullError(
            f"The checkpoint {folder} cannot be written ({error}). Make room and run the same command "
            "again: training goes on from the checkpoint before."
        ) from error


def load_checkpoint(folder: Path, *, recipe: Mapping[str, Any], model: Any, optimizer: Any) -> int:
    """Restore weights, optimizer and random state; return the number of steps that were done.

    Raises InputError if the checkpoint is of other settings, or cannot be read.
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
    model.load_state_dict(_with_prefix("model.", tensors))
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in _with_prefix("optimizer.", tensors).items():
        number, _, key = name.partition(".")
        state.setdefault(int(number), {})[key] = value
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
    torch.set_rng_state(tensors["random"])
    if torch.cuda.is_available() and "random.cuda" in tensors:
        torch.cuda.set_rng_state(tensors["random.cuda"])
    return int(known["step"])


def has_checkpoint(folder: Path) -> bool:
    """Return whether there is a checkpoint; the previous one is restored if a replacement was cut short."""
    previous = folder.with_name(folder.name + ".old")
    if not folder.exists() and previous.exists():
        previous.rename(folder)
    return (folder / _STATE).is_file()


def sync_folder(folder: Path) -> None:
    """Flush the folder's files to the disk (fsync)."""
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as stream:
                os.fsync(stream.fileno())


def _replace_folder(new: Path, folder: Path) -> None:
    """Rename `new` to `folder`, whose previous content is removed only then."""
    previous = folder.with_name(folder.name + ".old")
    shutil.rmtree(previous, ignore_errors=True)
    sync_folder(new)
    if folder.exists():
        folder.rename(previous)
    new.rename(folder)
    shutil.rmtree(previous, ignore_errors=True)


def _with_prefix(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): value
        for name, value in tensors.items()
        if name.startswith(prefix)
    }
