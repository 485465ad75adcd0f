"""Sessions as rows of HTML, written in Python: a page of the programme has hundreds of them.

A macro of a template takes three times as long for each. Whatever is of a session is escaped here.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from html import escape
from uuid import UUID

from flask import Blueprint
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from service.programme.parts import format_minute
from service.programme.timetable import Row
from service.session import Session
from service.web.formatting import format_hours, format_until, format_zone, shorten
from service.web.plan import facts

_PLAIN_JSON = json.JSONEncoder(ensure_ascii=False)
"""The application's encoder knows more types, and takes 7 µs more for each star."""
ROWS_KEPT = 6_000
"""Rows that are cached as they were written: some 1.6 kB each."""

_text = partial(escape, quote=False)
"""Escapes what stands between tags: quotes are harmless there, and escaped they make long names longer."""

bp = Blueprint("rows", __name__)


@bp.app_template_global()
def star(session: Session, label: str = "") -> Markup:
    """Return the button that keeps a session in the plan; only a script shows it."""
    kept = htmlsafe_json_dumps(facts(session), dumps=_PLAIN_JSON.encode)
    return Markup(  # noqa: S704  # both are escaped
        f"""<button class="star" type="button" aria-pressed="false" data-session='{kept}' hidden>"""
        f"{escape(label)}</button>"
    )


@bp.app_template_global()
def cancelled(session: Session) -> Markup:
    """Return the word that follows the title of a cancelled session, nothing for any other one."""
    return _CANCELLED if session.cancelled else _NOTHING


_CANCELLED = Markup(' <span class="cancelled" lang="en">Cancelled</span>')
_NOTHING = Markup("")


@dataclass(frozen=True, slots=True)
class Rows:
    """Writes the rows of one page.

    state   the state of the generation that they are of: rows are kept as long as it is served
    base    the address of sessions' pages, to which their ids are added
    zone    the zone that the page is in: only other ones are named
    on      ids of the sessions that are marked as on now
    brief   whether stars, speakers and tracks are left out
    """

    state: str
    base: str
    zone: str | None
    on: Collection[UUID]
    brief: bool = False

    def slot(self, session: Session) -> Markup:
        """Return a session as it stands in the timetable."""
        is_on = " on" if session.id in self.on else ""
        rest = _slot(session, self.state, self.base, self.zone, self.brief)
        return Markup(f'<div class="slot{is_on}{rest}')  # noqa: S704  # every part is escaped

    def timetable(self, rows: Iterable[Row], anchors: Mapping[int, str]) -> Markup:
        """Return the rows of a timetable, each with the anchor of its minute if there is one."""
        return Markup("".join(self._timetable(rows, anchors)))  # noqa: S704  # every part is escaped

    def _timetable(self, rows: Iterable[Row], anchors: Mapping[int, str]) -> Iterator[str]:
        for row in rows:
            anchor = anchors.get(row.minute)
            yield f'<tr id="{escape(anchor)}">' if anchor else "<tr>"
            yield f'\n<th scope="row">{format_minute(row.minute)}</th>\n'
            for cell in row.cells:
                span = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
                if cell.sessions:
                    yield f"<td{span}>\n"
                    yield from map(self.slot, cell.sessions)
                    yield "</td>\n"
                else:
                    yield f'<td class="gap"{span}></td>\n'
            yield "</tr>\n"

    def next(self, session: Session) -> Markup:
        """Return a session that comes next as an item of a list, from when to when it is."""
        return self._item(session, format_hours(session))

    def now(self, session: Session) -> Markup:
        """Return a session that is on as an item of a list, until when it is."""
        until = format_until(session)
        return self._item(session, f"until {until}" if until else "")

    def _item(self, session: Session, at: str) -> Markup:
        rest = _item(session, self.state, self.base, self.brief)
        return Markup(f'<li>\n<span class="at">{_text(at)}</span>\n{rest}')  # noqa: S704  # escaped


@lru_cache(maxsize=ROWS_KEPT)
def _slot(session: Session, state: str, base: str, zone: str | None, brief: bool) -> str:
    """Return a session of a state of a generation as it stands in the timetable, but for the beginning."""
    off = " off" if session.cancelled else ""
    return (
        f'{off}">\n<div class="name">\n{_name(session, base, brief)}\n</div>\n'
        f"<p>\n{''.join(_facts(session, zone, brief))}</p>\n</div>"
    )


@lru_cache(maxsize=ROWS_KEPT // 4)
def _item(session: Session, state: str, base: str, brief: bool) -> str:
    """Return a session of a state of a generation as an item of a list, but for its time."""
    room = _text(shorten(session.room, 60)) or "No room"
    name = _name(session, base, brief)
    return f'<bdi class="place">{room}</bdi>\n<div class="name">\n{name}\n</div>\n</li>'


def _name(session: Session, base: str, brief: bool) -> str:
    """Return the title with its link and the star."""
    language = session.language
    lang = f' lang="{escape(language)}"' if len(language) == 2 else ""
    title = _text(shorten(session.title, 120))
    link = f'<a href="{escape(base)}{session.id}" dir="auto"{lang}>{title}</a>'
    return f"{link}{cancelled(session)}" + ("" if brief else f"\n{star(session)}")


def _facts(session: Session, zone: str | None, brief: bool) -> Iterator[str]:
    """Yield when and where a session is, by whom and of which track."""
    if session.start_minute is not None:
        other = "" if session.timezone == zone else f" {format_zone(session)}"
        yield f'<span class="clock">{_text(format_hours(session) + other)}</span>\n'
    if session.room:
        yield f'<bdi class="where">{_text(shorten(session.room, 40))}</bdi>\n'
    if session.speakers and not brief:
        yield f'<bdi class="who">{_text(shorten(", ".join(session.speakers), 60))}</bdi>\n'
    if session.track and not brief:
        yield f'<bdi class="track">{_text(shorten(session.track, 40))}</bdi>\n'
