"""Commands that query the catalogue: search, similar."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from conference_helper.printing import print_answer, print_json, print_result
from conference_helper.ranges import FloatRange
from conference_helper.wiring import open_searcher
from service.filters import FIELDS, Filters
from service.query.interpretation import KINDS
from service.query.query import (
    DEFAULT_LIMIT,
    DEFAULT_MODE,
    MAX_LIMIT,
    MODES,
    Query,
    parse_now,
)
from service.settings import load_settings

if TYPE_CHECKING:
    from service.query.interpretation import Kind
    from service.stores.protocol import Mode

Command = Callable[..., None]
_limit_option = click.option(
    "-n",
    "--limit",
    type=click.IntRange(1, MAX_LIMIT),
    default=DEFAULT_LIMIT,
    show_default=True,
    help="How many.",
)


def _filter_options(command: Command) -> Command:
    """Add an option for each field that sessions can be filtered by."""
    for field in reversed(FIELDS.values()):
        option = f"--{field.name.replace('_', '-')}"
        command = click.option(option, field.name, multiple=True, help=field.help)(command)
    return command


@click.command()
@click.argument("question", nargs=-1, required=True)
@_limit_option
@click.option(
    "--mode",
    type=click.Choice(MODES),
    default=DEFAULT_MODE,
    show_default=True,
    help="By words and meaning, by meaning alone, or by words alone.",
)
@_filter_options
@click.option(
    "--fold/--no-fold", default=True, show_default=True, help="Make one result of a talk's repeats."
)
@click.option(
    "--diversity",
    type=FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="How much results differ from each other.",
)
@click.option(
    "--interpret/--no-interpret",
    default=True,
    show_default=True,
    help="Read days, rooms and the like in the question as filters, and correct its spelling.",
)
@click.option(
    "--ignore",
    type=click.Choice(KINDS),
    multiple=True,
    help="What in the question is not to become a filter; may be repeated.",
)
@click.option("--now", default="", metavar="TIME", help="The time that today and next are said at.")
@click.option("--json", "as_json", is_flag=True, help="Print what /api/search answers.")
def search(
    question: tuple[str, ...],
    limit: int,
    mode: "Mode",
    fold: bool,
    diversity: float,
    interpret: bool,
    ignore: tuple["Kind", ...],
    now: str,
    as_json: bool,
    **filters: tuple[str, ...],
) -> None:
    """Print the sessions nearest to QUESTION; options that filter may be repeated."""
    query = Query(
        " ".join(question),
        mode=mode,
        filters=Filters.parse(filters),
        limit=limit,
        fold=fold,
        diversity=diversity,
        interpret=interpret,
        ignore=ignore,
        now=parse_now(now),
    )
    with open_searcher(load_settings()) as searcher:
        answer = searcher.search(query)
    if as_json:
        print_json(answer.as_dict())
    else:
        print_answer(answer, filtered=any(filters.values()))


@click.command()
@click.argument("id")
@_limit_option
def similar(id: str, limit: int) -> None:
    """Print the sessions nearest to the session of that ID, without its repeats."""
    with open_searcher(load_settings()) as searcher:
        results = searcher.similar(id, limit=limit)
    for result in results:
        print_result(result)
