"""Formats answers, evaluation rows and JSON for the terminal."""

import json
import re
from typing import TYPE_CHECKING, Any

import click

from service.query.wording import tell_all

_OBEYED = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

if TYPE_CHECKING:
    from service.search.answer import Answer, SearchResult


def print_json(value: dict[str, Any]) -> None:
    """Print a value as indented JSON, with what a terminal would obey as escapes."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    click.echo(_OBEYED.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


def escaped(text: str) -> str:
    """Return a message on one line, with control characters escaped."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )


def print_events(counts: list[dict[str, Any]], *, shown: int | None = None) -> None:
    """Print how many events and years there are, and the sessions of the latest `shown`, or of all."""
    if not counts:
        return
    years = {count["year"] for count in counts}
    events = {count["event"] for count in counts}
    span = f"{min(years)} to {max(years)}" if len(years) > 1 else f"{min(years)}"
    editions = "1 edition" if len(counts) == 1 else f"{len(counts)} editions"
    of = "1 event" if len(events) == 1 else f"{len(events)} events"
    click.echo(f"Events:  {editions} of {of}, {span}")
    latest = sorted(counts, key=lambda count: (-count["year"], count["event"]))[:shown]
    for count in latest:
        click.echo(f"  {count['sessions']:>7}  {printable(count['event'])} {count['year']}")
    if len(latest) < len(counts):
        click.echo(f"  and {len(counts) - len(latest)} earlier: conference-helper status --events")


def print_answer(answer: "Answer", *, filtered: bool) -> None:
    """Print how the question was read, then each session that answers, or say why there is none."""
    understood = tell_all(answer.understood)
    _print_reading(answer, understood)
    if verdict := _tell_verdict(answer, filtered=filtered or bool(understood)):
        click.echo(verdict)
    for result in answer.results:
        print_result(result)


def _print_reading(answer: "Answer", understood: str) -> None:
    if understood:
        told = printable(understood)
        click.echo(f"Understood: {told}. --no-interpret searches for the words as they stand.")
    if answer.corrected:
        click.echo(f"Showing results for: {printable(answer.corrected.searched)}")
        click.echo(f"--no-interpret searches instead for: {printable(answer.corrected.typed)}")
    for note in answer.notes:
        click.echo(printable(note))


def _tell_verdict(answer: "Answer", *, filtered: bool) -> str:
    """Return the line before the sessions; empty where they answer, or nobody knows whether they do."""
    if not answer.results:
        return _why_none(answer.mode, filtered)
    if answer.in_other_language:
        return "The nearest sessions:"
    if answer.verdict == "none":
        where = "that passes these filters" if filtered else "in this programme"
        return f"Nothing {where} fits. The nearest sessions:"
    if answer.verdict == "related":
        return "None is about just this. Related sessions:"
    if answer.verdict == "programme":
        return f"The programme, {len(answer.results)} of {answer.total} in order of time:"
    return ""


def _why_none(mode: str, filtered: bool) -> str:
    if mode != "keyword":
        return "No session passes these filters. Drop one and ask again."
    if filtered:
        return "No session that passes these filters has any of these words. Drop a filter, or --mode keyword."
    return "No session has any of these words. Ask by meaning too: without --mode keyword."


def print_result(result: "SearchResult") -> None:
    """Print one session with its rank, what decided it, its other sittings and its id."""
    session = result.session
    when = f"{session.starts_at:%a %d %b %Y %H:%M}" if session.starts_at else ""
    if session.timezone is None:
        when += " local time"
    where = ", ".join(
        part for part in (f"{session.event} {session.year}", when, session.room) if part
    )
    title = f"{'Cancelled: ' if session.cancelled else ''}{session.title}"
    click.echo(f"{result.rank}. {printable(title)}{_found_by(result)}")
    click.echo(f"   {printable(where)}")
    if session.speakers:
        click.echo(f"   {printable(', '.join(session.speakers))}")
    others = [one for one in result.occurrences if one.id != session.id]
    if others:
        told = ", ".join(
            f"{one.event} {one.year}{' (cancelled)' if one.cancelled else ''}" for one in others
        )
        click.echo(f"   Also given at: {printable(told)}")
    click.echo(f"   {session.id}")


def _found_by(result: "SearchResult") -> str:
    """Return what decided the rank of a result: its similarity where that did."""
    from service.search.snippets import FOUND_BY

    decided_by = result.reason.decided_by
    if decided_by is None:
        return ""
    if decided_by == "meaning":
        return f"  ({result.similarity:.3f})"
    return f"  (found {FOUND_BY[decided_by]})"


_COLUMNS = {
    "hit@3": 7,
    "recall@10": 11,
    "mrr@10": 8,
    "ndcg@10": 9,
    "missed": 8,
    "false_alarms": 14,
    "auroc": 7,
    "p50_ms": 9,
}
"""The measures of a row and the width of each one's column."""


def print_rows(rows: list[dict[str, Any]]) -> None:
    """Print the rows of an evaluation as a table."""
    heads = "".join(f"{name:>{width}}" for name, width in _COLUMNS.items())
    click.echo(f"{'set':<20} {'mode':<11}{heads}{'95 % of hit@3':>17}")
    for row in rows:
        mode = row["mode"] + (" *" if row["default"] else "")
        low, high = row["intervals"]["hit@3"]
        told = "".join(
            f"{'-' if row[name] is None else format(row[name], '.3f'):>{width}}"
            for name, width in _COLUMNS.items()
        )
        click.echo(f"{row['set']:<20} {mode:<11}{told}{f'{low:.3f} to {high:.3f}':>17}")


def print_changes(changes: list[dict[str, Any]]) -> None:
    """Print what changed since an earlier run as a table, if there was one."""
    if not changes:
        return
    click.echo(
        f"\n{'set':<20} {'mode':<11}{'measure':<10} before   after  change{'95 %':>18}       p"
    )
    for one in changes:
        low, high = one["interval"]
        click.echo(
            f"{one['set']:<20} {one['mode']:<11}{one['measure']:<10}{one['before']:>7.3f}"
            f"{one['after']:>8.3f}{one['change']:>+8.3f}{f'{low:+.3f} to {high:+.3f}':>18}"
            f"{one['p']:>8.4f}"
        )


def printable(text: str) -> str:
    """Return the text without control characters, which a terminal would obey."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
