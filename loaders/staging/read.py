"""Reads sources into staging, and counts with its reason whatever becomes no session."""

from collections.abc import Iterable

from loaders.readers import find_reader
from loaders.records.cleaning import to_session
from loaders.records.record import Diagnostic, Options, Record, Skip, UnknownEvent, Unwanted
from loaders.records.text import tidy
from loaders.records.times import AmbiguousDate
from loaders.report import Report
from loaders.sources.source_file import SourceFile
from loaders.staging.database import Staging
from loaders.staging.protection import EventYear
from service.errors import InputError
from service.session import Session

_SHOWN = 3
_DATA_SUFFIXES = (
    ".csv",
    ".tsv",
    ".xlsx",
    ".xls",
    ".ods",
    ".json",
    ".jsonl",
    ".ndjson",
    ".ics",
    ".xml",
)


def stage(
    sources: Iterable[SourceFile], options: Options, staging: Staging, report: Report
) -> list[str]:
    """Stage the sessions of all sources and return what the caller called those that were read.

    Raises InputError for a file that is not what it claims to be, of no known format (files inside a folder
    are passed over instead), or whose sessions belong to no known event and year.
    """
    read = dict.fromkeys(
        source.origin for source in sources if _stage_file(source, options, staging, report)
    )
    for diagnostic in staging.resolve_repeats():
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


def _stage_file(source: SourceFile, options: Options, staging: Staging, report: Report) -> bool:
    reader = find_reader(source, options)
    if reader is None:
        if not source.head_text and source.path.lower().endswith(_DATA_SUFFIXES):
            report.add(Diagnostic(source.name, "an empty file: export it again, or remove it"))
            staging.protect(set(), [""])
        else:
            report.ignored_files.append(source.name)
        return False
    unknown_events: list[str] = []
    events: set[EventYear] = set()
    invalid_ids: list[str] = []
    for item in reader.read(source, options):
        if isinstance(item, Diagnostic):
            report.add(item)
            if item.is_bad:
                invalid_ids.append("")
        elif session := _stage_record(item, options, staging, report, unknown_events, invalid_ids):
            events.add((session.event, session.year))
    if unknown_events and not events and source.is_named:
        raise InputError(f"{source.name}: {unknown_events[0]}")
    staging.protect(events, invalid_ids)
    return True


def _stage_record(
    record: Record,
    options: Options,
    staging: Staging,
    report: Report,
    unknown_events: list[str],
    invalid_ids: list[str],
) -> Session | None:
    """Stage a record; return None if it is skipped, and add its id to `invalid_ids` if it is invalid."""
    try:
        session = to_session(record, options)
    except AmbiguousDate as error:
        raise InputError(f"{record.location}: {error}") from error
    except Skip as error:
        if isinstance(error, UnknownEvent):
            unknown_events.append(str(error))
        diagnostic = Diagnostic(
            record.location, str(error), row=record.shown(), unwanted=isinstance(error, Unwanted)
        )
        report.add(diagnostic)
        if diagnostic.is_bad:
            invalid_ids.append(tidy(record.source_id))
        return None
    staging.add(session)
    report.accept(has_abstract=bool(session.abstract))
    for reason in record.warnings:
        report.add(Diagnostic(record.where(reason), reason, skipped=False))
    return session
