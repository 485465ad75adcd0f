"""The model card of a trained model: data, procedure, figures, intended use and limits."""

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from sentence_transformers import SentenceTransformer

from service.encoders.model_folder import ModelFolder
from training.folder import max_tokens
from training.pair_files import Dataset
from training.recipe import Recipe, hyperparameters

TRAINED_ALONE = "The weights are the trained ones; none of the base's were mixed in."
_MEASURES = ("hit@3", "mrr@10", "ndcg@10")

Figures = Mapping[str, Any]
"""A row of the evaluation."""


def display_name(base: ModelFolder) -> str:
    """Return the name of a model; of a folder its last part, not the whole path."""
    return Path(base.name).name if Path(base.name).is_dir() else base.name


def licence_of(folder: Path) -> str:
    """Return the licence that a model folder's card names, "other" where it names none."""
    card = folder / "README.md"
    text = card.read_text("utf-8", "replace") if card.is_file() else ""
    found = re.search(r"^license:\s*(\S+)\s*$", text.split("\n---", 1)[0], re.M)
    return found[1] if found else "other"


def write_card(
    base: ModelFolder,
    model: SentenceTransformer,
    recipe: Recipe,
    datasets: Sequence[Dataset],
    *,
    sources: str,
    averaged: str = TRAINED_ALONE,
    before: Sequence[Figures] = (),
    after: Sequence[Figures] = (),
) -> str:
    """Return the card of a model trained from `base`, in Markdown with the front matter that model hubs read.

    `before` and `after` are rows of the evaluation in the same order; `averaged` says what the weights are a
    mean of.
    """
    card = files("training").joinpath("model_card.md").read_text("utf-8")
    return card.format(
        licence=licence_of(base.path),
        base=display_name(base),
        dimension=model.get_embedding_dimension(),
        sources=sources,
        datasets="\n".join(f"| {one.name} | {one.lines:,} | {one.weight:g} |" for one in datasets),
        settings="\n".join(
            f"| {key} | {value} |" for key, value in hyperparameters(recipe).items()
        ),
        averaged=averaged,
        figures="\n".join(_figures(before, after)) if before else "",
        max_tokens=model.max_seq_length or max_tokens(model),
        window=recipe.window,
    )


def with_base(share: float) -> str:
    """Return what the card says of weights that are `share` of the trained ones, the base's for the rest."""
    if share == 1:
        return TRAINED_ALONE
    return (
        f"The weights are {share:g} of the trained ones and {1 - share:.2g} of the base's, "
        "a share chosen on sessions set apart for it."
    )


def _figures(before: Sequence[Figures], after: Sequence[Figures]) -> Iterator[str]:
    yield from ("", "## Figures", "")
    yield "On questions of later years, none of which was learned from; set, search mode, before and after."
    yield from ("", "| set | mode | " + " | ".join(f"{n} before | after" for n in _MEASURES) + " |")
    yield "|---|---|" + "---|---|" * len(_MEASURES)
    yield from (_row(one, other) for one, other in zip(before, after, strict=True))


def _row(before: Figures, after: Figures) -> str:
    numbers = (f"{before[name]:.3f} | {after[name]:.3f}" for name in _MEASURES)
    return f"| {after['set']} | {after['mode']} | {' | '.join(numbers)} |"
