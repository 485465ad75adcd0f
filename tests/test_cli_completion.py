"""Shell completion of commands, options and their values."""

import pytest
from click.testing import CliRunner

from conference_helper import cli


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("conference-helper mig", ["migrate"]),
        ("conference-helper load --date-order ", ["dmy", "mdy"]),
        ("conference-helper load --format schedule", ["schedule.xml", "schedule.json"]),
        ("conference-helper evaluate --mode s", ["semantic"]),
    ],
)
def test_what_is_typed_is_completed(words: str, completed: list[str]) -> None:
    *_, last = range(len(words.split(" ")))
    environment = {
        "_CONFERENCE_HELPER_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(last),
    }
    told = CliRunner(env=environment).invoke(cli.main, prog_name="conference-helper")
    assert [line.partition(",")[2] for line in told.stdout.splitlines()] == completed
