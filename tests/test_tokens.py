"""The words of a question, and edits of it."""

import pytest

from service.query.tokens import Edit, apply_edits, cased_like, neighbours, read_tokens


def test_words_with_their_places() -> None:
    tokens = read_tokens("Zoë's K8s, .NET")
    assert [(token.word, token.typed) for token in tokens] == [
        ("zoe", "Zoë"),
        ("s", "s"),
        ("k8s", "K8s"),
        ("net", "NET"),
    ]
    assert [token.dotted for token in tokens] == [False, False, False, True]


@pytest.mark.parametrize(
    ("question", "fixed"),
    [
        ('say "hello there" world', ["hello", "there"]),
        ("a_b c", ["a", "b"]),
        ("see example.org/path now", ["example", "org", "path"]),
        ("me@example.org", ["me", "example", "org"]),
        ("f(x) of C++", ["f", "x"]),
        ("usr/local/bin a/b", ["usr", "local", "bin"]),
        ("end. Start: now (maybe)", []),
        ("健康 web", ["健康"]),
    ],
)
def test_fixed_words(question: str, fixed: list[str]) -> None:
    assert [token.word for token in read_tokens(question) if token.fixed] == fixed


def test_initials() -> None:
    tokens = read_tokens("James A. Bednar, a. b")
    assert [token.word for token in tokens if token.after_initial] == ["bednar", "b"]


def test_protected_words_are_fixed() -> None:
    tokens = read_tokens("one two three", [(2, 5)])
    assert [token.fixed for token in tokens] == [True, True, False]


def test_neighbours_are_parted_by_a_space() -> None:
    tokens = read_tokens('one two, three-four "five" six seven')
    assert [(one.word, other.word) for _, one, other in neighbours(tokens)] == [
        ("one", "two"),
        ("six", "seven"),
    ]


def test_edits_leave_all_else() -> None:
    text = "Is  sql lite (fast)?"
    tokens = read_tokens(text)
    edited = apply_edits(text, tokens, [Edit(1, 2, "SQLite"), Edit(3, 3, "slow")])
    assert edited == "Is  SQLite (slow)?"
    assert apply_edits(text, tokens, []) == text


@pytest.mark.parametrize(
    ("word", "typed", "expected"),
    [
        ("python", "pyhton", "python"),
        ("python", "Pyhton", "Python"),
        ("python", "PYHTON", "PYTHON"),
        ("Müller", "mueller", "Müller"),
        ("rust", "R", "Rust"),
    ],
)
def test_capitals_are_kept(word: str, typed: str, expected: str) -> None:
    assert cased_like(word, typed) == expected
