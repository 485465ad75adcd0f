from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import StoreError
from service.session import Session, parse_day, zone_of

_ZONES = st.sampled_from([UTC, ZoneInfo("Europe/Brussels"), zone_of("+05:30"), zone_of("-03:00")])
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_SOME = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
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
    starts_at=st.none()
    | st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=_ZONES),
    tags=st.lists(_TEXTS, max_size=3).map(tuple),
)


def a_session(**changes: object) -> Session:
    values = {"event": "Summit", "year": 2026, "source_id": "7", "title": "Health analytics"}
    return Session(**{**values, **changes})  # type: ignore[arg-type]  # fields by name


@given(_SESSIONS)
def test_payload_and_back_is_the_same_session(session: Session) -> None:
    again = Session.from_payload(session.payload())
    assert again == session
    assert again.id == session.id
    assert again.payload() == session.payload()


def test_text_is_title_and_abstract_without_names() -> None:
    session = a_session(abstract="On wards.", speakers=("Ana Ruiz",), track="Health", tags=("sql",))
    assert session.text == "Health analytics. On wards."
    assert session.keywords_text == "Health analytics\nOn wards.\nAna Ruiz\nHealth\nsql"


def test_text_without_abstract_has_track_and_kind() -> None:
    assert a_session(track="Health", kind="Talk").text == "Health analytics. Health. Talk"


def test_id_is_stable_and_distinct() -> None:
    assert str(a_session().id) == "b19e55d9-9228-5cdd-ad75-3dcafcaebe58"
    different = [
        a_session(event="Other"),
        a_session(year=2025),
        a_session(source_id="8"),
        a_session(slot="2026-05-12"),
    ]
    assert len({session.id for session in different} | {a_session().id}) == 5
    assert a_session(title="Renamed", abstract="New").id == a_session().id


def test_times_are_stored_as_utc_with_their_zone_and_shown_local() -> None:
    start = datetime(2026, 5, 12, 0, 30, tzinfo=ZoneInfo("Europe/Brussels"))
    session = a_session(starts_at=start)
    assert session.payload()["starts_at"] == "2026-05-11T22:30:00+00:00"
    assert session.payload()["timezone"] == "Europe/Brussels"
    assert session.payload()["day"] == session.day == "2026-05-12"
    assert session.as_dict()["starts_at"] == "2026-05-12T00:30:00+02:00"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("Maps!", "Zoë B. Berg"), ("maps", "Berg, Zoe", "Ana Ruiz"), True),
        (("Café – Größe!", "Zoë Brändström"), ("CAFE GRÖSSE", "zoe brandstrom"), True),
        (("Maps", "Zoë Berg"), ("Maps", "Ana Ruiz"), False),
        (("Maps", "Zoë Berg"), ("Charts", "Zoë Berg"), False),
        (("Keynote",), ("Keynote",), False),
        (("Keynote", "Ana Ruiz"), ("Keynote",), False),
        (("数据分析", "李明"), ("数据分析", "李明"), True),
        (("数据", "李明"), ("分析", "李明"), False),
    ],
)
def test_repeats_are_one_title_and_a_shared_speaker(
    one: tuple[str, ...], other: tuple[str, ...], same: bool
) -> None:
    first = a_session(title=one[0], speakers=one[1:])
    second = a_session(title=other[0], speakers=other[1:], year=2027)
    assert first.repeats(second) is second.repeats(first) is same
    assert bool(first.payload().get("talk_keys")) is bool(one[1:])


def test_place_is_neither_stored_nor_compared() -> None:
    assert a_session(source_location="a.csv:7") == a_session(source_location="a.csv:9")
    assert "source_location" not in a_session(source_location="a.csv:7").payload()


def test_payload_hash_changes_with_any_field_and_text_hash_with_the_text_only() -> None:
    plain, moved = a_session().payload(), a_session(room="Hall B").payload()
    assert plain["text_hash"] == moved["text_hash"]
    assert plain["payload_hash"] != moved["payload_hash"]
    assert plain["text_hash"] != a_session(title="Other").payload()["text_hash"]


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"event": "E", "year": "soon", "source_id": "1"},
        {**a_session().payload(), "timezone": "Mars"},
    ],
)
def test_a_payload_that_is_no_session_says_what_to_do(payload: dict[str, object]) -> None:
    with pytest.raises(StoreError, match="rollback"):
        Session.from_payload(payload)


def test_days_and_zones_that_do_not_exist_are_refused() -> None:
    with pytest.raises(ValueError, match="2026-13"):
        parse_day("2026-13-01")
    with pytest.raises(ValueError, match="no time zone"):
        zone_of("../../etc/passwd")
