"""Query analysis: what a question says in one catalogue, and what the catalogue's terms say of it."""

import threading
from collections.abc import Iterable

from service.filters import Filters
from service.query.boosts import quoted_phrases
from service.query.facet_cache import FacetCache
from service.query.names import SpeakerIndex
from service.query.query import Query
from service.query.rare_terms import find_rare_terms
from service.query.sentences import is_sentence
from service.query.spelling import Speller, make_speller
from service.query.tokens import Span
from service.stores.protocol import Generation, ParsedQuery, TermMatches


class Analysis:
    """Parses the questions to one catalogue; keeps its speakers. Safe for many threads."""

    def __init__(self, facets: FacetCache) -> None:
        """Take what counts the catalogue's speakers."""
        self._facets = facets
        self._names: tuple[str, SpeakerIndex] = ("", SpeakerIndex(()))
        self._reading = threading.Lock()
        self._speller: tuple[str, Speller | None] = ("", None)

    def parse(self, generation: Generation, query: Query) -> ParsedQuery:
        """Return the question with its phrases and the speakers that it names."""
        return ParsedQuery(
            query.text,
            query.mode,
            phrases=quoted_phrases(query.text),
            speakers=self.speakers(generation).find_named(query.text),
            is_sentence=is_sentence(query.text),
        )

    def correct(
        self, generation: Generation, text: str, protected: Iterable[Span] = ()
    ) -> str | None:
        """Return the question as the catalogue would spell it, but for its `protected` parts.

        None where nothing is to be corrected, or the catalogue is of a version without a vocabulary.
        """
        speller = self._read_speller(generation)
        return speller.correct(generation, text, protected) if speller else None

    def match_terms(self, generation: Generation, text: str, filters: Filters) -> TermMatches:
        """Return what the terms of a question find in the sessions that pass the filters."""
        rare, boost = find_rare_terms(generation, text)
        return TermMatches(generation.max_bm25(text, filters), rare, boost)

    def _read_speller(self, generation: Generation) -> Speller | None:
        """Return the generation's speller; while one thread reads the vocabulary, others use the one before."""
        kept, speller = self._speller
        if kept == generation.manifest.state:
            return speller
        speakers = self.speakers(generation)
        if self._names[0] != generation.manifest.state:  # another thread reads them
            return speller
        if not self._reading.acquire(blocking=not kept):
            return speller
        try:
            if self._speller[0] != generation.manifest.state:
                self._speller = (generation.manifest.state, make_speller(generation, speakers))
            return self._speller[1]
        finally:
            self._reading.release()

    def has_speakers(self, generation: Generation) -> bool:
        """Return whether `speakers` returns those of this generation."""
        return self._names[0] == generation.manifest.state

    def speakers(self, generation: Generation) -> SpeakerIndex:
        """Return the generation's speakers; while one thread reads them, others use those before."""
        kept, names = self._names
        if kept == generation.manifest.state:
            return names
        if not self._reading.acquire(blocking=not kept):
            return names
        try:
            return self._read_speakers(generation)
        finally:
            self._reading.release()

    def _read_speakers(self, generation: Generation) -> SpeakerIndex:
        kept, names = self._names
        if kept != generation.manifest.state:  # nobody read them while this thread waited
            names = SpeakerIndex(
                str(speaker) for speaker, _ in self._facets.count(generation, "speaker")
            )
            self._names = (generation.manifest.state, names)
        return names
