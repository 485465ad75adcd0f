"""Synchronises a catalogue with its sources: compare, encode, upsert, verify, switch.

A source is the truth for the events and years it has sessions of: new sessions are embedded and added, those
with another text are embedded again, those that changed otherwise get a new payload, and those that are gone
are removed. Everything is written into a new generation beside the served one, except small changes of a
large catalogue where the store takes them in place.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain
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
from service.stores.manifest import Calibration, Manifest
from service.stores.protocol import Builder, Generation, SessionStore, Updater
from service.stores.tombstones import MAX_TOMBSTONES, Tombstone, bury, newest
from service.stores.waiting import locked
from service.verdict.calibrate import calibrate
from service.verdict.judge import is_current

_MAX_REMOVED_SHARE = 0.2
_SMALL_EVENT = 10
"""Events of fewer sessions may lose any number of them."""

Progress = Callable[[Iterable[int], int], Iterable[int]]
"""Shows progress: yields the counts of sessions just encoded that it is given, with their total."""
Gate = Callable[[Generation, Encoder], None]
"""Checks a new generation before it is served; raises VerificationError if it must not be."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome of comparing sources and catalogue: the plan, and whether encoder or version changed."""

    plan: Plan
    manifest: Manifest | None
    encoder_changed: bool

    @property
    def schema_changed(self) -> bool:
        """Whether the served generation is of another schema or lacks an index: all of it is written anew."""
        return self.manifest is not None and not self.manifest.is_current

    @property
    def uncalibrated(self) -> bool:
        """Whether the served generation was never calibrated, or with other off-topic queries or weights."""
        return self.manifest is not None and not is_current(self.manifest.calibration)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        old = self.encoder_changed or self.schema_changed or self.uncalibrated
        return self.plan.is_empty and not old

    def __str__(self) -> str:
        parts = [str(self.plan)]
        if count := self.plan.protected:
            parts.append(
                f"{count} of these kept since bad rows may be theirs (or --allow-removals)"
            )
        if self.encoder_changed:
            parts.append(f"the encoder changed: all {self.plan.total} embedded anew")
        elif self.schema_changed:
            parts.append(
                f"the catalogue is of an older version: all {self.plan.total} written anew"
            )
        elif self.uncalibrated:
            parts.append("its verdicts are calibrated anew")
        return "; ".join(parts)


def compare(staging: Staging, store: SessionStore, encoder: Encoder) -> Comparison:
    """Return how the staged sessions differ from the served generation."""
    try:
        manifest = store.manifest()
    except NothingLoadedError:
        return Comparison(staging.plan(), None, encoder_changed=False)
    with store.reading(older=True) as generation:
        staging.add_known(generation.hashes())
        staging.add_removed(one.session for one in generation.tombstones())
        manifest = generation.manifest
    changed = bool(encoder.fingerprint.differences(manifest.encoder))
    return Comparison(staging.plan(), manifest, encoder_changed=changed)


def check_removals(staging: Staging) -> None:
    """Raise RefusedError if an event and year of ten sessions or more would lose over a fifth of them."""
    for (event, year), gone in staging.count_gone().items():
        known = staging.count_known(event, year)
        if known >= _SMALL_EVENT and gone > _MAX_REMOVED_SHARE * known:
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
    off_topic: Path | None,
    sources: Sequence[str],
    report: Report,
    progress: Progress,
    gate: Gate | None = None,
) -> Manifest:
    """Write the new generation, switch to it and return its manifest.

    The caller has held the store's lock since it compared. With a `gate` the new generation is always built
    beside the served one, and checked by it before the switch. Vectors go to the cache as they are computed,
    so that after an interruption the next load uses them; those of the off-topic queries to their own folder.
    """
    everything = comparison.encoder_changed
    if everything:
        with store.reading(older=True) as generation:
            for sessions, _ in generation.scan():
                staging.add_retained(sessions)

    with closing(VectorCache(cache_file, encoder.fingerprint)) as cache:

        def check(generation: Generation) -> Calibration | None:
            if gate:
                gate(generation, encoder)
            embed = partial(vectors_of, encoder=encoder, cache=cache)
            return calibrate(generation, encoder, embed, off_topic)

        _encode(staging, encoder, cache, everything=everything, report=report, progress=progress)
        updating = None
        if comparison.manifest and not gate and not everything and not comparison.schema_changed:
            updating = store.updating(changes=comparison.plan.changes)
        if updating:
            with updating as updater:
                _update(staging, store, updater, cache)
                written = updater.commit(
                    expected=comparison.plan.total,
                    sources=sources,
                    check=check if comparison.uncalibrated else None,
                )
        else:
            with store.building(encoder.fingerprint, sessions=comparison.plan.total) as builder:
                if comparison.manifest and not everything:
                    _carry_over(staging, store, builder)
                _upsert(staging, builder, cache, everything=everything)
                if comparison.manifest:
                    with store.reading(older=True) as generation:
                        builder.bury(_tombstones(staging, generation))
                written = builder.commit(
                    expected=comparison.plan.total, sources=sources, check=check
                )
        cache.trim()
    return written


def _update(staging: Staging, store: SessionStore, updater: Updater, cache: VectorCache) -> None:
    """Write only what differs from the served generation; removals last."""
    _upsert(staging, updater, cache, everything=False)
    for batch in staging.payload_changes():
        updater.update_payloads(batch)
    with store.reading() as generation:
        updater.bury(_tombstones(staging, generation))  # before what they are of is no longer known
    for ids in staging.gone_ids():
        updater.remove(ids)


def _upsert(
    staging: Staging, target: Builder | Updater, cache: VectorCache, *, everything: bool
) -> None:
    for batch in staging.sessions(everything=everything):
        target.upsert(batch, cache.get([session.text_hash for session in batch]))


def _tombstones(staging: Staging, generation: Generation) -> list[Tombstone]:
    """Return the tombstones to keep: those there are, unless their session is back, and the new ones."""
    old = (one for one in generation.tombstones() if not staging.knows(one.id))
    new = (
        bury(session, staging.now) for ids in staging.gone_ids() for session in generation.get(ids)
    )
    return newest(chain(old, new), staging.now)


def count_sessions(store: SessionStore, event: str, year: int | None) -> int:
    """Return how many sessions of an event, and of a year if given, are served."""
    with store.reading() as generation:
        return generation.count(_event_filter(event, year))


def remove_event(store: SessionStore, event: str, year: int | None, *, wait: float = 0) -> Manifest:
    """Serve a new generation without the sessions of an event, and of a year if given.

    A load at work is waited for up to `wait` seconds.
    """
    with locked(store, wait=wait), store.reading() as generation:
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

        now = datetime.now(UTC)
        leaving = generation.programme(_event_filter(event, year), MAX_TOMBSTONES)
        new = [bury(session, now) for session in leaving]
        return rebuild(store, staying(), left, newest([*new, *generation.tombstones()], now))


def _event_filter(event: str, year: int | None) -> Filters:
    return Filters(event=(event,), year=(year,) if year else ())


def _encode(
    staging: Staging,
    encoder: Encoder,
    cache: VectorCache,
    *,
    everything: bool,
    report: Report,
    progress: Progress,
) -> None:
    """Encode the texts that the cache has no vector of, those of similar length together, longest first."""
    total = count_missing((digest for digest, _ in staging.texts(everything=everything)), cache)

    if total:
        truncated = encoder.truncated
        encoded = map(len, embed_missing(staging.texts(everything=everything), encoder, cache))
        for _ in progress(encoded, total):
            pass
        report.truncated = encoder.truncated - truncated


def _carry_over(staging: Staging, store: SessionStore, builder: Builder) -> None:
    """Copy the vectors that stay, with the sessions' present payloads."""
    with store.reading(older=True) as generation:
        for sessions, vectors in generation.scan():
            carried = [staging.carried_over(session) for session in sessions]
            rows = [row for row, session in enumerate(carried) if session is not None]
            if rows:
                builder.upsert([session for session in carried if session], vectors[rows])
