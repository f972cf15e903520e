"""`hitl new`."""

from pathlib import Path

import click

from hitl_assets.commands.options import in_sentences
from hitl_assets.local.state import State
from hitl_assets.services.whereabouts import state_directory

KINDS_HELP = (
    "What is answered: class, tags (several), number, boxes or polygons (in pictures), spans (of a text), text, "
    "preference (of two)."
)


@click.command()
@click.argument("project")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where it goes: the first folder of HITL_PROJECTS, else ./projects.",
)
@click.option(
    "--input", "inputs", multiple=True,
    help="A column of the items, as files call it: text, or what is usual for the kind, if none is named.",
)  # fmt: skip
@click.option("--label", default="category", show_default=True, help="The column that people fill in.")
@click.option("--classes", default="", help="The answers, with commas between them; else what is usual for the kind.")
@click.option("--kind", default="class", show_default=True, help=KINDS_HELP)
@click.option("--question", default="", help="What workers are asked.")
def new(
    project: str, folder: Path | None, inputs: tuple[str, ...], label: str, classes: str, kind: str, question: str
) -> None:
    """Make the folder of a new labeling project, PROJECT: it runs as it is, and says what to replace.

    Nothing is asked, and nothing is overwritten.
    """
    from hitl_assets.labeling.project.blueprint import Blueprint, parts

    answers = parts(classes)
    if len(answers) == 1:
        raise click.UsageError("--classes needs two answers at least, for example --classes apple,pear.")
    from hitl_assets.local.new.scaffold import make_project, next_steps

    state = State(state_directory())
    with in_sentences():
        blueprint = Blueprint.of(project, inputs, label, answers, question, kind)
        target = make_project(blueprint, folder or state.places[0])
    click.echo(f"{target}:")
    for name, what in blueprint.files.items():
        click.echo(f"  {name:<20} {what}")
    click.echo("\nNext:")
    steps = next_steps(project, target, state)
    width = max(len(command) for command, what in steps if what)
    for command, what in steps:
        click.echo(f"  {command:<{width}}  {f'# {what}' if what else ''}".rstrip())
