"""Whatever a file holds, reading it gives sessions or a named diagnostic."""

import csv
import gzip
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.reading_sources import DATA, Reading, read_bytes, zipped

from loaders.readers import FORMATS
from service.errors import InputError
from service.stores.payload import encode_payload

from loaders.records.times import AmbiguousDate  # isort: skip

pytestmark = pytest.mark.slow

ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "latin-1"])
TEXTS = st.text(st.characters(codec=None), max_size=20) | st.sampled_from(
    ["Lunch", "TBA", "03/04/2026", "2026-05-05 10:00", "10:30 - 11:00", "=1+1", "<p>x", "a@b.org", "99999",
     "NaN", "\0"]
)  # fmt: skip
HEADERS = st.sampled_from(
    ["Title", "Titel", "Abstract", "Speaker", "Start", "End", "Date", "Time", "ID", "Year", "Event", "State",
     "Tags", "Duration", "Time zone", "Room", "Hotel", "", "Title"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(HEADERS | TEXTS, inner, max_size=3),
    max_leaves=8,
)
SESSIONS = st.dictionaries(
    st.sampled_from(
        ["title", "id", "start", "speakers", "abstract", "year", "sessions", "rooms", "days", "active"])
    | HEADERS,
    VALUES,
    max_size=6,
)  # fmt: skip
FILES = [path for path in sorted(DATA.rglob("*")) if path.is_file()]
SETTINGS = settings(derandomize=True, max_examples=150)


def attempt(name: str, content: bytes, **options: object) -> Reading | None:
    """Read a file; None if it is refused as a whole, in words that name it."""
    try:
        return read_bytes(name, content, **options)
    except InputError as error:
        assert name in str(error)
    except AmbiguousDate:
        pass  # a load says which place it stands in
    return None


@SETTINGS
@given(st.lists(HEADERS, min_size=1, max_size=6), st.lists(st.lists(TEXTS, max_size=7), max_size=6), ENCODINGS,
       st.sampled_from(",;\t"))  # fmt: skip
def test_any_table(
    headers: list[str], rows: list[list[str]], encoding: str, delimiter: str
) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerows([headers, *rows])
    reading = attempt("x.csv", stream.getvalue().encode(encoding, "replace"), timezone="UTC")
    for session in reading.sessions if reading else ():
        json.dumps(encode_payload(session), ensure_ascii=False).encode()


@SETTINGS
@given(st.lists(SESSIONS, max_size=4), ENCODINGS, st.sampled_from(["json", "jsonl", "wrapped", ""]))
def test_any_json(sessions: list[dict[str, object]], encoding: str, shape: str) -> None:
    if shape == "jsonl":
        text = "\n".join(json.dumps(session) for session in sessions)
    else:
        text = json.dumps({"talks": sessions} if shape == "wrapped" else sessions, indent=1)
    reading = attempt("x.json", text.encode(encoding, "replace"), timezone="UTC")
    for session in reading.sessions if reading else ():
        json.dumps(encode_payload(session), ensure_ascii=False).encode()


@SETTINGS
@given(st.lists(SESSIONS, max_size=3), st.sampled_from(sorted(FORMATS)), SESSIONS)
def test_any_json_in_any_format(
    sessions: list[dict[str, object]], format: str, around: dict[str, object]
) -> None:
    inner = {"conference": {"days": [{"rooms": {"a": sessions}}], **around}}
    for value in (sessions, {"sessions": sessions, **around}, {"schedule": inner}, around):
        attempt("x.json", json.dumps(value).encode(), format=format)


@settings(SETTINGS, max_examples=400)
@given(st.sampled_from(FILES), st.data(), st.sampled_from(["", *sorted(FORMATS)]))
def test_any_damage_in_any_format(path: object, data: st.DataObject, format: str) -> None:
    content = path.read_bytes()  # type: ignore[attr-defined]  # drawn from paths
    position = data.draw(st.integers(0, len(content)))
    kind = data.draw(st.sampled_from(["cut", "insert", "flip", "whole", "zip", "gzip"]))
    junk = data.draw(
        st.binary(max_size=4)
        | st.sampled_from([b"\0", b"\xff", b'"', b"\n", b"<", b"{", b"\\u", b"&x;"])
    )
    damaged = {
        "cut": content[:position],
        "insert": content[:position] + junk + content[position:],
        "flip": content[:position] + junk + content[position + len(junk) :],
        "whole": content,
        "zip": zipped({"x": content}),
        "gzip": gzip.compress(content),
    }[kind]
    attempt(path.name, damaged, format=format)  # type: ignore[attr-defined]  # drawn from paths


@SETTINGS
@given(st.binary(max_size=200), st.sampled_from(["", *sorted(FORMATS)]))
def test_any_bytes(content: bytes, format: str) -> None:
    attempt("x.bin", content, format=format)
