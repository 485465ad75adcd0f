"""The training pipeline: split by year, make pairs, train, average, measure, then write or refuse."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer

from evaluation.datasets import check_names, set_name
from evaluation.run import Row
from service.encoders.model_folder import ModelFolder
from service.errors import InputError, StorageFullError, VerificationError
from service.session import Session
from service.settings import DataDir
from training.acceptance import check_better, check_set_names, format_table
from training.averaging import average, choose_share
from training.corpus import read_asked
from training.evaluating import HELD_BACK, evaluate_model, mean_ndcg, title_set, topic_set
from training.folder import check_output, copy_weights, open_work, write_model
from training.model_card import with_base, write_card
from training.model_encoder import ModelEncoder, open_measured
from training.pair_files import BadLines, Dataset, check_datasets, read_config, read_texts
from training.pairs import WEIGHTS, make_pairs
from training.recipe import Recipe, check_recipe
from training.sampling import epoch_steps
from training.splitting import Split, split_by_year
from training.trainer import Say, TrainingStats, train

_DEVELOPMENT_SESSIONS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainRequest:
    """A training run: its data, hyperparameters and acceptance criteria.

    `until` is the last year to learn from, by event or under ""; `sets` are question sets to measure on;
    `better` names those that must get better, `tolerance` is by how much a measure of any may fall.
    `epochs` None and the settings of `recipe` that are 0 are chosen for the device.
    """

    output: Path
    until: dict[str, int]
    recipe: Recipe
    epochs: float | None = None
    sets: tuple[Path, ...] = ()
    better: tuple[str, ...] = (HELD_BACK,)
    tolerance: float = 0.01
    min_pairs: int = 1_000
    data: Path | None = None
    from_scratch: bool = False
    sources: str = "a catalogue"


@dataclass(frozen=True, slots=True)
class TrainOutcome:
    """The rows before and after, the share of the trained weights in the average, and the run's statistics."""

    before: list[Row]
    after: list[Row]
    share: float
    stats: TrainingStats

    def as_dict(self) -> dict[str, Any]:
        """Return the outcome as JSON values."""
        return {
            "before": [row.as_dict() for row in self.before],
            "after": [row.as_dict() for row in self.after],
            "share": self.share,
            "steps_per_second": round(self.stats.steps_per_second, 4),
            "skipped_lines": self.stats.skipped,
        }


def run(
    request: TrainRequest,
    sessions: Sequence[Session],
    base: ModelFolder,
    model: SentenceTransformer,
    say: Say,
) -> TrainOutcome:
    """Train the model on the sessions and write it if it is good enough.

    Intermediate files are in a folder beside the output, named after it with `.work`; the same request resumes
    from there, and it is removed at the end. Raises InputError where there is too little to
    learn from, VerificationError where the trained model is not good enough, EncoderError for a loss that is
    not finite; nothing is written at `output` then.
    """
    check_output(request.output)
    check_set_names(request.better, [HELD_BACK, *map(set_name, request.sets)])
    check_names(request.sets, HELD_BACK)
    split = split_by_year(sessions, until=request.until, withheld=read_asked(request.sets))
    work = open_work(request.output)
    files = DataDir(work)
    datasets = _write_pairs(split, request, work, say)
    recipe = fill_defaults(request, datasets, model.device)
    check_recipe(model, recipe)
    held_back = title_set(HELD_BACK, split.testing, split.training)
    if not held_back.questions.questions:
        raise InputError(
            "The later years have no session with an abstract: nothing can be measured."
        )

    def evaluate(name: str) -> list[Row]:
        encoder = open_measured(model, name=name, folder=work / name, models=files.models)
        return evaluate_model(encoder, held_back, request.sets, files.vector_cache, say)

    before = evaluate("base")
    base_weights = copy_weights(model)
    say(f"Training {recipe.steps} steps of {recipe.batch_size}, first {recipe.window} tokens.")
    stats = train(model, datasets, recipe, work / "checkpoint", say, base=base.weights)
    share = 1.0 if request.from_scratch else _average(model, base_weights, split, say)
    after = evaluate("trained")
    outcome = TrainOutcome(before, after, share, stats)
    for line in format_table(before, after):
        say(line)
    try:
        check_better(before, after, wanted=request.better, tolerance=request.tolerance)
    except VerificationError as error:
        raise VerificationError(
            f"{error} Nothing was written; {work} may be removed, or kept to measure again."
        ) from None
    card = write_card(
        base,
        model,
        recipe,
        datasets,
        sources=request.sources,
        averaged=with_base(share),
        before=[row.as_dict() for row in before],
        after=[row.as_dict() for row in after],
    )
    write_model(model, request.output, card)
    shutil.rmtree(work, ignore_errors=True)
    say(
        f"Wrote {request.output}. Use it: conference-helper load --model {request.output} SOURCE..."
    )
    return outcome


def fill_defaults(
    request: TrainRequest, datasets: Sequence[Dataset], device: torch.device
) -> Recipe:
    """Return the recipe with the device's defaults for what the request leaves open (0 or None)."""
    gpu = device.type == "cuda"
    recipe = request.recipe
    batch = recipe.batch_size or (512 if gpu else 128)
    epochs = request.epochs or (2 if gpu else 1)
    steps = recipe.steps or epoch_steps(datasets, batch, epochs)
    return replace(
        recipe,
        batch_size=batch,
        steps=steps,
        window=recipe.window or (250 if gpu else 64),
        warmup=recipe.warmup or steps // 10,
    )


def _write_pairs(split: Split, request: TrainRequest, work: Path, say: Say) -> list[Dataset]:
    """Write the corpus's pairs to files, and return them with the given datasets."""
    pairs = make_pairs(split.training)
    datasets = []
    try:
        for kind, rows in pairs.items():
            file = work / f"{kind}.jsonl"
            file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
            datasets.append(Dataset(kind, file, len(rows), WEIGHTS[kind] * len(rows)))
    except OSError as error:
        raise StorageFullError(f"{work} cannot be written: {error.strerror}.") from error
    if request.data:
        given = _counted(read_config(request.data, request.data.parent))
        own_weight = sum(dataset.weight for dataset in datasets) or 1.0
        scale = sum(dataset.weight for dataset in given) / own_weight
        datasets = [replace(one, weight=one.weight * scale) for one in datasets] + given
    check_datasets(datasets)
    pairs_found = sum(dataset.lines for dataset in datasets)
    if pairs_found < request.min_pairs:
        raise InputError(
            f"There are {pairs_found} pairs to learn from, fewer than {request.min_pairs}: so few make a model "
            "worse elsewhere. Load more years, give a data list, or lower --min-pairs and watch the figures."
        )
    kinds = ", ".join(f"{dataset.lines} {dataset.name}" for dataset in datasets)
    say(f"Pairs: {kinds}. {len(split.development)} sessions choose, {len(split.testing)} test.")
    return datasets


def _counted(datasets: Sequence[Dataset]) -> list[Dataset]:
    """The datasets with `lines` counted, good ones only. Raises InputError for one without any."""
    counted = []
    for dataset in datasets:
        lines = sum(1 for _ in read_texts(dataset, BadLines()))
        if not lines:
            raise InputError(f"{dataset.path} holds no pair or triplet. Leave the dataset out.")
        counted.append(replace(dataset, lines=lines))
    return counted


def _average(
    model: SentenceTransformer, base: dict[str, torch.Tensor], split: Split, say: Say
) -> float:
    """Average the model's weights with the base's; return the share that ranks the development part best."""
    trained = copy_weights(model)
    chosen = split.development[:_DEVELOPMENT_SESSIONS]
    filler = split.training[: _DEVELOPMENT_SESSIONS - len(chosen)]
    sets = [title_set("titles", chosen, filler), topic_set("topics", [*chosen, *filler])]
    ndcg: dict[float, float] = {}

    def measure(share: float) -> float:
        model.load_state_dict(average(trained, base, share))
        ndcg[share] = mean_ndcg(ModelEncoder(model, name="trained"), sets)
        say(f"{share:g} of the trained weights: nDCG@10 {ndcg[share]:.4f} on the development part")
        return ndcg[share]

    share = choose_share(measure)
    model.load_state_dict(average(trained, base, share))
    return share
