"""The stages of a batch, and how it is brought there."""

from collections.abc import Mapping

from .world import ITEMS, World

# What is materialized by hand, one after the other, where no run of a sensor ends there.
STAGES: Mapping[str, tuple[str, ...]] = {
    "committed": (),
    "tasks made": ("golden_tasks", "toloka_project", "raw_data", "tasks"),
    "pool filled": ("golden_tasks", "toloka_project", "raw_data", "tasks", "pools"),
    "open": (),
    "answered": (),
    "collected": ("raw_answers",),
    "labeled": ("raw_answers", "aggregated_labels"),
    "in the dataset": (),
}
EARLY = ("committed", "tasks made", "pool filled")


def bring(world: World, batch: str, stage: str) -> None:
    """Bring a batch that was committed to this stage."""
    (request,) = world.tick("commits")
    if stage not in EARLY:
        world.run(request)
    if stage in ("answered", "collected", "labeled"):
        world.pass_time(20 * 3600)
    for name in STAGES[stage]:
        partition = None if name in ("golden_tasks", "toloka_project") else batch
        how = {"open": False} if name == "pools" else {}
        assert world.loop.materialize(name, partition, **how).success, name
    if stage == "in the dataset":
        world.go_on("first")
        assert world.rows("first") == ITEMS
