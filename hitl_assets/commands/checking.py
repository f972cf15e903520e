"""`hitl check`."""

import sys
from pathlib import Path

import click

from hitl_assets.commands.options import A_FILE, AS_JSON, PROJECTS, in_sentences
from hitl_assets.local.state import State
from hitl_assets.services.whereabouts import state_directory


@click.command()
@click.argument("project")
@click.option("--items", type=A_FILE, help="CSV of items; the project's own if not given.")
@PROJECTS
@AS_JSON
def check(project: str, items: Path | None, places: tuple[Path, ...], as_json: bool) -> None:
    """Look at PROJECT (a name, a folder, or a defs.yaml) for what is wrong, and say what it would cost.

    Nobody works and nothing is spent: files and fields are read, and an emulator of Toloka is asked whether it takes
    them. The exit code is 1 if the project cannot be used as it is; warnings leave it at 0.
    """
    from hitl_assets.local.check.check import run_check
    from hitl_assets.local.rehearsal.plan import find_file

    with in_sentences():
        is_good = run_check(find_file(project, places or State(state_directory()).places), items, as_json)
    sys.exit(0 if is_good else 1)
