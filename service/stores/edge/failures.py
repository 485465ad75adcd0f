"""What Edge raises, as errors of this program."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.errors import (
    REMEDY,
    ConferenceHelperError,
    DamagedError,
    StorageFullError,
    StoreError,
    is_disk_full,
)

_WRITABLE = "It must be writable even to be read. Set CONFERENCE_HELPER_DATA_DIR to a folder you may write to."

_SPACE = (
    "The disk is full: free some space, or set CONFERENCE_HELPER_DATA_DIR to another disk. "
    "What is served is whole."
)


@contextmanager
def translate_errors(action: str) -> Iterator[None]:
    """Turn what Edge raises into StoreError, or DamagedError where its files have space and may be written.

    Edge raises bare exceptions whose text alone says why, and panics that are no Exception.
    """
    try:
        yield
    except (
        BaseException
    ) as error:  # a panic of the driver is no Exception; all else is raised again
        if isinstance(error, ConferenceHelperError):
            raise
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            message = f"The embedded store could not {action}: {error}."
            if is_disk_full(error) or "no space left" in message.casefold():
                raise StorageFullError(f"{message} {_SPACE}") from error
            if any(reason in message.casefold() for reason in ("permission denied", "read-only")):
                raise StoreError(f"{message} {_WRITABLE}") from error
            raise DamagedError(f"{message} {REMEDY}") from error
        raise


@contextmanager
def translate_unwritable(folder: Path) -> Iterator[None]:
    """Turn what the system raises into StoreError, or StorageFullError where the disk of `folder` is full."""
    try:
        yield
    except OSError as error:
        message = f"{folder} cannot be written: {error.strerror or error}."
        if is_disk_full(error):
            raise StorageFullError(f"{message} {_SPACE}") from error
        raise StoreError(
            f"{message} Set CONFERENCE_HELPER_DATA_DIR to a folder you may write to, on a sound disk. "
            "What is served is whole."
        ) from error
