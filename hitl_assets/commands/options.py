"""What several commands of `hitl` have in common: their options, and the errors that a sentence explains.

A command imports what it does in its own function: `hitl --help` does nothing of it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from hitl_assets.emulators.crowd.clock import Speed, read_speed
from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.unreadable import UnreadableFileError
from hitl_assets.local.ports import PACHD_PORT
from hitl_assets.local.state import PACKAGE, State, StateInUseError
from hitl_assets.services.errors import ServiceError, TransientServiceError

# What goes wrong without being our mistake.
EXPECTED = (ConfigurationError, UnreadableFileError, StateInUseError, ServiceError, TransientServiceError)
A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
STATE = click.option(
    "--state", type=click.Path(file_okay=False, path_type=Path), default=Path(".hitl"), show_default=True,
    help="Directory for everything that is kept.",
)  # fmt: skip
PROJECTS = click.option(
    "--projects",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="HITL_PROJECTS",
    default=PACKAGE / "projects",
    help="Where projects are, HITL_PROJECTS; the packaged ones if not given.",
)
PACHD = click.option(
    "--pachd",
    envvar="PACHD_ADDRESS",
    help=f"Pachyderm's address, PACHD_ADDRESS; else that of `hitl dev` on this state, else 127.0.0.1:{PACHD_PORT}.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs (docs/commands.md).")
SEED = click.option("--seed", type=int, default=7, show_default=True, help="Of the simulated workers.")


class SpeedType(click.ParamType):
    """How fast simulated time is."""

    name = "X|max|manual"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Speed:
        """`max`, `manual` or a positive number; anything else is a mistake in the usage."""
        try:
            return read_speed(str(value))
        except ValueError:
            return self.fail(f"{value!r} is neither max nor manual nor a positive number", param, ctx)


SPEED = click.option(
    "--speed", type=SpeedType(), default=60.0, show_default=True, metavar="X|max|manual",
    help="Of simulated time: X times faster than the wall clock, max (as fast as the machine is), or manual "
    "(it stands still until the control endpoint advances it).",
)  # fmt: skip


@contextmanager
def in_sentences(*others: type[Exception]) -> Iterator[None]:
    """A sentence is enough for what is EXPECTED, and for these others."""
    explained: tuple[type[Exception], ...] = (*EXPECTED, *others)
    try:
        yield
    except explained as error:
        raise click.ClickException(str(error)) from error


def find_pachd(state: State, given: str | None) -> str:
    """Pachyderm's address: the given one, or that of what runs on the state, or on one machine the emulator's own.

    Raises:
        MissingVariableError: none is given, and the Dagster of DAGSTER_HOME starts its runs elsewhere.
    """
    from hitl_assets.deployment import check_variables, launcher_of_home

    state.join()
    address = given or os.environ.get("PACHD_ADDRESS")
    if not address:
        check_variables(["PACHD_ADDRESS"], launcher_of_home(os.environ.get("DAGSTER_HOME")))
    return address or f"127.0.0.1:{PACHD_PORT}"
