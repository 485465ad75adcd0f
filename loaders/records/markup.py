"""HTML, Markdown and reStructuredText to plain text.

Speakers mix all three, and write what only looks like markup: List<T>, snake_case, 2 * 3 * 4. So these are
patterns that remove what is surely markup, not parsers, which drop list bullets and unknown tags and read no
mixture. Each takes time linear in the text's length: repetitions are possessive or bounded.
"""

import html
import re

_PARAGRAPHS = {
    "p", "div", "ul", "ol", "table", "blockquote", "pre", "section", "article", "header", "footer", "dl",
    "figure", "hr", "h1", "h2", "h3", "h4", "h5", "h6",
}  # fmt: skip
_LINES = {"br", "tr", "dt", "dd"}
_HIDDEN = {"script", "style", "head", "template"}
_INLINE = {
    "a", "abbr", "acronym", "b", "bdi", "big", "body", "caption", "center", "cite", "code", "col", "colgroup",
    "del", "dfn", "em", "font", "html", "i", "iframe", "img", "ins", "kbd", "label", "li", "link", "main",
    "mark", "meta", "nav", "o:p", "q", "s", "samp", "small", "source", "span", "strike", "strong", "sub",
    "sup", "svg", "tbody", "td", "tfoot", "th", "thead", "time", "title", "tt", "u", "var", "video", "wbr",
}  # fmt: skip
_TAGS = _PARAGRAPHS | _LINES | _HIDDEN | _INLINE
_TAG = re.compile(
    rf"</?(?:{'|'.join(map(re.escape, sorted(_TAGS, key=len, reverse=True)))})(?:\s[^<>]*)?/?>|<!--",
    re.I,
)
_SURE_TAG = re.compile(r"</[a-z]|<(?:br|p|li|hr|img|wbr)\b|<!--", re.I)
"""Tags that nearly all HTML has; "from <div> to <main>" and "a<b and c>d" only look like HTML."""
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|head|template)\b[^<>]*>.*?(?:</\1\s*>|\Z)"
    r"|</?([a-zA-Z][a-zA-Z0-9:]*)(?:\s[^<>]*)?/?>|<![a-zA-Z][^<>]*>|<!\[CDATA\[|\]\]>",
    re.S | re.I,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_LONG_REFERENCE = re.compile(r"&#\d{8,}+")  # too long a number for int()
_ESCAPED_BLOCK = re.compile(r"</?(?:p|ul|ol|li|br ?/?)>", re.I)  # escaped once too often
_NEWLINE = re.compile(r"(?<!\n)\n(?!\n)")

Rules = tuple[tuple[str, re.Pattern[str], str], ...]
"""For each rule a substring without which it is not tried, its pattern, and the replacement."""

_LINK: Rules = (
    (
        "](",
        re.compile(
            r"!?\[([^\[\]]*+)\]\(\s*+<?[^()\s]*+(?:\([^()]*+\)[^()\s]*+)?+(?:\s++\"[^\"]*+\")?+\s*+\)"
        ),
        r"\1",
    ),
)
_EMPHASIS: Rules = (
    ("***", re.compile(r"\*{3,}"), ""),
    (
        "**",
        re.compile(r"(\*\*)(?=\S)((?:[^\n*]|\n(?![^\S\n]*+\n)|\*(?!\*)){1,500}?)(?<=\S)\1"),
        r"\2",
    ),
    (
        "*",
        re.compile(r"(?<![\w*\\])\*(?=[^\s*])([^*\n]+?(?:\n[^*\n]+?)?)(?<=[^\s\\])\*(?![\w*])"),
        r"\1",
    ),
)
_UNDERSCORES = ("_", re.compile(r"(?<![\w/\\])_(?=[^\s_])([^_\n]++)(?<=[^\s\\])_(?![\w/])"), r"\1")
_MARKDOWN: Rules = (
    ("```", re.compile(r"^[ ]{0,3}```.*$", re.M), ""),
    *_LINK,
    ("]:", re.compile(r"^[ ]{0,3}\[[^\[\]\n]+\]:\s+<?\S+$", re.M), ""),
    ("][", re.compile(r"!?\[([^\[\]\n]+)\]\[[^\[\]\n]*\]"), r"\1"),
    ("<http", re.compile(r"<(https?://[^\s<>]+)>"), r"\1"),
    ("# ", re.compile(r"^[ ]{0,3}#{1,6}[ \t]+", re.M), ""),
    ("--", re.compile(r"^[ ]{0,3}-{2,}[ ]*$", re.M), ""),
    ("==", re.compile(r"^[ ]{0,3}={2,}[ ]*$", re.M), ""),
    ("**", re.compile(r"^[ ]{0,3}(?:\*[ ]?){3,}$", re.M), ""),
    ("__", re.compile(r"^[ ]{0,3}(?:_[ ]?){3,}$", re.M), ""),
    *_EMPHASIS,
    ("__", re.compile(r"(?<![\w/])__(?=[^\s_])([^_\n ]*+ [^_\n]*+)(?<=\S)__(?![\w/])"), r"\1"),
    _UNDERSCORES,
    ("`", re.compile(r"(?<![\w`])(`{1,2})([^`\n]+)\1(?![\w`])"), r"\2"),
    (">", re.compile(r"^[ ]{0,3}>[ ]?", re.M), ""),
    ("\\", re.compile(r"\\([\\`*_{}\[\]()#+.!>|~-])"), r"\1"),
)  # fmt: skip
_RST: Rules = (
    (".. _", re.compile(r"^[ ]*+\.\. ++_[^\n]+:.*$", re.M), ""),
    ("__ ", re.compile(r"^__ \S+$", re.M), ""),
    ("::", re.compile(r"^ *\.\. +(?:\|[^|\n]+\| +)?[\w:-]+::.*(?:\n +:[\w -]+:.*)*$", re.M), ""),
    (".. ", re.compile(r"^[ ]*\.\. +(?=\[)", re.M), ""),
    ("", re.compile(r"^[ ]*([=\-~^\"'`#*+.:_])\1{2,}[ ]*$", re.M), ""),
    ("`", re.compile(r"(?::[\w:+.-]{1,40}:)?`([^`<\s]*+(?:\s++(?!<)[^`<\s]++)*+)\s*+<[^>`]*+>`_{0,2}"), r"\1"),
    (":`", re.compile(r":[\w:+.-]{1,40}:`([^`]*)`"), r"\1"),
    ("`", re.compile(r"(`{1,2})((?:[^`\n]|\n(?![^\S\n]*+\n)){1,500})\1_{0,2}"), r"\2"),
    *_LINK,
    *_EMPHASIS,
    _UNDERSCORES,
    ("]_", re.compile(r"(\[[#*\w-]+\])_"), r"\1"),
    ("_", re.compile(r"(?<=[^\W_])_{1,2}(?=[\s.,;:!?)]|$)"), ""),
    ("| ", re.compile(r"^\| ", re.M), ""),
    ("::", re.compile(r"::$", re.M), ":"),
    ("\\", re.compile(r"\\([*`_|\\ ])"), r"\1"),
)  # fmt: skip


def strip_markup(text: str, markup: str) -> str:
    """Return `text` without HTML, and without Markdown or, where `markup` is "rst", reStructuredText.

    Where `markup` is "html", line ends are white space; where it is empty, HTML is found by its looks.
    """
    if markup == "html" or ("<" in text and _SURE_TAG.search(text) and _TAG.search(text)):
        text = _without_tags(_NEWLINE.sub(" ", text) if markup == "html" else text)
    elif "&" in text and _ENTITY.search(text):
        text = _unescape(text)
        if _ESCAPED_BLOCK.search(text):
            text = _without_tags(text)
    if markup != "html":
        for hint, pattern, replacement in _RST if markup == "rst" else _MARKDOWN:
            if hint[:1] in text and hint in text:  # one character is found far faster than two
                text = pattern.sub(replacement, text)
    return text


def _without_tags(text: str) -> str:
    """Return the text of an HTML fragment, with line ends between blocks."""
    text = _unescape(_MARKUP.sub(_replacement, text))
    return _MARKUP.sub(_replacement, text) if _ESCAPED_BLOCK.search(text) else text


def _replacement(match: re.Match[str]) -> str:
    """Return the replacement for a tag: line breaks for a block, a dash for a list item, or nothing."""
    tag = (match[2] or "").lower()
    if tag == "li":
        return "" if match[0].startswith("</") else "\n- "
    if tag in _PARAGRAPHS:
        return "\n\n"
    if tag in _LINES:
        return "\n"
    if tag and tag not in _TAGS:  # List<T>, <your name>
        return match[0]
    return ""


def _unescape(text: str) -> str:
    if "&#" in text:
        text = _LONG_REFERENCE.sub("&#0", text)
    return html.unescape(text)
