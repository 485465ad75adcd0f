"""Web addresses as sources: their names, and the exports that pages of known programmes are led to."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.odd_server import odd_server, response
from support.processes import ROOT
from support.reading_sources import DATA, Reading

from loaders.records.record import Options
from loaders.sources.addresses import is_address, source_name
from loaders.sources.find import find_overlap, find_sources
from loaders.sources.source_file import SourceFile
from service.errors import InputError

PAGE = b"<!doctype html><html><body>Schedule"
SCHEDULE = json.dumps({"schedule": {"conference": {"days": []}}}).encode()


def get(url: str) -> SourceFile:
    (source,) = find_sources([url], allow_private=True)
    return source


@pytest.mark.parametrize(
    ("page", "text", "export"),
    [
        ("/conf/schedule/", b"made with pretalx", "/conf/schedule/export/schedule.json"),
        ("/conf/talk/ABC/", b"made with pretalx", "/conf/schedule/export/schedule.json"),
        ("/event/12/timetable/", b"powered by Indico", "/export/event/12.json"),
        ("/2026/schedule/", b"", "/2026/schedule.xml"),
        ("/2026/schedule/", b"", "/2026/schedule/xml"),
    ],
)
def test_a_page_of_a_known_kind_is_led_to_its_export(page: str, text: bytes, export: str) -> None:
    content = b"<schedule/>" if "xml" in export else SCHEDULE
    with odd_server({page: [response(PAGE + text)], export: [response(content)]}) as server:
        source = get(server.url + page)
    assert source.read() == content
    assert source.origin == server.url + page
    assert source.notes[0].endswith(f": {server.url}{page}")


def test_a_page_without_an_export_says_where_it_was_looked_for() -> None:
    answers = {
        "/c/schedule/": [response(PAGE + b"pretalx")],
        "/c/schedule/export/schedule.json": [
            response(b"", "Location: http://elsewhere.example.org/", status="302 Found")
        ],
        "/c/schedule/export/schedule.xml": [response(PAGE)],
    }
    with odd_server(answers) as server:
        source = get(f"{server.url}/c/schedule/")
    with pytest.raises(InputError, match=r"No export was found at http.*schedule\.json"):
        Reading().take(source, Options())


def test_names_of_addresses() -> None:
    assert source_name("https://jo:x@example.org/a/b.csv?key=1#c") == "https://example.org/a/b.csv"
    assert source_name("/srv/b.csv") == "b.csv"
    assert not is_address("talks.csv")


def test_an_address_is_never_the_place_of_rejects(tmp_path: Path) -> None:
    assert find_overlap(tmp_path / "x.csv", ["https://example.org/x.csv"]) is None


def test_what_fetches_or_parses_other_formats_is_not_imported_for_files() -> None:
    code = f"""import sys
import loaders.load
from loaders.readers import find_reader
from loaders.records.record import Options
from loaders.sources.find import find_sources
(source,) = find_sources([{str(DATA / "german.csv")!r}])
assert list(find_reader(source).read(source, Options()))
sys.exit(not {{"httpx", "lxml", "bibtexparser", "pylatexenc"}}.isdisjoint(sys.modules))"""
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
