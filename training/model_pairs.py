"""The pairs that the program's own model is trained with, of one source."""

import re
from collections.abc import Collection, Iterator, Sequence

from service.session import Session
from service.words import split_words
from training.pair_files import Texts
from training.pairs import repeats

_MIN_ABSTRACT = 60  # characters
_MIN_SENTENCE, _MAX_SENTENCE = 40, 300  # characters
_MIN_PART = 2  # words
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_PART_END = re.compile(r"\s*(?:[:;?!–—|()]|\s-\s|,\s)\s*")


def make_model_pairs(
    sessions: Sequence[Session], withheld: Collection[str] = ()
) -> dict[str, list[Texts]]:
    """Return the pairs of each kind, without speakers; a kind without any is left out.

    titles: a title and its abstract. parts: a part of a title, up to its punctuation, and the session.
    sentences: a sentence of an abstract, and the rest of it. topics: a tag or a track, and a session of it, but
    for the `withheld` ones. sittings: the abstracts of one talk in two years, where they differ.
    """
    described = [session for session in sessions if len(session.abstract) >= _MIN_ABSTRACT]
    kinds = {"titles": _title, "parts": _parts, "sentences": _sentences}
    pairs = {
        kind: [pair for session in described for pair in make(session)]
        for kind, make in kinds.items()
    }
    unasked = {_key(topic) for topic in withheld}
    pairs["topics"] = [
        (topic, session.text)
        for session in described
        for topic in dict.fromkeys((*session.tags, session.track))
        if topic and _key(topic) not in unasked
    ]
    pairs["sittings"] = list(repeats(described))
    distinct = {kind: list(dict.fromkeys(found)) for kind, found in pairs.items()}
    return {kind: found for kind, found in distinct.items() if found}


def _title(session: Session) -> Iterator[Texts]:
    if session.title:
        yield session.title, session.abstract


def _parts(session: Session) -> Iterator[Texts]:
    parts = _PART_END.split(session.title)
    if len(parts) > 1:
        for part in parts:
            if len(split_words(part)) >= _MIN_PART:
                yield part, session.text


def _sentences(session: Session) -> Iterator[Texts]:
    sentences = _SENTENCE_END.split(" ".join(session.abstract.split()))
    for number, sentence in enumerate(sentences):
        rest = " ".join((*sentences[:number], *sentences[number + 1 :]))
        if _MIN_SENTENCE <= len(sentence) <= _MAX_SENTENCE and len(rest) >= _MIN_ABSTRACT:
            yield sentence, rest


def _key(topic: str) -> str:
    return " ".join(split_words(topic))
