import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.records.text import drop_surrogates, is_placeholder, normalise, plain_line, plain_text


@pytest.mark.parametrize(
    "text",
    [
        "Write to jane.doe+x@mail.example.org",
        "<jane@example.org> Write to",
        "Write to tel: 030 / 123 45 67",
        "Write to +49 (0)30 1234567",
        "Write to Phone.: (030) 123-4567",
    ],
)
def test_mail_addresses_and_numbers_are_dropped(text: str) -> None:
    assert plain_text(text).strip() == "Write to"


def test_what_is_no_address_stays() -> None:
    text = "@handle, C++ 1 + 2, https://example.org/@me, hotel: 12345, 10:30"
    assert plain_text(text) == text


def test_tidy_orders_white_space_and_signs() -> None:
    assert normalise(" a\t b\r\n\r\n\r\n\r\nc\x00\x07d\u200b\u00ad \n e") == "a b\n\nc d\ne"
    assert normalise("e\u0301\ud800\u202e") == "é"
    assert normalise("one\u2028two\u00a0three") == "one\ntwo three"


def test_line_is_one_line_and_nothing_when_it_says_nothing() -> None:
    assert plain_line(" a\n\n b ") == "a b"
    assert [plain_line(text) for text in ("TBA", " n/a ", "-", "…", "None")] == [""] * 5
    assert is_placeholder("to be announced")
    assert not is_placeholder("to be announced by the speaker")


def test_storable_drops_lone_surrogates_only() -> None:
    assert drop_surrogates("a\udc80ü") == "aü"


@settings(derandomize=True, max_examples=300)
@given(
    st.text(st.sampled_from("ab <>/&;*_`#[]()|\\\n.:=-+@1é\u200b\ud800" + string.digits), max_size=80),
    st.sampled_from(["", "html", "markdown", "rst", "plain"]),
)  # fmt: skip
def test_any_text_becomes_tidy_text(text: str, markup: str) -> None:
    result = plain_text(text, markup)
    assert result == normalise(result)
    assert plain_text(result, "plain") == result


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        ("", "<"), ("", "<a "), ("", "<!--"), ("", "**a "), ("", "["), ("", "]("), ("", "&#"), ("", "`"),
        ("", ":a"), ("", "# a  "), ("", "+1 "), ("", "a."), ("", ".. a::\n"), ("", "\n"), ("[a](", " "),
        ("[[a](", " \n"), ("__a ", " "), ("__a ", "b "), ("`", " "), ("`a", "\n "), ("\n.. _", "\n"),
        ("", "a@<"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("markup", ["", "rst", "html"])
def test_no_text_takes_long(head: str, piece: str, markup: str) -> None:
    start = time.process_time()
    plain_text(head + (piece * 40_000)[:40_000] + "a@b.co`@" + "b.co>" * 5_000, markup)
    assert time.process_time() - start < 6
