"""What events of `pools` tell, and what those don't that a person reported in the UI."""

import dagster as dg

from hitl_assets.events import POOL_ID, key_of, published_batch
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.sensors.watching import Watch


def report(instance: dg.DagsterInstance, project: Project, **metadata: str) -> None:
    """An event of `pools` of a batch."""
    instance.report_runless_asset_event(
        dg.AssetMaterialization(key_of(project, "pools"), partition="c1", metadata=metadata)
    )


def test_a_reported_materialization_takes_no_pool_away(instance: dg.DagsterInstance, project: Project) -> None:
    """It says of no pool: the answers of a batch would be taken for none, and its labels for gone."""
    report(instance, project, **{POOL_ID: "7"})
    watch = Watch().with_events(instance, project)
    report(instance, project)
    found = published_batch(instance, project, "c1")
    assert found is not None
    assert found.pool_id == "7"
    after = watch.with_events(instance, project)
    assert (after.batches, after.storage_id > watch.storage_id) == (watch.batches, True)


def test_a_batch_that_was_only_reported_was_not_published(instance: dg.DagsterInstance, project: Project) -> None:
    """Nothing of it is watched."""
    report(instance, project)
    assert published_batch(instance, project, "c1") is None
    assert Watch().with_events(instance, project).batches == {}
