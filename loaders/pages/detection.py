"""Detect HTML files without importing an HTML parser."""

import re

from loaders.sources.source_file import SourceFile

_START = re.compile(
    r"(?:\s|<!--.{0,5000}?-->|<\?xml[^>]{0,200}\?>)*+<(?:!doctype html|html|head|body)\b",
    re.I | re.S,
)
_SUFFIXES = (".html", ".htm", ".xhtml")


def is_page(source: SourceFile) -> bool:
    """Return whether a file is HTML, by its first tag, or by its extension if it is a fragment."""
    head = source.head_text
    if _START.match(head):
        return True
    return (
        source.path.lower().endswith(_SUFFIXES) and head.startswith("<") and "<?xml" not in head[:5]
    )
