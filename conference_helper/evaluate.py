"""The command that measures retrieval quality: evaluate."""

from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conference_helper.printing import print_changes, print_json, print_rows
from conference_helper.wiring import catalogue_encoder, loading_encoder
from service.query.query import MODES
from service.settings import load_settings
from service.stores import open_store

if TYPE_CHECKING:
    from service.stores.protocol import Mode


@click.command()
@click.argument("datasets", nargs=-1, metavar="[DATASET]...", type=click.Path(path_type=Path))
@click.option("--mode", type=click.Choice(MODES), help="Only this mode; all of them when unset.")
@click.option(
    "--min", "minimums", multiple=True, metavar="MEASURE=VALUE", help="hit@3=0.75: or fail."
)
@click.option(
    "--offtopic",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Questions that nothing answers, one a line; everyday ones of our own when unset.",
)
@click.option(
    "--save",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="RUN",
    help="Write every question's values to a file, to compare with later.",
)
@click.option(
    "--compare",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="RUN",
    help="Show what changed since a saved run, by a paired test.",
)
@click.option("--model", help="Model to embed sets with: a folder or a name.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON.")
def evaluate(
    datasets: tuple[Path, ...],
    mode: "Mode | None",
    minimums: tuple[str, ...],
    offtopic: Path | None,
    save: Path | None,
    compare: Path | None,
    model: str | None,
    as_json: bool,
) -> None:
    """Measure how well questions find their sessions: BEIR folders, or sets made from the catalogue."""
    from evaluation import comparing, run
    from evaluation.datasets import MADE_SETS, check_names, set_name
    from evaluation.measures import check_installed

    check_installed()
    check_names(datasets)
    if save:
        comparing.check_writable(save)
    modes, wanted = (mode,) if mode else MODES, [run.parse_minimum(text) for text in minimums]
    before = comparing.read_run(compare) if compare else None
    if before is not None:
        comparing.check_comparable(
            before, map(set_name, datasets) if datasets else MADE_SETS, modes
        )
    off_topic = run.read_off_topic(offtopic)
    settings = load_settings(model=model)
    rows: list[run.Row] = []
    with closing(open_store(settings)) as store:
        if datasets:
            encoder, cache = loading_encoder(settings, store), settings.files.vector_cache
            for folder in datasets:
                say = partial(click.echo, err=True)
                rows += run.evaluate_folder(
                    folder, encoder, cache, modes=modes, offtopic=off_topic, say=say
                )
        else:
            own = partial(catalogue_encoder, settings)
            rows += run.evaluate_catalogue(store, own, modes=modes, offtopic=off_topic)
    if save:
        comparing.save_run(rows, save)
    printed = [row.as_dict() for row in rows]
    changes = [one.as_dict() for one in comparing.compare(before, rows)] if before else []
    if as_json:
        print_json({"rows": printed, **({"changes": changes} if before else {})})
    else:
        print_rows(printed)
        print_changes(changes)
    run.check_minimums(rows, wanted, mode)
