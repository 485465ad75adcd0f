"""What can be asked: the question's text, limit and mode, checked in words people understand."""

import unicodedata

from service.errors import QueryError

DEFAULT_LIMIT = 3
MAX_LIMIT = 50
MAX_QUERY = 2_000
"""Characters of a question: more than any window reads."""

MODES = ("hybrid", "semantic", "keyword")
DEFAULT_MODE = "hybrid"
"""By words and meaning together; by meaning alone; by words alone (see `evaluate` for how each does)."""


def clean_question(text: str) -> str:
    """Return the question with its white space collapsed. Raises QueryError if it cannot be asked."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise QueryError("The question is not valid Unicode text. Type it again.") from error
    question = " ".join(
        "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text).split()
    )
    if not question:
        raise QueryError("The question is empty. Ask in plain words, such as: health analytics")
    if len(question) > MAX_QUERY:
        raise QueryError(
            f"The question has {len(question)} characters; at most {MAX_QUERY} are read. Shorten it."
        )
    if not any(sign.isalnum() for sign in question):
        raise QueryError("The question has no letter or digit. Ask in words.")
    return question


def check_limit(limit: int | str, maximum: int = MAX_LIMIT) -> int:
    """Return the limit as a number from 1 to `maximum`. Raises QueryError if it is none."""
    text = str(limit).strip()
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= maximum and len(text) < 9:
        return int(text)
    raise QueryError(f"limit is {text[:40]!r}; give a number from 1 to {maximum}.")


def check_mode(mode: str | None) -> str:
    """Return the mode, the default one for none. Raises QueryError that lists the known ones."""
    if not mode:
        return DEFAULT_MODE
    if mode not in MODES:
        raise QueryError(f"There is no mode {mode[:40]!r}. Known modes: {', '.join(MODES)}.")
    return mode


def check_diversity(text: float | str | None) -> float:
    """Return the diversity as a number from 0 to 1, 0 for none. Raises QueryError if it is none."""
    if text in (None, ""):
        return 0.0
    try:
        diversity = float(text)
    except ValueError:
        diversity = -1.0
    if not 0 <= diversity <= 1:
        raise QueryError(f"diversity is {str(text)[:40]!r}; give a number from 0 to 1.")
    return diversity


def check_switch(name: str, text: str | None, default: bool) -> bool:
    """Return what `true` or `false` says, the default for nothing. Raises QueryError for another word."""
    if not text:
        return default
    if text.casefold() not in ("true", "false"):
        raise QueryError(f"{name} is {text[:40]!r}; give true or false.")
    return text.casefold() == "true"
