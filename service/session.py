"""Session, the one record that both flows share: its texts, its point id, its payload."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from service.errors import REMEDY, DamagedError
from service.words import split_words, words_of

RECIPE_VERSION = 1
"""Raised when `Session.text` changes: vectors of two recipes cannot share a catalogue."""

_NAMESPACE = uuid.UUID("6f0d1c52-9a43-5c1e-8d0a-3f2b7c4e9a10")
_TEXTS = ("title", "abstract", "track", "level", "kind", "language", "room", "url")
_LISTS = ("speakers", "tags")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session of one event: what it is about, who gives it, when and where.

    `starts_at` and `ends_at` are aware datetimes in the event's own zone. `slot` is set only where
    a source repeats a source id. `source_location` is the file and line it was read from;
    it is neither stored nor compared.
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
    tags: tuple[str, ...] = ()
    slot: str = ""
    source_location: str = field(default="", compare=False)

    @property
    def id(self) -> uuid.UUID:
        """The point id: a UUIDv5 of event, year, source id and slot, so loading twice never duplicates."""
        return uuid.uuid5(
            _NAMESPACE, json.dumps([self.event, self.year, self.source_id, self.slot])
        )

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
        return _digest(self.text)

    @property
    def talk_keys(self) -> tuple[str, ...]:
        """What repeats of one talk share: its normalised title, in any script, with each speaker.

        Two sessions are the same talk if they share a key; without speakers nothing is a repeat.
        """
        title = " ".join(words_of(self.title))
        names = (_person(speaker) for speaker in self.speakers)
        return tuple(_digest(f"{title}\n{name}") for name in names if title and name)

    def repeats(self, other: "Session") -> bool:
        """Return whether both are sittings of one talk, over years or within one."""
        return not set(self.talk_keys).isdisjoint(other.talk_keys)

    @property
    def day(self) -> str:
        """The local calendar day it starts on, as YYYY-MM-DD; empty when the time is unknown."""
        return self.starts_at.date().isoformat() if self.starts_at else ""

    @property
    def timezone(self) -> str:
        """The zone of its times: an IANA name or an offset such as +02:00; empty when unknown."""
        return _zone_name(self.starts_at) if self.starts_at else ""

    def payload(self) -> dict[str, Any]:
        """Return the session as plain JSON values for a store; times are UTC, empty fields left out.

        Adds what the store filters by (`day`), what a later load compares (`text_hash`,
        `payload_hash`) and what marks repeats (`talk_keys`).
        """
        values = self._values()
        for key in ("starts_at", "ends_at"):
            moment = getattr(self, key)
            values[key] = moment.astimezone(UTC).isoformat() if moment else ""
        values = {key: value for key, value in values.items() if value not in ("", [])}
        text_hash = self.text_hash
        payload_hash = _digest(json.dumps(values, sort_keys=True) + text_hash)
        derived: dict[str, Any] = {"text_hash": text_hash, "payload_hash": payload_hash}
        if keys := self.talk_keys:
            derived["talk_keys"] = list(keys)
        return {**values, **derived}

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> "Session":
        """Return the session that `payload` holds. Raises DamagedError if it is not one."""
        try:
            texts: dict[str, Any] = {key: str(payload.get(key, "")) for key in _TEXTS}
            lists: dict[str, Any] = {key: tuple(map(str, payload.get(key, ()))) for key in _LISTS}
            zone = zone_of(str(payload.get("timezone", "UTC")))
            return cls(
                event=str(payload["event"]),
                year=int(payload["year"]),
                source_id=str(payload["source_id"]),
                slot=str(payload.get("slot", "")),
                starts_at=_moment(payload.get("starts_at"), zone),
                ends_at=_moment(payload.get("ends_at"), zone),
                **texts,
                **lists,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedError(
                f"The catalogue holds a point that is not a session ({error!r}). {REMEDY}"
            ) from error

    def as_dict(self) -> dict[str, Any]:
        """Return the session as JSON values for people and programs; times keep their local offset."""
        values = {"id": str(self.id), "title": self.title, **self._values()}
        for key in ("starts_at", "ends_at"):
            moment = getattr(self, key)
            values[key] = moment.isoformat() if moment else None
        return values

    def _values(self) -> dict[str, Any]:
        """Every stored field as a JSON value, times left to the caller."""
        return {
            "event": self.event,
            "year": self.year,
            "source_id": self.source_id,
            "slot": self.slot,
            **{key: getattr(self, key) for key in _TEXTS},
            **{key: list(getattr(self, key)) for key in _LISTS},
            "day": self.day,
            "timezone": self.timezone,
        }


def zone_of(name: str) -> tzinfo:
    """Return the zone of an IANA name or of an offset such as +02:00. Raises ValueError if there is none."""
    if name in ("UTC", "Z"):
        return UTC
    if name[:1] in "+-" and len(name) == 6 and name[3] == ":":
        hours, minutes = int(name[1:3]), int(name[4:6])
        offset = timedelta(hours=hours, minutes=minutes)
        return timezone(-offset if name[0] == "-" else offset)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"no time zone is called {name!r}") from error


def parse_day(text: str) -> date:
    """Return the day that YYYY-MM-DD names. Raises ValueError if there is none."""
    return datetime.strptime(text, "%Y-%m-%d").date()


def _person(name: str) -> str:
    """A name's words in any order, without its initials."""
    words = set(split_words(name))
    return " ".join(sorted({word for word in words if len(word) > 1} or words))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _moment(value: Any, zone: tzinfo) -> datetime | None:
    return datetime.fromisoformat(str(value)).astimezone(zone) if value else None


def _zone_name(moment: datetime) -> str:
    if isinstance(moment.tzinfo, ZoneInfo):
        return moment.tzinfo.key
    offset = moment.strftime("%z")
    return "UTC" if moment.tzinfo is UTC else f"{offset[:3]}:{offset[3:5]}"
