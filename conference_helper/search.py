"""Commands that ask: search, similar."""

from collections.abc import Callable

import click

from conference_helper.printing import print_answer, print_json, print_result
from conference_helper.wiring import asking
from service.filters import FIELDS, Filters
from service.query.query import (
    DEFAULT_LIMIT,
    DEFAULT_MODE,
    MAX_LIMIT,
    MODES,
    check_diversity,
    check_limit,
)
from service.settings import load_settings

Command = Callable[..., None]


def _filter_options(command: Command) -> Command:
    """Add an option for each field that sessions can be filtered by."""
    for field in reversed(FIELDS.values()):
        command = click.option(f"--{field.name}", multiple=True, help=field.help)(command)
    return command


@click.command()
@click.argument("question", nargs=-1, required=True)
@click.option("-n", "--limit", default=str(DEFAULT_LIMIT), help=f"How many, 1 to {MAX_LIMIT}.")
@click.option("--mode", help=f"How to search: {', '.join(MODES)} ({DEFAULT_MODE}).")
@_filter_options
@click.option("--fold/--no-fold", default=True, help="Make one result of a talk's repeats (yes).")
@click.option(
    "--diversity", default="", help="How much results differ from each other, 0 to 1 (0)."
)
@click.option("--json", "as_json", is_flag=True, help="Print what /api/search answers.")
def search(
    question: tuple[str, ...],
    limit: str,
    mode: str | None,
    fold: bool,
    diversity: str,
    as_json: bool,
    **filters: tuple[str, ...],
) -> None:
    """Print the sessions nearest to QUESTION; options that filter may be repeated."""
    with asking(load_settings()) as searcher:
        answer = searcher.search(
            " ".join(question),
            limit=check_limit(limit),
            mode=mode,
            filters=Filters.parse(filters),
            fold=fold,
            diversity=check_diversity(diversity),
        )
    if as_json:
        print_json(answer.as_dict())
    else:
        print_answer(answer, filtered=any(filters.values()))


@click.command()
@click.argument("id")
@click.option("-n", "--limit", default=str(DEFAULT_LIMIT), help=f"How many, 1 to {MAX_LIMIT}.")
def similar(id: str, limit: str) -> None:
    """Print the sessions nearest to the session of that ID, without its repeats."""
    with asking(load_settings()) as searcher:
        results = searcher.similar(id, limit=check_limit(limit))
    for result in results:
        print_result(result)
