"""The stages of a batch, and a world with a batch at each of them."""

import dagster as dg

from .world import World

# A run was asked for and has not begun; it was killed half way; its pool is open; ...
STAGES = ("committed", "tasks made", "pool filled", "open", "answered", "collected", "labeled", "in the dataset")
# Where the run that publishes a batch was killed: what it had made by then.
MADE = {
    "tasks made": ("golden_tasks", "toloka_project", "raw_data", "tasks"),
    "pool filled": ("golden_tasks", "toloka_project", "raw_data", "tasks", "pools"),
}
# Where the run that labels it was killed.
LABELED = {"collected": ("raw_answers",), "labeled": ("raw_answers", "calibration", "aggregated_labels")}
LONG = 20 * 3600
# The instance as it was when the first three batches were open.
YESTERDAY = "yesterday"


def bring(world: World, stage: str) -> None:
    """A batch that is published, or on its way there: up to the stage `open`."""
    world.commit(stage)
    (request,) = world.tick("commits")
    if stage == "committed":
        world.queued[world.leave(request, dg.DagsterRunStatus.NOT_STARTED)] = request
    elif stage in MADE:
        make(world, request, MADE[stage])
    else:
        world.run(request)


def make(world: World, request: dg.RunRequest, names: tuple[str, ...]) -> None:
    """What a run has made by now. A pool is filled by then, and not opened."""
    for name in names:
        partition = None if name in ("golden_tasks", "toloka_project") else request.partition_key
        how = {"open": False} if name == "pools" else {}
        assert world.loop.materialize(name, partition, **how).success, name
    world.leave(request, dg.DagsterRunStatus.STARTED)


def bring_all(world: World) -> None:
    """A batch at each stage, the furthest first."""
    for stage in ("in the dataset", *LABELED):
        bring(world, stage)
    world.back_up(YESTERDAY)
    world.pass_time(LONG)
    names = {batch: stage for stage, batch in world.batches.items()}
    for request in world.tick("pools"):
        stage = names[str(request.partition_key)]
        if stage in LABELED:
            make(world, request, LABELED[stage])
        else:
            world.run(request)
    bring(world, "answered")
    world.pass_time(LONG)
    for stage in ("open", "pool filled", "tasks made", "committed"):
        bring(world, stage)
    for run in world.loop.instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])):
        world.loop.instance.report_run_failed(run)  # Its process was killed.
    assert set(world.batches) == set(STAGES)
