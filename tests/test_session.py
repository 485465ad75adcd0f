from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from service.session import Session
from service.stores.payload import encode_payload


def a_session(**changes: object) -> Session:
    values = {"event": "Summit", "year": 2026, "source_id": "7", "title": "Health analytics"}
    return Session(**{**values, **changes})  # type: ignore[arg-type]  # fields by name


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


def test_times_are_shown_local() -> None:
    session = a_session(starts_at=datetime(2026, 5, 12, 0, 30, tzinfo=ZoneInfo("Europe/Brussels")))
    assert (session.day, session.timezone) == ("2026-05-12", "Europe/Brussels")
    assert session.as_dict()["starts_at"] == "2026-05-12T00:30:00+02:00"


def test_a_local_time_has_no_offset_and_no_zone() -> None:
    session = a_session(starts_at=datetime(2026, 5, 12, 0, 30))
    assert (session.day, session.timezone, session.start_minute) == ("2026-05-12", None, 30)
    assert session.as_dict()["starts_at"] == "2026-05-12T00:30:00"
    assert session.as_dict()["timezone"] is None
    assert a_session().as_dict()["timezone"] == ""


def test_whether_it_takes_place() -> None:
    local = datetime(2026, 5, 12, 10, 30)
    assert a_session().status == "scheduled"
    assert a_session(starts_at=local.replace(tzinfo=ZoneInfo("UTC"))).status == "scheduled"
    assert a_session(starts_at=local).status == "local"
    assert a_session(starts_at=local, cancelled=True).status == "cancelled"
    assert a_session(cancelled=True).as_dict()["cancelled"] is True
    assert a_session().as_dict()["cancelled"] is False


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
    assert bool(encode_payload(first).get("talk_keys")) is bool(one[1:])


def test_place_is_neither_stored_nor_compared() -> None:
    assert a_session(source_location="a.csv:7") == a_session(source_location="a.csv:9")
    assert "source_location" not in encode_payload(a_session(source_location="a.csv:7"))
