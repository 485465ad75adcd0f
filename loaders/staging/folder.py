"""The temporary folder of one load: removed with it, or, where it was killed, by a load that comes after."""

import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path

_PREFIX = "conference-helper-staging-"
_OLD_SECONDS = 60
"""A folder that is younger may be one whose load has not locked it yet."""


class StagingFolder:
    """A folder that is locked for as long as its process lives."""

    def __init__(self) -> None:
        """Create the folder, and remove those of this user's loads that were killed."""
        _remove_leftovers(Path(tempfile.gettempdir()))
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._lock = _try_to_lock(self.path)

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        shutil.rmtree(self.path, ignore_errors=True)


def _remove_leftovers(temporary: Path) -> None:
    for folder in temporary.glob(f"{_PREFIX}*"):
        if not _is_old_and_own(folder):
            continue
        lock = _try_to_lock(folder)
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def _is_old_and_own(folder: Path) -> bool:
    try:
        status = folder.lstat()
    except OSError:  # removed meanwhile
        return False
    return status.st_uid == os.getuid() and time.time() - status.st_mtime > _OLD_SECONDS


def _try_to_lock(folder: Path) -> int | None:
    """Return a descriptor that locks the folder, or None where another process has it or it is none."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
