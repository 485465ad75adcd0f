"""Every reader gets small programmes damaged at random: it gives sessions and diagnostics, or refuses in words.

    CONFERENCE_HELPER_TEST_LONG=1 pytest -n auto -rP tests/fuzz

gives each reader 100,000 inputs and prints what the slowest took. An input is known by its reader and number,
and can be made again: `support.seeds.fuzzed`.
"""

import json
import os
import resource
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from time import process_time
from types import FrameType

import pytest
from support.reading_sources import Reading
from support.seeds import Programme, fuzzed, seeds, sources

from loaders.last_look import LastLook
from loaders.readers import READERS, Reader
from loaders.records.record import Options
from loaders.records.times import AmbiguousDate
from loaders.sources.archives import Spool
from loaders.sources.source_file import SourceFile
from loaders.workbooks import workbook
from loaders.workbooks.child import read_sheets
from service.errors import InputError
from service.stores.payload import encode_payload

pytestmark = pytest.mark.slow

IS_LONG = bool(os.environ.get("CONFERENCE_HELPER_TEST_LONG"))
BLOCKS = 10 if IS_LONG else 1  # of a reader, for the cores to share
BLOCK_SIZE = 10_000 if IS_LONG else 150
MAX_SECONDS = 5 if IS_LONG else 30  # the short run is measured by coverage, on slow machines too
MAX_MEGABYTES = 500
MAX_SHOWN = 10


class TooSlowError(BaseException):
    """An input takes more than the seconds that it has; not an Exception, so that no reader catches it."""


@contextmanager
def _bounded_time(seconds: float) -> Iterator[None]:
    """Raise TooSlowError inside once it took so many seconds of processor time."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlowError(f"more than {seconds} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def attempt(reader: Reader, programme: Programme) -> None:
    """Read an input as a load does that was told its format, to payloads and the last look."""
    options = Options(event="Test Conf", year=2026, timezone="UTC", format=reader.NAME)
    reading = Reading()
    try:
        for source in sources(programme):
            reader.matches(source, Options())
            reading.take(source, options)
    except (InputError, AmbiguousDate):
        pass  # refused, in words
    LastLook().find("an input", reading.sessions)
    json.dumps([encode_payload(one) for one in reading.sessions], ensure_ascii=False).encode()


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read workbooks in this process: a process for each input would take most of the time."""
    monkeypatch.setattr(workbook, "run", run_here)


def run_here(source: SourceFile, seconds: int, memory: int, spool: Spool) -> tuple[int, int]:
    output = StringIO()
    read_sheets(source.name, source.read(), output)
    return 0, spool.add([output.getvalue().encode()])[1]


@pytest.mark.parametrize("block", range(BLOCKS))
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.NAME)
def test_a_reader_refuses_or_reads_whatever_it_gets(reader: Reader, block: int) -> None:
    assert seeds(reader.NAME), "a reader without a seed would refuse all"
    failures: list[str] = []
    slowest, started, before = (0.0, 0), process_time(), peak_megabytes()
    for number in range(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE):
        programme = fuzzed(reader, number)
        begun = process_time()
        try:
            with _bounded_time(MAX_SECONDS):
                attempt(reader, programme)
        except (Exception, TooSlowError) as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            failures.append(f"input {number}: {error!r} in {place.filename}:{place.lineno}")
        slowest = max(slowest, (process_time() - begun, number))
        if len(failures) == MAX_SHOWN:
            break
    print(  # noqa: T201  # shown by -rP
        f"{reader.NAME}: {BLOCK_SIZE} inputs in {process_time() - started:.0f} s of processor time, "
        f"the slowest (input {slowest[1]}) {slowest[0]:.2f} s; peak {peak_megabytes():.0f} MB"
    )
    assert not failures, "\n".join(failures)
    assert peak_megabytes() - before < MAX_MEGABYTES
