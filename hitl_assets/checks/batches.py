"""Which batch a check is about."""

import dagster as dg

Context = dg.AssetCheckExecutionContext


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
