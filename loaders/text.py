"""Texts as people wrote them to plain text, once, at load time: HTML, Markdown, reStructuredText."""

import html
import re
import unicodedata
from html.parser import HTMLParser

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
_ENTITY = re.compile(r"&(#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")
_PARAGRAPHS = {"p", "div", "ul", "ol", "table", "blockquote", "pre", "section", "article", "dl"} | {
    f"h{level}" for level in range(1, 7)
}
_LINES = {"br", "tr", "li", "dt", "dd"}
_UNSEEN = {"script", "style", "head", "template"}

_MARKDOWN = [
    (re.compile(r"^```.*$", re.M), ""),
    (
        re.compile(
            r"!?\[([^\[\]]*)\]\(\s*<?[^()\s]*(?:\([^()]*\)[^()\s]*)?>?(?:\s+\"[^\"]*\")?\s*\)"
        ),
        r"\1",
    ),
    (re.compile(r"^[ ]{0,3}#{1,6}\s+(.*?)\s*#*$", re.M), r"\1"),
    (re.compile(r"(\*\*)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w`])`([^`\n]+)`(?!\w)"), r"\1"),
    (re.compile(r"^[ ]{0,3}>[ ]?", re.M), ""),
    (re.compile(r"^[ ]{0,3}(?:[-*_][ ]?){3,}$", re.M), ""),
]
_RST = [
    (re.compile(r"^\.\. +_[^:\n]+:.*$", re.M), ""),
    (re.compile(r"^\.\. +[\w-]+::.*(?:\n[ ]+:.*)*$", re.M), ""),
    (re.compile(r"^([=\-~^\"'`#*+.:_])\1{2,}\s*$", re.M), ""),
    (re.compile(r"(?::[\w:+.-]+:)?`([^`<]*?)\s*<[^>`]*>`_{0,2}"), r"\1"),
    (re.compile(r":[\w:+.-]+:`([^`]*)`"), r"\1"),
    (re.compile(r"``([^`]*)``"), r"\1"),
    (re.compile(r"`([^`\n]+)`_{0,2}"), r"\1"),
    (re.compile(r"(\*\*)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"::$", re.M), ":"),
]
_MARKED = re.compile(r"[`*_#>\[\]]|\.\. |::|(?:^|\n)([=\-~])\1{2}")

_EMAIL = re.compile(r"<?(?:mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+>?")
_PHONE = re.compile(
    r"(?:(?:tel|phone|mobile|fax)\.?:?\s*)?(?<![\w+])\+\d{1,3}[ ()./-]*(?:\d[ ()./-]{0,2}){7,12}\d",
    re.I,
)
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")

_EMPTY = {
    "tba",
    "tbd",
    "tbc",
    "t.b.a.",
    "t.b.d.",
    "to be announced",
    "to be determined",
    "n/a",
    "none",
    "null",
    "-",
    "–",
    "…",
    "...",
    "?",
}


class _Text(HTMLParser):
    """Collects the text of an HTML fragment, with line ends where blocks end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "li":
            self.parts.append("\n- ")
        else:
            self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag not in ("br", "li"):
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data)

    def _break(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self.parts.append("\n\n")
        elif tag in _LINES:
            self.parts.append("\n")


def plain(text: str, markup: str = "") -> str:
    """Return `text` without markup, its paragraphs kept as blank lines.

    `markup` is "html", "markdown", "rst" or "plain"; when empty, HTML and Markdown are found by their looks.
    E-mail addresses and telephone numbers are personal data and dropped.
    """
    if markup != "plain":
        text = _without_markup(text, markup)
    return tidy(_without_contacts(text))


def line(text: str, markup: str = "") -> str:
    """Return `text` as `plain` does, on one line; "TBA" and the like are empty."""
    result = " ".join(plain(text, markup).split())
    return "" if is_empty(result) else result


def is_empty(text: str) -> bool:
    """Whether a text says only that there is nothing yet: blank, "TBA", "n/a", "-"."""
    return not text or (len(text) < 20 and text.strip().casefold() in {"", *_EMPTY})


def tidy(text: str) -> str:
    """Return `text` in Unicode NFC, without control signs and lone surrogates, its white space orderly."""
    if not text.isascii():
        text = text.encode("utf-8", "ignore").decode("utf-8")
        text = unicodedata.normalize("NFC", text).replace("\u00ad", "").replace("\ufeff", "")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable():
        text = "".join(
            sign if sign == "\n" or (sign >= " " and sign != "\x7f") else " " for sign in text
        )
    lines = [_SPACES.sub(" ", part).strip() for part in text.split("\n")]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def _without_markup(text: str, markup: str) -> str:
    is_html = markup == "html" or (markup != "rst" and _TAG.search(text) is not None)
    if is_html:
        parser = _Text()
        parser.feed(_single_spaced(text) if markup == "html" else text)
        parser.close()
        text = "".join(parser.parts)
    elif _ENTITY.search(text):
        text = html.unescape(text)
    if markup != "html" and _MARKED.search(text):
        for pattern, replacement in _RST if markup == "rst" else _MARKDOWN:
            text = pattern.sub(replacement, text)
    return text


def _single_spaced(text: str) -> str:
    """HTML shows a line end as a space, but blank lines of half-marked-up text stay paragraphs."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", text.replace("\r\n", "\n"))


def _without_contacts(text: str) -> str:
    if "@" in text:
        text = _EMAIL.sub("", text)
    if "+" in text:
        text = _PHONE.sub("", text)
    return text
