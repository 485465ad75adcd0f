"""Spelling: a question in the words of the catalogue, by rules and its vocabulary alone.

A word that the catalogue knows is never changed by itself, nor is one of under five letters, a stop word, a
quoted phrase, or what looks like code. Names and compounds are looked at in pairs of words.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from service.query.compounds import index_numeronyms, is_numeronym, joined, parts, transliterated
from service.query.english import is_english
from service.query.misspelled_names import MisspelledNames
from service.query.names import SpeakerIndex
from service.query.near_words import SHORTEST, Near, NearWords
from service.query.query import MAX_QUERY
from service.query.tokens import (
    Edit,
    Span,
    Token,
    apply_edits,
    cased_like,
    neighbours,
    read_tokens,
)
from service.stores.keywords import stem_of
from service.stores.protocol import Generation
from service.stores.vocabulary import MAX_LETTERS, Vocabulary

_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")
"""Languages whose stop words are left alone."""
_VERBATIM, _PHRASES = 3, 100
"""Pairs of words from which a question may be a title, and sessions with a pair that are looked at."""
_SHORT = 3
"""Words of a question that is but a name or a term, at most: its typo is all that there is to go by."""
_STRANGE = 3
"""Unknown words from which a question that has more of them than of others is left alone: it is in another
language, or of another subject."""
_MOST_UNKNOWN = 20
"""Unknown words above which nothing is looked up: a text is no question."""
_SESSIONS_PER_MATCH = 2_000
"""Sessions of a catalogue for each one that must have a word for others to be corrected to it."""
_OTHER_START = 0.2
_SECOND_TYPO = 0.05
"""How likely a typo in the first letter is, and a second one, against one anywhere else."""
_CLEARLY = 3.0
"""How much likelier the best candidate must be than the next."""
_RARELY_APART = 10
"""Sessions that have a compound as one word for each that has it as two, from which two are corrected."""


class Speller:
    """Corrects the questions to one generation, as far as it knows its words. Safe for many threads."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        speakers: SpeakerIndex,
        *,
        sessions: int,
        languages: Sequence[str] = (),
    ) -> None:
        """Index the words of a generation with so many sessions in these languages."""
        self._counts = vocabulary.counts
        self._is_complete = vocabulary.is_complete
        self._least = 1 + sessions // _SESSIONS_PER_MATCH
        self._stop_languages = tuple(dict.fromkeys((*_LANGUAGES, *languages)))
        self._languages = tuple(dict.fromkeys(("en", *languages)))
        self._near = NearWords(vocabulary.counts.keys())
        self._names = MisspelledNames(speakers)
        self._numeronyms = index_numeronyms(vocabulary.counts, self._least)

    def correct(
        self, generation: Generation, text: str, protected: Iterable[Span] = ()
    ) -> str | None:
        """Return the question as the catalogue would spell it; None where nothing is to be corrected.

        `protected` are parts to leave as they are. `generation` is asked for what the vocabulary cannot tell.
        """
        tokens = read_tokens(text, protected)
        unknown = self._unknown(generation, tokens)
        edits: list[Edit] = []
        for found in (
            self._short_forms(tokens),
            self._names.edits(tokens, {word for word in unknown if not is_english(word)}),
            self._compounds(generation, tokens),
            self._words(generation, tokens, unknown),
        ):
            taken = {place for edit in edits for place in range(edit.first, edit.last + 1)}
            edits += [edit for edit in found if taken.isdisjoint(range(edit.first, edit.last + 1))]
        if edits and not unknown and self._is_verbatim(generation, tokens):
            return None
        corrected = apply_edits(text, tokens, edits)
        return corrected if corrected != text and len(corrected) <= MAX_QUERY else None

    def _unknown(self, generation: Generation, tokens: Sequence[Token]) -> set[str]:
        """Return the words that no session has."""
        words = {
            token.word
            for token in tokens
            if not token.fixed and token.word not in self._counts and token.word.isalpha()
            if 2 < len(token.word) <= MAX_LETTERS
        }
        if len(words) > _MOST_UNKNOWN:
            return set()
        words = {word for word in words if not self._is_stop_word(word)}
        if self._is_complete or not words:
            return words
        found = generation.find_by_term(list(words), 1)
        return {word for word, sessions in zip(words, found, strict=True) if not sessions}

    def _is_verbatim(self, generation: Generation, tokens: Sequence[Token]) -> bool:
        """Return whether a session has every two neighbours of a longer question: it may be a title."""
        words = [token.word for token in tokens if not self._is_stop_word(token.word)]
        pairs = [f"{one} {other}" for one, other in pairwise(words)]
        if len(pairs) < _VERBATIM:
            return False
        return bool(set.intersection(*map(set, generation.find_by_term(pairs, _PHRASES))))

    def _is_stop_word(self, word: str) -> bool:
        words = (word, word.removesuffix("nt"))  # shouldnt
        return any(stem_of(one, code) is None for one in words for code in self._stop_languages)

    def _is_foreign(self, tokens: Sequence[Token]) -> bool:
        """Return whether the stop words of a question are of a language that the catalogue is not in."""
        counts = {
            code: sum(stem_of(token.word, code) is None for token in tokens)
            for code in self._stop_languages
        }
        return max(counts.values()) > max(1, *(counts[code] for code in self._languages))

    def _short_forms(self, tokens: Sequence[Token]) -> Iterator[Edit]:
        """Yield numeronyms with the words they stand for, or those alone if nobody writes them short.

        Likewise .NET with dotnet, where the catalogue has that too.
        """
        for index, token in enumerate(tokens):
            if token.fixed:
                continue
            if token.dotted and self._is_frequent(f"dot{token.word}"):
                yield Edit(index, index, f"{token.typed} dot{token.word}")
            if is_numeronym(token.word) and token.word in self._numeronyms:
                word = self._numeronyms[token.word]
                is_known = token.word in self._counts
                yield Edit(index, index, f"{token.typed} {word}" if is_known else word)

    def _compounds(self, generation: Generation, tokens: Sequence[Token]) -> Iterator[Edit]:
        """Yield the words to write for pairs that the catalogue has as one word, and seldom as two."""
        done = -1
        for index, one, other in neighbours(tokens):
            word = next(filter(self._is_frequent, joined(one.word, other.word)), None)
            if index <= done or word is None:
                continue
            if self._is_stop_word(one.word) or self._is_stop_word(other.word):
                continue
            if self._is_rare(generation, one.word, other.word, self._counts[word]):
                done = index + 1
                typed = one.typed + other.typed
                is_alike = one.word + other.word == word
                yield Edit(index, done, typed if is_alike else cased_like(word, one.typed))

    def _is_rare(self, generation: Generation, one: str, other: str, together: int) -> bool:
        most = 1 + together // _RARELY_APART
        (apart,) = generation.find_by_term([f"{one} {other}"], most)
        return len(apart) < most

    def _words(
        self, generation: Generation, tokens: Sequence[Token], unknown: set[str]
    ) -> Iterator[Edit]:
        """Yield the known words to write for unknown ones."""
        if not unknown or self._is_foreign(tokens):
            return
        if len(unknown) >= _STRANGE and 2 * len(unknown) > len({t.word for t in tokens}):
            return
        known: dict[str, str | None] = {}
        least = self._needed(tokens)
        for index, token in enumerate(tokens):
            if token.word in unknown and not token.fixed and not _is_acronym(token, tokens):
                if token.typed not in known:
                    known[token.typed] = self._known(generation, token, least)
                if word := known[token.typed]:
                    yield Edit(index, index, cased_like(word, token.typed))

    def _needed(self, tokens: Sequence[Token]) -> int:
        """Return how many sessions a word must be in: fewer for few words, one beside an initial."""
        if len(tokens) > _SHORT:
            return self._least
        return 1 if any(len(token.word) == 1 for token in tokens) else 1 + self._least // 4

    def _known(self, generation: Generation, token: Token, least: int) -> str | None:
        """Return what an unknown word stands for, None where nothing is clear."""
        if word := self._transliterated(token):
            return word
        if len(token.word) < SHORTEST or is_english(token.word):
            return None
        near = self._near.find(token.word)
        if token.typed[:2].isupper() and not token.typed.isupper():  # XWiki is no Wiki
            near = [one for one in near if one.same_start]
        if any(self._same_stem(token.word, one.word) for one in near):
            return None
        once = [one for one in near if one.distance == 1]
        return (
            self._clearest(once, least)
            or (None if once else self._split(generation, token.word))
            or (None if once else self._clearest(near, least))
        )

    def _transliterated(self, token: Token) -> str | None:
        """Return the word with umlauts as the catalogue spells them; for an English word only a name."""
        others = list(transliterated(token.word, token.typed))
        for other in others:
            if other in self._names.with_umlauts:
                return self._names.with_umlauts[other]
        if is_english(token.word) and token.typed.isascii():
            return None
        return next((other for other in others if other in self._counts), None)

    def _clearest(self, near: Sequence[Near], least: int) -> str | None:
        """Return the most probable word, if it is much more so than those that are no form of it."""
        ranked = sorted(((self._weight(one, least), one.word) for one in near), reverse=True)
        if not ranked or ranked[0][0] <= 0:
            return None
        weight, best = ranked[0]
        rivals = (other for other, word in ranked[1:] if not self._same_stem(word, best))
        return best if weight >= _CLEARLY * next(rivals, 0.0) else None

    def _weight(self, near: Near, least: int) -> float:
        count = self._counts.get(near.word, 0)
        if not count or (count < least and not is_english(near.word)):
            return 0.0
        weight = count * (1.0 if near.same_start else _OTHER_START)
        return weight if near.distance == 1 else _SECOND_TYPO * weight

    def _split(self, generation: Generation, word: str) -> str | None:
        """Return two words that stand next to each other somewhere, and make this one."""
        pairs = [
            f"{one} {other}"
            for one, other in parts(word)
            if self._is_frequent(one) and self._is_frequent(other)
            if not self._is_stop_word(one) and not self._is_stop_word(other)
        ]
        if not pairs:
            return None
        found = generation.find_by_term(pairs, 2)
        return next((pair for pair, some in zip(pairs, found, strict=True) if some), None)

    def _same_stem(self, one: str, other: str) -> bool:
        return any(stem_of(one, code) == stem_of(other, code) for code in self._languages)

    def _is_frequent(self, word: str) -> bool:
        return self._counts.get(word, 0) >= self._least


def make_speller(generation: Generation, speakers: SpeakerIndex) -> Speller | None:
    """Return the speller of a generation, None for one of a version without a vocabulary."""
    vocabulary, manifest = generation.vocabulary(), generation.manifest
    if vocabulary is None:
        return None
    return Speller(vocabulary, speakers, sessions=manifest.sessions, languages=manifest.languages)


def _is_acronym(token: Token, tokens: Sequence[Token]) -> bool:
    """Return whether a word stands in capitals among others that do not."""
    return token.typed.isupper() and not all(other.typed.isupper() for other in tokens)
