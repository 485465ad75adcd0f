"""Keyword search: the terms of sessions and queries as sparse vectors, scored by BM25.

A session's vector holds the BM25 term weights (Robertson and Zaragoza, 2009); the store multiplies them by the
inverse document frequency (Qdrant's "IDF modifier") and takes the dot product with a query's. Each vector holds
six kinds of terms, so that a closer match scores higher:

    stems      each word as Qdrant's BM25 model stems it in the session's language, stop words left out
    forms      the same words unstemmed: "testing" is nearer to "testing" than to "tested"
    bigrams    two neighbouring stems: a phrase is nearer than its words apart
    names      the words of the speakers' names: "Will Foster" is nearer to a speaker than to two verbs
    acronyms   words in capitals that would be stop words: IT, OR
    titles     all words of the title as one: who asks for a title finds its session, however many repeat it
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

import qdrant_edge as edge

from service.ranking import (
    BIGRAM_WEIGHT,
    BM25_AVERAGE_LENGTH,
    BM25_B,
    BM25_K1,
    SPEAKER_NAME_WEIGHT,
    STEM_WEIGHT,
    SURFACE_FORM_WEIGHT,
    TITLE_TERM_WEIGHT,
)
from service.session import Session
from service.words import split_words, stemmer_name

_ENGLISH = stemmer_name("en")
_CAPITALS = re.compile(r"(?<![^\W_])[A-Z]{2,}(?![^\W_])")


@dataclass(frozen=True, slots=True)
class Terms:
    """A sparse vector: the index of each distinct term (32 bits), and its weight."""

    indices: list[int]
    values: list[float]


@lru_cache(maxsize=256)
def session_words(session: Session) -> tuple[str, ...]:
    """Return the words of a session's `keywords_text`, in order.

    Cached for as many sessions as are written at a time: terms and vocabulary are of the same words.
    """
    return tuple(split_words(session.keywords_text))


def session_terms(session: Session) -> Terms:
    """Return the terms of a session's `keywords_text`, weighted by BM25."""
    stemmer = stemmer_name(session.language)
    words = [_word(word, stemmer) for word in session_words(session)]
    stems = [word.stem for word in words if word.stem is not None]
    counts = Counter(stems)
    counts.update(word.form for word in words if word.stem is not None)
    once = set(_bigrams(stems))
    once.update(_word(word, stemmer).form for word in split_words(session.title))
    once.update(map(_acronym_term, _acronyms(session.keywords_text, (_ENGLISH, stemmer))))
    once.update(
        _word(word, stemmer).name for name in session.speakers for word in split_words(name)
    )
    once.update(_title_terms(split_words(session.title)))
    counts.update(once - counts.keys())
    length = BM25_K1 * (1 - BM25_B + BM25_B * len(stems) / BM25_AVERAGE_LENGTH)
    return Terms(
        list(counts),
        [count * (BM25_K1 + 1) / (count + length) for count in counts.values()],
    )


@lru_cache(maxsize=100)
def question_terms(question: str, languages: tuple[str, ...], *, as_title: bool = False) -> Terms:
    """Return a query's terms in each of the catalogue's languages, weighted by kind.

    `as_title` adds the term of the title that it may be. `languages` are the sessions' language codes. A stop
    word of any of them is left out, unless nothing else is left. Cached, as several searches share a query.
    """
    stemmers = _stemmers(languages)
    words = split_words(question)
    weights: dict[int, float] = {}
    kept = _without_stop_words(words, stemmers)
    for stemmer in stemmers:
        asked = [_word(word, stemmer) for word in kept]
        stems = [word.stem for word in asked if word.stem is not None]
        weights |= dict.fromkeys(_bigrams(stems), BIGRAM_WEIGHT) | dict.fromkeys(stems, STEM_WEIGHT)
        weights |= dict.fromkeys((word.form for word in asked), SURFACE_FORM_WEIGHT)
    weights |= dict.fromkeys(map(_acronym_term, _acronyms(question, stemmers)), STEM_WEIGHT)
    weights |= dict.fromkeys((_word(word, _ENGLISH).name for word in words), SPEAKER_NAME_WEIGHT)
    if as_title:
        weights |= dict.fromkeys(_title_terms(words), TITLE_TERM_WEIGHT)
    return Terms(list(weights), list(weights.values()))


def asked_words(question: str, languages: Iterable[str]) -> list[str]:
    """Return the distinct words of a query that `question_terms` has terms of."""
    return list(dict.fromkeys(_without_stop_words(split_words(question), _stemmers(languages))))


def word_terms(word: str, languages: Iterable[str]) -> Terms:
    """Return the terms that find the sessions with a word, unstemmed, or with two words "next to" each other.

    The stems of two words, as only those are stored in pairs; stop words have none. The score says nothing.
    """
    pair = word.split(" ")
    if len(pair) == 1:
        return Terms([_word(word, _ENGLISH).form], [1.0])
    stems = ([_word(one, stemmer).stem for one in pair] for stemmer in _stemmers(languages))
    found = {
        index for some in stems for index in _bigrams([one for one in some if one is not None])
    }
    return Terms(list(found), [1.0] * len(found))


def title_term(text: str) -> Terms:
    """Return the term of the title that a text may be, none where it has no words."""
    indices = _title_terms(split_words(text))
    return Terms(indices, [1.0] * len(indices))


def _title_terms(words: Sequence[str]) -> list[int]:
    """Return the term of a title of these words, none for no words."""
    return [crc32(f"title {' '.join(words)}".encode())] if words else []


def stem_of(word: str, language: str) -> int | None:
    """Return the index of a folded word's stem in a language, given by its code; None for a stop word."""
    return _stem(word, stemmer_name(language))


def _stemmers(languages: Iterable[str]) -> list[str]:
    return sorted({_ENGLISH, *map(stemmer_name, languages)})


def _without_stop_words(words: Sequence[str], stemmers: Sequence[str]) -> Sequence[str]:
    """Leave out the stop words of any of the languages, unless nothing else is left."""
    kept = [word for word in words if all(_word(word, one).stem is not None for one in stemmers)]
    return kept or words


@dataclass(frozen=True, slots=True)
class _Word:
    """The terms that one word stands for; a stop word has no stem."""

    stem: int | None
    form: int
    name: int


@lru_cache(maxsize=20_000)
def _word(word: str, stemmer: str) -> _Word:
    """Return a word's terms."""
    return _Word(
        _stem(word, stemmer), crc32(f"form {word}".encode()), crc32(f"name {word}".encode())
    )


def _stem(word: str, stemmer: str) -> int | None:
    """Return what Qdrant's own BM25 model makes of a word, None for a stop word."""
    if not word[-1].isalnum():  # C++, which it knows nothing of
        return crc32(f"stem {word}".encode())
    stems = _model(stemmer).embed_query(word).indices
    return stems[0] if stems else None


@lru_cache(maxsize=32)
def _model(stemmer: str) -> edge.Bm25:
    return edge.Bm25(edge.Bm25Config(language=stemmer, lowercase=True, ascii_folding=True))


def _acronyms(text: str, stemmers: Sequence[str]) -> Iterator[str]:
    """Yield the words in capitals that would be stop words in small letters: IT, OR.

    Only in lines with small letters too, or of a single word: a line all in capitals says nothing.
    """
    for line in text.splitlines():
        if not line.isupper() or " " not in line:
            for word in _CAPITALS.findall(line):
                if any(_word(word.lower(), stemmer).stem is None for stemmer in stemmers):
                    yield word


def _acronym_term(word: str) -> int:
    return crc32(f"acronym {word}".encode())


def _bigrams(stems: Sequence[int]) -> list[int]:
    return [
        (first * 0x9E3779B1 + second * 0x85EBCA6B) & 0xFFFFFFFF for first, second in pairwise(stems)
    ]
