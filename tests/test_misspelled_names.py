"""Speakers' names with typos, told by pairs of words."""

import pytest

from service.query.misspelled_names import MisspelledNames
from service.query.names import SpeakerIndex
from service.query.tokens import apply_edits, read_tokens

NAMES = MisspelledNames(
    SpeakerIndex(
        [
            "Daniel Stenberg",
            "Danial Karimi",
            "Greg Kroah-Hartman",
            "Zoë Brändström",
            "James A. Bednar",
            "Li Wei",
            "Ann Kuhn",
            "Anna Kuhn",
            "Ng",
        ]
    )
)


def corrected(question: str, *unknown: str) -> str:
    tokens = read_tokens(question)
    return apply_edits(question, tokens, NAMES.edits(tokens, set(unknown)))


@pytest.mark.parametrize(
    ("question", "unknown", "expected"),
    [
        ("danial stenburg", ["stenburg"], "Daniel Stenberg"),
        ("stenburg danial", ["stenburg"], "Stenberg Daniel"),
        ("what says zoe brandstrem?", ["brandstrem"], "what says Zoë Brändström?"),
        ("Jams Bednar", ["jams"], "James Bednar"),
        ("James A. Bedner", ["bedner"], "James A. Bednar"),
        ("J. Bedner", ["bedner"], "J. Bedner"),
        ("iLw Wei", ["ilw"], "iLw Wei"),
        ("Nna Kuhn", ["nna"], "Anna Kuhn"),
        ("aJmes Bednar", ["ajmes"], "James Bednar"),
        ("Greg Kroha Hartman", ["kroha"], "Greg Kroah Hartman"),
        ("daniel stenberg", [], "daniel stenberg"),
        ("danial stenberg", [], "Daniel Stenberg"),  # two known words, the name of nobody
        ("talks of danial stenberg on curl", [], "talks of danial stenberg on curl"),
        ("danyel stanburg", ["danyel", "stanburg"], "Daniel Stenberg"),
        ("daneil stanburg", ["daneil", "stanburg"], "Daniel Stenberg"),
        ("dunjul stanburg", ["dunjul", "stanburg"], "dunjul stanburg"),
        ("ann kuhm", ["kuhm"], "Ann Kuhn"),
        ("annq kuhn", ["annq"], "annq kuhn"),  # Ann or Anna
        ("l wei", ["l"], "l wei"),
        ("stenburg", ["stenburg"], "stenburg"),
        ("danial, stenburg", ["stenburg"], "danial, stenburg"),
    ],
)
def test_pairs_of_words(question: str, unknown: list[str], expected: str) -> None:
    assert corrected(question, *unknown) == expected


def test_names_with_umlauts() -> None:
    assert NAMES.with_umlauts == {"brandstrom": "Brändström"}
    assert MisspelledNames(SpeakerIndex(())).with_umlauts == {}
