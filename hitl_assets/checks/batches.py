"""Which batch a check is about: each batch has verdicts of its own, where an asset has batches."""

import contextlib
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import dagster as dg

from hitl_assets.events import DATASET, key_of
from hitl_assets.failures import RETRY_POLICY
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.partitions import batches

Context = dg.AssetCheckExecutionContext
Check = Callable[..., dg.AssetCheckResult]


def check_spec(project: Project, asset: str, name: str, **more: Any) -> dg.AssetCheckSpec:
    """A check of an asset: of each of its batches, if it has batches, so that the next one overwrites no verdict."""
    partitions = None if asset == DATASET else batches(project)  # of that one there is one for all batches
    with previewing():
        return dg.AssetCheckSpec(name, asset=key_of(project, asset), partitions_def=partitions, **more)


def batch_check(project: Project, asset: str, **more: Any) -> Callable[[Check], dg.AssetChecksDefinition]:
    """A function as a check of each batch of an asset."""

    def decorate(function: Check) -> dg.AssetChecksDefinition:
        key, partitions = key_of(project, asset), batches(project)
        with previewing():
            return dg.asset_check(asset=key, partitions_def=partitions, retry_policy=RETRY_POLICY, **more)(function)

    return decorate


@contextlib.contextmanager
def previewing() -> Iterator[None]:
    """Without the warning that Dagster 1.13 has partitions of checks as a preview: in its storage and on its pages."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.PreviewWarning)
        yield


def batch_of(context: Context, asset: dg.AssetKey) -> str:
    """The batch of the run; for a check that is run alone, the one that was materialized last."""
    # A check reads its data itself: as an input of a run that also has an asset without partitions, it would get all.
    batch = context.run.tags.get("dagster/partition")
    if batch is None:
        event = context.instance.get_latest_materialization_event(asset)
        batch = event.asset_materialization.partition if event and event.asset_materialization else None
    if batch is None:
        raise dg.Failure(f"{asset.to_user_string()} has no batch yet. Materialize it first.", allow_retries=False)
    return batch
