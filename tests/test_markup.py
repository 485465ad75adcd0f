import pytest

from loaders.records.text import plain_line, plain_text


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
    assert plain_text(text) == expected


def test_html_line_ends_are_spaces_where_the_source_says_html() -> None:
    assert plain_text("one\ntwo\n\nthree", "html") == "one two\n\nthree"


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
    assert plain_text(text) == expected
    assert plain_text(text, "markdown") == expected


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
        ("It is _really_ a map_.", "It is really a map."),
    ],
)  # fmt: skip
def test_restructured_text_becomes_plain(text: str, expected: str) -> None:
    assert plain_text(text, "rst") == expected


@pytest.mark.parametrize(
    "text", ["From <div> to <main>: HTML semantics", "if a<b then c>d", "<time> and <code>"]
)
def test_what_only_looks_like_html_stays(text: str) -> None:
    assert (plain_line(text), plain_text(text)) == (text, text)


def test_plain_text_keeps_what_looks_like_markup() -> None:
    assert plain_text("<b> *x* [a](b)", "plain") == "<b> *x* [a](b)"


def test_no_reference_to_a_character_is_too_long() -> None:
    assert plain_text(f"<p>a&#{'9' * 5_000};b</p>") == "a\ufffdb"
