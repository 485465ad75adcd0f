"""Synchronises a catalogue with its sources: compare, encode, upsert, verify, switch.

A source is the truth for the events and years it holds: what is new is embedded and added, what changed in
its text is embedded again, what changed otherwise gets a new payload, what is gone is removed. Everything is
written into a new generation beside the one that is served, but for small changes of a large catalogue where
the store takes them in place.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from loaders.embedding import count_missing, embed_missing, vectors_of
from loaders.plan import Plan
from loaders.report import Report
from loaders.staging.database import Staging
from loaders.vector_cache import VectorCache
from service.encoder import Encoder
from service.errors import NothingLoadedError, RefusedError
from service.filters import Filters
from service.stores.copying import Batch, rebuild
from service.stores.manifest import SCHEMA_VERSION, Calibration, Manifest
from service.stores.protocol import Builder, Generation, SessionStore, Updater
from service.verdict.calibrate import calibrate
from service.verdict.judge import is_current

_GUARDED_FROM = 10
_GUARDED_SHARE = 0.2

Progress = Callable[[Iterable[int], int], Iterable[int]]
"""Takes counts of sessions as they are encoded and their total; passes them on while showing progress."""
Gate = Callable[[Generation, Encoder], None]
"""Looks at a new generation before it is served; raises VerificationError to keep it from being."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a load would do: its plan, and why everything is embedded anew if it is."""

    plan: Plan
    manifest: Manifest | None
    encoder_changed: bool

    @property
    def schema_changed(self) -> bool:
        """Whether what is served is of an older schema, so that all of it is written anew."""
        return self.manifest is not None and self.manifest.schema != SCHEMA_VERSION

    @property
    def uncalibrated(self) -> bool:
        """Whether what is served was never calibrated, or with other off-topic queries or weights."""
        return self.manifest is not None and not is_current(self.manifest.calibration)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        old = self.encoder_changed or self.schema_changed or self.uncalibrated
        return self.plan.is_empty and not old

    def __str__(self) -> str:
        anew = (
            f"; the encoder changed: all {self.plan.total} embedded anew"
            if self.encoder_changed
            else ""
        )
        if self.schema_changed and not anew:
            anew = f"; the catalogue is of an older version: all {self.plan.total} written anew"
        if self.uncalibrated and not anew:
            anew = "; its verdicts are calibrated anew"
        held = (
            f"; {self.plan.held} of these kept since bad rows may be theirs (or --allow-removals)"
            if self.plan.held
            else ""
        )
        return f"{self.plan}{held}{anew}"


def compare(staging: Staging, store: SessionStore, encoder: Encoder) -> Comparison:
    """Compare what was staged with the served generation."""
    try:
        manifest = store.manifest()
    except NothingLoadedError:
        return Comparison(staging.plan(), None, encoder_changed=False)
    with store.reading(older=True) as generation:
        staging.know(generation.known())
        manifest = generation.manifest
    changed = bool(encoder.fingerprint.differences(manifest.encoder))
    return Comparison(staging.plan(), manifest, encoder_changed=changed)


def check_removals(staging: Staging) -> None:
    """Raise RefusedError if more than a fifth of an event and year of ten sessions or more would go."""
    for (event, year), gone in staging.count_gone().items():
        known = staging.count_known(event, year)
        if known >= _GUARDED_FROM and gone > _GUARDED_SHARE * known:
            raise RefusedError(
                f"This would remove {gone} of the {known} sessions of {event} {year}; nothing was changed. "
                "If the programme really shrank, load it with --allow-removals."
            )


def apply(
    comparison: Comparison,
    staging: Staging,
    store: SessionStore,
    encoder: Encoder,
    *,
    cache_file: Path,
    sources: Sequence[str],
    report: Report,
    progress: Progress,
    gate: Gate | None = None,
) -> Manifest:
    """Write the new generation and switch to it. The caller holds the store's lock since it compared.

    With a `gate` the new generation is always built beside the served one, and shown to it before the switch.
    Vectors go to the cache as they are computed, so that after an interruption the next load uses them.
    """
    every = comparison.encoder_changed
    if every:
        with store.reading(older=True) as generation:
            for sessions, _ in generation.scan():
                staging.adopt(sessions)

    with _cache(cache_file, encoder) as cache:

        def check(generation: Generation) -> Calibration | None:
            if gate:
                gate(generation, encoder)
            return calibrate(generation, encoder, partial(vectors_of, encoder=encoder, cache=cache))

        _encode(staging, encoder, cache, every=every, report=report, progress=progress)
        updating = None
        if comparison.manifest and not gate and not every and not comparison.schema_changed:
            updating = store.updating(changes=comparison.plan.changes)
        if updating:
            with updating as updater:
                _change(staging, updater, cache)
                written = updater.commit(
                    expected=comparison.plan.total,
                    sources=sources,
                    check=check if comparison.uncalibrated else None,
                )
        else:
            with store.building(encoder.fingerprint, sessions=comparison.plan.total) as builder:
                if comparison.manifest and not every:
                    _carry_over(staging, store, builder)
                _add(staging, builder, cache, every=every)
                written = builder.commit(
                    expected=comparison.plan.total, sources=sources, check=check
                )
        cache.trim()
    return written


def _change(staging: Staging, updater: Updater, cache: VectorCache) -> None:
    """Write only what differs from the served generation; removals last."""
    _add(staging, updater, cache, every=False)
    for batch in staging.described():
        updater.update_payloads(batch)
    for ids in staging.gone_ids():
        updater.remove(ids)


def _add(staging: Staging, target: Builder | Updater, cache: VectorCache, *, every: bool) -> None:
    for batch in staging.sessions(every=every):
        target.upsert(batch, cache.get([session.text_hash for session in batch]))


def count_sessions(store: SessionStore, event: str, year: int | None) -> int:
    """Return how many sessions of an event, and of a year if given, are served."""
    with store.reading() as generation:
        return generation.count(_event_filter(event, year))


def remove_event(store: SessionStore, event: str, year: int | None) -> Manifest:
    """Serve a new generation without the sessions of an event, and of a year if given."""
    with store.lock(), store.reading() as generation:
        manifest = generation.manifest
        left = replace(
            manifest, sessions=manifest.sessions - generation.count(_event_filter(event, year))
        )

        def staying() -> Iterator[Batch]:
            for sessions, vectors in generation.scan():
                rows = [
                    row
                    for row, session in enumerate(sessions)
                    if session.event != event or year not in (None, session.year)
                ]
                yield [sessions[row] for row in rows], vectors[rows]

        return rebuild(store, staying(), left)


def _event_filter(event: str, year: int | None) -> Filters:
    return Filters(event=(event,), year=(year,) if year else ())


@contextmanager
def _cache(file: Path, encoder: Encoder) -> Iterator[VectorCache]:
    cache = VectorCache(file, encoder.fingerprint)
    try:
        yield cache
    finally:
        cache.close()


def _encode(
    staging: Staging,
    encoder: Encoder,
    cache: VectorCache,
    *,
    every: bool,
    report: Report,
    progress: Progress,
) -> None:
    """Encode what the cache does not hold, texts of like length together, longest first."""
    total = count_missing((digest for digest, _ in staging.texts(every=every)), cache)

    if total:
        truncated = encoder.truncated
        encoded = map(len, embed_missing(staging.texts(every=every), encoder, cache))
        for _ in progress(encoded, total):
            pass
        report.longer = encoder.truncated - truncated


def _carry_over(staging: Staging, store: SessionStore, builder: Builder) -> None:
    """Copy the vectors that stay as they are, with the payloads as they are now."""
    with store.reading(older=True) as generation:
        for sessions, vectors in generation.scan():
            carried = [staging.carried(session) for session in sessions]
            rows = [row for row, session in enumerate(carried) if session is not None]
            if rows:
                builder.upsert([session for session in carried if session], vectors[rows])
