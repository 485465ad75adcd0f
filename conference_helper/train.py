"""The command that fine-tunes the model: train."""

from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conference_helper.printing import print_json
from conference_helper.ranges import FloatRange
from conference_helper.wiring import chosen_model, served_fingerprint
from service.settings import Settings, load_settings
from service.stores import open_store

if TYPE_CHECKING:
    from service.encoders.model_folder import ModelFolder


_COUNT = click.IntRange(0)
_SHARE = FloatRange(0, 1)
_ABOVE_0 = FloatRange(0, 1000, min_open=True)


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...", type=click.Path(readable=False))
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="Model folder."
)
@click.option("--event", default="", help="Event, where a source does not name it.")
@click.option("--year", type=click.IntRange(1900, 2199), help="Year, where a source does not.")
@click.option(
    "--until", multiple=True, metavar="[EVENT=]YEAR", help="Last year to learn from (all but one)."
)
@click.option(
    "--set", "sets", multiple=True, type=click.Path(path_type=Path), help="Measure on this too."
)
@click.option("--better", multiple=True, metavar="SET", help="What must get better (held-back).")
@click.option(
    "--tolerance", type=_SHARE, default=0.01, show_default=True, help="How far measures may fall."
)
@click.option(
    "--min-pairs", type=_COUNT, default=1000, show_default=True, help="Fewer are refused."
)
@click.option(
    "--data", type=click.Path(path_type=Path), help="List of more datasets; files beside."
)
@click.option("--model", help="Model to begin with; the one in use when unset.")
@click.option("--from-scratch", is_flag=True, help="Begin with a model of words only.")
@click.option("--epochs", type=_ABOVE_0, help="Passes over the pairs (1; 2 on a GPU).")
@click.option("--batch", type=_COUNT, default=0, help="Pairs a step (128; 512 on a GPU).")
@click.option("--window", type=_COUNT, default=0, help="Tokens of a text (64; 250 on a GPU).")
@click.option("--learning-rate", type=_ABOVE_0, default=5e-5, show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=7, show_default=True)
@click.option("--cached", is_flag=True, help="For batches larger than memory; slower.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def train(
    sources: tuple[str, ...],
    output: Path,
    event: str,
    year: int | None,
    until: tuple[str, ...],
    sets: tuple[Path, ...],
    better: tuple[str, ...],
    tolerance: float,
    min_pairs: int,
    data: Path | None,
    model: str | None,
    from_scratch: bool,
    epochs: float | None,
    batch: int,
    window: int,
    learning_rate: float,
    seed: int,
    cached: bool,
    as_json: bool,
) -> None:
    """Train the model on the catalogue, or on sources, and write it if it finds more."""
    from training.installed import check_installed

    check_installed()
    from loaders.records.record import Options
    from service.encoders.sentence_transformer import load_model
    from training import corpus, run
    from training.evaluating import HELD_BACK
    from training.folder import check_output, open_scratch
    from training.recipe import Recipe
    from training.splitting import parse_until

    settings, years, output = load_settings(model=model), parse_until(until), output.resolve()
    check_output(output)
    say = partial(click.echo, err=as_json)
    if sources:
        sessions = corpus.read_sources(sources, Options(event=event, year=year), say)
    else:
        with closing(open_store(settings)) as store:
            sessions = corpus.read_catalogue(store)
    if from_scratch:
        base, beginning = open_scratch(settings.model, device=settings.device)
    else:
        base = _base(settings)
        beginning = load_model(base, settings.device)
    request = run.TrainRequest(
        output=output,
        until=years,
        recipe=Recipe(
            steps=0,
            batch_size=batch,
            window=window,
            learning_rate=learning_rate,
            seed=seed,
            cached=cached,
            device=settings.device,
        ),
        epochs=epochs,
        sets=sets,
        better=better or (HELD_BACK,),
        tolerance=tolerance,
        min_pairs=min_pairs,
        data=data,
        from_scratch=from_scratch,
        sources=", ".join(Path(source).name for source in sources) or "the loaded catalogue",
    )
    try:
        outcome = run.run(request, sessions, base, beginning, say)
    except KeyboardInterrupt:
        say("Stopped; nothing was written. Run the same command again to go on.")
        raise
    if as_json:
        print_json(outcome.as_dict())


def _base(settings: Settings) -> "ModelFolder":
    """The model in use: the settings' own, else the catalogue's, else the default one."""
    from service.encoders.model_folder import find_model

    with closing(open_store(settings)) as store:
        chosen = chosen_model(settings, served_fingerprint(store))
    return find_model(chosen.name, chosen.revision)
