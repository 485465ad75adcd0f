"""Rules for times: clock times, before and after them, parts of the day, now and next."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache

from service.filters import Value
from service.query.constraints.clock import clock_pattern, is_clear, parse_time
from service.query.constraints.days import relative_day
from service.query.constraints.known_values import Edition
from service.query.constraints.reading import Found, Reading
from service.query.constraints.words import any_of, meanings, one_of, pattern, words

PARTS: dict[str, tuple[str, str]] = {
    "first_thing": ("", "11:00"),
    "morning": ("", "12:00"),
    "afternoon": ("12:00", "17:00"),
    "evening": ("17:00", ""),
}
"""When each part of the day starts and ends, the end excluded; empty: open."""
_WORKING_HOURS = range(8, 20)
"""Hours that "from 10 to 12" may mean."""
_NOON, _AFTER_LUNCH = "12:00", "13:00"
Range = tuple[str, str]
Rule = Callable[[Reading, list[Edition]], Iterator[list[Found]]]


def read_phrases(reading: Reading, editions: list[Edition]) -> None:
    """Add the parts of days that phrases name, such as tonight and in the morning."""
    add_each(reading, editions, (_part_phrases,))


def read_times(reading: Reading, editions: list[Edition]) -> None:
    """Add the times that the question names beside its days, which are read before."""
    add_each(reading, editions, (_between, _compared, _at, _parts))


def add_each(reading: Reading, editions: list[Edition], rules: Iterable[Rule]) -> None:
    """Add what each rule yields: constraints that belong together, all from the same words."""
    for rule in rules:
        for some in rule(reading, editions):
            first, last = some[0].first, some[0].last
            if reading.is_free(first, last):
                reading.add_all(some[:1])
                if some[0] in reading.found:
                    for found in some[1:]:
                        reading.add(found)


def write_range(start: str, end: str) -> str:
    """Return a range as the value of a constraint: 09:00..12:00, with an open end left empty."""
    return f"{start}..{end}"


def starting(first: int, last: int, start: str, end: str) -> Found:
    """Return the constraint to sessions that start from `start` to before `end`; empty: open."""
    filters: dict[str, tuple[Value, ...]] = {}
    if start:
        filters["from"] = (start,)
    if end:
        filters["to"] = (end,)
    return Found("time", first, last, write_range(start, end), filters)


def running_at(first: int, last: int, time: str) -> Found:
    """Return the constraint to sessions that run at a time."""
    return Found("time", first, last, time, {"at": (time,)})


@cache
def _between_pattern() -> re.Pattern[str]:
    one, two = (f"(?:{clock_pattern(n)}|(?P<noon{n}>{one_of('noon')}))" for n in (1, 2))
    return pattern(rf"(?:(?P<lead>{one_of('between')}) )?{one} {one_of('and')} {two}")


def _between(reading: Reading, _: list[Edition]) -> Iterator[list[Found]]:
    for match, first, last in reading.find(_between_pattern()):
        start_clear, end_clear = (bool(match[f"noon{n}"]) or is_clear(match, n) for n in (1, 2))
        if not (end_clear or start_clear or _is_weak_range(reading, match, last)):
            continue
        if not match["lead"] and not (end_clear and (start_clear or match["half2"])):
            continue
        end = _NOON if match["noon2"] else parse_time(match, 2)
        half = match["half2"]
        start = _NOON if match["noon1"] else parse_time(match, 1, half=half, before=end)
        if start and end and start < end:
            yield [starting(first, last, start, end)]


def _is_weak_range(reading: Reading, match: re.Match[str], last: int) -> bool:
    """Return whether "between 2 and 4" can only be times: nothing follows that they could count."""
    hours = int(match["hour1"]), int(match["hour2"])
    sure = match["lead"] in ("between", "zwischen", "entre", "tussen") or hours[0] in _WORKING_HOURS
    return bool(match["lead"]) and sure and hours[1] <= 24 and reading.ends_clause(last)


@cache
def _compared_pattern() -> re.Pattern[str]:
    before, after = one_of("before"), one_of("after")
    named = rf"(?:the )?(?P<noon>{one_of('noon')})|(?P<lunch>{one_of('lunch')})"
    return pattern(rf"(?:(?P<before>{before})|(?P<after>{after})) (?:{clock_pattern(1)}|{named})")


def _compared(reading: Reading, _: list[Edition]) -> Iterator[list[Found]]:
    for match, first, last in reading.find(_compared_pattern()):
        if match["lunch"]:
            time = _AFTER_LUNCH if match["after"] else _NOON
        elif match["noon"]:
            time = _NOON
        elif not is_clear(match, 1) and not _can_be_hour(reading, match, last):
            continue
        else:
            time = parse_time(match, 1)
        if time:
            yield [
                starting(first, last, "", time)
                if match["before"]
                else starting(first, last, time, "")
            ]
        else:
            reading.notes.append(
                f"{reading.tokens.original(first, last)}: there is no such time of day."
            )


@cache
def _at_pattern() -> re.Pattern[str]:
    return pattern(
        rf"(?:(?P<lead>{one_of('at')}) )?(?:{clock_pattern(1)}|(?P<noon>{one_of('noon')}))"
    )


def _at(reading: Reading, _: list[Edition]) -> Iterator[list[Found]]:
    for match, first, last in reading.find(_at_pattern()):
        if match["noon"]:
            if match["lead"] in ("at", "a", "om", "as"):
                yield [running_at(first, last, _NOON)]
            continue
        clear = is_clear(match, 1)
        if not (match["lead"] and (clear or _can_be_hour(reading, match, last))) and not (
            clear
            and (
                match["half1"]
                or _beside_day(reading, first, last)
                or (reading.ends_clause(first - 1) and reading.ends_clause(last))
            )
        ):
            continue
        if time := parse_time(match, 1):
            yield [running_at(first, last, time)]
        elif match["lead"]:
            reading.notes.append(
                f"{reading.tokens.original(first, last)}: there is no such time of day."
            )


def _beside_day(reading: Reading, first: int, last: int) -> bool:
    """Return whether a constraint to a day stands just before or after."""
    return any(found.last == first or found.first == last for found in reading.of_kind("day"))


def _can_be_hour(reading: Reading, match: re.Match[str], last: int) -> bool:
    """Return whether a bare number after "at" or "before" is an hour: no larger, and nothing that it counts."""
    return int(match["hour1"]) <= 24 and reading.ends_clause(last)


_TODAY = {"this": 0, "tomorrow": 1}


@cache
def _phrase_pattern() -> re.Pattern[str]:
    return pattern(any_of("part_phrases"))


def _part_phrases(reading: Reading, editions: list[Edition]) -> Iterator[list[Found]]:
    for match, first, last in reading.find(_phrase_pattern()):
        day, _, part = meanings("part_phrases")[match[0]].rpartition("_")
        if part == "thing":
            day, part = "", "first_thing"
        found = [starting(first, last, *PARTS[part])]
        if day:
            found.insert(0, relative_day(reading, editions, first, last, _TODAY[day]))
        yield found


@cache
def _part_pattern() -> re.Pattern[str]:
    return pattern(rf"(?:(?:in the|the|am|le|la|de) )?(?P<part>{any_of('parts')}|morgen)")


def _parts(reading: Reading, _: list[Edition]) -> Iterator[list[Found]]:
    """Yield parts of the day beside a day or before sessions, and those that are all that is asked."""
    for match, first, last in reading.find(_part_pattern()):
        name = meanings("parts").get(match["part"], "morning")
        beside = _beside_day(reading, first, last) or _beside_time(reading, first)
        if match["part"] == "morgen":
            if beside:
                yield [starting(first, last, *PARTS[name])]
            continue
        before_sessions = reading.is_session_noun(last) or _before_kind(reading, last)
        at_start = not any(reading.is_topic(place) for place in range(first))
        if beside or (before_sessions and at_start) or reading.is_alone(first, last):
            yield [starting(first, last, *PARTS[name])]


def _beside_time(reading: Reading, first: int) -> bool:
    """Return whether another part of the day was just named: "in the morning and afternoon"."""
    return reading.before(first) in ("and", "or", "und", "et", "y", "e", "en") and any(
        found.last == first - 1 for found in reading.of_kind("time")
    )


def _before_kind(reading: Reading, last: int) -> bool:
    return reading.after(last) in {word for some in words()["kinds"].values() for word in some}


def combine(found: list[Found]) -> Range:
    """Return the range of several: where they overlap, else from the first to the last."""
    starts = [str(next(iter(one.filters.get("from", ("",))))) for one in found]
    ends = [str(next(iter(one.filters.get("to", ("",))))) for one in found]
    start, end = max(starts), min((end for end in ends if end), default="")
    if not end or start < end:
        return start, end
    return min(starts), max(ends) if all(ends) else ""


def merged_times(reading: Reading) -> list[Found]:
    """Return the constraints of time; those that say when sessions start all have the filters of one range.

    Two that follow each other are one: "from noon until 3 pm".
    """
    found = _joined(sorted(reading.of_kind("time"), key=lambda one: one.first))
    ranges = [one for one in found if one.filters.keys() & {"from", "to"}]
    if len(ranges) < 2:
        return found
    start, end = combine(ranges)
    whole = starting(0, 0, start, end).filters
    if not whole:
        said = " and ".join(f"“{reading.tokens.original(one.first, one.last)}”" for one in ranges)
        reading.notes.append(f"No session can be both {said}: searched without them.")
        return [one for one in found if one not in ranges]
    return [replace(one, filters=whole) if one in ranges else one for one in found]


def _joined(found: list[Found]) -> list[Found]:
    kept: list[Found] = []
    for one in found:
        if kept and kept[-1].last == one.first and _open_ended(kept[-1], one):
            before = kept.pop()
            kept.append(starting(before.first, one.last, *combine([before, one])))
        else:
            kept.append(one)
    return kept


def _open_ended(one: Found, other: Found) -> bool:
    """Return whether one says only when to begin, and the other only when to end."""
    ranged = {*one.filters} == {"from"} and {*other.filters} == {"to"}
    return ranged and str(one.filters["from"][0]) < str(other.filters["to"][0])
