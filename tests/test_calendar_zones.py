"""Every time in a calendar is the one that it was, by what the calendar itself says of its zones."""

import os
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from support.calendars import read, start_of

from service.calendar.feed import Feed, write_feed
from service.calendar.zones import ZonesUsed, is_repeated, zone_id
from service.dates import parse_zone
from service.session import Session

STAMP = datetime(2026, 5, 1, tzinfo=UTC)
PAIRS = 1_000_000 if os.environ.get("CONFERENCE_HELPER_TEST_LONG") else 1_000
_BATCH = 500
_ONSET = re.compile(
    r"BEGIN:(?:STANDARD|DAYLIGHT)\r\nDTSTART:(\S+)\r\n(?:TZNAME:.*\r\n)?"
    r"TZOFFSETFROM:(\S+)\r\nTZOFFSETTO:(\S+)\r\n"
)
_EVENT = re.compile(
    r"SUMMARY:(\d+)\r\nDTSTART(?:;TZID=[^:]+)?:(\S+)\r\nDTEND(?:;TZID=[^:]+)?:(\S+)\r\n"
)
_LASTS = timedelta(minutes=25)
_FIRST = int(datetime(1970, 1, 1, tzinfo=UTC).timestamp())
_LAST = int(datetime(2099, 12, 31, tzinfo=UTC).timestamp())


def calendar_of(moments: list[datetime]) -> bytes:
    sessions = [
        Session(
            event="S",
            year=2026,
            source_id=str(number),
            title=str(number),
            starts_at=moment,
            ends_at=_end_of(moment),
        )
        for number, moment in enumerate(moments)
    ]
    zones = ZonesUsed()
    zones.add(sessions)
    return b"".join(write_feed(Feed(name="S", stamp=STAMP), zones, sessions))


def _end_of(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment + _LASTS
    return (moment.astimezone(UTC) + _LASTS).astimezone(moment.tzinfo)


def count_wrong(moments: list[datetime]) -> int:
    """Write the times to a calendar, and count those that it does not say by its own letters."""
    text = calendar_of(moments).decode("utf-8")
    onsets = sorted(
        (_local(onset) - _offset(before), _local(onset), _offset(after))
        for onset, before, after in _ONSET.findall(text)
    )
    found = {int(number): (starts, ends) for number, starts, ends in _EVENT.findall(text)}
    assert len(found) == len(moments)
    return sum(
        [_instant(one, onsets) for one in found[number]]
        != [moment.astimezone(UTC), moment.astimezone(UTC) + _LASTS]
        for number, moment in enumerate(moments)
    )


def _instant(stamp: str, onsets: list[tuple[datetime, datetime, timedelta]]) -> datetime:
    """Return the instant of a time in UTC, or of a local one in the calendar's only zone."""
    local = _local(stamp.removesuffix("Z"))
    if stamp.endswith("Z"):
        return local.replace(tzinfo=UTC)
    *_, offset = (offset for _, onset, offset in onsets if onset <= local)
    return (local - offset).replace(tzinfo=UTC)


def _local(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y%m%dT%H%M%S")  # a local time


def _offset(text: str) -> timedelta:
    hours, minutes, seconds = int(text[1:3]), int(text[3:5]), int(text[5:7] or 0)
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -offset if text[0] == "-" else offset


def random_moments(zone: str, count: int, source: random.Random) -> list[datetime]:
    """Return instants in a zone within ten years, every other one within hours of a change of its offset."""
    place, year = parse_zone(zone), 365 * 86_400
    first = source.randrange(_FIRST, _LAST - 10 * year)
    instants: list[int] = []
    while len(instants) < count:
        moment = source.randrange(first, first + 10 * year)
        instants.append(moment)
        if (change := _change_after(place, moment, moment + year)) is not None:
            instants.append(change + source.randrange(-7_200, 7_200))
    return [datetime.fromtimestamp(second, UTC).astimezone(place) for second in instants[:count]]


def _change_after(place: object, first: int, last: int) -> int | None:
    """Return when the offset of a zone first changes between two instants, if it does for a week."""

    def offset(second: int) -> timedelta | None:
        return datetime.fromtimestamp(second, UTC).astimezone(place).utcoffset()  # type: ignore[arg-type]  # a zone

    for second in range(first, last, 7 * 86_400):
        low, high = second, second + 7 * 86_400
        if offset(low) != offset(high):
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
            return high
    return None


def _zones(source: random.Random) -> Iterator[str]:
    names = sorted(name for name in available_timezones() if name != "localtime")
    offsets = [
        f"{sign}{hours:02}:{minutes:02}"
        for sign in "+-"
        for hours in range(15)
        for minutes in (0, 30, 45)
    ]
    while True:
        yield from source.sample([*names, *offsets], len(names) + len(offsets))


def test_random_instants_in_every_zone() -> None:
    """1,000,000 of them with CONFERENCE_HELPER_TEST_LONG."""
    source = random.Random(11)
    wrong = done = 0
    for zone in _zones(source):
        moments = random_moments(zone, min(_BATCH if PAIRS > 10_000 else 20, PAIRS - done), source)
        wrong += count_wrong(moments)
        done += len(moments)
        if done >= PAIRS:
            break
    print(f"{done:,} pairs, {wrong} wrong")  # noqa: T201  # what the long run is for
    assert (done, wrong) == (PAIRS, 0)


@pytest.mark.parametrize(
    ("zone", "around"),
    [
        ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),  # half an hour
        ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),  # a day is skipped
        ("Europe/Dublin", datetime(2026, 10, 25, 1, tzinfo=UTC)),  # winter is the exception
        ("America/St_Johns", datetime(2006, 10, 29, 2, 31, tzinfo=UTC)),
    ],
)
def test_every_minute_around_a_change(zone: str, around: datetime) -> None:
    place = ZoneInfo(zone)
    minutes = [around + timedelta(minutes=minute) for minute in range(-180, 180)]
    moments = [moment.astimezone(place) for moment in minutes]
    assert count_wrong(moments) == 0
    calendar = read(calendar_of(moments[::20]))
    for number, event in enumerate(calendar.walk("VEVENT")):
        assert start_of(calendar, event) == minutes[20 * number]


def test_a_zone_is_described_for_the_time_that_it_is_used() -> None:
    place = ZoneInfo("Europe/Berlin")
    calendar = read(calendar_of([datetime(2026, 5, 12, 9, tzinfo=place)]))
    (zone,) = calendar.walk("VTIMEZONE")
    (summer,) = zone.subcomponents
    assert (summer.name, summer["TZNAME"]) == ("DAYLIGHT", "CEST")
    text = calendar_of([datetime(2026, 3, 1, tzinfo=place), datetime(2026, 4, 1, tzinfo=place)])
    assert (
        b"BEGIN:DAYLIGHT\r\nDTSTART:20260329T020000\r\nTZNAME:CEST\r\n"
        b"TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n" in text
    )


def test_names_of_zones() -> None:
    moment = datetime(2026, 5, 12, 9, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    assert zone_id(moment) == "UTC-0330"
    assert zone_id(moment.astimezone(UTC)) == "UTC"
    assert zone_id(moment.astimezone(ZoneInfo("Asia/Tokyo"))) == "Asia/Tokyo"
    berlin = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert [is_repeated(berlin), is_repeated(berlin.replace(fold=1))] == [False, True]


def test_a_calendar_of_one_zone_says_so() -> None:
    moment = datetime(2026, 5, 12, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    assert b"\r\nX-WR-TIMEZONE:Europe/Berlin\r\n" in calendar_of([moment])
    for other in (moment.astimezone(ZoneInfo("Asia/Tokyo")), moment.replace(tzinfo=None)):
        assert b"X-WR-TIMEZONE" not in calendar_of([moment, other])
    assert b"X-WR-TIMEZONE" not in calendar_of([moment.astimezone(timezone(timedelta(hours=2)))])
