"""The alert rules: each fires when it must and is silent otherwise, and the runbook says what to do."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
ALERTS = ROOT / "ops" / "alerts.yml"
CASES = ROOT / "ops" / "alerts_test.yml"
NAMES = {rule["alert"] for rule in yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]}


@pytest.mark.parametrize("arguments", [("check", str(ALERTS)), ("test", str(CASES))])
def test_promtool_passes_them(arguments: tuple[str, str]) -> None:
    promtool = shutil.which("promtool")
    if not promtool:
        pytest.skip("no promtool: install Prometheus")
    what, file = arguments
    done = subprocess.run(
        [promtool, what, "rules", file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_has_a_case_where_it_fires_and_one_where_it_is_silent() -> None:
    cases = [
        case
        for one in yaml.safe_load(CASES.read_text())["tests"]
        for case in one["alert_rule_test"]
    ]
    assert {case["alertname"] for case in cases if case.get("exp_alerts")} == NAMES
    assert {case["alertname"] for case in cases if not case.get("exp_alerts")} == NAMES


def test_the_runbook_names_each() -> None:
    pages = (ROOT / "docs" / "operations.md").read_text("utf-8")
    rows = re.findall(r"^\| `(ConferenceHelper\w+)` \|", pages, re.MULTILINE)
    assert sorted(rows) == sorted(NAMES)
