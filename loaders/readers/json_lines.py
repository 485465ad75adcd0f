"""JSON Lines: one session, a JSON object, a line."""

import json
from collections.abc import Iterator
from typing import Any

from loaders.readers.json_sessions import read_objects
from loaders.record import Complaint, Options, Record
from loaders.sources import SourceFile

NAME = "jsonl"
_SAMPLE = 200


def matches(source: SourceFile) -> bool:
    """Whether the first line that is not blank starts as a JSON object."""
    return source.head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def read(source: SourceFile, options: Options) -> Iterator[Record | Complaint]:
    """Yield a Record for each line; a bad line is a Complaint with its number, and reading goes on."""
    sample = []
    for _, item in _objects(source):
        if not isinstance(item, Complaint):
            sample.append(item)
        if len(sample) == _SAMPLE:
            break
    bad: list[Complaint] = []

    def good() -> Iterator[tuple[str, Any]]:
        for place, item in _objects(source):
            if isinstance(item, Complaint):
                bad.append(item)
            else:
                yield place, item

    for item in read_objects(good(), sample, options):
        yield from bad
        bad.clear()
        yield item
    yield from bad


def _objects(source: SourceFile) -> Iterator[tuple[str, Any]]:
    for number, line in source.lines():
        place = f"{source.name}:{number}"
        if line is None:
            yield place, Complaint(place, "the line is longer than 8 MiB")
            continue
        text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if not text.strip():
            continue
        try:
            yield place, json.loads(text)
        except json.JSONDecodeError as error:
            row = text[:1000].decode("utf-8", "replace")
            yield place, Complaint(place, f"not valid JSON: {error.msg}", row=row)
        except UnicodeDecodeError:
            yield place, Complaint(place, "not valid UTF-8")
        except RecursionError:
            yield place, Complaint(place, "nested too deeply")
