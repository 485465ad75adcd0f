"""JSON Lines: one session per line, as a JSON object."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from loaders.json_objects.objects import read_objects
from loaders.json_objects.values import parse_lines
from loaders.records.record import Diagnostic, Options, Record
from loaders.sources.source_file import SourceFile

NAME = "jsonl"
_SAMPLE_SIZE = 200


def matches(source: SourceFile, options: Options) -> bool:
    """Whether the first line that is not blank starts as a JSON object."""
    return source.head_text.startswith("{")


def read(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each line; a bad line is a Diagnostic with its number, and reading goes on."""
    values = (item for _, item in parse_lines(source) if not isinstance(item, Diagnostic))
    sample = list(islice(values, _SAMPLE_SIZE))
    invalid: list[Diagnostic] = []

    def valid() -> Iterator[tuple[str, Any]]:
        for location, item in parse_lines(source):
            if isinstance(item, Diagnostic):
                invalid.append(item)
            else:
                yield location, item

    for item in read_objects(valid(), sample, options):
        yield from invalid
        invalid.clear()
        yield item
    yield from invalid
