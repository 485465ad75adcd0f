"""Record, a session as its source has it, what a load is told about sources, and why a record is left out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from loaders.records import times
from loaders.records.text import drop_surrogates
from service.errors import InputError


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something a source holds that was not used, where it stands and why.

    `skipped` tells a session that is left out from a part that is; `row` is the session as read, for rejects.
    `unwanted` sessions are left out as they should be: breaks, hidden ones, what was not accepted.
    """

    location: str
    reason: str
    skipped: bool = True
    row: str = ""
    unwanted: bool = False

    def __post_init__(self) -> None:
        """Keep what can be written to a file."""
        for name in ("location", "reason", "row"):
            object.__setattr__(self, name, drop_surrogates(getattr(self, name)))

    @property
    def is_invalid(self) -> bool:
        """Whether a session is left out that should be there; the catalogue keeps the one it may be."""
        return self.skipped and not self.unwanted


class Skip(Exception):
    """A record that becomes no session, with the reason."""


class Unwanted(Skip):
    """A record that should become no session, such as a break."""


class UnknownEvent(Skip):
    """A record whose event or year is known neither from its source nor from the options."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the caller says about sources that do not say it themselves.

    Raises InputError for a time zone that does not exist.
    """

    event: str = ""
    year: int | None = None
    timezone: str = ""
    date_order: str = ""
    format: str = ""
    keep_service: bool = False
    columns: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Refuse a zone in which no time could be read."""
        try:
            times.in_zone(datetime(2000, 1, 1), (self.timezone,))
        except ValueError as error:
            raise InputError(f"--timezone {self.timezone}: {error}.") from error


@dataclass(slots=True, kw_only=True)
class Record:
    """One session in its source's own words. `location` names file and line, or file and path.

    `start` and `end` are local to `zone` unless they carry an offset; `markup` is what texts are written in.
    `service` says whether it is a break; None where the source does not say, so that the title tells.
    `values` are what warnings are about, by their reasons, `states` what became of its proposal, in the
    source's words.
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
    tags: Sequence[str] = ()
    slot: str = ""
    service: bool | None = None
    states: Sequence[str] = ()
    date_order: str = ""
    warnings: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)

    def warn(self, reason: str, value: object = "") -> None:
        """Add what is odd but usable, and the value that it is about."""
        self.warnings.append(reason)
        self.values[reason] = str(value)

    def where(self, reason: str) -> str:
        """Return the location of a warning, with the start of the value that it is about."""
        value = self.values.get(reason, "")
        return f"{self.location} {value[:_QUOTED]!r}" if value else self.location

    def shown(self) -> str:
        """Return what its source says of the session, for the rejects, not too long."""
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
    return "; ".join(str(text)[:_MAX_VALUE] for text in texts)
