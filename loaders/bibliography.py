"""Convert BibTeX entries of conference proceedings to records."""

import logging
import re
from collections.abc import Iterator
from contextlib import suppress

from bibtexparser.entrypoint import parse_string
from bibtexparser.library import Library
from bibtexparser.model import DuplicateFieldKeyBlock, Entry
from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import LatexWalkerError

from loaders.records.cleaning import split_year
from loaders.records.record import Diagnostic, Options, Record
from loaders.records.values import as_list, as_year
from loaders.sources.source_file import SourceFile
from service.errors import InputError

_PAPERS = {
    "inproceedings", "conference", "incollection", "inbook", "article", "misc", "unpublished", "techreport",
}  # fmt: skip
_PROCEEDINGS_OF = re.compile(
    r"^(?:(?:the )?proceedings of(?: the)?|proc\.(?: of(?: the)?)?)\s+", re.I
)
_AND = re.compile(r"\s+and\s+", re.I)
_NOT_ENCLOSED = "no-enclosing"  # what the parser says of a name, a number or a joined value
_COMMENT_SIGN = re.compile(r"(?<!\\)%")
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it says, the report says
_LATEX = LatexNodes2Text(math_mode="text", keep_comments=True)


def read_papers(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each paper; the proceedings that it names, or that stand beside it, are its event."""
    library = parse_string(source.text())
    _join_values(library)
    volumes = {entry.key: entry for entry in library.entries if _is_volume(entry)}
    papers = [entry for entry in library.entries if entry.entry_type.lower() in _PAPERS]
    if not papers:
        raise InputError(f"{source.name} holds no @inproceedings or other paper. Export it again.")
    only = next(iter(volumes.values())) if len(volumes) == 1 else None
    for entry in papers:
        volume = volumes.get(_text(entry, "crossref")) or only
        yield _record(entry, volume, f"{source.name}:{(entry.start_line or 0) + 1}", options)
    for block in library.failed_blocks:
        location = f"{source.name}:{(block.start_line or 0) + 1}"
        what = (
            "with a field twice"
            if isinstance(block, DuplicateFieldKeyBlock)
            else "that cannot be read"
        )
        yield Diagnostic(location, f"an entry {what}", row=(block.raw or "")[:1000])
    others = len(library.entries) - len(papers) - len(volumes)
    if others:
        yield Diagnostic(source.name, f"{others} entries that are no papers (books, theses)", False)


def _join_values(library: Library) -> None:
    """Evaluate string concatenations such as `acl # { 2026}`, with the file's @string definitions."""
    texts = {name.lower(): str(text.value) for name, text in library.strings_dict.items()}
    for entry in library.entries:
        for field in entry.fields:
            if field.enclosing == _NOT_ENCLOSED and "#" in field.value:
                field.value = "".join(texts.get(part.lower(), part) for part in _parts(field.value))


def _parts(value: str) -> Iterator[str]:
    """Split a value at its top-level `#` operators and strip the delimiters of each part."""
    depth, is_quoted, start = 0, False, 0
    for position, sign in enumerate(f"{value}#"):
        if sign == "#" and (position == len(value) or not (depth or is_quoted)):
            part = value[start:position].strip()
            yield part[1:-1] if part[:1] + part[-1:] in ("{}", '""') else part
            start = position + 1
        elif sign == '"' and not depth:
            is_quoted = not is_quoted
        elif sign in "{}" and value[position - 1 : position] != "\\":
            depth += 1 if sign == "{" else -1


def _is_volume(entry: Entry) -> bool:
    return entry.entry_type.lower() == "proceedings"


def _record(entry: Entry, volume: Entry | None, location: str, options: Options) -> Record:
    event, year = _event(entry, volume)
    doi = _text(entry, "doi")
    return Record(
        location=location,
        event="" if options.event else event,
        year=as_year(_text(entry, "year")) or as_year(_text(entry, "date")[:4]) or year,
        source_id=entry.key,
        title=_text(entry, "title"),
        abstract=_text(entry, "abstract"),
        speakers=_names(_raw(entry, "author")),
        language=_text(entry, "language") or _text(entry, "langid"),
        url=_raw(entry, "url") or (f"https://doi.org/{doi}" if doi.startswith("10.") else doi),
        tags=as_list(_text(entry, "keywords")),
    )


def _event(entry: Entry, volume: Entry | None) -> tuple[str, int | None]:
    """Return the event's name and year from the title of the proceedings."""
    title = _text(volume, "title") if volume else ""
    name, year = split_year(title or _text(entry, "booktitle") or _text(entry, "journal"))
    volume_year = as_year(_text(volume, "year")) if volume else None
    return _PROCEEDINGS_OF.sub("", name), volume_year or year


def _names(authors: str) -> list[str]:
    """Return the names of "Last, First and Last, First and others"; a group in braces is one name."""
    names = []
    for author in _AND.split(authors.strip()):
        parts = [part.strip() for part in _plain(author).split(",") if part.strip()]
        if parts and parts != ["others"] and not author.startswith("{"):
            names.append(" ".join((parts[-1], *parts[:-1])))
        elif author.startswith("{"):
            names.append(_plain(author))
    return names


def _raw(entry: Entry, key: str) -> str:
    field = next((item for item in entry.fields if item.key.lower() == key), None)
    return "" if field is None else str(field.value).strip()


def _text(entry: Entry, key: str) -> str:
    return _plain(_raw(entry, key))


def _plain(latex: str) -> str:
    """Convert LaTeX markup to plain Unicode text."""
    if not any(sign in latex for sign in "\\{}$~"):
        return latex
    with suppress(LatexWalkerError, RecursionError, ValueError, IndexError, KeyError):
        escaped = _COMMENT_SIGN.sub(r"\\%", latex)
        return str(_LATEX.latex_to_text(escaped)).replace("\xa0", " ").strip()
    return re.sub(r"[{}]", "", latex)
