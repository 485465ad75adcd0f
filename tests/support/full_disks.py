"""Disks that can be filled: small file systems in memory, which only the processes put there see."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from support.qdrant_nodes import DIES_WITH_PARENT

_STEP = 1_000_000


class Disks:
    """A mount namespace with a file system of its own at each of some folders."""

    def __init__(self, holder: int, folders: Sequence[Path], megabytes: int) -> None:
        self._holder = holder
        self._folders = folders
        self._megabytes = megabytes

    @property
    def within(self) -> list[str]:
        """What to put before a command for it to see the disks."""
        return ["nsenter", f"--mount=/proc/{self._holder}/ns/mnt", "--"]

    def fill(self, number: int) -> None:
        """Leave a disk without space: it gets smaller, which takes no memory."""
        there = os.statvfs(self.path(number))
        used = (there.f_blocks - there.f_bfree) * there.f_frsize
        while not self._resize(number, used // 1024 + 4):
            used += _STEP  # more was written meanwhile

    def free(self, number: int) -> None:
        assert self._resize(number, self._megabytes * 1024)

    def _resize(self, number: int, kilobytes: int) -> bool:
        remount = ["mount", "-o", f"remount,size={kilobytes}k", str(self._folders[number])]
        done = subprocess.run([*self.within, *remount], capture_output=True, check=False)
        return done.returncode == 0

    def path(self, number: int) -> Path:
        return Path(f"/proc/{self._holder}/root{self._folders[number]}")


@contextlib.contextmanager
def small_disks(folders: Sequence[Path], megabytes: int) -> Iterator[Disks]:
    """Give each folder a disk of its own; skips where this user may not mount."""
    for folder in folders:
        folder.mkdir(parents=True)
    mounts = " && ".join(f"mount -t tmpfs -o size={megabytes}m none '{one}'" for one in folders)
    script = f"{mounts} && echo there && exec sleep infinity"
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script]
    if not shutil.which("unshare") or not shutil.which("nsenter"):
        pytest.skip("no unshare and nsenter to make a disk with")
    holder = subprocess.Popen(
        [sys.executable, "-c", DIES_WITH_PARENT, str(os.getpid()), *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert holder.stdout is not None
        if (said := holder.stdout.readline().strip()) != "there":
            pytest.skip(f"this user may not make a disk to fill: {said}")
        yield Disks(holder.pid, folders, megabytes)
    finally:
        holder.kill()
        holder.wait()
        if holder.stdout:
            holder.stdout.close()
