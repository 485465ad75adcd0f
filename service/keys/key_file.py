"""The file of API keys: read strictly, and again whenever it has changed."""

import os
import stat
import threading
from collections import Counter
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from service.errors import NotReadyError, SettingsError
from service.keys.key import Key, digest_of
from service.runtime.rate_limit import RateLimit

MAX_KEYS = 200
"""Keys of a file: each request compares with all of them, and each has numbers of its own in the metrics."""
_MAX_BYTES = 200_000
_OTHERS_MAY = stat.S_IWGRP | stat.S_IRWXO
"""What a file of keys must not allow: a group may read it, as that of a mounted secret does."""

_Stamp = tuple[int, ...]


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    keys: Annotated[tuple[Key, ...], Field(max_length=MAX_KEYS)]


class KeyFile:
    """The keys in a file, as it is now; safe to use from many threads.

    A file that cannot be used any more changes nothing: the keys that were read last stay, and `problem` says
    what is wrong, until it can be used again.
    """

    def __init__(self, path: Path, limit: RateLimit | None = None) -> None:
        """Read the file; keys without a limit of their own have `limit`.

        Raises SettingsError if it cannot be used.
        """
        self.limit = limit or RateLimit(0)
        self.problem = ""
        self._path = path
        self._mutex = threading.Lock()
        self._seen = _stamp(path)
        self._keys: tuple[Key, ...] | None = read_keys(path)

    def start_over(self) -> None:
        """Read the file in another process than the one that made this: keys may be revoked since then."""
        self._keys = None
        self._read_again()

    def find(self, secret: str) -> Key | None:
        """Look up a key by its secret in time independent of which key matches; None if unknown.

        Raises NotReadyError where this process could not read the file yet.
        """
        digest, keys = digest_of(secret), self._current()
        if keys is None:
            raise NotReadyError("API keys cannot be checked just now. Try again in a moment.")
        found = [key for key in keys if key.has_digest(digest)]
        return found[0] if found else None

    def _current(self) -> tuple[Key, ...] | None:
        if self.problem or _stamp(self._path) != self._seen:
            with self._mutex:
                self._read_again()
        return self._keys

    def _read_again(self) -> None:
        self._seen = _stamp(self._path)  # first: what is written while it is read is read next time
        try:
            self._keys = read_keys(self._path)
        except SettingsError as error:
            self.problem = str(error)
        else:
            self.problem = ""


def read_keys(path: Path) -> tuple[Key, ...]:
    """Return the keys in a file. Raises SettingsError, with the reason, if it cannot be used."""
    try:
        if not path.is_file():
            raise SettingsError(
                f"{path}, the file of API keys, is no file. Make a first key: conference-helper key new NAME."
            )
        with path.open("rb") as stream:
            _check_private(path, os.fstat(stream.fileno()).st_mode)
            data = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise SettingsError(
            f"{path}, the file of API keys, cannot be read: {error.strerror}."
        ) from error
    return _parse(path, data)


def as_text(keys: tuple[Key, ...]) -> str:
    """Return what a file of these keys holds."""
    return _Content(keys=keys).model_dump_json(indent=1) + "\n"


def _check_private(path: Path, mode: int) -> None:
    if mode & _OTHERS_MAY:
        raise SettingsError(
            f"{path}, the file of API keys, may be read or changed by others than its owner "
            f"(mode {stat.S_IMODE(mode):o}). Keep it to its owner: chmod 600 {path}"
        )


def _parse(path: Path, data: bytes) -> tuple[Key, ...]:
    if len(data) > _MAX_BYTES:
        raise _damaged(path, f"it has over {_MAX_BYTES:,} bytes")
    try:
        keys = _Content.model_validate_json(data).keys
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _damaged(path, f"{place}: {first['msg']}" if place else first["msg"]) from error
    if twice := [name for name, count in Counter(key.name for key in keys).items() if count > 1]:
        raise _damaged(path, f"it has several keys of the name {twice[0]}")
    return keys


def _damaged(path: Path, reason: str) -> SettingsError:
    return SettingsError(
        f"{path}, the file of API keys, is damaged: {reason}. Restore it, or remove it and make new keys."
    )


def _stamp(path: Path) -> _Stamp:
    """Return what changes whenever the file does; nothing for one that is not there."""
    try:
        found = path.stat()
    except OSError as error:
        return (error.errno or 0,)
    return (found.st_ino, found.st_ctime_ns, found.st_size)
