"""Two hundred schedules by chance, each told by its seed: up to four runs, each frozen or killed at some point."""

import random
from collections.abc import Callable
from decimal import Decimal

import pytest

from hitl_assets.labeling.pools.elections import find_doubled
from hitl_assets.labeling.pools.pools import project_mark
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.services.toloka.account import Toloka
from hitl_assets_tests.services.toloka.publications import capped, put, rename, set_up, tasks

from .runs import Run

pytestmark = pytest.mark.slow
SEEDS, AT_ONCE = 200, 10
# There is money for one of the two batches.
CAP = Decimal("0.60")


@pytest.mark.parametrize("first_seed", range(0, SEEDS, AT_ONCE))
def test_no_schedule_asks_twice_or_passes_the_cap(
    toloka: Toloka, project: Project, begin: Callable[..., Run], first_seed: int
) -> None:
    """Whatever the order: no batch has two pools that were started, no task is there twice, the cap holds; and when all
    that is over, the next run finds its way."""
    for seed in range(first_seed, first_seed + AT_ONCE):
        own = set_up(toloka, rename(capped(project, per_project=CAP), f"{project.name}_{seed}"))
        play(random.Random(seed), own, begin)  # noqa: S311 - a schedule, not a secret
        pools = toloka.find_pools(toloka.find_project(project_mark(own)))
        assert not find_doubled(pools), seed
        assert sum(pool.maximum for pool in pools if pool.is_open) <= CAP, seed
        batches = {pool.batch: pool.id for pool in pools if pool.was_started}
        for batch, pool_id in batches.items():
            assert put(toloka, own, batch.split("/")[-1]).pool.id == pool_id, seed
            held = toloka.task_identities(pool_id)
            assert (set(held.values()), len([each for each in held if not each[1]])) == ({1}, len(tasks(8))), seed


def play(chance: random.Random, project: Project, begin: Callable[..., Run]) -> None:
    """Runs that begin one after the other, each while the ones before it stand still, and go on in any order."""
    standing = []
    for name in ("first", "second", "third", "fourth")[: chance.randint(2, 4)]:
        batch = chance.choice(["commit1", "commit1", "commit2"])
        run = begin(name, lambda toloka, batch=batch: put(toloka, project, batch))
        standing.append((run, run.start_up_to(chance.randint(1, 22))))
    chance.shuffle(standing)
    for run, held in standing:
        if chance.random() < 0.3:
            run.emulator.gate.kill(held)
        held.release()
        run.end()
