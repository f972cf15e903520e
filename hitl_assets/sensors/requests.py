"""How the sensors ask for runs: jobs of assets, requests, and why there are none."""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from hitl_assets.attempts import ATTEMPT_TAG, Attempt
from hitl_assets.events import key_of
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.values.plurals import plural

# Making a run costs the daemon about 0.13 s: a backlog is worked off over several ticks.
MOST_RUNS = 10


def run_job(project: Project, what: str, names: Sequence[str], description: str) -> Any:
    """A job of these assets, so that lists of runs say what a run is for. A run may be of some of them."""
    return dg.define_asset_job(
        f"{project.name}_{what}",
        selection=[key_of(project, name) for name in names],
        tags={"hitl/project": project.name},
        description=f"{description} Asked for by a sensor.",
    )


def request(project: Project, batch: str | None, attempt: Attempt, keys: Sequence[dg.AssetKey]) -> dg.RunRequest:
    """A run of these assets, for one batch if they have batches."""
    return dg.RunRequest(
        run_key=attempt.run_key,
        partition_key=batch,
        asset_selection=list(keys),
        tags={"hitl/project": project.name, ATTEMPT_TAG: str(attempt.number)},
    )


def idle(reason: str, waiting: Mapping[str, Attempt]) -> dg.SkipReason:
    """Why nothing was asked for."""
    return dg.SkipReason(f"{reason}; {plural(len(waiting), 'run')} under way." if waiting else f"{reason}.")
