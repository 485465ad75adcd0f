"""Reads sources into staging, and counts with its reason whatever becomes no session."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from loaders.last_look import LastLook, Sample
from loaders.limits import Stopwatch
from loaders.readers import find_reader
from loaders.records.cleaning import to_session
from loaders.records.record import Diagnostic, Options, Record, Skip, UnknownEvent, Unwanted
from loaders.records.schedule import DAY_ONLY
from loaders.records.text import normalise
from loaders.records.times import AmbiguousDate
from loaders.report import Report
from loaders.sources.source_file import SourceFile
from loaders.staging.database import Staging
from loaders.staging.protection import EventYear
from service.errors import InputError

_SHOWN = 3
_DATA_SUFFIXES = (
    ".csv", ".tsv", ".xlsx", ".xls", ".ods", ".json", ".jsonl", ".ndjson", ".ics", ".xml",
)  # fmt: skip


@dataclass(slots=True)
class _File:
    """What one file holds: events and a sample of its sessions, ids of invalid rows, why one has no event."""

    events: set[EventYear] = field(default_factory=set)
    sample: Sample = field(default_factory=Sample)
    invalid_ids: list[str] = field(default_factory=list)
    unknown_event: str = ""


def stage(
    sources: Iterable[SourceFile], options: Options, staging: Staging, report: Report
) -> list[str]:
    """Stage the sessions of all sources and return what the caller called those that were read.

    Raises InputError for a file that is not what it claims to be, of no known format (files inside a folder
    are passed over instead), that takes too long, or whose sessions belong to no known event and year.
    """
    look = LastLook()
    watch = Stopwatch(options.limits)
    read = dict.fromkeys(
        source.origin
        for source in sources
        if _stage_file(source, options, staging, report, look, watch)
    )
    report.odd += look.find_rest()
    watch.begin_rest()
    for diagnostic in staging.resolve_repeats(watch.check):
        report.reject(diagnostic)
    if report.rejects:
        report.rejects.save()
    if not report.accepted:
        raise InputError(_nothing_found(list(read), report))
    return list(read)


def _nothing_found(read: list[str], report: Report) -> str:
    """The message for sources without a session: which they were, why, and what to do."""
    where = f" in {', '.join(read[:_SHOWN])}" if read else ""
    reasons = [f"{count} {reason}" for reason, count in report.skipped.most_common(_SHOWN)]
    if report.ignored_files:
        reasons.append(f"no session data: {', '.join(report.ignored_files[:_SHOWN])}")
    why = f" ({'; '.join(reasons)})" if reasons else ""
    return (
        f"No session found to load{where}{why}. "
        "Name the files of a programme; --format and --map say how to read them, --rejects lists what was "
        "skipped."
    )


def _stage_file(
    source: SourceFile,
    options: Options,
    staging: Staging,
    report: Report,
    look: LastLook,
    watch: Stopwatch,
) -> bool:
    watch.begin(source)
    reader = find_reader(source, options)
    if reader is None:
        if not source.head_text and source.path.lower().endswith(_DATA_SUFFIXES):
            report.add(Diagnostic(source.name, "an empty file: export it again, or remove it"))
            staging.protect(set(), [""])
        else:
            report.ignored_files.append(source.name)
        return False
    for note in source.notes:
        report.add(Diagnostic(source.name, note, skipped=False))
    file = _File()
    for item in reader.read(source, options):
        watch.check()
        if isinstance(item, Record):
            _stage_record(item, options, staging, report, file)
        else:
            _skip(item, "", report, file)
    if file.unknown_event and not file.events and source.is_named:
        raise InputError(f"{source.name}: {file.unknown_event}")
    staging.protect(file.events, file.invalid_ids)
    report.odd += look.find(source.name, file.sample.sessions)
    return True


def _stage_record(
    record: Record, options: Options, staging: Staging, report: Report, file: _File
) -> None:
    """Stage the session of a record, or report why it has none."""
    try:
        session = to_session(record, options)
    except AmbiguousDate as error:
        raise InputError(f"{record.location}: {error}") from error
    except Skip as error:
        if isinstance(error, UnknownEvent):
            file.unknown_event = file.unknown_event or str(error)
        unwanted = isinstance(error, Unwanted)
        skipped = Diagnostic(record.location, str(error), row=record.excerpt(), unwanted=unwanted)
        _skip(skipped, normalise(record.source_id), report, file)
        return
    staging.add(session)
    file.sample.add(session, has_clock=DAY_ONLY not in record.warnings)
    report.accept(has_abstract=bool(session.abstract))
    file.events.add((session.event, session.year))
    for reason in record.warnings:
        report.add(Diagnostic(record.locate(reason), reason, skipped=False))


def _skip(diagnostic: Diagnostic, source_id: str, report: Report, file: _File) -> None:
    report.add(diagnostic)
    if diagnostic.is_invalid:
        file.invalid_ids.append(source_id)
