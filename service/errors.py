"""Every error the program raises on purpose.

ConferenceHelperError
├── InputError               what the caller gave cannot be used: a source, a question, an option
│   ├── QueryError           a question, a limit or a filter of a search
│   ├── SettingsError        a setting from the environment or `.env`
│   └── ModelError           a model that cannot be found, or is not safe to load
├── NotFoundError            no session of that id
│   └── RemovedError         a session that was taken out of the programme
├── ApiKeyError              no API key, or one that is unknown here or has ended
│   └── ScopeError           an API key that is not for this
├── EncoderError             the model gave vectors that cannot be used
├── StoreError               the store cannot be reached, read or written
│   ├── StorageFullError     too little free space to build a generation
│   ├── DamagedError         what the store holds is not what was written
│   └── AccessError          the store does not let this key do it
├── NothingLoadedError       the catalogue has no generation yet
├── NotReadyError            the encoder or the API key file is not loaded yet
├── BusyError                more questions are waiting than can be answered in time
├── RefusedError             done on purpose not to: it would answer with nonsense or lose sessions
│   └── MismatchError        the catalogue belongs to another encoder or schema
├── VerificationError        what was written is not what was meant; nothing was switched
├── ServiceError             a service that a client asks cannot be reached, or answers otherwise than one
└── LockedError              another loader is at work on the catalogue

Messages are written for people: what is wrong, where, and what to do next.
"""

import errno

REMEDY = (
    "Roll back (conference-helper rollback) or restore a backup (conference-helper restore FOLDER)."
)
"""What to do where a generation is damaged."""


class ConferenceHelperError(Exception):
    """Base class of all errors; the message is written for users."""


class InputError(ConferenceHelperError):
    """The caller's input is invalid."""


class QueryError(InputError):
    """A question, limit or filter is invalid."""


class SettingsError(InputError):
    """A setting from the environment or `.env` is invalid."""


class ModelError(InputError):
    """A model cannot be found, or is not safe to load."""


class NotFoundError(ConferenceHelperError):
    """No session has that id."""


class RemovedError(NotFoundError):
    """The session of that id was taken out of the programme."""


class ApiKeyError(ConferenceHelperError):
    """The API key is missing, unknown, revoked or past its last day."""


class ScopeError(ApiKeyError):
    """The API key does not have the scope that this address wants."""


class EncoderError(ConferenceHelperError):
    """The model returned invalid vectors."""


class StoreError(ConferenceHelperError):
    """The store cannot be reached, read or written."""


class StorageFullError(StoreError):
    """Too little free space to build a generation."""


def is_disk_full(error: BaseException) -> bool:
    """Return whether the system or SQLite failed for want of disk space or quota."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return getattr(error, "sqlite_errorname", None) == "SQLITE_FULL"


class DamagedError(StoreError):
    """Stored data is damaged."""


class AccessError(StoreError):
    """The API key is missing, unknown or not permitted to do this."""


class NothingLoadedError(ConferenceHelperError):
    """The catalogue has no generation yet."""


class NotReadyError(ConferenceHelperError):
    """The encoder or the API key file is not loaded yet."""


class BusyError(ConferenceHelperError):
    """Too many requests are queued to answer in time."""


class RefusedError(ConferenceHelperError):
    """Refused to prevent meaningless answers or the loss of sessions."""


class MismatchError(RefusedError):
    """The catalogue belongs to another encoder or to a newer schema."""


class VerificationError(ConferenceHelperError):
    """Verification of written data failed; the served data was not touched."""


class ServiceError(ConferenceHelperError):
    """A service that a client asks cannot be reached, or does not answer as one does."""


class LockedError(ConferenceHelperError):
    """Another loader is at work on the catalogue."""

    def __init__(self, found: str, remedy: str) -> None:
        """Say what was found and what to do; `found` alone is kept for those that wait instead."""
        super().__init__(f"{found} {remedy}")
        self.found = found
