"""`hitl export`."""

import os
import sys
from pathlib import Path

import click

from hitl_assets.commands.options import PACHD, STATE, find_pachd, in_sentences
from hitl_assets.labeling.exports.names import NAMES, FormName
from hitl_assets.local.state import State

SCREEN = Path("-")


@click.command()
@click.argument("project")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=SCREEN,
    help="A file, or a folder for what is several files (yolo, voc, label-studio). The screen if not given, or -.",
)
@click.option("--format", "name", type=click.Choice(NAMES), default="csv", show_default=True)
@click.option("--overwrite", is_flag=True, help="The folder may have files: those of an earlier export are replaced.")
@click.option("--commit", help="A commit of the dataset's repo; the newest if not given.")
@click.option("--spreadsheet", is_flag=True, help="Put an apostrophe before cells that a spreadsheet would run.")
@PACHD
@STATE
def export(
    project: str,
    output: Path,
    name: FormName,
    overwrite: bool,
    commit: str | None,
    spreadsheet: bool,
    pachd: str | None,
    state: Path,
) -> None:
    """Write the labeled dataset of PROJECT, as it is in Pachyderm: to the character, unless --spreadsheet is given.

    csv, jsonl and parquet hold every kind of label, label-studio all that it has a tag for; coco and yolo hold boxes
    and polygons, voc boxes, conll spans. Pictures are not copied: the files say where they are.
    """
    if spreadsheet and name != "csv":
        raise click.UsageError("--spreadsheet goes with --format csv.")
    from hitl_assets.labeling.exports.dataset import ExportError
    from hitl_assets.labeling.exports.forms import FORMS
    from hitl_assets.labeling.exports.rows import write_spreadsheet
    from hitl_assets.labeling.exports.writers import WRITERS
    from hitl_assets.labeling.values.plurals import plural
    from hitl_assets.local.delivery import write_file, write_folder, write_stream
    from hitl_assets.local.export import compose, copied, fields_of, find_dataset, find_project
    from hitl_assets.services.pachyderm import Pachyderm

    is_one = bool(FORMS[name].file)
    if not is_one and output == SCREEN:
        raise click.UsageError(f"--format {name} is several files. Name a folder: --output {project}_{name}.")
    with in_sentences(ExportError):
        pachyderm = Pachyderm(find_pachd(State(state), pachd), os.environ.get("PACHD_TOKEN"))
        found, known = find_dataset(pachyderm, project, commit), find_project(State(state), project)
        with copied(pachyderm, found, fields_of(known)) as table:
            dataset = compose(known, project, table, name, pachyderm)
            files, size = (write_spreadsheet if spreadsheet else WRITERS[name])(dataset), f"{table.size} bytes"
            if not is_one:
                size += f", {plural(write_folder(files, output, overwrite), 'file')} in {output}"
            elif output == SCREEN:
                write_stream(files, sys.stdout.buffer)
            else:
                write_file(files, output)
    click.echo(" ".join([f"{found.place}: {size}.", *dataset.notes, *filter(None, [found.told])]), err=True)
