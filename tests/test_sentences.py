"""Which questions are sentences."""

import pytest

from service.query.sentences import is_sentence


@pytest.mark.parametrize(
    "question",
    [
        "How do I speed up my database queries?",
        "what should one know before contributing",
        "Wie mache ich meine Abfragen schneller",
        "talks that help me write better tests",
        "¿Cómo puedo mejorar las consultas?",
        "Comment accélérer mes requêtes",
    ],
)
def test_sentences(question: str) -> None:
    assert is_sentence(question)


@pytest.mark.parametrize(
    "question",
    ["health analytics", "how to scale", "MySQL optimizer statistics for PHP", "C++ 我"],
)
def test_a_few_words_are_no_sentence(question: str) -> None:
    assert not is_sentence(question)


def test_no_script_is_an_error() -> None:
    assert not is_sentence("データベース を 速く する には")
