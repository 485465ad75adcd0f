"""Query: a validated search request."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from service.dates import LEAP_IN_CENTURY, days_pattern
from service.errors import QueryError
from service.filters import NO_FILTERS, Filters
from service.query.interpretation import KINDS, Kind

if TYPE_CHECKING:
    from service.stores.protocol import Mode

DEFAULT_LIMIT = 3
MAX_LIMIT = 50
MAX_QUERY = 2_000
"""Characters of a question that are read, beyond any model's window."""
CUT_NOTE = f"The question was cut to its first {MAX_QUERY:,} characters."

MODES: tuple["Mode", ...] = ("hybrid", "semantic", "keyword")
DEFAULT_MODE: "Mode" = "hybrid"
"""By words and meaning together; by meaning alone; by words alone (see `evaluate` for how each does)."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question and its search options. Raises QueryError for invalid values.

    text        the question; white space is collapsed, and what is beyond MAX_QUERY characters is cut. Facets
                are counted without one too
    mode        one of MODES
    filters     which sessions may answer
    limit       how many results, 1 to 50
    fold        whether repeats of a talk are one result
    diversity   how much results differ from each other, 0 to 1; at 0 they stand in order of their scores
    interpret   whether constraints in the question become filters, and its spelling is corrected
    ignore      kinds of constraints that are not to become filters, though they are in the question
    now         the time that "today" and "next" are said at, with a zone; None: when the question is answered
    """

    text: str = ""
    _: KW_ONLY
    mode: "Mode" = DEFAULT_MODE
    filters: Filters = NO_FILTERS
    limit: int = DEFAULT_LIMIT
    fold: bool = True
    diversity: float = 0.0
    interpret: bool = True
    ignore: tuple[Kind, ...] = ()
    now: datetime | None = None
    was_cut: bool = field(init=False, default=False)
    """Whether the text was longer than MAX_QUERY."""

    def __post_init__(self) -> None:
        text = _clean(self.text)
        object.__setattr__(self, "was_cut", len(text) > MAX_QUERY)
        object.__setattr__(self, "text", _cut(text))
        parse_mode(self.mode)
        parse_limit(self.limit)
        parse_diversity(self.diversity)

    def require_text(self) -> None:
        """Raise QueryError if there is no question."""
        if not self.text:
            raise QueryError("The question is empty. Ask in plain words, such as: health analytics")


def parse_limit(limit: int | str, maximum: int = MAX_LIMIT) -> int:
    """Return the limit as a number from 1 to `maximum`. Raises QueryError if it is none."""
    text = str(limit).strip()
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= maximum and len(text) < 9:
        return int(text)
    raise QueryError(f"limit is {text[:40]!r}; give a number from 1 to {maximum}.")


def parse_mode(mode: str) -> "Mode":
    """Return the mode, the default one for "". Raises QueryError that lists the known ones."""
    if not mode:
        return DEFAULT_MODE
    if mode not in MODES:
        raise QueryError(f"There is no mode {mode[:40]!r}. Known modes: {', '.join(MODES)}.")
    return mode


def parse_diversity(diversity: float | str) -> float:
    """Return the diversity as a number from 0 to 1, 0 for "". Raises QueryError if it is none."""
    try:
        number = float(diversity or 0)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise QueryError(f"diversity is {str(diversity)[:40]!r}; give a number from 0 to 1.")
    return number


NOW_PATTERN = (
    days_pattern("(?:19|20|21)[0-9]{2}", f"(?:19|20|21){LEAP_IN_CENTURY}|2000")
    + r"T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?"
    "(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
"""A time with its offset, from 1900 to 2199: at the ends of the calendar it has no day in another zone."""


def parse_now(text: str) -> datetime | None:
    """Return the time that an ISO text with an offset names, None for "". Raises QueryError if it is none."""
    if not text:
        return None
    text = text.replace(" ", "T", 1)
    if not re.fullmatch(NOW_PATTERN, text):
        raise QueryError(
            f"now is {text[:40]!r}; give a time with its offset, such as 2026-05-12T09:30+02:00."
        )
    return datetime.fromisoformat(text)


def parse_kinds(texts: Iterable[str]) -> tuple[Kind, ...]:
    """Return the kinds of constraints of those names; "" names none. Raises QueryError for an unknown one."""
    known: dict[str, Kind] = {kind: kind for kind in KINDS}
    names = [text for text in texts if text]
    for name in names:
        if name not in known:
            raise QueryError(
                f"There is no kind of constraint {name[:40]!r}. Known kinds: {', '.join(KINDS)}."
            )
    return tuple(dict.fromkeys(known[name] for name in names))


def parse_switch(name: str, text: str, *, default: bool) -> bool:
    """Return what `true` or `false` says, the default for "". Raises QueryError for another word."""
    if not text:
        return default
    if text.casefold() not in ("true", "false"):
        raise QueryError(f"{name} is {text[:40]!r}; give true or false.")
    return text.casefold() == "true"


def _clean(text: str) -> str:
    """Return the question with its white space collapsed. Raises QueryError if it cannot be asked."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise QueryError("The question is not valid Unicode text. Type it again.") from error
    question = " ".join(
        "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text).split()
    )
    if question and not any(sign.isalnum() for sign in question[:MAX_QUERY]):
        raise QueryError("The question has no letter or digit. Ask in words.")
    return question


def _cut(question: str) -> str:
    """Return the whole words in the first MAX_QUERY characters, and those as they are if they are one word."""
    if len(question) <= MAX_QUERY:
        return question
    words, space, _ = question[: MAX_QUERY + 1].rpartition(" ")
    return words if space else question[:MAX_QUERY]
