"""The Dagster instance that a command works on."""

import os
from pathlib import Path

import dagster as dg

from hitl_assets.local.state import State


class BatchError(RuntimeError):
    """A batch that isn't there, or a run that failed. The message says what to do."""


def find_instance(state: State) -> dg.DagsterInstance:
    """The Dagster instance of DAGSTER_HOME, or of the state directory if that isn't set; from here on the services are
    those that it works with.

    Raises:
        BatchError: there is none.
    """
    state.join()
    home = Path(os.environ.get("DAGSTER_HOME") or state.dagster).resolve()
    if not home.is_dir():
        raise BatchError(
            f"{home} is no Dagster instance. Start `hitl dev` first, or set DAGSTER_HOME to the directory of "
            "the dagster.yaml that daemon and webserver work with."
        )
    return dg.DagsterInstance.from_config(str(home))
