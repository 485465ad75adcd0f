"""Rows of the programme: what they say of a session, and that all of it is escaped."""

import json
from dataclasses import replace
from datetime import UTC, timedelta
from html.parser import HTMLParser

from support.web_programme import FOSS, HOSTILE, START

from service.programme.timetable import Cell, Row
from service.web.rows import Rows, star

PYTHON = FOSS[0]
OURS = {"class", "href", "dir", "lang", "type", "aria-pressed", "data-session", "hidden"}


class Tags(HTMLParser):
    """Collects the names of tags and attributes, and what a star keeps."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.kept = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.kept = dict(attrs).get("data-session") or self.kept


ROWS = Rows("state", "/sessions/", "Europe/Brussels", {PYTHON.id})


def test_a_slot_says_what_when_where_and_who() -> None:
    html = ROWS.slot(PYTHON)
    assert html.startswith('<div class="slot on">')
    assert f'<a href="/sessions/{PYTHON.id}" dir="auto" lang="de">Talk number 1</a>' in html
    assert '<span class="clock">10:00–10:45</span>' in html
    for part in ("Aula", "Ana Ruiz, Bo Li", "Python"):
        assert f">{part}</bdi>" in html
    assert html.count("<div") == html.count("</div>") == 2
    assert star(PYTHON) in html
    assert "Cancelled" not in html


def test_a_timetable_has_a_row_for_each_minute() -> None:
    cells = (Cell((PYTHON,), 2), Cell((), 1))
    html = ROWS.timetable([Row(600, cells), Row(645, (Cell((), 3),))], {600: "at-10"})
    assert html.startswith('<tr id="at-10">\n<th scope="row">10:00</th>\n<td rowspan="2">\n')
    assert ROWS.slot(PYTHON) in html
    assert '</td>\n<td class="gap"></td>\n</tr>\n<tr>\n<th scope="row">10:45</th>' in html
    assert html.endswith('<td class="gap" rowspan="3"></td>\n</tr>\n')


def test_a_cancelled_one_in_another_zone_says_so() -> None:
    off = replace(PYTHON, cancelled=True, source_id="off", starts_at=START.astimezone(UTC))
    html = ROWS.slot(off)
    assert html.startswith('<div class="slot off">')
    assert "</a> <span class=" in html
    assert ">Cancelled</span>" in html
    assert "09:00 to" not in html
    assert "09:00–10:45 UTC time" in html


def test_what_is_unknown_is_left_out() -> None:
    bare = replace(
        PYTHON, starts_at=None, ends_at=None, room="", track="", speakers=(), language=""
    )
    assert "<p>\n</p>" in ROWS.slot(bare)
    assert "lang=" not in ROWS.slot(bare)
    assert '<span class="at"></span>' in ROWS.now(bare)
    assert ">No room<" in ROWS.next(bare)


def test_a_brief_page_has_no_stars_speakers_and_tracks() -> None:
    brief = replace(ROWS, brief=True)
    for html in (brief.slot(PYTHON), brief.now(PYTHON), brief.next(PYTHON)):
        assert "star" not in html
        assert "Ana" not in html
        assert "Python" not in html
        assert "Aula" in html


def test_items_of_what_is_on_and_next() -> None:
    assert '<span class="at">until 10:45</span>\n<bdi class="place">Aula<' in ROWS.now(PYTHON)
    assert '<span class="at">10:00–10:45</span>' in ROWS.next(PYTHON)
    night = replace(PYTHON, ends_at=START + timedelta(hours=20))
    assert "until 06:00 on Sunday" in ROWS.now(night)


def test_everything_from_outside_is_escaped() -> None:
    for text in (HOSTILE, "</div>'\"", "&amp;"):
        session = replace(
            PYTHON, title=text, room=text, track=text, event=text, speakers=(text,), language='"<'
        )
        for html in (ROWS.slot(session), ROWS.now(session), ROWS.next(session), star(session)):
            tags = Tags()
            tags.feed(html)
            assert tags.names <= {"div", "a", "button", "p", "li", "span", "bdi"}
            assert tags.attributes <= OURS
            kept = json.loads(tags.kept)
            assert (kept["title"], kept["event"], kept["room"]) == (text, text, text)


def test_a_row_of_another_generation_is_written_anew() -> None:
    """Two equal times may stand in two zones, as a load that mends a zone finds."""
    moved = replace(PYTHON, starts_at=START.astimezone(UTC), ends_at=None)
    kept = replace(PYTHON, ends_at=None)
    assert kept == moved
    assert ">10:00<" in ROWS.slot(kept)
    assert ">09:00 UTC time<" in replace(ROWS, state="next").slot(moved)
