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
from hitl_assets.labeling.tables.unreadable import UnreadableFileError
from hitl_assets.local.state import State, StateInUseError
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.whereabouts import DEFAULT, InUseError

# What goes wrong without being our mistake.
EXPECTED = (
    ConfigurationError, UnreadableFileError, StateInUseError, InUseError, ServiceError, TransientServiceError, OSError,
)  # fmt: skip
PORT = click.IntRange(0, 65535)
A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
A_PATH = click.Path(exists=True, path_type=Path)
ANSWER_KEY = click.option(
    "--answer-key",
    multiple=True,
    type=A_FILE,
    help="CSV of input and output columns: the truth for simulated workers. May be repeated.",
)
CROWD = click.option(
    "--crowd", default="mixed", show_default=True, metavar="PRESET|none|FILE",
    help="Who the simulated workers are: a preset, or a YAML file (docs/emulators.md). none: only people come.",
)  # fmt: skip
STATE = click.option(
    "--state", type=click.Path(file_okay=False, path_type=Path), default=Path(DEFAULT), show_default=True,
    envvar="HITL_STATE", help="Directory for everything that is kept, HITL_STATE.",
)  # fmt: skip
PROJECTS = click.option(
    "--projects",
    "places",
    type=click.Path(file_okay=False, path_type=Path),
    multiple=True,
    help="Where projects are; those of HITL_PROJECTS, else ./projects, else the example, if not given.",
)
PACHD = click.option(
    "--pachd",
    envvar="PACHD_ADDRESS",
    help="Pachyderm's address, PACHD_ADDRESS; else that of the emulator that runs on this state.",
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
    "(it stands still until the control endpoint advances it). Programs that read only answers of a minute ago, as "
    "toloka-kit's streaming does, see none of a pool that is done sooner (docs/emulators.md).",
)  # fmt: skip


@contextmanager
def in_sentences(*others: type[Exception]) -> Iterator[None]:
    """A sentence is enough for what is EXPECTED, and for these others."""
    explained: tuple[type[Exception], ...] = (*EXPECTED, *others)
    try:
        yield
    except explained as error:
        raise click.ClickException(sentence(error)) from error


def sentence(error: Exception) -> str:
    """What went wrong, and what to do about a file or directory that cannot be used."""
    if isinstance(error, OSError) and error.filename and error.strerror:
        place = Path(error.filename).absolute()
        return f"{place} cannot be used: {error.strerror}. Name another place, or change who may use this one."
    return str(error)


def find_pachd(state: State, given: str | None) -> str:
    """Pachyderm's address: the given one, or that of what runs on the state.

    Raises:
        MissingVariableError: none is given, and nothing runs there, or the Dagster of DAGSTER_HOME starts its runs
            elsewhere.
    """
    from hitl_assets.deployment import check_variables, launcher_of_home
    from hitl_assets.resources import emulator_of

    state.join()
    address = given or os.environ.get("PACHD_ADDRESS")
    if not address:
        check_variables(["PACHD_ADDRESS"], launcher_of_home(os.environ.get("DAGSTER_HOME")))
    return address or emulator_of("PACHD_ADDRESS")
