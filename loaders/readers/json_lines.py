"""JSON Lines: one session, a JSON object, a line."""

import json
import re
from collections.abc import Iterator
from typing import Any

from loaders.readers.json_sessions import read_objects
from loaders.records.record import Diagnostic, Options, Record
from loaders.sources.source_file import SourceFile

NAME = "jsonl"
_SAMPLE = 200
_MARK = b"\xef\xbb\xbf"
_UTF_8 = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")


def matches(source: SourceFile) -> bool:
    """Whether the first line that is not blank starts as a JSON object."""
    return source.head_text.startswith("{")


def read(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each line; a bad line is a Diagnostic with its number, and reading goes on."""
    sample = []
    for _, item in read_lines(source):
        if not isinstance(item, Diagnostic):
            sample.append(item)
        if len(sample) == _SAMPLE:
            break
    bad: list[Diagnostic] = []

    def good() -> Iterator[tuple[str, Any]]:
        for location, item in read_lines(source):
            if isinstance(item, Diagnostic):
                bad.append(item)
            else:
                yield location, item

    for item in read_objects(good(), sample, options):
        yield from bad
        bad.clear()
        yield item
    yield from bad


def read_lines(source: SourceFile) -> Iterator[tuple[str, Any]]:
    """Yield (location, value) for each line that is not blank, a Diagnostic for one that is not JSON."""
    for number, line in source.lines():
        location = f"{source.name}:{number}"
        if line is None:
            yield location, Diagnostic(location, "the line is longer than 8 MiB")
        elif line.strip(_MARK + b" \t\r\n"):
            yield location, _value(line.removeprefix(_MARK), location)


def _value(line: bytes, location: str) -> Any:
    try:
        return json.loads(_text(line))
    except json.JSONDecodeError as error:
        reason = f"not valid JSON: {error.msg}"
    except UnicodeDecodeError:
        reason = "not valid UTF-8"
    except RecursionError:
        reason = "nested too deeply"
    except ValueError:
        reason = "not valid JSON: a number of thousands of digits"
    return Diagnostic(location, reason, row=line[:1000].decode("utf-8", "replace"))


def _text(line: bytes) -> str:
    """A line's text, which is UTF-8, or Windows-1252 where nothing in it looks like UTF-8."""
    try:
        return line.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        if _UTF_8.search(line):
            raise
        return line.decode("cp1252")
