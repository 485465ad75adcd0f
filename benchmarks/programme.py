"""Time to render one day of a large event's programme, against reading and filtering the whole edition.

    python -m benchmarks.programme [--sessions 10000] [--days 4] [--turns 20] [--data FOLDER] [--json FILE]

An event of `--sessions` made-up sessions in 60 rooms over `--days` days, and a day of as many as are not
split, is written to an embedded catalogue, with a second year of as many. In a turn each way to show a part
of a day, and that whole day, is taken once, in process and without a network: the page, the page with what
is on now, the page of one track, the API's answer. The baseline does without the indexes: it reads every
session of the edition, keeps those of the day and the part, and lays out the timetable. It writes no HTML,
counts no facets and looks for nothing that is on now, so the ratios understate. Times are of the processor,
as the limit is: what else the machine does counts less, and least in the least of them.

`first` is a page whose filters nobody asked for before, or that of a service which has just become ready after
a load: it reads its sessions and writes their rows, and both are cached afterwards.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.support.results import PAUSE, Row, median, middle_half, report
from service.encoder import Fingerprint, QueryEncoder, Vectors
from service.filters import Filters
from service.programme.day import ProgrammeDay
from service.programme.parts import MOST, format_minute
from service.programme.timetable import build
from service.search.searcher import Searcher
from service.session import Session
from service.stores.edge.store import EdgeStore
from service.web import create_app

LIMIT_MS = 100
"""What a page may take, of the server's time."""
LIMIT_BYTES = 1_000_000
EVENT = "Congress"
YEAR = 2026
_ZONE = ZoneInfo("Europe/Brussels")
_FIRST = datetime(2026, 5, 11, 9, 0, tzinfo=_ZONE)
_ROOMS, _TRACKS, _SLOTS = 60, 40, 96
_FINGERPRINT = Fingerprint(model="none", weights="none", dimension=8, window=8)


def main() -> None:
    """Parse the arguments, run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=4)
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("--data", type=Path, help="folder to keep the catalogue in")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    with ExitStack() as stack:
        folder = args.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        store = EdgeStore(folder, "programme")
        stack.callback(store.close)
        if not store.generations():
            write(store, args.sessions, args.days)
        rows = measure(store, args.turns)
    report(rows, "python -m benchmarks.programme " + " ".join(sys.argv[1:]), args.json)


def make_sessions(count: int, days: int) -> Iterator[Session]:
    """Yield synthetic sessions, half of them in each of two years; MOST of each are on the last day."""
    rng = random.Random(7)  # noqa: S311  # synthetic data, not cryptography
    words = [f"{start}{end}" for start in ("data", "net", "sys", "lib") for end in range(200)]
    for year in (YEAR, YEAR - 1):
        for number in range(count):
            day, slot = days if number < MOST else number % days, rng.randrange(_SLOTS)
            start = _FIRST.replace(year=year) + timedelta(days=day, minutes=5 * slot)
            yield Session(
                event=EVENT,
                year=year,
                source_id=str(number),
                title=" ".join(rng.choices(words, k=8)),
                abstract=" ".join(rng.choices(words, k=150)),
                speakers=(f"Ana {rng.randrange(count)}", f"Bo {rng.randrange(count)}"),
                track=f"Track {number % _TRACKS}",
                room=f"Room {rng.randrange(_ROOMS)}",
                kind="Talk",
                language="en",
                starts_at=start,
                ends_at=start + timedelta(minutes=rng.choice((20, 30, 45))),
            )


def write(store: EdgeStore, count: int, days: int) -> None:
    """Load the sessions, all with one vector: none is searched for."""
    sessions = list(make_sessions(count, days))
    vectors: Vectors = np.zeros((256, _FINGERPRINT.dimension), dtype=np.float32)
    vectors[:, 0] = 1
    with store.building(_FINGERPRINT, sessions=len(sessions)) as builder:
        for start in range(0, len(sessions), len(vectors)):
            some = sessions[start : start + len(vectors)]
            builder.upsert(some, vectors[: len(some)])
        builder.commit(expected=len(sessions), sources=["made up"])


def measure(store: EdgeStore, turns: int) -> list[Row]:
    """Return a row for each way to show a part of a day or a whole one, timed alternately with the baseline."""
    app = create_app(Searcher(store, _no_encoder))
    client = app.test_client().get
    part, whole = (
        _biggest_part(Searcher(store, _no_encoder)),
        _last_day(Searcher(store, _no_encoder)),
    )
    pages = {"a part of a day": part, "a whole day": whole}
    ready: list[Searcher] = []
    prepare: dict[str, Callable[[], object]] = {}
    ways: dict[str, Callable[[int], object]] = {"baseline": lambda _: read_all(store, part)}
    for name, shown in pages.items():
        page, now = _address(shown), f"{_address(shown)}&now={_middle(shown)}"
        ways |= {
            f"the page of {name}": partial(_show, client, page),
            f"{name} with what is on now": partial(_show, client, now),
            f"{name} with what is on now, first": partial(_show_first, app, ready, now),
        }
        prepare[f"{name} with what is on now, first"] = lambda: ready.append(_make_ready(store))
        _show(client, now)
    page = _address(part)
    ways |= {
        "the page of one track": lambda turn: _show(client, f"{page}&track=Track+{turn % 5}"),
        "the page of one track, first": lambda turn: _show(
            client, f"{page}&track=Track+{turn + 10}"
        ),
        "the API's answer": partial(_show, client, f"/api{page}"),
    }
    times = take_turns(ways, min(turns, _TRACKS - 10), prepare)
    size = max(len(client(f"{_address(one)}&now={_middle(one)}").data) for one in pages.values())
    baseline = median(times.pop("baseline"))
    slowest = max(map(median, times.values()))
    return [
        *(
            Row(
                name,
                baseline,
                median(some),
                "ms",
                baseline / median(some),
                f"least {min(some):.3g}, {middle_half(some)}",
            )
            for name, some in times.items()
        ),
        Row(
            "the slowest of them; the baseline is the limit",
            LIMIT_MS,
            slowest,
            "ms",
            LIMIT_MS / slowest,
        ),
        Row(
            "size of the page; the baseline is the limit",
            LIMIT_BYTES,
            size,
            "bytes",
            LIMIT_BYTES / size,
        ),
    ]


def take_turns(
    ways: dict[str, Callable[[int], object]], turns: int, prepare: dict[str, Callable[[], object]]
) -> dict[str, list[float]]:
    """Return the times of each variant in ms, interleaved so that drift affects all of them alike.

    What prepares a variant is done before each turn of it, and takes none of its time.
    """
    times: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(turns):
        for name, way in ways.items():
            prepare.get(name, lambda: None)()
            time.sleep(PAUSE)
            started = time.process_time()
            way(turn)
            times[name].append(1000 * (time.process_time() - started))
    return times


def read_all(store: EdgeStore, part: ProgrammeDay) -> object:
    """Build the same timetable from the whole edition, filtered in Python."""
    with store.reading() as generation:
        edition = Filters(event=[EVENT], year=[YEAR])
        sessions = generation.programme(edition, part.edition.sessions)
    first, end = part.part.first or 0, part.part.end
    found = [
        one
        for one in sessions
        if one.day == part.day and one.start_minute is not None and first <= one.start_minute < end
    ]
    if len(found) != len(part.sessions):
        raise RuntimeError(f"{len(found)} sessions found, {len(part.sessions)} shown")
    return build(found)


def _show(client: Callable[[str], Any], path: str, turn: int = 0) -> None:
    """Ask for a path. Raises RuntimeError unless it is answered."""
    answer = client(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code} in turn {turn}")


def _make_ready(store: EdgeStore) -> Searcher:
    """Return a searcher that has read of the programme what it reads before it is ready."""
    searcher = Searcher(store, _no_encoder)
    searcher.programmes.warm_up()
    return searcher


def _show_first(app: Any, ready: list[Searcher], path: str, turn: int) -> None:
    """Request a path from a fresh searcher, which is taken off the list."""
    kept = app.extensions["searcher"]
    app.extensions["searcher"] = ready.pop()
    at = f"http://localhost/{turn}"  # rows are cached with their addresses
    _show(partial(app.test_client().get, base_url=at), path)
    app.extensions["searcher"] = kept


def _address(shown: ProgrammeDay) -> str:
    return f"/programme?event={EVENT}&year={YEAR}&day={shown.day}&part={shown.part.key}"


def _middle(shown: ProgrammeDay) -> str:
    """Return a time when half of the sessions shown have started, as a query parameter."""
    starts = sorted(one.start_minute or 0 for one in shown.sessions)
    return f"{shown.day}T{format_minute(starts[len(starts) // 2])}%2B02:00"


def _biggest_part(searcher: Searcher) -> ProgrammeDay:
    """Return the largest part of the first day."""
    day = _find(searcher)
    return _find(searcher, day.day, max(day.parts, key=lambda part: part.sessions).key)


def _last_day(searcher: Searcher) -> ProgrammeDay:
    """Return the day that is not split."""
    found = _find(searcher, _find(searcher).edition.days[-1][0])
    assert len(found.parts) == 1, "the last day is split"
    return found


def _find(searcher: Searcher, day: str = "", part: str = "") -> ProgrammeDay:
    filters = Filters(event=[EVENT], year=[YEAR], day=[day] if day else ())
    found = searcher.programmes.find(filters, part=part)
    assert isinstance(found, ProgrammeDay), "the catalogue holds another event"
    return found


def _no_encoder(fingerprint: Fingerprint) -> QueryEncoder:
    raise RuntimeError(f"nobody asks {fingerprint.model} a question here")


if __name__ == "__main__":
    main()
