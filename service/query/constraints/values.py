"""Rules for values that the catalogue itself has: rooms and buildings, tracks, events and speakers."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from service.query.constraints.known_values import Phrases
from service.query.constraints.reading import Found, Reading, joined
from service.query.constraints.words import day_starts, meanings, one_of, pattern, token_set
from service.query.interpretation import Kind
from service.query.names import is_one_typo
from service.words import split_words


def read_values(reading: Reading) -> None:
    """Add the speakers, events, tracks and rooms that the question names; speakers without "by" stay topics."""
    reading.add_all(_speakers(reading))
    _keep_speakers(reading)
    for rule in (_events, _tracks, _buildings, _rooms):
        reading.add_all(rule(reading))


def read_bare_rooms(reading: Reading) -> None:
    """Add rooms of several words that stand by themselves, once the constraints around them are known."""
    phrases = reading.known.room_phrases
    for first, last, values in phrases.find(reading.tokens.words):
        if reading.is_free(first, last) and (
            _stands_apart(reading, first, last)
            if last - first > 1
            else _stands_between_signs(reading, first, last) or _is_further(reading, first)
        ):
            reading.add(_value("room", first, last, values))


@cache
def _speaker_pattern() -> re.Pattern[str]:
    return pattern(one_of("speaker_cues"))


def _speakers(reading: Reading) -> Iterator[Found]:
    """Yield "by Daniel Stenberg"; of a single word, a surname that few share."""
    for _, first, last in reading.find(_speaker_pattern()):
        with_next = reading.tokens.original(first, min(last + 1, len(reading.tokens)))
        if reading.known.speakers.find_named(with_next):
            continue  # the cue is part of a name
        after_sessions = reading.is_session_noun(first - 1)
        for end in range(min(last + 5, len(reading.tokens)), last, -1):
            if names := _named(reading, last, end, surely=after_sessions):
                yield Found("speaker", first, end, joined(names), {"speaker": names})
                yield from _further_speakers(reading, end)
                break


def _further_speakers(reading: Reading, first: int) -> Iterator[Found]:
    """Yield the names that "and" and "or" add to one before `first`."""
    if reading.after(first) not in token_set("conjunctions"):
        return
    for end in range(min(first + 6, len(reading.tokens)), first + 2, -1):
        if names := _named(reading, first + 1, end, surely=False):
            yield Found("speaker", first, end, joined(names), {"speaker": names})
            return


def _named(reading: Reading, first: int, last: int, *, surely: bool) -> tuple[str, ...]:
    """Return the speakers that these tokens name: by all of their words, or by a surname that few share.

    A surname alone is typed with a capital, and no name goes on after it; or, if `surely` a name follows, it is
    that of one speaker only.
    """
    speakers, text = reading.known.speakers, reading.tokens.original(first, last)
    asked = split_words(text)
    if len(asked) > 1:
        whole = (name for name in speakers.find_named(text) if _covers(split_words(name), asked))
        return tuple(whole) or speakers.find_by_parts(asked)
    if not asked or _goes_on(reading, last):
        return ()
    found = speakers.find_by_parts(asked)
    is_typed_as_name = text[:1].isupper() or (surely and len(found) == 1)
    return speakers.find_whole(asked[0]) or (found if is_typed_as_name else ())


def _covers(name: Sequence[str], asked: Sequence[str]) -> bool:
    """Return whether a text has no word beside a name, but for one with a typo."""
    strange = [word for word in asked if word not in name]
    return not strange or (
        len(strange) == 1 and any(is_one_typo(strange[0], word) for word in name if len(word) > 5)
    )


def _goes_on(reading: Reading, last: int) -> bool:
    """Return whether a name may go on at `last`: with a capital, or with a word of a speaker's name."""
    if reading.ends_clause(last):
        return False
    following = reading.tokens.original(last, last + 1)
    return following[:1].isupper() or bool(reading.known.speakers.find_by_parts((following,)))


def _keep_speakers(reading: Reading) -> None:
    """Keep the other speakers' names out of the rules: Sunday Ojo is no day, and May no month."""
    for name in reading.known.speakers.find_named(reading.tokens.question):
        words = split_words(name)
        for first in range(len(reading.tokens) - len(words) + 1):
            last = first + len(words)
            if list(reading.tokens.words[first:last]) == words and reading.is_free(first, last):
                reading.keep(first, last)


@cache
def _cue_before(section: str) -> re.Pattern[str]:
    return re.compile(rf"(?<= ){one_of(section)} $")


def _with_cue(reading: Reading, first: int, section: str) -> int:
    """Return where the words before `first` begin that introduce it, `first` itself if there are none."""
    before = reading.tokens.folded[: reading.tokens.place(first)]
    found = _cue_before(section).search(before)
    return reading.tokens.matched(found)[0] if found else first


def _events(reading: Reading) -> Iterator[Found]:
    for first, last, values in reading.known.event_phrases.find(reading.tokens.words):
        start = _with_cue(reading, first, "event_cues")
        if reading.after(last) != ":" and (
            start < first or reading.is_session_noun(last) or _opens(reading, first, last)
        ):
            yield _value("event", start, last, values)


_SAID_OF_EVENTS = frozenset(("did", "does", "do", "has", "have", "had", "was"))


def _opens(reading: Reading, first: int, last: int) -> bool:
    """Return whether an event is all that is asked, opens a question, or is what had something."""
    year = reading.after(last)[:2] in ("19", "20") and reading.after(last + 1) != ":"
    if first == 0:
        several = last - first > 1
        return last == len(reading.tokens) or ((year or several) and not reading.looks_like_title())
    return reading.before(first) in _SAID_OF_EVENTS


def _tracks(reading: Reading) -> Iterator[Found]:
    for first, last, values in reading.known.track_phrases.find(reading.tokens.words):
        nouns = token_set("track_nouns")
        after = reading.after(last) in nouns
        start = first - 1 if reading.before(first) in nouns else first
        if after or start < first or reading.before(last) in nouns:
            start = _with_cue(reading, start, "room_cues")
            yield _value("track", start, last + after, values)


@cache
def _building_pattern() -> re.Pattern[str]:
    noun = one_of("building_nouns")
    cue = rf"(?:{one_of('room_cues')} )?"
    return pattern(rf"{cue}(?:{noun} (?P<after>[^\W_]+)|(?P<before>[^\W_]+) {noun})")


def _buildings(reading: Reading) -> Iterator[Found]:
    for match, first, last in reading.find(_building_pattern()):
        name = match["after"] or match["before"]
        rooms = tuple(room for room in reading.known.rooms if _is_in(room, name))
        if rooms:
            yield Found("room", first, last, name.upper(), {"room": rooms})


def _is_in(room: str, building: str) -> bool:
    """Return whether a room's name starts with its building's: K.4.201 and K1 are in K, Kitchen is not."""
    key = room.casefold()
    return key.startswith(building) and not key[len(building) : len(building) + 1].isalpha()


def _rooms(reading: Reading) -> Iterator[Found]:
    phrases: Phrases = reading.known.room_phrases
    for first, last, values in phrases.find(reading.tokens.words):
        noun = _with_cue(reading, first, "room_nouns")
        start = _with_cue(reading, noun, "room_cues")
        after = reading.after(last) in token_set("room_nouns")
        if noun < first or after or _is_clear_room(reading, first, last, start):
            yield _value("room", start, last + after, values)


def _is_clear_room(reading: Reading, first: int, last: int, start: int) -> bool:
    """Return whether a room's name can only mean the room, without a word such as room beside it.

    One of a single common word, such as Java or C, may be a topic; so may be one that sessions speak of.
    """
    words = reading.tokens.words[first:last]
    if len(words) > 1:
        return any(word.isdigit() for word in words) or start < first
    return (
        len(words[0]) > 2
        and (start < first or reading.is_alone(first, last))
        and words[0] not in meanings("months").keys() | day_starts()
        and words[0] not in reading.known.topics
    )


def _stands_between_signs(reading: Reading, first: int, last: int) -> bool:
    """Return whether a word that is no topic stands by itself: "curie, 17:00"."""
    word = reading.tokens.words[first]
    return (
        len(word) > 2
        and word not in reading.known.topics
        and reading.ends_clause(first - 1)
        and reading.ends_clause(last)
    )


def _is_further(reading: Reading, first: int) -> bool:
    """Return whether a room is added to one: "in Curie or Meitner"."""
    return reading.before(first) in token_set("conjunctions") and any(
        found.last == first - 1 for found in reading.of_kind("room")
    )


def _stands_apart(reading: Reading, first: int, last: int) -> bool:
    """Return whether no topic stands just before or after."""
    return (reading.ends_clause(last) or not reading.is_topic(last)) and (
        first == 0 or not reading.is_topic(first - 1)
    )


def _value(kind: Kind, first: int, last: int, values: tuple[str, ...]) -> Found:
    return Found(kind, first, last, joined(values), {kind: values})
