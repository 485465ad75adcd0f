"""Words near a mistyped one."""

import pytest

from service.query.near_words import Near, NearWords, allowed_typos

NEAR = NearWords(
    ["kubernetes", "kernel", "kernels", "clock", "block", "observability", "rust", "k3s"]
)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("kernal", {Near("kernel", 1, True)}),
        ("kernell", {Near("kernel", 1, True), Near("kernels", 1, True)}),
        ("ekrnel", {Near("kernel", 1, False)}),
        ("ernel", {Near("kernel", 1, False)}),
        ("akernel", {Near("kernel", 1, False)}),
        ("clock", {Near("block", 1, False)}),
        ("observbilty", {Near("observability", 2, True)}),
        ("kuberntis", set()),  # two typos in a word of nine letters
        ("rusty", {Near("rust", 1, True)}),
        ("rast", set()),
        ("健康な人々", set()),
    ],
)
def test_words_within_the_distance(typed: str, found: set[Near]) -> None:
    assert set(NEAR.find(typed)) == found


def test_typos_by_length() -> None:
    assert [allowed_typos("x" * length) for length in (1, 4, 5, 9, 10, 40)] == [0, 0, 1, 1, 2, 2]
