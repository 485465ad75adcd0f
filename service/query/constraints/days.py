"""Rules for days by name: weekdays, today and tomorrow, the first and the last day."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache

from service.dates import parse_day
from service.query.constraints.known_values import Edition
from service.query.constraints.reading import Found, Reading, joined
from service.query.constraints.words import any_of, meanings, one_of, pattern, words

WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def read_days(reading: Reading, editions: list[Edition]) -> None:
    """Add the days that the question names, of the editions meant."""
    for rule in (_numbered_days, _weekdays, _weekends, _relative_days):
        reading.add_all(rule(reading, editions))


def day_found(
    reading: Reading, first: int, last: int, days: Iterable[str], unknown: str, note: str = ""
) -> Found:
    """Return the constraint to these days; `unknown` is its value where no edition has any."""
    chosen = tuple(sorted(set(days)))
    return Found(
        "day",
        first,
        last,
        joined(chosen) or unknown,
        {"day": chosen or (unknown,)},
        note=note,
    )


def local_today(reading: Reading, editions: Iterable[Edition]) -> list[tuple[Edition, date]]:
    """Return each edition with the day that it is in its zone."""
    return [(edition, edition.local(reading.now).date()) for edition in editions]


@cache
def _weekday_pattern() -> re.Pattern[str]:
    lead = rf"(?P<lead>(?:{one_of('prepositions')} ){{0,3}})"
    return pattern(
        rf"{lead}(?:(?P<day>{any_of('weekdays')})|(?P<short>{any_of('short_weekdays')}))"
    )


def _weekdays(reading: Reading, editions: list[Edition]) -> Iterator[Found]:
    for match, first, last in reading.find(_weekday_pattern()):
        if reading.before(first) in _RECURRING or _is_thirteenth(reading, last):
            continue
        if match["day"]:
            if not (match["lead"] or _stands_for_a_day(reading, first, last)):
                continue
            weekday = int(meanings("weekdays")[match["day"]])
        else:
            if not (_has_lead(match["lead"]) and reading.ends_clause(last)) and not _before_time(
                reading, last
            ):
                continue
            weekday = int(meanings("short_weekdays")[match["short"]])
        days = [day for edition in editions for day in edition.weekday_days(weekday)]
        found = day_found(reading, first, last, days, _coming(reading, editions, weekday))
        others = {
            day for edition in reading.known.editions for day in edition.weekday_days(weekday)
        }
        yield Found(
            found.kind,
            first,
            last,
            found.value,
            found.filters,
            tuple(sorted(others.difference(days))),
        )


_RECURRING = frozenset(
    ("every", "each", "like", "jeden", "chaque", "cada", "ogni", "elke", "iedere")
)
"""Words before a weekday that make it a topic."""


_HOURS = frozenset((":", "h", "uhr", "uur", "and", "und", "-"))


def _is_thirteenth(reading: Reading, last: int) -> bool:
    """Return whether a weekday is followed by "the 13", without a month: Friday the 13th."""
    words = reading.tokens.words
    place = last + (reading.after(last) in ("the", "der", "il"))
    return reading.after(place) == "13" and not set(words[place + 1 : place + 2]) & _HOURS


def _coming(reading: Reading, editions: list[Edition], weekday: int) -> str:
    """Return the day of a weekday that no edition has: the next one from today, or from an edition's start."""
    if not editions:
        return WEEKDAY_NAMES[weekday - 1]
    edition = editions[0]
    today = edition.local(reading.now).date()
    start = parse_day(edition.days[0])
    base = start if edition.is_over(reading.now) else max(today, start)
    return (base + timedelta(days=(weekday - base.isoweekday()) % 7)).isoformat()


def _has_lead(lead: str) -> bool:
    return bool({"on", "this", "am", "na", "nesta", "no", "op", "le"} & set(lead.split()))


def _stands_for_a_day(reading: Reading, first: int, last: int) -> bool:
    """Return whether a weekday without a preposition says when: at an end, before a part of it, or sessions."""
    at_an_end = first == 0 or not (reading.is_topic(first - 1) and _is_topic(reading, last))
    return (at_an_end and not _is_name(reading, last)) or _before_time(reading, last)


def _is_name(reading: Reading, last: int) -> bool:
    """Return whether a capitalised word follows that is no session noun: Sunday Ojo."""
    return (
        last < len(reading.tokens)
        and reading.tokens.original(last, last + 1)[:1].isupper()
        and not reading.is_session_noun(last)
        and reading.after(last) not in meanings("kinds")
    )


@cache
def _time_words() -> frozenset[str]:
    parts = [word for some in words()["parts"].values() for word in some]
    return frozenset(part.split()[0] for part in parts) | {"at", "um", "om", "before", "after"}


def _before_time(reading: Reading, last: int) -> bool:
    return reading.after(last) in _time_words() or reading.after(last)[:1].isdigit()


@cache
def _weekend_pattern() -> re.Pattern[str]:
    return pattern(rf"(?:{one_of('prepositions')} ){{0,3}}{one_of('weekend')}")


def _weekends(reading: Reading, editions: list[Edition]) -> Iterator[Found]:
    for _, first, last in reading.find(_weekend_pattern()):
        days = [day for edition in editions for n in (6, 7) for day in edition.weekday_days(n)]
        if days:
            yield day_found(reading, first, last, days, "")


@cache
def _relative_pattern() -> re.Pattern[str]:
    return pattern(rf"(?:for )?(?P<word>{any_of('relative_days')})")


_OF = frozenset(("of", "de", "von", "di", "do", "da", "van"))
"""Words that make a day part of a topic, the web of tomorrow, but after sessions: the talks of tomorrow."""
_NOT_TOMORROW = frozenset(("am", "guten", "jeden", "por", "la", "de"))
"""Words after which "morgen" and "manana" are a morning."""


def _relative_days(reading: Reading, editions: list[Edition]) -> Iterator[Found]:
    for match, first, last in reading.find(_relative_pattern()):
        if reading.after(last) == "'":  # today's sessions; tomorrow's web is a topic
            if not (reading.is_session_noun(last + 2) or reading.is_kind(last + 2)):
                continue
            last += 2
        if match["word"] in ("morgen", "manana") and reading.before(first) in _NOT_TOMORROW:
            continue
        if reading.before(first) in _OF and not reading.is_session_noun(first - 2):
            continue
        if match["word"] == "hier" and not _is_french(reading):
            continue
        yield relative_day(
            reading, editions, first, last, int(meanings("relative_days")[match["word"]])
        )


def _is_french(reading: Reading) -> bool:
    return any(f" {word} " in reading.tokens.folded for word in ("est", "les", "quoi", "du", "que"))


def relative_day(
    reading: Reading, editions: list[Edition], first: int, last: int, offset: int
) -> Found:
    """Return the constraint to the day that is `offset` days from today."""
    wanted = timedelta(days=offset)
    local = local_today(reading, editions)
    days = [
        day
        for edition, today in local
        for day in edition.days
        if day == (today + wanted).isoformat()
    ]
    today = local[0][1] if local else reading.now.date()
    return day_found(reading, first, last, days, (today + wanted).isoformat())


@cache
def _numbered_pattern() -> re.Pattern[str]:
    lead = rf"(?P<lead>(?:(?:{one_of('prepositions')}|in) ){{0,3}})"
    noun, ordinal, cardinal = one_of("day_nouns"), any_of("ordinals"), any_of("cardinals")
    return pattern(
        rf"{lead}(?:{noun} (?P<number>\d|{cardinal})|(?P<digit>\d) (?:st|nd|rd|th|\.|e|º|ª) {noun}|"
        rf"(?P<ordinal>{ordinal}) {noun})"
    )


def _numbered_days(reading: Reading, editions: list[Edition]) -> Iterator[Found]:
    longest = max((len(edition.days) for edition in editions), default=0)
    for match, first, last in reading.find(_numbered_pattern()):
        word = match["number"] or match["digit"] or match["ordinal"]
        number = int({**meanings("ordinals"), **meanings("cardinals")}.get(word, word))
        clear = match["lead"] or first == 0 or reading.ends_clause(first - 1)
        several = longest > 1 or match["ordinal"]
        ends = _ends_day(reading, last) or (match["lead"] and match["ordinal"])
        if not (number and several and longest and clear and ends):
            continue
        index = number if number < 0 else number - 1
        days = [edition.days[index] for edition in editions if index < len(edition.days)]
        yield day_found(reading, first, last, days, f"day {number}")


def _ends_day(reading: Reading, last: int) -> bool:
    """Return whether a day may end here: before a sign, sessions, a part of the day or words of no topic."""
    return not _is_topic(reading, last) or _before_time(reading, last)


def _is_topic(reading: Reading, place: int) -> bool:
    """Return whether a topic, rather than a sign, a kind, a constraint or the end, stands at `place`."""
    return not reading.ends_clause(place) and reading.is_topic(place) and not reading.is_kind(place)
