from collections import Counter

import numpy as np
import pytest
from support.fakes import BagOfWords

from service.encoders.sharing import SharedEncoder
from service.verdict import off_topic
from service.verdict.off_topic import OffTopicCache, OffTopicQueries, mean_of_nearest


def test_there_are_many_different_off_topic_queries(all_off_topic_queries: None) -> None:
    queries = off_topic.read_queries()
    questions = [text for text, _ in queries]
    assert 1_000 <= len(questions) == len({question.casefold() for question in questions})
    assert all(question == question.strip() and question for question in questions)


def test_off_topic_queries_are_of_many_kinds(all_off_topic_queries: None) -> None:
    """What is left of them without one kind is still most of them: calibrating leaves out each kind in turn."""
    kinds = Counter(kind for _, kind in off_topic.read_queries())
    assert len(kinds) > 40
    assert all(kinds)
    assert min(kinds.values()) >= 10
    assert max(kinds.values()) < 0.05 * kinds.total()


@pytest.mark.usefixtures("all_off_topic_queries")
def test_off_topic_queries_leave_room_for_users_in_a_shared_encoder(
    query_batches: list[int],
) -> None:
    queries = OffTopicQueries(SharedEncoder(BagOfWords()))
    assert max(query_batches) == off_topic.BATCH_SIZE
    assert queries.vectors.shape == (len(off_topic.read_queries()), 1024)
    assert np.allclose(queries.vectors, BagOfWords().encode_queries(queries.texts))


def test_similarity_is_the_mean_of_the_three_nearest() -> None:
    similarities = np.array([0.9, 0.1, 0.2, 0.3], dtype=np.float32)
    assert mean_of_nearest(similarities) == pytest.approx((0.9 + 0.2 + 0.3) / 3)
    assert mean_of_nearest(similarities, excluding=[0]) == pytest.approx(0.2)


def test_another_encoder_gets_its_own() -> None:
    cache, first, second = OffTopicCache(), BagOfWords(), BagOfWords(weights="other")
    queries = cache.get(first)
    assert cache.get(first) is queries
    assert cache.get(second) is not queries
