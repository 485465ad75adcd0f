"""The state of reading one question: its tokens, which of them are explained, and the constraints found."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from service.filters import Value
from service.query.constraints.known_values import KnownValues
from service.query.constraints.tokens import Tokens
from service.query.constraints.words import day_starts, kind_starts, token_set
from service.query.interpretation import Kind

_SUBJECTS = frozenset(("i", "we", "you", "to", "should", "can", "s", "is", "a", "y", "o", "e"))
_AFTER = {"go": _SUBJECTS, "going": _SUBJECTS, "time": {"what", "which"}, "uhrzeit": {"welcher"}}
"""Words that say nothing of a topic after some others: "should I go", "what time"; else Go is a language."""
_ELIDED = frozenset("cdlt")
"""Letters that stand for a word before an apostrophe (c'e, l'image), else for themselves: C and D."""


@cache
def _empty_words() -> frozenset[str]:
    """Return the words that say nothing of a topic."""
    return token_set("fillers") | token_set("session_nouns") | token_set("topics")


@dataclass(frozen=True, slots=True)
class Found:
    """A constraint in the tokens from `first` to before `last`, and the filters that it stands for.

    others  days of the same name in other editions
    note    a sentence for people, where the reading needs one
    """

    kind: Kind
    first: int
    last: int
    value: Value
    filters: Mapping[str, tuple[Value, ...]]
    others: tuple[str, ...] = ()
    note: str = ""


@dataclass(slots=True)
class Reading:
    """A question being read."""

    tokens: Tokens
    known: KnownValues
    now: datetime
    found: list[Found] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _taken: set[int] = field(default_factory=set)
    _kept: set[int] = field(default_factory=set)

    def add(self, found: Found) -> None:
        """Take a constraint; its tokens are explained and leave the topic."""
        self.found.append(found)
        self._taken.update(range(found.first, found.last))

    def add_all(self, found: Iterable[Found]) -> None:
        """Take those constraints whose tokens are free, and that are asked for rather than excluded."""
        for one in found:
            if not self.is_free(one.first, one.last):
                continue
            if self.is_negated(one.first):
                said = self.tokens.original(one.first - 1, one.last)
                self.notes.append(f"“{said}” is searched as words: sessions cannot be excluded.")
                self.keep(one.first - 1, one.last)
            else:
                self.add(one)

    def release(self, found: Found) -> None:
        """Make the tokens of a constraint part of the topic."""
        places = range(found.first, found.last)
        self._taken.difference_update(places)
        self._kept.update(places)

    def keep(self, first: int, last: int) -> None:
        """Mark tokens as part of the topic: no rule may read them."""
        self._kept.update(range(first, last))

    def is_free(self, first: int, last: int) -> bool:
        """Return whether no rule has read any of these tokens, nor may not."""
        return not any(place in self._taken or place in self._kept for place in range(first, last))

    def find(self, pattern: re.Pattern[str]) -> Iterator[tuple[re.Match[str], int, int]]:
        """Yield the matches among free tokens, each with its first token and the one after its last."""
        for found in pattern.finditer(self.tokens.folded):
            first, last = self.tokens.matched(found)
            if self.is_free(first, last):
                yield found, first, last

    def of_kind(self, kind: Kind) -> list[Found]:
        """Return the constraints of a kind found so far."""
        return [found for found in self.found if found.kind == kind]

    def before(self, first: int) -> str:
        """Return the token before `first`, empty if there is none."""
        return self.tokens.words[first - 1] if first else ""

    def after(self, last: int) -> str:
        """Return the token at `last`, empty if there is none."""
        return self.tokens.words[last] if last < len(self.tokens) else ""

    def is_negated(self, first: int) -> bool:
        """Return whether the constraint is excluded rather than asked for: "not on Sunday"."""
        return self.before(first) in token_set("negations")

    def is_explained(self, place: int) -> bool:
        """Return whether a constraint has this token, or there is none."""
        return place in self._taken or not 0 <= place < len(self.tokens)

    def rest(self) -> list[int]:
        """Return the tokens that no constraint has."""
        return [place for place in range(len(self.tokens)) if place not in self._taken]

    def is_alone(self, first: int, last: int) -> bool:
        """Return whether all other tokens are constraints, or words that say nothing of a topic."""
        return all(first <= place < last or not self.is_topic(place) for place in self.rest())

    def is_topic(self, place: int) -> bool:
        """Return whether a token says what sessions are about."""
        word = self.tokens.words[place]
        if place in self._taken:
            return False
        if place in self._kept or self._is_name(place, word):
            return True
        if word in _AFTER:
            return self.before(place) not in _AFTER[word]
        return word.isalnum() and (word not in _empty_words() or self._is_part(place))

    def _is_name(self, place: int, word: str) -> bool:
        """Return whether a short word is written as a name, such as IT and C, or is a letter by itself."""
        if word in _ELIDED:
            return "'" not in (self.before(place), self.after(place + 1))
        written = self.tokens.original(place, place + 1)
        return len(word) <= 2 and word not in _SUBJECTS and written.isupper() and place > 0

    def _is_part(self, place: int) -> bool:
        """Return whether a token touches letters or digits: the a of a11y."""
        return any(
            0 < at < len(self.tokens)
            and not self.tokens.gap(at)
            and self.tokens.words[at - 1].isalnum()
            and self.tokens.words[at].isalnum()
            for at in (place, place + 1)
        )

    def is_session_noun(self, place: int) -> bool:
        """Return whether a token is a word for sessions, such as talks."""
        return 0 <= place < len(self.tokens) and self.tokens.words[place] in token_set(
            "session_nouns"
        )

    def is_kind(self, place: int) -> bool:
        """Return whether a kind of session, such as workshops, begins at a token."""
        return place < len(self.tokens) and self.tokens.words[place] in kind_starts()

    def ends_clause(self, place: int) -> bool:
        """Return whether nothing, a sign or a constraint stands at `place`."""
        return self.is_explained(place) or not self.tokens.words[place].isalnum()

    def ends_phrase(self, place: int) -> bool:
        """Return whether no topic stands at `place`, but the end, a sign, a constraint, a kind or a day."""
        return (
            self.ends_clause(place)
            or not self.is_topic(place)
            or self.is_kind(place)
            or self.tokens.words[place] in day_starts()
        )

    def looks_like_title(self) -> bool:
        """Return whether the question is written as a title: long words capitalised throughout."""
        long = [
            self.tokens.original(place, place + 1)
            for place in self.rest()[1:]
            if len(self.tokens.words[place]) > 3 and self.tokens.words[place].isalpha()
        ]
        return len(long) > 1 and all(word[0].isupper() for word in long)


def joined(values: Sequence[str]) -> str:
    """Return values as one text, in order."""
    return ", ".join(values)
