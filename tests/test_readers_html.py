"""Web pages: which events of schema.org become sessions, with which fields, and what is refused."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from support.processes import ROOT
from support.reading_sources import Reading, from_bytes, read, read_bytes

from loaders.pages import page as pages
from loaders.readers import find_reader
from loaders.records.record import Options
from service.errors import InputError

UNNAMED = {"event": "", "year": None}


def html(*values: Any, body: str = "") -> bytes:
    """A page with blocks of JSON-LD."""
    blocks = (value if isinstance(value, str) else json.dumps(value) for value in values)
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    return f"<!DOCTYPE html><html><head>{scripts}</head><body>{body}</body></html>".encode()


def event(name: str, **more: Any) -> dict[str, Any]:
    return {"@type": "Event", "name": name, "startDate": "2026-05-12T10:00:00+02:00"} | more


def load(*values: Any, body: str = "", **options: Any) -> Reading:
    return read_bytes("page.html", html(*values, body=body), **(UNNAMED | options))


def test_json_ld_gives_every_field() -> None:
    reading = read("programme.html", **UNNAMED)
    tides, party, knots = reading.sessions
    assert {session.event for session in reading.sessions} == {"Harbour Days"}
    assert {session.year for session in reading.sessions} == {2026}
    assert tides.title == "Tides & tables"
    assert tides.abstract == "How to read a tide table.\n\nAnd how not to."
    assert tides.speakers == ("Ana Ruiz", "Jane Doe")
    assert (tides.track, tides.room, tides.language) == ("Data", "Hall A", "de")
    assert (tides.day, tides.start_minute, tides.duration_minutes) == ("2026-05-12", 600, 45)
    assert tides.url == tides.source_id == "https://harbour.example.org/2026/talks/tides"
    assert tides.tags == ("tides", "tables")
    assert [link.as_dict() for link in tides.links] == [
        {"kind": "recording", "url": "https://video.example.org/1.webm", "label": "Film"}
    ]
    assert (party.title, party.cancelled, party.duration_minutes) == (
        "Party on the quay",
        True,
        120,
    )
    assert party.room == "", "the conference's own place is no room"
    assert (knots.title, knots.speakers, knots.room) == ("Knots for all", ("Joe Roe",), "Quay 3")


def test_microdata_gives_the_same() -> None:
    (session,) = read("microdata.html", **UNNAMED).sessions
    assert (session.event, session.year, session.title) == ("Harbour Days", 2026, "Tides & tables")
    assert session.abstract == "How to read a tide table.\n\nAnd how not to."
    assert session.speakers == ("Ana Ruiz", "Jane Doe")
    assert (session.room, session.start_minute) == ("Hall A", 600)
    assert session.url == "https://harbour.example.org/2026/talks/tides"
    assert session.cancelled


def test_rdfa_is_read_like_microdata() -> None:
    body = (
        '<div vocab="https://schema.org/" typeof="Event"><b property="name">Days 2026</b>'
        '<div property="subEvent" typeof="Event"><span property="name">Knots</span>'
        '<meta property="startDate" content="2026-05-12T10:00Z"></div></div>'
    )
    (session,) = load(body=body).sessions
    assert (session.event, session.title, session.start_minute) == ("Days", "Knots", 600)


def test_json_ld_counts_where_a_page_has_both() -> None:
    body = '<div itemscope itemtype="https://schema.org/Event"><b itemprop="name">Knots again</b></div>'
    assert load(event("Knots"), body=body, event="Days").titles == ["Knots"]


def test_an_event_on_its_own_is_of_the_event_that_is_named() -> None:
    (session,) = load(event("Knots"), event="Days").sessions
    assert (session.event, session.year) == ("Days", 2026)
    assert load(event("Knots")).reasons == ["no event named: pass --event NAME"]


def test_a_conference_beside_its_sessions_is_none_of_them() -> None:
    days = event("Days 2026", startDate="2026-05-12", endDate="2026-05-13")
    reading = load([days, event("Knots"), event("Later", startDate="2026-09-01")])
    assert [(session.title, session.event) for session in reading.sessions] == [("Knots", "Days")]
    assert reading.reasons == ["no event named: pass --event NAME"]
    assert "the conference itself, no session: Days 2026" in reading.noted


@pytest.mark.parametrize(
    "node",
    [
        event("Days 2026", startDate="2026-05-12", endDate="2026-05-13"),
        event("Days 2026", startDate="2026-05-12T09:00", endDate="2026-05-13T17:00"),
        event("Our Days 2026"),
    ],
)
def test_a_page_of_a_conference_alone_is_told(node: dict[str, Any]) -> None:
    with pytest.raises(
        InputError, match=r"tells of a conference \((Our )?Days 2026\), and of none"
    ):
        load(node, event="Our Days")


def test_a_night_is_no_conference() -> None:
    party = event("Party", startDate="2026-05-12T20:00", endDate="2026-05-13T02:00")
    assert load(party, event="Days").titles == ["Party"]


def test_a_session_with_talks_inside_stays_one_if_it_has_performers() -> None:
    talk, block = event("One"), {"performer": "Ana Ruiz"}
    lightning = event("Lightning talks", subEvent=[talk], **block)
    reading = load(event("Days 2026", subEvent=[lightning, event("Two", subEvent=talk)]))
    assert sorted(reading.titles) == ["Lightning talks", "One", "One"]


def test_names_of_days_are_no_tracks() -> None:
    day = event("Day 1", subEvent=event("Knots"))
    (session,) = load(event("Days 2026", subEvent=[day])).sessions
    assert session.track == ""


def test_one_address_of_several_events_is_that_of_the_page() -> None:
    here = "https://example.org/programme"
    first, second = load([event("One", url=here), event("Two", url=here)], event="Days").sessions
    assert first.source_id != second.source_id
    assert first.url == second.url == here


def test_an_hour_with_a_zone_beside_a_day_is_no_damage() -> None:
    alone = event("Knots", startDate="2026-05-12T10Z", endDate="2026-05-12")
    assert load(alone, event="Days").titles == ["Knots"]


def test_a_postponed_event_has_no_time() -> None:
    reading = load(event("Knots", eventStatus="EventPostponed"), event="Days", year=2026)
    assert reading.sessions[0].starts_at is None
    assert reading.noted == ["postponed: its time is left out"]


def test_what_circles_or_refers_to_nothing_ends() -> None:
    circle = {"@type": "Event", "@id": "#a", "name": "A", "superEvent": {"@id": "#b"}}
    other = {"@type": "Event", "@id": "#b", "name": "B", "superEvent": {"@id": "#a"}}
    with pytest.raises(InputError, match="web page"):
        load([circle, other, {"@id": "#c", "about": {"@id": "#c"}}], event="Days", year=2026)
    alone = event("Knots", superEvent={"@id": "#nowhere"}, performer=[{"@id": "#nobody"}])
    (session,) = load(alone, event="Days").sessions
    assert (session.title, session.speakers) == ("Knots", ())


def test_damaged_json_ld_among_good_is_told_and_counts_as_a_bad_row() -> None:
    reading = load(
        event("Knots"), '{"@type": "Event", "name": "Sails",}', '{"@type": "Person",}', event="Days"
    )
    assert reading.titles == ["Knots"]
    ((location, reason),) = reading.skipped
    assert location == "page.html#json-ld 2"
    assert reason.startswith("JSON-LD that cannot be read: not valid JSON")
    assert len(reading.noted) == 1, "what tells of no event is a note"


def test_templates_of_pages_are_no_damage() -> None:
    reading = load(event("Knots"), '{"@type": "Event", "name": "{{ page.title }}",}', event="Days")
    assert (reading.skipped, reading.noted) == ([], [])


@pytest.mark.parametrize(
    "block", ["[" * 100_000, '{"@type": "Event", "startDate": ' + "1" * 10_000 + "}", "\0", ""]
)
def test_json_ld_that_is_none(block: str) -> None:
    assert load(event("Knots"), block, event="Days").titles == ["Knots"]


def test_comments_around_json_ld_and_line_ends_in_it_do_no_harm() -> None:
    block = '<!-- {"@type": "Event", "name": "Knots", "description": "one\ntwo"} -->'
    (session,) = load(block, event="Days", year=2026).sessions
    assert session.abstract == "one\ntwo"


def test_a_named_page_without_events_is_refused_with_what_to_do() -> None:
    with pytest.raises(InputError, match=r"without data on events.*Look on the site for an export"):
        load({"@type": "Organization", "name": "Friends"})


def test_pages_in_a_folder_are_read_if_they_have_events(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(html(event("Knots")))
    (tmp_path / "about.HTM").write_bytes(html({"@type": "AboutPage"}))
    (tmp_path / "part.html").write_text("---\nlayout: x\n---\n<p>x")
    reading = read(tmp_path, event="Days")
    assert reading.titles == ["Knots"]
    assert reading.noted == ["a file without sessions"]
    assert reading.formats == ["html", "html"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252", "koi8-r"])
def test_pages_in_any_encoding(encoding: str) -> None:
    title = "Узлы" if encoding == "koi8-r" else "Knöpfe"
    told = "utf-8" if encoding == "cp1252" else encoding  # which is not so
    page = f'<html><meta charset="{told}"><body itemscope itemtype="Event"><i itemprop="name">{title}</i>'
    content = page.encode(encoding)
    assert read_bytes("page.html", content).titles == [title]


def test_a_charset_that_nobody_knows_is_none() -> None:
    page = '<html><meta charset="x-rot26"><body itemscope itemtype="Event"><i itemprop="name">Knöpfe</i>'
    assert read_bytes("page.html", page.encode("cp1252")).titles == ["Knöpfe"]


def test_a_page_is_known_by_its_start() -> None:
    for start in (
        "<!doctype HTML>",
        "<!-- a --><html lang=en>",
        '<?xml version="1.0"?>\n<!DOCTYPE html>',
    ):
        reader = find_reader(from_bytes("x", start.encode()), Options())
        assert reader is not None
        assert reader.NAME == "html"


@pytest.mark.slow
def test_fifty_megabytes_are_read_in_seconds_and_little_memory(tmp_path: Path) -> None:
    row = "<div class='x'><p itemprop='name'>Some text &amp; <a href='/x'>more</a></p></div>\n"
    page = tmp_path / "page.html"
    page.write_bytes(html(event("Knots"), body=row * (50 * 2**20 // len(row))))
    code = (
        "import resource, sys; from loaders.pages.page import read_page; "
        "from loaders.sources.find import find_sources; "
        "used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024; start = used(); "
        "print(len(read_page(next(find_sources(sys.argv[1:]))).blocks), used() - start)"
    )
    command = [sys.executable, "-c", code, str(page)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300
    )
    blocks, megabytes = map(int, done.stdout.split())
    assert blocks == 1
    assert megabytes < 100


@pytest.mark.slow
def test_a_million_events_are_refused() -> None:
    content = html([event(f"Talk {number}") for number in range(1_000_000)])
    with pytest.raises(InputError, match="more than 8 MiB of structured data"):
        read_bytes("page.html", content)


@pytest.mark.parametrize(
    "body",
    [
        '<div itemscope itemtype="Event">' + '<meta itemprop="name" content="x">' * 2_000,
        '<div itemscope itemtype="Event" itemprop="subEvent">' * 2_000,
        '<div itemscope itemtype="Event"><p itemprop="name">' + "long text " * 1_000,
    ],
)
def test_microdata_is_bounded(monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    assert load(body=f"{body}</div>", event="Days", year=2026).formats == ["html"]
    monkeypatch.setattr(pages, "MAX_DATA", 900)
    with pytest.raises(InputError, match="structured data"):
        load(body=body)


def test_an_item_that_is_several_properties_is_read_once() -> None:
    """Of twenty items inside each other there are 4 ** 20 ways to the innermost."""
    body = '<div itemscope itemtype="Event" itemprop="subEvent about event hasPart">' * 20
    assert load(event("Knots"), body=body, event="Days").titles == ["Knots"]
    assert load(body=body, event="Days").sessions == []


@pytest.mark.parametrize("piece", ["<div>", "<!--", "<", "<script>"])
def test_odd_markup_is_read_in_linear_time(piece: str) -> None:
    def seconds(count: int) -> float:
        started = time.process_time()
        assert load(event("Knots"), body=piece * count, event="Days").titles == ["Knots"]
        return time.process_time() - started

    short = seconds(25_000)
    assert seconds(200_000) < 1 + 24 * short, "eight times as long takes 64 times as long"
