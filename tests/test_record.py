from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.reading_sources import from_bytes

from loaders.readers import export
from loaders.records.cleaning import MAX_ABSTRACT, split_year, to_session
from loaders.records.record import Diagnostic, Options, Record, Skip, UnknownEvent
from service.session import Session
from service.stores.payload import encode_payload

OPTIONS = Options(event="Test Conf", year=2026)


def record(**values: object) -> Record:
    return Record(**({"location": "here", "title": "Sails"} | values))  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("FOSDEM 2019", ("FOSDEM", 2019)),
        ("2017 Harbour Days", ("Harbour Days", 2017)),
        ("PyConES 2020 Pandemic Edition", ("PyConES Pandemic Edition", 2020)),
        ("En attendant (2020-2021)", ("En attendant", 2020)),
        ("Camp2019", ("Camp", 2019)),
        ("Meetup - 2016", ("Meetup", 2016)),
        ("Harbour Meetup", ("Harbour Meetup", None)),
        ("2019", ("2019", 2019)),
        ("Room 12019", ("Room 12019", None)),
    ],
)
def test_names_and_years_of_events(title: str, expected: tuple[str, int | None]) -> None:
    assert split_year(title) == expected


def test_a_language_is_kept_as_its_code() -> None:
    assert [
        to_session(record(language=name), OPTIONS).language for name in ("Español", "", "TBA")
    ] == ["es", "", ""]


@pytest.mark.parametrize(
    "values",
    [{"title": "Coffee break ☕"}, {"title": "Registration & Coffee"}, {"title": "Lunch Break (Foyer)"},
     {"title": "Pause", "kind": "break"}, {"title": "Coffee Break!"}, {"title": "Lunch"},
     {"title": "Kaffeepause"}, {"title": " PAUSE DÉJEUNER "}, {"kind": "break"},
     {"title": "Pause café"}, {"title": "Pausa para el café"},
     {"service": True}],
)  # fmt: skip
def test_service_sessions_are_skipped_unless_kept(values: dict[str, object]) -> None:
    with pytest.raises(Skip, match="service"):
        to_session(record(**values), OPTIONS)
    assert to_session(record(**values), Options(event="Test Conf", year=2026, keep_service=True))


@pytest.mark.parametrize(
    "values",
    [{"title": "Pause", "kind": "Talk (30 min)"}, {"title": "Café", "kind": "Keynote"},
     {"title": "Lunch & Learn"}, {"title": "Coffee break your code"}],
)  # fmt: skip
def test_talks_are_no_breaks(values: dict[str, object]) -> None:
    assert to_session(record(**values), OPTIONS)


def test_titles_that_are_cut_off_are_told() -> None:
    long = record(title="word " * 300)
    assert len(to_session(long, OPTIONS).title) <= 1_000
    assert long.warnings == ["title cut off after 1,000 characters"]


def test_a_source_that_says_it_is_no_break_is_believed() -> None:
    assert to_session(record(title="Break", service=False), OPTIONS).title == "Break"


@pytest.mark.parametrize("title", ["", "  ", "TBA", "\x00", "<p></p>", "\ud800"])
def test_what_has_no_title_is_skipped(title: str) -> None:
    with pytest.raises(Skip, match="no title"):
        to_session(record(title=title), OPTIONS)


def test_event_and_year_come_from_the_source_first() -> None:
    session = to_session(record(event="Iron Conf", year=2020), OPTIONS)
    assert (session.event, session.year) == ("Iron Conf", 2020)
    assert to_session(record(start="2019-05-05T10:00Z"), Options(event="x")).year == 2019
    assert to_session(record(start="2019-05-05 10:00"), Options(event="x")).year == 2019
    with pytest.raises(UnknownEvent, match="--event"):
        to_session(record(), Options(year=2026))
    with pytest.raises(UnknownEvent, match="--year"):
        to_session(record(), Options(event="x"))


@pytest.mark.parametrize("rest", [{"end": "10:45"}, {"duration": "45"}])
def test_times_without_a_zone_are_local_and_told(rest: dict[str, object]) -> None:
    odd = record(start="2026-05-05 10:00", **rest)
    session = to_session(odd, OPTIONS)
    assert session.starts_at == datetime(2026, 5, 5, 10)
    assert session.ends_at == datetime(2026, 5, 5, 10, 45)
    assert odd.warnings == [
        "no time zone: kept as the event's local time; pass --timezone, such as Europe/Brussels"
    ]


def test_an_end_with_a_zone_beside_a_start_without_one_is_left_out() -> None:
    odd = record(start="2026-05-05 10:00", end="2026-05-05T11:00Z")
    assert to_session(odd, OPTIONS).ends_at is None
    assert "its end has a zone and its start none" in odd.warnings


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"start": "whenever"}, "it is no date and time such as 2026-05-12 10:30"),
        ({"start": "10:30"}, "it names no day: give one, such as 2026-05-12 10:30"),
        ({"start": "2026-05-05 10:00 BST"}, "its zone may be several: give an offset, such as +01:00"),
        ({"start": "2026-05-05 10:00", "zone": "Harbour"},
         "no time zone is called 'Harbour': give one such as Europe/Brussels or +02:00"),
        ({"start": "2026-05-05 10:00", "zone": "europe/berlin"},
         "no time zone is called 'europe/berlin': give one such as Europe/Berlin or +02:00"),
        ({"start": "2026-05-05 10:00", "zone": "New York"},
         "no time zone is called 'New York': give one such as America/New_York or +02:00"),
    ],
)  # fmt: skip
def test_times_not_understood_are_told(values: dict[str, object], problem: str) -> None:
    odd = record(**values)
    assert to_session(odd, OPTIONS).starts_at is None
    assert odd.warnings == [f"time not understood: {problem}"]
    assert odd.locate(odd.warnings[0]) == f"here {values['start']!r}"


def test_ends_follow_from_durations_and_pass_midnight() -> None:
    late = to_session(record(start="2026-05-05 23:30", zone="UTC", duration="01:00"), OPTIONS)
    assert late.ends_at == datetime(2026, 5, 6, 0, 30, tzinfo=UTC)
    past = to_session(record(start="2026-05-05 23:30", end="2026-05-05 00:15", zone="UTC"), OPTIONS)
    assert past.ends_at == datetime(2026, 5, 6, 0, 15, tzinfo=UTC)
    odd = to_session(record(start="2026-05-05 23:30", end="2026-05-01 00:15", zone="UTC"), OPTIONS)
    assert odd.ends_at is None


def test_made_ids_depend_on_the_title_in_any_script() -> None:
    ids = {
        to_session(record(title=title), OPTIONS).source_id for title in ("灯光", "Свет", "Light")
    }
    assert len(ids) == 3
    assert to_session(record(title="LIGHT"), OPTIONS).source_id in ids


def test_fields_are_cleaned() -> None:
    session = to_session(
        record(
            source_id=" a\udc80b ", abstract="TBA", speakers=["Jo Line", "Jo  Line", "TBA", "x@example.org"],
            tags=["a", "a"], url="javascript:alert(1)", room="<b>Quay</b>", event="\ud800",
        ),
        OPTIONS,
    )  # fmt: skip
    assert session.source_id == "ab"
    assert (session.abstract, session.url, session.event) == ("", "", "Test Conf")
    assert (session.speakers, session.tags, session.room) == (("Jo Line",), ("a",), "Quay")


def test_endless_abstracts_are_cut_off() -> None:
    long = record(abstract="word " * MAX_ABSTRACT)
    assert len(to_session(long, OPTIONS).abstract) <= MAX_ABSTRACT
    assert long.warnings == ["abstract cut off after 100,000 characters"]


def test_diagnostics_can_be_written_to_a_file() -> None:
    diagnostic = Diagnostic("a\udc80", "b\ud800", row="c\udfff")
    assert (diagnostic.location, diagnostic.reason, diagnostic.row) == ("a", "b", "c")


TEXTS = st.text(st.characters(codec=None), max_size=30) | st.text(
    st.sampled_from("ab<p>*_`&;+49 1234567@.\n"), max_size=40
)
MOMENTS = (
    st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1))
    | st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1), timezones=st.timezones())
    | st.just("")
)


@settings(derandomize=True, max_examples=150)
@given(
    title=TEXTS, abstract=TEXTS, speakers=st.lists(TEXTS, max_size=3), track=TEXTS, room=TEXTS, source_id=TEXTS,
    language=TEXTS, start=MOMENTS, cancelled=st.booleans(),
    slot=TEXTS, zone=st.sampled_from(["", "Europe/Oslo", "+03:00"]),
)  # fmt: skip
def test_every_session_comes_back_from_its_export(**values: object) -> None:
    try:
        session = to_session(record(**values), OPTIONS)
    except Skip:
        return
    again = to_session(
        exported(session),
        Options(event="Other", year=1999, timezone="Asia/Tokyo" * bool(session.timezone)),
    )
    assert again.id == session.id
    assert encode_payload(again) == encode_payload(session)


def exported(session: Session) -> Record:
    import json

    payload = {
        key: value for key, value in encode_payload(session).items() if not key.endswith("_hash")
    }
    line = json.dumps({"conference_helper": 1, "session": payload, "vector": [0.5]})
    (item,) = export.read(from_bytes("export.jsonl", line.encode()), OPTIONS)
    assert isinstance(item, Record)
    return item
