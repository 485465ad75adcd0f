"""Saved runs, and what changed between two."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from support.fakes import BagOfWords
from test_evaluation import write_set

from conference_helper import cli
from evaluation.comparing import compare, p_value, read_run, save_run
from evaluation.measures import MEASURES, mean_of
from evaluation.run import Row
from service.errors import InputError

pytestmark = pytest.mark.slow


def measured(values: dict[str, float], name: str = "set") -> Row:
    return Row(name, "hybrid", len(values), 9, 1.0, dict.fromkeys(MEASURES, mean_of(values)))


def test_a_run_is_compared_over_the_questions_of_both(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    save_run([measured({"a": 1.0, "b": 0.0, "gone": 1.0})], file)
    (found, *others) = compare(read_run(file), [measured({"a": 1.0, "b": 1.0, "new": 0.0})])
    assert (found.measure, found.questions, found.before, found.after) == ("hit@3", 2, 0.5, 1.0)
    assert found.low <= 0.5 <= found.high
    assert found.as_dict()["change"] == 0.5
    assert len(others) == len(MEASURES) - 1


def test_runs_with_nothing_in_common_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    save_run([measured({"a": 1.0})], file)
    for row in (measured({"b": 1.0}), measured({"a": 1.0}, "other")):
        with pytest.raises(InputError, match="no set, mode and question in common"):
            compare(read_run(file), [row])


def test_chance_is_small_for_a_change_of_many_and_one_for_none() -> None:
    assert p_value([0.0, 0.0]) == 1
    assert p_value([1.0]) == pytest.approx(1, abs=1e-9)
    assert p_value([1.0] * 30) < 0.001
    assert p_value([1.0, -1.0] * 15) > 0.9
    # three questions better, none worse: both signs of all three is 2 of 8
    assert p_value(np.ones(3)) == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"rows": [{"set": "x"}]}', '{"rows": 1}'])
def test_what_is_no_run_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "run.json"
    file.write_text(text)
    with pytest.raises(InputError, match="no saved run"):
        read_run(file)
    with pytest.raises(InputError, match="cannot be read"):
        read_run(tmp_path / "nothing")
    with pytest.raises(InputError, match="cannot be written"):
        save_run([], tmp_path)


def test_the_command_saves_and_compares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conference_helper.evaluate.loading_encoder", lambda *_: BagOfWords())
    folder = write_set(tmp_path / "set", qrels="q1\td1\t1\nq2\td2\t1\n")
    command = ["evaluate", str(folder), "--mode", "hybrid"]
    file = str(tmp_path / "run.json")
    assert CliRunner().invoke(cli.main, [*command, "--save", file]).exit_code == 0
    told = CliRunner().invoke(cli.main, [*command, "--compare", file])
    assert "change" in told.stdout
    found = CliRunner().invoke(cli.main, [*command, "--compare", file, "--json"])
    changes = json.loads(found.stdout)["changes"]
    assert {one["change"] for one in changes} == {0}
    assert {one["p"] for one in changes} == {1}
    other = tmp_path / "other"
    other.mkdir()
    for more in (["evaluate", str(other)], [*command[:2], "--mode", "keyword"]):
        refused = CliRunner().invoke(cli.main, [*more, "--compare", file])
        assert "no set and mode in common: the saved one has set (hybrid)" in refused.stderr
        assert (refused.exit_code, "3 sessions" in refused.stderr) == (2, False)
    bad = CliRunner().invoke(cli.main, [*command, "--compare", str(folder / "x")])
    assert bad.exit_code == 2
