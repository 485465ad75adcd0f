"""JavaScript that holds nothing but data: KonOpas and ConClar, and lists given to names on any page."""

import time
from pathlib import Path

import pytest
from support.reading_sources import DATA, from_bytes, read, read_bytes, write_file

from loaders.json_objects.javascript import is_javascript, parse_javascript
from service.errors import InputError


@pytest.mark.parametrize(
    "sources", [["konopas"], ["konopas/program.js", "konopas/people.js"]], ids=["folder", "files"]
)
def test_konopas_has_its_people_in_a_file_of_their_own(sources: list[str]) -> None:
    reading = read(*sources, timezone="Europe/Brussels")
    knots, sails = reading.sessions
    assert (knots.source_id, knots.title, knots.abstract) == (
        "416",
        "Knots for all",
        "About knots.",
    )
    assert knots.speakers == ("Dr. Jo Line", "Bo Mole")
    assert (knots.track, knots.kind, knots.tags) == ("Ropes", "Panel", ("Beginners",))
    assert knots.room == "Quay; Ground floor"
    assert f"{knots.starts_at:%d %H:%M}, {knots.ends_at:%H:%M}" == "12 10:30, 11:45"
    assert [(link.label, link.url) for link in knots.links] == [
        ("signup", "https://example.org/416")
    ]
    assert (sails.speakers, sails.room) == (("Ana Glow",), "Loft")
    assert "a list of speakers: sessions beside it name them by id" in reading.noted


def test_programme_and_people_may_share_a_file() -> None:
    parts = [(DATA / "konopas" / name).read_bytes() for name in ("program.js", "people.js")]
    (knots, _) = read_bytes("combined.js", b"\n".join(parts)).sessions
    assert knots.speakers == ("Dr. Jo Line", "Bo Mole")


@pytest.mark.parametrize(
    "script",
    [
        "const talks = [{title: 'Knots', tags: ['a', 'b',],},];\nexport default talks;\n",
        "// talks\nexport const talks: Talk[] = [{title: `Knots`, tags: [\"a\", 'b']}] as const;\n",
        "'use strict';\nimport T from './types';\nexport default [{title: 'Kn\\u006fts', tags: ['a', 'b']}]",
        "/* eslint-disable */\nwindow.App.talks = [ {'title': \"Knots\", /* two */ tags: ['a', 'b']} ];",
        "var year = 2026, talks = [{title: 'Knots', tags: ['a', 'b'], level: undefined, n: +1_0.50}]\n"
        "module.exports = { year, talks };",
        'callback({"talks": [{"title": "Knots", "tags": ["a", "b"]}]});',
    ],
)
def test_lists_are_read_however_they_are_given_to_a_name(script: str) -> None:
    assert is_javascript(script)
    (session,) = read_bytes("talks.js", script.encode()).sessions
    assert (session.title, session.tags) == ("Knots", ("a", "b"))


def test_texts_are_as_their_escapes_say() -> None:
    script = r"var a = ['it\'s', `two\nlines`, 'a\x41\u{1F600}', '\
b', '${c}'];"
    parsed = parse_javascript(from_bytes("x.js", script.encode()))
    assert parsed == {"a": ["it's", "two\nlines", "aA😀", "b", "${c}"]}


@pytest.mark.parametrize(
    ("script", "refusal"),
    [
        ("var a = [1];\nalert(1 + 1);", r"x\.js:2: ' \+ 1\);' is more than one value"),
        ("var a = [1];\nfunction f() {}", r"x\.js:2: 'function f\(\) \{\}' is no value given to a name"),
        ("var a = [\n{t: new Date()}]", r"x\.js:2: 'new Date\(\)\}\]' is no literal"),
        ("var a = [`${b}`]", r"x\.js:1: '`\$\{b\}`\]' is no literal"),
        ("var a = [1].map(b)", r"x\.js:1: '\.map\(b\)' is computed"),
        ("var a = [{b}]", r"x\.js:1: 'b\}\]' is no literal"),
        ("var a = [{b: 1 2}]", r"x\.js:1: '2\}\]' is not where it can be"),
        ("var a = ['b", r"x\.js:1: \"'b\" is no literal"),
        ("var a = [['b']", r"x\.js:1: '' is no literal"),
        ("var a = " + "[" * 90 + "]" * 90 + ".b", "is computed"),
        ("var a = " + "['b', " * 90, "nests too deeply"),
        ("a = ['b'];\n" * 300, "comes after 200 values"),
    ],
)  # fmt: skip
def test_nothing_is_evaluated(script: str, refusal: str) -> None:
    with pytest.raises(InputError, match=refusal) as refused:
        parse_javascript(from_bytes("x.js", script.encode()))
    assert "Write the list that it holds as JSON" in str(refused.value)


def test_programs_in_a_folder_are_left_alone(tmp_path: Path) -> None:
    write_file(tmp_path / "app.js", b"const state = {title: 'x'};\nrender(state);\n")
    write_file(tmp_path / "popup.jsx", b"const title, speaker, room = use();\nx, y, z\n")
    package = b'{"name": "app", "author": "Jo Line", "description": "x", "scripts": {}}'
    write_file(tmp_path / "package.json", package)
    write_file(tmp_path / "talks.js", b"const talks = [{title: 'Knots', room: 'Quay'}];\n")
    reading = read(tmp_path)
    assert (reading.titles, reading.skipped) == (["Knots"], [])
    assert reading.formats == ["json", "json"]  # of package.json too, which has none


@pytest.mark.parametrize(
    "script",
    ["// " * 9 + "x", "/*" + "*" * 9, "a." * 9, "export {" + "a" * 9, "import " + "x" * 9, "var a: " + "A<" * 9,
     "var a = ['" + "\\" * 9, "'use strict'" * 9, "var a = [/**/" * 9],
)  # fmt: skip
def test_no_script_takes_longer_than_its_length(script: str) -> None:
    def seconds(times: int) -> float:
        longer = from_bytes("x.js", (script * times).encode())
        started = time.process_time()
        try:
            is_javascript(longer.head_text)
            parse_javascript(longer)
        except InputError:
            pass
        return time.process_time() - started

    assert seconds(4_000) < 20 * max(seconds(2_000), 0.01)
