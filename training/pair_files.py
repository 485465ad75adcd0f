"""Training data: datasets of pairs or triplets in JSON Lines, each with the weight it is drawn by.

A line is one of the forms in which training data for sentence embeddings is shared:

    ["question", "answer"]                       a pair
    ["question", "answer", "wrong answer"]       a triplet; more wrong answers are allowed
    {"set": ["one wording", "another"]}          its first two texts
    {"query": "q", "pos": ["a"], "neg": ["b"]}   the query with the first of each

All lines of a dataset have as many texts as its first good one.
"""

import gzip
import json
import logging
import math
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import Any

from service.errors import InputError

Texts = tuple[str, ...]
"""The question, its right answer, then wrong ones if any."""

CONFIG = Path(__file__).parent / "data_config.json"
"""The datasets of the model card."""

MAX_LOGGED = 5
"""Bad lines of a dataset that the log has; the others are only counted."""

_MAX_TEXT = 20_000  # characters: no window reaches further

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Dataset:
    """One file of pairs or triplets; `lines` is what the configuration says, not counted."""

    name: str
    path: Path
    lines: int
    weight: float


class BadLines:
    """Counts the skipped lines by dataset, and logs the first few of each."""

    def __init__(self) -> None:
        self.skipped: Counter[str] = Counter()
        self._last: dict[str, int] = {}

    def skip(self, dataset: Dataset, number: int, reason: str) -> None:
        """Count a bad line, once however often its dataset is read."""
        if number <= self._last.get(dataset.name, 0):
            return
        self._last[dataset.name] = number
        self.skipped[dataset.name] += 1
        if self.skipped[dataset.name] <= MAX_LOGGED:
            log.warning("%s:%d skipped: %s", dataset.path, number, reason)


def read_config(file: Path, folder: Path) -> list[Dataset]:
    """Return the datasets that a configuration lists; their files lie in `folder` under their names.

    Raises InputError for a list that cannot be used: none, a weight of 0 or below, a name twice, a file
    that is not there.
    """
    try:
        items = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{file} cannot be read as JSON: {error}.") from error
    if not isinstance(items, list) or not items:
        raise InputError(f"{file} lists no datasets: it needs name, lines and weight of each.")
    datasets = [_dataset(file, item, folder) for item in items]
    check_datasets(datasets)
    return datasets


def check_datasets(datasets: list[Dataset]) -> None:
    """Raise InputError if a dataset cannot be drawn from: no weight, no file, or a name twice."""
    for dataset in datasets:
        if not (math.isfinite(dataset.weight) and dataset.weight > 0):
            raise InputError(
                f"The dataset {dataset.name} has weight {dataset.weight:g}. "
                "Weights must be above 0: leave out a dataset that is not to be drawn."
            )
        if not dataset.path.is_file():
            raise InputError(f"The dataset {dataset.path} is not there. Fetch it or leave it out.")
    names = Counter(dataset.name for dataset in datasets)
    if twice := [name for name, count in names.items() if count > 1]:
        raise InputError(f"Listed twice: {', '.join(twice)}. Give a dataset one weight.")


def read_texts(dataset: Dataset, bad: BadLines) -> Iterator[Texts]:
    """Yield the texts of each good line lazily; bad lines go to `bad`.

    Raises InputError if the file cannot be read.
    """
    width = 0
    try:
        with _open(dataset.path) as rows:
            for number, row in enumerate(rows, start=1):
                try:
                    texts = parse_line(row)
                except ValueError as error:
                    bad.skip(dataset, number, str(error))
                    continue
                width = width or len(texts)
                if len(texts) == width:
                    yield texts
                else:
                    reason = f"{len(texts)} texts where the dataset has {width}"
                    bad.skip(dataset, number, reason)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{dataset.path} cannot be read: {error}.") from error


def parse_line(row: bytes) -> Texts:
    """Return the texts of one line. Raises ValueError with the reason if it has no pair or triplet."""
    if not row.strip():
        raise ValueError("empty")
    try:
        value = json.loads(row.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise ValueError("not JSON") from error
    texts = _texts(value)
    if texts is None or len(texts) < 2:
        raise ValueError("neither a pair nor a triplet")
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValueError("a text is empty or none")
    return tuple(" ".join(text[:_MAX_TEXT].split()) for text in texts)


def _texts(value: Any) -> list[Any] | None:
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("set"), list):
        found: list[Any] = value["set"][:2]
        return found
    if "query" in value and "pos" in value:
        right, wrong = _listed(value["pos"]), _listed(value.get("neg") or [])
        return [value["query"], *right[:1], *wrong[:1]] if right else None
    return None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _dataset(file: Path, item: Any, folder: Path) -> Dataset:
    try:
        name, weight, lines = str(item["name"]), float(item["weight"]), int(item["lines"])
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f'{file}: {json.dumps(item)[:80]} is not {{"name", "lines", "weight"}}.'
        ) from error
    return Dataset(name, folder / name, lines, weight)


def _open(file: Path) -> BufferedIOBase:
    return gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb")
