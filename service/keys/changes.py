"""Changes of the file of API keys: a new key, a key revoked."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import filelock

from service.errors import InputError, SettingsError
from service.keys.key import Key, Scope, digest_of, new_secret
from service.keys.key_file import MAX_KEYS, as_text, read_keys
from service.runtime.atomic_file import write_atomically

_PRIVATE = 0o600
_LOCK_SECONDS = 10

_Keys = tuple[Key, ...]


def add_key(
    path: Path,
    name: str,
    scopes: Sequence[Scope],
    until: date | None,
    rate_limit: int | None = None,
) -> str:
    """Add a key to the file, which is made if need be; return its secret, which nothing can return again.

    Raises InputError if it has a key of that name, or as many as it may; SettingsError if it cannot be used.
    """
    secret = new_secret()
    key = Key(
        name=name,
        sha256=digest_of(secret),
        scopes=tuple(scopes),
        until=until,
        rate_limit=rate_limit,
    )

    def add(keys: _Keys) -> _Keys:
        if any(one.name == name for one in keys):
            raise InputError(f"There is a key {name} already. Choose another name, or revoke that.")
        if len(keys) >= MAX_KEYS:
            raise InputError(f"There are {MAX_KEYS} keys already. Revoke one that is not in use.")
        return (*keys, key)

    _change(path, add)
    return secret


def revoke_key(path: Path, name: str) -> None:
    """Take a key out of the file. Raises InputError if it has none of that name."""

    def remove(keys: _Keys) -> _Keys:
        left = tuple(key for key in keys if key.name != name)
        if left == keys:
            raise InputError(
                f"There is no key {name}. See those there are: conference-helper key list"
            )
        return left

    _change(path, remove)


def _change(path: Path, change: Callable[[_Keys], _Keys]) -> None:
    """Write what `change` makes of the keys; of two programs that change them, one waits for the other."""
    path = path.resolve()  # the file itself, not a link to it, is replaced
    try:
        with filelock.FileLock(path.with_name(f".{path.name}.lock"), timeout=_LOCK_SECONDS):
            keys = read_keys(path) if path.exists() else ()
            write_atomically(path, as_text(change(keys)), mode=_PRIVATE)
    except filelock.Timeout as error:
        raise InputError(f"Another program is changing {path}. Try again in a moment.") from error
    except OSError as error:
        raise SettingsError(
            f"{path}, the file of API keys, cannot be written: {error.strerror}. "
            "Name another one with CONFERENCE_HELPER_API_KEYS_FILE."
        ) from error
