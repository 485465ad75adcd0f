"""Rules for days by date: 2 February, 2019-02-03, the 24th."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from service.query.constraints.days import day_found
from service.query.constraints.known_values import Edition
from service.query.constraints.reading import Found, Reading
from service.query.constraints.words import any_of, meanings, one_of, pattern


def read_dates(reading: Reading, editions: list[Edition]) -> None:
    """Add the dates that the question names, of the editions meant."""
    for rule in (_iso_dates, _dates, _monthless_dates):
        reading.add_all(rule(reading, editions))


@cache
def _date_pattern() -> re.Pattern[str]:
    lead, month = rf"(?:{one_of('prepositions')} ){{0,3}}", any_of("months")
    number = r"(?P<{}>\d\d?)(?: (?:st|nd|rd|th|er|\.|º))?"
    weekday = rf"(?:(?P<weekday>{any_of('weekdays')}|{any_of('short_weekdays')})(?: \.)?(?: ,)? (?:the )?)?"
    year = r"(?: (?:, |de |del |of )?(?P<year>(?:19|20)\d\d))?"
    first = rf"{number.format('day')} (?:(?:of|de|di) )?(?P<month>{month})(?: \.)?"
    second = rf"(?P<month2>{month})(?: \.)? (?:the )?{number.format('day2')}"
    return pattern(rf"{lead}{weekday}(?:{first}|{second}){year}")


def _dates(reading: Reading, editions: list[Edition]) -> Iterator[Found]:
    for match, first, last in reading.find(_date_pattern()):
        month = int(meanings("months")[match["month"] or match["month2"]])
        day = int(match["day"] or match["day2"])
        year = int(match["year"]) if match["year"] else None
        if (found := _dated(reading, editions, first, last, (year, month, day))) is not None:
            yield found


@cache
def _iso_pattern() -> re.Pattern[str]:
    lead = rf"(?:{one_of('prepositions')} ){{0,3}}"
    return pattern(
        rf"{lead}(?:(?P<year>(?:19|20)\d\d) - (?P<month>\d\d) - (?P<day>\d\d)|"
        r"(?P<one>\d\d?) (?P<sign>[./]) (?P<other>\d\d?) (?P=sign) (?P<end>(?:19|20)\d\d))"
    )


def _iso_dates(reading: Reading, editions: list[Edition]) -> Iterator[Found]:
    """Yield dates in digits; of 3/2/2019 the reading that an edition has. With dots the day comes first."""
    for match, first, last in reading.find(_iso_pattern()):
        if match["year"]:
            readings = [(int(match["year"]), int(match["month"]), int(match["day"]))]
        else:
            one, other, year = int(match["one"]), int(match["other"]), int(match["end"])
            readings = [(year, other, one)]
            if match["sign"] == "/":
                readings.append((year, one, other))
        days = [
            day
            for year, month, number in readings
            for day in _on_date(reading, year, month, number)
        ]
        if len(readings) > 1 and len(set(days)) != 1:
            continue
        if days:
            yield day_found(reading, first, last, days[:1], "")
        elif (found := _dated(reading, editions, first, last, readings[0])) is not None:
            yield found


def _on_date(reading: Reading, year: int, month: int, day: int) -> list[str]:
    wanted = f"{year:04d}-{month:02d}-{day:02d}"
    return [one for edition in reading.known.editions for one in edition.days if one == wanted]


def _dated(
    reading: Reading,
    editions: list[Edition],
    first: int,
    last: int,
    wanted: tuple[int | None, int, int],
) -> Found | None:
    """Return the constraint to a date, of the editions meant first; None where no year has it."""
    year, month, day = wanted
    if year is not None:
        days = _on_date(reading, year, month, day)
    else:
        days = [one for edition in editions for one in edition.dated_days(month, day)] or [
            one for edition in reading.known.editions for one in edition.dated_days(month, day)
        ]
    unknown = _iso(year or (editions[0].year if editions else reading.now.year), month, day)
    if not (unknown or days):
        said = reading.tokens.original(first, last)
        reading.notes.append(f"“{said}”: there is no such day.")
    return day_found(reading, first, last, days, unknown) if unknown or days else None


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


@cache
def _monthless_pattern() -> re.Pattern[str]:
    number = r"(?P<day>\d\d?)"
    return pattern(rf"(?:(?:on )?the {number} (?:st|nd|rd|th)|am {number.replace('day', 'de')} \.)")


def _monthless_dates(reading: Reading, editions: list[Edition]) -> Iterator[Found]:
    """Yield "on the 24th", where an edition has that day of a month."""
    for match, first, last in reading.find(_monthless_pattern()):
        number = f"{int(match['day'] or match['de']):02d}"
        days = [day for edition in editions for day in edition.days if day.endswith(number)]
        if days:
            yield day_found(reading, first, last, days, "")
