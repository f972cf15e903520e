"""The lock that lets one run at a time spend a project's money, wherever runs are started."""

from contextlib import AbstractContextManager, nullcontext

import dagster as dg

from hitl_assets.io_managers import is_left_behind
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.resources import PachydermResource
from hitl_assets.services.pachyderm import Lock


class Free:
    """What those ask for leave who spend no money."""

    def check(self) -> None:
        """They have it."""


def alone(context: dg.AssetExecutionContext, project: Project) -> AbstractContextManager[Lock | Free]:
    """Nobody else spends this project's money meanwhile: not another run of the batch, wherever it was started. Where
    nobody is paid there is nothing to lock.

    Dagster may take this run for dead while it lives, and let another one take its place: the lock says so when it is
    asked, and it is asked right before everything that costs money.
    """
    if not project.traits.is_paid:
        return nullcontext(Free())
    pachyderm: PachydermResource = context.resources.pachyderm
    run_id, instance = context.run.run_id, context.instance
    what = f"{context.asset_key.to_user_string()}{f' {context.partition_key}' if context.has_partition_key else ''}"
    return pachyderm.client().held(
        f"{context.asset_key.path[0]}_pools",
        f"{what} run {run_id}",
        lambda text: is_left_behind(text, run_id, instance),
    )
