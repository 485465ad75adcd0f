"""The language of a question: whether it is another one than the programme's.

py3langid tells it, among the languages that people ask in most. Of 105 questions of three to ten words in seven
languages it named every one right, as eld and lingua did; langdetect missed five, simplemma six. It takes 4 MB
of disk (eld 49, lingua 96), and half a second to load.
"""

import threading
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from service.session import Session
from service.stores.manifest import Manifest
from service.words import language_name, split_words

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_LANGUAGES = "ar de el en es fr he hi it ja ko nl pt ru th uk zh"
_TOLD = frozenset(_LANGUAGES.split())
"""Languages that are told from each other."""
_MIN_WORDS = 3
_MIN_PROBABILITY = 0.7
"""What a question must have before anything is said of its language."""
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
    spoken = known or {detect_language(session.abstract) for session in sessions}
    if asked in spoken or not spoken or not spoken <= _TOLD:
        return None
    return f"The programme is in {_joined(sorted(map(language_name, spoken)))}."


def detect_language(text: str) -> str:
    """Return the two-letter code of a text's language, "" where it cannot be told."""
    if len(split_words(text)) < _MIN_WORDS:
        return ""
    code, probability = _identifier().classify(text)
    return str(code) if probability >= _MIN_PROBABILITY else ""


def _identifier() -> "LanguageIdentifier":
    with _loading:  # one thread loads it, others wait
        return _load_identifier()


@cache
def _load_identifier() -> "LanguageIdentifier":
    """Load the model: 80 MB of memory and half a second, which only questions that find nothing need."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted(_TOLD))
    return identifier


def _joined(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
