"""Detect postponed sessions by title and state: they will take place, at a time not known yet."""

import re

from loaders.records.cancelled import has_stem, has_word

POSTPONED = "postponed: its time is left out"
_WORDS = frozenset(
    ("postponed", "verschoben", "vertagt", "aplazado", "aplazada", "pospuesto", "pospuesta", "reporte",
     "reportee", "rinviato", "rinviata", "adiado", "adiada", "uitgesteld")
)  # fmt: skip
_MARK = (
    r"(?:postponed|verschoben|vertagt|aplazad[oa]|pospuest[oa]|reportée?|rinviat[oa]|adiad[oa]|"
    r"uitgesteld)\b"
)
_APART = re.compile(
    rf"[\[({{<【]\s*{_MARK}|^\W{{0,9}}{_MARK}(?:\s*[:|–—]|\s+-\s)|\s[-–—|]\s*{_MARK}\W{{0,9}}$",
    re.I,
)
_SHOUTED = re.compile(rf"^\W{{0,9}}({_MARK})\s+(?=\S)", re.I)
_STEMS = tuple({word[:6] for word in _WORDS})
"""A cheap test before the patterns: every title comes here."""


def is_postponed(state: str) -> bool:
    """Return whether a state means postponed: "Postponed", "accepted (postponed)", EventPostponed."""
    return has_word(state, _WORDS)


def says_postponed(title: str) -> bool:
    """Return whether a title is marked as postponed: "[Postponed] Maps", "VERSCHOBEN: Maps".

    The word alone says nothing: "Postponed maintenance costs more" is a talk.
    """
    if not has_stem(title.lower(), _STEMS):
        return False
    if _APART.search(title):
        return True
    shouted = _SHOUTED.match(title)
    return shouted is not None and shouted[1].isupper() and not title.isupper()
