"""Lists of rooms, tracks and speakers: every name is on one page, and no page is long."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.programme import directory
from service.programme.directory import DIGITS, OTHERS, SHOWN, letter_of, open_directory


def test_a_short_list_is_on_one_page() -> None:
    found = open_directory([("Zoë", 1), ("ana", 3), ("Room 10", 2), ("Room 2", 1)])
    assert found.names == (("ana", 3), ("Room 2", 1), ("Room 10", 2), ("Zoë", 1))
    assert (found.total, found.letters, found.letter, found.pages) == (4, (), "", 1)
    assert open_directory([]).names == ()


def test_a_long_list_is_split_by_letters_and_their_pages() -> None:
    names = [(f"{letter} {number}", 1) for letter in "ab" for number in range(SHOWN)]
    names += [("a more", 2), ("10 people", 1), ("王", 1), ("???", 1)]
    found = open_directory(names)
    assert found.letters == ((DIGITS, 1), ("A", SHOWN + 1), ("B", SHOWN), (OTHERS, 2))
    assert (found.letter, found.names) == (DIGITS, (("10 people", 1),))
    second = open_directory(names, letter="A", page=2)
    assert (second.pages, second.page, second.names) == (2, 2, (("a more", 2),))
    assert open_directory(names, letter="A", page=99) == second
    assert open_directory(names, letter="<script>").letter == DIGITS


def test_letters_have_no_accents_and_any_alphabet() -> None:
    assert [letter_of(name) for name in ("Éva", "(zed)", "Юрий", "3 D", "日本", "", "!")] == [
        "E", "Z", "Ю", DIGITS, OTHERS, OTHERS, OTHERS,
    ]  # fmt: skip


@pytest.fixture(scope="module")
def _short_pages() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(directory, "SHOWN", 5)
        yield


@given(st.sets(st.text(min_size=1, max_size=4), min_size=6, max_size=40))
def test_every_name_is_on_one_page(_short_pages: None, names: set[str]) -> None:
    counts = [(name, 1) for name in names]
    shown: list[str] = []
    for letter, count in open_directory(counts).letters:
        pages = [open_directory(counts, letter=letter)]
        pages += [
            open_directory(counts, letter=letter, page=page)
            for page in range(2, pages[0].pages + 1)
        ]
        on_them = [name for page in pages for name, _ in page.names]
        assert len(on_them) == count
        assert all(len(page.names) <= 5 for page in pages)
        shown += on_them
    assert sorted(shown) == sorted(names)
