"""What says that a session is off, and talks about things that were cancelled."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.reading_sources import Reading, read, read_bytes

from loaders.records.cancelled import (
    announces_cancelled,
    is_cancelled,
    says_cancelled,
    split_cancelled,
)


@pytest.mark.parametrize(
    "title",
    ["CANCELLED Maps", "CANCELED Maps", "[Canceled] Maps", "[CANCELLED] Maps", "(cancelled) Maps",
     "【CANCELLED】Maps",
     "ABGESAGT: Maps", "Abgesagt - Maps", "LEIDER ABGESAGT: Maps", "Vortrag abgesagt: Maps", "FÄLLT AUS: Maps",
     "Fällt leider aus: Maps", "Entfällt: Maps", "ENTFÄLLT Maps", "Storniert: Maps", "Maps (fällt aus)",
     "Annulé : Maps", "ANNULE : Maps", "ANNULÉ Maps", "Annulée – Maps", "Conférence annulée : Maps",
     "CANCELADO: Maps", "Cancelado - Maps", "CANCELADA Maps", "Charla cancelada: Maps", "Anulado: Maps",
     "Suspendida: Maps", "Annullato: Maps", "ANNULLATA - Maps", "Geannuleerd: Maps", "AFGELAST Maps",
     "Cancelled: Maps", "Cancelled | Maps", "CANCELLED- Maps", "CANCELLED! Maps", "Talk cancelled: Maps",
     "*** CANCELLED *** Maps", "!!! CANCELLED !!! Maps", "~CANCELLED~ Maps", "❌ CANCELLED: Maps",
     "CANCELLED: [cancelled] Maps", "CANCELLATION Maps",
     "Maps (cancelled)", "Maps [CANCELED]", "Maps (Canceled.)", "Maps - CANCELLED", "Maps – cancelled",
     "Maps -- CANCELLED --", "Maps CANCELLED", "Maps: CANCELLED", "Maps **CANCELLED**",
     "Maps (cancelled due to illness)", "[CANCELLED – speaker ill] Maps",
     "Maps (withdrawn)", "WITHDRAWN: Maps", "[Withdrawn by the speaker] Maps", "Zurückgezogen: Maps"],
)  # fmt: skip
def test_a_title_that_says_so_loses_what_says_it(title: str) -> None:
    assert split_cancelled(title) == ("Maps", True)


@pytest.mark.parametrize(
    "title",
    ["Why we cancelled our roadmap", "Cancelled flights: data from 1,000 airports", "Cancelled flights",
     "CANCELLED FLIGHTS: DATA FROM 1,000 AIRPORTS", "Cancelling noise", "The cancelled talk", "Cancel culture",
     "Informal discussion (original talk cancelled)", "Airlines (cancelled flights)", "Cancelled? Not yet",
     "Cancellation: tokens in async Rust", "Canceled by default: privacy", "The talk that was cancelled",
     "They cancelled us: stories", "How we cancelled the release - and lived", "Is agile cancelled?",
     "Noise cancelled by design", "Echo: cancelled at source", "CANCEL, ABORT, RETRY", "Context cancelled",
     "Was abgesagt wurde", "Gefällt mir", "Entfällt die Steuer?", "Wie der Vorhang fällt: aus dem Theater",
     "Ce qui annule tout", "Annuler une commande", "Suspend to disk", "Withdrawn drugs and their data",
     "Troops withdrawn, questions left", ""],
)  # fmt: skip
def test_talks_about_what_is_cancelled_take_place(title: str) -> None:
    assert split_cancelled(title) == (title, False)


@pytest.mark.parametrize(
    ("abstract", "off"),
    [
        ("Please note that this talk has been cancelled as Ann is no longer able to attend.", True),
        ("Why boats float.\n\nTHIS TALK HAS BEEN CANCELLED DUE TO ILLNESS.\n\nThe battle.", True),
        ("* We're sorry that this talk has been cancelled. *", True),
        ("Achtung: Dieser Vortrag wurde abgesagt und fällt aus!", True),
        ("Dieser Vortrag fällt leider aus. Karten.", True),
        ("Cette conférence a été annulée.", True),
        ("Esta charla ha sido cancelada.", True),
        ("This talk is a replacement for the cancelled talk by Ann Poe.", False),
        ("This talk is about cancelled flights.", False),
        ("What to do if this talk is cancelled.", False),
        ("In 2020 this session was cancelled, and here it is again.", False),
        ("The session has been cancelled by the server when its token expires.", False),
        ("", False),
    ],
)
def test_notes_in_an_abstract(abstract: str, off: bool) -> None:
    assert announces_cancelled(abstract) is off


@pytest.mark.parametrize("title", ["CANCELLED", "Session cancelled", "Talk has been cancelled."])
def test_a_title_of_nothing_else_stays(title: str) -> None:
    assert split_cancelled(title) == (title, True)
    assert says_cancelled(title)
    assert not says_cancelled(f"{title} flights")


_SIGNS = st.sampled_from(
    ["cancelled", "CANCELLED", "abgesagt", "fällt aus", *"()[]:-–*!,x", "Talk", "due", "to"]
)


@settings(derandomize=True)
@given(st.lists(_SIGNS, max_size=12), st.sampled_from(["", " "]))
def test_what_is_left_says_nothing_more(parts: list[str], between: str) -> None:
    rest, is_off = split_cancelled(between.join(parts).strip())
    assert split_cancelled(rest) == (rest, is_off and says_cancelled(rest))


@pytest.mark.parametrize(
    "sign", [":", "-", "*", "(", ")", " ", "! ", "[", "cancelled ", "CANCELLED:"]
)
def test_long_titles_take_no_long_time(sign: str) -> None:
    for title in (
        f"cancelled {sign * 900}",
        f"{sign * 900} x cancelled",
        f"({sign * 900}cancelled",
    ):
        split_cancelled(title[:1000])


@pytest.mark.parametrize(
    ("state", "off"),
    [("Cancelled", True), ("canceled", True), ("accepted (cancelled)", True), ("cancelled, no show", True),
     ("https://schema.org/EventCancelled", True), ("Annulé", True), ("Abgesagt", True), ("storniert", True),
     ("confirmed", False), ("not cancelled", False), ("EventScheduled", False), ("", False)],
)  # fmt: skip
def test_states(state: str, off: bool) -> None:
    assert is_cancelled(state) is off


def off_in(reading: Reading) -> dict[str, bool]:
    return {session.title: session.cancelled for session in reading.sessions}


CSV = """Title,Status
Maps,Confirmed
Boats,Cancelled
Ropes,Accepted (cancelled)
Sails,Rejected
[Canceled] Knots,Confirmed
Cancelled: Lunch,Confirmed
"""
ICS = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1
SUMMARY:Maps
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:CANCELLED: Boats
STATUS:CANCELLED
END:VEVENT
BEGIN:VEVENT
UID:3
SUMMARY:Ropes
STATUS:cancelled
END:VEVENT
BEGIN:VEVENT
UID:4
SUMMARY:(abgesagt) Knots
STATUS:CONFIRMED
END:VEVENT
END:VCALENDAR
"""
JSON = json.dumps(
    [
        {"title": "Maps", "room": "A", "cancelled": False},
        {"title": "Boats", "room": "A", "cancelled": True},
        {"title": "Ropes", "room": "A", "isCanceled": "yes"},
        {"title": "Knots", "room": "A", "status": "canceled"},
        {"title": "Sails", "room": "A", "status": "withdrawn"},
    ]
)
EVENTS = (
    {"id": 1, "title": "Maps", "state": "confirmed"},
    {"id": 2, "title": "Boats", "state": "canceled"},
    {"id": 3, "title": "Ropes", "cancelled": True},
    {"id": 4, "title": "Knots", "status": "cancelled"},
    {"id": 5, "title": "Sails", "state": "rejected"},
)
SCHEDULE = json.dumps(
    {
        "schedule": {
            "conference": {
                "title": "E 2026",
                "days": [{"date": "2026-05-12", "rooms": {"R": EVENTS}}],
            }
        }
    }
)
XML = "".join(
    f"<event id='{id}'><title>{title}</title>{more}</event>"
    for id, (title, more) in enumerate(
        (
            ("Maps", "<cancelled>false</cancelled>"),
            ("Boats", "<cancelled>true</cancelled>"),
            ("Ropes", "<state>canceled</state>"),
            ("ANNULÉ : Knots", ""),
        )
    )
)
SESSIONIZE = json.dumps(
    {
        "sessions": [
            {"id": str(id), "title": title, "isServiceSession": False, "status": status}
            for id, (title, status) in enumerate(
                (
                    ("Maps", "Accepted"),
                    ("Boats", "Cancelled"),
                    ("CANCELLED - Ropes", "Accepted"),
                    ("Knots (cancelled)", None),
                    ("Sails", "Declined"),
                )
            )
        ]
    }
)
SCHED = json.dumps(
    [
        {"event_key": str(id), "event_start": "", "event_type": kind, "name": name}
        for id, (name, kind) in enumerate(
            (
                ("Maps", "Talk"),
                ("CANCELED: Boats", "Talk"),
                ("Ropes", "Cancelled"),
                ("Knots - CANCELLED", "Talk"),
            )
        )
    ]
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", CSV),
        ("x.ics", ICS),
        ("x.json", JSON),
        ("schedule.json", SCHEDULE),
        (
            "schedule.xml",
            f"<schedule><conference><title>E 2026</title></conference>{XML}</schedule>",
        ),
        ("sessionize.json", SESSIONIZE),
        ("sched.json", SCHED),
    ],
)
def test_every_format_says_which_sessions_are_off(name: str, content: str) -> None:
    found = off_in(read_bytes(name, content.encode()))
    assert found == {"Maps": False, "Boats": True, "Ropes": True, "Knots": True}


@pytest.mark.parametrize(
    "value", ["yes", "x", "true", "1", "speaker ill", "2026-05-01", "cancelled", "Ja"]
)
@pytest.mark.parametrize("header", ["Cancelled", "Canceled?", "Abgesagt", "Annulé", "is_cancelled"])
def test_a_column_of_its_own(header: str, value: str) -> None:
    rows = f"Title,{header},Room\nMaps,,A\nBoats,{value},A\nRopes,no,A\nKnots,-,A\n"
    found = off_in(read_bytes("x.csv", rows.encode()))
    assert found == {"Maps": False, "Boats": True, "Ropes": False, "Knots": False}


def test_an_event_that_is_off_takes_all_of_its_sessions_along(tmp_path: Path) -> None:
    (tmp_path / "event.yml").write_text("title: Harbour 2026\nstatus: cancelled\n")
    (tmp_path / "videos.yml").write_text("- title: Maps\n  id: maps\n  video_id: a\n")
    assert off_in(read(tmp_path)) == {"Maps": True}


def test_a_session_keeps_its_id_when_it_is_cancelled() -> None:
    (before,) = read_bytes("x.csv", b"title\nMaps\n").sessions
    (after,) = read_bytes("x.csv", b"title\nCANCELLED: Maps\n").sessions
    assert (before.id, before.cancelled, after.cancelled) == (after.id, False, True)


@pytest.mark.slow
def test_real_programmes_have_twelve_and_no_other(shared_data: Callable[[str], Path]) -> None:
    options = {"event": "E", "year": 2020, "timezone": "UTC"}
    found = [
        session.title
        for name in ("fosdem", "frab", "sessionize", "csvconf", "ics", "pyvideo")
        for session in read(shared_data(name), **options).sessions
        if session.cancelled
    ]
    assert sorted(set(found)) == [
        "Best Practices for Building Scalable Blockchain Applications",
        "Community based translations of games",
        "Efficient use of memory by reducing size of AST dumps in cross file analysis by clang static "
        "analyzer",
        "Full-text Search Tips and Tricks",
        "IronPython - ein Hochzeitskuss zwischen C# und Python",
        "Mozilla Open Source Support (MOSS)",
        "Open and federated identities with ID4me",
        "Restoring a 30+ years old Minitel server on Apple II",
        "Simulating Multilevel Caches in Cachegrind",
        "Strategy for developer outreach",
        "The dark side of Internet of things",
        "Usability made simple",
    ]
