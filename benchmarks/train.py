"""Training steps per second, compared with SentenceTransformerTrainer at its defaults.

    python -m benchmarks.train SOURCE... [--batch 64] [--window 250] [--steps 3] [--rounds 3] [--json FILE]

Both train the same model on the same pairs of title and abstract with the same loss, batch and window, in
turns; the first step of each round is not counted. The baseline is the trainer as it comes: float32, every
column padded to its longest text, tokenized as it goes.
"""

import argparse
import itertools
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.support.results import Row, median, report, spread


def main() -> None:
    """Parse the arguments, run the rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--event", default="")
    parser.add_argument("--model", help="folder or name; the default model when unset")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--window", type=int, default=250)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--device")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    pairs = _pairs(args)
    baseline, ours = [], []
    for _ in range(args.rounds):
        baseline.append(_baseline(args, pairs))
        ours.append(_ours(args, pairs))
    ratios = [mine / theirs for theirs, mine in zip(baseline, ours, strict=True)]
    what = f"training, batch {args.batch}, window {args.window}; the baseline is float32"
    row = Row(
        what, median(baseline), median(ours), "steps/s", median(ratios), spread=spread(ratios)
    )
    report([row], "python -m benchmarks.train " + " ".join(sys.argv[1:]), args.json)


def _pairs(args: argparse.Namespace) -> list[tuple[str, ...]]:
    from loaders.records.record import Options
    from training.corpus import read_sources
    from training.pairs import make_pairs

    sessions = read_sources(args.sources, Options(event=args.event), lambda text: None)
    pairs = make_pairs(sessions).get("titles", [])
    if len(pairs) < args.batch:
        sys.exit(
            f"{len(pairs)} titles with an abstract; a batch needs {args.batch}. Lower --batch."
        )
    return pairs


def _baseline(args: argparse.Namespace, pairs: Sequence[tuple[str, ...]]) -> float:
    """Return the steps per second of SentenceTransformerTrainer at its defaults."""
    import datasets
    from sentence_transformers import (
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
    )
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    model = _model(args)
    model.max_seq_length = args.window
    timer = _step_timer()
    columns = {"question": [one[0] for one in pairs], "answer": [one[1] for one in pairs]}
    with tempfile.TemporaryDirectory() as place:
        trainer = SentenceTransformerTrainer(
            model=model,
            args=SentenceTransformerTrainingArguments(
                output_dir=place,
                max_steps=args.steps + 1,
                per_device_train_batch_size=args.batch,
                use_cpu=model.device.type == "cpu",
                save_strategy="no",
                report_to="none",
                disable_tqdm=True,
            ),
            train_dataset=datasets.Dataset.from_dict(columns),
            loss=MultipleNegativesRankingLoss(
                model,
                directions=("query_to_doc", "doc_to_query"),
                partition_mode="per_direction",
            ),
            callbacks=[timer],
        )
        trainer.train()
    return _rate(timer.ends)


def _ours(args: argparse.Namespace, pairs: Sequence[tuple[str, ...]]) -> float:
    """Return the steps per second of `training.trainer.train`."""
    from training import trainer
    from training.pair_files import Dataset
    from training.recipe import Recipe

    model = _model(args)
    recipe = Recipe(
        steps=args.steps + 1,
        batch_size=args.batch,
        window=args.window,
        save_every=10**9,
        device=args.device,
    )
    timer = _step_timer()
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "titles.jsonl"
        file.write_text("".join(json.dumps(pair) + "\n" for pair in pairs), "utf-8")
        titles = [Dataset("titles", file, len(pairs), 1)]
        checkpoint = Path(place) / "checkpoint"
        trainer.train(model, titles, recipe, checkpoint, print, base="", callbacks=[timer])
    return _rate(timer.ends)


def _model(args: argparse.Namespace) -> Any:
    from service.encoders.model_folder import find_model
    from service.encoders.sentence_transformer import load_model

    return load_model(find_model(args.model), args.device)


def _step_timer() -> Any:
    """A trainer callback that records the end time of every step."""
    from transformers import TrainerCallback

    class StepTimer(TrainerCallback):
        ends: list[float]

        def on_step_end(self, *given: Any, **named: Any) -> None:
            """Record the time."""
            self.ends.append(time.perf_counter())

    timer = StepTimer()
    timer.ends = []
    return timer


def _rate(ends: Sequence[float]) -> float:
    """Return steps per second from the median step, which outliers on a busy machine do not affect."""
    return 1 / median([later - earlier for earlier, later in itertools.pairwise(ends)])


if __name__ == "__main__":
    main()
