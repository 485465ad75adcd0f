"""Interprets questions: their constraints become filters, and what remains is searched for."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from service.filters import NO_FILTERS
from service.query.analysis import Analysis
from service.query.constraints.dropping import drop_constraints, merge_filters
from service.query.constraints.known_values import KnownValues, gather_editions, room_words
from service.query.constraints.read import Interpretation, read_constraints
from service.query.facet_cache import FacetCache
from service.query.interpretation import LATEST, Constraint, Correction
from service.query.matching import StemMatcher, content_words
from service.query.query import Query
from service.session import Session
from service.stores.protocol import Generation, ParsedQuery
from service.words import split_words

_CANDIDATES = 10
"""Sessions that are compared with the question: those with the highest keyword scores."""
_DESCRIPTIVE = ("time", "duration")
"""Kinds of constraints whose words descriptions use as well."""
_MIN_TOPIC_WORDS = 2
"""Words beside a time from which on a session that has all of them is no chance."""
_TOPIC_SESSIONS = 3
"""Sessions with a word from which on it is a topic as well as a room's name."""


@dataclass(frozen=True, slots=True)
class InterpretedQuery:
    """A question as it is searched.

    query         what to search for: without its constraints, which are among its filters
    understood    the constraints, in order
    notes         sentences for people
    is_programme  whether only constraints were asked, so that no text is left to search for
    corrected     the whole question as typed and as searched, where its spelling was corrected
    """

    query: Query
    understood: tuple[Constraint, ...] = ()
    notes: tuple[str, ...] = ()
    is_programme: bool = False
    corrected: Correction | None = None

    @property
    def is_latest_first(self) -> bool:
        """Whether the programme is wanted from its end: "the last talk on Sunday"."""
        return any(one.value == LATEST and not one.dropped for one in self.understood)


class Interpreter:
    """Interprets the questions to one catalogue; keeps what may be named in it. Safe for many threads."""

    def __init__(self, facets: FacetCache, analysis: Analysis) -> None:
        """Take what counts the catalogue's values and knows its speakers."""
        self._facets = facets
        self._analysis = analysis
        self._known: tuple[str, KnownValues] = ("", KnownValues())
        self._reading = threading.Lock()

    def interpret(self, generation: Generation, query: Query) -> InterpretedQuery:
        """Return the question with its constraints as filters; the title of a session is never interpreted.

        A constraint that would leave no session is dropped, the softest first, and a note says so.
        """
        if not (query.interpret and query.text):
            return InterpretedQuery(query)
        read = self._read_constraints(generation, query)
        spans = [(one.start, one.end) for one in read.constraints]
        spelled = self._analysis.correct(generation, query.text, spans)
        if not spelled or _has_title(_candidates(generation, query.text), query.text):
            return self._apply(generation, query, read)
        corrected = replace(query, text=spelled)
        found = self._apply(generation, corrected, self._read_constraints(generation, corrected))
        return replace(found, corrected=Correction(query.text, spelled))

    def _read_constraints(self, generation: Generation, query: Query) -> Interpretation:
        known = self.known_values(generation)
        read = read_constraints(query.text, known, query.now or datetime.now(UTC), query.ignore)
        return read.without(query.filters)

    def _apply(
        self, generation: Generation, query: Query, read: Interpretation
    ) -> InterpretedQuery:
        if not read.constraints:
            is_programme = not read.text
            text = "" if is_programme else read.text or query.text
            searched = replace(query, text=text)
            return InterpretedQuery(searched, notes=read.notes, is_programme=is_programme)
        if _is_described(generation, query.text, read):
            return InterpretedQuery(query, notes=read.notes)
        spelled = replace(query, filters=self._facets.canonicalise(generation, query.filters))
        return _with_filters(generation, spelled, read, self.known_values(generation))

    def known_values(self, generation: Generation) -> KnownValues:
        """Return what a question may name; while one thread reads it anew, others use what was before."""
        state, known = self._known
        if state == generation.manifest.state:
            return known
        if not self._reading.acquire(blocking=not state):
            return known
        try:
            if self._known[0] != generation.manifest.state:
                known = self._read(generation)
                if not self._analysis.has_speakers(generation):  # another thread reads them
                    return known
                self._known = (generation.manifest.state, known)
            return self._known[1]
        finally:
            self._reading.release()

    def _read(self, generation: Generation) -> KnownValues:
        rooms = self._texts(generation, "room")
        words = room_words(rooms)
        found = generation.find_by_term(words, _TOPIC_SESSIONS)
        return KnownValues(
            editions=gather_editions(generation.calendar()),
            rooms=rooms,
            tracks=self._texts(generation, "track"),
            levels=self._texts(generation, "level"),
            kinds=self._texts(generation, "kind"),
            languages=self._texts(generation, "language"),
            events=self._texts(generation, "event"),
            years=sorted(int(value) for value, _ in self._facets.count(generation, "year")),
            speakers=self._analysis.speakers(generation),
            topics=frozenset(
                word
                for word, some in zip(words, found, strict=True)
                if len(some) == _TOPIC_SESSIONS
            ),
            has_times="start_minute" in generation.manifest.indexes,
            has_status="status" in generation.manifest.indexes,
        )

    def _texts(self, generation: Generation, name: str) -> list[str]:
        return [str(value) for value, _ in self._facets.count(generation, name) if value]


def _candidates(generation: Generation, text: str) -> list[Session]:
    """Return the sessions with the highest keyword scores for a question."""
    axis = np.eye(1, generation.manifest.encoder.dimension, dtype=np.float32)[0]  # not looked at
    hits = generation.search(axis, _CANDIDATES, NO_FILTERS, ParsedQuery(text, "keyword"))
    return [hit.session for hit in hits]


def _has_title(sessions: Sequence[Session], text: str) -> bool:
    words = split_words(text)
    return any(split_words(session.title) == words for session in sessions)


def _is_described(generation: Generation, text: str, read: Interpretation) -> bool:
    """Return whether a session has the question as its title, or times of it in its description.

    "Charging electric cars in the evening" is about evenings where a session has all of its words.
    """
    sessions = _candidates(generation, text)
    if _has_title(sessions, text):
        return True
    if len(content_words(read.text)) < _MIN_TOPIC_WORDS or any(
        one.kind not in _DESCRIPTIVE for one in read.constraints
    ):
        return False
    matcher = StemMatcher(text)
    return any(matcher.share(one.keywords_text, one.language) == 1 for one in sessions)


def _with_filters(
    generation: Generation, query: Query, read: Interpretation, known: KnownValues
) -> InterpretedQuery:
    """Return the question with the constraints that leave sessions as filters."""
    dropped, notes = drop_constraints(generation, query.filters, read, known)
    understood = tuple(
        replace(constraint, dropped=index in dropped)
        for index, constraint in enumerate(read.constraints)
    )
    filters = merge_filters(query.filters, read.filters(without=tuple(dropped)))
    searched = replace(query, text=read.text, filters=filters)
    notes = tuple(dict.fromkeys((*read.notes, *notes)))
    return InterpretedQuery(searched, understood, notes, is_programme=not read.text)
