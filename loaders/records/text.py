"""Texts as people wrote them to plain text, once, at load time: HTML, Markdown, reStructuredText."""

import html
import re
import unicodedata
from functools import lru_cache

_PARAGRAPHS = {
    "p", "div", "ul", "ol", "table", "blockquote", "pre", "section", "article", "header", "footer", "dl",
    "figure", "hr", "h1", "h2", "h3", "h4", "h5", "h6",
}  # fmt: skip
_LINES = {"br", "tr", "dt", "dd"}
_UNSEEN = {"script", "style", "head", "template"}
_INLINE = {
    "a", "abbr", "acronym", "b", "bdi", "big", "body", "caption", "center", "cite", "code", "col", "colgroup",
    "del", "dfn", "em", "font", "html", "i", "iframe", "img", "ins", "kbd", "label", "li", "link", "main",
    "mark", "meta", "nav", "o:p", "q", "s", "samp", "small", "source", "span", "strike", "strong", "sub",
    "sup", "svg", "tbody", "td", "tfoot", "th", "thead", "time", "title", "tt", "u", "var", "video", "wbr",
}  # fmt: skip
_TAGS = _PARAGRAPHS | _LINES | _UNSEEN | _INLINE
_TAG = re.compile(
    rf"</?(?:{'|'.join(map(re.escape, sorted(_TAGS, key=len, reverse=True)))})(?:\s[^<>]*)?/?>|<!--",
    re.I,
)
_IN_USE = re.compile(r"</[a-z]|<(?:br|p|li|hr|img|wbr)\b|<!--", re.I)
"""What HTML hardly goes without; "from <div> to <main>" and "a<b and c>d" only look like it."""
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|head|template)\b[^<>]*>.*?(?:</\1\s*>|\Z)"
    r"|</?([a-zA-Z][a-zA-Z0-9:]*)(?:\s[^<>]*)?/?>|<![a-zA-Z][^<>]*>|<!\[CDATA\[|\]\]>",
    re.S | re.I,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_ESCAPED_BLOCK = re.compile(r"</?(?:p|ul|ol|li|br ?/?)>", re.I)  # escaped once too often
_NEWLINE = re.compile(r"(?<!\n)\n(?!\n)")

Rules = tuple[tuple[str, re.Pattern[str], str], ...]
"""What a text must hold for a rule to be worth trying, what it replaces, and by what."""

_LINK: Rules = (
    (
        "](",
        re.compile(
            r"!?\[([^\[\]]*)\]\(\s*<?[^()\s]*(?:\([^()]*\)[^()\s]*)?>?(?:\s+\"[^\"]*\")?\s*\)"
        ),
        r"\1",
    ),
)
_EMPHASIS: Rules = (
    ("***", re.compile(r"\*{3,}"), ""),
    ("**", re.compile(r"(\*\*)(?=\S)((?:[^\n*]|\n(?!\s*\n)|\*(?!\*)){1,500}?)(?<=\S)\1"), r"\2"),
    (
        "*",
        re.compile(r"(?<![\w*\\])\*(?=[^\s*])([^*\n]+?(?:\n[^*\n]+?)?)(?<=[^\s\\])\*(?![\w*])"),
        r"\1",
    ),
)
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
    ("__", re.compile(r"(?<![\w/])__(?=[^\s_])([^_\n]* [^_\n]*)(?<=\S)__(?![\w/])"), r"\1"),
    ("_", re.compile(r"(?<![\w/\\])_(?=[^\s_])([^_\n]+)(?<=[^\s\\])_(?![\w/])"), r"\1"),
    ("`", re.compile(r"(?<![\w`])(`{1,2})([^`\n]+)\1(?![\w`])"), r"\2"),
    (">", re.compile(r"^[ ]{0,3}>[ ]?", re.M), ""),
    ("\\", re.compile(r"\\([\\`*_{}\[\]()#+.!>|~-])"), r"\1"),
)  # fmt: skip
_RST: Rules = (
    (".. _", re.compile(r"^\s*\.\. +_[^\n]+:.*$", re.M), ""),
    ("__ ", re.compile(r"^__ \S+$", re.M), ""),
    ("::", re.compile(r"^ *\.\. +(?:\|[^|\n]+\| +)?[\w:-]+::.*(?:\n +:[\w -]+:.*)*$", re.M), ""),
    (".. ", re.compile(r"^[ ]*\.\. +(?=\[)", re.M), ""),
    ("", re.compile(r"^[ ]*([=\-~^\"'`#*+.:_])\1{2,}[ ]*$", re.M), ""),
    ("`", re.compile(r"(?::[\w:+.-]{1,40}:)?`([^`<]*?)\s*<[^>`]*>`_{0,2}"), r"\1"),
    (":`", re.compile(r":[\w:+.-]{1,40}:`([^`]*)`"), r"\1"),
    ("`", re.compile(r"(`{1,2})((?:[^`\n]|\n(?!\s*\n)){1,500})\1_{0,2}"), r"\2"),
    *_LINK,
    *_EMPHASIS,
    ("]_", re.compile(r"(\[[#*\w-]+\])_"), r"\1"),
    ("_", re.compile(r"(?<=[^\W_])_{1,2}(?=[\s.,;:!?)]|$)"), ""),
    ("| ", re.compile(r"^\| ", re.M), ""),
    ("::", re.compile(r"::$", re.M), ":"),
    ("\\", re.compile(r"\\([*`_|\\ ])"), r"\1"),
)  # fmt: skip

_EMAIL = re.compile(
    r"(?<![\w.+-])<?(?:mailto:)?[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[a-zA-Z][\w-]{1,62}>?"
)
_PHONE = re.compile(
    r"(?:\b(?:tel|phone|mobile|fax|call)\w{0,4}\.?:?\s{0,3})?"
    r"(?<![\w+])\+\d{1,3}[ ()./-]{0,3}(?:\d[ ()./-]{0,2}){7,12}\d",
    re.I,
)
_LABELS = ("tel", "phone", "fon", "fono", "fone", "mobile", "handy", "fax")
_LABELLED = re.compile(
    r"\b(?:tel|\w{0,9}phone|telefono?|tel[eé]fono|telefone|mobile|handy|fax)\.?:"
    r"\s{0,3}[\d(](?:[ ()./-]{0,3}\d){6,14}",
    re.I,
)
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_SPACES = re.compile(r"[^\S\n]+")
_EDGES = re.compile(r" *\n *")
_BLANK_LINES = re.compile(r"\n{3,}")
_SHORT = 64  # characters: names, tracks, rooms and tags recur and are kept

_EMPTY = {
    "", "tba", "tbd", "tbc", "t.b.a.", "t.b.d.", "to be announced", "to be determined", "to be confirmed",
    "n/a", "none", "null", "nan", "-", "--", "–", "—", "…", "...", "?", ".",
}  # fmt: skip


def plain(text: str, markup: str = "") -> str:
    """Return `text` without markup, its paragraphs kept as blank lines.

    `markup` is "html", "markdown", "rst" or "plain"; when empty, HTML and Markdown are found by their looks.
    E-mail addresses and telephone numbers are personal data and dropped.
    """
    if not text:
        return ""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if markup != "plain":
        text = _without_markup(text, markup)
    return tidy(_without_contacts(text))


def line(text: str, markup: str = "") -> str:
    """Return `text` as `plain` does, on one line; "TBA" and the like are empty."""
    if not text:
        return ""
    return _short_line(text, markup) if len(text) < _SHORT else _line(text, markup)


def has_email(text: str) -> bool:
    """Whether a text holds an e-mail address."""
    return "@" in text and _EMAIL.search(text) is not None


def is_empty(text: str) -> bool:
    """Whether a text says only that there is nothing yet: blank, "TBA", "n/a", "-"."""
    return not text or (len(text) < 20 and text.strip().casefold() in _EMPTY)


def tidy(text: str) -> str:
    """Return `text` in Unicode NFC, without control signs and lone surrogates, its white space orderly."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", storable(text))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.replace("\n", "").isprintable():
        text = text.replace("\u2028", "\n").replace("\u2029", "\n\n")
        text = _SPACES.sub(" ", _CONTROL.sub(" ", _INVISIBLE.sub("", text)))
    elif "  " in text:
        text = _SPACES.sub(" ", text)
    if "\n" in text:
        if " \n" in text or "\n " in text:
            text = _EDGES.sub("\n", text)
        if "\n\n\n" in text:
            text = _BLANK_LINES.sub("\n\n", text)
    return text.strip()


def storable(text: str) -> str:
    """Return `text` without lone surrogates, which no file and no database takes."""
    return text if text.isascii() else text.encode("utf-8", "ignore").decode("utf-8")


def _line(text: str, markup: str) -> str:
    result = " ".join(plain(text, markup).split())
    return "" if is_empty(result) else result


_short_line = lru_cache(maxsize=8192)(_line)


def _without_markup(text: str, markup: str) -> str:
    if markup == "html" or ("<" in text and _IN_USE.search(text) and _TAG.search(text)):
        text = _without_tags(_NEWLINE.sub(" ", text) if markup == "html" else text)
    elif "&" in text and _ENTITY.search(text):
        text = html.unescape(text)
        if _ESCAPED_BLOCK.search(text):
            text = _without_tags(text)
    if markup != "html":
        for hint, pattern, replacement in _RST if markup == "rst" else _MARKDOWN:
            if hint in text:
                text = pattern.sub(replacement, text)
    return text


def _without_tags(text: str) -> str:
    """The text of an HTML fragment, with line ends where blocks end."""
    text = html.unescape(_MARKUP.sub(_in_place_of, text))
    return _MARKUP.sub(_in_place_of, text) if _ESCAPED_BLOCK.search(text) else text


def _in_place_of(match: re.Match[str]) -> str:
    tag = (match[2] or "").lower()
    if tag == "li":
        return "" if match[0].startswith("</") else "\n- "
    if tag in _PARAGRAPHS:
        return "\n\n"
    if tag in _LINES:
        return "\n"
    if tag and tag not in _TAGS:  # no markup: List<T>, <your name>
        return match[0]
    return ""


def _without_contacts(text: str) -> str:
    """Drop e-mail addresses and telephone numbers.

    Again and again, since what is left may read as a number where an address parted it.
    """
    while True:
        start = text
        if "@" in text:
            text = _EMAIL.sub("", text)
        if "+" in text:
            text = _PHONE.sub("", text)
        if ":" in text and any(
            before[-10:].lower().rstrip(" .").endswith(_LABELS) for before in text.split(":")
        ):
            text = _LABELLED.sub("", text)
        if text == start:
            return text
