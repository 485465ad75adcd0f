"""The off-topic queries that tests calibrate with: few, as to search for each takes most of a small load."""

from service.verdict.off_topic import OffTopicQuery, read_queries

ALL = read_queries()


def read_few() -> tuple[OffTopicQuery, ...]:
    """Return every 108th of them."""
    return ALL[::108]
