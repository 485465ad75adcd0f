"""How the page writes times, links and abstracts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from support.web_fixtures import SESSIONS

from service.web.formatting import format_time, format_zone, safe_url


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a?b=c", True),
        ("HTTP://example.org", True),
        ("javascript:alert(1)", False),
        ("JavaScript:alert(1)", False),
        (" java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("https:", False),
        ("http://[::1", False),
        ("example.org", False),
        ("", False),
    ],
)
def test_only_addresses_of_the_web_become_links(url: str, safe: bool) -> None:
    assert safe_url(url) == (url if safe else "")


def test_times_in_words() -> None:
    vienna = datetime(2026, 5, 12, 22, 0, tzinfo=ZoneInfo("Europe/Vienna"))
    session = replace(SESSIONS[3], starts_at=vienna, ends_at=vienna + timedelta(hours=4))
    assert format_time(session) == "Tuesday 12 May 2026, 22:00 to Wednesday 13 May 2026, 02:00"
    assert format_zone(session) == "Europe/Vienna time"
    assert format_time(replace(session, ends_at=None)) == "Tuesday 12 May 2026, 22:00"
    midnight = replace(session, starts_at=datetime(2026, 5, 12, tzinfo=UTC), ends_at=None)
    assert format_time(midnight) == "Tuesday 12 May 2026"
    assert format_zone(midnight) == "UTC time"
    assert format_time(SESSIONS[3]) == format_zone(SESSIONS[3]) == ""
