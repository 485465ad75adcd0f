"""BibTeX: one session per paper of a conference's proceedings."""

import re
from collections.abc import Iterator

from loaders.records.record import Diagnostic, Options, Record
from loaders.sources.source_file import SourceFile

NAME = "bibtex"
_START = re.compile(r"(?:%[^\n]*\n\s*|@comment[^\n]*\n\s*)*@[a-z]+\s*[{(]", re.I)


def matches(source: SourceFile, options: Options) -> bool:
    """Whether the file begins with an entry, comments aside."""
    return _START.match(source.head_text) is not None


def read(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each paper; the proceedings that it names, or that stand beside it, are its event."""
    from loaders.bibliography import read_papers  # its parsers for BibTeX alone: 50 ms, 1 MB

    return read_papers(source, options)
