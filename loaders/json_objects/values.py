"""Reads JSON files and JSON Lines, and accesses nested values."""

import json
import re
from collections.abc import Iterator
from typing import Any

from loaders.records.record import Diagnostic
from loaders.sources.source_file import SourceFile
from service.errors import InputError

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF_8 = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")


def parse(source: SourceFile) -> Any:
    """Return the file's JSON value. Raises InputError that names line and column if it is damaged."""
    try:
        return json.loads(source.text())
    except json.JSONDecodeError as error:
        raise InputError(
            f"{source.name}:{error.lineno}:{error.colno}: not valid JSON ({error.msg}). Export it again."
        ) from error
    except RecursionError as error:
        raise InputError(
            f"{source.name} nests too deeply to be a programme. Export it again."
        ) from error
    except ValueError as error:  # a number of thousands of digits
        raise InputError(f"{source.name}: not valid JSON ({error}). Export it again.") from error


def parse_lines(source: SourceFile) -> Iterator[tuple[str, Any]]:
    """Yield (location, value) for each line that is not blank, a Diagnostic for one that is not JSON."""
    for number, line in source.lines():
        location = f"{source.name}:{number}"
        if line is None:
            yield location, Diagnostic(location, "the line is longer than 8 MiB")
        elif line.strip(_BYTE_ORDER_MARK + b" \t\r\n"):
            yield location, _parse_line(line.removeprefix(_BYTE_ORDER_MARK), location)


def _parse_line(line: bytes, location: str) -> Any:
    try:
        return json.loads(_decode(line))
    except json.JSONDecodeError as error:
        reason = f"not valid JSON: {error.msg}"
    except UnicodeDecodeError:
        reason = "not valid UTF-8"
    except RecursionError:
        reason = "nested too deeply"
    except ValueError:
        reason = "not valid JSON: a number of thousands of digits"
    return Diagnostic(location, reason, row=line[:1000].decode("utf-8", "replace"))


def _decode(line: bytes) -> str:
    """A line's text, which is UTF-8, or Windows-1252 where nothing in it looks like UTF-8."""
    try:
        return line.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        if _UTF_8.search(line):
            raise
        return line.decode("cp1252")


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a JSON list; none if it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def member(value: Any, *keys: str) -> Any:
    """Return the value at a path of keys, None if a level is missing or not an object."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def no_sessions(source: SourceFile, problem: str) -> Diagnostic:
    """Return the note on a file without sessions among others.

    Raises InputError with the problem if the caller named the file.
    """
    if source.is_named:
        raise InputError(f"{source.name} {problem}")
    return Diagnostic(source.name, "a file without sessions", skipped=False)
