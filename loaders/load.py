"""The load behind `conference-helper load`: read, compare, print the plan, write."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loaders.records.record import Options
from loaders.report import Rejects, Report
from loaders.sources.addresses import source_name
from loaders.sources.find import find_overlap, find_sources
from loaders.staging.database import Staging
from loaders.staging.read import stage
from loaders.sync import Comparison, Gate, Progress, apply, check_removals, compare
from service.encoder import Encoder
from service.errors import InputError, RefusedError, StorageFullError, is_disk_full
from service.stores.manifest import Manifest
from service.stores.protocol import SessionStore
from service.stores.waiting import locked


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRequest:
    """What to load, the files that keep vectors for the next load or start, and which safeguards to apply."""

    sources: tuple[str, ...]
    options: Options
    cache_file: Path
    off_topic: Path | None = None
    dry_run: bool = False
    allow_removals: bool = False
    strict: bool = False
    accept_odd: bool = False
    allow_private: bool = False
    rejects: Path | None = None
    wait: float = 0
    """Seconds to wait while another loader is at work."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a load read, planned and wrote; `manifest` is that of the generation served afterwards."""

    report: Report
    comparison: Comparison
    manifest: Manifest | None

    def as_dict(self) -> dict[str, Any]:
        """Return the outcome as JSON values."""
        plan = self.comparison.plan
        return {
            "plan": {
                "new": plan.new,
                "changed": plan.changed,
                "embedded_again": plan.reembedded,
                "gone": plan.gone,
                "same": plan.same,
                "held": plan.protected,
                "other_events": plan.other_events,
                "encoder_changed": self.comparison.encoder_changed,
            },
            "report": self.report.as_dict(),
            "generation": self.manifest.generation if self.manifest else None,
            "sessions": self.manifest.sessions if self.manifest else 0,
        }


def run(
    request: LoadRequest,
    store: SessionStore,
    open_encoder: Callable[[SessionStore], Encoder],
    *,
    say: Callable[[str], None],
    progress: Progress,
    gate: Gate | None = None,
) -> Outcome:
    """Load the request's sources into the store and return what was done.

    Says the report and the plan before anything is written. Raises InputError for sources that cannot be
    read, RefusedError for a mass removal, LockedError while another loader is at work, VerificationError
    where the `gate` keeps the new generation from being served; whatever is raised,
    what was served before is still served.
    """
    with ExitStack() as stack:
        stack.enter_context(_translate_disk_full())
        staging = Staging()
        stack.callback(staging.close)
        if (
            request.wait and not request.dry_run
        ):  # before the sources are read: they may change meanwhile
            stack.enter_context(locked(store, wait=request.wait))
        report = _report(request, stack)
        names = stage(
            find_sources(request.sources, allow_private=request.allow_private),
            request.options,
            staging,
            report,
        )
        if request.allow_removals:
            staging.clear_protection()
        _say_report(report, request, say)
        if not request.dry_run:
            stack.enter_context(store.lock())
        encoder = open_encoder(store)
        comparison = compare(staging, store, encoder)
        say(str(comparison))
        if not request.allow_removals:
            check_removals(staging)
        if request.dry_run or comparison.is_empty:
            say(_nothing_to_do(request))
            return Outcome(report, comparison, comparison.manifest)
        manifest = apply(
            comparison,
            staging,
            store,
            encoder,
            cache_file=request.cache_file,
            off_topic=request.off_topic,
            sources=[source_name(name) for name in names],
            report=report,
            progress=progress,
            gate=gate,
        )
        if report.truncated:
            window = encoder.fingerprint.window
            say(f"{report.truncated} embedded texts are longer than {window} tokens: ends are cut.")
        say(f"Serving {manifest.sessions} sessions in generation {manifest.generation}.")
        return Outcome(report, comparison, manifest)


@contextmanager
def _translate_disk_full() -> Iterator[None]:
    """Raise StorageFullError where the temporary folder's disk is full."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        if not is_disk_full(error):
            raise
        raise StorageFullError(
            f"No room is left to read the sources ({error}): they are unpacked and compared in "
            f"{tempfile.gettempdir()}. Free some space there, or set TMPDIR to a folder of another disk; "
            "what is served was not touched."
        ) from error


def _report(request: LoadRequest, stack: ExitStack) -> Report:
    if request.rejects is None:
        return Report()
    if source := find_overlap(request.rejects, request.sources):
        raise InputError(
            f"--rejects {request.rejects} would stand in the place of a source or among its files: {source}. "
            "Name a file somewhere else."
        )
    try:
        rejects = Rejects(request.rejects)
    except OSError as error:
        raise InputError(
            f"--rejects {request.rejects} cannot be written: {error.strerror}."
        ) from error
    stack.callback(rejects.close)
    return Report(rejects=rejects)


def _nothing_to_do(request: LoadRequest) -> str:
    return "Nothing was written." if request.dry_run else "The catalogue is up to date."


def _say_report(report: Report, request: LoadRequest, say: Callable[[str], None]) -> None:
    """Print the report.

    Raises InputError if a record is invalid and the request is strict, RefusedError for what looks wrong.
    """
    for line in report.lines():
        say(line)
    if request.strict and report.invalid:
        raise InputError(
            f"{report.invalid} sessions are bad and --strict is set: nothing was loaded. "
            "Mend them or drop --strict."
        )
    if report.odd and not request.accept_odd:
        raise RefusedError(
            f"This looks wrong: {report.odd[0]}. Nothing was loaded. --map, --format, --timezone and "
            "--date-order say how to read it; if it is right, load it with --accept-odd."
        )
