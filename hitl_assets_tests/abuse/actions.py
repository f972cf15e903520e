"""What a person can do in Dagster's UI to assets, partitions, runs, sensors, jobs and backfills.

GraphQL, as the UI sends it, where it is one request; what the UI makes the daemon do (a backfill, a run again) is done
as the daemon does it. `UNTRIED` says of the requests that are not tried why not.
"""

from collections.abc import Callable, Mapping

import dagster as dg

from hitl_assets.events import setup_names
from hitl_assets.partitions import batches
from hitl_assets_tests.loop.loops import Loop

from .stages import YESTERDAY
from .world import BATCH_ASSETS, LABELING, PUBLISHING, World

Action = Callable[[World], None]
SENSORS = ("commits", "pools")
DAY = 24 * 3600


def known(world: World) -> list[str]:
    """The batches of the world that have a partition."""
    return [batch for batch in world.partitions if batch in world.batches.values()]


def delete_partitions(world: World) -> None:
    """Assets, the batches, Delete partition. Materializations are wiped by no storage of Dagster's that we use."""
    with world.ui() as ask:
        ask("deleteDynamicPartitions", set=batches(world.project).name, keys=known(world))


def delete_and_add_partitions(world: World) -> None:
    """The same; the sensors look; then each is added again, under Materialize, in another order."""
    keys = known(world)
    delete_partitions(world)
    world.turn()
    with world.ui() as ask:
        for key in reversed(keys):
            ask("addDynamicPartition", set=batches(world.project).name, key=key)


def add_a_partition(world: World) -> None:
    """Assets, Materialize, Add a partition: one that is no commit; materialize it."""
    with world.ui() as ask:
        ask("addDynamicPartition", set=batches(world.project).name, key="tomorrow")
    world.materialize(BATCH_ASSETS, "tomorrow")


def wipe(*names: str) -> Action:
    """Assets, Wipe materializations of these; of all of them if none is named."""

    def do(world: World) -> None:
        every = (*setup_names(world.project), *BATCH_ASSETS, "concatenated_dataset", "source", "labeled_before")
        keys = [{"path": [world.project.name, name]} for name in names or every]
        with world.ui() as ask:
            ask("wipeAssets", ranges=[{"assetKey": key} for key in keys])

    return do


def report(*names: str) -> Action:
    """Assets, these, Report materialization, for all batches."""

    def do(world: World) -> None:
        with world.ui() as ask:
            for name in names:
                event = {"eventType": "ASSET_MATERIALIZATION", "assetKey": {"path": [world.project.name, name]}}
                ask("reportRunlessAssetEvents", event={**event, "partitionKeys": known(world)})

    return do


def report_checks(world: World) -> None:
    """Assets, `pools`, its checks, Report evaluation: they failed."""
    with world.ui() as ask:
        for check in ("no_pool_waits_for_you", "people_are_asked_once"):
            key = {"path": [world.project.name, "pools"]}
            ask("reportAssetCheckEvaluations", event={"assetKey": key, "checkName": check, "passed": False})


def delete_runs(world: World) -> None:
    """Runs, all of them, Delete."""
    with world.ui() as ask:
        for run in world.loop.instance.get_runs():
            ask("deletePipelineRun", id=run.run_id)


def cancel_runs(world: World) -> None:
    """Runs, all that are queued, Terminate; and those that the sensors ask for next."""
    for run in world.loop.instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.NOT_STARTED])):
        world.loop.instance.report_run_canceled(run)
    world.pass_time()
    for sensor in SENSORS:
        for request in world.tick(sensor):
            world.leave(request, dg.DagsterRunStatus.CANCELED)


def run_again(world: World) -> None:
    """Runs, each of these batches, Re-execute all: without the sensors' keys."""
    for batch in known(world):
        world.materialize(BATCH_ASSETS, batch)


def set_cursors(cursor: str) -> Action:
    """Automation, a sensor, Edit cursor; empty: Reset."""

    def do(world: World) -> None:
        with world.ui() as ask:
            for sensor in SENSORS:
                ask("setSensorCursor", sensor=f"{world.project.name}_{sensor}", cursor=cursor or None)
                world.loop.cursors[sensor] = cursor or None

    return do


def stop_sensors(world: World) -> None:
    """Automation, the sensors, off; for a week."""
    world.pass_time(7 * DAY)


def launch_tick(world: World) -> None:
    """Automation, a sensor, Preview tick result, Launch all & commit: the runs have no key, and the cursor goes on.
    Partitions are not added by that."""
    with world.ui() as ask:
        for sensor in SENSORS:
            name = f"{world.project.name}_{sensor}"
            found = ask("sensorDryRun", sensor=name, cursor=world.loop.cursors.get(sensor))["evaluationResult"]
            assert found["error"] is None
            ask("setSensorCursor", sensor=name, cursor=found["cursor"])
            world.loop.cursors[sensor] = found["cursor"]
            wanted = {each["runKey"].split(":")[2] for each in found["runRequests"] or ()}
            for batch in known(world):
                if batch in wanted:
                    world.materialize(PUBLISHING if sensor == "commits" else LABELING, batch)


def backfill(world: World) -> None:
    """Assets, all of them, Materialize all partitions."""
    for name in setup_names(world.project):
        world.loop.materialize(name, None)
    run_again(world)
    world.loop.materialize("concatenated_dataset", None)


def cancel_backfill(world: World) -> None:
    """The same, cancelled half way: every second batch has a run that was terminated, and no other."""
    for number, batch in enumerate(known(world)):
        if number % 2:
            world.materialize(BATCH_ASSETS, batch)
        else:
            world.leave(dg.RunRequest(partition_key=batch), dg.DagsterRunStatus.CANCELED)


def launch_jobs(world: World) -> None:
    """Jobs, each of them, Launch: `relabel` for each batch."""
    for name in ("reaggregate", "compare_aggregators"):
        launch(world.loop, name, None)
    for batch in known(world):
        launch(world.loop, "relabel", batch)


def launch(loop: Loop, name: str, batch: str | None) -> None:
    """A job, as the run worker does it."""
    job = loop.repository.get_job(f"{loop.project.name}_{name}")
    job.execute_in_process(partition_key=batch, instance=loop.instance, raise_on_error=False)


def rename_location(world: World) -> None:
    """Deployment, the code location under another name: its sensors begin anew, and no run key was ever asked for."""
    world.loop.cursors.clear()
    world.asked.clear()


def restore(name: str) -> Action:
    """The instance's database from a back-up: of yesterday, or with no runs, events, partitions and cursors at all."""

    def do(world: World) -> None:
        world.restore(name)

    return do


# Requests of the UI that change something, and what of it is tried here; or why it isn't.
MUTATIONS: Mapping[str, str] = {
    "launchPipelineExecution": "run all again",
    "launchRun": "run all again",
    "launchMultipleRuns": "launch a previewed tick",
    "launchPipelineReexecution": "run all again",
    "launchRunReexecution": "run all again",
    "startSensor": "stop the sensors for a week",
    "stopSensor": "stop the sensors for a week",
    "setSensorCursor": "edit the cursors",
    "resetSensor": "reset the sensors",
    "sensorDryRun": "launch a previewed tick",
    "terminatePipelineExecution": "terminate the next runs",
    "terminateRun": "terminate the next runs",
    "terminateRuns": "terminate the next runs",
    "deletePipelineRun": "delete all runs",
    "deleteRun": "delete all runs",
    "wipeAssets": "wipe all assets",
    "reportRunlessAssetEvents": "report all as materialized",
    "reportAssetCheckEvaluations": "report checks as failed",
    "launchPartitionBackfill": "backfill everything",
    "resumePartitionBackfill": "backfill everything",
    "reexecutePartitionBackfill": "backfill everything",
    "cancelPartitionBackfill": "cancel a backfill",
    "addDynamicPartition": "add a partition of one's own",
    "deleteDynamicPartitions": "delete the partitions",
    "reloadRepositoryLocation": "rename the code location",
    "reloadWorkspace": "rename the code location",
    "shutdownRepositoryLocation": "rename the code location",
}
UNTRIED: Mapping[str, str] = {
    "startSchedule": "there are no schedules",
    "stopRunningSchedule": "there are no schedules",
    "resetSchedule": "there are no schedules",
    "scheduleDryRun": "there are no schedules",
    "setAutoMaterializePaused": "no asset has an automation condition",
    "setConcurrencyLimit": "two runs at once: schedules/",
    "deleteConcurrencyLimit": "two runs at once: schedules/",
    "freeConcurrencySlotsForRun": "two runs at once: schedules/",
    "freeConcurrencySlots": "two runs at once: schedules/",
    "logTelemetry": "changes nothing",
    "setNuxSeen": "changes nothing",
    "setAppManagedComponent": "for components that are kept by Dagster+",
    "deleteAppManagedComponent": "for components that are kept by Dagster+",
    "refreshComponentState": "for components with a state",
}
ACTIONS: Mapping[str, Action] = {
    "delete the partitions": delete_partitions,
    "delete the partitions, and add them again": delete_and_add_partitions,
    "add a partition of one's own": add_a_partition,
    "wipe raw_data": wipe("raw_data"),
    "wipe pools": wipe("pools"),
    "wipe raw_answers": wipe("raw_answers"),
    "wipe all assets": wipe(),
    "report raw_data as materialized": report("raw_data"),
    "report pools as materialized": report("pools"),
    "report all as materialized": report(*BATCH_ASSETS),
    "report checks as failed": report_checks,
    "delete all runs": delete_runs,
    "terminate the next runs": cancel_runs,
    "run all again": run_again,
    "reset the sensors": set_cursors(""),
    "edit the cursors": set_cursors('{"storage_id": 99999999, "commit": "x", "batches": 7, "attempts": []'),
    "edit the cursors a little": set_cursors('{"storage_id": 99999999, "commit": "x", "batches": 7, "attempts": []}'),
    "stop the sensors for a week": stop_sensors,
    "launch a previewed tick": launch_tick,
    "backfill everything": backfill,
    "cancel a backfill": cancel_backfill,
    "launch the jobs": launch_jobs,
    "rename the code location": rename_location,
    "restore an empty instance": restore("empty"),
    "restore yesterday's instance": restore(YESTERDAY),
}
