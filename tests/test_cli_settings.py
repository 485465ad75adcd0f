"""Settings as commands tell of them: which one cannot be used, and which is none."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conference_helper import cli


def status() -> Result:
    return CliRunner().invoke(cli.main, ["status"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "99999"),
        ("WINDOW", "many"),
        ("CATALOGUE", "../../etc"),
        ("CATALOGUE", "sessions-lock"),
        ("THREADS", "0"),
        ("QDRANT_URL", "localhost:6333"),
        ("QDRANT_READ_CONSISTENCY", "-4"),
    ],
)
def test_settings_that_cannot_be_used_are_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"CONFERENCE_HELPER_{name}", value)
    result = status()
    assert result.exit_code == 2
    assert f"CONFERENCE_HELPER_{name}" in result.output


def test_what_is_no_setting_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CONFERENCE_HELPER_QDRANT_ULR", "http://qdrant:6333")
    monkeypatch.setenv("CONFERENCE_HELPER_TEST_LONG", "1")
    Path(".env").write_text("CONFERENCE_HELPER_COLOUR=blue\nCOLOUR=red\n")
    status()
    assert caplog.messages == [
        "CONFERENCE_HELPER_COLOUR is no setting, and changes nothing.",
        "CONFERENCE_HELPER_QDRANT_ULR is no setting, and changes nothing. "
        "Did you mean CONFERENCE_HELPER_QDRANT_URL?",
    ]


@pytest.mark.parametrize("content", [b"\xff\xfe=1\n", b"CONFERENCE_HELPER_PORT=80\xe9"])
def test_an_env_file_that_cannot_be_read_is_named(content: bytes) -> None:
    Path(".env").write_bytes(content)
    result = status()
    assert result.exit_code == 2
    assert ".env in this folder cannot be read" in result.output
