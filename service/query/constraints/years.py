"""Rules for years and languages."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from service.filters import Value
from service.query.constraints.reading import Found, Reading, joined
from service.query.constraints.words import any_of, meanings, one_of, pattern, token_set
from service.words import language_code, language_names

_ADJECTIVES = frozenset(
    ("english", "german", "french", "spanish", "italian", "portuguese", "dutch")
)
"""Names of languages that a noun may follow: in German law."""


def read_languages_and_years(reading: Reading) -> None:
    """Add the languages and years that the question names."""
    for rule in (_languages, _named_years, _relative_years):
        reading.add_all(rule(reading))


@cache
def _language_pattern() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, language_names()), key=len, reverse=True))
    return pattern(
        rf"(?:{one_of('language_cues')} (?P<name>{names})|"
        rf"(?P<adjective>{names})(?:(?: -)? (?:language|speaking))?(?= {one_of('session_nouns')} )|"
        rf"(?P<spoken>{any_of('spoken')}))"
    )


def _languages(reading: Reading) -> Iterator[Found]:
    for match, first, last in reading.find(_language_pattern()):
        if match["name"] in _ADJECTIVES and not reading.ends_phrase(last):
            continue
        spoken = meanings("spoken").get(match["spoken"])
        code = spoken or language_code(match["name"] or match["adjective"])
        yield Found("language", first, last, code, {"language": (code,)})


@cache
def _year_pattern() -> re.Pattern[str]:
    year = r"(?P<{}>(?:19|20)\d\d)"
    return pattern(
        rf"(?:(?:between|from|zwischen|entre|tra|tussen|von|de) {year.format('start')} "
        rf"(?:and|to|-|–|und|bis|et|a|y|e|en|tot) {year.format('end')}|"
        rf"(?P<cue>{one_of('year_cues')}) (?:the )?{year.format('year')}|"
        rf"(?:since|seit|depuis|desde|dal|sinds) {year.format('since')}|{year.format('bare')})"
    )


def _after_sessions(reading: Reading, first: int) -> bool:
    return reading.is_session_noun(first - 1) or (first > 0 and reading.is_explained(first - 1))


def _named_years(reading: Reading) -> Iterator[Found]:
    known: Sequence[int] = reading.known.years
    for match, first, last in reading.find(_year_pattern()):
        if match["start"]:
            span = range(int(match["start"]), int(match["end"]) + 1)
            yield _of_years(first, last, [year for year in known if year in span], match["start"])
        elif match["since"]:
            since = int(match["since"])
            yield _of_years(first, last, [year for year in known if year >= since], match["since"])
        elif match["year"]:
            if _is_of_title(reading, match["cue"], first, last):
                continue
            yield _of_years(first, last, [int(match["year"])], match["year"])
        elif _stands_bare(reading, first, last) and (
            int(match["bare"]) in known or _after_sessions(reading, first)
        ):
            yield _of_years(first, last, [int(match["bare"])], match["bare"])


def _is_of_title(reading: Reading, cue: str, first: int, last: int) -> bool:
    """Return whether "in 2019" belongs to a topic: "the state of Go in 2019", "Go in 2019: plans"."""
    words_before = reading.tokens.words[:first]
    return (
        (cue == "in" and "state" in words_before and "of" in words_before)
        or reading.after(last) in (":", "-", "–", "'")
        or (
            cue in ("of", "de", "von", "del")
            and not (_after_sessions(reading, first) or reading.is_alone(first, last))
        )
        or not (first == 0 or reading.ends_clause(last) or not reading.is_topic(last))
        or reading.looks_like_title()
    )


def _stands_bare(reading: Reading, first: int, last: int) -> bool:
    """Return whether a year without a preposition says when: beside a constraint or sessions, or by itself."""
    joined_to = reading.before(first) in token_set("conjunctions") and reading.is_explained(
        first - 2
    )
    beside = first > 0 and (reading.is_explained(first - 1) or joined_to)
    beside = beside or (last < len(reading.tokens) and reading.is_explained(last))
    noun = reading.is_session_noun(last) or reading.is_session_noun(first - 1)
    return beside or noun or reading.is_alone(first, last)


def _of_years(first: int, last: int, years: Sequence[int], said: str) -> Found:
    value: Value = years[0] if len(years) == 1 else joined([str(year) for year in years]) or said
    return Found("year", first, last, value, {"year": tuple(years) or (int(said),)})


_YEARS_FROM_NOW = {"last": -1, "this": 0, "next": 1}


@cache
def _relative_year_patterns() -> dict[str, re.Pattern[str]]:
    cue = rf"(?:(?:{one_of('year_cues')}) )?"
    latest = one_of("latest", "adjectives")
    return {
        "last": pattern(cue + one_of("last_year")),
        "this": pattern(cue + one_of("this_year")),
        "next": pattern(cue + one_of("next_year")),
        "latest": pattern(
            rf"(?:{cue}{one_of('latest')}|(?:the )?{latest}(?= {one_of('session_nouns')} )|"
            rf"the latest(?= $)|(?<=^ )(?:what ' s |what is )?the latest(?= {one_of('topics')} ))"
        ),
    }


def _relative_years(reading: Reading) -> Iterator[Found]:
    known = reading.known.years
    this = reading.now.year
    for name, wanted in _relative_year_patterns().items():
        for _, first, last in reading.find(wanted):
            year = max(known, default=this) if name == "latest" else this + _YEARS_FROM_NOW[name]
            yield _of_years(first, last, [year], str(year))
