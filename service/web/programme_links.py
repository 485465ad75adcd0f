"""Links of the programme's pages: to days, parts, other editions and lists; and times as they stand there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for

from service.dates import format_day, parse_day
from service.filters import Filters, Value
from service.programme.day import NoProgramme, ProgrammeDay
from service.programme.directory import FIELD_OF, Directory, Kind
from service.programme.editions import Edition
from service.programme.parts import MINUTES, Part, format_minute
from service.programme.timetable import Timetable
from service.query.query import Query
from service.web.search_form import link_programme, programme_parameters

DAYS_SHOWN = 14
"""Days that are linked; of an edition with more, those around the one that is shown, and the rest unfolds."""
MAX_DAYS = 400
ROWS_AT_ONCE = 12
"""Rows of a timetable that need no links to its hours."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link, how many sessions it leads to, whether that is what is shown, and its label in full."""

    label: str
    count: int
    address: str
    is_here: bool = False
    full: str = ""


def format_date(day: str) -> str:
    """Return a day given as YYYY-MM-DD as in Tuesday 12 May 2026."""
    return format_day(parse_day(day))


def only_edition(query: Query) -> Query:
    """Return the query with no other filters than those on event and year."""
    kept = {name: query.filters[name] for name in ("event", "year") if name in query.filters}
    return replace(query, filters=Filters(**kept))


def without_day(query: Query) -> Query:
    """Return the query without its filter on the day."""
    return replace(query, filters=query.filters.replace(day=()))


def link_edition(query: Query, edition: Edition, **others: Any) -> str:
    """Return the address of an edition's programme, at the query's time."""
    own = Filters(event=[edition.event], year=[edition.year], **others)
    return link_programme(replace(query, filters=own))


def list_days(query: Query, found: ProgrammeDay) -> tuple[list[Link], list[Link]]:
    """Return links to the days of an edition, and further ones of a long edition; `query` names no day."""
    passing = dict(found.passing.days)
    days = [
        _day(query, day, passing.get(day, 0), is_here=day == found.day)
        for day, _ in found.edition.days[:MAX_DAYS]
    ]
    here = next((index for index, link in enumerate(days) if link.is_here), 0)
    first = max(0, min(here - DAYS_SHOWN // 2, len(days) - DAYS_SHOWN))
    shown = days[first : first + DAYS_SHOWN]
    return shown, [link for link in days if link not in shown]


def list_other_days(query: Query, found: NoProgramme) -> list[Link]:
    """Return links to the days on which sessions pass all filters but the one on the day."""
    if not found.edition:
        return []
    edition = _of_edition(query, found.edition)
    return [_day(edition, day, count) for day, count in found.days[:DAYS_SHOWN]]


def list_parts(query: Query, found: ProgrammeDay) -> list[Link]:
    """Return links to the parts of a day that is split."""
    return [
        Link(
            _tell_part(part),
            part.sessions,
            link_programme(query, part=part.key),
            part is found.part,
        )
        for part in found.parts
        if len(found.parts) > 1
    ]


def anchor_hours(timetable: Timetable) -> dict[int, str]:
    """Return the ids of the rows that an hour begins with, by their minute; none of a short timetable."""
    minutes = [row.minute for row in timetable.rows]
    firsts = {minute // 60: minute for minute in reversed(minutes)}
    return {
        minute: f"at-{minute}" for minute in sorted(firsts.values()) if len(minutes) > ROWS_AT_ONCE
    }


def list_hours(anchors: Mapping[int, str]) -> list[Link]:
    """Return links to these rows."""
    return [Link(format_minute(minute), 0, f"#{anchor}") for minute, anchor in anchors.items()]


def link_undated(query: Query, found: ProgrammeDay) -> Link | None:
    """Return the link to the sessions without a day, if some pass."""
    count = found.passing.undated
    if not count:
        return None
    return Link("Without a day", count, link_programme(query, part="undated"), not found.day)


def link_today(query: Query, found: ProgrammeDay) -> Link | None:
    """Return the link to today, if sessions that pass are on then and another day is shown."""
    count = dict(found.passing.days).get(found.today)
    if not count or found.day == found.today:
        return None
    return _day(query, found.today, count)


def list_others(query: Query, found: ProgrammeDay) -> list[tuple[Edition, str]]:
    """Return the other editions with sessions that pass, with their addresses under the same filters."""
    return [(one, link_programme(_of_edition(without_day(query), one))) for one in found.others]


def link_without_lacking(query: Query, found: NoProgramme) -> str:
    """Return the address without the filters that nothing passes, empty if no other one would be left."""
    left = query.filters.replace(**dict.fromkeys(found.lacking, ()))
    if not found.lacking or not found.edition or left.keys() <= {"event", "year"}:
        return ""
    return link_programme(_of_edition(replace(query, filters=left), found.edition))


def kept_by_form(query: Query) -> list[tuple[str, Value]]:
    """Return the parameters of the page that its form of filters sends along."""
    kept = ("event", "year", "day", "now")
    parameters = programme_parameters(query)
    return [(name, value) for name in kept for value in parameters.get(name, ())]


def list_lists(query: Query, shown: str = "") -> list[Link]:
    """Return links to the lists of rooms, tracks and speakers."""
    return [Link(kind.capitalize(), 0, _link_list(query, kind), kind == shown) for kind in FIELD_OF]


def list_letters(query: Query, kind: Kind, found: Directory) -> list[Link]:
    """Return links to the letters of a long list."""
    return [
        Link(letter, count, _link_list(query, kind, letter=letter), letter == found.letter)
        for letter, count in found.letters
    ]


def list_pages(query: Query, kind: Kind, found: Directory) -> list[Link]:
    """Return links to the pages of a letter that has more than one."""
    return [
        Link(
            str(page),
            0,
            _link_list(query, kind, letter=found.letter, page=page),
            page == found.page,
        )
        for page in range(1, found.pages + 1)
        if found.pages > 1
    ]


def link_value(query: Query, kind: Kind, name: str) -> str:
    """Return where a name in a list leads: to the programme of a room or track, or to the speaker's page."""
    if kind == "speakers":
        return url_for("sessions.speaker", name=name)
    return link_programme(replace(query, filters=query.filters.replace(**{FIELD_OF[kind]: [name]})))


def tell_scope(filters: Filters) -> str:
    """Return what the sessions of a list have in common, for a heading; empty for all sessions."""
    return " ".join(str(value) for name in ("event", "year") for value in filters.get(name, ()))


def _of_edition(query: Query, edition: Edition) -> Query:
    own = query.filters.replace(event=[edition.event], year=[edition.year])
    return replace(query, filters=own)


def _day(query: Query, day: str, count: int, *, is_here: bool = False) -> Link:
    moment = parse_day(day)
    address = link_programme(replace(query, filters=query.filters.replace(day=[day])))
    return Link(
        f"{moment:%a} {moment.day} {moment:%b}", count, address, is_here, format_day(moment)
    )


def _link_list(query: Query, kind: str, **parameters: Any) -> str:
    return url_for(f"programme.{kind}", **programme_parameters(query), **parameters)


def _tell_part(part: Part) -> str:
    pages = f", page {part.page} of {part.pages}" if part.pages > 1 else ""
    if part.first is None:
        return f"{'Time not known' if part.is_dated else 'Without a day'}{pages}"
    first = format_minute(part.first)
    if part.pages > 1:
        return f"At {first}{pages}"
    return f"{first}–{format_minute(part.end)}" if part.end < MINUTES else f"From {first}"
