"""Session, the one record that both flows share: its id, its texts, its links, and what repeats share."""

import hashlib
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import lru_cache
from typing import Any, Literal, get_args

from service.dates import in_order, zone_name
from service.words import split_words, words_of

RECIPE_VERSION = 1
"""Raised when `Session.text` changes: vectors of two recipes cannot share a catalogue."""

_NAMESPACE = uuid.UUID("6f0d1c52-9a43-5c1e-8d0a-3f2b7c4e9a10")


Status = Literal["scheduled", "local", "cancelled"]
"""Whether a session takes place: scheduled, at a local time whose zone is unknown, or cancelled."""
STATUSES: tuple[Status, ...] = get_args(Status)
LinkKind = Literal["slides", "recording", "page"]
LINK_KINDS: tuple[LinkKind, ...] = get_args(LinkKind)


@dataclass(frozen=True, slots=True)
class Link:
    """Where more of a session is found: slides, a recording or another page, by http or https."""

    kind: LinkKind
    url: str
    label: str

    def as_dict(self) -> dict[str, str]:
        """Return the link as JSON values."""
        return {"kind": self.kind, "url": self.url, "label": self.label}


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session of one event: what it is about, who gives it, when and where.

    `starts_at` and `ends_at` are aware datetimes in the event's own zone; where that is unknown they are naive,
    the event's local time. A `cancelled` one was in the programme and does not take place. `slot` is set only
    where a source repeats a source id. `source_location` is the file and line it was read from; it is neither
    stored nor compared. What loads know of it is stored and not compared: `sequence` says how often its time,
    room, title or cancellation changed since it was first loaded, `modified` when anything of it last did (None
    in catalogues of an older version).
    """

    event: str
    year: int
    source_id: str
    title: str
    abstract: str = ""
    speakers: tuple[str, ...] = ()
    track: str = ""
    level: str = ""
    kind: str = ""
    language: str = ""
    room: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    url: str = ""
    links: tuple[Link, ...] = ()
    cancelled: bool = False
    tags: tuple[str, ...] = ()
    slot: str = ""
    source_location: str = field(default="", compare=False)
    sequence: int = field(default=0, compare=False)
    modified: datetime | None = field(default=None, compare=False)

    @property
    def id(self) -> uuid.UUID:
        """The point id: a UUIDv5 of event, year, source id and slot, so loading twice never duplicates."""
        return _session_id(self.event, self.year, self.source_id, self.slot)

    @property
    def text(self) -> str:
        """What is embedded: title and abstract; without an abstract, title, track and kind.

        Names are left out: they do not help a vector (see `keywords_text`).
        """
        parts = (
            (self.title, self.abstract) if self.abstract else (self.title, self.track, self.kind)
        )
        return ". ".join(part for part in parts if part)

    @property
    def keywords_text(self) -> str:
        """What keyword search sees: title, abstract, speakers, track and tags."""
        parts = (self.title, self.abstract, *self.speakers, self.track, *self.tags)
        return "\n".join(part for part in parts if part)

    @property
    def text_hash(self) -> str:
        """A digest of `text`: the same text never needs embedding twice."""
        return digest(self.text)

    @property
    def talk_keys(self) -> tuple[str, ...]:
        """What repeats of one talk share: its normalised title, in any script, with each speaker.

        Two sessions are the same talk if they share a key; without speakers nothing is a repeat.
        """
        title = " ".join(words_of(self.title))
        names = (person_key(speaker) for speaker in self.speakers)
        return tuple(digest(f"{title}\n{name}") for name in names if title and name)

    def repeats(self, other: "Session") -> bool:
        """Return whether both are sittings of one talk, over years or within one."""
        return not set(self.talk_keys).isdisjoint(other.talk_keys)

    @property
    def day(self) -> str:
        """The local calendar day it starts on, as YYYY-MM-DD; empty when the time is unknown."""
        return self.starts_at.date().isoformat() if self.starts_at else ""

    @property
    def start_minute(self) -> int | None:
        """Minutes from the local midnight to its start; None when the time is unknown.

        A source that knows only the day gives midnight and no end.
        """
        starts = self.starts_at
        if starts is None:
            return None
        minute = 60 * starts.hour + starts.minute
        if not minute and starts.time() == time() and self.ends_at in (None, starts):
            return None
        return minute

    @property
    def duration_minutes(self) -> int | None:
        """Full minutes that it lasts, whatever clocks are put forward or back; None when unknown."""
        if self.start_minute is None or self.starts_at is None or self.ends_at is None:
            return None
        lasts = in_order(self.ends_at) - in_order(self.starts_at)
        return int(lasts.total_seconds()) // 60

    @property
    def timezone(self) -> str | None:
        """The zone of its times: an IANA name or an offset such as +02:00.

        None where its times are known and their zone is not; empty without times.
        """
        if self.starts_at is None:
            return ""
        return zone_name(self.starts_at) if self.starts_at.tzinfo else None

    @property
    def status(self) -> Status:
        """Whether it takes place: what is on now or next is scheduled."""
        if self.cancelled:
            return "cancelled"
        return "local" if self.timezone is None else "scheduled"

    def as_dict(self) -> dict[str, Any]:
        """Return the session as JSON values for people and programs; times keep their local offset."""
        return {
            "id": str(self.id),
            "title": self.title,
            "event": self.event,
            "year": self.year,
            "source_id": self.source_id,
            "slot": self.slot,
            "abstract": self.abstract,
            "track": self.track,
            "level": self.level,
            "kind": self.kind,
            "language": self.language,
            "room": self.room,
            "url": self.url,
            "links": [link.as_dict() for link in self.links],
            "cancelled": self.cancelled,
            "speakers": list(self.speakers),
            "tags": list(self.tags),
            "day": self.day,
            "timezone": self.timezone,
            "starts_at": self.starts_at.isoformat() if self.starts_at else None,
            "ends_at": self.ends_at.isoformat() if self.ends_at else None,
        }


@lru_cache(
    maxsize=4_096
)  # a page names its sessions' ids several times, and one takes 20 microseconds
def _session_id(*values: str | int) -> uuid.UUID:
    return uuid.uuid5(_NAMESPACE, json.dumps(values))


def digest(text: str) -> str:
    """Return a short digest of a text, for comparing."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def person_key(name: str) -> str:
    """Return what spellings of one name share: its words in any order, without its initials."""
    words = set(split_words(name))
    return " ".join(sorted({word for word in words if len(word) > 1} or words))
