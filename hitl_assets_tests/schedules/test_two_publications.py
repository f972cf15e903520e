"""A batch is published by two runs, of which one is taken for dead while it lives: one pool is asked, and paid.

Tried here: the first run stands still before each of its requests to Toloka; meanwhile the second takes its lock and

* ends (frozen, then going on: `test_a_frozen_run_...`), with the same configuration and with another one;
* stands still before each of its own requests, until the first has ended (doubled: `test_..._at_every_pair_of_points`);
* ends after the first has died there (`test_a_dead_run_...`);
* ends, having another plan for the same batch: other golden tasks, fewer items for people;
* publishes another batch, for which the project's cap has no money left beside the first.

A request that stands still is one that was sent and is on its way: no look before it can help against that.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.pools.pools import project_mark
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import PoolState
from hitl_assets.services.errors import TransientServiceError
from hitl_assets.services.labeling import Batch
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.publication import publish
from hitl_assets_tests.services.toloka.publications import NOW, capped, known, put, rename, set_up, tasks

from .runs import Run

# One more than a publication has: `test_no_publication_has_more_requests` sees to it.
POINTS = range(1, 24)
TASKS = {(task.item_key, False) for task in tasks(8)}

Begin = Callable[..., Run]


def pools_of(toloka: Toloka, pool: PoolState) -> list[PoolState]:
    """All pools of the same batch."""
    return [each for each in toloka.find_pools(pool.project_id) if each.batch == pool.batch]


def check(toloka: Toloka, project: Project, batch: str) -> PoolState:
    """Once more, as a sensor would: one pool was started, it has each task once, and none is left over."""
    pool = put(toloka, project, batch).pool
    every = pools_of(toloka, pool)
    assert [each.id for each in every if each.was_started] == [pool.id]
    assert all(each.is_archived for each in every if each.id != pool.id)
    held = toloka.task_identities(pool.id)
    assert {identity for identity in held if not identity[1]} == TASKS
    assert set(held.values()) == {1}
    return pool


def refused(outcome: object) -> bool:
    """Whether a run ended because it was not its turn: asked for again, it finds what is there."""
    return isinstance(outcome, TransientServiceError)


@pytest.fixture
def ready(toloka: Toloka, project: Project) -> Project:
    """The project, set up."""
    return set_up(toloka, project)


def test_no_publication_has_more_requests(toloka: Toloka, ready: Project, begin: Begin) -> None:
    """Otherwise points would be left out below."""
    run = begin("alone", lambda toloka: put(toloka, ready))
    run.start_up_to(POINTS[-1])
    assert run.end().done == "opened"


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_frozen_run_that_goes_on_opens_no_second_pool(
    toloka: Toloka, ready: Project, begin: Begin, point: int
) -> None:
    """The other has published meanwhile. Whatever the first does then, people were asked once."""
    first = begin("first", lambda toloka: put(toloka, ready))
    with first.start_up_to(point):
        assert begin("second", lambda toloka: put(toloka, ready)).start().end().done in ("opened", "found")
    assert refused(first.end()) or first.end().done in ("opened", "found")
    assert check(toloka, ready, "commit1").is_open


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_dead_run_leaves_nothing_that_is_paid_again(toloka: Toloka, ready: Project, begin: Begin, point: int) -> None:
    """It dies before any of its requests; the next one goes on with what there is."""
    first = begin("first", lambda toloka: put(toloka, ready))
    first.die_before(point)
    assert begin("second", lambda toloka: put(toloka, ready)).start().end().done in ("opened", "found")
    assert check(toloka, ready, "commit1").is_open


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_two_publications_make_one_pool_at_every_pair_of_points(
    toloka: Toloka, ready: Project, begin: Begin, point: int
) -> None:
    """The first stands still at its point, the second takes the lock and stands still at each of its own, the first
    goes on to its end, then the second does."""
    for other in count(1):
        batch = f"commit{other}"
        first, second = (begin(name, lambda toloka, b=batch: put(toloka, ready, b)) for name in ("first", "second"))
        with first.start_up_to(point):
            held = second.start_up_to(other)
        with held:
            first.end()
        second.end()
        check(toloka, ready, batch)
        if not held.stands():
            break


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_another_configuration_makes_no_second_pool_either(
    toloka: Toloka, ready: Project, begin: Begin, point: int
) -> None:
    """Somebody edited the YAML while the first run stood still: its pool counts if it was opened, else the new one."""
    dearer = replace(ready, pool={**ready.pool, "reward_per_assignment": Decimal("0.04")})
    first = begin("first", lambda toloka: put(toloka, ready))
    with first.start_up_to(point):
        begin("second", lambda toloka: put(toloka, dearer)).start().end()
    first.end()
    started = [pool for pool in toloka.find_pools(project_id_of(toloka, ready)) if pool.was_started]
    assert len(started) == 1


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_another_plan_for_the_same_batch_asks_nothing_twice(
    toloka: Toloka, ready: Project, begin: Begin, point: int
) -> None:
    """Golden tasks were edited meanwhile, and a model took some items: one of the two plans is in the pool, whole."""
    golden = known(ready, "golden_tasks.csv")
    plans = [Batch("commit1", tasks(8), golden), Batch("commit1", tasks(8)[2:], golden[:-1])]
    first, second = (
        begin(name, lambda toloka, plan=plan: publish(toloka, ready, plan, NOW))
        for name, plan in zip(("first", "second"), plans, strict=True)
    )
    with first.start_up_to(point):
        second.start().end()
    first.end()
    begin("third", lambda toloka: publish(toloka, ready, plans[1], NOW)).start().end()
    (pool,) = [pool for pool in toloka.find_pools(project_id_of(toloka, ready)) if pool.was_started]
    held = toloka.task_identities(pool.id)
    assert set(held.values()) == {1}
    assert {key for key, _ in held} in [{task.item_key for task in [*plan.tasks, *plan.golden]} for plan in plans]


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_two_batches_stay_under_a_cap_that_has_money_for_one(
    toloka: Toloka, ready: Project, begin: Begin, point: int
) -> None:
    """Each of them looked when the other was not there yet. Whoever sees it first closes its own again."""
    tight = capped(ready, per_project=Decimal("0.60"))
    for other in count(1):
        # A project's other pools count for ever, so each pair has a project of its own.
        own = set_up(toloka, rename(tight, f"{ready.name}_{other}"))
        first = begin("first", lambda toloka, own=own: put(toloka, own, "commit1"))
        second = begin("second", lambda toloka, own=own: put(toloka, own, "commit2"))
        with first.start_up_to(point):
            held = second.start_up_to(other)
        with held:
            first.end()
        second.end()
        every = toloka.find_pools(project_id_of(toloka, own))
        assert sum(pool.maximum for pool in every if pool.is_open) <= Decimal("0.60")
        if not held.stands():
            break


@pytest.mark.slow
def test_a_run_that_gave_way_says_so(toloka: Toloka, ready: Project, begin: Begin, emulator: TolokaEmulator) -> None:
    """It ends as something that a rerun helps against, and names the lock."""
    first = begin("first", lambda toloka: put(toloka, ready))
    with emulator.gate.hold("GET /v1/pools", token=first.token) as held:
        first.start()
        held.arrived()
        begin("second", lambda toloka: put(toloka, ready)).start().end()
    # It found the pool: nothing was to be written, so nobody asked for leave.
    assert first.end().done == "found"
    third = begin("third", lambda toloka: put(toloka, ready, "commit2"))
    with emulator.gate.hold("GET /v1/requester", token=third.token) as held:
        third.start()
        held.arrived()
        begin("fourth", lambda toloka: put(toloka, ready, "commit2")).start().end()
    assert refused(third.end())
    assert "lock" in str(third.end())


def project_id_of(toloka: Toloka, project: Project) -> str:
    """The id of the project in Toloka."""
    return toloka.find_project(project_mark(project))
