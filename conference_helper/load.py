"""The command that fills the catalogue: load."""

from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from conference_helper.printing import escaped, print_json
from conference_helper.ranges import FloatRange
from conference_helper.waiting import longest_wait, wait_option
from conference_helper.wiring import catalogue_encoder, loading_encoder
from service import errors
from service.settings import load_settings
from service.stores import open_store


def _complete_format(context: click.Context, option: click.Parameter, start: str) -> list[str]:
    from loaders.readers import FORMATS

    return [name for name in FORMATS if name.startswith(start)]


@click.command()
@click.argument(
    "sources", nargs=-1, required=True, metavar="SOURCE...", type=click.Path(readable=False)
)
@click.option("--event", default="", help="Event, where the source does not name it.")
@click.option("--year", type=click.IntRange(1900, 2199), help="Year, where the source does not.")
@click.option("--timezone", default="", help="Zone of times that have none: Europe/Brussels.")
@click.option("--date-order", type=click.Choice(["dmy", "mdy"]), help="How to read 03/04/2026.")
@click.option("--language", default="", help="Language of texts that a source has in several: de.")
@click.option(
    "--format",
    default="",
    shell_complete=_complete_format,
    help="Format of the sources; found by content when unset.",
)
@click.option(
    "--map", "columns", multiple=True, metavar="COLUMN=FIELD", help="What a column means."
)
@click.option("--keep-service", is_flag=True, help="Load breaks and registration too.")
@click.option("--model", help="Model to embed with: a folder or a name.")
@click.option("--dry-run", is_flag=True, help="Print the plan and write nothing.")
@click.option(
    "--allow-removals", is_flag=True, help="Remove over 20 % of an event, or despite bad rows."
)
@click.option("--strict", is_flag=True, help="Load nothing if any session is skipped as bad.")
@click.option("--accept-odd", is_flag=True, help="Load what looks wrong, such as times all 00:00.")
@click.option(
    "--allow-private-addresses",
    is_flag=True,
    help="Fetch from this machine and private networks too.",
)
@click.option("--gate", is_flag=True, help="Serve nothing that finds less than what is served.")
@click.option(
    "--gate-tolerance",
    type=FloatRange(0, 1),
    default=0.02,
    show_default=True,
    help="How much lower hit@3 may be.",
)
@click.option("--rejects", type=click.Path(path_type=Path), help="CSV file for skipped rows.")
@wait_option
@click.option("--json", "as_json", is_flag=True, help="Print plan and report as JSON.")
def load(
    sources: tuple[str, ...],
    event: str,
    year: int | None,
    timezone: str,
    date_order: str | None,
    language: str,
    format: str,
    columns: tuple[str, ...],
    keep_service: bool,
    model: str | None,
    dry_run: bool,
    allow_removals: bool,
    strict: bool,
    accept_odd: bool,
    allow_private_addresses: bool,
    gate: bool,
    gate_tolerance: float,
    rejects: Path | None,
    wait: bool,
    as_json: bool,
) -> None:
    """Load sessions from files, folders and web addresses: only what changed is embedded and written."""
    from evaluation.gate import gate as gate_for
    from loaders.limits import Limits
    from loaders.load import LoadRequest, run
    from loaders.progress import show_progress
    from loaders.records.record import Options

    settings = load_settings(model=model)
    options = Options(
        event=event,
        year=year,
        timezone=timezone,
        date_order=date_order or "",
        format=format,
        language=language,
        keep_service=keep_service,
        columns=tuple(_column(text) for text in columns),
        limits=Limits(settings.read.seconds, settings.read.memory),
    )
    request = LoadRequest(
        sources=sources,
        options=options,
        cache_file=settings.files.vector_cache,
        off_topic=settings.files.off_topic,
        dry_run=dry_run,
        allow_removals=allow_removals,
        strict=strict,
        accept_odd=accept_odd,
        allow_private=allow_private_addresses,
        rejects=rejects,
        wait=longest_wait(settings, wait),
    )
    say: Callable[[str], None] = (
        (lambda text: None) if as_json else (lambda text: click.echo(escaped(text)))
    )
    as_loaded = settings.model_copy(update={"model": None, "model_revision": None, "window": None})
    own = partial(catalogue_encoder, as_loaded)
    with closing(open_store(settings)) as store:
        outcome = run(
            request,
            store,
            partial(loading_encoder, settings),
            say=say,
            progress=partial(show_progress, Console(stderr=True)),
            gate=gate_for(store, own, tolerance=gate_tolerance, say=say) if gate else None,
        )
    if as_json:
        print_json(outcome.as_dict())


def _column(text: str) -> tuple[str, str]:
    column, sign, field = text.rpartition("=")
    if not sign or not column.strip():
        raise errors.InputError(f'--map {text!r} is not of the form "Column=field".')
    return column.strip(), field.strip()
