"""The weights of the ranking and of the relevance verdict, and the digest that a calibration carries.

Stores, query analysis and verdict read them from here. Scores are dot products of unit vectors (at most 1) and
BM25 scores (no upper bound); a boost is added to a score.
"""

import hashlib

BM25_K1 = 1.2
"""BM25's k1: how soon further occurrences of a term add little. In the stored vectors, as are the next two:
changing one needs another SCHEMA_VERSION."""
BM25_B = 0.75
"""BM25's b: how far the length of a session's text counts."""
BM25_AVERAGE_LENGTH = 120
"""Tokens of a text whose weights BM25 leaves as they are; fixed, as stored vectors outlive an average."""

STEM_WEIGHT = 1.0
"""A query's stem: what decides a keyword match."""
SURFACE_FORM_WEIGHT = 0.3
"""The same word unstemmed: "testing" is nearer to "testing" than to "tested"."""
TITLE_TERM_WEIGHT = 50.0
"""A title that is the query word for word: brings its session among the candidates, however many repeat it."""
BIGRAM_WEIGHT = 0.3
"""Two neighbouring stems: a phrase is nearer than its words apart."""
SPEAKER_NAME_WEIGHT = 0.3
"""A word of a speaker's name: "Will Foster" is nearer to a speaker than to two verbs."""

CANDIDATES = 30
"""Sessions that each retriever (dot product, BM25) proposes to the fusion, at least."""
RELATIVE_BM25_WEIGHT = 0.3
"""Dot product that the query's highest BM25 score is worth: brings BM25 to the scale of this query."""
ABSOLUTE_BM25_WEIGHT = 0.1
"""Dot product that the BM25 score of a term is worth which one session only has."""
NATURAL_LANGUAGE_KEYWORD_FACTOR = 0.6
"""Multiplies BM25 for questions in whole sentences: programmes seldom say "make" or "faster" of a session."""

SPEAKER_BOOST = 2.0
"""Sessions of a speaker whose full name is in the query: above any dot product and BM25 of so short a query."""
TITLE_BOOST = 3.0
"""A title that is the query word for word: above a speaker."""
PHRASE_BOOST = 6.0
"""Each quoted phrase that a session has: above a title and a speaker together."""
TITLE_SIMILARITY_THRESHOLD = 0.9
"""Ratio of matching characters from which a title counts as typed with slips; the ratio is then its boost."""

RARE_TERM_BOOST = 1.0
"""A session that has every term of the query, all of them rare; one rare term of two gives half of it."""
RARE_TERM_MAX_SESSIONS = 3
"""Sessions that have a rare term, at most."""
RARE_TERM_SESSIONS_PER_MATCH = 300
"""Sessions of a catalogue for each one that may have a rare term: in a small one most terms occur but once.
A query of one term is exempt."""
RARE_TERM_MAX_QUERY_LENGTH = 2
"""Terms of a query, at most, of which a rare one decides: in longer ones it is seldom what is asked for."""

JUDGED_HITS = 10
"""Highest-scored sessions that the verdict looks at."""
MEAN_OF_NEAREST = 3
"""Similarities averaged, of sessions and of off-topic queries: one alone may be chance."""
OFF_TOPIC_WEIGHT = 0.7
"""Weight of the similarity to off-topic queries against that to sessions."""
TERM_EVIDENCE_WEIGHT = 1.5
"""Spreads of similarity that the evidence of a query's terms is worth, where sessions have them all."""


def weights_digest() -> str:
    """Return a digest (16 hex digits) of the values of all weights above; renaming one does not change it."""
    weights = [value for name, value in globals().items() if name.isupper()]
    return hashlib.blake2b(repr(weights).encode(), digest_size=8).hexdigest()
