"""Advice for files in unsupported formats, by kind of file."""

import re

from loaders.readers import csv_tsv
from loaders.sources.source_file import SourceFile
from loaders.tables.delimited import is_text

_ASK = "Ask for the table or the export behind it (CSV, XLSX, schedule.json, iCalendar), and load that."
_BY_START: tuple[tuple[tuple[bytes, ...], str], ...] = (
    ((b"%PDF-",), f"It is a PDF. {_ASK}"),
    ((b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"RIFF"), f"It is a picture. {_ASK}"),
    ((rb"{\rtf",), "It is a document of an office program. Save its table as CSV, and load that."),
    ((b"SQLite format 3\0",), "It is an SQLite database. Write the table of the sessions as CSV "
     '(sqlite3 -header -csv FILE "SELECT * FROM sessions"), and load that.'),
    ((b"PAR1", b"ARROW1", b"Obj\x01"),
     "It is a file of columns (Parquet, Arrow, Avro). Write it as CSV or JSON Lines."),
    ((b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"),
     "It is a pickle, which could run anything: it is never read. Write its rows as CSV or JSON."),
    ((b"TY  - ",), "These are references in RIS. Export them as BibTeX."),
    ((b"BEGIN:VCARD",), "These are cards of people. Load the programme: schedule.json, iCalendar, CSV."),
    ((rb"\documentclass", rb"\begin{"),
     "It is LaTeX. Load the BibTeX of the proceedings, or a table (CSV)."),
    ((b"From: ", b"Received: ", b"Return-Path: "), "It is an e-mail. Save its attachment, and load that."),
)  # fmt: skip
_MARKED = re.compile(r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?![!?])([\w:.-]{1,40})", re.S)
_CODE = re.compile(
    r"\s*(?:/[/*][^\n]*\n\s*)*(?:(?:export|import|module\.exports)\b|(?:const|let|var|window\.\w+)\s+[\w$=])"
)
_MAX_SHOWN = 20  # cells, and characters of each


def foreign_kind(source: SourceFile) -> str:
    """Return advice for a file whose signature is that of an unsupported kind; empty for others."""
    return next((advice for starts, advice in _BY_START if source.head.startswith(starts)), "")


def remedy(source: SourceFile) -> str:
    """Return advice on how to load the sessions of an unsupported file."""
    if advice := foreign_kind(source):
        return advice
    if b"\0" in source.head and not is_text(source):
        return "It holds NUL bytes, as UTF-16 without a byte order mark does: save it as UTF-8."
    suffix = source.path.lower().rpartition(".")[2]
    if suffix in ("yml", "yaml"):
        return (
            "This YAML holds no list of sessions that its name or its keys tell of. Load the folder of the "
            "whole site, or say --format site for a list of talks, --format rubyevents for one of videos."
        )
    if suffix in ("md", "markdown", "rst", "adoc"):
        return (
            "A text is read as one session if it begins with front matter (a title between lines of ---). "
            "Load the folder of the whole site, or a table (CSV)."
        )
    if suffix in ("toml", "ini", "cfg"):
        return "It is a file of settings. Load the folder of the whole site, or a table (CSV)."
    if root := _MARKED.match(source.head_text):
        return (
            f"It is XML whose root is <{root[1]}>. Of XML, <schedule> is read, as frab, pentabarf and pretalx "
            "write it. Look for an export as schedule.xml, schedule.json, iCalendar or CSV."
        )
    if _CODE.match(source.head_text):
        return (
            "It is JavaScript that holds more than data. Write the list that it holds as JSON (node prints it "
            "with JSON.stringify)."
        )
    return _as_table(source)


def _as_table(source: SourceFile) -> str:
    columns = {name: texts for name, *texts in csv_tsv.first_columns(source) if name}
    if len(columns) < 2:
        return "A table needs a header row with a title column."
    likeliest = max(columns, key=lambda name: sum(map(len, set(columns[name]))))
    shown = ", ".join(name[:_MAX_SHOWN] for name in list(columns)[:_MAX_SHOWN])
    return (
        f"As a table, its first row is {shown}: if one of these columns holds the titles, "
        f'say --map "{likeliest}=title".'
    )
