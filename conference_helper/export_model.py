"""The command that exports the model for the fast encoder: export-model."""

from contextlib import closing

import click

from conference_helper.printing import print_json
from conference_helper.wiring import export_chosen
from service.settings import load_settings
from service.stores import open_store


@click.command("export-model")
@click.option("--model", help="Model to export: a folder or a name.")
@click.option("--precision", type=click.Choice(["int8", "half", "fp32"]), help="How it computes.")
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def export_model(model: str | None, precision: str | None, as_json: bool) -> None:
    """Export the model for the fast encoder and verify it; a load does so by itself where need be."""
    settings = load_settings(model=model, precision=precision)
    with closing(open_store(settings)) as store:
        made = export_chosen(settings, store)
    if as_json:
        print_json(made)
        return
    encoder, size = made["encoder"], made["bytes"] / 1e6
    name = f"{encoder['model']} in {encoder['precision']}"
    if made["exported"]:
        click.echo(f"Exported {name}: {size:.0f} MB, verified.")
    else:
        click.echo(
            f"{name} comes with the program: {size:.0f} MB, its checksums verified. Nothing was made."
        )
    click.echo(made["folder"])
