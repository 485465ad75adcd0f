"""Payloads: what a point says of its session, and the session again."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.stores import talk

from service.dates import parse_zone
from service.errors import StoreError
from service.session import LINK_KINDS, Link, Session
from service.stores.payload import decode_payload, encode_payload

_ZONES = st.sampled_from(
    [UTC, ZoneInfo("Europe/Brussels"), parse_zone("+05:30"), parse_zone("-03:00")]
)
_START, _END = datetime(1990, 1, 1), datetime(2100, 1, 1)
_TIMES = st.none() | st.datetimes(_START, _END) | st.datetimes(_START, _END, timezones=_ZONES)
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_SOME = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
_LINKS = st.builds(Link, st.sampled_from(LINK_KINDS), st.just("https://example.org/a.pdf"), _TEXTS)
_SESSIONS = st.builds(
    Session,
    event=_SOME,
    year=st.integers(1900, 2199),
    source_id=_SOME,
    title=_SOME,
    abstract=_TEXTS,
    speakers=st.lists(_TEXTS, max_size=3).map(tuple),
    track=_TEXTS,
    room=_TEXTS,
    slot=_TEXTS,
    starts_at=_TIMES,
    ends_at=_TIMES,
    cancelled=st.booleans(),
    links=st.lists(_LINKS, max_size=2).map(tuple),
    tags=st.lists(_TEXTS, max_size=3).map(tuple),
)


@given(_SESSIONS)
def test_payload_and_back_is_the_same_session(session: Session) -> None:
    again = decode_payload(encode_payload(session))
    assert again == session
    assert again.id == session.id
    assert encode_payload(again) == encode_payload(session)


def test_a_payload_is_stored_as_it_always_was() -> None:
    """Catalogues and backups of earlier versions hold these: with other hashes a load would write all anew."""
    start = datetime(2026, 5, 12, 0, 30, tzinfo=ZoneInfo("Europe/Brussels"))
    payload = encode_payload(
        talk(7, "Maps", speakers=("Ana Ruiz",), room="Hall A", tags=("sql",), starts_at=start)
    )
    assert payload == {
        "event": "Summit",
        "year": 2026,
        "source_id": "7",
        "title": "Maps",
        "speakers": ["Ana Ruiz"],
        "room": "Hall A",
        "tags": ["sql"],
        "starts_at": "2026-05-11T22:30:00+00:00",
        "timezone": "Europe/Brussels",
        "day": "2026-05-12",
        "start_minute": 30,
        "end_minute": 31,
        "runs_until": "2026-05-11T22:31:00+00:00",
        "status": "scheduled",
        "calendar": '["Summit", 2026, "2026-05-12", "Europe/Brussels"]',
        "text_hash": "77162bf2f730e09530ce0fc0",
        "payload_hash": "556af268b58787245ec0eb89",
        "talk_keys": ["5735f77975d23a163c3dbe78"],
    }


def test_a_cancelled_session_says_so_and_older_payloads_are_of_sessions_that_take_place() -> None:
    payload = encode_payload(talk(7, cancelled=True))
    assert payload["cancelled"] is True
    assert payload["status"] == "cancelled"
    assert decode_payload(payload).cancelled
    older = encode_payload(talk(7))
    assert "cancelled" not in older
    assert not decode_payload(older).cancelled


def test_a_local_time_is_stored_as_it_is_without_a_zone() -> None:
    start = datetime(2026, 5, 12, 10, 30)
    session = talk(7, starts_at=start, ends_at=start + timedelta(minutes=45))
    payload = encode_payload(session)
    assert payload["starts_at"] == "2026-05-12T10:30:00"
    assert "timezone" not in payload
    assert payload["status"] == "local"
    assert payload["calendar"] == '["Summit", 2026, "2026-05-12", ""]'
    assert (payload["start_minute"], payload["duration_minutes"]) == (630, 45)
    assert decode_payload(payload) == session
    aware = talk(7, starts_at=start.replace(tzinfo=UTC), ends_at=session.ends_at)
    assert encode_payload(aware)["payload_hash"] != payload["payload_hash"]


_BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.mark.parametrize(
    ("start", "lasts", "minutes"),
    [
        (datetime(2026, 5, 12, 10, 30), 45, (630, 675, 45)),
        (datetime(2026, 5, 12, 23, 30), 60, (1410, 1470, 60)),
        (datetime(2026, 5, 12, 10, 30), 0, (630, 631, 0)),
        (datetime(2026, 5, 12, 10, 30), None, (630, 631, None)),
        (datetime(2026, 5, 12), 60, (0, 60, 60)),
        (datetime(2026, 5, 12), None, (None, None, None)),
        (datetime(2026, 5, 12), 0, (None, None, None)),
        (datetime(2026, 3, 29, 1, 30), 60, (90, 150, 60)),  # clocks go from 2:00 to 3:00
        (None, None, (None, None, None)),
    ],
)
def test_minutes_are_local_and_left_out_where_they_are_unknown(
    start: datetime | None, lasts: int | None, minutes: tuple[int | None, ...]
) -> None:
    starts_at = start.replace(tzinfo=_BRUSSELS) if start else None
    ends_at = None
    if starts_at and lasts is not None:
        ends_at = (starts_at.astimezone(UTC) + timedelta(minutes=lasts)).astimezone(_BRUSSELS)
    payload = encode_payload(talk(1, starts_at=starts_at, ends_at=ends_at))
    names = ("start_minute", "end_minute", "duration_minutes")
    assert tuple(payload.get(name) for name in names) == minutes
    assert None not in payload.values()


def test_payload_hash_changes_with_any_field_and_text_hash_with_the_text_only() -> None:
    slides = Link("slides", "https://example.org/a.pdf", "Slides")
    plain = encode_payload(talk(7))
    for changed in (talk(7, room="Hall B"), talk(7, links=(slides,)), talk(7, cancelled=True)):
        assert plain["text_hash"] == encode_payload(changed)["text_hash"]
        assert plain["payload_hash"] != encode_payload(changed)["payload_hash"]
    assert plain["text_hash"] != encode_payload(talk(7, "Other"))["text_hash"]


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"event": "E", "year": "soon", "source_id": "1"},
        {**encode_payload(talk(7)), "timezone": "Mars"},
        {
            **encode_payload(talk(7)),
            "links": [{"kind": "spell", "url": "https://a.b", "label": ""}],
        },
        {**encode_payload(talk(7)), "links": ["https://example.org"]},
    ],
)
def test_a_payload_that_is_no_session_says_what_to_do(payload: dict[str, object]) -> None:
    with pytest.raises(StoreError, match="rollback"):
        decode_payload(payload)
