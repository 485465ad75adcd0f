"""The script that trains the original model: run as it stands, and what it makes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.tiny_model import build_body, check_vectors, write_datasets

from service.errors import ModelError
from training import train_script
from training.folder import open_scratch
from training.pair_files import Dataset

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def datasets(tmp_path_factory: pytest.TempPathFactory) -> list[Dataset]:
    return write_datasets(tmp_path_factory.mktemp("datasets"))


def test_the_script_trains_a_bare_model_that_both_libraries_load(
    datasets: list[Dataset], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, output = datasets[0].path.parent, tmp_path / "out"
    config = tmp_path / "config.json"
    rows = [{"name": f"{one.name}.jsonl", "lines": one.lines, "weight": 1} for one in datasets]
    config.write_text(json.dumps(rows))
    body = build_body(tmp_path / "body")
    options = ["--steps", "5", "--batch-size", "8", "--window", "24", "--warmup", "1"]
    arguments = [output, "--data", place, "--config", config, "--model", body, "--device", "cpu"]
    assert train_script.main([str(one) for one in (*arguments, *options)]) == 0
    assert "1 bad lines skipped" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("out")] == ["out"]
    check_vectors(output)
    card = (output / "README.md").read_text()
    assert f"| {rows[0]['name']} | {rows[0]['lines']:,} | 1 |" in card
    assert train_script.main([str(one) for one in (*arguments, *options)]) == 1
    assert "is there already" in capsys.readouterr().err
    arguments[0] = tmp_path / "other"
    for option in ("--save-every=0", "--slice-rows=0", "--warmup=-3"):
        assert train_script.main([*map(str, (*arguments, *options)), option]) == 1
    assert train_script.main([*map(str, arguments), "--epochs", "nan"]) == 1
    assert "both must be above 0" in capsys.readouterr().err
    assert not list(tmp_path.glob("other*"))


def test_the_script_runs_as_a_script() -> None:
    """Its folder comes first on the path then: no module of it may hide a library."""
    script = Path(train_script.__file__)
    done = subprocess.run(
        [sys.executable, str(script), "--help"],
        capture_output=True,
        text=True,
        check=False,
        cwd=script.parent,
        env={**os.environ, "PYTHONPATH": str(script.parent.parent)},
    )
    assert done.returncode == 0, done.stderr
    assert "folder of the datasets" in done.stdout


def test_a_bare_model_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="There is no model folder"):
        open_scratch(str(tmp_path / "nothing"))
