"""Rules for what sessions are like: their kind, level and length."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from service.filters import Value
from service.query.constraints.reading import Found, Reading, joined
from service.query.constraints.words import any_of, meanings, one_of, pattern, token_set, words
from service.words import folded

_SHORT_MINUTES = 20
"""A talk of at most so many minutes is short."""


def read_labels(reading: Reading) -> None:
    """Add the kinds, levels and lengths that the question names."""
    for rule in (_durations, _levels, _kinds):
        reading.add_all(rule(reading))


@cache
def _duration_patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    number, unit = r"(?P<number>\d{1,3})", rf"(?P<unit>{one_of('minutes')}|{one_of('hours')})"
    bound = rf"(?:(?P<most>{one_of('at_most')})|(?P<least>{one_of('at_least')}))"
    return (
        pattern(
            rf"{bound} (?:{number}(?: -)? {unit}|(?P<half>half an hour)|(?P<hour>an hour|one hour))"
        ),
        pattern(rf"{number}(?: -)? {unit}(?= (?:{one_of('session_nouns')}|{any_of('kinds')}) )"),
        pattern(one_of("short_talks")),
    )


def _durations(reading: Reading) -> Iterator[Found]:
    bounded, exact, short = _duration_patterns()
    for match, first, last in reading.find(bounded):
        if reading.before(first) == "in" and not reading.is_session_noun(first - 2):
            continue  # scaled in under 10 minutes
        minutes = 30 if match["half"] else 60 if match["hour"] else _minutes(match)
        if match["most"]:
            yield _lasting(first, last, None, minutes)
        else:
            yield _lasting(first, last, minutes, None)
    for match, first, last in reading.find(exact):
        yield _lasting(first, last, _minutes(match), _minutes(match))
    for _, first, last in reading.find(short):
        yield _lasting(first, last, None, _SHORT_MINUTES)


def _minutes(match: re.Match[str]) -> int:
    return int(match["number"]) * (60 if match["unit"] in token_set("hours") else 1)


def _lasting(first: int, last: int, least: int | None, most: int | None) -> Found:
    filters: dict[str, tuple[Value, ...]] = {}
    if least is not None:
        filters["min_minutes"] = (least,)
    if most is not None:
        filters["max_minutes"] = (most,)
    start, end = ("" if one is None else str(one) for one in (least, most))
    return Found("duration", first, last, f"{start}..{end}", filters)


@cache
def _level_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    level = rf"({any_of('levels')})"
    noun = one_of("level_nouns")
    nouns = rf"(?:{one_of('session_nouns')}|{any_of('kinds')})"
    return (
        pattern(
            rf"(?:{one_of('level_audience')} {level}|{level}(?: -)? {noun}|{noun}(?: :)? {level})"
        ),
        pattern(rf"{level}(?:(?: -)? friendly)?(?= {nouns} )"),
    )


def _levels(reading: Reading) -> Iterator[Found]:
    if not reading.known.levels:
        return
    sure, before_noun = _level_patterns()
    for wanted in (sure, before_noun):
        for match, first, last in reading.find(wanted):
            name = next(found for found in match.groups() if found in meanings("levels"))
            yield _levelled(reading, first, last, meanings("levels")[name])
            yield from _other_level(reading, first)
    yield from _trailing_levels(reading)


def _other_level(reading: Reading, first: int) -> Iterator[Found]:
    """Yield the level before "or" and the one at `first`: "intermediate or advanced talks"."""
    level = meanings("levels").get(reading.before(first - 1)) if first > 1 else None
    if level and reading.before(first) in token_set("conjunctions"):
        yield _levelled(reading, first - 2, first, level)


def _trailing_levels(reading: Reading) -> Iterator[Found]:
    """Yield levels that are all that is asked, stand last after a sign, or first of what ends with sessions.

    "beginner"; "sql, beginner"; "advanced machine learning talks".
    """
    end = len(reading.tokens) - 1
    for match, first, last in reading.find(_any_level()):
        after_sign = first > 0 and reading.before(first) in (",", "(") and reading.ends_clause(last)
        leads = not any(reading.is_topic(place) for place in range(first)) and (
            reading.is_session_noun(end) or reading.tokens.words[end] in meanings("kinds")
        )
        before_track = last < len(reading.tokens) and reading.is_explained(last)
        if (
            reading.is_alone(first, last)
            or after_sign
            or before_track
            or (leads and not reading.looks_like_title())
        ):
            yield _levelled(reading, first, last, meanings("levels")[match[0]])


@cache
def _any_level() -> re.Pattern[str]:
    return pattern(any_of("levels"))


def _levelled(reading: Reading, first: int, last: int, level: str) -> Found:
    values = tuple(value for value in reading.known.levels if level_of(value) == level)
    return Found("level", first, last, joined(values) or level, {"level": values or (level,)})


@lru_cache(maxsize=10_000)
def level_of(value: str) -> str:
    """Return which of beginner, intermediate and advanced a catalogue's value means, empty for none."""
    for word in folded(value).replace("-", " ").split():
        if word in meanings("levels"):
            return meanings("levels")[word]
    return ""


_COMPACT = re.compile(r"[^\w]|_")


_GENITIVES = frozenset(("of", "de", "von", "di", "van"))
"""Words after a kind that make it a topic: a performance of something."""
_AMBIGUOUS_KINDS = frozenset(("panel", "poster", "plenary"))
"""Kinds whose words are topics as well: solar panels, panel data."""


@lru_cache(maxsize=10_000)
def kind_of(value: str) -> str:
    """Return which kind of words.toml a catalogue's value means, empty for none."""
    compact = _COMPACT.sub("", folded(value))
    for name, some in words()["kinds"].items():
        if any(_COMPACT.sub("", word) == compact for word in some):
            return name
    return next((name for name in words()["kinds"] if name in compact), "")


@cache
def _kind_pattern() -> re.Pattern[str]:
    return pattern(any_of("kinds"))


def _kinds(reading: Reading) -> Iterator[Found]:
    known = reading.known
    yield from _own_kinds(reading)
    for match, first, last in reading.find(_kind_pattern()):
        kind = meanings("kinds")[match[0]]
        values = tuple(value for value in known.kinds if kind_of(value) == kind)
        tracks = () if values else tuple(value for value in known.tracks if kind_of(value) == kind)
        if not (values or tracks) or not _means_kind(reading, match[0], first, last):
            continue
        if values:
            yield Found("kind", first, last, joined(values), {"kind": values})
        else:
            yield Found("track", first, last, joined(tracks), {"track": tracks})


def _own_kinds(reading: Reading) -> Iterator[Found]:
    """Yield the catalogue's own kinds: of two words, together or apart (maintrack), and "a performance"."""
    compact = {_COMPACT.sub("", folded(value)): value for value in reading.known.kinds}
    words = reading.tokens.words
    for first in range(len(words) - 1):
        value = compact.get(words[first] + words[first + 1])
        if value and value not in words and not kind_of(value):
            yield Found("kind", first, first + 2, value, {"kind": (value,)})
        one = compact.get(words[first + 1]) or compact.get(words[first + 1].removesuffix("s"))
        noun = reading.is_session_noun(first + 1) or reading.after(first + 2) in _GENITIVES
        if one and not (noun or kind_of(one)) and words[first] in token_set("one_of"):
            yield Found("kind", first, first + 2, one, {"kind": (one,)})


def _means_kind(reading: Reading, word: str, first: int, last: int) -> bool:
    """Return whether a kind says which sessions are wanted rather than what they are about."""
    before = set(reading.tokens.words[max(0, first - 2) : first])
    if before & token_set("acts") or (
        reading.looks_like_title() and not reading.is_alone(first, last)
    ):
        return False
    if reading.after(last) in (":", "'"):
        return False
    if meanings("kinds").get(word) in _AMBIGUOUS_KINDS:
        alone = first == 0 or not reading.is_topic(first - 1)
        return alone and (reading.ends_clause(last) or not reading.is_topic(last))
    plural = word.endswith("s") and not word.endswith("ss")
    determined = reading.before(first) in token_set("determiners") or reading.is_explained(
        first - 1
    )
    return (
        plural
        or determined
        or first == 0
        or reading.ends_clause(last)
        or reading.after(last) in {part.split()[0] for part in words()["topics"]["words"]}
        or reading.after(last) in ("by", "von", "par", "por", "di", "door", "in", "at")
    )
