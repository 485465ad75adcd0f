"""What leaves memory comes back when it is used."""

import mmap
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.runtime.memory import page_out

MAPS = Path("/proc/self/smaps")
DISK = Path("/var/tmp")  # noqa: S108 -- for a folder of our own


def resident(path: Path) -> int:
    """Return the kilobytes of a mapped file that are in memory."""
    lines = iter(MAPS.read_text("utf-8").splitlines())
    return sum(
        int(next(one for one in lines if one.startswith("Rss:")).split()[1])
        for line in lines
        if line.endswith(str(path))
    )


@pytest.fixture
def disk() -> Iterator[Path]:
    """A folder on a disk of a Linux machine: what lies in memory anyway cannot leave it."""
    if not (MAPS.exists() and os.access(DISK, os.W_OK)):
        pytest.skip("needs Linux's /proc and a disk")
    with tempfile.TemporaryDirectory(dir=DISK) as folder:
        yield Path(folder)


def test_files_of_a_folder_leave_memory_and_come_back(
    disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(disk)
    for folder in ("one", "other"):
        (disk / folder).mkdir()
        with (disk / folder / "a file").open("wb") as file:
            file.write(b"x" * 2**20)
            file.flush()
            os.fsync(file.fileno())  # what is not on the disk yet cannot leave memory
    paths = [disk / folder / "a file" for folder in ("one", "other")]
    with (
        paths[0].open("rb") as one,
        paths[1].open("rb") as other,
        mmap.mmap(one.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
        mmap.mmap(other.fileno(), 0, access=mmap.ACCESS_READ) as kept,
    ):
        assert mapped[:] == kept[:]
        assert min(resident(path) for path in paths) == 1024
        page_out(Path("one"))
        assert resident(paths[0]) < 1024
        assert resident(paths[1]) == 1024
        assert mapped[:] == kept[:]


def test_where_the_system_says_nothing_all_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.runtime.memory._MAPS", tmp_path / "none")
    page_out(tmp_path)
