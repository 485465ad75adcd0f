"""One page of the programme, or why there is none."""

from dataclasses import dataclass
from typing import Any

from service.filters import Filters
from service.programme.editions import Edition
from service.programme.now_next import NowAndNext
from service.programme.parts import Part, format_minute
from service.session import Session

LEFT_OUT = ("abstract", "links", "tags")
"""What is long of a session, and left out where many are listed."""


@dataclass(frozen=True, slots=True)
class ProgrammeDay:
    """One day of an edition, or a part of it.

    filters   what passes, as the catalogue spells it, with this event and year and without the day; as it was
              typed where that stands for more values than a link may have
    edition   the edition with all of its sessions
    passing   the same with those that pass
    day       the day (YYYY-MM-DD); empty for the sessions without one
    parts     the parts that the day is split into, and the `part` of these `sessions`
    running   sessions of earlier days that are not over when the day begins
    now       what is on and next; None where it is another day there, or times of day are asked for
    today     the day that it is there now
    others    other editions with sessions that pass all filters but those on event, year and day
    state     the state of the generation that all this is of (see `Manifest.state`)

    Sessions are without what is LEFT_OUT of lists.
    """

    filters: Filters
    edition: Edition
    passing: Edition
    day: str
    parts: tuple[Part, ...]
    part: Part
    sessions: tuple[Session, ...]
    running: tuple[Session, ...]
    now: NowAndNext | None
    today: str
    others: tuple[Edition, ...]
    state: str

    def chosen(self, asked: Filters) -> Filters:
        """Return the filters, with the day where the filters `asked` for name one."""
        return self.filters.replace(day=[self.day] if "day" in asked and self.day else ())

    def as_dict(self) -> dict[str, Any]:
        """Return the page as the JSON values that the API answers with."""
        return {
            "event": self.edition.event,
            "year": self.edition.year,
            "day": self.day or None,
            "timezones": list(self.edition.zones),
            "total": sum(part.sessions for part in self.parts),
            "days": _days(self.passing),
            "undated": self.passing.undated,
            "part": self.part.key,
            "parts": [_part(part) for part in self.parts],
            "sessions": [listed(session) for session in self.sessions],
            "running": [listed(session) for session in self.running],
            "now": _now(self.now),
            "others": [_edition(one) for one in self.others],
            "notes": [],
        }


@dataclass(frozen=True, slots=True)
class NoProgramme:
    """No session passes: why not, in sentences, and what is there instead.

    filters   what was asked for, as the catalogue spells it
    edition   the edition that was asked for, if the catalogue has it
    lacking   the names of the filters whose values none of its sessions has
    days      its days with sessions that pass all other filters, where only the day is in the way
    others    other editions that may have been meant: those with sessions that pass, or else what is there
    """

    filters: Filters
    edition: Edition | None
    lacking: tuple[str, ...]
    notes: tuple[str, ...]
    days: tuple[tuple[str, int], ...]
    others: tuple[Edition, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as the JSON values that the API answers with: those of a day without sessions."""
        return {
            "event": self.edition.event if self.edition else None,
            "year": self.edition.year if self.edition else None,
            "day": None,
            "timezones": list(self.edition.zones) if self.edition else [],
            "total": 0,
            "days": [{"day": day, "sessions": count} for day, count in self.days],
            "undated": 0,
            "part": None,
            "parts": [],
            "sessions": [],
            "running": [],
            "now": None,
            "others": [_edition(one) for one in self.others],
            "notes": list(self.notes),
        }


def listed(session: Session) -> dict[str, Any]:
    """Return the session as JSON values, without those LEFT_OUT."""
    told = session.as_dict()
    return {name: told[name] for name in told if name not in LEFT_OUT}


def _days(edition: Edition) -> list[dict[str, Any]]:
    return [{"day": day, "sessions": count} for day, count in edition.days]


def _part(part: Part) -> dict[str, Any]:
    timed = part.first is not None
    return {
        "part": part.key,
        "from": format_minute(part.first) if part.first is not None else None,
        "to": format_minute(part.end) if timed and part.end < 24 * 60 else None,
        "sessions": part.sessions,
    }


def _edition(edition: Edition) -> dict[str, Any]:
    return {"event": edition.event, "year": edition.year, "sessions": edition.sessions}


def _now(found: NowAndNext | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "time": found.now.isoformat(),
        "on": [listed(session) for session in found.on],
        "next": [listed(session) for session in found.next],
    }
