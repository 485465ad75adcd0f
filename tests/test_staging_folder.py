"""Folders of loads that were killed are removed by the next load, those of loads at work are not."""

import os
import tempfile
from pathlib import Path

import pytest
from support.processes import running

from loaders.staging.folder import StagingFolder

HOLDING = (
    "import os, time; from loaders.staging.folder import StagingFolder\n"
    "held = StagingFolder(); os.utime(held.path, (0, 0)); print(held.path, flush=True); time.sleep(600)"
)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_only_what_nobody_works_in_is_removed(temporary: Path) -> None:
    (temporary / "target").mkdir()
    (temporary / "target" / "kept").touch()
    link = temporary / "conference-helper-staging-link"
    link.symlink_to(temporary / "target")
    os.utime(link, (0, 0), follow_symlinks=False)
    with running("-c", HOLDING, env={"TMPDIR": str(temporary)}) as loader:
        assert loader.stdout
        held = Path(loader.stdout.readline().strip())
        (held / "staging.sqlite").touch()
        os.utime(held, (0, 0))
        StagingFolder().remove()
        assert held.exists()  # it is old, and locked
        loader.kill()
        loader.wait()
        os.utime(held, None)
        StagingFolder().remove()
        assert held.exists()  # it is unlocked, and new
        os.utime(held, (0, 0))
        StagingFolder().remove()
        assert not held.exists()
    assert (temporary / "target" / "kept").exists()


def test_a_folder_is_removed_with_its_load() -> None:
    one, other = StagingFolder(), StagingFolder()
    (one.path / "staging.sqlite").touch()
    one.remove()
    assert not one.path.exists()
    assert other.path.stat().st_mode & 0o777 == 0o700
    other.remove()
