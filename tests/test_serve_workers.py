"""How many processes may serve."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from conference_helper import main


def test_embedded_serving_is_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFERENCE_HELPER_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("CONFERENCE_HELPER_QDRANT_URL", raising=False)
    result = CliRunner().invoke(main, ["serve", "--workers", "2"])
    assert result.exit_code == 4
    assert "one process" in result.output
    assert "CONFERENCE_HELPER_QDRANT_URL" in result.output
