import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.records.text import is_empty, line, plain, storable, tidy


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>One <b>bold</b></p><p>Two<br>lines</p>", "One bold\n\nTwo\nlines"),
        ("<ul><li>x</li><li>y</li></ul>", "- x\n- y"),
        ("a &amp; b &lt;i&gt; &#8211;", "a & b <i> –"),
        ("&lt;p&gt;once&lt;/p&gt;&lt;p&gt;too often&lt;/p&gt;", "once\n\ntoo often"),
        ("<p>real</p>&lt;ul&gt;&lt;li&gt;escaped&lt;/li&gt;&lt;/ul&gt;", "real\n\n- escaped"),
        ("<code>&lt;div&gt;</code> stays code", "<div> stays code"),
        ("<script>steal()</script>seen<style>p {}</style><!-- not seen -->", "seen"),
        ("Use List<T> and <your name> in <p>HTML</p>", "Use List<T> and <your name> in\n\nHTML"),
        ("a < b and c > d", "a < b and c > d"),
        ("<![CDATA[<p>x</p>]]>", "x"),
    ],
)
def test_html_becomes_paragraphs(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_html_line_ends_are_spaces_where_the_source_says_html() -> None:
    assert plain("one\ntwo\n\nthree", "html") == "one two\n\nthree"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Head\n\nSome **bold**, *thin*, __very loud__ and `code`.",
         "Head\n\nSome bold, thin, very loud and code."),
        ("See [map](https://example.org/a_(b)) ![pic](p.png)", "See map pic"),
        ("[text][1] and\n\n[1]: https://example.org", "text and"),
        ("<https://example.org/a_b>", "https://example.org/a_b"),
        ("> quoted\n\n---\n\nTitle\n=====", "quoted\n\nTitle"),
        ("```python\nrun()\n```", "run()"),
        ("* one\n* two * three", "* one\n* two * three"),
        (r"5 \* 3 \_ok\_", "5 * 3 _ok_"),
        ("def __init__(self): snake_case_name and 2 * 3 * 4",
         "def __init__(self): snake_case_name and 2 * 3 * 4"),
        ("**** Submission ****", "Submission"),
        ("**bold over\ntwo lines**", "bold over\ntwo lines"),
    ],
)  # fmt: skip
def test_markdown_becomes_plain(text: str, expected: str) -> None:
    assert plain(text) == expected
    assert plain(text, "markdown") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See `the\nmap <https://example.org>`__ of ``code`` and :class:`Lamp`.",
         "See the\nmap of code and Lamp."),
        ("Head\n====\n\n.. code:: python\n   :number-lines:\n\n   run()", "Head\n\nrun()"),
        (".. _map: https://example.org\n\nThe map_ and `long\nname`_ [1]_", "The map and long\nname [1]"),
        ("| one\n| two::", "one\ntwo:"),
        (".. image:: x.png\n\n.. |sub| image:: y.png\n\ntext", "text"),
        ("[link](https://example.org) in **bold**", "link in bold"),
        (r"a\ b and \*stars\*", "a b and *stars*"),
    ],
)  # fmt: skip
def test_restructured_text_becomes_plain(text: str, expected: str) -> None:
    assert plain(text, "rst") == expected


@pytest.mark.parametrize(
    "text", ["From <div> to <main>: HTML semantics", "if a<b then c>d", "<time> and <code>"]
)
def test_what_only_looks_like_html_stays(text: str) -> None:
    assert (line(text), plain(text)) == (text, text)


def test_plain_text_keeps_what_looks_like_markup() -> None:
    assert plain("<b> *x* [a](b)", "plain") == "<b> *x* [a](b)"


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
    assert plain(text).strip() == "Write to"


def test_what_is_no_address_stays() -> None:
    text = "@handle, C++ 1 + 2, https://example.org/@me, hotel: 12345, 10:30"
    assert plain(text) == text


def test_tidy_orders_white_space_and_signs() -> None:
    assert tidy(" a\t b\r\n\r\n\r\n\r\nc\x00\x07d\u200b\u00ad \n e") == "a b\n\nc d\ne"
    assert tidy("e\u0301\ud800\u202e") == "é"
    assert tidy("one\u2028two\u00a0three") == "one\ntwo three"


def test_line_is_one_line_and_nothing_when_it_says_nothing() -> None:
    assert line(" a\n\n b ") == "a b"
    assert [line(text) for text in ("TBA", " n/a ", "-", "…", "None")] == [""] * 5
    assert is_empty("to be announced")
    assert not is_empty("to be announced by the speaker")


def test_storable_drops_lone_surrogates_only() -> None:
    assert storable("a\udc80ü") == "aü"


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    st.text(st.sampled_from("ab <>/&;*_`#[]()|\\\n.:=-+@1é\u200b\ud800" + string.digits), max_size=80),
    st.sampled_from(["", "html", "markdown", "rst", "plain"]),
)  # fmt: skip
def test_any_text_becomes_tidy_text(text: str, markup: str) -> None:
    result = plain(text, markup)
    assert result == tidy(result)
    assert plain(result, "plain") == result


@pytest.mark.parametrize(
    "piece",
    ["<", "<a ", "<!--", "**a ", "[", "](", "&#", "`", ":a", "# a  ", "+1 ", "a.", ".. a::\n"],
)
@pytest.mark.parametrize("markup", ["", "rst", "html"])
def test_no_text_takes_long(piece: str, markup: str) -> None:
    start = time.perf_counter()
    plain((piece * 20_000)[:20_000] + "`@", markup)
    assert time.perf_counter() - start < 2
