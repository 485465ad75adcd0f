"""Retrieval: the sessions of one generation for one question, in any mode and among any filters."""

from dataclasses import dataclass, field, replace

from service.encoder import Vectors
from service.filters import Filters
from service.query.analysis import Analysis
from service.query.boosts import boost_exact_matches
from service.ranking import CANDIDATES, JUDGED_HITS
from service.stores.protocol import Generation, Hit, ParsedQuery, TermMatches

_WITH_PHRASE = 5 * CANDIDATES
"""Candidates for a query with a quoted phrase: more, as sessions that contain it may rank low."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """A question, embedded (`vector`, (dimension,)) and parsed once, and the generation that it is asked of.

    `typed` is the whole question, of which the parsed one may be a part.
    """

    generation: Generation
    analysis: Analysis
    vector: Vectors
    query: ParsedQuery
    typed: str = ""
    _terms: dict[Filters, TermMatches] = field(default_factory=dict)

    def find(self, count: int, filters: Filters) -> list[Hit]:
        """Return the `count` best sessions in the mode asked for; fewer only if there are no more."""
        found = self.find_to_count(count, filters)
        return found if self.query.mode == "semantic" else boost_exact_matches(found, self.query)

    def find_to_count(self, count: int, filters: Filters) -> list[Hit]:
        """Return the sessions that `find` returns, exact matches not yet before the others."""
        if self.query.mode == "semantic":
            return self.generation.search(self.vector, count, filters)
        if self.query.phrases:
            count = max(count, _WITH_PHRASE)
        return self._search(count, filters, self.query)

    def find_to_judge(self, filters: Filters) -> list[Hit]:
        """Return the sessions that the verdict looks at: by words and meaning, as it was calibrated."""
        return self._search(
            JUDGED_HITS, filters, replace(self.query, mode="hybrid", is_sentence=False)
        )

    def terms(self, filters: Filters) -> TermMatches:
        """Return what the question's terms find among sessions that pass; looked up once."""
        if filters not in self._terms:
            self._terms[filters] = self.analysis.match_terms(
                self.generation, self.query.text, filters
            )
        return self._terms[filters]

    def _search(self, count: int, filters: Filters, query: ParsedQuery) -> list[Hit]:
        terms = self.terms(filters) if query.mode == "hybrid" else None
        return self.generation.search(self.vector, count, filters, query, terms)
