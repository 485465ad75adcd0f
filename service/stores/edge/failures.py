"""What Edge raises, as errors of this program."""

from collections.abc import Iterator
from contextlib import contextmanager

from service.errors import REMEDY, ConferenceHelperError, DamagedError, StoreError

_WRITABLE = "It must be writable even to be read. Set CONFERENCE_HELPER_DATA_DIR to a folder you may write to."


@contextmanager
def translate_errors(action: str) -> Iterator[None]:
    """Turn what Edge raises into StoreError, or DamagedError where its files may be read and written.

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
            if any(reason in message.casefold() for reason in ("permission denied", "read-only")):
                raise StoreError(f"{message} {_WRITABLE}") from error
            raise DamagedError(f"{message} {REMEDY}") from error
        raise
