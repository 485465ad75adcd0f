"""What a search by words takes of a question: its phrases, speakers, rare words, and how well words find."""

import threading

from service.filters import Filters
from service.query.boosts import quoted_phrases
from service.query.facet_cache import FacetCache
from service.query.names import Names
from service.query.rare import RareWords
from service.query.spoken import is_spoken
from service.stores.protocol import Generation, ParsedQuery


class Analysis:
    """Reads questions as one catalogue understands them; what it learns of a generation is kept."""

    def __init__(self, values: FacetCache) -> None:
        """Take what counts the catalogue's speakers."""
        self._values = values
        self._names: tuple[str, Names] = ("", Names(()))
        self._reading = threading.Lock()
        self._rare = RareWords()

    def read(
        self, generation: Generation, question: str, mode: str, filters: Filters
    ) -> ParsedQuery:
        """Return what the question asks of the sessions that pass; any mode but keyword is hybrid."""
        rare, gain = self._rare.find(generation, question)
        return ParsedQuery(
            "keyword" if mode == "keyword" else "hybrid",
            question,
            phrases=quoted_phrases(question),
            names=self._speakers(generation).named_in(question),
            spoken=is_spoken(question),
            rare=rare,
            gain=gain,
            best=generation.max_bm25(question, filters),
        )

    def _speakers(self, generation: Generation) -> Names:
        """Return the generation's speakers; while one thread reads them, others go on with those before."""
        kept, names = self._names
        if kept == generation.manifest.state:
            return names
        if not self._reading.acquire(blocking=not kept):
            return names
        try:
            return self._read_speakers(generation)
        finally:
            self._reading.release()

    def _read_speakers(self, generation: Generation) -> Names:
        kept, names = self._names
        if kept != generation.manifest.state:  # nobody read them while this thread waited
            names = Names(str(speaker) for speaker, _ in self._values.count(generation, "speaker"))
            self._names = (generation.manifest.state, names)
        return names
