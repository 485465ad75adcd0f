"""Files made to fill the memory or to take long, of every format."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>Title</t></is></c></row>'
_FAR = '<row r="2"><c r="ZZ9000" t="inlineStr"><is><t>x</t></is></c></row>'


@dataclass(frozen=True, slots=True)
class Attack:
    """A file: what it is, its name, how it is made, and what one of its kind took before there were limits."""

    name: str
    file: str
    make: Callable[[], bytes]
    before: str = ""


def _zipped(parts: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _ods(text: str, attributes: str = "") -> bytes:
    cell = "<table:table-cell office:value-type='string' {}><text:p>{}</text:p></table:table-cell>"
    row = f"<table:table-row>{cell}</table:table-row>"
    content = (
        f"<office:document-content xmlns:office='{_OASIS}:office:1.0' xmlns:table='{_OASIS}:table:1.0' "
        f"xmlns:text='{_OASIS}:text:1.0'><office:body><office:spreadsheet><table:table table:name='A'>"
        f"{row.format('', 'Title')}{row.format(attributes, text)}"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f"<manifest:manifest xmlns:manifest='{_OASIS}:manifest:1.0'/>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return _zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def _xlsx(rows: str, sheets: int = 1, shared: str = "") -> bytes:
    def relation(number: int, kind: str, target: str) -> str:
        return f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'

    def relations(*inner: str) -> str:
        return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(inner)}</Relationships>'

    numbers = range(1, sheets + 1)
    names = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    same = [relation(n, "worksheet", "worksheets/sheet1.xml") for n in numbers]
    strings = [relation(9_999, "sharedStrings", "sharedStrings.xml")]
    return _zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
            "_rels/.rels": relations(relation(1, "officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}">'
            f"<sheets>{names}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": relations(*same, *strings),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_SHEETS}">'
            f"<sheetData>{_HEAD}{rows}</sheetData></worksheet>",
            "xl/sharedStrings.xml": f'<sst xmlns="{_SHEETS}">{shared}</sst>',
        }
    )


def _of_shared_strings() -> bytes:
    cells = "<c t='s'><v>0</v></c>" * 20
    rows = "".join(f"<row r='{number}'>{cells}</row>" for number in range(2, 3_000))
    return _xlsx(rows, shared=f"<si><t>{'a' * 100_000}</t></si>")


def _row(**cells: str) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([cells, cells.values()])
    return stream.getvalue().encode()


def _schedule(inner: str, conference: str = "") -> bytes:
    head = f"<conference><title>X 2026</title>{conference}</conference>"
    event = "<event id='1'><title>t</title></event>"
    day = f"<day date='2026-05-12'><room name='r'>{event}</room></day>"
    return f"<schedule>{head}{inner}{day}</schedule>".encode()


def _calendar(inner: str) -> bytes:
    return f"BEGIN:VCALENDAR\nX-WR-CALNAME:C 2026\n{inner}END:VCALENDAR\n".encode()


def _event(number: int, inner: str = "") -> str:
    return f"BEGIN:VEVENT\nUID:{number}\nSUMMARY:t\n{inner}END:VEVENT\n"


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


ATTACKS = (
    Attack("spaces of an ODS", "a.ods", lambda: _ods("a<text:s text:c='2000000000'/>"), "5.8 GB"),
    Attack(
        "a repeated long cell",
        "a.ods",
        lambda: _ods("a" * 400_000, "table:number-columns-repeated='9000'"),
        "not given",
    ),
    Attack("shared strings", "a.xlsx", _of_shared_strings, "6 GB"),
    Attack("fifty sheets on one part", "a.xlsx", lambda: _xlsx(_FAR, 50), "not given"),
    Attack(
        "40 MB of XML with unknown children",
        "a.xml",
        lambda: _schedule("<x><y>a</y></x>" * 2_600_000),
        "835 MB",
    ),
    Attack("10 MB of the same", "a.xml", lambda: _schedule("<x/>" * 2_400_000)),
    Attack("a conference of a million elements", "a.xml", lambda: _schedule("", "<x/>" * 10**6)),
    Attack(
        "a flat YAML", "a.yml", lambda: b"- title: a\n  k: [" + b"a," * 4_500_000 + b"b]\n", "> 60 s"
    ),
    Attack(
        "a CSV row of a million cells",
        "a.csv",
        lambda: b"Title,Room\nA,B\n" + b",".join([b"x"] * 4_000_000),
        "423 MB",
    ),
    Attack("a CSV of empty rows", "a.csv", lambda: b"Title,Date,Room\n" + b",,\n" * 3_000_000),
    Attack("a CSV of empty lines", "a.csv", lambda: b"Title,Date\nA,B\n" + b"\n" * 9_000_000, "> 75 s"),
    Attack("a CSV of days", "a.csv", lambda: b"Title,Date,Room\n" + b"May 2026,,\n" * 700_000, "> 75 s"),
    Attack("a CSV of short rows", "a.csv", lambda: b"Title,Room\n" + b"t,\n" * 2_000_000, "> 75 s"),
    Attack("quotes left open", "a.csv", lambda: b"Title,Room\n" + b'"a,b\n' * 2_000_000),
    Attack("an archive of 100,000 files", "a.zip",
        lambda: _zipped({f"a{n}.csv": "" for n in range(100_000)}), "18 s for 200,000"),
    Attack("a name with white space", "a.csv",
        lambda: _row(Title="T", Speakers="Jane" + " " * 95_000 + "Doe"), "16 s for 20 kB"),
    Attack("tags", "a.csv", lambda: _row(Title="T", Tags="a" * 95_000), "30 s for 50 kB"),
    Attack("links with spaces", "a.csv", lambda: _row(Title="T", Abstract="[a](" + " " * 95_000), "65 s"),
    Attack("addresses", "a.csv", lambda: _row(Title="T", Abstract="a@" * 48_000)),
    Attack("a list printed as JSON", "a.json",
        lambda: _json(
            [{"title": "T", "speakers": _json([f"A{n} B" for n in range(9_000)]).decode()}]
        ), "36 s for 10,000"),
    Attack("sittings of one id", "a.json",
        lambda: _json([{"title": "T", "id": "x", "abstract": str(n)} for n in range(50_000)]), "71 s"),
    Attack("a new key in each object", "a.json",
        lambda: _json([{"title": "T", f"k{n}": 1} for n in range(300_000)]), "> 75 s"),
    Attack("an object of 700,000 keys", "a.json",
        lambda: _json([{"title": "T", **{f"k{n}": 1 for n in range(700_000)}}]), "> 75 s"),
    Attack("300,000 lists", "a.json", lambda: _json([[{"title": "T", "speaker": "x"}]] * 300_000), "> 75 s"),
    Attack("200,000 lists by keys", "a.json",
        lambda: _json({f"k{n}": [{"title": "T", "speaker": "x"}] for n in range(200_000)}), "> 75 s"),
    Attack("brackets", "a.json", lambda: b"[" * 5_000_000),
    Attack("a calendar of 180,000 events", "a.ics",
        lambda: _calendar("".join(map(_event, range(180_000)))), "> 75 s"),
    Attack("an event of 60,000 categories", "a.ics",
        lambda: _calendar(_event(1, "CATEGORIES:a,b\n" * 60_000))),
    Attack("a zone of 3,000 parts", "a.csv",
        lambda: _row(Title="T", Start="2026-05-12 10:00", Timezone="a/" * 3_000), "RecursionError"),
)  # fmt: skip
"""Attacks in table order."""
