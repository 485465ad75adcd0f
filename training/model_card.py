"""The model card: what a trained model was made from and how, what it reaches, and where its limits are."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sentence_transformers import SentenceTransformer

from service.encoders.model_folder import ModelFolder
from training.datasets import Dataset
from training.folder import longest_text
from training.recipe import Recipe, shown

_SHOWN = ("hit@3", "mrr@10", "ndcg@10")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """What the card says. `before` and `after` are rows of the evaluation, in the same order."""

    base: str
    licence: str
    dimension: int
    window: int
    limit: int
    datasets: Sequence[tuple[str, int, float]]
    """Name, lines and weight of each."""
    sources: str
    recipe: Mapping[str, Any]
    share: float
    before: Sequence[Mapping[str, Any]]
    after: Sequence[Mapping[str, Any]]


def card_facts(
    base: ModelFolder,
    model: SentenceTransformer,
    recipe: Recipe,
    datasets: Sequence[Dataset],
    *,
    sources: str,
    share: float = 1.0,
    before: Sequence[Mapping[str, Any]] = (),
    after: Sequence[Mapping[str, Any]] = (),
) -> CardFacts:
    """Return what is to be said of a model that was trained from `base` by the recipe."""
    return CardFacts(
        base=called(base),
        licence=licence_of(base.path),
        dimension=int(model.get_embedding_dimension() or 0),
        window=recipe.window,
        limit=longest_text(model),
        datasets=[(one.name, one.lines, one.weight) for one in datasets],
        sources=sources,
        recipe=shown(recipe),
        share=share,
        before=before,
        after=after,
    )


def called(base: ModelFolder) -> str:
    """Return the name of a model to print: that of its folder where it is one, not where it lies."""
    return Path(base.name).name if Path(base.name).is_dir() else base.name


def licence_of(folder: Path) -> str:
    """Return the licence that a model folder's card names, "other" where it names none."""
    card = folder / "README.md"
    text = card.read_text("utf-8", "replace") if card.is_file() else ""
    found = re.search(r"^license:\s*(\S+)\s*$", text.split("\n---", 1)[0], re.M)
    return found[1] if found else "other"


def write_card(facts: CardFacts) -> str:
    """Return the card in Markdown, with the front matter that model hubs read."""
    return "\n".join(
        (
            *("---", f"license: {facts.licence}", "library_name: sentence-transformers"),
            *("pipeline_tag: sentence-similarity", f"base_model: {facts.base}"),
            *("tags:", "- sentence-transformers", "- feature-extraction"),
            *("- sentence-similarity", "---", ""),
            *("# A model for the sessions of an archive", ""),
            f"Maps texts to unit vectors of {facts.dimension} dimensions, so that a question lies near the",
            "sessions that answer it. Compare vectors by dot product.",
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
            *("", "## Data", "", f"Made from: {facts.sources}.", ""),
            *("| dataset | pairs or triplets | weight |", "|---|---|---|"),
            *(f"| {name} | {lines:,} | {weight:g} |" for name, lines, weight in facts.datasets),
            *("", "## Procedure", "", f"Began with `{facts.base}`."),
            "Each step drew one dataset by weight. Loss: MultipleNegativesRankingLoss, cosine similarity,",
            "scale 20, mean pooling; symmetric for pairs, one-way with hard negatives for triplets; no text",
            "twice in a batch. AdamW, linear warm-up and decay.",
            *("", "| setting | value |", "|---|---|"),
            *(f"| {name} | {value} |" for name, value in facts.recipe.items()),
            *("", _averaged(facts), "", "## Figures", ""),
            "On questions of later years, none of which was learned from; set, search mode, before and after.",
            *("", "| set | mode | " + " | ".join(f"{n} before | after" for n in _SHOWN) + " |"),
            "|---|---|" + "---|---|" * len(_SHOWN),
            *(_row(one, other) for one, other in zip(facts.before, facts.after, strict=True)),
            *("", "## Intended use and limits", ""),
            "For finding sessions, talks and papers by a question, a title or a topic. It was made for the",
            "archive above; measure before using it elsewhere. A vector does not find names: combine it with",
            "keyword search. It must not be used to judge people, nor where a wrong answer does harm.",
            *(
                "",
                f"Texts longer than {facts.limit} word pieces are cut off. The model it began with was",
            ),
            f"trained on texts of up to 250 word pieces and this one on the first {facts.window}: it may work",
            "less well on longer ones.",
            *(
                "",
                f"Licence: {facts.licence}, that of the model it began with; the data has its own.",
                "",
            ),
        )
    )


def _averaged(facts: CardFacts) -> str:
    if facts.share == 1:
        return "The weights are the trained ones; none of the base's were mixed in."
    return (
        f"The weights are {facts.share:g} of the trained ones and {1 - facts.share:.2g} of the base's, "
        "a share chosen on sessions set apart for it."
    )


def _row(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    numbers = (f"{before[name]:.3f} | {after[name]:.3f}" for name in _SHOWN)
    return f"| {after['set']} | {after['mode']} | {' | '.join(numbers)} |"
