"""What the program writes is its owner's alone, whatever the umask; only an export is for others."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.fakes import BagOfWords
from support.programmes import row, write_csv

from conference_helper.cli import main


@pytest.fixture
def lax() -> Iterator[None]:
    """An umask that keeps nothing from anybody."""
    before = os.umask(0)
    yield
    assert os.umask(before) == 0, "a command left its own umask behind"


@pytest.mark.usefixtures("lax")
def test_only_an_export_can_be_read_by_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    monkeypatch.setenv("CONFERENCE_HELPER_DATA_DIR", str(data))
    monkeypatch.setattr("service.encoders.open.open_encoder", lambda model, **options: BagOfWords())
    source = write_csv(tmp_path / "programme.csv", [row(number) for number in range(3)])
    loaded = CliRunner().invoke(main, ["load", str(source)])
    assert loaded.exit_code == 0, loaded.output
    written = [data, *data.rglob("*")]
    assert len(written) > 5
    for path in written:
        assert path.stat().st_mode & 0o077 == 0, path
    out = tmp_path / "programme.jsonl"
    exported = CliRunner().invoke(main, ["export", str(out)])
    assert exported.exit_code == 0, exported.output
    assert out.stat().st_mode & 0o044 == 0o044
