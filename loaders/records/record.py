"""Record, a session in its source's words; the options for reading; diagnostics and reasons to skip."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from loaders.limits import Limits
from loaders.records import times
from loaders.records.text import drop_surrogates
from service.errors import InputError


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something in a source that was not used: its location (file and line, path or item), and the reason.

    `skipped` says that it is a whole session, `row` is that session as read, for the rejects file. `unwanted`
    sessions are rightly skipped: breaks, hidden ones, what was not accepted.
    """

    location: str
    reason: str
    skipped: bool = True
    row: str = ""
    unwanted: bool = False

    def __post_init__(self) -> None:
        """Drop lone surrogates, which cannot be written to a file."""
        for name in ("location", "reason", "row"):
            object.__setattr__(self, name, drop_surrogates(getattr(self, name)))

    @property
    def is_invalid(self) -> bool:
        """Whether a session is left out that should be there; the catalogue keeps the one it may be."""
        return self.skipped and not self.unwanted


class Skip(Exception):
    """The reason why a record becomes no session."""


class Unwanted(Skip):
    """The reason why a record should become no session: it is a break, or was not accepted."""


class UnknownEvent(Skip):
    """Neither the record nor the options name its event, or its year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to read sources: defaults for what they leave out, and which columns are which fields.

    Raises InputError for a time zone that does not exist.
    """

    event: str = ""
    year: int | None = None
    timezone: str = ""
    date_order: str = ""
    format: str = ""
    keep_service: bool = False
    language: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Refuse a time zone that does not exist."""
        try:
            times.localise(datetime(2000, 1, 1), (self.timezone,))
        except ValueError as error:
            raise InputError(f"--timezone {self.timezone}: {error}.") from error


class LinkText(NamedTuple):
    """A link in its source's words: its address, its label, and what the source says that it leads to."""

    address: str
    label: str = ""
    kind: str = ""


@dataclass(slots=True, kw_only=True)
class Record:
    """One session in its source's own words.

    `location` is file and line, file and path, or file and item, for messages. `start` and `end` are local to
    `zone` unless they have an offset. `markup` is that of title and abstract: "html", "markdown", "rst" or
    "plain"; it is detected if empty. `service` says whether it is a break; None leaves that to its title.
    `states` say what became of its proposal, `cancelled` that it was in the programme and is off. `values` are
    what warnings are about, by warning.
    """

    location: str
    title: str
    source_id: str = ""
    abstract: str = ""
    markup: str = ""
    event: str = ""
    year: int | None = None
    speakers: Sequence[str] = ()
    track: str = ""
    level: str = ""
    kind: str = ""
    language: str = ""
    room: str = ""
    start: str | datetime = ""
    end: str | datetime = ""
    duration: str = ""
    zone: str = ""
    url: str = ""
    links: Sequence[LinkText] = ()
    tags: Sequence[str] = ()
    slot: str = ""
    service: bool | None = None
    states: Sequence[str] = ()
    cancelled: bool = False
    date_order: str = ""
    warnings: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)

    def warn(self, reason: str, value: object = "") -> None:
        """Add a warning about something that is odd but usable, and the value that it is about."""
        self.warnings.append(reason)
        self.values[reason] = str(value)

    def locate(self, reason: str) -> str:
        """Return the record's location for a warning, with the start of the value that it is about."""
        value = self.values.get(reason, "")
        return f"{self.location} {value[:_QUOTED]!r}" if value else self.location

    def excerpt(self) -> str:
        """Return the fields that have values as text for the rejects file, cut to 4,000 characters."""
        values = {name: getattr(self, name) for name in _SAID}
        said = {name: value for name, value in values.items() if value or name == "title"}
        return ", ".join(f"{name}: {_shown(value)}" for name, value in said.items())[:_MAX_SHOWN]


_QUOTED = 40
_MAX_SHOWN, _MAX_VALUE = 4_000, 1_000
_SAID = tuple(
    name
    for name in Record.__dataclass_fields__
    if name not in ("location", "markup", "service", "date_order", "warnings", "values")
)


def _shown(value: Any) -> str:
    texts = [value] if isinstance(value, (str, int, datetime)) else value
    parts = (text.address if isinstance(text, LinkText) else str(text) for text in texts)
    return "; ".join(part[:_MAX_VALUE] for part in parts)
