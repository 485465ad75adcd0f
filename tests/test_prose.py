"""Abstracts that say a thing twice or are broken at the width of an editor are mended at load."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.records.prose import drop_repeats, tidy, unwrap

FIRST = "Every team that works on search struggles with the same task: to measure what it finds."
SECOND = "We show a framework that does so, and what it found in ten years of our own search logs."

WRAPPED = """\
KVM can pretend being Hyper-V and this is actively used for running Windows
guests. Following Hyper-V naming convention, individual features are named
enlightenments: some of them are mature, some of them were just added to the
kernel.

Attendees will get to know the current status and the ongoing work for Hyper-V
emulation in KVM. We speak of:
- clocks
- interrupts"""


@pytest.mark.parametrize(
    ("abstract", "mended"),
    [
        (f"{FIRST}\n\n{FIRST}\n\n{SECOND}", f"{FIRST}\n\n{SECOND}"),
        (f"{FIRST}\n{SECOND}\n\n{FIRST}\n{SECOND}", f"{FIRST}\n{SECOND}"),
        (f"{FIRST}\n\n{FIRST} {SECOND}", f"{FIRST}\n\n{SECOND}"),
        (f"Yes! {FIRST}\n\nYes! {FIRST}", f"Yes! {FIRST}"),
        (f"{FIRST} {SECOND}\n\n{SECOND}", f"{FIRST} {SECOND}"),
        ("Yes!\nYes!\nYes!", "Yes!\nYes!\nYes!"),  # a refrain
        (FIRST, FIRST),
        ("", ""),
    ],
)
def test_what_is_said_twice_is_said_once(abstract: str, mended: str) -> None:
    assert drop_repeats(abstract) == mended


def test_lines_that_an_editor_broke_are_joined() -> None:
    first, second, *items = unwrap(WRAPPED).replace("\n\n", "\n").split("\n")
    assert first.endswith("just added to the kernel.")
    assert second.endswith("emulation in KVM. We speak of:")
    assert items == ["- clocks", "- interrupts"]


@pytest.mark.parametrize(
    "abstract",
    [
        "\n".join(
            f"{n}. An item of a list, as long as a line that an editor breaks" for n in range(5)
        ),
        "\n".join(
            f"Sentence {n} stands on a line of its own, as its author has meant." for n in range(5)
        ),
        "Roses are red,\nviolets are blue,\nsugar is sweet,\nand so are you.",
        f"{FIRST}\n{SECOND}",
    ],
)
def test_lines_that_their_author_broke_stay(abstract: str) -> None:
    assert unwrap(abstract) == abstract


@given(st.text(st.sampled_from("ab .\n-")) | st.text())
def test_words_are_never_lost(text: str) -> None:
    assert unwrap(text).split() == text.split()
    assert set(tidy(text).casefold().split()) == set(text.casefold().split())


@given(st.lists(st.sampled_from([FIRST, SECOND, "Yes!", ""]), max_size=8).map("\n".join))
def test_every_paragraph_stays_once(text: str) -> None:
    mended = drop_repeats(text)
    assert {*mended.split("\n")} - {""} == {*text.split("\n")} - {""}
    assert all(mended.count(paragraph) <= 1 for paragraph in (FIRST, SECOND))
    assert drop_repeats(mended) == mended
