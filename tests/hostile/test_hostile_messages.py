"""Names and values from files cannot control the terminal: messages show control characters as escapes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.reading_sources import zipped

from conference_helper import cli
from conference_helper.printing import escaped, print_json

CLEAR = "\x1b[2J"


def test_control_characters_of_a_message_are_shown() -> None:
    assert escaped(f"Zoë {CLEAR}\n\x9b1m\u202e") == r"Zoë \x1b[2J\n\x9b1m\u202e"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.zip", zipped({f"{CLEAR}.csv": "a,b\nc,d\n", "b.csv": "a,b\nc,d\n"})),
        ("a.json", json.dumps([{"title": "", f"{CLEAR}k": 1}] * 3).encode()),
        ("a.csv", f"Title,{CLEAR}x\n,a\n".encode()),
    ],
)
def test_a_load_prints_no_control_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes
) -> None:
    monkeypatch.setenv("CONFERENCE_HELPER_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / name).write_bytes(content)
    arguments = ["load", str(tmp_path / name), "--event", f"E{CLEAR}", "--year", "2026"]
    result = CliRunner().invoke(cli.main, [*arguments, "--dry-run"])
    assert result.exit_code == 2
    assert "Error: " in result.output
    assert "\x1b" not in result.output


def test_json_keeps_its_values_and_prints_no_control_characters(
    capsys: pytest.CaptureFixture[str],
) -> None:
    value = {"title": f"Zoë {CLEAR}\x9b1m\u202e"}
    print_json(value)
    printed = capsys.readouterr().out
    assert json.loads(printed) == value
    assert {"\x1b", "\x9b", "\u202e"}.isdisjoint(printed)
    assert "Zoë" in printed
