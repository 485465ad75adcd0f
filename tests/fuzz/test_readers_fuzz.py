"""Every reader gets small files damaged at random: it gives sessions and diagnostics, or refuses in words.

    CONFERENCE_HELPER_TEST_LONG=1 pytest -n auto tests/fuzz

gives each reader 100,000 inputs. An input is known by its reader and number, and can be made again.
"""

import os
import resource
import time
from functools import cache
from io import StringIO
from pathlib import Path
from random import Random

import pytest
from support.mutations import mutate
from support.reading_sources import DATA, Reading, from_bytes

from loaders.readers import READERS, Reader
from loaders.records.record import Options
from loaders.records.times import AmbiguousDate
from loaders.sources.archives import Spool
from loaders.sources.find import find_sources
from loaders.sources.source_file import SourceFile
from loaders.workbooks import workbook
from loaders.workbooks.child import read_sheets
from service.errors import InputError

pytestmark = pytest.mark.slow

IS_LONG = bool(os.environ.get("CONFERENCE_HELPER_TEST_LONG"))
INPUTS = 100_000 if IS_LONG else 150
MAX_SECONDS = 5 if IS_LONG else 30  # the short run is measured by coverage, on slow machines too
MAX_MEGABYTES = 500
MAX_SEED = 8_000  # bytes
SAMPLES = Path(__file__).parents[2] / "samples"


@cache
def seeds(name: str) -> list[tuple[str, bytes]]:
    """Return the names and contents of small files that a reader takes; of all where there is none."""
    reader = next(reader for reader in READERS if name == reader.NAME)
    small = [item for item in find_sources([str(DATA), str(SAMPLES)]) if item.size <= MAX_SEED]
    taken = [item for item in small if reader.matches(item, Options())]
    return [(item.path, item.read()) for item in taken or small]


def fuzzed(reader: Reader, number: int) -> tuple[str, bytes]:
    """Return the name and content of an input."""
    random = Random(f"{reader.NAME} {number}")
    known = seeds(reader.NAME)
    name, content = random.choice(known)
    return name, mutate(content, [other for _, other in known], random)


def attempt(reader: Reader, name: str, content: bytes) -> None:
    """Read an input as a load would that was told its format."""
    options = Options(event="Test Conf", year=2026, timezone="UTC", format=reader.NAME)
    try:
        Reading().take(from_bytes(name, content), options)
        reader.matches(from_bytes(name, content), Options())
    except (InputError, AmbiguousDate):
        pass  # refused, in words


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read workbooks in this process: a process for each input would take most of the time."""

    def run(source: SourceFile, seconds: int, memory: int, spool: Spool) -> tuple[int, int]:
        output = StringIO()
        read_sheets(source.name, source.read(), output)
        return 0, spool.add([output.getvalue().encode()])[1]

    monkeypatch.setattr(workbook, "run", run)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.NAME)
def test_a_reader_refuses_or_reads_whatever_it_gets(reader: Reader) -> None:
    before = peak_megabytes()
    for number in range(INPUTS):
        name, content = fuzzed(reader, number)
        started = time.process_time()
        try:
            attempt(reader, name, content)
        except Exception as error:
            pytest.fail(
                f"input {number} of {reader.NAME} ({name}): {type(error).__name__}: {error}"
            )
        assert time.process_time() - started < MAX_SECONDS, (
            f"input {number} of {reader.NAME} is slow"
        )
    assert peak_megabytes() - before < MAX_MEGABYTES
