"""The model card's training: datasets drawn by weight, in-batch negatives, from any model.

    python -m training.train_script OUTPUT --data FOLDER [--config FILE] [--model MODEL] [options]

FOLDER holds the files that the configuration names (training/data_config.json: those of the card). The card's
own run is `--model nreimers/MiniLM-L6-H384-uncased --window 250` with a batch that fills the memory.
"""

import argparse
import logging
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from click import echo

from service.encoders.model_folder import find_model
from service.encoders.sentence_transformer import load_model
from service.errors import ConferenceHelperError
from training.installed import SCRATCH_MODEL, check_installed
from training.pair_files import CONFIG, read_config
from training.sampling import epoch_steps

if TYPE_CHECKING:
    from training.trainer import TrainingStats


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write a model folder; return 0, or 1 with a message."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    try:
        run(_parser().parse_args(arguments))
    except ConferenceHelperError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    return 0


def run(args: argparse.Namespace) -> "TrainingStats":
    """Train with parsed arguments. Raises InputError for invalid ones, and what `train` raises."""
    check_installed()
    from training.folder import check_output, open_scratch, open_work, write_model
    from training.model_card import write_card
    from training.recipe import Recipe, check_recipe
    from training.trainer import train

    args.output = args.output.resolve()
    check_output(args.output)
    datasets = read_config(args.config, args.data)
    if args.plain:
        base, model = open_scratch(args.model, device=args.device)
    else:
        base = find_model(args.model)
        model = load_model(base, args.device)
    recipe = Recipe(
        steps=args.steps or epoch_steps(datasets, args.batch_size, args.epochs),
        batch_size=args.batch_size,
        window=args.window,
        learning_rate=args.learning_rate,
        warmup=args.warmup,
        seed=args.seed,
        mini_batch_size=args.slice_rows,
        cached=args.cached,
        save_every=args.save_every,
        device=args.device,
    )
    check_recipe(model, recipe)
    work = open_work(args.output)
    stats = train(model, datasets, recipe, work / "checkpoint", echo, base=base.weights)
    for name, count in stats.skipped.items():
        echo(f"{name}: {count} bad lines skipped")
    sources = f"the datasets of {args.config.name}"
    card = write_card(base, model, recipe, datasets, sources=sources)
    write_model(model, args.output, card)
    shutil.rmtree(work, ignore_errors=True)
    echo(f"Wrote {args.output}.")
    return stats


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="train_script", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("output", type=Path, help="model folder to write")
    parser.add_argument("--data", type=Path, required=True, help="folder of the datasets")
    parser.add_argument(
        "--config", type=Path, default=CONFIG, help="name, lines and weight of each"
    )
    parser.add_argument("--model", default=SCRATCH_MODEL, help="folder or name to begin with")
    parser.add_argument(
        "--plain",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="the model was never trained for sentences: add mean pooling and unit length",
    )
    parser.add_argument("--steps", type=int, default=0, help="updates; --epochs decides when 0")
    parser.add_argument("--epochs", type=float, default=1.0)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--window", type=int, default=250, help="tokens of a text")
    parser.add_argument("--learning-rate", type=float, default=2e-5)
    parser.add_argument("--warmup", type=int, default=500, help="steps")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--slice-rows", type=int, default=32, help="texts embedded at a time")
    parser.add_argument("--cached", action="store_true", help="batches larger than memory")
    parser.add_argument("--save-every", type=int, default=500, help="steps between checkpoints")
    parser.add_argument("--device", help="cpu or cuda; chosen by itself when unset")
    return parser


if __name__ == "__main__":
    sys.exit(main())
