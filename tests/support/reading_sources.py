"""Reads sources as a load does, up to the sessions."""

import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from loaders.readers import find_reader
from loaders.records.cleaning import to_session
from loaders.records.record import Diagnostic, Options, Skip
from loaders.sources.find import find_sources
from loaders.sources.source_file import SourceFile
from service.session import Session

DATA = Path(__file__).parents[1] / "data"


@dataclass
class Reading:
    """What came of sources: sessions, and diagnostics by what they mean for a session."""

    sessions: list[Session] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)

    @property
    def titles(self) -> list[str]:
        return [session.title for session in self.sessions]

    @property
    def reasons(self) -> list[str]:
        return [reason for _, reason in self.skipped]

    def take(self, source: SourceFile, options: Options) -> None:
        reader = find_reader(source, options)
        if reader is None:
            return
        self.formats.append(reader.NAME)
        for item in reader.read(source, options):
            if isinstance(item, Diagnostic):
                if item.skipped:
                    self.skipped.append((item.location, item.reason))
                else:
                    self.noted.append(item.reason)
                continue
            try:
                self.sessions.append(to_session(item, options))
            except Skip as error:
                self.skipped.append((item.location, str(error)))
            self.noted.extend(item.warnings)


def read(*names: str | Path, **options: Any) -> Reading:
    """Read the sources of these names; those in tests/data by their names there."""
    reading = Reading()
    for source in find_sources(str(DATA / name) if name != "-" else "-" for name in names):
        reading.take(source, Options(**_placed(options)))
    return reading


def from_bytes(name: str, content: bytes) -> SourceFile:
    """Return a source whose content is already at hand."""
    return SourceFile(
        name, name, lambda: BytesIO(content), len(content), origin=name, is_named=True
    )


def read_bytes(name: str, content: bytes, **options: Any) -> Reading:
    """Read one file whose content is given."""
    reading = Reading()
    reading.take(from_bytes(name, content), Options(**_placed(options)))
    return reading


def _placed(options: dict[str, Any]) -> dict[str, Any]:
    return {"event": "Test Conf", "year": 2026} | options


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"


def xlsx(sheets: dict[str, list[list[str | float]]], *, hidden: str = "", raw: str = "") -> bytes:
    """Return a workbook with these rows; `raw` is XML that is put after them."""
    names = list(sheets)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        + "".join(
            f'<sheet name="{name}" sheetId="{number}" r:id="r{number}" '
            f'state="{"hidden" if name == hidden else "visible"}"/>'
            for number, name in enumerate(names, 1)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">'
        + "".join(
            f'<Relationship Id="r{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
            for number, _ in enumerate(names, 1)
        )
        + "</Relationships>",
    }
    for number, rows in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{_rows(rows)}{raw}</sheetData></worksheet>'
        )
    return zipped(parts)


def _rows(rows: list[list[str | float]]) -> str:
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(
            f'<c r="{chr(65 + column)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
            if isinstance(cell, str)
            else f'<c r="{chr(65 + column)}{number}"><v>{cell}</v></c>'
            for column, cell in enumerate(row)
            if cell != ""
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    return "".join(lines)


def ods(table: str) -> bytes:
    """Return an ODS workbook whose only table holds this XML."""
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{names}:office:1.0" xmlns:table="{names}:table:1.0" '
        f'xmlns:text="{names}:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="S">{table}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<m:manifest xmlns:m="{names}:manifest:1.0">'
        f'<m:file-entry m:full-path="/" m:media-type="{kind}"/></m:manifest>'
    )
    return zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def zipped(parts: dict[str, str] | dict[str, bytes]) -> bytes:
    """Return a zip file with these members."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def paths(*names: str | Path) -> list[str]:
    return [source.path for source in find_sources(map(str, names))]


def write_file(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
