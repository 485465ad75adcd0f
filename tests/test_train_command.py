"""`train`: from sources to a model folder, and how it is stopped and refused."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from support.tiny_model import WORDS, build_body, build_model, check_vectors, sessions_of
from support.watching import Machine
from test_training import failing_at, interrupt

from conference_helper import cli
from evaluation.measures import MEASURES, Estimate
from evaluation.run import Row
from loaders.export import write_export
from service.session import Session

pytestmark = pytest.mark.slow

LONG = "An abstract that goes on for long enough to say what it is about, and a little more."


def rows(**values: float) -> list[Row]:
    """A row a set, in semantic mode, with all measures of one value."""
    return [
        Row(name.replace("_", "-"), "semantic", 9, 9, 1.0, {n: Estimate(v, v, v) for n in MEASURES})
        for name, v in values.items()
    ]


class Scan:
    """What `write_export` reads of a generation."""

    def __init__(self, sessions: list[Session]) -> None:
        self.sessions = sessions

    def scan(self) -> Any:
        """Yield all sessions at once."""
        yield self.sessions, np.zeros((len(self.sessions), 1))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source of six years."""
    file = tmp_path_factory.mktemp("archive") / "archive.jsonl"
    write_export(Scan(sessions_of(range(2015, 2021))), file)  # type: ignore[arg-type]  # all that it reads
    return file


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_model(tmp_path_factory.mktemp("base") / "tiny-base")


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, [str(one) for one in arguments])


def train(archive: Path, base: Path, output: Path, *more: object) -> Result:
    """Train for one epoch, unless the options say more."""
    settings = ("--learning-rate", 3e-3, "--batch", 16, "--window", 24, "--epochs", 1)
    return invoke(
        "train", archive, "--model", base, "-o", output, "--min-pairs", 100, *settings, *more
    )


def test_an_archive_becomes_a_better_model_that_load_uses(
    archive: Path, base: Path, tmp_path: Path
) -> None:
    output = tmp_path / "models" / "tuned"
    own = [output.with_name(f"tuned.{ending}") / "mine.txt" for ending in ("new", "old")]
    for file in own:
        file.parent.mkdir(parents=True)
        file.write_text("mine")
    done = train(archive, base, output, "--epochs", 5, "--tolerance", 0.05, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["share"] in (1.0, 0.8, 0.6, 0.4)
    before, after = ({row["mode"]: row for row in found[key]} for key in ("before", "after"))
    assert after["semantic"]["hit@3"] > before["semantic"]["hit@3"] + 0.3
    assert sorted(path.name for path in output.parent.iterdir()) == [
        "tuned",
        "tuned.new",
        "tuned.old",
    ]
    assert [file.read_text() for file in own] == ["mine", "mine"]
    assert (output / "model.safetensors").is_file()
    assert not [path.name for path in output.rglob("*") if path.suffix in (".bin", ".pt", ".pkl")]
    check_vectors(output)
    card = (output / "README.md").read_text()
    for part in (
        "license: apache-2.0",
        "base_model: tiny-base",
        "Made from: archive.jsonl",
        "| titles | 180 | 180 |",
        "MultipleNegativesRankingLoss",
        "| learning_rate | 0.003 |",
        f"| held-back | semantic | {before['semantic']['hit@3']:.3f} | ",
        "## Intended use and limits",
        "Texts longer than 32 tokens are cut off",
        "250 tokens",
    ):
        assert part in card
    assert str(tmp_path) not in card
    assert str(base.parent) not in card
    assert invoke("load", archive, "--model", base).exit_code == 0
    loaded = invoke("load", archive, "--model", output)
    assert loaded.exit_code == 0, loaded.output
    status = json.loads(invoke("status", "--json").stdout)
    assert status["encoder"]["model"] == str(output)
    catalogue = invoke("train", "-o", tmp_path / "again", "--min-pairs", 100_000)
    assert (catalogue.exit_code, "fewer than 100000" in catalogue.stderr) == (2, True)


def test_a_model_of_another_dimension_gets_a_generation_of_its_own(
    archive: Path, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        from support.fakes import BagOfWords

        patch.setattr("service.encoders.open.open_encoder", lambda *_, **__: BagOfWords())
        assert invoke("load", archive).exit_code == 0
    first = json.loads(invoke("status", "--json").stdout)
    loaded = invoke("load", archive, "--model", base)
    assert loaded.exit_code == 0, loaded.output
    second = json.loads(invoke("status", "--json").stdout)
    assert (first["encoder"]["dimension"], second["encoder"]["dimension"]) == (1024, 32)
    assert first["generation"] != second["generation"]
    assert first["sessions"] == second["sessions"]


def test_a_model_that_is_not_better_is_not_written(
    archive: Path, base: Path, tmp_path: Path
) -> None:
    output = tmp_path / "tuned"
    done = train(archive, base, output, "--learning-rate", 1e-9)
    assert done.exit_code == 5, done.output
    assert "is not good enough. held-back (semantic): hit@3 is not better" in done.stderr
    assert not output.exists()


def test_interrupted_training_leaves_no_model_and_goes_on(
    archive: Path, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, enough = tmp_path / "tuned", ("--epochs", 5, "--tolerance", 1)
    with monkeypatch.context() as patch:
        failing_at(55, interrupt, patch)
        stopped = train(archive, base, output, *enough)
    assert stopped.exit_code == 1
    assert "Run the same command again to go on." in stopped.output
    assert not output.exists()
    done = train(archive, base, output, *enough)
    assert "Going on after step 50" in done.stdout
    assert done.exit_code == 0, done.output
    assert [path.name for path in tmp_path.iterdir()] == ["tuned"]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--min-pairs", 10_000), "There are 360 pairs to learn from, fewer than 10000"),
        (("--until", 2030), "a later one to test with"),
        (("--until", "soon"), "is not of the form"),
        (("--until", "Nope=2024"), "names Nope, of which there is no session"),
        (("--epochs", "nan"), "'nan' is no number"),
        (("--seed", -1), "-1 is not in the range"),
        (("--batch", -5), "-5 is not in the range"),
        (("--better", "tags"), "no such set is measured"),
        (("--set", "nowhere"), "no corpus.jsonl"),
        (("--window", 65), "not between 8 and the model's 64"),
        (("--data", "config.json"), "config.json cannot be read as JSON"),
    ],
)
def test_bad_input_is_refused_with_what_to_do(
    archive: Path, base: Path, tmp_path: Path, more: tuple[object, ...], says: str
) -> None:
    done = train(archive, base, tmp_path / "tuned", *more)
    assert done.exit_code == 2, done.output
    assert says in done.stderr
    assert "held-back: " not in done.stdout  # the base is not measured first
    assert not (tmp_path / "tuned").exists()


def test_an_output_that_is_there_is_left_alone(archive: Path, base: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = train(archive, base, tmp_path)
    assert (done.exit_code, "is there already" in done.stderr) == (2, True)
    assert (tmp_path / "mine.txt").read_text() == "mine"
    work = tmp_path / "tuned.work"
    work.mkdir()
    (work / "mine.txt").write_text("mine")
    done = train(archive, base, tmp_path / "tuned")
    assert (done.exit_code, "was not made by training" in done.stderr) == (2, True)
    assert [file.name for file in work.iterdir()] == ["mine.txt"]


def test_the_folder_that_one_is_in_can_be_the_output(
    archive: Path, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "tuned"
    output.mkdir()
    monkeypatch.chdir(output)
    done = train(archive, base, Path(), "--tolerance", 1)
    assert done.exit_code == 0, done.output
    assert (output / "model.safetensors").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["tuned"]


def test_given_datasets_are_drawn_beside_the_archive_s_own(archive: Path, tmp_path: Path) -> None:
    rows = [[f"bado {word}", f"boru {word}", f"dulan {word}"] for word in WORDS[:20]]
    triplets = tmp_path / "triplets.jsonl"
    triplets.write_text("{\n" + "".join(json.dumps(row) + "\n" for row in rows))
    config = tmp_path / "config.json"
    config.write_text(json.dumps([{"name": "triplets.jsonl", "lines": 99, "weight": 3}]))
    body = build_body(tmp_path / "body")
    output = tmp_path / "tuned"
    done = train(
        archive, body, output, "--from-scratch", "--data", config, "--tolerance", 1
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "180 titles, 180 tracks, 20 triplets.jsonl" in done.stdout
    card = (output / "README.md").read_text()
    assert "| triplets.jsonl | 20 | 3 |" in card
    assert "none of the base's were mixed in" in card
    assert "license: other" in card
    check_vectors(output)


def test_without_the_extra_the_command_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "accelerate", None)
    done = invoke("train", "-o", tmp_path / "tuned")
    assert done.exit_code == 2
    assert "pip install 'conference-helper[train]'" in done.stderr


def test_training_talks_to_nobody(archive: Path, base: Path, tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    few = ("--min-pairs", "10", "--epochs", "0.1", "--batch", "16", "--tolerance", "1")
    output = machine.temporary / "new"
    with machine.start("train", str(archive), "--model", str(base), "-o", str(output), *few) as run:
        said, _ = run.communicate()
    assert "held-back" in said  # measured, whether it got better or not
    machine.check_alone()
