"""Recognises cancelled sessions by their titles and states: scheduled once, but not taking place.

The word alone does not say so: "Cancelled flights: data from 1,000 airports" and "Why we cancelled our roadmap"
are talks. It stands apart: at an end of the title, in brackets, before a colon or dash, or alone in capitals.
"""

import re
from functools import lru_cache

from service.words import folded

_STATE = (
    r"(?:cancell?ed|abgesagt|storniert|entf[äa]llt|f[äa]llt(?: leider)? aus|annul[ée]e?s?|cancelad[oa]|"
    r"anulad[oa]|suspendid[oa]|annullat[oa]|cancellat[oa]|geannuleerd|afgelast|withdrawn|zur[üu]ckgezogen)"
)
_NOUN = (
    r"(?:talk|session|event|workshop|lecture|presentation|vortrag|veranstaltung|sitzung|conf[ée]rence|s[ée]ance|"
    r"atelier|charla|taller|ponencia|sesi[óo]n|palestra|sess[ãa]o|oficina|intervento|sessione|lezing|sessie)"
)
_BEING = r"(?:has been|was|is|wurde|wird|ist|est|fue|[èeé]|foi)"
_WHY = r"(?:due|because|as|by|on|wegen|da|pour|par|por|debido|a causa|per|door)"
_MARK = rf"(?:{_NOUN} )?(?:{_BEING} )?(?:leider |sorry,? |unfortunately )?{_STATE}"
_REASON = rf"(?:\s*[:,;–—-][^\])}}>】]{{0,80}}|\s*{_WHY}\b[^\])}}>】]{{0,80}}|\s*[!.]+)?"
_OPEN, _CLOSE, _SIGNS = r"[\[({<【]+\s*", r"\s*[\])}>】]+", r"[*!#~=_❌🚫⛔]+\s*"
_BRACKETED = rf"{_OPEN}{_MARK}{_REASON}{_CLOSE}"
_START = re.compile(
    rf"\s*(?:{_BRACKETED}\s*[:|–—-]*|{_SIGNS}{_MARK}\s*{_SIGNS}[:|–—-]*|"
    rf"(?:{_SIGNS})?{_MARK}(?:\s*:+|\s*[–—|]+|\s*-+(?=\s))(?:\s*{_CLOSE})?)\s*(?=\S)",
    re.I,
)
_END = re.compile(
    rf"(?<=\S)\s*(?:[:|–—-]*\s*{_BRACKETED}|{_SIGNS}{_MARK}\s*{_SIGNS}|(?:\s[-|]+|[–—])\s*{_MARK}[!.\s–—-]*)\s*$",
    re.I,
)
_SHOUTED_START = re.compile(rf"\s*(?:{_SIGNS})?({_MARK}|cancellation)[!:\s–—-]*\s(?=\S)", re.I)
_SHOUTED_END = re.compile(rf"(?<=\S)[:,]?\s+({_MARK})[!.\s]*$", re.I)
_WHOLE = re.compile(rf"[^\w?]*{_MARK}[^\w?]*", re.I)
_THIS = r"(?:this|dieser|diese|dieses|cette|cet|ce|esta|este|quest[oa]|deze|dit)"
_HAS_BEEN = (
    r"(?:has been|is|had to be|wurde|ist|est|a [ée]t[ée]|ha sido|foi|[èe] stat[oa])"
    r"(?: sadly| unfortunately| leider)?"
)
_NOTE = re.compile(
    rf"(?:^|[.!?*:\n–-]|(?:note|sorry|sadly|unfortunately|leider|achtung),?(?: that)?)\s*{_THIS} {_NOUN} "
    rf"(?:{_HAS_BEEN} {_STATE}|f[äa]llt(?: leider)? aus)",
    re.I,
)
_MAX_NOTE = 1_000
"""Number of leading characters of an abstract searched for a cancellation note."""
_MAX_MARK = 200
"""Number of characters at either end of a title searched for a cancellation marker."""
_WORD = re.compile(r"[^\W_]+")
_WORD_WITHIN = re.compile(r"(?<=[a-z])(?=[A-Z])")  # EventCancelled
_CANCELLED = """cancelled canceled abgesagt storniert entfallt annule annulee annules annulees cancelado
    cancelada anulado anulada suspendido suspendida annullato annullata cancellato cancellata
    geannuleerd afgelast"""
_WORDS = frozenset(_CANCELLED.split())
_NOT = frozenset(("not", "nicht", "non", "no", "nao", "niet"))


def split_cancelled(title: str) -> tuple[str, bool]:
    """Return a title without its cancellation marker, and whether it had one.

    A title of nothing else stays as it is.
    """
    is_off = False
    while (rest := _find_mark(title)) is not None:
        is_off = True
        if rest == title:
            break
        title = rest
    return title, is_off


@lru_cache(maxsize=4096)  # tracks, rooms and kinds repeat
def says_cancelled(text: str) -> bool:
    """Return whether a text consists of a cancellation marker alone."""
    return len(text) <= _MAX_MARK and _may_say(text) and _WHOLE.fullmatch(text) is not None


def announces_cancelled(abstract: str) -> bool:
    """Return whether an abstract has a note such as "Please note that this talk has been cancelled"."""
    start = abstract[:_MAX_NOTE]
    text = start.lower()
    return (has_stem(text, _STEMS) or "fällt" in text) and _NOTE.search(start) is not None


def _find_mark(title: str) -> str | None:
    """Return a title without its marker, or the title if it is all marker; None if it has none."""
    if not _may_say(title):
        return None
    if says_cancelled(title):
        return title
    start = len(title) - _MAX_MARK
    if found := _START.match(title, 0, _MAX_MARK) or _END.search(title, max(start, 0)):
        return _without(title, found)
    shouted = _SHOUTED_START.match(title, 0, _MAX_MARK), _SHOUTED_END.search(title, max(start, 0))
    rests = (_without(title, found) for found in shouted if found and found[1].isupper())
    return next((rest for rest in rests if not rest.isupper()), None)


def is_cancelled(state: str) -> bool:
    """Return whether a state means cancelled: "cancelled", "accepted (cancelled)", EventCancelled."""
    return has_word(state, _WORDS)


def has_word(state: str, words: frozenset[str]) -> bool:
    """Return whether a state has one of these folded words, and no "not" before it."""
    if not state:
        return False
    found = _WORD.findall(folded(_WORD_WITHIN.sub(" ", state)))
    return any(
        word in words and last not in _NOT for last, word in zip(["", *found], found, strict=False)
    )


def _may_say(text: str) -> bool:
    return has_stem(folded(text), _STEMS)


def has_stem(text: str, stems: tuple[str, ...]) -> bool:
    """Return whether a text in lower case has one of the stems."""
    for stem in stems:  # noqa: SIM110  # any() is 1.8 times as slow, and runs for every title
        if stem in text:
            return True
    return False


def _without(title: str, found: re.Match[str]) -> str:
    return (title[: found.start()] + title[found.end() :]).strip()


_STEMS = (
    *("cancel", "abgesagt", "storniert", "fallt", "annul", "anulad", "suspendid", "afgelast"),
    *("withdrawn", "zuruckgezogen"),
)
"""Parts of every such word, without accents."""
