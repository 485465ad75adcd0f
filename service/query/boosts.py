"""Boosts for exact matches: a quoted phrase, a whole title or nearly so, with or without its subtitle."""

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from service.ranking import PHRASE_BOOST, TITLE_BOOST, TITLE_SIMILARITY_THRESHOLD
from service.session import Session
from service.stores.protocol import Hit, ParsedQuery
from service.words import split_words, words_of

_MAIN_TITLE = re.compile(r"[:?!]\s+|[：？！]|\s[-–—|]\s")
"""Separates a title from its subtitle: people ask for the part before it."""
QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]{2,300})[\"“”„«»]")
"""A phrase in double quotes."""


def quoted_phrases(question: str) -> tuple[str, ...]:
    """Return the parts in double quotes; an unpaired quote is text."""
    return tuple(phrase for phrase in QUOTED.findall(question) if split_words(phrase))


def boost_exact_matches(hits: Sequence[Hit], query: ParsedQuery) -> list[Hit]:
    """Return the hits of a keyword or hybrid search, exact matches boosted, highest score first."""
    words, phrases = split_words(query.text), [split_words(phrase) for phrase in query.phrases]
    boosted = (
        replace(
            hit, score=hit.score * (1 + boost) if query.mode == "keyword" else hit.score + boost
        )
        for hit, boost in ((hit, exact_match_boost(words, phrases, hit.session)) for hit in hits)
    )
    return sorted(boosted, key=lambda hit: -hit.score)


def exact_match_boost(
    asked: Sequence[str], phrases: Sequence[Sequence[str]], session: Session
) -> float:
    """Return a session's boost: for a title that is the question, and for each phrase that it has."""
    boost = title_boost(asked, session.title)
    if phrases:
        words = f" {' '.join(split_words(session.keywords_text))} "
        boost += PHRASE_BOOST * sum(f" {' '.join(phrase)} " in words for phrase in phrases)
    return boost


def title_boost(asked: Sequence[str], title: str) -> float:
    """Return the boost of a title that the words of a question are, or nearly are; 0 for any other."""
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
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.quick_ratio() < TITLE_SIMILARITY_THRESHOLD:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= TITLE_SIMILARITY_THRESHOLD else 0.0
