"""What is refused, whatever it is, names its place, and leaves the catalogue as it was."""

import itertools
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from support.odd_server import odd_server, response
from support.programmes import Loading, row
from support.reading_sources import write_file

from loaders.records.record import Options
from loaders.sources import fetch as fetching
from service.errors import InputError

pytestmark = pytest.mark.slow

OPTIONS = Options(event="Summit", year=2026, timezone="UTC")
ALIASES = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{number}: &a{number} [{','.join([f'*a{number - 1}'] * 10)}]\n" for number in range(1, 12)
)
EVENT = {"@context": "https://schema.org", "@type": "Event", "name": "Knots"}
FILES = {
    "talks.yml": ("title: x\n" + ALIASES, r"talks\.yml:7: its aliases"),
    "loop.yml": ("- &a\n  title: x\n  talks: [*a]\n", r"loop\.yml:3: the YAML alias \*a"),
    "tag.yml": ("- title: !!python/object/apply:os.system [ls]\n", r"tag\.yml:1: the YAML tag"),
    "deep.yml": ("- title: " + "[" * 10_000, r"deep\.yml:1: it nests too deeply"),
    "videos.yml": ("- raw_title: " + "[" * 10_000, r"videos\.yml.* nests too deeply"),
    "open.md": ("---\ntitle: Knots\n\nTied.", r"open\.md:1: its front matter does not end"),
    "deep.json": ('{"sessions": ' + "[" * 100_000, r"deep\.json nests too deeply"),
    "deep.jsonl": ('{"title": ' + "[" * 100_000 + "\n", "nests too deeply"),
    "deep.xml": ("<schedule>" + "<day>" * 10_000, r"deep\.xml.* nests more than 100 deep"),
    "events.html": (
        f'<script type="application/ld+json">[{",".join([json.dumps(EVENT)] * 120_000)}]</script>',
        r"events\.html holds more than 8 MiB of structured data",
    ),
}  # fmt: skip


@pytest.fixture
def refuse(loading: Loading) -> Callable[..., None]:
    """Load a programme; the function returned checks that a source is refused and that it stays served."""
    manifest = loading.rows([row(number) for number in range(3)]).manifest
    titles = loading.titles()

    def check(source: str | Path, message: str) -> None:
        with pytest.raises(InputError, match=message):
            loading.files(source, options=OPTIONS)
        assert (loading.store.manifest(), loading.titles()) == (manifest, titles)

    return check


def test_files_as_bombs_are_refused_with_their_place(
    refuse: Callable[..., None], tmp_path: Path
) -> None:
    for name, (content, message) in FILES.items():
        refuse(write_file(tmp_path / "hostile" / name, content.encode()), message)


def test_addresses_that_lead_astray_are_refused(
    refuse: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MAX_BYTES", 2**20)
    endless: Iterable[bytes] = itertools.chain(
        [b"HTTP/1.1 200 OK\r\n\r\ntitle\n"], itertools.repeat(b"x" * 65_536)
    )
    answers = {
        "/in": [response(b"", "Location: http://10.0.0.1/a.csv", status="302 Found")],
        "/file": [response(b"", "Location: file:///etc/passwd", status="302 Found")],
        "/round": [response(b"", "Location: /round", status="302 Found")],
        "/endless.csv": endless,
    }
    with odd_server(answers) as server:
        refuse(f"{server.url}/in", "leads to 127.0.0.1.*--allow-private-addresses")
        monkeypatch.setattr(fetching, "is_public", lambda address: address == "127.0.0.1")
        refuse(f"{server.url}/in", r"leads to 10\.0\.0\.1.*--allow-private-addresses")
        refuse(f"{server.url}/file", "no address of http or https")
        refuse(f"{server.url}/round", "redirects more than 5 times")
        refuse(f"{server.url}/endless.csv", r"endless\.csv is larger than 1 MiB")
    refuse("file:///etc/passwd", "no address of http or https")


def test_pages_that_name_each_other_in_a_circle_lose_none(loading: Loading, tmp_path: Path) -> None:
    """Sessions, people, rooms and a schedule of one slug, each naming the others and itself."""
    loading.rows([row(number) for number in range(3)])
    circle = "speakers: [x]\nroom: x\nslot: x\nsessions: [x]\ntalk: x\n"
    for name in ("_talks/x.md", "_speakers/x.md", "_rooms/x.md"):
        write_file(
            tmp_path / "site" / name,
            f"---\nname: X of {name}\ntitle: Knots\nid: x\n{circle}---\n".encode(),
        )
    for name in ("schedule", "slots", "tracks"):
        content = f"- id: x\n  title: Knots\n  {circle}".replace("\n", "\n  ").rstrip() + "\n"
        write_file(tmp_path / "site/_data" / f"{name}.yml", content.encode())
    loading.files(tmp_path / "site", options=Options(event="Other", year=2026, timezone="UTC"))
    assert loading.titles() == {"Title number0", "Title number1", "Title number2", "Knots"}
