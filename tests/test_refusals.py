"""What whoever names a file that is in no known format is told to do: what can help, for its kind."""

import io
import zipfile
from pathlib import Path

import pytest
from support.reading_sources import read_bytes

from loaders.sources.find import find_sources
from service.errors import InputError


def _document(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "<w/>")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "advice"),
    [
        ("a.pdf", b"%PDF-1.7\n%\xe2\xe3", "It is a PDF. Ask for the table or the export behind it"),
        ("a.png", b"\x89PNG\r\n\x1a\n\0", "It is a picture"),
        ("a.docx", _document("[Content_Types].xml", "word/document.xml"), "of a text document, save the table"),
        ("a.rtf", b"{\\rtf1 Knots}", "a document of an office program"),
        ("a.db", b"SQLite format 3\0" + b"\0" * 90, "sqlite3 -header -csv"),
        ("a.parquet", b"PAR1\x15\0", "Write it as CSV or JSON Lines"),
        ("a.pickle", b"\x80\x04\x95", "it is never read"),
        ("a.ris", b"TY  - CPAPER\nTI  - Knots\nER  - \n", "Export them as BibTeX"),
        ("a.vcf", b"BEGIN:VCARD\nFN:Jo\nEND:VCARD\n", "cards of people"),
        ("a.tex", b"\\documentclass{article}", "BibTeX of the proceedings"),
        ("a.eml", b"From: jo@example.org\nSubject: Knots\n\nx", "Save its attachment"),
        ("a.md", b"# Programme\n\n- 10:00 Knots\n", "front matter"),
        ("a.toml", b"[event]\nyear = 2026\n", "file of settings"),
        ("a.xml", b"<?xml version='1.0'?>\n<rss version='2.0'></rss>", "root is <rss>"),
        ("a.kml", b"<!-- map -->\n<kml/>", "root is <kml>"),
        ("a.js", b"export function sessions() { return [{title: 'Knots'}]; }\n", "It is JavaScript"),
        ("a.ts", b"// talks\nconst t = [{title: 'Knots', at: now()}];\n", "a.ts:2: 'now()}];' is no literal"),
        ("a.yml", b"a: 1\n", "folder of the whole site"),
        ("a.txt", b"just prose\n", "A table needs a header row"),
    ],
)  # fmt: skip
def test_the_remedy_is_one_for_the_kind_of_file(name: str, content: bytes, advice: str) -> None:
    with pytest.raises(InputError) as refused:
        read_bytes(name, content)
    assert name in str(refused.value)
    assert advice in str(refused.value)
    assert "--map" not in str(refused.value)


def test_a_table_is_told_how_its_titles_are_named() -> None:
    with pytest.raises(InputError, match=r'--map "What=title"'):
        read_bytes("a.csv", b"What,Whom\nKnots,Jo\n")


def test_a_document_on_disk_is_not_taken_for_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "programme.docx"
    path.write_bytes(_document("[Content_Types].xml", "word/document.xml"))
    (source,) = find_sources([str(path)])
    assert source.name == str(path)
