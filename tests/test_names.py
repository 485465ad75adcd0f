import pytest

from service.names import Names, is_one_typo

NAMES = Names(
    ["Zoë Brändström", "Alexandru Agachi", "James A. Bednar", "Nikos Li", "Will May", "Ng"]
)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("zoe brandstrom", ("Zoë Brändström",)),
        ("what says Brändström, Zoë?", ("Zoë Brändström",)),
        ("james bednar", ("James A. Bednar",)),
        ("James A. Bednar on plots", ("James A. Bednar",)),
        ("alexandru agachy", ("Alexandru Agachi",)),
        ("aelxandru agachi", ("Alexandru Agachi",)),
        ("alexandru agahi", ("Alexandru Agachi",)),
        ("aelxandru agachy", ()),
        ("nixos li", ()),
        ("will we see what may come", ()),
        ("agachi", ()),
        ("ng", ()),
        ("日本語", ()),
    ],
)
def test_speakers_named_in_full(question: str, named: tuple[str, ...]) -> None:
    assert NAMES.named_in(question) == named


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("berg", "berg", True),
        ("berg", "burg", True),
        ("berg", "bergs", True),
        ("begr", "berg", True),
        ("berg", "bu", False),
        ("berg", "gerb", False),
        ("bergen", "burgan", False),
    ],
)
def test_one_typo(one: str, other: str, expected: bool) -> None:
    assert is_one_typo(one, other) is expected
    assert is_one_typo(other, one) is expected
