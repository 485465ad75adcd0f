"""Datasets and what a step draws from them."""

import gzip
import itertools
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from service.errors import InputError
from training.pair_files import (
    CONFIG,
    BadLines,
    Dataset,
    Texts,
    check_datasets,
    parse_line,
    read_config,
    read_texts,
)
from training.sampling import Batch, WeightedBatches, epoch_steps, text_key


def write(path: Path, rows: Sequence[object], *, weight: float = 1) -> Dataset:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return Dataset(path.name, path, len(rows), weight)


def numbered(path: Path, count: int, *, weight: float = 1) -> Dataset:
    rows = [[f"{path.stem} question {n}", f"{path.stem} answer {n}"] for n in range(count)]
    return write(path, rows, weight=weight)


def draw(datasets: Sequence[Dataset], size: int, *, seed: int = 7) -> Iterator[Batch]:
    return iter(WeightedBatches(datasets, batch_size=size, seed=seed, bad=BadLines()))


@pytest.mark.parametrize(
    ("row", "texts"),
    [
        ('["a", "b"]', ("a", "b")),
        ('["a", "b", "c"]', ("a", "b", "c")),
        ('{"set": ["a", "b", "c"]}', ("a", "b")),
        ('{"query": "a", "pos": ["b"]}', ("a", "b")),
        ('{"query": "a", "pos": ["b", "x"], "neg": ["c", "y"]}', ("a", "b", "c")),
        ('["two\\n lines", "b"]', ("two lines", "b")),
    ],
)
def test_every_form_of_line_is_read(row: str, texts: tuple[str, ...]) -> None:
    assert parse_line(row.encode()) == texts


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("  ", "empty"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("7", "neither a pair"),
        ('["alone"]', "neither a pair"),
        ('{"query": "a", "pos": []}', "neither a pair"),
        ('["a", " "]', "a text is empty"),
        ('["a", null]', "a text is empty"),
    ],
)
def test_bad_lines_have_a_reason(row: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_line(row.encode())


@pytest.mark.parametrize("zipped", [False, True])
def test_bad_lines_are_named_skipped_and_counted_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, zipped: bool
) -> None:
    rows = '["a", "b"]\n\n{\n["c", "d", "e"]\n["f", "g"]\n' + "x\n" * 10
    file = tmp_path / ("some.jsonl.gz" if zipped else "some.jsonl")
    file.write_bytes(gzip.compress(rows.encode()) if zipped else rows.encode())
    dataset, bad = Dataset(file.name, file, 4, 1), BadLines()
    for _ in range(2):
        assert list(read_texts(dataset, bad)) == [("a", "b"), ("f", "g")]
    assert bad.skipped[dataset.name] == 13
    assert [record.getMessage() for record in caplog.records] == [
        f"{file}:2 skipped: empty",
        f"{file}:3 skipped: not JSON",
        f"{file}:4 skipped: 3 texts where the dataset has 2",
        f"{file}:6 skipped: not JSON",
        f"{file}:7 skipped: not JSON",
    ]


def test_a_line_that_is_not_utf_8_is_a_bad_line(tmp_path: Path) -> None:
    dataset, bad = numbered(tmp_path / "some.jsonl", 2), BadLines()
    dataset.path.write_bytes(b'["caf\xe9", "b"]\n' + dataset.path.read_bytes())
    assert len(list(read_texts(dataset, bad))) == 2
    assert bad.skipped == {dataset.name: 1}


def test_a_file_is_read_as_it_is_asked_for(tmp_path: Path) -> None:
    long = [json.dumps([f"{n}", os.urandom(400).hex()]) for n in range(2000)]
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress("\n".join(long).encode())[:-20])
    cut = Dataset("cut", tmp_path / "cut.jsonl.gz", 2000, 1)
    rows = read_texts(cut, BadLines())
    assert next(rows)[0] == "0"
    with pytest.raises(InputError, match=r"cut\.jsonl\.gz cannot be read"):
        list(rows)


@pytest.mark.parametrize("weight", [0, -1, float("nan"), float("inf")])
def test_weights_must_be_above_zero(tmp_path: Path, weight: float) -> None:
    with pytest.raises(InputError, match="Weights must be above 0"):
        check_datasets([numbered(tmp_path / "some.jsonl", 3, weight=weight)])


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ("[]", "lists no datasets"),
        ("{", "cannot be read as JSON"),
        ('[{"name": "x", "weight": 1}]', 'is not {"name", "lines", "weight"}'),
        ('[{"name": "x", "lines": 1, "weight": 1}]', "x is not there"),
        ('[{"name": "some.jsonl", "lines": 1, "weight": 1}, '
         '{"name": "some.jsonl", "lines": 1, "weight": 1}]', "Listed twice: some.jsonl"),
    ],
)  # fmt: skip
def test_bad_configurations_are_refused(tmp_path: Path, config: str, says: str) -> None:
    numbered(tmp_path / "some.jsonl", 3)
    file = tmp_path / "config.json"
    file.write_text(config)
    with pytest.raises(InputError, match=says):
        read_config(file, tmp_path)


def test_the_configuration_of_the_card_is_one() -> None:
    items = json.loads(CONFIG.read_text())
    assert {"name", "lines", "weight"} == set().union(*items)
    assert min(item["weight"] for item in items) > 0


def test_datasets_are_drawn_by_weight_and_never_mixed(tmp_path: Path) -> None:
    weights = {"one": 1.0, "two": 2.0, "five": 5.0}
    datasets = [numbered(tmp_path / f"{name}.jsonl", 40, weight=w) for name, w in weights.items()]
    drawn = list(itertools.islice(draw(datasets, 4), 4000))
    assert all({row[0].split()[0] for row in batch.rows} == {batch.dataset[:-6]} for batch in drawn)
    expected = [4000 * weight / 8 for weight in weights.values()]
    counts = [sum(batch.dataset == dataset.name for batch in drawn) for dataset in datasets]
    squares = sum((c - e) ** 2 / e for c, e in zip(counts, expected, strict=True))
    assert squares < 13.8  # chi-square of 2 degrees of freedom: one in a thousand is beyond
    assert draw(datasets, 4).__next__() == drawn[0]
    assert list(itertools.islice(draw(datasets, 4, seed=8), 5)) != drawn[:5]


def test_a_pass_gives_every_line_once(tmp_path: Path) -> None:
    dataset = numbered(tmp_path / "some.jsonl", 40)
    batches = list(itertools.islice(draw([dataset], 8), 10))
    passes = [[row for batch in some for row in batch.rows] for some in (batches[:5], batches[5:])]
    assert sorted(passes[0]) == sorted(passes[1]) == sorted(read_texts(dataset, BadLines()))
    assert passes[0] != passes[1]


def test_no_text_stands_twice_in_a_batch(tmp_path: Path) -> None:
    rows = [[f"Question {n % 10}", f"answer {n}"] for n in range(60)]
    rows += [[f"other {n}", "ANSWER  3"] for n in range(60)] + [["same", "Same"]]
    dataset = write(tmp_path / "some.jsonl", rows)
    found: set[Texts] = set()
    for batch in itertools.islice(draw([dataset], 8), 200):
        keys = [text_key(text) for row in batch.rows for text in row]
        assert len(keys) == len(set(keys))
        found |= set(batch.rows)
    assert len(found) == 120


def test_a_dataset_shorter_than_a_batch_gives_what_it_has(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    batches = draw([numbered(tmp_path / "some.jsonl", 5)], 64)
    assert [len(batch.rows) for batch in itertools.islice(batches, 3)] == [5, 5, 5]
    assert "too few different texts for a batch of 64" in caplog.text
    assert len(caplog.records) == 1


@pytest.mark.parametrize(("count", "says"), [(1, "fewer than two lines"), (0, "holds no pair")])
def test_what_cannot_be_told_apart_is_refused_before_the_first_step(
    tmp_path: Path, count: int, says: str
) -> None:
    good = numbered(tmp_path / "good.jsonl", 9, weight=1e9)
    with pytest.raises(InputError, match=says):
        next(draw([good, numbered(tmp_path / "bad.jsonl", count)], 4))


def test_a_large_dataset_is_shuffled_from_a_pool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.sampling.POOL", 10)
    dataset = numbered(tmp_path / "some.jsonl", 40)
    rows = [row for batch in itertools.islice(draw([dataset], 8), 5) for row in batch.rows]
    assert sorted(rows) == sorted(read_texts(dataset, BadLines()))
    assert int(rows[0][0].split()[-1]) < 10


def test_an_epoch_ends_when_the_dataset_drawn_most_is_used_up(tmp_path: Path) -> None:
    titles = numbered(tmp_path / "titles.jsonl", 100, weight=100)
    tracks = numbered(tmp_path / "tracks.jsonl", 500, weight=50)
    assert epoch_steps([titles], 10) == 10
    assert epoch_steps([titles, tracks], 10) == 15
    assert epoch_steps([titles, tracks], 10, 0.01) == 1
    for epochs in (0, -1, float("nan"), float("inf")):
        with pytest.raises(InputError, match="both must be above 0"):
            epoch_steps([titles], 10, epochs)
