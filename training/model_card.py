"""The model card: what a trained model was made from and how, what it reaches, and where its limits are."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sentence_transformers import SentenceTransformer

from service.encoders.model_folder import ModelFolder
from training.datasets import Dataset
from training.folder import longest_text
from training.recipe import Recipe, shown

_SHOWN = ("hit@3", "mrr@10", "ndcg@10")
Figures = Mapping[str, Any]
"""A row of the evaluation."""


def called(base: ModelFolder) -> str:
    """Return the name of a model to print: that of its folder where it is one, not where it lies."""
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
    share: float = 1.0,
    before: Sequence[Figures] = (),
    after: Sequence[Figures] = (),
) -> str:
    """Return the card of a model trained from `base`, in Markdown with the front matter that model hubs read.

    `before` and `after` are rows of the evaluation in the same order, `share` what the weights have of the
    trained ones.
    """
    licence = licence_of(base.path)
    return "\n".join(
        (
            *("---", f"license: {licence}", "library_name: sentence-transformers"),
            *("pipeline_tag: sentence-similarity", f"base_model: {called(base)}"),
            *("tags:", "- sentence-transformers", "- feature-extraction"),
            *("- sentence-similarity", "---", ""),
            *("# A model for the sessions of an archive", ""),
            f"Maps texts to unit vectors of {model.get_embedding_dimension()} dimensions, so that a question",
            "lies near the sessions that answer it. Compare vectors by dot product.",
            *("", "## Use", ""),
            *("    conference-helper load --model THIS_FOLDER SOURCE...", ""),
            *(
                "or, in Python,",
                "",
                "    from sentence_transformers import SentenceTransformer",
                "",
            ),
            '    vectors = SentenceTransformer("THIS_FOLDER").encode(["health analytics"])',
            *(
                "",
                "Plain transformers: mean of the last hidden states where the attention mask is 1,",
            ),
            "divided by its length.",
            *("", "## Data", "", f"Made from: {sources}.", ""),
            *("| dataset | pairs or triplets | weight |", "|---|---|---|"),
            *(f"| {one.name} | {one.lines:,} | {one.weight:g} |" for one in datasets),
            *("", "## Procedure", "", f"Began with `{called(base)}`."),
            "Each step drew one dataset by weight. Loss: MultipleNegativesRankingLoss, cosine similarity,",
            "scale 20, mean pooling; symmetric for pairs, one-way with hard negatives for triplets; no text",
            "twice in a batch. AdamW, linear warm-up and decay.",
            *("", "| setting | value |", "|---|---|"),
            *(f"| {name} | {value} |" for name, value in shown(recipe).items()),
            *("", _averaged(share)),
            *(_figures(before, after) if before else ()),
            *("", "## Intended use and limits", ""),
            "For finding sessions, talks and papers by a question, a title or a topic. It was made for the",
            "archive above; measure before using it elsewhere. A vector does not find names: combine it with",
            "keyword search. It must not be used to judge people, nor where a wrong answer does harm.",
            *(
                "",
                f"Texts longer than {model.max_seq_length or longest_text(model)} tokens are cut off. "
                "It was trained on the first",
            ),
            f"{recipe.window} of each text, and models of its family on up to 250 tokens: it may work",
            "less well on longer ones.",
            *(
                "",
                f"Licence: {licence}, that of the model it began with; the data has its own.",
                "",
            ),
        )
    )


def _averaged(share: float) -> str:
    if share == 1:
        return "The weights are the trained ones; none of the base's were mixed in."
    return (
        f"The weights are {share:g} of the trained ones and {1 - share:.2g} of the base's, "
        "a share chosen on sessions set apart for it."
    )


def _figures(before: Sequence[Figures], after: Sequence[Figures]) -> Iterator[str]:
    yield from ("", "## Figures", "")
    yield "On questions of later years, none of which was learned from; set, search mode, before and after."
    yield from ("", "| set | mode | " + " | ".join(f"{n} before | after" for n in _SHOWN) + " |")
    yield "|---|---|" + "---|---|" * len(_SHOWN)
    yield from (_row(one, other) for one, other in zip(before, after, strict=True))


def _row(before: Figures, after: Figures) -> str:
    numbers = (f"{before[name]:.3f} | {after[name]:.3f}" for name in _SHOWN)
    return f"| {after['set']} | {after['mode']} | {' | '.join(numbers)} |"
