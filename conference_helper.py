"""The command line, and the only place that wires settings, encoder, store, loaders and web together."""

import json
import logging
import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from service import errors
from service.encoder import Encoder, Fingerprint
from service.questions import DEFAULT_LIMIT, DEFAULT_MODE, MAX_LIMIT, MODES, parse_filters
from service.search import Answer, Searcher
from service.session import Session
from service.settings import Settings, load_settings
from service.stores import open_embedded, open_store
from service.stores.catalogue import SessionStore

EXIT_CODES: tuple[tuple[type[errors.ConferenceHelperError], int], ...] = (
    (errors.LockedError, 6),
    (errors.VerificationError, 5),
    (errors.RefusedError, 4),
    (errors.StoreError, 3),
    (errors.InputError, 2),
    (errors.NotFoundError, 2),
    (errors.NothingLoadedError, 2),
    (errors.ConferenceHelperError, 1),
)
"""The first class that fits an error gives the exit code."""


class _Commands(click.Group):
    """Ends with a plain message and the error's exit code instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except errors.ConferenceHelperError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(next(code for kind, code in EXIT_CODES if isinstance(error, kind)))


@click.group(cls=_Commands)
@click.version_option(version("conference-helper"), message="%(version)s")
def main() -> None:
    """Ask in plain words, get the three sessions of a conference that answer."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


@main.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--event", default="", help="Event, where the source does not name it.")
@click.option("--year", type=click.IntRange(1900, 2199), help="Year, where the source does not.")
@click.option("--timezone", default="", help="Zone of times that have none: Europe/Brussels.")
@click.option("--date-order", type=click.Choice(["dmy", "mdy"]), help="How to read 03/04/2026.")
@click.option("--format", default="", help="Format of the sources; found by content when unset.")
@click.option(
    "--map", "columns", multiple=True, metavar="COLUMN=FIELD", help="What a column means."
)
@click.option("--keep-service", is_flag=True, help="Load breaks and registration too.")
@click.option("--model", help="Model to embed with: a folder or a name.")
@click.option("--dry-run", is_flag=True, help="Print the plan and write nothing.")
@click.option("--allow-removals", is_flag=True, help="Let a load remove over 20 % of an event.")
@click.option("--strict", is_flag=True, help="Load nothing if any session is skipped as bad.")
@click.option("--rejects", type=click.Path(path_type=Path), help="CSV file for skipped rows.")
@click.option("--json", "as_json", is_flag=True, help="Print plan and report as JSON.")
def load(
    sources: tuple[str, ...],
    event: str,
    year: int | None,
    timezone: str,
    date_order: str | None,
    format: str,
    columns: tuple[str, ...],
    keep_service: bool,
    model: str | None,
    dry_run: bool,
    allow_removals: bool,
    strict: bool,
    rejects: Path | None,
    as_json: bool,
) -> None:
    """Load sessions from files and folders: only what changed is embedded and written."""
    from loaders.load import LoadRequest, run
    from loaders.progress import show_progress
    from loaders.record import Options

    settings = load_settings(model=model)
    options = Options(
        event=event,
        year=year,
        timezone=timezone,
        date_order=date_order or "",
        format=format,
        keep_service=keep_service,
        columns=tuple(_column(text) for text in columns),
    )
    request = LoadRequest(
        sources=sources,
        options=options,
        cache_file=settings.data_dir / "vectors.sqlite",
        dry_run=dry_run,
        allow_removals=allow_removals,
        strict=strict,
        rejects=rejects,
    )
    say: Callable[[str], None] = (lambda text: None) if as_json else click.echo
    store = open_store(settings)
    try:
        outcome = run(
            request,
            store,
            partial(_loading_encoder, settings),
            say=say,
            progress=partial(show_progress, Console(stderr=True)),
        )
    finally:
        store.close()
    if as_json:
        _print_json(outcome.as_dict())


@main.command()
@click.argument("question")
@click.option("-n", "--limit", default=str(DEFAULT_LIMIT), help=f"How many, 1 to {MAX_LIMIT}.")
@click.option("--mode", help=f"How to search: {', '.join(MODES)} ({DEFAULT_MODE}).")
@click.option("--event", multiple=True, help="Only sessions of this event.")
@click.option("--year", multiple=True, help="Only sessions of this year.")
@click.option("--track", multiple=True, help="Only sessions of this track.")
@click.option("--level", multiple=True, help="Only sessions of this level.")
@click.option("--language", multiple=True, help="Only sessions in this language.")
@click.option("--speaker", multiple=True, help="Only sessions of this speaker.")
@click.option("--day", multiple=True, help="Only sessions on this day: 2026-05-12.")
@click.option("--json", "as_json", is_flag=True, help="Print what /api/search answers.")
def search(
    question: str, limit: str, mode: str | None, as_json: bool, **filters: tuple[str, ...]
) -> None:
    """Print the sessions nearest to QUESTION; options that filter may be repeated."""
    settings = load_settings()
    store = open_store(settings)
    try:
        answer = searcher_for(settings, store).search(
            question, limit=_number(limit), mode=mode, filters=parse_filters(filters)
        )
    finally:
        store.close()
    if as_json:
        _print_json(answer.as_dict())
    else:
        _print_answer(answer)


@main.command()
@click.argument("id")
@click.option("-n", "--limit", default=str(DEFAULT_LIMIT), help=f"How many, 1 to {MAX_LIMIT}.")
def similar(id: str, limit: str) -> None:
    """Print the sessions nearest to the session of that ID, without its repeats."""
    settings = load_settings()
    store = open_store(settings)
    try:
        hits = searcher_for(settings, store).similar(id, limit=_number(limit))
    finally:
        store.close()
    for rank, hit in enumerate(hits, start=1):
        _print_session(rank, hit.session, hit.similarity)


@main.command()
@click.argument("datasets", nargs=-1, metavar="[DATASET]...", type=click.Path(path_type=Path))
@click.option("--mode", help="Only this mode; all of them when unset.")
@click.option("--min", "least", multiple=True, metavar="MEASURE=VALUE", help="hit@3=0.75: or fail.")
@click.option("--model", help="Model to embed sets with: a folder or a name.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON.")
def evaluate(
    datasets: tuple[Path, ...],
    mode: str | None,
    least: tuple[str, ...],
    model: str | None,
    as_json: bool,
) -> None:
    """Measure how well questions find their sessions: BEIR folders, or sets made from the catalogue."""
    from evaluation import run

    modes, wanted = run.chosen_modes(mode), [run.parse_least(text) for text in least]
    settings = load_settings(model=model)
    store = open_store(settings)
    rows: list[run.Row] = []
    try:
        if datasets:
            encoder, cache = _loading_encoder(settings, store), settings.data_dir / "vectors.sqlite"
            for folder in datasets:
                say = partial(click.echo, err=True)
                rows += run.evaluate_folder(folder, encoder, cache, modes=modes, say=say)
        else:
            rows += run.evaluate_catalogue(searcher_for(settings, store), store, modes=modes)
    finally:
        store.close()
    if as_json:
        _print_json({"rows": [row.as_dict() for row in rows]})
    else:
        _print_rows([row.as_dict() for row in rows])
    run.check_least(rows, wanted)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def status(as_json: bool) -> None:
    """Print what is loaded."""
    settings = load_settings()
    store = open_store(settings)
    found = searcher_for(settings, store).status()
    if as_json:
        _print_json(found)
        return
    encoder = found["encoder"]
    click.echo(f"{found['sessions']} sessions in generation {found['generation']}")
    click.echo(f"Store:   {found['store']}, catalogue {settings.catalogue}")
    click.echo(f"Encoder: {encoder['model']}, window {encoder['window']}")
    for event in found["events"]:
        click.echo(f"  {event['sessions']:>7}  {event['event']} {event['year']}")


@main.command()
def rollback() -> None:
    """Serve the generation before the present one again."""
    store = open_store(load_settings())
    manifest = store.rollback()
    click.echo(f"Serving generation {manifest.generation} with {manifest.sessions} sessions again.")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def generations(as_json: bool) -> None:
    """Print the kept generations, newest first; the served one is marked."""
    store = open_store(load_settings())
    kept, served = store.generations(), store.manifest().generation
    if as_json:
        _print_json({"served": served, "generations": [one.as_dict() for one in kept]})
        return
    for one in kept:
        mark = "*" if one.generation == served else " "
        click.echo(f"{mark} {one.generation}  {one.sessions:>8} sessions  {one.created_at}")


@main.command()
def verify() -> None:
    """Read everything that is served and check it: counts, vectors, payloads, the catalogue's name."""
    from service.stores.verification import verify as check

    manifest = check(open_store(load_settings()))
    click.echo(f"Generation {manifest.generation} is sound: {manifest.sessions} sessions.")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def backup(folder: Path) -> None:
    """Write what is served to FOLDER, which must be new or empty; serving goes on."""
    from service.stores.archive import write_backup

    manifest = write_backup(open_store(load_settings()), folder)
    click.echo(f"Wrote {manifest.sessions} sessions of {manifest.generation} to {folder}.")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def restore(folder: Path) -> None:
    """Load the backup in FOLDER into a new generation and serve it; `rollback` undoes it."""
    from service.stores.archive import restore_backup

    manifest = restore_backup(folder, open_store(load_settings()))
    click.echo(f"Serving {manifest.sessions} sessions in generation {manifest.generation}.")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--vectors", is_flag=True, help="Write each session's vector too (JSON Lines).")
def export(file: Path, vectors: bool) -> None:
    """Write the catalogue to FILE: JSON Lines that load reads back, or CSV by its name."""
    from loaders.export import export as write

    store = open_store(load_settings())
    try:
        with store.reading() as generation:
            count = write(generation, file, vectors=vectors)
    finally:
        store.close()
    click.echo(f"Wrote {count} sessions to {file}.")


@main.command()
@click.option("--event", required=True, help="The event whose sessions go.")
@click.option("--year", type=click.IntRange(1900, 2199), help="Only those of this year.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(event: str, year: int | None, yes: bool) -> None:
    """Remove the sessions of an event from the catalogue; rollback brings them back."""
    from loaders.sync import count_removed
    from loaders.sync import remove as take_out

    store = open_store(load_settings())
    try:
        what = f"{event} {year}" if year else event
        count = count_removed(store, event, year)
        if not count:
            raise errors.InputError(
                f"The catalogue holds no session of {what}. conference-helper status lists events."
            )
        click.echo(f"This removes the {count} sessions of {what}.")
        if not yes and not (sys.stdin.isatty() and click.confirm("Go on?")):
            raise errors.RefusedError("Nothing was removed. Pass --yes to remove them.")
        manifest = take_out(store, event, year)
    finally:
        store.close()
    click.echo(f"Serving {manifest.sessions} sessions in generation {manifest.generation}.")


@main.command()
@click.argument("target", type=click.Choice(["server", "embedded"]))
def migrate(target: str) -> None:
    """Copy the catalogue to TARGET from the other store, vectors and all; nothing is embedded again."""
    from service.stores.copying import copy_catalogue

    settings = load_settings()
    if not settings.qdrant_url:
        raise errors.SettingsError(
            "migrate needs both stores. Set CONFERENCE_HELPER_QDRANT_URL to the server's address."
        )
    stores = open_embedded(settings), open_store(settings)
    source, destination = stores if target == "server" else stores[::-1]
    manifest = copy_catalogue(source, destination)
    click.echo(f"Copied {manifest.sessions} sessions to {manifest.generation} ({target}).")


@main.command()
@click.option("--host", help="Address to listen on (127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (8000).")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; over 1 needs a server.")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the page and the API until told to stop."""
    settings = load_settings(host=host, port=port, workers=workers)
    if settings.workers > 1:  # read when the metrics are first imported
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="metrics-"))
    from service.web.server import run

    run(settings, lambda: searcher_for(settings, open_store(settings)))


def searcher_for(settings: Settings, store: SessionStore) -> Searcher:
    """Return a searcher over the store that embeds questions with the catalogue's own encoder."""
    return Searcher(store, partial(_catalogue_encoder, settings))


def _catalogue_encoder(settings: Settings, fingerprint: Fingerprint) -> Encoder:
    """The encoder that the settings choose, else the one that embedded the catalogue."""
    from service.encoders import open_encoder

    return open_encoder(
        settings.model or fingerprint.model,
        revision=settings.model_revision or fingerprint.revision or None,
        window=settings.window or fingerprint.window,
        device=settings.device,
    )


def _loading_encoder(settings: Settings, store: SessionStore) -> Encoder:
    """The encoder that the settings choose, else the catalogue's own, else the default one."""
    from service.encoders import open_encoder

    try:
        fingerprint = store.manifest().encoder
    except errors.NothingLoadedError:
        return open_encoder(
            settings.model,
            revision=settings.model_revision,
            window=settings.window,
            device=settings.device,
        )
    if settings.model:
        return open_encoder(
            settings.model,
            revision=settings.model_revision,
            window=settings.window,
            device=settings.device,
        )
    return _catalogue_encoder(settings, fingerprint)


def _column(text: str) -> tuple[str, str]:
    column, sign, field = text.rpartition("=")
    if not sign or not column.strip():
        raise errors.InputError(f'--map {text!r} is not of the form "Column=field".')
    return column.strip(), field.strip()


def _number(text: str) -> int:
    from service.questions import check_limit

    return check_limit(text)


def _print_json(value: dict[str, Any]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _print_answer(answer: Answer) -> None:
    if not answer.results:
        click.echo("No session passes these filters. Drop one and ask again.")
    for result in answer.results:
        _print_session(result.rank, result.session, result.similarity)


def _print_session(rank: int, session: Session, similarity: float) -> None:
    when = f"{session.starts_at:%a %d %b %Y %H:%M}" if session.starts_at else ""
    where = ", ".join(
        part for part in (f"{session.event} {session.year}", when, session.room) if part
    )
    click.echo(f"{rank}. {_printable(session.title)}  ({similarity:.3f})")
    click.echo(f"   {_printable(where)}")
    if session.speakers:
        click.echo(f"   {_printable(', '.join(session.speakers))}")


def _print_rows(rows: list[dict[str, Any]]) -> None:
    names = ("hit@3", "recall@10", "mrr@10", "ndcg@10", "p50_ms")
    click.echo(f"{'set':<20} {'mode':<10}" + "".join(f"{name:>11}" for name in names))
    for row in rows:
        mode = row["mode"] + (" *" if row["default"] else "")
        numbers = "".join(f"{row[name]:>11.3f}" for name in names)
        click.echo(f"{row['set']:<20} {mode:<10}{numbers}")


def _printable(text: str) -> str:
    """Text without signs that a terminal would obey."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
