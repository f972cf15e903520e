"""What a person can do in Dagster's UI to assets, partitions, runs and sensors.

GraphQL, as the UI sends it, where it is one request; what the UI makes the daemon do (a backfill, a run again) is done
as the daemon does it.
"""

from collections.abc import Callable, Mapping

from hitl_assets.materializations import setup_names
from hitl_assets.partitions import batches
from hitl_assets_tests.loop.loops import Loop

from .world import BATCH_ASSETS, World

Action = Callable[[World, str], None]
DELETE_PARTITION = """
mutation($selector: RepositorySelector!, $set: String!, $keys: [String!]!) {
  deleteDynamicPartitions(repositorySelector: $selector, partitionsDefName: $set, partitionKeys: $keys) {
    __typename ... on PythonError { message }
  }
}"""
WIPE = """
mutation($ranges: [PartitionsByAssetSelector!]!) {
  wipeAssets(assetPartitionRanges: $ranges) { __typename ... on PythonError { message } }
}"""
DELETE_RUN = "mutation($id: String!) { deletePipelineRun(runId: $id) { __typename ... on PythonError { message } } }"
SET_CURSOR = """
mutation($selector: SensorSelector!, $cursor: String) {
  setSensorCursor(sensorSelector: $selector, cursor: $cursor) { __typename ... on PythonError { message } }
}"""


def delete_partition(world: World, batch: str) -> None:
    """Assets, a batch, Delete partition. Its materializations are wiped by no storage of Dagster's that we use."""
    world.ask_ui(DELETE_PARTITION, selector={}, set=batches(world.project).name, keys=[batch])


def wipe(*names: str) -> Action:
    """Assets, Wipe materializations of these; of all of them if none is named."""

    def do(world: World, batch: str) -> None:
        every = (*setup_names(world.project), *BATCH_ASSETS, "concatenated_dataset", "source", "labeled_before")
        keys = [{"path": [world.project.name, name]} for name in names or every]
        world.ask_ui(WIPE, ranges=[{"assetKey": key} for key in keys])

    return do


def delete_runs(world: World, batch: str) -> None:
    """Runs, all of them, Delete."""
    for run in world.loop.instance.get_runs():
        world.ask_ui(DELETE_RUN, id=run.run_id)


def cancel_the_next_run(world: World, batch: str) -> None:
    """Runs, the one that was just asked for, Terminate."""
    world.pass_time()
    for sensor in ("commits", "pools"):
        for request in world.tick(sensor):
            (world.cancel if request.partition_key == batch else world.run)(request)


def set_cursors(cursor: str) -> Action:
    """Automation, a sensor, Edit cursor; empty: Reset."""

    def do(world: World, batch: str) -> None:
        for sensor in ("commits", "pools"):
            name = f"{world.project.name}_{sensor}"
            world.ask_ui(SET_CURSOR, selector={"sensorName": name}, cursor=cursor or None)
            world.loop.cursors[sensor] = cursor or None

    return do


def run_again(world: World, batch: str) -> None:
    """Runs, each of this batch, Re-execute all."""
    for name in BATCH_ASSETS:
        world.loop.materialize(name, batch)


def backfill(world: World, batch: str) -> None:
    """Assets, all of them, Materialize all partitions."""
    for name in setup_names(world.project):
        world.loop.materialize(name, None)
    for each in batches(world.project).get_partition_keys(dynamic_partitions_store=world.loop.instance):
        run_again(world, each)
    world.loop.materialize("concatenated_dataset", None)


def rename_location(world: World, batch: str) -> None:
    """Deployment, the code location under another name: its sensors begin anew, and no run key was ever asked for."""
    world.loop.cursors.clear()
    world.asked.clear()


def restore_an_old_instance(world: World, batch: str) -> None:
    """The instance's database from before the first batch: no runs, no events, no partitions, no cursors."""
    world.loop = Loop(world.project, world.make_instance(), *world.loop.addresses)
    world.asked.clear()


ACTIONS: Mapping[str, Action] = {
    "delete the partition": delete_partition,
    "wipe raw_data": wipe("raw_data"),
    "wipe pools": wipe("pools"),
    "wipe all assets": wipe(),
    "delete all runs": delete_runs,
    "terminate the next run": cancel_the_next_run,
    "reset the sensors": set_cursors(""),
    "edit the cursors": set_cursors('{"storage_id": 99999999, "commit": "x", "batches": 7, "attempts": []'),
    "edit the cursors a little": set_cursors('{"storage_id": 99999999, "commit": "x", "batches": 7, "attempts": []}'),
    "run all of the batch again": run_again,
    "backfill everything": backfill,
    "rename the code location": rename_location,
    "restore an old instance": restore_an_old_instance,
}
