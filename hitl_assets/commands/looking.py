"""`hitl status`."""

import json
import os
from pathlib import Path

import click

from hitl_assets.commands.options import AS_JSON, STATE, in_sentences
from hitl_assets.local.state import State


@click.command()
@click.option("--project", "names", multiple=True, metavar="NAME", help="Only this one. May be repeated.")
@click.option("--last", type=click.IntRange(min=1), default=20, show_default=True, help="Batches of each project.")
@AS_JSON
@STATE
def status(names: tuple[str, ...], last: int, as_json: bool, state: Path) -> None:
    """See where every project and its newest batches stand, what they cost, and what waits for you.

    Read from the Dagster instance of DAGSTER_HOME (or of the state directory), from Toloka and from Pachyderm; nothing
    is changed. A service that is away is named, and the rest is shown.
    """
    from rich.console import Console
    from sqlalchemy.exc import SQLAlchemyError

    from hitl_assets.local.instances import BatchError, find_instance
    from hitl_assets.local.status.form import to_json
    from hitl_assets.local.status.screen import show
    from hitl_assets.local.status.services import open_services
    from hitl_assets.local.status.status import read_status

    local = State(state)
    try:
        with in_sentences(BatchError), find_instance(local) as instance:
            found = read_status(instance, local.files(), open_services(instance), names, last)
    except SQLAlchemyError as error:
        raise click.ClickException(f"The storage of the Dagster instance does not answer: {error}") from error
    unknown = sorted(set(names) - {project.name for project in found.projects})
    if unknown:
        raise click.ClickException(
            f"There is no project {', '.join(unknown)} in {' and '.join(map(str, local.places))}."
        )
    option = "" if os.environ.get("DAGSTER_HOME") else local.option
    if as_json:
        click.echo(json.dumps(to_json(found, option), indent=2))
    else:
        show(Console(), found, option)
