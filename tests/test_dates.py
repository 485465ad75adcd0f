import pytest

from service.dates import parse_day, parse_zone


def test_days_and_zones_that_do_not_exist_are_refused() -> None:
    with pytest.raises(ValueError, match="2026-13"):
        parse_day("2026-13-01")
    with pytest.raises(ValueError, match="no time zone"):
        parse_zone("../../etc/passwd")
