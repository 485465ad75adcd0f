"""Makes a model of the program's own kind: several runs from one base, and the mean of their weights.

    python -m training.make_model OUTPUT --data FOLDER [--set FOLDER ...] [--config FILE] [options]

FOLDER holds the files that the configuration names (training/model_config.json: data, weights, runs). Nothing
is learned from later years of a source, nor from what a question set asks: its titles with their other
sittings, and its topics. Each step has pairs of one kind and one source, drawn by weight, and off-topic
questions that no session should be near. A run that was stopped continues when the same command is run again.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click import echo

from loaders.records.record import Options
from service.encoders.model_folder import find_model
from service.encoders.sentence_transformer import load_model
from service.errors import ConferenceHelperError, InputError
from service.session import Session
from training.corpus import read_asked, read_sources
from training.installed import check_installed
from training.model_pairs import make_model_pairs
from training.pair_files import Dataset, check_datasets
from training.splitting import split_by_year

if TYPE_CHECKING:
    from training.recipe import Recipe

CONFIG = Path(__file__).parent / "model_config.json"
"""Data, weights, runs and hyperparameters of the program's own model."""


@dataclass(frozen=True, slots=True)
class Source:
    """Files of sessions (a glob), the last year to learn from, and the weight of their batches."""

    name: str
    files: str
    until: int
    weight: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Make a model folder; return 0, or 1 with a message."""
    try:
        make_model(_parser().parse_args(arguments))
    except ConferenceHelperError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    return 0


def make_model(args: argparse.Namespace) -> None:
    """Make a model with parsed arguments. Raises InputError for invalid ones, and what `train` raises."""
    check_installed()
    from training.averaging import mean_of
    from training.folder import check_output, copy_weights, open_work, write_model
    from training.model_card import write_card
    from training.trainer import train

    output = args.output.resolve()
    check_output(output)
    config = _read_config(args.config)
    work = open_work(output)
    datasets = _write_pairs(config, args, work)
    base = find_model(args.model or config["base"])
    recipes = _recipes(config, args)
    weights = []
    for recipe in recipes:
        echo(f"Run with seed {recipe.seed}: {recipe.steps} steps of {recipe.batch_size}.")
        model = load_model(base, args.device)
        checkpoint = work / f"checkpoint-{recipe.seed}"
        train(model, datasets, recipe, checkpoint, echo, base=base.weights)
        weights.append(copy_weights(model))
    model.load_state_dict(mean_of(weights))
    runs = ", ".join(f"{recipe.steps} steps with seed {recipe.seed}" for recipe in recipes)
    card = write_card(
        base,
        model,
        recipes[0],
        datasets,
        sources=f"the sources of {args.config.name}",
        averaged=f"The weights are the mean of {len(recipes)} runs: {runs}.",
    )
    write_model(model, output, card)
    shutil.rmtree(work, ignore_errors=True)
    echo(f"Wrote {output}.")


def _read_config(file: Path) -> dict[str, Any]:
    try:
        config: dict[str, Any] = json.loads(file.read_text("utf-8"))
        config["sources"] = [Source(**source) for source in config["sources"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file} cannot be read as a configuration: {error!r}.") from error
    return config


def _write_pairs(config: Mapping[str, Any], args: argparse.Namespace, work: Path) -> list[Dataset]:
    """Write the pairs of each source and kind to a file, and return them as datasets."""
    asked = read_asked(args.set)
    datasets = []
    for source in config["sources"]:
        for kind, pairs in make_model_pairs(_learned(source, args, asked), asked).items():
            file = work / f"{source.name}-{kind}.jsonl"
            file.write_text("".join(json.dumps(pair) + "\n" for pair in pairs), "utf-8")
            weight = source.weight * config["kinds"][kind]
            datasets.append(Dataset(file.stem, file, len(pairs), weight))
            echo(f"{file.stem}: {len(pairs)} pairs")
    check_datasets(datasets)
    return datasets


def _learned(source: Source, args: argparse.Namespace, asked: Sequence[str]) -> Sequence[Session]:
    """The sessions of a source to learn from: what `split_by_year` leaves for training."""
    files = sorted(map(str, args.data.glob(source.files)))
    if not files:
        raise InputError(f"{args.data} has no {source.files}. Give the folder of the data.")
    sessions = read_sources(files, Options(event=source.name), lambda line: None)
    split = split_by_year(sessions, until={"": source.until}, withheld=asked)
    return split.training[: args.sample]


def _recipes(config: Mapping[str, Any], args: argparse.Namespace) -> "list[Recipe]":
    """The recipe of each run: the configuration's, but for what the options say."""
    from training.recipe import Recipe

    recipes = []
    for run in config["runs"]:
        steps = args.steps or run["steps"]
        recipe = Recipe(
            steps=steps,
            seed=run["seed"],
            batch_size=args.batch_size or config["batch_size"],
            window=config["window"],
            learning_rate=config["learning_rate"],
            warmup=steps // 10,
            off_topic=config["off_topic"],
            cached=True,
            save_every=args.save_every,
            device=args.device,
        )
        recipes.append(recipe)
    return recipes


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make_model", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("output", type=Path, help="model folder to write")
    parser.add_argument("--data", type=Path, required=True, help="folder of the sources")
    parser.add_argument(
        "--set", type=Path, action="append", default=[], help="question set to leave out"
    )
    parser.add_argument("--config", type=Path, default=CONFIG, help="data, weights and runs")
    parser.add_argument(
        "--model", help="folder or name to begin with; the configuration's when unset"
    )
    parser.add_argument("--sample", type=int, help="sessions of each source at most")
    parser.add_argument(
        "--steps", type=int, help="updates of each run; the configuration's when unset"
    )
    parser.add_argument(
        "--batch-size", type=int, help="pairs of a step; the configuration's when unset"
    )
    parser.add_argument("--save-every", type=int, default=25, help="steps between checkpoints")
    parser.add_argument("--device", help="cpu or cuda; chosen by itself when unset")
    return parser


if __name__ == "__main__":
    sys.exit(main())
