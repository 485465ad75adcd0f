"""Exact things win: a quoted phrase, a title as it stands or nearly so, with or without its subtitle."""

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from service.ranking import PHRASE_BOOST, TITLE_BOOST, TITLE_SIMILARITY_THRESHOLD
from service.session import Session
from service.stores.protocol import Hit, ParsedQuery
from service.words import split_words, words_of

_MAIN_TITLE = re.compile(r"[:?!]\s+|[：？！]|\s[-–—|]\s")
"""What parts a title from its subtitle: people ask for what stands before it."""
_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]{2,300})[\"“”„«»]")


def quoted_phrases(question: str) -> tuple[str, ...]:
    """Return what stands between double quotes; a quote without its partner is text."""
    return tuple(phrase for phrase in _QUOTED.findall(question) if split_words(phrase))


def exact_first(hits: Sequence[Hit], query: ParsedQuery) -> list[Hit]:
    """Return what was found by words, what holds the question's exact things first."""
    words, phrases = split_words(query.text), [split_words(phrase) for phrase in query.phrases]
    gained = (
        replace(hit, score=hit.score * (1 + gain) if query.mode == "keyword" else hit.score + gain)
        for hit, gain in ((hit, exactness(words, phrases, hit.session)) for hit in hits)
    )
    return sorted(gained, key=lambda hit: -hit.score)


def exactness(asked: Sequence[str], phrases: Sequence[Sequence[str]], session: Session) -> float:
    """Return what a session gains: for its title being the question's words, for holding the phrases."""
    gain = _title_gain(asked, session.title)
    if phrases:
        words = f" {' '.join(split_words(session.keywords_text))} "
        gain += PHRASE_BOOST * sum(f" {' '.join(phrase)} " in words for phrase in phrases)
    return gain


def _title_gain(asked: Sequence[str], title: str) -> float:
    words = words_of(title)
    if tuple(asked) == words:
        return TITLE_BOOST
    main, *subtitle = _MAIN_TITLE.split(title, maxsplit=1)
    by_main = _nearly(asked, words_of(main)) if subtitle else 0.0
    return max(_nearly(asked, words), by_main)


def _nearly(asked: Sequence[str], title: Sequence[str]) -> float:
    """Return the share of like letters where it is high enough, else 0."""
    one, other = " ".join(asked), " ".join(title)
    if len(title) < 2 or abs(len(one) - len(other)) > (1 - TITLE_SIMILARITY_THRESHOLD) * 2 * len(
        other
    ):
        return 0.0
    likeness = SequenceMatcher(None, one, other, autojunk=False)
    if likeness.quick_ratio() < TITLE_SIMILARITY_THRESHOLD:
        return 0.0
    ratio = likeness.ratio()
    return ratio if ratio >= TITLE_SIMILARITY_THRESHOLD else 0.0
