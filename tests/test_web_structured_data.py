"""A session's page tells programs everything of it: saved and loaded again, it is the same session."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from support.reading_sources import read
from support.web_fixtures import SESSIONS, open_loaded

from service.session import Link, Session
from service.web import create_app

PUBLIC = "https://summit.example.org/ask"
FULL = Session(
    event="Summit 2000",
    year=2026,
    source_id="talk, 7",
    slot="2026-05-12T09:00:00+02:00 Hall A",
    title="Maps & <b>tides</b> </script>",
    abstract="First *one*.\n\nSecond: a < b, 100 %.",
    speakers=("King, Ada", "Zoë Brändström"),
    track="Data, ships",
    level="Beginner",
    kind="Talk",
    language="de",
    room="Hall A",
    starts_at=datetime(2026, 5, 12, 9, 0, tzinfo=ZoneInfo("Europe/Brussels")),
    ends_at=datetime(2026, 5, 12, 9, 45, tzinfo=ZoneInfo("Europe/Brussels")),
    url="https://summit.example.org/2026/7",
    links=(
        Link("slides", "https://summit.example.org/7.pdf", "Slides"),
        Link("recording", "https://video.example.org/7", "Film"),
        Link("page", "https://git.example.org/7", "Code"),
    ),
    tags=("ships, large", "tides"),
)
LOCAL = replace(
    FULL,
    source_id="8",
    starts_at=datetime(2026, 5, 12, 9, 0),
    ends_at=datetime(2026, 5, 12, 9, 45),
    cancelled=True,
)
BARE = Session(event="Summit", year=2026, source_id="9", title="Knots")


def test_a_saved_page_loads_as_the_same_session(tmp_path: Path) -> None:
    sessions = (FULL, LOCAL, BARE, *SESSIONS)
    store, searcher = open_loaded(tmp_path / "data", sessions)
    client = create_app(searcher, public_url=PUBLIC).test_client()
    for session in sessions:
        saved = tmp_path / f"{session.id}.html"
        saved.write_bytes(client.get(f"/sessions/{session.id}").data)
        reading = read(saved, event="", year=None)
        assert reading.skipped == []
        assert [one.as_dict() for one in reading.sessions] == [session.as_dict()]
    store.close()
