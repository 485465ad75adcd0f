"""The whole load: read, compare, say the plan, then write; what `conference-helper load` does."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loaders.receipts import Receipts, identify
from loaders.records.record import Options
from loaders.report import Rejects, Report
from loaders.sources.find import find_sources, source_over
from loaders.staging.database import Staging
from loaders.staging.read import stage
from loaders.sync import Comparison, Gate, Progress, apply, check_removals, compare
from service.encoder import Encoder
from service.errors import InputError, NothingLoadedError, StorageFullError, is_disk_full
from service.filters import NO_FILTERS
from service.stores.manifest import Manifest
from service.stores.protocol import SessionStore


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRequest:
    """What a caller asks to load, and how careful to be."""

    sources: tuple[str, ...]
    options: Options
    cache_file: Path
    dry_run: bool = False
    allow_removals: bool = False
    strict: bool = False
    rejects: Path | None = None


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
                "embedded_again": plan.embedded,
                "gone": plan.gone,
                "same": plan.same,
                "held": plan.held,
                "other_events": plan.kept,
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
    identity = _identify(request, store)
    if identity and (outcome := _known_before(request, identity, store, open_encoder, say)):
        return outcome
    outcome = _read_and_load(request, store, open_encoder, say=say, progress=progress, gate=gate)
    if identity and outcome.manifest and not request.dry_run:
        plan, report = outcome.comparison.plan, outcome.report
        if identity == _identify(request, store):  # nobody changed the sources while they were read
            _receipts(request).keep(identity, outcome.manifest, plan, report)
    return outcome


def _identify(request: LoadRequest, store: SessionStore) -> str | None:
    """What tells this load from any other; None where what is served can change without a new manifest.

    That is on a server, where a sync in place that was interrupted leaves the manifest as it was.
    """
    if store.kind != "embedded":
        return None
    return identify(request.sources, request.options, allow_removals=request.allow_removals)


def _receipts(request: LoadRequest) -> Receipts:
    return Receipts(request.cache_file.with_name("loads.json"))


def _known_before(
    request: LoadRequest,
    identity: str,
    store: SessionStore,
    open_encoder: Callable[[SessionStore], Encoder],
    say: Callable[[str], None],
) -> Outcome | None:
    """Return what this very load would find, if an earlier one left what is served; None if it must read."""
    with nullcontext() if request.dry_run else store.lock():
        try:
            manifest = store.manifest()
        except NothingLoadedError:
            return None
        receipt = _receipts(request).find(identity, manifest)
        if receipt is None or request.rejects is not None:
            return None
        with store.reading(older=True) as generation:
            whole = generation.count(NO_FILTERS) == manifest.sessions
        changed = bool(open_encoder(store).fingerprint.differences(manifest.encoder))
        comparison = Comparison(receipt.plan, manifest, encoder_changed=changed)
        if not whole or not comparison.is_empty:
            return None
        say("The sources are those of an earlier load: what it found still stands.")
        _say_report(receipt.report, request, say)
        say(str(comparison))
        say(_nothing_to_do(request))
        return Outcome(receipt.report, comparison, manifest)


def _read_and_load(
    request: LoadRequest,
    store: SessionStore,
    open_encoder: Callable[[SessionStore], Encoder],
    *,
    say: Callable[[str], None],
    progress: Progress,
    gate: Gate | None,
) -> Outcome:
    with ExitStack() as stack:
        stack.enter_context(_translate_disk_full())
        staging = Staging()
        stack.callback(staging.close)
        report = _report(request, stack)
        names = stage(find_sources(request.sources), request.options, staging, report)
        if request.allow_removals:
            staging.release()
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
            sources=[Path(name).name for name in names],
            report=report,
            progress=progress,
            gate=gate,
        )
        if report.longer:
            window = encoder.fingerprint.window
            say(f"{report.longer} embedded texts are longer than {window} tokens: ends are cut.")
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
    if source := source_over(request.rejects, request.sources):
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
    """Say what was read. Raises InputError if any of it is bad and the request is strict."""
    for line in report.lines():
        say(line)
    if request.strict and report.bad:
        raise InputError(
            f"{report.bad} sessions are bad and --strict is set: nothing was loaded. "
            "Mend them or drop --strict."
        )
