"""The words of seven languages that constrain which sessions are meant, as regular expressions."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files


@cache
def words() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return the lists of words.toml, by section and name."""
    text = files("service.query.constraints").joinpath("words.toml").read_text("utf-8")
    return {
        section: {name: tuple(some) for name, some in lists.items()}
        for section, lists in tomllib.loads(text).items()
    }


def alternatives(some: Iterable[str]) -> str:
    """Return the pattern of any of these words or phrases, the longest first."""
    return f"(?:{'|'.join(map(re.escape, sorted(set(some), key=len, reverse=True)))})"


@cache
def one_of(section: str, name: str = "words") -> str:
    """Return the pattern of one list's words."""
    return alternatives(words()[section][name])


@cache
def any_of(section: str) -> str:
    """Return the pattern of the words of all lists of a section."""
    return alternatives(word for some in words()[section].values() for word in some)


@cache
def meanings(section: str) -> Mapping[str, str]:
    """Return for each word of a section the name of its list."""
    return {word: name for name, some in words()[section].items() for word in some}


@cache
def kind_starts() -> frozenset[str]:
    """Return the words that kinds begin with: workshop, lightning."""
    return frozenset(word.split()[0] for word in meanings("kinds"))


@cache
def day_starts() -> frozenset[str]:
    """Return the words that days begin with: sunday, tomorrow, first."""
    sections = ("weekdays", "relative_days", "ordinals", "part_phrases", "parts")
    return frozenset(word.split()[0] for section in sections for word in meanings(section))


@cache
def token_set(section: str, name: str = "words") -> frozenset[str]:
    """Return one list's words, to look single tokens up."""
    return frozenset(words()[section][name])


def pattern(text: str) -> re.Pattern[str]:
    """Compile a pattern of whole tokens: between two spaces, which it leaves to its neighbours."""
    return re.compile(rf"(?<= ){text}(?= )")
