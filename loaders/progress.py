"""Progress of encoding: a bar with rate and time left on a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_SECONDS_BETWEEN_LINES = 5.0


def show_progress(console: Console, steps: Iterable[int], total: int) -> Iterator[int]:
    """Yield `steps`, counts of sessions just encoded, while showing how many of `total` are done."""
    return _bar(console, steps, total) if console.is_terminal else _lines(console, steps, total)


def _bar(console: Console, steps: Iterable[int], total: int) -> Iterator[int]:
    columns = (
        TextColumn("Embedding"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]:.0f} sessions/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=total, rate=0.0)
        started, done = time.monotonic(), 0
        for step in steps:
            done += step
            seconds = max(time.monotonic() - started, 1e-9)
            progress.update(task, advance=step, rate=done / seconds)
            yield step


def _lines(console: Console, steps: Iterable[int], total: int) -> Iterator[int]:
    started = last = time.monotonic()
    done = 0
    for step in steps:
        done += step
        now = time.monotonic()
        if now - last >= _SECONDS_BETWEEN_LINES or done == total:
            last = now
            rate = done / max(now - started, 1e-9)
            left = (total - done) / rate
            console.print(
                f"Embedding: {done} of {total}, {rate:.0f} sessions/s, {left:.0f} s left",
                highlight=False,
            )
        yield step
